"""Packing in the real window: the map of sizes, what stays out, the zip, cancelling, revealing."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QDesktopServices, QHelpEvent, QMouseEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QMenu, QToolTip
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from office_studio.app import Application
from office_studio.services import theme_packer
from office_studio.services.theme_packer import pack_theme, plan_pack
from office_studio.ui.make.pack_dialog import PackDialog
from tests.ui.make.test_library import card, open_library


def open_pack(qtbot: QtBot, application: Application, path: Path) -> PackDialog:
    page = open_library(qtbot, application)
    page.shelf.add(path)
    qtbot.waitUntil(lambda: page.shelf.card(f"local:{path}") is not None, timeout=30_000)
    page.library.choose(f"local:{path}")
    application.studio.actions.run("make.pack")
    dialog = application.studio.pack_dialog
    qtbot.waitUntil(lambda: bool(dialog.plan) or bool(dialog._words.text()), timeout=30_000)
    return dialog


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the desktop is asked to open; it is the only thing here that is not real."""
    found: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: found.append(url.toLocalFile()) or True)
    return found


def test_the_map_shows_every_file_and_can_be_walked(qtbot: QtBot, application: Application, broken_theme: Path) -> None:
    for number in range(5):
        (broken_theme / f"note-{number}.txt").write_text("x" * 100 * (number + 1))
    dialog = open_pack(qtbot, application, broken_theme)
    view = dialog.map
    QAbstractItemModelTester(view.sizes)
    packed = {item.name for item in plan_pack(broken_theme) if item.packed}
    assert {leaf.name for leaf in view.sizes.leaves} == packed
    assert "6 left out" in dialog._facts.text()
    boxes = [view.box(row) for row in range(len(packed))]
    room = view.viewport().width() * view.viewport().height()
    assert 0.8 * room < sum(box.width() * box.height() for box in boxes) <= room

    view.setFocus()
    assert view.currentIndex().row() == 0
    seen = {0}
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_End, Qt.Key.Key_Home):
        qtbot.keyClick(view, key)
        seen.add(view.currentIndex().row())
    assert len(seen) > 2
    assert dialog.pointed.text().startswith(view.sizes.leaves[view.currentIndex().row()].name)

    row = len(packed) - 1
    middle = boxes[row].center().toPoint()
    assert view.indexAt(middle).row() == row
    at, none = QPointF(middle), Qt.MouseButton.NoButton
    QApplication.sendEvent(
        view.viewport(),
        QMouseEvent(QMouseEvent.Type.MouseMove, at, view.mapToGlobal(at), none, none, Qt.KeyboardModifier.NoModifier),
    )
    assert dialog.pointed.text().startswith(view.sizes.leaves[row].name)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert view.currentIndex().row() == row
    tip = QHelpEvent(QHelpEvent.Type.ToolTip, middle, view.viewport().mapToGlobal(middle))
    view.viewportEvent(tip)
    qtbot.waitUntil(lambda: view.sizes.leaves[row].name in QToolTip.text(), timeout=10_000)
    QToolTip.hideText()

    spoken = QAccessible.queryAccessibleInterface(view)
    assert spoken.childCount() == len(packed)
    first = spoken.child(0)
    assert first.text(QAccessible.Text.Name).startswith(view.sizes.leaves[0].name)
    assert first.rect().size() == view.visualRect(view.sizes.index(0)).size()

    qtbot.mouseClick(dialog.which.button_of("Left out"), Qt.MouseButton.LeftButton)
    assert {leaf.name for leaf in view.sizes.leaves} == {"old.png", *(f"note-{number}.txt" for number in range(5))}
    dialog.reject()


def test_the_zip_is_written_told_and_revealed(
    qtbot: QtBot, application: Application, good_theme: Path, opened: list[str], tmp_path: Path
) -> None:
    dialog = open_pack(qtbot, application, good_theme)
    assert dialog.target == good_theme.parent / "good-room.zip"
    with qtbot.waitSignal(dialog.packed, timeout=30_000) as signal:
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    (packed,) = signal.args
    same = pack_theme(good_theme, tmp_path / "by-hand.zip")
    assert hashlib.sha256(dialog.target.read_bytes()).hexdigest() == packed.sha256 == same.sha256
    toast = application.studio.make_page.toasts.toasts[-1]
    assert "Packed: good-room.zip" in toast.accessibleName()
    application.studio.reveal(packed.path)
    assert opened == [str(good_theme.parent)]


def test_a_theme_with_errors_says_so_and_leads_to_them(
    qtbot: QtBot, application: Application, broken_theme: Path
) -> None:
    dialog = open_pack(qtbot, application, broken_theme)
    qtbot.mouseClick(dialog.pack_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.problems_button.isVisible(), timeout=40_000)
    assert "the theme has 1 error" in dialog._words.text()
    assert not dialog.target.exists()
    qtbot.mouseClick(dialog.problems_button, Qt.MouseButton.LeftButton)
    page = application.studio.make_page.page
    assert page is not None
    assert page.document.path == broken_theme


def test_cancelling_leaves_nothing(
    qtbot: QtBot, application: Application, good_theme: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Held in the middle of the real packer, so that there is something to cancel."""
    reached, go = threading.Event(), threading.Event()
    real = theme_packer.prepare

    def slow(name: str, data: bytes) -> object:
        reached.set()
        assert go.wait(20)
        return real(name, data)

    monkeypatch.setattr(theme_packer, "prepare", slow)
    dialog = open_pack(qtbot, application, good_theme)
    before = sorted(good_theme.parent.iterdir())
    qtbot.mouseClick(dialog.pack_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(reached.is_set, timeout=40_000)
    assert dialog._bar.isVisible()
    qtbot.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)
    go.set()
    qtbot.waitUntil(lambda: not (isValid(dialog) and dialog.isVisible()), timeout=40_000)
    assert sorted(good_theme.parent.iterdir()) == before


def test_a_card_is_revealed_from_its_menu(
    qtbot: QtBot, application: Application, good_theme: Path, opened: list[str]
) -> None:
    page = open_library(qtbot, application)
    page.shelf.add(good_theme)
    qtbot.waitUntil(lambda: card(page, "good-room") is not None, timeout=30_000)
    page.library.choose(f"local:{good_theme}")
    page._show_card_menu(card(page, "good-room"), QPoint(200, 200))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    words = [action.text() for action in menu.actions() if action.text()]
    assert [w for w in words if w in ("Pack…", "Earlier uploads…", "Reveal in folder", "Copy path", "Delete…")] == [
        "Pack…", "Earlier uploads…", "Reveal in folder", "Copy path", "Delete…",
    ]  # fmt: skip
    next(action for action in menu.actions() if action.text() == "Reveal in folder").trigger()
    menu.close()
    assert opened == [str(good_theme)]
    application.studio.actions.run("make.copy_path")
    assert QApplication.clipboard().text() == str(good_theme)
