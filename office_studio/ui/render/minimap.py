"""A small map of the room while only a part of it is seen: where the view is, and who is where. Click or drag moves."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from office_studio.core.theme.model import Point
from office_studio.ui.render import palette
from office_studio.ui.render.assets import SceneAssets
from office_studio.ui.render.office_stage import OfficeStage
from office_studio.ui.render.sprites import BACKGROUND, BLENDS, placements

WIDEST, HIGHEST = 184, 132  # px
_DOTS_MS = 125  # while people walk, no more often
_RADIUS = 8.0  # px, as the controls below it
_FITS = 1.002  # the canvas may be so much larger than the view before the map is of use


class Minimap(QWidget):
    """Map of what one stage shows. Hidden while all of the canvas is in view, or when it is not wanted.

    Signals:
        shown_changed(): it came or went, or has another size.
    """

    shown_changed = Signal()

    def __init__(self, stage: OfficeStage, parent: QWidget) -> None:
        super().__init__(parent)
        self._stage = stage
        self._is_wanted = True
        self._room: QPixmap | None = None
        self._dots: QPixmap | None = None  # people alone, so that a moved frame does not draw them anew
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_DOTS_MS)
        self._later.timeout.connect(self._redraw_dots)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Map of the room")
        self.setToolTip("Click or drag to look somewhere else")
        self.hide()
        stage.moved.connect(self._on_moved)
        stage.figures_moved.connect(self._on_figures_moved)
        stage.theme_shown.connect(self._on_theme_changed)
        stage.theme_reloaded.connect(self._on_theme_changed)

    def set_wanted(self, wanted: bool) -> None:
        self._is_wanted = wanted
        self._on_moved()

    # -- what happens ------------------------------------------------------------------------------
    def _on_theme_changed(self, *_: object) -> None:
        self._room = self._dots = None
        self._on_moved()

    def _on_moved(self) -> None:
        if not self._is_of_use():
            if not self.isHidden():
                self.hide()
                self._later.stop()
                self.shown_changed.emit()
            return
        size = self._size()
        if self.isHidden() or self.size() != size:
            self.setFixedSize(size)
            self._room = self._dots = None
            self.show()
            self.shown_changed.emit()
        self.update()

    def _on_figures_moved(self) -> None:
        if self.isVisible() and not self._later.isActive():
            self._later.start()

    def _redraw_dots(self) -> None:
        self._dots = None
        self.update()

    def _is_of_use(self) -> bool:
        stage = self._stage
        if not self._is_wanted or not stage.is_flat or stage.stage.assets is None or stage.is_reference:
            return False
        part, content = stage.seen_part, stage.stage.assets.content
        width, height = (content.width, content.height) if content is not None else stage.canvas_size
        return part.width * _FITS < width or part.height * _FITS < height

    def _size(self) -> QSize:
        width, height = self._stage.canvas_size
        factor = min(WIDEST / max(1.0, width), HIGHEST / max(1.0, height))
        return QSize(max(24, round(width * factor)), max(24, round(height * factor)))

    # -- drawing -----------------------------------------------------------------------------------
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._room is None:
            self._room = self._draw_room()
        if self._dots is None:
            self._dots = self._draw_dots()
        edge = QPainterPath()
        edge.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        painter.setClipPath(edge)
        painter.drawPixmap(0, 0, self._room)
        painter.drawPixmap(0, 0, self._dots)
        frame = self._frame()
        shade = QColor(10, 8, 14, 90)
        outside = self.rect()
        inner = frame.toAlignedRect()
        for band in (
            (0, 0, outside.width(), inner.top()),
            (0, inner.bottom() + 1, outside.width(), outside.height() - inner.bottom() - 1),
            (0, inner.top(), inner.left(), inner.height()),
            (inner.right() + 1, inner.top(), outside.width() - inner.right() - 1, inner.height()),
        ):
            if band[2] > 0 and band[3] > 0:
                painter.fillRect(*band, shade)
        # White on a dark line: seen on pale rooms and on dark ones.
        for pen in (QPen(QColor(10, 8, 14, 150), 3.5), QPen(QColor("white"), 1.5)):
            painter.setPen(pen)
            painter.drawRoundedRect(frame.adjusted(1.5, 1.5, -1.5, -1.5), _RADIUS - 3, _RADIUS - 3)
        painter.setClipping(False)
        painter.setPen(QPen(palette.token("border_strong"), 1))
        painter.drawPath(edge)

    def _frame(self) -> QRectF:
        factor, part = self._factor(), self._stage.seen_part
        frame = QRectF(part.x * factor, part.y * factor, part.width * factor, part.height * factor)
        return frame.intersected(QRectF(self.rect()))

    def _factor(self) -> float:
        return self.width() / max(1.0, self._stage.canvas_size[0])

    def _draw_room(self) -> QPixmap:
        assets = self._stage.stage.assets
        ratio = self.devicePixelRatioF()
        size = QSize(round(self.width() * ratio), round(self.height() * ratio))
        room = QPixmap.fromImage(thumbnail(assets, size)) if assets is not None else QPixmap(size)
        room.setDevicePixelRatio(ratio)
        return room

    def _draw_dots(self) -> QPixmap:
        ratio, factor, stage = self.devicePixelRatioF(), self._factor(), self._stage
        dots = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        dots.setDevicePixelRatio(ratio)
        dots.fill(Qt.GlobalColor.transparent)
        painter = QPainter(dots)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(palette.pill(), 1))
        old = stage.stage.is_stale
        for at, status, is_chosen in self._people():
            painter.setBrush(palette.mark(status, stale=old))
            radius = 3.6 if is_chosen or status == "blocked" else 2.6
            painter.drawEllipse(QPointF(at.x * factor, at.y * factor), radius, radius)
        painter.end()
        return dots

    def _people(self) -> list[tuple[Point, str, bool]]:
        """Where there are dots; blocked ones last, on top. Of a crowd one dot for each cluster."""
        stage = self._stage.stage
        if stage.crowd.is_far:
            return [(at, max(counts, key=lambda s: (s == "blocked", counts[s])), False)
                    for at, counts in stage.crowd.shown()]  # fmt: skip
        found = [(f.at, f.status.value, f.agent_id == stage.selected) for f in stage.model.figures.values()]
        return sorted(found, key=lambda dot: (dot[2], dot[1] == "blocked"))

    # -- moving ------------------------------------------------------------------------------------
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._look(event.position())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._look(event.position())

    def _look(self, at: QPointF) -> None:
        factor = self._factor()
        self._stage.look_at(Point(at.x() / factor, at.y() / factor))


def thumbnail(assets: SceneAssets, size: QSize) -> QImage:
    """The room without its people, stretched to a size in px. Some milliseconds: pictures are shrunk coarsely."""
    image = QImage(size, QImage.Format.Format_RGB32)
    canvas = assets.theme.canvas
    image.fill(palette.qcolor_of(canvas.background.color or "") if canvas.background.color else QColor("#0F172A"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.scale(size.width() / canvas.width, size.height() / canvas.height)
    for placement in placements(assets.theme, assets):
        source = assets.background if placement.key == BACKGROUND else assets.sprites[placement.key]
        rect = placement.rect
        if source is None or placement.is_effect:
            continue
        painter.setOpacity(placement.opacity)
        painter.setCompositionMode(BLENDS.get(placement.blend, BLENDS["normal"]))
        painter.drawImage(
            QRectF(rect.x, rect.y, rect.width, rect.height), _shrunk(source, size, rect.width, canvas.width)
        )
    painter.end()
    return image


def _shrunk(source: QImage, size: QSize, width: float, canvas_width: float) -> QImage:
    """A large picture halved to near its size here, so that shrinking it does not leave out most of its pixels."""
    wanted = max(1, round(width / canvas_width * size.width() * 2))
    return (
        source.scaledToWidth(wanted, Qt.TransformationMode.SmoothTransformation)
        if source.width() > 2 * wanted
        else source
    )
