"""The window connected to a real server: news, selection, filter, loss of the link and its return."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from office_studio.app import Application
from office_studio.core.office.live import ConnectionState
from office_studio.server.config import ServerConfig
from office_studio.server.lifecycle import OfficeServer
from office_studio.ui.connect.office_ref import OfficeKind, OfficeRef
from office_studio.ui.watch.roster_model import IdRole
from tests.ui.conftest import Office


def connect(qtbot: QtBot, application: Application, office: Office, agents: int) -> None:
    application.studio.open_office(OfficeRef(OfficeKind.GIVEN, office.url, "Test office", office.token))
    store = application.studio.store
    qtbot.waitUntil(lambda: store.is_connected and len(store.live_agents) == agents, timeout=8_000)


def wait_for_theme(qtbot: QtBot, application: Application) -> None:
    qtbot.waitUntil(lambda: application.studio.stage.slot_count > 0, timeout=10_000)


def roster_ids(application: Application) -> list[str]:
    model = application.studio.roster.model
    ids = [model.index(row).data(IdRole) for row in range(model.rowCount())]
    return [agent_id for agent_id in ids if agent_id]


def test_agents_appear_grouped_and_counted(qtbot: QtBot, application: Application, office: Office) -> None:
    vivi, ron = office.add_agent("Vivi"), office.add_agent("Ron")
    office.add_agent("Pia")  # owned, never seen
    vivi.work("pytest -q")
    ron.send("session_start")
    ron.send("agent_error", error="Which ids stay?")
    connect(qtbot, application, office, 2)
    studio = application.studio
    qtbot.waitUntil(lambda: len(roster_ids(application)) == 3, timeout=5_000)

    model = studio.roster.model
    heads = [model.index(r).data() for r in range(model.rowCount()) if not model.index(r).data(IdRole)]
    assert heads == ["Needs you", "Working", "Offline"]
    assert roster_ids(application)[0] == ron.id
    qtbot.waitUntil(lambda: "1 working" in studio.window.status.words)
    assert "1 blocked" in studio.window.status.words
    assert studio.window.alerts_button.badge == 1


def test_the_roster_repaints_where_its_rows_are(qtbot: QtBot, application: Application, office: Office) -> None:
    for number in range(14):  # more than fit
        office.add_agent(f"Agent {number}").work()
    connect(qtbot, application, office, 14)
    view, model = application.studio.roster.view, application.studio.roster.model
    qtbot.waitUntil(lambda: len(roster_ids(application)) == 14, timeout=5_000)
    bar = view.verticalScrollBar()
    assert bar.maximum() > 0
    for position in (0, 37, bar.maximum()):
        bar.setValue(position)
        rects = [view.visualRect(model.index(row)) for row in range(model.rowCount())]
        assert [view._rect_of(row) for row in range(model.rowCount())] == rects
        seen = [row for row, rect in enumerate(rects) if rect.intersects(view.viewport().rect())]
        assert list(view._visible_rows()) == seen


def test_selection_is_one_in_roster_scene_and_inspector(qtbot: QtBot, application: Application, office: Office) -> None:
    vivi, otto = office.add_agent("Vivi"), office.add_agent("Otto")
    vivi.work()
    otto.work("edit CHANGELOG")
    studio = application.studio
    wait_for_theme(qtbot, application)
    connect(qtbot, application, office, 2)
    qtbot.waitUntil(lambda: studio.stage.agent_position(otto.id) is not None, timeout=8_000)

    view = studio.roster.view
    row = view.visualRect(studio.roster.model.index_of(vivi.id)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=row)
    assert studio.store.selected == vivi.id
    assert studio.stage.stage.selected == vivi.id
    inspector = studio.window.panel("inspector")
    assert inspector._name.text() == "Vivi"

    at = studio.stage.agent_position(otto.id)
    assert at is not None
    qtbot.mouseClick(studio.stage.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: studio.store.selected == otto.id)
    assert view.currentIndex().data(IdRole) == otto.id
    assert inspector._name.text() == "Otto"
    assert inspector._task_words.text().find("edit CHANGELOG") >= 0

    qtbot.mouseClick(studio.stage.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    qtbot.waitUntil(lambda: studio.store.selected == "")
    assert not view.currentIndex().isValid()


def test_filter_hides_and_says_how_many(qtbot: QtBot, application: Application, office: Office) -> None:
    for name in ("Vivi", "Otto", "Ron"):
        office.add_agent(name).work()
    connect(qtbot, application, office, 3)
    roster = application.studio.roster
    qtbot.waitUntil(lambda: len(roster_ids(application)) == 3)
    qtbot.keyClicks(roster.search, "vivv")
    assert roster_ids(application) == []
    assert roster.empty.isVisible()
    assert "3 agents are hidden" in roster.empty.words.accessibleName()
    qtbot.mouseClick(roster._clear, Qt.MouseButton.LeftButton)
    assert len(roster_ids(application)) == 3
    roster.pills["blocked"].click()
    assert roster_ids(application) == []


def test_lost_link_is_old_news_and_comes_back(qtbot: QtBot, application: Application, office: Office) -> None:
    vivi = office.add_agent("Vivi")
    vivi.work()
    studio = application.studio
    connect(qtbot, application, office, 1)
    studio.store.select(vivi.id)
    port = int(office.url.rsplit(":", 1)[1])
    office.server.stop()
    banner = studio.window.stage_frame.banner
    qtbot.waitUntil(lambda: banner.isVisible() and "stopped answering" in banner.words, timeout=8_000)
    assert studio.store.is_stale
    assert studio.stage.stage.is_stale
    heads = [studio.roster.model.index(0).data()]
    assert heads == ["Was working"]
    qtbot.waitUntil(lambda: studio.window.status.words.startswith("Statuses unknown since"))
    inspector = studio.window.panel("inspector")
    qtbot.waitUntil(lambda: inspector._status.accessibleName().startswith("Was working"))

    again = OfficeServer(ServerConfig(data_dir=office.data_dir, port=port))
    again.start()
    try:
        studio.session.retry()
        qtbot.waitUntil(lambda: studio.store.connection.state is ConnectionState.WAITING, timeout=8_000)
        vivi.work("write notes")
        studio.session.retry()
        qtbot.waitUntil(lambda: studio.store.is_connected and not banner.isVisible(), timeout=10_000)
        assert not studio.stage.stage.is_stale
        qtbot.waitUntil(lambda: studio.store.counts()["working"] == 1)
        application.studio.session.leave()
    finally:
        again.stop()


def test_wrong_token_is_refused_with_a_way_on(qtbot: QtBot, application: Application, office: Office) -> None:
    office.add_agent("Vivi").work()
    application.studio.open_office(OfficeRef(OfficeKind.GIVEN, office.url, "Test office", "not-the-token"))
    store, banner = application.studio.store, application.studio.window.stage_frame.banner
    qtbot.waitUntil(lambda: store.connection.state is ConnectionState.REFUSED, timeout=8_000)
    assert "refused" in banner.words
    assert application.studio.window.header.connection.fact.words == "Refused"
    assert banner._actions[0].accessibleName() == "Sign in…"


def test_news_of_an_office_left_behind_is_dropped(qtbot: QtBot, application: Application, office: Office) -> None:
    office.add_agent("Vivi").work()
    connect(qtbot, application, office, 1)
    studio = application.studio
    sink = studio.session.bridge.sink()
    studio.session.leave()
    from office_studio.services.feed_output import FeedUpdate

    before = studio.session.bridge.received
    sink(FeedUpdate(reset=True))
    qtbot.wait(50)
    assert studio.session.bridge.received == before
    assert not studio.store.live_agents
    assert studio.window.header.connection.fact.words == "Not connected"


def test_roster_model_keeps_the_rules(qtbot: QtBot, application: Application, office: Office) -> None:
    agents = [office.add_agent(name) for name in ("Vivi", "Otto", "Ron", "Kai")]
    for agent in agents:
        agent.work()
    model = application.studio.roster.model
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    connect(qtbot, application, office, 4)
    application.studio.store.select(agents[2].id)
    agents[2].send("agent_error", error="stuck")
    agents[0].send("session_end")
    qtbot.waitUntil(lambda: application.studio.store.counts()["blocked"] == 1)
    qtbot.waitUntil(lambda: roster_ids(application)[0] == agents[2].id)
    assert application.studio.roster.view.currentIndex().data(IdRole) == agents[2].id
    assert model.rowCount(model.index(0)) == 0
    assert not model.index(0).parent().isValid()
    assert model.data(QModelIndex()) is None
    tester.deleteLater()
