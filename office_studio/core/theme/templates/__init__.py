"""What a new theme begins with: complete, correct, made by code alone, free to use (CC0 1.0)."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from office_studio.core.theme.templates import office2d, room3d

MAX_ID = 100
_LICENSE = "The pictures and models of this template are free to use for everything (CC0 1.0)."


@dataclass(frozen=True, slots=True)
class Template:
    """One way to begin. ``make`` gives the fields of the manifest that are its own, and files by name."""

    id: str
    title: str
    description: str
    make: Callable[[], tuple[dict[str, Any], dict[str, bytes]]]
    tags: tuple[str, ...]


TEMPLATES: dict[str, Template] = {
    template.id: template
    for template in (
        Template("2d-minimal", "2D, small", "A room with four desks and a table in one picture, and one figure.",
                 office2d.minimal, ("2d", "template")),
        Template("2d-full", "2D, complete", "Three zones, furniture to walk around, light, sound, ways, sharp and "
                 "small backgrounds.", office2d.full, ("2d", "template")),
        Template("3d-room", "3D room", "A room and a figure of boxes, with a clip for every state.", room3d.room,
                 ("3d", "template")),
    )
}  # fmt: skip


def theme_id_of(name: str) -> str:
    """An id made of a name: lowercase letters, digits and hyphens; "" when no letter of it can be used."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_ID].strip("-")


def template_files(template: Template, name: str, theme_id: str) -> dict[str, bytes]:
    """All files of a new theme by name, ``theme.json`` among them."""
    fields, files = template.make()
    head = {
        "id": theme_id,
        "name": name,
        "version": "1.0.0",
        "author": {"name": "Me", "id": "me"},
        "description": f"{template.description} {_LICENSE}",
        "tags": list(template.tags),
        "preview": "preview.png",
        "license": "standard",
        "renderer": "pixi",
    }
    text = json.dumps(head | fields, ensure_ascii=False, indent=2) + "\n"
    return files | {"theme.json": text.encode()}
