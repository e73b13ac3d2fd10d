"""What the inspector says of an agent, in words. Pure functions, no Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from office_studio.core.office.activity import Activity, ActivityKind
from office_studio.core.office.live import Connection, LiveAgent
from office_studio.core.office.model import AgentStatus, TokenUsage
from office_studio.ui import formats

BARS = 30


@dataclass(frozen=True, slots=True)
class StatusFact:
    """The status chip: its word, shape and age."""

    words: str
    status: str  # "" for old news, which has no colour
    glyph: str
    tone: str
    age: str
    tip: str


def status_fact(agent: LiveAgent, connection: Connection, is_stale: bool, now_ms: int) -> StatusFact:
    word = agent.status.value.capitalize()
    if is_stale and agent.status is not AgentStatus.OFFLINE:
        at = connection.last_news_ms
        age = f"as of {formats.clock_seconds(at)}" if at is not None else ""
        return StatusFact(f"Was {agent.status.value}", "", "clock", "offline", age, formats.moment(at))
    since = agent.status_since_ms
    age = formats.exact_age(since, now_ms) if since is not None else ""
    return StatusFact(word, agent.status.value, "", "", age, f"Since {formats.moment(since)}" if since else "")


def why(agent: LiveAgent, is_stale: bool) -> str:
    """One sentence on why the status is what it is; empty when nothing is known."""
    if is_stale and agent.status is not AgentStatus.OFFLINE:
        return "No news since. It may have finished or stopped."
    if agent.status is AgentStatus.OFFLINE and agent.status_since_ms is None:
        return "Not in the office now."
    if agent.status_since_ms is None:
        return ""
    since = f"Since {formats.clock_seconds(agent.status_since_ms)}"
    return f"{since}, because {agent.reason}" if agent.reason else f"{since} or earlier"


def subtitle(agent: LiveAgent, slot_label: str | None) -> str:
    """ "Desk 3 · yours"."""
    whose = "not yours" if agent.is_foreign else "yours"
    return f"{slot_label or 'no seat'} · {whose}"


def task_words(agent: LiveAgent) -> str:
    if agent.status is AgentStatus.BLOCKED and agent.blocked_by:
        return agent.blocked_by
    return agent.agent.current_task or "No task"


def tool_words(agent: LiveAgent) -> str:
    """The tool at work, when it says more than the task."""
    detail = agent.agent.current_tool_detail or ""
    return detail if detail and detail != agent.agent.current_task else ""


def token_columns(usage: TokenUsage | None) -> tuple[tuple[str, str], ...]:
    """(title, figure) of the token section; unknown is a dash."""
    if usage is None:
        return tuple((title, formats.UNKNOWN) for title in ("In", "Out", "Cache", "Total"))
    cache = usage.cache_read + usage.cache_write
    figures = (("In", usage.input), ("Out", usage.output), ("Cache", cache), ("Total", usage.best_total))
    return tuple((title, formats.tokens(number)) for title, number in figures)


def bars(tokens_per_minute: tuple[int, ...], count: int = BARS) -> tuple[int, ...]:
    """The last ``count`` minutes, oldest first; empty when nothing was spent in them."""
    last = tokens_per_minute[-count:]
    return last if any(last) else ()


def session_words(agent: LiveAgent, now_ms: int) -> str:
    if agent.session_started_ms is not None and agent.agent.online:
        return formats.duration(max(0, now_ms - agent.session_started_ms))
    return formats.duration(agent.agent.session_duration_ms)


@dataclass(frozen=True, slots=True)
class ActivityLine:
    time: str
    glyph: str
    tone: str
    words: str
    tip: str


_GLYPHS = {
    ActivityKind.STATUS_CHANGE: ("play", "text_muted"),
    ActivityKind.TOOL_USE: ("terminal-window", "text_muted"),
    ActivityKind.TASK_COMPLETE: ("check", "text_muted"),
    ActivityKind.MESSAGE: ("chat-circle", "text_muted"),
    ActivityKind.ERROR: ("warning-octagon", "error"),
}


def activity_line(item: Activity) -> ActivityLine:
    glyph, tone = _GLYPHS[item.kind]
    if item.title.startswith("Subagent"):
        glyph = "git-branch"
    words = item.title if not item.detail or item.detail in item.title else f"{item.title}: {item.detail}"
    return ActivityLine(formats.clock(item.at_ms), glyph, tone, words, formats.moment(item.at_ms))


@dataclass(frozen=True, slots=True)
class OfficeTotals:
    agents: int
    tokens: int | None
    tokens_per_minute: int | None
    bars: tuple[int, ...]


def totals(agents: Iterable[LiveAgent]) -> OfficeTotals:
    """Figures of the whole office, from the user's agents; None where nobody reported any."""
    own = [agent for agent in agents if not agent.is_foreign]
    spent = [agent.agent.token_usage.best_total for agent in own if agent.agent.token_usage is not None]
    minutes = [agent.tokens_per_minute for agent in own if agent.tokens_per_minute]
    width = max((len(row) for row in minutes), default=0)
    summed = tuple(sum(row[i - width] for row in minutes if len(row) >= width - i) for i in range(width))
    # The running minute is not over, so the rate is that of the last full one.
    rate = summed[-2] if len(summed) > 1 else summed[-1] if summed else None
    return OfficeTotals(len(own), sum(spent) if spent else None, rate, bars(summed))
