"""Rules on paths, files and pictures. 2D theme format, section 21.6."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from office_studio.core.theme.files import is_safe_name
from office_studio.core.validation.rule import E, Hit, I, Scope, W, rule
from office_studio.core.validation.subject import IMAGE_EXTENSIONS, Reference, Subject, extension, sorted_names
from office_studio.core.validation.upload import ALLOWED_EXTENSIONS
from office_studio.errors import AssetError

_KINDS = {"png": "PNG", "jpeg": "JPEG", "webp": "WebP", "gif": "GIF", "bmp": "BMP", "": "other"}
_OF_EXTENSION = {"jpg": "jpeg"}
_ODD = re.compile(r"[^A-Za-z0-9._/-]")
_MB = 1_000_000
_ROOT_FILES = {"theme.json", "preview.png"}
_LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}
ATLASES = ("sprites/furniture.json", "sprites/effects.json")


def used(subject: Subject) -> Iterator[Reference]:
    """References with a value that can be a path."""
    for reference in subject.references():
        if isinstance(reference.value, str) and reference.value:
            yield reference


def _safe(subject: Subject) -> tuple[tuple[Reference, str], ...]:
    return subject.once(_safe_references)


def _safe_references(subject: Subject) -> tuple[tuple[Reference, str], ...]:
    return tuple((each, str(each.value)) for each in used(subject) if is_safe_name(each.value))


@rule("T2D-PATH-EMPTY", E, "ZOD", "{field} is empty", scope=Scope.FLAT)
def path_empty(subject: Subject) -> Iterator[Hit]:
    for reference in subject.references():
        if reference.required and reference.value in (None, "") and not subject.is_3d:
            yield Hit(reference.pointer, {"field": reference.pointer[1:].replace("/", ".")})
    for kind in () if subject.is_3d else ("furniture", "effects"):
        for at, item in subject.objects(kind):
            if item.get("sprite") == "":
                yield Hit(f"{at}/sprite", {"field": f"{at}/sprite"[1:].replace("/", ".")})


def _bad_paths(subject: Subject, text: str | tuple[str, ...], *, at_start: bool = False) -> Iterator[Hit]:
    marks = (text,) if isinstance(text, str) else text
    for reference in used(subject):
        value = reference.value
        if value.startswith(marks) if at_start else any(mark in value for mark in marks):
            yield Hit(reference.pointer, {"v": value[:80]})


@rule("T2D-PATH-ABS", E, "ZOD", 'path "{v}" must be relative', scope=Scope.FLAT)
def path_absolute(subject: Subject) -> Iterator[Hit]:
    yield from _bad_paths(subject, ("/", "\\"), at_start=True)


@rule("T2D-PATH-TRAVERSAL", E, "SEED", 'path "{v}" must not contain ".."', scope=Scope.FLAT)
def path_traversal(subject: Subject) -> Iterator[Hit]:
    yield from _bad_paths(subject, "..")


@rule("T2D-PATH-SCHEME", E, "ZOD", 'path "{v}" must not contain ":"', scope=Scope.FLAT)
def path_scheme(subject: Subject) -> Iterator[Hit]:
    yield from _bad_paths(subject, ":")


@rule("T2D-PATH-BACKSLASH", W, "P", 'path "{v}": use forward slashes', scope=Scope.FLAT)
def path_backslash(subject: Subject) -> Iterator[Hit]:
    yield from _bad_paths(subject, "\\")


@rule("T2D-PATH-CHARS", W, "P", 'name "{v}" may fail in URLs', "Use letters, digits, dot, hyphen and underscore.")
def path_characters(subject: Subject) -> Iterator[Hit]:
    for reference, name in _safe(subject):
        if _ODD.search(name):
            yield Hit(reference.pointer, {"v": name[:80]})


@rule("T2D-PATH-CASE", E, "P", '"{v}" differs in case from "{file}"', scope=Scope.FLAT)
def path_case(subject: Subject) -> Iterator[Hit]:
    by_lower = {name.lower(): name for name in subject.names}
    for reference, name in _safe(subject):
        if subject.files is not None and name not in subject.names and name.lower() in by_lower:
            yield Hit(reference.pointer, {"v": name, "file": by_lower[name.lower()]})


def _lowered(subject: Subject) -> frozenset[str]:
    return frozenset(name.lower() for name in subject.names)


def _lost(subject: Subject, kinds: tuple[str, ...]) -> Iterator[tuple[Reference, str]]:
    """References to files that are not there under any spelling."""
    lowered = subject.once(_lowered)
    for reference, name in _safe(subject):
        if subject.files is not None and reference.kind in kinds and name.lower() not in lowered:
            yield reference, name


@rule("T2D-FILE-MISSING", E, "DOC", 'file "{v}" not found', "Add the file, or correct the name.", scope=Scope.FLAT)
def file_missing(subject: Subject) -> Iterator[Hit]:
    for reference, name in _lost(subject, ("image", "atlas", "audio", "model")):
        if reference.pointer != "/preview":
            yield Hit(reference.pointer, {"v": name}, file=name)


@rule("T2D-SPRITE-MISSING", E, "DOC", 'sprite "{s}" not found', "Add the picture, or correct the name.")
def sprite_missing(subject: Subject) -> Iterator[Hit]:
    if subject.is_3d:
        return
    frames = subject.once(_sprite_frames)
    for reference, name in _lost(subject, ("sprite",)):
        if name not in frames:
            yield Hit(reference.pointer, {"s": name})


def _sprite_frames(subject: Subject) -> set[str]:
    frames: set[str] = set()
    for name in ATLASES:
        if subject.files is not None and name in subject.names:
            try:
                found = json.loads(subject.files.read(name)).get("frames", {})
            except (ValueError, AttributeError, RecursionError, AssetError):
                continue
            if isinstance(found, list):
                found = {str(frame.get("filename")) for frame in found if isinstance(frame, dict)}
            frames |= set(found) if isinstance(found, dict | set) else set()
    return frames


def needed_files(subject: Subject) -> frozenset[str]:
    """Files a viewer of this theme reads, as far as the manifest and its atlases tell."""
    return subject.once(_needed)


def _needed(subject: Subject) -> frozenset[str]:
    needed = {name for _, name in _safe(subject)} | _ROOT_FILES
    for name in {n for n in needed if extension(n) in ("json", "gltf")} | set(ATLASES) - _ROOT_FILES:
        if subject.files is None or name not in subject.names or name == "theme.json":
            continue
        needed.add(name)
        try:
            meta = json.loads(subject.files.read(name)).get("meta", {})
            image = meta.get("image") if isinstance(meta, dict) else None
        except (ValueError, AttributeError, RecursionError, AssetError):
            continue
        if is_safe_name(image):
            needed.add(f"{name.rpartition('/')[0]}/{image}".lstrip("/"))
    return frozenset(needed)


def is_litter(name: str) -> bool:
    """Hidden files and what operating systems leave behind."""
    parts = name.split("/")
    return parts[-1] in _LITTER or "__MACOSX" in parts or any(part.startswith(".") for part in parts)


@rule("T2D-FILE-UNUSED", W, "P", "file is not used: {file}", "Remove it, or name it in theme.json.")
def file_unused(subject: Subject) -> Iterator[Hit]:
    if subject.files is None or subject.is_3d:
        return
    needed = needed_files(subject)
    for name in sorted(subject.names - needed):
        if not is_litter(name):
            # In a folder the packer leaves documents out, and a spare picture does no harm: only a hint.
            packed = subject.folder_name is None and extension(name) in ALLOWED_EXTENSIONS
            yield Hit(file=name, args={"file": name}, severity=W if packed else I)


@rule("T2D-FILE-EXT", E, "SEED", 'file type ".{ext}" is not allowed in bundles: {file}')
def file_extension(subject: Subject) -> Iterator[Hit]:
    if subject.files is None:
        return
    named = {name for _, name in _safe(subject)}
    for name in subject.once(sorted_names):
        # From a folder only referenced files are packed; in a zip everything counts.
        if extension(name) not in ALLOWED_EXTENSIONS and (name in named or subject.folder_name is None):
            yield Hit(file=name, args={"ext": extension(name), "file": name})


@rule("T2D-FILE-HIDDEN", W, "SRV", "excluded from the bundle: {file}", "Delete it, or let packing leave it out.")
def file_hidden(subject: Subject) -> Iterator[Hit]:
    for name in sorted(subject.names - {".themelint.toml"}):
        if is_litter(name):
            yield Hit(file=name, args={"file": name}, severity=I if subject.folder_name is not None else None)


@rule("T2D-IMG-EXT", E, "ZOD", '"{v}": use png, jpg, jpeg or webp', scope=Scope.FLAT)
def image_extension(subject: Subject) -> Iterator[Hit]:
    frames = subject.once(_sprite_frames)
    for reference in used(subject):
        value = reference.value
        if subject.is_3d and reference.kind == "sprite":
            continue
        # A sprite without an extension may be a frame name (3.4); with one it is a path.
        is_frame = reference.kind == "sprite" and (not extension(value) or value in frames)
        if reference.kind in ("image", "sprite") and not is_frame and extension(value) not in IMAGE_EXTENSIONS:
            yield Hit(reference.pointer, {"v": value[:80]})


def pictures(subject: Subject) -> tuple[tuple[str | None, str], ...]:
    """Every picture among the files, with the first pointer that names it."""
    return subject.once(_pictures)


def _pictures(subject: Subject) -> tuple[tuple[str | None, str], ...]:
    pointers: dict[str, str] = {}
    for reference, name in _safe(subject):
        pointers.setdefault(name, reference.pointer)
    names = (name for name in subject.once(sorted_names) if extension(name) in IMAGE_EXTENSIONS)
    return tuple((pointers.get(name), name) for name in names if not is_litter(name))


@rule("T2D-IMG-MAGIC", W, "P", '"{f}" contains {real} data')
def image_magic(subject: Subject) -> Iterator[Hit]:
    for pointer, name in pictures(subject):
        facts = subject.facts(name)
        wanted = _OF_EXTENSION.get(extension(name), extension(name))
        if facts and facts.kind and facts.kind != wanted and not facts.problem:
            yield Hit(pointer, {"f": name, "real": _KINDS[facts.kind]}, file=name)


@rule("T2D-IMG-BROKEN", E, "P", "image is damaged: {f}, {why}")
def image_broken(subject: Subject) -> Iterator[Hit]:
    for pointer, name in pictures(subject):
        facts = subject.facts(name)
        if facts and facts.problem and not facts.width:
            yield Hit(pointer, {"f": name, "why": facts.problem}, file=name)
        elif facts and facts.is_cut:
            message = f"{name} ends early: its last chunk is missing"
            yield Hit(pointer, file=name, severity=W, message=message)
        elif facts and facts.has_huge_text:
            yield Hit(pointer, file=name, severity=W, message=f"{name} holds notes that unpack to many megabytes")


@rule(
    "T2D-IMG-ANIMATED", W, "P", "{f} holds {n} frames; only the first is shown", "Use an atlas, or effects that move."
)
def image_animated(subject: Subject) -> Iterator[Hit]:
    for pointer, name in pictures(subject):
        facts = subject.facts(name)
        if facts and facts.frames > 1:
            yield Hit(pointer, {"f": name, "n": facts.frames}, file=name)


@rule("T2D-IMG-DIM", E, "ZOD", "image exceeds 4096 px: {f} is {w} × {h}")
def image_dimensions(subject: Subject) -> Iterator[Hit]:
    for pointer, name in pictures(subject):
        facts = subject.facts(name)
        if facts and max(facts.width, facts.height) > 4096:
            yield Hit(pointer, {"f": name, "w": facts.width, "h": facts.height}, file=name)


def _size(subject: Subject, name: str) -> int:
    """Bytes of a file; 0 when it went away meanwhile."""
    assert subject.files is not None
    try:
        return subject.files.size(name)
    except AssetError:
        return 0


@rule("T2D-IMG-SIZE", E, "ZOD", "image exceeds 10 MB: {f}")
def image_size(subject: Subject) -> Iterator[Hit]:
    for pointer, name in pictures(subject):
        if _size(subject, name) > 10 * 1024 * 1024:
            yield Hit(pointer, {"f": name}, file=name)


@rule("T2D-IMG-DOCSIZE", W, "DOC", "{f} is {mb} MB, larger than the recommended {n} MB")
def image_recommended_size(subject: Subject) -> Iterator[Hit]:
    for reference, name in _safe(subject):
        limit = 2 if reference.pointer.startswith("/canvas/background/") else 1 if reference.kind == "atlas" else None
        if (
            limit
            and name in subject.names
            and _size(subject, name) > limit * _MB
            and "image2x" not in reference.pointer
        ):
            args = {"f": name, "mb": f"{_size(subject, name) / _MB:.1f}", "n": limit}
            yield Hit(reference.pointer, args, file=name)


def preview_name(subject: Subject) -> str:
    value = subject.document.get("preview")
    return value if isinstance(value, str) and value else "preview.png"


@rule("T2D-PREVIEW-MISSING", E, "SRV17", 'preview image "{f}" is missing')
def preview_missing(subject: Subject) -> Iterator[Hit]:
    name = preview_name(subject)
    if subject.files is not None and name.lower() not in subject.once(_lowered):
        yield Hit("/preview", {"f": name}, file=name)


@rule("T2D-PREVIEW-ROOT", W, "SRV17", "upstream serves previews from the root only")
def preview_root(subject: Subject) -> Iterator[Hit]:
    if "/" in preview_name(subject):
        yield Hit("/preview")


@rule("T2D-PREVIEW-DIM", W, "DOC", "preview is {w} × {h}; recommended 640×360 (16:9)")
def preview_dimensions(subject: Subject) -> Iterator[Hit]:
    facts = subject.facts(preview_name(subject))
    if facts and facts.is_usable and (facts.width, facts.height) != (640, 360):
        yield Hit("/preview", {"w": facts.width, "h": facts.height}, file=preview_name(subject))


@rule("T2D-PREVIEW-SIZE", W, "DOC", "preview is {kb} KB; recommended below 200 KB")
def preview_size(subject: Subject) -> Iterator[Hit]:
    name = preview_name(subject)
    if name in subject.names and _size(subject, name) > 200_000:
        yield Hit("/preview", {"kb": round(_size(subject, name) / 1000)}, file=name)


@rule("T2D-AUDIO-SIZE", E, "ZOD", "audio exceeds 5 MB: {f}")
def audio_size(subject: Subject) -> Iterator[Hit]:
    for reference, name in _safe(subject):
        if reference.kind == "audio" and name in subject.names and _size(subject, name) > 5 * 1024 * 1024:
            yield Hit(reference.pointer, {"f": name}, file=name)


@rule(
    "T2D-BUNDLE-SUBDIR",
    W,
    "SRV17",
    "upstream cannot serve files from folders: {v}",
    "Move it beside theme.json.",
    scope=Scope.FLAT,
)
def bundle_folder(subject: Subject) -> Iterator[Hit]:
    for reference, name in _safe(subject):
        if "/" in name and reference.pointer != "/preview":
            yield Hit(reference.pointer, {"v": name})
            return


@rule("T2D-BUNDLE-EMPTY", W, "P", "manifest-only upload: no assets")
def bundle_empty(subject: Subject) -> Iterator[Hit]:
    if subject.files is not None and not subject.names - {"theme.json"}:
        yield Hit(file="theme.json")
