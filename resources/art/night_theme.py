"""Turn the rendered pictures of the night lab into its theme folder; all numbers come from the plan."""

import json
import shutil
from pathlib import Path

import night_effects
import night_plan
import night_sound
import sound
import theme
from plan import CANVAS

TAG = {
    "color": "#F6F4FF",
    "bgColor": "rgba(14, 11, 38, 0.90)",
}
STATUS = {  # lighter than by day: they lie on dark ground
    "working": "#34D97B",
    "idle": "#FFB52E",
    "blocked": "#FF4D5E",
    "collaborating": "#4C9BFF",
    "unbound": "#9AA0B8",
}


AT_THE_WALL = ("rack-", "cooler", "vending", "arcade")  # nobody gets behind these
LIGHTS = ("lights", 25)  # lamps on such pieces: above them, below the figures


def behind(pieces: list[dict]) -> list[dict]:
    """Move what stands at a wall into the layer below the figures, so that its lamps fit between."""
    for piece in pieces:
        if piece["id"].startswith(AT_THE_WALL):
            piece["layer"], piece["sortY"] = "furniture", False
    return pieces


def characters() -> dict:
    """Manifest block for the figures of the night."""
    block = theme.characters(night_plan.CAST)
    block["nameTag"] |= TAG
    block["statusBadge"]["colors"] = STATUS
    return block


def _z(layer: tuple[str, int]) -> int:
    return layer[1]


def manifest(pieces: list[dict], glows: list[dict], edge: str, background: dict) -> dict:
    """The whole theme.json."""
    return {
        "id": "night-lab",
        "name": "Night Lab",
        "version": "1.0.0",
        "author": {"name": "Office Studio", "id": "office-studio"},
        "description": "A neon lab high over the city: benches, a robot arm, a hologram table, a server room "
        "and a lounge under the skyline. Six figures in costume. Made by scripts, CC0 1.0.",
        "tags": ["isometric", "night", "neon", "dark", "lab", "sci-fi", "office", "cc0"],
        "preview": "preview.png",
        "license": "standard",
        "renderer": "pixi",
        "maxAgents": len(night_plan.seats()),
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
        "layers": [{"id": ident, "zIndex": z} for ident, z in sorted((*theme.LAYERS, LIGHTS), key=_z)],
        "zones": theme.zones(night_plan),
        "furniture": pieces,
        "characters": characters(),
        "effects": glows,
        "audio": sound.manifest(night_sound.NAME, 0.35),
        "navigation": night_plan.navigation(),
    }


def write(room: Path, figures: Path, out: Path) -> Path:
    """Build the theme folder from the graded room and figures; returns the path of theme.json."""
    out.mkdir(parents=True, exist_ok=True)
    for old in [*out.glob("furniture-*.png"), *out.glob("effect-*.png")]:
        old.unlink()
    shutil.copyfile(room / "background.png", out / "background.png")
    background = {"image": "background.png"}
    if (out / "background-2x.webp").exists():
        background["image2x"] = "background-2x.webp"
    for who in night_plan.CAST:
        for kind in ("json", "png"):
            shutil.copyfile(figures / f"char-{who}.{kind}", out / f"char-{who}.{kind}")
    edge = json.loads((room / "edge.json").read_text())["edge"]
    data = manifest(behind(theme.furniture(room, out)), night_effects.write(out), edge, background)
    path = out / "theme.json"
    path.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
