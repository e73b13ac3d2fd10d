"""``bindings`` as it is typed, against a real office: every verb, every refusal, plans that travel."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from office_studio.cli.main import main
from office_studio.server.config import ServerAddress, ServerConfig
from office_studio.server.lifecycle import OfficeServer

THEME = "cozy-loft"


class Office:
    """The office and what a command said."""

    def __init__(self, address: ServerAddress, capsys: pytest.CaptureFixture[str]) -> None:
        self.address, self._capsys = address, capsys
        self.http = httpx.Client(base_url=address.url, headers={"Authorization": f"Bearer {address.token}"})
        self.ids: dict[str, str] = {}
        self.err = ""

    def hire(self, *names: str) -> None:
        for name in names:
            self.ids[name] = self.http.post("/api/agents", json={"name": name}).json()["id"]

    def run(self, *words: str, theme: str = THEME) -> tuple[int, str]:
        self._capsys.readouterr()
        at = ("--office", self.address.url, "--token", self.address.token)
        code = main(["bindings", *words, "--theme", theme, *at])
        out, self.err = self._capsys.readouterr()
        assert "Traceback" not in self.err
        return code, out

    def rows(self, *words: str, theme: str = THEME) -> list[tuple[int, str]]:
        code, out = self.run(*words, "--json", theme=theme)
        assert code == 0, self.err
        return [(row["slotIndex"], row["agentName"]) for row in json.loads(out)]

    def refused(self, *words: str, theme: str = THEME) -> dict[str, Any]:
        code, _ = self.run(*words, "--json", theme=theme)
        error = json.loads(next(line for line in self.err.splitlines() if line.startswith("{")))["error"]
        assert error["message"]
        return {**error, "exit": code}


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Office]:
    server = OfficeServer(ServerConfig(data_dir=tmp_path / "office"))
    office = Office(server.start(), capsys)
    yield office
    office.http.close()
    server.stop()


def test_rows_are_those_of_the_api(office: Office) -> None:
    office.hire("Vivi")
    assert office.rows("set", "0", "vivi") == [(0, "Vivi")]
    out = office.run("list", "--json")[1]
    assert json.loads(out) == office.http.get("/api/office/bindings", params={"themeId": THEME}).json()
    assert "Vivi" in office.run("list")[1]
    assert office.rows("list", theme="nobody-has-this") == []


def test_set_swap_and_clear_say_what_they_did(office: Office) -> None:
    office.hire("Vivi", "Otto", "Ron")
    office.rows("set", "0", office.ids["Vivi"])
    office.rows("set", "1", "Otto")
    assert office.rows("swap", "Vivi", "Otto") == [(0, "Otto"), (1, "Vivi")]
    assert "Swap" in office.err
    assert office.rows("set", "1", "Ron") == [(0, "Otto"), (1, "Ron")]
    assert "in place of Vivi" in office.err
    assert office.rows("set", "1", "Ron") == [(0, "Otto"), (1, "Ron")]
    assert "Nothing to change." in office.err
    assert office.rows("clear", "1") == [(0, "Otto")]
    assert "Remove Ron from slot 1 (" in office.err  # with the label of the seat
    assert office.rows("clear", "1") == [(0, "Otto")]
    assert "is empty already" in office.err
    assert office.rows("clear", "--all") == []


def test_what_cannot_be_done_is_usage(office: Office) -> None:
    office.hire("Vivi", "Twin", "twin", "Otto")
    office.rows("set", "0", "Vivi")
    for words, code in (
        (("set", "9999", "Vivi"), "BINDING_SLOT_BEYOND"),
        (("set", "-1", "Vivi"), "BINDING_SLOT_INVALID"),
        (("set", str(2**31), "Vivi"), "BINDING_SLOT_INVALID"),
        (("set", "0", "Nobody"), "AGENT_UNKNOWN"),
        (("set", "0", "Twin"), "AGENT_AMBIGUOUS"),
        (("swap", "Vivi", "Vivi"), "BINDING_SWAP_SAME"),
        (("swap", "Vivi", "Otto"), "BINDING_NOT_SEATED"),
        (("clear",), "BINDING_SLOT_NEEDED"),
        (("auto", "--rule", "nonsense"), "AUTO_RULE_INVALID"),
        (("auto", "--rule", "name:*=attic"), "AUTO_RULE_ZONE"),
        (("auto", "--pin", "Vivi"), "BINDING_PIN_ALONE"),
        (("import", "no-such-file.json"), "SEAT_PLAN_NOT_FOUND"),
        (("import", "."), "SEAT_PLAN_UNREADABLE"),
    ):
        found = office.refused(*words)
        assert (found["code"], found["exit"]) == (code, 2), words
        assert found["hint"], words
    assert office.refused("auto", theme="unknown-theme")["code"] == "THEME_SLOTS_UNKNOWN"
    assert office.rows("list") == [(0, "Vivi")]


def test_auto_previews_then_seats_all_and_keeps_who_sits(office: Office) -> None:
    office.hire("Ada", "Bob", "Cyd")
    office.rows("set", "2", "Cyd")
    wanted = [(0, "Ada"), (1, "Bob"), (2, "Cyd")]
    assert office.rows("auto", "--dry-run") == wanted
    assert "Would change 2 things:" in office.err
    assert office.rows("list") == [(2, "Cyd")]
    assert office.rows("auto") == wanted
    ruled = office.rows("auto", "--anew", "--pin", "Cyd", "--rule", "name:A*=lounge")
    assert (2, "Cyd") in ruled
    assert {name: slot for slot, name in ruled}["Ada"] > 2
    assert dict(ruled)[0] == "Bob"


def test_a_plan_is_saved_and_brings_everybody_back(office: Office, tmp_path: Path) -> None:
    names = ("Vivi 🚀", "أوتو", "x" * 100, "Ron")
    office.hire(*names)
    for slot, name in enumerate(names):
        office.rows("set", str(slot), name)
    before = office.rows("list")
    file = tmp_path / "monday.json"
    assert office.rows("export", str(file)) == before
    plan = json.loads(file.read_text("utf-8"))
    assert (plan["format"], plan["name"], plan["theme"]["id"]) == ("seat-plan/1", "monday", THEME)
    assert [row["agentName"] for row in plan["entries"]] == list(names)
    assert all(row["seatLabel"] and row["zoneType"] == "work" for row in plan["entries"])
    office.rows("clear", "--all")
    assert office.rows("import", str(file), "--dry-run") == before
    assert office.rows("list") == []
    assert office.rows("import", str(file)) == before
    office.rows("swap", "Ron", "أوتو")
    assert office.rows("import", str(file)) == before


def test_a_plan_goes_to_another_theme_and_tells_who_does_not_fit(office: Office, tmp_path: Path) -> None:
    office.hire("Ada", "Bob", "Gone")
    for slot, name in enumerate(("Ada", "Bob", "Gone")):
        office.rows("set", str(slot), name)
    file = tmp_path / "plan.json"
    office.rows("export", str(file))
    office.http.delete(f"/api/agents/{office.ids['Gone']}")
    small = tmp_path / "small"
    small.mkdir()
    manifest = {
        "id": "small", "name": "Small", "version": "1.0.0", "canvas": {"width": 400, "height": 300},
        "zones": [{"id": "w", "name": "W", "type": "work", "bounds": {"x": 0, "y": 0, "width": 200, "height": 200},
                   "capacity": 1, "seats": [{"id": "s", "x": 9, "y": 9, "direction": "down"}]}],
        "layers": [], "characters": {"atlas": ""},
    }  # fmt: skip
    (small / "theme.json").write_text(json.dumps(manifest), "utf-8")
    assert office.rows("import", str(file), theme=str(small)) == [(0, "Ada")]
    assert "Bob" in office.err
    assert "all 1 work seats are taken" in office.err
    assert "this office has no such agent" in office.err
    assert office.refused("import", str(file), theme="unknown-theme")["code"] == "THEME_SLOTS_UNKNOWN"
    assert office.rows("list", theme=str(small)) == [(0, "Ada")]


def test_a_damaged_plan_names_the_place(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "bad.json"
    file.write_text('{"format": "seat-plan/1", "theme": {"id": "x"}, "entries": [{"slotIndex": "0"}]}', "utf-8")
    found = office.refused("import", str(file))
    assert (found["code"], found["pointer"], found["file"]) == ("SEAT_PLAN_INVALID", "/entries/0/slotIndex", str(file))


def test_a_plan_that_cannot_be_written_is_said(office: Office, tmp_path: Path) -> None:
    found = office.refused("export", str(tmp_path / "no" / "such" / "folder.json"))
    assert (found["code"], found["exit"]) == ("SEAT_PLAN_NOT_WRITTEN", 4)


def test_a_partial_failure_is_exit_4_with_the_rows_as_they_are(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The agent is deleted after the command has read the agents, before it writes."""
    from office_studio.cli import bindings

    office.hire("Ada", "Bob")
    file = tmp_path / "plan.json"
    for slot, name in enumerate(("Ada", "Bob")):
        office.rows("set", str(slot), name)
    office.rows("export", str(file))
    office.rows("clear", "--all")
    carry_out = bindings.carry_out

    async def later(*args: Any) -> Any:
        office.http.delete(f"/api/agents/{office.ids['Ada']}")
        return await carry_out(*args)

    monkeypatch.setattr(bindings, "carry_out", later)
    code, out = office.run("import", str(file), "--json")
    assert code == 4
    assert [row["agentName"] for row in json.loads(out)] == ["Bob"]
    error = json.loads(office.err.splitlines()[-1])["error"]
    assert (error["code"], error["done"]) == ("BINDINGS_INCOMPLETE", 1)
    assert error["failed"] == [{"slot": 0, "agentId": office.ids["Ada"], "code": "BINDING_FOREIGN_AGENT"}]
    assert "1 of 2 changes were not done" in error["message"]
