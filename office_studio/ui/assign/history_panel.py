"""The bottom panel of Assign: each change as a sentence with its state, newest first."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from office_studio.ui import formats
from office_studio.ui.assign.controller import AssignController, EntryState, HistoryEntry
from office_studio.ui.icons import icon
from office_studio.ui.widgets.basics import ElidingLabel, Glyph, PanelHeader
from office_studio.ui.widgets.layouts import button, hbox, label, vbox

_LOOKS = {
    EntryState.SAVING: ("spinner-gap", "text_muted"),
    EntryState.SAVED: ("check-circle", "success"),
    EntryState.UNDONE: ("arrow-u-up-left", "text_muted"),
    EntryState.FAILED: ("x-circle", "error"),
    EntryState.PARTLY: ("warning-circle", "warning"),
    EntryState.CONFLICT: ("warning-circle", "warning"),
    EntryState.KEPT: ("minus-circle", "text_muted"),
}
_ROWS = 30


Resolve = Callable[[HistoryEntry], None]


class HistoryPanel(QFrame):
    def __init__(self, controller: AssignController, resolve: Resolve) -> None:
        super().__init__()
        self._resolve = resolve
        self.setProperty("level", "surface")
        self._controller = controller
        self._undo = button("Undo", "ghost", "arrow-u-up-left", "small")
        self._redo = button("Redo", "ghost", "arrow-u-up-right", "small")
        for made in (self._undo, self._redo):
            made.setIconSize(QSize(15, 15))
        self._undo.clicked.connect(controller.undo)
        self._redo.clicked.connect(controller.redo)
        self._undo.setIcon(icon("arrow-u-up-left"))
        self.header = PanelHeader("History", self._undo, self._redo)
        self._rows: list[_Row] = []
        self._nothing = label("Changes of seats appear here and can be undone.", "small-muted")
        self._nothing.setContentsMargins(12, 4, 12, 0)
        self._column = vbox(self._nothing, spacing=0)
        self._column.setAlignment(Qt.AlignmentFlag.AlignTop)
        body = QWidget()
        body.setProperty("level", "clear")
        body.setLayout(self._column)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        self.setLayout(vbox(self.header, (area, 1), spacing=0))
        controller.changed.connect(self.refresh)
        controller.progressed.connect(self.refresh)
        self.refresh()

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(row.words for row in self._rows if not row.isHidden())

    def refresh(self, *_: object) -> None:
        stack, entries = self._controller.undo_stack, list(self._controller.history)[:_ROWS]
        self._undo.setEnabled(stack.canUndo())
        self._undo.setToolTip(f"Undo: {stack.undoText()}  Ctrl+Z" if stack.canUndo() else "Nothing to undo")
        self._redo.setEnabled(stack.canRedo())
        self._redo.setToolTip(f"Redo: {stack.redoText()}  Ctrl+Shift+Z" if stack.canRedo() else "Nothing to redo")
        self._nothing.setVisible(not entries)
        while len(self._rows) < len(entries):
            self._rows.append(_Row(self._controller, self._resolve))
            self._column.addWidget(self._rows[-1])
        for i, row in enumerate(self._rows):
            row.setVisible(i < len(entries))
            if i < len(entries):
                row.show_entry(entries[i])


class _Row(QWidget):
    """One change as a sentence; at the right its state or time, and what can be done about it."""

    def __init__(self, controller: AssignController, resolve: Resolve) -> None:
        super().__init__()
        self.setFixedHeight(28)
        self._controller, self._resolve = controller, resolve
        self._entry: HistoryEntry | None = None
        self._act: Callable[[HistoryEntry], object] = lambda _entry: None
        self._glyph, self._words, self._state = (
            Glyph("check-circle", "success", 15),
            ElidingLabel("", "small"),
            label("", "small-muted"),
        )
        self.action = button("Undo", "link", density="small")
        self.action.clicked.connect(self._on_clicked)
        self.setLayout(hbox(self._glyph, (self._words, 1), self._state, self.action, margins=(12, 0, 12, 0), spacing=8))

    @property
    def words(self) -> str:
        return self._words.text()

    def show_entry(self, entry: HistoryEntry) -> None:
        self._entry = entry
        self._glyph.set_glyph(*_LOOKS[entry.state])
        self._words.setText(_sentence(entry))
        self._state.setText(_state(entry))
        words, self._act = self._offer(entry)
        self.action.setVisible(bool(words))
        if words and words != self.action.text():
            self.action.setText(words)
        self.action.setAccessibleName(f"{words} {entry.words}")
        self.setAccessibleName(f"{_sentence(entry)}, {_state(entry)}")

    def _offer(self, entry: HistoryEntry) -> tuple[str, Callable[[HistoryEntry], object]]:
        controller = self._controller
        if entry.state is EntryState.CONFLICT:
            return "Resolve…", self._resolve
        if entry.state is EntryState.FAILED and not entry.gone:
            return "Try again", controller.retry
        if entry.can_cancel:
            return "Cancel", controller.cancel
        if controller.can_undo_entry(entry):
            return "Undo", controller.undo_entry
        return "", lambda _entry: None

    def _on_clicked(self) -> None:
        if self._entry is not None:
            self._act(self._entry)


def _sentence(entry: HistoryEntry) -> str:
    if entry.state in (EntryState.FAILED, EntryState.CONFLICT):
        return f"Not saved: {entry.words}. {entry.reason}"
    if entry.state is EntryState.PARTLY:
        return f"Done in part: {entry.words}. {entry.reason}"
    if entry.state is EntryState.KEPT:
        return f"Kept what the office had: {entry.words}"
    return entry.words


def _state(entry: HistoryEntry) -> str:
    if entry.state is not EntryState.SAVING:
        return formats.clock(entry.at_ms)
    if entry.done and entry.total > 2:
        return f"{formats.quantity(entry.done)} of {formats.quantity(entry.total)}"
    return "saving…"
