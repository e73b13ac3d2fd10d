"""The problems of a theme in the real window: seen, filtered, mended by a click, taken back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from office_studio.app import Application
from office_studio.core.validation.report import Finding, Severity
from office_studio.services.theme_packer import pack_theme
from office_studio.ui.make.theme_page import ThemePage
from tests.ui.make.conftest import change, manifest


def open_page(qtbot: QtBot, application: Application, path: Path) -> ThemePage:
    studio = application.studio
    studio.open_in_make(path)
    page = studio.make_page.page
    qtbot.waitUntil(lambda: page.document.result is not None, timeout=15_000)
    return page


def finding(page: ThemePage, rule: str) -> Finding:
    return next(f for f in page.document.result.report.findings if f.rule == rule)


def rules(page: ThemePage) -> set[str]:
    return {f.rule for f in page.document.result.report.findings}


def click_fix(qtbot: QtBot, page: ThemePage, rule: str) -> None:
    wanted = finding(page, rule)
    page.view.choose(wanted)
    rect = page.view.button_rect(wanted)
    assert not rect.isEmpty()
    qtbot.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center().toPoint())


def test_the_verdict_comes_first_and_the_list_says_where(
    qtbot: QtBot, application: Application, broken_theme: Path
) -> None:
    page = open_page(qtbot, application, broken_theme)
    QAbstractItemModelTester(page.model)
    assert page.verdict.text() == "Upload is blocked by 1 error"
    assert {"T2D-META-VERSION", "T2D-SEAT-ZONE", "T2D-FILE-UNUSED"} <= rules(page)
    first = page.model.findings[0]
    assert first.severity is Severity.ERROR
    assert page.view.finding() == first
    assert page.text.line == first.line
    assert '"1.2"' in page.text.textCursor().block().text()
    assert page.severities[Severity.ERROR].text().strip() == "1"
    qtbot.waitUntil(lambda: "1 error" in application.studio.window.status._facts.text(), timeout=3_000)


def test_a_fix_by_click_is_written_and_taken_back(qtbot: QtBot, application: Application, broken_theme: Path) -> None:
    page = open_page(qtbot, application, broken_theme)
    before = (broken_theme / "theme.json").read_bytes()
    click_fix(qtbot, page, "T2D-META-VERSION")
    qtbot.waitUntil(lambda: manifest(broken_theme)["version"] == "1.2.0", timeout=10_000)
    qtbot.waitUntil(lambda: "T2D-META-VERSION" not in rules(page), timeout=10_000)
    assert page.verdict.text().startswith("Ready to upload")
    qtbot.waitUntil(lambda: "Saved" in application.studio.make_page.status()[0], timeout=5_000)

    qtbot.keyClick(application.studio.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: (broken_theme / "theme.json").read_bytes() == before, timeout=10_000)
    qtbot.waitUntil(lambda: page.verdict.text() == "Upload is blocked by 1 error", timeout=10_000)
    qtbot.keyClick(
        application.studio.window,
        Qt.Key.Key_Z,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    qtbot.waitUntil(lambda: manifest(broken_theme)["version"] == "1.2.0", timeout=10_000)


def test_all_safe_fixes_are_one_step(qtbot: QtBot, application: Application, broken_theme: Path) -> None:
    page = open_page(qtbot, application, broken_theme)
    before = (broken_theme / "theme.json").read_bytes()
    assert page.fix_all_button.isVisible()
    qtbot.mouseClick(page.fix_all_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not {"T2D-META-VERSION", "T2D-SEAT-ZONE"} & rules(page), timeout=15_000)
    assert (broken_theme / "old.png").exists(), "a deletion is not safe"
    application.studio.undo()
    qtbot.waitUntil(lambda: (broken_theme / "theme.json").read_bytes() == before, timeout=10_000)


def test_deleting_an_unused_file_can_be_undone(qtbot: QtBot, application: Application, broken_theme: Path) -> None:
    page = open_page(qtbot, application, broken_theme)
    picture = (broken_theme / "old.png").read_bytes()
    page.view.choose(finding(page, "T2D-FILE-UNUSED"))
    qtbot.keyClick(application.studio.window, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not (broken_theme / "old.png").exists(), timeout=10_000)
    qtbot.waitUntil(lambda: not page.document.is_busy, timeout=10_000)
    application.studio.undo()
    qtbot.waitUntil(lambda: (broken_theme / "old.png").exists(), timeout=10_000)
    assert (broken_theme / "old.png").read_bytes() == picture


def test_an_edit_elsewhere_is_checked_at_once(qtbot: QtBot, application: Application, broken_theme: Path) -> None:
    page = open_page(qtbot, application, broken_theme)
    qtbot.waitUntil(lambda: not page.document.is_busy, timeout=10_000)
    change(broken_theme, version="2.0.0")
    qtbot.waitUntil(lambda: "T2D-META-VERSION" not in rules(page), timeout=10_000)
    (broken_theme / "theme.json").write_text('{"id": "x",\n  "name": }', "utf-8")
    qtbot.waitUntil(lambda: "T2D-JSON-PARSE" in rules(page), timeout=10_000)
    assert page.verdict.text().startswith("Upload is blocked")
    assert finding(page, "T2D-JSON-PARSE").line == 2


def test_undo_never_writes_over_what_others_wrote(qtbot: QtBot, application: Application, broken_theme: Path) -> None:
    page = open_page(qtbot, application, broken_theme)
    click_fix(qtbot, page, "T2D-META-VERSION")
    qtbot.waitUntil(lambda: manifest(broken_theme)["version"] == "1.2.0", timeout=10_000)
    qtbot.waitUntil(lambda: not page.document.is_busy, timeout=10_000)
    change(broken_theme, name="Written by somebody else")
    application.studio.undo()
    toasts = application.studio.make_page.toasts
    qtbot.waitUntil(lambda: any(t.title == "Not saved" for t in toasts.toasts), timeout=10_000)
    assert manifest(broken_theme)["name"] == "Written by somebody else"
    assert not page.document.undo_stack.canUndo()


def test_keys_go_from_problem_to_problem_from_the_text_too(
    qtbot: QtBot, application: Application, broken_theme: Path
) -> None:
    page = open_page(qtbot, application, broken_theme)
    findings = page.model.findings
    page.text.setFocus()
    qtbot.keyClick(page.text, Qt.Key.Key_F8)
    assert page.view.finding() == findings[1]
    qtbot.keyClick(page.text, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(page.text, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    assert page.view.finding() == findings[-1]
    page.view.choose(findings[0])
    qtbot.keyClick(page.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is page.text, timeout=3_000)
    assert page.text.textCursor().blockNumber() + 1 == findings[0].line


def test_the_room_outlines_the_object(qtbot: QtBot, application: Application, broken_theme: Path) -> None:
    page = open_page(qtbot, application, broken_theme)
    qtbot.mouseClick(page.viewers.button_of("Room"), Qt.MouseButton.LeftButton)
    page.view.choose(finding(page, "T2D-SEAT-ZONE"))
    seat = manifest(broken_theme)["zones"][0]["seats"][0]
    qtbot.waitUntil(lambda: page.room.marked is not None, timeout=10_000)
    mark = page.room.marked
    assert mark.x < seat["x"] < mark.x + mark.width
    assert mark.y < seat["y"] < mark.y + mark.height


def test_filter_profile_and_severities(qtbot: QtBot, application: Application, broken_theme: Path) -> None:
    page = open_page(qtbot, application, broken_theme)
    page.search.setText("old.png")
    assert [f.rule for f in page.model.findings] == ["T2D-FILE-UNUSED"]
    page.search.setText("nothing is called so")
    assert not page.model.findings
    assert "The filter hides" in page._nothing.words._words
    page.search.clear()
    qtbot.mouseClick(page.severities[Severity.ERROR], Qt.MouseButton.LeftButton)
    assert all(f.severity is not Severity.ERROR for f in page.model.findings)
    qtbot.mouseClick(page.severities[Severity.ERROR], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.profiles.button_of("Server"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.document.result.report.profile == "server", timeout=10_000)
    assert "T2D-SEAT-ZONE" not in rules(page)


def test_a_rule_can_be_ignored_and_asked_again(qtbot: QtBot, application: Application, broken_theme: Path) -> None:
    page = open_page(qtbot, application, broken_theme)
    page.view.choose(finding(page, "T2D-META-VERSION"))
    assert not page.details.ignore_button.isEnabled(), "servers refuse it"
    page.view.choose(finding(page, "T2D-SEAT-ZONE"))
    qtbot.mouseClick(page.details.ignore_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "T2D-SEAT-ZONE" not in rules(page), timeout=10_000)
    application.studio.undo()
    qtbot.waitUntil(lambda: "T2D-SEAT-ZONE" in rules(page), timeout=10_000)
    assert not (broken_theme / ".themelint.toml").exists()


def test_a_zip_is_checked_but_not_changed(
    qtbot: QtBot, application: Application, good_theme: Path, tmp_path: Path
) -> None:
    target = tmp_path / "good-room.zip"
    pack_theme(good_theme, target)
    page = open_page(qtbot, application, target)
    assert page.document.name == "Good Room"
    assert page.verdict.text().startswith("Ready")
    assert not page.document.result.fixes
    assert application.studio.make_page.status()[0] == "Read only: a zip"


def test_the_columns_give_way_before_the_sentence(qtbot: QtBot, application: Application, broken_theme: Path) -> None:
    page = open_page(qtbot, application, broken_theme)
    application.studio.window.resize(880, 560)
    qtbot.waitUntil(lambda: page.width() < 860, timeout=3_000)
    assert page.details.isHidden()
    wanted = page.model.findings[0]
    assert page.view.button_rect(wanted).right() <= page.view.viewport().width()
    qtbot.mouseMove(page.view.viewport(), page.view.button_rect(wanted).center().toPoint() + QPoint(1, 0))


def test_the_palette_finds_problems_by_a_colon(qtbot: QtBot, application: Application, broken_theme: Path) -> None:
    page = open_page(qtbot, application, broken_theme)
    studio = application.studio
    page.search.setText("nothing has these words")
    studio.window.show_workspace("watch")
    studio.actions.run("edit.palette")
    palette = studio.palette
    listed = lambda: [row for row in palette.rows.rows if not isinstance(row, str)]  # noqa: E731
    assert not [entry for entry in listed() if entry.kind == "problem"], "only when asked for"
    qtbot.keyClicks(palette.field, ":")
    assert {entry.title for entry in listed()} == {f.message for f in page.document.result.report.findings}
    wanted = finding(page, "T2D-SEAT-ZONE")
    qtbot.keyClicks(palette.field, "seat zone")
    assert [entry.title for entry in listed()] == [wanted.message]
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert studio.window.workspace == "make"
    assert page.view.finding() == wanted
    assert page.text.line == wanted.line
    page.search.clear()
    studio.make_page.close_tab(page)
    studio.actions.run("edit.palette")
    qtbot.keyClicks(studio.palette.field, ":")
    assert listed() == [] or studio.palette is not palette
    assert studio.palette._nothing.text() == "No problems in the open themes"
    studio.palette.close()
