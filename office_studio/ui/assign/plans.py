"""Seat plans in the window: save, apply with a preview, manage; and what is remembered of the theme's seats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from office_studio.core.office.seat_plan import SeatPlan, plan_of
from office_studio.errors import OfficeStudioError
from office_studio.services.seat_plans import SUFFIX, prepare
from office_studio.ui import formats
from office_studio.ui.ask_file import ask_to_open, ask_to_save
from office_studio.ui.assign.deeds import Deed
from office_studio.ui.assign.memory import SeatMemory, recall, remember
from office_studio.ui.assign.plan_dialog import PlanDialog
from office_studio.ui.assign.plan_picker import fill_menu
from office_studio.ui.assign.plan_shelf import PlanShelf
from office_studio.ui.assign.plans_sheet import NameSheet, PlansSheet
from office_studio.ui.assign.proposal import Proposal
from office_studio.ui.assign.proposal_sheet import ProposalSheet, plan_lines_title

if TYPE_CHECKING:
    from office_studio.ui.assign.controller import AssignController
    from office_studio.ui.assign.sheet import Sheet
    from office_studio.ui.studio import Studio

_FILES = f"Seat plans (*{SUFFIX} *.json)"


class Plans(QObject):
    """Signals:
    plan_changed(): the plan in use, the plans, or how far the seats are from it.
    """

    plan_changed = Signal()
    sheet: Sheet | None = None  # the one that is open
    dialog: PlanDialog | None = None  # the last that asked which plan

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self.studio = studio
        self.controller: AssignController = studio.assignments
        self.shelf = PlanShelf(studio.jobs, self)
        self.memory = SeatMemory()
        self._place = ("", "")
        self._target: dict[int, str] = {}
        self._offline_name = ""
        self.shelf.changed.connect(self._on_plans_changed)
        self.shelf.failed.connect(self._on_shelf_failed)
        self.controller.changed.connect(self._on_seats_changed)
        self.shelf.refresh()

    def show(self, sheet: Sheet) -> None:
        raise NotImplementedError

    # -- the plan in use ---------------------------------------------------------------------------
    @property
    def theme_name(self) -> str:
        loaded = self.studio.library.loaded
        return loaded.theme.name if loaded is not None else self.studio.session.theme_id

    def plan_in_use(self) -> tuple[str, int]:
        """Name of the plan that was saved or applied last here, and how many agents sit elsewhere than in it."""
        if not self.memory.plan or self.shelf.plan(self.memory.plan) is None:
            return "", 0
        now = {who: slot for slot, who in self.controller.seated().items()}
        then = {who: slot for slot, who in self._target.items()}
        return self.memory.plan, sum(now.get(who) != then.get(who) for who in now.keys() | then.keys())

    def keep(self, memory: SeatMemory) -> None:
        """Remember it for this office and theme."""
        self.memory = memory
        remember(self.studio.settings, *self._place, memory)
        self._refresh_target()

    def _on_place_changed(self, *_: object) -> None:
        """Another office or theme: what was kept for that."""
        session = self.studio.session
        place = (session.office.key if session.office is not None else "", session.theme_id)
        if place != self._place:
            self._place = place
            self.memory = recall(self.studio.settings, *place)
            self.controller.set_pins(self.memory.pins)
            self._offline_name = ""
            self._refresh_target()

    def _on_seats_changed(self) -> None:
        self._on_place_changed()
        if self.studio.store.is_connected:
            self._offline_name = ""
        self.plan_changed.emit()

    def _on_plans_changed(self) -> None:
        self._refresh_target()

    def _refresh_target(self) -> None:
        plan = self.shelf.plan(self.memory.plan) if self.memory.plan else None
        self._target = {}
        if plan is not None:
            try:
                self._target = self._prepared(plan)[0].target
            except OfficeStudioError:
                self._target = plan.target
        self.plan_changed.emit()

    # -- applying ----------------------------------------------------------------------------------
    def apply_plan(self, plan: SeatPlan) -> None:
        """Preview first; nothing is sent before the button in it is pressed."""
        if reason := self.controller.why_not():
            self.studio.toast(f"“{plan.name}” not applied", formats.sentences(reason), tone="warning", key="refused")
            return
        session = self.studio.session
        sheet = ProposalSheet(
            self.studio.window, self.controller, self.studio.portraits, lambda take: take(self.propose(plan)),
            title=plan_lines_title(plan, session.theme_id), deed=f"Apply plan {plan.name}", verb="Apply {}",
        )  # fmt: skip
        sheet.applied.connect(lambda _entry: self.keep(replace(self.memory, plan=plan.name)))
        self.show(sheet)

    def propose(self, plan: SeatPlan) -> Proposal:
        try:
            _, proposal = self._prepared(plan)
        except OfficeStudioError as error:
            return Proposal(problem=f"{error.message} {error.hint}".strip())
        return proposal

    def _prepared(self, plan: SeatPlan) -> tuple[SeatPlan, Proposal]:
        controller, session = self.controller, self.studio.session
        own = {one.id: one.agent.name for one in self.studio.store.agents().values() if not one.is_foreign}
        rows = controller.rows()
        agents = own | {row.agent_id: row.agent_name or "" for row in rows if row.agent_id not in own}
        found = prepare(plan, rows, agents, controller.places, session.theme_id, self.theme_name)
        unfit = tuple((one.entry.agent_name or one.entry.agent_id[:8], one.reason) for one in found.unfit)
        return found.plan, Proposal(found.changes, unfit)

    # -- saving ------------------------------------------------------------------------------------
    def present_plan(self, name: str) -> SeatPlan:
        controller, session = self.controller, self.studio.session
        return plan_of(session.theme_id, self.theme_name, controller.rows(), controller.places, name)

    def save_plan(self) -> None:
        """Ask for a name, then keep the present seats under it."""
        used = self.plan_in_use()[0]
        name = used or self.shelf.free_name(f"{self.theme_name} seats")
        count = len(self.present_plan(name).entries)
        intro = f"Keeps who sits where now: {formats.plural(count, 'seat')} of {self.theme_name}."
        sheet = NameSheet(self.studio.window, "Save seats as a plan", "Save plan", name, self._judge_new, intro)
        sheet.named.connect(self.save_as)
        self.show(sheet)

    def save_as(self, name: str) -> None:
        plan = self.present_plan(name)

        def saved(kept: SeatPlan) -> None:
            self.keep(replace(self.memory, plan=kept.name))
            self.studio.toast(f"Saved “{kept.name}”", formats.plural(len(kept.entries), "seat"), key="plan")

        self.shelf.save(plan, saved)

    def _judge_new(self, name: str) -> tuple[bool, str]:
        old = self.shelf.plan(name)
        return True, f"Replaces the plan “{name}” with its {formats.plural(len(old.entries), 'seat')}." if old else ""

    def keep_offline(self, deed: Deed) -> None:
        """A change that the office could not be asked for, kept as a plan: applied later, by the user."""
        name = self._offline_name or self.shelf.free_name(f"{self.theme_name}, made offline")
        base = self.shelf.plan(name) if self._offline_name else None
        seats = dict(base.target if base is not None else self.controller.seated())
        seats = {slot: who for slot, who in seats.items() if slot not in deed.after and who not in deed.agents}
        seats |= {slot: who for slot, who in deed.after.items() if who is not None}
        self._offline_name = name
        rows = self.controller.named(seats)
        plan = plan_of(self.studio.session.theme_id, self.theme_name, rows, self.controller.places, name)
        words = f"Kept in “{name}”"
        then = lambda _plan: self.studio.toast(words, "Apply it when the office is back: Assign › Plans.", key="plan")  # noqa: E731
        self.shelf.save(plan, then)

    # -- managing ----------------------------------------------------------------------------------
    def manage_plans(self, chosen: str = "") -> None:
        """``chosen``: name of the plan to begin with, else the one in use."""
        studio = self.studio
        sheet = PlansSheet(
            studio.window, self.shelf, studio.session.theme_id, chosen or self.memory.plan, self.controller.why_not()
        )
        sheet.apply_requested.connect(self.apply_plan)
        sheet.rename_requested.connect(lambda plan: self.rename_plan(plan, lambda kept: self.manage_plans(kept.name)))
        sheet.delete_requested.connect(self.delete_plan)
        sheet.export_requested.connect(self.export_plan)
        sheet.import_requested.connect(lambda: self.import_plan())
        sheet.save_requested.connect(self.save_plan)
        self.show(sheet)
        self.shelf.refresh()

    def pick_plan(self, title: str, verb: str, does: Callable[[str], str], act: Callable[[SeatPlan], object]) -> None:
        """Ask for which plan, when there are several; then do it with that one."""
        plans = self.shelf.plans
        if len(plans) == 1:
            act(plans[0])
        elif plans:
            self.dialog = PlanDialog(plans, title, verb, does, act, self.memory.plan, self.studio.window)
            self.dialog.finished.connect(self.dialog.deleteLater)
            self.dialog.open()

    def pick_to_rename(self) -> None:
        does = lambda name: f"Asks for the new name of “{name}”."  # noqa: E731
        self.pick_plan("Rename which plan?", "Rename…", does, self.rename_plan)

    def pick_to_export(self) -> None:
        does = lambda name: f"Asks where to write “{name}”; the plan itself stays."  # noqa: E731
        self.pick_plan("Export which plan?", "Export…", does, self.export_plan)

    def pick_to_delete(self) -> None:
        does = lambda name: f"Deletes “{name}”, with a way back."  # noqa: E731
        self.pick_plan("Delete which plan?", "Delete", does, self.delete_plan)

    def rename_plan(self, plan: SeatPlan, then: Callable[[SeatPlan], object] | None = None) -> None:
        """Ask for another name. ``then``: what follows, else it is told."""

        def judge(name: str) -> tuple[bool, str]:
            taken = name != plan.name and self.shelf.plan(name) is not None
            return (False, f"There is a plan “{name}” already.") if taken else (name != plan.name, "")

        def rename(name: str) -> None:
            self.shelf.rename(plan.name, name, renamed)

        def renamed(kept: SeatPlan) -> None:
            if self.memory.plan == plan.name:
                self.keep(replace(self.memory, plan=kept.name))
            if then is not None:
                then(kept)
            else:
                self.studio.toast(f"“{plan.name}” is now “{kept.name}”", key="plan")

        sheet = NameSheet(self.studio.window, "Rename the plan", "Rename", plan.name, judge)
        sheet.named.connect(rename)
        self.show(sheet)

    def delete_plan(self, plan: SeatPlan) -> None:
        """At once, and with a way back: a plan is a small file."""

        def deleted(gone: SeatPlan) -> None:
            back = lambda: self.shelf.save(gone)  # noqa: E731
            self.studio.toast(f"Deleted “{gone.name}”", action=("Undo", back), key="plan")

        self.shelf.delete(plan, deleted)

    def export_plan(self, plan: SeatPlan, path: Path | None = None) -> None:
        if path is None:
            safe = "".join(c if c.isalnum() or c in " -_" else "-" for c in plan.name).strip() or "plan"
            export = lambda chosen: self.export_plan(plan, chosen)  # noqa: E731
            ask_to_save(self.studio.window, "Export seat plan", f"{safe}{SUFFIX}", _FILES, export)
            return
        where = path
        then = lambda _plan: self.studio.toast(f"Exported “{plan.name}”", str(where), key="plan")  # noqa: E731
        self.shelf.export(plan, where, then)

    def import_plan(self, path: Path | None = None) -> None:
        if path is None:
            ask_to_open(self.studio.window, "Import seat plan", _FILES, self.import_plan)
            return

        def added(plan: SeatPlan) -> None:
            if isinstance(self.sheet, PlansSheet):
                self.sheet.choose(plan.name)
            apply = lambda: self.apply_plan(plan)  # noqa: E731
            self.studio.toast(f"Imported “{plan.name}”", formats.plural(len(plan.entries), "seat"),
                              action=("Apply…", apply), key="plan")  # fmt: skip

        self.shelf.import_file(path, added)

    def fill_plan_menu(self, menu: QMenu) -> None:
        fill_menu(menu, self)  # type: ignore[arg-type]

    def close(self) -> None:
        self.shelf.close()

    def _on_shelf_failed(self, what: str, error: OfficeStudioError) -> None:
        self.studio.toast(what, formats.sentences(error.message, error.hint), tone="error", key="plan")
