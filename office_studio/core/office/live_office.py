"""What a viewer knows of an office: the agents, since when each has its status and why, what it did lately.

Fed by one stream (``services/office_stream.py``); read by window and command line. No clock: times are passed in.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from office_studio.core.office import events as ev
from office_studio.core.office.activity import Activity, activity_of, reason_of
from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Agent, AgentStatus, Snapshot, TokenUsage
from office_studio.core.office.state import Change, OfficeState, StateRules

ACTIVITY_LINES = 50
TOKEN_BUCKET_MS = 60_000
TOKEN_BUCKETS = 120
MAX_SKEW_MS = 24 * 3_600_000  # a clock further off than this is no clock
MAX_MEMORIES = 8_192

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(slots=True)
class _Memory:
    """Mutable notes on one agent, kept while it is gone so that it comes back with its history."""

    status: AgentStatus
    since_ms: int | None
    reason: str = ""
    activity: deque[Activity] | None = None
    tokens: deque[tuple[int, int]] | None = None  # (minute, tokens)
    session_started_ms: int | None = None
    blocked_by: str = ""


class LiveOffice:
    """The office as seen by one viewer."""

    def __init__(self, rules: StateRules = StateRules()) -> None:
        self.state = OfficeState(rules)
        self._memory: dict[str, _Memory] = {}
        self._own_ids: frozenset[str] | None = None
        self._names: dict[str, str] = {}
        self._skew_ms = 0  # office clock minus this machine's clock

    # -- feeding -----------------------------------------------------------------------------------
    def set_own_agents(self, names: Mapping[str, str]) -> Change:
        """Tell which agents are the user's (id -> name); all others count as foreign."""
        self._own_ids = frozenset(names)
        self._names |= names
        return Change(frozenset(self.state.agents))

    def apply_event(self, event: ev.OfficeEvent, now_ms: int) -> Change:
        office_ms = now_ms + self._skew_ms
        at_ms = event.timestamp_ms if 0 < event.timestamp_ms <= office_ms else office_ms
        change = self.state.apply(event, office_ms)
        self._note_statuses(change.changed, now_ms, reason_of(event))
        if event.agent_id in self.state.agents and not isinstance(event, ev.UnknownEvent):
            self._note_event(event, at_ms - self._skew_ms, now_ms)
            change = Change(change.changed | {event.agent_id}, change.removed)
        return change

    def apply_snapshot(self, snapshot: Snapshot, now_ms: int) -> Change:
        self._learn_skew(snapshot.timestamp_ms - now_ms)
        change = self.state.replace_all(snapshot)
        self._forget_beyond_bound()
        # A snapshot carries no moment of change: what already was so keeps its time, the rest dates from the
        # agent's last activity, which is the best the wire tells.
        for agent_id in change.changed:
            agent = self.state.agents[agent_id]
            memory = self._memory.get(agent_id)
            if memory is None:
                self._memory[agent_id] = _Memory(status_of(agent), self._local_ms(agent.last_activity_ms))
            elif memory.status is not status_of(agent):
                memory.status, memory.reason = status_of(agent), ""
                memory.since_ms = self._local_ms(agent.last_activity_ms) or now_ms
        return change

    def reconcile(self, snapshot: Snapshot, newer_ids: frozenset[str], now_ms: int) -> Change:
        """Apply a snapshot that was asked for while events kept coming.

        Args:
            newer_ids: Agents that changed since it was asked for; what the events said of them stays.
        """
        theirs = {agent.id: agent for agent in snapshot.agents if agent.id not in newer_ids}
        ours = {agent_id: self.state.agents[agent_id] for agent_id in newer_ids if agent_id in self.state.agents}
        return self.apply_snapshot(Snapshot((*theirs.values(), *ours.values()), snapshot.timestamp_ms), now_ms)

    def misses_link_of(self, event: ev.OfficeEvent) -> bool:
        """Whether the event speaks of a session that began before this viewer came, so that only a snapshot helps."""
        match event:
            case ev.SubagentStart(parent_session_key=str(key)) if key:
                return self.state.agent_of_session(key) is None
            case ev.SubagentEnd(session_id=session_id):
                return not self.state.has_link(session_id)
        return False

    def tick(self, now_ms: int) -> Change:
        change = self.state.tick(now_ms + self._skew_ms)
        self._note_statuses(change.changed, now_ms, "nothing was heard for a while")
        return change

    def is_own(self, agent_id: str) -> bool:
        """Whether the agent is the user's, as far as told; before anything was told, all are."""
        return self._own_ids is None or agent_id in self._own_ids

    # -- reading -----------------------------------------------------------------------------------
    def agents(self, now_ms: int) -> tuple[LiveAgent, ...]:
        return tuple(self.agent(agent_id, now_ms) for agent_id in self.state.agents)

    def some(self, agent_ids: Iterable[str], now_ms: int) -> tuple[LiveAgent, ...]:
        return tuple(self.agent(agent_id, now_ms) for agent_id in agent_ids if agent_id in self.state.agents)

    def agent(self, agent_id: str, now_ms: int) -> LiveAgent:
        """Raises KeyError for an agent the office does not have."""
        agent = self.state.agents[agent_id]
        memory = self._memory.get(agent_id) or _Memory(status_of(agent), self._local_ms(agent.last_activity_ms))
        name = self._display_name(agent)
        return LiveAgent(
            agent=agent if name == agent.name else replace(agent, name=name),
            status=status_of(agent),
            status_since_ms=memory.since_ms,
            reason=memory.reason,
            activity=tuple(memory.activity or ()),
            tokens_per_minute=_minutes(memory.tokens or (), now_ms),
            session_started_ms=memory.session_started_ms,
            blocked_by=memory.blocked_by if agent.status is AgentStatus.BLOCKED else "",
            is_foreign=not self.is_own(agent_id),
        )

    # -- inside ------------------------------------------------------------------------------------
    def _display_name(self, agent: Agent) -> str:
        name = self._names.get(agent.id) or agent.name
        return "Agent" if not name.strip() or _UUID.fullmatch(name) else name

    def _learn_skew(self, difference_ms: int) -> None:
        # Time-outs are counted on the office's clock: a viewer whose own clock is ahead would send everyone idle.
        # Differences that the way through the network explains are none.
        if abs(difference_ms) <= MAX_SKEW_MS:
            self._skew_ms = difference_ms if abs(difference_ms) > 2_000 else 0

    def _local_ms(self, office_ms: int) -> int | None:
        return office_ms - self._skew_ms if office_ms > 0 else None

    def _forget_beyond_bound(self) -> None:
        gone = [agent_id for agent_id in self._memory if agent_id not in self.state.agents]
        for agent_id in gone[: max(0, len(self._memory) - MAX_MEMORIES)]:
            del self._memory[agent_id]

    def _note_statuses(self, changed: Iterable[str], now_ms: int, reason: str) -> None:
        for agent_id in changed:
            status = status_of(self.state.agents[agent_id])
            memory = self._memory.get(agent_id)
            if memory is None:
                self._memory[agent_id] = _Memory(status, now_ms, reason)
            elif memory.status is not status:
                memory.status, memory.since_ms, memory.reason = status, now_ms, reason

    def _note_event(self, event: ev.OfficeEvent, at_ms: int, now_ms: int) -> None:
        memory = self._memory.setdefault(event.agent_id, _Memory(AgentStatus.IDLE, now_ms))
        line = activity_of(event)
        if line is not None:
            if memory.activity is None:
                memory.activity = deque(maxlen=ACTIVITY_LINES)
            memory.activity.appendleft(replace(line, at_ms=at_ms))
        if isinstance(event, ev.SessionStart):
            memory.session_started_ms = at_ms
        elif isinstance(event, ev.SessionEnd):
            memory.session_started_ms = None
        elif isinstance(event, ev.AgentError):
            memory.blocked_by = event.error or ""
        elif isinstance(event, ev.LlmOutput) and event.usage is not None:
            _count_tokens(memory, event.usage, now_ms)


def status_of(agent: Agent) -> AgentStatus:
    """The status to show: an agent whose session ended is offline, whatever its last status says."""
    return agent.status if agent.online else AgentStatus.OFFLINE


def _count_tokens(memory: _Memory, usage: TokenUsage, now_ms: int) -> None:
    if memory.tokens is None:
        memory.tokens = deque(maxlen=TOKEN_BUCKETS)
    minute = now_ms // TOKEN_BUCKET_MS
    if memory.tokens and memory.tokens[-1][0] == minute:
        minute, before = memory.tokens.pop()
        memory.tokens.append((minute, before + usage.best_total))
    else:
        memory.tokens.append((minute, usage.best_total))


def _minutes(tokens: Iterable[tuple[int, int]], now_ms: int) -> tuple[int, ...]:
    """One number a minute from the first known minute to now, gaps as 0; at most ``TOKEN_BUCKETS``."""
    known = dict(tokens)
    if not known:
        return ()
    last = now_ms // TOKEN_BUCKET_MS
    first = max(min(known), last - TOKEN_BUCKETS + 1)
    return tuple(known.get(minute, 0) for minute in range(first, last + 1))
