"""``theme.json`` to values. Reading is lenient: what cannot be used is left out and reported, the rest is drawn.

``parse_manifest`` turns bytes into JSON and says where it stops being JSON; ``theme_from_document`` turns JSON into a
``Theme``. Judging a theme by the rules of the format is the work of ``core/validation``.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from office_studio.core.theme.model import Canvas, Theme
from office_studio.core.theme.reading import Reader
from office_studio.core.theme.room_reading import read_room
from office_studio.core.theme.sections import (
    read_audio,
    read_canvas,
    read_characters,
    read_effect,
    read_furniture,
    read_layer,
    read_navigation,
    read_quality,
    read_viewport,
    read_zone,
)
from office_studio.core.validation.report import Finding
from office_studio.errors import ManifestError

MAX_MANIFEST_BYTES = 262_144
MAX_DIGITS = 40  # of a whole number
MAX_DEPTH = 128  # levels the reference server's parser reads
BOM = b"\xef\xbb\xbf"

_STRUCTURE = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[{]|[\]}]', re.DOTALL)
_STRING, _MARKS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL), re.compile(r"[\[{\]}]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def parse_manifest(source: bytes | str) -> dict[str, Any]:
    """The manifest as JSON object. A leading byte-order mark is skipped.

    Raises ManifestError: MANIFEST_ENCODING, MANIFEST_JSON (details: ``line``, ``column``, both from 1, and ``offset``
    in characters), MANIFEST_DEPTH, MANIFEST_NUMBER, MANIFEST_OBJECT.
    """
    text = _decode(source) if isinstance(source, bytes) else source
    if not text.strip():
        raise ManifestError("MANIFEST_JSON", "theme.json is empty.", "Write a manifest into it.", line=1, column=1)
    _check_depth(text)
    try:
        document = json.loads(text, parse_constant=_refuse_constant, parse_int=_integer, parse_float=_number)
    except json.JSONDecodeError as exc:
        raise _not_json(exc.msg, exc.lineno, exc.colno, exc.pos) from exc
    except RecursionError as exc:
        raise ManifestError("MANIFEST_DEPTH", "theme.json is nested too deeply.", "Flatten it.") from exc
    if not isinstance(document, dict):
        raise ManifestError("MANIFEST_OBJECT", "theme.json must hold an object: { … }.", "", line=1, column=1)
    if '"\\u' in text or "\\ud" in text.lower():
        _check_surrogates(document)
    return document


def theme_from_document(document: Any) -> tuple[Theme, tuple[Finding, ...]]:
    """The theme that a manifest describes, and what of it could not be used.

    Needs no more than an object with a canvas size (for 3D themes not even that).
    Raises ManifestError: MANIFEST_OBJECT, MANIFEST_CANVAS.
    """
    if not isinstance(document, dict):
        raise ManifestError("MANIFEST_OBJECT", "Manifest must be an object.", "Put { … } around its fields.")
    read = Reader()
    renderer = renderer_of(document)
    canvas = read_canvas(read, document, required=renderer in ("pixi", "sprite", "avg"))
    zones = tuple(
        zone for i, item in read.items(document, "zones", "") if (zone := read_zone(read, item, f"/zones/{i}"))
    )
    theme = Theme(
        id=read.text(document, "id", "", default="untitled"),
        name=read.text(document, "name", "", default="Untitled"),
        version=read.text(document, "version", "", default="0.0.0"),
        canvas=canvas or Canvas(1920, 1080),
        viewport=read_viewport(read, document),
        layers=tuple(
            layer for i, item in read.items(document, "layers", "") if (layer := read_layer(read, item, f"/layers/{i}"))
        ),
        zones=zones,
        furniture=tuple(
            piece
            for i, item in read.items(document, "furniture", "")
            if renderer != "threejs" and (piece := read_furniture(read, item, f"/furniture/{i}"))
        ),
        characters=read_characters(read, document),
        effects=tuple(
            effect
            for i, item in read.items(document, "effects", "")
            if (effect := read_effect(read, item, f"/effects/{i}"))
        ),
        audio=read_audio(read, document),
        quality=read_quality(read, document),
        navigation=read_navigation(read, document),
        renderer=renderer,
        room=read_room(read, document) if renderer == "threejs" else None,
        max_agents=read.positive_integer(document, "maxAgents", ""),
        description=read.text(document, "description", ""),
        author=_author(document),
        license=read.text(document, "license", "", default="standard"),
        tags=tuple(tag for _, tag in read.items(document, "tags", "") if isinstance(tag, str)),
        preview=read.path(document, "preview", "") or "preview.png",
        document=document,
    )
    return theme, tuple(read.findings)


def renderer_of(document: dict[str, Any]) -> str:
    """Key of the renderer: as written, ``threejs`` when a room model is set, else ``pixi`` (format 2.1)."""
    room = document.get("room")
    if isinstance(room, dict) and room.get("model"):
        return "threejs"
    written = document.get("renderer")
    return written if isinstance(written, str) and written else "pixi"


def _author(document: dict[str, Any]) -> str:
    author = document.get("author")
    name = author.get("name") if isinstance(author, dict) else author
    return name if isinstance(name, str) else ""


def _decode(source: bytes) -> str:
    try:
        return source.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as exc:
        line = source.count(b"\n", 0, exc.start) + 1
        raise ManifestError(
            "MANIFEST_ENCODING",
            f"theme.json is not UTF-8 text: byte {exc.start + 1}, line {line}.",
            "Save it as UTF-8.",
            line=line,
            column=1,
        ) from exc


def _not_json(problem: str, line: int, column: int, offset: int) -> ManifestError:
    return ManifestError(
        "MANIFEST_JSON",
        f"theme.json is not valid JSON: {problem} at line {line}, column {column}.",
        "Look for a missing or extra comma, bracket or quotation mark just before that place.",
        line=line,
        column=column,
        offset=offset,
    )


def _check_depth(text: str) -> None:
    depth = most = 0
    for mark in _MARKS.findall(_STRING.sub("", text)):
        depth += 1 if mark in "[{" else -1
        most = max(most, depth)
    if most > MAX_DEPTH:
        _refuse_depth(text)


def _refuse_depth(text: str) -> None:
    depth = 0
    for token in _STRUCTURE.finditer(text):
        mark = token[0][0]
        if mark in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                line = text.count("\n", 0, token.start()) + 1
                raise ManifestError(
                    "MANIFEST_DEPTH",
                    f"theme.json is nested more than {MAX_DEPTH} levels deep at line {line}.",
                    "No field of the format needs more than ten.",
                    line=line,
                    column=token.start() - text.rfind("\n", 0, token.start()),
                )
        elif mark in "]}":
            depth -= 1


def _refuse_constant(name: str) -> float:
    raise ManifestError("MANIFEST_NUMBER", f"theme.json contains {name}, which is not JSON.", "Write a number.")


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > MAX_DIGITS:
        raise _too_big(text)
    return int(text)


def _number(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise _too_big(text)
    return value


def _too_big(text: str) -> ManifestError:
    shown = text if len(text) < 24 else f"{text[:20]}…"
    return ManifestError("MANIFEST_NUMBER", f"The number {shown} in theme.json is too large.", "Write a smaller one.")


def _check_surrogates(value: Any) -> None:
    if isinstance(value, str):
        if _SURROGATE.search(value):
            raise ManifestError(
                "MANIFEST_ENCODING", "theme.json holds half of a character (a lone surrogate).", "Retype that text."
            )
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_surrogates(key)
            _check_surrogates(item)
    elif isinstance(value, list):
        for item in value:
            _check_surrogates(item)
