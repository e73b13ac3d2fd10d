"""What an agent did, as one line of its activity list (Office API 12.2), and why its status is what it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from office_studio.core.office import events as ev


class ActivityKind(StrEnum):
    STATUS_CHANGE = "status_change"
    TOOL_USE = "tool_use"
    TASK_COMPLETE = "task_complete"
    MESSAGE = "message"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Activity:
    """One line of activity. ``title`` is the API's wording; ``detail`` may be empty."""

    at_ms: int
    agent_id: str
    kind: ActivityKind
    title: str
    detail: str = ""


def activity_of(event: ev.OfficeEvent) -> Activity | None:
    """The activity record of an event, None for types that leave none."""
    kind = ActivityKind
    match event:
        case ev.ToolCall(tool_name=name):
            found = (kind.TOOL_USE, f"Used tool: {name or 'unknown'}", name or "")
        case ev.ToolResult(tool_name=name, error=str(error)):
            found = (kind.ERROR, f"Tool error: {name or 'unknown'}", error)
        case ev.ToolResult(tool_name=name):
            found = (kind.TOOL_USE, f"Tool result: {name or 'unknown'}", "")
        case ev.SessionStart():
            found = (kind.STATUS_CHANGE, "Session started", "")
        case ev.SessionEnd(duration_ms=duration):
            found = (
                kind.STATUS_CHANGE,
                "Session ended",
                "" if duration is None else f"{duration / 1000:.1f}s",
            )
        case ev.LlmInput(model=model):
            found = (kind.STATUS_CHANGE, f"LLM call: {model or 'unknown'}", "")
        case ev.LlmOutput(model=model):
            found = (kind.TASK_COMPLETE, f"LLM response: {model or 'unknown'}", "")
        case ev.MessageIn():
            found = (kind.MESSAGE, "Message received", event.sender or "")
        case ev.MessageOut():
            found = (kind.MESSAGE, "Message sent", event.recipient or "")
        case ev.AgentEnd():
            found = (kind.TASK_COMPLETE, "Agent run completed", "")
        case ev.AgentError(error=error):
            found = (kind.ERROR, f"Error: {error or 'unknown error'}", error or "")
        case ev.SubagentStart(label=label):
            found = (kind.STATUS_CHANGE, "Subagent spawned", label or "")
        case ev.SubagentEnd():
            found = (kind.STATUS_CHANGE, "Subagent ended", "")
        case _:
            return None
    return Activity(event.timestamp_ms, event.agent_id, *found)


# Completes the sentence "Since 14:31:07, because …".
_REASONS: dict[type[ev.OfficeEvent], str] = {
    ev.SessionStart: "a session started",
    ev.SessionEnd: "the session ended",
    ev.LlmInput: "a model call started",
    ev.LlmOutput: "a model answered",
    ev.ToolCall: "a tool was used",
    ev.ToolResult: "a tool reported an error",
    ev.MessageIn: "a message came in",
    ev.MessageOut: "a message was sent",
    ev.AgentEnd: "the run ended",
    ev.AgentError: "of an error",
    ev.SubagentStart: "a sub-agent started",
    ev.SubagentEnd: "a sub-agent finished",
}


def reason_of(event: ev.OfficeEvent) -> str:
    """Why a status changed with this event, to follow "because"."""
    return _REASONS.get(type(event), "")
