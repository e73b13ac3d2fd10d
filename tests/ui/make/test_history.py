"""Zips in the real window: earlier uploads published again, facts of an upload, zips unpacked and of the web."""

from __future__ import annotations

import hashlib
import http.server
import threading
from pathlib import Path

import httpx
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from office_studio.app import Application
from office_studio.services.bundle_history import BundleHistory
from office_studio.services.theme_packer import pack_theme
from tests.ui.conftest import Office
from tests.ui.make.conftest import change, manifest, write
from tests.ui.make.test_library import card, on_server, open_library, upload
from tests.ui.test_live_window import connect


def facts(rows: object) -> dict[str, str]:
    return dict(rows)  # type: ignore[call-overload]


@pytest.mark.timeout(180)
def test_an_earlier_bundle_is_published_again(
    qtbot: QtBot, application: Application, office: Office, good_theme: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.add_agent("Ada").work()
    connect(qtbot, application, office, 1)
    studio = application.studio
    page = open_library(qtbot, application)
    upload(qtbot, application, good_theme)
    told = facts(studio.last_upload[1])
    raw = (good_theme / "theme.json").read_bytes()
    assert told["Server said"] == "stored good-room, Good Room, 1.0.0"
    assert told["Read back: version"] == "1.0.0 · the same"
    assert hashlib.sha256(raw).hexdigest()[:16] in told["Read back: theme.json"]
    change(good_theme, version="2.0.0")
    upload(qtbot, application, good_theme)
    assert on_server(office) == {"good-room": "2.0.0"}
    kept = BundleHistory(office.url).kept("good-room")
    page.show_library()
    qtbot.waitUntil(lambda: card(page, "good-room").server_version == "2.0.0", timeout=30_000)
    page.library.choose(f"local:{good_theme}")

    studio.actions.run("make.history")
    qtbot.waitUntil(lambda: getattr(studio, "history_dialog", None) is not None, timeout=30_000)
    dialog = studio.history_dialog
    assert dialog.isVisible()
    rows = [dialog.model.cells(row) for row in range(dialog.model.rowCount())]
    assert [(row[0], row[3], row[4]) for row in rows] == [
        ("2.0.0", kept[0].sha256[:12], "On the server"), ("1.0.0", kept[1].sha256[:12], ""),
    ]  # fmt: skip
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or True)
    qtbot.mouseClick(dialog.reveal_button, Qt.MouseButton.LeftButton)
    assert opened == [str(kept[0].path.parent)]
    dialog.table.setFocus()
    qtbot.keyClick(dialog.table, Qt.Key.Key_Down)
    assert dialog.bundle() == kept[1]
    qtbot.mouseClick(dialog.publish_button, Qt.MouseButton.LeftButton)

    sheet = studio.upload_sheet
    assert sheet._title.text() == "Publish Good Room 1.0.0 again"
    assert not sheet._choice.isVisible()
    qtbot.mouseClick(sheet.details_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(sheet.upload_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: sheet.job.review is not None, timeout=40_000)
    assert "The server has 2.0.0; this puts 1.0.0 in its place." in sheet.job.review.sentences
    assert not sheet.job.review.version, "a kept bundle is sent as it is"
    with qtbot.waitSignal(sheet.uploaded, timeout=30_000):
        qtbot.mouseClick(sheet.upload_button, Qt.MouseButton.LeftButton)
    assert on_server(office) == {"good-room": "1.0.0"}
    answer = httpx.get(f"{office.url}/api/themes/good-room/manifest", headers=office.headers)
    assert answer.content == raw
    assert BundleHistory(office.url).kept("good-room")[0].sha256 == kept[1].sha256, "the same bytes went out"
    # Somebody reads the details, so the sheet stays until it is closed.
    assert sheet.is_open
    told = facts(sheet.details.rows)
    assert told["SHA-256"] == kept[1].sha256
    assert told["Had before"] == "2.0.0"
    assert told["Server said"].startswith("stored good-room")
    qtbot.keyClick(sheet.sheet, Qt.Key.Key_Escape)
    assert not sheet.is_open


def test_a_refused_upload_tells_what_the_server_said(
    qtbot: QtBot, application: Application, office: Office, good_theme: Path
) -> None:
    office.add_agent("Ada").work()
    connect(qtbot, application, office, 1)
    open_library(qtbot, application).open_path(good_theme)
    studio = application.studio
    studio.session.credentials = type(studio.session.credentials)("not-this-one")
    studio.upload_theme()
    sheet = studio.upload_sheet
    qtbot.mouseClick(sheet.details_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(sheet.upload_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: sheet.job is not None and sheet.job.error is not None, timeout=30_000)
    told = facts(sheet.details.rows)
    assert told["Code"] == "OFFICE_UNAUTHORIZED"
    assert told["Server said"].startswith("HTTP 401")
    assert told["Server has"] == "what it had before"
    sheet.close()
    assert studio.last_upload is not None


def test_nothing_was_uploaded_yet(qtbot: QtBot, application: Application, office: Office, good_theme: Path) -> None:
    office.add_agent("Ada").work()
    connect(qtbot, application, office, 1)
    page = open_library(qtbot, application)
    page.shelf.add(good_theme)
    qtbot.waitUntil(lambda: card(page, "good-room") is not None, timeout=30_000)
    page.library.choose(f"local:{good_theme}")
    application.studio.actions.run("make.history")
    qtbot.waitUntil(lambda: getattr(application.studio, "history_dialog", None) is not None, timeout=30_000)
    dialog = application.studio.history_dialog
    assert not dialog.publish_button.isVisible()
    assert dialog.model.rowCount() == 0
    dialog.reject()


def test_a_zip_is_unpacked_and_mended(
    qtbot: QtBot, application: Application, good_theme: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = manifest(good_theme)
    zone = document["zones"][0]
    zone["seats"][0]["x"] = zone["bounds"]["x"] + zone["bounds"]["width"] + 9
    write(good_theme, document)
    package = tmp_path / "good-room.zip"
    pack_theme(good_theme, package)
    before = package.read_bytes()
    page = open_library(qtbot, application).open_path(package)
    qtbot.waitUntil(lambda: page.document.result is not None, timeout=40_000)
    assert page.unpack_button.isVisible()
    page.view.choose(next(f for f in page.model.findings if f.rule == "T2D-SEAT-ZONE"))
    assert page.details.fix_button.text() == "Unpack to a folder…"
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.setattr("PySide6.QtWidgets.QFileDialog.getExistingDirectory", lambda *_: str(work))
    qtbot.mouseClick(page.details.fix_button, Qt.MouseButton.LeftButton)
    make = application.studio.make_page
    qtbot.waitUntil(lambda: make.page is not page and make.page is not None, timeout=40_000)
    opened = make.page
    assert opened.document.path == work / "good-room"
    qtbot.waitUntil(lambda: opened.fix_all_button.isVisible() and opened.fix_all_button.isEnabled(), timeout=40_000)
    qtbot.mouseClick(opened.fix_all_button, Qt.MouseButton.LeftButton)
    rules = lambda: {f.rule for f in opened.document.result.report.findings}  # noqa: E731
    qtbot.waitUntil(lambda: "T2D-SEAT-ZONE" not in rules(), timeout=40_000)
    assert package.read_bytes() == before
    application.studio.unpack_to(package, work / "good-room")  # it is there already: told, and nothing is written over
    qtbot.waitUntil(lambda: any("Not unpacked" in t.accessibleName() for t in make.toasts.toasts), timeout=30_000)


def test_a_zip_of_the_web_opens_read_only(
    qtbot: QtBot, application: Application, good_theme: Path, tmp_path: Path
) -> None:
    pack_theme(good_theme, tmp_path / "Good Room.zip")

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: object, **more: object) -> None:
            super().__init__(*args, directory=str(tmp_path), **more)  # type: ignore[arg-type, misc]

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        make, address = open_library(qtbot, application), f"http://127.0.0.1:{server.server_port}"
        application.studio.actions.run("file.open_web")
        dialog = application.studio.address_dialog
        dialog.address.setText("ftp://example.org/x.zip")
        assert not dialog.open_button.isEnabled()
        assert "http://" in dialog.problem.accessibleName()
        dialog.address.setText(f"{address}/Good%20Room.zip")
        dialog.open_button.click()
        qtbot.waitUntil(lambda: make.page is not None and make.page.document.result is not None, timeout=40_000)
        page = make.page
        assert page.document.path.name == "Good-Room.zip"
        assert page.document.path.read_bytes() == (tmp_path / "Good Room.zip").read_bytes()
        assert not page.document.result.report.counts["error"]
        assert page.unpack_button.isVisible()
        application.studio.fetch_theme(f"{address}/none.zip")
        qtbot.waitUntil(lambda: any("not fetched" in t.accessibleName() for t in make.toasts.toasts), timeout=30_000)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
