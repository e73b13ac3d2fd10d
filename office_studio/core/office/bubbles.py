"""What a figure says or thinks, and for how long. Format section 12.1. Times are the stage's clock, in ms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from office_studio.core.office.activity import Activity, ActivityKind
from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import AgentStatus

SHOWN_MS = 8000.0  # a task, tool or message, after it began
LEAST_MS = 2000.0  # a tool that ends sooner is shown this long, so that it can be read
_RECENT = 12  # lines of activity that may hold the newest message
NEEDS_DECISION = "Needs a decision"  # when nobody said why an agent is blocked


class BubbleKind(StrEnum):
    THINKING = "thinking"  # at work, nothing known of the task; no text
    TASK = "task"
    TOOL = "tool"
    MESSAGE = "message"
    BLOCKED = "blocked"  # replaces all others


# What counts more hides what counts less.
_ORDER = (BubbleKind.MESSAGE, BubbleKind.TOOL, BubbleKind.TASK)


@dataclass(frozen=True, slots=True)
class Bubble:
    """One bubble. ``text`` is uncut and may be empty for ``thinking``."""

    kind: BubbleKind
    text: str = ""


def said_by(agent: LiveAgent) -> tuple[object, ...]:
    """All that bubbles depend on. Stays equal while only tokens, times and other counts change."""
    inner = agent.agent
    return agent.status, inner.current_task, inner.current_tool_detail, agent.blocked_by, _message(agent)


@dataclass(slots=True)
class Speech:
    """The bubbles of one agent over time."""

    _lasting: Bubble | None = None  # holds until something else is heard
    _timed: dict[BubbleKind, tuple[Bubble, float, float]] = field(default_factory=dict)  # bubble, since, until
    _said: dict[BubbleKind, str] = field(default_factory=dict)
    _heard: LiveAgent | None = None

    def hear(
        self, agent: LiveAgent, now_ms: float, name_of: Callable[[str], str], *, is_old_news: bool = False
    ) -> None:
        """Take in what is known of the agent now.

        Args:
            name_of: What people call an agent id, or the id itself.
            is_old_news: It was so before anybody looked: nothing of it begins now, so nobody talks about it.
        """
        before, self._heard = self._heard, agent
        task, tool = agent.agent.current_task or "", agent.agent.current_tool_detail or ""
        is_busy = agent.status in (AgentStatus.WORKING, AgentStatus.COLLABORATING)
        self._lasting = _lasting(agent, task)
        self._follow(BubbleKind.TOOL, tool if is_busy else "", now_ms)
        # A tool call alone names its tool as the task too (Office API 5); that is said once.
        is_echo = bool(tool) and tool.startswith(task)
        self._follow(BubbleKind.TASK, task if is_busy and not is_echo else "", now_ms)
        if is_old_news:
            self._timed.clear()
        message = _message(agent)
        if before is not None and message is not None and message != _message(before):
            bubble = Bubble(BubbleKind.MESSAGE, _wording(message, name_of))
            self._timed[BubbleKind.MESSAGE] = (bubble, now_ms, now_ms + SHOWN_MS)

    def bubble_at(self, now_ms: float) -> Bubble | None:
        if self._lasting is not None and self._lasting.kind is BubbleKind.BLOCKED:
            return self._lasting
        for kind in _ORDER:
            timed = self._timed.get(kind)
            if timed is not None and now_ms < timed[2]:
                return timed[0]
        return self._lasting

    def next_change_ms(self, now_ms: float) -> float | None:
        """When a bubble ends next; None when nothing ends by itself."""
        return min((until for _, _, until in self._timed.values() if until > now_ms), default=None)

    def _follow(self, kind: BubbleKind, text: str, now_ms: float) -> None:
        """Begin, change or end a bubble whose text is now ``text`` (empty: it ended)."""
        said, shown = self._said.get(kind, ""), self._timed.get(kind)
        self._said[kind] = text
        if text and text != said:
            self._timed[kind] = (Bubble(kind, text), now_ms, now_ms + SHOWN_MS)
        elif not text and shown is not None:
            # A quick tool stays to be read; a task that ended is no longer true.
            least = shown[1] + (LEAST_MS if kind is BubbleKind.TOOL else 0.0)
            self._timed[kind] = (*shown[:2], min(shown[2], max(now_ms, least)))


def _lasting(agent: LiveAgent, task: str) -> Bubble | None:
    if agent.status is AgentStatus.BLOCKED:
        return Bubble(BubbleKind.BLOCKED, agent.blocked_by or task or NEEDS_DECISION)
    if agent.status is AgentStatus.WORKING and not task:
        return Bubble(BubbleKind.THINKING)
    return None


def _message(agent: LiveAgent) -> Activity | None:
    return next((line for line in agent.activity[:_RECENT] if line.kind is ActivityKind.MESSAGE), None)


def _wording(message: Activity, name_of: Callable[[str], str]) -> str:
    if not message.detail:
        return message.title
    return f"Message {'to' if message.title == 'Message sent' else 'from'} {name_of(message.detail)}"
