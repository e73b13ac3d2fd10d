"""Fixes for names that are nearly right: "did you mean"."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from office_studio.core.theme.model import ANIMATION_TYPES
from office_studio.core.validation.fixes.model import Fix, FixContext, JsonEdit, Put, RenameKey, fix
from office_studio.core.validation.report import Finding
from office_studio.core.validation.rules.layout import WELL_KNOWN_Z
from office_studio.core.validation.rules.metadata import KNOWN_KEYS
from office_studio.core.validation.rules.objects import BLENDS
from office_studio.core.validation.rules.space_figure import CLIP_KEYS, PLACES
from office_studio.core.validation.subject import Subject

DIRECTIONS = ("up", "down", "left", "right")
ZONE_TYPES = ("work", "meeting", "lounge", "custom")
STATUSES = ("working", "idle", "blocked", "collaborating")
_MANY = 500
# What people write for a word of the format, besides slips of the finger.
_SYNONYMS = {
    "north": "up", "south": "down", "west": "left", "east": "right", "back": "up", "front": "down",
    "office": "work", "desk": "work", "conference": "meeting", "break": "lounge", "rest": "lounge", "kitchen": "lounge",
    "busy": "working", "online": "idle", "collab": "collaborating", "additive": "add", "lighten": "screen",
}  # fmt: skip


def nearest(word: Any, among: Iterable[str]) -> str | None:
    """The word of the format that was probably meant; None when nothing is near or it is right already."""
    choices = [choice for choice in islice(among, _MANY) if choice]
    if not isinstance(word, str) or word in choices:
        return None
    lowered = {choice.lower(): choice for choice in choices}
    key = word.strip().lower().replace("_", "-")
    if _SYNONYMS.get(key) in choices:
        return _SYNONYMS[key]
    near = difflib.get_close_matches(key, lowered, 1, 0.6)
    return lowered[near[0]] if near else None


def value_at(subject: Subject, pointer: str | None) -> Any:
    value: Any = subject.document
    for part in (pointer or "").split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def _ids(subject: Subject, key: str) -> list[str]:
    return [str(item["id"]) for _, item in subject.objects(key) if isinstance(item.get("id"), str)]


_CHOICES: dict[str, Callable[[Subject], Iterable[str]]] = {
    "T2D-FURN-LAYER": lambda s: _ids(s, "layers"),
    "T2D-FX-LAYER": lambda s: _ids(s, "layers"),
    "T2D-ZONE-TYPE": lambda s: ZONE_TYPES,
    "T2D-SEAT-DIR": lambda s: DIRECTIONS,
    "T2D-FX-BLEND": lambda s: BLENDS,
    "T2D-ANIM-TYPE": lambda s: ANIMATION_TYPES,
    "T2D-META-LICENSE": lambda s: ("standard", "exclusive"),
    "T2D-META-RENDERER": lambda s: ("pixi",),
    "T2D-META-RENDERER-CASE": lambda s: ("pixi", "threejs"),
    "T3D-CAM-TYPE": lambda s: ("orthographic", "perspective"),
}


@fix(*_CHOICES, title="write the word that was meant")
def nearest_word(context: FixContext, finding: Finding) -> Fix | None:
    written = value_at(context.subject, finding.pointer)
    meant = nearest(written, _CHOICES[finding.rule](context.subject))
    if meant is None or finding.pointer is None:
        return None
    return Fix("did-you-mean", f"Write “{meant}” instead of “{written}”", (Put(finding.pointer, meant),))


@fix("T3D-ANIM-UNKNOWN-CLIP", title="write the clip that was meant")
def nearest_clip(context: FixContext, finding: Finding) -> Fix | None:
    character = context.subject.section("character")
    facts = [context.subject.model(character.get(key)) for key in ("model", "idleModel")]
    written = value_at(context.subject, finding.pointer)
    meant = nearest(written, [clip for each in facts if each for clip in each.clips])
    if meant is None or finding.pointer is None:
        return None
    return Fix("did-you-mean", f"Write “{meant}” instead of “{written}”", (Put(finding.pointer, meant),))


_KEYS: dict[str, Callable[[Subject], Iterable[str]]] = {
    "T2D-META-UNKNOWN": lambda s: KNOWN_KEYS,
    "T2D-SEATSPRITE-STATUS": lambda s: STATUSES,
    "T2D-SEATSPRITE-SEAT": lambda s: [str(seat.get("id")) for _, seat, _ in s.seats()],
    "T3D-ANIM-KEY-UNKNOWN": lambda s: CLIP_KEYS,
    "T3D-POS-KEY": lambda s: PLACES,
}


@fix(*_KEYS, title="write the key that was meant")
def nearest_key(context: FixContext, finding: Finding) -> Fix | None:
    assert finding.pointer is not None
    parent, _, key = finding.pointer.rpartition("/")
    key = key.replace("~1", "/").replace("~0", "~")
    there = value_at(context.subject, parent)
    meant = nearest(key, _KEYS[finding.rule](context.subject))
    if meant is None or not isinstance(there, dict) or meant in there:
        return None
    return Fix("did-you-mean", f"Write “{meant}” instead of “{key}”", (RenameKey(finding.pointer, meant),))


@fix("T2D-CHAR-STATES", title="name the state that was meant")
def nearest_state(context: FixContext, finding: Finding) -> Fix | None:
    states = value_at(context.subject, "/characters/states")
    for wanted in ("idle", "working") if isinstance(states, dict) else ():
        others = [key for key in states if key not in ("idle", "working", "walking", "meeting", "coffee", "blocked")]
        meant = next((key for key in others if nearest(key, (wanted,)) == wanted), None)
        if wanted not in states and meant is not None:
            edit = RenameKey(f"/characters/states/{meant.replace('~', '~0').replace('/', '~1')}", wanted)
            return Fix("did-you-mean", f"Name the state “{meant}” “{wanted}”", (edit,))
    return None


@fix("T2D-CHAR-DIRS", title="write the directions that were meant")
def nearest_directions(context: FixContext, finding: Finding) -> Fix | None:
    written = value_at(context.subject, finding.pointer)
    if not isinstance(written, list) or finding.pointer is None:
        return None
    edits: list[JsonEdit] = []
    for number, word in enumerate(written):
        if word not in DIRECTIONS:
            meant = nearest(word, DIRECTIONS)
            if meant is None:
                return None
            edits.append(Put(f"{finding.pointer}/{number}", meant))
    return Fix("did-you-mean", "Write up, down, left or right", tuple(edits)) if edits else None


@fix("T2D-FURN-LAYER", "T2D-FX-LAYER", title="add the missing layer")
def add_layer(context: FixContext, finding: Finding) -> Fix | None:
    name = value_at(context.subject, finding.pointer)
    return _layer(context.subject, name) if isinstance(name, str) and name else None


@fix("T2D-LAYER-WELLKNOWN", title="add the missing layer")
def add_well_known_layer(context: FixContext, finding: Finding) -> Fix | None:
    present = _ids(context.subject, "layers")
    missing = [name for name in ("background", "characters", "effects", "ui-overlay") if name not in present]
    name = next((name for name in missing if f'"{name}"' in finding.message), None)
    return _layer(context.subject, name) if name else None


def _layer(subject: Subject, name: str) -> Fix | None:
    if not isinstance(subject.document.get("layers"), list):
        return None
    used = [z for _, layer in subject.objects("layers") if isinstance(z := layer.get("zIndex"), int)]
    z = WELL_KNOWN_Z.get(name, max(used, default=0) + 10)
    return Fix("add-layer", f"Add the layer “{name}” at {z}", (Put("/layers/-", {"id": name, "zIndex": z}),))
