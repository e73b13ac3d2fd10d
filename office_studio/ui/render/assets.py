"""Everything a scene draws of one theme, decoded. Made off the GUI thread, immutable after that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any
from zlib import crc32

from PySide6.QtGui import QImage

from office_studio.core.theme.atlas import finer_atlas, finer_name, grid_atlas, json_atlas
from office_studio.core.theme.model import Characters, Rect, Theme
from office_studio.core.validation.report import Finding, Severity
from office_studio.errors import AssetError, OfficeStudioError
from office_studio.services.theme_loader import LoadedTheme
from office_studio.ui.render.content import content_of
from office_studio.ui.render.costumes import Costume as Costume
from office_studio.ui.render.costumes import cut as cut
from office_studio.ui.render.costumes import fits, grid_costume, json_costume
from office_studio.ui.render.images import decode, read_image
from office_studio.ui.render.seat_pictures import SeatPictures, load_seat_pictures

MAX_VARIANTS = 64
NARROW_PX = 768  # logical width of a view
MAX_THEME_PIXELS = 160_000_000  # all pictures of a theme together, decoded: 640 MB
FURNITURE_ATLAS, EFFECTS_ATLAS = "sprites/furniture.json", "sprites/effects.json"


class FineBackground:
    """The background with more pixels, decoded when first asked for: a close look needs it, most offices never do."""

    def __init__(self, read: Callable[[], QImage | None]) -> None:
        self._read, self._lock = read, Lock()
        self._image: QImage | None = None
        self._is_read = False

    def image(self) -> QImage | None:
        """Slow the first time. Any thread."""
        with self._lock:
            if not self._is_read:
                self._image, self._is_read = self._read(), True
            return self._image


@dataclass(frozen=True, slots=True)
class SceneAssets:
    """Pictures of a theme. What could not be used is in ``findings`` and simply not drawn.

    ``sizes``: width and height of each sprite's file in px. Partial assets are those of a cached scene: background and
    sprites at the size of one zoom, nobody's costume; whole ones follow.
    """

    theme: Theme
    background: QImage | None
    sprites: Mapping[str, QImage]
    wardrobe: tuple[Costume, ...]
    findings: tuple[Finding, ...]
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    is_partial: bool = False
    content: Rect | None = None  # part of the canvas that is worth seeing; None: all of it
    seat_pictures: Mapping[str, SeatPictures] = field(default_factory=dict)  # by seat id
    quality: str = "high"
    fine_background: FineBackground | None = None
    placed: list[Any] = field(init=False, default_factory=list, compare=False, repr=False)  # see ``sprites.placements``

    def costume(self, agent_id: str) -> Costume | None:
        """Look of an agent: the same for the same id, on every machine (decision 11a)."""
        return self.wardrobe[crc32(agent_id.encode()) % len(self.wardrobe)] if self.wardrobe else None

    @property
    def smooth(self) -> bool:
        """False for pixel art: ``renderer.antialias`` of the active quality mode is false. See ``scaling``."""
        mode = self.theme.quality.get(self.quality)
        return mode is None or mode.antialias is not False

    def background_for(self, units_to_device: float) -> QImage | None:
        """The background to draw when a canvas unit is that many device pixels. Slow: call it off the GUI thread."""
        if units_to_device > 1 and self.fine_background is not None:
            return self.fine_background.image() or self.background
        return self.background


def load_assets(
    loaded: LoadedTheme, device_pixel_ratio: float = 1.0, *, narrow: bool = False, quality: str = "high"
) -> SceneAssets:
    """Decode what the theme draws. Slow (tens to hundreds of ms); never raises for a bad asset.

    ``narrow``: for a view below ``NARROW_PX``, for which a theme may have another background (format section 16).
    ``quality``: ``high`` or ``performance``; a theme may have a background for each (section 18).
    """
    collector = _Collector(loaded)
    theme = loaded.theme
    background, sprites = collector.background(device_pixel_ratio, narrow, quality), collector.sprites()
    wardrobe = collector.wardrobe()
    seat_pictures = collector.seat_pictures()
    return SceneAssets(
        theme=theme,
        background=background,
        sprites=sprites,
        wardrobe=wardrobe,
        findings=(*loaded.findings, *collector.findings),
        sizes={name: (image.width(), image.height()) for name, image in sprites.items()},
        content=content_of(theme, background),
        seat_pictures=seat_pictures,
        quality=quality,
        fine_background=collector.fine_background(),
    )


def effect_frame(sprite: str) -> str:
    """Key of a frame of the effects' atlas, which may be called as one of the furniture's."""
    return f"{EFFECTS_ATLAS}#{sprite}"


def has_other_background(loaded: LoadedTheme, width: float, other_width: float) -> bool:
    """Whether views of these widths show different backgrounds."""
    return bool(loaded.theme.canvas.background.mobile) and (width < NARROW_PX) != (other_width < NARROW_PX)


class _Collector:
    """Loads assets one by one and turns failures into findings."""

    def __init__(self, loaded: LoadedTheme) -> None:
        self._files = loaded.files
        self._theme = loaded.theme
        self._images: dict[str, QImage | None] = {}
        self._pixels = 0
        self._background = ""  # name of the file in use
        self.findings: list[Finding] = []

    def background(self, device_pixel_ratio: float, narrow: bool, quality: str) -> QImage | None:
        """The first of those that suit the view and can be read."""
        back, mode = self._theme.canvas.background, self._theme.quality.get(quality)
        choices = [
            (back.mobile if narrow else None, "/canvas/background/mobile"),
            (mode.background if mode else None, f"/quality/{quality}/background/image"),
            (back.image2x if device_pixel_ratio > 1 and quality != "performance" else None,
             "/canvas/background/image2x"),
            (back.image, "/canvas/background/image"),
        ]  # fmt: skip
        for name, pointer in choices:
            if name and (image := self._image(name, pointer)):
                self._background = name
                return image
        return None

    def fine_background(self) -> FineBackground | None:
        """``image2x`` for a close look, when the plain background is what is shown."""
        back, files = self._theme.canvas.background, self._files
        fine = back.image2x
        if fine is None or self._background != back.image or fine not in files.names:
            return None

        def read() -> QImage | None:
            try:
                return read_image(files, fine)
            except OfficeStudioError:
                return None  # the plain one is drawn; the validator says why

        return FineBackground(read)

    def seat_pictures(self) -> dict[str, SeatPictures]:
        def read(name: str, pointer: str) -> QImage | None:
            try:
                # Not kept: a class of pupils is two hundred megabytes whole, and twenty cut out.
                return decode(self._files.read(name), name)
            except OfficeStudioError as error:
                self._fail(error, name, pointer)
                return None

        def refuse(name: str, pointer: str) -> None:
            self._note("T2D-SEATSPRITE-MANY", f"“{name}” is left out: there are too many.", name, pointer)

        found = load_seat_pictures(self._theme, read, refuse)
        pictures = {p.name: p for seat in found.values() for ps in seat.by_status.values() for p in ps}
        if not self._take(sum(p.image.width() * p.image.height() for p in pictures.values())):
            self._fail(_over_budget("seatSprites"), "theme.json", "/characters/seatSprites")
            return {}
        return found

    def sprites(self) -> dict[str, QImage]:
        found: dict[str, QImage] = {}
        atlases = {kind: self._sprite_frames(kind) for kind in (FURNITURE_ATLAS, EFFECTS_ATLAS)}
        wanted = [(FURNITURE_ATLAS, f"/furniture/{i}/sprite", f.sprite) for i, f in enumerate(self._theme.furniture)]
        wanted += [(EFFECTS_ATLAS, f"/effects/{i}/sprite", e.sprite) for i, e in enumerate(self._theme.effects)]
        for kind, pointer, sprite in wanted:
            frame = atlases[kind].get(sprite)
            key = effect_frame(sprite) if frame is not None and kind == EFFECTS_ATLAS else sprite
            if key in found:
                continue
            image = frame or self._image(sprite, pointer, is_sprite=True)
            if image is not None:
                found[key] = image
        return found

    def wardrobe(self) -> tuple[Costume, ...]:
        characters = self._theme.characters
        names = list(dict.fromkeys(characters.variants or (characters.atlas,)))[:MAX_VARIANTS]
        if not characters.atlas and not characters.variants:
            return ()
        return tuple(costume for name in names if (costume := self._costume(name, characters)))

    # -- inside ------------------------------------------------------------------------------------
    def _costume(self, name: str, characters: Characters) -> Costume | None:
        try:
            if name.lower().endswith(".json"):
                return self._json_costume(name, characters)
            sheet = self._image(name, "/characters/atlas")
            if sheet is None:
                return None
            return grid_costume(grid_atlas(characters, sheet.width(), sheet.height()), sheet, name)
        except OfficeStudioError as error:
            self._fail(error, name, "/characters/atlas")
            return None

    def _json_costume(self, name: str, characters: Characters) -> Costume | None:
        def note(problem: str) -> None:
            self._note("T2D-ATLAS-RECT", problem, name, "/characters/atlas")

        atlas = json_atlas(self._files.read(name), name, characters)
        for problem in atlas.problems:
            self._note("T2D-ATLAS-FRAMES", problem, name, "/characters/atlas")
        sheet = self._image(atlas.image, "/characters/atlas")
        if sheet is None:
            return None
        costume = json_costume(atlas, sheet, name, note)
        if costume is None:
            self._note("T2D-ATLAS-FRAMES", f"No frame of {name} can be drawn.", name, "/characters/states")
            return None
        if (finer := finer_name(name)) not in self._files.names:
            return costume
        try:
            fine_atlas = finer_atlas(self._files.read(finer), finer, characters, atlas)
        except AssetError as error:
            self._fail(error, finer, None)
            return costume
        fine_sheet = self._image(fine_atlas.image, None)
        fine = json_costume(fine_atlas, fine_sheet, finer, note) if fine_sheet is not None else None
        return replace(costume, finer=fine)

    def _sprite_frames(self, name: str) -> dict[str, QImage]:
        """Frames of an optional sprite atlas by name (3.4)."""
        if name not in self._files.names:
            return {}
        try:
            atlas = json_atlas(self._files.read(name), name, Characters())
        except AssetError as error:
            self._fail(error, name, None)
            return {}
        sheet = self._image(atlas.image, None)
        if sheet is None:
            return {}
        frames = {key: frame for key, frame in atlas.frames.items() if fits(frame, sheet)}
        if not self._take(sum(round(f.source_width) * round(f.source_height) for f in frames.values())):
            self._fail(_over_budget(name), name, None)
            return {}
        return {key: cut(sheet, frame) for key, frame in frames.items()}

    def _image(self, name: str, pointer: str | None, *, is_sprite: bool = False) -> QImage | None:
        if name not in self._images:
            try:
                image = read_image(self._files, name)
                if not self._take(image.width() * image.height()):
                    raise _over_budget(name)
                self._images[name] = image
            except OfficeStudioError as error:
                self._images[name] = None
                self._fail(error, name, pointer, is_sprite=is_sprite)
        return self._images[name]

    def _take(self, pixels: int) -> bool:
        """Whether the theme may still hold so many; counts them then."""
        if self._pixels + pixels > MAX_THEME_PIXELS:
            return False
        self._pixels += pixels
        return True

    def _fail(self, error: OfficeStudioError, name: str, pointer: str | None, *, is_sprite: bool = False) -> None:
        rule = {
            # A sprite may also be the name of a frame (3.4), so not only a file is missing.
            "ASSET_MISSING": "T2D-SPRITE-MISSING" if is_sprite else "T2D-FILE-MISSING",
            "IMAGE_TOO_LARGE": "T2D-IMG-DIM",
            "ATLAS_GRID": "T2D-ATLAS-GRID-SMALL",
        }
        self._note(rule.get(error.code, "T2D-IMG-BROKEN"), error.message, name, pointer, error.hint)

    def _note(self, rule: str, message: str, name: str, pointer: str | None, help_text: str = "") -> None:
        self.findings.append(Finding(rule, Severity.WARNING, message, help_text, file=name, pointer=pointer))


def _over_budget(name: str) -> AssetError:
    return AssetError(
        "IMAGE_TOO_LARGE",
        f"“{name}” is left out: the pictures of this theme need over {MAX_THEME_PIXELS * 4 // 1_000_000} MB together.",
        "Make the pictures smaller.",
        file=name,
    )
