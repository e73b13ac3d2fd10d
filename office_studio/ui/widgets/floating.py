"""Surfaces that float: popovers with a painted shadow, the scrim behind a sheet, toasts, banners."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFont,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QLabel, QLayout, QPushButton, QWidget

from office_studio.ui import paint
from office_studio.ui.theming import theme
from office_studio.ui.widgets.basics import ElidingLabel, Glyph
from office_studio.ui.widgets.layouts import button, hbox, label, tool, vbox


class Floating(QFrame):
    """An overlay surface that paints its own shadow in a margin of ``pad`` px. Place it by the visible edge."""

    def __init__(self, content: QLayout, parent: QWidget, radius: int = 12, pad: int = 20) -> None:
        super().__init__(parent)
        self._radius, self.pad = radius, pad
        self._shadow: tuple[object, QPixmap] | None = None
        inner = content.contentsMargins()
        content.setContentsMargins(inner.left() + pad, inner.top() + pad, inner.right() + pad, inner.bottom() + pad)
        self.setLayout(content)

    def move_visible(self, x: int, y: int) -> None:
        """Put the visible top left corner at (x, y) of the parent."""
        self.move(x - self.pad, y - self.pad)

    def visible_geometry(self) -> QRect:
        """The surface without its shadow, in the parent's pixels."""
        return self.geometry().adjusted(self.pad, self.pad, -self.pad, -self.pad)

    def visible_size(self) -> tuple[int, int]:
        return self.width() - 2 * self.pad, self.height() - 2 * self.pad

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(self.pad, self.pad, -self.pad, -self.pad)
        painter.drawPixmap(0, 0, self._shadow_of(rect))
        painter.setBrush(theme().color("overlay"))
        painter.setPen(QPen(theme().color("border_strong" if theme().is_dark() else "border"), 1))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), self._radius, self._radius)

    def _shadow_of(self, rect: QRectF) -> QPixmap:
        """Painted once for a size: it is some 20 outlines, and the scene below repaints all the time."""
        dpr = self.devicePixelRatioF()
        key = (self.width(), self.height(), dpr, theme().is_dark())
        if self._shadow is None or self._shadow[0] != key:
            made = QPixmap(self.size() * dpr)
            made.setDevicePixelRatio(dpr)
            made.fill(Qt.GlobalColor.transparent)
            painter = QPainter(made)
            paint.soft_shadow(painter, rect, self._radius, self.pad)
            painter.end()
            self._shadow = (key, made)
        return self._shadow[1]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()  # a click on the surface must not reach the scene below


class Scrim(QWidget):
    """Darkens the window behind a sheet; a click on it means "not now"."""

    def __init__(self, parent: QWidget, on_click: Callable[[], None]) -> None:
        super().__init__(parent)
        self._on_click = on_click
        self.setGeometry(parent.rect())
        parent.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self.parent():
            self.setGeometry(self.parentWidget().rect())
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._on_click()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(0, 0, 0, 120 if theme().is_dark() else 80))


class Banner(QFrame):
    """One line across the top of what it concerns: what happened, where, what to do. Stays until solved."""

    def __init__(self) -> None:
        super().__init__()
        self._tone = "info"
        self._glyph = Glyph("info", "info", 18)
        self._title = label("", "strong")
        self._detail = ElidingLabel("", "muted")
        self._actions: list[QPushButton] = []
        self.setLayout(hbox(self._glyph, self._title, (self._detail, 1), margins=(14, 6, 8, 6), spacing=8))
        self.setFixedHeight(42)
        self.hide()

    @property
    def words(self) -> str:
        return f"{self._title.text()} {self._detail.text()}"

    def say(self, tone: str, glyph: str, title: str, detail: str, *actions: tuple[str, Callable[[], None]]) -> None:
        """Show the banner. ``tone`` is a colour role with a tint; the first of the actions is drawn as a button."""
        self._tone = tone
        self._glyph.set_glyph(glyph, tone)
        self._title.setText(title)
        self.say_detail(detail)
        if [b.accessibleName() for b in self._actions] != [words for words, _ in actions]:
            for old in self._actions:
                old.deleteLater()
            self._actions = [
                button(words, "ghost" if i else None, density="small") for i, (words, _) in enumerate(actions)
            ]
            for made, (_, run) in zip(self._actions, actions, strict=True):
                made.clicked.connect(run)
                self.layout().addWidget(made)
        self.setAccessibleName(self.words)
        self.update()
        self.show()

    def say_detail(self, detail: str) -> None:
        self._detail.setText(detail)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().color(f"{self._tone}_tint"))
        painter.fillRect(QRect(0, 0, 3, self.height()), theme().color(f"{self._tone}_mark"))
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), theme().color("border"))


_TOAST_LINE_PX = 400


def _line(words: str, role: str) -> QLabel:
    """What is longer than a toast should be wide goes on below, but not for ever: the whole is in the tool tip."""
    made = label(words, role)
    made.ensurePolished()
    metrics = made.fontMetrics()
    if metrics.horizontalAdvance(words) > _TOAST_LINE_PX:
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, round(2.6 * _TOAST_LINE_PX))
        made.setText("\n".join(_wrapped(shown, made.font())))
        made.setToolTip(words)
    return made


def _wrapped(words: str, font: QFont) -> list[str]:
    """Lines of at most ``_TOAST_LINE_PX``; a word that is longer than a line is cut, which ``QLabel`` cannot do."""
    layout, option = QTextLayout(words, font), QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    found, units = [], words.encode("utf-16-le", "surrogatepass")  # Qt counts in units of UTF-16
    while (line := layout.createLine()).isValid():
        line.setLineWidth(_TOAST_LINE_PX)
        start = 2 * line.textStart()
        found.append(units[start : start + 2 * line.textLength()].decode("utf-16-le", "surrogatepass").strip())
    layout.endLayout()
    return found


class Toast(Floating):
    """The result of something, lower left on the stage; goes by itself, waits while the mouse is on it.

    Signals:
        dismissed()
    """

    dismissed = Signal()

    def __init__(
        self,
        parent: QWidget,
        glyph: str,
        tone: str,
        title: str,
        detail: str = "",
        action: tuple[str, Callable[[], None]] | None = None,
    ) -> None:
        close = tool("x", "Dismiss", "mini", 14)
        parts: list[QWidget] = []
        if action is not None:
            act = button(action[0], "link")
            act.clicked.connect(action[1])
            act.clicked.connect(self.dismiss)
            parts.append(act)
        lines = vbox(_line(title, "strong"), spacing=1)
        if detail:
            lines.addWidget(_line(detail, "small-muted"))
        layout = hbox(Glyph(glyph, tone, 20), lines, 12, *parts, close, margins=(14, 10, 8, 10), spacing=10)
        super().__init__(layout, parent, radius=10)
        close.clicked.connect(self.dismiss)
        self.title = title
        self.detail = detail
        self.key = ""
        self.setAccessibleName(f"{title} {detail}".strip())
        motion = theme().tokens["motion"]
        self._timer = QTimer(self, singleShot=True, interval=motion["undo_toast_ms" if action else "toast_ms"])
        self._timer.timeout.connect(self.dismiss)
        self._timer.start()

    def dismiss(self) -> None:
        self._timer.stop()
        self.hide()
        self.dismissed.emit()
        self.deleteLater()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        self._timer.start()


class ToastStack(QObject):
    """Keeps at most three toasts, newest lowest, at the lower left of ``host``."""

    LIMIT = 3

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self._toasts: list[Toast] = []
        host.installEventFilter(self)

    @property
    def toasts(self) -> tuple[Toast, ...]:
        return tuple(self._toasts)

    def show(
        self,
        title: str,
        detail: str = "",
        *,
        tone: str = "success",
        action: tuple[str, Callable[[], None]] | None = None,
        key: str = "",
    ) -> Toast:
        """``key``: a toast of the same key goes, for what it says is no longer the latest."""
        for old in [toast for toast in self._toasts if key and toast.key == key]:
            self._toasts.remove(old)
            old.dismiss()
        glyph = {"success": "check-circle-fill", "error": "x-circle-fill", "warning": "warning-fill"}.get(
            tone, "info-fill"
        )
        toast = Toast(self._host, glyph, tone, title, detail, action)
        toast.key = key
        toast.dismissed.connect(lambda: self._forget(toast))
        while len(self._toasts) >= self.LIMIT:
            self._toasts.pop(0).dismiss()
        self._toasts.append(toast)
        toast.adjustSize()
        toast.show()
        self._place()
        return toast

    def clear(self) -> None:
        for toast in list(self._toasts):
            toast.dismiss()
        self._toasts.clear()

    def _forget(self, toast: Toast) -> None:
        if toast in self._toasts:
            self._toasts.remove(toast)
            self._place()

    def _place(self) -> None:
        bottom = self._host.height() - 12
        for toast in reversed(self._toasts):
            _, height = toast.visible_size()
            toast.move_visible(12, bottom - height)
            toast.raise_()
            bottom -= height + 8

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._host:
            self._place()
        return False
