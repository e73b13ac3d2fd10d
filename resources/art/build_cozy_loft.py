"""Rebuild the bundled theme `themes/cozy-loft` from nothing: render, cut, pack, write theme.json and
preview.png.

    python resources/art/build_cozy_loft.py                  everything, full quality
    python resources/art/build_cozy_loft.py --draft          one half-size picture of the room, for iterating
    python resources/art/build_cozy_loft.py --only theme     no rendering: theme.json and files from the last
    renders

Needs Python 3.11 with the packages of requirements.txt. Renders go to a work folder outside the repository.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
THEME = HERE.parents[1] / "themes" / "cozy-loft"
STEPS = ("room", "figures", "theme", "2x")
STEPS_DEFAULT = ("room", "figures", "2x", "theme")


def options(
    argv: list[str] | None = None,
    text: str | None = __doc__,
    theme: Path = THEME,
    steps: tuple[str, ...] = STEPS_DEFAULT,
    work: str = "office-studio-art",
) -> argparse.Namespace:
    """Parsed command line of a theme's script: its help text, theme folder, steps and work folder."""
    p = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument(
        "--work",
        type=Path,
        default=Path(tempfile.gettempdir()) / work,
        help="folder for renders",
    )
    p.add_argument("--out", type=Path, default=theme, help="theme folder to write")
    p.add_argument(
        "--samples", type=int, default=32, help="samples per pixel of the plate (sprites: two thirds)"
    )
    p.add_argument("--figure-samples", type=int, default=20)
    p.add_argument("--only", default=",".join(steps), help=f"comma list of {', '.join(steps)}")
    p.add_argument("--draft", action="store_true", help="draft.png in the work folder and nothing else")
    p.add_argument("--draft-scale", type=float, default=0.5)
    return p.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Run the chosen steps; prints the wall time of each."""
    args = options(argv)
    args.work.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("ART_TEXTURES", str(args.work / "textures"))
    sys.path.insert(0, str(HERE))
    if args.draft:
        import build_room

        build_room.build(args.work / "draft", 12, args.draft_scale, ("full",))
        print(args.work / "draft" / "full.png")
        return 0
    for step in args.only.split(","):
        start = time.time()
        _run(step, args)
        print(f"{step}: {time.time() - start:.0f} s", flush=True)
    return 0


def _run(step: str, args: argparse.Namespace) -> None:
    """One step. Imports are local: Blender loads only when something is rendered."""
    if step == "room":
        import build_room

        build_room.build(args.work / "room", args.samples)
    elif step == "figures":
        import build_figures
        from plan import CAST

        (args.work / "figures").mkdir(exist_ok=True)
        for name in CAST:
            build_figures.render_variant(name, str(args.work / "figures"), args.figure_samples, 1.0)
    elif step == "2x":
        import build_room
        from grade import save_webp

        build_room.build(args.work / "room2x", max(16, args.samples * 2 // 3), 2.0, ("plate",))
        args.out.mkdir(parents=True, exist_ok=True)
        save_webp(args.work / "room2x" / "plate.png", args.out / "background-2x.webp")
    elif step == "theme":
        import compose
        import theme

        path = theme.write(args.work / "room", args.work / "figures", args.out)
        compose.preview(args.out)
        report(path)
    else:
        raise SystemExit(f"unknown step {step!r}; use {', '.join(STEPS)}")


def report(path: Path) -> None:
    """Print what was built, with sizes in kB."""
    data = json.loads(path.read_text(encoding="utf-8"))
    files = [f for f in path.parent.iterdir() if f.is_file()]
    print(f"{len(files)} files, {sum(f.stat().st_size for f in files) / 1e6:.2f} MB; largest:")
    for f in sorted(files, key=lambda f: -f.stat().st_size)[:5]:
        print(f"  {f.stat().st_size / 1000:8.0f} kB  {f.name}")
    for zone in data["zones"]:
        print(f"  {zone['id']}: {len(zone['seats'])} seats")


if __name__ == "__main__":
    raise SystemExit(main())
