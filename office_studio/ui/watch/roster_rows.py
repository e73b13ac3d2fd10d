"""What the roster shows: groups, order, filter, the line below a name. Pure functions, no Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import AgentStatus
from office_studio.ui import formats

# group key -> (head, head when the link is lost); the order is the order on screen: who needs somebody comes first.
GROUPS: dict[str, tuple[str, str]] = {
    "blocked": ("Needs you", "Was blocked"),
    "working": ("Working", "Was working"),
    "collaborating": ("Collaborating", "Was collaborating"),
    "idle": ("Idle", "Was idle"),
    "offline": ("Offline", "Offline"),
    "foreign": ("Not yours", "Not yours"),
}
_RANK = {group: rank for rank, group in enumerate(GROUPS)}


@dataclass(frozen=True, slots=True)
class RosterFilter:
    """``words`` must all occur in name, task, tool or model; ``statuses`` empty means every status."""

    words: str = ""
    statuses: frozenset[str] = frozenset()

    @property
    def is_active(self) -> bool:
        return bool(self.words.strip() or self.statuses)


@dataclass(frozen=True, slots=True)
class GroupHead:
    group: str
    count: int


RosterRow = GroupHead | str  # a head, or the id of an agent


def group_of(agent: LiveAgent) -> str:
    if agent.is_foreign:
        return "foreign"
    return agent.status.value if agent.status.value in GROUPS else "offline"


def matches(agent: LiveAgent, wanted: RosterFilter) -> bool:
    if wanted.statuses and agent.status.value not in wanted.statuses:
        return False
    words = wanted.words.casefold().split()
    if not words:
        return True
    about = agent.agent
    hay = " ".join(
        filter(
            None, (about.name, about.current_task, about.current_tool_detail, about.model, agent.status.value, about.id)
        )
    ).casefold()
    return all(word in hay for word in words)


def arrange(agents: Iterable[LiveAgent], wanted: RosterFilter = RosterFilter()) -> list[RosterRow]:
    """Rows in screen order. Blocked agents stand by how long they wait, all others by name, so that rows stay put."""
    shown = sorted((agent for agent in agents if matches(agent, wanted)), key=_sort_key)
    rows: list[RosterRow] = []
    for group in GROUPS:
        members = [agent.id for agent in shown if group_of(agent) == group]
        if members:
            rows.append(GroupHead(group, len(members)))
            rows.extend(members)
    return rows


def _sort_key(agent: LiveAgent) -> tuple[int, int, str, str]:
    group = group_of(agent)
    waiting = (agent.status_since_ms or 0) if group == "blocked" else 0
    return (_RANK[group], waiting, agent.agent.name.casefold(), agent.id)


def task_line(agent: LiveAgent, name_of: Callable[[str], str], *, is_stale: bool = False) -> str:
    """The line below the name: what the agent is about, or why it is not."""
    about = agent.agent
    if agent.is_foreign:
        return "Not yours"
    if agent.status is AgentStatus.OFFLINE:
        return f"Last seen {formats.clock(about.last_activity_ms)}" if about.last_activity_ms else "Not connected"
    if is_stale:
        return f"was {agent.status.value}"
    if agent.status is AgentStatus.BLOCKED:
        return agent.blocked_by or about.current_task or "Needs a decision"
    if agent.status is AgentStatus.COLLABORATING and about.collaborating_with:
        partners = formats.sentence_list(name_of(partner) for partner in about.collaborating_with)
        return f"{about.current_task}, with {partners}" if about.current_task else f"With {partners}"
    if agent.status is AgentStatus.IDLE:
        return "No task"
    return about.current_task or about.current_tool_detail or "No task"


def spoken(agent: LiveAgent, name_of: Callable[[str], str], now_ms: int) -> str:
    """For screen readers: "Ron, blocked, 6 min, Needs a decision"."""
    parts = [
        agent.agent.name,
        agent.status.value,
        formats.age(agent.status_since_ms, now_ms),
        task_line(agent, name_of),
    ]
    return ", ".join(part for part in parts if part and part != formats.UNKNOWN)


def hidden_sentence(hidden: int) -> str:
    """For the roster whose filter hides everything."""
    return f"{formats.plural(hidden, 'agent')} {'is' if hidden == 1 else 'are'} hidden by the filter."


def counts_in_words(counts: Mapping[str, int]) -> str:
    """ "4 working, 2 collaborating, 1 blocked"."""
    order = ("working", "collaborating", "blocked", "idle", "offline")
    return ", ".join(f"{counts.get(status, 0)} {status}" for status in order if counts.get(status, 0))
