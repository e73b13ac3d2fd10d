"""The list behind the bell: agents that need somebody now, longest waiting first."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QPushButton, QWidget

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import AgentStatus
from office_studio.ui import formats
from office_studio.ui.office_store import OfficeStore
from office_studio.ui.portraits import Portraits
from office_studio.ui.watch.roster_rows import task_line
from office_studio.ui.widgets.basics import ElidingLabel, EmptyState, PanelHeader, Portrait
from office_studio.ui.widgets.floating import Floating, Scrim
from office_studio.ui.widgets.layouts import button, hbox, label, line, vbox

_WIDTH, _ROWS = 380, 8


def waiting(store: OfficeStore) -> list[LiveAgent]:
    """The user's blocked agents, longest first; none while the link is lost, for then nobody knows."""
    if store.is_stale:
        return []
    blocked = [a for a in store.agents().values() if a.status is AgentStatus.BLOCKED and not a.is_foreign]
    return sorted(blocked, key=lambda agent: agent.status_since_ms or 0)


class _ClearScrim(Scrim):
    def paintEvent(self, event: object) -> None:
        pass  # only catches the click beside the list


class AlertsPopover(QObject):
    """Made when it opens, gone when it closes."""

    def __init__(
        self, window: QWidget, anchor: QWidget, store: OfficeStore, portraits: Portraits, find: Callable[[str], None]
    ) -> None:
        super().__init__(window)
        self._window, self._store, self._portraits, self._find = window, store, portraits, find
        self._scrim = _ClearScrim(window, self.close)
        agents = waiting(store)
        rows = vbox(*(self._row(agent) for agent in agents[:_ROWS]), spacing=0)
        if len(agents) > _ROWS:
            rows.addWidget(label(f"{len(agents) - _ROWS} more in the list of agents", "small-muted"))
        if not agents:
            words = "You will see here who is blocked." if store.is_connected else "The office is not connected."
            rows.addWidget(EmptyState("check-circle", "Nobody needs you", words, width=260))
        header = PanelHeader("Alerts")
        header.set_count(formats.quantity(len(agents)) if agents else "")
        self.sheet = Floating(vbox(header, line(), rows, spacing=0, margins=(2, 2, 2, 6)), window, radius=12, pad=20)
        self.sheet.setFixedWidth(_WIDTH + 40)
        self.sheet.setAccessibleName("Alerts")
        self._scrim.show()
        self.sheet.show()
        self.sheet.adjustSize()
        corner = anchor.mapTo(window, QPoint(anchor.width() + 6, anchor.height()))
        self.sheet.move_visible(corner.x(), corner.y() - self.sheet.visible_size()[1])
        self.sheet.raise_()
        window.installEventFilter(self)
        first = self.sheet.findChild(QPushButton)
        (first or self.sheet).setFocus(Qt.FocusReason.PopupFocusReason)

    def _row(self, agent: LiveAgent) -> QWidget:
        picture = Portrait(32)
        picture.set_pixmap(self._portraits.of(agent.id, 32, self._window.devicePixelRatioF()))
        age = formats.age(agent.status_since_ms, self._store.now_ms())
        title = ElidingLabel(f"{agent.agent.name} is blocked, {age}", "strong")
        why = ElidingLabel(task_line(agent, self._store.name), "small-muted")
        show = button("Find", density="small")
        show.setAccessibleName(f"Find {agent.agent.name}")
        show.clicked.connect(lambda: self._jump(agent.id))
        row = QWidget()
        row.setLayout(hbox(picture, (vbox(title, why, spacing=1), 1), show, margins=(12, 8, 12, 8), spacing=10))
        return row

    def _jump(self, agent_id: str) -> None:
        self.close()
        self._find(agent_id)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            self.close()
            return True
        return False

    def close(self) -> None:
        self._window.removeEventFilter(self)
        for widget in (self.sheet, self._scrim):
            widget.hide()
            widget.deleteLater()
        self.deleteLater()
