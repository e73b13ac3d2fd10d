"""The connection in one chip: state, then a number. A click tells more and offers to try now."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton

from office_studio.core.office.live import Connection, ConnectionState
from office_studio.ui import formats, paint
from office_studio.ui.icons import draw_glyph
from office_studio.ui.office_store import OfficeStore
from office_studio.ui.theming import theme

S = ConnectionState
_LOOKS: dict[ConnectionState, tuple[str, str, str]] = {  # word, colour role, glyph
    S.CONNECTING: ("Connecting", "idle", "arrows-clockwise"),
    S.LIVE: ("Live", "working", "broadcast"),
    S.QUIET: ("Quiet", "offline", "moon"),
    S.STALE: ("Stale", "idle", "clock"),
    S.RECONNECTING: ("Reconnecting", "idle", "arrows-clockwise"),
    S.POLLING: ("Polling", "collaborating", "arrow-circle-down"),
    S.WAITING: ("Waiting", "idle", "hourglass"),
    S.OFFLINE: ("Not connected", "offline", "link-simple-break"),
    S.REFUSED: ("Refused", "blocked", "lock-key"),
}
LOST_AFTER_MS = 10_000  # a link that is away for longer is called offline, not reconnecting


@dataclass(frozen=True, slots=True)
class ChipFact:
    words: str
    number: str
    tone: str
    glyph: str


def chip_fact(connection: Connection, now_ms: int, poll_s: int = 5) -> ChipFact:
    """What the chip shows. Always a number where there is one to tell."""
    state = connection.state
    words, tone, glyph = _LOOKS[state]
    number = ""
    if state is S.LIVE:
        number = formats.news_age(connection.last_news_ms, now_ms)
    elif state is S.QUIET:
        number = f"since {formats.clock(connection.since_ms)}"
    elif state is S.STALE:
        number = formats.exact_age(connection.last_news_ms, now_ms)
    elif state is S.POLLING:
        number = f"every {poll_s} s"
    elif state is S.REFUSED:
        number = "sign in"
    elif state in (S.RECONNECTING, S.WAITING):
        if state is S.RECONNECTING and now_ms - connection.since_ms > LOST_AFTER_MS:
            words, tone, glyph = "Offline", "blocked", "wifi-slash"
            number = f"since {formats.clock(connection.last_news_ms or connection.since_ms)}"
        elif connection.retry_at_ms is not None:
            number = f"in {max(0, -(-(connection.retry_at_ms - now_ms) // 1000))} s"
    return ChipFact(words, number, tone, glyph)


class ConnectionChip(QToolButton):
    def __init__(self, store: OfficeStore) -> None:
        super().__init__()
        self._store = store
        self._fact = chip_fact(store.connection, store.now_ms())
        self.setFixedHeight(26)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("radius", 14)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._clock = QTimer(self, interval=1_000)
        self._clock.timeout.connect(self.refresh)
        store.connection_changed.connect(self.refresh)
        self.refresh()

    @property
    def fact(self) -> ChipFact:
        return self._fact

    def refresh(self, *_: object) -> None:
        fact = chip_fact(self._store.connection, self._store.now_ms())
        if fact == self._fact and self.toolTip():
            return
        wider = fact.words != self._fact.words or len(fact.number) != len(self._fact.number)
        self._fact = fact
        message = self._store.connection.message or f"{fact.words} {fact.number}".strip()
        self.setToolTip(message)
        self.setAccessibleName(f"Connection {fact.words}, {fact.number}".rstrip(", "))
        if wider:
            self.updateGeometry()
        self.update()

    def showEvent(self, event: QEvent) -> None:
        super().showEvent(event)
        self._clock.start()

    def hideEvent(self, event: QEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()

    def sizeHint(self) -> QSize:
        words = paint.text_width(self._fact.words, theme().font("small", "medium"))
        number = paint.text_width(self._fact.number, theme().font("small", numeric=True)) if self._fact.number else -6
        return QSize(round(words + number) + 49, 26)

    minimumSizeHint = sizeHint

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, ui, fact, rect = QPainter(self), theme(), self._fact, QRectF(self.rect())
        paint.pill(painter, rect, ui.color(f"{fact.tone}_tint"))
        draw_glyph(painter, QRectF(9, rect.center().y() - 8, 16, 16), fact.glyph, ui.color(fact.tone))
        words_font, number_font = ui.font("small", "medium"), ui.font("small", numeric=True)
        ink = "text" if fact.words == "Quiet" else fact.tone
        width = paint.text(painter, QRectF(30, 0, 240, rect.height()), fact.words, ink, words_font, elide=False)
        number = QRectF(36 + width, 0, 240, rect.height())
        paint.text(painter, number, fact.number, "text_muted", number_font, elide=False)
