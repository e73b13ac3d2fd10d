"""Every event of the office stream: what it says (dataclass), how it is read (decoder), what it does (reducer).

To add one: a dataclass in the fitting module and its name in ``EVENT_TYPES``.
"""

from __future__ import annotations

from office_studio.core.office.events.activity import (
    LlmInput,
    LlmOutput,
    MessageIn,
    MessageOut,
    ToolCall,
    ToolResult,
)
from office_studio.core.office.events.base import OfficeEvent
from office_studio.core.office.events.sessions import AgentEnd, AgentError, SessionEnd, SessionStart
from office_studio.core.office.events.subagents import SubagentEnd, SubagentStart
from office_studio.core.office.events.unknown import UnknownEvent

# By explicit import, not by scanning the folder: a frozen build misses what only a scan finds.
EVENT_TYPES: dict[str, type[OfficeEvent]] = {
    event.type: event
    for event in (
        SessionStart,
        SessionEnd,
        LlmInput,
        LlmOutput,
        ToolCall,
        ToolResult,
        MessageIn,
        MessageOut,
        AgentEnd,
        AgentError,
        SubagentStart,
        SubagentEnd,
    )
}

__all__ = [
    "EVENT_TYPES",
    "AgentEnd",
    "AgentError",
    "LlmInput",
    "LlmOutput",
    "MessageIn",
    "MessageOut",
    "OfficeEvent",
    "SessionEnd",
    "SessionStart",
    "SubagentEnd",
    "SubagentStart",
    "ToolCall",
    "ToolResult",
    "UnknownEvent",
]
