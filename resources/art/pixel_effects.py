"""Lights of the pixel loft: small pictures in flat steps, blended onto the room, each with one animation."""

import math
from pathlib import Path

import numpy as np
from PIL import Image

import pixel_palette as palette
import pixel_plan as plan
from pixel_plan import PLACES, UNIT, D, W, art

STEPS = (0.22, 0.42, 0.70)  # alpha of the rings of a glow, from outside


def write(out: Path) -> list[dict]:
    """Save the pictures; manifest entries."""
    tx, ty, _ = PLACES["television"]
    lx, ly, _ = PLACES["floor-lamp"]
    screens = [(PLACES[f"arcade-{k}"][0], PLACES[f"arcade-{k}"][1] - 0.14, 1.02) for k in (1, 2)]
    pulse, flicker = _pulse(0.35, 0.9, 4.5), {"type": "flicker", "interval": 1700, "minOpacity": 0.3}
    return [
        _sun(out),
        _glow(out, "lamp", (lx, ly, 1.14), "yellow", 27, _pulse(0.45, 0.95, 6.0)),
        _glow(out, "television", (tx + 0.26, ty, 0.52), "blue", 19, flicker),
        _glow(out, "arcade-1", screens[0], "teal", 16, flicker | {"interval": 1100, "minOpacity": 0.2}),
        _glow(out, "arcade-2", screens[1], "pink", 16, flicker | {"interval": 1400, "minOpacity": 0.2}),
        _glow(out, "neon", (2.62, D - 0.05, 1.62), "pink", 25, pulse, squash=0.5),
        _ripples(out),
        _leds(out),
        _steam(out),
    ]


def _pulse(low: float, high: float, seconds: float) -> dict:
    return {"type": "pulse", "minOpacity": low, "maxOpacity": high, "duration": round(seconds * 1000)}


def _entry(out: Path, name: str, pixels: np.ndarray, at, animation: dict, **more) -> dict:
    """Save a picture and describe it; `at` is its top left corner in art pixels."""
    pixels[pixels[..., 3] == 0] = 0
    Image.fromarray(pixels).save(out / f"effect-{name}.png", optimize=True)
    h, w = pixels.shape[:2]
    entry = {
        "id": name,
        "type": "sprite",
        "sprite": f"effect-{name}.png",
        "layer": "effects",
        "x": int(at[0]) * UNIT,
        "y": int(at[1]) * UNIT,
        "width": w * UNIT,
        "height": h * UNIT,
        "opacity": 0.7,
        "blendMode": "screen",
        "animation": animation,
    }
    return entry | more


def _flat(mask: np.ndarray, ramp: str, tone: int, alpha) -> np.ndarray:
    """One colour of the palette where `alpha` (0..1) is not zero."""
    pixels = np.zeros((*mask.shape, 4), np.uint8)
    pixels[..., :3] = palette.INDEX[palette.colour(ramp, tone)]
    pixels[..., 3] = np.round(mask * alpha * 255)
    return pixels


def _glow(out, name, at, ramp, radius, animation, squash=1.0):
    """Three flat rings around a lamp or a screen."""
    u, v = (math.floor(c) for c in art(*at))
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    d = np.hypot(x, y / squash) / radius
    alpha = sum(
        np.where(d < edge, step, 0)
        for edge, step in zip((1.0, 0.68, 0.36), np.diff((0, *STEPS)), strict=True)
    )
    rows = np.nonzero(alpha.any(1))[0]
    alpha = alpha[rows[0] : rows[-1] + 1]
    pixels = _flat(np.ones(alpha.shape), ramp, 2, alpha * 0.62)
    return _entry(out, f"glow-{name}", pixels, (u - radius, v - len(alpha) // 2), animation)


def _sun(out):
    """The evening sun through the windows, on the floor under all furniture."""
    from pixel_floor import beam

    v, u = np.mgrid[0 : plan.ART[1], 0 : plan.ART[0]] + 0.5
    x, y = unproject(u, v)
    mask = beam(x, y) & (x > 0.1) & (x < W) & (y > 0.1) & (y < D - 0.05)
    ys, xs = np.nonzero(mask)
    part = mask[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    pixels = _flat(part, "orange", 3, 0.75)
    return _entry(out, "sun", pixels, (xs.min(), ys.min()), _pulse(0.0, 0.55, 11.0), layer="floor-decor")


def unproject(u, v):
    """Art pixels -> metres on the floor."""
    ou, ov = art(0, 0)
    across, down = (u - ou) / plan.PPM, (v - ov) / (plan.PPM * math.sin(plan.ELEV))
    c, s = math.cos(plan.YAW), math.sin(plan.YAW)
    return across * c + down * s, across * s - down * c


def _ripples(out):
    """Light that moves in the aquarium: slanted dashes on its front."""
    x, y, _ = PLACES["aquarium"]
    left, right = art(x - 0.50, y - 0.19, 0), art(x + 0.50, y - 0.19, 0)
    top, low = art(x, y, 1.03)[1] - art(x, y, 0)[1], art(x, y, 0.62)[1] - art(x, y, 0)[1]
    u0, v0 = math.floor(left[0]), math.floor(left[1] + top)
    w, h = math.ceil(right[0]) - u0, math.ceil(right[1] + low) - v0
    mask = np.zeros((h, w))
    for k in range(w):
        start = round(k / 3)
        for r in range(round(low - top)):
            if (k + 2 * r) % 15 < 3 and start + r < h and r % 5 < 4:
                mask[start + r, k] = 1
    pixels = _flat(mask, "white", 2, 0.5)
    return _entry(out, "aquarium-light", pixels, (u0, v0), _pulse(0.0, 0.75, 3.2))


def _leds(out):
    """Some of the server's lamps go out for a moment."""
    x, y, _ = PLACES["server"]
    spots = [
        art(x - 0.14 + 0.09 * i, y - 0.27, 0.17 + 0.17 * j)
        for i, j in ((0, 0), (2, 1), (1, 3), (0, 4), (2, 5))
    ]
    us, vs = [math.floor(s[0]) for s in spots], [math.floor(s[1]) for s in spots]
    mask = np.zeros((max(vs) - min(vs) + 2, max(us) - min(us) + 2))
    for u, v in zip(us, vs, strict=True):
        mask[v - min(vs) : v - min(vs) + 2, u - min(us) : u - min(us) + 2] = 1
    pixels = _flat(mask, "red", 2, 1.0)
    animation = {"type": "flicker", "interval": 900, "minOpacity": 0.0}
    return _entry(out, "server-lamps", pixels, (min(us), min(vs)), animation, blendMode="normal", opacity=0.9)


def _steam(out):
    """Two puffs over the coffee machine."""
    x, y, _ = PLACES["coffee-bar"]
    rows = (".....##.", "....####", "##...##.", "###.....", ".##..#..", "....###.", "..#..#..", ".##.....")
    mask = np.array([[c == "#" for c in row] for row in rows], float)
    mask = mask.repeat(2, 0).repeat(2, 1)
    u, v = art(x - 0.62, y - 0.05, 1.36)
    pixels = _flat(mask, "white", 2, 0.55)
    motion = {"type": "bob", "distance": 12, "duration": 3600}
    return _entry(out, "steam", pixels, (round(u) - 8, round(v) - 16), motion, opacity=0.8)
