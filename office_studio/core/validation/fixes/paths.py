"""Fixes for paths and files: spelling, place, extension, and what does not belong into a theme."""

from __future__ import annotations

import difflib
import json
import posixpath
import re
from collections.abc import Iterator
from functools import partial

from office_studio.core.theme.files import is_safe_name
from office_studio.core.validation.fixes.json_text import edited
from office_studio.core.validation.fixes.model import (
    Drop,
    DropFile,
    FileEdit,
    Fix,
    FixContext,
    JsonEdit,
    Put,
    RenameFile,
    WriteFile,
    fix,
)
from office_studio.core.validation.fixes.names import value_at
from office_studio.core.validation.images import image_kind
from office_studio.core.validation.report import Finding
from office_studio.core.validation.rules.files import ATLASES
from office_studio.core.validation.rules.space import models
from office_studio.core.validation.subject import Subject, extension
from office_studio.core.validation.upload import ALLOWED_EXTENSIONS
from office_studio.errors import AssetError

_MANY = 500
_EXTENSIONS = {"jpeg": ("jpg", "jpeg"), "png": ("png",), "webp": ("webp",), "gif": ("gif",)}
# Fields a theme can do without: a reference to a file that must go is dropped with it.
_OPTIONAL = re.compile(
    r"/canvas/background/(image2x|mobile)|/quality/.*|/characters/(variants/\d+|seatSprites/.*)|/effects/\d+/sprite"
)


def _references(subject: Subject) -> Iterator[tuple[str, str]]:
    """Pointer and path of every file that theme.json names, models too."""
    for reference in subject.references():
        if isinstance(reference.value, str) and reference.value:
            yield reference.pointer, reference.value
    for pointer, value in models(subject):
        if isinstance(value, str) and value:
            yield pointer, value


def _relative(subject: Subject, written: str) -> str:
    """The path that was meant, inside the theme."""
    path = re.sub(r"^[A-Za-z]:", "", written.replace("\\", "/")).lstrip("/")
    own = f"themes/{subject.document.get('id')}/"
    if own in path:
        path = path.rpartition(own)[2]
    parts = [part for part in path.split("/") if part not in ("", ".", "..")]
    # The longest end of the path that is a file of the theme; else what is left of it.
    ends = ["/".join(parts[i:]) for i in range(len(parts))]
    return next((end for end in ends if end in subject.names), ends[0] if ends else "")


@fix(
    "T2D-PATH-ABS", "T2D-PATH-TRAVERSAL", "T2D-PATH-BACKSLASH", "T2D-PATH-SCHEME", "T3D-PATH-UNSAFE",
    title="write the path relative to the theme",
)  # fmt: skip
def relative_path(context: FixContext, finding: Finding) -> Fix | None:
    written = value_at(context.subject, finding.pointer)
    if not isinstance(written, str) or finding.pointer is None or re.match(r"[a-z]{2,}:", written):
        return None  # an address or data, which no file of the theme can be
    path = _relative(context.subject, written)
    if not is_safe_name(path) or path == written:
        return None
    is_there = context.subject.files is None or path in context.subject.names
    return Fix("relative-path", f"Write “{path}”", (Put(finding.pointer, path),), is_safe=is_there)


@fix("T2D-PATH-CASE", "T3D-FILE-CASE", title="write the name as the file is spelt")
def path_case(context: FixContext, finding: Finding) -> Fix | None:
    written = value_at(context.subject, finding.pointer)
    same = [n for n in context.subject.names if isinstance(written, str) and n.lower() == written.lower()]
    if len(same) != 1 or finding.pointer is None:
        return None
    return Fix("path-case", f"Write “{same[0]}”", (Put(finding.pointer, same[0]),))


@fix("T2D-FILE-MISSING", "T2D-SPRITE-MISSING", "T3D-FILE-MISSING", title="name the file that was meant")
def missing_file(context: FixContext, finding: Finding) -> Fix | None:
    written = value_at(context.subject, finding.pointer)
    if not isinstance(written, str) or finding.pointer is None:
        return None
    used = {path for _, path in _references(context.subject)}
    alike = [n for n in context.subject.names if extension(n) == extension(written)]
    # Same name in another folder, else nearly the same name that nothing else uses.
    same = [n for n in alike if posixpath.basename(n) == posixpath.basename(written)]
    if len(alike) > _MANY:
        alike = []  # comparing with each would take too long
    near = same[:1] or difflib.get_close_matches(written, [n for n in alike if n not in used], 1, 0.75)
    if not near:
        return None
    return Fix("did-you-mean", f"Write “{near[0]}”", (Put(finding.pointer, near[0]),), is_safe=False)


@fix("T2D-FILE-UNUSED", title="delete the file")
def drop_unused(context: FixContext, finding: Finding) -> Fix | None:
    if finding.file is None or finding.file not in context.subject.names:
        return None
    return Fix("drop-file", f"Delete {finding.file}", files=(DropFile(finding.file),), is_safe=False)


@fix("T2D-FILE-HIDDEN", title="delete the file")
def drop_litter(context: FixContext, finding: Finding) -> Fix | None:
    return drop_unused(context, finding)


@fix("T2D-FILE-EXT", title="take the file out of the theme")
def exclude_unknown(context: FixContext, finding: Finding) -> Fix | None:
    name = finding.file
    if name is None or name not in context.subject.names:
        return None
    pointers = [pointer for pointer, path in _references(context.subject) if path == name]
    if not all(_OPTIONAL.fullmatch(pointer) for pointer in pointers):
        return None
    # From the end, so that indices before stay what they are. An effect goes as a whole.
    edits: list[JsonEdit] = [Drop(re.sub(r"(/effects/\d+)/sprite", r"\1", pointer)) for pointer in reversed(pointers)]
    return Fix("exclude-file", f"Take {name} out of the theme", tuple(edits), (DropFile(name),), is_safe=False)


# -- renaming ----------------------------------------------------------------------------------------------
@fix("T2D-IMG-MAGIC", title="name the picture after what it is")
def right_extension(context: FixContext, finding: Finding) -> Fix | None:
    subject, name = context.subject, finding.object or finding.file
    if name is None or name not in subject.names or subject.files is None:
        return None
    try:
        kind = image_kind(subject.files.read(name))
    except AssetError:
        return None
    if kind not in _EXTENSIONS or kind == "gif":  # themes hold no GIF, whatever its name
        return None
    new_name = f"{name.rpartition('.')[0]}.{_EXTENSIONS[kind][0]}"
    return _moved(subject, {name: new_name}, "right-extension", f"Rename {name} to {posixpath.basename(new_name)}")


@fix("T2D-BUNDLE-SUBDIR", "T3D-SUBDIR", "T2D-PREVIEW-ROOT", title="move all files beside theme.json")
def flatten(context: FixContext, finding: Finding) -> Fix | None:
    subject = context.subject
    if any(name in subject.names for name in ATLASES):  # these are found by their folder
        return None
    moves: dict[str, str] = {}
    taken = {name for name in subject.names if "/" not in name}
    needed = {path for _, path in _references(subject) if is_safe_name(path) and path in subject.names}
    for name in sorted(needed | {image for _, image in _atlas_images(subject)}):
        if "/" in name:
            flat = posixpath.basename(name)
            if flat.lower() in {other.lower() for other in taken}:
                flat = name.replace("/", "-")
            if flat in taken:
                return None
            taken.add(flat)
            moves[name] = flat
    return _moved(subject, moves, "flatten", "Move all files beside theme.json") if moves else None


def _atlas_images(subject: Subject) -> Iterator[tuple[str, str]]:
    """JSON atlas and the picture it names, both as files of the theme."""
    for path in sorted({path for _, path in _references(subject)} & subject.names):
        if extension(path) == "json" and subject.files is not None:
            try:
                meta = json.loads(subject.files.read(path)).get("meta", {})
                image = posixpath.normpath(posixpath.join(posixpath.dirname(path), meta.get("image", "")))
            except (ValueError, AttributeError, TypeError, RecursionError, AssetError):
                continue
            if image in subject.names:
                yield path, image


def _moved(subject: Subject, moves: dict[str, str], ident: str, title: str) -> Fix | None:
    """Files under new names, and everything that names them corrected."""
    if any(new in subject.names and new not in moves for new in moves.values()):
        return None
    if not all(extension(new) in ALLOWED_EXTENSIONS for new in moves.values()):
        return None
    edits = [Put(pointer, moves[path]) for pointer, path in _references(subject) if path in moves]
    files: list[FileEdit] = [RenameFile(old, new) for old, new in moves.items()]
    for atlas, image in _atlas_images(subject):
        new_atlas, new_image = moves.get(atlas, atlas), moves.get(image, image)
        if (new_atlas, new_image) != (atlas, image) and subject.files is not None:
            inside = posixpath.relpath(new_image, posixpath.dirname(new_atlas) or ".")
            text = subject.files.read(atlas)
            files.append(WriteFile(new_atlas, partial(edited, text, [Put("/meta/image", inside)])))
    return Fix(ident, title, tuple(edits), tuple(files), is_safe=ident == "right-extension")
