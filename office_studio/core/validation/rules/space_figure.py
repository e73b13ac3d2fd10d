"""Rules on the character of a 3D theme: model, clips, places. 3D theme format, sections 8 and 14."""

from __future__ import annotations

from collections.abc import Iterator

from office_studio.core.room3d.clips import OURS
from office_studio.core.room3d.places import ENTRANCE, kind_of
from office_studio.core.theme.reading import is_number
from office_studio.core.validation.model_facts import ModelFacts
from office_studio.core.validation.rule import E, Hit, I, W, rule
from office_studio.core.validation.rules.space import get
from office_studio.core.validation.subject import Subject, escape

CLIP_KEYS = (
    "idle", "walk", "sleeping", "stand_up", "walk_to_sit", "lie_down", "dance", "swing", "crunch", "pushup",
    "pushup_to_idle", "sit_to_stand", "fall", "idle_long", "run", "sit", "sleep",
)  # fmt: skip
_PLAYED = CLIP_KEYS[2:11]  # what the state machine asks for beyond idle and walk
PLACES = {"desk": "working", "playground": "idle", "bed": "sleeping"}
_EXTRA_PLACES = ("meeting", ENTRANCE)  # ours (8.1)
_AT = "/character/animations"


def _has_model(subject: Subject) -> bool:
    return isinstance(get(subject, "character/model"), str) and bool(get(subject, "character/model"))


def _mapping(subject: Subject) -> dict[str, str]:
    value = get(subject, "character/animations")
    return {key: clip for key, clip in value.items() if isinstance(clip, str)} if isinstance(value, dict) else {}


def _loaded(subject: Subject) -> tuple[ModelFacts, ModelFacts | None] | None:
    """Facts of the character and of its idle model; None when the character cannot be looked at."""
    facts = subject.model(get(subject, "character/model"))
    if facts is None or facts.problem:
        return None
    idle = subject.model(get(subject, "character/idleModel"))
    return facts, None if idle is None or idle.problem else idle


def _keys(subject: Subject, loaded: tuple[ModelFacts, ModelFacts | None]) -> set[str]:
    """Keys that play something (7.1): mapped names, clips' own names, and a lone clip as walk or idle."""
    canonical = {clip: key for key, clip in _mapping(subject).items()}
    keys: set[str] = set()
    for facts, lone in zip(loaded, ("walk", "idle"), strict=True):
        if facts is not None:
            keys |= {canonical.get(clip, clip) for clip in facts.clips}
            if len(facts.clips) == 1:
                keys.add(lone)
    return keys


@rule("T3D-CHARACTER-MODEL", E, "U", "character.model is missing")
def character_model(subject: Subject) -> Iterator[Hit]:
    if isinstance(subject.document.get("character"), dict) and not _has_model(subject):
        yield Hit("/character/model")


@rule("T3D-CHAR-MISSING", W, "P", "The room has no character, so agents are invisible", "Set character.model.")
def character_missing(subject: Subject) -> Iterator[Hit]:
    if get(subject, "room/model") and not isinstance(subject.document.get("character"), dict):
        yield Hit("/character")


@rule("T3D-HEIGHT", E, "U", "character.height must be greater than 0")
def height(subject: Subject) -> Iterator[Hit]:
    value = get(subject, "character/height")
    if value is not None and not (is_number(value) and value > 0):
        yield Hit("/character/height")


@rule("T3D-ANIM-UNKNOWN-CLIP", E, "P", 'character.animations.{key}: clip "{clip}" not found. Available: {list}')
def unknown_clip(subject: Subject) -> Iterator[Hit]:
    loaded = _loaded(subject)
    if loaded is None:
        return
    clips = [clip for facts in loaded if facts for clip in facts.clips]
    for key, clip in _mapping(subject).items():
        if clip not in clips:
            shown = ", ".join(clips[:20]) or "none"
            yield Hit(f"{_AT}/{escape(key)}", {"key": key, "clip": clip[:80], "list": shown})


@rule("T3D-ANIM-MISSING-IDLE", W, "P", 'No "idle" animation: the character will freeze')
def missing_idle(subject: Subject) -> Iterator[Hit]:
    yield from _missing(subject, ("idle",))


@rule("T3D-ANIM-MISSING-WALK", W, "P", 'No "walk" animation: the character will slide')
def missing_walk(subject: Subject) -> Iterator[Hit]:
    yield from _missing(subject, ("walk",))


@rule("T3D-ANIM-MISSING-STATE", I, "P", 'Optional animation "{key}" is missing; that step is skipped')
def missing_state(subject: Subject) -> Iterator[Hit]:
    yield from _missing(subject, _PLAYED)


def _missing(subject: Subject, wanted: tuple[str, ...]) -> Iterator[Hit]:
    loaded = _loaded(subject)
    if loaded is not None:
        keys = _keys(subject, loaded)
        for key in wanted:
            if key not in keys:
                yield Hit(_AT, {"key": key})


@rule("T3D-ANIM-DUP", W, "P", 'Clip "{clip}" is mapped twice; only "{key}" will work')
def duplicate_clip(subject: Subject) -> Iterator[Hit]:
    last: dict[str, str] = {clip: key for key, clip in _mapping(subject).items()}
    for key, clip in _mapping(subject).items():
        if last[clip] != key:
            yield Hit(f"{_AT}/{escape(key)}", {"clip": clip[:80], "key": last[clip]})


@rule("T3D-ANIM-KEY-UNKNOWN", I, "P", '"{key}" is never played by the office')
def unknown_key(subject: Subject) -> Iterator[Hit]:
    for key in _mapping(subject):
        if key not in (*CLIP_KEYS, *OURS):
            yield Hit(f"{_AT}/{escape(key)}", {"key": key})


@rule("T3D-IDLE-BONES", W, "P", 'Idle animation targets "{node}", which the character does not have')
def idle_bones(subject: Subject) -> Iterator[Hit]:
    loaded = _loaded(subject)
    if loaded is not None and loaded[1] is not None:
        lost = sorted(loaded[1].clip_targets - loaded[0].nodes)
        if lost:
            yield Hit("/character/idleModel", {"node": lost[0]})


@rule("T3D-POS-KEY", I, "U", 'Position "{key}" is not used')
def position_key(subject: Subject) -> Iterator[Hit]:
    for key in subject.section("positions", subject.section("character")):
        if kind_of(key) not in (*PLACES, *_EXTRA_PLACES):
            yield Hit(f"/character/positions/{escape(key)}", {"key": key})


@rule("T3D-POS-OUTSIDE", W, "P", 'Position "{key}" lies outside the room')
def position_outside(subject: Subject) -> Iterator[Hit]:
    facts, scale = subject.model(get(subject, "room/model")), get(subject, "room/scale") or [1, 1, 1]
    sides = scale if isinstance(scale, list) and len(scale) == 3 and all(is_number(v) for v in scale) else [1, 1, 1]
    if facts is None or facts.box is None:
        return
    for key, place in subject.section("positions", subject.section("character")).items():
        if not isinstance(place, list) or len(place) != 3 or not all(is_number(v) for v in place):
            continue
        for axis in (0, 2):
            ends = sorted((facts.box[0][axis] * sides[axis], facts.box[1][axis] * sides[axis]))
            if not ends[0] <= place[axis] <= ends[1]:
                yield Hit(f"/character/positions/{escape(key)}", {"key": key})
                break


@rule("T3D-POS-MISSING", I, "U", 'Without "{key}" the character stays where it is when {state}')
def position_missing(subject: Subject) -> Iterator[Hit]:
    if not _has_model(subject):
        return
    positions = subject.section("positions", subject.section("character"))
    for key, state in PLACES.items():
        if key not in positions:
            yield Hit("/character/positions", {"key": key, "state": state})
