"""``office-studio render FILE.glb``: one model under studio light, still, in motion or from all sides."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from office_studio.cli.output import note, print_json
from office_studio.errors import UsageError
from office_studio.services.picture_export import check_target, frame_count, write_animation, write_still

if TYPE_CHECKING:
    from office_studio.services.model_store import ModelStore, PreparedModel
    from office_studio.services.picture_export import Progress

SUFFIXES = (".glb", ".gltf")
_FRAMES_PER_S = 12.0
_MOST_FRAMES = 360
# Options of ``render`` that are for offices.
_FOREIGN = ("agents", "select", "no_labels", "reference", "sheet", "fit")


def is_model(name: str) -> bool:
    return Path(name).suffix.lower() in SUFFIXES


def check(args: argparse.Namespace) -> None:
    """Refuse what cannot be done before anything is loaded. Raises UsageError."""
    for name in _FOREIGN:
        if getattr(args, name):
            flag = f"--{name.replace('_', '-')}"
            raise UsageError("RENDER_MODEL", f"{flag} is for offices; {args.theme} is a model.", f"Leave out {flag}.")
    turns = _turns(args)
    if turns is not None and args.seconds is not None:
        raise UsageError("RENDER_TURNTABLE", "--turntable and --seconds exclude each other.", "Leave out one of them.")
    check_target(args.output, animated=turns is not None or args.seconds is not None)


def draw(args: argparse.Namespace, pixels: tuple[int, int], progress: Progress) -> int:
    """Qt is running by now. Raises ModelError, OfficeStudioError ROOM_NO_DISPLAY and the like, UsageError."""
    from office_studio.ui.render.film import to_pillow
    from office_studio.ui.room3d.picture import VIEWS, pictures_of_model, view_direction

    direction = view_direction(args.camera) if args.camera is not None else VIEWS["portrait"]
    fps = args.fps or _FRAMES_PER_S
    turns = _turns(args)
    frames = turns or (frame_count(args.seconds, fps, *pixels) if args.seconds is not None else 1)
    if turns is not None:
        frame_count(turns / fps, fps, *pixels)  # whether so many fit
    store = _store()
    try:
        prepared = store.prepare(Path(args.theme))
        images = pictures_of_model(
            prepared.path,
            pixels,
            direction=direction,
            clip=args.clip or "",
            clip_s=args.at,
            frames=frames,
            fps=fps,
            turn_deg=360.0 if turns is not None else 0.0,
            is_prepared=True,
        )
        pictures = (to_pillow(image) for image in images)
        if frames == 1 and turns is None and args.seconds is None:
            write_still(args.output, next(pictures))
        else:
            try:
                write_animation(args.output, pictures, frames, fps, progress=progress)
            finally:
                progress(0, 0)
        images.close()
    finally:
        store.close()
    _tell(args, prepared, pixels, frames)
    return 0


def _store() -> ModelStore:
    from office_studio.paths import cache_dir
    from office_studio.services.model_store import ModelStore

    return ModelStore(cache_dir())


def _turns(args: argparse.Namespace) -> int | None:
    if args.turntable is None:
        return None
    try:
        count = int(args.turntable)
    except ValueError:
        count = 0
    if not 2 <= count <= _MOST_FRAMES:
        message = f"“{args.turntable}” is no number of pictures for a turn."
        raise UsageError("RENDER_TURNTABLE", message, f"Give a whole number from 2 to {_MOST_FRAMES}, e.g. 36.")
    return count


def _tell(args: argparse.Namespace, prepared: PreparedModel, pixels: tuple[int, int], frames: int) -> None:
    if not args.json:
        what = f", {frames} frames" if frames > 1 else ""
        note(f"Wrote {args.output}, {pixels[0]} × {pixels[1]} px{what}.")
        return
    import msgspec

    facts: dict[str, Any] = msgspec.to_builtins(prepared.facts)
    print_json({"view": {"width": pixels[0], "height": pixels[1]}, "frames": frames, "model": facts, "findings": []})
