"""Any order of any events leaves a valid office, and a viewer who joins late sees the same one."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from office_studio.core.office.live_office import LiveOffice
from office_studio.core.office.model import Agent, AgentStatus
from office_studio.core.office.state import OfficeState, StateRules, merge_changes
from office_studio.core.office.wire import decode_event, decode_snapshot, encode_agent, encode_snapshot

START_MS = 1_773_104_400_000
AGENTS = ("a", "b", "c", "d")
SESSIONS = ("s1", "s2", "s3", "s4", "")
TYPES = (
    *("session_start", "session_end", "llm_input", "llm_output", "tool_call", "tool_result"),
    *("message_in", "message_out", "agent_end", "agent_error", "subagent_start", "subagent_end", "dance"),
)

data = st.fixed_dictionaries(
    {},
    optional={
        "parentSessionKey": st.sampled_from(SESSIONS) | st.none(),
        "toolName": st.text(min_size=1, max_size=5) | st.integers(),  # the decoder takes an empty one for none
        "durationMs": st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
        "model": st.sampled_from(["m1", "m2", None, 5]),
        "usage": st.none() | st.dictionaries(st.sampled_from(["input", "outputTokens", "total"]), st.integers(-5, 9)),
        "error": st.text(max_size=5) | st.none(),
    },
)
events = st.fixed_dictionaries(
    {
        "type": st.sampled_from(TYPES),
        "agentId": st.sampled_from((*AGENTS, "unknown")),
        "sessionId": st.sampled_from(SESSIONS),
        "timestamp": st.integers(START_MS - 400_000, START_MS + 400_000),
        "data": data | st.none() | st.lists(st.integers(), max_size=1),
    }
)
steps = st.lists(st.tuples(events | st.just("tick"), st.integers(0, 90_000)), max_size=40)
rules = st.builds(StateRules, st.booleans(), st.booleans())


def run(state: OfficeState, script: list[tuple[Any, int]]) -> int:
    now_ms = START_MS
    for step, wait_ms in script:
        now_ms += wait_ms
        if step == "tick":
            state.tick(now_ms)
        else:
            event = decode_event(step)
            assert event is not None
            state.apply(event, now_ms)
    return now_ms


def check(agents: dict[str, Agent], *, strict: bool) -> None:
    for agent_id, one in agents.items():
        partners = one.collaborating_with
        assert one.id == agent_id
        assert agent_id not in partners
        assert len(set(partners)) == len(partners)
        if one.status is AgentStatus.COLLABORATING:
            assert one.online
            assert partners
        if strict:
            for partner in partners:
                assert agent_id in agents[partner].collaborating_with
        for partner in partners:
            if partner in agents:
                assert agent_id in agents[partner].collaborating_with


@settings(max_examples=100, deadline=None)
@given(steps, rules)
def test_any_order_leaves_a_valid_office(script: list[tuple[Any, int]], chosen: StateRules) -> None:
    state = OfficeState(chosen)
    now_ms = run(state, script)
    agents = dict(state.agents)
    check(agents, strict=not chosen.count_unknown_partners)
    assert all(one.last_activity_ms <= now_ms for one in agents.values())
    assert all(
        one.token_usage is None or min(one.token_usage.input, one.token_usage.total) >= 0 for one in agents.values()
    )


@settings(max_examples=80, deadline=None)
@given(steps)
def test_changes_tell_exactly_what_differs(script: list[tuple[Any, int]]) -> None:
    state = OfficeState()
    now_ms = START_MS
    mirror: dict[str, Agent] = {}
    for step, wait_ms in script:
        now_ms += wait_ms
        if step == "tick":
            change = state.tick(now_ms)
        else:
            event = decode_event(step)
            assert event is not None
            change = state.apply(event, now_ms)
        for agent_id in change.changed:
            mirror[agent_id] = state.agents[agent_id]
        for agent_id in change.removed:
            mirror.pop(agent_id, None)
        assert mirror == dict(state.agents)


def pictured(agents: Any) -> dict[str, dict[str, Any]]:
    rows = {one.id: encode_agent(one) for one in agents if one.online}
    for row in rows.values():
        row["collaboratingWith"] = sorted(partner for partner in row["collaboratingWith"] if partner in rows)
    return rows


@settings(max_examples=100, deadline=None)
@given(steps)
def test_a_snapshot_shows_what_the_events_made(script: list[tuple[Any, int]]) -> None:
    server = OfficeState()
    now_ms = run(server, script)
    viewer = LiveOffice()
    viewer.apply_snapshot(decode_snapshot(encode_snapshot(server.snapshot(now_ms)), now_ms), now_ms)
    assert pictured(viewer.state.agents.values()) == pictured(server.agents.values())


# Links that began before the viewer came are known by their pair only; the feed asks /status for those. All other
# news must lead viewer and server to the same office.
plain = st.lists(
    st.tuples(events.filter(lambda event: not event["type"].startswith("subagent")) | st.just("tick"), st.just(1_000)),
    max_size=30,
)


@settings(max_examples=100, deadline=None)
@given(steps, plain)
def test_a_late_viewer_and_the_server_agree(before: list[tuple[Any, int]], after: list[tuple[Any, int]]) -> None:
    server = OfficeState()
    now_ms = run(server, before)
    now_ms = max(now_ms, START_MS + 500_000)  # beyond every stamp, so that none is cut to a different now
    server.tick(now_ms)
    viewer = OfficeState()
    viewer.replace_all(decode_snapshot(encode_snapshot(server.snapshot(now_ms)), now_ms))
    for step, wait_ms in after:
        now_ms += wait_ms
        for state in (server, viewer):
            if step == "tick":
                state.tick(now_ms)
            else:
                event = decode_event(step)
                assert event is not None
                state.apply(event, now_ms)
    # An agent that was offline at the snapshot is unknown to the viewer, so its own past is too.
    offline = {one.id for one in server.agents.values()} - {one.id for one in viewer.agents.values()}
    seen = {
        key: {**row, "tokenUsage": None, "currentTask": None} for key, row in pictured(viewer.agents.values()).items()
    }
    made = {
        key: {**row, "tokenUsage": None, "currentTask": None} for key, row in pictured(server.agents.values()).items()
    }
    for row in (*seen.values(), *made.values()):
        for key in ("model", "sessionDurationMs", "currentToolDetail", "name"):
            row.pop(key, None)
    assert seen == {key: row for key, row in made.items() if key not in offline}


@given(st.lists(st.tuples(st.sets(st.sampled_from(AGENTS)), st.sets(st.sampled_from(AGENTS))), max_size=5))
def test_merged_changes_speak_of_each_agent_once(pairs: list[tuple[set[str], set[str]]]) -> None:
    from office_studio.core.office.state import Change

    merged = merge_changes(Change(frozenset(one), frozenset(two - one)) for one, two in pairs)
    assert not merged.changed & merged.removed
