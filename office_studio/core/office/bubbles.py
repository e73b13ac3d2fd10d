"""What a figure says or thinks, and for how long. Format section 12.1."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class BubbleKind(StrEnum):
    THINKING = "thinking"  # at work, nothing known of the task; no text
    TASK = "task"
    TOOL = "tool"
    MESSAGE = "message"
    BLOCKED = "blocked"  # replaces all others


@dataclass(frozen=True, slots=True)
class Bubble:
    """One bubble. ``text`` is uncut and may be empty for ``thinking``."""

    kind: BubbleKind
    text: str = ""
