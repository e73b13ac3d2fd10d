"""The list of installs: what each may still take and how often, as bars that turn amber and red."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from office_studio.core.officex.limits import NEVER
from office_studio.core.officex.money import MICRO
from office_studio.core.officex.wire import InstallView
from office_studio.ui import formats, paint
from office_studio.ui.theming import theme
from office_studio.ui.trade import market_words
from office_studio.ui.trade.installs.catalog_view import paint_icon
from office_studio.ui.trade.installs.pausing import can_charge
from office_studio.ui.trade.market_data import Snapshot

_Index = QModelIndex | QPersistentModelIndex
InstallRole = Qt.ItemDataRole.UserRole
_ROW = 92  # px
AMBER, RED = 0.8, 1.0


def share(used: int, most: int) -> float:
    """Of a limit; a limit of nothing is used up."""
    return 1.0 if most <= 0 else used / most


def bar_role(part: float) -> str:
    """Colour role of a usage bar: amber from 80 %, red from 100 %."""
    return "blocked_mark" if part >= RED else "idle_mark" if part >= AMBER else "accent_fill"


def brief(micro: int) -> str:
    """Credits with two decimals, enough beside a bar; what is below a hundredth keeps its digits."""
    hundredth = MICRO // 100
    return market_words.short(micro if micro < hundredth else micro // hundredth * hundredth)


def bars(install: InstallView) -> list[tuple[str, float]]:
    """Words and share of the bars of a row: credits of the cap, then the fullest window of charges."""
    usage, limits = install.usage, install.limits
    taken = usage.settled + usage.open_reserved
    if limits.lifetime_micro == NEVER:
        first = (f"{brief(taken)} taken, no cap", 0.0)
    else:
        words = f"{brief(taken)} of {market_words.amount(limits.lifetime_micro)}"
        first = (words, share(taken, limits.lifetime_micro))
    windows = (("an hour", usage.hour, limits.max_per_hour), ("a day", usage.day, limits.max_per_day),
               ("a month", usage.month, limits.max_per_month))  # fmt: skip
    name, used, most = max(windows, key=lambda one: share(one[1], one[2]))
    return [first, (f"{formats.quantity(used)} of {formats.quantity(most)} charges {name}", share(used, most))]


def state_words(install: InstallView, *, is_paused_here: bool) -> tuple[str, str]:
    """Whether it may charge, and the colour role of that."""
    until = install.limits.allowed_until
    if not can_charge(install):
        return ("Paused", "warning") if is_paused_here else ("Permission ended", "error")
    if install.limits.lifetime_micro != NEVER and bars(install)[0][1] >= RED:
        return ("Cannot charge" if install.limits.lifetime_micro == 0 else "Cap reached"), "text_muted"
    return ("May charge" if until == NEVER else f"Until {formats.day(until * 1000)}"), "text_muted"


class InstallsModel(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[InstallView] = []
        self.snapshot: Snapshot | None = None
        self.paused: frozenset[str] = frozenset()

    def show(self, data: Snapshot | None, paused: frozenset[str]) -> None:
        rows = list(data.installs) if data is not None else []
        if data is not None:
            rows.sort(key=lambda one: (data.app_name(one.app_id).casefold(), one.install_id))
        is_same = [one.install_id for one in rows] == [one.install_id for one in self.rows]
        if is_same:
            self.rows, self.snapshot, self.paused = rows, data, paused
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self.rows, self.snapshot, self.paused = rows, data, paused
        self.endResetModel()

    def name(self, install: InstallView) -> str:
        app = self.snapshot.app_name(install.app_id) if self.snapshot is not None else ""
        return f"{app} ({install.nickname})" if install.nickname else app

    def state(self, install: InstallView) -> tuple[str, str]:
        return state_words(install, is_paused_here=install.install_id in self.paused)

    def index_of(self, install_id: str) -> QModelIndex:
        return next((self.index(i) for i, one in enumerate(self.rows) if one.install_id == install_id), QModelIndex())

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        install = self.rows[index.row()]
        if role == InstallRole:
            return install
        if role == Qt.ItemDataRole.DisplayRole:
            return self.name(install)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join((self.name(install), self.state(install)[0], *(words for words, _ in bars(install))))
        return None


class InstallsView(QListView):
    def __init__(self, model: InstallsModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(_InstallDelegate(self))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setAccessibleName("Installs")

    def install(self) -> InstallView | None:
        found = self.currentIndex().data(InstallRole)
        return found if isinstance(found, InstallView) else None


class _InstallDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(200, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        install, model, ui = index.data(InstallRole), index.model(), theme()
        if not isinstance(install, InstallView) or not isinstance(model, InstallsModel):
            return
        row = QRectF(option.rect).adjusted(8, 1, -8, -1)
        is_on = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_on or option.state & QStyle.StateFlag.State_MouseOver:
            paint.pill(painter, row, ui.color("selection" if is_on else "hover"), radius=6)
        app = model.snapshot.apps.get(install.app_id) if model.snapshot is not None else None
        paint_icon(painter, QRectF(row.x() + 10, row.y() + 12, 38, 38), app)
        left, width = row.x() + 60, row.width() - 72
        words, ink = model.state(install)
        small = ui.font("small", numeric=True)
        head = QRectF(left, row.y() + 8, width, 20)
        used = paint.text_width(words, small)
        paint.text(painter, head, words, ink, small, paint.RIGHT)
        paint.text(
            painter, head.adjusted(0, 0, -used - 10, 0), model.name(install), "text", ui.font("body", "semibold")
        )
        for at, (told, part) in enumerate(bars(install)):
            y = row.y() + 32 + at * 27
            paint.text(painter, QRectF(left, y, width, 16), told, "text_muted", small)
            paint_bar(painter, QRectF(left, y + 18, width, 5), part)


def paint_bar(painter: QPainter, rect: QRectF, part: float) -> None:
    paint.pill(painter, rect, theme().color("pressed"))
    if part > 0:
        full = QRectF(rect.x(), rect.y(), max(rect.height(), rect.width() * min(1.0, part)), rect.height())
        paint.pill(painter, full, theme().color(bar_role(part)))
