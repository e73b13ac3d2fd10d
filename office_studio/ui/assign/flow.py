"""The story of assigning in one window: which sheet asks what, and how each step is answered."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from office_studio.core.office.seat_changes import changes_to
from office_studio.errors import OfficeStudioError
from office_studio.ui import formats
from office_studio.ui.assign.auto_sheet import AutoSheet
from office_studio.ui.assign.conflict_sheet import ConflictSheet
from office_studio.ui.assign.controller import EntryState, HistoryEntry
from office_studio.ui.assign.deeds import Deed
from office_studio.ui.assign.plan_picker import PlanPicker, list_plans
from office_studio.ui.assign.plans import Plans
from office_studio.ui.assign.plans_sheet import ClearSheet
from office_studio.ui.assign.proposal import Proposal
from office_studio.ui.assign.proposal_sheet import ProposalSheet
from office_studio.ui.assign.sheet import Sheet
from office_studio.ui.widgets.layouts import button

if TYPE_CHECKING:
    from office_studio.ui.assign.slots_panel import SlotsPanel
    from office_studio.ui.studio import Studio

_BIG = 20  # a step of that many calls shows its progress in the status bar


class AssignFlow(Plans):
    """One per window.

    Signals:
        plan_changed(): the plan in use, the plans, or how far the seats are from it.
    """

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._conflicts: deque[HistoryEntry] = deque()
        controller = self.controller
        controller.saved.connect(self._on_saved)
        controller.failed.connect(self._on_failed)
        controller.conflicted.connect(self._on_conflicted)
        controller.refused.connect(self._on_refused)
        controller.progressed.connect(self._on_progressed)
        controller.lost.connect(self._on_lost)
        controller.save_pins = self._save_pins
        studio.session.office_changed.connect(self._on_place_changed)
        studio.window.installEventFilter(self)

    # -- asking ------------------------------------------------------------------------------------
    def auto_assign(self) -> None:
        if reason := self.controller.why_not():
            self._say_why("Auto-assign", reason)
            return
        sheet = AutoSheet(
            self.studio.window, self.controller, self.studio.store, self.studio.portraits, self.memory.rules
        )
        sheet.rules_changed.connect(lambda rules: self.keep(replace(self.memory, rules=rules)))
        self.show(sheet)

    def clear_all(self) -> None:
        seated = self.controller.seated()
        reason = self.controller.why_not() or ("" if seated else "Nobody has a seat")
        if reason:
            self._say_why("Clear all", reason)
            return
        pinned = sum(who in self.controller.pins for who in seated.values())
        sheet = ClearSheet(self.studio.window, self.theme_name, len(seated), pinned)
        sheet.confirmed.connect(lambda keep: self.controller.clear_all(self.controller.pins if keep else ()))
        self.show(sheet)

    def ask_free(self, agent_ids: Sequence[str]) -> None:
        """As ``assign_free``; for several agents with a preview."""
        waiting = self._without_seat(agent_ids)
        if len(waiting) < 2 or self.controller.why_not() or not self.controller.free_slots():
            self.assign_free(agent_ids)
            return
        words = f"Assign {formats.plural(len(waiting), 'agent')} to free seats"
        studio = self.studio
        sheet = ProposalSheet(
            studio.window, self.controller, studio.portraits, lambda take: take(self._propose_free(agent_ids)),
            title=words, deed=words, verb="Assign: {}",
        )  # fmt: skip
        self.show(sheet)

    def _propose_free(self, agent_ids: Sequence[str]) -> Proposal:
        controller = self.controller
        waiting, free = self._without_seat(agent_ids), controller.free_slots()
        changes = changes_to(controller.rows(), dict(zip(free, waiting, strict=False)))
        return Proposal(changes, tuple((controller.name(who), "no seat is free") for who in waiting[len(free) :]))

    def _without_seat(self, agent_ids: Sequence[str]) -> list[str]:
        taken = set(self.controller.seated().values())
        return [who for who in dict.fromkeys(agent_ids) if who not in taken and not self._is_foreign(who)]

    def assign_free(self, agent_ids: Sequence[str]) -> None:
        """Give each of them a free seat, work seats first; who has one keeps it."""
        controller = self.controller
        waiting, free = self._without_seat(agent_ids), controller.free_slots()
        if not waiting:
            self._say_why("Assign to free seats", "All chosen agents have a seat")
        elif not free:
            self._say_why("Assign to free seats", "No seat is free")
        else:
            count = min(len(waiting), len(free))
            words = f"Assign {formats.plural(count, 'agent')} to free seats" if count > 1 else ""
            controller.assign_many(waiting[:count], free[:count], words)
            if len(waiting) > count:
                left = formats.sentence_list(map(controller.name, waiting[count:][:3]))
                more = len(waiting) - count
                self.studio.toast(
                    f"No seat is left for {formats.plural(more, 'agent')}",
                    left if more <= 3 else f"{left} and {more - 3} more",
                    tone="warning",
                )

    def toggle_pin(self, agent_id: str) -> None:
        is_pinned = not self.controller.is_pinned(agent_id)
        self.controller.set_pinned(agent_id, is_pinned)
        name, where = self.controller.name(agent_id), self.controller.label_of_agent(agent_id)
        if is_pinned:
            self.studio.toast(f"{name} is pinned", f"Auto-assign leaves {where or 'it'} alone.", key="pin")
        else:
            self.studio.toast(f"{name} is no longer pinned", key="pin")

    def furnish(self, panel: SlotsPanel) -> None:
        """Put the plan picker on top of the slots, and what concerns all of them below."""
        panel.add_tool_row(PlanPicker(self))
        auto, clear = button("Auto-assign…", glyph="magic-wand"), button("Clear all…")
        auto.clicked.connect(self.auto_assign)
        clear.clicked.connect(self.clear_all)
        auto.setToolTip("Auto-assign  Ctrl+Alt+M")
        for made in (auto, clear):
            panel.add_foot_button(made)

    def adopt_menu(self, menu: QMenu) -> None:
        """Have the menu of plans begin with the plans themselves."""
        made: list[QAction] = []

        def fill() -> None:
            for old in made:
                menu.removeAction(old)
                old.deleteLater()
            first = next((action for action in menu.actions() if action not in made), None)
            made[:] = list_plans(menu, self, first)

        menu.aboutToShow.connect(fill)

    def show(self, sheet: Sheet) -> None:
        """One sheet at a time."""
        if self.sheet is not None:
            self.sheet.close_sheet()
        self.sheet = sheet
        sheet.closed.connect(lambda: self._on_sheet_closed(sheet))

    # -- answering ---------------------------------------------------------------------------------
    def _on_saved(self, entry: HistoryEntry) -> None:
        self._tell_job(entry, "")
        if entry.state is EntryState.PARTLY:
            if self.sheet is None or getattr(self.sheet, "entry", None) is not entry:
                self.studio.toast(f"Done in part: {entry.words}", entry.reason, tone="warning", key="assign")
            return
        can_undo = not entry.is_undo and self.controller.can_undo_entry(entry)
        undo = ("Undo", lambda: self._undo(entry)) if can_undo else None
        self.studio.toast(entry.words, "Saved", action=undo, key="assign")

    def _undo(self, entry: HistoryEntry) -> None:
        self.controller.undo_entry(entry)

    def _on_failed(self, entry: HistoryEntry, error: OfficeStudioError) -> None:
        self._tell_job(entry, "")
        action: tuple[str, Callable[[], None]] | None = None
        if entry.gone:
            action = ("Put back", lambda: self._put_back(entry))
        elif error.code not in ("BINDING_FOREIGN_AGENT", "ASSIGNMENT_CANCELLED"):
            action = ("Try again", lambda: self._retry(entry))
        hint = "" if entry.gone or error.hint in entry.reason else error.hint
        self.studio.toast(
            f"Not saved: {entry.words}", formats.sentences(entry.reason, hint), tone="error", action=action
        )

    def _on_lost(self, entry: HistoryEntry) -> None:
        """Half a step came to light after the office was silent."""
        name, label = self.controller.name, self.controller.label
        words = formats.sentence_list(f"{name(who)} has lost {label(slot)}" for who, slot in entry.gone.items())
        detail = f"The office did only a part of: {entry.words}."
        self.studio.toast(words, detail, tone="error", action=("Put back", lambda: self._put_back(entry)))

    def _retry(self, entry: HistoryEntry) -> None:
        self.controller.retry(entry)

    def _put_back(self, entry: HistoryEntry) -> None:
        self.controller.put_back(entry)

    def _on_refused(self, what: str, reason: str, deed: Deed | None) -> None:
        action = ("Keep as a plan", lambda: self.keep_offline(deed)) if deed is not None else None
        self.studio.toast(f"Not saved: {what}", formats.sentences(reason), tone="warning", action=action, key="refused")

    def _say_why(self, what: str, reason: str) -> None:
        self.studio.toast(what, formats.sentences(reason), tone="warning", key="refused")

    def _on_progressed(self, entry: HistoryEntry) -> None:
        if entry.total >= _BIG:
            self._tell_job(entry, f"{entry.words}, {formats.percent(entry.done / max(1, entry.total))}")

    def _tell_job(self, entry: HistoryEntry, words: str) -> None:
        if entry.total >= _BIG:
            self.studio.window.status.set_job(words)

    # -- conflicts ---------------------------------------------------------------------------------
    def _on_conflicted(self, entry: HistoryEntry) -> None:
        self._tell_job(entry, "")
        self._conflicts.append(entry)
        if not isinstance(self.sheet, ConflictSheet):
            self._ask_next()

    def resolve(self, entry: HistoryEntry) -> None:
        """Ask again about a conflict that was put off."""
        if entry.conflict is not None and entry.state is EntryState.CONFLICT:
            self._on_conflicted(entry)

    def _ask_next(self) -> None:
        while self._conflicts:
            entry = self._conflicts.popleft()
            if entry.conflict is not None and entry.state is EntryState.CONFLICT:
                studio = self.studio
                sheet = ConflictSheet(studio.window, self.controller, studio.store, studio.portraits, entry)
                sheet.answered.connect(lambda mine, entry=entry: self._answer(entry, mine))
                self.show(sheet)
                return

    def _answer(self, entry: HistoryEntry, keep_mine: bool) -> None:
        self.controller.resolve(entry, keep_mine=keep_mine)

    def _on_sheet_closed(self, sheet: Sheet) -> None:
        if self.sheet is sheet:
            self.sheet = None
        if isinstance(sheet, ConflictSheet):
            QTimer.singleShot(0, self, self._ask_next)

    # -- place and window --------------------------------------------------------------------------
    def _save_pins(self, pins: frozenset[str]) -> None:
        self.keep(replace(self.memory, pins=pins))

    def _is_foreign(self, agent_id: str) -> bool:
        agent = self.studio.store.agent(agent_id)
        return agent is not None and agent.is_foreign

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.WindowStateChange):
            window = self.studio.window
            is_seen = window.isVisible() and not window.windowState() & Qt.WindowState.WindowMinimized
            if event.type() == QEvent.Type.Hide:
                is_seen = False
            self.studio.session.set_watched(is_seen)
        return False
