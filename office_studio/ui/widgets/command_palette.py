"""Ctrl+K: one field that finds agents, actions and themes, and runs what is chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import QLayout, QLineEdit, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from office_studio.ui import paint
from office_studio.ui.icons import draw_glyph
from office_studio.ui.palette_entries import Entry, find
from office_studio.ui.portraits import Portraits
from office_studio.ui.theming import theme
from office_studio.ui.widgets.basics import Glyph
from office_studio.ui.widgets.floating import Floating, Scrim
from office_studio.ui.widgets.layouts import hbox, label, line, vbox, with_properties

_WIDTH, _ROW, _HEAD, _MAX_LIST = 560, 34, 28, 300
_Index = QModelIndex | QPersistentModelIndex
EntryRole = Qt.ItemDataRole.UserRole + 1
_HEADS = {"agent": "Agents", "action": "Actions", "theme": "Themes", "problem": "Problems"}


class _Rows(QAbstractListModel):
    def __init__(self, head_of_actions: str) -> None:
        super().__init__()
        self._heads = {**_HEADS, "agent_action": head_of_actions}
        self.rows: list[Entry | str] = []

    def show(self, entries: Sequence[Entry]) -> None:
        self.beginResetModel()
        self.rows = []
        kind = ""
        for entry in entries:
            if entry.kind != kind:
                kind = entry.kind
                self.rows.append(self._heads[kind])
            self.rows.append(entry)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == EntryRole:
            return row if isinstance(row, Entry) else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row if isinstance(row, str) else " ".join(filter(None, (row.title, row.detail, row.reason)))
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if index.data(EntryRole) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class _Delegate(QStyledItemDelegate):
    def __init__(self, portraits: Portraits, parent: QWidget) -> None:
        super().__init__(parent)
        self._portraits = portraits

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(100, _HEAD if index.data(EntryRole) is None else _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        painter.save()
        entry, rect, ui = index.data(EntryRole), QRectF(option.rect), theme()
        if entry is None:
            head = rect.adjusted(16, 8, -16, 0)
            paint.text(painter, head, str(index.data()).upper(), "text_faint", ui.font("micro", "semibold"))
        else:
            if option.state & QStyle.StateFlag.State_Selected:
                paint.pill(painter, rect.adjusted(6, 1, -6, -1), ui.color("selection"), radius=6)
            self._entry(painter, rect, entry, option.widget)
        painter.restore()

    def _entry(self, painter: QPainter, rect: QRectF, entry: Entry, widget: QWidget | None) -> None:
        ui = theme()
        if entry.agent_id and entry.kind == "agent":
            dpr = widget.devicePixelRatioF() if widget is not None else 1.0
            painter.drawPixmap(QPointF(rect.x() + 16, rect.y() + 5), self._portraits.of(entry.agent_id, 24, dpr))
        else:
            role = "text_disabled" if entry.reason else "text_muted"
            draw_glyph(
                painter, QRectF(rect.x() + 19, rect.y() + 8, 18, 18), entry.glyph or "caret-right", ui.color(role)
            )
        right = self._keys(painter, rect, entry.key)
        area = QRectF(rect.x() + 52, rect.y(), right - rect.x() - 60, rect.height())
        ink = "text_disabled" if entry.reason else "text"
        used = paint.text(painter, area, entry.title, ink, ui.font("body"))
        paint.text(
            painter, area.adjusted(used + 10, 0, 0, 0), entry.reason or entry.detail, "text_muted", ui.font("body")
        )

    def _keys(self, painter: QPainter, rect: QRectF, keys: str) -> float:
        """Key caps from the right; returns their left edge."""
        ui, x = theme(), rect.right() - 16
        font: QFont = ui.font("micro")
        for key in reversed(keys.split("+") if keys and keys != "+" else [keys] if keys else []):
            width = paint.text_width(key, font) + 14
            cap = QRectF(x - width, rect.center().y() - 9, width, 18)
            paint.pill(painter, cap, ui.color("hover"), ui.color("border"), radius=4)
            paint.text(painter, cap, key, "text_muted", font, paint.CENTER, elide=False)
            x -= width + 6
        return x


class CommandPalette(QObject):
    """Signals:
    closed()
    """

    closed = Signal()

    def __init__(
        self, window: QWidget, portraits: Portraits, entries: Callable[[], Sequence[Entry]], head_of_actions: str
    ) -> None:
        super().__init__(window)
        self._window = window
        self._all = list(entries())
        self._scrim = Scrim(window, self.close)
        self.field = with_properties(QLineEdit(), kind="bare", ownFocus=True)
        self.field.setPlaceholderText("Find agents, commands, themes")
        self.field.setAccessibleName("Find agents, commands, themes")
        self.field.setFont(theme().font("title"))
        self.rows = _Rows(head_of_actions)
        self.list = QListView()
        self.list.setFixedWidth(_WIDTH)
        self.list.setModel(self.rows)
        self.list.setItemDelegate(_Delegate(portraits, self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._nothing = label("", "muted")
        self._nothing.setContentsMargins(16, 12, 16, 12)
        glass = Glyph("magnifying-glass", "text_muted", 18)
        top = hbox(glass, (self.field, 1), label("Esc", "key"), margins=(16, 10, 14, 10), spacing=8)
        foot = label("↑↓ choose   Enter run   > commands   @ agents   : problems", "micro")
        body = vbox(self._nothing, self.list, spacing=0, margins=(0, 2, 0, 4))
        content = vbox(top, line(), body, line(), hbox(foot, None, margins=(16, 8, 16, 10)), spacing=0)
        self.sheet = Floating(content, window, radius=12, pad=28)
        content.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)  # the sheet is as high as what was found
        self.sheet.setAccessibleName("Command palette")
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self.list.clicked.connect(self._run)
        self.list.entered.connect(self.list.setCurrentIndex)
        self._previous_focus = window.focusWidget()
        self._search("")
        self._scrim.show()
        self.sheet.show()
        self._place()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)
        window.installEventFilter(self)

    def _search(self, text: str) -> None:
        found = find(text, self._all)
        self.rows.show(found)
        first = next((i for i, row in enumerate(self.rows.rows) if isinstance(row, Entry)), -1)
        self.list.setCurrentIndex(self.rows.index(first))
        height = sum(_ROW if isinstance(row, Entry) else _HEAD for row in self.rows.rows)
        self.list.setFixedHeight(min(_MAX_LIST, height))
        self._nothing.setVisible(not found)
        is_empty = text.strip() == ":"
        self._nothing.setText("No problems in the open themes" if is_empty else f"Nothing matches “{text.strip()}”")
        self._place()

    def _place(self) -> None:
        layout = self.sheet.layout()
        if layout is not None:
            layout.activate()
        self.sheet.adjustSize()
        width, _ = self.sheet.visible_size()
        self.sheet.move_visible((self._window.width() - width) // 2, 100 if self._window.height() > 640 else 56)
        self._scrim.raise_()
        self.sheet.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window:
            if event.type() == QEvent.Type.Resize:
                self._place()
            return False
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event.key())
        return False

    def _key(self, key: int) -> bool:
        if key == Qt.Key.Key_Escape:
            self.close()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self.list.currentIndex())
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._move(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self._move(6 if key == Qt.Key.Key_PageDown else -6)
        else:
            return False
        return True

    def _move(self, by: int) -> None:
        places = [i for i, row in enumerate(self.rows.rows) if isinstance(row, Entry)]
        if places:
            at = places.index(self.list.currentIndex().row()) if self.list.currentIndex().row() in places else 0
            self.list.setCurrentIndex(self.rows.index(places[max(0, min(len(places) - 1, at + by))]))

    def _run(self, index: _Index) -> None:
        entry = index.data(EntryRole) if index.isValid() else None
        if entry is None or entry.reason:
            return
        self.close()
        entry.run()

    def close(self) -> None:
        self._window.removeEventFilter(self)
        self.sheet.hide()
        self._scrim.hide()
        self.sheet.deleteLater()
        self._scrim.deleteLater()
        if self._previous_focus is not None:
            self._previous_focus.setFocus(Qt.FocusReason.PopupFocusReason)
        self.closed.emit()
        self.deleteLater()
