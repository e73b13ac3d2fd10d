"""A list to read: heads, and lines with a glyph or picture, words, and a note at the right."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from office_studio.ui import paint
from office_studio.ui.assign.proposal import Line
from office_studio.ui.icons import draw_glyph
from office_studio.ui.portraits import Portraits
from office_studio.ui.theming import theme

_Index = QModelIndex | QPersistentModelIndex
_LINE = Qt.ItemDataRole.UserRole
_ROW, _HEAD = 32, 28
_BATCH = 40  # lines; more than fit into the list


class LineModel(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[Line, ...] = ()

    def set_lines(self, lines: tuple[Line, ...]) -> None:
        if lines != self.lines:
            self.beginResetModel()
            self.lines = lines
            self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        line = self.lines[index.row()]
        if role == _LINE:
            return line
        if role == Qt.ItemDataRole.DisplayRole:
            return line.words
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{line.words}: {line.note}" if line.note else line.words
        if role == Qt.ItemDataRole.ToolTipRole and line.glyph:
            return f"{line.words}\n{line.note}" if line.note else line.words
        return None


class LineList(QListView):
    def __init__(self, portraits: Portraits, name: str) -> None:
        super().__init__()
        self.line_model = LineModel()
        self.setModel(self.line_model)
        self.setItemDelegate(_LineDelegate(self, portraits))
        self.setAccessibleName(name)
        self.setProperty("ownFocus", True)
        self.setProperty("level", "clear")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setLayoutMode(QListView.LayoutMode.Batched)  # hundreds of lines are measured over some turns
        self.setBatchSize(_BATCH)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)

    @property
    def words(self) -> tuple[str, ...]:
        """Every line as it is spoken."""
        model = self.line_model
        return tuple(model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) or "" for row in range(model.rowCount()))

    def show_lines(self, lines: tuple[Line, ...], *, most: int = 300) -> None:
        """Show them, as high as they need but at most ``most`` px."""
        self.line_model.set_lines(lines)
        height = sum(_ROW if line.glyph else _HEAD for line in lines) + 8
        self.setFixedHeight(max(_ROW + 8, min(most, height)))
        self.setVisible(bool(lines))


class _LineDelegate(QStyledItemDelegate):
    def __init__(self, view: LineList, portraits: Portraits) -> None:
        super().__init__(view)
        self._view, self._portraits = view, portraits

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        line: Line = index.data(_LINE)
        return QSize(100, _ROW if line.glyph else _HEAD)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        rect, line, ui = QRectF(option.rect), index.data(_LINE), theme()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not line.glyph:
            area = rect.adjusted(8, 8, -8, 0)
            paint.text(painter, area, line.words.upper(), "text_faint", ui.font("micro", "semibold"))
            painter.restore()
            return
        if option.state & QStyle.StateFlag.State_Selected and self._view.hasFocus():
            paint.pill(painter, rect.adjusted(2, 1, -2, -1), ui.color("selection"), radius=6)
        draw_glyph(painter, QRectF(rect.x() + 8, rect.center().y() - 8, 16, 16), line.glyph, ui.color(line.role))
        left = rect.x() + 32
        if line.agent_id:
            picture = self._portraits.of(line.agent_id, 24, self._view.devicePixelRatioF())
            painter.drawPixmap(QPointF(left, rect.center().y() - 12), picture)
            left += 32
        area = QRectF(left, rect.y(), rect.right() - 8 - left, rect.height())
        small, body = ui.font("small"), ui.font("body", "medium")
        note = min(paint.text_width(line.note, small), area.width() * 0.62) if line.note else 0.0
        room = area.width() - note - 12
        used = min(paint.text_width(line.words, body), max(room, area.width() * 0.38 - 12))
        paint.text(painter, QRectF(left, rect.y(), used + 2, rect.height()), line.words, "text", body)
        right = QRectF(left + used + 12, rect.y(), area.width() - used - 12, rect.height())
        if line.note:
            paint.text(painter, right, line.note, "text_muted", small, paint.RIGHT)
        painter.restore()
