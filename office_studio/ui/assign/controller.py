"""Carries out assignments: shows them at once, sends them, confirms or takes them back, and can undo them."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from office_studio.core.office.model import Binding
from office_studio.errors import ConflictError, OfficeStudioError
from office_studio.ui.assign.plan import (
    AssignPlan,
    apply_plan,
    occupants,
    plan_assign,
    plan_unassign,
)
from office_studio.ui.assign.writer import write_plan
from office_studio.ui.connect.session import OfficeSession
from office_studio.ui.office_store import OfficeStore

_log = logging.getLogger(__name__)
HISTORY_LINES = 100


class EntryState(StrEnum):
    SAVING = "saving"
    SAVED = "saved"
    UNDONE = "undone"
    FAILED = "failed"


@dataclass(slots=True)
class HistoryEntry:
    """One line of the history: what was done, how it ended."""

    number: int
    words: str
    at_ms: int
    state: EntryState = EntryState.SAVING
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SlotInfo:
    slot: int
    label: str
    zone: str


class AssignController(QObject):
    """Signals:
    changed(): effective occupants, pending slots or history differ.
    saved(HistoryEntry): the server has it.
    failed(HistoryEntry, OfficeStudioError): it was taken back.
    """

    changed = Signal()
    saved = Signal(object)
    failed = Signal(object, object)

    def __init__(self, store: OfficeStore, session: OfficeSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._session = store, session
        self.undo_stack = QUndoStack(self)
        self.history: deque[HistoryEntry] = deque(maxlen=HISTORY_LINES)
        self.slots: tuple[SlotInfo, ...] = ()
        self._queue: deque[_Write] = deque()
        self._numbers = 0
        store.bindings_changed.connect(self.changed)
        store.agents_reset.connect(self.changed)
        session.office_changed.connect(self._on_office_changed)

    # -- reading -----------------------------------------------------------------------------------
    def why_not(self) -> str:
        """Why nothing can be assigned now; "" when it can."""
        if self._session.client is None or not self._store.is_connected:
            return "Assigning needs a connected office"
        if not self.slots:
            return "This theme has no seats"
        return ""

    def seated(self) -> dict[int, str]:
        """Who sits where, with what is being saved counted as done."""
        found = occupants(self._store.bindings)
        for write in self._queue:
            found = apply_plan(found, write.plan)
        return found

    def effective_bindings(self) -> tuple[Binding, ...]:
        names = {row.agent_id: row for row in self._store.bindings}
        rows = []
        for slot, agent_id in sorted(self.seated().items()):
            known = names.get(agent_id)
            avatar = known.agent_avatar_url if known is not None else None
            rows.append(Binding(slot, agent_id, self._store.name(agent_id), avatar))
        return tuple(rows)

    def pending_slots(self) -> frozenset[int]:
        return frozenset(slot for write in self._queue for slot in write.plan.after)

    def label(self, slot: int | None) -> str:
        if slot is None:
            return "no seat"
        return next((info.label for info in self.slots if info.slot == slot), f"Slot {slot + 1}")

    def label_of_agent(self, agent_id: str) -> str | None:
        slot = next((at for at, who in self.seated().items() if who == agent_id), None)
        return None if slot is None else self.label(slot)

    def preview(self, agent_id: str, slot: int) -> AssignPlan | None:
        """What assigning would do, for the words before the drop."""
        return plan_assign(self.seated(), agent_id, slot, self._store.name, self.label)

    # -- doing -------------------------------------------------------------------------------------
    def set_slots(self, slots: Sequence[SlotInfo]) -> None:
        self.slots = tuple(slots)
        self.undo_stack.clear()  # its commands speak of the slots of another theme
        self.changed.emit()

    def assign(self, agent_id: str, slot: int) -> None:
        agent = self._store.agent(agent_id)
        if agent is None or agent.is_foreign or self.why_not():
            return
        plan = self.preview(agent_id, slot)
        if plan is not None:
            self.undo_stack.push(_AssignCommand(self, plan))

    def unassign(self, agent_id: str) -> None:
        plan = plan_unassign(self.seated(), agent_id, self._store.name, self.label)
        if plan is not None and not self.why_not():
            self.undo_stack.push(_AssignCommand(self, plan))

    def undo(self) -> None:
        if not self.why_not():
            self.undo_stack.undo()

    def redo(self) -> None:
        if not self.why_not():
            self.undo_stack.redo()

    # -- inside ------------------------------------------------------------------------------------
    def send(self, command: _AssignCommand, plan: AssignPlan, words: str) -> None:
        self._numbers += 1
        entry = HistoryEntry(self._numbers, words, self._store.now_ms())
        self.history.appendleft(entry)
        self._queue.append(_Write(command, plan, entry))
        if len(self._queue) == 1:
            self._send_next()
        self.changed.emit()

    def _send_next(self) -> None:
        """One write at a time: the order of the calls is the order of the user's steps."""
        client, theme_id = self._session.client, self._session.theme_id
        write = self._queue[0]
        if client is None:
            self._on_failed(write, OfficeStudioError("OFFICE_GONE", "The office is not connected.", "Connect again."))
            return
        self._session.scope.run(
            lambda: write_plan(client, theme_id, write.plan),
            lambda rows: self._on_written(write, rows),
            lambda error: self._on_failed(write, error),
        )

    def _on_written(self, write: _Write, rows: tuple[Binding, ...]) -> None:
        write.entry.state = EntryState.SAVED
        self._finish(write, rows)
        self.saved.emit(write.entry)

    def _on_failed(self, write: _Write, error: OfficeStudioError) -> None:
        _log.info("assignment not saved: %s (%s)", error.message, error.code)
        write.entry.state, write.entry.reason = EntryState.FAILED, error.message
        write.command.drop()
        rows = error.details.get("bindings") if isinstance(error, ConflictError) else None
        self._finish(write, rows)
        self.failed.emit(write.entry, error)
        if rows is None:
            self._session.refresh_bindings()

    def _finish(self, write: _Write, rows: tuple[Binding, ...] | None) -> None:
        self._queue.remove(write)
        if rows is not None:
            self._store.set_bindings(rows)
        self.changed.emit()
        if self._queue:
            self._send_next()

    def _on_office_changed(self, _office: object) -> None:
        self._queue.clear()
        self.undo_stack.clear()
        self.history.clear()
        self.changed.emit()


@dataclass(slots=True)
class _Write:
    command: _AssignCommand
    plan: AssignPlan
    entry: HistoryEntry


class _AssignCommand(QUndoCommand):
    """One assignment on the undo stack. Doing and undoing are both sent to the server."""

    def __init__(self, controller: AssignController, plan: AssignPlan) -> None:
        super().__init__(plan.done)
        self._controller, self._plan = controller, plan
        self._is_dropped = False

    def redo(self) -> None:
        if not self._is_dropped:
            self._controller.send(self, self._plan, self._plan.done)

    def undo(self) -> None:
        if not self._is_dropped:
            self._controller.send(self, self._plan.reversed(), f"Undo: {self._plan.done}")

    def drop(self) -> None:
        """The server refused: it never happened, so there is nothing to undo or redo."""
        self._is_dropped = True
        self.setObsolete(True)
        stack = self._controller.undo_stack
        if stack.index() > 0 and stack.command(stack.index() - 1) is self:
            stack.undo()  # does nothing but take the obsolete command off the stack
