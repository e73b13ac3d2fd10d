"""Words and rows, without Qt."""

from __future__ import annotations

import pytest

from office_studio.core.office.activity import Activity, ActivityKind
from office_studio.core.office.live import Connection, ConnectionState, LiveAgent
from office_studio.core.office.model import Agent, AgentStatus, TokenUsage
from office_studio.ui import formats
from office_studio.ui.connection_banner import banner_fact
from office_studio.ui.palette_entries import Entry, find
from office_studio.ui.watch import inspector_text
from office_studio.ui.watch.roster_rows import GroupHead, RosterFilter, arrange, task_line
from office_studio.ui.watch.status_history import StatusHistory, tick_step_ms

NOW = 1_786_000_000_000


def agent(name: str, status: AgentStatus, **more: object) -> LiveAgent:
    fields = {key: more.pop(key) for key in list(more) if key in ("current_task", "collaborating_with", "model")}
    token_usage = more.pop("token_usage", None)
    online = status is not AgentStatus.OFFLINE
    made = Agent(name.lower(), name, status, NOW - 60_000, online=online, token_usage=token_usage, **fields)
    return LiveAgent(made, status, more.pop("since", NOW - 240_000), **more)


# -- figures ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("gone_ms", "words"),
    [(0, "0 s"), (52_400, "52 s"), (59_999, "59 s"), (60_000, "1 min"), (240_000, "4 min"), (8_040_000, "2 h 14 min"),
     (7_200_000, "2 h"), (-5_000, "0 s")],
)  # fmt: skip
def test_age(gone_ms: int, words: str) -> None:
    assert formats.age(NOW - gone_ms, NOW) == words


def test_old_ages_name_the_day() -> None:
    assert formats.age(NOW - 30 * 3_600_000, NOW).startswith(("yesterday ", "4 ", "5 ", "6 "))
    assert formats.age(None, NOW) == "—"
    assert formats.age(NOW - 20 * 86_400_000, NOW)[-3:].isalpha()


@pytest.mark.parametrize(
    ("number", "words"),
    [(None, "—"), (0, "0"), (940, "940"), (3_200, "3.2 k"), (9_960, "10 k"), (312_400, "312 k"), (999_600, "1.0 M"),
     (1_400_000, "1.4 M")],
)  # fmt: skip
def test_tokens(number: int | None, words: str) -> None:
    assert formats.tokens(number) == words


def test_other_figures() -> None:
    assert formats.exact_age(NOW - 252_000, NOW) == "4 min 12 s"
    assert formats.news_age(NOW - 400, NOW) == "0.4 s"
    assert formats.news_age(NOW - 130_000, NOW) == "2 min 10 s"
    assert formats.quantity(1_284) == "1,284"
    assert formats.size(3_812_345) == "3.8 MB"
    assert formats.size(999_960) == "1.0 MB"
    assert formats.sentence_list(["Ron", "Kai", "Mika"]) == "Ron, Kai and Mika"
    assert formats.sentences("It broke", "", "Try again.") == "It broke. Try again."


# -- roster ----------------------------------------------------------------------------------------
def test_roster_puts_who_needs_somebody_first() -> None:
    agents = [
        agent("Zoe", AgentStatus.IDLE),
        agent("Vivi", AgentStatus.WORKING),
        agent("Bram", AgentStatus.WORKING),
        agent("Ron", AgentStatus.BLOCKED, since=NOW - 1_000),
        agent("Ada", AgentStatus.BLOCKED, since=NOW - 9_000),
        agent("guest", AgentStatus.BLOCKED, is_foreign=True),
    ]
    rows = arrange(agents)
    assert rows == [
        GroupHead("blocked", 2), "ada", "ron", GroupHead("working", 2), "bram", "vivi", GroupHead("idle", 1), "zoe",
        GroupHead("foreign", 1), "guest",
    ]  # fmt: skip
    assert arrange(agents, RosterFilter("VI")) == [GroupHead("working", 1), "vivi"]
    assert arrange(agents, RosterFilter("", frozenset({"idle"}))) == [GroupHead("idle", 1), "zoe"]
    assert arrange(agents, RosterFilter("vivi zoe")) == []


def test_task_lines() -> None:
    names = {"kai": "Kai"}.get
    working = agent("Vivi", AgentStatus.WORKING, current_task="shell")
    assert task_line(working, names) == "shell"
    assert task_line(working, names, is_stale=True) == "was working"
    pair = agent("Mika", AgentStatus.COLLABORATING, current_task="Plan", collaborating_with=("kai",))
    assert task_line(pair, names) == "Plan, with Kai"
    assert task_line(agent("Ron", AgentStatus.BLOCKED, blocked_by="Which ids?"), names) == "Which ids?"
    assert task_line(agent("Pia", AgentStatus.OFFLINE), names).startswith("Last seen ")


# -- inspector -------------------------------------------------------------------------------------
def test_inspector_words() -> None:
    live = Connection(ConnectionState.LIVE, NOW, NOW)
    vivi = agent("Vivi", AgentStatus.WORKING, reason="a tool was used", since=NOW - 252_000)
    fact = inspector_text.status_fact(vivi, live, False, NOW)
    assert (fact.words, fact.age) == ("Working", "4 min 12 s")
    assert inspector_text.why(vivi, False).endswith(", because a tool was used")
    old = inspector_text.status_fact(vivi, live, True, NOW)
    assert (old.words, old.status) == ("Was working", "")
    assert "No news since" in inspector_text.why(vivi, True)
    assert inspector_text.token_columns(None)[0] == ("In", "—")
    assert inspector_text.token_columns(TokenUsage(268_000, 31_000, 13_000, 0, 0))[3] == ("Total", "299 k")
    line = inspector_text.activity_line(Activity(NOW, "x", ActivityKind.ERROR, "Tool error: shell", "exit 1"))
    assert (line.words, line.tone) == ("Tool error: shell: exit 1", "error")


def test_totals_add_minutes_from_the_right() -> None:
    a = agent("A", AgentStatus.WORKING, tokens_per_minute=(5, 10, 1), token_usage=TokenUsage(total=100))
    b = agent("B", AgentStatus.WORKING, tokens_per_minute=(20, 2))
    foreign = agent("C", AgentStatus.WORKING, tokens_per_minute=(900,), is_foreign=True)
    found = inspector_text.totals([a, b, foreign])
    assert (found.agents, found.tokens, found.tokens_per_minute, found.bars) == (2, 100, 30, (5, 30, 3))
    assert inspector_text.totals([]).tokens is None


# -- timeline --------------------------------------------------------------------------------------
def test_status_history() -> None:
    history = StatusHistory()
    history.note("a", "working", 1_000, known_since_ms=400)
    history.note("a", "working", 2_000)
    history.note("a", "blocked", 3_000)
    history.note_link(False, 4_000)
    history.note_link(False, 4_500)
    history.note_link(True, 6_000)
    history.note_gone("a", 7_000)
    spans = [(s.start_ms, s.end_ms, s.status) for s in history.spans("a", 0, 9_000)]
    assert spans == [(400, 3_000, "working"), (3_000, 7_000, "blocked")]
    assert history.gaps(0, 9_000) == [(4_000, 6_000)]
    assert [s.status for s in history.spans("a", 3_500, 9_000)] == ["blocked"]
    history.note("a", "idle", 8_000)
    assert history.spans("a", 7_500, 9_000)[-1].start_ms == 8_000
    assert tick_step_ms(15 * 60_000, 6) == 5 * 60_000


# -- palette and banner ----------------------------------------------------------------------------
def test_palette_ranks_and_prefixes() -> None:
    entries = [
        Entry("agent", "Vivi", "working 4 min"),
        Entry("action", "Assign mode"),
        Entry("theme", "Vivid Attic"),
        Entry("action", "Settings…", "Edit"),
    ]
    assert [entry.title for entry in find("viv", entries)] == ["Vivi", "Vivid Attic"]
    assert [entry.title for entry in find("> set", entries)] == ["Settings…"]
    assert [entry.title for entry in find("@", entries)] == ["Vivi"]
    assert find("zzz", entries) == []


def test_banner_speaks_only_when_something_is_wrong() -> None:
    assert banner_fact(Connection(ConnectionState.LIVE, NOW, NOW), "Office", True, NOW) is None
    assert banner_fact(Connection(ConnectionState.OFFLINE, NOW, message="Not connected."), "Office", False, NOW) is None
    lost = Connection(ConnectionState.RECONNECTING, NOW, NOW - 5_000, NOW + 3_200)
    fact = banner_fact(lost, "Local office", True, NOW)
    assert fact.title == "Local office stopped answering"
    assert fact.detail.endswith("Next try in 4 s.")
    assert fact.actions[0] == ("Try now", "office.retry")
    refused = Connection(ConnectionState.REFUSED, NOW, message="The office does not know this token.", hint="Sign in.")
    assert banner_fact(refused, "Office", False, NOW).actions[0][1] == "office.connect"
