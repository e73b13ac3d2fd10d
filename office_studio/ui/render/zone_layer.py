"""Zones: plain boxes where the theme has no picture, names, outlines while agents are assigned or the pointer rests.

Format section 13.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QGraphicsPixmapItem

from office_studio.core.office.fallback import fallback_zones
from office_studio.core.theme.model import Zone
from office_studio.ui.render import palette
from office_studio.ui.render.rect_grid import Box
from office_studio.ui.render.zone_names import MOST_SEATS, name_spot, people_boxes

if TYPE_CHECKING:
    from office_studio.ui.render.scene import StageScene

_FILL, _BORDER, _LABEL = "#1E293B", "#334155", "#64748B"
_MARGIN = 6.0  # px around a name for its shadow
_NAMES_SHOWN = 4
HOVER_LINE, HOVER_FILL = QColor(255, 255, 255, 120), QColor(255, 255, 255, 14)  # of the zone that is pointed at


class ZoneLayer:
    def __init__(self, stage: StageScene) -> None:
        self._stage = stage
        self._items: list[QGraphicsItem] = []
        self._labels: list[QGraphicsPixmapItem] = []
        self._outline: QGraphicsPathItem | None = None
        self._hovered: str | None = None
        self.are_labels_wanted = False  # names over a background picture
        self.is_assigning = False

    def rebuild(self) -> None:
        self.hover(None)
        self.place()

    def place(self) -> None:
        for item in self._items:
            self._stage.removeItem(item)
        self._items.clear()
        self._labels.clear()
        assets = self._stage.assets
        plain = assets is None or assets.background is None
        has_nobody = assets is not None and not assets.wardrobe and not assets.is_partial
        for zone in self._zones():
            if plain:
                self._add_box(zone)
            elif self.is_assigning:
                self._add_outline(zone)
            if plain or self.are_labels_wanted or has_nobody:
                self._add_label(zone, plain=plain, centred=assets is not None)
        hovered, self._hovered = self._hovered, None
        self.hover(next((zone for zone in self._zones() if zone.id == hovered), None))

    # -- under the pointer ---------------------------------------------------------------------------
    def zone_at(self, at: QPointF) -> Zone | None:
        """The smallest zone under a scene point: rooms may hold corners of their own."""
        point = self._stage.to_canvas(at)
        hits = [zone for zone in self._zones() if zone.bounds.contains(point)]
        return min(hits, key=lambda zone: zone.bounds.width * zone.bounds.height, default=None)

    def hover(self, zone: Zone | None) -> None:
        """Outline this zone softly, and no other."""
        wanted = None if zone is None else zone.id
        if wanted == self._hovered:
            return
        self._hovered = wanted
        if self._outline is not None:
            self._stage.removeItem(self._outline)
            self._outline = None
        if zone is not None:
            self._outline = self._path(zone, 10)
            self._outline.setPen(QPen(HOVER_LINE, 1.6))
            self._outline.setBrush(HOVER_FILL)
            self._outline.setZValue(self._stage.order.zones + 1)

    @property
    def hovered(self) -> str | None:
        """Id of the outlined zone."""
        return self._hovered

    def marks_on_floor(self) -> list[QGraphicsPathItem]:
        """Outlines and boxes drawn on the floor, below what stands on it, lowest first."""
        marks = [item for item in self._items if isinstance(item, QGraphicsPathItem)]
        return marks if self._outline is None else [*marks, self._outline]

    def label_rects(self) -> list[QRectF]:
        """Ground under the zones' names, scene pixels; figures' labels keep off it."""
        inset = _MARGIN - 1
        return [item.sceneBoundingRect().adjusted(inset, inset, -inset, -inset) for item in self._labels]

    def describe(self, zone: Zone) -> str:
        """Name, who is in, and how many of how many, for a tool tip."""
        figures = [item.figure for item in self._stage.figures.values() if item.figure.zone_id == zone.id]
        names = [figure.name for figure in figures if not figure.dimmed]
        return words_for_zone(zone, names, has_places=self._stage.assets is not None)

    # -- inside ------------------------------------------------------------------------------------
    def _zones(self) -> tuple[Zone, ...]:
        assets = self._stage.assets
        return assets.theme.zones if assets else fallback_zones(*self._stage.model.view_size)

    def _rect(self, zone: Zone) -> QRectF:
        scale, b = self._stage.scale, zone.bounds
        return QRectF(b.x * scale, b.y * scale, b.width * scale, b.height * scale)

    def _add_box(self, zone: Zone) -> None:
        item = self._path(zone, 12 * self._stage.scale)
        item.setBrush(QColor(_FILL))
        item.setPen(QPen(QColor(_BORDER), 1))
        item.setZValue(self._stage.order.zones)
        self._items.append(item)

    def _add_outline(self, zone: Zone) -> None:
        ground = self._path(zone, 10)  # a dark line below the pale one: seen on light floors and on dark ones
        ground.setPen(QPen(QColor(20, 14, 28, 90), 3.2))
        ground.setZValue(self._stage.order.zones)
        item = self._path(zone, 10)
        white = QColor(palette.pill_text())
        white.setAlpha(210)
        pen = QPen(white, 1.4)
        pen.setDashPattern([4, 4])
        item.setPen(pen)
        white.setAlpha(16)
        item.setBrush(white)
        item.setZValue(self._stage.order.zones)  # on the floor, below furniture and figures
        self._items += (ground, item)

    def _people(self) -> list[Box]:
        """Ground of everybody who may sit somewhere, scene pixels."""
        assets = self._stage.assets
        seats = [seat.at for seat in assets.theme.seats] if assets is not None else []
        if assets is None or len(seats) > MOST_SEATS:
            return []
        height = max((costume.drawn_height for costume in assets.wardrobe), default=0.0)
        return people_boxes(seats, height, self._stage.scale)

    def _path(self, zone: Zone, radius: float) -> QGraphicsPathItem:
        path = QPainterPath()
        path.addRoundedRect(self._rect(zone), radius, radius)
        item = QGraphicsPathItem(path)
        item.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._stage.addItem(item)
        return item

    def _add_label(self, zone: Zone, *, plain: bool, centred: bool) -> None:
        rect, scale = self._rect(zone), self._stage.scale
        pixels = round(max(11.0, min(15.0, 13 * scale * 1.4)))
        item = QGraphicsPixmapItem(paint_zone_name(zone.name, pixels, self._stage.ratio, plain=plain))
        margins, below = QSizeF(2 * _MARGIN, 2 * _MARGIN), 8 * max(1.0, scale)
        words = item.boundingRect().size() - margins
        at = QPointF(rect.x() + 12, rect.y() + below)
        if centred:
            people = () if plain else self._people()
            at = name_spot(rect, words, people, () if plain else self.label_rects(), below)
        item.setPos(round(at.x() - _MARGIN), round(at.y() - _MARGIN))
        item.setOpacity(1.0 if plain else 0.85)
        item.setZValue(self._stage.order.zone_labels)
        item.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._stage.addItem(item)
        self._items.append(item)
        self._labels.append(item)


def words_for_zone(zone: Zone, names: Iterable[str], *, has_places: bool = True) -> str:
    """Name of a zone, how many of how many are in it and who, for a tool tip."""
    known = sorted(names, key=str.casefold)
    shown = ", ".join(known[:_NAMES_SHOWN])
    if len(known) > _NAMES_SHOWN:
        shown += f" and {len(known) - _NAMES_SHOWN} more"
    count = f"{len(known)} of {zone.capacity}" if has_places else f"{len(known)}"
    return "\n".join(line for line in (f"{zone.name} · {count}", shown) if line)


def paint_zone_name(name: str, pixels: int, ratio: float, *, plain: bool) -> QPixmap:
    """A zone's name: grey on the plain box; white with a soft shadow one pixel below on a picture."""
    font = QFont(palette.font(pixels, 600))
    font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 1)
    metrics = QFontMetricsF(font)
    text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, 600)
    size = QSizeF(round(metrics.horizontalAdvance(text) + 2 * _MARGIN), round(metrics.height() + 2 * _MARGIN))
    image = QImage((size * ratio).toSize(), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font)
    box = QRectF(QPointF(_MARGIN, _MARGIN), size - QSizeF(2 * _MARGIN, 2 * _MARGIN))
    if not plain:
        path = QPainterPath()
        path.addText(box.left(), box.top() + metrics.ascent() + 1, font, text)
        for width, alpha in ((8.0, 14), (5.0, 26), (2.5, 60)):
            edge = QColor(0, 0, 0, alpha)
            painter.setPen(QPen(edge, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
            painter.drawPath(path)
    painter.setPen(QColor(_LABEL) if plain else palette.pill_text())
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
    painter.end()
    return QPixmap.fromImage(image)
