"""The folder `themes/loft-3d` from the baked rooms and the figures: models, theme.json, backdrop, preview."""

import io
import json
import math
from pathlib import Path

import numpy as np
from PIL import Image

import grade
import loft3d_plan as plan
from loft3d_glb import Glb, weld
from project import ELEV, YAW

CAST = ("ada", "ben", "cleo", "dan", "eve", "fin")
LOOK = {"exposure": 1.0, "gamma": 1.06, "saturation": 0.98}  # as the cozy loft
EDGE = "0xF1E2D0"
ZOOM = 1.06
CANVAS = (1920, 1080)
TOWARDS = (
    math.sin(YAW) * math.cos(ELEV),
    math.sin(ELEV),
    math.cos(YAW) * math.cos(ELEV),
)  # glTF axes, to the camera

# What an office plays; canonical keys first, then ours. Each clip once: others know only one key of it.
ANIMATIONS = {
    "idle": "idle",
    "walk": "walk",
    "sleeping": "sleep",
    "stand_up": "stand_up",
    "walk_to_sit": "walk_to_sit",
    "lie_down": "lie_down",
    "dance": "dance",
    "swing": "swing",
    "crunch": "coffee",  # the four turns of somebody idle: here they stretch, dance, drink coffee and think
    "pushup": "think",
    "sit": "sit",
    "type": "type",
    "blocked": "blocked",
    "talk": "talk",
    "wave": "wave",
}
LIGHTING = {  # the sun, sky and warm floor of the bake, for figures: the room itself is unlit
    "ambient": {"color": "0xFFF3E6", "intensity": 1.1},
    "hemisphere": {"skyColor": "0xFFF8F0", "groundColor": "0xDDBB98", "intensity": 1.2},
    "directional": {"color": "0xFFEBD2", "intensity": 1.5, "position": [-7.8, 6.2, 3.4]},
    "fill": {"color": "0xEAF0FF", "intensity": 0.6, "position": [3.5, 5.5, 7.5]},
}


def texture(linear, quality):
    """Baked linear picture (first row at the bottom) -> graded JPEG."""
    a = linear[::-1].astype(np.float32)
    display = np.clip(grade.look(np.nan_to_num(a[..., :3]), **LOOK), 0, 1)
    out = io.BytesIO()
    Image.fromarray((display * 255 + 0.5).astype(np.uint8)).save(
        out, "JPEG", quality=quality, optimize=True, subsampling=0
    )
    return out.getvalue()


def room(folder: Path, path: Path, quality: int) -> int:
    """Write the room's GLB from a folder of `loft3d_bake`; number of triangles."""
    mesh = np.load(folder / "room.npz")
    (position, normal, uv), tri = weld(mesh["position"], mesh["normal"], mesh["uv"], mesh["triangles"])
    glb = Glb()
    look = glb.material(
        "baked", glb.picture(texture(np.load(folder / "room.npy"), quality), "image/jpeg"), unlit=True
    )
    glb.doc["materials"][look]["doubleSided"] = True  # leaves and painted shapes are one face thick
    part = glb.primitive({"position": position, "normal": normal, "uv": uv, "triangles": tri}, look)
    glb.node(name="loft", mesh=glb.add("meshes", {"name": "loft", "primitives": [part]}))
    glb.write(path)
    return len(tri)


def manifest() -> dict:
    places = plan.places()
    position = [round(14 * c, 3) for c in TOWARDS]
    return {
        "id": "loft-3d",
        "name": "Loft 3D",
        "version": "1.0.0",
        "author": {"name": "Office Studio", "id": "office-studio"},
        "description": "A sunny loft as a live 3D room: twelve desks, coffee bar, lounge and nap "
        "nook. Six figures walk, type, talk, dance and sleep. Made by scripts, CC0 1.0.",
        "tags": ["3d", "cozy", "warm", "office", "loft", "cc0"],
        "preview": "preview.png",
        "license": "standard",
        "renderer": "threejs",
        "maxAgents": len(plan.DESKS),
        "canvas": {
            "width": CANVAS[0],
            "height": CANVAS[1],
            "background": {"image": "background.jpg", "color": EDGE},
        },
        "viewport": {"minZoom": 0.6, "maxZoom": 3, "defaultZoom": 1, "panBounds": True},
        "layers": [],
        "zones": [],
        "furniture": [],
        "room": {"model": "room.glb", "scale": [plan.SCALE] * 3},
        "character": {
            "model": f"figure-{CAST[0]}.glb",
            "variants": [f"figure-{who}.glb" for who in CAST[1:]],
            "scale": [plan.SCALE] * 3,
            "height": 1.3,
            "animations": ANIMATIONS,
            "positions": {key: plan.to_world(*at) for key, (at, _) in places.items()},
            "facings": {key: turn for key, (_, turn) in places.items()},
        },
        "camera": {"type": "orthographic", "zoom": ZOOM, "position": position, "target": [0, 0, 0]},
        "lighting": LIGHTING,
        "quality": {
            "high": {
                "room": {"model": "room.glb"},
                "renderer": {"pixelRatio": 2, "antialias": True, "lighting": "full", "anisotropy": True},
            },
            "performance": {
                "room": {"model": "room-light.glb"},
                "renderer": {"pixelRatio": 1, "antialias": False, "lighting": "full", "anisotropy": False},
            },
        },
    }


def backdrop(path: Path, size=(1280, 720)):
    """A quiet warm wall, lighter in the middle; half a step of noise against bands."""
    w, h = size
    y, x = np.mgrid[-1 : 1 : h * 1j, -1 : 1 : w * 1j]
    edge = np.array([int(EDGE[i : i + 2], 16) for i in (2, 4, 6)], float)
    light = np.clip(1 - np.hypot(x * 0.85, y + 0.12) / 1.25, 0, 1)[..., None] ** 1.3
    low = np.clip(y, 0, 1)[..., None] ** 2
    img = edge + light * (np.array((250, 241, 229)) - edge) - low * (10, 14, 18)
    img = grade.dither(img / 255)
    Image.fromarray((np.clip(img, 0, 1) * 255 + 0.5).astype(np.uint8)).save(path, quality=93, subsampling=0)


def write(work: Path, out: Path, high: str = "high", low: str = "light") -> Path:
    """Build the theme folder, but for the preview, from `work`; returns the path of theme.json."""
    out.mkdir(parents=True, exist_ok=True)
    for name, kind, quality in (("room.glb", high, 90), ("room-light.glb", low, 88)):
        tri = room(work / kind, out / name, quality)
        print(f"  {name}: {tri} triangles, {(out / name).stat().st_size / 1e6:.2f} MB")
    backdrop(out / "background.jpg")
    path = out / "theme.json"
    path.write_text(json.dumps(manifest(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
