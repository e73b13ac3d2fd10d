"""The 3D template: a room of boxes, and a figure with a clip for every state. Metres, +Y up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from office_studio.core.theme.templates import office2d
from office_studio.core.theme.templates.boxes import Part, Track, Vec3, boxes_glb
from office_studio.core.theme.templates.painting import Painting

_WOOD, _DARK = "#b98556", "#94653d"


def room() -> tuple[dict[str, Any], dict[str, bytes]]:
    """Manifest fields and files by name."""
    flat = office2d.minimal()[0]
    places = {"desk": [-1.4, 0.05, -0.4], "playground": [0.6, 0.05, 1.2], "bed": [1.9, 0.05, -0.9]}
    document: dict[str, Any] = {
        "renderer": "threejs",
        "canvas": {"width": 1920, "height": 1080, "background": {"image": "background.png", "color": "0xBFE0F0"}},
        "viewport": flat["viewport"],
        "layers": [],
        "zones": [],
        "furniture": [],
        "room": {"model": "room.glb", "scale": [1, 1, 1]},
        "character": {
            "model": "figure.glb",
            "scale": [1, 1, 1],
            "height": 1.6,
            "animations": {key: key for key in _clips()},
            "positions": places,
        },
        "camera": {"type": "orthographic", "position": [7, 7, 6], "target": [0, 0, 0], "zoom": 1},
        "lighting": {
            "ambient": {"color": "0xFFFFFF", "intensity": 1.4},
            "directional": {"color": "0xFFF1DC", "intensity": 1.6, "position": [4, 8, 6]},
        },
        "maxAgents": 1,
    }
    files = {"room.glb": boxes_glb(_room()), "figure.glb": boxes_glb(_figure(), _clips())}
    sky = Painting(1920, 1080, "#bfe0f0")
    for y in range(0, 1080, 8):
        sky.rect((0, y, 1920, y + 8), f"#{191 + y // 30:02x}{224 + y // 60:02x}{240 + y // 120:02x}")
    return document, files | {"background.png": sky.png(), "preview.png": _preview()}


def _room() -> list[Part]:
    white, floor, screen = "#f4ede3", "#dcc8ab", "#29324a"
    return [
        Part("floor", (0, 0, 0), (6, 0.1, 5), floor),
        Part("wall-back", (0, 1.5, -2.55), (6.2, 3.1, 0.1), white),
        Part("wall-left", (-3.05, 1.5, 0), (0.1, 3.1, 5), white),
        Part("window", (0.6, 1.8, -2.48), (1.8, 1.1, 0.06), "#8cc4dd"),
        Part("rug", (0.6, 0.06, 1.2), (2.2, 0.03, 1.6), "#c9d6df"),
        Part("desk-top", (-1.4, 0.76, -1.3), (1.7, 0.06, 0.8), _WOOD),
        *(Part(f"desk-leg-{n}", (-1.4 + x, 0.4, -1.3 + z), (0.07, 0.7, 0.07), _DARK)
          for n, (x, z) in enumerate(((-0.75, -0.3), (0.75, -0.3), (-0.75, 0.3), (0.75, 0.3)), 1)),
        Part("screen", (-1.4, 1.12, -1.5), (0.8, 0.48, 0.05), screen),
        Part("screen-foot", (-1.4, 0.84, -1.5), (0.1, 0.12, 0.1), screen),
        Part("bed", (1.9, 0.28, -1.5), (1.2, 0.36, 1.9), "#5d8a7d"),
        Part("pillow", (1.9, 0.5, -2.15), (0.8, 0.12, 0.4), "#ffffff"),
        Part("pot", (-2.5, 0.25, 1.8), (0.4, 0.4, 0.4), "#d98c5f"),
        Part("leaves", (-2.5, 0.85, 1.8), (0.6, 0.8, 0.6), "#4c8c5a"),
    ]  # fmt: skip


def _figure() -> list[Part]:
    skin, shirt, trousers = "#f2c9a1", "#3f7cac", "#343a52"
    return [
        Part("hips", (0, 0.78, 0), (0.34, 0.16, 0.22), trousers),
        Part("chest", (0, 0.08, 0), (0.4, 0.46, 0.24), shirt, (0, 0.23, 0), "hips"),
        Part("head", (0, 0.5, 0), (0.3, 0.28, 0.28), skin, (0, 0.14, 0), "chest"),
        Part("hair", (0, 0.26, -0.02), (0.34, 0.1, 0.34), "#4a3428", parent="head"),
        Part("eye-left", (0.07, 0.15, 0.14), (0.04, 0.05, 0.02), "#2a2336", parent="head"),
        Part("eye-right", (-0.07, 0.15, 0.14), (0.04, 0.05, 0.02), "#2a2336", parent="head"),
        Part("arm-left", (0.26, 0.42, 0), (0.11, 0.46, 0.12), skin, (0, -0.2, 0), "chest"),
        Part("arm-right", (-0.26, 0.42, 0), (0.11, 0.46, 0.12), skin, (0, -0.2, 0), "chest"),
        Part("leg-left", (0.1, -0.06, 0), (0.14, 0.72, 0.16), trousers, (0, -0.36, 0), "hips"),
        Part("leg-right", (-0.1, -0.06, 0), (0.14, 0.72, 0.16), trousers, (0, -0.36, 0), "hips"),
    ]


def _turn(axis: Vec3, degrees: float) -> list[float]:
    half = math.radians(degrees) / 2
    return [*(part * math.sin(half) for part in axis), math.cos(half)]


def _swing(part: str, degrees: Sequence[float], seconds: float, axis: Vec3 = (1, 0, 0)) -> Track:
    """Turns to each angle in turn, evenly over the time."""
    times = [seconds * number / (len(degrees) - 1) for number in range(len(degrees))]
    return Track(part, "rotation", times, [_turn(axis, angle) for angle in degrees])


def _lift(heights: Sequence[float], seconds: float) -> Track:
    times = [seconds * number / (len(heights) - 1) for number in range(len(heights))]
    return Track("hips", "translation", times, [[0, height, 0] for height in heights])


def _limbs(angle: float, seconds: float) -> list[Track]:
    there, back = [0, angle, 0, -angle, 0], [0, -angle, 0, angle, 0]
    limbs = {"leg-left": there, "leg-right": back, "arm-left": back, "arm-right": there}
    return [_swing(part, angles, seconds) for part, angles in limbs.items()]


def _clips() -> dict[str, list[Track]]:
    """One for each key that the office plays (3D theme format, 8.6)."""
    sit = [_swing("leg-left", [0, -85], 0.8), _swing("leg-right", [0, -85], 0.8)]
    return {
        "idle": [_lift([0.78, 0.765, 0.78], 2.4), _swing("head", [0, 4, 0, -4, 0], 4.8, (0, 1, 0))],
        "walk": [*_limbs(32, 0.9), _lift([0.78, 0.75, 0.78, 0.75, 0.78], 0.9)],
        "sleeping": [_swing("hips", [-90, -90], 3), _lift([0.62, 0.635, 0.62], 3)],
        "stand_up": [_swing("hips", [-90, 0], 1.2), _lift([0.62, 0.78], 1.2)],
        "walk_to_sit": [*sit, _lift([0.78, 0.5], 0.8)],
        "lie_down": [_swing("hips", [0, -90], 1.2), _lift([0.5, 0.62], 1.2)],
        "dance": [_swing("chest", [0, 14, 0, -14, 0], 1.2, (0, 0, 1)), *_limbs(20, 1.2)],
        "swing": [_swing("arm-left", [0, -150, 0], 1.4), _swing("arm-right", [0, -150, 0], 1.4)],
        "crunch": [_swing("chest", [0, 45, 0], 1.6)],
        "pushup": [_swing("hips", [80, 70, 80], 1.6), _lift([0.4, 0.5, 0.4], 1.6)],
        "pushup_to_idle": [_swing("hips", [80, 0], 1), _lift([0.4, 0.78], 1)],
    }


def _preview() -> bytes:
    """The room from the front and above, as shapes."""
    picture = Painting(640, 360, "#bfe0f0")
    picture.rect((90, 60, 550, 220), "#f4ede3", 4)
    picture.rect((90, 216, 550, 330), "#dcc8ab", 4)
    picture.rect((330, 90, 450, 160), "#8cc4dd", 3)
    picture.rect((300, 250, 440, 310), "#c9d6df", 12)
    picture.rect((150, 196, 270, 208), _WOOD, 3)
    picture.rect((158, 206, 166, 244), _DARK)
    picture.rect((254, 206, 262, 244), _DARK)
    picture.rect((184, 156, 238, 190), "#29324a", 3)
    picture.rect((460, 200, 540, 260), "#5d8a7d", 10)
    picture.rect((350, 214, 376, 262), "#3f7cac", 6)
    picture.rect((352, 258, 374, 292), "#343a52", 3)
    picture.ellipse((350, 188, 376, 216), "#f2c9a1")
    picture.ellipse((348, 184, 378, 202), "#4a3428")
    return picture.png()
