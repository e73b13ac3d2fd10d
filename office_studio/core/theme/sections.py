"""The sections of a manifest, one function each. Source: 2D theme format, section 2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from office_studio.core.theme.files import is_safe_name
from office_studio.core.theme.model import (
    Animation,
    AnimationState,
    Audio,
    Background,
    Canvas,
    Characters,
    Direction,
    Effect,
    Furniture,
    HitArea,
    Layer,
    NameTag,
    Navigation,
    Point,
    QualityMode,
    Rect,
    Seat,
    StatusBadge,
    Viewport,
    Zone,
    ZoneType,
)
from office_studio.core.theme.reading import Reader
from office_studio.errors import ManifestError

Json = Mapping[str, Any]
MAX_CANVAS = 1_000_000  # side: a hundred times what anybody draws; a window system counts pixels in 32 bits


def read_canvas(read: Reader, document: Json, *, required: bool) -> Canvas | None:
    data = read.section(document, "canvas", "")
    width = read.positive(data, "width", "/canvas")
    height = read.positive(data, "height", "/canvas")
    if width is None or height is None:
        if not required:
            return None
        raise ManifestError(
            "MANIFEST_CANVAS",
            "Manifest missing valid 'canvas' (width/height).",
            "Give canvas.width and canvas.height as whole numbers above 0, e.g. 1920 and 1080.",
            pointer="/canvas",
        )
    if "background" not in data:
        read.note("T2D-CANVAS-BG", "/canvas", "canvas.background is missing; zones are drawn as plain boxes.")
    back = read.section(data, "background", "/canvas")
    at = "/canvas/background"
    background = Background(
        image=read.path(back, "image", at),
        image2x=read.path(back, "image2x", at),
        mobile=read.path(back, "mobile", at),
        color=read.text(back, "color", at) or None,
    )
    if max(width, height) > MAX_CANVAS:
        read.note("T2D-CANVAS-MAX", "/canvas", f"The canvas is drawn up to {MAX_CANVAS} units; what is beyond is cut.")
    width, height = (max(1, min(MAX_CANVAS, round(side))) for side in (width, height))
    return Canvas(width, height, background)


def read_viewport(read: Reader, document: Json) -> Viewport:
    data, at = read.section(document, "viewport", ""), "/viewport"
    mobile = read.section(data, "mobile", at)
    return Viewport(
        min_zoom=read.positive(data, "minZoom", at, 0.5) or 0.5,
        max_zoom=read.positive(data, "maxZoom", at, 3.0) or 3.0,
        default_zoom=read.positive(data, "defaultZoom", at, 1.0) or 1.0,
        pan_bounds=read.flag(data, "panBounds", at, True),
        mobile_default_zoom=read.positive(mobile, "defaultZoom", f"{at}/mobile"),
        mobile_pinch_to_zoom=read.flag(mobile, "pinchToZoom", f"{at}/mobile", True),
        mobile_double_tap_zoom=read.positive(mobile, "doubleTapZoom", f"{at}/mobile"),
    )


def read_layer(read: Reader, item: Any, at: str) -> Layer | None:
    if not isinstance(item, dict):
        read.wrong(at, "an object")
        return None
    ident = read.text(item, "id", at)
    z_index = read.number(item, "zIndex", at, 0)
    return Layer(ident, round(z_index or 0)) if ident else None


def read_zone(read: Reader, item: Any, at: str) -> Zone | None:
    if not isinstance(item, dict):
        read.wrong(at, "an object")
        return None
    ident = read.text(item, "id", at) or at.rpartition("/")[2]
    bounds = read.rect(item, "bounds", at)
    seats = tuple(seat for i, s in read.items(item, "seats", at) if (seat := _seat(read, s, f"{at}/seats/{i}")))
    if bounds is None:
        read.note("T2D-ZONE-BOUNDS", f"{at}/bounds", f"Zone '{ident}' needs positive bounds.", f"zone {ident}")
        bounds = _around(seats)
    if not seats:
        read.note("T2D-ZONE-NOSEATS", f"{at}/seats", f"Zone '{ident}' must have at least 1 seat.", f"zone {ident}")
    return Zone(
        id=ident,
        name=read.text(item, "name", at, ident),
        type=_zone_type(read, item, at),
        bounds=bounds,
        capacity=read.positive_integer(item, "capacity", at) or max(1, len(seats)),
        seats=seats,
        door=read.rect(item, "door", at),
    )


def _zone_type(read: Reader, item: Json, at: str) -> ZoneType:
    written = read.text(item, "type", at)
    try:
        return ZoneType(written)
    except ValueError:
        read.note("T2D-ZONE-TYPE", f"{at}/type", f'type "{written}" is not work, meeting, lounge or custom.')
        return ZoneType.CUSTOM


def _around(seats: tuple[Seat, ...]) -> Rect:
    if not seats:
        return Rect(0, 0, 1, 1)
    xs, ys = [s.at.x for s in seats], [s.at.y for s in seats]
    return Rect(min(xs) - 60, min(ys) - 120, max(xs) - min(xs) + 120, max(ys) - min(ys) + 180)


def _seat(read: Reader, item: Any, at: str) -> Seat | None:
    if not isinstance(item, dict):
        read.wrong(at, "an object")
        return None
    ident = read.text(item, "id", at)
    x, y = read.number(item, "x", at), read.number(item, "y", at)
    if x is None or y is None:
        read.note("T2D-SEAT-XY", at, f'Seat "{ident}" needs x and y.', f"seat {ident}")
        return None
    written = read.text(item, "direction", at, "down")
    direction = Direction(written) if written in tuple(Direction) else Direction.DOWN
    if direction != written:
        read.note("T2D-SEAT-DIR", f"{at}/direction", "direction must be up, down, left or right.", f"seat {ident}")
    return Seat(ident or at, Point(x, y), direction, read.text(item, "label", at) or None)


def read_furniture(read: Reader, item: Any, at: str) -> Furniture | None:
    if not isinstance(item, dict):
        read.wrong(at, "an object")
        return None
    ident = read.text(item, "id", at) or at
    sprite = read.path(item, "sprite", at)
    x, y = read.number(item, "x", at), read.number(item, "y", at)
    width, height = read.positive(item, "width", at), read.positive(item, "height", at)
    if sprite is None or x is None or y is None or width is None or height is None:
        read.note("T2D-FURN-FIELDS", at, f'Furniture "{ident}" is incomplete and is not drawn.', f"furniture {ident}")
        return None
    return Furniture(
        id=ident,
        sprite=sprite,
        layer=read.text(item, "layer", at, "furniture"),
        at=Point(x, y),
        width=width,
        height=height,
        anchor=read.point(item, "anchor", at, Point(0, 0)),
        sort_y=read.flag(item, "sortY", at, False),
        interactive=read.flag(item, "interactive", at, False),
        tooltip=read.text(item, "tooltip", at) or None,
        animation=_animation(read, item, at),
    )


def read_effect(read: Reader, item: Any, at: str) -> Effect | None:
    if not isinstance(item, dict):
        read.wrong(at, "an object")
        return None
    ident = read.text(item, "id", at) or at
    sprite = read.path(item, "sprite", at)
    x, y = read.number(item, "x", at), read.number(item, "y", at)
    if sprite is None or x is None or y is None:
        read.note("T2D-FX-FIELDS", at, f'Effect "{ident}" is incomplete and is not drawn.', f"effect {ident}")
        return None
    opacity = read.number(item, "opacity", at, 1.0)
    return Effect(
        id=ident,
        type=read.text(item, "type", at, "sprite"),
        sprite=sprite,
        layer=read.text(item, "layer", at, "effects"),
        at=Point(x, y),
        width=read.positive(item, "width", at),
        height=read.positive(item, "height", at),
        opacity=min(1.0, max(0.0, 1.0 if opacity is None else opacity)),
        blend_mode=read.text(item, "blendMode", at, "normal"),
        animation=_animation(read, item, at),
    )


def _animation(read: Reader, item: Json, at: str) -> Animation | None:
    data = read.section(item, "animation", at)
    if not data:
        return None
    at = f"{at}/animation"
    highest = read.number(data, "maxOpacity", at, 1.0)
    return Animation(
        type=read.text(data, "type", at),
        interval_ms=read.positive(data, "interval", at, 3000) or 3000,
        min_opacity=read.number(data, "minOpacity", at),
        max_opacity=1.0 if highest is None else highest,
        duration_ms=read.positive(data, "duration", at, 4000) or 4000,
        angle_deg=_number(read, data, "angle", at, 2.0),
        distance=_number(read, data, "distance", at, 6.0),
    )


def _number(read: Reader, data: Json, key: str, at: str, default: float) -> float:
    number = read.number(data, key, at, default)
    return default if number is None else number


def read_characters(read: Reader, document: Json) -> Characters:
    data, at = read.section(document, "characters", ""), "/characters"
    return Characters(
        atlas=read.path(data, "atlas", at) or "",
        frame_width=read.positive_integer(data, "frameWidth", at) or 0,
        frame_height=read.positive_integer(data, "frameHeight", at) or 0,
        anchor=read.point(data, "anchor", at, Point(0.5, 1)),
        hit_area=_hit_area(read, data, at),
        name_tag=_name_tag(read, data, at),
        status_badge=_badge(read, data, at),
        states={
            name: state
            for name, item in read.section(data, "states", at).items()
            if (state := _state(read, item, f"{at}/states/{name}"))
        },
        directions=tuple(Direction(d) for _, d in read.items(data, "directions", at) if d in tuple(Direction)),
        seat_sprites=_seat_sprites(read, data, at),
        variants=tuple(name for _, name in read.items(data, "variants", at) if is_safe_name(name)),
    )


def _hit_area(read: Reader, data: Json, at: str) -> HitArea | None:
    area = read.section(data, "hitArea", at)
    at = f"{at}/hitArea"
    kind = area.get("type")
    if kind not in ("rect", "circle"):
        return None
    return HitArea(
        type=kind,
        x=read.number(area, "x", at, 0) or 0,
        y=read.number(area, "y", at, 0) or 0,
        width=read.positive(area, "width", at),
        height=read.positive(area, "height", at),
        radius=read.positive(area, "radius", at),
    )


def _name_tag(read: Reader, data: Json, at: str) -> NameTag | None:
    tag = read.section(data, "nameTag", at)
    if not tag:
        return None
    at, plain = f"{at}/nameTag", NameTag()
    offset = read.number(tag, "offsetY", at, plain.offset_y)
    radius = read.number(tag, "borderRadius", at, plain.border_radius)
    return NameTag(
        offset_y=plain.offset_y if offset is None else offset,
        font=read.text(tag, "font", at, plain.font),
        color=read.text(tag, "color", at, plain.color),
        background=read.text(tag, "bgColor", at, plain.background),
        padding=read.point(tag, "padding", at, plain.padding),
        border_radius=plain.border_radius if radius is None else max(0.0, radius),
        max_width=read.positive(tag, "maxWidth", at, plain.max_width) or plain.max_width,
    )


def _badge(read: Reader, data: Json, at: str) -> StatusBadge:
    badge = read.section(data, "statusBadge", at)
    at = f"{at}/statusBadge"
    colors = read.section(badge, "colors", at)
    return StatusBadge(
        offset_x=read.number(badge, "offsetX", at, 0) or 0,
        offset_y=read.number(badge, "offsetY", at, 0) or 0,
        radius=read.positive(badge, "radius", at, 5) or 5,
        colors={name: color for name, color in colors.items() if isinstance(color, str)},
    )


def _state(read: Reader, item: Any, at: str) -> AnimationState | None:
    if not isinstance(item, dict):
        read.wrong(at, "an object")
        return None
    return AnimationState(
        prefix=read.text(item, "prefix", at),
        frames=read.positive_integer(item, "frames", at) or 1,
        fps=read.positive(item, "fps", at, 2.0) or 2.0,
        loop=read.flag(item, "loop", at, True),
    )


def _seat_sprites(read: Reader, data: Json, at: str) -> dict[str, dict[str, tuple[str, ...]]]:
    sprites: dict[str, dict[str, tuple[str, ...]]] = {}
    for seat_id, by_status in read.section(data, "seatSprites", at).items():
        if isinstance(by_status, dict):
            sprites[seat_id] = {
                status: tuple(name for name in names if is_safe_name(name))
                for status, names in by_status.items()
                if isinstance(names, list)
            }
    return sprites


def read_audio(read: Reader, document: Json) -> Audio | None:
    ambient = read.section(read.section(document, "audio", ""), "ambient", "/audio")
    src = read.path(ambient, "src", "/audio/ambient")
    if src is None:
        return None
    volume = read.number(ambient, "volume", "/audio/ambient", 1.0)
    return Audio(src, 1.0 if volume is None else volume, read.flag(ambient, "loop", "/audio/ambient", True))


def read_quality(read: Reader, document: Json) -> dict[str, QualityMode]:
    data, modes = read.section(document, "quality", ""), {}
    for name in ("high", "performance"):
        if name not in data:
            continue
        at = f"/quality/{name}"
        mode = read.section(data, name, "/quality")
        back, hints = read.section(mode, "background", at), read.section(mode, "renderer", at)
        modes[name] = QualityMode(
            background=read.path(back, "image", f"{at}/background"),
            pixel_ratio=read.positive(hints, "pixelRatio", f"{at}/renderer"),
            antialias=read.flag(hints, "antialias", f"{at}/renderer", True) if "antialias" in hints else None,
        )
    return modes


def read_navigation(read: Reader, document: Json) -> Navigation | None:
    """Our extension: ``{"floor": [[{"x", "y"}, …], …], "obstacles": [[…], …], "entrance": {"x", "y"}}``."""
    if "navigation" not in document:
        return None
    data, at = read.section(document, "navigation", ""), "/navigation"
    entrance = read.section(data, "entrance", at)
    x, y = read.number(entrance, "x", f"{at}/entrance"), read.number(entrance, "y", f"{at}/entrance")
    return Navigation(
        floor=_polygons(read, data, "floor", at),
        obstacles=_polygons(read, data, "obstacles", at),
        entrance=None if x is None or y is None else Point(x, y),
    )


def _polygons(read: Reader, data: Json, key: str, at: str) -> tuple[tuple[Point, ...], ...]:
    polygons = []
    for number, corners in read.items(data, key, at):
        here = f"{at}/{key}/{number}"
        if not isinstance(corners, list):
            read.wrong(here, "a list of points")
            continue
        points = []
        for index, corner in enumerate(corners):
            corner_at = f"{here}/{index}"
            if not isinstance(corner, dict):
                read.wrong(corner_at, "an object with x and y")
                continue
            x, y = read.number(corner, "x", corner_at), read.number(corner, "y", corner_at)
            if x is not None and y is not None:
                points.append(Point(x, y))
        if len(points) >= 3:
            polygons.append(tuple(points))
    return tuple(polygons)
