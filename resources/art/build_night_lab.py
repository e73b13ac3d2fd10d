"""Rebuild the bundled theme `themes/night-lab` from nothing: render, grade, cut, pack, write theme.json.

    python resources/art/build_night_lab.py                       everything
    python resources/art/build_night_lab.py --draft               one half-size picture of the room
    python resources/art/build_night_lab.py --only grade,theme    new grade or manifest from the last renders

Needs Python 3.11 with the packages of requirements.txt, and oggenc or ffmpeg for the sound. Renders go to a
work folder outside the repository.
"""

import os
import sys
import time
from pathlib import Path

import build_cozy_loft

HERE = Path(__file__).resolve().parent
THEME = HERE.parents[1] / "themes" / "night-lab"
STEPS = ("room", "figures", "2x", "grade", "sound", "theme")


def main(argv: list[str] | None = None) -> int:
    """Run the chosen steps; prints the wall time of each. The options are those of build_cozy_loft."""
    args = build_cozy_loft.options(argv, __doc__, THEME, STEPS, "office-studio-art-night")
    args.work.mkdir(parents=True, exist_ok=True)
    args.out.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("ART_TEXTURES", str(args.work / "textures"))
    sys.path.insert(0, str(HERE))
    if args.draft:
        _room(args.work / "draft", 12, args.draft_scale, ("full",))
        print(args.work / "draft" / "full.png")
        return 0
    for step in args.only.split(","):
        start = time.time()
        _run(step, args)
        print(f"{step}: {time.time() - start:.0f} s", flush=True)
    return 0


def _room(out: Path, samples: int, scale: float, only: tuple[str, ...]) -> None:
    import night_palette

    night_palette.room()
    import build_room
    import night_lab

    build_room.build(out, samples, scale, only, night_lab.STYLE)


def _run(step: str, args) -> None:
    """One step. Imports are local: Blender loads only when something is rendered."""
    if step == "room":
        _room(args.work / "room", args.samples, 1.0, ("plate", "sprites"))
    elif step == "2x":
        _room(args.work / "room2x", max(12, args.samples * 2 // 3), 2.0, ("plate",))
    elif step == "figures":
        _figures(args.work / "figures", args.figure_samples)
    elif step == "grade":
        _grade(args)
    elif step == "sound":
        import night_sound

        print(night_sound.write(args.out))
    elif step == "theme":
        import compose
        import night_theme

        path = night_theme.write(args.work / "room", args.work / "figures", args.out)
        compose.preview(args.out)
        build_cozy_loft.report(path)
    else:
        raise SystemExit(f"unknown step {step!r}; use {', '.join(STEPS)}")


def _figures(out: Path, samples: int) -> None:
    import build_figures
    import night_palette
    import night_wardrobe

    out.mkdir(exist_ok=True)
    night_palette.cast()
    for name in night_wardrobe.CAST:
        build_figures.render_variant(name, str(out), samples, 1.0, style=night_wardrobe.STYLE)


def _grade(args) -> None:
    import night_grade
    from grade import save_webp

    night_grade.plate(args.work / "room", args.work / "room" / "background.png")
    night_grade.sprites(args.work / "room")
    large = args.work / "room2x"
    if (large / "plate.npy").exists():
        night_grade.plate(large, large / "background.png")
        save_webp(large / "background.png", args.out / "background-2x.webp")


if __name__ == "__main__":
    raise SystemExit(main())
