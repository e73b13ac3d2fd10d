"""Pictures and animations as files: what another program reads of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from office_studio.errors import UsageError
from office_studio.services.picture_export import (
    check_target,
    frame_count,
    steps_ms,
    write_animation,
    write_still,
)


def frames(count: int = 6) -> list[Image.Image]:
    """A soft gradient with a small yellow square that moves."""
    made = []
    for number in range(count):
        ramp = Image.linear_gradient("L").resize((64, 48))
        frame = Image.merge("RGB", (ramp, ramp, ramp))
        ImageDraw.Draw(frame).rectangle((number * 8, 20, number * 8 + 5, 25), (255, 200, 0))
        made.append(frame)
    return made


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png"])
def test_an_animation_has_its_frames_its_length_and_repeats(tmp_path: Path, suffix: str) -> None:
    path, told = tmp_path / f"a{suffix}", []
    write_animation(path, frames(), 6, 12, progress=lambda done, count: told.append((done, count)))
    with Image.open(path) as image:
        assert image.n_frames == 6
        assert image.info.get("loop") == 0
        length = 0.0
        for number in range(6):
            image.seek(number)
            image.load()
            length += image.info["duration"]
            red, green, blue = image.convert("RGB").getpixel((number * 8 + 2, 22))
            assert abs(red - 255) + abs(green - 200) + blue < 70, "small marks keep their colour"
        assert length == pytest.approx(500, abs=12)
    assert told == [(number, 6) for number in range(1, 7)]
    assert [p.name for p in tmp_path.iterdir()] == [path.name], "nothing half-written is left"


def test_apng_is_exact_and_the_same_frames_give_the_same_bytes(tmp_path: Path) -> None:
    for suffix in (".png", ".gif", ".webp"):
        one, two = tmp_path / f"one{suffix}", tmp_path / f"two{suffix}"
        for path in (one, two):
            write_animation(path, frames(), 6, 10)
        assert one.read_bytes() == two.read_bytes()
    with Image.open(tmp_path / "one.png") as image:
        for number, frame in enumerate(frames()):
            image.seek(number)
            assert image.convert("RGB").tobytes() == frame.tobytes()


def test_what_stands_still_in_a_gif_stays_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    write_animation(path, frames(), 6, 10)
    with Image.open(path) as image:
        lower = []
        for number in range(6):
            image.seek(number)
            lower.append(image.convert("RGB").crop((0, 30, 64, 48)).tobytes())
    assert len(set(lower)) == 1


@pytest.mark.parametrize(("fps", "unit"), [(12, 10), (7, 10), (30, 10), (24, 1), (60, 1)])
def test_frames_together_last_as_long_as_they_should(fps: float, unit: int) -> None:
    steps = steps_ms(round(fps * 5), fps, unit)
    assert sum(steps) == pytest.approx(5000, abs=unit)
    assert max(steps) - min(steps) <= unit


@pytest.mark.parametrize(
    ("name", "animated", "fits"),
    [("a.PNG", False, True), ("a.jpeg", False, True), ("a.gif", False, False), ("a.bmp", False, False),
     ("a.gif", True, True), ("a.jpg", True, False), ("a", True, False)],
)  # fmt: skip
def test_kinds_of_files(name: str, animated: bool, fits: bool) -> None:
    if fits:
        check_target(Path(name), animated=animated)
        return
    with pytest.raises(UsageError) as caught:
        check_target(Path(name), animated=animated)
    assert caught.value.code == "RENDER_FORMAT"


def test_too_long_an_animation_says_how_long_it_may_be() -> None:
    assert frame_count(2.5, 10, 1280, 720) == 25
    with pytest.raises(UsageError, match="277 are the most"):
        frame_count(60, 30, 1280, 720)
    for seconds, fps in ((0, 10), (-1, 10), (1, 0), (1, 61), (float("nan"), 10), (float("inf"), 10)):
        with pytest.raises(UsageError):
            frame_count(seconds, fps, 10, 10)


@pytest.mark.parametrize("suffix", [".png", ".webp", ".jpg"])
def test_stills(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "new folder" / f"a{suffix}"
    write_still(path, frames(1)[0])
    with Image.open(path) as image:
        assert image.size == (64, 48)


def test_a_place_that_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UsageError) as caught:
        write_still(tmp_path / "file" / "a.png", frames(1)[0])
    assert caught.value.code == "RENDER_WRITE"

    def broken():  # type: ignore[no-untyped-def]
        yield frames(1)[0]
        raise KeyboardInterrupt

    old = tmp_path / "old.gif"
    old.write_bytes(b"before")
    with pytest.raises(KeyboardInterrupt):
        write_animation(old, broken(), 2, 10)
    assert old.read_bytes() == b"before"
