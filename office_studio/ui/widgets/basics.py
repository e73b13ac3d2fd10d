"""Small painted widgets: glyphs, shapes, chips, labels that give way, panel heads, empty states."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from office_studio.ui import paint
from office_studio.ui.icons import check_glyph, draw_glyph
from office_studio.ui.status_shapes import draw_status
from office_studio.ui.theming import theme
from office_studio.ui.widgets.layouts import Item, hbox, label, line, vbox


class ElidingLabel(QLabel):
    """A label that gives way: elides instead of widening its panel; the whole text is in the tool tip."""

    def __init__(self, words: str = "", role: str | None = None) -> None:
        super().__init__(words)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(20)
        if role:
            self.setProperty("role", role)

    def setText(self, words: str) -> None:
        if words != self.text():
            super().setText(words)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        tip = self.text() if words != self.text() else ""
        if tip != self.toolTip():
            self.setToolTip(tip)
        painter.drawText(self.rect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), words)


class Paragraph(QLabel):
    """Wrapped text with the line height of the design; ``QLabel`` has none for plain text."""

    def __init__(self, words: str = "", role: str | None = None) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        if role:
            self.setProperty("role", role)
        self._words = ""
        self.set_words(words)

    def set_words(self, words: str) -> None:
        if words != self._words:
            self._words = words
            self.setText(f'<p style="line-height:126%; margin:0">{escape(words)}</p>')
            self.setAccessibleName(words)


class Glyph(QWidget):
    def __init__(self, name: str, role: str = "text_muted", size: int = 16) -> None:
        super().__init__()
        check_glyph(name)
        self._name, self._role = name, role
        self.setFixedSize(size, size)

    def set_glyph(self, name: str, role: str | None = None) -> None:
        if (name, role or self._role) != (self._name, self._role):
            check_glyph(name)
            self._name, self._role = name, role or self._role
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_glyph(QPainter(self), QRectF(self.rect()), self._name, theme().color(self._role))


class StatusDot(QWidget):
    def __init__(self, status: str, size: int = 12) -> None:
        super().__init__()
        self._status, self._size = status, size
        self.setFixedSize(size + 6, size + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_status(QPainter(self), QPointF(self.width() / 2, self.height() / 2), self._size, self._status)


class Chip(QWidget):
    """A small fact to read: shape or glyph, words, and an age in muted. Chips state, they never act."""

    _HEIGHT = 22

    def __init__(self, words: str = "", *, status: str = "", glyph: str = "", tone: str = "", detail: str = "") -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._words, self._status, self._glyph, self._tone, self._detail = words, status, glyph, tone, detail
        self.setAccessibleName(", ".join(filter(None, (words, detail))))

    def set_fact(
        self, words: str, *, status: str = "", glyph: str = "", tone: str = "", detail: str = "", tip: str = ""
    ) -> None:
        fact = (words, status, glyph, tone, detail)
        if fact != (self._words, self._status, self._glyph, self._tone, self._detail):
            self._words, self._status, self._glyph, self._tone, self._detail = fact
            self.setAccessibleName(", ".join(filter(None, (words, detail))))
            self.updateGeometry()
            self.update()
        if tip != self.toolTip():
            self.setToolTip(tip)

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(theme().font("small", "medium"))
        width = metrics.horizontalAdvance(self._words) + 18
        if self._status:
            width += 16 + (5 if self._status == "collaborating" else 0)
        if self._glyph:
            width += 18
        if self._detail:
            width += metrics.horizontalAdvance(self._detail) + 7
        return QSize(round(width) + 1, self._HEIGHT)

    minimumSizeHint = sizeHint

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, rect, tone = QPainter(self), QRectF(self.rect()), self._tone or self._status
        ground = f"{tone}_tint" if tone and theme().has_color(f"{tone}_tint") else "hover"
        paint.pill(painter, rect, theme().color(ground))
        font, middle, x = theme().font("small", "medium"), rect.center().y(), 9.0
        if self._status:
            offset = 2.5 if self._status == "collaborating" else 0.0
            draw_status(painter, QPointF(x + 5 + offset, middle), 11, self._status)
            x += 16 + 2 * offset
        if self._glyph:
            draw_glyph(painter, QRectF(x - 1, middle - 7.5, 15, 15), self._glyph, theme().color(tone or "text_muted"))
            x += 18
        ink = tone if tone and theme().has_color(tone) else "text"
        x += paint.text(painter, QRectF(x, 0, rect.width(), rect.height()), self._words, ink, font, elide=False)
        if self._detail:
            area = QRectF(x + 7, 0, rect.width(), rect.height())
            paint.text(painter, area, self._detail, "text_muted", theme().font("small", numeric=True), elide=False)


class AgentChip(Chip):
    """A chip naming another agent; a click jumps to it."""

    def __init__(self, agent_id: str, name: str, status: str, on_jump: object) -> None:
        super().__init__(name, status=status)
        self.agent_id = agent_id
        self._on_jump = on_jump
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(f"Inspect {name}")
        self.setProperty("radius", 14)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if callable(self._on_jump) and self.rect().contains(event.position().toPoint()):
            self._on_jump(self.agent_id)

    def keyPressEvent(self, event: object) -> None:
        key = event.key() if hasattr(event, "key") else None
        if callable(self._on_jump) and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._on_jump(self.agent_id)
            return
        super().keyPressEvent(event)  # type: ignore[arg-type]


class Portrait(QWidget):
    """A square picture with soft corners."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._pixmap = QPixmap()
        self.setFixedSize(size, size)

    def set_pixmap(self, pixmap: QPixmap) -> None:
        if pixmap.cacheKey() != self._pixmap.cacheKey():
            self._pixmap = pixmap
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._pixmap.isNull():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(self.rect(), self._pixmap)


class PanelHeader(QFrame):
    """36 px: title, count in muted, then at most three tools."""

    def __init__(self, title: str, *tools: QWidget) -> None:
        super().__init__()
        self.setFixedHeight(36)
        self.title = label(title, "strong")
        self.count = label("", "muted")
        self.setLayout(hbox(self.title, self.count, None, *tools, margins=(12, 0, 6, 0), spacing=6))

    def set_count(self, words: str) -> None:
        if words != self.count.text():
            self.count.setText(words)


class Section(QWidget):
    """A part of a panel that folds: caret, title, something at the right, then its body."""

    def __init__(self, title: str, body: QWidget, extra: QWidget | None = None) -> None:
        super().__init__()
        self.body = body
        self._caret = Glyph("caret-down", "text_faint", 12)
        self.head = _SectionHead(self, title)
        self.head.setLayout(
            hbox(
                self._caret,
                label(title, "strong"),
                None,
                *([extra] if extra else []),
                margins=(12, 0, 12, 0),
                spacing=6,
            )
        )
        self.setLayout(vbox(line(), self.head, body, spacing=0))

    @property
    def is_open(self) -> bool:
        return not self.body.isHidden()

    def set_open(self, is_open: bool) -> None:
        self.body.setVisible(is_open)
        self._caret.set_glyph("caret-down" if is_open else "caret-right")


class _SectionHead(QToolButton):
    def __init__(self, section: Section, title: str) -> None:
        super().__init__()
        self.setFixedHeight(32)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(lambda: section.set_open(not section.is_open))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.underMouse():
            QPainter(self).fillRect(self.rect(), theme().color("hover"))


class EmptyState(QWidget):
    """Glyph, what is not here, one sentence on what to do, the button that does it."""

    def __init__(self, glyph: str, title: str, words: str, *actions: QPushButton, width: int = 320) -> None:
        super().__init__()
        self._glyph = Glyph(glyph, "text_faint", 40)
        self.title = label(title, "title")
        self.words = Paragraph(words, "muted")
        self.words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.words.setFixedWidth(width)
        self.actions = hbox(None, *actions, None)
        middle: list[Item] = [
            None,
            hbox(None, self._glyph, None),
            12,
            hbox(None, self.title, None),
            4,
            hbox(None, self.words, None),
            16,
            self.actions,
            None,
        ]
        layout: QVBoxLayout = vbox(*middle, spacing=0, margins=(8, 16, 8, 16))
        self.setLayout(layout)

    def say(self, glyph: str, title: str, words: str) -> None:
        self._glyph.set_glyph(glyph)
        self.title.setText(title)
        self.words.set_words(words)
