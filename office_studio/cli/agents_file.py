"""The file of ``render --agents``: who is in the office, and what happens to them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Agent, AgentStatus, Binding
from office_studio.errors import UsageError

_EXAMPLE = 'Write [{"id": "ada", "name": "Ada", "status": "idle"}].'
_FIELDS_OF_CHANGE = ("status", "online", "currentTask", "currentToolDetail", "blockedBy", "collaboratingWith", "name")


class TimedAgent(NamedTuple):
    """``agent`` is so from ``at_ms`` on, counted from when the office appears."""

    at_ms: float
    agent: LiveAgent


@dataclass(frozen=True, slots=True)
class Cast:
    """``looks``: emoji and colour by id."""

    agents: tuple[LiveAgent, ...] = ()
    bindings: tuple[Binding, ...] = ()
    looks: dict[str, tuple[str, str]] | None = None
    changes: tuple[TimedAgent, ...] = ()


def read_agents(path: Path, slots: int) -> Cast:
    """Everybody in a file; those without a ``slot`` are bound in order. Raises UsageError AGENTS_FILE."""
    agents: list[LiveAgent] = []
    bindings: list[Binding] = []
    looks: dict[str, tuple[str, str]] = {}
    changes: list[TimedAgent] = []
    for number, item in enumerate(_list_in(path)):
        where = f"{path}, agent {number + 1}"
        if not isinstance(item, dict) or not isinstance(item.get("id"), str) or not item["id"]:
            raise UsageError("AGENTS_FILE", f"{where} has no id.", _EXAMPLE)
        if item["id"] in looks:
            raise UsageError("AGENTS_FILE", f"{where}: the id “{item['id']}” is there twice.", "Give each its own.")
        agent = _agent(item, where)
        agents.append(agent)
        looks[agent.id] = (str(item.get("emoji") or ""), str(item.get("color") or ""))
        slot = item.get("slot")
        wanted = slot if isinstance(slot, int) and not isinstance(slot, bool) and slot >= 0 else number
        if wanted < slots:
            bindings.append(Binding(wanted, agent.id, agent.agent.name))
        changes += _changes(item, where)
    changes.sort(key=lambda change: change.at_ms)
    return Cast(tuple(agents), tuple(bindings), looks, tuple(changes))


def _list_in(path: Path) -> list[Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise UsageError("AGENTS_FILE", f"{path} cannot be read: {exc.strerror}.") from exc
    except (ValueError, RecursionError) as exc:
        raise UsageError("AGENTS_FILE", f"{path} is not JSON: {exc}.", "See --help for the form.") from exc
    if not isinstance(data, list):
        raise UsageError("AGENTS_FILE", f"{path} must hold a list of agents.", "See --help for the form.")
    return data


def _changes(item: dict[str, Any], where: str) -> list[TimedAgent]:
    """What becomes of one agent, each change on top of the one before."""
    written = item.get("changes", [])
    if not isinstance(written, list):
        raise UsageError("AGENTS_FILE", f"{where}: “changes” must be a list.", "See --help for the form.")
    found, now = [], dict(item)
    ordered = []
    for number, change in enumerate(written):
        spot = f"{where}, change {number + 1}"
        at = change.get("at") if isinstance(change, dict) else None
        if not isinstance(at, int | float) or isinstance(at, bool) or not 0 <= at <= 86_400:
            raise UsageError(
                "AGENTS_FILE", f"{spot} has no time.", 'Write {"at": 2.5, "status": "working"}, in seconds.'
            )
        ordered.append((float(at), spot, change))
    for at, spot, change in sorted(ordered, key=lambda entry: entry[0]):
        now |= {key: change[key] for key in _FIELDS_OF_CHANGE if key in change}
        found.append(TimedAgent(at * 1000, _agent(now, spot)))
    return found


def _agent(item: dict[str, Any], where: str) -> LiveAgent:
    written = item.get("status", "idle")
    if not isinstance(written, str) or written not in tuple(AgentStatus):
        known = ", ".join(AgentStatus)
        raise UsageError("AGENTS_FILE", f"{where}: “{written}” is not a status.", f"Known: {known}.")
    online = item.get("online", True) is not False
    others = item.get("collaboratingWith") or ()
    agent = Agent(
        id=item["id"],
        name=str(item.get("name") or item["id"]),
        status=AgentStatus(written),
        online=online,
        current_task=_text(item.get("currentTask")),
        current_tool_detail=_text(item.get("currentToolDetail")),
        collaborating_with=tuple(str(other) for other in others) if isinstance(others, list) else (),
    )
    live = LiveAgent(agent, agent.status, None, blocked_by=_text(item.get("blockedBy")) or "")
    return live if online else replace(live, status=AgentStatus.OFFLINE)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
