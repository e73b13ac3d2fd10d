"""The list of apps: icon, name, what it is for, what it costs, whether you have it."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFontDatabase, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from office_studio.core.officex.wire import AppView
from office_studio.ui import paint
from office_studio.ui.icons import draw_glyph
from office_studio.ui.theming import theme
from office_studio.ui.trade.market_data import Snapshot

_Index = QModelIndex | QPersistentModelIndex
AppRole = Qt.ItemDataRole.UserRole
_ROW = 64  # px
PRICES = {"FREE": "Free", "PAY_PER_USE": "Pay per use", "ONE_TIME": "Bought once", "SUBSCRIPTION": "Subscription",
          "MIXED": "Several prices"}  # fmt: skip


def price_words(app: AppView) -> str:
    return PRICES.get(app.text("price_type"), "Price on its page")


class CatalogModel(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self._all: list[AppView] = []
        self.rows: list[AppView] = []
        self._installed: frozenset[str] = frozenset()
        self._words, self._category = "", ""

    @property
    def total(self) -> int:
        return len(self._all)

    @property
    def categories(self) -> list[str]:
        return sorted({app.text("category") for app in self._all if app.text("category")})

    def show(self, data: Snapshot | None) -> None:
        found = sorted(data.apps.values(), key=lambda app: app.name.casefold()) if data is not None else []
        installed = frozenset(one.app_id for one in data.installs) if data is not None else frozenset()
        if (found, installed) != (self._all, self._installed):
            self._all, self._installed = found, installed
            self._apply()

    def set_filter(self, words: str, category: str) -> None:
        self._words, self._category = words.strip().casefold(), category
        self._apply()

    def _apply(self) -> None:
        self.beginResetModel()
        self.rows = [app for app in self._all if self._fits(app)]
        self.endResetModel()

    def _fits(self, app: AppView) -> bool:
        if self._category and app.text("category") != self._category:
            return False
        texts = (app.name, *(app.text(k) for k in ("subtitle", "description", "developer")), *app.texts("tags"))
        return not self._words or any(self._words in text.casefold() for text in texts)

    def is_installed(self, app: AppView) -> bool:
        return app.app_id in self._installed

    def index_of(self, app_id: str) -> QModelIndex:
        return next((self.index(i) for i, app in enumerate(self.rows) if app.app_id == app_id), QModelIndex())

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        app = self.rows[index.row()]
        if role == AppRole:
            return app
        if role == Qt.ItemDataRole.DisplayRole:
            return app.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            has = "installed" if self.is_installed(app) else "not installed"
            return ", ".join(filter(None, (app.name, app.text("subtitle"), price_words(app), has)))
        return None


class CatalogView(QListView):
    def __init__(self, model: CatalogModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(_AppDelegate(self))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setAccessibleName("Apps")

    def app(self) -> AppView | None:
        found = self.currentIndex().data(AppRole)
        return found if isinstance(found, AppView) else None


@cache
def _has_emoji() -> bool:
    """Whether this system can draw them; empty boxes say less than letters."""
    return any("emoji" in family.casefold() for family in QFontDatabase.families())


def paint_icon(painter: QPainter, rect: QRectF, app: AppView | None) -> None:
    """The app's emoji on a tile, else a glyph."""
    ui = theme()
    paint.pill(painter, rect, ui.color("sunken"), ui.color("border"), radius=8)
    if app is not None and app.icon and _has_emoji():
        painter.setFont(ui.font("title"))
        painter.setPen(ui.color("text"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, app.icon)
    elif app is not None and app.name:
        initials = "".join(word[0] for word in app.name.split() if word[0].isalnum())[:2].upper() or app.name[0]
        paint.text(painter, rect, initials, "accent", ui.font("body", "semibold"), paint.CENTER)
    else:
        size = rect.width() * 0.5
        area = QRectF(rect.center().x() - size / 2, rect.center().y() - size / 2, size, size)
        draw_glyph(painter, area, "puzzle-piece", ui.color("text_muted"))


class _AppDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(200, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        app, model, ui = index.data(AppRole), index.model(), theme()
        if not isinstance(app, AppView) or not isinstance(model, CatalogModel):
            return
        row = QRectF(option.rect).adjusted(8, 1, -8, -1)
        is_on = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_on or option.state & QStyle.StateFlag.State_MouseOver:
            paint.pill(painter, row, ui.color("selection" if is_on else "hover"), radius=6)
        paint_icon(painter, QRectF(row.x() + 10, row.center().y() - 19, 38, 38), app)
        left, right = row.x() + 60, row.right() - 12
        state = "Installed" if model.is_installed(app) else price_words(app)
        ink = "success" if model.is_installed(app) else "text_muted"
        area = QRectF(left, row.y() + 11, right - left, 20)
        small = ui.font("small")
        used = paint.text_width(state, small)
        paint.text(painter, area, state, ink, small, paint.RIGHT)
        paint.text(painter, area.adjusted(0, 0, -used - 10, 0), app.name, "text", ui.font("body", "semibold"))
        below = QRectF(left, row.y() + 32, right - left, 18)
        paint.text(painter, below, app.text("subtitle") or app.text("category"), "text_muted", small)
