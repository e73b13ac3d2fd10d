"""One ring around the focused widget, shown only when the focus came by keyboard.

A style sheet can only recolour a widget's own border, which moves its content or hides on coloured buttons; a ring
drawn outside does neither.
"""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget


class FocusRing(QWidget):
    """Follows the focus of the whole application. Widgets with the property ``ownFocus`` draw their own.

    Not an application-wide event filter in Python: that would run Python code for every event of the program. It
    listens to ``focusChanged`` and filters only the one widget it surrounds.
    """

    _KEYS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
    _instance: ClassVar[FocusRing | None] = None

    @classmethod
    def install(cls, app: QApplication) -> FocusRing:
        ring = cls()
        cls._instance = ring  # a QObject without an owner would be collected
        app.focusChanged.connect(ring._on_focus_changed)
        app.aboutToQuit.connect(ring._leave_window)
        return ring

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self._target: QWidget | None = None
        self._candidate: QWidget | None = None
        self._by_keyboard = False
        self.hide()

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        # focusChanged comes before FocusIn, which alone carries the reason.
        if self._candidate is not None:
            _unfilter(self._candidate, self)
        self._candidate = new
        self._target = None
        self.hide()
        if new is not None and not new.property("ownFocus"):
            new.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is not self._candidate:
            return False
        if kind == QEvent.Type.FocusIn and isinstance(event, QFocusEvent) and event.reason() in self._KEYS:
            self._show_around(self._candidate)
        elif kind in (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show) and self._target is not None:
            self._place()
        elif kind in (QEvent.Type.Hide, QEvent.Type.FocusOut):
            self._target = None
            self.hide()
        return False

    def _show_around(self, target: QWidget | None) -> None:
        if target is None:
            return
        self._target = target
        self.setParent(target.window())
        self._place()
        self.show()
        self.raise_()

    def _leave_window(self) -> None:
        self.setParent(None)
        self.hide()

    def _place(self) -> None:
        if self._target is None:
            return
        corner = self._target.mapTo(self._target.window(), QPoint(0, 0))
        self.setGeometry(QRect(corner, self._target.size()).adjusted(-3, -3, 3, 3))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        from office_studio.ui.theming import theme

        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().color("focus"), 2))
        wanted = self._target.property("radius") if self._target is not None else None
        radius = min(wanted or 8, self.height() / 2)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)


def _unfilter(widget: QWidget, ring: FocusRing) -> None:
    try:
        widget.removeEventFilter(ring)
    except RuntimeError:
        pass  # the widget was deleted while it had the focus
