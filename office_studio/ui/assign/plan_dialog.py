"""Choose one of the seat plans by typing, for what the menus and the palette do with a plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from office_studio.core.office.seat_plan import SeatPlan
from office_studio.ui import formats
from office_studio.ui.assign.pick_dialog import Choice, PickDialog


class PlanDialog(PickDialog):
    """``does(name)``: what choosing it does, in words; ``act``: does it. ``first``: name of the plan that is chosen."""

    def __init__(
        self,
        plans: Sequence[SeatPlan],
        title: str,
        verb: str,
        does: Callable[[str], str],
        act: Callable[[SeatPlan], object],
        first: str = "",
        parent: QWidget | None = None,
    ) -> None:
        self._plans, self._does, self._act = {plan.name: plan for plan in plans}, does, act
        choices = [
            Choice(plan.name, plan.name, f"{formats.plural(len(plan.entries), 'seat')}, "
                   f"made for {plan.theme_name or plan.theme_id}")
            for plan in plans
        ]  # fmt: skip
        super().__init__(title, "Name or theme", verb, choices, None, parent)
        names = list(self._plans)
        self.select(names.index(first) if first in self._plans else 0)

    def what_happens(self, key: object) -> tuple[str, bool]:
        return self._does(str(key)), True

    def carry_out(self, key: object) -> None:
        self._act(self._plans[str(key)])
