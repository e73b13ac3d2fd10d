"""Brings together what the hand does with seats: carrying agents, pointing at seats, menus, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from office_studio.core.office.model import AgentStatus
from office_studio.errors import OfficeStudioError
from office_studio.ui.assign.agent_drag import AgentDrag, DragGrip
from office_studio.ui.assign.deeds import EntryState, HistoryEntry
from office_studio.ui.icons import icon
from office_studio.ui.live_region import LiveRegion
from office_studio.ui.panels import Area
from office_studio.ui.render.drag import DropPlan, SeatLight, SeatSurface

if TYPE_CHECKING:
    from office_studio.ui.assign.slots_panel import SlotsPanel
    from office_studio.ui.studio import Studio
    from office_studio.ui.watch.roster_view import RosterView


class SeatGestures(QObject):
    """One per window."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self._controller, self._store = studio.assignments, studio.store
        self.drag = AgentDrag(studio.window, studio.store, studio.assignments, studio.portraits)
        self.live = LiveRegion(studio.window)
        self.slots: SlotsPanel | None = None
        self._roster: RosterView | None = None
        self._blocked: frozenset[str] = frozenset()
        self._grips: list[DragGrip] = []
        self._connect_stage()
        self.drag.began.connect(self._on_began)
        self.drag.hovered.connect(self._on_hovered)
        self.drag.ended.connect(self._on_ended)
        self.drag.refused.connect(self._on_refused)
        self._connect_words()

    # -- parts of the window -----------------------------------------------------------------------
    def _connect_stage(self) -> None:
        stage = self._studio.stage
        self.drag.add_surface(stage, self._studio.window.stage_frame)
        stage.set_hand(self.drag)
        stage.slot_hovered.connect(lambda slot: self._glow(slot, self.slots.view if self.slots is not None else None))
        stage.slot_clicked.connect(self.show_slot)
        stage.slot_activated.connect(self.choose_agent)
        stage.slot_context_requested.connect(self.show_menu)
        self._studio.window.stage_frame.assign.clicked.connect(self._studio.toggle_assign)

    @property
    def is_hand_down(self) -> bool:
        """Whether a row is pressed that may be about to be dragged: the scene should stay where it is."""
        return self.drag.is_carrying or any(grip.is_pressed for grip in self._grips)

    def _adopt(self, grip: DragGrip) -> None:
        self._grips.append(grip)
        grip.hand = self.drag
        grip.let_go.connect(self._on_let_go)

    def _on_let_go(self, agent_id: str) -> None:
        """It was a click after all: show what a press alone does not, as things would move under a hand that drags."""
        self._studio.stage.ensure_visible_agent(agent_id)
        self._on_selection_changed(agent_id)

    def adopt_roster(self, view: RosterView) -> None:
        """Agents can be taken from its rows, and lose their seat when let go over it."""
        from office_studio.ui.watch.roster_model import IdRole

        self._roster = view
        grip = DragGrip(view, IdRole)
        grip.chosen = view.chosen_ids
        self._adopt(grip)
        self.drag.set_shelf(lambda: view)

    def make_slots(self) -> SlotsPanel:
        from office_studio.ui.assign.slots_panel import SlotsPanel

        studio = self._studio
        self.slots = panel = SlotsPanel(studio.store, studio.assignments, studio.portraits)
        view = panel.view
        self._adopt(view.grip)
        self.drag.add_surface(view)
        view.slot_hovered.connect(lambda slot: self._glow(slot, studio.stage))
        view.slot_activated.connect(self.choose_agent)
        view.unassign_requested.connect(self._controller.unassign_slot)
        view.menu_requested.connect(self.show_menu)
        view.agent_chosen.connect(self._store.select)
        self._store.selection_changed.connect(self._on_selection_changed)
        panel.set_grid(studio.memory.slots_as_grid)
        panel.grid_wanted.connect(self._on_grid_wanted)
        return panel

    def _on_grid_wanted(self, is_grid: bool) -> None:
        self._studio.memory.slots_as_grid = is_grid

    # -- pointing ----------------------------------------------------------------------------------
    def _glow(self, slot: int, other: SeatSurface | None) -> None:
        """Light the seat that is pointed at where it is also shown."""
        if other is not None and not self.drag.is_carrying:
            other.set_lit_slots({slot: SeatLight.GLOW} if slot >= 0 and self._is_assigning else {})

    @property
    def _is_assigning(self) -> bool:
        return self._studio.window.workspace == "assign"

    def show_slot(self, slot: int) -> None:
        """Make the card of a seat current."""
        if self.slots is not None:
            self._studio.window.set_panel_shown(Area.RIGHT, True)
            self.slots.view.show_slot(slot)
            who = self._controller.seated().get(slot, "")
            self._store.select(who)

    def _on_selection_changed(self, agent_id: str) -> None:
        view = self.slots.view if self.slots is not None else None
        if view is None or not agent_id or self.is_hand_down:
            return
        slot, current = self._controller.slot_of(agent_id), view.current_slot
        # An empty card may stay current: somebody is about to be chosen for it.
        if slot != current and (slot is not None or (current is not None and view.has_agent(current))):
            view.show_slot(slot)

    # -- without dragging --------------------------------------------------------------------------
    def choose_agent(self, slot: int) -> None:
        """Ask who shall have a slot."""
        from office_studio.ui.assign.agent_dialog import AgentDialog

        studio = self._studio
        reason = self._controller.why_not()
        if reason:
            self._on_refused(f"{self._controller.label(slot)} stays as it is", reason)
        elif slot in self._controller.strays():
            studio.assign_dialog(self._controller.seated()[slot])
        else:
            dialog = AgentDialog(studio.store, self._controller, studio.portraits, slot, studio.window)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    def show_menu(self, slot: int, at: QPoint) -> None:
        """What can be done with a slot."""
        menu = self.menu_of(slot)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def menu_of(self, slot: int) -> QMenu:
        studio, controller = self._studio, self._controller
        agent_id, why_not = controller.seated().get(slot, ""), controller.why_not()
        is_stray = slot in controller.strays()
        menu = QMenu(studio.window)
        menu.setToolTipsVisible(True)

        def add(words: str, glyph: str, key: str, run: object, reason: str = "") -> QAction:
            action = menu.addAction(icon(glyph), f"{words}\t{key}" if key else words)
            action.setEnabled(not reason)
            action.setToolTip(reason)
            action.triggered.connect(run)
            return action

        if not is_stray:
            words = "Choose another agent…" if agent_id else "Choose an agent…"
            add(words, "users-three", "Enter", lambda: self.choose_agent(slot), why_not)
        if agent_id:
            name = controller.name(agent_id)
            add(f"Move {name} to…", "armchair", "Ctrl+M", lambda: studio.assign_dialog(agent_id), why_not)
            add(f"Remove {name}", "trash", "Del", lambda: controller.unassign_slot(slot), why_not)
            menu.addSeparator()
            pin = add("Keep this seat when auto-assigning", "push-pin", "", lambda: self._turn_pin(agent_id))
            pin.setIcon(icon("push-pin-slash") if controller.is_pinned(agent_id) else icon("push-pin"))
            pin.setText("Let auto-assign move it" if controller.is_pinned(agent_id) else pin.text())
            add("Find in scene", "crosshair", "", lambda: studio.find_in_scene(agent_id))
        return menu

    def _turn_pin(self, agent_id: str) -> None:
        self._controller.set_pinned(agent_id, not self._controller.is_pinned(agent_id))

    # -- carrying ----------------------------------------------------------------------------------
    def _on_began(self, agent_id: str) -> None:
        if self._roster is not None:
            self._roster.set_carried(agent_id)

    def _on_hovered(self, plan: DropPlan) -> None:
        if self.slots is not None:
            self.slots.view.note = self._short(plan)

    def _short(self, plan: DropPlan) -> str:
        """What a drop would do, as few words as fit on a card."""
        name = self._controller.name(plan.agent_id)
        if plan.group:
            return f"{name} and {len(plan.group) - 1} more"
        if plan.displaced is None:
            return f"{name} moves in"
        swaps = self._controller.slot_of(plan.agent_id) is not None
        return f"{name} swaps in" if swaps else f"{name} replaces"

    def _on_ended(self) -> None:
        if self._roster is not None:
            self._roster.set_carried("")
        if self.slots is not None:
            self.slots.view.note = ""

    def _on_refused(self, title: str, reason: str) -> None:
        self._studio.toast(title, reason, tone="info", key="not-moved")
        self.live.say(f"{title}. {reason}")

    # -- for those who listen ----------------------------------------------------------------------
    def _connect_words(self) -> None:
        controller, store = self._controller, self._store
        controller.saved.connect(self._say_saved)
        controller.failed.connect(self._say_failed)
        controller.conflicted.connect(lambda entry: self.live.say(f"Not saved: {entry.words}. Changed elsewhere"))
        controller.refused.connect(lambda words, reason, _deed: self.live.say(f"Not done: {words}. {reason}"))
        store.staleness_changed.connect(self._say_link)
        store.agents_changed.connect(self._say_blocked)

    def _say_saved(self, entry: HistoryEntry) -> None:
        partly = entry.state is EntryState.PARTLY
        self.live.say(f"{entry.words}. {'Saved in part. ' + entry.reason if partly else 'Saved'}")

    def _say_failed(self, entry: HistoryEntry, error: OfficeStudioError) -> None:
        self.live.say(f"Not saved: {entry.words}. {error.message}")

    def _say_link(self, is_stale: bool) -> None:
        if self._store.live_agents:
            self.live.say("The office is silent, figures are old" if is_stale else "The office is back")

    def _say_blocked(self, changed: frozenset[str], _removed: frozenset[str]) -> None:
        live = self._store.live_agents
        now = {each for each in changed if each in live and live[each].status is AgentStatus.BLOCKED}
        now = {each for each in now if not live[each].is_foreign}
        for agent_id in sorted(now - self._blocked):
            self.live.say(f"{self._store.name(agent_id)} is blocked. {live[agent_id].blocked_by or ''}".strip())
        self._blocked = (self._blocked - changed) | now
