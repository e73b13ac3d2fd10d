"""The letter tray's list: who wrote, what, how long ago, read or not."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from office_studio.core.officex.wire import InboxMessage
from office_studio.ui import formats, paint
from office_studio.ui.icons import draw_glyph
from office_studio.ui.theming import theme
from office_studio.ui.trade.market_data import Snapshot

_Index = QModelIndex | QPersistentModelIndex
LetterRole = Qt.ItemDataRole.UserRole
_ROW, _HEAD = 60, 30  # px


class InboxModel(QAbstractListModel):
    """Newest first. ``is_read``: of a message id; ``now_ms``: for ages."""

    def __init__(self, is_read: Callable[[str], bool], now_ms: Callable[[], int]) -> None:
        super().__init__()
        self.is_read, self._now_ms = is_read, now_ms
        self._all: list[InboxMessage] = []
        self.rows: list[InboxMessage] = []
        self._only_unread, self._kept = False, ""
        self.is_by_app = False
        self.snapshot: Snapshot | None = None

    @property
    def total(self) -> int:
        return len(self._all)

    def show(self, data: Snapshot | None) -> None:
        self.snapshot = data
        found = sorted(data.inbox, key=lambda one: -(one.created_ms or 0)) if data is not None else []
        if found != self._all:
            self._all = found
            self._apply()
        else:
            self.repaint_rows()

    def set_only_unread(self, is_wanted: bool, keep: str = "") -> None:
        """``keep``: a letter that stays, for it is being read."""
        self._only_unread, self._kept = is_wanted, keep
        self._apply()

    def set_by_app(self, is_wanted: bool) -> None:
        """Letters of one app stand together, the app with the newest first."""
        self.is_by_app = is_wanted
        self._apply()

    def head_of(self, row: int) -> str:
        """What stands above a row: the app where its letters begin, "" else."""
        if not self.is_by_app or not 0 <= row < len(self.rows):
            return ""
        here = self.rows[row]
        if row and self.rows[row - 1].app_id == here.app_id:
            return ""
        count = sum(one.app_id == here.app_id for one in self.rows)
        return f"{self.sender(here)} · {formats.plural(count, 'letter')}"

    def repaint_rows(self) -> None:
        if self.rows:
            self.dataChanged.emit(self.index(0), self.index(len(self.rows) - 1))

    def _apply(self) -> None:
        self.beginResetModel()
        self.rows = [
            one for one in self._all
            if not self._only_unread or one.message_id == self._kept or not self.is_read(one.message_id)
        ]  # fmt: skip
        if self.is_by_app:
            first: dict[str, int] = {}
            for at, one in enumerate(self.rows):
                first.setdefault(one.app_id, at)
            self.rows.sort(key=lambda one: first[one.app_id])
        self.endResetModel()

    def sender(self, letter: InboxMessage) -> str:
        return self.snapshot.app_name(letter.app_id) if self.snapshot is not None else ""

    def age(self, letter: InboxMessage) -> str:
        return formats.age(letter.created_ms, self._now_ms())

    def index_of(self, message_id: str) -> QModelIndex:
        return next((self.index(i) for i, one in enumerate(self.rows) if one.message_id == message_id), QModelIndex())

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        letter = self.rows[index.row()]
        if role == LetterRole:
            return letter
        if role == Qt.ItemDataRole.DisplayRole:
            return letter.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            state = "read" if self.is_read(letter.message_id) else "unread"
            head = self.head_of(index.row())
            words = f"{letter.title}, from {self.sender(letter)}, {self.age(letter)} ago, {state}"
            return f"{head}: {words}" if head else words
        return None


class InboxView(QListView):
    def __init__(self, model: InboxModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(_LetterDelegate(self))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setAccessibleName("Letters")

    def letter(self) -> InboxMessage | None:
        found = self.currentIndex().data(LetterRole)
        return found if isinstance(found, InboxMessage) else None


class _LetterDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        model = index.model()
        has_head = isinstance(model, InboxModel) and bool(model.head_of(index.row()))
        return QSize(200, _ROW + (_HEAD if has_head else 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        letter, model, ui = index.data(LetterRole), index.model(), theme()
        if not isinstance(letter, InboxMessage) or not isinstance(model, InboxModel):
            return
        row = QRectF(option.rect).adjusted(8, 1, -8, -1)
        if head := model.head_of(index.row()):
            area = QRectF(row.x() + 12, row.y() + 6, row.width() - 24, 18)
            paint.text(painter, area, head.upper(), "text_faint", ui.font("micro", "semibold"))
            row.setTop(row.top() + _HEAD)
        is_on = bool(option.state & QStyle.StateFlag.State_Selected)
        is_read = model.is_read(letter.message_id)
        if is_on or option.state & QStyle.StateFlag.State_MouseOver:
            paint.pill(painter, row, ui.color("selection" if is_on else "hover"), radius=6)
        glyph = "envelope-open" if is_read else "envelope-simple"
        area = QRectF(row.x() + 12, row.y() + 11, 16, 16)
        draw_glyph(painter, area, glyph, ui.color("text_faint" if is_read else "accent"))
        left, width, small = row.x() + 40, row.width() - 52, ui.font("small", numeric=True)
        age = model.age(letter)
        head = QRectF(left, row.y() + 9, width, 20)
        used = paint.text_width(age, small)
        paint.text(painter, head, age, "text_muted", small, paint.RIGHT)
        weight = "regular" if is_read else "semibold"
        paint.text(painter, head.adjusted(0, 0, -used - 10, 0), letter.title, "text", ui.font("body", weight))
        below = QRectF(left, row.y() + 30, width, 18)
        words = f"{model.sender(letter)} · {' '.join(letter.text.split())[:200]}"
        paint.text(painter, below, words, "text_muted", ui.font("small"))
