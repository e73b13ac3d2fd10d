"""Sessions and runs: an agent comes online, ends a run, fails, or goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from office_studio.core.office.events.base import OfficeEvent, integer, text
from office_studio.core.office.model import AgentStatus

if TYPE_CHECKING:
    from office_studio.core.office.state import OfficeState


@dataclass(frozen=True, slots=True)
class SessionStart(OfficeEvent):
    type: ClassVar[str] = "session_start"

    def reduce(self, state: OfficeState) -> None:
        state.ensure(self.agent_id, self.timestamp_ms)
        state.update(
            self.agent_id,
            status=AgentStatus.WORKING,
            online=True,
            last_activity_ms=self.timestamp_ms,
            token_usage=None,
            session_duration_ms=None,
            current_tool_detail=None,
        )


@dataclass(frozen=True, slots=True)
class SessionEnd(OfficeEvent):
    type: ClassVar[str] = "session_end"

    duration_ms: int | None = None

    @classmethod
    def decode(cls, agent_id: str, session_id: str, timestamp_ms: int, data: Mapping[str, Any]) -> Self:
        return cls(agent_id, session_id, timestamp_ms, integer(data, "durationMs"))

    def reduce(self, state: OfficeState) -> None:
        agent = state.agents.get(self.agent_id)
        if agent is not None:
            duration = agent.session_duration_ms if self.duration_ms is None else self.duration_ms
            state.update(
                self.agent_id,
                status=AgentStatus.IDLE,
                online=False,
                last_activity_ms=self.timestamp_ms,
                current_task=None,
                current_tool_detail=None,
                session_duration_ms=duration,
            )
        state.drop_links_of(self.agent_id)
        state.forget_session(self.session_id)
        state.recompute()


@dataclass(frozen=True, slots=True)
class AgentEnd(OfficeEvent):
    type: ClassVar[str] = "agent_end"

    duration_ms: int | None = None

    @classmethod
    def decode(cls, agent_id: str, session_id: str, timestamp_ms: int, data: Mapping[str, Any]) -> Self:
        return cls(agent_id, session_id, timestamp_ms, integer(data, "durationMs"))

    def reduce(self, state: OfficeState) -> None:
        agent = state.agents.get(self.agent_id)
        if agent is None:
            return
        blocked = agent.status is AgentStatus.BLOCKED
        duration = agent.session_duration_ms if self.duration_ms is None else self.duration_ms
        state.update(
            self.agent_id,
            status=AgentStatus.BLOCKED if blocked else AgentStatus.IDLE,
            last_activity_ms=self.timestamp_ms,
            current_task=None,
            current_tool_detail=None,
            session_duration_ms=duration,
        )


@dataclass(frozen=True, slots=True)
class AgentError(OfficeEvent):
    type: ClassVar[str] = "agent_error"

    error: str | None = None

    @classmethod
    def decode(cls, agent_id: str, session_id: str, timestamp_ms: int, data: Mapping[str, Any]) -> Self:
        return cls(agent_id, session_id, timestamp_ms, text(data, "error"))

    def reduce(self, state: OfficeState) -> None:
        state.ensure(self.agent_id, self.timestamp_ms)
        state.update(self.agent_id, status=AgentStatus.BLOCKED, last_activity_ms=self.timestamp_ms)
