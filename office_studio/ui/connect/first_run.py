"""The first start: where do the agents live? Three choices, the demo preselected, Enter starts it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from office_studio.ui import paint
from office_studio.ui.icons import draw_glyph
from office_studio.ui.theming import theme
from office_studio.ui.widgets.floating import Floating, Scrim
from office_studio.ui.widgets.layouts import button, hbox, label, vbox

_WIDTH, _PICTURE = 556, 176


@dataclass(frozen=True, slots=True)
class Choice:
    id: str
    glyph: str
    title: str
    words: str
    verb: str


CHOICES = (
    Choice(
        "demo",
        "play-circle",
        "Demo office",
        "Runs on this computer with 12 simulated agents. No account needed.",
        "Start demo office",
    ),
    Choice("connect", "link", "My office", "Connect with an address and a token or password.", "Connect…"),
    Choice("make", "paint-brush", "I make themes", "Open a theme folder; the demo office plays in it.", "Open theme…"),
)


class FirstRunSheet(QObject):
    """Signals:
    chosen(str): "demo", "connect", "make", or "skip".
    """

    chosen = Signal(str)

    def __init__(self, window: QWidget, picture: QPixmap) -> None:
        super().__init__(window)
        self._window = window
        self._scrim = Scrim(window, lambda: None)
        self._cards = [_ChoiceCard(choice) for choice in CHOICES]
        self._start = button(CHOICES[0].verb, "primary")
        skip = button("Skip", "ghost")
        for card in self._cards:
            card.picked.connect(self._select)
            card.confirmed.connect(self._confirm)
        self._start.clicked.connect(self._confirm)
        skip.clicked.connect(lambda: self._finish("skip"))
        self._picture = _Picture(picture)
        title = vbox(
            label("Welcome to Office Studio", "heading"),
            label("See your AI agents at work. Where do they live?", "muted"),
            spacing=2,
        )
        body: QVBoxLayout = vbox(
            title, 12, *self._cards, 8, hbox(None, skip, self._start, spacing=8), margins=(28, 20, 28, 20), spacing=9
        )
        self.sheet = _Sheet(vbox(self._picture, body, spacing=0), window)
        self.sheet.setFixedWidth(_WIDTH + 2 * self.sheet.pad)
        self.sheet.setAccessibleName("Welcome to Office Studio")
        self.sheet.escaped.connect(lambda: self._finish("skip"))
        self.sheet.confirmed.connect(self._confirm)
        self.sheet.moved.connect(self._move)
        window.installEventFilter(self)
        self._selected = CHOICES[0].id
        self._select(CHOICES[0].id)
        self._scrim.show()
        self.sheet.show()
        self._place()
        self._cards[0].setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def selected(self) -> str:
        return self._selected

    def set_picture(self, picture: QPixmap) -> None:
        self._picture.set_pixmap(picture)

    def _select(self, choice_id: str) -> None:
        self._selected = choice_id
        for card in self._cards:
            card.set_selected(card.choice.id == choice_id)
            if card.choice.id == choice_id:
                self._start.setText(card.choice.verb)
                card.setFocus(Qt.FocusReason.OtherFocusReason)

    def _move(self, by: int) -> None:
        at = next(i for i, card in enumerate(self._cards) if card.choice.id == self._selected)
        self._select(self._cards[(at + by) % len(self._cards)].choice.id)

    def _confirm(self) -> None:
        self._finish(self._selected)

    def _finish(self, choice: str) -> None:
        self._window.removeEventFilter(self)
        self._scrim.deleteLater()
        self._scrim.hide()
        self.sheet.hide()
        self.sheet.deleteLater()
        self.chosen.emit(choice)
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        self.sheet.adjustSize()
        width, height = self.sheet.visible_size()
        self._scrim.raise_()
        self.sheet.raise_()
        top = max(52, (self._window.height() - height) // 2)
        self.sheet.move_visible((self._window.width() - width) // 2, top)


class _Sheet(Floating):
    escaped = Signal()
    confirmed = Signal()
    moved = Signal(int)

    def __init__(self, content: QVBoxLayout, parent: QWidget) -> None:
        super().__init__(content, parent, radius=12, pad=28)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.confirmed.emit()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.moved.emit(1 if key == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)


class _Picture(QWidget):
    """The theme's picture across the top of the sheet, its upper corners round."""

    def __init__(self, pixmap: QPixmap) -> None:
        super().__init__()
        self._pixmap = pixmap
        self.setFixedHeight(_PICTURE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_pixmap(self, pixmap: QPixmap) -> None:
        self._pixmap = pixmap
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(1, 1, self.width() - 2, self.height() + 20), 11, 11)
        painter.setClipPath(shape)
        painter.fillRect(self.rect(), theme().color("sunken"))
        if self._pixmap.isNull():
            return
        factor = self.width() / self._pixmap.width()
        height = self._pixmap.height() * factor
        # A little above the middle: that is where a room has its people.
        top = -(height - self.height()) * 0.42
        painter.drawPixmap(QRectF(0, top, self.width(), height), self._pixmap, QRectF(self._pixmap.rect()))


class _ChoiceCard(QWidget):
    picked = Signal(str)
    confirmed = Signal()

    def __init__(self, choice: Choice) -> None:
        super().__init__()
        self.choice = choice
        self._is_selected = False
        self.setFixedHeight(60)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"{choice.title}. {choice.words}")
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setProperty("radius", 9)

    def set_selected(self, is_selected: bool) -> None:
        if is_selected != self._is_selected:
            self._is_selected = is_selected
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.picked.emit(self.choice.id)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.picked.emit(self.choice.id)
        self.confirmed.emit()

    def focusInEvent(self, event: object) -> None:
        super().focusInEvent(event)  # type: ignore[arg-type]
        if not self._is_selected:
            self.picked.emit(self.choice.id)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, ui, rect = QPainter(self), theme(), QRectF(self.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self._is_selected
        painter.setPen(QPen(ui.color("accent" if on else "border_strong"), 2 if on else 1))
        painter.setBrush(ui.color("selection" if on else "hover") if on or self.underMouse() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 8, 8)
        draw_glyph(painter, QRectF(16, 18, 24, 24), self.choice.glyph, ui.color("accent" if on else "text_muted"))
        paint.text(
            painter, QRectF(54, 11, rect.width() - 110, 20), self.choice.title, "text", ui.font("body", "semibold")
        )
        words = QRectF(54, 30, rect.width() - 104, 18)
        paint.text(painter, words, self.choice.words, "text_muted", ui.font("small"))
        center = QRectF(rect.right() - 34, 21, 18, 18)
        painter.setPen(Qt.PenStyle.NoPen if on else QPen(ui.color("border_control"), 1.5))
        painter.setBrush(ui.color("accent_fill") if on else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(center)
        if on:
            painter.setBrush(ui.color("on_accent"))
            painter.drawEllipse(center.center(), 3.2, 3.2)
