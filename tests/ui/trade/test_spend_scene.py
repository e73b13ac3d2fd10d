"""What the office shows of limits, the wallet, sips and tracers, over a real sandbox; and where a click on it leads."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, QPointF, Qt

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Agent, AgentStatus
from office_studio.core.officex.money import MICRO
from office_studio.services.officex.http import InstallKey
from office_studio.ui.render.jar_layer import Sign, SignKind
from office_studio.ui.trade.chat.chat_page import ChatPage
from office_studio.ui.trade.installs.install_sheets import LimitsSheet
from office_studio.ui.trade.spending.spend_scene import SpendScene
from office_studio.ui.trade.wallet.money_sheets import BuySheet
from tests.ui.trade.conftest import Bazaar


class Floor:
    """The office of three, looked at, and what stands in it."""

    def __init__(self, bazaar: Bazaar, *, moves: bool = False) -> None:
        self.bazaar, self.studio = bazaar, bazaar.studio
        working = AgentStatus.WORKING
        people = [LiveAgent(Agent(one, one.title(), working), working, 0) for one in ("sana", "otto", "lumi")]
        self.studio.store.replace_agents(people)
        self.studio.apply_motion(True)
        self.look()
        bazaar.wait(lambda: len(self.scene.figures) == 3)
        self.studio.apply_motion(not moves)
        found = bazaar.market.findChild(SpendScene)
        assert found is not None
        self.told = found

    @property
    def scene(self) -> Any:
        return self.studio.stage.stage

    @property
    def signs(self) -> dict[str, Sign]:
        return {one.id: one for one in self.told.things if isinstance(one, Sign)}

    def look(self) -> None:
        self.studio.window.show_workspace("watch")

    def click(self, mark_id: str) -> None:
        """On the mark's own picture in the window."""
        self.look()
        view = self.studio.stage.shown

        def middle() -> QPoint | None:
            rect = self.scene.jars.shown.get(mark_id)
            at = view.mapFromScene(rect.center()) if rect is not None else None
            return at if at is not None and view.pointer._mark_at(QPointF(at)) == mark_id else None

        self.bazaar.wait(lambda: middle() is not None)  # nobody's name lies over it once all are arranged
        self.bazaar.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=middle())
        assert self.studio.window.workspace == "market"


def _limits(key: InstallKey) -> str:
    return f"limits:{key.install_id}"


def test_limits_stand_in_the_office_and_lead_where_they_are_changed(bazaar: Bazaar) -> None:
    films = bazaar.install("film-desk", max_per_month=1)
    digest = bazaar.install("daily-digest", allowed_until=1000)
    bazaar.till(films, lambda till: till.reserve(2 * MICRO, "film-1", {"agent_id": "sana"}))
    bazaar.market.memory.bind("sandbox", films.install_id, "otto")
    floor = Floor(bazaar)
    bazaar.again()
    signs = floor.signs
    assert set(signs) == {"safe", _limits(films), _limits(digest)}
    lamp, closed, safe = signs[_limits(films)], signs[_limits(digest)], signs["safe"]
    assert (lamp.kind, lamp.agent_id) == (SignKind.LAMP, "otto")
    assert "as often as it may this month" in lamp.tip
    assert (closed.kind, closed.agent_id) == (SignKind.CLOSED, "")
    assert (safe.kind, safe.words) == (SignKind.SAFE, "98.00")
    names = floor.studio.stage.shown.accessibleDescription()
    assert "Film Desk has charged for Otto" in names
    assert "Film Desk holds 2 credits for Sana" in names
    assert floor.scene.jars.tip_at(floor.scene.jars.shown["safe"].center()) == safe.tip

    for mark, install in ((lamp, films), (closed, digest)):
        floor.click(mark.id)
        page = bazaar.page("installs")
        assert isinstance(page.sheet, LimitsSheet)
        assert page.sheet.install.install_id == install.install_id
        page.sheet.close_sheet()
    floor.click(f"{films.install_id}/RESV#film-1")
    ledger = bazaar.page("wallet").ledger
    assert [row.entry.job_id for row in ledger.model.rows] == ["film-1"]
    assert ledger.view.chosen_ids() == {ledger.model.rows[0].entry.log_id}
    floor.click("safe")
    assert bazaar.page("wallet").sheet is None
    # Nobody has to point: the palette lists the same.
    entries = {one.title: one for one in floor.studio._palette_entries() if one.detail == "In the office"}
    assert "Film Desk holds 2 credits for Sana" in entries
    entries["Wallet: 98.000000 available, 2.000000 held"].run()
    assert bazaar.middle.page_id == "wallet"

    # More is allowed: the lamp goes out with the next reading.
    floor.look()
    bazaar.ask("consumer", lambda client: client.change_install(films.install_id, max_per_month=50))
    bazaar.again()
    assert set(floor.signs) == {"safe", _limits(digest)}
    floor.studio.window.show_workspace("assign")  # seats are what counts
    assert not floor.scene.jars.shown


def test_too_few_credits_empty_the_safe_until_some_are_added(bazaar: Bazaar) -> None:
    leads = bazaar.install("lead-finder")
    bazaar.market.book.keep_install("sandbox", leads)
    floor = Floor(bazaar)
    bazaar.again()
    codes: list[str] = []
    bazaar.market.run_till(
        leads.install_id,
        lambda till: till.reserve(500 * MICRO, "much"),
        on_error=lambda error: codes.append(error.code),
    )
    bazaar.wait(lambda: codes)
    assert codes == ["INSUFFICIENT_FUNDS"]
    safe = floor.signs["safe"]
    assert (safe.kind, safe.words) == (SignKind.EMPTY, "100.00")
    assert "Lead Finder found too few" in safe.tip
    floor.click("safe")
    sheet = bazaar.page("wallet").sheet
    assert isinstance(sheet, BuySheet)
    sheet.close_sheet()
    assert bazaar.market.data is not None
    wallet_id = bazaar.market.data.profile.wallet_id
    floor.look()
    bazaar.ask("consumer", lambda client: client.redeem("WELCOME", wallet_id))
    bazaar.again()
    assert floor.signs["safe"].kind is SignKind.SAFE

    # What an app wrote counts like what it was told.
    bazaar.till(leads, lambda till: till.tell("topup-much", "Out of credits", "Forty leads wait for them."))
    bazaar.again()
    assert floor.signs["safe"].kind is SignKind.EMPTY
    assert "Lead Finder wrote: Out of credits" in floor.signs["safe"].tip
    assert bazaar.market.data is not None
    [letter] = bazaar.market.data.inbox
    bazaar.market.memory.mark_read("sandbox", letter.message_id)
    bazaar.market.marks_changed.emit()
    assert floor.signs["safe"].kind is SignKind.SAFE


def test_sips_settles_and_cancellations_are_seen_once(bazaar: Bazaar) -> None:
    leads = bazaar.install("lead-finder")

    async def hold(till: Any) -> None:
        for job in ("one", "two"):
            await till.reserve(4 * MICRO, job, {"agent_id": "sana"})

    bazaar.till(leads, hold)
    floor = Floor(bazaar, moves=True)
    bazaar.again()
    coins = floor.scene.jars.coins
    bazaar.wait(lambda: len(floor.scene.jars.shown) == 3)
    assert coins.begun == 0  # what was so before is no news

    def tell(act: Any, flights: int) -> None:
        before = coins.begun
        bazaar.till(leads, act)
        bazaar.again()
        assert coins.begun - before == flights
        bazaar.again()  # read again, it is no news
        assert coins.begun - before == flights
        bazaar.wait(lambda: not coins.is_flying)

    tell(lambda till: till.settle("RESV#one", MICRO, final=False), 1)
    tell(lambda till: till.settle("RESV#one", MICRO, final=True), 2)  # it closes, and the rest flies back
    assert set(floor.scene.jars.shown) == {"safe", f"{leads.install_id}/RESV#two"}
    tell(lambda till: till.cancel("RESV#two"), 1)
    assert set(floor.scene.jars.shown) == {"safe"}


def test_a_tracer_ties_agents_together_and_leads_to_its_timeline(bazaar: Bazaar) -> None:
    leads, films = bazaar.install("lead-finder"), bazaar.install("film-desk")
    bazaar.market.memory.bind("sandbox", films.install_id, "otto")
    tracer = "trc_office-1"

    async def ask(client: Any) -> None:
        async for _event in client.chat("Find forty bakeries", tracer_id=tracer):
            pass

    bazaar.ask("consumer", ask)
    about = {"tracer_id": tracer}
    bazaar.till(leads, lambda till: till.reserve(MICRO, "a", {**about, "agent_id": "sana"}))
    bazaar.till(films, lambda till: till.reserve(MICRO, "b", about))
    floor = Floor(bazaar)
    bazaar.again()
    mark = f"tracer:{tracer}"
    threads = floor.scene.jars.threads
    bazaar.wait(lambda: mark in threads.shown)
    [thread] = floor.told.threads
    assert thread.agents == ("sana", "otto")
    assert thread.tip.startswith(
        "Sana and Otto work on the same thing\nLead Finder and Film Desk: 0 credits spent, 2 held"
    )
    view = floor.studio.stage.shown

    def free_spots() -> list[QPoint]:
        spots = [view.mapFromScene(threads.shown[mark].pointAtPercent(n / 100)) for n in range(1, 95)]
        return [at for at in spots if view.pointer._mark_at(QPointF(at)) == mark]

    bazaar.wait(free_spots)
    bazaar.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=free_spots()[0])
    page = bazaar.page("chat")
    assert isinstance(page, ChatPage)
    bazaar.wait(lambda: page.talk.tracer_id == tracer and page.talk.said)
    assert page.talk.said[0].text == "Find forty bakeries"
    assert any("Lead Finder" in one.words for one in page.timeline.moments)

    # The jobs are over: so is what they had in common.
    bazaar.till(leads, lambda till: till.cancel("RESV#a"))
    bazaar.till(films, lambda till: till.settle("RESV#b", MICRO, final=True))
    bazaar.again()
    assert floor.told.threads == []
    # A tracer without a conversation gets an empty one, with what is known of its costs.
    page.begin_anew()
    page.show_tracer("trc_none-1")
    bazaar.wait(lambda: page.talk.tracer_id == "trc_none-1")
    assert page.talk.said == []


def test_a_conversation_ties_those_whose_apps_it_may_use(bazaar: Bazaar) -> None:
    leads, films = bazaar.install("lead-finder"), bazaar.install("film-desk")
    for key, agent in ((leads, "sana"), (films, "lumi")):
        bazaar.market.memory.bind("sandbox", key.install_id, agent)
    floor = Floor(bazaar)
    bazaar.again()
    page = bazaar.page("chat")
    assert isinstance(page, ChatPage)
    assert bazaar.market.data is not None
    for install in bazaar.market.data.installs:
        page.apps.choose(install.app_id, True)
    seen: list[tuple[str, ...]] = []
    page.talk.status_changed.connect(lambda *_: seen.append(tuple(one.id for one in floor.told.threads)))
    page.input.setPlainText("Find forty bakeries")
    page.send.click()
    floor.look()
    bazaar.wait(lambda: not page.talk.is_talking)
    assert seen[0] == (f"tracer:{page.talk.tracer_id}",)
    assert floor.told.threads == []
