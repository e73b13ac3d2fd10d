"""A list to choose one thing from by typing: what it would do is said before. For slots and for agents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QDialog, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from office_studio.ui import paint
from office_studio.ui.portraits import Portraits
from office_studio.ui.theming import theme
from office_studio.ui.widgets.basics import ElidingLabel, Paragraph
from office_studio.ui.widgets.layouts import button, hbox, search_field, vbox

Index = QModelIndex | QPersistentModelIndex
_ROW = 44
_MOVES = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


@dataclass(frozen=True, slots=True)
class Choice:
    """``head``: a number before the words, ``agent_id`` whose picture stands before them; ``more``: also found by."""

    key: object
    title: str
    detail: str = ""
    head: str = ""
    agent_id: str = ""
    more: str = ""

    @property
    def hay(self) -> str:
        return f"{self.head} {self.title} {self.detail} {self.more}".casefold()


class ChoiceModel(QAbstractListModel):
    def __init__(self, choices: Sequence[Choice], parent: QObject) -> None:
        super().__init__(parent)
        self._all = [(choice, choice.hay) for choice in choices]
        self.shown: list[Choice] = list(choices)

    def set_filter(self, words: str) -> None:
        """Numbers are found by their beginning first: "1" is slot 1 before 10 and before “Desk 21”."""
        wanted = words.casefold().split()
        found = [choice for choice, hay in self._all if all(word in hay for word in wanted)]
        if len(wanted) == 1 and wanted[0].isdigit():
            found.sort(key=lambda choice: (choice.head != wanted[0], not choice.head.startswith(wanted[0])))
        self.beginResetModel()
        self.shown = found
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self.shown):
            return None
        choice = self.shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return choice.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(filter(None, (choice.head, choice.title, choice.detail)))
        return None


class _ChoiceDelegate(QStyledItemDelegate):
    def __init__(self, view: QListView, model: ChoiceModel, portraits: Portraits | None) -> None:
        super().__init__(view)
        self._view, self._model, self._portraits = view, model, portraits

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        choice, rect, ui = self._model.shown[index.row()], QRectF(option.rect), theme()
        painter.save()
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_selected or option.state & QStyle.StateFlag.State_MouseOver:
            paint.pill(
                painter, rect.adjusted(2, 1, -2, -1), ui.color("selection" if is_selected else "hover"), radius=6
            )
        left = rect.x() + 12
        if choice.head:
            number = ui.font("small", "medium", numeric=True)
            paint.text(painter, QRectF(left, rect.y(), 32, rect.height()), choice.head, "text_faint", number)
            left += 34
        if choice.agent_id and self._portraits is not None:
            picture = self._portraits.of(choice.agent_id, 28, self._view.devicePixelRatioF())
            painter.drawPixmap(round(left), round(rect.y() + (_ROW - 28) / 2), picture)
        left += 38 if self._portraits is not None else 0
        room = rect.right() - 12 - left
        paint.text(painter, QRectF(left, rect.y() + 4, room, 18), choice.title, "text", ui.font("body", "medium"))
        paint.text(painter, QRectF(left, rect.y() + 22, room, 17), choice.detail, "text_muted", ui.font("small"))
        painter.restore()


class PickDialog(QDialog):
    """Type to narrow, arrows to choose, Enter to do it, Esc to leave. Subclasses say what a choice does."""

    def __init__(
        self,
        title: str,
        placeholder: str,
        verb: str,
        choices: Sequence[Choice],
        portraits: Portraits | None,
        parent: QWidget | None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.resize(440, 480)
        self.search = search_field(placeholder)
        self.model = ChoiceModel(choices, self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(_ChoiceDelegate(self.list, self.model, portraits))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setAccessibleName(title)
        self.list.setProperty("ownFocus", True)
        self.consequence = Paragraph("", "small-muted")
        self.consequence.setMinimumHeight(36)
        cancel, self.do_button = button("Cancel", "ghost"), button(verb, "primary")
        self.do_button.setDefault(True)
        cancel.clicked.connect(self.reject)
        self.do_button.clicked.connect(self._choose)
        heading = ElidingLabel(title, "heading")
        head = vbox(heading, self.search, spacing=10)
        foot = hbox(None, cancel, self.do_button)
        self.setLayout(vbox(head, (self.list, 1), self.consequence, foot, margins=(20, 16, 20, 16), spacing=10))
        self.search.textChanged.connect(self._narrow)
        self.search.installEventFilter(self)
        self.list.selectionModel().currentChanged.connect(self._explain)
        self.list.doubleClicked.connect(self._choose)
        self.search.setFocus()

    # -- for subclasses ----------------------------------------------------------------------------
    def what_happens(self, key: object) -> tuple[str, bool]:
        """What choosing it does, in words, and whether it can be chosen."""
        raise NotImplementedError

    def carry_out(self, key: object) -> None:
        raise NotImplementedError

    # -- choosing ----------------------------------------------------------------------------------
    @property
    def chosen(self) -> Choice | None:
        row = self.list.currentIndex().row()
        return self.model.shown[row] if 0 <= row < len(self.model.shown) else None

    def select(self, row: int) -> None:
        if 0 <= row < len(self.model.shown):
            self.list.setCurrentIndex(self.model.index(row))
            self.list.scrollTo(self.list.currentIndex())
        self._explain()

    def _narrow(self, words: str) -> None:
        self.model.set_filter(words)
        self.select(0)

    def _explain(self, *_: object) -> None:
        choice = self.chosen
        words, may = self.what_happens(choice.key) if choice is not None else ("Nothing matches.", False)
        self.consequence.set_words(words)
        self.do_button.setEnabled(may)
        # The search field keeps the focus, so it has to tell what the arrows reached.
        title = ", ".join(filter(None, (choice.title, choice.detail))) if choice is not None else ""
        self.search.setAccessibleDescription(f"{title}. {words}" if title else words)

    def _choose(self, *_: object) -> None:
        choice = self.chosen
        if choice is not None and self.do_button.isEnabled():
            self.accept()
            self.carry_out(choice.key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            count, row = len(self.model.shown), self.list.currentIndex().row()
            if event.key() in _MOVES and count:
                page = max(1, self.list.viewport().height() // _ROW - 1)
                step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: page, Qt.Key.Key_PageUp: -page}
                self.select(max(0, min(count - 1, row + step[Qt.Key(event.key())])))
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose()
            return
        super().keyPressEvent(event)
