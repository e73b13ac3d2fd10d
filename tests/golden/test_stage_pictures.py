"""Pictures of offices against approved ones: fixed size, ratio and time; small differences of fonts are allowed.

OFFICE_STUDIO_REFRESH_GOLDEN=1 writes the approved pictures anew; look at them before committing. On failure the
actual picture and the difference are left in the test's temporary folder.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat
from PySide6.QtWidgets import QApplication

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Agent, AgentStatus, Binding
from office_studio.paths import bundled_themes_dir
from office_studio.services.theme_loader import LoadedTheme, load_theme
from office_studio.ui.render.offscreen import render_still

HERE = Path(__file__).parent
S = AgentStatus
CAST = (
    ("ada", S.WORKING), ("ben", S.WORKING), ("cleo", S.BLOCKED), ("dan", S.OFFLINE), ("eve", S.COLLABORATING),
    ("fin", S.COLLABORATING), ("gil", S.IDLE), ("hal", S.IDLE),
)  # fmt: skip
MAX_MEAN = 1.5  # of 255, over all pixels
MAX_CHANGED = 0.02  # share of pixels that differ by more than 24


def agents() -> list[LiveAgent]:
    made = []
    for name, status in CAST:
        others = {"eve": ("fin",)}.get(name, ())
        wire = S.IDLE if status is S.OFFLINE else status
        inner = Agent(name, name.title(), wire, online=status is not S.OFFLINE, collaborating_with=others,
                      current_task="Refactor the invoice export")  # fmt: skip
        made.append(LiveAgent(inner, status, 0, blocked_by="Keep the old ids?" if status is S.BLOCKED else ""))
    return made


def themed(name: str, shared_dir: Path) -> LoadedTheme | None:
    if name == "no-theme":
        return None
    folder = bundled_themes_dir() / name
    return load_theme(folder if folder.is_dir() else shared_dir / "data" / "themes" / name)


def draw(name: str, shared_dir: Path, size: tuple[int, int], path: Path) -> dict[str, object]:
    bindings = [Binding(slot, agent_id) for slot, (agent_id, _) in enumerate(CAST)]
    image, dump = render_still(themed(name, shared_dir), agents(), bindings, size, at_s=1.25, selected="ada")
    assert image.save(str(path))
    return dump


# Only pictures of our own art are kept; those of historic themes are checked by their description below.
@pytest.mark.parametrize(("name", "size"), [("cozy-loft", (960, 540)), ("no-theme", (640, 400))])
def test_picture(qapp: QApplication, shared_dir: Path, tmp_path: Path, name: str, size: tuple[int, int]):
    actual = tmp_path / f"{name}.png"
    draw(name, shared_dir, size, actual)
    approved = HERE / f"{name}.png"
    if os.environ.get("OFFICE_STUDIO_REFRESH_GOLDEN"):
        Image.open(actual).convert("RGB").save(approved, optimize=True)
        pytest.skip(f"{approved.name} was written anew; look at it")
    with Image.open(actual) as got, Image.open(approved) as wanted:
        assert got.size == wanted.size
        difference = ImageChops.difference(got.convert("RGB"), wanted.convert("RGB"))
    difference.save(tmp_path / f"{name}-difference.png")
    mean = sum(ImageStat.Stat(difference).mean) / 3
    changed = sum(difference.convert("L").histogram()[25:]) / (size[0] * size[1])
    assert mean < MAX_MEAN, f"see {tmp_path}"
    assert changed < MAX_CHANGED, f"see {tmp_path}"


def test_the_same_office_is_the_same_picture(qapp: QApplication, shared_dir: Path, tmp_path: Path):
    dumps = [draw("cozy-loft", shared_dir, (480, 270), tmp_path / f"{i}.png") for i in range(2)]
    assert dumps[0] == dumps[1]
    assert (tmp_path / "0.png").read_bytes() == (tmp_path / "1.png").read_bytes()


def test_starter_desk_agrees_with_the_reference_in_places(qapp: QApplication, shared_dir: Path, tmp_path: Path):
    """Canvas and screen positions of the old web renderer's dump, at the same view."""
    loaded = load_theme(shared_dir / "data" / "themes" / "starter-desk")
    cast = [
        LiveAgent(Agent("agent-ada", "Ada", S.WORKING), S.WORKING, 0),
        LiveAgent(Agent("agent-bruno", "Bruno"), S.IDLE, 0),
    ]
    bindings = [Binding(0, "agent-ada"), Binding(1, "agent-bruno")]
    image, dump = render_still(loaded, cast, bindings, (1280, 720))
    by_id = {agent["id"]: agent for agent in dump["agents"]}
    assert by_id["agent-ada"]["seatId"] == "desk-1"
    assert by_id["agent-bruno"]["seatId"] == "bed-1"
    assert by_id["agent-ada"]["screen"] == {"x": 833.333, "y": 373.333}
    assert by_id["agent-bruno"]["screen"] == {"x": 366.667, "y": 400.0}
    assert dump["view"]["root"]["scale"] == pytest.approx(0.666667)
    with Image.open(shared_dir / "data" / "reference-renders" / "starter-desk--agents0--1280x720.png") as wanted:
        corner = wanted.convert("RGB").crop((0, 520, 1280, 720))  # nobody stands there
    image.save(str(tmp_path / "desk.png"))
    with Image.open(tmp_path / "desk.png") as got:
        difference = ImageChops.difference(got.convert("RGB").crop((0, 520, 1280, 720)), corner)
    assert sum(ImageStat.Stat(difference).mean) / 3 < 6  # another scaling filter, the same picture


def test_the_built_in_office_stands_where_the_old_one_stood(qapp: QApplication, shared_dir: Path):
    cast = [LiveAgent(Agent(f"w{i}", f"W{i}", S.WORKING), S.WORKING, 0) for i in range(3)]
    _, dump = render_still(None, cast, (), (1000, 700))
    at = sorted((agent["canvas"]["x"], agent["canvas"]["y"]) for agent in dump["agents"])
    assert at == [(190.5, 230.5), (280.5, 230.5), (370.5, 230.5)]


def test_ratio_two_is_the_same_view_with_more_pixels(qapp: QApplication, shared_dir: Path):
    loaded = load_theme(bundled_themes_dir() / "cozy-loft")
    one, dump_one = render_still(loaded, agents(), (), (320, 180), 1.0)
    two, dump_two = render_still(loaded, agents(), (), (320, 180), 2.0)
    assert (two.width(), two.height()) == (2 * one.width(), 2 * one.height())
    assert dump_one["view"] == dump_two["view"]
