"""Small whole themes, 2D and 3D, without a single finding; tests spoil one thing at a time."""

from __future__ import annotations

import copy
import io
import json
import struct
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from office_studio.core.theme.files import MemoryFiles
from office_studio.core.validation.engine import check_theme
from office_studio.core.validation.report import Finding, Report
from office_studio.core.validation.rule import Profile
from office_studio.services.theme_check import check_path
from office_studio.services.theme_schema import manifest_schema

CLIPS = ("idle", "walk", "sleeping", "stand_up", "walk_to_sit", "lie_down", "dance", "swing", "crunch", "pushup",
         "pushup_to_idle")  # fmt: skip
STATUS_COLORS = {"working": "#16A34A", "idle": "#F59E0B", "blocked": "#DC2626", "collaborating": "#2563EB"}


@dataclass
class Sample:
    """A theme in memory. ``raw`` overrides the manifest's bytes, ``path`` checks what lies there instead."""

    document: dict[str, Any]
    files: dict[str, bytes] = field(default_factory=dict)
    raw: bytes | None = None
    path: Path | None = None
    folder_name: str | None = None
    bundle: tuple[str, int] | None = None
    published_version: str | None = None

    def report(self, profile: Profile = Profile.STORE) -> Report:
        if self.path is not None:
            return check_path(self.path, profile)
        raw = self.raw if self.raw is not None else json.dumps(self.document, indent=2).encode()
        return check_theme(
            raw,
            MemoryFiles(self.files | {"theme.json": raw}),
            profile=profile,
            folder_name=self.folder_name,
            bundle=self.bundle,
            published_version=self.published_version,
            schema=manifest_schema(),
        )

    def findings(self, rule: str, profile: Profile = Profile.STORE) -> list[Finding]:
        return [finding for finding in self.report(profile).findings if finding.rule == rule]


# -- pictures and models -----------------------------------------------------------------------------------
@cache
def picture(width: int, height: int, mode: str = "RGB", kind: str = "PNG", *, filled: bool = True) -> bytes:
    image = Image.new(mode, (width, height), (0, 0, 0, 0) if mode == "RGBA" else 0)
    if filled:
        # One mark in every 32 px, so that no cell of a sheet is empty.
        draw = ImageDraw.Draw(image)
        for x in range(8, width, 32):
            for y in range(8, height, 32):
                draw.rectangle((x, y, x + 4, y + 4), fill=(200, 120, 40, 255) if mode == "RGBA" else (200, 120, 40))
    stream = io.BytesIO()
    image.save(stream, kind)
    return stream.getvalue()


@cache
def animated(width: int, height: int) -> bytes:
    frames = [Image.new("RGB", (width, height), (shade, shade, shade)) for shade in (0, 99)]
    stream = io.BytesIO()
    frames[0].save(stream, "PNG", save_all=True, append_images=frames[1:])
    return stream.getvalue()


@cache
def sound(seconds: float = 0.5) -> bytes:
    stream = io.BytesIO()
    with wave.open(stream, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(1)
        writer.setframerate(8000)
        writer.writeframes(bytes([128]) * int(8000 * seconds))
    return stream.getvalue()


def glb(document: dict[str, Any], binary: bytes = b"") -> bytes:
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text
    if binary:
        chunks += struct.pack("<II", len(binary), 0x004E4942) + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def model(size: float = 4.0, clips: tuple[str, ...] = (), **more: Any) -> bytes:
    """One triangle in a box of ``size`` around the origin, standing on y = 0; ``more`` replaces top-level keys."""
    binary = struct.pack("<9f3H", *([0.0] * 9), 0, 1, 2)
    document: dict[str, Any] = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"name": "Root", "mesh": 0}],
        "meshes": [{"name": "Body", "primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "material": 0}]}],
        "materials": [{"name": "Paint", "pbrMetallicRoughness": {"metallicFactor": 0}}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3",
             "min": [-size / 2, 0, -size / 2], "max": [size / 2, size, size / 2]},
            {"bufferView": 1, "componentType": 5123, "count": 3, "type": "SCALAR"},
        ],
        "bufferViews": [{"buffer": 0, "byteLength": 36}, {"buffer": 0, "byteOffset": 36, "byteLength": 6}],
        "buffers": [{"byteLength": 42}],
        "animations": [{"name": clip, "channels": [{"sampler": 0, "target": {"node": 0, "path": "translation"}}]}
                       for clip in clips],
    }  # fmt: skip
    document |= more
    return glb({key: value for key, value in document.items() if value != []}, binary)


# -- themes ---------------------------------------------------------------------------------------------------
def _seats(prefix: str, x: int, y: int) -> list[dict[str, Any]]:
    return [{"id": f"{prefix}-{i}", "x": x + 70 * i, "y": y, "direction": "down"} for i in (1, 2)]


def _zone(ident: str, kind: str, x: int, y: int) -> dict[str, Any]:
    bounds = {"x": x, "y": y, "width": 200, "height": 120}
    seats = _seats(ident, x - 20, y + 60)
    return {"id": ident, "name": ident.title(), "type": kind, "bounds": bounds, "capacity": 2, "seats": seats}


def _metadata() -> dict[str, Any]:
    return {
        "id": "sample-theme",
        "name": "Sample",
        "version": "1.0.0",
        "author": {"name": "Ada", "id": "ada"},
        "description": "A small whole theme.",
        "tags": ["sample"],
        "preview": "preview.png",
        "license": "standard",
    }


def flat() -> Sample:
    """A 2D theme without findings in any profile."""
    document = _metadata() | {
        "renderer": "pixi",
        "canvas": {"width": 640, "height": 360, "background": {"image": "background.png", "color": "0x101820"}},
        "viewport": {"minZoom": 0.5, "maxZoom": 2, "defaultZoom": 1, "panBounds": True},
        "layers": [
            {"id": ident, "zIndex": z}
            for ident, z in (("background", 0), ("characters", 30), ("effects", 50), ("ui-overlay", 100))
        ],
        "zones": [_zone("desk", "work", 20, 20), _zone("talk", "meeting", 240, 20), _zone("sofa", "lounge", 20, 200)],
        "characters": {
            "atlas": "sheet.png",
            "frameWidth": 32,
            "frameHeight": 32,
            "anchor": {"x": 0.5, "y": 1},
            "hitArea": {"type": "rect", "x": -25, "y": -60, "width": 50, "height": 60},
            "nameTag": {"offsetY": -68, "font": "12px sans-serif", "color": "#ffffff", "bgColor": "rgba(0,0,0,0.5)",
                        "padding": {"x": 6, "y": 2}, "borderRadius": 4, "maxWidth": 100},
            "statusBadge": {"offsetX": 10, "offsetY": -50, "radius": 5, "colors": dict(STATUS_COLORS)},
            "states": {name: {"prefix": f"char-{name}", "frames": 4, "fps": 2, "loop": True}
                       for name in ("idle", "working")},
            "directions": ["up", "down", "left", "right"],
        },
    }  # fmt: skip
    files = {
        "background.png": picture(640, 360),
        "preview.png": picture(640, 360),
        "sheet.png": picture(128, 128, "RGBA"),
    }
    return Sample(document, files)


def space() -> Sample:
    """A 3D theme without findings in any profile."""
    document = _metadata() | {
        "renderer": "threejs",
        "canvas": {"width": 640, "height": 360, "background": {"image": "background.png", "color": "0x101820"}},
        "viewport": {"minZoom": 0.5, "maxZoom": 2, "defaultZoom": 1, "panBounds": True},
        "room": {"model": "room.glb", "scale": [1, 1, 1]},
        "character": {
            "model": "figure.glb",
            "scale": [1, 1, 1],
            "height": 1.6,
            "animations": {clip: clip for clip in CLIPS},
            "positions": {"desk": [1, 0, 1], "playground": [-1, 0, 1], "bed": [0, 0, -1]},
        },
        "camera": {"type": "orthographic", "zoom": 1.5, "position": [4, 5, 4], "target": [0, 0, 0]},
        "lighting": {"ambient": {"color": "0xffffff", "intensity": 0.8},
                     "directional": {"color": "0xffffff", "intensity": 1, "position": [3, 8, 3]}},
    }  # fmt: skip
    files = {
        "background.png": picture(640, 360),
        "preview.png": picture(640, 360),
        "room.glb": model(4),
        "figure.glb": model(1, CLIPS),
    }
    return Sample(document, files)


def furniture(**more: Any) -> dict[str, Any]:
    return {
        "id": "plant",
        "sprite": "plant.png",
        "layer": "effects",
        "x": 300,
        "y": 200,
        "width": 20,
        "height": 30,
    } | more


def effect(**more: Any) -> dict[str, Any]:
    return {"id": "glow", "type": "sprite", "sprite": "plant.png", "layer": "effects", "x": 300, "y": 200} | more


def copied(sample: Sample) -> Sample:
    return copy.deepcopy(sample)


def every_value(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Pointer and value of everything in a document."""
    yield at, value
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in pairs:
        yield from every_value(item, f"{at}/{key}")
