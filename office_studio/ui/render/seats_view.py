"""The seats of a stage as others see them: how many, what they are called, where they are, how they are lit."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QWidget

from office_studio.core.office.seating import seat_label
from office_studio.ui.render.drag import Lights
from office_studio.ui.render.jar_layer import Jar
from office_studio.ui.render.themed_view import ThemedView


class SeatsView(ThemedView):
    """Slots count in home-seat order.

    Signals:
        slot_clicked(slot), slot_activated(slot): click, double click on a seat while seats are given out.
        slot_hovered(slot): the pointer is over that seat now, -1 for none; while seats are given out.
        slot_context_requested(slot, global position).
    """

    slot_clicked = Signal(int)
    slot_activated = Signal(int)
    slot_hovered = Signal(int)
    slot_context_requested = Signal(int, QPoint)

    @property
    def slot_count(self) -> int:
        return len(self.stage.seats.homes())

    def seat_label(self, slot: int) -> str:
        """What people call the home seat of a slot."""
        homes = self.stage.seats.homes()
        return seat_label(homes[slot], slot + 1) if 0 <= slot < len(homes) else f"Slot {slot + 1}"

    # -- what apps hold ------------------------------------------------------------------------------
    def set_jars(self, jars: Sequence[Jar]) -> None:
        self.stage.jars.show(jars)

    def set_jars_visible(self, visible: bool) -> None:
        self.stage.jars.set_visible(visible)

    # -- for whoever carries an agent (``drag.SeatSurface``) -----------------------------------------
    def area(self) -> QWidget:
        return self.viewport()

    def slot_at(self, at: QPoint) -> int | None:
        """The slot whose seat is at a point of the viewport."""
        return self.stage.seats.slot_at(self.mapToScene(at))

    def slot_point(self, slot: int) -> QPoint | None:
        """Middle of a slot's seat in viewport pixels."""
        at = self.stage.seats.at(slot)
        return None if at is None else self.mapFromScene(at)

    def set_lit_slots(self, lights: Lights) -> None:
        """Mark seats; {} as the mode has them."""
        self.stage.seats.set_lit(lights)

    def set_carried(self, agent_id: str) -> None:
        self.stage.set_carried(agent_id)

    def nudge(self, dx: int, dy: int) -> bool:
        before = self._camera.pan
        self.pan_by(-dx, -dy)
        return self._camera.pan != before
