"""Rebuild the bundled theme `themes/pixel-loft` from nothing: mesh, raster, vote, pack, write.

    python resources/art/build_pixel_loft.py                   everything, about six minutes
    python resources/art/build_pixel_loft.py --only room,theme  the room anew, figures of the last run

Blender only makes the meshes; the pictures come from `pixel_raster.py` and are the same bytes on every run.
"""

import argparse
import os
import pickle
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
THEME = HERE.parents[1] / "themes" / "pixel-loft"
STEPS = ("figures", "room", "theme")


def main(argv: list[str] | None = None) -> int:
    """Run the chosen steps; prints the wall time of each."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    work = Path(tempfile.gettempdir()) / "office-studio-art" / "pixel-loft"
    p.add_argument("--work", type=Path, default=work, help="folder for what is kept between runs")
    p.add_argument("--out", type=Path, default=THEME, help="theme folder to write")
    p.add_argument("--only", default=",".join(STEPS), help=f"comma list of {', '.join(STEPS)}")
    p.add_argument("--cast", default="", help="comma list of figures to draw anew; default: all")
    args = p.parse_args(argv)
    args.work.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("ART_TEXTURES", str(args.work / "textures"))
    sys.path.insert(0, str(HERE))
    for step in args.only.split(","):
        start = time.time()
        {"figures": figures, "room": room, "theme": theme}[step](args)
        print(f"{step}: {time.time() - start:.0f} s", flush=True)
    return 0


def figures(args: argparse.Namespace) -> None:
    """Atlases of all figures into the work folder."""
    import bpy  # noqa: F401  # first: it brings bmesh and mathutils

    import pixel_people
    import stage

    for name in args.cast.split(",") if args.cast else pixel_people.CAST:
        stage.reset()
        path = pixel_people.pack(name, pixel_people.frames(name), args.work)
        print(f"  {name}: {path.with_suffix('.png').stat().st_size / 1000:.0f} kB", flush=True)


def room(args: argparse.Namespace) -> None:
    """Plate and sprites into the work folder."""
    import bpy  # noqa: F401  # first: it brings bmesh and mathutils

    import pixel_room
    import stage

    stage.reset()
    (args.work / "room.pickle").write_bytes(pickle.dumps(pixel_room.build()))


def theme(args: argparse.Namespace) -> None:
    """The theme folder from what the other steps left."""
    import pixel_theme

    plate, sprites = pickle.loads((args.work / "room.pickle").read_bytes())
    pixel_theme.write(plate, sprites, args.work, args.out)
    files = [f for f in args.out.iterdir() if f.is_file()]
    print(f"  {len(files)} files, {sum(f.stat().st_size for f in files) / 1e6:.2f} MB")


if __name__ == "__main__":
    raise SystemExit(main())
