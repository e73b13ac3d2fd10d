"""From the linear renders of the night lab to its 8-bit pictures; needs no Blender, takes seconds."""

import json
import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

import grade
from plan import CANVAS, D, H, W
from project import project

LOOK = {
    "exposure": 1.45,
    "gamma": 0.98,
    "saturation": 1.0,
    "lift": 0.02,
    "toe": 0.4,
    "veil": (0.22, 0.20, 0.42),
}
GLOW = 0.06  # bloom of the plate


def outside(size: tuple[int, int]) -> np.ndarray:
    """1 where the picture shows no part of the room, 0 inside, soft between; (h, w)."""
    scale = size[0] / CANVAS[0]
    top, low, t = H + 0.08, -0.26, 0.26
    outline = (
        (-t, 0, low),
        (-t, 0, top),
        (-t, D + t, top),
        (W, D + t, top),
        (W + t, D + t, low),
        (W + t, -t, low),
    )
    corners = [project(*p) for p in (*outline, (-t, -t, low))]
    mask = Image.new("L", size, 255)
    ImageDraw.Draw(mask).polygon([(x * scale, y * scale) for x, y in corners], fill=0)
    return np.asarray(mask.filter(ImageFilter.GaussianBlur(16 * scale)), np.float32) / 255


def stars(size: tuple[int, int], seed: int = 8) -> np.ndarray:
    """Light of a sparse sky, strongest at the top, zero in the lower half; (h, w, 3)."""
    w, h = size
    scale, rng = w / CANVAS[0], np.random.default_rng(seed)
    sheet = np.zeros((h, w, 3), np.float32)
    tones = np.float32(((0.80, 0.86, 1.0), (1.0, 0.84, 0.96), (0.72, 0.95, 1.0)))
    for _ in range(230):
        x, y = rng.uniform(0, 1) * (w - 1), rng.uniform(0, 0.62) * (h - 1)
        size_px, light = (
            rng.choice((0.8, 1.0, 1.4, 2.0), p=(0.45, 0.3, 0.18, 0.07)) * scale,
            rng.uniform(0.25, 0.9),
        )
        r = math.ceil(size_px * 3)
        x0, y0, x1, y1 = (
            max(0, int(x) - r),
            max(0, int(y) - r),
            min(w, int(x) + r + 1),
            min(h, int(y) + r + 1),
        )
        gy, gx = np.mgrid[y0:y1, x0:x1]
        dot = np.exp(-((gx - x) ** 2 + (gy - y) ** 2) / (2 * size_px**2)) * light
        sheet[y0:y1, x0:x1] += dot[..., None] * tones[rng.integers(3)]
    fade = np.clip((0.62 - np.arange(h) / h) / 0.35, 0, 1)
    return sheet * fade[:, None, None]


def plate(room: Path, target: Path) -> None:
    """Grade plate.npy into the background; its rim colour goes to edge.json."""
    linear = np.load(room / "plate.npy").astype(np.float32)[..., :3]
    c = grade.look(grade.bloom(linear, 1.05, GLOW), **LOOK)
    size = c.shape[1::-1]
    light = stars(size) * outside(size)[..., None]
    c = grade.dither(1 - (1 - c) * (1 - np.clip(light, 0, 1)))
    c, edge = grade.melt_edges(c)
    Image.fromarray((np.clip(c, 0, 1) * 255 + 0.5).astype(np.uint8)).save(target, optimize=True)
    (room / "edge.json").write_text(json.dumps({"edge": edge}))


def sprites(room: Path) -> None:
    """Grade every loose piece again."""
    for path in sorted((room / "sprites").glob("*.npy")):
        image = grade.sprite_array(np.load(path).astype(np.float32), shadow=None, **LOOK)
        Image.fromarray(image).save(path.with_suffix(".png"), optimize=True)
