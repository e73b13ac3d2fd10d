"""Themes that are wrong in every way there is: shown on the real stage, with people in it who come, work and walk.

Something is drawn, nothing is raised, and what is wrong is told as a finding.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from office_studio.core.office.model import Binding
from office_studio.core.theme.manifest import MAX_MANIFEST_BYTES
from office_studio.core.validation.report import Finding
from office_studio.services.theme_check import check_path
from office_studio.services.theme_loader import load_theme
from office_studio.ui.render.sprite_layer import PIECES_PER_TURN
from office_studio.ui.render.stage_view import StageView
from tests.ui.render.conftest import make_agent
from tests.ui.render.hostile_themes import CASES, Hostile

pytestmark = pytest.mark.qt_log_ignore("JPEG|libpng|This plugin does not support", extend=True)

PEOPLE = [
    make_agent("ada", "working", name="👩‍💻 Ада العربية " + "W" * 200, current_task="x" * 500),
    make_agent("ben", "idle", name="\u202e\u200b"),
    make_agent("cleo", "blocked", name="<b>C</b>\n\n", blocked_by="?"),
    *(make_agent(f"a{i}", "collaborating") for i in range(8)),
]


# One colour, a background of one colour: the rest of these rooms is far away.
NOTHING_TO_SEE = ("a_canvas_of_one_unit", "a_canvas_like_a_thread", "a_canvas_beyond_counting")


@dataclass
class Shown:
    theme: Hostile
    image: QImage
    findings: tuple[Finding, ...]
    view: StageView

    @property
    def rules(self) -> set[str]:
        return {finding.rule for finding in self.findings}


@pytest.fixture(autouse=True)
def nothing_raised(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Exceptions in slots and on the picture thread fail the test, though Qt and the loader go on after them."""
    raised: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda *what: raised.append(what))
    yield
    assert not raised
    assert not [record for record in caplog.records if record.exc_info]


def show(view: StageView, qtbot: QtBot, theme: Hostile, folder: Path) -> Shown:
    path = theme.write(folder)
    loaded = load_theme(path)
    view.set_agents(PEOPLE)
    view.set_bindings([Binding(0, "ada", "Ada"), Binding(999, "ben", "Ben")])
    view.resize(800, 600)
    view.show()
    qtbot.waitExposed(view)
    with qtbot.waitSignal(view.theme_shown, timeout=20_000) as shown:
        view.set_theme(loaded)
    qtbot.waitUntil(lambda: bool(view.model.figures), timeout=20_000)
    qtbot.wait(120)  # some frames: labels, animations
    return Shown(theme, view.grab().toImage(), (*shown.args[1], *_checked(path)), view)


def _checked(folder: Path) -> tuple[Finding, ...]:
    """What the validator says; of a manifest four times as long as the format allows it says little else than that."""
    is_short = (folder / "theme.json").stat().st_size < 4 * MAX_MANIFEST_BYTES
    return check_path(folder).findings if is_short else ()


def is_blank(image: QImage) -> bool:
    pixels = memoryview(image.convertToFormat(QImage.Format.Format_RGB32).constBits()).cast("I")
    return len(set(pixels)) < 2


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_theme_is_drawn_and_told(name: str, view: StageView, qtbot: QtBot, tmp_path: Path):
    shown = show(view, qtbot, CASES[name](), tmp_path / "small")
    assert name in NOTHING_TO_SEE or not is_blank(shown.image)
    assert shown.rules >= set(shown.theme.rules)
    _use(view, qtbot)


def _use(view: StageView, qtbot: QtBot) -> None:
    """What people do with an office: look closer, look away, choose somebody; others change their minds meanwhile."""
    for factor in (3.0, 50.0, 0.001):
        view.zoom_by(factor, QPointF(400, 300))
        qtbot.wait(20)
    view.fit()
    view.select("ada")
    view.set_assign_mode(True)
    view.update_agents([make_agent("ada", "idle"), make_agent("new", "working")], ["ben"])
    view.set_stale(True)
    view.set_stale(False)
    qtbot.wait(60)
    view.grab()


@pytest.mark.full
def test_nothing_of_a_hostile_theme_stays_behind(view: StageView, qtbot: QtBot, tmp_path: Path):
    """One after the other in the same view, and a sound one at the end."""
    for name in ("twenty_thousand_pieces", "a_canvas_of_one_unit", "every_picture_damaged", "a_canvas_of_16384_units"):
        show(view, qtbot, CASES[name](), tmp_path / name)
    assert view.stage.sprites.is_whole
    shown = show(view, qtbot, Hostile("sound"), tmp_path / "sound")
    assert len(view.stage._sprites) == 3
    assert not shown.rules & {"T2D-IMG-BROKEN", "T2D-FILE-MISSING"}


def test_twenty_thousand_pieces_come_some_at_a_time(view: StageView, qtbot: QtBot, tmp_path: Path):
    """The view stays alive meanwhile, and in the end every piece is where the zoom wants it."""
    layer = view.stage.sprites
    placed: list[int] = []
    go_on = layer._go_on

    def watched() -> None:
        before = len(layer.items)
        go_on()
        placed.append(len(layer.items) - before)

    layer._go_on = watched  # type: ignore[method-assign]
    layer._later.timeout.disconnect()
    layer._later.timeout.connect(watched)
    show(view, qtbot, CASES["twenty_thousand_pieces"](), tmp_path / "small")
    qtbot.waitUntil(lambda: layer.is_whole, timeout=30_000)
    assert len(layer.items) == 20_002  # with the background and the glow
    assert max(placed) <= PIECES_PER_TURN
    view.zoom_by(1.5, QPointF(400, 300))
    qtbot.waitUntil(lambda: layer.is_whole and view.stage.scale == layer.items[-1]._zoom, timeout=30_000)
    last = layer.items[-2]
    expected = last.placement.rect.x * view.stage.scale
    assert abs(last.pos().x() - expected) <= 1
