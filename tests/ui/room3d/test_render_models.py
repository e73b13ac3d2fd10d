"""``office-studio render FILE.glb``: stills, clips, turntables, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from office_studio.cli.main import main

MODELS = Path(__file__).parents[2] / "fixtures" / "models"


def render(name: str, *more: str) -> int:
    return main(["render", str(MODELS / name), "--size", "80x60", *more])


def shown(path: Path) -> np.ndarray:
    """Which pixels differ from the ground."""
    pixels = np.asarray(Image.open(path).convert("RGB")).astype(int)
    return np.abs(pixels - pixels[0, 0]).max(axis=2) > 8


@pytest.mark.gl
def test_a_still_of_a_clip_in_mid_motion(display, qapp, tmp_path, capsys):
    still, bent = tmp_path / "still.png", tmp_path / "bent.png"
    assert render("bar.glb", "--camera", "front", "-o", str(still)) == 0
    assert render("bar.glb", "--camera", "front", "--clip", "bend", "--at", "1", "-o", str(bent), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["view"] == {"width": 80, "height": 60}
    assert {clip["name"] for clip in told["model"]["clips"]} == {"bend", "still"}
    straight, corner = shown(still), shown(bent)
    assert np.flatnonzero(straight.any(axis=0)).size < np.flatnonzero(corner.any(axis=0)).size / 3


@pytest.mark.gl
def test_a_turntable_goes_all_around(display, qapp, tmp_path):
    path = tmp_path / "around.gif"
    assert render("unlit.glb", "--camera", "front", "--turntable", "8", "-o", str(path)) == 0
    with Image.open(path) as film:
        widths = []
        for number in range(film.n_frames):
            film.seek(number)
            pixels = np.asarray(film.convert("RGB")).astype(int)
            seen = np.abs(pixels - pixels[0, 0]).max(axis=2) > 8
            widths.append(int(seen.any(axis=0).sum()))
    # Five of the eight see its edge or its back, which are not drawn, and become one frame of the film.
    assert len(widths) == 4
    assert widths[0] > 20
    assert widths[1] == pytest.approx(widths[0] * 0.707, abs=2)
    assert widths[2] == 0
    assert widths[3] == pytest.approx(widths[1], abs=1)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--turntable", "one", "-o", "x.gif"), "RENDER_TURNTABLE"),
        (("--turntable", "4", "--seconds", "2", "-o", "x.gif"), "RENDER_TURNTABLE"),
        (("--sheet", "-o", "x.png"), "RENDER_MODEL"),
        (("--turntable", "4", "-o", "x.jpg"), "RENDER_FORMAT"),
    ],
)
def test_what_makes_no_sense_is_refused_at_once(more, code, capsys):
    assert render("cube.glb", *more, "--json") == 2
    assert code in "".join(capsys.readouterr())


@pytest.mark.gl
@pytest.mark.parametrize(
    ("more", "status", "words"),
    [
        (("--clip", "jump"), 2, "bend, still"),
        (("--camera", "sideways"), 2, "portrait"),
    ],
)
def test_clips_and_views_that_do_not_exist_are_told_with_those_that_do(
    display, qapp, more, status, words, tmp_path, capsys
):
    assert render("bar.glb", *more, "-o", str(tmp_path / "x.png")) == status
    assert words in capsys.readouterr().err


def test_a_model_that_is_none_is_told_by_name(qapp, tmp_path, capsys):
    broken = tmp_path / "broken.glb"
    broken.write_bytes(b"not a model")
    assert main(["render", str(broken), "-o", str(tmp_path / "x.png")]) == 3
    assert main(["render", str(tmp_path / "gone.glb"), "-o", str(tmp_path / "x.png")]) == 3
    assert "gone.glb" in capsys.readouterr().err
