"""The 26 px status bar: counts per status at the left, at most three facts at the right."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from office_studio.core.office.live import ConnectionState
from office_studio.ui import formats
from office_studio.ui.office_store import OfficeStore
from office_studio.ui.status_shapes import STATUS_ORDER
from office_studio.ui.theming import theme
from office_studio.ui.widgets.basics import StatusDot
from office_studio.ui.widgets.layouts import hbox, label

_REFRESH_MS = 200


class StatusBar(QFrame):
    """Reads the store; ``facts`` are given by whoever knows them (tokens, theme, simulator)."""

    def __init__(self, store: OfficeStore) -> None:
        super().__init__()
        self.setProperty("level", "chrome")
        self.setFixedHeight(25)  # the bar around it has a line on top
        self._store = store
        self._counts = {status: _Count(status) for status in STATUS_ORDER}
        self._words = label("", "small-muted")
        self.job = label("", "small-muted")
        self.job.installEventFilter(self)
        self.job_action: Callable[[], object] | None = None  # what a click on a running job does
        self._facts = label("", "small-muted")
        self._facts.setFont(theme().font("small", numeric=True))
        counts: QHBoxLayout = hbox(*self._counts.values(), spacing=10)
        self.setLayout(hbox(counts, self._words, None, self.job, self._facts, margins=(10, 0, 12, 0), spacing=8))
        self._place = ""
        self._later = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._later.timeout.connect(self.refresh)
        for signal in (store.agents_reset, store.agents_changed, store.connection_changed):
            signal.connect(self._soon)
        self.refresh()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), 25)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, 25)

    def set_facts(self, *facts: str) -> None:
        words = " · ".join(fact for fact in facts[:3] if fact)
        if words != self._facts.text():
            self._facts.setText(words)

    def set_place(self, words: str) -> None:
        """What stands at the left instead of the counts; "" for the counts."""
        if words != self._place:
            self._place = words
            self.refresh()

    def set_job(self, words: str) -> None:
        self.job.setText(words)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.job and event.type() == QEvent.Type.MouseButtonRelease and self.job_action is not None:
            self.job_action()
        return False

    @property
    def words(self) -> str:
        """What it says at the left, for tests and screen readers."""
        if self._words.text():
            return self._words.text()
        return ", ".join(count.words for count in self._counts.values() if not count.isHidden())

    def _soon(self, *_: object) -> None:
        if not self._later.isActive():
            self._later.start()

    def refresh(self) -> None:
        store, counts = self._store, self._store.counts()
        known = bool(store.agents())
        show_counts = known and not store.is_stale and not self._place
        for status, count in self._counts.items():
            count.setVisible(show_counts)
            count.set_number(counts[status])
        words = self._place
        if not show_counts and not words:
            words = _without_counts(store, counts) if known else _without_agents(store)
        if words != self._words.text():
            self._words.setText(words)
        self._words.setVisible(bool(words))


def _without_counts(store: OfficeStore, counts: dict[str, int]) -> str:
    last = ", ".join(f"{counts[status]} {status}" for status in STATUS_ORDER if counts[status] and status != "offline")
    news_ms = store.connection.last_news_ms
    words = "Statuses unknown" if news_ms is None else f"Statuses unknown since {formats.clock_seconds(news_ms)}"
    return f"{words} · last: {last}" if last else words


def _without_agents(store: OfficeStore) -> str:
    state = store.connection.state
    if state is ConnectionState.OFFLINE:
        return "Not connected"
    return "No agents yet" if store.is_connected else store.connection.message or "Connecting"


class _Count(QWidget):
    def __init__(self, status: str) -> None:
        super().__init__()
        self._status, self._number = status, -1
        self._label = QLabel()
        self._label.setProperty("role", "small-muted")
        self.setLayout(hbox(StatusDot(status, 10), self._label, spacing=4))

    @property
    def words(self) -> str:
        return self._label.text()

    def set_number(self, number: int) -> None:
        if number != self._number:
            self._number = number
            self._label.setText(f"{formats.quantity(number)} {self._status}")
