"""Enter on a slot: choose who shall have it from a list that can be searched. What happens to whom is said before."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from office_studio.ui.assign.controller import AssignController
from office_studio.ui.assign.pick_dialog import Choice, PickDialog
from office_studio.ui.office_store import OfficeStore
from office_studio.ui.portraits import Portraits


class AgentDialog(PickDialog):
    """The user's agents, those without a seat first. Agents of others cannot be seated and are not offered."""

    def __init__(
        self,
        store: OfficeStore,
        controller: AssignController,
        portraits: Portraits,
        slot: int,
        parent: QWidget | None = None,
    ) -> None:
        self._controller, self._slot = controller, slot
        homes = {who: at for at, who in controller.seated().items()}
        choices = []
        for agent in store.agents().values():
            if not agent.is_foreign:
                seat = f"sits at {controller.label(homes[agent.id])}" if agent.id in homes else "no seat"
                detail = f"{agent.status.value} · {seat}"
                choices.append(Choice(agent.id, agent.agent.name, detail, agent_id=agent.id, more=agent.id))
        choices.sort(key=lambda choice: (choice.agent_id in homes, choice.title.casefold(), choice.agent_id))
        title = f"Who shall sit at {controller.label(slot)}?"
        super().__init__(title, "Name, status or seat", "Assign", choices, portraits, parent)
        self.select(0)
        if not choices:
            self.consequence.set_words("No agent of yours is in this office yet.")

    def what_happens(self, key: object) -> tuple[str, bool]:
        agent_id = str(key)
        reason = self._controller.why_not()
        if reason:
            return f"{reason}.", False
        preview = self._controller.preview(agent_id, self._slot)
        if preview is None:
            return f"{self._controller.name(agent_id)} sits there already.", False
        return f"{preview.title}. {preview.detail}.", True

    def carry_out(self, key: object) -> None:
        self._controller.assign(str(key), self._slot)
