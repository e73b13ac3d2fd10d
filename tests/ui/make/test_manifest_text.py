"""The text view: always what the file is, a large one in pieces, an edit without the rest."""

from __future__ import annotations

import random

import pytest
from pytestqt.qtbot import QtBot

from office_studio.core.validation.report import Finding, Severity
from office_studio.ui import theming
from office_studio.ui.make import manifest_text
from office_studio.ui.make.manifest_text import ManifestText

BIG = "\n".join(f'      {{ "id": "seat-{number}", "x": {number} }},' for number in range(8_000))  # 256 KB and more


@pytest.fixture
def view(qtbot: QtBot, qapp) -> ManifestText:
    theming.install(qapp)
    found = ManifestText()
    qtbot.addWidget(found)
    found.resize(640, 400)
    found.show()
    return found


def whole(qtbot: QtBot, view: ManifestText) -> str:
    qtbot.waitUntil(lambda: view.is_whole, timeout=30_000)
    return view.toPlainText()


def test_a_large_manifest_never_holds_the_window_up(qtbot: QtBot, view: ManifestText) -> None:
    steps: list[int] = []  # characters put in between two turns of the event loop
    view.document().contentsChange.connect(lambda _at, _removed, added: steps.append(added))
    assert len(BIG) > 256_000
    view.show_text(BIG, (Finding("X", Severity.ERROR, "x", line=7_000),))
    assert len(steps) <= 1
    view.go_to(7_000, 9)
    assert view.line == 7_000
    assert whole(qtbot, view) == BIG
    assert len(steps) > 5, "in pieces, not in one"
    assert max(steps) < len(BIG) / 5
    assert view.textCursor().blockNumber() + 1 == 7_000, "it goes where it was asked to once the line is there"
    assert view.extraSelections()[0].cursor.blockNumber() + 1 == 7_000


def test_an_edit_puts_in_what_differs(qtbot: QtBot, view: ManifestText, monkeypatch: pytest.MonkeyPatch) -> None:
    view.show_text(BIG, ())
    whole(qtbot, view)
    view.verticalScrollBar().setValue(4_000)
    changed: list[tuple[int, int, int]] = []
    view.document().contentsChange.connect(lambda at, removed, added: changed.append((at, removed, added)))
    edited = BIG.replace('"seat-77"', '"chair-77"')
    view.show_text(edited, ())
    assert view.toPlainText() == edited
    assert sum(removed + added for _, removed, added in changed) < 300
    assert view.verticalScrollBar().value() == 4_000


def test_any_change_ends_in_the_text_itself(qtbot: QtBot, view: ManifestText, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest_text, "_LINES_AT_ONCE", 6)
    chance = random.Random(7)
    for number in range(150):
        lines = [chance.choice(["", "{", "}", "a", "b"]) for _ in range(chance.randrange(1, 14))]
        text = chance.choice(["\n", "\r\n"]).join(lines)
        view.show_text(text, ())
        if number % 3:  # else the next one comes while this one is still filled in
            assert whole(qtbot, view) == "\n".join(lines), text
            assert view.blockCount() == len(lines)


def test_lines_are_counted_as_the_check_counts_them(qtbot: QtBot, view: ManifestText) -> None:
    view.show_text('{\n "a": "x\u2029y\rz\ufdd0",\n "b": 1\n}', ())
    assert whole(qtbot, view).count("\n") == 3
