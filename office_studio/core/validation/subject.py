"""What rules look at: the manifest as read, the files, facts about pictures, and where things stand in the text."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from office_studio.core.theme.files import ThemeFiles, is_safe_name
from office_studio.core.theme.manifest import renderer_of
from office_studio.core.theme.reading import is_number
from office_studio.core.validation.images import ImageFacts, image_facts
from office_studio.core.validation.model_facts import ModelFacts, model_facts
from office_studio.core.validation.positions import Positions
from office_studio.errors import AssetError

T = TypeVar("T")
FactCache = dict[tuple[str, str], Any]  # (kind of fact, file) -> fact

_PLACES = ("positions", "theme.json")
IMAGE_EXTENSIONS = ("png", "jpg", "jpeg", "webp")


@dataclass(frozen=True, slots=True)
class Reference:
    """A path in the manifest. ``kind``: image, atlas, sprite, audio, model."""

    pointer: str
    value: Any
    kind: str
    required: bool = False


@dataclass(slots=True)
class Subject:
    """One theme under examination. ``files`` None: a manifest alone, so nothing about files is asked.

    ``bundle_name`` and ``bundle_bytes`` are set when it came in a zip; ``published_version`` when it is known what a
    server has. ``cache``: what is known of files from before, for those that have not changed since.
    """

    document: Mapping[str, Any]
    raw: bytes = b""
    files: ThemeFiles | None = None
    folder_name: str | None = None
    bundle_name: str | None = None
    bundle_bytes: int | None = None
    published_version: str | None = None
    cache: FactCache = field(default_factory=dict)
    _positions: Positions | None = None
    _names: frozenset[str] | None = None
    _known: dict[Hashable, Any] = field(default_factory=dict)

    @property
    def is_3d(self) -> bool:
        return self.once(_is_3d)

    def once(self, make: Callable[[Subject], T]) -> T:
        """What ``make`` says of this theme, worked out when first asked: dozens of rules go over the same lists."""
        if make not in self._known:
            self._known[make] = make(self)
        found: T = self._known[make]
        return found

    # -- reading the document ------------------------------------------------------------------------
    def section(self, key: str, inside: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        value = (self.document if inside is None else inside).get(key)
        return value if isinstance(value, dict) else {}

    def objects(self, key: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Objects of a top-level list, with their pointers."""
        value = self.document.get(key)
        for number, item in enumerate(value if isinstance(value, list) else ()):
            if isinstance(item, dict):
                yield f"/{key}/{number}", item

    def seats(self) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
        """Pointer, seat and zone of every seat."""
        for at, zone in self.objects("zones"):
            seats = zone.get("seats")
            for number, seat in enumerate(seats if isinstance(seats, list) else ()):
                if isinstance(seat, dict):
                    yield f"{at}/seats/{number}", seat, zone

    @property
    def canvas_size(self) -> tuple[float, float] | None:
        canvas = self.section("canvas")
        width, height = canvas.get("width"), canvas.get("height")
        return (width, height) if is_number(width) and is_number(height) and width > 0 and height > 0 else None

    # -- files -----------------------------------------------------------------------------------------
    @property
    def names(self) -> frozenset[str]:
        if self._names is None:
            self._names = frozenset(self.files.names) if self.files is not None else frozenset()
        return self._names

    def references(self) -> tuple[Reference, ...]:
        """Every path the manifest names, usable or not."""
        return self.once(_references)

    def _all_references(self) -> Iterator[Reference]:
        background = self.section("background", self.section("canvas"))
        for key in ("image", "image2x", "mobile"):
            if key in background:
                yield Reference(f"/canvas/background/{key}", background[key], "image")
        yield Reference("/preview", self.document.get("preview"), "image", required=True)
        yield from self._character_references()
        for kind in () if self.is_3d else ("furniture", "effects"):
            for at, item in self.objects(kind):
                if "sprite" in item:
                    yield Reference(f"{at}/sprite", item["sprite"], "sprite")
        ambient = self.section("ambient", self.section("audio"))
        if ambient:
            yield Reference("/audio/ambient/src", ambient.get("src"), "audio", required=True)
        for mode, data in self.section("quality").items():
            back = self.section("background", data) if isinstance(data, dict) else {}
            if "image" in back:
                yield Reference(f"/quality/{mode}/background/image", back["image"], "image")

    def _character_references(self) -> Iterator[Reference]:
        characters = self.section("characters")
        if "atlas" in characters:
            yield Reference("/characters/atlas", characters["atlas"], "atlas")
        variants = characters.get("variants")
        for number, name in enumerate(variants if isinstance(variants, list) else ()):
            yield Reference(f"/characters/variants/{number}", name, "atlas")
        for seat_id, by_status in self.section("seatSprites", characters).items():
            for status, names in by_status.items() if isinstance(by_status, dict) else ():
                for number, name in enumerate(names if isinstance(names, list) else ()):
                    at = f"/characters/seatSprites/{escape(seat_id)}/{escape(status)}/{number}"
                    yield Reference(at, name, "image")

    def facts(self, name: object) -> ImageFacts | None:
        """Facts of one picture of the theme; None when there is no such file or there are no files."""
        return self.fact("image", name, image_facts) if is_safe_name(name) else None

    def model(self, name: object) -> ModelFacts | None:
        """Facts of one 3D model of the theme; None when there is no such file."""
        return self.fact("model", name, model_facts)

    def fact(self, kind: str, name: object, look: Callable[[bytes], T]) -> T | None:
        """What ``look`` says of a file, asked once while the file stays the same; None when it cannot be read."""
        if self.files is None or not isinstance(name, str) or name not in self.names:
            return None
        if (kind, name) not in self.cache:
            try:
                self.cache[kind, name] = look(self.files.read(name))
            except AssetError:
                self.cache[kind, name] = None
        found: T | None = self.cache[kind, name]
        return found

    # -- places ----------------------------------------------------------------------------------------
    def place(self, pointer: str) -> tuple[int | None, int | None]:
        """Line and column of a value in the text, from 1; of its nearest parent when it is absent."""
        return self.positions.find(pointer) if self.raw else (None, None)

    @property
    def positions(self) -> Positions:
        if self._positions is None:
            raw, found = self.cache.get(_PLACES) or (b"", None)
            if found is None or raw != self.raw:
                found = Positions(self.raw)
                self.cache[_PLACES] = (self.raw, found)
            self._positions = found
        return self._positions


def _is_3d(subject: Subject) -> bool:
    return renderer_of(dict(subject.document)) == "threejs"


def _references(subject: Subject) -> tuple[Reference, ...]:
    return tuple(subject._all_references())


def sorted_names(subject: Subject) -> tuple[str, ...]:
    """Names of all files, in order; ask it ``once``."""
    return tuple(sorted(subject.names))


def texts(items: Iterable[tuple[str, Mapping[str, Any]]], key: str) -> set[str]:
    """What a key of all the items holds, where it is text."""
    return {value for _, item in items if isinstance(value := item.get(key), str)}


def escape(key: str) -> str:
    """A key as part of a JSON Pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def extension(name: str) -> str:
    """The last extension in lower case, "" without one."""
    _, dot, ext = name.rpartition("/")[2].rpartition(".")
    return ext.lower() if dot else ""
