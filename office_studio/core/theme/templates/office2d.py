"""The 2D templates: a room with four desks, and an office with all that the format offers. Sizes in canvas units."""

from __future__ import annotations

import io
import math
import random
import wave
from collections.abc import Mapping
from typing import Any

from office_studio.core.theme.templates.painting import Box, Painting

WIDTH, HEIGHT = 1920, 1080
PREVIEW = (640, 360)
CELL = 256  # pixels of one figure in the sheet; offices draw it 140 canvas units high
_DRAWN = 192  # the side that figures are drawn at
_FLOOR, _PLANK, _WALL, _SKIRTING = "#e9d8c0", "#dcc8ab", "#f4ede3", "#cdb79a"
_WOOD, _WOOD_DARK, _SCREEN, _SKIN = "#b98556", "#94653d", "#29324a", "#f2c9a1"
_SHIRT, _SHIRT_DARK, _HAIR, _TROUSERS = "#3f7cac", "#2f6189", "#4a3428", "#343a52"
_LAYERS = [("background", 0), ("furniture", 20), ("characters", 30), ("effects", 50), ("ui-overlay", 100)]
_DESKS = ((420, 420), (820, 420), (420, 760), (820, 760))  # where the desk's lower edge has its middle


def minimal() -> tuple[dict[str, Any], dict[str, bytes]]:
    """One room, four desks painted into the background, one figure. Returns manifest fields and files by name."""
    room = _room()
    _rug(room, (260, 300, 1000, 900), "#c9d6df")
    seats = []
    for number, (x, y) in enumerate(_DESKS, 1):
        _stand(room, _desk(), x, y)
        seats.append({"id": f"desk-{number}", "label": f"Desk {number}", "x": x, "y": y + 64, "direction": "up"})
    zones = [_zone("work", "Work", "work", (260, 300, 1000, 900), seats), _meeting(room, (1180, 380, 1700, 800))]
    files = {"background.png": room.png(), "characters.png": figure_sheet(), "preview.png": room.png(PREVIEW)}
    return _manifest(zones), files


def full() -> tuple[dict[str, Any], dict[str, bytes]]:
    """Work, meeting and lounge, furniture that figures walk around, light, sound, ways, a background for 2x screens."""
    room = _room()
    _rug(room, (240, 270, 1000, 900), "#c9d6df")
    _rug(room, (1120, 620, 1760, 980), "#e2c4b8")
    files: dict[str, bytes] = {"desk.png": _desk().png(), "plant.png": _plant().png(), "sofa.png": _sofa().png()}
    files |= {"table.png": _table().png(), "lamp-light.png": _light().png(), "ambience.wav": _ambience()}
    furniture, seats, obstacles = [], [], []
    for number, (x, y) in enumerate(_DESKS, 1):
        furniture.append(_piece(f"desk-{number}", "desk.png", x, y, 240, 150))
        obstacles.append(_polygon((x - 120, y - 40, x + 120, y - 2)))
        seats.append({"id": f"seat-{number}", "label": f"Desk {number}", "x": x, "y": y + 50, "direction": "up"})
    furniture += [_piece("table", "table.png", 1440, 480, 360, 150), _piece("sofa", "sofa.png", 1440, 760, 420, 160)]
    furniture += [
        _piece(f"plant-{side}", "plant.png", x, 340, 110, 190) for side, x in (("left", 170), ("right", 1800))
    ]
    obstacles += [_polygon((1260, 400, 1620, 478)), _polygon((1230, 690, 1650, 756))]
    zones = [
        _zone("work", "Work", "work", (240, 270, 1000, 900), seats),
        _zone("meeting", "Meeting", "meeting", (1160, 300, 1720, 580), [
            {"id": f"table-{n}", "label": f"Table {n}", "x": x, "y": 530, "direction": "up"}
            for n, x in enumerate((1320, 1440, 1560), 1)
        ]),
        _zone("lounge", "Lounge", "lounge", (1120, 620, 1760, 980), [
            {"id": f"sofa-{n}", "label": f"Sofa {n}", "x": x, "y": 800, "direction": "down"}
            for n, x in enumerate((1330, 1550), 1)
        ]),
    ]  # fmt: skip
    more: dict[str, Any] = {
        "furniture": furniture,
        "effects": [{
            "id": "lamp-light", "type": "sprite", "sprite": "lamp-light.png", "layer": "effects", "x": 1260, "y": 560,
            "width": 360, "height": 360, "opacity": 0.7, "blendMode": "screen",
            "animation": {"type": "pulse", "minOpacity": 0.45, "maxOpacity": 0.8, "duration": 5000},
        }],
        "audio": {"ambient": {"src": "ambience.wav", "volume": 0.3, "loop": True}},
        "quality": {"high": {"background": {"image": "background.png"}},
                    "performance": {"background": {"image": "background-small.png"}}},
        "navigation": {"floor": [_polygon((80, 320, 1840, 1040))], "obstacles": obstacles,
                       "entrance": {"x": 960, "y": 1020}},
    }  # fmt: skip
    document = _manifest(zones) | more
    document["canvas"]["background"] |= {"image2x": "background-2x.png", "mobile": "background-small.png"}
    files |= {"background.png": room.png(), "background-2x.png": room.png((WIDTH * 2, HEIGHT * 2))}
    files |= {"background-small.png": room.png((WIDTH // 2, HEIGHT // 2)), "characters.png": figure_sheet()}
    draw = {"desk.png": _desk, "plant.png": _plant, "sofa.png": _sofa, "table.png": _table}
    for piece in furniture:
        _stand(room, draw[piece["sprite"]](), piece["x"], piece["y"])
    return document, files | {"preview.png": room.png(PREVIEW)}


# -- manifest ------------------------------------------------------------------------------------------------
def _manifest(zones: list[dict[str, Any]]) -> dict[str, Any]:
    states = {"idle": ("char-idle", 2), "working": ("char-working", 3), "walking": ("char-walk", 8)}
    return {
        "canvas": {
            "width": WIDTH,
            "height": HEIGHT,
            "background": {"image": "background.png", "color": "0xE9D8C0"},
        },
        "viewport": {
            "minZoom": 0.5,
            "maxZoom": 3,
            "defaultZoom": 1,
            "panBounds": True,
            "mobile": {"defaultZoom": 0.6, "pinchToZoom": True, "doubleTapZoom": 1.2},
        },
        "layers": [{"id": name, "zIndex": z} for name, z in _LAYERS],
        "zones": zones,
        "furniture": [],
        "effects": [],
        "characters": {
            "atlas": "characters.png",
            "frameWidth": CELL,
            "frameHeight": CELL,
            "anchor": {"x": 0.5, "y": 1},
            "hitArea": {"type": "circle", "x": 0, "y": -60, "radius": 46},
            "nameTag": {
                "offsetY": -134,
                "font": "600 13px sans-serif",
                "color": "#FFFFFF",
                "bgColor": "rgba(44, 38, 58, 0.85)",
                "padding": {"x": 8, "y": 3},
                "borderRadius": 8,
                "maxWidth": 120,
            },
            "statusBadge": {
                "offsetX": 34,
                "offsetY": -112,
                "radius": 7,
                "colors": {
                    "working": "#16A34A",
                    "idle": "#F59E0B",
                    "blocked": "#DC2626",
                    "collaborating": "#2563EB",
                },
            },
            "states": {
                key: {"prefix": prefix, "frames": 4, "fps": fps, "loop": True} for key, (prefix, fps) in states.items()
            },
            "directions": ["down", "left", "right", "up"],
        },
    }


def _zone(zone_id: str, name: str, kind: str, box: Box, seats: list[dict[str, Any]]) -> dict[str, Any]:
    left, top, right, bottom = box
    bounds = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    return {"id": zone_id, "name": name, "type": kind, "bounds": bounds, "capacity": len(seats), "seats": seats}


def _meeting(room: Painting, box: Box) -> dict[str, Any]:
    left, top, right, _ = box
    _rug(room, box, "#e2c4b8")
    x = (left + right) / 2
    _stand(room, _table(), x, top + 150)
    seats = [
        {"id": f"table-{n}", "label": f"Table {n}", "x": x + side, "y": top + 210, "direction": "up"}
        for n, side in enumerate((-70, 70), 1)
    ]
    return _zone("meeting", "Meeting", "meeting", box, seats)


def _piece(piece_id: str, sprite: str, x: float, y: float, width: int, height: int) -> dict[str, Any]:
    place: Mapping[str, Any] = {"x": x, "y": y, "width": width, "height": height}
    look = {"id": piece_id, "sprite": sprite, "layer": "furniture"}
    return {**look, **place, "anchor": {"x": 0.5, "y": 1}, "sortY": True}


def _polygon(box: Box) -> list[dict[str, float]]:
    left, top, right, bottom = box
    return [{"x": x, "y": y} for x, y in ((left, top), (right, top), (right, bottom), (left, bottom))]


# -- pictures ------------------------------------------------------------------------------------------------
def _room() -> Painting:
    room = Painting(WIDTH, HEIGHT, _FLOOR)
    for row, y in enumerate(range(280, HEIGHT, 50)):
        room.line([(0, y), (WIDTH, y)], _PLANK, 2)
        for x in range(-200 + (row % 3) * 140, WIDTH, 420):
            room.line([(x, y), (x, y + 50)], _PLANK, 2)
    room.rect((0, 0, WIDTH, 268), _WALL)
    room.rect((0, 262, WIDTH, 280), _SKIRTING)
    for x in (220, 700, 1180, 1500):
        room.rect((x, 50, x + 220, 200), "#ffffff", 6)
        room.rect((x + 10, 60, x + 210, 190), "#bfe0f0", 3)
        room.rect((x + 106, 60, x + 114, 190), "#ffffff")
        room.line([(x + 30, 170), (x + 90, 80)], "#d8eef8", 8)
    return room


def _rug(room: Painting, box: Box, color: str) -> None:
    left, top, right, bottom = box
    room.rect((left, top, right, bottom), "#ffffff", 36)
    room.rect((left + 10, top + 10, right - 10, bottom - 10), color, 28)


def _stand(room: Painting, piece: Painting, x: float, y: float) -> None:
    width, height = piece.size
    room.paste(piece, round(x - width / 2), round(y - height))


def _desk() -> Painting:
    desk = Painting(240, 150)
    desk.shadow((14, 118, 226, 148), 0.3, 4)
    desk.rect((22, 86, 38, 142), _WOOD_DARK, 4)
    desk.rect((202, 86, 218, 142), _WOOD_DARK, 4)
    desk.rect((10, 58, 230, 104), _WOOD, 8)
    desk.rect((10, 92, 230, 106), _WOOD_DARK, 6)
    desk.rect((84, 6, 156, 56), _SCREEN, 5)
    desk.rect((90, 12, 150, 48), "#5fb3d4", 3)
    desk.rect((114, 54, 126, 70), _SCREEN)
    desk.rect((86, 72, 154, 84), "#f4f1ea", 3)
    desk.rect((184, 62, 202, 82), "#e07a5f", 4)
    desk.rect((28, 66, 62, 84), "#fdfbf6", 2)
    return desk


def _table() -> Painting:
    table = Painting(360, 150)
    table.shadow((20, 110, 340, 148), 0.3, 4)
    table.rect((166, 90, 194, 140), _WOOD_DARK, 5)
    table.ellipse((10, 30, 350, 118), _WOOD_DARK)
    table.ellipse((10, 20, 350, 106), _WOOD)
    table.rect((150, 46, 210, 76), "#fdfbf6", 3)
    return table


def _sofa() -> Painting:
    sofa = Painting(420, 160)
    sofa.shadow((16, 126, 404, 158), 0.3, 4)
    sofa.rect((20, 20, 400, 110), "#5d8a7d", 24)
    sofa.rect((40, 76, 380, 138), "#6fa193", 16)
    sofa.rect((8, 60, 56, 142), "#4f786c", 18)
    sofa.rect((364, 60, 412, 142), "#4f786c", 18)
    sofa.line([(210, 80), (210, 136)], "#5d8a7d", 3)
    return sofa


def _plant() -> Painting:
    plant = Painting(110, 190)
    plant.shadow((18, 164, 92, 188), 0.3, 4)
    for angle in range(-60, 61, 24):
        tip = (55 + 52 * math.sin(math.radians(angle)), 118 - 100 * math.cos(math.radians(angle)))
        plant.line([(55, 124), tip], "#4c8c5a" if angle % 48 else "#3d7549", 13)
        plant.ellipse((tip[0] - 9, tip[1] - 9, tip[0] + 9, tip[1] + 9), "#5da26c")
    plant.rect((28, 116, 82, 178), "#d98c5f", 10)
    plant.rect((24, 112, 86, 130), "#c4774b", 7)
    return plant


def _light() -> Painting:
    light = Painting(360, 360)
    for step in range(24, 0, -1):
        reach = 178 * step / 24
        shade = round(16 + 110 * (1 - step / 24) ** 2)
        light.ellipse((180 - reach, 180 - reach, 180 + reach, 180 + reach), f"#ffd9a0{shade:02x}")
    return light


def figure_sheet() -> bytes:
    """The grid sheet of one figure: idle, working, walking right, walking left, four frames each."""
    sheet = Painting(_DRAWN * 4, _DRAWN * 4)
    for column in range(4):
        sheet.paste(_figure(column, "idle"), column * _DRAWN, 0)
        sheet.paste(_figure(column, "working"), column * _DRAWN, _DRAWN)
        sheet.paste(_figure(column, "right"), column * _DRAWN, _DRAWN * 2)
        sheet.paste(_figure(column, "left"), column * _DRAWN, _DRAWN * 3)
    return sheet.png((CELL * 4, CELL * 4))


def _figure(frame: int, pose: str) -> Painting:
    cell = Painting(_DRAWN, _DRAWN)
    bob = (0, 2, 4, 2)[frame]
    side = {"right": 1, "left": -1}.get(pose, 0)
    stride = (0, 16, 0, -16)[frame] if side else 0
    cell.shadow((52, 172, 140, 190), 0.3, 3)
    for foot in (-1, 1):
        x = 96 + (foot * 15 if not side else foot * stride)
        cell.line([(96 + foot * (12 if not side else 4), 132), (x, 176)], _TROUSERS, 18)
        cell.rect((x - 12 + side * 4, 172, x + 12 + side * 4, 184), "#2a2336", 5)
    cell.rect((66, 78 + bob, 126, 142 + bob), _SHIRT, 20)
    reach = 18 + 3 * frame if pose == "working" else 0
    for arm in (-1, 1):
        hand = (96 + arm * (38 - reach * 0.7) - arm * abs(stride) * 0.4, 128 + bob - reach)
        cell.line([(96 + arm * 28, 92 + bob), hand], _SHIRT_DARK, 14)
        cell.ellipse((hand[0] - 8, hand[1] - 8, hand[0] + 8, hand[1] + 8), _SKIN)
    cell.ellipse((62, 20 + bob, 130, 88 + bob), _SKIN)
    cell.ellipse((58, 10 + bob, 134, 56 + bob), _HAIR)
    cell.rect((70 + side * 8, 40 + bob, 122 + side * 8, 58 + bob), _SKIN, 8)
    for eye in (-1, 1):
        x = 96 + eye * 13 + side * 12
        blink = pose == "idle" and frame == 2
        cell.ellipse((x - 4, (58 if blink else 54) + bob, x + 4, (60 if blink else 64) + bob), "#2a2336")
    return cell


def _ambience() -> bytes:
    """Four seconds of a quiet room: soft noise that begins as it ends."""
    rate, seconds = 11_025, 4
    noise = random.Random(7)
    level, samples = 0.0, []
    for number in range(rate * seconds):
        level = level * 0.985 + noise.uniform(-1, 1) * 0.015
        fade = min(1.0, number / 2000, (rate * seconds - number) / 2000)
        samples.append(round(level * fade * 9000).to_bytes(2, "little", signed=True))
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(b"".join(samples))
    return buffer.getvalue()
