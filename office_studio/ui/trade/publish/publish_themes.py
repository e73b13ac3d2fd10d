"""The themes that can be sold: a list with their pictures, and whether they are sold already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from office_studio import paths
from office_studio.services.officex.shop import Offer
from office_studio.services.officex.theme_offer import BOUGHT
from office_studio.ui import formats, paint
from office_studio.ui.icons import draw_glyph
from office_studio.ui.make.cards import LocalTheme
from office_studio.ui.make.local_facts import ReadTheme, read_theme
from office_studio.ui.theming import theme
from office_studio.ui.trade import market_words

if TYPE_CHECKING:
    from office_studio.ui.jobs import Scope
    from office_studio.ui.studio import Studio

_Index = QModelIndex | QPersistentModelIndex
ThemeRole = Qt.ItemDataRole.UserRole
_ROW = 66  # px
_PICTURE = (80, 46)


def local_paths(studio: Studio) -> list[tuple[Path, bool]]:
    """Themes of this computer, and whether they came with the program: opened ones first, newest first.

    What was bought is left out: its license is for using it.
    """
    bundled = [Path(choice.where) for choice in studio.library.bundled]
    opened = [Path(text) for text in studio.settings.now.recent_themes]
    own = [Path(choice.where) for choice in studio.library.own]
    found = list(dict.fromkeys([*opened, *own, *bundled]))
    kept = paths.data_dir() / BOUGHT
    return [(path, path in bundled) for path in found if kept not in path.parents]


class ThemesModel(QAbstractListModel):
    """Reads one theme after the other, off the GUI thread."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._scope = scope
        self.rows: list[LocalTheme] = []
        self.pictures: dict[Path, QImage] = {}
        self._offers: Mapping[str, Offer] = {}
        self._waiting: list[tuple[Path, bool]] = []
        self._is_reading = False

    def look(self, paths: Iterable[tuple[Path, bool]]) -> None:
        """Show these; those that are known stay as they are until they have been read again."""
        wanted = list(paths)
        order = [path for path, _ in wanted]
        known = {row.path: row for row in self.rows}
        self.beginResetModel()
        self.rows = [known[path] for path in order if path in known]
        self.endResetModel()
        self._waiting = wanted
        self._order = {path: at for at, path in enumerate(order)}
        self._read_next()

    def show_offers(self, offers: Iterable[Offer]) -> None:
        self._offers = {offer.theme_id: offer for offer in offers}
        if self.rows:
            self.dataChanged.emit(self.index(0), self.index(len(self.rows) - 1))

    def offer(self, row: LocalTheme) -> Offer | None:
        return self._offers.get(row.theme_id)

    def _read_next(self) -> None:
        if self._is_reading or not self._waiting:
            return
        self._is_reading = True
        path, is_bundled = self._waiting.pop(0)
        self._scope.run_blocking(
            partial(read_theme, path, is_bundled=is_bundled), self._on_read, lambda _error: self._on_done()
        )

    def _on_read(self, found: ReadTheme) -> None:
        row, path = found.theme, found.theme.path
        if found.picture is not None:
            self.pictures[path] = found.picture
        at = next((at for at, known in enumerate(self.rows) if known.path == path), -1)
        if row.problem:  # what cannot be read is nothing to sell; Make says why
            if at >= 0:
                self.beginRemoveRows(QModelIndex(), at, at)
                del self.rows[at]
                self.endRemoveRows()
        elif at >= 0:
            self.rows[at] = row
            self.dataChanged.emit(self.index(at), self.index(at))
        elif path in self._order:
            place = sum(self._order[known.path] < self._order[path] for known in self.rows)
            self.beginInsertRows(QModelIndex(), place, place)
            self.rows.insert(place, row)
            self.endInsertRows()
        self._on_done()

    def _on_done(self) -> None:
        self._is_reading = False
        self._read_next()

    @property
    def is_reading(self) -> bool:
        """Whether there may be more than is shown."""
        return self._is_reading or bool(self._waiting)

    def index_of(self, path: Path) -> QModelIndex:
        return next((self.index(at) for at, row in enumerate(self.rows) if row.path == path), QModelIndex())

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role == ThemeRole:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return str(row.path)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(filter(None, (row.name, row.version, self.state(row)[0])))
        return None

    def state(self, row: LocalTheme) -> tuple[str, str]:
        """Whether it is sold, and the colour role of that."""
        offer = self.offer(row)
        if offer is None:
            return "Not for sale", "text_muted"
        price = market_words.amount(offer.price) if offer.price else "Free"
        if offer.version != row.version:
            return f"{price} · {offer.version} on sale", "warning"
        return f"{price} · on sale", "success"


class ThemesView(QListView):
    def __init__(self, model: ThemesModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(_ThemeDelegate(self))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setAccessibleName("Themes")

    def theme(self) -> LocalTheme | None:
        found = self.currentIndex().data(ThemeRole)
        return found if isinstance(found, LocalTheme) else None


class _ThemeDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(200, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row, model, ui = index.data(ThemeRole), index.model(), theme()
        if not isinstance(row, LocalTheme) or not isinstance(model, ThemesModel):
            return
        cell = QRectF(option.rect).adjusted(8, 1, -8, -1)
        is_on = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_on or option.state & QStyle.StateFlag.State_MouseOver:
            paint.pill(painter, cell, ui.color("selection" if is_on else "hover"), radius=6)
        width, height = _PICTURE
        area = QRectF(cell.x() + 10, cell.center().y() - height / 2, width, height)
        paint_picture(painter, area, model.pictures.get(row.path), "palette")
        left, right = area.right() + 12, cell.right() - 10
        paint.text(
            painter, QRectF(left, cell.y() + 12, right - left, 20), row.name, "text", ui.font("body", "semibold")
        )
        words, ink = model.state(row)
        about = " · ".join(filter(None, (formats.plural(row.seats, "seat") if row.seats else "", row.version)))
        small = ui.font("small")
        below = QRectF(left, cell.y() + 33, right - left, 18)
        if ink == "text_muted":
            paint.text(painter, below, about, ink, small)
        else:
            paint.text(painter, below, words, ink, small)


def paint_picture(painter: QPainter, area: QRectF, picture: QImage | None, glyph: str, radius: float = 5) -> None:
    """A picture with soft corners, cut to fit; a glyph on a quiet ground while there is none."""
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    path = QPainterPath()
    path.addRoundedRect(area, radius, radius)
    painter.setClipPath(path)
    if picture is None or picture.isNull():
        painter.fillRect(area, theme().color("sunken"))
        size = min(28.0, area.height() * 0.5)
        spot = QRectF(area.center().x() - size / 2, area.center().y() - size / 2, size, size)
        draw_glyph(painter, spot, glyph, theme().color("text_faint"))
    else:
        scale = max(area.width() / picture.width(), area.height() / picture.height())
        wide, high = area.width() / scale, area.height() / scale
        part = QRectF((picture.width() - wide) / 2, (picture.height() - high) / 2, wide, high)
        painter.drawImage(area, picture, part)
    painter.restore()
