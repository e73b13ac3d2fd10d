"""Paints slot cards, as a list or as a grid. One delegate for any number of slots, no widget per slot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from office_studio.ui import paint
from office_studio.ui.assign.controller import AssignController, SlotInfo
from office_studio.ui.assign.slots_model import SURPLUS, Index, SlotsModel
from office_studio.ui.icons import draw_glyph
from office_studio.ui.office_store import OfficeStore
from office_studio.ui.portraits import Portraits
from office_studio.ui.render.drag import SeatLight
from office_studio.ui.status_shapes import draw_status
from office_studio.ui.theming import theme

if TYPE_CHECKING:
    from office_studio.ui.assign.slots_view import SlotsView

HEAD_HEIGHT, CARD_HEIGHT, CELL_HEIGHT, CELL_WIDTH = 30, 54, 92, 118
BARRED_OPACITY, CARRIED_OPACITY = 0.35, 0.5
_FACE = 32
_LEFT = paint.LEFT  # inside the class, ``paint`` is its method


class SlotsDelegate(QStyledItemDelegate):
    def __init__(
        self, view: SlotsView, model: SlotsModel, controller: AssignController, store: OfficeStore, portraits: Portraits
    ) -> None:
        super().__init__(view)
        self._view, self._model, self._controller = view, model, controller
        self._store, self._portraits = store, portraits
        self.pending: frozenset[int] = frozenset()
        self.pinned: frozenset[str] = frozenset()
        self._head, self._body = QSize(100, HEAD_HEIGHT), QSize(100, CARD_HEIGHT)

    def measure(self) -> None:
        """Work out the sizes for the present width; they are asked for 500 times in a row."""
        if not self._view.is_grid:
            self._head, self._body = QSize(100, HEAD_HEIGHT), QSize(100, CARD_HEIGHT)
            return
        width = max(160, self._view.viewport().width() - 1)
        self._head = QSize(width, HEAD_HEIGHT)
        self._body = QSize(width // max(2, (width - 16) // CELL_WIDTH), CELL_HEIGHT)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self._head if isinstance(self._model.row_at(index.row()), str) else self._body

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, rect = self._model.row_at(index.row()), QRectF(option.rect)
        painter.save()
        if isinstance(row, str):
            head = rect.adjusted(4 if self._view.is_grid else 12, 8, -12, 0)
            ink = "warning" if row == SURPLUS else "text_faint"
            paint.text(painter, head, row.upper(), ink, theme().font("micro", "semibold"))
        elif row is not None:
            light = self._view.light_of(row.slot)
            if light is SeatLight.BARRED:
                painter.setOpacity(BARRED_OPACITY)
            edge = 4 if self._view.is_grid else 12
            self._card(painter, rect.adjusted(edge, 2, -edge, -4), row, option.state)
        painter.restore()

    def _card(self, painter: QPainter, rect: QRectF, info: SlotInfo, state: QStyle.StateFlag) -> None:
        agent_id = self._model.agent_at(info.slot)
        ground = self._ground(painter, rect, info, agent_id, state)
        if agent_id and agent_id == self._view.carried:
            painter.setOpacity(CARRIED_OPACITY)
        if self._view.is_grid:
            self._cell_words(painter, rect, info, agent_id, ground)
        else:
            self._row_words(painter, rect, info, agent_id, ground)

    def _ground(
        self, painter: QPainter, rect: QRectF, info: SlotInfo, agent_id: str, state: QStyle.StateFlag
    ) -> QColor:
        """The card itself; returns the colour words stand on."""
        ui, light = theme(), self._view.light_of(info.slot)
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        is_hovered = bool(state & QStyle.StateFlag.State_MouseOver) and not self._view.is_lit
        is_target, is_glowing = light is SeatLight.TARGET, light is SeatLight.GLOW
        is_focused = is_selected and bool(self._view.property("keyboardFocus")) and self._view.hasFocus()
        is_accent = is_target or is_glowing  # nearly all are legal: ringing them all would say nothing
        filled = is_target or is_selected
        ground = ui.color("selection" if filled else "hover" if is_hovered or is_glowing else "raised")
        edge = "focus" if is_focused else "accent" if is_accent or is_selected else "border"
        if edge == "border":
            edge = "warning" if info.zone == SURPLUS else "border" if agent_id else "border_strong"
        pen = QPen(ui.color(edge), 2 if is_target or is_focused else 1)
        if not agent_id and not (is_target or is_glowing or is_focused):
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        has_ground = bool(agent_id) or filled or is_hovered or is_glowing
        painter.setBrush(ground if has_ground else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 8, 8)
        return ground if has_ground else ui.color("surface")

    def _row_words(self, painter: QPainter, rect: QRectF, info: SlotInfo, agent_id: str, ground: QColor) -> None:
        ui = theme()
        number = QRectF(rect.x() + 6, rect.y(), 28, rect.height())
        small = ui.font("small", "medium", numeric=True)
        paint.text(painter, number, str(info.slot + 1), "text_faint", small, paint.CENTER, elide=False)
        left = rect.x() + (82 if agent_id else 40)
        area = QRectF(left, rect.y() + 6, rect.right() - 12 - left, 18)
        note, tone = self._note(info)
        used = 0.0
        if note:
            used = paint.text(painter, area, note, tone, ui.font("small", "medium"), paint.RIGHT) + 8
        if agent_id in self.pinned:
            draw_glyph(painter, QRectF(area.right() - used - 12, area.y() + 3, 12, 12), "push-pin", ui.color("accent"))
            used += 18
        self._name(painter, area.adjusted(0, 0, -used, 0), agent_id)
        below = QRectF(left, rect.y() + 25, rect.right() - 12 - left, 16)
        paint.text(painter, below, self._about(info, agent_id), "text_muted", ui.font("small"))
        if agent_id:
            self._figure(painter, QPointF(rect.x() + 38, rect.y() + (rect.height() - _FACE) / 2), agent_id, ground)

    def _cell_words(self, painter: QPainter, rect: QRectF, info: SlotInfo, agent_id: str, ground: QColor) -> None:
        ui, small = theme(), theme().font("small", "medium", numeric=True)
        corner = QRectF(rect.x() + 10, rect.y() + 6, rect.width() - 20, 18)
        paint.text(painter, corner, str(info.slot + 1), "text_faint", small, elide=False)
        note, tone = self._note(info)
        if agent_id:
            self._figure(painter, QPointF(rect.center().x() - _FACE / 2, rect.y() + 7), agent_id, ground)
            if agent_id in self.pinned:
                draw_glyph(painter, QRectF(rect.right() - 20, rect.y() + 8, 12, 12), "push-pin", ui.color("accent"))
        line = QRectF(rect.x() + 8, rect.y() + 45, rect.width() - 16, 18)
        self._name(painter, line, agent_id, paint.CENTER)
        below = line.translated(0, 18)
        if note:
            paint.text(painter, below, note, tone, ui.font("small", "medium"), paint.CENTER)
        else:
            paint.text(painter, below, info.label, "text_muted", ui.font("small"), paint.CENTER)

    def _name(self, painter: QPainter, area: QRectF, agent_id: str, align: Qt.AlignmentFlag = _LEFT) -> None:
        name = self._controller.name(agent_id) if agent_id else "Empty"
        font = theme().font("body", "medium" if agent_id else "regular")
        paint.text(painter, area, name, "text" if agent_id else "text_muted", font, align)

    def _about(self, info: SlotInfo, agent_id: str) -> str:
        return f"{info.label} · {self._model.state_of(agent_id)}" if agent_id else info.label

    def _figure(self, painter: QPainter, at: QPointF, agent_id: str, ground: QColor) -> None:
        agent = self._store.agent(agent_id)
        status = agent.status.value if agent is not None else "offline"
        picture = self._portraits.of(agent_id, _FACE, self._view.devicePixelRatioF(), dim=status == "offline")
        painter.drawPixmap(at, picture)
        grey = theme().color("offline_mark") if self._store.is_stale else None
        draw_status(painter, at + QPointF(30, 30), 11, status, grey, halo=ground)

    def _note(self, info: SlotInfo) -> tuple[str, str]:
        """A word at the right: what a drop would do here, or what is under way."""
        if self._view.light_of(info.slot) is SeatLight.TARGET and self._view.note:
            return self._view.note, "accent"
        if info.slot in self.pending:
            return "saving…", "text_muted"
        return ("No such seat", "warning") if info.zone == SURPLUS else ("", "text")
