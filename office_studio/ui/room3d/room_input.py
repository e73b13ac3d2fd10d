"""Mouse, fingers and keys in a room, and its seats as whoever carries agents sees them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from office_studio.core.office.seating import Place, seat_label
from office_studio.core.theme.room_model import Vec3
from office_studio.ui.render.drag import Hand, Lights
from office_studio.ui.render.pointer import Pointer
from office_studio.ui.render.touch import Touch
from office_studio.ui.room3d.overlay import Seen
from office_studio.ui.room3d.room_show import RoomShow

_TRACKPAD_NOTCH_PX = 60.0  # of two fingers' way that feels like one notch of a wheel


class _Model:
    """What the pointer asks of a stage's model."""

    def __init__(self, view: RoomInput) -> None:
        self._view = view

    @property
    def figures(self) -> Mapping[str, Seen]:
        return {agent_id: body.figure for agent_id, body in self._view.stage.figures.items()}


class RoomInput(RoomShow):
    """Signals: what was asked for, see ``renderers.Renderer``."""

    agent_clicked = Signal(str)
    agent_activated = Signal(str)
    background_clicked = Signal()
    agent_context_requested = Signal(str, QPoint)
    slot_clicked = Signal(int)
    slot_activated = Signal(int)
    slot_hovered = Signal(int)
    slot_context_requested = Signal(int, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = _Model(self)
        # To both a room is a stage as any other.
        self.pointer = Pointer(self)  # type: ignore[arg-type]
        self.touch = Touch(self)  # type: ignore[arg-type]
        self._homes: tuple[tuple[Place, Vec3], ...] = ()  # of the slots

    def set_hand(self, hand: Hand | None) -> None:
        self.pointer.hand = hand

    # -- seats (``drag.SeatSurface``) --------------------------------------------------------------------
    @property
    def slot_count(self) -> int:
        return len(self._homes)

    def seat_label(self, slot: int) -> str:
        """What people call the place of a slot."""
        return seat_label(self._homes[slot][0], slot + 1) if 0 <= slot < len(self._homes) else f"Slot {slot + 1}"

    def area(self) -> QWidget:
        return self.viewport()

    def slot_at(self, at: QPoint) -> int | None:
        return self.stage.seats.slot_at(QPointF(at))

    def slot_point(self, slot: int) -> QPoint | None:
        at = self.stage.seats.at(slot)
        return None if at is None else at.toPoint()

    def set_lit_slots(self, lights: Lights) -> None:
        self.stage.seats.set_lit(lights)

    def set_carried(self, agent_id: str) -> None:
        self.stage.set_carried(agent_id)

    def agent_position(self, agent_id: str) -> QPoint | None:
        body = self.stage.figures.get(agent_id)
        return None if body is None else body.hit_rect().center().toPoint()

    def agent_at(self, at: QPointF) -> str | None:
        return self.stage.figure_at(at)

    # -- Qt events ---------------------------------------------------------------------------------------
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()
        if event.phase() == Qt.ScrollPhase.ScrollMomentum:
            return
        steps = event.angleDelta().y() / 120
        if not event.pixelDelta().isNull() and event.phase() != Qt.ScrollPhase.NoScrollPhase:
            steps = event.pixelDelta().y() / _TRACKPAD_NOTCH_PX
        self.wheel_steps(steps, event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.pointer.key(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not self.pointer.key_up(event):
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.pointer.leave()
        super().focusOutEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        return self.pointer.step(next) or super().focusNextPrevChild(next)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at, where = event.pos(), event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            spot = self.agent_position(self.stage.selected) if self.stage.selected is not None else None
            if spot is None:
                return
            at, where = spot, self.viewport().mapToGlobal(spot)
        agent_id = self.stage.figure_at(QPointF(at))
        if agent_id is not None:
            self.agent_context_requested.emit(agent_id, where)
        elif self.pointer.is_assigning and (slot := self.slot_at(at)) is not None:
            self.slot_context_requested.emit(slot, where)

    def mousePressEvent(self, event):  # type: ignore[no-untyped-def]
        self.pointer.press(event)

    def mouseMoveEvent(self, event):  # type: ignore[no-untyped-def]
        self.pointer.move(event)

    def mouseReleaseEvent(self, event):  # type: ignore[no-untyped-def]
        self.pointer.release(event)

    def mouseDoubleClickEvent(self, event):  # type: ignore[no-untyped-def]
        self.pointer.double_click(event)
