"""The grid of theme cards: painted by a delegate, moved through with arrows, acted on by keys and a menu."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from office_studio.ui import paint
from office_studio.ui.icons import draw_glyph
from office_studio.ui.make.cards import Card, CardChip
from office_studio.ui.make.library_model import CardRole, LibraryModel
from office_studio.ui.theming import theme

_GAP = 16
_MIN_WIDTH = 256  # of a card, px
_BELOW = 92  # px of a card under its picture
_SCALE_S = 0.004  # of one paint, for scaling pictures
_Index = QModelIndex | QPersistentModelIndex


class LibraryView(QListView):
    """Signals:
    opened(Card): Enter or double click.
    menu_requested(Card, QPoint): global position.
    delete_requested(Card)
    """

    opened = Signal(object)
    menu_requested = Signal(object, QPoint)
    delete_requested = Signal(object)

    def __init__(self, model: LibraryModel) -> None:
        super().__init__()
        self._delegate = CardDelegate(model, self)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragEnabled(False)
        self.setAcceptDrops(False)
        self.setMouseTracking(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setProperty("ownFocus", True)
        self.setAccessibleName("Themes")
        self.verticalScrollBar().setSingleStep(32)
        self._again = QTimer(self, singleShot=True, interval=0)
        self._again.timeout.connect(self.viewport().update)

    def card(self) -> Card | None:
        """The chosen one."""
        index = self.currentIndex()
        found = index.data(CardRole) if index.isValid() and self.selectionModel().isSelected(index) else None
        return found if isinstance(found, Card) else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._measure()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._delegate.scale_until = time.perf_counter() + _SCALE_S
        super().paintEvent(event)

    def update_soon(self) -> None:
        if not self._again.isActive():
            self._again.start()

    def _measure(self) -> None:
        """As many columns as fit, all equally wide."""
        width = self.width() - self.verticalScrollBar().sizeHint().width() - 2  # the bar may come
        columns = max(1, width // (_MIN_WIDTH + _GAP))
        cell = min(width // columns, 400)
        size = QSize(cell, round((cell - _GAP) * 9 / 16) + _BELOW + _GAP)
        if size != self.gridSize():
            self._delegate.cell = size
            self.setGridSize(size)

    # -- input -------------------------------------------------------------------------------------
    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.setProperty("keyboardFocus", True)
        card = self.card()
        if card is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(card)
        elif card is not None and event.key() == Qt.Key.Key_Delete:
            self.delete_requested.emit(card)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        reasons = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
        self.setProperty("keyboardFocus", event.reason() in reasons)
        if not self.currentIndex().isValid() and self.model().rowCount():
            self.setCurrentIndex(self.model().index(0, 0))
        super().focusInEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        card = self.indexAt(event.position().toPoint()).data(CardRole)
        if isinstance(card, Card) and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(card)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        card = index.data(CardRole)
        if isinstance(card, Card):
            at = self.viewport().mapToGlobal(self.visualRect(index).center()) if by_key else event.globalPos()
            self.menu_requested.emit(card, at)


class CardDelegate(QStyledItemDelegate):
    def __init__(self, model: LibraryModel, view: LibraryView) -> None:
        super().__init__(view)
        self._model, self._view = model, view
        self.cell = QSize(300, 260)
        self.scale_until = 0.0  # no more pictures are scaled in a paint after this (``perf_counter``)
        self._pixmaps: dict[str, tuple[tuple[int, int, int], QPixmap]] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return self.cell

    def card_rect(self, cell: QRectF) -> QRectF:
        """Of the card in its cell, which has the gap at the right and below."""
        return QRectF(cell.x(), cell.y(), cell.width() - _GAP, cell.height() - _GAP)

    def menu_rect(self, cell: QRectF) -> QRectF:
        """Of the three dots."""
        card = self.card_rect(cell)
        return QRectF(card.right() - 34, card.bottom() - _BELOW + 6, 26, 26)

    def editorEvent(self, event: QEvent, model: object, option: QStyleOptionViewItem, index: _Index) -> bool:
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonRelease:
            card = index.data(CardRole)
            if isinstance(card, Card) and self.menu_rect(QRectF(option.rect)).contains(event.position()):
                self._view.menu_requested.emit(card, event.globalPosition().toPoint())
                return True
        return super().editorEvent(event, model, option, index)  # type: ignore[arg-type]

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        card = index.data(CardRole)
        if not isinstance(card, Card):
            return
        ui, rect = theme(), self.card_rect(QRectF(option.rect))
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint.pill(painter, rect, ui.color("hover" if is_hovered else "raised"), ui.color("border"), radius=8)
        self._paint_picture(painter, card, QRectF(rect.x() + 1, rect.y() + 1, rect.width() - 2, rect.height() - _BELOW))
        self._paint_words(painter, card, rect, QRectF(option.rect))
        if is_selected:
            has_ring = self._view.hasFocus() and bool(self._view.property("keyboardFocus"))
            painter.setPen(QPen(ui.color("focus" if has_ring else "accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 7, 7)
        painter.restore()

    def _paint_picture(self, painter: QPainter, card: Card, area: QRectF) -> None:
        shape = QPainterPath()
        shape.setFillRule(Qt.FillRule.WindingFill)
        shape.addRoundedRect(area, 7, 7)
        shape.addRect(QRectF(area.x(), area.bottom() - 8, area.width(), 8))
        painter.save()
        painter.setClipPath(shape)
        painter.fillRect(area, theme().color("sunken"))
        pixmap = self._pixmap(card, area.size().toSize())
        if pixmap is not None:
            painter.drawPixmap(area.toAlignedRect(), pixmap)  # for one paint it may be that of another size
        else:
            glyph = "warning" if card.problem else "cube" if card.renderer == "3D" else "image"
            middle = QRectF(area.center().x() - 20, area.center().y() - 20, 40, 40)
            draw_glyph(painter, middle, glyph, theme().color("text_faint"))
        painter.restore()

    def _pixmap(self, card: Card, size: QSize) -> QPixmap | None:
        image = self._model.shelf.pictures.get(card.key)
        if image is None:
            return None
        dpr = self._view.devicePixelRatioF()
        wanted = (round(size.width() * dpr), round(size.height() * dpr), image.cacheKey())
        kept = self._pixmaps.get(card.key)
        if kept is None or kept[0] != wanted:
            if time.perf_counter() > self.scale_until:
                self._view.update_soon()  # the rest of the pictures in the next turns
                return kept[1] if kept is not None else None
            grown = image.scaled(
                wanted[0], wanted[1], Qt.AspectRatioMode.KeepAspectRatioByExpanding,
                Qt.TransformationMode.SmoothTransformation,
            )  # fmt: skip
            pixmap = QPixmap.fromImage(grown.copy((grown.width() - wanted[0]) // 2, 0, wanted[0], wanted[1]))
            pixmap.setDevicePixelRatio(dpr)
            kept = self._pixmaps[card.key] = (wanted, pixmap)
        return kept[1]

    def _paint_words(self, painter: QPainter, card: Card, rect: QRectF, cell: QRectF) -> None:
        ui, top, left = theme(), rect.bottom() - _BELOW, rect.x() + 14
        width = rect.width() - 28
        paint.text(painter, QRectF(left, top + 10, width - 30, 20), card.name, "text", ui.font("body", "semibold"))
        dots = self.menu_rect(cell)
        draw_glyph(painter, dots.adjusted(4, 4, -4, -4), "dots-three", ui.color("text_muted"))
        paint.text(painter, QRectF(left, top + 34, width, 18), card.line, "text_muted", ui.font("small"))
        x = left
        for chip in card.chips:
            used = chip_width(chip)
            if x + used > rect.right() - 10 and x > left:
                break
            paint_chip(painter, QRectF(x, top + 58, used, 22), chip)
            x += used + 6


def chip_width(chip: CardChip) -> float:
    return paint.text_width(chip.words, theme().font("small", "medium")) + 18 + (18 if chip.glyph else 0)


def paint_chip(painter: QPainter, rect: QRectF, chip: CardChip) -> None:
    """As ``widgets.basics.Chip`` looks, for delegates."""
    ui = theme()
    tint = {"success": "working_tint", "warning": "idle_tint", "error": "blocked_tint", "accent": "accent_tint"}
    paint.pill(painter, rect, ui.color(tint.get(chip.tone, "pressed")))
    ink, x = chip.tone or "text", rect.x() + 9
    if chip.glyph:
        draw_glyph(painter, QRectF(x - 1, rect.center().y() - 7.5, 15, 15), chip.glyph, ui.color(ink))
        x += 18
    area = QRectF(x, rect.y(), rect.right() - x, rect.height())
    paint.text(painter, area, chip.words, ink, ui.font("small", "medium"), elide=False)
