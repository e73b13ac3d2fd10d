"""Coin jars: what an app holds for an agent, standing at the agent's feet; for nobody in particular, in a corner.

The same layer serves flat stages and what lies over a room's picture. A jar is one pixmap of constant size; it is made
anew only when it looks different and moved only when its figure is elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QGraphicsPixmapItem

from office_studio.ui.render import palette

if TYPE_CHECKING:
    from office_studio.ui.render.scene import StageScene

_GLASS = QSizeF(22, 26)  # px
_WORDS_GAP, _PILL_PAD, _PILL_HEIGHT = 3.0, 5.0, 16.0
_BESIDE, _BETWEEN, _MARGIN, _ABOVE_COUNT = 4.0, 2.0, 14.0, 34.0  # px
MOST_AT_ONE = 3  # jars that stand at one figure; more are told by the last one
_STEPS = 20  # levels that look different


@dataclass(frozen=True, slots=True)
class Jar:
    """An open reservation as a stage shows it.

    Attributes:
        agent_id: Whose figure it stands at; "" stands in the corner for all.
        level: What is left of it, 0 to 1.
        words: Used and reserved, short.
        tip: All that is known of it.
        owner: Whose it is, said where it stands in the corner.
        is_old: It may be otherwise by now; drawn in grey.
    """

    id: str
    agent_id: str
    level: float
    words: str
    tip: str = ""
    owner: str = "shared"
    is_old: bool = False


class JarLayer:
    """Jars of one stage."""

    def __init__(self, stage: StageScene) -> None:
        self._stage = stage
        self._jars: tuple[Jar, ...] = ()
        self._items: dict[str, QGraphicsPixmapItem] = {}
        self._looks: dict[str, tuple[Any, ...]] = {}
        self.is_visible = True

    # -- telling -----------------------------------------------------------------------------------
    def show(self, jars: Sequence[Jar]) -> None:
        """These and no others."""
        if tuple(jars) != self._jars:
            self._jars = tuple(jars)
            self.place()

    def set_visible(self, is_visible: bool) -> None:
        if is_visible != self.is_visible:
            self.is_visible = is_visible
            self.place()

    def place(self) -> None:
        """Stand them where their figures are now."""
        if not self._jars and not self._items:
            return  # nearly always
        spots = self._spots() if self.is_visible else {}
        for jar_id in [jar_id for jar_id in self._items if jar_id not in spots]:
            self._stage.removeItem(self._items.pop(jar_id))
            del self._looks[jar_id]
        for jar, at, more in spots.values():
            item = self._item(jar, more)
            ratio = self._stage.ratio
            where = QPointF(round(at.x() * ratio), round(at.y() * ratio)) / ratio
            if where != item.pos():
                item.setPos(where)

    # -- asking ------------------------------------------------------------------------------------
    @property
    def shown(self) -> Mapping[str, QRectF]:
        """Jars that can be seen, and where, scene pixels."""
        return {jar_id: item.sceneBoundingRect() for jar_id, item in self._items.items()}

    def jar_at(self, at: QPointF) -> Jar | None:
        found = next((jar_id for jar_id, rect in self.shown.items() if rect.contains(at)), None)
        return next((jar for jar in self._jars if jar.id == found), None)

    def tip_at(self, at: QPointF) -> str:
        """What is known of the jar under a scene point, and of those that had no room beside it."""
        jar = self.jar_at(at)
        if jar is None:
            return ""
        more = self._looks[jar.id][-1]
        if not more:
            return jar.tip
        group = [one for one in self._jars if self._home(one) == self._home(jar)]
        return "\n\n".join(one.tip for one in group[group.index(jar) : group.index(jar) + 1 + more])

    # -- inside ------------------------------------------------------------------------------------
    def _home(self, jar: Jar) -> str:
        """Whose figure it stands at; "" where that one is nowhere in the office."""
        crowd = getattr(self._stage, "crowd", None)  # of which most have no figure, yet are there
        is_tracked = crowd is not None and crowd.is_tracking and jar.agent_id in self._stage.agents
        return jar.agent_id if is_tracked or jar.agent_id in self._stage.figures else ""

    def _words(self, jar: Jar) -> str:
        return jar.words if self._home(jar) else f"{jar.owner} {jar.words}"

    def _spots(self) -> dict[str, tuple[Jar, QPointF, int]]:
        """Jar, upper left corner in scene pixels, how many more stand for it."""
        homes: dict[str, list[Jar]] = {}
        for jar in self._jars:
            homes.setdefault(self._home(jar), []).append(jar)
        found: dict[str, tuple[Jar, QPointF, int]] = {}
        for home, jars in homes.items():
            at = self._corner() if not home else self._beside(home)
            if at is None:
                continue  # out of view, or part of a crowd
            left, hidden = at.x(), len(jars) - MOST_AT_ONE
            for number, jar in enumerate(jars[:MOST_AT_ONE]):
                more = max(0, hidden) if number == MOST_AT_ONE - 1 else 0
                found[jar.id] = (jar, QPointF(left, at.y() - _GLASS.height()), more)
                left += jar_size(self._words(jar), more).width() + _BETWEEN
        return found

    def _beside(self, agent_id: str) -> QPointF | None:
        """On the floor at the figure's right, feet level."""
        item = self._stage.figures.get(agent_id)
        if item is None:
            return None
        _left, _top, right, bottom = item.body_box()
        return QPointF(right + _BESIDE, min(bottom, item.foot.y()))

    def _corner(self) -> QPointF:
        """Lower left of what is seen of the room, above the sign of those who found no place."""
        room, view = self._stage.canvas_rect, self._stage.labels.view
        seen = room.intersected(view) if not view.isEmpty() else room
        seen = seen if not seen.isEmpty() else room
        return QPointF(seen.left() + _MARGIN, seen.bottom() - _MARGIN - _ABOVE_COUNT)

    def _item(self, jar: Jar, more: int) -> QGraphicsPixmapItem:
        words = self._words(jar)
        look = (round(jar.level * _STEPS), words, self._stage.ratio, more)
        item = self._items.get(jar.id)
        if item is None:
            item = self._items[jar.id] = QGraphicsPixmapItem()
            item.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
            self._stage.addItem(item)
        if self._looks.get(jar.id) != look:
            self._looks[jar.id] = look
            item.setPixmap(paint_jar(jar.level, words, self._stage.ratio, more=more))
        if item.zValue() != self._stage.order.labels - 1:
            item.setZValue(self._stage.order.labels - 1)  # names and bubbles lie over it
        return item


def _told(words: str, more: int) -> str:
    return f"{words}  +{more}" if more else words


def jar_size(words: str, more: int = 0) -> QSizeF:
    """Logical pixels of a jar with its words."""
    width = QFontMetricsF(palette.font(11, 600)).horizontalAdvance(_told(words, more))
    return QSizeF(round(_GLASS.width() + _WORDS_GAP + width + 2 * _PILL_PAD), _GLASS.height())


def paint_jar(level: float, words: str, ratio: float, *, more: int = 0) -> QPixmap:
    """A glass with coins up to ``level`` (0 to 1), and its words on a dark pill at its right."""
    size = jar_size(words, more)
    image = QImage((size * ratio).toSize(), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_glass(painter, QRectF(QPointF(0, 0), _GLASS), max(0.0, min(1.0, level)))
    pill = QRectF(_GLASS.width() + _WORDS_GAP, _GLASS.height() - _PILL_HEIGHT - 4, 0, _PILL_HEIGHT)
    pill.setRight(size.width() - 0.5)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.pill())
    painter.drawRoundedRect(pill, _PILL_HEIGHT / 2, _PILL_HEIGHT / 2)
    painter.setPen(palette.pill_text())
    painter.setFont(palette.font(11, 600))
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, _told(words, more))
    painter.end()
    return QPixmap.fromImage(image)


def _paint_glass(painter: QPainter, box: QRectF, level: float) -> None:
    body = QRectF(box.x() + 2, box.y() + 6, box.width() - 4, box.height() - 8)
    glass = QPainterPath()
    glass.addRoundedRect(body, 6, 6)
    dark = palette.pill()
    dark.setAlpha(150)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(dark)
    painter.drawPath(glass)
    painter.save()
    painter.setClipPath(glass)
    coin, edge = palette.token("idle_mark"), palette.bubble_mark("idle")
    rows = max(1, round(level * 5)) if level > 0 else 0
    painter.setPen(QPen(edge, 1))
    painter.setBrush(coin)
    for row in range(rows):
        y = body.bottom() - 3.2 - row * 3.2
        for column in range(2):
            x = body.left() + body.width() * (0.3 + 0.4 * column) + (1.2 if row % 2 else -1.2)
            painter.drawEllipse(QPointF(x, y), 4.6, 2.4)
    painter.restore()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(palette.pill_text(), 1.4))
    painter.drawPath(glass)
    lid = QRectF(body.x() + 2, box.y() + 2.5, body.width() - 4, 4)
    painter.setBrush(palette.token("offline_mark"))
    painter.drawRoundedRect(lid, 2, 2)
