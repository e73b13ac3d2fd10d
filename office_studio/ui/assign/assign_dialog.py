"""Ctrl+M: choose a slot for an agent from a list that can be searched. What happens to whom is said before."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from office_studio.ui.assign.controller import AssignController
from office_studio.ui.assign.pick_dialog import Choice, PickDialog
from office_studio.ui.portraits import Portraits


class AssignDialog(PickDialog):
    def __init__(
        self, controller: AssignController, portraits: Portraits, agent_id: str, parent: QWidget | None = None
    ) -> None:
        self._controller, self._agent_id = controller, agent_id
        name, seated = controller.name(agent_id), controller.seated()
        choices = []
        for info in controller.slots:
            who = seated.get(info.slot, "")
            sits = controller.name(who) if who else "free"
            choices.append(
                Choice(info.slot, info.label, f"{info.zone} · {sits}", str(info.slot + 1), who, "" if who else "empty")
            )
        super().__init__(f"Assign {name} to…", "Slot, seat, zone or agent", "Assign", choices, portraits, parent)
        free = next((row for row, choice in enumerate(choices) if not choice.agent_id), 0)
        self.select(free)

    def what_happens(self, key: object) -> tuple[str, bool]:
        assert isinstance(key, int)
        reason = self._controller.why_not()
        if reason:
            return f"{reason}.", False
        preview = self._controller.preview(self._agent_id, key)
        if preview is None:
            return f"{self._controller.name(self._agent_id)} sits there already.", False
        return f"{preview.title}. {preview.detail}.", True

    def carry_out(self, key: object) -> None:
        assert isinstance(key, int)
        self._controller.assign(self._agent_id, key)
