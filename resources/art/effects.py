"""Soft light sprites, screen-blended: sun on the floor, lamp glow, string lights, steam."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from plan import LAMP, LINTEL, SILL, STEAM, STRING, SUN_DIR, WINDOWS, D, W
from project import project


def write(out: Path) -> list[dict]:
    """Save the pictures; manifest entries."""
    return [_sun(out), _lamp(out), _string(out), _steam(out)]


def _save(out: Path, name: str, rgb: tuple[int, int, int], alpha: np.ndarray) -> str:
    """One colour with a soft alpha channel (0..1)."""
    a = (np.clip(alpha, 0, 1) * 255 + 0.5).astype(np.uint8)
    pixels = np.empty((*a.shape, 4), np.uint8)
    pixels[..., :3], pixels[..., 3] = rgb, a
    pixels[a == 0] = 0
    Image.fromarray(pixels).save(out / name, optimize=True)
    return name


def _pulse(low: float, high: float, seconds: float) -> dict:
    return {"type": "pulse", "minOpacity": low, "maxOpacity": high, "duration": round(seconds * 1000)}


def _sun(out: Path) -> dict:
    """Warm patches where the windows throw the sun on the floor: the window outlines moved along the sun."""
    patches = []
    for y0, y1 in WINDOWS:
        corners = []
        for y, z in ((y0, SILL), (y1, SILL), (y1, LINTEL), (y0, LINTEL)):
            t = z / -SUN_DIR[2]
            corners.append((min(W, t * SUN_DIR[0]), min(D - 0.02, y + t * SUN_DIR[1])))
        patches.append([project(x, y) for x, y in corners])
    xs = [p[0] for c in patches for p in c]
    ys = [p[1] for c in patches for p in c]
    pad = 30
    x0, y0 = int(min(xs)) - pad, int(min(ys)) - pad
    w, h = int(max(xs)) + pad - x0, int(max(ys)) + pad - y0
    mask = Image.new("L", (w, h))
    for corners in patches:
        ImageDraw.Draw(mask).polygon([(x - x0, y - y0) for x, y in corners], fill=255)
    alpha = np.asarray(mask.filter(ImageFilter.GaussianBlur(9)), np.float32) / 255
    name = _save(out, "effect-sun.png", (255, 214, 150), alpha * 0.55)
    return {
        "id": "sun",
        "type": "sprite",
        "sprite": name,
        "layer": "floor-decor",
        "x": x0,
        "y": y0,
        "width": w,
        "height": h,
        "opacity": 0.3,
        "blendMode": "screen",
        "animation": _pulse(0.0, 0.55, 9),
    }


def _glow(radius: float, squash: float = 1.0, power: float = 2.2) -> np.ndarray:
    """Round fall-off, 1 in the middle, 0 at `radius` pixels."""
    n = int(radius)
    y, x = np.mgrid[-n : n + 1, -n : n + 1] / radius
    return np.clip(1 - np.hypot(x, y / squash), 0, 1) ** power


def _lamp(out: Path) -> dict:
    alpha = _glow(120) * 0.5
    x, y = project(*LAMP)
    n = alpha.shape[0]
    name = _save(out, "effect-lamp.png", (255, 205, 130), alpha)
    return {
        "id": "lamp-glow",
        "type": "sprite",
        "sprite": name,
        "layer": "effects",
        "x": round(x - n / 2, 1),
        "y": round(y - n / 2, 1),
        "width": n,
        "height": n,
        "opacity": 0.8,
        "blendMode": "screen",
        "animation": _pulse(0.55, 1.0, 6),
    }


def _string(out: Path) -> dict:
    """One picture for all bulbs of the string lights."""
    spots = [project(*p) for p in STRING[1::3]]
    pad = 24
    x0, y0 = int(min(p[0] for p in spots)) - pad, int(min(p[1] for p in spots)) - pad
    w, h = int(max(p[0] for p in spots)) + pad - x0, int(max(p[1] for p in spots)) + pad - y0
    alpha = np.zeros((h, w), np.float32)
    dot = _glow(18)
    n = dot.shape[0] // 2
    for x, y in spots:
        cx, cy = round(x - x0), round(y - y0)
        part = alpha[cy - n : cy + n + 1, cx - n : cx + n + 1]
        np.maximum(part, dot * 0.75, out=part)
    name = _save(out, "effect-string-lights.png", (255, 214, 120), alpha)
    return {
        "id": "string-lights",
        "type": "sprite",
        "sprite": name,
        "layer": "floor-decor",
        "x": x0,
        "y": y0,
        "width": w,
        "height": h,
        "opacity": 0.9,
        "blendMode": "screen",
        "animation": _pulse(0.5, 1.0, 5),
    }


def _steam(out: Path) -> dict:
    """Two curls over the coffee machine."""
    w, h = 56, 84
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    t = 1 - y / h  # 0 at the cup, 1 at the top
    alpha = np.zeros((h, w), np.float32)
    for shift, phase in ((-9, 0.0), (9, 1.7)):
        middle = w / 2 + shift + 6 * np.sin(t * 6.3 + phase) * t
        alpha += np.exp(-(((x - middle) / (2.2 + 4.5 * t)) ** 2)) * np.clip(4 * t, 0, 1) * (1 - t) ** 1.4
    name = _save(out, "effect-steam.png", (255, 252, 246), alpha * 0.5)
    cx, cy = project(*STEAM)
    return {
        "id": "steam",
        "type": "sprite",
        "sprite": name,
        "layer": "effects",
        "x": round(cx - w / 2, 1),
        "y": round(cy - h, 1),
        "width": w,
        "height": h,
        "opacity": 0.7,
        "blendMode": "screen",
        "animation": _pulse(0.25, 0.9, 4),
    }
