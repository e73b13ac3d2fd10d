"""Paints the roster: heads of 28 px, agents of 48 px with figure, status shape, name, age and task."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QRegion
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from office_studio.core.office.live import LiveAgent
from office_studio.ui import formats, paint
from office_studio.ui.office_store import OfficeStore
from office_studio.ui.portraits import Portraits
from office_studio.ui.status_shapes import draw_status
from office_studio.ui.theming import theme
from office_studio.ui.watch.roster_model import RosterModel
from office_studio.ui.watch.roster_rows import GroupHead, RosterRow, task_line

HEAD_HEIGHT, ROW_HEIGHT = 28, 48
_FOREIGN_OPACITY = 0.6
_HEAD_SIZE, _ROW_SIZE = QSize(100, HEAD_HEIGHT), QSize(100, ROW_HEIGHT)


class RosterDelegate(QStyledItemDelegate):
    def __init__(self, model: RosterModel, store: OfficeStore, portraits: Portraits, parent: QWidget) -> None:
        super().__init__(parent)
        self._model, self._store, self._portraits = model, store, portraits
        self.region: QRegion | None = None  # what the view paints just now
        self.carried = ""  # agent on its way to a seat

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return _ROW_SIZE if height_of(self._model.row_at(index.row())) == ROW_HEIGHT else _HEAD_SIZE

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if self.region is not None and not self.region.intersects(option.rect):
            return  # QListView asks for every row between the first and the last that must be drawn
        row = self._model.row_at(index.row())
        rect = QRectF(option.rect)
        painter.save()
        if isinstance(row, GroupHead):
            self._paint_head(painter, rect, self._model.head_words(row), row.count)
        elif row is not None and (agent := self._store.agent(row)) is not None:
            state = option.state
            is_selected = bool(state & QStyle.StateFlag.State_Selected)
            is_hovered = bool(state & QStyle.StateFlag.State_MouseOver)
            has_focus = is_selected and bool(state & QStyle.StateFlag.State_HasFocus)
            self._paint_agent(painter, rect, agent, is_selected, is_hovered, has_focus, option.widget)
        painter.restore()

    def age_text(self, agent: LiveAgent) -> str:
        """The age at the right of a row; with a lost link, the time of the last news instead."""
        if self._store.is_stale:
            return formats.clock(self._store.connection.last_news_ms)
        return formats.age(agent.status_since_ms, self._store.now_ms())

    def _paint_head(self, painter: QPainter, rect: QRectF, words: str, count: int) -> None:
        area = rect.adjusted(12, 6, -12, 0)
        paint.text(painter, area, words.upper(), "text_faint", theme().font("micro", "semibold"))
        number = theme().font("micro", "medium", numeric=True)
        paint.text(painter, area, formats.quantity(count), "text_faint", number, paint.RIGHT)

    def _paint_agent(
        self,
        painter: QPainter,
        rect: QRectF,
        agent: LiveAgent,
        is_selected: bool,
        is_hovered: bool,
        has_focus: bool,
        widget: QWidget | None,
    ) -> None:
        ui, is_stale = theme(), self._store.is_stale
        ground = "selection" if is_selected else "hover" if is_hovered else "surface"
        if is_selected or is_hovered:
            border = ui.color("focus") if has_focus and _focus_visible(widget) else None
            paint.pill(painter, rect.adjusted(4, 1, -4, -1), ui.color(ground), border, radius=6)
        if agent.is_foreign or agent.id == self.carried:
            painter.setOpacity(_FOREIGN_OPACITY)
        dpr = widget.devicePixelRatioF() if widget is not None else 1.0
        picture = self._portraits.of(agent.id, 32, dpr, dim=agent.status.value == "offline")
        painter.drawPixmap(QPointF(rect.x() + 12, rect.y() + 8), picture)
        grey = ui.color("offline_mark") if is_stale else None
        mark = QPointF(rect.x() + 42, rect.y() + 38)
        draw_status(painter, mark, 11, agent.status.value, grey, halo=ui.color(ground))

        left, urgent = rect.x() + 56, agent.status.value == "blocked" and not is_stale and not agent.is_foreign
        area = QRectF(left, rect.y() + 6, rect.right() - 12 - left, 18)
        age_font = ui.font("small", "medium" if urgent else "regular", numeric=True)
        age = self.age_text(agent)
        used = paint.text(painter, area, age, "blocked" if urgent else "text_muted", age_font, paint.RIGHT, elide=False)
        paint.text(painter, area.adjusted(0, 0, -used - 8, 0), agent.agent.name, "text", ui.font("body", "medium"))
        below = QRectF(left, rect.y() + 25, rect.right() - 12 - left, 16)
        line = task_line(agent, self._store.name, is_stale=is_stale)
        paint.text(painter, below, line, "text_muted", ui.font("small"))


def height_of(row: RosterRow | None) -> int:
    """Height of a row in px."""
    return ROW_HEIGHT if isinstance(row, str) else HEAD_HEIGHT


def _focus_visible(widget: QWidget | None) -> bool:
    """Whether the list got its focus by keyboard; a click needs no ring, the selection shows where it was."""
    return bool(widget is not None and widget.property("keyboardFocus") and widget.hasFocus())
