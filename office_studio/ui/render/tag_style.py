"""Name tags and status badges as the theme wants them, in pixels of the screen. Format sections 2.7.1, 2.7.2, 2.8.

Lengths of the manifest are canvas units. Text keeps a readable size whatever the zoom, and what belongs to the text
(padding, radius, greatest width) keeps its proportion to it. A theme that places its badge gets it on the figure, and
its names have no shape of their own; else the shape stands in the name tag. A badge at (0, 0) counts as not placed: it
would lie on the feet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from office_studio.core.theme.color import RGBA, parse_color, status_color
from office_studio.core.theme.fonts import parse_font
from office_studio.core.theme.model import Characters
from office_studio.ui.render import palette

MIN_TEXT_PX, MAX_TEXT_PX = 11, 15
MIN_BADGE_PX, MAX_BADGE_PX = 5.0, 11.0  # radius
MIN_OUTLINE_PX, MAX_OUTLINE_PX = 1.5, 2.0
_MIN_WIDTH, _MAX_WIDTH = 40.0, 240.0
_MAX_PADDING, _MAX_RADIUS = 20.0, 40.0
_FAINT = 90  # alpha of a ground below which text needs an edge of its own to be read on any picture
_WHITE, _BLACK = RGBA(255, 255, 255), RGBA(0, 0, 0, 140)


@dataclass(frozen=True, slots=True)
class TagStyle:
    """How names look; lengths in logical pixels. ``offset_y``: canvas units from the seat point, up is negative."""

    font_px: int
    weight: int
    is_italic: bool
    families: tuple[str, ...]
    color: RGBA
    ground: RGBA
    pad_x: float
    pad_y: float
    radius: float
    max_width: float
    offset_y: float
    has_shape: bool  # the status shape stands in the tag

    @property
    def needs_edge(self) -> bool:
        return self.ground.alpha < _FAINT


@dataclass(frozen=True, slots=True)
class BadgeStyle:
    """Where the badge sits (canvas units from the seat point) and how large it is (logical pixels)."""

    offset_x: float
    offset_y: float
    radius: float
    colors: tuple[tuple[str, str], ...]
    outline: float = MAX_OUTLINE_PX

    @property
    def side(self) -> float:
        """Of the square it is drawn in."""
        return 2 * (self.radius + self.outline + 1)

    def color(self, status: str) -> RGBA:
        return status_color(dict(self.colors), status)


def tag_style(characters: Characters, scale: float) -> TagStyle | None:
    """Name tags at ``scale`` logical pixels per canvas unit; None: the theme leaves them to us."""
    tag = characters.name_tag
    if tag is None:
        return None
    font = parse_font(tag.font)
    pixels = round(min(MAX_TEXT_PX, max(MIN_TEXT_PX, font.size_px * scale)))
    factor = pixels / font.size_px
    return TagStyle(
        font_px=pixels,
        weight=font.weight,
        is_italic=font.is_italic,
        families=font.families,
        color=parse_color(tag.color) or _WHITE,
        ground=parse_color(tag.background) or _BLACK,
        pad_x=_within(tag.padding.x * factor, 0, _MAX_PADDING),
        pad_y=_within(tag.padding.y * factor, 0, _MAX_PADDING),
        radius=_within(tag.border_radius * factor, 0, _MAX_RADIUS),
        max_width=_within(tag.max_width * factor, _MIN_WIDTH, _MAX_WIDTH),
        offset_y=tag.offset_y,
        has_shape=badge_style(characters, scale) is None,
    )


def badge_style(characters: Characters, scale: float) -> BadgeStyle | None:
    """Badges at a scale; None when the theme gives them no place."""
    badge = characters.status_badge
    if (badge.offset_x, badge.offset_y) == (0, 0):
        return None
    radius = _within(badge.radius * scale, MIN_BADGE_PX, MAX_BADGE_PX)
    outline = _within(3 * scale, MIN_OUTLINE_PX, MAX_OUTLINE_PX)
    return BadgeStyle(badge.offset_x, badge.offset_y, round(radius * 2) / 2, _pairs(badge.colors), outline)


@lru_cache(maxsize=64)
def font_of(style: TagStyle) -> QFont:
    """Shared: copy it before changing it."""
    font = QFont(palette.family_of(style.families))
    if font.family() == "serif":
        font.setStyleHint(QFont.StyleHint.Serif)
    font.setPixelSize(style.font_px)
    font.setWeight(QFont.Weight(style.weight))
    font.setItalic(style.is_italic)
    return font


def paint_badge(painter: QPainter, rect: QRectF, style: BadgeStyle, status: str, stale: bool) -> None:
    """A disc with a white outline; what is in it says the status without colour: nothing, hole, "!", two, dash."""
    centre, radius = rect.center(), style.radius
    shade = palette.pill()
    shade.setAlpha(40)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(shade)
    painter.drawEllipse(centre + QPointF(0, 0.6), radius + style.outline + 0.4, radius + style.outline + 0.4)
    white = QColor("white")
    painter.setBrush(white)
    painter.drawEllipse(centre, radius + style.outline, radius + style.outline)
    ground = palette.mark(status, stale=True) if stale else palette.qcolor(style.color(status))
    painter.setBrush(ground)
    painter.drawEllipse(centre, radius, radius)
    painter.setBrush(white)
    pen = QPen(white, max(1.6, radius * 0.3), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    if status == "idle":
        painter.drawEllipse(centre, radius * 0.48, radius * 0.48)
    elif status == "collaborating":
        for side in (-1, 1):
            painter.drawEllipse(centre + QPointF(side * radius * 0.4, 0), radius * 0.27, radius * 0.27)
    elif status == "blocked":
        painter.setPen(pen)
        painter.drawLine(centre - QPointF(0, radius * 0.52), centre + QPointF(0, radius * 0.06))
        painter.drawPoint(centre + QPointF(0, radius * 0.54))
    elif status != "working":
        painter.setPen(pen)
        painter.drawLine(centre - QPointF(radius * 0.45, 0), centre + QPointF(radius * 0.45, 0))


def _within(value: float, low: float, high: float) -> float:
    return min(high, max(low, value))


def _pairs(colors: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(colors.items()))
