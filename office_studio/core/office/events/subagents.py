"""Sub-agents: while one lives, it and its parent collaborate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from office_studio.core.office.events.base import OfficeEvent, text
from office_studio.core.office.model import CollaborationLink

if TYPE_CHECKING:
    from office_studio.core.office.state import OfficeState


@dataclass(frozen=True, slots=True)
class SubagentStart(OfficeEvent):
    type: ClassVar[str] = "subagent_start"

    parent_session_key: str | None = None
    label: str | None = None

    @classmethod
    def decode(cls, agent_id: str, session_id: str, timestamp_ms: int, data: Mapping[str, Any]) -> Self:
        return cls(agent_id, session_id, timestamp_ms, text(data, "parentSessionKey"), text(data, "label"))

    def reduce(self, state: OfficeState) -> None:
        if not self.parent_session_key:
            return
        state.ensure(self.agent_id, self.timestamp_ms)
        # A parent whose session was never seen is linked under the key itself: it may start later.
        parent_id = state.agent_of_session(self.parent_session_key) or self.parent_session_key
        state.add_link(CollaborationLink(parent_id, self.agent_id, self.session_id))
        state.recompute()


@dataclass(frozen=True, slots=True)
class SubagentEnd(OfficeEvent):
    type: ClassVar[str] = "subagent_end"

    outcome: str | None = None

    @classmethod
    def decode(cls, agent_id: str, session_id: str, timestamp_ms: int, data: Mapping[str, Any]) -> Self:
        return cls(agent_id, session_id, timestamp_ms, text(data, "outcome"))

    def reduce(self, state: OfficeState) -> None:
        if state.has_link(self.session_id):
            state.drop_link(self.session_id)
        else:
            # It began before the viewer came, so the link is known from a snapshot, without its session.
            state.drop_restored_link(self.agent_id)
        state.recompute()
