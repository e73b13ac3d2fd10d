"""What is known of the seats of the theme on the stage, with what is being saved counted as done."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from PySide6.QtCore import QObject, Signal

from office_studio.core.office.model import Binding
from office_studio.core.office.seat_changes import seated, seated_after
from office_studio.core.office.seat_plan import SlotPlace
from office_studio.ui.assign.words import Preview, preview_assign
from office_studio.ui.assign.write_queue import WriteQueue
from office_studio.ui.connect.session import OfficeSession
from office_studio.ui.office_store import OfficeStore


@dataclass(frozen=True, slots=True)
class SlotInfo:
    """A slot of the theme: ``zone`` is the name of the zone of its seat, ``place`` what plans know of it."""

    slot: int
    label: str
    zone: str
    place: SlotPlace | None = None


class SeatFacts(QObject):
    """Signals:
    changed(): occupants, pending slots, pins or history differ.
    """

    changed = Signal()

    def __init__(self, store: OfficeStore, session: OfficeSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._session = store, session
        self.slots: tuple[SlotInfo, ...] = ()
        self.queue = WriteQueue(session, self)
        self.save_pins: Callable[[frozenset[str]], None] = lambda _pins: None
        self._labels: dict[int, str] = {}
        self._pins: frozenset[str] = frozenset()
        self._rows: tuple[Binding, ...] | None = None
        self._effective: tuple[Binding, ...] | None = None
        self._last_effective: tuple[Binding, ...] = ()
        self._seated: Mapping[int, str] = MappingProxyType({})

    # -- reading -----------------------------------------------------------------------------------
    @property
    def places(self) -> tuple[SlotPlace, ...]:
        """The slots as plans and auto-assign know them."""
        return tuple(info.place for info in self.slots if info.place is not None)

    def why_not(self) -> str:
        """Why nothing can be assigned now; "" when it can."""
        if self._session.client is None:
            return "Assigning needs a connected office"
        if not self._store.is_reachable:
            return "The office is offline"
        if not self.slots:
            return "This theme has no seats"
        return ""

    def rows(self) -> tuple[Binding, ...]:
        """Who sits where, as rows, with what is being saved counted as done."""
        if self._rows is None:
            self._effective = None
            rows = self._store.bindings
            for job in self.queue.jobs:
                if job.theme_id == self._session.theme_id:
                    rows = self.named(seated_after(rows, job.changes))
            if rows is not self._store.bindings:  # each slot and name is in it once already
                self._effective = self._last_effective = self._last_effective if rows == self._last_effective else rows
            self._rows, self._seated = rows, MappingProxyType(seated(rows))
        return self._rows

    def seated(self) -> Mapping[int, str]:
        """Slot -> agent, with what is being saved counted as done."""
        self.rows()
        return self._seated

    def effective_bindings(self) -> tuple[Binding, ...]:
        """As ``rows``, each slot and name once. The same object as long as nobody sits elsewhere."""
        seated = self.seated()
        if self._effective is None:
            made = self.named(seated)
            self._effective = self._last_effective = self._last_effective if made == self._last_effective else made
        return self._effective

    def slot_of(self, agent_id: str) -> int | None:
        return next((slot for slot, who in self.seated().items() if who == agent_id), None)

    def pending_slots(self) -> frozenset[int]:
        """Slots of which the office has not answered yet."""
        mine = (job for job in self.queue.jobs if job.theme_id == self._session.theme_id)
        return frozenset(slot for job in mine for slot in job.slots - job.confirmed)

    def free_slots(self) -> tuple[int, ...]:
        """Slots of the theme without an agent, in slot order."""
        taken = self.seated()
        return tuple(info.slot for info in self.slots if info.slot not in taken)

    def strays(self) -> dict[int, str]:
        """Slot -> agent where the theme has no such slot: it was changed to fewer, or the index is negative."""
        return {slot: who for slot, who in self.seated().items() if slot not in self._labels}

    def doubles(self) -> dict[str, tuple[int, ...]]:
        """Agents for which the office names more than one slot."""
        homes: dict[str, set[int]] = {}
        for row in self.rows():
            homes.setdefault(row.agent_id, set()).add(row.slot_index)
        return {who: tuple(sorted(slots)) for who, slots in homes.items() if len(slots) > 1}

    def name(self, agent_id: str) -> str:
        """Of an agent, also of one that only the bindings know."""
        if self._store.knows(agent_id):
            return self._store.name(agent_id)
        row = next((row for row in self._store.bindings if row.agent_id == agent_id and row.agent_name), None)
        return row.agent_name if row is not None and row.agent_name else self._store.name(agent_id)

    def label(self, slot: int | None) -> str:
        if slot is None:
            return "no seat"
        return self._labels.get(slot) or f"Slot {slot + 1}"

    def label_of_agent(self, agent_id: str) -> str | None:
        slot = self.slot_of(agent_id)
        return None if slot is None else self.label(slot)

    def preview(self, agent_id: str, slot: int) -> Preview | None:
        """What assigning would do, for the words before the drop; None when nothing would change."""
        return preview_assign(self.rows(), agent_id, slot, self._labels.keys(), self.name, self.label)

    def legal_targets(self, agent_id: str) -> dict[int, str]:
        """For each slot of the theme "" when the agent can be seated there, else the reason why not."""
        reason = self.why_not() or self._why_not_agent(agent_id)
        own = self.slot_of(agent_id)
        sits = f"{self.name(agent_id)} sits there already"
        return {info.slot: reason or (sits if info.slot == own else "") for info in self.slots}

    # -- pins --------------------------------------------------------------------------------------
    @property
    def pins(self) -> frozenset[str]:
        """Agents whose seat is never changed by auto-assign."""
        return self._pins

    def set_pins(self, pins: Collection[str]) -> None:
        """As they were kept for this office and theme."""
        if frozenset(pins) != self._pins:
            self._pins = frozenset(pins)
            self.changed.emit()

    def is_pinned(self, agent_id: str) -> bool:
        return agent_id in self._pins

    def set_pinned(self, agent_id: str, is_pinned: bool) -> None:
        """Keep the agent's seat from auto-assign, or no longer."""
        pins = self._pins | {agent_id} if is_pinned else self._pins - {agent_id}
        if pins != self._pins:
            self.set_pins(pins)
            self.save_pins(pins)

    # -- inside ------------------------------------------------------------------------------------
    def named(self, seating: Mapping[int, str]) -> tuple[Binding, ...]:
        """A seating as rows, with names and avatars as far as they are known."""
        known = {row.agent_id: row for row in self._store.bindings}
        rows = []
        for slot, agent_id in sorted(seating.items()):
            row = known.get(agent_id)
            avatar = row.agent_avatar_url if row is not None else None
            rows.append(Binding(slot, agent_id, self.name(agent_id), avatar))
        return tuple(rows)

    def _why_not_agent(self, agent_id: str) -> str:
        agent = self._store.agent(agent_id)
        if agent is not None and agent.is_foreign:
            return f"{self.name(agent_id)} belongs to someone else"
        if agent is None and all(row.agent_id != agent_id for row in self._store.bindings):
            return "The office does not know this agent"
        return ""

    def _on_changed(self) -> None:
        self._rows = None
        self.changed.emit()
