"""The card at the pointer while an agent is carried: its figure, where it would go, and what happens to whom."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from office_studio.ui import paint
from office_studio.ui.icons import draw_glyph
from office_studio.ui.office_store import OfficeStore
from office_studio.ui.portraits import Portraits
from office_studio.ui.render.drag import DropPlan
from office_studio.ui.status_shapes import draw_status
from office_studio.ui.theming import theme

_HEIGHT, _FACE, _SHADOW, _WIDEST = 44, 30, 12, 380
_STEP = 24  # widths, so that few shadows are painted
_OFFSET = QPoint(14, 12)


class DragGhost(QWidget):
    """Lies over the whole window and takes no events. Moving it repaints what it covers, nothing else."""

    def __init__(self, window: QWidget, store: OfficeStore, portraits: Portraits) -> None:
        super().__init__(window)
        self._store, self._portraits = store, portraits
        self._plan: DropPlan | None = None
        self._card = QPixmap()
        self._shadows: dict[tuple[int, float, bool], QPixmap] = {}
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    @property
    def words(self) -> str:
        """What the card says, in one line."""
        plan = self._plan
        return ". ".join(filter(None, (plan.title, plan.detail))) if plan is not None else ""

    def show_plan(self, plan: DropPlan) -> None:
        if plan == self._plan and self.isVisible():
            return
        self._plan = plan
        self._card = self._paint(plan)
        self.resize(self._card.deviceIndependentSize().toSize())
        self.setAccessibleName(self.words)
        self.update()

    def move_to(self, at: QPoint) -> None:
        """Beside a point of the window; on its other side where there is no room."""
        window = self.parentWidget()
        spot = at + _OFFSET - QPoint(_SHADOW, _SHADOW)
        if spot.x() + self.width() - _SHADOW > window.width():
            spot.setX(at.x() - _OFFSET.x() - self.width() + _SHADOW)
        if spot.y() + self.height() - _SHADOW > window.height():
            spot.setY(at.y() - _OFFSET.y() - self.height() + _SHADOW)
        self.move(max(-_SHADOW, spot.x()), max(-_SHADOW, spot.y()))
        if not self.isVisible():
            self.show()
            self.raise_()

    def finish(self) -> None:
        self._plan = None
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).drawPixmap(0, 0, self._card)

    # -- inside ------------------------------------------------------------------------------------
    def _paint(self, plan: DropPlan) -> QPixmap:
        ui = theme()
        title_font, detail_font = ui.font("body", "semibold"), ui.font("small")
        glyph = _glyph(plan)
        used = max(paint.text_width(plan.title, title_font), paint.text_width(plan.detail, detail_font) + 18)
        width = min(_WIDEST, ceil((used + _FACE + 32) / _STEP) * _STEP)
        dpr = self.devicePixelRatioF()
        card = self._shadow(width, dpr).copy()
        painter = QPainter(card)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(_SHADOW, _SHADOW, width, _HEIGHT)
        ground = QColor(ui.color("overlay"))
        painter.setBrush(ground)
        painter.setPen(QPen(ui.color("accent" if plan.allowed else "border_strong"), 1.2))
        painter.drawRoundedRect(rect.adjusted(0.6, 0.6, -0.6, -0.6), 8, 8)
        self._paint_face(painter, rect, plan, ground, dpr)
        left = rect.x() + _FACE + 18
        room = rect.right() - 10 - left
        paint.text(painter, QRectF(left, rect.y() + 4, room, 18), plan.title, "text", title_font)
        ink = "text" if plan.allowed else "warning" if plan.slot is not None else "text_muted"
        draw_glyph(painter, QRectF(left, rect.y() + 24, 13, 13), glyph, ui.color("accent" if plan.allowed else ink))
        paint.text(painter, QRectF(left + 18, rect.y() + 22, room - 18, 17), plan.detail, ink, detail_font)
        painter.end()
        return card

    def _shadow(self, width: int, dpr: float) -> QPixmap:
        """An empty card with its shadow, which takes longer to paint than all words on it."""
        key = (width, dpr, theme().is_dark())
        if key not in self._shadows:
            card = QPixmap(round((width + 2 * _SHADOW) * dpr), round((_HEIGHT + 2 * _SHADOW) * dpr))
            card.setDevicePixelRatio(dpr)
            card.fill(Qt.GlobalColor.transparent)
            painter = QPainter(card)
            paint.soft_shadow(painter, QRectF(_SHADOW, _SHADOW, width, _HEIGHT), 8, _SHADOW)
            painter.end()
            self._shadows[key] = card
        return self._shadows[key]

    def _paint_face(self, painter: QPainter, rect: QRectF, plan: DropPlan, ground: QColor, dpr: float) -> None:
        agent = self._store.agent(plan.agent_id)
        status = agent.status.value if agent is not None else "offline"
        face = self._portraits.of(plan.agent_id, _FACE, dpr, dim=status == "offline")
        top = rect.y() + (_HEIGHT - _FACE) / 2
        painter.drawPixmap(QPointF(rect.x() + 8, top), face)
        grey = theme().color("offline_mark") if self._store.is_stale else None
        draw_status(painter, QPointF(rect.x() + 8 + _FACE - 2, top + _FACE - 3), 10, status, grey, halo=ground)


def _glyph(plan: DropPlan) -> str:
    """The sign of what a drop would do."""
    if not plan.allowed:
        return "prohibit" if plan.slot is not None else "info"
    if plan.unassigns:
        return "sign-out"
    return "swap" if plan.displaced is not None else "armchair"
