"""The file of ``render --agents``: who, on which slot, and what happens when."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from office_studio.cli.agents_file import Cast, read_agents
from office_studio.core.office.model import AgentStatus
from office_studio.errors import UsageError


def read(tmp_path: Path, data: Any, slots: int = 4) -> Cast:
    path = tmp_path / "agents.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return read_agents(path, slots)


def test_fields_slots_and_looks(tmp_path: Path) -> None:
    cast = read(
        tmp_path,
        [
            {"id": "a", "emoji": "🦊", "color": "#7c3aed", "status": "working", "currentTask": "Write"},
            {"id": "b", "name": "Ben", "online": False, "slot": 3},
            {"id": "c", "status": "collaborating", "collaboratingWith": ["a", 7], "slot": True},
            {"id": "d", "slot": 9},
        ],
    )
    assert [(a.id, a.agent.name, a.status) for a in cast.agents] == [
        ("a", "a", "working"), ("b", "Ben", "offline"), ("c", "c", "collaborating"), ("d", "d", "idle"),
    ]  # fmt: skip
    assert cast.agents[0].agent.current_task == "Write"
    assert cast.agents[2].agent.collaborating_with == ("a", "7")
    assert [(b.slot_index, b.agent_id) for b in cast.bindings] == [(0, "a"), (3, "b"), (2, "c")]
    assert cast.looks == {"a": ("🦊", "#7c3aed"), "b": ("", ""), "c": ("", ""), "d": ("", "")}


def test_changes_stand_on_those_before_and_come_in_order_of_time(tmp_path: Path) -> None:
    cast = read(
        tmp_path,
        [
            {
                "id": "a",
                "currentTask": "One",
                "changes": [{"at": 5, "online": False}, {"at": 1.5, "status": "working"}],
            },
            {"id": "b", "changes": [{"at": 3, "status": "blocked", "blockedBy": "Which?"}]},
        ],
    )
    assert [(at, a.id, a.status) for at, a in cast.changes] == [
        (1500, "a", AgentStatus.WORKING), (3000, "b", AgentStatus.BLOCKED), (5000, "a", AgentStatus.OFFLINE),
    ]  # fmt: skip
    assert cast.changes[0].agent.agent.current_task == "One"
    assert cast.changes[1].agent.blocked_by == "Which?"


@pytest.mark.parametrize(
    ("data", "part"),
    [
        ("{", "is not JSON"),
        ({"id": "a"}, "must hold a list"),
        (["a"], "agent 1 has no id"),
        ([{"id": ""}], "agent 1 has no id"),
        ([{"id": "a"}, {"id": "a"}], "agent 2: the id “a” is there twice"),
        ([{"id": "a", "status": "busy"}], "“busy” is not a status"),
        ([{"id": "a", "status": ["idle"]}], "is not a status"),
        ([{"id": "a", "changes": {}}], "must be a list"),
        ([{"id": "a", "changes": [{"status": "idle"}]}], "agent 1, change 1 has no time"),
        ([{"id": "a", "changes": [{"at": -1}]}], "has no time"),
        ([{"id": "a", "changes": [7]}], "has no time"),
        ([{"id": "a", "changes": [{"at": 1, "status": "busy"}]}], "change 1: “busy” is not a status"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_mistakes_are_named_with_their_place(tmp_path: Path, data: Any, part: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(tmp_path, data)
    assert caught.value.code == "AGENTS_FILE"
    assert part in caught.value.message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_agents(tmp_path / "none.json", 1)
