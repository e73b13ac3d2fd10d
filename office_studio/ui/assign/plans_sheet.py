"""The user's seat plans: apply, rename, delete, export, import; and the small sheets that ask for a name."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QLineEdit, QListWidget, QListWidgetItem, QWidget

from office_studio.core.office.seat_plan import SeatPlan
from office_studio.ui import formats
from office_studio.ui.assign.plan_shelf import PlanShelf
from office_studio.ui.assign.sheet import Sheet
from office_studio.ui.widgets.basics import Paragraph
from office_studio.ui.widgets.layouts import button, hbox, label, vbox, wide

_WIDTH = 520
_PLAN = Qt.ItemDataRole.UserRole
_MAX_NAME = 120


class PlansSheet(Sheet):
    """Signals:
    apply_requested(SeatPlan), rename_requested(SeatPlan), delete_requested(SeatPlan), export_requested(SeatPlan),
    import_requested(), save_requested()
    """

    apply_requested = Signal(object)
    rename_requested = Signal(object)
    delete_requested = Signal(object)
    export_requested = Signal(object)
    import_requested = Signal()
    save_requested = Signal()

    def __init__(self, window: QWidget, shelf: PlanShelf, theme_id: str, chosen: str, why_not_apply: str) -> None:
        self._shelf, self._theme_id, self._wanted, self._why_not = shelf, theme_id, chosen, why_not_apply
        self.list = QListWidget()
        self.list.setAccessibleName("Seat plans")
        self.list.setProperty("ownFocus", True)
        self.list.setMinimumHeight(180)
        self.empty = Paragraph("No plans yet. Save the present seats as one, or import a file.", "muted")
        self.rename = wide(button("Rename", glyph="pencil-simple", density="small"))
        self.delete = wide(button("Delete", glyph="trash", density="small"))
        self.export = wide(button("Export…", glyph="upload-simple", density="small"))
        self.import_ = wide(button("Import…", glyph="download-simple", density="small"))
        self.save = wide(button("Save present seats…", glyph="floppy-disk", density="small"))
        self.rename.setToolTip("Rename  F2")
        self.delete.setToolTip("Delete  Del")
        self.export.setToolTip("Write the plan to a file  Ctrl+E")
        self.import_.setToolTip("Add the plan of a file  Ctrl+O")
        self.save.setToolTip("Keep who sits where now  Ctrl+S")
        side = vbox(self.rename, self.export, self.delete, None, self.import_, self.save, spacing=6)
        self.about = Paragraph("", "small-muted")
        super().__init__(
            window, "Seat plans", hbox((self.list, 1), side, spacing=12), self.empty, self.about, width=_WIDTH
        )
        self.set_cancel("Close")
        self.set_primary("Apply…")
        for made, signal in (
            (self.rename, self.rename_requested),
            (self.delete, self.delete_requested),
            (self.export, self.export_requested),
        ):
            made.clicked.connect(lambda _=False, signal=signal: self._ask(signal))
        self.import_.clicked.connect(self.import_requested)
        self.save.clicked.connect(self.save_requested)
        self.primary.clicked.connect(self._apply)
        self.list.itemDoubleClicked.connect(lambda _item: self._apply())
        self.list.currentItemChanged.connect(self._refresh_buttons)
        shelf.changed.connect(self._fill)
        self._fill()
        self.open(self._first_focus_in())

    @property
    def chosen(self) -> SeatPlan | None:
        item = self.list.currentItem()
        plan = item.data(_PLAN) if item is not None else None
        return plan if isinstance(plan, SeatPlan) else None

    def choose(self, name: str) -> None:
        """Select the plan, now or when it appears."""
        self._wanted = name
        for row in range(self.list.count()):
            if self.list.item(row).data(_PLAN).name == name:
                self.list.setCurrentRow(row, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _fill(self) -> None:
        kept, row = self._wanted or (self.chosen.name if self.chosen else ""), self.list.currentRow()
        had_none = self.list.count() == 0
        self.list.clear()
        for plan in self._shelf.plans:
            where = plan.theme_name or plan.theme_id
            item = QListWidgetItem(f"{plan.name}  ·  {formats.plural(len(plan.entries), 'seat')}, {where}")
            item.setData(_PLAN, plan)
            item.setToolTip(plan.name)
            self.list.addItem(item)
        self.list.setCurrentRow(min(max(0, row), self.list.count() - 1))
        self.choose(kept)
        self._wanted = ""
        has_any = self.list.count() > 0
        self.list.setVisible(has_any or not self._shelf.is_read)
        self.empty.setVisible(not has_any and self._shelf.is_read)
        self._refresh_buttons()
        self.place()
        if self.isVisible() and (not has_any or had_none):  # where the keyboard was may be hidden, or was not there
            self._first_focus_in().setFocus(Qt.FocusReason.OtherFocusReason)

    def _first_focus_in(self) -> QWidget:
        return self.save if self.list.isHidden() else self.list

    def _refresh_buttons(self, *_: object) -> None:
        plan = self.chosen
        for made in (self.rename, self.delete, self.export):
            made.setEnabled(plan is not None)
        self.primary.setEnabled(plan is not None and not self._why_not)
        self.primary.setToolTip(self._why_not)
        damaged = len(self._shelf.damaged)
        about = f"{formats.plural(damaged, 'file')} in the plans folder cannot be read." if damaged else ""
        if plan is not None and plan.theme_id != self._theme_id:
            where = plan.theme_name or plan.theme_id
            about = formats.sentences(f"Made for {where}; agents go to seats of the same zone and label", about)
        if plan is not None and self._why_not:
            about = formats.sentences(f"Plans cannot be applied now: {self._why_not}", about)
        self.about.set_words(about)
        self.about.setVisible(bool(about))

    def _apply(self) -> None:
        if self.primary.isEnabled():
            self._ask(self.apply_requested, close=True)

    def _ask(self, signal: object, *, close: bool = False) -> None:
        plan = self.chosen
        if plan is None:
            return
        if close:
            self.close_sheet()
        signal.emit(plan)  # type: ignore[attr-defined]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        with_control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_F2:
            self._ask(self.rename_requested)
        elif event.key() == Qt.Key.Key_Delete:
            self._ask(self.delete_requested)
        elif with_control and event.key() == Qt.Key.Key_E:
            self._ask(self.export_requested)
        elif with_control and event.key() == Qt.Key.Key_O:
            self.import_requested.emit()
        elif with_control and event.key() == Qt.Key.Key_S:
            self.save_requested.emit()
        else:
            super().keyPressEvent(event)


class NameSheet(Sheet):
    """Asks for the name of a plan; says under the field what would be wrong with it, or whom it replaces.

    Signals:
        named(str)
    """

    named = Signal(str)

    def __init__(
        self,
        window: QWidget,
        title: str,
        verb: str,
        name: str,
        judge: Callable[[str], tuple[bool, str]],
        intro: str = "",
    ) -> None:
        self._judge = judge
        self.field = QLineEdit(name)
        self.field.setAccessibleName("Name")
        self.field.setMaxLength(_MAX_NAME)
        self.note = Paragraph("", "small-muted")
        body = [Paragraph(intro, "muted")] if intro else []
        super().__init__(window, title, *body, label("Name", "small-muted"), self.field, self.note, width=400)
        self.set_primary(verb)
        self.primary.clicked.connect(self._answer)
        self.field.textChanged.connect(self._check)
        self._check()
        self.open(self.field)
        self.field.selectAll()

    def _check(self, *_: object) -> None:
        name = self.field.text().strip()
        is_good, words = self._judge(name) if name else (False, "A plan needs a name.")
        self.note.set_words(words)
        self.primary.setEnabled(is_good)
        self.place()

    def _answer(self) -> None:
        name = self.field.text().strip()
        self.close_sheet()
        self.named.emit(name)


class ClearSheet(Sheet):
    """Signals:
    confirmed(bool): whether pinned agents keep their seats.
    """

    confirmed = Signal(bool)

    def __init__(self, window: QWidget, theme_name: str, count: int, pinned: int) -> None:
        self._count, self._pinned = count, pinned
        self.keep = QCheckBox(f"Keep the {formats.plural(pinned, 'pinned agent')} seated")
        self.keep.setChecked(pinned > 0)
        self.keep.setVisible(pinned > 0)
        words = f"Every agent of {theme_name} loses its seat. The history can undo it while this window is open."
        super().__init__(window, "Clear all seats", Paragraph(words), self.keep, width=420)
        self.primary.setProperty("kind", "danger")
        self.keep.toggled.connect(self._name_result)
        self.primary.clicked.connect(self._answer)
        self._name_result()
        self.open(self.cancel_button)

    def _name_result(self, *_: object) -> None:
        count = self._count - (self._pinned if self.keep.isChecked() else 0)
        self.set_primary(f"Clear {formats.plural(count, 'seat')}")
        self.primary.setEnabled(count > 0)

    def _answer(self) -> None:
        keep = self.keep.isChecked()
        self.close_sheet()
        self.confirmed.emit(keep)
