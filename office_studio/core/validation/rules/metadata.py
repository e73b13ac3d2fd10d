"""Rules on the manifest as a file and on who it says it is. 2D theme format, section 21.1."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from office_studio.core.theme.manifest import BOM, MAX_MANIFEST_BYTES
from office_studio.core.validation.rule import E, Hit, I, W, rule
from office_studio.core.validation.subject import Subject, escape

_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\Z")
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+\Z")
_RESERVED = {"upload", "config", "owned", "assets"}
KNOWN_KEYS = {
    "id", "name", "version", "author", "description", "tags", "preview", "license", "renderer", "maxAgents", "canvas",
    "viewport", "layers", "zones", "furniture", "characters", "effects", "audio", "quality", "room", "character",
    "camera", "lighting", "$schema", "price", "navigation",
}  # fmt: skip


def text_length(value: Any, least: int, most: int) -> bool:
    return isinstance(value, str) and least <= len(value) <= most


@rule("T2D-JSON-SIZE", E, "SEED", "theme.json is {n} bytes; the limit is 256 KB", "Shorten it.")
def json_size(subject: Subject) -> Iterator[Hit]:
    if len(subject.raw) > MAX_MANIFEST_BYTES:
        yield Hit("", {"n": len(subject.raw)})


@rule("T2D-JSON-BOM", W, "SRV", "Remove the byte-order mark", "Packing strips it.")
def json_bom(subject: Subject) -> Iterator[Hit]:
    if subject.raw.startswith(BOM):
        yield Hit("")


@rule("T2D-JSON-DUPKEY", W, "P", 'key "{k}" appears twice; only the last counts', "Remove one of the two.")
def json_duplicate_key(subject: Subject) -> Iterator[Hit]:
    if subject.raw:
        for at, key in subject.positions.duplicates:
            # Parsers disagree about which one counts, and the server refuses the doubtful ones it reads itself.
            yield Hit(f"{at}/{escape(key)}", {"k": key}, severity=E if not at else None)


@rule("T2D-JSON-NUL", E, "P", "{where} contains a NUL character", "Retype that text.")
def json_nul(subject: Subject) -> Iterator[Hit]:
    for key in ("id", "name", "version", "description", "preview"):
        value = subject.document.get(key)
        if isinstance(value, str) and "\0" in value:
            yield Hit(f"/{key}", {"where": key})


@rule("T2D-META-ID", E, "SEED", "id must be lowercase letters, digits and single inner hyphens, e.g. my-theme")
def meta_id(subject: Subject) -> Iterator[Hit]:
    value = subject.document.get("id")
    if not isinstance(value, str) or not _ID.match(value):
        yield Hit("/id")


@rule("T2D-META-ID-LEN", E, "SEED", "id is longer than 100 characters")
def meta_id_length(subject: Subject) -> Iterator[Hit]:
    if len(str(subject.document.get("id", ""))) > 100:
        yield Hit("/id")


@rule("T2D-META-ID-DOCLEN", I, "DOC", "The marketplace recommends ids of 3–50 characters")
def meta_id_store_length(subject: Subject) -> Iterator[Hit]:
    value = subject.document.get("id")
    if isinstance(value, str) and _ID.match(value) and not 3 <= len(value) <= 50:
        yield Hit("/id")


@rule("T2D-META-ID-HYPHENS", I, "P", "Doubled hyphens are legal but easy to mistype")
def meta_id_hyphens(subject: Subject) -> Iterator[Hit]:
    if "--" in str(subject.document.get("id", "")):
        yield Hit("/id")


@rule("T2D-META-ID-RESERVED", E, "P", '"{id}" collides with a server path', "Choose another id.")
def meta_id_reserved(subject: Subject) -> Iterator[Hit]:
    if str(subject.document.get("id")) in _RESERVED:
        yield Hit("/id", {"id": subject.document["id"]})


@rule("T2D-META-ID-DIR", W, "TPL", 'folder "{folder}" and id "{id}" differ', "Give both the same name.")
def meta_id_folder(subject: Subject) -> Iterator[Hit]:
    value = subject.document.get("id")
    if subject.folder_name is not None and isinstance(value, str) and value != subject.folder_name:
        yield Hit("/id", {"folder": subject.folder_name, "id": value})


@rule("T2D-META-NAME", E, "SEED", "name must have 1–100 characters")
def meta_name(subject: Subject) -> Iterator[Hit]:
    value = subject.document.get("name")
    if not text_length(value, 1, 100) or not str(value).strip():
        yield Hit("/name")


@rule("T2D-META-NAME-BYTES", W, "SRV", "Upstream counts bytes; this name has {n}", "100 bytes are the limit there.")
def meta_name_bytes(subject: Subject) -> Iterator[Hit]:
    value = subject.document.get("name")
    if isinstance(value, str) and len(value) <= 100 < len(value.encode("utf-8", "replace")):
        yield Hit("/name", {"n": len(value.encode("utf-8", "replace"))})


@rule("T2D-META-VERSION", E, "SEED", "version must look like 1.0.0")
def meta_version(subject: Subject) -> Iterator[Hit]:
    value = subject.document.get("version")
    if not isinstance(value, str) or not _VERSION.match(value):
        yield Hit("/version")


@rule("T2D-META-AUTHOR", W, "ZOD", "author needs name and id", 'e.g. {"name": "Ada", "id": "ada"}')
def meta_author(subject: Subject) -> Iterator[Hit]:
    value = subject.document.get("author")
    if value is None:
        yield Hit("/author")
    elif not isinstance(value, dict) or not all(text_length(value.get(key), 1, 100) for key in ("name", "id")):
        yield Hit("/author", severity=E)


@rule("T2D-META-DESC", W, "ZOD", "description should have 1–500 characters")
def meta_description(subject: Subject) -> Iterator[Hit]:
    value = subject.document.get("description")
    if value in (None, ""):
        yield Hit("/description")
    elif not text_length(value, 1, 500):
        yield Hit("/description", severity=E)


@rule("T2D-META-TAGS", W, "ZOD", "tags: up to 20 tags of 1–50 characters")
def meta_tags(subject: Subject) -> Iterator[Hit]:
    value = subject.document.get("tags")
    if value is None:
        yield Hit("/tags")
    elif not isinstance(value, list) or len(value) > 20 or not all(text_length(tag, 1, 50) for tag in value):
        yield Hit("/tags", severity=E)


@rule("T2D-META-LICENSE", W, "ZOD", "license must be standard or exclusive")
def meta_license(subject: Subject) -> Iterator[Hit]:
    value = subject.document.get("license")
    if value not in ("standard", "exclusive"):
        yield Hit("/license", severity=None if value is None else E)


@rule("T2D-META-RENDERER", E, "SEED", 'renderer must be omitted or "pixi" for 2D themes')
def meta_renderer(subject: Subject) -> Iterator[Hit]:
    if "renderer" not in subject.document or subject.is_3d:
        return
    value = subject.document["renderer"]
    if value != "pixi" and not (isinstance(value, str) and value.lower() in ("pixi", "threejs")):
        yield Hit("/renderer")


@rule("T2D-META-RENDERER-CASE", E, "P", 'Upstream compares exactly; write "{v}"')
def meta_renderer_case(subject: Subject) -> Iterator[Hit]:
    value = subject.document.get("renderer")
    if isinstance(value, str) and value != value.lower() and value.lower() in ("pixi", "threejs"):
        yield Hit("/renderer", {"v": value.lower()})


@rule("T2D-META-ROOM", E, "SRV", "room.model turns this into a 3D theme", 'Remove room, or set renderer to "threejs".')
def meta_room(subject: Subject) -> Iterator[Hit]:
    room = subject.section("room")
    if room.get("model") and subject.document.get("renderer") == "pixi":
        # Servers take it, as 3D; whether the author meant that is another question.
        yield Hit("/room/model", severity=W)
    elif "model" in room and not room["model"] and subject.document.get("renderer") != "threejs":
        yield Hit("/room/model")


@rule("T2D-META-VERSION-SAME", W, "P", "version {v} is already on the server", "Raise the version so caches refresh.")
def meta_version_same(subject: Subject) -> Iterator[Hit]:
    version = subject.document.get("version")
    if subject.published_version is not None and version == subject.published_version:
        yield Hit("/version", {"v": version})


@rule("T2D-META-MAXAGENTS", E, "SRV17", "maxAgents must be a whole number ≥ 1")
def meta_max_agents(subject: Subject) -> Iterator[Hit]:
    value = subject.document.get("maxAgents")
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        yield Hit("/maxAgents")


@rule("T2D-META-MAXAGENTS-SEATS", W, "P", "{n} slots but only {m} seats", "Add seats, or lower maxAgents.")
def meta_max_agents_seats(subject: Subject) -> Iterator[Hit]:
    value, seats = subject.document.get("maxAgents"), sum(1 for _ in subject.seats())
    if isinstance(value, int) and not isinstance(value, bool) and not subject.is_3d and value > seats > 0:
        yield Hit("/maxAgents", {"n": value, "m": seats})


@rule("T2D-META-UNKNOWN", I, "P", '"{key}" is ignored')
def meta_unknown(subject: Subject) -> Iterator[Hit]:
    for key in subject.document:
        if key not in KNOWN_KEYS:
            yield Hit(f"/{escape(key)}", {"key": key})
