"""The pixel loft as a theme folder: files, theme.json, preview. All numbers come from the plan, times 3."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

import navigation
import pixel_effects
import pixel_palette as palette
import pixel_plan as plan
import sound
from pixel_people import PREFIX, save
from pixel_plan import ART, CANVAS, CAST, CELL, FOOT, PLACES, STATES, TABLE, UNIT, ZONES, D, W
from pixel_room import CLEAR
from zones import separate_boxes

AMBIENCE = "ambience.ogg"
LAYERS = (
    ("background", 0),
    ("floor-decor", 10),
    ("furniture", 20),
    ("characters", 30),
    ("effects", 50),
    ("ui-overlay", 100),
)
PREVIEW = (  # variant, state, seat or art pixel, direction, frame
    (0, "working", "desk-1", None, 0),
    (1, "working", "desk-2", None, 1),
    (2, "blocked", "desk-3", None, 1),
    (3, "working", "desk-4", None, 2),
    (5, "working", "desk-6", None, 0),
    (4, "meeting", "table-1", None, 1),
    (5, "meeting", "table-2", None, 0),
    (2, "meeting", "table-3", None, 2),
    (0, "meeting", "table-4", None, 1),
    (3, "sleeping", "bean-1", None, 0),
    (4, "coffee", "bean-2", None, 2),
    (1, "idle", "player-1", None, 0),
    (0, "coffee", "snack-1", None, 1),
    (2, "coffee", "snack-3", None, 0),
    (4, "walking", (330, 172), "down", 1),
)


def furniture(sprites: list[dict], out: Path) -> list[dict]:
    """Write the sprite files; manifest entries, back to front.

    A viewer sorts a picture by its bottom edge, so what figures sit at is cut at its sort line: the part
    below lies under everything. One row higher for what must be just behind its sitter.
    """
    bases, tops = [], []
    for item in sorted(sprites, key=lambda s: s["sort"]):
        image, x, y = item["image"], item["x"], item["y"]
        rows, lower = item["sort"] - y, None
        if not item["whole"]:
            lower = image[rows:] if 0 < rows < image.shape[0] else None
            image = image[:rows]
        if rows > image.shape[0] and (item["float"] or not item["whole"]):
            image = np.pad(image, ((0, rows - image.shape[0]), (0, 0)), constant_values=CLEAR)
        tops.append(_piece(out, item["id"], image, x, y, "characters", item))
        if lower is not None and (lower != CLEAR).any():
            bases.append(_piece(out, item["id"] + "-base", lower, x, y + rows, "furniture", None))
    return bases + tops


def _piece(out: Path, ident: str, image: np.ndarray, x: int, y: int, layer: str, item: dict | None) -> dict:
    image = _without_crumbs(image)
    h, w = image.shape
    name = f"furniture-{ident}.png"
    save(image, out / name)
    entry = {
        "id": ident,
        "sprite": name,
        "layer": layer,
        "x": x * UNIT,
        "y": (y + h) * UNIT,
        "width": w * UNIT,
        "height": h * UNIT,
        "anchor": {"x": 0, "y": 1},
        "sortY": layer == "characters",
    }
    if item and item["tip"]:
        entry |= {"interactive": True, "tooltip": item["tip"]}
    if item and item["animation"]:
        entry["animation"] = item["animation"]
    return entry


def _without_crumbs(image: np.ndarray) -> np.ndarray:
    """The picture without single pixels that a cut left behind."""
    solid = np.pad(image != CLEAR, 1).astype(int)
    h, w = image.shape
    around = sum(solid[1 + r : 1 + r + h, 1 + c : 1 + c + w] for r in (-1, 0, 1) for c in (-1, 0, 1))
    return np.where((image != CLEAR) & (around == 1), CLEAR, image).astype(np.uint8)


def zones() -> list[dict]:
    """Manifest zones: boxes around the floor patches that do not overlap, and their seats."""
    boxes, points = {}, {}
    for zone in ZONES:
        x0, y0, x1, y1 = zone["patch"]
        corners = [plan.project(x, y) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]
        us, vs = [c[0] for c in corners], [c[1] for c in corners]
        dx, dy = (max(us) - min(us)) * 0.025, (max(vs) - min(vs)) * 0.025
        boxes[zone["id"]] = [min(us) + dx, min(vs) + dy, max(us) - dx, max(vs) - dy]
        points[zone["id"]] = [plan.snap(*s["at"][:2]) for s in plan.seats() if s["zone"] == zone["id"]]
    separate_boxes(boxes, points)
    out = []
    for zone in ZONES:
        x0, y0, x1, y1 = (round(v / UNIT) * UNIT for v in boxes[zone["id"]])
        own = [s for s in plan.seats() if s["zone"] == zone["id"]]
        out.append(
            {
                "id": zone["id"],
                "name": zone["name"],
                "type": zone["type"],
                "bounds": {"x": x0, "y": y0, "width": x1 - x0, "height": y1 - y0},
                "capacity": len(own),
                "seats": [_seat(s) for s in own],
            }
        )
    return out


def _seat(seat: dict) -> dict:
    x, y = plan.snap(*seat["at"][:2])
    return {"id": seat["id"], "label": seat["label"], "x": x, "y": y, "direction": plan.looks(seat["turn"])}


def characters() -> dict:
    """Manifest block of the six figures; frame names are the same in every atlas."""
    atlases = [f"{PREFIX}-{who}.json" for who in CAST]
    return {
        "atlas": atlases[0],
        "variants": atlases,
        "frameWidth": CELL[0] * UNIT,
        "frameHeight": CELL[1] * UNIT,
        "anchor": {"x": 0.5, "y": round(FOOT / CELL[1], 4)},
        "hitArea": {"type": "rect", "x": -39, "y": -141, "width": 78, "height": 147},
        "nameTag": {
            "offsetY": -153,
            "font": "600 13px monospace",
            "color": "#FFFFFF",
            "bgColor": "rgba(51, 35, 63, 0.9)",
            "padding": {"x": 7, "y": 3},
            "borderRadius": 0,
            "maxWidth": 126,
        },
        "statusBadge": {
            "offsetX": 33,
            "offsetY": -129,
            "radius": 7,
            "colors": {
                "working": "#16A34A",
                "idle": "#F59E0B",
                "blocked": "#DC2626",
                "collaborating": "#2563EB",
                "unbound": "#8A8F99",
            },
        },
        "states": {
            s: {"prefix": f"{PREFIX}-{s}", "frames": n, "fps": fps, "loop": True}
            for s, (_, n, fps) in STATES.items()
        },
        "directions": ["down", "up", "left", "right"],
    }


def obstacles() -> tuple[list, list]:
    """(walkable floor, feet of furniture) in metres."""
    feet = [navigation.foot(at, plan.FEET[name]) for name, at in PLACES.items()]
    feet += [navigation.box(*desk, *plan.FEET["desk"]) for desk in plan.DESKS]
    feet += [
        navigation.box(*TABLE, 0, *plan.FEET["table"]),
        navigation.disc(*plan.CAFE, *plan.FEET["cafe-table"]),
    ]
    feet += [navigation.horseshoe(*at, plan.LEFT, *plan.FEET["bean"]) for at in plan.BEANS]
    return [navigation.room(W, D)], feet


def manifest(pieces: list[dict], glows: list[dict]) -> dict:
    """The whole theme.json."""
    floor, feet = obstacles()
    quality = {"renderer": {"antialias": False}}
    return {
        "id": "pixel-loft",
        "name": "Pixel Loft",
        "version": "1.0.0",
        "author": {"name": "Office Studio", "id": "office-studio"},
        "description": "A game studio at dusk in true pixel art: tube monitors, an arcade, an aquarium, "
        "a guild table and a snack bar. Six figures. Made by scripts, CC0 1.0.",
        "tags": ["pixel-art", "isometric", "arcade", "retro", "office", "cc0"],
        "preview": "preview.png",
        "license": "standard",
        "renderer": "pixi",
        "maxAgents": len(plan.seats()),
        "canvas": {
            "width": CANVAS[0],
            "height": CANVAS[1],
            "background": {"image": "background.png", "color": palette.BACKDROP.replace("#", "0x")},
        },
        "viewport": {
            "minZoom": 0.5,
            "maxZoom": 4,
            "defaultZoom": 1,
            "panBounds": True,
            "mobile": {"defaultZoom": 1.6, "pinchToZoom": True, "doubleTapZoom": 2},
        },
        "layers": [{"id": ident, "zIndex": z} for ident, z in LAYERS],
        "zones": zones(),
        "furniture": pieces,
        "characters": characters(),
        "effects": glows,
        "audio": sound.manifest(AMBIENCE),
        "quality": {"high": quality, "performance": quality},
        "navigation": navigation.block([floor[0]], feet, plan.ENTRANCE, plan.project),
    }


def write(plate: np.ndarray, sprites: list[dict], figures: Path, out: Path) -> Path:
    """Build the theme folder from the pictures of the room and a folder of atlases; path of theme.json."""
    floor, feet = obstacles()
    lost = navigation.unreachable(floor, feet, plan.ENTRANCE, {s["id"]: s["at"][:2] for s in plan.seats()})
    if lost:
        raise ValueError(f"no way from the entrance to {', '.join(lost)}: move furniture in pixel_plan.py")
    out.mkdir(parents=True, exist_ok=True)
    for old in [*out.glob("furniture-*.png"), *out.glob("effect-*.png")]:
        old.unlink()
    save(plate, out / "background.png")
    for who in CAST:
        for kind in ("json", "png"):
            name = f"{PREFIX}-{who}.{kind}"
            (out / name).write_bytes((figures / name).read_bytes())
    if not (out / AMBIENCE).exists():
        sound.write("pixel-loft", out / AMBIENCE)
    theme = manifest(furniture(sprites, out), pixel_effects.write(out))
    path = out / "theme.json"
    path.write_text(json.dumps(theme, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    compose(out).save(out / "preview.png", optimize=True)
    return path


def compose(folder: Path, cast=PREVIEW) -> Image.Image:
    """The scene as one picture of ART pixels, from the files of the theme alone."""
    data = json.loads((folder / "theme.json").read_text(encoding="utf-8"))
    seats = {s["id"]: s for z in data["zones"] for s in z["seats"]}
    canvas = Image.open(folder / "background.png").convert("RGBA")
    draw = []
    for order, f in enumerate(data["furniture"]):
        at = (f["x"] // UNIT, (f["y"] - f["height"]) // UNIT)
        draw.append(
            (f["y"] if f["sortY"] else -1, order, Image.open(folder / f["sprite"]).convert("RGBA"), at)
        )
    for order, (variant, state, where, direction, index) in enumerate(cast):
        if isinstance(where, str):
            seat = seats[where]
            where, direction = (seat["x"] // UNIT, seat["y"] // UNIT), direction or seat["direction"]
        table = json.loads((folder / data["characters"]["variants"][variant]).read_text())
        frame = table["frames"][f"{PREFIX}-{state}-{direction}-{index}"]
        r, s = frame["frame"], frame["spriteSourceSize"]
        sheet = Image.open(folder / table["meta"]["image"]).convert("RGBA")
        picture = sheet.crop((r["x"], r["y"], r["x"] + r["w"], r["y"] + r["h"]))
        at = (where[0] - CELL[0] // 2 + s["x"], where[1] - FOOT + s["y"])
        draw.append((where[1] * UNIT, 1000 + order, picture, at))
    for _, _, picture, at in sorted(draw, key=lambda d: d[:2]):
        canvas.alpha_composite(picture, at)
    if canvas.size != ART:
        raise ValueError(f"the background must be {ART[0]} x {ART[1]} pixels")
    return canvas.convert("RGB")
