"""Reference mode against pictures and measurements of the original renderer (spec decision 7).

Compared per run: zone, seat and row of frames exactly; points and shapes within 1 px; boxes of text with their middle
within 1 px and their size within 10 %; pictures by SSIM, with every box of text (theirs and ours, grown by 2 px), the
emoji on the discs and the selected share of nothing else left out.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QFontDatabase, QImage
from pytestqt.qtbot import QtBot

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Agent, AgentStatus
from office_studio.services.theme_loader import load_theme
from office_studio.ui.render.reference_film import ReferenceFilm
from tests.ui.render.ssim import Box, luma, mask_of, ssim

SHARED = Path(os.environ.get("OFFICE_STUDIO_SHARED", Path(__file__).resolve().parents[4] / "shared"))
RENDERS, THEMES = SHARED / "data" / "reference-renders", SHARED / "data" / "themes"
THEME_OF = {"starter-desk": "starter-desk", "default-office": "default-office", "template": "_template",
            "no-manifest": None}  # fmt: skip
SSIM_AT_LEAST = 0.98


@cache
def runs_of(name: str) -> dict[str, Any]:
    path = RENDERS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))["runs"] if path.is_file() else {}


def all_runs() -> list[Any]:
    found = [pytest.param(name, run, id=f"{name}-{run}") for name in THEME_OF for run in runs_of(name)]
    skip = pytest.mark.skip(reason=f"the reference renders are not at {RENDERS}")
    return found or [pytest.param("", "", marks=skip)]


def agents_of(name: str) -> tuple[list[LiveAgent], dict[str, tuple[str, str]]]:
    written = json.loads((RENDERS / "agent-sets.json").read_text(encoding="utf-8"))[name]
    agents = [
        LiveAgent(
            Agent(
                a["id"], a["name"], AgentStatus(a["status"]), collaborating_with=tuple(a.get("collaboratingWith", ()))
            ),
            AgentStatus(a["status"]),
            None,
        )
        for a in written
    ]
    return agents, {a["id"]: (a["emoji"], a["color"]) for a in written}


def film_of(name: str, run: dict[str, Any]) -> ReferenceFilm:
    theme = THEME_OF[name]
    agents, looks = agents_of(run["agentSet"])
    loaded = load_theme(THEMES / theme) if theme else None
    film = ReferenceFilm(loaded, tuple(run["viewport"]), looks=looks, selected=run["selected"])
    film.set_agents(agents)
    film.advance(0)
    return film


@pytest.fixture
def drawn(request: pytest.FixtureRequest, qtbot: QtBot) -> tuple[dict[str, Any], dict[str, Any], ReferenceFilm]:
    """The run as recorded, our description, our film."""
    name, key = request.param
    film = film_of(name, runs_of(name)[key])
    return runs_of(name)[key], film.describe(), film


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "drawn" in metafunc.fixturenames:
        params = [pytest.param(p.values, id=p.id, marks=p.marks) for p in all_runs()]
        metafunc.parametrize("drawn", params, indirect=True)


def close(ours: Any, theirs: Any, within: float, where: str) -> None:
    """Compare boxes and points number by number."""
    assert (ours is None) == (theirs is None), f"{where}: {ours} is not {theirs}"
    for key in theirs or ():
        assert ours[key] == pytest.approx(theirs[key], abs=within), f"{where}.{key}"


def close_text(ours: dict[str, float] | None, theirs: dict[str, float] | None, where: str, share: float = 0.1) -> None:
    """A box of text: its middle within 1 px, its size within a share."""
    assert (ours is None) == (theirs is None), f"{where}: {ours} is not {theirs}"
    if ours is None or theirs is None:
        return
    for start, size in (("x", "width"), ("y", "height")):
        middle = ours[start] + ours[size] / 2
        assert middle == pytest.approx(theirs[start] + theirs[size] / 2, abs=1), f"middle of {where}, {start}"
        assert ours[size] == pytest.approx(theirs[size], rel=share), f"{where}.{size}"


def test_view_and_layers_are_those_of_the_original(drawn: Any) -> None:
    run, ours, _ = drawn
    theirs = run["dump"]
    for key in ("baseScale", "userScale", "panX", "panY"):
        assert ours["view"][key] == pytest.approx(theirs["view"][key], abs=0.001), key
    assert ours["view"]["isMobile"] == theirs["view"]["isMobile"]
    close(ours["view"]["root"], theirs["view"]["root"], 0.001, "root")
    for key in ("layers", "collaborationLines", "backgroundImageLoaded", "atlasLoaded"):
        assert ours[key] == theirs[key], key


def test_every_agent_is_where_the_original_had_it(drawn: Any) -> None:
    run, dump, _ = drawn
    assert [agent["id"] for agent in dump["agents"]] == [agent["id"] for agent in run["dump"]["agents"]]
    for ours, theirs in zip(dump["agents"], run["dump"]["agents"], strict=True):
        for key in ("id", "name", "status", "zoneId", "zoneType", "seatId", "visible", "alpha", "walking", "selected",
                    "representation", "seatOverlay"):  # fmt: skip
            assert ours[key] == theirs[key], f"{theirs['id']}: {key}"
        for key in ("canvas", "target", "screen", "hitArea"):
            close(ours[key], theirs[key], 1, f"{theirs['id']}: {key}")


def test_every_figure_shows_the_frame_that_the_original_showed(drawn: Any) -> None:
    run, dump, _ = drawn
    for ours, theirs in zip(dump["agents"], run["dump"]["agents"], strict=True):
        mine, other = ours["animation"], theirs["animation"]
        assert (mine is None) == (other is None)
        if other is not None:
            assert {k: v for k, v in mine.items() if k != "bounds"} == {k: v for k, v in other.items() if k != "bounds"}
            close(mine["bounds"], other["bounds"], 1, f"{theirs['id']}: figure")


def test_marks_and_texts_lie_where_the_original_had_them(drawn: Any) -> None:
    run, dump, _ = drawn
    for ours, theirs in zip(dump["agents"], run["dump"]["agents"], strict=True):
        who = theirs["id"]
        for key, word in (("ring", "drawn"), ("glow", "visible")):
            assert ours[key][word] == theirs[key][word], f"{who}: {key}"
            close(ours[key]["bounds"], theirs[key]["bounds"], 1, f"{who}: {key}")
        for key in ("warnBadge", "dotsBadge"):
            assert ours[key]["visible"] == theirs[key]["visible"], f"{who}: {key}"
            close_text(ours[key]["bounds"], theirs[key]["bounds"], f"{who}: {key}")
        for key in ("nameLabel", "statusLabel"):
            assert {k: v for k, v in ours[key].items() if k != "bounds"} == {
                k: v for k, v in theirs[key].items() if k != "bounds"
            }
            close_text(ours[key]["bounds"], theirs[key]["bounds"], f"{who}: {key}", font_share())


def test_zones_are_named_and_framed_where_the_original_did(drawn: Any) -> None:
    run, dump, _ = drawn
    theirs_all = run["dump"]["zoneLabels"]
    assert len(dump["zoneLabels"]) == len(theirs_all)
    for ours, theirs in zip(dump["zoneLabels"], theirs_all, strict=True):
        if theirs.get("kind") == "panel":
            assert ours["kind"] == "panel"
            close(ours["bounds"], theirs["bounds"], 1, "panel")
            continue
        assert ours["text"] == theirs["text"]
        assert ours["alpha"] == theirs.get("alpha", 1)
        close_text(ours["bounds"], theirs["bounds"], ours["text"], font_share())


def test_the_picture_without_text_is_that_of_the_original(drawn: Any) -> None:
    run, dump, film = drawn
    ours, theirs = pixels(film.image()), picture_of(run["image"])
    assert ours.shape == theirs.shape
    mask = mask_of(theirs.shape[:2], [*boxes(dump), *boxes(run["dump"])])
    assert mask.mean() < 0.06, "so much is left out that nothing is compared"
    value = ssim(luma(ours), luma(theirs), mask)
    around = mask | ~mask_of(theirs.shape[:2], figures(run["dump"]), grown=6)
    near = ssim(luma(ours), luma(theirs), around) if not around.all() else 1.0
    if folder := os.environ.get("OFFICE_STUDIO_REFERENCE_OUT"):  # to look at them side by side
        save(Path(folder), run["image"]["file"], ours, theirs, mask, (value, near))
    assert value >= SSIM_AT_LEAST
    assert near >= SSIM_AT_LEAST, "around the figures, where a plain ground cannot make up for them"
    off = np.abs(ours.astype(int) - theirs.astype(int)).max(axis=2)[~mask]
    assert off.mean() < 2.5, "colours differ"
    assert (off > 48).mean() < 0.004, "shapes differ"


@pytest.mark.parametrize("name", ["starter-desk", "default-office"])
def test_a_click_reaches_who_the_original_reported(name: str, qtbot: QtBot) -> None:
    if not runs_of(name):
        pytest.skip(f"the reference renders are not at {RENDERS}")
    from office_studio.core.office.reference_look import figure_at
    from office_studio.core.theme.model import Point

    run = runs_of(name)["agents3@1280x720"]
    film = film_of(name, run)
    for click in run["clicks"].values():
        at = film.camera.to_canvas(Point(click["point"]["x"], click["point"]["y"]))
        assert [figure_at(film.model.figures, at)] == click["reported"]


def test_the_measure_tells_a_shifted_picture_from_the_same_one() -> None:
    rng = np.random.default_rng(1)
    picture = rng.integers(0, 255, (60, 80)).astype(np.float64)
    assert ssim(picture, picture) == pytest.approx(1)
    assert ssim(picture, np.roll(picture, 2, axis=1)) < 0.5
    spoilt = picture.copy()
    spoilt[10:20, 10:20] = 0
    assert ssim(picture, spoilt) < 0.98
    assert ssim(picture, spoilt, mask_of((60, 80), [(10, 10, 20, 20)])) == pytest.approx(1)


# -- helpers ---------------------------------------------------------------------------------------
def font_share() -> float:
    """How much the size of a text may differ: more where the font of the original is not installed."""
    return 0.1 if "DejaVu Sans" in QFontDatabase.families() else 0.35


def boxes(dump: dict[str, Any]) -> Iterator[Box]:
    """Everything written on a picture."""
    for label in dump["zoneLabels"]:
        if label.get("kind") != "panel":
            yield corners(label["bounds"])
    for agent in dump["agents"]:
        for key in ("nameLabel", "statusLabel", "warnBadge", "dotsBadge"):
            if agent[key]["bounds"]:
                yield corners(agent[key]["bounds"])
        if agent["representation"] == "circle-avatar":
            middle, half = agent["screen"], agent["hitArea"]["width"] / 76 * 14
            yield middle["x"] - half, middle["y"] - half, middle["x"] + half, middle["y"] + half


def figures(dump: dict[str, Any]) -> Iterator[Box]:
    """Ground of figures, their rings and glows."""
    for agent in dump["agents"]:
        for box in (agent["hitArea"], (agent["animation"] or {}).get("bounds"), agent["glow"]["bounds"]):
            if box:
                yield corners(box)


def corners(box: dict[str, float]) -> Box:
    return box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]


def picture_of(image: dict[str, Any]) -> Any:
    """A recorded picture; one that holds only what changed is laid over its base."""
    drawn = Image.open(RENDERS / image["file"])
    if image["mode"] != "full":
        base = Image.open(RENDERS / image["base"]).convert("RGBA")
        base.alpha_composite(drawn.convert("RGBA"))
        drawn = base
    return np.asarray(drawn.convert("RGB"))


def pixels(image: QImage) -> Any:
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    flat = np.frombuffer(bytes(rgb.constBits()), dtype=np.uint8)
    return flat.reshape(rgb.height(), rgb.bytesPerLine())[:, : rgb.width() * 3].reshape(rgb.height(), rgb.width(), 3)


def save(folder: Path, name: str, ours: Any, theirs: Any, mask: Any, values: tuple[float, float]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    both = np.concatenate([theirs, ours], axis=1)
    Image.fromarray(both).save(folder / f"{Path(name).name.removesuffix('.png')}.png")
    masked = np.where(mask[..., None], 255, np.abs(ours.astype(int) - theirs.astype(int)).clip(0, 255)).astype(np.uint8)
    Image.fromarray(masked).save(folder / f"{Path(name).name.removesuffix('.png')}-difference.png")
    with (folder / "ssim.txt").open("a") as stream:
        stream.write(f"{name} {values[0]:.4f} {values[1]:.4f}\n")
