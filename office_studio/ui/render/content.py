"""Which part of a canvas is worth seeing: a room drawn on a plain ground need not be shown with all of that ground."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage

from office_studio.core.theme.model import Rect, Theme

_PROBE = (192, 108)
_SAME = 10  # of 255; a channel may differ so much within one ground
_MARGIN = 0.012  # of the canvas, left around what is seen
_KEPT = 8
_known: dict[int, QRect | None] = {}
_FIGURE = 150.0  # canvas units that a figure and its label may rise above its seat


def content_of(theme: Theme, background: QImage | None) -> Rect | None:
    """The picture without its plain border, grown to hold all furniture and seats; None when that is the whole canvas.

    Only what has one colour all around the picture counts as border, so nothing that was drawn is ever left out.
    """
    if background is None or background.isNull():
        return None
    drawn = _drawn_once(background)
    if drawn is None:
        return None
    width, height = theme.canvas.width, theme.canvas.height
    left, top = drawn.left() / _PROBE[0] * width, drawn.top() / _PROBE[1] * height
    right, bottom = (drawn.right() + 1) / _PROBE[0] * width, (drawn.bottom() + 1) / _PROBE[1] * height
    for item in theme.furniture:
        x, y = item.at.x - item.anchor.x * item.width, item.at.y - item.anchor.y * item.height
        left, top, right, bottom = min(left, x), min(top, y), max(right, x + item.width), max(bottom, y + item.height)
    for seat in theme.seats:
        left, right = min(left, seat.at.x - _FIGURE / 2), max(right, seat.at.x + _FIGURE / 2)
        top, bottom = min(top, seat.at.y - _FIGURE), max(bottom, seat.at.y)
    left, top = max(0.0, left - _MARGIN * width), max(0.0, top - _MARGIN * height)
    right, bottom = min(width, right + _MARGIN * width), min(height, bottom + _MARGIN * height)
    return None if (right - left, bottom - top) == (width, height) else Rect(left, top, right - left, bottom - top)


def _drawn_once(picture: QImage) -> QRect | None:
    """Kept for the last pictures asked of: a theme that is edited is read again and again with the same one."""
    key = picture.cacheKey()
    if key not in _known:
        while len(_known) >= _KEPT:
            _known.pop(next(iter(_known)), None)
        _known[key] = _drawn(picture)
    return _known[key]


def _drawn(picture: QImage) -> QRect | None:
    """Bounds of what differs from the colour of the rim, in cells of the probe; None when there is no plain rim."""
    probe = picture.scaled(*_PROBE, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    probe = probe.convertToFormat(QImage.Format.Format_RGB888)
    wide, high = _PROBE
    data, stride = bytes(probe.constBits()), probe.bytesPerLine()
    ground = data[:3]

    def differs(x: int, y: int) -> bool:
        at = y * stride + 3 * x
        return any(abs(data[at + i] - ground[i]) > _SAME for i in range(3))

    rows = [y for y in range(high) if any(differs(x, y) for x in range(wide))]
    columns = [x for x in range(wide) if any(differs(x, y) for y in range(high))]
    if not rows or not columns:
        return None
    return QRect(columns[0], rows[0], columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1)
