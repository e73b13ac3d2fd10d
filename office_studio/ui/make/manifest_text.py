"""``theme.json`` to read: line numbers, the line of the chosen problem, marks at every line that has one."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent, QTextCursor, QTextFormat
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from office_studio.core.validation.report import Finding, Severity, worst
from office_studio.ui import paint
from office_studio.ui.status_shapes import draw_severity
from office_studio.ui.theming import theme

_MAX_CHARS = 1_000_000  # 256 KB is the format's own limit; more is too much to read
_BREAKS = "\r\u2029\ufdd0\ufdd1"  # Qt begins a line at them; those who count lines do not
_LINES_AT_ONCE = 600  # put into the view in one turn: 2 to 3 ms; a whole manifest would hold the window up for 70


class ManifestText(QPlainTextEdit):
    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "code")
        self.setReadOnly(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setAccessibleName("theme.json")
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self._marks: dict[int, Severity] = {}
        self._line: int | None = None
        self._column: int | None = None
        self._lines: list[str] = [""]  # as they are in the view, or will be when all of them are
        self._later: list[list[str]] = []  # those still to come, and below them ``_tail`` lines that are there
        self._tail = 0
        self._next: list[str] | None = None
        self._is_blank = True  # the one line there is belongs to nobody yet
        self.setUndoRedoEnabled(False)
        self._more = QTimer(self, singleShot=True, interval=0)
        self._more.timeout.connect(self._put_more)
        self._gutter = _Gutter(self)
        self.blockCountChanged.connect(lambda _count: self._set_margin())
        self.updateRequest.connect(self._on_update)
        theme().changed.connect(self._highlight)
        self._set_margin()

    @property
    def line(self) -> int | None:
        """The highlighted one, from 1."""
        return self._line

    def show_text(self, text: str, findings: tuple[Finding, ...]) -> None:
        self._put(_lines_of(text[:_MAX_CHARS]))
        by_line: dict[int, list[Severity]] = {}
        for finding in findings:
            if finding.line is not None and finding.file in (None, "theme.json"):
                by_line.setdefault(finding.line, []).append(finding.severity)
        self._marks = {number: worst(levels) for number, levels in by_line.items()}
        self._gutter.update()

    # -- filling -----------------------------------------------------------------------------------
    @property
    def is_whole(self) -> bool:
        """Whether all lines are there; large texts come over some turns of the event loop."""
        return not self._later

    def _put(self, lines: list[str]) -> None:
        """Change the lines that differ, so that an edit elsewhere costs next to nothing and the view stays."""
        if self._later:
            self._next = lines
            return
        old = [] if self._is_blank else self._lines
        if lines == old:
            return
        most = min(len(old), len(lines))
        head = next((at for at in range(most) if old[at] != lines[at]), most)
        tail = next((at for at in range(most - head) if old[-1 - at] != lines[-1 - at]), most - head)
        self._lines = lines
        at = self.verticalScrollBar().value()
        self._remove(head, len(old) - head - tail, is_end=not tail)
        new = lines[head : len(lines) - tail]
        self._tail = tail
        first = _LINES_AT_ONCE // 6  # this turn has done other things, too
        rest = range(first, len(new), _LINES_AT_ONCE)
        self._later = [part for part in (new[:first], *(new[i : i + _LINES_AT_ONCE] for i in rest)) if part]
        self._put_more()
        self.verticalScrollBar().setValue(at)

    def _remove(self, first: int, count: int, *, is_end: bool) -> None:
        """With the line break before them where they are the end; an empty document has one line all the same."""
        if not count:
            return
        if first == 0 and is_end:
            self.clear()
            self._is_blank = True
            return
        document = self.document()
        cursor = QTextCursor(document.findBlockByNumber(first))
        if is_end:
            cursor.movePosition(QTextCursor.MoveOperation.PreviousCharacter)
            cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        else:
            cursor.setPosition(document.findBlockByNumber(first + count).position(), QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()

    def _put_more(self) -> None:
        if not self._later:
            return
        document = self.document()
        piece = "\n".join(self._later.pop(0))
        if self._tail:
            cursor = QTextCursor(document.findBlockByNumber(self.blockCount() - self._tail))
            cursor.insertText(f"{piece}\n")
        else:
            cursor = QTextCursor(document)
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(piece if self._is_blank else f"\n{piece}")
        self._is_blank = False
        if self._later:
            self._more.start()
            return
        newer, self._next = self._next, None
        if newer is not None:  # came meanwhile
            self._put(newer)
        if self._line is not None and self.is_whole:
            self.go_to(self._line, self._column)

    def go_to(self, line: int | None, column: int | None = None) -> None:
        """Highlight a line and bring it to the middle; None for none."""
        self._line, self._column = line, column
        block = self.document().findBlockByNumber(line - 1) if line is not None else None
        if block is not None and block.isValid():
            cursor = QTextCursor(block)
            cursor.setPosition(block.position() + min(max(0, (column or 1) - 1), max(0, block.length() - 1)))
            self.setTextCursor(cursor)
            self.centerCursor()
        self._highlight()

    def _highlight(self) -> None:
        selections = []
        block = self.document().findBlockByNumber(self._line - 1) if self._line is not None else None
        if block is not None and block.isValid():
            mark = QTextEdit.ExtraSelection()
            mark.format.setBackground(theme().color("selection"))  # type: ignore[attr-defined]
            mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)  # type: ignore[attr-defined]
            mark.cursor = QTextCursor(block)  # type: ignore[attr-defined]
            selections.append(mark)
        self.setExtraSelections(selections)
        self._gutter.update()

    # -- gutter ------------------------------------------------------------------------------------
    def gutter_width(self) -> int:
        digits = max(3, len(str(self.blockCount())))
        return 34 + round(paint.text_width("0", theme().font("small", "regular", "mono")) * digits)

    def _set_margin(self) -> None:
        self.setViewportMargins(self.gutter_width(), 0, 0, 0)

    def _on_update(self, rect: QRect, dy: int) -> None:
        if dy:
            self._gutter.scroll(0, dy)
        else:
            self._gutter.update(0, rect.y(), self._gutter.width(), rect.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._gutter.setGeometry(inside.x(), inside.y(), self.gutter_width(), inside.height())
        if self._line is not None:
            self.centerCursor()

    def paint_gutter(self, painter: QPainter, area: QRect) -> None:
        ui = theme()
        painter.fillRect(area, ui.color("sunken"))
        block, offset = self.firstVisibleBlock(), self.contentOffset()
        font, width = ui.font("small", "regular", "mono"), self.gutter_width()
        while block.isValid():
            rect = self.blockBoundingGeometry(block).translated(offset)
            if rect.top() > area.bottom():
                break
            number = block.blockNumber() + 1
            ink: str | QColor = "text" if number == self._line else "text_faint"
            line = QRectF(0, rect.top(), width - 10, rect.height())
            paint.text(painter, line, str(number), ink, font, paint.RIGHT, elide=False)
            severity = self._marks.get(number)
            if severity is not None:
                draw_severity(painter, QRectF(6, rect.center().y() - 6, 12, 12), severity.value)
            block = block.next()


def _lines_of(text: str) -> list[str]:
    text = text.replace("\r\n", "\n")
    for mark in _BREAKS:
        if mark in text:
            text = text.replace(mark, " ")
    return text.split("\n")


class _Gutter(QWidget):
    def __init__(self, text: ManifestText) -> None:
        super().__init__(text)
        self._text = text

    def sizeHint(self) -> QSize:
        return QSize(self._text.gutter_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._text.paint_gutter(QPainter(self), event.rect())
