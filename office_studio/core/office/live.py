"""What a viewer is shown of an office: agents as they are now, and how fresh that is. Made by ``live_office.py``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from office_studio.core.office.activity import Activity
    from office_studio.core.office.model import Agent, AgentStatus


class ConnectionState(StrEnum):
    """How fresh the picture is (spec decision 2)."""

    CONNECTING = "connecting"
    LIVE = "live"  # bytes came within the keep-alive time
    QUIET = "quiet"  # connected, but the office has had no news for a while
    STALE = "stale"  # nothing came for longer than the keep-alive allows
    RECONNECTING = "reconnecting"
    POLLING = "polling"  # no stream on this server; /status is asked
    WAITING = "waiting"  # the server answers, but no agent plugin is connected to it (503)
    OFFLINE = "offline"  # stopped by the user, or no office chosen
    REFUSED = "refused"  # signed out, forbidden, or no such office: a retry will not help


@dataclass(frozen=True, slots=True)
class Connection:
    """State of the link to the office. Times in ms since 1970 on this machine's clock."""

    state: ConnectionState
    since_ms: int
    last_news_ms: int | None = None  # last byte from the server
    retry_at_ms: int | None = None  # next try, in RECONNECTING and WAITING
    message: str = ""  # a sentence for people: what happened, what to do
    hint: str = ""


@dataclass(frozen=True, slots=True)
class LiveAgent:
    """An agent and what this viewer saw of it. Immutable; replaced whenever something about it changes."""

    agent: Agent
    status: AgentStatus  # agent.status, or OFFLINE for one whose session ended
    status_since_ms: int | None  # None: was so when the viewer came
    reason: str = ""  # follows "because"; empty when unknown
    activity: tuple[Activity, ...] = ()  # newest first
    tokens_per_minute: tuple[int, ...] = ()  # oldest first, last = running minute
    session_started_ms: int | None = None
    blocked_by: str = ""  # text of the error that blocked the agent
    is_foreign: bool = False  # seen in a snapshot, but not one of the user's agents

    @property
    def id(self) -> str:
        return self.agent.id

    @property
    def name(self) -> str:
        """The name to show (Office API 6); an agent of which only the id is known is called "Agent"."""
        return self.agent.name
