"""What a viewer remembers, beyond the state machine itself."""

from __future__ import annotations

from typing import Any

from office_studio.core.office import events as ev
from office_studio.core.office.live_office import LiveOffice
from office_studio.core.office.model import AgentStatus
from office_studio.core.office.wire import decode_event, decode_snapshot, parse_time_ms

NOW = 1_773_104_400_000


def event(type_name: str, agent_id: str, at_ms: int = NOW, session: str = "s", **data: Any) -> ev.OfficeEvent:
    document = {"type": type_name, "agentId": agent_id, "sessionId": session, "timestamp": at_ms, "data": data}
    found = decode_event(document)
    assert found is not None
    return found


def snapshot(at_ms: int, *agents: tuple[str, str, list[str]]) -> Any:
    rows = [
        {"agentId": agent_id, "name": agent_id, "status": status, "lastActivity": at_ms, "collaboratingWith": partners}
        for agent_id, status, partners in agents
    ]
    return decode_snapshot({"type": "status_update", "agents": rows, "timestamp": at_ms}, at_ms)


def status(office: LiveOffice, agent_id: str) -> AgentStatus:
    return office.state.agents[agent_id].status


def test_the_end_of_a_sub_agent_is_understood_after_a_snapshot() -> None:
    office = LiveOffice()
    office.apply_event(event("session_start", "a", session="p"), NOW)
    office.apply_event(event("session_start", "b", session="q"), NOW)
    office.apply_event(event("subagent_start", "b", session="c", parentSessionKey="p"), NOW)
    office.apply_snapshot(snapshot(NOW, ("a", "collaborating", ["b"]), ("b", "collaborating", ["a"])), NOW)
    office.apply_event(event("subagent_end", "b", session="c"), NOW)
    assert status(office, "a") is status(office, "b") is AgentStatus.WORKING


def test_the_end_of_a_sub_agent_from_before_the_viewer_came_is_understood() -> None:
    office = LiveOffice()
    office.apply_snapshot(snapshot(NOW, ("a", "collaborating", ["b"]), ("b", "collaborating", ["a"])), NOW)
    end = event("subagent_end", "b", session="never seen")
    assert office.misses_link_of(end)
    office.apply_event(end, NOW)
    assert status(office, "a") is AgentStatus.WORKING
    assert office.state.agents["a"].collaborating_with == ()


def test_a_snapshot_without_the_pair_ends_the_link() -> None:
    office = LiveOffice()
    office.apply_event(event("session_start", "a", session="p"), NOW)
    office.apply_event(event("subagent_start", "b", session="c", parentSessionKey="p"), NOW)
    office.apply_snapshot(snapshot(NOW, ("a", "working", []), ("b", "working", [])), NOW)
    office.apply_event(event("subagent_start", "d", session="e", parentSessionKey="p"), NOW)
    assert office.state.agents["a"].collaborating_with == ("d",)


def test_reconciling_keeps_what_newer_events_said() -> None:
    office = LiveOffice()
    office.apply_snapshot(snapshot(NOW, ("a", "idle", []), ("b", "idle", [])), NOW)
    office.apply_event(event("agent_error", "a", error="x"), NOW)
    office.reconcile(snapshot(NOW, ("a", "idle", []), ("b", "blocked", []), ("c", "idle", [])), frozenset({"a"}), NOW)
    assert status(office, "a") is AgentStatus.BLOCKED
    assert status(office, "b") is AgentStatus.BLOCKED
    assert "c" in office.state.agents


def test_time_outs_run_on_the_clock_of_the_office() -> None:
    office = LiveOffice()
    ahead = NOW + 3_600_000  # this machine's clock is an hour ahead
    office.apply_snapshot(snapshot(NOW, ("a", "working", [])), ahead)
    office.tick(ahead + 30_000)
    assert status(office, "a") is AgentStatus.WORKING
    assert office.agent("a", ahead).status_since_ms == ahead
    office.apply_event(event("tool_call", "a", NOW + 40_000, toolName="x"), ahead + 40_000)
    assert office.agent("a", ahead).activity[0].at_ms == ahead + 40_000
    office.tick(ahead + 100_001)
    assert status(office, "a") is AgentStatus.IDLE


def test_an_absurd_clock_is_no_clock() -> None:
    office = LiveOffice()
    office.apply_snapshot(snapshot(1_000, ("a", "working", [])), NOW)
    office.tick(NOW)
    assert status(office, "a") is AgentStatus.IDLE


def test_activity_never_lies_in_the_future() -> None:
    office = LiveOffice()
    office.apply_event(event("message_in", "a", NOW + 7_200_000), NOW)
    assert office.agent("a", NOW).activity[0].at_ms == NOW


def test_names_for_people() -> None:
    uuid = "E23AC830-e0d2-414c-b4bb-06de47722c48"
    office = LiveOffice()
    office.apply_event(event("session_start", uuid), NOW)
    assert office.agent(uuid, NOW).name == "Agent"
    office.set_own_agents({uuid: "Scout"})
    assert office.agent(uuid, NOW).name == "Scout"
    assert not office.agent(uuid, NOW).is_foreign
    office.apply_event(event("session_start", "other"), NOW)
    assert office.agent("other", NOW).is_foreign


def test_times_of_the_rest_api() -> None:
    assert parse_time_ms("2026-03-06T10:00:00Z") == 1_772_791_200_000
    assert parse_time_ms("2026-03-06T10:00:00.123456789+00:00") == 1_772_791_200_123
    assert parse_time_ms("2026-03-06 10:00:00") == 1_772_791_200_000
    assert parse_time_ms("soon") is None
