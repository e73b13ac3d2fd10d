"""The 44 px header: menu, office, connection, theme; search in the exact middle; panel switches at the right."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QMenu, QSizePolicy, QToolButton, QWidget

from office_studio.ui import paint
from office_studio.ui.icons import draw_glyph
from office_studio.ui.office_store import OfficeStore
from office_studio.ui.theming import theme
from office_studio.ui.widgets.connection_chip import ConnectionChip
from office_studio.ui.widgets.layouts import hbox, tool

HEIGHT = 44
_SEARCH_MIN, _SEARCH_MAX = 150, 360


class Picker(QToolButton):
    """Names the current choice and opens a menu: glyph, text, caret."""

    _MAX_TEXT = 180

    def __init__(self, words: str, glyph: str, what: str) -> None:
        super().__init__()
        self._words, self._glyph, self._what = words, glyph, what
        self.setFixedHeight(28)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.set_words(words)

    @property
    def words(self) -> str:
        return self._words

    def set_words(self, words: str) -> None:
        self._words = words
        self.setAccessibleName(f"{self._what}: {words}")
        self.setToolTip(f"{self._what}: {words}")
        self.updateGeometry()
        self.update()

    def _text_width(self) -> int:
        width = QFontMetricsF(theme().font("body", "medium")).horizontalAdvance(self._words)
        return min(self._MAX_TEXT, round(width) + 1)

    def sizeHint(self) -> QSize:
        return QSize(self._text_width() + 24 + 34, 28)

    minimumSizeHint = sizeHint

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, ui = QPainter(self), theme()
        if self.underMouse() or self.isDown():
            paint.pill(painter, QRectF(self.rect()), ui.color("pressed" if self.isDown() else "hover"), radius=6)
        draw_glyph(painter, QRectF(9, 6, 16, 16), self._glyph, ui.color("text_muted"))
        area = QRectF(33, 0, self._text_width(), 28)
        width = paint.text(painter, area, self._words, "text", ui.font("body", "medium"))
        draw_glyph(painter, QRectF(33 + width + 6, 9, 11, 11), "caret-down", ui.color("text_faint"))


class SearchButton(QFrame):
    """Opens the command palette. Looks like a field, is a button.

    Signals:
        clicked()
    """

    clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(28)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Find agents, commands and themes")
        self.setToolTip("Find agents, commands and themes  Ctrl+K")
        self.setProperty("radius", 8)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def keyPressEvent(self, event: object) -> None:
        key = event.key() if hasattr(event, "key") else None
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, ui, rect = QPainter(self), theme(), QRectF(self.rect())
        ground = "hover" if self.underMouse() else "surface"
        paint.pill(painter, rect, ui.color(ground), ui.color("border_strong"), radius=6)
        draw_glyph(painter, QRectF(9, 6.5, 15, 15), "magnifying-glass", ui.color("text_muted"))
        key_font = ui.font("micro")
        key_width = paint.text_width("Ctrl K", key_font) + 16
        key = QRectF(rect.right() - key_width - 6, 5, key_width, 18)
        words = "Find agents, commands, themes"
        paint.text(painter, QRectF(31, 0, key.left() - 37, 28), words, "text_muted", ui.font("body"))
        paint.pill(painter, key, ui.color("hover"), ui.color("border"), radius=4)
        paint.text(painter, key, "Ctrl K", "text_muted", key_font, paint.CENTER, elide=False)


class Header(QFrame):
    """Signals:
    search_requested()
    """

    search_requested = Signal()

    def __init__(self, store: OfficeStore) -> None:
        super().__init__()
        self.setProperty("level", "chrome")
        self.setProperty("edge", "bottom")
        self.setFixedHeight(HEIGHT)
        self.menu_button = tool("list", "Menu  F10", "", size=20)
        self.menu_button.setFixedSize(56, HEIGHT - 1)
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.office = Picker("No office", "buildings", "Office")
        self.connection = ConnectionChip(store)
        self.theme = Picker("No theme", "palette", "Theme")
        self.search = SearchButton()
        self.search.clicked.connect(self.search_requested)
        self.left_switch = tool("msc.layout-sidebar-left", "Left panel  Ctrl+B", "toggle", checkable=True)
        self.bottom_switch = tool("msc.layout-panel", "Bottom panel  Ctrl+J", "toggle", checkable=True)
        self.right_switch = tool("msc.layout-sidebar-right", "Right panel  Ctrl+Alt+B", "toggle", checkable=True)
        self._left = QWidget(self)
        self._chosen = hbox(self.office, 2, self.connection, 6, self.theme, spacing=2)
        self._left.setLayout(hbox(self.menu_button, self._chosen, spacing=0))
        self._right = QWidget(self)
        self._right.setLayout(hbox(self.left_switch, self.bottom_switch, self.right_switch, spacing=2))
        self.search.setParent(self)
        store.connection_changed.connect(self._place)
        for left, right in (
            (self.menu_button, self.office),
            (self.office, self.connection),
            (self.connection, self.theme),
            (self.theme, self.search),
            (self.search, self.left_switch),
        ):
            QWidget.setTabOrder(left, right)

    def set_menus(self, main: QMenu | None, office: QMenu, connection: QMenu, themes: QMenu) -> None:
        if main is not None:
            self.menu_button.setMenu(main)
        self.menu_button.setVisible(main is not None)
        self.office.setMenu(office)
        self.connection.setMenu(connection)
        self.theme.setMenu(themes)

    def name_choices(self, office: str, theme_name: str) -> None:
        self.office.set_words(office)
        self.theme.set_words(theme_name)
        self._place()

    def show_theme_picker(self, is_shown: bool) -> None:
        self.theme.setVisible(is_shown)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self, *_: object) -> None:
        """Search in the exact middle; it gives way when the left side needs the room, and goes when there is none."""
        layout = self._left.layout()
        if layout is not None:
            # Parts may have come, gone or grown; the outer layout does not tell the inner one.
            self._chosen.invalidate()
            layout.invalidate()
        left = self._left.sizeHint()
        right = self._right.sizeHint()
        width = self.width()
        self._left.setGeometry(0, 0, left.width(), HEIGHT - 1)
        self._right.setGeometry(width - right.width() - 8, 0, right.width(), HEIGHT - 1)
        free_from, free_to = left.width() + 12, width - right.width() - 20
        room = free_to - free_from
        self.search.setVisible(room >= _SEARCH_MIN)
        wanted = max(_SEARCH_MIN, min(_SEARCH_MAX, room))
        x = max(free_from, min((width - wanted) // 2, free_to - wanted))
        self.search.setGeometry(x, 7, wanted, 28)
