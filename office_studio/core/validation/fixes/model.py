"""What mends a finding, as values: edits of ``theme.json`` by pointer, and of files by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from office_studio.core.validation.report import Finding
from office_studio.core.validation.subject import Subject

PREVIEW_SIZE = (640, 360)


@dataclass(frozen=True, slots=True)
class Put:
    """Set the value at a pointer. A member that is not there is added at the end; ``/-`` appends to a list."""

    pointer: str
    value: Any


@dataclass(frozen=True, slots=True)
class Drop:
    """Remove a member or an item."""

    pointer: str


@dataclass(frozen=True, slots=True)
class RenameKey:
    """Give the member at a pointer another key, at its place."""

    pointer: str
    key: str


@dataclass(frozen=True, slots=True)
class StripBom:
    """Remove the byte-order mark."""


@dataclass(frozen=True, slots=True)
class WriteFile:
    """``make`` is called when the fix is applied, so that offering it costs nothing."""

    name: str
    make: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class RenameFile:
    name: str
    new_name: str


@dataclass(frozen=True, slots=True)
class DropFile:
    name: str


JsonEdit = Put | Drop | RenameKey | StripBom
FileEdit = WriteFile | RenameFile | DropFile


@dataclass(frozen=True, slots=True)
class Fix:
    """One way to mend one finding.

    Attributes:
        id: Kind of fix, stable, e.g. ``seat-into-zone``.
        title: What it does, with values, for a button.
        is_safe: The author need not be asked: nothing is lost and nothing else was meant.
    """

    id: str
    title: str
    edits: tuple[JsonEdit, ...] = ()
    files: tuple[FileEdit, ...] = ()
    is_safe: bool = True


@dataclass(frozen=True, slots=True)
class FixContext:
    """What fixes are made from. ``render_preview``: PNG of the theme in a size; None where nothing can draw."""

    subject: Subject
    render_preview: Callable[[int, int], bytes] | None = None


Maker = Callable[[FixContext, Finding], Fix | None]


@dataclass(frozen=True, slots=True)
class FixKind:
    rules: tuple[str, ...]
    title: str
    make: Maker


FIXES: list[FixKind] = []


def fix(*rules: str, title: str) -> Callable[[Maker], Maker]:
    """Register a maker for findings of some rules. Of several that fit a finding the first registered is offered."""

    def register(make: Maker) -> Maker:
        FIXES.append(FixKind(rules, title, make))
        return make

    return register


class FixFailed(Exception):
    """A fix could not do what it promised, e.g. a picture cannot be made small enough. Says why."""
