"""What the library shows of each theme: of this computer and of the office, told apart and put together. No Qt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from office_studio.ui import formats

if TYPE_CHECKING:
    from office_studio.services.theme_client import ThemeSummary

RENDERERS = ("All", "2D", "3D")


@dataclass(frozen=True, slots=True)
class LocalTheme:
    """What is known of a folder or zip of this computer. ``problem``: why it cannot be read, "" when it can."""

    path: Path
    theme_id: str
    name: str
    version: str = ""
    renderer: str = "2D"
    seats: int | None = None
    size_bytes: int | None = None
    is_bundled: bool = False
    problem: str = ""
    errors: int | None = None  # None: not checked yet
    warnings: int = 0

    @property
    def key(self) -> str:
        return f"local:{self.path}"


@dataclass(frozen=True, slots=True)
class ServerTheme:
    """What the office says of a theme. The manifest decides on renderer and seats, when it could be fetched."""

    theme_id: str
    name: str
    version: str
    renderer: str = "2D"
    seats: int | None = None
    preview: str = ""  # path below the theme's assets

    @property
    def key(self) -> str:
        return f"server:{self.theme_id}"


@dataclass(frozen=True, slots=True)
class CardChip:
    words: str
    tone: str = ""  # colour role with a tint; "" for plain
    glyph: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One theme in the library. ``path`` is None for what only the office has; ``server`` when it has none of it."""

    key: str
    theme_id: str
    name: str
    version: str
    renderer: str
    seats: int | None
    path: Path | None = None
    is_bundled: bool = False
    is_in_use: bool = False
    problem: str = ""
    errors: int | None = None
    server_version: str | None = None
    is_server_known: bool = False

    @property
    def is_on_server(self) -> bool:
        return self.server_version is not None

    @property
    def line(self) -> str:
        """ "2D · 12 seats · v1.4.0"."""
        if self.problem:
            return self.problem
        seats = formats.plural(self.seats, "seat") if self.seats is not None else ""
        return " · ".join(filter(None, (self.renderer, seats, f"v{self.version}" if self.version else "")))

    @property
    def all_chips(self) -> tuple[CardChip, ...]:
        found = [CardChip("In use", "accent")] if self.is_in_use else []
        if self.problem:
            found.append(CardChip("Not readable", "error", "warning-octagon"))
        elif self.errors:
            found.append(CardChip(formats.plural(self.errors, "error"), "error", "warning-octagon"))
        return (*found, *self._server_chip())

    @property
    def chips(self) -> tuple[CardChip, ...]:
        """The two that matter most."""
        return self.all_chips[:2]

    def _server_chip(self) -> tuple[CardChip, ...]:
        if not self.is_server_known:
            return ()
        if self.server_version is None:
            return (CardChip("Bundled" if self.is_bundled else "Only here"),)
        if self.path is None or self.problem:
            return (CardChip("On server", "success", "check"),)
        order = compare_versions(self.server_version, self.version)
        if order < 0:
            return (CardChip("Server is older", "warning", "arrow-up"),)
        if order > 0:
            return (CardChip("Server is newer", "warning", "arrow-down"),)
        return (CardChip("On server", "success", "check"),)

    @property
    def tip(self) -> str:
        parts = [self.name, self.line, ", ".join(chip.words for chip in self.all_chips)]
        return "\n".join(filter(None, (*parts, str(self.path) if self.path is not None else "")))

    @property
    def spoken(self) -> str:
        """For screen readers: name, facts, state."""
        return ", ".join((self.name, self.line, *(chip.words for chip in self.all_chips)))


def facts_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """Id, name, version, renderer and number of seats as far as a manifest tells. Never raises for bad ones."""
    zones = document.get("zones")
    seats = None
    if isinstance(zones, list):
        lists = (zone.get("seats") for zone in zones if isinstance(zone, dict))
        seats = sum(len(found) for found in lists if isinstance(found, list))
    most = document.get("maxAgents")
    if not seats and isinstance(most, int) and not isinstance(most, bool):
        seats = most
    texts = {key: value if isinstance(value := document.get(key), str) else "" for key in ("id", "name", "version")}
    return {
        "theme_id": texts["id"],
        "name": texts["name"] or texts["id"],
        "version": texts["version"],
        "renderer": "3D" if is_3d(document) else "2D",
        "seats": seats,
    }


def is_3d(document: Mapping[str, Any]) -> bool:
    room = document.get("room")
    return document.get("renderer") == "threejs" or (isinstance(room, dict) and "model" in room)


def compare_versions(one: str, other: str) -> int:
    """-1, 0 or 1. By their numbers; what has none is compared as text."""
    keys = [
        ([int(n) for n in re.findall(r"\d+", text.split("-")[0])[:3]], "-" not in text, text) for text in (one, other)
    ]
    first, second = keys
    if first[0] == second[0] and one == other:
        return 0
    return (first > second) - (first < second)


def make_cards(
    local: Iterable[LocalTheme],
    server: Mapping[str, ServerTheme] | None,
    used_key: str = "",
) -> list[Card]:
    """Cards by name: one for each theme of this computer, one for each that only the office has.

    ``server`` is None while nobody knows; ``used_key`` is the card on the stage.
    """
    found, seen = [], set()
    for theme in local:
        row = (server or {}).get(theme.theme_id)
        seen.add(theme.theme_id)
        is_used = used_key == theme.key or (row is not None and used_key == row.key)
        found.append(
            Card(
                theme.key,
                theme.theme_id,
                theme.name,
                theme.version,
                theme.renderer,
                theme.seats,
                theme.path,
                theme.is_bundled,
                is_used,
                theme.problem,
                theme.errors,
                row.version if row is not None else None,
                server is not None,
            )
        )
    for row in (server or {}).values():
        if row.theme_id not in seen:
            found.append(
                Card(
                    row.key,
                    row.theme_id,
                    row.name,
                    row.version,
                    row.renderer,
                    row.seats,
                    is_in_use=used_key == row.key,
                    server_version=row.version,
                    is_server_known=True,
                )
            )
    return sorted(found, key=lambda card: (card.name.casefold(), card.key))


def server_theme(row: ThemeSummary, document: Mapping[str, Any] | None) -> ServerTheme:
    facts = facts_of(document) if document is not None else {}
    listed = "3D" if "three" in row.renderer or row.renderer == "3d" else "2D"
    marker = f"/assets/{row.id}/"
    preview = row.preview_url.partition(marker)[2] if row.preview_url and marker in row.preview_url else ""
    return ServerTheme(
        row.id,
        row.name or row.id,
        row.version,
        facts.get("renderer", listed),
        facts.get("seats", row.max_agents),
        preview,
    )
