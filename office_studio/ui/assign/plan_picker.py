"""On top of the slots: which seat plan is in use, how far the seats are from it, and the way to all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from office_studio.ui import formats
from office_studio.ui.icons import icon
from office_studio.ui.widgets.layouts import button, hbox, label

if TYPE_CHECKING:
    from office_studio.ui.assign.flow import AssignFlow

_LONGEST = 26


class PlanPicker(QWidget):
    """Give it a place; it keeps itself up to date."""

    def __init__(self, flow: AssignFlow) -> None:
        super().__init__()
        self._flow = flow
        self.button = button("No plan", "ghost", "clipboard-text")
        self.button.setIconSize(QSize(16, 16))
        self.button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.note = label("", "small-muted")
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.menu = QMenu(self.button)
        self.menu.setToolTipsVisible(True)
        self.menu.aboutToShow.connect(self._fill)
        self.menu.addAction("")  # a menu without entries does not open, and this one is filled on opening
        self.button.setMenu(self.menu)
        self.setLayout(hbox(self.button, None, self.note, spacing=8))
        flow.plan_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        name, changes = self._flow.plan_in_use()
        shown = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
        self.button.setText(f" {shown}" if name else " No plan")
        self.button.setAccessibleName(f"Seat plan: {name}" if name else "Seat plan: none")
        self.button.setToolTip(name if shown != name else "Seat plans")
        words = "" if not name else formats.plural(changes, "change") if changes else "as saved"
        self.note.setText(words)

    def _fill(self) -> None:
        self.menu.clear()
        self._flow.fill_plan_menu(self.menu)


def list_plans(menu: QMenu, flow: AssignFlow, before: QAction | None = None) -> list[QAction]:
    """Put an action for each plan into the menu, the one in use marked; ``before``: the action they come before."""
    used, _ = flow.plan_in_use()
    reason = flow.controller.why_not()
    made = []
    for plan in flow.shelf.plans:
        action = QAction(plan.name.replace("&", "&&"), menu)
        menu.insertAction(before, action)  # type: ignore[arg-type]
        action.setCheckable(True)
        action.setChecked(plan.name == used)
        where = plan.theme_name or plan.theme_id
        action.setToolTip(reason or f"{formats.plural(len(plan.entries), 'seat')}, made for {where}")
        action.setEnabled(not reason)
        action.triggered.connect(lambda _=False, plan=plan: flow.apply_plan(plan))
        made.append(action)
    if made:
        made.append(menu.insertSeparator(before))  # type: ignore[arg-type]
    return made


def fill_menu(menu: QMenu, flow: AssignFlow) -> None:
    """Plans by name, then what can be done with them."""
    used, _ = flow.plan_in_use()
    list_plans(menu, flow)
    if used and flow.plan_in_use()[1]:
        update = menu.addAction(icon("floppy-disk"), f"Update “{used}”".replace("&", "&&"))
        update.triggered.connect(lambda: flow.save_as(used))
    save = menu.addAction(icon("floppy-disk"), "Save seats as a plan…")
    save.triggered.connect(flow.save_plan)
    bring = menu.addAction(icon("download-simple"), "Import a plan…")
    bring.triggered.connect(lambda: flow.import_plan())
    manage = menu.addAction(icon("clipboard-text"), "Manage plans…")
    manage.triggered.connect(lambda: flow.manage_plans())
