"""What goes into a bundle, and why the rest stays out. Pure: names and the manifest in, a plan out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from office_studio.core.packing.needed import MANIFEST, files_needed
from office_studio.core.packing.rules_file import PACK_FILE, PackRules
from office_studio.core.validation.lint import LINT_FILE
from office_studio.core.validation.rules.files import is_litter
from office_studio.core.validation.subject import Subject, extension
from office_studio.core.validation.upload import ALLOWED_EXTENSIONS
from office_studio.errors import AssetError, PackageError

__all__ = ["KINDS", "MANIFEST", "PlannedFile", "SizeRow", "packed_names", "plan_bundle", "size_table"]

KINDS: Mapping[str, str] = {
    **dict.fromkeys(("png", "jpg", "jpeg", "webp", "gif", "svg"), "pictures"),
    **dict.fromkeys(("glb", "gltf", "bin"), "models"),
    **dict.fromkeys(("mp3", "ogg", "wav"), "sounds"),
    "json": "data",
}
_SETTINGS = {PACK_FILE, LINT_FILE}
_EDITOR_ENDINGS = ("~", ".bak", ".orig", ".swp", ".tmp")


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file of the theme and what becomes of it.

    Attributes:
        reason: A few words for people.
        size_bytes: As it lies in the theme, not as it will be packed.
        kind: pictures, models, sounds, data or other.
        same_as: Another file of the theme with the same bytes, or "".
    """

    name: str
    packed: bool
    reason: str
    size_bytes: int = 0
    kind: str = "other"
    same_as: str = ""


@dataclass(frozen=True, slots=True)
class SizeRow:
    """Files of one kind in one folder ("" is the top), those that are packed and those that are not."""

    folder: str
    kind: str
    files: int
    size_bytes: int
    left_out: int
    left_out_bytes: int


def plan_bundle(
    subject: Subject, rules: PackRules = PackRules(), same_as: Mapping[str, str] | None = None
) -> tuple[PlannedFile, ...]:
    """A line for every file, sorted by name.

    Packed is what the theme refers to and what ``rules`` include. Left out are litter, types that bundles do not
    allow, files that nothing refers to, and doubles of files that are packed anyway.

    Args:
        same_as: Files with the bytes of another file, and that file.
    Raises:
        PackageError: PACK_RULES_EXCLUDE_NEEDED.
    """
    needed = files_needed(subject) | {MANIFEST}
    same_as = same_as or {}
    plan = [_decide(subject, name, needed, rules, same_as) for name in sorted(subject.names | {MANIFEST})]
    return tuple(plan)


def packed_names(plan: Iterable[PlannedFile]) -> tuple[str, ...]:
    return tuple(item.name for item in plan if item.packed)


def size_table(plan: Iterable[PlannedFile]) -> tuple[SizeRow, ...]:
    """Sums by folder and kind, largest first: a table, or the leaves of a treemap."""
    sums: dict[tuple[str, str], list[int]] = {}
    for item in plan:
        row = sums.setdefault((item.name.rpartition("/")[0], item.kind), [0, 0, 0, 0])
        at = 0 if item.packed else 2
        row[at] += 1
        row[at + 1] += item.size_bytes
    rows = [SizeRow(folder, kind, *numbers) for (folder, kind), numbers in sums.items()]
    return tuple(sorted(rows, key=lambda row: (-row.size_bytes, -row.left_out_bytes, row.folder, row.kind)))


def _decide(
    subject: Subject, name: str, needed: frozenset[str], rules: PackRules, same_as: Mapping[str, str]
) -> PlannedFile:
    packed, reason = _fate(name, needed, rules, same_as)
    kind = KINDS.get(extension(name), "other")
    return PlannedFile(name, packed, reason, _size(subject, name), kind, same_as.get(name, ""))


def _fate(name: str, needed: frozenset[str], rules: PackRules, same_as: Mapping[str, str]) -> tuple[bool, str]:
    if name == MANIFEST:
        return True, "the manifest"
    if name in _SETTINGS:
        return False, "settings of checking and packing"
    if is_litter(name) or name.endswith(_EDITOR_ENDINGS):
        return False, "hidden file, or litter of the system or an editor"
    if extension(name) not in ALLOWED_EXTENSIONS:
        kind = f".{extension(name)}" if extension(name) else "no extension"
        return False, f"file type not allowed in bundles ({kind})"
    if rules.excludes(name):
        if name in needed:
            raise PackageError(
                "PACK_RULES_EXCLUDE_NEEDED",
                f"{PACK_FILE} excludes {name}, which the theme refers to.",
                "Narrow the pattern, or take the file out of theme.json.",
                file=name,
            )
        return False, f"excluded by {PACK_FILE}"
    twin = same_as.get(name)
    if name in needed:
        return True, f"used; same bytes as {twin}" if twin else "used"
    if twin is not None and twin in needed:
        return False, f"same bytes as {twin}"
    if rules.includes(name):
        return True, f"included by {PACK_FILE}"
    return False, "nothing in the theme refers to it"


def _size(subject: Subject, name: str) -> int:
    try:
        return subject.files.size(name) if subject.files is not None else 0
    except AssetError:
        return 0
