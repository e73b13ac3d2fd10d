"""What goes into a bundle, and why the rest stays out. Pure: names and the manifest in, a plan out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from office_studio.core.validation.rules.files import is_litter, needed_files
from office_studio.core.validation.subject import Subject, extension
from office_studio.core.validation.upload import ALLOWED_EXTENSIONS

MANIFEST = "theme.json"


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file of the theme and what becomes of it."""

    name: str
    packed: bool
    reason: str  # a few words for people


def plan_bundle(subject: Subject) -> tuple[PlannedFile, ...]:
    """A line for every file, sorted by name.

    Litter and files of a type that bundles do not allow stay out; files of an allowed type that nothing refers to are
    packed, because a viewer of another kind may use them (e.g. a background for narrow screens).
    """
    needed = needed_files(subject)
    return tuple(_decide(name, name in needed) for name in sorted(subject.names | {MANIFEST}))


def packed_names(plan: Iterable[PlannedFile]) -> tuple[str, ...]:
    return tuple(item.name for item in plan if item.packed)


def _decide(name: str, is_needed: bool) -> PlannedFile:
    if name == MANIFEST:
        return PlannedFile(name, True, "the manifest")
    if is_litter(name):
        return PlannedFile(name, False, "hidden file or litter of the system")
    if extension(name) not in ALLOWED_EXTENSIONS:
        kind = f".{extension(name)}" if extension(name) else "no extension"
        return PlannedFile(name, False, f"file type not allowed in bundles ({kind})")
    return PlannedFile(name, True, "used" if is_needed else "not referred to by theme.json")
