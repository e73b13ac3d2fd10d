"""The folder `themes/loft-3d` from the baked rooms and the figures: models, theme.json, backdrop, preview."""

import io
import json
import math
from pathlib import Path

import numpy as np
from PIL import Image

import grade
import loft3d_plan as plan
from loft3d_glb import Glb, to_gltf, weld
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

# Key: what an office plays. Canonical keys first, then ours. Each clip once, or other viewers know it by one name only.
ANIMATIONS = {
    "idle": "idle",
    "walk": "walk",
    "sleeping": "sleep",
    "stand_up": "stand_up",
    "walk_to_sit": "walk_to_sit",
    "lie_down": "lie_down",
    "dance": "dance",
    "swing": "swing",
    "sit": "sit",
    "working": "type",
    "blocked": "blocked",
    "talk": "talk",
    "coffee": "coffee",
    "think": "think",
    "wave": "wave",
}
LIGHTING = {  # the sun, sky and warm floor of the bake, for figures: the room itself is unlit
    "ambient": {"color": "0xFFF1E2", "intensity": 0.9},
    "hemisphere": {"skyColor": "0xFFF8F0", "groundColor": "0xD9B48F", "intensity": 1.1},
    "directional": {"color": "0xFFEBD2", "intensity": 1.6, "position": [-7.8, 6.2, 3.4]},
    "fill": {"color": "0xDCE8FF", "intensity": 0.45, "position": [3.5, 5.5, 7.5]},
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


def camera_axes():
    """Right and up of the camera, glTF axes."""
    back = np.array(TOWARDS)
    right = np.cross((0, 1, 0), back)
    right /= np.linalg.norm(right)
    return right, np.cross(back, right)


def projector(corners):
    """Function from a floor point in metres to canvas pixels, as the fitted camera shows it (format section 4.1)."""
    low, high = corners.min(0), corners.max(0)
    box = np.array([[(low, high)[i >> k & 1][k] for k in range(3)] for i in range(8)])
    right, up = camera_axes()
    middle = (low + high) / 2
    wide, tall = np.ptp(box @ right), np.ptp(box @ up)
    half = max(tall * 1.1 / 2, wide * 1.1 / 2 / (CANVAS[0] / CANVAS[1])) / ZOOM
    k = CANVAS[1] / 2 / half

    def project(x, y):
        d = to_gltf(np.array((x - plan.W / 2, y - plan.D / 2, 0.0))) - middle
        return CANVAS[0] / 2 + k * float(d @ right), CANVAS[1] / 2 - k * float(d @ up)

    return project


def zones(project) -> list[dict]:
    """The places as zones of the canvas, so that slots have names and a flat map can be drawn."""
    out, all_slots = [], plan.slots()
    for ident, name, kind, place, count in plan.ZONES:
        (x, y), _ = plan.PLACES[place]
        reach = plan.RING + plan.BODY
        edge = [
            project(x + reach * math.cos(a), y + reach * math.sin(a)) for a in np.linspace(0, 2 * math.pi, 33)
        ]
        (x0, y0), (x1, y1) = np.floor(np.min(edge, 0)).astype(int), np.ceil(np.max(edge, 0)).astype(int)
        seats = []
        for slot, label, zone, at in all_slots:
            if zone == ident:
                u, v = project(*at)
                seats.append(
                    {"id": slot, "label": label, "x": round(u, 1), "y": round(v, 1), "direction": "down"}
                )
        bounds = {"x": int(x0), "y": int(y0), "width": int(x1 - x0), "height": int(y1 - y0)}
        out.append(
            {"id": ident, "name": name, "type": kind, "bounds": bounds, "capacity": count, "seats": seats}
        )
    return out


def manifest(corners) -> dict:
    position = [round(14 * c, 3) for c in TOWARDS]
    return {
        "id": "loft-3d",
        "name": "Loft 3D",
        "version": "1.0.0",
        "author": {"name": "Office Studio", "id": "office-studio"},
        "description": "The sunny loft as a live 3D room: work rug, meeting rug, lounge and nap nook, six figures who walk, "
        "type, talk, drink coffee and sleep. Made by scripts, CC0 1.0.",
        "tags": ["3d", "cozy", "warm", "office", "loft", "cc0"],
        "preview": "preview.png",
        "license": "standard",
        "renderer": "threejs",
        "maxAgents": len(plan.slots()),
        "canvas": {
            "width": CANVAS[0],
            "height": CANVAS[1],
            "background": {"image": "background.jpg", "color": EDGE},
        },
        "viewport": {"minZoom": 0.6, "maxZoom": 3, "defaultZoom": 1, "panBounds": True},
        "layers": [],
        "zones": zones(projector(corners)),
        "furniture": [],
        "room": {"model": "room.glb", "scale": [plan.SCALE] * 3},
        "character": {
            "model": f"figure-{CAST[0]}.glb",
            "variants": [f"figure-{who}.glb" for who in CAST],
            "scale": [plan.SCALE] * 3,
            "height": 1.3,
            "animations": ANIMATIONS,
            "positions": {key: plan.to_world(*at) for key, (at, _) in plan.PLACES.items()},
            "facings": {key: turn for key, (_, turn) in plan.PLACES.items()},
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
    """A quiet warm wall: lighter in the middle, so that the room stands out; half a step of noise against bands."""
    w, h = size
    y, x = np.mgrid[-1 : 1 : h * 1j, -1 : 1 : w * 1j]
    edge = np.array([int(EDGE[i : i + 2], 16) for i in (2, 4, 6)], float)
    light = np.clip(1 - np.hypot(x * 0.85, y + 0.12) / 1.25, 0, 1)[..., None] ** 1.3
    low = np.clip(y, 0, 1)[..., None] ** 2
    img = edge + light * (np.array((250, 241, 229)) - edge) - low * (10, 14, 18)
    img = grade.dither(img / 255)
    Image.fromarray((np.clip(img, 0, 1) * 255 + 0.5).astype(np.uint8)).save(path, quality=93, subsampling=0)


def write(work: Path, out: Path, high: str = "high", low: str = "light") -> Path:
    """Build the theme folder from `work`; returns the path of theme.json. The preview is made by `loft3d_preview`."""
    out.mkdir(parents=True, exist_ok=True)
    for name, kind, quality in (("room.glb", high, 90), ("room-light.glb", low, 86)):
        tri = room(work / kind, out / name, quality)
        print(f"  {name}: {tri} triangles, {(out / name).stat().st_size / 1e6:.2f} MB")
    backdrop(out / "background.jpg")
    corners = to_gltf(np.load(work / high / "room.npz")["position"])
    path = out / "theme.json"
    path.write_text(json.dumps(manifest(corners), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
