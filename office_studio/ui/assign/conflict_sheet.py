"""Somebody else changed the seat: theirs, yours, or neither for now. Two cards, and a button that names the result."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QWidget

from office_studio.ui import formats, paint
from office_studio.ui.assign.controller import AssignController
from office_studio.ui.assign.deeds import HistoryEntry, SeatConflict
from office_studio.ui.assign.sheet import Sheet
from office_studio.ui.office_store import OfficeStore
from office_studio.ui.portraits import Portraits
from office_studio.ui.status_shapes import draw_status
from office_studio.ui.theming import theme
from office_studio.ui.widgets.basics import Glyph, Paragraph
from office_studio.ui.widgets.layouts import hbox

_WIDTH = 536


class ConflictSheet(Sheet):
    """Signals:
    answered(bool): True writes yours over it, False keeps what the office has. Not sent when cancelled.
    """

    answered = Signal(bool)

    def __init__(
        self,
        window: QWidget,
        controller: AssignController,
        store: OfficeStore,
        portraits: Portraits,
        entry: HistoryEntry,
    ) -> None:
        assert entry.conflict is not None
        self.words = ConflictWords(controller, entry, entry.conflict)
        said = self.words
        self.theirs = _Card("On the server", said.their_agent, said.their_name, said.their_note, store, portraits)
        self.mine = _Card("Yours", said.my_agent, said.my_name, said.my_note, store, portraits)
        cards = QButtonGroup(window)
        for card in (self.theirs, self.mine):
            cards.addButton(card)
        cards.setExclusive(True)
        self.theirs.setChecked(True)
        note = hbox(Glyph("info", "text_muted", 16), (Paragraph(said.note, "small"), 1), spacing=8)
        super().__init__(
            window, said.title, Paragraph(said.story), 2, hbox((self.theirs, 1), (self.mine, 1), spacing=12), note,
            width=_WIDTH, glyph="warning-fill", tone="warning",
        )  # fmt: skip
        cards.setParent(self)
        cards.buttonToggled.connect(self._name_result)
        for card in (self.theirs, self.mine):
            card.moved.connect(self._choose_other)
        self.primary.clicked.connect(self._answer)
        self._name_result()
        self.open()

    def _choose_other(self) -> None:
        other = self.mine if self.theirs.isChecked() else self.theirs
        other.setChecked(True)
        other.setFocus(Qt.FocusReason.TabFocusReason)

    def _name_result(self, *_: object) -> None:
        self.set_primary(self.words.keep if self.theirs.isChecked() else self.words.write)

    def _answer(self) -> None:
        keep_mine = self.mine.isChecked()
        self.close_sheet()
        self.answered.emit(keep_mine)


class ConflictWords:
    """What to say about a conflict."""

    def __init__(self, controller: AssignController, entry: HistoryEntry, conflict: SeatConflict) -> None:
        slot, name, label = conflict.slot, controller.name, controller.label
        theirs, wanted = conflict.theirs(slot), entry.deed.after.get(slot)
        moved_away = slot not in entry.deed.after  # not the seat: the agent was seated elsewhere
        if moved_away and theirs is not None:
            goal = next((at for at, who in entry.deed.after.items() if who == theirs), None)
            self.title = f"{name(theirs)} was seated somewhere else"
            self.their_agent, self.their_name = theirs, name(theirs)
            self.my_agent, self.my_name = theirs, name(theirs)
            self.their_note, self.my_note = label(slot), label(goal)
            self.keep, self.write = f"Keep {label(slot)}", f"Move to {label(goal)}"
            did = f"put {name(theirs)} on {label(slot)}"
        else:
            self.title = f"{label(slot)} was changed somewhere else"
            self.their_agent, self.their_name = theirs or "", name(theirs) if theirs else "Empty"
            self.my_agent, self.my_name = wanted or "", name(wanted) if wanted else "Empty"
            self.their_note = f"read at {formats.clock_seconds(conflict.seen_at_ms)}"
            self.my_note = f"{formats.clock_seconds(entry.at_ms)}, this window"
            self.keep = f"Keep {name(theirs)}" if theirs else "Leave it empty"
            self.write = f"Seat {name(wanted)}" if wanted else f"Empty {label(slot)}"
            did = f"put {name(theirs)} there" if theirs else "emptied it"
        more = len(conflict.slots) - 1
        others = f" {formats.plural(more, 'more seat')} of this step changed too." if more else ""
        self.story = f"You asked: {entry.words}. Since you last looked, another window {did}.{others}"
        loses = "Whoever loses the seat becomes unassigned."
        self.note = f"Nothing has been written yet. {loses}"


class _Card(QAbstractButton):
    """Signals:
    moved(): an arrow key asks for the other card.
    """

    moved = Signal()

    def __init__(
        self, head: str, agent_id: str, name: str, note: str, store: OfficeStore, portraits: Portraits
    ) -> None:
        super().__init__()
        self._head, self._agent_id, self._name, self._note = head, agent_id, name, note
        self._store, self._portraits = store, portraits
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{head}: {name}, {note}")
        self.setProperty("radius", 8)

    def sizeHint(self) -> QSize:
        return QSize(200, 86)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        arrows = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
        if event.key() in arrows:
            self.moved.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()  # answers the sheet
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, ui, rect = QPainter(self), theme(), QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_on = self.isChecked()
        painter.setPen(QPen(ui.color("accent" if is_on else "border_strong"), 2 if is_on else 1))
        painter.setBrush(ui.color("selection" if is_on else "hover" if self.underMouse() else "raised"))
        painter.drawRoundedRect(rect, 8, 8)
        paint.text(painter, QRectF(14, 8, rect.width() - 50, 20), self._head, "text_muted", ui.font("small"))
        mark = QRectF(rect.right() - 30, 9, 16, 16)
        self._paint_mark(painter, mark, is_on)
        left = 14.0
        if self._agent_id:
            agent = self._store.agent(self._agent_id)
            status = agent.status.value if agent is not None else "offline"
            picture = self._portraits.of(self._agent_id, 34, self.devicePixelRatioF(), dim=status == "offline")
            painter.drawPixmap(QPointF(left, 38), picture)
            draw_status(painter, QPointF(left + 31, 68), 11, status, halo=painter.brush().color())
            left += 46
        area = QRectF(left, 36, rect.right() - 12 - left, 20)
        tone = "text" if self._agent_id else "text_muted"
        paint.text(painter, area, self._name, tone, ui.font("body", "medium"))
        paint.text(painter, area.translated(0, 18), self._note, "text_muted", ui.font("small"))

    def _paint_mark(self, painter: QPainter, mark: QRectF, is_on: bool) -> None:
        painter.save()
        painter.setPen(QPen(theme().color("accent_fill" if is_on else "border_control"), 1.4))
        painter.setBrush(theme().color("accent_fill") if is_on else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(mark)
        if is_on:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().color("on_accent"))
            painter.drawEllipse(mark.center(), 3, 3)
        painter.restore()
