"""Which clip of a character a state plays: names in manifests, names in files, and likely names. Format 7.1, 8.6."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

# Canonical keys (8.6). Ours: keys of what agents do in an office, which older characters do not have.
CANONICAL = (
    "idle", "walk", "sleeping", "stand_up", "walk_to_sit", "lie_down", "dance", "swing", "crunch", "pushup",
    "pushup_to_idle", "sit_to_stand", "fall", "idle_long", "run", "sit", "sleep",
)  # fmt: skip
OURS = ("working", "type", "collaborating", "talk", "blocked", "think", "wave")
ONE_SHOTS = frozenset({"fall", "stand_up", "walk_to_sit", "lie_down", "pushup_to_idle", "sit_to_stand"})

# What is played, the first that the character has.
WORKING = ("working", "type", "idle")
COLLABORATING = ("collaborating", "talk", "idle")
BLOCKED = ("blocked", "idle")
RESTING = ("idle",)
SLEEPING = ("sleeping", "sleep", "idle")
WALKING = ("walk", "run", "idle")
CYCLE = ("dance", "swing", "crunch", "pushup")  # 8.4
OFFICE_CYCLE = ("idle", "think", "wave", "idle_long")  # for characters that have none of those
AFTER = {"pushup": "pushup_to_idle"}
DIGITS = ("idle", "walk", "sleep", "dance", "run", "swing", "crunch", "fall", "pushup", "sit")  # keys 0 to 9 (8.5)

# Names that other tools give to clips of that kind; compared without case, digits at the end and signs.
_LIKELY = {
    "idle": ("idle", "idling", "idleneutral", "stand", "standing", "breathing", "breathingidle", "standingidle"),
    "walk": ("walk", "walking", "walkcycle", "walkforward", "walkingforward", "walkinplace"),
    "run": ("run", "running", "jog", "jogging"),
    "sleeping": ("sleeping", "sleep", "sleepingidle", "layingsleeping", "laying", "lying"),
    "sleep": ("sleep", "sleeping"),
    "sit": ("sit", "sitting", "sittingidle", "seated", "sitidle"),
    "type": ("type", "typing", "work", "working", "keyboard", "sittingtyping"),
    "talk": ("talk", "talking", "meeting", "discuss", "conversation", "gesture"),
    "think": ("think", "thinking", "lookaround", "lookingaround"),
    "blocked": ("blocked", "stuck", "confused", "frustrated", "facepalm"),
    "wave": ("wave", "waving", "hello", "greeting"),
    "dance": ("dance", "dancing"),
    "stand_up": ("standup", "standingup", "gettingup", "getup"),
    "sit_to_stand": ("sittostand", "sittingtostanding"),
    "walk_to_sit": ("walktosit", "sitdown", "standtosit"),
    "lie_down": ("liedown", "lyingdown", "layingdown"),
    "fall": ("fall", "falling"),
    "pushup": ("pushup", "pushups"),
    "pushup_to_idle": ("pushuptoidle",),
    "crunch": ("crunch", "crunches", "situp", "situps"),
    "swing": ("swing", "swinging"),
    "idle_long": ("idlelong", "longidle"),
}  # fmt: skip
_SIGNS = re.compile(r"[^a-z]+")


@dataclass(frozen=True, slots=True)
class Clip:
    """``name`` in the file; ``from_idle_model``: of ``character.idleModel``."""

    name: str
    duration_s: float
    from_idle_model: bool = False


def words_for(key: str) -> str:
    """A key as people read it: "pushup_to_idle" is "pushup to idle"."""
    return key.replace("_", " ")


@dataclass(frozen=True, slots=True)
class ClipTable:
    """What a character can do, by canonical key."""

    clips: Mapping[str, Clip] = field(default_factory=dict)

    def get(self, key: str) -> Clip | None:
        return self.clips.get(key)

    def first(self, keys: Iterable[str]) -> str | None:
        """The first of the keys that plays something."""
        return next((key for key in keys if key in self.clips), None)

    def of_digit(self, digit: int) -> str | None:
        """Key of the clip that a digit from 0 to 9 plays (8.5), or None. Files call it sleeping where the keys say
        sleep."""
        key = DIGITS[digit]
        return self.first((key, "sleeping") if key == "sleep" else (key,))

    @property
    def cycle(self) -> tuple[str, ...]:
        """What somebody without work does in turns; empty: nothing but stand there.

        Of the format's four all count as soon as one is there: one that is missing still takes its time (8.4).
        """
        if any(key in self.clips for key in CYCLE):
            return CYCLE
        own = tuple(key for key in OFFICE_CYCLE if key in self.clips)
        # Standing counts twice: who always does something looks restless.
        return ("idle", *own) if len(own) > 1 and "idle" in self.clips else ()


def clip_table(
    animations: Mapping[str, str],
    clips: Mapping[str, float],
    idle_clips: Mapping[str, float] | None = None,
) -> ClipTable:
    """The clips of a character by key.

    Args:
        animations: ``character.animations``: key to name of a clip.
        clips: Name to length in seconds, of ``character.model``; ``idle_clips`` those of ``character.idleModel``.

    A name in the manifest counts first, then a clip's own name, then a likely one. A file with a single clip has a
    ``walk`` in it, an idle model with a single one an ``idle``.
    """
    found: dict[str, Clip] = {}
    sources = ((clips, False, "walk"), (idle_clips or {}, True, "idle"))
    mapped = {clip: [key for key, name in animations.items() if name == clip] for clip in animations.values()}
    for names, from_idle, lone in sources:
        for name, seconds in names.items():
            for key in mapped.get(name, [name]):
                found[key] = Clip(name, seconds, from_idle)
        if len(names) == 1 and lone not in found:
            ((name, seconds),) = names.items()
            found[lone] = Clip(name, seconds, from_idle)
    taken = set(mapped)
    for names, from_idle, _ in sources:
        free = {name: seconds for name, seconds in names.items() if name not in taken}
        for key, name in likely(free).items():
            found.setdefault(key, Clip(name, free[name], from_idle))
    return ClipTable(found)


def likely(names: Iterable[str]) -> dict[str, str]:
    """Canonical keys that clips of these names are probably meant for; the best name of each.

    Words before a "|" are the armature's name, as Blender writes it.
    """
    plain = {name: _SIGNS.sub("", name.rpartition("|")[2].lower()) for name in names}
    found: dict[str, str] = {}
    for key, words in _LIKELY.items():
        ranked = sorted((words.index(word), name) for name, word in plain.items() if word in words)
        if ranked:
            found[key] = ranked[0][1]
    return found
