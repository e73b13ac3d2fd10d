"""What the office is made of: agents with a status, bindings of agents to slots, snapshots of the whole.

Values only; nothing here knows how they travel (``wire.py``) or change (``events/``, ``state.py``).
Source of the field meanings: Office API contract, section 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AgentStatus(StrEnum):
    """Status of an agent. The first four travel on the wire; the last two exist in the client only."""

    WORKING = "working"
    IDLE = "idle"
    BLOCKED = "blocked"
    COLLABORATING = "collaborating"
    OFFLINE = "offline"
    UNBOUND = "unbound"


WIRE_STATUSES = frozenset(
    {AgentStatus.WORKING, AgentStatus.IDLE, AgentStatus.BLOCKED, AgentStatus.COLLABORATING},
)


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """Tokens spent since the session began. ``total`` is summed from reported totals, never recomputed."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    total: int = 0

    def plus(self, other: TokenUsage) -> TokenUsage:
        return TokenUsage(
            self.input + other.input,
            self.output + other.output,
            self.cache_read + other.cache_read,
            self.cache_write + other.cache_write,
            self.total + other.total,
        )

    @property
    def best_total(self) -> int:
        """``total`` when a producer reported one, else input + output (Office API 3.3)."""
        return self.total if self.total > 0 else self.input + self.output


@dataclass(frozen=True, slots=True)
class Agent:
    """One AI worker as the office knows it. All times are milliseconds since 1970 on the producer's clock."""

    id: str
    name: str
    status: AgentStatus = AgentStatus.IDLE
    last_activity_ms: int = 0
    collaborating_with: tuple[str, ...] = ()
    current_task: str | None = None
    online: bool = True
    model: str | None = None
    token_usage: TokenUsage | None = None
    session_duration_ms: int | None = None
    current_tool_detail: str | None = None


@dataclass(frozen=True, slots=True)
class Binding:
    """An agent bound to a slot of one theme. ``slot_index`` counts from 0."""

    slot_index: int
    agent_id: str
    agent_name: str | None = None
    agent_avatar_url: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All online agents at one moment, as the first frame of a stream or the answer of ``/status``."""

    agents: tuple[Agent, ...]
    timestamp_ms: int


@dataclass(frozen=True, slots=True)
class CollaborationLink:
    """A sub-agent at work for a parent. Lives until the child's session ends."""

    parent_id: str
    child_id: str
    child_session_id: str
