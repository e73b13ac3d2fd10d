"""The library in the real window against a real server: cards, keys, preview, upload, delete."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import httpx
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from office_studio.app import Application
from office_studio.ui.make.cards import Card
from office_studio.ui.make.make_page import MakePage
from office_studio.ui.upload_job import StepState
from tests.ui.conftest import Office
from tests.ui.make.conftest import change, manifest, write
from tests.ui.test_live_window import connect, wait_for_theme


def open_library(qtbot: QtBot, application: Application) -> MakePage:
    application.studio.window.show_workspace("make")
    page = application.studio.make_page
    qtbot.waitUntil(lambda: card(page, "cozy-loft") is not None, timeout=15_000)
    return page


def card(page: MakePage, theme_id: str) -> Card | None:
    return page.shelf.of_theme(theme_id)


def chips(page: MakePage, theme_id: str) -> list[str]:
    found = card(page, theme_id)
    return [chip.words for chip in found.all_chips] if found is not None else []


def on_server(office: Office) -> dict[str, str]:
    rows = httpx.get(f"{office.url}/api/themes", headers=office.headers).json()["themes"]
    return {row["id"]: row["version"] for row in rows}


def upload(qtbot: QtBot, application: Application, path: Path) -> None:
    application.studio.make_page.open_path(path)
    qtbot.keyClick(application.studio.window, Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    sheet = application.studio.upload_sheet
    qtbot.mouseClick(sheet.upload_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(sheet.uploaded, timeout=30_000):
        pass


def test_cards_tell_what_is_known(qtbot: QtBot, application: Application, good_theme: Path, broken_theme: Path) -> None:
    wait_for_theme(qtbot, application)
    page = open_library(qtbot, application)
    QAbstractItemModelTester(page.library.model)
    page.shelf.add(good_theme)
    page.shelf.add(broken_theme)
    qtbot.waitUntil(lambda: "1 error" in chips(page, "broken-room"), timeout=20_000)
    qtbot.waitUntil(lambda: card(page, "good-room") is not None, timeout=20_000)
    found = card(page, "good-room")
    assert found.line == f"2D · {found.seats} seats · v1.0.0"
    assert found.seats == sum(len(zone["seats"]) for zone in manifest(good_theme)["zones"])
    qtbot.waitUntil(lambda: found.key in page.shelf.pictures, timeout=10_000)
    picture = page.shelf.pictures[found.key]
    assert (picture.width(), picture.height()) == (640, 360)
    assert chips(page, "cozy-loft")[0] == "In use"
    names = [c.name for c in page.shelf.cards]
    assert names == sorted(names, key=str.casefold)


def test_what_cannot_be_read_is_a_card_that_says_so(qtbot: QtBot, application: Application, tmp_path: Path) -> None:
    page = open_library(qtbot, application)
    nothing = tmp_path / "holiday-pictures"
    nothing.mkdir()
    page.shelf.add(nothing)
    key = f"local:{nothing}"
    qtbot.waitUntil(lambda: page.shelf.card(key) is not None, timeout=10_000)
    assert "no theme.json" in page.shelf.card(key).line
    page.delete_card(page.shelf.card(key))
    assert page.shelf.card(key) is None
    assert nothing.exists(), "taken off the list, not deleted"


def test_search_renderer_and_keys(qtbot: QtBot, application: Application, good_theme: Path) -> None:
    page = open_library(qtbot, application)
    page.shelf.add(good_theme)
    qtbot.waitUntil(lambda: card(page, "good-room") is not None, timeout=10_000)
    library = page.library
    qtbot.keyClick(application.studio.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.focusWidget() is library.search
    qtbot.keyClicks(library.search, "good")
    assert library.model.rowCount() == 1
    assert library.count.text().startswith("1 of ")
    qtbot.mouseClick(library.renderers.button_of("3D"), Qt.MouseButton.LeftButton)
    assert library.model.rowCount() == 0
    assert library.nothing_fits.isVisible()
    library.clear_filter()
    assert library.model.rowCount() == len(page.shelf.cards)

    library.choose(f"local:{good_theme}")
    library.view.setFocus()
    before = library.view.currentIndex().row()
    qtbot.keyClick(library.view, Qt.Key.Key_Left)
    assert library.view.currentIndex().row() == before - 1
    qtbot.keyClick(library.view, Qt.Key.Key_Right)
    qtbot.keyClick(library.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.page is not None and page.page.document.path == good_theme, timeout=5_000)
    qtbot.keyClick(application.studio.window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert page.page is None


def test_a_folder_dropped_on_the_window_opens(qtbot: QtBot, application: Application, good_theme: Path) -> None:
    page = open_library(qtbot, application)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(good_theme))])
    how = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    window = application.studio.window
    enter = QDragEnterEvent(QPoint(600, 400), *how)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    window.dropEvent(QDropEvent(QPointF(600, 400), *how))
    assert page.page is not None
    assert page.page.document.path == good_theme
    qtbot.waitUntil(lambda: page.page.document.result is not None, timeout=10_000)
    assert str(good_theme) in application.studio.settings.now.recent_themes


def test_show_on_the_stage(qtbot: QtBot, application: Application, good_theme: Path) -> None:
    page = open_library(qtbot, application)
    page.shelf.add(good_theme)
    qtbot.waitUntil(lambda: card(page, "good-room") is not None, timeout=10_000)
    page.library.choose(f"local:{good_theme}")
    application.studio.actions.run("make.preview")
    library = application.studio.library
    qtbot.waitUntil(lambda: library.loaded is not None and library.loaded.theme.id == "good-room", timeout=10_000)
    assert application.studio.window.workspace == "watch"


def test_mend_upload_change_and_delete(
    qtbot: QtBot, application: Application, office: Office, broken_theme: Path
) -> None:
    """The story of a designer: refused, mended, uploaded, newer here, deleted from the server."""
    ada = office.add_agent("Ada")
    ada.work()
    wait_for_theme(qtbot, application)
    connect(qtbot, application, office, 1)
    studio = application.studio
    page = open_library(qtbot, application)
    theme_page = page.open_path(broken_theme)
    qtbot.waitUntil(lambda: theme_page.document.result is not None, timeout=15_000)

    studio.actions.run("file.upload")
    sheet = studio.upload_sheet
    qtbot.mouseClick(sheet.upload_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(sheet.job.failed, timeout=20_000):
        pass
    assert sheet.job.steps[0].state is StepState.FAILED
    assert on_server(office) == {}
    qtbot.mouseClick(sheet._problems, Qt.MouseButton.LeftButton)

    theme_page.document.fix_all_safe()
    qtbot.waitUntil(lambda: theme_page.verdict.text().startswith("Ready"), timeout=15_000)
    upload(qtbot, application, broken_theme)
    assert on_server(office) == {"broken-room": "1.2.0"}
    qtbot.waitUntil(lambda: "On server" in chips(page, "broken-room"), timeout=10_000)

    change(broken_theme, version="1.3.0")
    qtbot.waitUntil(lambda: "Server is older" in chips(page, "broken-room"), timeout=15_000)

    office.bind("broken-room", 0, ada.id)
    page.show_library()
    page.library.choose(f"local:{broken_theme}")
    page.library.view.setFocus()
    qtbot.keyClick(page.library.view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: page.deleting.dialog is not None, timeout=10_000)
    dialog = page.deleting.dialog
    assert "Ada sits in it" in dialog.words._words
    assert not dialog.delete_button.isEnabled()
    qtbot.keyClicks(dialog.field, manifest(broken_theme)["name"])
    qtbot.mouseClick(dialog.delete_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: on_server(office) == {}, timeout=10_000)
    qtbot.waitUntil(lambda: "Only here" in chips(page, "broken-room"), timeout=10_000)
    assert (broken_theme / "theme.json").exists()


def test_who_would_lose_a_seat_is_asked_first(
    qtbot: QtBot, application: Application, office: Office, good_theme: Path
) -> None:
    ada = office.add_agent("Ada")
    ada.work()
    connect(qtbot, application, office, 1)
    open_library(qtbot, application)
    upload(qtbot, application, good_theme)
    document = manifest(good_theme)
    last = sum(len(zone["seats"]) for zone in document["zones"]) - 1
    office.bind("good-room", last, ada.id)
    zone = document["zones"][-1]
    del zone["seats"][-1]
    zone["capacity"] = len(zone["seats"])
    document["maxAgents"] = last
    write(good_theme, document)

    application.studio.actions.run("file.upload")
    sheet = application.studio.upload_sheet
    qtbot.mouseClick(sheet.upload_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: sheet.job is not None and sheet.job.review is not None, timeout=20_000)
    words = " ".join(sheet.job.review.sentences)
    assert "Ada would lose" in words
    assert "Removes 1 seat" in words
    assert sheet.upload_button.text() == "Upload as 2.0.0"
    assert on_server(office) == {"good-room": "1.0.0"}, "nothing is sent before the word"
    qtbot.mouseClick(sheet.upload_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: on_server(office) == {"good-room": "2.0.0"}, timeout=20_000)
    assert manifest(good_theme)["version"] == "2.0.0"


def test_a_theme_that_only_the_server_has(
    qtbot: QtBot, application: Application, office: Office, good_theme: Path, tmp_path: Path
) -> None:
    office.add_agent("Ada").work()
    connect(qtbot, application, office, 1)
    page = open_library(qtbot, application)
    upload(qtbot, application, good_theme)
    qtbot.waitUntil(lambda: card(page, "good-room") is not None, timeout=20_000)
    seats = card(page, "good-room").seats
    page.close_tab()
    page.shelf.forget(good_theme)
    shutil.rmtree(good_theme)
    key = "server:good-room"
    qtbot.waitUntil(lambda: page.shelf.card(key) is not None, timeout=10_000)
    qtbot.waitUntil(lambda: page.shelf.card(key).seats == seats, timeout=10_000)
    qtbot.waitUntil(lambda: key in page.shelf.pictures, timeout=10_000)
    page.library.choose(key)
    at = page.library.view.visualRect(page.library.model.index_of(key)).center()
    qtbot.mouseDClick(page.library.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(at))
    library = application.studio.library
    qtbot.waitUntil(lambda: library.loaded is not None and library.loaded.theme.id == "good-room", timeout=15_000)
    assert json.loads((Path(library.loaded.source) / "theme.json").read_text("utf-8"))["id"] == "good-room"
