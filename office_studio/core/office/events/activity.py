"""Signs of work: model calls, tool calls, messages. Each wakes an idle or blocked agent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from office_studio.core.office.events.base import OfficeEvent, integer, text
from office_studio.core.office.model import TokenUsage

if TYPE_CHECKING:
    from office_studio.core.office.state import OfficeState

# The provider-style spelling comes first where a producer sends both (Office API 4.3).
_USAGE_KEYS = (
    ("inputTokens", "input"),
    ("outputTokens", "output"),
    ("cacheReadTokens", "cacheRead"),
    ("cacheWriteTokens", "cacheWrite"),
    ("totalTokens", "total"),
)


def decode_usage(value: object) -> TokenUsage | None:
    """Token counts of one ``usage`` object; a missing, wrong or negative number counts as 0."""
    if not isinstance(value, Mapping):
        return None
    counts = []
    for provider_key, key in _USAGE_KEYS:
        found = integer(value, provider_key)
        count = found if found is not None else integer(value, key)
        counts.append(max(0, count or 0))
    return TokenUsage(*counts)


@dataclass(frozen=True, slots=True)
class LlmInput(OfficeEvent):
    type: ClassVar[str] = "llm_input"

    model: str | None = None

    @classmethod
    def decode(cls, agent_id: str, session_id: str, timestamp_ms: int, data: Mapping[str, Any]) -> Self:
        return cls(agent_id, session_id, timestamp_ms, text(data, "model"))

    def reduce(self, state: OfficeState) -> None:
        agent = state.wake(self.agent_id, self.timestamp_ms)
        if self.model is not None and self.model != agent.model:
            state.update(self.agent_id, model=self.model)


@dataclass(frozen=True, slots=True)
class LlmOutput(OfficeEvent):
    type: ClassVar[str] = "llm_output"

    model: str | None = None
    usage: TokenUsage | None = None

    @classmethod
    def decode(cls, agent_id: str, session_id: str, timestamp_ms: int, data: Mapping[str, Any]) -> Self:
        return cls(agent_id, session_id, timestamp_ms, text(data, "model"), decode_usage(data.get("usage")))

    def reduce(self, state: OfficeState) -> None:
        agent = state.wake(self.agent_id, self.timestamp_ms)
        usage = agent.token_usage
        if self.usage is not None:
            usage = (usage or TokenUsage()).plus(self.usage)
        state.update(self.agent_id, model=self.model or agent.model, token_usage=usage)


@dataclass(frozen=True, slots=True)
class ToolCall(OfficeEvent):
    type: ClassVar[str] = "tool_call"

    tool_name: str | None = None
    duration_ms: int | None = None

    @classmethod
    def decode(cls, agent_id: str, session_id: str, timestamp_ms: int, data: Mapping[str, Any]) -> Self:
        return cls(agent_id, session_id, timestamp_ms, text(data, "toolName"), integer(data, "durationMs"))

    def reduce(self, state: OfficeState) -> None:
        state.wake(self.agent_id, self.timestamp_ms)
        if self.tool_name is not None:
            suffix = "" if self.duration_ms is None else f" ({self.duration_ms}ms)"
            state.update(self.agent_id, current_task=self.tool_name, current_tool_detail=f"{self.tool_name}{suffix}")


@dataclass(frozen=True, slots=True)
class ToolResult(OfficeEvent):
    """A tool that failed. ``agent_error`` follows it directly."""

    type: ClassVar[str] = "tool_result"

    tool_name: str | None = None
    error: str | None = None

    @classmethod
    def decode(cls, agent_id: str, session_id: str, timestamp_ms: int, data: Mapping[str, Any]) -> Self:
        return cls(agent_id, session_id, timestamp_ms, text(data, "toolName"), text(data, "error"))

    def reduce(self, state: OfficeState) -> None:
        state.wake(self.agent_id, self.timestamp_ms)


@dataclass(frozen=True, slots=True)
class MessageIn(OfficeEvent):
    type: ClassVar[str] = "message_in"

    sender: str | None = None

    @classmethod
    def decode(cls, agent_id: str, session_id: str, timestamp_ms: int, data: Mapping[str, Any]) -> Self:
        return cls(agent_id, session_id, timestamp_ms, text(data, "from"))

    def reduce(self, state: OfficeState) -> None:
        state.wake(self.agent_id, self.timestamp_ms)


@dataclass(frozen=True, slots=True)
class MessageOut(OfficeEvent):
    type: ClassVar[str] = "message_out"

    recipient: str | None = None
    error: str | None = None

    @classmethod
    def decode(cls, agent_id: str, session_id: str, timestamp_ms: int, data: Mapping[str, Any]) -> Self:
        return cls(agent_id, session_id, timestamp_ms, text(data, "to"), text(data, "error"))

    def reduce(self, state: OfficeState) -> None:
        state.wake(self.agent_id, self.timestamp_ms)
