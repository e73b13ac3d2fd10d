"""Rebuild the bundled theme `themes/loft-3d` from nothing: figures, two baked rooms, manifest, preview.

    python resources/art/build_loft_3d.py                     everything, full quality
    python resources/art/build_loft_3d.py --draft             the rooms baked small and noisy, for iterating
    python resources/art/build_loft_3d.py --only figures,theme   no baking: the rooms of the last run

Needs Python 3.11 with the packages of requirements.txt. Baked rooms stay in a work folder outside the
repository.
"""

import os
import sys
import time
from pathlib import Path

from build_cozy_loft import options

HERE = Path(__file__).resolve().parent
THEME = HERE.parents[1] / "themes" / "loft-3d"
STEPS = ("figures", "room", "light", "theme")
ROOMS = {
    "room": ("high", 2048, 0.70, 1.0),
    "light": ("light", 1024, 0.32, 1.0),
}  # folder, pixels, detail, samples


def main(argv: list[str] | None = None) -> int:
    args = options(argv, __doc__, THEME, STEPS, "office-studio-loft-3d")
    args.work.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("ART_TEXTURES", str(args.work / "textures"))
    sys.path.insert(0, str(HERE))
    for step in args.only.split(","):
        start = time.time()
        _run(step, args)
        print(f"{step}: {time.time() - start:.0f} s", flush=True)
    return 0


def _run(step: str, args) -> None:
    """One step. Imports are local: Blender loads only when it is needed, and before its own modules."""
    import bpy  # noqa: F401

    args.out.mkdir(parents=True, exist_ok=True)
    if step == "figures":
        import loft3d_people
        import stage
        from character import VARIANTS
        from loft3d_theme import CAST

        for name in CAST:
            stage.reset()
            path = args.out / f"figure-{name}.glb"
            tri = loft3d_people.write(name, VARIANTS[name], path)
            print(f"  {path.name}: {tri} triangles, {path.stat().st_size / 1e3:.0f} kB")
    elif step in ROOMS:
        import loft3d_bake

        folder, pixels, detail, share = ROOMS[step]
        samples = round(args.samples * share)
        if args.draft:
            pixels, samples = pixels // 2, 12
        loft3d_bake.bake(args.work / folder, pixels, samples, detail)
    elif step == "theme":
        import loft3d_preview
        import loft3d_theme

        loft3d_preview.write(loft3d_theme.write(args.work, args.out))
    else:
        raise SystemExit(f"unknown step {step!r}; use {', '.join(STEPS)}")


if __name__ == "__main__":
    raise SystemExit(main())
