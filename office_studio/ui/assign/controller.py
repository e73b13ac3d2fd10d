"""Carries out assignments: shows them at once, sends them, confirms or takes them back, and can undo them."""

from __future__ import annotations

import itertools
import logging
from collections import deque
from collections.abc import Collection, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from office_studio.core.office.seat_changes import Change, changes_to, seated_after
from office_studio.errors import OfficeStudioError
from office_studio.services.binding_writer import WriteReport
from office_studio.ui import formats
from office_studio.ui.assign.deeds import Deed, EntryState, HistoryEntry, deed_of
from office_studio.ui.assign.doubts import Doubts
from office_studio.ui.assign.outcome import settle
from office_studio.ui.assign.seat_facts import SeatFacts, SlotInfo
from office_studio.ui.assign.seat_log import DeedCommand, SeatLog
from office_studio.ui.assign.words import deed_words, preview_unassign
from office_studio.ui.assign.write_queue import WriteJob
from office_studio.ui.connect.session import OfficeSession
from office_studio.ui.office_store import OfficeStore

__all__ = ["AssignController", "EntryState", "HistoryEntry", "SlotInfo"]

_log = logging.getLogger(__name__)


class AssignController(SeatFacts):
    """Everything said and done about seats goes through here; panels only ask and call.

    Signals:
        changed(): occupants, pending slots, pins or history differ.
        saved(HistoryEntry): the office has it, wholly or (state PARTLY) in part.
        failed(HistoryEntry, OfficeStudioError): it was taken back.
        conflicted(HistoryEntry): somebody else changed a seat meanwhile; nothing was written. See ``resolve``.
        refused(str deed, str reason, Deed | None): it was not even tried. The deed when it is the office that is
            offline: it can be kept as a plan.
        lost(HistoryEntry): the office turns out to have done half of it; ``entry.gone`` has no seat any more.
        progressed(HistoryEntry): ``entry.done`` of ``entry.total`` calls are answered.
    """

    saved = Signal(object)
    failed = Signal(object, object)
    conflicted = Signal(object)
    refused = Signal(str, str, object)
    lost = Signal(object)
    progressed = Signal(object)

    def __init__(self, store: OfficeStore, session: OfficeSession, parent: QObject | None = None) -> None:
        super().__init__(store, session, parent)
        self._logs: dict[tuple[str, str], SeatLog] = {}
        self._numbers = itertools.count(1)
        self._doubts = Doubts()
        store.bindings_changed.connect(self._on_changed)
        store.agents_reset.connect(self._on_changed)
        session.office_changed.connect(self._on_office_changed)
        session.bindings_read.connect(self._on_read)
        self.queue.finished.connect(self._on_finished)
        self.queue.progressed.connect(self._on_progressed)

    @property
    def undo_stack(self) -> QUndoStack:
        """Of the present theme in the present office."""
        return self._log.stack

    @property
    def history(self) -> deque[HistoryEntry]:
        """Newest first."""
        return self._log.entries

    # -- doing -------------------------------------------------------------------------------------
    def set_slots(self, slots: Sequence[SlotInfo]) -> None:
        """The slots of the theme on the stage; the office's theme has been set before."""
        self.slots = tuple(slots)
        self._labels = {info.slot: info.label for info in self.slots}
        self._on_changed()

    def assign(self, agent_id: str, slot: int) -> HistoryEntry | None:
        """Seat the agent there: move, swap or replace, as ``preview`` says. None when nothing is to be done."""
        if slot not in self._labels:
            self._refuse(f"{self.name(agent_id)} to slot {slot + 1}", f"The theme has no slot {slot + 1}")
            return None
        preview = self.preview(agent_id, slot)
        if preview is None:
            return None
        return self._do(preview.changes, preview.done, agents=(agent_id,))

    def unassign(self, agent_id: str) -> HistoryEntry | None:
        preview = preview_unassign(self.rows(), agent_id, self.name, self.label)
        return self._do(preview.changes, preview.done) if preview is not None else None

    def unassign_slot(self, slot: int) -> HistoryEntry | None:
        """Empty a slot, also one that the theme does not have."""
        if slot not in self.seated():
            return None
        changes = changes_to(self.rows(), {slot: None})
        return self._do(changes, deed_words(changes, self.name, self.label))

    def assign_many(self, agent_ids: Sequence[str], slots: Sequence[int], title: str = "") -> HistoryEntry | None:
        """Seat the first agent in the first slot and so on, as one step. What is left over of either is ignored."""
        wanted = dict(zip(slots, dict.fromkeys(agent_ids), strict=False))
        if unknown := [slot for slot in wanted if slot not in self._labels]:
            self._refuse(title or "Several agents", f"The theme has no slot {unknown[0] + 1}")
            return None
        changes = changes_to(self.rows(), dict(wanted))
        return self._do(changes, title or deed_words(changes, self.name, self.label), agents=tuple(wanted.values()))

    def clear_all(self, keep: Collection[str] = ()) -> HistoryEntry | None:
        """Empty every slot, those beyond the theme too, but not those of the agents in ``keep``."""
        slots = [slot for slot, who in self.seated().items() if who not in keep]
        changes = changes_to(self.rows(), dict.fromkeys(slots))
        return self._do(changes, deed_words(changes, self.name, self.label) if len(slots) < 2 else "Clear all seats")

    def apply_changes(self, changes: Sequence[Change], title: str) -> HistoryEntry | None:
        """Carry out changes worked out from ``rows()``, as one step of the history; None when there are none."""
        return self._do(changes, title)

    def undo(self) -> None:
        if reason := self.why_not():
            self._refuse(self.undo_stack.undoText() or "Undo", reason)
        else:
            self._log.undo()

    def redo(self) -> None:
        if reason := self.why_not():
            self._refuse(self.undo_stack.redoText() or "Redo", reason)
        else:
            self._log.redo()

    def undo_entry(self, entry: HistoryEntry) -> HistoryEntry | None:
        """Undo one line of the history; a later one that has not been undone stays done."""
        top = self._top()
        if top is not None and top.entry is entry:
            self.undo()
            return None
        return self._push(entry.deed.reversed())

    def can_undo_entry(self, entry: HistoryEntry) -> bool:
        """Whether all that it did is still so."""
        if entry.is_undo or entry.state not in (EntryState.SAVED, EntryState.PARTLY):
            return False
        now = self.seated()
        return all(now.get(slot) == who for slot, who in entry.deed.after.items())

    def retry(self, entry: HistoryEntry) -> HistoryEntry | None:
        """Try again what was not saved."""
        if not self.why_not():
            if entry in self.history:
                self.history.remove(entry)
            if entry.is_undo and self.undo_stack.index() and self._top() is entry.command:
                self.undo()
                return None
        return self._again(entry)

    def resolve(self, entry: HistoryEntry, *, keep_mine: bool) -> HistoryEntry | None:
        """Answer a conflict: write it over what the office has now, or keep that."""
        conflict = entry.conflict
        if conflict is None or entry.state is not EntryState.CONFLICT:
            return None
        if not keep_mine:
            entry.state, entry.conflict = EntryState.KEPT, None
            if entry.is_undo:
                self._drop_command_of(entry)
            self._on_changed()
            return None
        if entry.is_undo:
            self._drop_command_of(entry)
        return self.retry(entry)

    def put_back(self, entry: HistoryEntry) -> HistoryEntry | None:
        """Give who lost a seat by half a step its seat again; who sits there by that step goes back as well."""
        homes = {who: slot for slot, who in entry.deed.before.items() if who is not None}
        now = self.seated()
        wanted: dict[int, str | None] = {}
        waiting = [(slot, who) for who, slot in entry.gone.items()]
        while waiting:
            slot, who = waiting.pop()
            sitting = now.get(slot)
            if sitting is not None and sitting not in homes:
                continue  # somebody else has the seat now, who has nothing to do with it
            wanted[slot] = who
            if sitting is not None and sitting != who and sitting not in wanted.values():
                waiting.append((homes[sitting], sitting))
        changes = changes_to(self.rows(), wanted)
        words = f"Put back {formats.sentence_list(self.name(who) for who in entry.gone)}"
        return self._do(changes, words)

    def cancel(self, entry: HistoryEntry) -> None:
        """Stop a deed of many steps; what is done stays done and can be undone."""
        for job in self.queue.jobs:
            if job.entry is entry:
                self.queue.cancel(job)

    # -- inside ------------------------------------------------------------------------------------
    @property
    def _log(self) -> SeatLog:
        office = self._session.office
        key = (office.key if office is not None else "", self._session.theme_id)
        if key not in self._logs:
            log = self._logs[key] = SeatLog(self._send, self)
            log.stack.indexChanged.connect(self.changed)
        return self._logs[key]

    def _top(self) -> DeedCommand | None:
        stack = self.undo_stack
        top = stack.command(stack.index() - 1) if stack.index() else None
        return top if isinstance(top, DeedCommand) else None

    def _refuse(self, what: str, reason: str, deed: Deed | None = None) -> None:
        _log.info("not tried: %s (%s)", what, reason)
        self.refused.emit(what, reason, deed)

    def _do(self, changes: Sequence[Change], title: str, agents: Sequence[str] = ()) -> HistoryEntry | None:
        if not changes:
            return None
        reason = next(filter(None, map(self._why_not_agent, agents)), "")
        if reason:
            self._refuse(title, reason)
            return None
        return self._push(deed_of(self.rows(), changes, title))

    def _push(self, deed: Deed) -> HistoryEntry | None:
        reason = self.why_not()
        if reason:
            self._refuse(deed.title, reason, deed)
            return None
        return self._log.push(deed)

    def _again(self, entry: HistoryEntry) -> HistoryEntry | None:
        """The same wish, starting from what is there now."""
        changes = changes_to(self.rows(), entry.deed.after)
        if not changes:  # somebody else has done it
            self._on_changed()
            return None
        return self._push(deed_of(self.rows(), changes, entry.deed.title))

    def _send(self, command: DeedCommand, deed: Deed, is_undo: bool) -> HistoryEntry:
        base, expected = self.rows(), self.seated()
        if command.entry is not None:
            # What is undone or redone must be as the deed left it, whatever happens to be shown now.
            agents = deed.agents
            others = {at: who for at, who in expected.items() if at not in deed.before and who not in agents}
            expected = others | {slot: who for slot, who in deed.before.items() if who is not None}
            base = self.named(expected)
        changes = changes_to(base, deed.after)
        total = sum(change.calls for change in changes)
        number, now_ms = next(self._numbers), self._store.now_ms()
        entry = HistoryEntry(number, deed.title, now_ms, deed, is_undo, total=total, command=command)
        self.history.appendleft(entry)
        job = WriteJob(deed, entry, self._session.theme_id, base, expected, changes, command, self._log)
        self._rows = None
        self._doubts.forget(deed)
        self.queue.add(job)
        self._on_changed()
        return entry

    def _on_finished(self, job: WriteJob, outcome: WriteReport | OfficeStudioError) -> None:
        rows = settle(job, outcome, self._store.now_ms(), self.name, self.label)
        self._doubts.note(job.entry, job.theme_id, outcome)
        state = job.entry.state
        is_here = job.theme_id == self._session.theme_id
        if is_here and rows is not None:
            self._store.set_bindings(rows)
        elif is_here and isinstance(outcome, WriteReport):  # the office went silent: as far as it has answered
            self._store.set_bindings(self.named(seated_after(self._store.bindings, outcome.done)))
        if state in (EntryState.FAILED, EntryState.CONFLICT):
            self._take_back(job)
        else:
            self._on_done(job)
        self._on_changed()
        if state is EntryState.CONFLICT:
            self.conflicted.emit(job.entry)
        elif state is EntryState.FAILED:
            assert job.entry.error is not None
            self.failed.emit(job.entry, job.entry.error)
        else:
            self.saved.emit(job.entry)
        if rows is None and is_here:
            self._session.refresh_bindings()

    def _on_done(self, job: WriteJob) -> None:
        command = job.command
        if job.entry.is_undo:
            if command.entry is not None:
                command.entry.state = EntryState.UNDONE
        elif job.entry.state is EntryState.PARTLY:
            command.deed = job.entry.deed  # undo what was done, not what was meant
        command.was_done = True

    def _take_back(self, job: WriteJob) -> None:
        command, log, error = job.command, job.log, job.entry.error
        _log.info("not saved: %s (%s)", job.entry.words, error.code if error is not None else "changed elsewhere")
        is_hopeless = error is not None and error.code in ("BINDING_FOREIGN_AGENT", "OFFICE_NOT_FOUND")
        if log.has(command) and not command.is_dropped:
            if command.was_done and not is_hopeless:
                log.put_back(command)
            else:
                log.drop(command)
        for later in self.queue.jobs:
            if later.deed.touches(job.deed) and later.theme_id == job.theme_id:
                self.queue.refuse(later, "The step before it was not saved.")

    def _drop_command_of(self, entry: HistoryEntry) -> None:
        if isinstance(entry.command, DeedCommand) and self._log.has(entry.command):
            self._log.drop(entry.command)

    def _on_read(self) -> None:
        for entry in self._doubts.look(self.seated(), self._session.theme_id):
            self._on_changed()
            self.lost.emit(entry)

    def _on_progressed(self, job: WriteJob) -> None:
        self.progressed.emit(job.entry)
        self.changed.emit()

    def _on_office_changed(self, _office: object) -> None:
        self.queue.forget()
        self._doubts.clear()
        self._on_changed()
