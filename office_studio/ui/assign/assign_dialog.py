"""Ctrl+M: choose a slot for an agent from a list that can be searched. What happens to whom is said before."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QWidget

from office_studio.ui.assign.controller import AssignController
from office_studio.ui.office_store import OfficeStore
from office_studio.ui.widgets.basics import Paragraph
from office_studio.ui.widgets.layouts import button, hbox, label, search_field, vbox

_SLOT = Qt.ItemDataRole.UserRole


class AssignDialog(QDialog):
    def __init__(
        self, store: OfficeStore, controller: AssignController, agent_id: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._store, self._controller, self._agent_id = store, controller, agent_id
        name = store.name(agent_id)
        self.setWindowTitle(f"Assign {name} to a slot")
        self.resize(420, 460)
        self.search = search_field("Slot, seat, zone or agent")
        self.list = QListWidget()
        self.list.setAccessibleName("Slots")
        self.list.setProperty("ownFocus", True)
        self.consequence = Paragraph("", "small-muted")
        cancel, self.assign_button = button("Cancel", "ghost"), button("Assign", "primary")
        self.assign_button.setDefault(True)
        cancel.clicked.connect(self.reject)
        self.assign_button.clicked.connect(self._assign)
        head = vbox(label(f"Assign {name} to…", "heading"), self.search, spacing=10)
        foot = hbox(None, cancel, self.assign_button)
        self.setLayout(vbox(head, (self.list, 1), self.consequence, foot, margins=(20, 16, 20, 16), spacing=10))
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.list.currentItemChanged.connect(self._explain)
        self.list.itemDoubleClicked.connect(self._assign)
        self._fill("")
        self.search.setFocus()

    def _fill(self, words: str) -> None:
        self.list.clear()
        seated, wanted = self._controller.seated(), words.casefold().split()
        for info in self._controller.slots:
            who = seated.get(info.slot)
            occupant = self._store.name(who) if who else "free"
            about = f"{info.slot + 1} {info.label} {info.zone} {occupant}".casefold()
            if all(word in about for word in wanted):
                item = QListWidgetItem(f"{info.slot + 1}   {info.label}  ·  {occupant}")
                item.setData(_SLOT, info.slot)
                self.list.addItem(item)
        free = next((i for i in range(self.list.count()) if "free" in self.list.item(i).text()), 0)
        self.list.setCurrentRow(free if not wanted else 0)
        self._explain()

    def _slot(self) -> int | None:
        item = self.list.currentItem()
        return item.data(_SLOT) if item is not None else None

    def _explain(self, *_: object) -> None:
        slot = self._slot()
        plan = self._controller.preview(self._agent_id, slot) if slot is not None else None
        self.assign_button.setEnabled(plan is not None)
        if plan is not None:
            self.consequence.set_words(f"{plan.title}. {plan.detail}.")
        elif slot is None:
            self.consequence.set_words("No slot matches.")
        else:
            self.consequence.set_words(f"{self._store.name(self._agent_id)} sits there already.")

    def _assign(self, *_: object) -> None:
        slot = self._slot()
        if slot is not None and self.assign_button.isEnabled():
            self._controller.assign(self._agent_id, slot)
            self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Arrow keys move through the list while the search field keeps the focus.
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.list.count():
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))
            return
        super().keyPressEvent(event)
