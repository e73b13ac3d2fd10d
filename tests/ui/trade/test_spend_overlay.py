"""Coin jars of open reservations in the office: whose they are, what they say, and that nobody asks unseen."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPointF

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Agent, AgentStatus
from office_studio.core.officex.money import MICRO
from office_studio.ui.render import jar_layer
from office_studio.ui.trade.spending.spend_overlay import SpendOverlay
from tests.ui.trade.conftest import Bazaar


def _agent(ident: str, name: str, status: AgentStatus = AgentStatus.WORKING) -> LiveAgent:
    return LiveAgent(Agent(ident, name, status), status, 0)


def _jars(scene: Any) -> dict[str, Any]:
    """Jars that can be seen, and where; without safe and signs."""
    return {jar_id: rect for jar_id, rect in scene.jars.shown.items() if "RESV#" in jar_id}


def _open_office(bazaar: Bazaar) -> SpendOverlay:
    """Sana and Otto are in the office, which is looked at."""
    studio = bazaar.studio
    studio.store.replace_agents([_agent("sana", "Sana"), _agent("otto", "Otto <i>", AgentStatus.IDLE)])
    studio.window.show_workspace("watch")
    studio.apply_motion(True)
    bazaar.wait(lambda: len(studio.stage.stage.figures) == 2)
    found = bazaar.market.findChild(SpendOverlay)
    assert found is not None
    return found


def _held(bazaar: Bazaar) -> tuple[Any, Any]:
    """Lead Finder holds 4 for Sana and has sipped 1.75 of it; Film Desk holds 2 and names nobody."""
    leads, films = bazaar.install("lead-finder"), bazaar.install("film-desk")

    async def reserve(till: Any) -> None:
        await till.reserve(4 * MICRO, "7f2c", {"agent_id": "sana"})
        await till.settle("RESV#7f2c", 1_750_000, final=False)

    async def reserve_for_nobody(till: Any) -> None:
        await till.reserve(2 * MICRO, "film-1")

    bazaar.till(leads, reserve)
    bazaar.till(films, reserve_for_nobody)
    return leads, films


def test_jars_stand_at_whom_they_are_for(bazaar: Bazaar, monkeypatch: pytest.MonkeyPatch) -> None:
    overlay = _open_office(bazaar)
    _leads, films = _held(bazaar)
    bazaar.again()
    stage, scene = bazaar.studio.stage, bazaar.studio.stage.stage
    shown = _jars(scene)
    assert len(shown) == 2
    [at_sana] = [rect for rect in shown.values() if scene.jars.jar_at(rect.center()).agent_id == "sana"]
    [shared] = [rect for rect in shown.values() if rect is not at_sana]
    body = scene.figures["sana"].body_box()
    assert 0 <= at_sana.left() - body[2] < 10
    assert abs(at_sana.bottom() - scene.figures["sana"].foot.y()) < 30
    safe = scene.jars.shown["safe"]  # nobody's stand in the corner, beside it
    assert safe.left() - scene.canvas_rect.intersected(scene.labels.view).left() < 30
    assert 0 < shared.left() - safe.right() < 10
    assert shared.bottom() == safe.bottom()
    tip = scene.jars.tip_at(at_sana.center())
    assert "Lead Finder holds 4 credits for Sana" in tip
    assert "1.75 used, 2.25 left" in tip
    assert "7f2c" in tip
    assert "may charge until" in tip
    assert "shared" in scene.jars.tip_at(shared.center())
    assert scene.jars.tip_at(QPointF(-5000, 0)) == ""
    assert scene.jars.jar_at(at_sana.center()).words == "1.75/4"

    # What the user bound counts where the reservation says nothing; names cannot bring markup along.
    bazaar.market.memory.bind("sandbox", films.install_id, "otto")
    overlay.refresh()
    jars = {scene.jars.jar_at(rect.center()).agent_id: rect for rect in _jars(scene).values()}
    assert set(jars) == {"sana", "otto"}
    assert "for Otto ‹i›" in scene.jars.tip_at(jars["otto"].center())

    # Nothing is painted or moved while nothing is other.
    painted: list[object] = []
    monkeypatch.setattr(jar_layer, "paint_thing", lambda *a, **k: painted.append(a))
    before = _jars(scene)
    overlay.refresh()
    scene.jars.place()
    bazaar.again()
    assert painted == []
    assert _jars(scene) == before
    monkeypatch.undo()

    # Somebody who is not in the office has no figure to stand at.
    bazaar.studio.store.replace_agents([_agent("sana", "Sana")])
    bazaar.wait(lambda: len(scene.figures) == 1)
    assert len(_jars(scene)) == 2
    bazaar.studio.actions.run("view.spend")
    assert not _jars(scene)
    assert not overlay.is_asking
    bazaar.studio.actions.run("view.spend")
    assert len(_jars(scene)) == 2
    stage.zoom_in()
    assert len(_jars(scene)) == 2


def test_it_asks_only_while_the_office_is_seen(bazaar: Bazaar) -> None:
    bazaar.studio.window.show_workspace("market")
    overlay = bazaar.market.findChild(SpendOverlay)
    assert overlay is not None
    assert not overlay.is_asking
    _open_office(bazaar)
    assert overlay.is_asking
    key = bazaar.install("lead-finder")
    bazaar.till(key, lambda till: till.reserve(MICRO, "j"))
    scene = bazaar.studio.stage.stage
    overlay._ask()
    bazaar.wait(lambda: len(_jars(scene)) == 1)
    assert overlay.pause_ms == 5_000
    bazaar.studio.window.show_workspace("assign")  # seats are given out: nothing stands in the way
    assert not _jars(scene)
    assert not overlay.is_asking
    bazaar.studio.window.show_workspace("watch")
    assert len(_jars(scene)) == 1
    assert overlay.is_asking
    bazaar.till(key, lambda till: till.settle("RESV#j", MICRO, final=True))
    overlay._ask()
    bazaar.wait(lambda: not _jars(scene))
    assert overlay.pause_ms == 15_000
    bazaar.studio.window.show_workspace("make")
    assert not overlay.is_asking


def test_without_an_account_it_cannot_be_turned_on(application: Any) -> None:
    studio = application.studio
    studio.actions.refresh()
    entry = next(qt for qt in studio.actions.corner_menu(studio.window).actions() if qt.text() == "What apps hold")
    assert not entry.isEnabled()
    assert studio.market_session is None
