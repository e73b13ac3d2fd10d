"""Turn the rendered pictures into the theme folder: flat files and theme.json, numbers from the plan."""

import json
import math
import shutil
from pathlib import Path

import numpy as np
from PIL import Image

import effects
import navigation
import plan
import sound
from grade import save_palette
from plan import CANVAS, CAST, CELL, FOOT, PPM, STATES, looks, seats
from project import ELEV, bounding_box, project
from zones import zone_boxes

OVERLAP = 2  # rows that the two halves of a cut sprite share, so that scaling shows no seam
AMBIENCE = "ambience.ogg"
SOIL = 0.32  # height of the soil of a potted plant, metres
SWAYING = {  # plants by an open window and by the warm machine
    "plant-window": {"type": "sway", "angle": 1.1, "duration": 7000},
    "plant-bar": {"type": "sway", "angle": 0.7, "duration": 9000},
}
TOLERANCE = 3  # a picture that ends this few pixels below its sort line is not worth a cut


def cut(image: np.ndarray, top: float, sort: float) -> tuple[np.ndarray, np.ndarray | None, int]:
    """Split a sprite at its sort line; (upper, lower or None, first row of lower).

    A viewer sorts by the bottom edge of a picture (y + (1 - anchor.y) * height), and a seated figure by its
    seat.
    So the sorted part must END at the floor point used for sorting. What hangs lower (chair legs, the front
    edge of
    a sofa) lies on rows that only figures standing in front of it reach, so it may be drawn first, unsorted.
    """
    rows = round(sort - top)
    if rows >= image.shape[0]:  # ends above its floor point (chair backs): pad with transparent rows
        return np.pad(image, ((0, rows - image.shape[0]), (0, 0), (0, 0))), None, 0
    if image.shape[0] - rows <= TOLERANCE:
        return image, None, 0
    first = max(0, rows - OVERLAP)
    return image[:rows], image[first:], first


def furniture(room: Path, out: Path) -> list[dict]:
    """Write the sprite files; manifest entries, back to front."""
    table = json.loads((room / "room.json").read_text())
    if table["scale"] != 1.0:
        raise ValueError("sprites must be rendered at scale 1")
    bases, tops = [], []
    for item in sorted(table["sprites"], key=lambda s: s["sort"]):
        image = np.asarray(Image.open(room / "sprites" / f"{item['id']}.png").convert("RGBA"))
        x, y = int(item["x"]), int(item["y"])
        upper, lower, first = (image, None, 0) if item["whole"] else cut(image, y, item["sort"])
        if item["id"] in SWAYING and item["whole"]:
            tops += _swaying(out, item, image, x, y)
            continue
        top = _piece(out, item["id"], upper, x, y, "characters", item["tip"])
        if item.get("animation"):
            top["animation"] = item["animation"]
        tops.append(top)
        if lower is not None:
            bases.append(_piece(out, item["id"] + "-base", lower, x, y + first, "furniture", None))
    return bases + tops


def _swaying(out: Path, item: dict, image: np.ndarray, x: int, y: int) -> list[dict]:
    """A plant in two pictures of the same place: the pot stands still, the leaves move in the draught.

    A sway turns a picture around the middle of its bottom edge, so the leaves keep the height of the whole.
    """
    rim = round(item["sort"] - y - SOIL * PPM * math.cos(ELEV))
    pot, leaves = image.copy(), image.copy()
    pot[: rim - 1] = 0
    leaves[rim + 1 :] = 0
    still = _piece(out, item["id"] + "-pot", pot, x, y, "characters", None)
    moving = _piece(out, item["id"], leaves, x, y, "characters", item["tip"])
    return [still, moving | {"animation": SWAYING[item["id"]]}]


def _piece(out: Path, ident: str, image: np.ndarray, x: int, y: int, layer: str, tip: str | None) -> dict:
    """Save one picture and describe it; the anchor is the middle of the bottom edge."""
    h, w = image.shape[:2]
    name = f"furniture-{ident}.png"
    save_palette(Image.fromarray(image), str(out / name), dither=0.8)
    entry = {
        "id": ident,
        "sprite": name,
        "layer": layer,
        "x": x + w / 2,
        "y": y + h,
        "width": w,
        "height": h,
        "anchor": {"x": 0.5, "y": 1},
        "sortY": layer == "characters",
    }
    if tip:
        entry |= {"interactive": True, "tooltip": tip}
    return entry


def zones(room=plan) -> list[dict]:
    """Manifest zones of a floor plan with their seats in canvas pixels."""
    boxes, out = zone_boxes(room), []
    for zone in room.ZONES:
        own = [s for s in room.seats() if s["zone"] == zone["id"]]
        entry = {
            "id": zone["id"],
            "name": zone["name"],
            "type": zone["type"],
            "bounds": _rect(boxes[zone["id"]]),
            "capacity": len(own),
            "seats": [_seat(s) for s in own],
        }
        if "door" in zone:
            entry["door"] = _rect(bounding_box(zone["door"]))
        out.append(entry)
    return out


def _rect(box: list[float]) -> dict:
    x0, y0, x1, y1 = (math.ceil(box[0]), math.ceil(box[1]), math.floor(box[2]), math.floor(box[3]))
    return {"x": x0, "y": y0, "width": x1 - x0, "height": y1 - y0}


def _seat(seat: dict) -> dict:
    x, y = project(*seat["at"])
    return {
        "id": seat["id"],
        "label": seat["label"],
        "x": round(x, 1),
        "y": round(y, 1),
        "direction": looks(seat["turn"]),
    }


def characters(cast=CAST) -> dict:
    """Manifest block for the figures; frame names are the same in every atlas."""
    atlases = [f"char-{who}.json" for who in cast]
    return {
        "atlas": atlases[0],
        "variants": atlases,
        "frameWidth": CELL[0],
        "frameHeight": CELL[1],
        "anchor": {"x": 0.5, "y": round(FOOT / CELL[1], 4)},
        "hitArea": {"type": "rect", "x": -36, "y": -122, "width": 72, "height": 128},
        "nameTag": {
            "offsetY": -140,
            "font": "600 13px sans-serif",
            "color": "#FFFFFF",
            "bgColor": "rgba(62, 44, 58, 0.86)",
            "padding": {"x": 8, "y": 3},
            "borderRadius": 8,
            "maxWidth": 120,
        },
        "statusBadge": {
            "offsetX": 40,
            "offsetY": -114,
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
            s: {"prefix": f"char-{s}", "frames": n, "fps": fps, "loop": True}
            for s, (_, n, fps) in STATES.items()
        },
        "directions": ["down", "up", "left", "right"],
    }


LAYERS = (
    ("background", 0),
    ("floor-decor", 10),
    ("furniture", 20),
    ("characters", 30),
    ("effects", 50),
    ("ui-overlay", 100),
)


def manifest(pieces: list[dict], glows: list[dict], edge: str, background: dict) -> dict:
    """The whole theme.json."""
    return {
        "id": "cozy-loft",
        "name": "Cozy Loft",
        "version": "1.1.0",
        "author": {"name": "Office Studio", "id": "office-studio"},
        "description": "A sunny loft with desks, a glass meeting corner, a lounge and a coffee bar. "
        "Six hand-made figures. Made by scripts, CC0 1.0.",
        "tags": ["isometric", "cozy", "warm", "office", "loft", "cc0"],
        "preview": "preview.png",
        "license": "standard",
        "renderer": "pixi",
        "maxAgents": len(seats()),
        "canvas": {
            "width": CANVAS[0],
            "height": CANVAS[1],
            # the web renderer reads a colour only in this spelling
            "background": background | {"color": edge.replace("#", "0x")},
        },
        "viewport": {
            "minZoom": 0.5,
            "maxZoom": 3,
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
        "navigation": navigation.cozy_loft(),
    }


def write(room: Path, figures: Path, out: Path) -> Path:
    """Build the theme folder from rendered rooms and figures; returns the path of theme.json."""
    out.mkdir(parents=True, exist_ok=True)
    for old in [*out.glob("furniture-*.png"), *out.glob("effect-*.png")]:
        old.unlink()
    shutil.copyfile(room / "plate.png", out / "background.png")
    background = {"image": "background.png"}
    if (out / "background-2x.webp").exists():
        background["image2x"] = "background-2x.webp"
    for who in CAST:
        for kind in ("json", "png"):
            shutil.copyfile(figures / f"char-{who}.{kind}", out / f"char-{who}.{kind}")
    if not (out / AMBIENCE).exists():
        sound.write("cozy-loft", out / AMBIENCE)
    edge = json.loads((room / "edge.json").read_text())["edge"]
    theme = manifest(furniture(room, out), effects.write(out), edge, background)
    path = out / "theme.json"
    path.write_text(json.dumps(theme, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
