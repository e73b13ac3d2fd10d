"""A conversation moves the figures in the office, and its timeline says what it was and what it cost."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication

from office_studio.core.office.acting import at_work_on
from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Agent, AgentStatus
from office_studio.core.officex.money import MICRO
from office_studio.ui.trade.chat.chat_figures import acting_of
from office_studio.ui.trade.chat.chat_moments import Lane, cost_of
from office_studio.ui.trade.chat.chat_page import ChatPage
from tests.ui.trade.conftest import Bazaar


def _agent(ident: str, status: AgentStatus) -> LiveAgent:
    return LiveAgent(Agent(ident, ident.title(), status), status, 0, blocked_by="Which?" if status == "blocked" else "")


def _statuses(bazaar: Bazaar) -> dict[str, str]:
    stage = bazaar.studio.stage.stage
    return {agent_id: item.figure.status.value for agent_id, item in stage.figures.items()}


def test_status_lines_move_the_agent_who_uses_the_app(bazaar: Bazaar) -> None:
    studio, market = bazaar.studio, bazaar.market
    key = bazaar.install("lead-finder")
    market.memory.bind("sandbox", key.install_id, "sana")
    idle = AgentStatus.IDLE
    studio.store.replace_agents([_agent("sana", idle), _agent("otto", idle), _agent("lumi", AgentStatus.BLOCKED)])
    bazaar.again()
    page = bazaar.page("chat")
    assert isinstance(page, ChatPage)
    assert market.data is not None
    page.apps.choose(market.data.installs[0].app_id, True)
    told: list[dict[str, str]] = []
    page.talk.status_changed.connect(lambda *_: told.append(dict(studio.stage.acting)))
    page.input.setPlainText("Find forty bakeries")
    bazaar.qtbot.mouseClick(page.send, Qt.MouseButton.LeftButton)
    studio.window.show_workspace("watch")  # the answer goes on
    bazaar.wait(lambda: _statuses(bazaar).get("sana") == "working")
    assert _statuses(bazaar)["otto"] == "idle"
    # News of the office in the middle of it do not end it, and the roster stays with what the office says.
    studio.store.merge_agents([_agent("sana", idle)])
    assert studio.stage.acting
    assert studio.store.agent("sana").status is idle  # type: ignore[union-attr]
    bazaar.wait(lambda: not page.talk.is_talking)
    bazaar.wait(lambda: _statuses(bazaar).get("sana") == "idle")
    assert not studio.stage.acting
    assert told[0] == {"sana": ""}  # thinking: dots
    assert {"sana": "Asking Lead Finder"} in told
    assert {"sana": "Writing the answer"} in told
    assert told[-1] == {}

    # Somebody else's account: nobody goes on acting.
    studio.window.show_workspace("market")
    page.input.setPlainText("word " * 40)
    page.send.click()
    assert studio.stage.acting
    market.switch(market.choices[1])
    assert not studio.stage.acting


def test_only_bound_agents_act_and_blocked_ones_go_on_waiting(bazaar: Bazaar) -> None:
    leads, films = bazaar.install("lead-finder"), bazaar.install("film-desk")
    bazaar.again()
    data = bazaar.market.data
    assert data is not None
    app = {one.install_id: one.app_id for one in data.installs}
    bound = {leads.install_id: "sana", films.install_id: "otto"}
    both = [app[leads.install_id], app[films.install_id]]
    assert acting_of("thinking", "Hm", "", both, data.installs, bound) == {"sana": "", "otto": ""}
    calling = acting_of("calling_app", "Calling", both[0], both, data.installs, bound)
    assert calling == {"sana": "Calling", "otto": ""}
    assert acting_of("writing", "", "", both[:1], data.installs, bound) == {"sana": "Writing the answer"}
    assert acting_of("thinking", "", "", both, data.installs, {}) == {}
    assert acting_of("", "", "", both, data.installs, bound) == {}
    blocked = _agent("lumi", AgentStatus.BLOCKED)
    assert at_work_on(blocked, "Writing") is blocked
    offline = at_work_on(_agent("otto", AgentStatus.OFFLINE), "")
    assert (offline.status, offline.agent.online) == (AgentStatus.WORKING, True)


def test_the_timeline_joins_words_work_and_credits_of_a_tracer(bazaar: Bazaar, tmp_path: Path) -> None:
    key = bazaar.install("lead-finder")
    page = bazaar.page("chat")
    assert isinstance(page, ChatPage)
    assert page.timeline.isHidden()
    page.input.setPlainText("=Find <b>forty</b> bakeries")
    page.send.click()
    bazaar.wait(lambda: not page.talk.is_talking)
    tracer = page.talk.tracer_id

    async def charge(till: Any) -> None:
        await till.reserve(2 * MICRO, "ours", {"tracer_id": tracer})
        await till.settle("RESV#ours", 620_000, final=True)
        await till.reserve(MICRO, "another", {"tracer_id": "trc_other"})

    bazaar.till(key, charge)
    bazaar.again()
    found = page.timeline.moments
    assert [one.lane for one in found if one.lane is not Lane.WORK] == [Lane.SAID, Lane.SAID] + [Lane.CREDITS] * 3
    assert cost_of(found) == 620_000
    assert "cost 0.62 credits" in page.timeline.accessibleName()
    assert not any("another" in one.words for one in found)
    assert [one.at_ms for one in found] == sorted(one.at_ms for one in found)
    first = page.timeline.words_at(QPointF(page.timeline._x(found[0].at_ms), page.timeline._y(Lane.SAID)))
    assert "You: =Find ‹b›forty" in first
    page.ask_path = lambda name: str(tmp_path / name)
    page.export.click()
    path = tmp_path / f"{tracer}.csv"
    bazaar.wait(path.exists)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(found)
    assert sum(float(row["credits_spent"]) for row in rows) == 0.62

    # Another conversation of the same cause is known by its tracer.
    async def say(client: Any) -> None:
        async for _event in client.chat("And in Bremen?", tracer_id=tracer):
            pass

    bazaar.ask("consumer", say)
    page._read_threads()
    bazaar.wait(lambda: page.threads.count() == 2)
    page._read_related()
    bazaar.wait(lambda: any("Another conversation" in one.words for one in page.timeline.moments))
    page.begin_anew()
    assert page.timeline.isHidden()
    QApplication.processEvents()
