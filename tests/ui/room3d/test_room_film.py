"""3D themes by ``render``: picture, JSON and film, and agents where the reference means them to be."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import pytest
from PIL import Image

from office_studio.cli import main
from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Agent, AgentStatus
from office_studio.services.theme_loader import load_theme
from office_studio.ui.render.offscreen import StillOptions
from office_studio.ui.room3d.room_film import RoomScenery
from tests.ui.room3d.rooms import write_room

pytestmark = pytest.mark.gl

PEOPLE = [
    {"id": "ada", "name": "Ada", "status": "working", "changes": [{"at": 0.1, "status": "idle"}]},
    {"id": "ben", "name": "Ben", "status": "blocked", "currentTask": "Which colour?"},
]


def test_a_room_is_drawn_and_described(
    display: str, qapp: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room, people, out = write_room(tmp_path / "room", slots=2), tmp_path / "agents.json", tmp_path / "room.png"
    people.write_text(json.dumps(PEOPLE))
    options = ["--agents", str(people), "--size", "320x200", "--at", "1.1", "--select", "ben", "--json", "-o", str(out)]
    assert main.main(["render", str(room), *options]) == 0
    told = json.loads(capsys.readouterr().out)
    with Image.open(out) as picture:
        assert picture.size == (320, 200)
        assert len(picture.convert("RGB").getcolors(1 << 16) or ()) > 50
    ada, ben = told["agents"]
    assert (ada["status"], ada["place"], ada["walking"], ada["clips"][0]["key"]) == ("idle", "playground", True, "walk")
    assert (ben["place"], ben["selected"], ben["walking"]) == ("desk", True, False)
    assert ben["bubble"]["text"] == "Which colour?"
    way = math.dist(ada["world"], ada["target"])
    assert 0 < way < 4
    for agent in told["agents"]:
        box = agent["nameLabel"]["bounds"]
        assert abs(box["x"] + box["width"] / 2 - agent["screen"]["x"]) < 40
        assert box["y"] < agent["screen"]["y"]
    assert told["findings"] == []


def test_what_rooms_have_not_is_refused(
    display: str, qapp: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room = str(write_room(tmp_path / "room"))
    for options in (["--sheet"], ["--fit", "cover"], ["--camera", "sideways"]):
        assert main.main(["render", room, *options, "-o", str(tmp_path / "a.png")]) == 2
        assert capsys.readouterr().err


@pytest.mark.parametrize("size", [(1280, 720), (800, 600)])
def test_agents_of_cozy_studio_are_where_the_reference_means_them_to_be(
    display: str, qapp: object, shared_dir: Path, size: tuple[int, int]
) -> None:
    runs = json.loads((shared_dir / "data/reference-renders/cozy-studio-3d-r1.json").read_bytes())["runs"]
    wanted = runs[f"agents8@{size[0]}x{size[1]}"]["dump"]["agents"]
    agents = [
        LiveAgent(Agent(a["id"], a["name"], AgentStatus(a["status"])), AgentStatus(a["status"]), None) for a in wanted
    ]
    scenery = RoomScenery(load_theme(shared_dir / "data/themes/cozy-studio"), agents, (), StillOptions(size))
    try:
        scenery.advance(0)
        told = {agent["id"]: agent for agent in scenery.describe()["agents"]}
    finally:
        scenery.close()
    assert len(told) == 8
    for agent in wanted:
        found = told[agent["id"]]
        assert (found["zoneId"], found["place"]) == (agent["zoneId"], agent["seatId"])
        assert found["world"] == agent["world"]
        seen = (found["screen"]["x"], found["screen"]["y"])
        assert math.dist(seen, (agent["screen"]["x"], agent["screen"]["y"])) < 1


def test_the_last_room_manifest_is_fitted_as_the_format_says(
    display: str, qapp: object, shared_dir: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "room"
    shutil.copytree(shared_dir / "data/themes/cozy-studio", folder)
    shutil.copy(shared_dir / "data/themes/derived-manifests/cozy-studio.room-model.json", folder / "theme.json")
    scenery = RoomScenery(load_theme(folder), (), (), StillOptions((320, 180)))
    try:
        told = scenery.describe()
        image = scenery.image()
    finally:
        scenery.close()
    assert told["findings"] == []
    assert told["camera"]["zoom"] == 1.5
    assert told["camera"]["halfHeight"] == pytest.approx(6.828497 / 1.5, abs=1e-4)  # format 4.1, second vector
    assert told["room"] == {"min": [-5.15, -0.05, -4.15], "max": [5.0, 5.0, 4.0]}
    corner, floor = image.pixelColor(2, 2), image.pixelColor(160, 140)
    assert abs(corner.red() - 229) < 6  # the picture behind the room, not the nearly black clear colour
    assert floor.red() > floor.blue() + 20  # painted by colours of its corners, not black metal
