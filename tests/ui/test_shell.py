"""The shell: first run, workspaces, panels, palette, menus, appearance, memory, dialogs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from office_studio.app import Application
from office_studio.ui.action_table import ACTIONS, MENUS
from office_studio.ui.connect.connect_dialog import ConnectDialog
from office_studio.ui.connect.first_run import FirstRunSheet
from office_studio.ui.panels import WORKSPACES, Area
from office_studio.ui.theming import theme
from tests.ui.conftest import Office


def test_first_run_starts_the_demo_with_enter(qtbot: QtBot, application: Application) -> None:
    studio = application.studio
    sheet = FirstRunSheet(studio.window, QPixmap())
    chosen: list[str] = []
    sheet.chosen.connect(chosen.append)
    assert sheet.selected == "demo"
    qtbot.keyClick(sheet._cards[0], Qt.Key.Key_Down)
    assert sheet.selected == "connect"
    qtbot.keyClick(sheet._cards[1], Qt.Key.Key_Up)
    qtbot.keyClick(sheet._cards[0], Qt.Key.Key_Return)
    assert chosen == ["demo"]


def test_demo_office_moves(qtbot: QtBot, application: Application) -> None:
    studio = application.studio
    studio.session.open_demo()
    qtbot.waitUntil(lambda: len(studio.store.live_agents) == 12, timeout=15_000)
    seen = studio.session.events_received
    qtbot.waitUntil(lambda: studio.session.events_received > seen + 5, timeout=8_000)
    assert studio.window.header.office.words == "Demo office"


def test_every_workspace_opens_and_shares_the_stage(qtbot: QtBot, application: Application) -> None:
    window = application.studio.window
    for key, spec in WORKSPACES.items():
        window.rail.buttons[key].click()
        assert window.workspace == key
        assert (window.center.currentWidget() is window.stage_frame) == spec.has_stage
        qtbot.waitUntil(lambda: window.header.office.x() == window.header.menu_button.width())
        assert window.header.menu_button.x() == 0, "the header leaves a gap where the theme picker was"
    window.show_workspace("watch")
    assert window.areas[Area.RIGHT].current() is window.panel("inspector")
    window.show_workspace("assign")
    assert window.areas[Area.RIGHT].current() is window.panel("slots")
    assert window.areas[Area.LEFT].current() is window.panel("agents")


def test_narrow_windows_put_panels_over_the_stage(qtbot: QtBot, application: Application) -> None:
    window = application.studio.window
    assert window.areas[Area.RIGHT].is_shown
    window.resize(1000, 640)
    assert window.areas[Area.RIGHT].is_over_stage
    assert not window.areas[Area.RIGHT].is_shown
    window.header.right_switch.click()
    assert window.areas[Area.RIGHT].is_shown
    assert window.panel("inspector").isVisible()
    window.resize(1280, 720)
    assert not window.areas[Area.RIGHT].is_over_stage
    assert window.panel("inspector").isVisible()


def test_layout_theme_and_office_are_remembered(
    qtbot: QtBot, new_application: Callable[[], Application], office: Office
) -> None:
    from office_studio.ui.connect.office_ref import OfficeKind, OfficeRef

    first = new_application().studio
    first.window.resize(1300, 700)
    ref = OfficeRef(OfficeKind.SAVED, office.url, "Test office", office.token)
    first.open_office(ref)
    first.window.show_workspace("assign")
    first.window.set_panel_shown(Area.BOTTOM, False)
    first.set_appearance("light")
    second = new_application().studio
    assert second.window.restore_geometry(second.settings.now.window_geometry)
    assert second.window.height() == 700  # the width is cut to the screen of the offscreen platform
    last = second.last_office()
    assert last is not None
    assert (last.url, last.name) == (office.url, "Test office")
    assert second.window.workspace == "assign"
    second.window.set_office_key(last.key)
    assert not second.window.areas[Area.BOTTOM].is_shown
    assert theme().mode == "light"
    second.set_appearance("dark")


def test_switching_colours_changes_palette_and_sheet(
    qtbot: QtBot, application: Application, qapp: QApplication
) -> None:
    studio = application.studio
    for preference in ("light", "dark"):
        studio.set_appearance(preference)
        assert theme().mode == preference
        assert qapp.palette().window().color().name() == theme().tokens["color"][preference]["surface"]
        assert theme().tokens["color"][preference]["accent_fill"] in qapp.styleSheet()
    plain = theme().color("border")
    studio.toggle_contrast()
    assert theme().color("border") != plain
    studio.toggle_contrast()


def test_themes_are_chosen_and_a_bad_one_is_explained(
    qtbot: QtBot, application: Application, shared_dir: Path, tmp_path: Path
) -> None:
    studio = application.studio
    qtbot.waitUntil(lambda: studio.library.loaded is not None, timeout=10_000)
    assert studio.window.header.theme.words == "Cozy Loft"
    studio.library.choose_path(shared_dir / "data" / "themes" / "starter-desk")
    qtbot.waitUntil(lambda: studio.library.loaded.theme.id == "starter-desk", timeout=10_000)
    assert studio.window.header.theme.words == studio.library.loaded.theme.name
    (tmp_path / "empty").mkdir()
    studio.library.choose_path(tmp_path / "empty")
    toasts = studio.window.stage_frame.toasts
    qtbot.waitUntil(lambda: any("not opened" in toast.title for toast in toasts.toasts), timeout=5_000)
    assert studio.library.loaded.theme.id == "starter-desk"  # the picture before stays


def test_palette_finds_and_runs(qtbot: QtBot, application: Application) -> None:
    studio = application.studio
    qtbot.keyClick(studio.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = studio.palette
    qtbot.keyClicks(palette.field, "> settings")
    assert palette.list.currentIndex().data().startswith("Settings…")
    palette.field.setText("assign mode")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert studio.window.workspace == "assign"


def test_every_action_is_in_a_menu_and_says_why_not(application: Application) -> None:
    actions = application.studio.actions
    menu = actions.main_menu(application.studio.window)
    assert tuple(entry.text() for entry in menu.actions()) == MENUS
    titles: set[str] = set()
    stack = [menu]
    while stack:
        for entry in stack.pop().actions():
            if entry.menu() is not None:
                stack.append(entry.menu())
            titles.add(entry.text().partition("\t")[0])  # the key of some is part of the text
    assert {action.title for action in ACTIONS} <= titles
    actions.refresh()
    assert not actions.qt("assign.assign").isEnabled()
    assert actions.qt("assign.assign").toolTip() == "Select an agent first"
    keys = [(action.key, action.scope) for action in ACTIONS if action.key]
    assert len(keys) == len(set(keys))
    menu.deleteLater()


@pytest.mark.parametrize(
    ("address", "token", "says"),
    [
        ("office.local", "", "must start with http:// or https://"),
        ("http://127.0.0.1:1", "", "Nothing answers at"),
        ("SERVER", "wrong-token", "does not know this token"),
    ],
)
def test_connect_dialog_explains_what_is_wrong(
    qtbot: QtBot, application: Application, office: Office, address: str, token: str, says: str
) -> None:
    office.add_agent("Vivi").work()
    dialog = ConnectDialog(application.jobs, application.studio.window)
    dialog.show()
    dialog.address.setText(office.url if address == "SERVER" else address)
    dialog.token.setText(token)
    qtbot.mouseClick(dialog.connect_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: says in dialog.result.accessibleName(), timeout=8_000)
    assert dialog.isVisible()
    assert dialog.connect_button.isEnabled()
    assert not application.settings.now.offices
    dialog.reject()
    dialog.deleteLater()


def test_connect_dialog_connects_and_saves_without_the_token(
    qtbot: QtBot, application: Application, office: Office
) -> None:
    office.add_agent("Vivi").work()
    studio = application.studio
    studio.connect_dialog()
    dialog = studio.connect_dialog_shown
    dialog.address.setText(office.url)
    dialog.token.setText(office.token)
    dialog.name.setText("My office")
    dialog.test()
    qtbot.waitUntil(lambda: len(studio.store.live_agents) == 1, timeout=8_000)
    assert studio.settings.now.office(office.url).name == "My office"
    studio.settings.save_now()
    home = Path(studio.settings._store.path)
    assert office.token not in home.read_text("utf-8")
