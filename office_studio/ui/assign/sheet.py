"""A decision in the window: a surface over a scrim that holds the keyboard until it is answered."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from office_studio.ui.widgets.basics import Glyph
from office_studio.ui.widgets.floating import Floating, Scrim
from office_studio.ui.widgets.layouts import Item, button, hbox, label, vbox

_MARGIN = 24


class Sheet(Floating):
    """Shown when made; deleted when closed. Esc closes it, Enter presses the primary button.

    Signals:
        closed(): by whichever way. Focus is back where it was.
    """

    closed = Signal()

    def __init__(self, window: QWidget, title: str, *body: Item, width: int, glyph: str = "", tone: str = "") -> None:
        self._window = window
        self._came_from = _first_focus(window)
        self._scrim = Scrim(window, self.cancel)
        self.cancel_button = button("Cancel", "ghost")
        self.primary = button("", "primary")
        self.title = label(title, "title")
        head = hbox(*([Glyph(glyph, tone or "text_muted", 20)] if glyph else []), self.title, None, spacing=10)
        self.foot = hbox(None, self.cancel_button, self.primary)
        column: QVBoxLayout = vbox(head, *body, 4, self.foot, margins=(_MARGIN, 18, _MARGIN, 16), spacing=10)
        super().__init__(column, window, radius=12, pad=28)
        self.setFixedWidth(width + 2 * self.pad)
        self.setAccessibleName(title)
        self.cancel_button.clicked.connect(self.cancel)
        self._is_closed = False
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def open(self, focus: QWidget | None = None) -> None:
        """Show it, with the keyboard on ``focus``, else on the primary button."""
        self._window.installEventFilter(self)
        self._scrim.show()
        self.show()
        self.place()
        target = focus or self.primary
        if not target.isEnabled():
            target = self  # Enter and Esc count here too
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_primary(self, words: str, kind: str = "primary") -> None:
        if self.primary.text() != words:
            self.primary.setText(words)
            self.primary.setAccessibleName(words)

    def set_cancel(self, words: str) -> None:
        """What leaving is called; screen readers hear the same."""
        self.cancel_button.setText(words)
        self.cancel_button.setAccessibleName(words)

    def add_button(self, made: QPushButton, *, at_left: bool = False) -> QPushButton:
        """Another button in the foot: at the left end, else before Cancel."""
        self.foot.insertWidget(0 if at_left else self.foot.indexOf(self.cancel_button), made)
        return made

    def cancel(self) -> None:
        """Esc, Cancel or a click beside it."""
        self.close_sheet()

    def close_sheet(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        self._window.removeEventFilter(self)
        focused = QApplication.focusWidget()
        has_focus = focused is None or self.isAncestorOf(focused)  # else the next sheet has it already
        self.hide()
        self._scrim.hide()
        self._scrim.deleteLater()
        self.deleteLater()
        if has_focus:  # it must not stay in what is hidden now
            came_from = self._came_from
            is_there = came_from is not None and isValid(came_from) and came_from.isVisible()
            (came_from if came_from is not None and is_there else self._window).setFocus(
                Qt.FocusReason.OtherFocusReason
            )
        self.closed.emit()

    def place(self) -> None:
        """Fit the height to the content, in the middle of the window."""
        layout = self.layout()
        if layout is None or not self.isVisible():
            return
        layout.activate()
        most = self._window.height() - 40 + 2 * self.pad
        wanted = layout.totalHeightForWidth(self.width()) if layout.hasHeightForWidth() else layout.sizeHint().height()
        self.resize(self.width(), min(most, wanted))
        width, height = self.visible_size()
        self.move_visible((self._window.width() - width) // 2, max(20, (self._window.height() - height) // 2))
        self._scrim.raise_()
        self.raise_()

    # -- keyboard ----------------------------------------------------------------------------------
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # keys of the window behind the scrim do not count
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancel()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = self.focusWidget()
            target = focused if isinstance(focused, QPushButton) and focused.isEnabled() else self.primary
            target.click()
        else:
            event.accept()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays inside."""
        chain: list[QWidget] = []
        at = self.nextInFocusChain()
        while at is not self and at is not None:
            chain.append(at)
            at = at.nextInFocusChain()
        able = [
            one
            for one in chain
            if self.isAncestorOf(one)
            and one.isVisible()
            and one.isEnabled()
            and one.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        if not able:
            return True
        focused = QApplication.focusWidget()
        at_index = able.index(focused) if focused in able else (-1 if forward else 0)
        target = able[(at_index + (1 if forward else -1)) % len(able)]
        target.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self.place()
        return False


def _first_focus(window: QWidget) -> QWidget | None:
    """Who had the focus before any sheet or dialog was there: one may lead to the next."""
    focused = QApplication.focusWidget()
    if focused is not None and focused.window() is not window:
        focused = window.focusWidget()
    at = focused
    while at is not None:
        if isinstance(at, Sheet):
            return at._came_from
        at = at.parentWidget()
    return focused
