"""Looks of characters: an atlas and its picture, checked against each other. Off the GUI thread: ``QImage`` only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QTransform

from office_studio.core.theme.atlas import Atlas, Frame
from office_studio.core.theme.model import Point

FINER_FROM = 1.2  # device pixels per pixel of the plain sheet from which the sheet with twice the pixels is drawn


@dataclass(frozen=True, slots=True)
class Costume:
    """One look of a character. ``tops``: canvas units from the foot point to the hair, by state.

    ``finer``: the same frames with more pixels, for a dense screen or a close look; None when the theme has none.
    """

    atlas: Atlas
    sheet: QImage
    name: str
    tops: Mapping[str, float] = field(default_factory=dict)
    finer: Costume | None = None

    def top(self, state: str) -> float:
        return self.tops.get(state) or max(self.tops.values(), default=100.0)

    @property
    def drawn_height(self) -> float:
        """Canvas units from top to bottom, whether it stands on its foot point or hangs from it."""
        clip = next(iter(self.atlas.clips.values()))
        frame = clip.frames[0]
        whole = (frame.rect.width if frame.rotated else frame.rect.height) * self.atlas.units_per_px
        top = self.top(clip.state)
        return top if self.atlas.is_grid else max(top, whole)

    def best(self, frame: Frame, units_to_device: float) -> tuple[Costume, Frame]:
        """The sheet to cut ``frame`` from when a canvas unit is that many device pixels, and the frame there."""
        if self.finer is None or units_to_device * self.atlas.units_per_px <= FINER_FROM:
            return self, frame
        same = self.finer.atlas.frames.get(frame.name)
        return (self, frame) if same is None else (self.finer, same)


def cut(sheet: QImage, frame: Frame) -> QImage:
    """The untrimmed, upright picture of one frame."""
    rect = QRect(round(frame.rect.x), round(frame.rect.y), round(frame.rect.width), round(frame.rect.height))
    piece = sheet.copy(rect.intersected(sheet.rect()))
    if frame.rotated:
        piece = piece.transformed(QTransform().rotate(-90))
    width, height = round(frame.source_width), round(frame.source_height)
    if (piece.width(), piece.height()) == (width, height):
        return piece
    # copy() with a rectangle that leaves the picture pads with transparent pixels.
    piece = piece.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    return piece.copy(-round(frame.offset.x), -round(frame.offset.y), width, height)


def foot_of(atlas: Atlas, frame: Frame) -> Point:
    """Where in the untrimmed frame its foot point is, 0..1."""
    return frame.anchor or atlas.anchor


def json_costume(atlas: Atlas, sheet: QImage, name: str, note: Callable[[str], None]) -> Costume | None:
    """A costume of the frames that lie in the picture; ``note`` hears of the others. None when none does."""
    outside = sorted(key for key, frame in atlas.frames.items() if not fits(frame, sheet))
    for key in outside:
        note(f'frame "{key}" exceeds the image')
    clips = {}
    for key, clip in atlas.clips.items():
        frames = tuple(frame for frame in clip.frames if frame.name not in outside)
        if frames:
            clips[key] = clip if len(frames) == len(clip.frames) else replace(clip, frames=frames)
    if not clips:
        return None
    kept = replace(atlas, clips=clips, frames={k: f for k, f in atlas.frames.items() if k not in outside})
    tops: dict[str, float] = {}
    for (state, _), clip in clips.items():
        tops[state] = max(tops.get(state, 0.0), atlas.top_of(clip))
    return Costume(kept, sheet, name, tops)


def grid_costume(atlas: Atlas, sheet: QImage, name: str) -> Costume:
    """A costume of a grid sheet. Its height is measured: cells usually have empty rows on top."""
    tops: dict[str, float] = {}
    for (state, _), clip in atlas.clips.items():
        for frame in clip.frames[:1]:
            rect = frame.rect
            box = opaque_box(sheet, QRect(int(rect.x), int(rect.y), int(rect.width), int(rect.height)))
            empty = box.top() if box is not None else 0
            tops[state] = max(tops.get(state, 0.0), (rect.height - empty) * atlas.units_per_px)
    return Costume(atlas, sheet, name, tops)


def fits(frame: Frame, sheet: QImage) -> bool:
    return frame.rect.x + frame.rect.width <= sheet.width() and frame.rect.y + frame.rect.height <= sheet.height()


def opaque_box(picture: QImage, part: QRect | None = None) -> QRect | None:
    """Bounds of what is not fully transparent in ``part`` of a picture, from that part's corner; None: nothing is."""
    from PIL import Image

    piece = picture if part is None else picture.copy(part)
    if not piece.hasAlphaChannel():
        return piece.rect()
    # From the pixels that are drawn: another decoder may see a damaged file in another way, or not at all.
    alpha = piece.convertToFormat(QImage.Format.Format_Alpha8)
    mask = Image.frombuffer(
        "L", (alpha.width(), alpha.height()), bytes(alpha.constBits()), "raw", "L", alpha.bytesPerLine(), 1
    )
    box = mask.getbbox()
    return None if box is None else QRect(box[0], box[1], box[2] - box[0], box[3] - box[1])
