"""The simulated day: repeatable, alive from the start, and believable to the office's own state machine."""

from __future__ import annotations

import itertools
import random
from collections import Counter

import pytest

from office_studio.core.office import workplace
from office_studio.core.office.model import AgentStatus
from office_studio.core.office.state import OfficeState
from office_studio.core.office.wire import decode_event
from office_studio.core.office.workday import ScriptedEvent, Workday

START_MS = 1_700_000_000_000


def day(seed: int = 7, agents: int = 12, rate: float = 4.0, seconds: float = 600) -> list[ScriptedEvent]:
    script = Workday(random.Random(seed), agents, rate)
    return list(itertools.takewhile(lambda event: event.at_ms < seconds * 1000, script))


class Office:
    """Plays a script into the state machine, with the tick, and samples the statuses."""

    def __init__(self) -> None:
        self.state = OfficeState()
        self.next_tick_ms = 15_000
        self.samples: list[Counter[str]] = []

    def play(self, events: list[ScriptedEvent]) -> None:
        for event in events:
            while event.at_ms >= self.next_tick_ms:
                self.state.tick(START_MS + self.next_tick_ms)
                self.samples.append(self.statuses())
                self.next_tick_ms += 15_000
            document = {
                "type": event.type,
                "agentId": f"a{event.agent}",
                "sessionId": event.session_id,
                "timestamp": START_MS + event.at_ms,
                "data": event.data,
            }
            decoded = decode_event(document)
            assert decoded is not None
            self.state.apply(decoded, START_MS + event.at_ms)

    def statuses(self) -> Counter[str]:
        return Counter(one.status.value if one.online else "offline" for one in self.state.agents.values())


def test_same_seed_same_day() -> None:
    assert day(3) == day(3)
    assert day(3) != day(4)


def test_the_office_is_alive_within_two_seconds() -> None:
    office = Office()
    office.play(day(seconds=2))
    statuses = office.statuses()
    assert sum(statuses.values()) == 12
    assert statuses["blocked"] == 1
    assert 2 <= statuses["collaborating"] <= 4
    assert statuses["idle"] >= 1
    assert statuses["working"] >= 4


def test_an_hour_has_the_mix_of_an_office() -> None:
    office = Office()
    office.play(day(seconds=3600))
    share = {
        status: sum(sample[status] for sample in office.samples) / len(office.samples) / 12
        for status in ("working", "collaborating", "idle", "blocked", "offline")
    }
    assert 0.3 < share["working"] < 0.7
    assert 0.1 < share["collaborating"] < 0.4
    assert 0.05 < share["idle"] < 0.4
    assert 0.01 < share["blocked"] < 0.15
    assert len({tuple(sorted(sample.items())) for sample in office.samples}) > 20


def test_lunch_is_quieter_than_the_morning() -> None:
    office = Office()
    office.play(day(seconds=4 * 3600))
    morning = office.samples[: 3 * 240]
    lunch = office.samples[3 * 240 + 20 :]
    idle = [sum(sample["idle"] + sample["offline"] for sample in part) / len(part) for part in (morning, lunch)]
    assert idle[1] > 1.3 * idle[0]


def test_a_blocked_spell_lasts_20_to_120_seconds() -> None:
    blocked_at: dict[int, int] = {}
    lengths = []
    for event in day(seconds=4 * 3600):
        if event.type == "agent_error":
            blocked_at[event.agent] = event.at_ms
        elif event.agent in blocked_at:
            lengths.append((event.at_ms - blocked_at.pop(event.agent)) / 1000)
    assert len(lengths) > 50
    assert min(lengths) >= 20
    assert max(lengths) <= 120


def test_a_failing_tool_gives_a_result_then_an_error() -> None:
    events = day(seconds=4 * 3600)
    pairs = 0
    for before, after in itertools.pairwise([event for event in events if event.agent == 0]):
        if before.type == "tool_result":
            pairs += 1
            assert before.data["error"] == after.data["error"]
            assert after.type == "agent_error"
    assert pairs > 0


def test_sub_agents_name_the_session_of_a_living_parent() -> None:
    living: dict[str, int] = {}
    children: set[str] = set()
    for event in day(seconds=3600):
        if event.type == "session_start":
            living[event.session_id] = event.agent
        elif event.type == "session_end":
            living.pop(event.session_id)
        elif event.type == "subagent_start":
            assert living[event.data["parentSessionKey"]] != event.agent
            children.add(event.session_id)
        elif event.type == "subagent_end":
            children.remove(event.session_id)
    assert len(children) <= 6


@pytest.mark.parametrize(("agents", "rate"), [(12, 4.0), (12, 100.0), (30, 10.0)])
def test_the_rate_is_kept(agents: int, rate: float) -> None:
    events = day(agents=agents, rate=rate, seconds=120)
    assert rate * 0.8 < len(events) / 120 < rate * 1.25


@pytest.mark.parametrize("agents", [1, 2, 3, 5, 200])
def test_any_number_of_agents_works(agents: int) -> None:
    events = day(agents=agents, rate=20, seconds=120)
    assert {event.agent for event in events} == set(range(agents))
    assert all(event.at_ms <= 2_000 for event in {e.agent: e for e in reversed(events)}.values())


def test_a_busy_agent_never_looks_idle_at_a_low_rate() -> None:
    office = Office()
    office.play(day(rate=0.01, seconds=1200))
    assert all(sample["working"] + sample["collaborating"] >= 3 for sample in office.samples)
    assert AgentStatus.IDLE in office.samples[-1]


def test_token_counts_add_up() -> None:
    usage = next(event.data["usage"] for event in day(seconds=60) if event.type == "llm_output")
    assert usage["total"] == usage["input"] + usage["output"] + usage["cacheRead"] + usage["cacheWrite"]


def test_names_are_different() -> None:
    names = workplace.names(100)
    assert len(set(names)) == 100
    assert names[:2] == ("Vivi", "Otto")
