"""The right panel of Assign: a card per slot, in theme order by zone; list or grid, filter, what is out of place."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from office_studio.ui import formats
from office_studio.ui.assign.controller import AssignController
from office_studio.ui.assign.slots_model import SlotsModel
from office_studio.ui.assign.slots_view import SlotsView
from office_studio.ui.office_store import OfficeStore
from office_studio.ui.portraits import Portraits
from office_studio.ui.widgets.basics import EmptyState, Glyph, PanelHeader, Paragraph
from office_studio.ui.widgets.layouts import button, hbox, line, search_field, tool, vbox, wide


class SlotsPanel(QFrame):
    """Signals:
    grid_wanted(bool): the user chose list or grid.
    """

    grid_wanted = Signal(bool)

    def __init__(self, store: OfficeStore, controller: AssignController, portraits: Portraits) -> None:
        super().__init__()
        self.setProperty("level", "surface")
        self._controller = controller
        self.as_list = tool("rows", "List", "mini", 16, checkable=True)
        self.as_grid = tool("squares-four", "Grid", "mini", 16, checkable=True)
        self.header = PanelHeader("Slots", self.as_list, self.as_grid)
        self.search = search_field("Filter slots and agents")
        self.model = SlotsModel(controller, store, self)
        self.view = SlotsView(self.model, controller, store, portraits)
        self.surplus = _SurplusBar(controller)
        self._clear = button("Clear filter")
        self.empty = EmptyState("armchair", "", "", self._clear, width=208)
        self.top: QVBoxLayout = vbox(self.search, margins=(12, 0, 12, 8), spacing=8)
        self.foot: QHBoxLayout = hbox(margins=(12, 8, 12, 8), spacing=8)
        self._foot = QWidget()
        self._foot.setLayout(vbox(line(), self.foot, spacing=0))
        self._foot.hide()
        self._build()
        self.search.textChanged.connect(self._on_filter)
        self._clear.clicked.connect(self.search.clear)
        self.as_list.clicked.connect(lambda: self._choose_look(False))
        self.as_grid.clicked.connect(lambda: self._choose_look(True))
        controller.changed.connect(self._refresh)
        self.set_grid(False)
        self._refresh()

    def _build(self) -> None:
        body = QWidget()
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        self.setLayout(vbox(self.header, self.top, line(), self.surplus, (body, 1), self._foot, spacing=0))

    def add_tool_row(self, row: QWidget) -> None:
        """Something between the filter and the cards: the plan picker."""
        self.top.addWidget(row)

    def add_foot_button(self, made: QWidget) -> None:
        """A button below the cards: Auto-assign…, Clear all…"""
        self.foot.addWidget(wide(made))
        self._foot.show()

    def set_grid(self, is_grid: bool) -> None:
        self.view.set_grid(is_grid)
        self.as_list.setChecked(not is_grid)
        self.as_grid.setChecked(is_grid)

    def focus_filter(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _choose_look(self, is_grid: bool) -> None:
        self.set_grid(is_grid)
        self.grid_wanted.emit(is_grid)

    def _on_filter(self, words: str) -> None:
        self.model.set_filter(words)
        self._refresh()

    def _refresh(self) -> None:
        seated, slots = self._controller.seated(), self._controller.slots
        used = sum(info.slot in seated for info in slots)
        self.header.set_count(f"{formats.quantity(used)} of {formats.quantity(len(slots))}")
        self.surplus.refresh()
        total = len(slots) + len(self.model.surplus)
        if self.model.slot_total == 0:
            self._explain_emptiness(total)
        self._stack.setCurrentIndex(0 if self.model.slot_total else 1)

    def _explain_emptiness(self, total: int) -> None:
        self._clear.setVisible(total > 0)
        if total == 0:
            self.empty.say("armchair", "This theme has no seats", "Choose a theme with seats to assign agents.")
            return
        hidden = f"{formats.plural(total, 'slot')} {'is' if total == 1 else 'are'} hidden by the filter."
        self.empty.say("funnel", f"Nothing matches “{self.search.text().strip()}”", hidden)


class _SurplusBar(QFrame):
    """Says that agents are bound to slots this theme does not have, and offers the ways out."""

    def __init__(self, controller: AssignController) -> None:
        super().__init__()
        self._controller = controller
        self._words = Paragraph("", "small")
        self._move = button("Move to free seats", "ghost", density="small")
        self._remove = button("Remove", "ghost", density="small")
        self._move.clicked.connect(self._move_all)
        self._remove.clicked.connect(self._remove_all)
        head = hbox(Glyph("warning-fill", "warning", 16), (self._words, 1), spacing=8)
        self.setLayout(vbox(head, hbox(24, self._move, self._remove, None, spacing=4), margins=(12, 8, 12, 4)))
        self.hide()

    def refresh(self) -> None:
        strays = self._controller.strays()
        self.setVisible(bool(strays))
        if not strays:
            return
        names = formats.sentence_list(self._controller.name(who) for who in list(strays.values())[:3])
        count = len(strays)
        who = names if count <= 3 else formats.plural(count, "agent")
        self._words.set_words(f"{who} {'has a slot' if count == 1 else 'have slots'} that this theme does not have.")
        free = len(self._controller.free_slots())
        self._move.setEnabled(free > 0)
        self._move.setToolTip("" if free else "Every seat of this theme is taken")

    def _move_all(self) -> None:
        strays = self._controller.strays()
        agents, slots = list(strays.values()), self._controller.free_slots()
        count = min(len(agents), len(slots))
        self._controller.assign_many(
            agents[:count], slots[:count], f"Move {formats.plural(count, 'agent')} to free seats"
        )

    def _remove_all(self) -> None:
        for slot in self._controller.strays():
            self._controller.unassign_slot(slot)
