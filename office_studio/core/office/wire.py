"""JSON of the Office API <-> values. The only place that sees wire dictionaries of agents, events and bindings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from office_studio.core.office.events import EVENT_TYPES, OfficeEvent, UnknownEvent
from office_studio.core.office.model import WIRE_STATUSES, Agent, AgentStatus, Binding, Snapshot, TokenUsage

MAX_TEXT = 4_096  # characters kept of a name, task or tool detail


def decode_event(document: Mapping[str, Any]) -> OfficeEvent | None:
    """The event in ``document``, or None when it is not an InternalEvent.

    Lenient, because it reads what any server sends: a ``timestamp`` of another kind counts as 0 (long ago), one
    with a fraction is cut. The strict check of what may be *ingested* is the server's (``server/office``).
    """
    type_name, agent_id = document.get("type"), document.get("agentId")
    if not isinstance(type_name, str) or not isinstance(agent_id, str):
        return None
    session_id = document.get("sessionId")
    session_id = session_id if isinstance(session_id, str) else ""
    at_ms = _milliseconds(document.get("timestamp"))
    event_type = EVENT_TYPES.get(type_name)
    if event_type is None:
        return UnknownEvent(agent_id, session_id, at_ms, type_name[:MAX_TEXT])
    data = document.get("data")
    return event_type.decode(agent_id, session_id, at_ms, data if isinstance(data, Mapping) else {})


def is_snapshot(document: Mapping[str, Any]) -> bool:
    """Whether a frame replaces the whole model: ``status_update``, or the body of ``/status`` (8.3)."""
    agents = isinstance(document.get("agents"), list)
    return agents and (document.get("type") == "status_update" or "connected" in document)


def decode_snapshot(document: Mapping[str, Any], now_ms: int) -> Snapshot:
    """Snapshot with every agent that has an id; the last of several with one id counts."""
    agents: dict[str, Agent] = {}
    for item in document.get("agents") or ():
        agent = decode_agent(item) if isinstance(item, Mapping) else None
        if agent is not None:
            agents[agent.id] = agent
    timestamp = document.get("timestamp")
    at_ms = parse_time_ms(timestamp) if isinstance(timestamp, str) else _milliseconds(timestamp)
    return Snapshot(tuple(agents.values()), at_ms or now_ms)


def parse_time_ms(text: str) -> int | None:
    """Milliseconds since 1970 of an RFC 3339 time with any number of fraction digits; None for other text."""
    try:
        moment = datetime.fromisoformat(text)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def decode_agent(item: Mapping[str, Any]) -> Agent | None:
    """One AgentState; unknown status becomes idle, wrong types count as absent, partners are made unique."""
    agent_id = item.get("agentId")
    if not isinstance(agent_id, str) or not agent_id:
        return None
    status = item.get("status")
    partners = item.get("collaboratingWith")
    unique = (
        dict.fromkeys(p for p in partners if isinstance(p, str) and p != agent_id) if isinstance(partners, list) else {}
    )
    duration = item.get("sessionDurationMs")
    return Agent(
        id=agent_id,
        name=_text(item.get("name")) or agent_id,
        status=AgentStatus(status) if isinstance(status, str) and status in WIRE_STATUSES else AgentStatus.IDLE,
        last_activity_ms=_milliseconds(item.get("lastActivity")),
        collaborating_with=tuple(unique),
        current_task=_text(item.get("currentTask")),
        online=item.get("online") is not False,
        model=_text(item.get("model")),
        token_usage=_usage(item.get("tokenUsage")),
        session_duration_ms=duration if isinstance(duration, int) and not isinstance(duration, bool) else None,
        current_tool_detail=_text(item.get("currentToolDetail")),
    )


def encode_agent(agent: Agent) -> dict[str, Any]:
    """AgentState as the Office API writes it: optional fields are left out when unknown (3.2)."""
    item: dict[str, Any] = {
        "agentId": agent.id,
        "name": agent.name,
        "status": agent.status.value,
        "lastActivity": agent.last_activity_ms,
        "collaboratingWith": list(agent.collaborating_with),
        "currentTask": agent.current_task,
        "online": agent.online,
    }
    if agent.model is not None:
        item["model"] = agent.model
    if agent.token_usage is not None:
        usage = agent.token_usage
        item["tokenUsage"] = {
            "input": usage.input,
            "output": usage.output,
            "cacheRead": usage.cache_read,
            "cacheWrite": usage.cache_write,
            "total": usage.total,
        }
    if agent.session_duration_ms is not None:
        item["sessionDurationMs"] = agent.session_duration_ms
    if agent.current_tool_detail is not None:
        item["currentToolDetail"] = agent.current_tool_detail
    return item


def encode_snapshot(snapshot: Snapshot) -> dict[str, Any]:
    agents = [encode_agent(agent) for agent in snapshot.agents]
    return {"type": "status_update", "agents": agents, "timestamp": snapshot.timestamp_ms}


def decode_binding(row: Mapping[str, Any]) -> Binding | None:
    slot, agent_id = row.get("slotIndex"), row.get("agentId")
    if not isinstance(slot, int) or isinstance(slot, bool) or not isinstance(agent_id, str):
        return None
    return Binding(slot, agent_id, _text(row.get("agentName")), _text(row.get("agentAvatarUrl")))


def encode_binding(binding: Binding) -> dict[str, Any]:
    return {
        "slotIndex": binding.slot_index,
        "agentId": binding.agent_id,
        "agentName": binding.agent_name,
        "agentAvatarUrl": binding.agent_avatar_url,
    }


def _text(value: object) -> str | None:
    return value[:MAX_TEXT] if isinstance(value, str) and value else None


def _milliseconds(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    if value != value or abs(value) > 2**62:
        return 0
    return max(0, int(value))


def _usage(value: object) -> TokenUsage | None:
    if not isinstance(value, Mapping):
        return None
    keys = ("input", "output", "cacheRead", "cacheWrite", "total")
    return TokenUsage(*(_milliseconds(value.get(key)) for key in keys))
