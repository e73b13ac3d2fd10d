"""The 56 px rail: where you are, as glyph and word. Words stay: icons alone are a riddle."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QToolBar, QToolButton, QWidget

from office_studio.ui import paint
from office_studio.ui.icons import draw_glyph
from office_studio.ui.theming import theme
from office_studio.ui.widgets.layouts import vbox

WIDTH = 56


class RailButton(QToolButton):
    def __init__(self, glyph: str, words: str, key: str) -> None:
        super().__init__()
        self._glyph, self._words, self._badge = glyph, words, 0
        self.setCheckable(True)
        self.setFixedSize(WIDTH, 52)
        self.setToolTip(f"{words}  {key}")
        self.setAccessibleName(words)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    @property
    def badge(self) -> int:
        return self._badge

    def set_badge(self, number: int) -> None:
        if number != self._badge:
            self._badge = number
            self.setAccessibleName(f"{self._words}, {number}" if number else self._words)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, ui, on = QPainter(self), theme(), self.isChecked()
        if on or self.underMouse():
            paint.pill(painter, QRectF(8, 3, 40, 28), ui.color("accent_tint" if on else "hover"), radius=8)
        glyph = f"{self._glyph}-fill" if on else self._glyph
        draw_glyph(painter, QRectF(17, 6, 22, 22), glyph, ui.color("accent" if on else "text_muted"))
        font = ui.font("micro", "medium")
        words = QRectF(0, 33, WIDTH, 14)
        paint.text(painter, words, self._words, "text" if on else "text_muted", font, paint.CENTER, elide=False)
        if self._badge:
            self._paint_badge(painter)

    def _paint_badge(self, painter: QPainter) -> None:
        ui, words = theme(), str(self._badge) if self._badge < 100 else "99+"
        font = ui.font("micro", "semibold")
        width = max(16.0, paint.text_width(words, font) + 8)
        rect = QRectF(42 - width / 2, 1, width, 16)
        paint.pill(painter, rect.adjusted(-2, -2, 2, 2), ui.color("chrome"))
        paint.pill(painter, rect, ui.color("blocked_mark"))
        ink = QColor("#140606") if ui.is_dark() else ui.color("on_accent")
        paint.text(painter, rect, words, ink, font, paint.CENTER, elide=False)


class Rail(QToolBar):
    def __init__(self) -> None:
        super().__init__("Rail")
        self.setObjectName("rail")
        self.setMovable(False)
        self.setProperty("rail", True)
        self.buttons: dict[str, RailButton] = {}
        self._group = QButtonGroup(self)
        self._column = QWidget()
        self._layout = vbox(8, None, 6, spacing=4)
        self._column.setLayout(self._layout)
        self._column.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.addWidget(self._column)
        self.setFixedWidth(WIDTH + 1)

    def add(self, key: str, glyph: str, words: str, shortcut: str, *, at_foot: bool = False) -> RailButton:
        """A place to go. Those at the foot open something and are not places themselves."""
        made = RailButton(glyph, words, shortcut)
        self.buttons[key] = made
        places = sum(not button.property("foot") for button in self.buttons.values()) - 1
        if at_foot:
            made.setCheckable(False)
            made.setProperty("foot", True)
            self._layout.insertWidget(self._layout.count() - 1, made)
        else:
            self._group.addButton(made)
            self._layout.insertWidget(1 + places, made)
        return made

    def show_place(self, key: str) -> None:
        self.buttons[key].setChecked(True)
