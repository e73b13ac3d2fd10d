"""The agent state machine of the Office API, section 5. Server and client run the same one.

``OfficeState`` is a mutable container of immutable ``Agent`` values. It is not a persistent structure on purpose:
at thousands of events a second a copy of the whole office per event would make the cost grow with the number of
agents. It knows no clock: every time is passed in.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from office_studio.core.office.events import OfficeEvent, UnknownEvent
from office_studio.core.office.model import Agent, AgentStatus, CollaborationLink, Snapshot

IDLE_TIMEOUT_MS = 60_000
BLOCKED_LINGER_MS = 120_000
OFFLINE_REMOVAL_MS = 300_000
HEALTHY_WINDOW_MS = 300_000
TICK_PERIOD_MS = 15_000

MAX_AGENTS = 4_096
MAX_SESSIONS = 8_192
MAX_LINKS = 4_096

_RESTORED = "\0"  # begins the key of a link that was read from a snapshot; no session id holds a NUL


@dataclass(frozen=True, slots=True)
class StateRules:
    """Where published servers differ (Office API 5.4). The default is the newest plugin's behaviour."""

    blocked_wins: bool = True  # a blocked agent stays blocked while it collaborates
    count_unknown_partners: bool = False  # a link counts although one end was never seen


UPSTREAM_2026_03 = StateRules(blocked_wins=False, count_unknown_partners=True)


@dataclass(frozen=True, slots=True)
class Change:
    """What one step did: ids of agents that are new or differ, ids that are gone."""

    changed: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.changed or self.removed)


class OfficeState:
    """All agents the office has heard of, their sessions and collaboration links."""

    def __init__(self, rules: StateRules = StateRules()) -> None:
        self.rules = rules
        self.last_event_ms: int | None = None
        self._agents: dict[str, Agent] = {}
        self._sessions: OrderedDict[str, str] = OrderedDict()
        self._links: OrderedDict[str, CollaborationLink] = OrderedDict()  # by child session
        self._link_count: dict[str, int] = {}  # by agent id, both ends
        self._collaborating: set[str] = set()
        self._had_partners: set[str] = set()
        self._names: dict[str, str] = {}
        self._changed: set[str] = set()
        self._removed: set[str] = set()

    # -- reading -----------------------------------------------------------------------------------
    @property
    def agents(self) -> Mapping[str, Agent]:
        return MappingProxyType(self._agents)

    def snapshot(self, now_ms: int) -> Snapshot:
        """Every online agent, as the first frame of a stream shows them."""
        return Snapshot(tuple(agent for agent in self._agents.values() if agent.online), now_ms)

    def is_healthy(self, now_ms: int) -> bool:
        """Whether an event came within the last five minutes (Office API 5.5)."""
        return self.last_event_ms is not None and now_ms - self.last_event_ms < HEALTHY_WINDOW_MS

    def agent_of_session(self, session_id: str) -> str | None:
        return self._sessions.get(session_id)

    # -- steps -------------------------------------------------------------------------------------
    def apply(self, event: OfficeEvent, now_ms: int, name: str | None = None) -> Change:
        """Apply one event received at ``now_ms``.

        Args:
            name: Display name of the agent where the receiver knows it (the server does, from the token).
        """
        self.last_event_ms = now_ms
        if event.timestamp_ms > now_ms:
            # A producer's clock that runs ahead would hold off every time-out (Office API 5.1).
            event = replace(event, timestamp_ms=now_ms)
        if name is not None:
            self._names[event.agent_id] = name
        if event.agent_id and event.agent_id != "unknown" and event.session_id:
            self._remember_session(event.session_id, event.agent_id)
        if not isinstance(event, UnknownEvent) and event.agent_id:
            event.reduce(self)
        return self._take_change()

    def tick(self, now_ms: int) -> Change:
        """Time-driven changes, due every ``TICK_PERIOD_MS`` (Office API 5.3)."""
        for agent in list(self._agents.values()):
            elapsed = now_ms - agent.last_activity_ms
            if not agent.online and elapsed > OFFLINE_REMOVAL_MS:
                self._remove(agent.id)
            elif (agent.status is AgentStatus.BLOCKED and elapsed > BLOCKED_LINGER_MS) or (
                agent.status is AgentStatus.WORKING and elapsed > IDLE_TIMEOUT_MS
            ):
                self.update(agent.id, status=AgentStatus.IDLE)
        if self._changed or self._removed:
            self.recompute()
        return self._take_change()

    def replace_all(self, snapshot: Snapshot) -> Change:
        """Take a snapshot as the truth: agents missing from it are gone, and so are links it does not show."""
        old, self._agents = self._agents, {agent.id: agent for agent in snapshot.agents}
        self._removed.update(old.keys() - self._agents.keys())
        self._changed.update(agent.id for agent in snapshot.agents if old.get(agent.id) != agent)
        self._collaborating = {agent.id for agent in snapshot.agents if agent.status is AgentStatus.COLLABORATING}
        self._had_partners = {agent.id for agent in snapshot.agents if agent.collaborating_with}
        self._restore_links(snapshot)
        return self._take_change()

    # -- verbs of the reducers ---------------------------------------------------------------------
    def ensure(self, agent_id: str, at_ms: int) -> Agent:
        """The agent, created as working and online when unknown."""
        agent = self._agents.get(agent_id)
        if agent is None:
            if len(self._agents) >= MAX_AGENTS:
                self._remove(min(self._agents.values(), key=lambda known: known.last_activity_ms).id)
            name = self._names.get(agent_id, agent_id)
            agent = Agent(agent_id, name, AgentStatus.WORKING, last_activity_ms=at_ms)
            self._agents[agent_id] = agent
            self._changed.add(agent_id)
        elif (name := self._names.get(agent_id, agent.name)) != agent.name:
            self.update(agent_id, name=name)
        return agent

    def wake(self, agent_id: str, at_ms: int) -> Agent:
        """Ensure, touch, and turn blocked or idle into working; working and collaborating stay."""
        agent = self.ensure(agent_id, at_ms)
        asleep = agent.status in (AgentStatus.BLOCKED, AgentStatus.IDLE)
        status = AgentStatus.WORKING if asleep else agent.status
        self.update(agent_id, status=status, last_activity_ms=at_ms, online=True)
        return self._agents[agent_id]

    def update(self, agent_id: str, **fields: Any) -> None:
        before = self._agents[agent_id]
        after = replace(before, **fields)
        if after == before:
            return
        self._agents[agent_id] = after
        self._changed.add(agent_id)
        if after.status is AgentStatus.COLLABORATING:
            self._collaborating.add(agent_id)
        else:
            self._collaborating.discard(agent_id)

    def forget_session(self, session_id: str) -> None:
        self._sessions.pop(session_id, None)

    def add_link(self, link: CollaborationLink) -> None:
        self.drop_link(link.child_session_id)
        if len(self._links) >= MAX_LINKS:
            self.drop_link(next(iter(self._links)))
        self._links[link.child_session_id] = link
        self._count(link, +1)

    def drop_link(self, child_session_id: str) -> None:
        link = self._links.pop(child_session_id, None)
        if link is not None:
            self._count(link, -1)

    def has_link(self, child_session_id: str) -> bool:
        return child_session_id in self._links

    def drop_restored_link(self, agent_id: str) -> None:
        """End one collaboration of the agent that is known from a snapshot only: its session's name never came."""
        for session_id, link in self._links.items():
            if _is_restored(link) and agent_id in (link.parent_id, link.child_id):
                self.drop_link(session_id)
                return

    def drop_links_of(self, agent_id: str) -> None:
        if not self._link_count.get(agent_id):
            return
        for session_id, link in list(self._links.items()):
            if agent_id in (link.parent_id, link.child_id):
                self.drop_link(session_id)

    def recompute(self) -> None:
        """Collaboration pass (Office API 5.4), over the agents that a link or its end can concern."""
        partners: dict[str, list[str]] = {agent_id: [] for agent_id in self._collaborating}
        for link in self._links.values():
            if link.parent_id == link.child_id:
                continue
            both_known = link.parent_id in self._agents and link.child_id in self._agents
            if both_known or self.rules.count_unknown_partners:
                for one, other in ((link.parent_id, link.child_id), (link.child_id, link.parent_id)):
                    known = partners.setdefault(one, [])
                    if other not in known:
                        known.append(other)
        # Agents that had partners but lost every link while not collaborating (blocked, say) need the pass too.
        for agent_id in self._had_partners - partners.keys():
            partners[agent_id] = []
        self._had_partners = {agent_id for agent_id, others in partners.items() if others}
        for agent_id, others in partners.items():
            agent = self._agents.get(agent_id)
            if agent is not None:
                self.update(agent_id, collaborating_with=tuple(others), status=self._status(agent, bool(others)))

    # -- inside ------------------------------------------------------------------------------------
    def _status(self, agent: Agent, has_partners: bool) -> AgentStatus:
        if has_partners and agent.online:
            keeps = agent.status is AgentStatus.BLOCKED and self.rules.blocked_wins
            return AgentStatus.BLOCKED if keeps else AgentStatus.COLLABORATING
        if agent.status is AgentStatus.COLLABORATING:
            return AgentStatus.WORKING if agent.online else AgentStatus.IDLE
        return agent.status

    def _restore_links(self, snapshot: Snapshot) -> None:
        # A snapshot tells partners, not sessions. A link known by its session stays when the snapshot confirms the
        # pair, so that its end is still understood; other pairs get a key of their own (``drop_restored_link``).
        pairs = dict.fromkeys(
            (min(agent.id, partner), max(agent.id, partner))
            for agent in snapshot.agents
            for partner in agent.collaborating_with
            if partner != agent.id
        )
        known = [link for link in self._links.values() if not _is_restored(link)]
        self._links.clear()
        self._link_count.clear()
        for link in known:
            pair = (min(link.parent_id, link.child_id), max(link.parent_id, link.child_id))
            if pair in pairs:
                self.add_link(link)
        confirmed = {frozenset((link.parent_id, link.child_id)) for link in self._links.values()}
        for first, second in pairs:
            if frozenset((first, second)) not in confirmed:
                self.add_link(CollaborationLink(first, second, f"{_RESTORED}{first}{_RESTORED}{second}"))

    def _remember_session(self, session_id: str, agent_id: str) -> None:
        self._sessions[session_id] = agent_id
        self._sessions.move_to_end(session_id)
        if len(self._sessions) > MAX_SESSIONS:
            self._sessions.popitem(last=False)

    def _count(self, link: CollaborationLink, step: int) -> None:
        for agent_id in {link.parent_id, link.child_id}:
            left = self._link_count.get(agent_id, 0) + step
            if left > 0:
                self._link_count[agent_id] = left
            else:
                self._link_count.pop(agent_id, None)

    def _remove(self, agent_id: str) -> None:
        self.drop_links_of(agent_id)
        del self._agents[agent_id]
        self._collaborating.discard(agent_id)
        self._changed.discard(agent_id)
        self._removed.add(agent_id)

    def _take_change(self) -> Change:
        change = Change(frozenset(self._changed), frozenset(self._removed - self._agents.keys()))
        self._changed.clear()
        self._removed.clear()
        return change


def _is_restored(link: CollaborationLink) -> bool:
    return link.child_session_id.startswith(_RESTORED)


def merge_changes(changes: Iterable[Change]) -> Change:
    """One change for several: an agent that came and went is removed, one that went and came is changed."""
    changed: set[str] = set()
    removed: set[str] = set()
    for change in changes:
        changed = (changed - change.removed) | change.changed
        removed = (removed - change.changed) | change.removed
    return Change(frozenset(changed), frozenset(removed))
