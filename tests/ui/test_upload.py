"""Uploading a theme from the window to a real server, choosing it there, and being refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import httpx
from pytestqt.qtbot import QtBot

from office_studio.app import Application
from office_studio.ui.theme_library import ThemeSource
from office_studio.ui.upload_job import StepState
from tests.ui.conftest import Office
from tests.ui.test_live_window import connect, wait_for_theme


def test_upload_then_choose_then_bind(qtbot: QtBot, application: Application, office: Office, shared_dir: Path) -> None:
    vivi = office.add_agent("Vivi")
    vivi.work()
    studio = application.studio
    wait_for_theme(qtbot, application)
    connect(qtbot, application, office, 1)
    studio.upload_theme()
    sheet = studio.upload_sheet
    sheet.choose(shared_dir / "data" / "themes" / "starter-desk")
    sheet.start()
    job = sheet.job
    with qtbot.waitSignal(job.uploaded, timeout=20_000):
        pass
    assert [step.state for step in job.steps] == [StepState.DONE] * 4
    rows = httpx.get(f"{office.url}/api/themes", headers=office.headers).json()["themes"]
    assert [row["id"] for row in rows] == ["starter-desk"]
    toast = studio.window.stage_frame.toasts.toasts[-1]
    assert "is on the server" in toast.title

    qtbot.waitUntil(lambda: len(studio.library.on_server) == 1, timeout=5_000)
    studio.library.choose(studio.library.on_server[0])
    qtbot.waitUntil(lambda: studio.library.loaded.theme.id == "starter-desk", timeout=10_000)
    assert studio.library.current.source is ThemeSource.SERVER
    qtbot.waitUntil(lambda: bool(studio.stage.slot_count), timeout=5_000)
    studio.assignments.assign(vivi.id, 0)
    qtbot.waitUntil(lambda: office.bindings("starter-desk") == {0: vivi.id}, timeout=5_000)


def test_a_theme_with_errors_is_not_sent(
    qtbot: QtBot, application: Application, office: Office, shared_dir: Path, tmp_path: Path
) -> None:
    office.add_agent("Vivi").work()
    connect(qtbot, application, office, 1)
    broken = tmp_path / "broken"
    shutil.copytree(shared_dir / "data" / "themes" / "starter-desk", broken)
    manifest = broken / "theme.json"
    manifest.chmod(0o644)
    document = json.loads(manifest.read_text("utf-8"))
    document["version"] = "one"
    manifest.write_text(json.dumps(document), "utf-8")
    studio = application.studio
    studio.upload_theme()
    studio.upload_sheet.choose(broken)
    studio.upload_sheet.start()
    job = studio.upload_sheet.job
    with qtbot.waitSignal(job.failed, timeout=15_000):
        pass
    assert job.steps[0].state is StepState.FAILED
    assert job.steps[2].state is StepState.WAITING
    assert "Version must look like" in job.steps[0].detail
    assert studio.upload_sheet.upload_button.text() == "Try again"
    assert httpx.get(f"{office.url}/api/themes", headers=office.headers).json()["themes"] == []
    studio.upload_sheet.close()


def test_upload_needs_an_office(application: Application) -> None:
    actions = application.studio.actions
    actions.refresh()
    assert not actions.qt("file.upload").isEnabled()
    assert actions.qt("file.upload").toolTip() == "Choose an office first"


def test_theme_of_the_server_is_remembered_for_its_office(
    qtbot: QtBot, new_application: Callable[[], Application], office: Office, shared_dir: Path
) -> None:
    office.add_agent("Vivi").work()
    first = new_application()
    connect(qtbot, first, office, 1)
    first.studio.upload_theme()
    first.studio.upload_sheet.choose(shared_dir / "data" / "themes" / "starter-desk")
    first.studio.upload_sheet.start()
    qtbot.waitUntil(lambda: len(first.studio.library.on_server) == 1, timeout=20_000)
    first.studio.library.choose_key("server:starter-desk")
    qtbot.waitUntil(lambda: first.studio.library.loaded.theme.id == "starter-desk", timeout=10_000)
    first.studio.library.choose(first.studio.library.on_server[0])
    first.studio.session.leave()

    second = new_application()
    qtbot.waitUntil(lambda: second.studio.library.loaded is not None, timeout=10_000)
    connect(qtbot, second, office, 1)
    qtbot.waitUntil(lambda: second.studio.library.loaded.theme.id == "starter-desk", timeout=10_000)
