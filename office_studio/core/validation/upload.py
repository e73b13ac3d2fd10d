"""What an office server judges an upload by: the manifest rules and the names of bundle entries (Office API 9.2, 9.3).

Pure: the server calls it while receiving, the validator's ``server`` profile before sending. Texts are wire facts.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

MAX_MANIFEST_BYTES = 262_144
MAX_BUNDLE_BYTES = 209_715_200
ALLOWED_EXTENSIONS = frozenset({"png", "jpg", "jpeg", "webp", "gif", "svg", "glb", "gltf", "mp3", "ogg", "wav", "json"})
# Our own limits, against bundles made to hurt.
MAX_ENTRIES = 10_000
MAX_UNPACKED_BYTES = 2 * MAX_BUNDLE_BYTES
MAX_NAME_BYTES = 1_024
MAX_PART_BYTES = 255  # of one path segment, in UTF-8: what common file systems take
MAX_FOLDERS = 32
MAX_NESTING = 128  # levels of JSON that the reference server's parser reads
_MAX_DIGITS = 308  # of one integer; more does not fit a 64-bit float

MANIFEST_TOO_LARGE = "theme.json exceeds 256 KB limit"
_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\Z")
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+\Z")
_NESTING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[{]|[\]}]', re.DOTALL)
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³])(?:\.|\Z)", re.IGNORECASE)
RENDERERS = ("pixi", "threejs")


@dataclass(frozen=True, slots=True)
class UploadProblem:
    """Why a server refuses an upload.

    Attributes:
        code: Stable name of the rule.
        text: What follows ``Manifest validation failed: `` or ``Bundle extraction failed: `` on the wire.
        documented: A rule of the published API. Otherwise hardening of our own server; others may let it pass.
        pointer: JSON Pointer into the manifest, for problems of the manifest.
        entry: Name of the bundle entry, for problems of the bundle.
    """

    code: str
    text: str
    documented: bool = True
    pointer: str = ""
    entry: str = ""


@dataclass(frozen=True, slots=True)
class ManifestFacts:
    """What a server keeps of a manifest it accepts."""

    id: str
    name: str
    version: str
    renderer: str  # the raw value, "pixi" when absent
    is_3d: bool
    description: str
    preview: str
    max_agents: int
    tags: tuple[str, ...]
    author_name: str
    author_id: str
    license: str
    price: int
    assets: tuple[tuple[str, str], ...]  # (JSON Pointer, path inside the bundle) of every file the manifest names


def is_theme_id(text: str) -> bool:
    """Rule 2: one lowercase letter or digit, or a run with hyphens inside."""
    return _ID.match(text) is not None


def check_manifest(content: bytes) -> ManifestFacts | UploadProblem:
    """Rules 1 to 6 of Office API 9.2, in their order; the first that fails is returned. Never raises."""
    document = _parse(content)
    if isinstance(document, UploadProblem):
        return document
    return _check_document(document)


def check_parsed(content: bytes, document: Mapping[str, Any]) -> ManifestFacts | UploadProblem:
    """As ``check_manifest``, for what ``theme.manifest.parse_manifest`` made of ``content``.

    That reader is the stricter one, but for keys written twice (the caller knows of none) and some characters, which
    can only be there as escapes. So nothing has to be read a second time.
    """
    problem = _check_characters(document) if b"\\u" in content else None
    return problem or _check_document(document)


def _check_document(document: Mapping[str, Any]) -> ManifestFacts | UploadProblem:
    return _check_types(document) or _check_identity(document) or _check_kind(document) or _facts(document)


def check_size(content_bytes: int) -> UploadProblem | None:
    """The size rule of ``theme.json``; a server applies it before reading any further."""
    if content_bytes > MAX_MANIFEST_BYTES:
        return UploadProblem("MANIFEST_TOO_LARGE", MANIFEST_TOO_LARGE)
    return None


def check_entry_name(name: str) -> UploadProblem | None:
    """Whether a bundle may hold an entry of this name (as the archive writes it, folders end in ``/``)."""

    def refused(code: str, why: str, *, documented: bool = False) -> UploadProblem:
        return UploadProblem(code, f"Disallowed file in bundle: '{_shown(name)}' ({why})", documented, entry=name)

    if ".." in name or name.startswith(("/", "\\")):
        return refused("ENTRY_TRAVERSAL", "unsupported extension or path traversal", documented=True)
    if not name.endswith("/") and name.rpartition(".")[2].lower() not in ALLOWED_EXTENSIONS:
        return refused("ENTRY_EXTENSION", "unsupported extension or path traversal", documented=True)
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in name):
        return refused("ENTRY_CONTROL_CHARACTER", "control character in the name")
    if "\\" in name or ":" in name:
        return refused("ENTRY_SEPARATOR", "backslash or colon in the name")
    if ".." in unicodedata.normalize("NFKC", name):
        return refused("ENTRY_TRAVERSAL_NFKC", "becomes a path traversal when normalised")
    parts = name.removesuffix("/").split("/")
    if any(part in ("", ".") for part in parts):
        return refused("ENTRY_EMPTY_PART", "empty or dot segment in the path")
    too_long = any(len(part.encode()) > MAX_PART_BYTES for part in parts)
    if too_long or len(name.encode()) > MAX_NAME_BYTES or len(parts) > MAX_FOLDERS:
        return refused("ENTRY_NAME_TOO_LONG", "path too long or too deep")
    return None


def check_windows_name(name: str) -> UploadProblem | None:
    """What only a server on Windows has to refuse: device names, parts that end in a dot or space."""
    for part in name.removesuffix("/").split("/"):
        if _DEVICE.match(part) or part.endswith((".", " ")):
            text = f"Disallowed file in bundle: '{_shown(name)}' (not a file name on Windows)"
            return UploadProblem("ENTRY_WINDOWS_NAME", text, documented=False, entry=name)
    return None


def check_assets(facts: ManifestFacts, names: Iterable[str]) -> UploadProblem | None:
    """Whether the bundle holds every file that the manifest names. Case counts."""
    present = frozenset(names)
    for pointer, path in facts.assets:
        if path not in present:
            text = f"Missing file '{_shown(path)}', which theme.json names at {pointer}"
            return UploadProblem("BUNDLE_ASSET_MISSING", text, documented=False, pointer=pointer, entry=path)
    return None


# -- rule 1: JSON, and the types of what is read -----------------------------------------------------
def _parse(content: bytes) -> Mapping[str, Any] | UploadProblem:
    try:
        _check_nesting(content)
        document = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_int=_integer,
            parse_float=_number,
        )
        _check_strings(document)
    except (ValueError, RecursionError) as exc:  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        return UploadProblem("MANIFEST_JSON", f"Invalid JSON: {exc}")
    if not isinstance(document, dict):
        return UploadProblem("MANIFEST_JSON", "Invalid JSON: invalid type, expected an object")
    return document


def _check_nesting(content: bytes) -> None:
    # Before parsing, because a parser may answer a hundred thousand brackets with a stack overflow.
    depth = 0
    for token in _NESTING.finditer(content):
        char = token[0]
        if char in b"[{":
            depth += 1
            if depth > MAX_NESTING:
                raise ValueError("recursion limit exceeded")
        elif char in b"]}":
            depth -= 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"duplicate field `{twice}`")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise ValueError("number out of range")
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ValueError("number out of range")
    return value


def _check_characters(document: Mapping[str, Any]) -> UploadProblem | None:
    try:
        _check_strings(document)
    except ValueError as exc:
        return UploadProblem("MANIFEST_JSON", f"Invalid JSON: {exc}")
    return None


def _check_strings(value: Any) -> None:
    if isinstance(value, str):
        if _NO_TEXT.search(value):
            raise ValueError("a string holds a NUL or half of a surrogate pair")
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_strings(key)
            _check_strings(item)
    elif isinstance(value, list):
        for item in value:
            _check_strings(item)


_TYPES: tuple[tuple[str, tuple[type, ...], bool, str], ...] = (
    ("id", (str,), True, "a string"),
    ("name", (str,), True, "a string"),
    ("version", (str,), True, "a string"),
    ("renderer", (str,), False, "a string"),
    ("zones", (list,), False, "an array"),
    ("layers", (list,), False, "an array"),
)


def _check_types(document: Mapping[str, Any]) -> UploadProblem | None:
    for key, types, required, expected in _TYPES:
        if key not in document:
            if required:
                return UploadProblem("MANIFEST_JSON", f"Invalid JSON: missing field `{key}`")
        elif not isinstance(document[key], types) and (required or document[key] is not None):
            return UploadProblem(
                "MANIFEST_JSON", f"Invalid JSON: invalid type of `{key}`, expected {expected}", pointer=f"/{key}"
            )
    return None


# -- rules 2 to 5 ------------------------------------------------------------------------------------
def _check_identity(document: Mapping[str, Any]) -> UploadProblem | None:
    theme_id, name, version = document["id"], document["name"], document["version"]
    if not is_theme_id(theme_id):
        return UploadProblem("MANIFEST_ID", "id must be kebab-case (e.g. my-cool-theme)", pointer="/id")
    if len(theme_id) > 100:
        return UploadProblem("MANIFEST_ID_LENGTH", "id must be at most 100 characters", pointer="/id")
    if not name.strip() or len(name) > 100:
        return UploadProblem("MANIFEST_NAME", "name must be 1-100 characters", pointer="/name")
    if not _VERSION.match(version):
        return UploadProblem("MANIFEST_VERSION", "version must be semver (e.g. 1.0.0)", pointer="/version")
    return None


# -- rule 6, and the renderers this server knows (D7) ------------------------------------------------
def _check_kind(document: Mapping[str, Any]) -> UploadProblem | None:
    if _is_3d(document):
        model = document["room"].get("model") if isinstance(document.get("room"), dict) else None
        if not isinstance(model, str) or not model:
            return UploadProblem(
                "MANIFEST_V3_MODEL", "v3 (threejs) themes require room.model path", pointer="/room/model"
            )
    elif not (document.get("zones") and document.get("layers") and document.get("characters")):
        missing = next(key for key in ("zones", "layers", "characters") if not document.get(key))
        return UploadProblem(
            "MANIFEST_V2_PARTS",
            "v2 (pixi) themes require non-empty zones, layers, and a characters config",
            pointer=f"/{missing}",
        )
    renderer = document.get("renderer")
    if renderer is not None and renderer not in RENDERERS:
        return UploadProblem(
            "MANIFEST_RENDERER", "renderer must be pixi or threejs", documented=False, pointer="/renderer"
        )
    return None


def _is_3d(document: Mapping[str, Any]) -> bool:
    room = document.get("room")
    return document.get("renderer") == "threejs" or (isinstance(room, dict) and "model" in room)


# -- what is kept ------------------------------------------------------------------------------------
def _facts(document: Mapping[str, Any]) -> ManifestFacts:
    author = document.get("author") if isinstance(document.get("author"), dict) else {}
    assert isinstance(author, dict)
    tags = document.get("tags")
    price = document.get("price")
    return ManifestFacts(
        id=document["id"],
        name=document["name"],
        version=document["version"],
        renderer=document.get("renderer") or "pixi",
        is_3d=_is_3d(document),
        description=_text(document.get("description")),
        preview=_text(document.get("preview")).strip() or "preview.png",
        max_agents=_max_agents(document),
        tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        author_name=_text(author.get("name")),
        author_id=_text(author.get("id")),
        license=_text(document.get("license")) or "standard",
        price=price if isinstance(price, int) and not isinstance(price, bool) and price > 0 else 0,
        assets=tuple(_assets(document)),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _max_agents(document: Mapping[str, Any]) -> int:
    """``maxAgents``, else the zones' capacities together, else 1 (Office API 9.6)."""
    given = document.get("maxAgents")
    if isinstance(given, int) and not isinstance(given, bool):
        return max(1, given)
    zones = [zone for zone in document.get("zones") or () if isinstance(zone, dict)]
    capacities = [zone.get("capacity") for zone in zones]
    return max(1, sum(c for c in capacities if isinstance(c, int) and not isinstance(c, bool) and c > 0))


_ASSET_FIELDS = (
    ("preview",),
    ("canvas", "background", "image"),
    ("characters", "atlas"),
    ("room", "model"),
    ("character", "model"),
)


def _assets(document: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Files that a theme cannot do without.

    Addresses and absolute paths are left out, since no bundle could hold those; so are furniture and effects, whose
    names may be frames of an atlas.
    """
    for keys in _ASSET_FIELDS:
        value: Any = document
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        if _is_bundle_path(value):
            yield "/" + "/".join(keys), value


def _is_bundle_path(value: object) -> bool:
    if not isinstance(value, str) or not value.strip() or value.startswith(("/", "\\", "data:")):
        return False
    return "://" not in value and "\\" not in value


def _shown(name: str) -> str:
    """A name fit for a message: no control characters, not endless."""
    plain = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name)
    return plain if len(plain) <= 200 else plain[:199] + "…"
