"""Writes pictures and animations: GIF, WebP and APNG through Pillow. Blocking; touches no Qt.

A finished file appears under its name all at once; an interrupted export leaves what was there before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import pairwise
from math import isqrt
from pathlib import Path

from PIL import Image, ImageChops

from office_studio.errors import UsageError

ANIMATED = (".gif", ".webp", ".png")
STILL = (".png", ".jpg", ".jpeg", ".webp")
MAX_PICTURE_PIXELS = 64_000_000
MAX_ANIMATION_PIXELS = 256_000_000  # all frames together: they are kept until the file is written, 3 bytes each
_PALETTE_SAMPLES = 8
_DITHER = 7  # levels; hides steps in soft gradients
# An 8 × 8 Bayer matrix: the same everywhere and always, so that what stands still stays the same from frame to frame.
_BAYER = (0, 32, 8, 40, 2, 34, 10, 42, 48, 16, 56, 24, 50, 18, 58, 26, 12, 44, 4, 36, 14, 46, 6, 38, 60, 28, 52, 20, 62,
          30, 54, 22, 3, 35, 11, 43, 1, 33, 9, 41, 51, 19, 59, 27, 49, 17, 57, 25, 15, 47, 7, 39, 13, 45, 5, 37, 63, 31,
          55, 23, 61, 29, 53, 21)  # fmt: skip

Progress = Callable[[int, int], None]


def check_target(path: Path, *, animated: bool) -> None:
    """Raises UsageError RENDER_FORMAT when a picture of that kind cannot be written under that name."""
    suffix = path.suffix.lower()
    if suffix in (ANIMATED if animated else STILL):
        return
    if suffix == ".gif":
        raise UsageError("RENDER_FORMAT", "A GIF is for motion.", "Add --seconds, or name the file .png.")
    kinds = ", ".join(ANIMATED if animated else STILL)
    what = "An animation" if animated else "A picture"
    raise UsageError("RENDER_FORMAT", f"{what} cannot be written as “{path.name}”.", f"Name the file {kinds}.")


def frame_count(seconds: float, fps: float, width: int, height: int) -> int:
    """Number of frames of an animation. Raises UsageError RENDER_LENGTH when it is nothing, or more than fits."""
    if not (0 < fps <= 60) or not (0 < seconds <= 3600):
        raise UsageError("RENDER_LENGTH", "Seconds must be over 0 and frames a second 1 to 60.", "Try --seconds 6.")
    count = max(1, round(seconds * fps))
    if count * width * height > MAX_ANIMATION_PIXELS:
        most = MAX_ANIMATION_PIXELS // (width * height)
        raise UsageError(
            "RENDER_LENGTH",
            f"{count} frames of {width} × {height} px are too many; {most} are the most at this size.",
            "Make it shorter (--seconds), slower (--fps) or smaller (--size, --scale).",
        )
    return count


def write_still(path: Path, picture: Image.Image) -> None:
    """Raises UsageError RENDER_WRITE."""
    kinds = {".png": "PNG", ".webp": "WEBP"}
    kind = kinds.get(path.suffix.lower(), "JPEG")
    options: dict[str, object] = {"lossless": True} if kind == "WEBP" else {"quality": 92} if kind == "JPEG" else {}
    _write(path, lambda part: picture.save(part, kind, **options))


def write_animation(
    path: Path,
    frames: Iterable[Image.Image],
    count: int,
    fps: float,
    *,
    quality: int = 82,
    progress: Progress | None = None,
) -> None:
    """Write RGB frames that are shown in equal steps and repeat for ever. Format by the file's extension.

    Args:
        frames: Of equal size, at least one; taken one by one.
        count: How many, for ``progress(done, count)``.
        quality: Of WebP, 0 to 100; GIF has 256 colours, APNG is exact.
    Raises:
        UsageError: RENDER_FORMAT, RENDER_WRITE.
    """
    check_target(path, animated=True)
    kept = list(_counted(frames, count, progress))
    kind = {".gif": "GIF", ".webp": "WEBP"}.get(path.suffix.lower(), "PNG")
    options: dict[str, object] = {"save_all": True, "loop": 0}
    if kind == "GIF":
        kept = _with_one_palette(kept)
        options |= {"duration": steps_ms(len(kept), fps, 10), "disposal": 1, "optimize": False}
    else:
        options["duration"] = steps_ms(len(kept), fps, 1)
    if kind == "WEBP":
        options |= {"quality": quality, "method": 4, "minimize_size": True}
    if kind == "PNG":
        options |= {"compress_level": 9, "default_image": False}
    first, rest = kept[0], kept[1:]
    _write(path, lambda part: first.save(part, kind, append_images=rest, **options))


def steps_ms(count: int, fps: float, unit_ms: int) -> list[int]:
    """How long each frame is shown, in whole units of the format, so that the whole lasts as long as it should."""
    ends = [round(number * 1000 / fps / unit_ms) for number in range(count + 1)]
    return [max(1, after - before) * unit_ms for before, after in pairwise(ends)]


# -- inside ----------------------------------------------------------------------------------------
def _counted(frames: Iterable[Image.Image], count: int, progress: Progress | None) -> Iterator[Image.Image]:
    for done, frame in enumerate(frames, 1):
        if progress is not None:
            progress(done, count)
        yield frame


def _with_one_palette(frames: list[Image.Image]) -> list[Image.Image]:
    """Frames in the 256 colours that suit all of them best. The frames given are let go one by one."""
    step = max(1, len(frames) // _PALETTE_SAMPLES)
    samples = [frame.reduce(max(1, round(frame.width / 480))) for frame in frames[::step][:_PALETTE_SAMPLES]]
    sheet = Image.new("RGB", (samples[0].width, samples[0].height * len(samples)))
    for number, sample in enumerate(samples):
        sheet.paste(sample, (0, number * sample.height))
    palette = _spread(sheet).quantize(256, method=Image.Quantize.MEDIANCUT, kmeans=2, dither=Image.Dither.NONE)
    pattern = _pattern(frames[0].size)
    made = []
    for number, frame in enumerate(frames):
        dithered = ImageChops.add(frame, pattern, 1, -(_DITHER // 2))
        made.append(dithered.quantize(palette=palette, dither=Image.Dither.NONE))
        frames[number] = made[-1]
    return made


def _spread(picture: Image.Image) -> Image.Image:
    """Its colours, each as often as the square root of how often it is there: marks are small, but they must keep
    their colour."""
    coarse = picture.point([level & 0xF8 | 4 for level in range(256)] * 3)
    colors = coarse.getcolors(1 << 15) or []
    pixels = b"".join(bytes(color) * isqrt(count) for count, color in colors if isinstance(color, tuple))
    return Image.frombytes("RGB", (len(pixels) // 3, 1), pixels)


def _pattern(size: tuple[int, int]) -> Image.Image:
    """0 to ``_DITHER`` in a fixed pattern, as large as a frame."""
    tile = Image.new("L", (8, 8))
    tile.putdata([value * (_DITHER + 1) // 64 for value in _BAYER])
    whole = Image.new("L", size)
    whole.paste(tile, (0, 0))
    side = 8
    while side < max(size):  # doubling takes a dozen steps, not thousands
        whole.paste(whole.crop((0, 0, side, side)), (side, 0))
        whole.paste(whole.crop((0, 0, side, side)), (0, side))
        whole.paste(whole.crop((0, 0, side, side)), (side, side))
        side *= 2
    return Image.merge("RGB", (whole, whole, whole))


def _write(path: Path, save: Callable[[Path], None]) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save(part)
        part.replace(path)
    except OSError as exc:
        with suppress(OSError):
            part.unlink()
        raise UsageError(
            "RENDER_WRITE", f"{path} cannot be written: {exc.strerror or exc}.", "Choose another place."
        ) from exc
    except BaseException:
        part.unlink(missing_ok=True)
        raise
