"""Everything about seats without a mouse: no event of these tests is one of a pointer."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from office_studio.ui.assign.pick_dialog import PickDialog
from office_studio.ui.assign.proposal_sheet import ProposalSheet
from office_studio.ui.watch.roster_model import IdRole
from tests.ui.assign_gestures.desk import Desk

Key, Modifier = Qt.Key, Qt.KeyboardModifier


def open_dialog(desk: Desk) -> PickDialog:
    found = [dialog for dialog in desk.studio.window.findChildren(PickDialog) if dialog.isVisible()]
    assert len(found) == 1
    return found[0]


def to_slots(desk: Desk) -> None:
    """F6 goes from panel to panel, Tab on from its first field."""
    for _ in range(12):
        focused = QApplication.focusWidget()
        if focused is not None and desk.slots.isAncestorOf(focused):
            break
        desk.key(Key.Key_F6)
    for _ in range(12):
        if QApplication.focusWidget() is desk.view:
            return
        desk.key(Key.Key_Tab)
    raise AssertionError("the slots cannot be reached by keys")


def to_roster(desk: Desk, name: str) -> None:
    """Ctrl+F filters the roster, or the slots when they have the focus; Tab goes on to the rows."""
    for _ in range(8):
        if not desk.slots.isAncestorOf(desk.focused()):
            break
        desk.key(Key.Key_F6)
    desk.key(Key.Key_F, Modifier.ControlModifier)
    desk.key(Key.Key_A, Modifier.ControlModifier)
    desk.type(name)
    for _ in range(12):
        if QApplication.focusWidget() is desk.studio.roster.view:
            break
        desk.key(Key.Key_Tab)
    view = desk.studio.roster.view
    for _ in range(4):
        if view.currentIndex().data(IdRole) == desk.agents[name].id:
            return
        desk.key(Key.Key_Down)
    rows = [view.model().index(row).data() for row in range(view.model().rowCount())]
    raise AssertionError(f"{name} cannot be reached by keys: {QApplication.focusWidget()}, {rows}")


def test_the_whole_story(desk: Desk) -> None:
    # an agent to a seat, found by typing
    to_roster(desk, "Lumi")
    desk.key(Key.Key_Return)
    dialog = open_dialog(desk)
    assert "Lumi" in dialog.windowTitle()
    desk.type("desk 3")
    assert dialog.chosen is not None
    assert dialog.chosen.title == "Desk 3"
    desk.key(Key.Key_Return)
    desk.becomes({2: "Lumi"})
    # another one with Ctrl+M; the arrows pass occupied seats, and who would lose one is said
    to_roster(desk, "Ron")
    desk.key(Key.Key_M, Modifier.ControlModifier)
    dialog = open_dialog(desk)
    desk.key(Key.Key_Down)
    assert "Free seat" in dialog.consequence.accessibleName()
    desk.key(Key.Key_Down)
    assert "Lumi" in dialog.consequence.accessibleName()
    assert "Lumi" in dialog.search.accessibleDescription()
    desk.key(Key.Key_Up)
    desk.key(Key.Key_Return)
    desk.becomes({1: "Ron", 2: "Lumi"})
    # from a slot: who shall sit here?
    to_slots(desk)
    desk.key(Key.Key_Home)
    assert desk.view.current_slot == 0
    desk.key(Key.Key_Return)
    dialog = open_dialog(desk)
    desk.type("vivi")
    desk.key(Key.Key_Return)
    desk.becomes({0: "Vivi", 1: "Ron", 2: "Lumi"})
    # swap: choose a seat that is taken, for an agent that has one
    assert desk.focused() is desk.view  # the focus is where it was
    desk.key(Key.Key_Return)
    desk.type("ron")
    assert "Swaps" in open_dialog(desk).consequence.accessibleName()
    desk.key(Key.Key_Return)
    desk.becomes({0: "Ron", 1: "Vivi", 2: "Lumi"})
    # take a seat away, undo, redo
    desk.key(Key.Key_Down)
    assert desk.view.current_slot == 1
    desk.key(Key.Key_Delete)
    desk.becomes({0: "Ron", 2: "Lumi"})
    desk.key(Key.Key_Z, Modifier.ControlModifier)
    desk.becomes({0: "Ron", 1: "Vivi", 2: "Lumi"})
    desk.key(Key.Key_Z, Modifier.ControlModifier)
    desk.becomes({0: "Vivi", 1: "Ron", 2: "Lumi"})
    desk.key(Key.Key_Z, Modifier.ControlModifier | Modifier.ShiftModifier)
    desk.becomes({0: "Ron", 1: "Vivi", 2: "Lumi"})
    # and from the roster
    to_roster(desk, "Ron")
    desk.key(Key.Key_Delete)
    desk.becomes({1: "Vivi", 2: "Lumi"})
    assert any("Saved" in line for line in desk.told)


def test_all_at_once_by_keys(desk: Desk) -> None:
    """Auto-assign, a plan saved, all seats cleared, the plan applied, and the filter of the slots."""
    flow = desk.studio.assign_flow
    control = Modifier.ControlModifier
    desk.seat_all({0: "Kai", 3: "Zoe"})
    run_by_palette(desk, "Save seats as a plan")
    desk.qtbot.waitUntil(lambda: flow.sheet is not None)
    desk.key(Key.Key_A, control)
    desk.type("By keys")
    desk.key(Key.Key_Return)
    desk.qtbot.waitUntil(lambda: flow.shelf.plan("By keys") is not None)
    run_by_palette(desk, "Clear all seats")
    desk.qtbot.waitUntil(lambda: flow.sheet is not None)
    assert desk.focused().accessibleName() == "Cancel"  # Enter by mistake clears nothing
    desk.key(Key.Key_Tab)
    assert desk.focused() is flow.sheet.primary
    desk.key(Key.Key_Return)
    desk.becomes({})
    desk.key(Key.Key_M, control | Modifier.AltModifier)
    desk.qtbot.waitUntil(lambda: flow.sheet is not None)
    desk.key(Key.Key_Return)
    desk.settle()
    desk.qtbot.waitUntil(lambda: len(desk.seated()) == len(desk.agents))
    desk.key(Key.Key_P, control | Modifier.ShiftModifier)
    desk.qtbot.waitUntil(lambda: flow.sheet is not None)
    desk.key(Key.Key_Return)  # apply the one that is chosen
    desk.qtbot.waitUntil(lambda: isinstance(flow.sheet, ProposalSheet))
    desk.key(Key.Key_Return)
    desk.becomes({0: "Kai", 3: "Zoe"})
    to_slots(desk)
    desk.key(Key.Key_F, control)
    assert desk.focused() is desk.slots.search
    desk.type("zoe")
    assert desk.slots.model.slot_total == 1


def test_f6_goes_round_all_panels_and_ctrl_f_filters_the_one_it_came_to(desk: Desk) -> None:
    """Also past a panel whose first buttons are disabled, as those of an empty history are."""
    panels = desk.studio.window.shown_panels()
    assert len(panels) >= 3
    desk.slots.search.setFocus(Qt.FocusReason.TabFocusReason)
    came_to = []
    for _ in panels:
        desk.key(Key.Key_F6)
        came_to.append(next(panel for panel in panels if panel.isAncestorOf(desk.focused())))
    at = panels.index(desk.slots) + 1
    assert came_to == [*panels[at:], *panels[:at]]
    to_slots(desk)
    desk.key(Key.Key_F6, Modifier.ShiftModifier)
    assert not desk.slots.isAncestorOf(desk.focused())
    desk.key(Key.Key_F, Modifier.ControlModifier)
    assert desk.focused() is desk.studio.roster.search


def run_by_palette(desk: Desk, words: str) -> None:
    desk.key(Key.Key_K, Modifier.ControlModifier)
    desk.type(f">{words}")
    desk.key(Key.Key_Return)


def test_esc_leaves_the_list_and_changes_nothing(desk: Desk) -> None:
    to_roster(desk, "Lumi")
    desk.key(Key.Key_Return)
    open_dialog(desk)
    desk.key(Key.Key_Escape)
    assert not [d for d in desk.studio.window.findChildren(PickDialog) if d.isVisible()]
    assert desk.focused() is desk.studio.roster.view
    desk.becomes({})


def test_numbers_and_nothing(desk: Desk) -> None:
    to_roster(desk, "Lumi")
    desk.key(Key.Key_Return)
    dialog = open_dialog(desk)
    desk.type("1")
    assert dialog.chosen is not None
    assert dialog.chosen.head == "1"
    desk.type("x")
    assert dialog.chosen is None
    assert dialog.consequence.accessibleName() == "Nothing matches."
    desk.key(Key.Key_Return)
    assert dialog.isVisible()
    assert not dialog.do_button.isEnabled()
    desk.key(Key.Key_Escape)
    desk.becomes({})


def test_the_menu_key(desk: Desk) -> None:
    desk.seat_all({0: "Kai"})
    to_slots(desk)
    desk.key(Key.Key_Home)
    # The platform turns the Menu key into a context menu event with the reason "keyboard".
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QContextMenuEvent

    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(-1, -1), QPoint(-1, -1))
    QApplication.sendEvent(desk.view, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    words = [action.text().split("\t")[0] for action in menu.actions() if action.text()]
    assert words[:3] == ["Choose another agent…", "Move Kai to…", "Remove Kai"]
    for _ in range(3):
        desk.key_to(menu, Key.Key_Down)
    desk.key_to(menu, Key.Key_Return)
    desk.becomes({})


def test_pinning_by_menu_is_shown_and_told(desk: Desk) -> None:
    desk.seat_all({0: "Kai"})
    menu = desk.studio.gestures.menu_of(0)
    next(action for action in menu.actions() if action.text().startswith("Keep")).trigger()
    menu.deleteLater()
    assert desk.studio.assignments.is_pinned(desk.agents["Kai"].id)
    spoken = desk.slots.model.index_of(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Slot 1, Desk 1, Work, Kai, working, pinned"
    menu = desk.studio.gestures.menu_of(0)
    next(action for action in menu.actions() if action.text().startswith("Let")).trigger()
    menu.deleteLater()
    assert not desk.studio.assignments.pins


def test_a_opens_and_leaves_assign_mode_from_the_scene(desk: Desk) -> None:
    desk.studio.stage.setFocus(Qt.FocusReason.TabFocusReason)
    desk.key(Key.Key_A)
    assert desk.studio.window.workspace == "watch"
    assert not desk.studio.window.stage_frame.assign.isChecked()
    desk.studio.stage.setFocus(Qt.FocusReason.TabFocusReason)
    desk.key(Key.Key_A)
    assert desk.studio.window.workspace == "assign"
    assert desk.studio.window.stage_frame.assign.isChecked()


def test_enter_on_a_figure_of_the_scene_asks_for_a_slot(desk: Desk) -> None:
    desk.studio.store.select(desk.agents["Kai"].id)
    desk.studio.stage.setFocus(Qt.FocusReason.TabFocusReason)
    desk.key(Key.Key_Return)
    assert "Kai" in open_dialog(desk).windowTitle()
    desk.key(Key.Key_Escape)


def test_all_of_it_is_reached_by_tab_and_has_a_name(desk: Desk) -> None:
    desk.seat_all({0: "Kai"})
    desk.studio.window.activateWindow()
    desk.slots.search.setFocus(Qt.FocusReason.TabFocusReason)
    reached: dict[int, QWidget] = {}
    for _ in range(160):
        focused = QApplication.focusWidget()
        assert focused is not None
        if id(focused) in reached and focused is desk.slots.search:
            break
        reached[id(focused)] = focused
        desk.key(Key.Key_Tab)
    widgets = list(reached.values())
    for wanted in (desk.view, desk.slots.as_list, desk.slots.as_grid, desk.studio.roster.view, desk.studio.stage):
        assert any(widget is wanted or wanted.isAncestorOf(widget) for widget in widgets), wanted
    nameless = [w for w in widgets if desk.slots.isAncestorOf(w) and not (w.accessibleName() or w.toolTip())]
    assert nameless == []


def test_cards_tell_screen_readers_all_that_is_seen(desk: Desk) -> None:
    desk.seat_all({0: "Kai"})
    interface = QAccessible.queryAccessibleInterface(desk.view)
    assert interface.text(QAccessible.Text.Name) == "Slots"
    names = [interface.child(i).text(QAccessible.Text.Name) for i in range(interface.childCount())]
    assert "Slot 1, Desk 1, Work, Kai, working" in names
    assert "Slot 2, Desk 2, Work, empty" in names


def test_keys_say_why_when_nothing_can_be_done(desk: Desk) -> None:
    desk.studio.store.select("")
    desk.key(Key.Key_M, Modifier.ControlModifier)
    assert desk.toasts == ["Select an agent first | "]
    desk.studio.store.select(desk.guest.id)
    desk.key(Key.Key_M, Modifier.ControlModifier)
    assert desk.toasts == ["This agent belongs to someone else | "]
