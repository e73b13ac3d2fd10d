"""The ring on the floor around the chosen agent. It lies flat over the picture, so what would hide it is cut out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPainterPathStroker
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsScene

from office_studio.ui.render import palette

_PALE_PX, _LINE_PX = 4.5, 2.4


class Ring:
    """Two strokes: pale below, so that it is seen on any floor."""

    def __init__(self, scene: QGraphicsScene, z: float) -> None:
        self._scene = scene
        self._strokes = []
        for number, (width, color) in enumerate(((_PALE_PX, palette.pill_text()), (_LINE_PX, palette.ring()))):
            item = QGraphicsPathItem()
            item.setPen(Qt.PenStyle.NoPen)
            item.setBrush(QColor(color))
            item.setZValue(z + number / 100)
            item.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
            scene.addItem(item)
            self._strokes.append((width, item))

    def place(self, middle: QPointF, width: float, flatness: float, hiding: Sequence[QRectF]) -> None:
        """``hiding``: bodies that stand before it, view pixels; of each as much is cut out as an oval covers."""
        round_ = QPainterPath()
        round_.addEllipse(middle, width / 2, width * flatness / 2)
        near = round_.boundingRect().adjusted(-_PALE_PX, -_PALE_PX, _PALE_PX, _PALE_PX)
        cut = QPainterPath()
        cut.setFillRule(Qt.FillRule.WindingFill)
        for body in hiding:
            if body.intersects(near):
                cut.addRoundedRect(body, body.width() / 2.4, body.width() / 2.4)
        for stroke, item in self._strokes:
            stroker = QPainterPathStroker()
            stroker.setWidth(stroke)
            line = stroker.createStroke(round_)
            item.setPath(line.subtracted(cut) if not cut.isEmpty() else line)

    def remove(self) -> None:
        for _, item in self._strokes:
            self._scene.removeItem(item)
        self._strokes.clear()
