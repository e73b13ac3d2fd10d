"""Colours, sizes and places of what the original web renderer drew: format sections 2.2, 2.4, 2.8, 4, 5, 12, 13, 19.

Lengths are canvas units (view pixels in the built-in office), relative to the figure's point where they say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from office_studio.core.office.fallback import fallback_zones
from office_studio.core.office.model import AgentStatus
from office_studio.core.office.reference import ReferenceFigure
from office_studio.core.theme.color import BACKDROP_DEFAULT, RGBA, STATUS_DEFAULTS
from office_studio.core.theme.model import Point, Rect, Theme
from office_studio.core.theme.viewport import Camera, Fit

NARROW_PX = 768
DEFAULT_EMOJI, DEFAULT_COLOR = "🤖", RGBA(0x64, 0x74, 0x8B)
WARNING, DOTS, WALKER = "⚠️", "•••", "🚶"
DISC_RADIUS, RING_RADIUS, RING_WIDTH = 28.0, 31.0, 3.0
FIGURE_SIZE = 140.0
LINK_WIDTH, LINK_COLOR = 2.0, RGBA(0x25, 0x63, 0xEB, 128)
GLOW_ALPHA = 0.2
ZONE_RADIUS, ZONE_FILL, ZONE_BORDER = 12.0, RGBA(0x1E, 0x29, 0x3B), RGBA(0x33, 0x41, 0x55)
WALKING_ALPHA = 0.7  # of a whole disc figure
_NAME_COLOR, _ACTIVITY_COLOR = RGBA(0xE2, 0xE8, 0xF0), RGBA(0x16, 0xA3, 0x4A)
_ZONE_NAME_ON_PICTURE, _ZONE_NAME_PLAIN = RGBA(255, 255, 255), RGBA(0x64, 0x74, 0x8B)
_LABELS = {
    AgentStatus.WORKING: "Working",
    AgentStatus.IDLE: "Idle",
    AgentStatus.BLOCKED: "Blocked",
    AgentStatus.COLLABORATING: "Collab",
    AgentStatus.UNBOUND: "Not Connected",
    AgentStatus.OFFLINE: "Not Connected",
}


_MIDDLE, _TOP, _CORNER = Point(0.5, 0.5), Point(0.5, 0), Point(0, 0)


@dataclass(frozen=True, slots=True)
class Text:
    """One piece of text. ``at``: its middle; or the middle of its top edge, or its top left corner (``anchor``)."""

    kind: str
    text: str
    size: float
    color: RGBA
    at: Point
    is_bold: bool = False
    spacing: float = 0.0
    anchor: Point = _MIDDLE
    alpha: float = 1.0
    has_shadow: bool = False


@dataclass(frozen=True, slots=True)
class ZoneLook:
    """A zone's panel (None when a background picture is there) and its name."""

    panel: Rect | None
    label: Text


def backdrop(text: str | None) -> RGBA:
    """Colour around the canvas as the original understood it: a plain number, and 0 counts as nothing (2.2)."""
    try:
        value = int((text or "").strip(), 0) if text else 0
    except ValueError:
        try:
            value = int((text or "").strip())  # leading zeros
        except ValueError:
            value = 0
    if not 0 < value <= 0xFFFFFF:
        return BACKDROP_DEFAULT
    return RGBA(value >> 16, value >> 8 & 255, value & 255)


def status_color(colors: Mapping[str, str], status: AgentStatus) -> RGBA:
    """Colour of a status: ``#RRGGBB`` or ``0xRRGGBB``, read as a number; three digits are misread (2.8)."""
    key = "unbound" if status is AgentStatus.OFFLINE else status.value
    return _number_color(colors.get(key)) or _number_color(STATUS_DEFAULTS[key]) or DEFAULT_COLOR


def agent_color(text: str | None) -> RGBA:
    return _number_color(text) or DEFAULT_COLOR


def has_layer(theme: Theme | None, layer_id: str) -> bool:
    """Whether what belongs on a layer is drawn at all; the built-in office has all it needs (2.4)."""
    return theme is None or any(layer.id == layer_id for layer in theme.layers)


def camera_for(theme: Theme | None, width: float, height: float) -> Camera:
    """The first view: the canvas covers it, zoom as the manifest says, not limited (5.1)."""
    if theme is None:
        return Camera(width, height, width, height).centred()
    viewport = theme.viewport
    is_narrow = width < NARROW_PX and viewport.mobile_default_zoom is not None
    zoom = (viewport.mobile_default_zoom if is_narrow else viewport.default_zoom) or 1.0
    return Camera(theme.canvas.width, theme.canvas.height, width, height, fit=Fit.COVER, zoom=max(zoom, 1e-3)).centred()


def zones_of(theme: Theme | None, view: tuple[float, float], *, has_background: bool) -> tuple[ZoneLook, ...]:
    """Zones to draw, in manifest order. None without the layers that the original looked up for them."""
    if theme is None:
        return tuple(
            ZoneLook(
                zone.bounds,
                Text(
                    "label",
                    zone.name.replace(" ☕", "  ☕"),
                    11,
                    _ZONE_NAME_PLAIN,
                    Point(zone.bounds.x + 12, zone.bounds.y + 8),
                    is_bold=True,
                    spacing=1,
                    anchor=_CORNER,
                ),
            )
            for zone in fallback_zones(*view)
        )
    if not (has_layer(theme, "background") and has_layer(theme, "ui-overlay")):
        return ()
    return tuple(
        ZoneLook(
            None if has_background else zone.bounds,
            Text(
                "label",
                zone.name,
                13,
                _ZONE_NAME_ON_PICTURE if has_background else _ZONE_NAME_PLAIN,
                Point(zone.bounds.center.x, zone.bounds.y + 8),
                is_bold=True,
                spacing=1,
                anchor=_TOP,
                alpha=0.85 if has_background else 1.0,
                has_shadow=has_background,
            ),
        )
        for zone in theme.zones
    )


def glow_radius(figure: ReferenceFigure) -> float:
    return 32.0 if figure.frame_set is None else 78.0


def hit_radius(figure: ReferenceFigure) -> float:
    return 38.0 if figure.frame_set is None else 74.0


def texts_of(figure: ReferenceFigure, color: RGBA) -> tuple[Text, ...]:
    """Name, status and, when shown, warning and activity of one figure; ``color`` is its status's."""
    is_disc = figure.frame_set is None
    texts = [
        _text("name", figure.name, 12, _NAME_COLOR, figure.at, Point(0, 42 if is_disc else 76), is_bold=True),
        _text("status", _LABELS[figure.status], 10, color, figure.at, Point(0, 56 if is_disc else 90)),
    ]
    if figure.status is AgentStatus.BLOCKED and not figure.walking:
        offset = Point(30, -30) if is_disc else Point(66, -66)
        texts.append(_text("warning", WARNING, 16, _ACTIVITY_COLOR, figure.at, offset))
    if is_disc and (figure.walking or figure.status is AgentStatus.WORKING):
        sign = WALKER if figure.walking else DOTS
        texts.append(_text("activity", sign, 14, _ACTIVITY_COLOR, figure.at, Point(38, -8)))
    return tuple(texts)


def figure_at(figures: tuple[ReferenceFigure, ...], at: Point) -> str | None:
    """The agent a press at a canvas point reaches: the one drawn last whose circle holds it."""
    for figure in reversed(figures):
        dx, dy = at.x - figure.at.x, at.y - figure.at.y
        if not figure.is_hidden and dx * dx + dy * dy <= hit_radius(figure) ** 2:
            return figure.agent_id
    return None


def _text(kind: str, text: str, size: float, color: RGBA, at: Point, offset: Point, *, is_bold: bool = False) -> Text:
    return Text(kind, text, size, color, Point(at.x + offset.x, at.y + offset.y), is_bold=is_bold)


def _number_color(text: str | None) -> RGBA | None:
    digits = (text or "").strip().lower().removeprefix("#").removeprefix("0x")
    try:
        value = int(digits, 16)
    except ValueError:
        return None
    return RGBA(value >> 16 & 255, value >> 8 & 255, value & 255) if 0 <= value <= 0xFFFFFF else None
