"""The office that benchmarks draw: a theme with as many seats as agents, in a folder that any renderer reads.

``synthetic_theme(folder, seats)`` writes ``theme.json``, ``background.png`` (1920 × 1080), ``people.png`` with its JSON
Hash atlas ``people.json`` (frames of 48 × 64 px, every state in directions ``down`` and ``right``) and ``preview.png``.
Half of the seats lie in a work zone, half in a lounge, spread evenly. ``agents(n)`` are those who sit there.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

from PIL import Image, ImageDraw

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Agent, AgentStatus
from office_studio.services.theme_loader import LoadedTheme, load_theme

CANVAS = (1920, 1080)
FRAME = (48, 64)
# Name: frames, frames per second.
STATES = {"idle": (4, 2), "working": (8, 4), "walking": (6, 8), "meeting": (4, 2), "coffee": (4, 2), "blocked": (4, 2)}
DIRECTIONS = ("down", "right")
STATUSES = (AgentStatus.WORKING, AgentStatus.IDLE, AgentStatus.WORKING, AgentStatus.COLLABORATING, AgentStatus.WORKING)
COLORS = {"working": "#16A34A", "idle": "#F59E0B", "blocked": "#DC2626", "collaborating": "#2563EB"}


def synthetic_theme(folder: Path, seats: int) -> LoadedTheme:
    """Write a theme with ``seats`` seats into ``folder`` (made when absent) and load it."""
    folder.mkdir(parents=True, exist_ok=True)
    _background().save(folder / "background.png")
    _background().resize((640, 360)).save(folder / "preview.png")
    _people(folder)
    (folder / "theme.json").write_text(json.dumps(_manifest(seats)), encoding="utf-8")
    return load_theme(folder)


def agents(n: int, *, blocked_every: int = 40) -> list[LiveAgent]:
    """``n`` agents: three fifths work, one is idle, one collaborates; every ``blocked_every``-th is blocked."""
    return [agent(i, AgentStatus.BLOCKED if i % blocked_every == 7 else STATUSES[i % len(STATUSES)]) for i in range(n)]


def agent(number: int, status: AgentStatus) -> LiveAgent:
    ident = f"agent-{number}"
    task = "Refactor the invoice export" if status is AgentStatus.WORKING else None
    return LiveAgent(Agent(ident, f"Agent {number}", status, current_task=task), status, 0)


def seat_points(seats: int) -> list[tuple[float, float]]:
    """Foot points on an even grid over the canvas, in reading order."""
    columns = max(4, math.ceil((seats * 16 / 9) ** 0.5))
    rows = max(1, math.ceil(seats / columns))
    return [(60 + (i % columns + 0.5) * 1800 / columns, 100 + (i // columns + 0.5) * 940 / rows) for i in range(seats)]


# -- inside --------------------------------------------------------------------------------------------
def _manifest(seats: int) -> dict[str, object]:
    points = seat_points(seats)
    half = max(1, (seats + 1) // 2)
    zones = []
    for kind, mine in (("work", points[::2]), ("lounge", points[1::2])):
        places = [
            {"id": f"{kind}-{i}", "x": round(x, 2), "y": round(y, 2), "direction": "down"}
            for i, (x, y) in enumerate(mine or points[:1])
        ]
        bounds = {"x": 40, "y": 60, "width": 1840, "height": 1000}
        zones.append(
            {"id": kind, "name": kind.title(), "type": kind, "bounds": bounds, "capacity": half, "seats": places}
        )
    names = {"background": 0, "furniture": 20, "characters": 30, "effects": 50, "ui-overlay": 100}
    return {
        "id": "synthetic",
        "name": "Synthetic",
        "version": "1.0.0",
        "author": {"name": "Office Studio", "id": "office-studio"},
        "description": "A room for benchmarks.",
        "tags": [],
        "preview": "preview.png",
        "license": "standard",
        "renderer": "pixi",
        "maxAgents": seats,
        "canvas": {
            "width": CANVAS[0],
            "height": CANVAS[1],
            "background": {"image": "background.png", "color": "#0F172A"},
        },
        "viewport": {"minZoom": 0.5, "maxZoom": 8, "defaultZoom": 1, "panBounds": True},
        "layers": [{"id": name, "zIndex": z} for name, z in names.items()],
        "zones": zones,
        "furniture": [],
        "characters": {
            "atlas": "people.json",
            "frameWidth": FRAME[0],
            "frameHeight": FRAME[1],
            "anchor": {"x": 0.5, "y": 1},
            "hitArea": {"type": "rect", "x": -24, "y": -64, "width": 48, "height": 64},
            "nameTag": {
                "offsetY": -68,
                "font": "12px sans-serif",
                "color": "#FFFFFF",
                "bgColor": "rgba(0,0,0,0.55)",
                "padding": {"x": 6, "y": 2},
                "borderRadius": 4,
                "maxWidth": 100,
            },
            "statusBadge": {"offsetX": 18, "offsetY": -58, "radius": 5, "colors": COLORS},
            "states": {
                name: {"prefix": f"char-{name}", "frames": frames, "fps": fps, "loop": True}
                for name, (frames, fps) in STATES.items()
            },
            "directions": list(DIRECTIONS),
        },
    }


def _background() -> Image.Image:
    """Floor boards under a soft light, so that nothing compresses into one colour."""
    image = Image.new("RGB", CANVAS, (222, 205, 180))
    draw = ImageDraw.Draw(image)
    for row in range(0, CANVAS[1], 36):
        shift = (row // 36 % 3) * 80
        for column in range(-240, CANVAS[0], 240):
            shade = (row * 7 + column * 13) % 18
            box = (column + shift, row, column + shift + 238, row + 34)
            draw.rectangle(box, fill=(226 - shade, 208 - shade, 182 - shade))
    glow = Image.linear_gradient("L").resize(CANVAS)
    return Image.composite(image, Image.new("RGB", CANVAS, (150, 126, 120)), glow.point(lambda v: 255 - v // 3))


def _people(folder: Path) -> None:
    wide, high = FRAME
    rows = [(state, direction) for state in STATES for direction in DIRECTIONS]
    sheet = Image.new("RGBA", (512, 1024), (0, 0, 0, 0))
    frames: dict[str, object] = {}
    for row, (state, direction) in enumerate(rows):
        for column in range(STATES[state][0]):
            x, y = column * wide, row * high
            sheet.alpha_composite(_figure(state, direction, column / STATES[state][0]), (x, y))
            frames[f"char-{state}-{direction}-{column}"] = {
                "frame": {"x": x, "y": y, "w": wide, "h": high},
                "rotated": False,
                "trimmed": False,
                "spriteSourceSize": {"x": 0, "y": 0, "w": wide, "h": high},
                "sourceSize": {"w": wide, "h": high},
            }
    sheet.save(folder / "people.png")
    meta = {"image": "people.png", "format": "RGBA8888", "size": {"w": 512, "h": 1024}, "scale": "1"}
    (folder / "people.json").write_text(json.dumps({"frames": frames, "meta": meta}), encoding="utf-8")


def _figure(state: str, direction: str, turn: float) -> Image.Image:
    """One frame, drawn four times as large and shrunk for soft edges."""
    image = Image.new("RGBA", (FRAME[0] * 4, FRAME[1] * 4), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    bob = round(5 * math.sin(turn * 2 * math.pi))
    step = round(18 * math.sin(turn * 2 * math.pi)) if state == "walking" else 0
    shirt = COLORS.get({"meeting": "collaborating", "coffee": "idle", "walking": "working"}.get(state, state), "#555")
    lean = 10 if direction == "right" else 0
    draw.ellipse((40, 236, 152, 256), fill=(60, 40, 60, 60))
    draw.rounded_rectangle((66 + step, 170, 90 + step, 248), 10, fill="#3A3348")
    draw.rounded_rectangle((102 - step, 170, 126 - step, 248), 10, fill="#3A3348")
    draw.rounded_rectangle((52, 100 + bob, 140, 190), 26, fill=shirt)
    draw.ellipse((48 + lean, 20 + bob, 144 + lean, 116 + bob), fill="#F1C9A5")
    draw.pieslice((46 + lean, 14 + bob, 146 + lean, 104 + bob), 180, 360, fill="#5A3A2E")
    return image.resize(FRAME, Image.Resampling.LANCZOS)
