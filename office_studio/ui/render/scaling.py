"""Pictures at the size they are drawn, by one rule for painted art and one for pixel art.

**The rule.** A theme is pixel art when ``renderer.antialias`` of its active quality mode is false (format 2.11, 18).
Painted art is scaled smoothly. Pixel art grows by nearest neighbour to the next whole multiple of its source size, for
each axis, and when the target is no whole multiple it is scaled down smoothly from there: at 1×, 2×, 3× every source
pixel is a sharp block of n × n; at 1.5× blocks stay even in width, with a soft edge of less than a pixel, instead of
being one and two pixels wide in turn. Below its own size pixel art is averaged too: leaving out pixels loses eyes.
"""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

MAX_DRAWN_PX = 64_000_000  # of one picture: 256 MB
_MAX_SIDE_PX = 32_000  # the painter counts in 16 bits
_STRETCH = Qt.AspectRatioMode.IgnoreAspectRatio
_SMOOTH, _NEAREST = Qt.TransformationMode.SmoothTransformation, Qt.TransformationMode.FastTransformation


def scaled(source: QImage, width: int, height: int, *, smooth: bool = True) -> QImage:
    """The picture at a device size; smaller where that would need too much memory, and is stretched then."""
    if width * height > MAX_DRAWN_PX or max(width, height) > _MAX_SIDE_PX:
        shrink = min(1.0, (MAX_DRAWN_PX / (width * height)) ** 0.5)
        width, height = (max(1, min(_MAX_SIDE_PX, int(side * shrink))) for side in (width, height))
    if (source.width(), source.height()) == (width, height):
        return source
    if smooth or source.isNull():
        return source.scaled(width, height, _STRETCH, _SMOOTH)
    wide, high = (max(1, ceil(to / of)) * of for to, of in ((width, source.width()), (height, source.height())))
    if wide * high > MAX_DRAWN_PX or max(wide, high) > _MAX_SIDE_PX:
        return source.scaled(width, height, _STRETCH, _NEAREST)
    blocks = source.scaled(wide, high, _STRETCH, _NEAREST)
    return blocks if (wide, high) == (width, height) else blocks.scaled(width, height, _STRETCH, _SMOOTH)
