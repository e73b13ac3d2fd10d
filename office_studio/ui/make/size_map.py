"""The painted map of sizes: an area for each file, moved through with arrows, read out as a list."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView

from office_studio.ui import formats, paint
from office_studio.ui.icons import draw_glyph
from office_studio.ui.make.treemap import Box, Group, Layout, Leaf, lay_out, neighbour
from office_studio.ui.theming import theme

LeafRole = Qt.ItemDataRole.UserRole + 1
# Of each kind: glyph, colour of its areas, colour of its mark.
KINDS = {
    "pictures": ("image", "collaborating_tint", "collaborating_mark"),
    "models": ("cube", "accent_tint", "accent_mark"),
    "sounds": ("speaker-high", "working_tint", "working_mark"),
    "data": ("file-text", "idle_tint", "idle_mark"),
    "other": ("file", "offline_tint", "offline_mark"),
}
_WORDS_FROM = (46, 18)  # px of an area from which it is named
_Index = QModelIndex | QPersistentModelIndex
_MOVES = {
    QAbstractItemView.CursorAction.MoveLeft: (-1, 0),
    QAbstractItemView.CursorAction.MoveRight: (1, 0),
    QAbstractItemView.CursorAction.MoveUp: (0, -1),
    QAbstractItemView.CursorAction.MoveDown: (0, 1),
}


def place_words(group: Group) -> str:
    """ "characters/ · pictures"."""
    return f"{group.folder}/ · {group.kind}" if group.folder else group.kind.capitalize()


def leaf_words(leaf: Leaf) -> str:
    """ "office.png, pictures, 1.2 MB, 14 %, used"."""
    share = formats.percent(leaf.share) if leaf.share >= 0.005 else "under 1 %"
    where = f"in {leaf.folder}" if leaf.count > 1 and leaf.folder else ""
    return ", ".join(filter(None, (leaf.name, where, leaf.kind, formats.size(leaf.size_bytes), share, leaf.reason)))


class SizeModel(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.groups: tuple[Group, ...] = ()
        self.leaves: list[Leaf] = []

    def set_groups(self, groups: tuple[Group, ...]) -> None:
        self.beginResetModel()
        self.groups = groups
        self.leaves = [leaf for group in groups for leaf in group.leaves]
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.leaves)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.leaves):
            return None
        leaf = self.leaves[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return leaf.name
        if role == LeafRole:
            return leaf
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return leaf_words(leaf)
        if role == Qt.ItemDataRole.ToolTipRole:
            share = formats.percent(leaf.share) if leaf.share >= 0.005 else "under 1 %"
            lines = (leaf.name, f"{formats.size(leaf.size_bytes)} · {share}", leaf.kind, leaf.reason)
            return "\n".join(filter(None, lines))
        return None


class SizeMap(QListView):
    """A list view that lays its rows out as areas: keys, tool tips and screen readers come with it.

    Signals:
        pointed(Leaf | None): the chosen one, or the one below the mouse.
    """

    pointed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.sizes = SizeModel()
        self._layout = Layout((), ())
        self._under = -1
        self.setModel(self.sizes)
        self.setMouseTracking(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setProperty("ownFocus", True)
        self.setAccessibleName("Sizes by folder and kind")
        self.setMinimumSize(240, 160)
        theme().changed.connect(self.viewport().update)

    def show_groups(self, groups: tuple[Group, ...]) -> None:
        self.sizes.set_groups(groups)
        self._under = -1
        self._lay_out()
        if self.sizes.leaves:
            self.setCurrentIndex(self.sizes.index(0))
        self.pointed.emit(self.leaf())

    def leaf(self) -> Leaf | None:
        """The one below the mouse, else the chosen one."""
        row = self._under if self._under >= 0 else self.currentIndex().row()
        return self.sizes.leaves[row] if 0 <= row < len(self.sizes.leaves) else None

    def box(self, row: int) -> QRectF:
        """In the viewport."""
        return _rect(self._layout.boxes[row])

    # -- where rows lie ----------------------------------------------------------------------------
    def _lay_out(self) -> None:
        size = self.viewport().size()
        self._layout = lay_out(self.sizes.groups, Box(0, 0, float(size.width()), float(size.height())))
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        QAbstractItemView.resizeEvent(self, event)
        self._lay_out()

    def doItemsLayout(self) -> None:
        QAbstractItemView.doItemsLayout(self)
        self._lay_out()

    def updateGeometries(self) -> None:
        """Nothing scrolls."""

    def visualRect(self, index: _Index) -> QRect:
        row = index.row()
        return self.box(row).toAlignedRect() if 0 <= row < len(self._layout.boxes) else QRect()

    def scrollTo(self, index: _Index, hint: object = None) -> None:
        """Everything is in view."""

    def indexAt(self, point: QPoint) -> QModelIndex:
        x, y = point.x(), point.y()
        for row, box in enumerate(self._layout.boxes):
            if box.x <= x < box.x + box.width and box.y <= y < box.y + box.height:
                return self.sizes.index(row)
        return QModelIndex()

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        index = self.indexAt(rect.center())
        if index.isValid():
            self.selectionModel().select(index, command)

    def visualRegionForSelection(self, selection: object) -> QRegion:
        return QRegion(self.viewport().rect())

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        count, row = len(self._layout.boxes), self.currentIndex().row()
        if not count:
            return QModelIndex()
        if row < 0:
            return self.sizes.index(0)
        if action in _MOVES:
            return self.sizes.index(neighbour(self._layout.boxes, row, *_MOVES[action]))
        ends = {QAbstractItemView.CursorAction.MoveHome: 0, QAbstractItemView.CursorAction.MoveEnd: count - 1}
        forward = (QAbstractItemView.CursorAction.MovePageDown, QAbstractItemView.CursorAction.MoveNext)
        step = row + (1 if action in forward else -1)
        return self.sizes.index(ends.get(action, max(0, min(count - 1, step))))

    # -- input -------------------------------------------------------------------------------------
    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)  # type: ignore[arg-type]
        self.viewport().update()
        self.pointed.emit(self.leaf())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.setProperty("keyboardFocus", True)
        self._point_at(-1)
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if not self.currentIndex().isValid() and self.sizes.leaves:
            self.setCurrentIndex(self.sizes.index(0))
        super().focusInEvent(event)
        self.viewport().update()

    def mouseMoveEvent(self, event: Any) -> None:
        super().mouseMoveEvent(event)
        self._point_at(self.indexAt(event.position().toPoint()).row())

    def leaveEvent(self, event: Any) -> None:
        super().leaveEvent(event)
        self._point_at(-1)

    def _point_at(self, row: int) -> None:
        if row != self._under:
            self._under = row
            self.viewport().update()
            self.pointed.emit(self.leaf())

    # -- painting ----------------------------------------------------------------------------------
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, ui = QPainter(self.viewport()), theme()
        painter.fillRect(self.viewport().rect(), ui.color("surface"))
        for box, group in self._layout.heads:
            self._paint_head(painter, _rect(box), group)
        chosen = self.currentIndex().row() if self.hasFocus() else -1
        for row, box in enumerate(self._layout.boxes):
            self._paint_leaf(painter, _rect(box.inside(0.5)), self.sizes.leaves[row], is_hovered=row == self._under)
        if 0 <= chosen < len(self._layout.boxes):
            painter.setPen(QPen(ui.color("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(_rect(self._layout.boxes[chosen]).adjusted(1, 1, -1, -1))

    def _paint_head(self, painter: QPainter, rect: QRectF, group: Group) -> None:
        ui, (glyph, _, mark) = theme(), KINDS.get(group.kind, KINDS["other"])
        draw_glyph(painter, QRectF(rect.x() + 2, rect.y() + 2, 13, 13), glyph, ui.color(mark))
        words = rect.adjusted(19, 0, -2, 0)
        font = ui.font("micro", "semibold")
        used = paint.text(painter, words, place_words(group), "text_muted", font)
        paint.text(painter, words.adjusted(used + 6, 0, 0, 0), formats.size(group.size_bytes), "text_faint", font)

    def _paint_leaf(self, painter: QPainter, rect: QRectF, leaf: Leaf, *, is_hovered: bool) -> None:
        ui, (_, ground, mark) = theme(), KINDS.get(leaf.kind, KINDS["other"])
        painter.fillRect(rect, ui.color(ground))
        if is_hovered:
            painter.setPen(QPen(ui.color(mark), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))
        if rect.width() < _WORDS_FROM[0] or rect.height() < _WORDS_FROM[1]:
            return
        line = QRectF(rect.x() + 5, rect.y() + 2, rect.width() - 8, 16)
        paint.text(painter, line, leaf.name.rpartition("/")[2], "text", ui.font("micro"))
        if rect.height() >= 34:
            paint.text(painter, line.translated(0, 14), formats.size(leaf.size_bytes), "text_muted", ui.font("micro"))


def _rect(box: Box) -> QRectF:
    return QRectF(box.x, box.y, box.width, box.height)
