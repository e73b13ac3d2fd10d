"""The left panel: search, status filters with counts, the list, and what to say when it is empty."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QSizePolicy, QStackedLayout, QToolButton, QWidget

from office_studio.core.office.live import ConnectionState
from office_studio.ui import formats, paint
from office_studio.ui.office_store import OfficeStore
from office_studio.ui.portraits import Portraits
from office_studio.ui.status_shapes import STATUS_ORDER, draw_status
from office_studio.ui.theming import theme
from office_studio.ui.watch.roster_model import RosterModel
from office_studio.ui.watch.roster_rows import RosterFilter, hidden_sentence
from office_studio.ui.watch.roster_view import RosterView
from office_studio.ui.widgets.basics import EmptyState, PanelHeader
from office_studio.ui.widgets.layouts import button, hbox, line, search_field, vbox

_HEAD_MS = 200  # counts change faster than anybody reads


class RosterPanel(QFrame):
    """Signals:
    agent_chosen(str), agent_opened(str), menu_requested(str, QPoint)
    """

    agent_chosen = Signal(str)
    agent_opened = Signal(str)
    menu_requested = Signal(str, QPoint)

    def __init__(self, store: OfficeStore, portraits: Portraits) -> None:
        super().__init__()
        self.setProperty("level", "surface")
        self._store = store
        self.model = RosterModel(store, self)
        self.view = RosterView(self.model, store, portraits)
        self.header = PanelHeader("Agents")
        self.search: QLineEdit = search_field("Filter by name, task, model")
        self.pills = {status: _FilterPill(status, store) for status in STATUS_ORDER}
        self._clear = button("Clear filter")
        self._clear.clicked.connect(self.clear_filter)
        self.empty = EmptyState("users-three", "No agents", "Choose an office first.", self._clear, width=188)
        self._build()
        self.search.textChanged.connect(self._apply_filter)
        for pill in self.pills.values():
            pill.toggled.connect(self._apply_filter)
        self.view.agent_chosen.connect(self.agent_chosen)
        self.view.agent_opened.connect(self.agent_opened)
        self.view.menu_requested.connect(self.menu_requested)
        store.selection_changed.connect(self.view.show_selected)
        self._later = QTimer(self, singleShot=True, interval=_HEAD_MS)
        self._later.timeout.connect(self._refresh_head)
        store.agents_changed.connect(self._refresh_soon)
        store.connection_changed.connect(self._refresh_head)
        for signal in (self.model.modelReset, self.model.layoutChanged):
            signal.connect(self._on_rows_changed)
        self._on_rows_changed()

    def _build(self) -> None:
        self._pill_row = QWidget()
        self._pill_row.setLayout(hbox(*self.pills.values(), None, spacing=4))
        top = vbox(self.search, self._pill_row, margins=(12, 0, 12, 8), spacing=8)
        body = QWidget()
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        self.setLayout(vbox(self.header, top, line(), (body, 1), spacing=0))

    def set_empty_action(self, words: str, run: Callable[[], None]) -> None:
        """What to offer while there is no office: "Choose an office…"."""
        offer = button(words)
        offer.clicked.connect(run)
        self.empty.actions.insertWidget(1, offer)
        self._offer = offer
        self._on_rows_changed()

    def focus_filter(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def clear_filter(self) -> None:
        self.search.clear()
        for pill in self.pills.values():
            pill.setChecked(False)

    def _apply_filter(self) -> None:
        statuses = frozenset(status for status, pill in self.pills.items() if pill.isChecked())
        self.model.set_filter(RosterFilter(self.search.text(), statuses))
        self.view.show_selected(self._store.selected)
        self._on_rows_changed()

    def _on_rows_changed(self) -> None:
        self._refresh_head()
        self.view.show_selected(self._store.selected)  # a reset forgets it, a filter may have hidden it
        is_empty = self.model.agent_count == 0
        if is_empty:
            self._explain_emptiness()
        self._stack.setCurrentWidget(self.empty if is_empty else self.view)

    def _explain_emptiness(self) -> None:
        hidden = self.model.hidden_count
        self._clear.setVisible(hidden > 0)
        no_office = self._store.connection.state is ConnectionState.OFFLINE
        if hasattr(self, "_offer"):
            self._offer.setVisible(hidden == 0 and no_office)
        if hidden:
            words = self.search.text().strip()
            title = f"Nothing matches “{words}”" if words else "Nothing matches"
            self.empty.say("funnel", title, hidden_sentence(hidden))
        elif no_office:
            self.empty.say("users-three", "No agents", "Choose an office first.")
        elif self._store.is_connected:
            self.empty.say("users-three", "No agents yet", "Connected, but no agent has reported yet.")
        else:
            self.empty.say("users-three", "No agents yet", "Waiting for the office to answer.")

    def _refresh_soon(self, *_: object) -> None:
        if not self._later.isActive():
            self._later.start()

    def _refresh_head(self, *_: object) -> None:
        total = len(self._store.agents())
        news_ms = self._store.connection.last_news_ms
        if self._store.is_stale and total and news_ms is not None:
            self.header.set_count(f"as of {formats.clock(news_ms)}")
        else:
            self.header.set_count(formats.quantity(total))
        self._pill_row.setVisible(total > 0)
        counts = self._store.counts()
        for status, pill in self.pills.items():
            pill.set_count(counts[status])
        if self._stack.currentWidget() is self.empty:
            self._explain_emptiness()


class _FilterPill(QToolButton):
    def __init__(self, status: str, store: OfficeStore) -> None:
        super().__init__()
        self._status, self._store, self._count = status, store, -1
        self.setCheckable(True)
        self.setFixedHeight(24)
        self.setMinimumWidth(36)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(50)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("radius", 14)
        self.set_count(0)

    def set_count(self, count: int) -> None:
        if count != self._count:
            self._count = count
            self.setToolTip(f"Show only {self._status} ({formats.quantity(count)})")
            self.setAccessibleName(f"{self._status}, {formats.quantity(count)}")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, ui, rect = QPainter(self), theme(), QRectF(self.rect())
        checked = self.isChecked()
        ground = "selection" if checked else "hover" if self.underMouse() else "surface"
        paint.pill(painter, rect, ui.color(ground), ui.color("accent" if checked else "border_strong"))
        words = str(self._count) if self._count < 1_000 else "…"
        font = ui.font("small", "medium", numeric=True)
        mark = 16 if self._status == "collaborating" else 11
        width = mark + 5 + paint.text_width(words, font)
        x = (rect.width() - width) / 2
        grey = ui.color("offline_mark") if self._store.is_stale else None
        draw_status(painter, QPointF(x + mark / 2, 12), 11, self._status, grey)
        paint.text(painter, QRectF(x + mark + 5, 0, 40, 24), words, "text", font, elide=False)
