"""New themes in the real window: each template opens without a problem; what cannot be is told before or after."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from office_studio.app import Application
from office_studio.core.theme.templates import TEMPLATES
from office_studio.services.theme_check import check_path
from office_studio.ui.make.new_theme import NewThemeDialog


def open_dialog(qtbot: QtBot, application: Application, folder: Path) -> NewThemeDialog:
    folder.mkdir(exist_ok=True)
    application.studio.actions.run("make.new")
    dialog = application.studio.new_theme_dialog
    assert dialog.isVisible()
    dialog.parent_folder = folder
    return dialog


def test_every_template_is_made_and_open(qtbot: QtBot, application: Application, tmp_path: Path) -> None:
    for number, template in enumerate(TEMPLATES):
        dialog = open_dialog(qtbot, application, tmp_path / "mine")
        assert not dialog.make_button.isEnabled(), "it has no name yet"
        qtbot.mouseClick(dialog.templates[template], Qt.MouseButton.LeftButton)
        assert dialog.template == template
        qtbot.keyClicks(dialog.name, f"Room {number}")
        with qtbot.waitSignal(dialog.made, timeout=40_000):
            qtbot.keyClick(dialog.name, Qt.Key.Key_Return)
        page = application.studio.make_page.page
        assert page.document.path == tmp_path / "mine" / f"room-{number}"
        qtbot.waitUntil(lambda p=page: p.document.result is not None, timeout=30_000)
        report = page.document.result.report
        assert (report.counts["error"], report.counts["warning"]) == (0, 0), report.findings
        assert report.theme == f"room-{number}"
    assert {path.name for path in (tmp_path / "mine").iterdir()} == {"room-0", "room-1", "room-2"}
    assert check_path(tmp_path / "mine" / "room-2").counts["error"] == 0


@pytest.mark.parametrize(("name", "says"), [("Taken", "is already in"), ("日本", "needs a letter")])
def test_what_cannot_be_a_name_is_told_while_typing(
    qtbot: QtBot, application: Application, tmp_path: Path, name: str, says: str
) -> None:
    (tmp_path / "mine" / "taken").mkdir(parents=True)
    dialog = open_dialog(qtbot, application, tmp_path / "mine")
    dialog.name.setText(name)
    assert says in dialog._reason.accessibleName()
    assert not dialog.make_button.isEnabled()
    dialog.name.setText("Free")
    assert dialog._reason.isHidden()
    assert dialog.make_button.isEnabled()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not (tmp_path / "mine" / "free").exists()


def test_a_folder_that_takes_nothing_is_told_and_the_name_stays(
    qtbot: QtBot, application: Application, tmp_path: Path
) -> None:
    qtbot.keyClick(application.studio.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    dialog = application.studio.new_theme_dialog
    (tmp_path / "file").write_text("no folder")
    dialog.parent_folder = tmp_path / "file"
    qtbot.keyClicks(dialog.name, "Loft")
    qtbot.mouseClick(dialog.make_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not dialog._reason.isHidden(), timeout=30_000)
    assert "cannot be written" in dialog._reason.accessibleName()
    assert dialog.isVisible()
    assert dialog.name.text() == "Loft"
    dialog.reject()
