"""The first tab of Make: every theme there is, here and in the office, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QStackedLayout, QToolButton, QWidget

from office_studio.ui import formats
from office_studio.ui.icons import icon
from office_studio.ui.make.cards import RENDERERS
from office_studio.ui.make.library_model import LibraryModel
from office_studio.ui.make.library_view import LibraryView
from office_studio.ui.make.shelf import Shelf
from office_studio.ui.widgets.basics import EmptyState
from office_studio.ui.widgets.layouts import button, hbox, label, search_field, vbox


class LibraryPage(QFrame):
    """Signals:
    open_requested(): a theme that is not here yet.
    new_requested()
    """

    open_requested = Signal()
    new_requested = Signal()

    def __init__(self, shelf: Shelf) -> None:
        super().__init__()
        self.setProperty("level", "surface")
        self.shelf = shelf
        self.model = LibraryModel(shelf)
        self.view = LibraryView(self.model)
        self.count = label("", "muted")
        self.search = search_field("Filter themes")
        self.search.setFixedWidth(200)
        self.renderers = Segments(RENDERERS, "Renderer")
        self.open_button = button("Open…", glyph="folder-open")
        self.new_button = button("New theme", "primary", "plus")
        head = hbox(
            label("Library", "heading"), self.count, None, self.search, self.renderers, 4, self.open_button,
            self.new_button, margins=(20, 0, 20, 0), spacing=8,
        )  # fmt: skip
        clear = button("Show all themes", "primary")
        clear.clicked.connect(self.clear_filter)
        self.nothing_fits = EmptyState("funnel", "No theme fits", "", clear)
        other = button("Open…", "primary", "folder-open")
        other.clicked.connect(self.open_requested)
        words = "Open a theme folder or a zip, or drop one anywhere on the window."
        self.empty = EmptyState("palette", "No themes yet", words, other)
        body = QWidget()
        self._stack = QStackedLayout(body)
        for part in (self.view, self.nothing_fits, self.empty):
            self._stack.addWidget(part)
        self.setLayout(vbox(head, (hbox((body, 1), margins=(20, 0, 4, 0)), 1), margins=(0, 16, 0, 0), spacing=16))
        self.search.textChanged.connect(self._filter)
        self.renderers.chosen.connect(self._filter)
        self.open_button.clicked.connect(self.open_requested)
        self.new_button.clicked.connect(self.new_requested)
        self.model.modelReset.connect(self._refresh)
        shelf.changed.connect(self._refresh)
        self._refresh()

    def clear_filter(self) -> None:
        self.search.clear()
        self.renderers.choose("All")

    def _filter(self, *_: object) -> None:
        card = self.view.card()
        self.model.set_filter(self.search.text(), self.renderers.current)
        if card is not None:
            self.choose(card.key)

    def choose(self, key: str) -> None:
        index = self.model.index_of(key)
        if index.isValid():
            self.view.setCurrentIndex(index)

    def _refresh(self) -> None:
        total, hidden = len(self.shelf.cards), self.model.hidden_count
        shown = f"{formats.quantity(total - hidden)} of {formats.plural(total, 'theme')}"
        self.count.setText(shown if hidden else formats.plural(total, "theme"))
        if not total:
            self._stack.setCurrentWidget(self.empty)
        elif hidden == total:
            self.nothing_fits.say("funnel", "No theme fits", f"The filter hides {formats.plural(hidden, 'theme')}.")
            self._stack.setCurrentWidget(self.nothing_fits)
        else:
            self._stack.setCurrentWidget(self.view)


class Segments(QFrame):
    """A segmented control: one of a few words.

    Signals:
        chosen(str)
    """

    chosen = Signal(str)

    def __init__(self, words: tuple[str, ...], name: str, current: str = "") -> None:
        super().__init__()
        self.setProperty("kind", "segments")
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        layout: QHBoxLayout = hbox(spacing=0, margins=(1, 1, 1, 1))
        for word in words:
            part = QToolButton()
            part.setText(word)
            part.setProperty("kind", "segment")
            part.setCheckable(True)
            part.setFixedHeight(24)
            part.setAccessibleName(f"{name}: {word}")
            self._group.addButton(part)
            part.clicked.connect(lambda _checked=False, key=word: self.chosen.emit(key))
            self._buttons[word] = part
            layout.addWidget(part)
        self._buttons[current or words[0]].setChecked(True)
        self.setLayout(layout)
        self.setFixedHeight(28)

    @property
    def current(self) -> str:
        return next(word for word, part in self._buttons.items() if part.isChecked())

    def choose(self, word: str) -> None:
        if not self._buttons[word].isChecked():
            self._buttons[word].setChecked(True)
            self.chosen.emit(word)

    def button_of(self, word: str) -> QToolButton:
        return self._buttons[word]


def glyph_button(words: str, glyph: str, role: str = "text_muted") -> QPushButton:
    """A plain button with a glyph in a colour of its own."""
    found = button(words)
    found.setIcon(icon(glyph, role))
    found.setText(f" {words}")
    return found
