"""Flat pictures made by code: shapes are drawn at twice the size and scaled down, which smooths their edges."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import Any

from PIL import Image, ImageDraw, ImageFilter

_OVER = 2  # drawn pixels per pixel and side
Box = tuple[float, float, float, float]  # left, top, right, bottom in pixels


class Painting:
    """A picture in the making. Coordinates are its pixels, origin top left."""

    def __init__(self, width: int, height: int, color: str | None = None) -> None:
        self.size = (width, height)
        self._image = Image.new("RGBA", (width * _OVER, height * _OVER), color or (0, 0, 0, 0))
        self._draw = ImageDraw.Draw(self._image)

    def rect(self, box: Box, color: str, radius: float = 0) -> None:
        self._draw.rounded_rectangle(_scaled(box), radius * _OVER, fill=color)

    def ellipse(self, box: Box, color: str) -> None:
        self._draw.ellipse(_scaled(box), fill=color)

    def line(self, points: Sequence[tuple[float, float]], color: str, width: float) -> None:
        flat = [(x * _OVER, y * _OVER) for x, y in points]
        self._draw.line(flat, fill=color, width=round(width * _OVER), joint="curve")

    def shadow(self, box: Box, strength: float = 0.25, blur: float = 8) -> None:
        """A soft, dark ellipse under something that stands there."""
        edge = math.ceil(3 * blur)
        left, top = math.floor(box[0]) - edge, math.floor(box[1]) - edge
        size = (math.ceil(box[2]) + edge - left, math.ceil(box[3]) + edge - top)
        layer = Image.new("RGBA", (size[0] * _OVER, size[1] * _OVER), (0, 0, 0, 0))
        place = (box[0] - left, box[1] - top, box[2] - left, box[3] - top)
        ImageDraw.Draw(layer).ellipse(_scaled(place), fill=(30, 22, 40, round(255 * strength)))
        self._merge(layer.filter(ImageFilter.GaussianBlur(blur * _OVER)), left, top)

    def paste(self, other: Painting, x: int, y: int) -> None:
        self._merge(other._image, x, y)

    def png(self, size: tuple[int, int] | None = None) -> bytes:
        """The picture as PNG, without anything that differs from day to day."""
        image = self._image.resize(size or self.size, Image.Resampling.LANCZOS)
        if image.getchannel("A").getextrema() == (255, 255):
            image = image.convert("RGB")
        buffer = io.BytesIO()
        image.save(buffer, "PNG", compress_level=9)
        return buffer.getvalue()

    def _merge(self, layer: Any, x: int, y: int) -> None:
        # What lies left of or above the picture is cut off first: Pillow takes no negative places.
        cut = (max(0, -x * _OVER), max(0, -y * _OVER))
        self._image.alpha_composite(layer, (max(0, x) * _OVER, max(0, y) * _OVER), cut)
        self._draw = ImageDraw.Draw(self._image)


def _scaled(box: Box) -> tuple[float, float, float, float]:
    left, top, right, bottom = box
    return left * _OVER, top * _OVER, right * _OVER - 1, bottom * _OVER - 1
