"""Puts the parts of the window together and passes facts between them. One per application."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from office_studio.errors import OfficeStudioError
from office_studio.settings import SavedOffice, Settings
from office_studio.ui import formats, window_memory
from office_studio.ui.main_window import MainWindow
from office_studio.ui.office_store import OfficeStore
from office_studio.ui.panels import PANELS
from office_studio.ui.render.office_stage import OfficeStage
from office_studio.ui.settings_box import SettingsBox
from office_studio.ui.stage_options import StageOptions
from office_studio.ui.studio_commands import StudioCommands
from office_studio.ui.theme_library import DEFAULT, ThemeChoice, ThemeLibrary
from office_studio.ui.theming import theme
from office_studio.ui.watch.stage_frame import StageFrame

if TYPE_CHECKING:
    from office_studio.services.theme_loader import LoadedTheme
    from office_studio.ui.connect.office_ref import OfficeRef
    from office_studio.ui.jobs import Jobs
    from office_studio.ui.make.make_page import MakePage
    from office_studio.ui.trade.market_page import MarketPage
    from office_studio.ui.trade.market_session import MarketSession
    from office_studio.ui.watch.inspector_panel import InspectorPanel
    from office_studio.ui.watch.roster_panel import RosterPanel

_FACTS_MS = 1_000
_ALERTS_MS = 200


class Studio(StudioCommands):
    """Everything behind one window. What the actions call is in ``studio_commands.py``."""

    def __init__(
        self, settings: SettingsBox, jobs: Jobs, *, theme_key: str = "", parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.settings, self.jobs = settings, jobs
        self.scope = jobs.scope()
        self.memory = window_memory.decode(settings.now.window_state)
        self.store = OfficeStore(self)
        self.library = ThemeLibrary(jobs, self)
        self.is_furnished = False
        self.theme_key = theme_key
        self.make_page: MakePage | None = None  # made when Make is shown for the first time
        self.market_page: MarketPage | None = None  # the same of Market
        self.market_session: MarketSession | None = None
        self._shown_rows: object = None
        self.start_key: str | None = None  # of the theme shown before anyone chose, until it is there
        self.stage = OfficeStage()
        frame = StageFrame(self.stage)
        self.window = MainWindow(self.store, frame, self.memory, self._make_panel, self._make_center)
        self.options = StageOptions(settings, self.stage, frame, self)
        self.window.show_workspace(self.memory.workspace if self.memory.workspace in ("watch", "assign") else "watch")
        self.library.theme_loaded.connect(self._on_theme_loaded)
        self.library.load_failed.connect(self._on_theme_failed)

    # -- making ------------------------------------------------------------------------------------
    def furnish(self) -> None:
        """Make everything but the window and its stage: what is not needed to show the room. Only once."""
        if self.is_furnished:
            return
        from office_studio.ui.actions import ActionSet
        from office_studio.ui.assign.controller import AssignController
        from office_studio.ui.assign.flow import AssignFlow
        from office_studio.ui.assign.gestures import SeatGestures
        from office_studio.ui.connect.session import OfficeSession
        from office_studio.ui.office_menus import OfficeMenus
        from office_studio.ui.portraits import Portraits
        from office_studio.ui.stage_themes import StageThemes
        from office_studio.ui.watch.status_history import StatusHistory

        self.history = StatusHistory()
        self.session = OfficeSession(self.store, self.history, self.jobs, self)
        self.library.attach(self.session)
        self.assignments = AssignController(self.store, self.session, self)
        self.portraits = Portraits(self.store.name, self)
        self.assign_flow = AssignFlow(self)
        self.gestures = SeatGestures(self)
        self.actions = ActionSet(self, self.window)
        self.actions.bind(self.window, self.stage)
        self.menus = OfficeMenus(self)
        self._alerts_later = QTimer(self, singleShot=True, interval=_ALERTS_MS)
        self._alerts_later.timeout.connect(self._refresh_alerts)
        self._set_up_window()
        self.assign_flow.adopt_menu(self.actions.submenus["Assign/Plans"])
        self._connect_store()
        self._connect_stage()
        self._connect_rest()
        self.stage_themes = StageThemes(self)
        self._facts = QTimer(self, interval=_FACTS_MS)
        self._facts.timeout.connect(self._refresh_facts)
        self._facts.start()
        self.is_furnished = True
        self._on_workspace_changed(self.window.workspace)
        if self.library.loaded is not None:
            self.stage_themes.note(self.library.loaded)
        self.window.fill_panels()

    def _set_up_window(self) -> None:
        window = self.window
        is_mac = QApplication.platformName() == "cocoa"
        main = None if is_mac else self.actions.main_menu(window)
        if is_mac:
            self._menu_bar = self.actions.menu_bar()
        window.header.set_menus(main, self.menus.office, self.menus.connection, self.menus.themes)
        window.header.search_requested.connect(self.open_palette)
        window.alerts_button.clicked.connect(self.open_alerts)
        window.settings_button.clicked.connect(self.open_settings)
        window.workspace_changed.connect(self._on_workspace_changed)
        window.files_dropped.connect(self._on_files_dropped)
        window.closing.connect(self._on_closing)
        frame = window.stage_frame
        frame.follow.clicked.connect(self.toggle_follow)
        frame.stop_following.clicked.connect(lambda: self.stage.follow(None))
        frame.sound.clicked.connect(lambda: self.options.toggle("sound"))
        frame.options.clicked.connect(self.show_view_options)
        self.name_choices()

    def _make_panel(self, panel_id: str) -> QWidget:
        return PANELS[panel_id].make(self)

    def _make_center(self, spec: object) -> QWidget:
        return spec.center(self)  # type: ignore[attr-defined, no-any-return]

    @property
    def market(self) -> MarketSession:
        """Who trades where; made when Market is asked for, so that nobody else pays for it."""
        if self.market_session is None:
            from office_studio.ui.trade.market_session import MarketSession
            from office_studio.ui.trade.spending.spend_overlay import SpendOverlay

            self.market_session = MarketSession(self.jobs, self)
            SpendOverlay(self, self.market_session)
        return self.market_session

    def make_roster(self) -> RosterPanel:
        from office_studio.ui.watch.roster_panel import RosterPanel

        panel = RosterPanel(self.store, self.portraits)
        panel.agent_chosen.connect(self.store.select)
        panel.agent_opened.connect(self.open_agent)
        self.gestures.adopt_roster(panel.view)
        panel.menu_requested.connect(self._show_agent_menu)
        panel.set_empty_action("Open the demo office", self.session.open_demo)
        self.actions.bind_agents(panel.view)
        return panel

    def make_inspector(self) -> InspectorPanel:
        from office_studio.ui.watch.inspector_panel import InspectorPanel

        panel = InspectorPanel(self.store, self.portraits)
        panel.slot_label = self.assignments.label_of_agent
        panel.jump_requested.connect(self.store.select)
        panel.find_requested.connect(self.find_in_scene)
        panel.assign_requested.connect(self.assign_dialog)
        return panel

    # -- wiring ------------------------------------------------------------------------------------
    def _connect_store(self) -> None:
        store = self.store
        store.agents_reset.connect(self._on_agents_reset)
        store.agents_changed.connect(self._on_agents_changed)
        store.connection_changed.connect(self._refresh_banner)
        store.staleness_changed.connect(self._on_staleness_changed)
        store.selection_changed.connect(self._on_selection_changed)

    def _connect_stage(self) -> None:
        stage = self.stage
        stage.agent_clicked.connect(self.store.select)
        stage.agent_activated.connect(self.open_agent)
        stage.background_clicked.connect(lambda: self.store.select(""))
        stage.agent_context_requested.connect(self._show_agent_menu)
        self.portraits.set_source(stage.portrait)
        stage.portraits_changed.connect(self.portraits.refresh)

    def _connect_rest(self) -> None:
        self.session.office_changed.connect(self._on_office_changed)
        self.session.ready.connect(self._on_office_ready)
        self.session.demo_progress.connect(self.window.status.set_job)
        self.library.loading.connect(lambda name: self.window.status.set_job(f"Opening {name}" if name else ""))
        self.assignments.changed.connect(self._on_assignments_changed)
        self.settings.save_failed.connect(lambda e: self.toast("Settings not saved", e.message, tone="warning"))
        theme().changed.connect(self.stage.refresh_look)
        if self.settings.now.reduced_motion:
            self.apply_motion(True)
        self.stage.set_zone_labels_visible(self.settings.now.zone_names)

    def start_theme(self) -> None:
        """Begin to read the theme of the last run."""
        if self.library.current is None:
            self.library.choose_key(self.theme_key or self.settings.now.themes.get("", "") or DEFAULT)
        self.start_key = self.library.current.key if self.library.current is not None else None

    def start(self) -> None:
        """Once everything runs: tell what was wrong with the settings."""
        for warning in self.settings.warnings:
            self.toast("Settings reset", warning, tone="warning")

    # -- office ------------------------------------------------------------------------------------
    def open_office(self, office: OfficeRef) -> None:
        self.session.open(office)
        self._remember_office(office)

    def _remember_office(self, office: OfficeRef) -> None:
        from office_studio.ui.connect.office_ref import OfficeKind

        def change(settings: Settings) -> Settings:
            if office.kind is OfficeKind.SAVED:
                known = settings.office(office.url)
                email = known.email if known is not None else ""
                settings = settings.with_office(SavedOffice(office.url, office.name, email))
            return replace(settings, last_office=office.key, first_run_done=True)

        if office.kind is not OfficeKind.GIVEN:
            self.settings.change(change)

    def last_office(self) -> OfficeRef | None:
        """The office of the last run; None on the first one."""
        from office_studio.ui.connect.office_ref import DEMO, OfficeKind, OfficeRef, short_name

        key = self.settings.now.last_office
        if not key:
            return None
        if key == DEMO.key:
            return DEMO
        saved = self.settings.now.office(key)
        name = saved.name if saved is not None and saved.name else short_name(key)
        return OfficeRef(OfficeKind.SAVED if saved is not None else OfficeKind.LOCAL, key, name)

    def _on_office_changed(self, office: OfficeRef | None) -> None:
        self.name_choices()
        self.window.set_office_key(office.key if office is not None else "")
        wanted = self._remembered_theme()
        if not wanted.startswith("server:"):
            self._choose_again(wanted)
        self._refresh_banner()

    def _on_office_ready(self) -> None:
        wanted = self._remembered_theme()
        if wanted.startswith("server:"):  # can be fetched only now
            self._choose_again(wanted)

    def _remembered_theme(self) -> str:
        """Key of the theme this office was last seen in; "" when the command line chose one."""
        office = self.session.office
        return self.settings.now.themes.get(office.key, "") if office is not None and not self.theme_key else ""

    def _choose_again(self, key: str) -> None:
        if key and (self.library.current is None or self.library.current.key != key):
            self.library.choose_key(key)

    def name_choices(self) -> None:
        office, current = self.session.office if self.is_furnished else None, self.library.current
        self.window.header.name_choices(
            office.name if office is not None else "No office", current.name if current is not None else "No theme"
        )

    # -- agents and selection ----------------------------------------------------------------------
    def _on_agents_reset(self) -> None:
        self.stage.set_agents(list(self.store.live_agents.values()))
        self._refresh_alerts()

    def _on_agents_changed(self, changed: frozenset[str], removed: frozenset[str]) -> None:
        live = self.store.live_agents
        gone = [agent_id for agent_id in (*removed, *changed) if agent_id not in live]
        self.stage.update_agents([live[agent_id] for agent_id in changed if agent_id in live], gone)
        if not self._alerts_later.isActive():
            self._alerts_later.start()

    def _on_selection_changed(self, agent_id: str) -> None:
        self.stage.select(agent_id or None)
        if agent_id and not self.gestures.is_hand_down:
            self.stage.ensure_visible_agent(agent_id)
        if self.stage.followed is not None and self.stage.followed != agent_id:
            self.stage.follow(None)

    def _on_staleness_changed(self, is_stale: bool) -> None:
        self.stage.set_stale(is_stale and bool(self.store.live_agents))

    def _refresh_alerts(self) -> None:
        from office_studio.ui.watch.alerts_popover import waiting

        self.window.alerts_button.set_badge(len(waiting(self.store)))

    def _show_agent_menu(self, agent_id: str, at: QPoint) -> None:
        self.store.select(agent_id)
        self.actions.agent_menu(self.window).popup(at)

    # -- connection --------------------------------------------------------------------------------
    def _refresh_banner(self, *_: object) -> None:
        from office_studio.ui.connection_banner import banner_fact

        office, banner = self.session.office, self.window.stage_frame.banner
        name = office.name if office is not None else "The office"
        fact = banner_fact(self.store.connection, name, bool(self.store.live_agents), self.store.now_ms())
        if fact is None:
            banner.hide()
            return
        actions = tuple((words, lambda key=key: self.actions.run(key)) for words, key in fact.actions)
        banner.say(fact.tone, fact.glyph, fact.title, fact.detail, *actions)

    def _refresh_facts(self) -> None:
        """Once a second: what counts down, and the facts at the right of the status bar."""
        if self.window.stage_frame.banner.isVisible():
            self._refresh_banner()
        status = self.window.status
        if self.window.workspace == "make":
            self.show_make_state()
            return
        if self.window.workspace == "market":
            return  # it tells its own
        if self.window.workspace == "assign":
            total, used = len(self.assignments.slots), len(self.assignments.seated())
            status.set_facts(f"{formats.plural(total, 'slot')}", f"{used} assigned", f"{max(0, total - used)} free")
            return
        from office_studio.ui.watch.inspector_text import totals

        found = totals(self.store.agents().values())
        rate = f"{formats.tokens(found.tokens_per_minute)} tokens/min" if found.tokens_per_minute is not None else ""
        spent = f"{formats.tokens(found.tokens)} tokens" if found.tokens is not None else ""
        demo = "Simulator" if self.session.is_demo else ""
        status.set_facts(rate, spent, demo)

    # -- theme -------------------------------------------------------------------------------------
    def _on_theme_loaded(self, loaded: LoadedTheme) -> None:
        try:
            self.stage.set_theme(loaded)
        except OfficeStudioError as error:
            current = self.library.current
            if current is not None:
                self._on_theme_failed(current, error)
            return
        self.window.stage_frame.show_stage()
        if self.is_furnished:
            self.stage_themes.note(loaded)

    def _on_theme_failed(self, choice: ThemeChoice, error: OfficeStudioError) -> None:
        self.toast(f"{choice.name} not opened", formats.sentences(error.message, error.hint), tone="error")
        if self.library.loaded is None:
            self.window.stage_frame.show_nothing("No theme", formats.sentences(error.message, error.hint))
        self.name_choices()

    def _on_files_dropped(self, paths: list[str]) -> None:
        models = [Path(path) for path in paths if Path(path).suffix.lower() in (".glb", ".gltf")]
        for model in models[:8]:
            self.inspect_model(model)
        paths = [path for path in paths if Path(path) not in models]
        if not paths:
            return
        if self.window.workspace == "make":
            for path in paths[:8]:
                self.open_in_make(Path(path))
        else:
            self.library.choose_path(Path(paths[0]))

    # -- assigning ---------------------------------------------------------------------------------
    def _on_assignments_changed(self) -> None:
        rows = self.assignments.effective_bindings()
        if rows is not self._shown_rows:  # not every change is one of who sits where
            self._shown_rows = rows
            self.stage.set_bindings(rows)

    # -- window ------------------------------------------------------------------------------------
    def _on_workspace_changed(self, workspace: str) -> None:
        self.stage.set_assign_mode(workspace == "assign")
        self.window.stage_frame.set_assign_mode(workspace == "assign")
        if workspace not in ("make", "market"):
            self.window.status.set_place("")
        self.actions.refresh_keys()
        self._refresh_facts()

    def _on_closing(self) -> None:
        geometry, state = self.window.geometry_text(), window_memory.encode(self.memory)
        self.settings.change(lambda now: replace(now, window_geometry=geometry, window_state=state))
        self.settings.save_now()

    def close(self) -> None:
        """Stop everything this window started; the runner and the demo server are the caller's."""
        self.scope.close()
        if self.is_furnished:
            self._facts.stop()
            self.stage_themes.close()
            self.assign_flow.close()
            self.session.close()
        if self.make_page is not None:
            self.make_page.close_make()
        if self.market_session is not None:
            self.market_session.close()
        self.library.close()
        self.stage.close_stage()
