"""Everything a scene draws of one theme, decoded. Made off the GUI thread, immutable after that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zlib import crc32

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

from office_studio.core.theme.atlas import Atlas, Frame, grid_atlas, json_atlas
from office_studio.core.theme.model import Characters, Rect, Theme
from office_studio.core.validation.report import Finding, Severity
from office_studio.errors import AssetError, OfficeStudioError
from office_studio.services.theme_loader import LoadedTheme
from office_studio.ui.render.content import content_of
from office_studio.ui.render.images import read_image

MAX_VARIANTS = 64
NARROW_PX = 768  # logical width of a view
MAX_THEME_PIXELS = 160_000_000  # all pictures of a theme together, decoded: 640 MB
FURNITURE_ATLAS, EFFECTS_ATLAS = "sprites/furniture.json", "sprites/effects.json"


@dataclass(frozen=True, slots=True)
class Costume:
    """One look of a character: an atlas and its picture. ``top``: canvas units from the foot point to the hair."""

    atlas: Atlas
    sheet: QImage
    name: str
    tops: Mapping[str, float] = field(default_factory=dict)  # by state

    def top(self, state: str) -> float:
        return self.tops.get(state) or max(self.tops.values(), default=100.0)


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

    def costume(self, agent_id: str) -> Costume | None:
        """Look of an agent: the same for the same id, on every machine (decision 11a)."""
        return self.wardrobe[crc32(agent_id.encode()) % len(self.wardrobe)] if self.wardrobe else None


def load_assets(loaded: LoadedTheme, device_pixel_ratio: float = 1.0, *, narrow: bool = False) -> SceneAssets:
    """Decode what the theme draws. Slow (tens to hundreds of ms); never raises for a bad asset.

    ``narrow``: for a view below ``NARROW_PX``, for which a theme may have another background (format section 16).
    """
    collector = _Collector(loaded)
    theme = loaded.theme
    background, sprites = collector.background(device_pixel_ratio, narrow), collector.sprites()
    wardrobe = collector.wardrobe()
    return SceneAssets(
        theme=theme,
        background=background,
        sprites=sprites,
        wardrobe=wardrobe,
        findings=(*loaded.findings, *collector.findings),
        sizes={name: (image.width(), image.height()) for name, image in sprites.items()},
        content=content_of(theme, background),
    )


def has_other_background(loaded: LoadedTheme, width: float, other_width: float) -> bool:
    """Whether views of these widths show different backgrounds."""
    return bool(loaded.theme.canvas.background.mobile) and (width < NARROW_PX) != (other_width < NARROW_PX)


def cut(sheet: QImage, frame: Frame) -> QImage:
    """The untrimmed, upright picture of one frame."""
    rect = QRect(round(frame.rect.x), round(frame.rect.y), round(frame.rect.width), round(frame.rect.height))
    piece = sheet.copy(rect.intersected(sheet.rect()))
    if frame.rotated:
        from PySide6.QtGui import QTransform

        piece = piece.transformed(QTransform().rotate(-90))
    width, height = round(frame.source_width), round(frame.source_height)
    if (piece.width(), piece.height()) == (width, height):
        return piece
    # copy() with a rectangle that leaves the picture pads with transparent pixels.
    piece = piece.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    return piece.copy(-round(frame.offset.x), -round(frame.offset.y), width, height)


class _Collector:
    """Loads assets one by one and turns failures into findings."""

    def __init__(self, loaded: LoadedTheme) -> None:
        self._files = loaded.files
        self._theme = loaded.theme
        self._images: dict[str, QImage | None] = {}
        self._pixels = 0
        self.findings: list[Finding] = []

    def background(self, device_pixel_ratio: float, narrow: bool) -> QImage | None:
        back = self._theme.canvas.background
        if narrow and back.mobile and (image := self._image(back.mobile, "/canvas/background/mobile")):
            return image
        if (
            device_pixel_ratio > 1
            and back.image2x
            and (image := self._image(back.image2x, "/canvas/background/image2x"))
        ):
            return image
        return self._image(back.image, "/canvas/background/image") if back.image else None

    def sprites(self) -> dict[str, QImage]:
        found: dict[str, QImage] = {}
        atlases = {kind: self._sprite_frames(kind) for kind in (FURNITURE_ATLAS, EFFECTS_ATLAS)}
        wanted = [(FURNITURE_ATLAS, f"/furniture/{i}/sprite", f.sprite) for i, f in enumerate(self._theme.furniture)]
        wanted += [(EFFECTS_ATLAS, f"/effects/{i}/sprite", e.sprite) for i, e in enumerate(self._theme.effects)]
        for kind, pointer, sprite in wanted:
            if sprite in found:
                continue
            image = atlases[kind].get(sprite) or self._image(sprite, pointer)
            if image is not None:
                found[sprite] = image
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
                atlas = json_atlas(self._files.read(name), name, characters)
                for problem in atlas.problems:
                    self._note("T2D-ATLAS-FRAMES", problem, name, "/characters/atlas")
                sheet = self._image(atlas.image, "/characters/atlas")
                return None if sheet is None else self._json_costume(atlas, sheet, name)
            sheet = self._image(name, "/characters/atlas")
            if sheet is None:
                return None
            atlas = grid_atlas(characters, sheet.width(), sheet.height())
            return Costume(atlas, sheet, name, _grid_tops(sheet, atlas))
        except OfficeStudioError as error:
            self._fail(error, name, "/characters/atlas")
            return None

    def _json_costume(self, atlas: Atlas, sheet: QImage, name: str) -> Costume | None:
        inside = {}
        for key, clip in atlas.clips.items():
            frames = [f for f in clip.frames if _fits(f, sheet)]
            for frame in clip.frames:
                if not _fits(frame, sheet):
                    self._note("T2D-ATLAS-RECT", f'frame "{frame.name}" exceeds the image', name, "/characters/atlas")
            if len(frames) == len(clip.frames):
                inside[key] = clip
        if not inside:
            self._note("T2D-ATLAS-FRAMES", f"No frame of {name} can be drawn.", name, "/characters/states")
            return None
        kept = Atlas(atlas.image, inside, atlas.frames, atlas.units_per_px, atlas.anchor, False, atlas.problems)
        tops: dict[str, float] = {}
        for (state, _), clip in inside.items():
            tops[state] = max(tops.get(state, 0.0), atlas.top_of(clip))
        return Costume(kept, sheet, name, tops)

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
        frames = {key: frame for key, frame in atlas.frames.items() if _fits(frame, sheet)}
        if not self._take(sum(round(f.source_width) * round(f.source_height) for f in frames.values())):
            self._fail(_over_budget(name), name, None)
            return {}
        return {key: cut(sheet, frame) for key, frame in frames.items()}

    def _image(self, name: str, pointer: str | None) -> QImage | None:
        if name not in self._images:
            try:
                image = read_image(self._files, name)
                if not self._take(image.width() * image.height()):
                    raise _over_budget(name)
                self._images[name] = image
            except OfficeStudioError as error:
                self._images[name] = None
                self._fail(error, name, pointer)
        return self._images[name]

    def _take(self, pixels: int) -> bool:
        """Whether the theme may still hold so many; counts them then."""
        if self._pixels + pixels > MAX_THEME_PIXELS:
            return False
        self._pixels += pixels
        return True

    def _fail(self, error: OfficeStudioError, name: str, pointer: str | None) -> None:
        rule = {
            "ASSET_MISSING": "T2D-FILE-MISSING",
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


def _fits(frame: Frame, sheet: QImage) -> bool:
    return frame.rect.x + frame.rect.width <= sheet.width() and frame.rect.y + frame.rect.height <= sheet.height()


def _grid_tops(sheet: QImage, atlas: Atlas) -> dict[str, float]:
    """Height of the drawn figure per state: cells of a sheet usually have empty rows on top."""
    from PIL import Image

    # From the pixels that are drawn: another decoder may see a damaged file in another way, or not at all.
    alpha = sheet.convertToFormat(QImage.Format.Format_Alpha8)
    picture = Image.frombuffer(
        "L", (alpha.width(), alpha.height()), bytes(alpha.constBits()), "raw", "L", alpha.bytesPerLine(), 1
    )
    tops: dict[str, float] = {}
    for (state, _), clip in atlas.clips.items():
        for frame in clip.frames[:1]:
            rect = frame.rect
            cell = (int(rect.x), int(rect.y), int(rect.x + rect.width), int(rect.y + rect.height))
            box = picture.crop(cell).getbbox()
            empty = box[1] if box else 0
            tops[state] = max(tops.get(state, 0.0), (rect.height - empty) * atlas.units_per_px)
    return tops
