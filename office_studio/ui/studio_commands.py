"""What the actions do. Each is a sentence over the parts that ``studio.py`` puts together."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

import office_studio
from office_studio.settings import Appearance, SavedOffice
from office_studio.ui import formats
from office_studio.ui.panels import Area
from office_studio.ui.theme_commands import ThemeCommands
from office_studio.ui.theming import theme

if TYPE_CHECKING:
    from office_studio.ui.actions import ActionSet
    from office_studio.ui.assign.controller import AssignController
    from office_studio.ui.assign.flow import AssignFlow
    from office_studio.ui.assign.gestures import SeatGestures
    from office_studio.ui.connect.office_ref import OfficeRef
    from office_studio.ui.connect.session import OfficeSession
    from office_studio.ui.jobs import Jobs, Scope
    from office_studio.ui.main_window import MainWindow
    from office_studio.ui.make.make_page import MakePage
    from office_studio.ui.office_store import OfficeStore
    from office_studio.ui.palette_entries import Entry
    from office_studio.ui.portraits import Portraits
    from office_studio.ui.render.office_stage import OfficeStage
    from office_studio.ui.settings_box import SettingsBox
    from office_studio.ui.stage_options import StageOptions
    from office_studio.ui.theme_library import ThemeLibrary
    from office_studio.ui.trade.market_page import MarketPage
    from office_studio.ui.trade.market_session import MarketSession
    from office_studio.ui.watch.roster_panel import RosterPanel
    from office_studio.ui.window_memory import WindowMemory

_log = logging.getLogger(__name__)


class StudioCommands(ThemeCommands):
    settings: SettingsBox
    jobs: Jobs
    scope: Scope
    memory: WindowMemory
    store: OfficeStore
    session: OfficeSession
    library: ThemeLibrary
    assignments: AssignController
    gestures: SeatGestures
    assign_flow: AssignFlow
    portraits: Portraits
    stage: OfficeStage
    window: MainWindow
    actions: ActionSet
    options: StageOptions
    make_page: MakePage | None
    market_page: MarketPage | None
    market_session: MarketSession | None
    open_office: Callable[[OfficeRef], None]

    def toast(
        self,
        title: str,
        detail: str = "",
        *,
        tone: str = "success",
        action: tuple[str, Callable[[], None]] | None = None,
        key: str = "",
    ) -> None:
        page = {"make": self.make_page, "market": self.market_page}.get(self.window.workspace)
        stack = page.toasts if page is not None else self.window.stage_frame.toasts
        stack.show(title, detail, tone=tone, action=action, key=key)

    # -- finding -----------------------------------------------------------------------------------
    def open_palette(self) -> None:
        from office_studio.ui.widgets.command_palette import CommandPalette

        selected = self.store.selected
        head = f"Actions for {self.store.name(selected)}" if selected else "Actions for the agent"
        self.palette = CommandPalette(self.window, self.portraits, self._palette_entries, head)

    def _palette_entries(self) -> list[Entry]:
        from office_studio.ui.action_table import ACTIONS
        from office_studio.ui.palette_entries import Entry

        entries = []
        now = self.store.now_ms()
        for agent in self.store.agents().values():
            since = formats.age(agent.status_since_ms, now)
            where = self.assignments.label_of_agent(agent.id)
            detail = " · ".join(filter(None, (f"{agent.status.value} {since}", where)))
            entries.append(
                Entry("agent", agent.agent.name, detail, agent_id=agent.id, run=lambda key=agent.id: self.inspect(key))
            )
        for action in ACTIONS:
            if action.id == "edit.palette":
                continue
            kind = "agent_action" if action.for_agent else "action"
            reason = self.actions.reason(action)
            if action.for_agent and not self.store.selected:
                continue
            menu = action.menu.replace("/", " › ")
            run = lambda key=action.id: self.actions.run(key)  # noqa: E731
            key = action.key or action.shown_key
            entries.append(Entry(kind, action.title, menu, action.glyph, key, reason=reason, run=run))
        for plan in self.assign_flow.shelf.plans:
            use = lambda p=plan: self.assign_flow.apply_plan(p)  # noqa: E731
            where = f"Assign › Plans, made for {plan.theme_name or plan.theme_id}"
            reason = self.assignments.why_not()
            entries.append(Entry("action", f"Apply plan {plan.name}", where, "clipboard-text", reason=reason, run=use))
        for choice in self.library.choices:
            pick = lambda c=choice: self.library.choose(c)  # noqa: E731
            entries.append(Entry("theme", choice.name, choice.source.value, "palette", run=pick))
        return entries + self._mark_entries() + self._problem_entries()

    def _mark_entries(self) -> list[Entry]:
        """What the office shows of OfficeX, for those who do not point."""
        from office_studio.ui.palette_entries import Entry

        if self.market_session is None:
            return []
        from office_studio.ui.trade.spending.spend_scene import SpendScene

        scene = self.market_session.findChild(SpendScene)
        return [
            Entry("action", name, "In the office", "coin", run=lambda key=mark: scene.open(key))
            for mark, name in (scene.marks if scene is not None else ())
        ]

    def _problem_entries(self) -> list[Entry]:
        """Of the themes that are open in Make."""
        make = self.make_page
        if make is None:
            return []
        from office_studio.ui.make.problem_rows import GLYPHS, where
        from office_studio.ui.palette_entries import Entry

        return [
            Entry(
                "problem", found.message, f"{where(found)}  {found.rule}  {page.document.name}",
                GLYPHS[found.severity], run=lambda p=page, f=found: make.go_to_problem(p, f),
            )
            for page, found in make.problems()
        ]  # fmt: skip

    def show_menu(self) -> None:
        button = self.window.header.menu_button
        if button.menu() is not None:
            button.menu().popup(button.mapToGlobal(button.rect().bottomLeft()))

    def focus_filter(self) -> None:
        if self.window.workspace == "make" and self.make_page is not None:
            page = self.make_page.page
            if page is not None:
                page.focus_filter()
            else:
                self.make_page.library.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self.window.workspace in ("watch", "assign"):
            slots, focused = self.gestures.slots, QApplication.focusWidget()
            if slots is not None and focused is not None and slots.isAncestorOf(focused):
                slots.focus_filter()
                return
            self.window.set_panel_shown(Area.LEFT, True)
            self.roster.focus_filter()

    @property
    def roster(self) -> RosterPanel:
        return self.window.panel("agents")  # type: ignore[return-value]

    def focus_panel(self, by: int) -> None:
        panels = self.window.shown_panels()
        focused = QApplication.focusWidget()
        at = next((i for i, panel in enumerate(panels) if focused is not None and panel.isAncestorOf(focused)), -by)
        for step in range(1, len(panels) + 1):
            if _focus_first_in(panels[(at + by * step) % len(panels)]):
                return

    # -- agents ------------------------------------------------------------------------------------
    def inspect(self, agent_id: str) -> None:
        """Select an agent and show what is known of it."""
        if self.window.center.currentWidget() is not self.window.stage_frame:
            self.window.show_workspace("watch")
        self.store.select(agent_id)
        if self.window.workspace == "watch":
            self.window.set_panel_shown(Area.RIGHT, True)

    def open_agent(self, agent_id: str) -> None:
        """Enter or double click on an agent: what is known of it, or, while seats are given out, where it shall sit."""
        if self.window.workspace == "assign":
            self.store.select(agent_id)
            self.assign_dialog(agent_id)
        else:
            self.inspect(agent_id)

    def find_in_scene(self, agent_id: str = "") -> None:
        wanted = agent_id or self.store.selected
        if wanted:
            self.store.select(wanted)
            self.stage.ensure_visible_agent(wanted)
            self.stage.setFocus(Qt.FocusReason.OtherFocusReason)

    def find_from_alert(self, agent_id: str) -> None:
        self.inspect(agent_id)
        self.stage.ensure_visible_agent(agent_id)

    def toggle_follow(self, *_: object) -> None:
        self.stage.follow(None if self.stage.followed is not None else self.store.selected or None)
        self.window.stage_frame.follow.setChecked(self.stage.followed is not None)

    def show_view_options(self) -> None:
        button = self.window.stage_frame.options
        menu = self.actions.corner_menu(button)
        menu.aboutToHide.connect(menu.deleteLater)
        # Above the button, which is at the lower edge of the window.
        size = menu.sizeHint()
        menu.popup(button.mapToGlobal(button.rect().topRight()) - QPoint(size.width(), size.height() + 6))

    def copy_id(self) -> None:
        QGuiApplication.clipboard().setText(self.store.selected)
        self.toast("Agent id copied", self.store.selected)

    def assign_dialog(self, agent_id: str = "") -> None:
        from office_studio.ui.assign.assign_dialog import AssignDialog

        wanted = agent_id or self.store.selected
        if wanted and not self.assignments.why_not():
            dialog = AssignDialog(self.assignments, self.portraits, wanted, self.window)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    def chosen_agents(self) -> tuple[str, ...]:
        """Agents selected in the roster, which may be several; else the one selected anywhere."""
        selected = self.store.selected
        chosen = self.roster.view.chosen_ids()
        return chosen if len(chosen) > 1 or not selected else (selected,)

    def unassign(self) -> None:
        self.assignments.unassign(self.store.selected)

    def toggle_assign(self) -> None:
        self.window.show_workspace("watch" if self.window.workspace == "assign" else "assign")

    def open_alerts(self) -> None:
        from office_studio.ui.watch.alerts_popover import AlertsPopover

        AlertsPopover(self.window, self.window.alerts_button, self.store, self.portraits, self.find_from_alert)

    # -- offices -----------------------------------------------------------------------------------
    def connect_dialog(self) -> None:
        from office_studio.ui.connect.connect_dialog import ConnectDialog

        office = self.session.office
        url = office.url if office is not None and not self.session.is_demo else ""
        dialog = ConnectDialog(self.jobs, self.window, url)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.connected.connect(self._on_connected)
        self.connect_dialog_shown = dialog
        dialog.open()

    def _on_connected(self, office: OfficeRef, email: str) -> None:
        saved = SavedOffice(office.url, office.name, email)
        self.settings.change(lambda now: now.with_office(saved))
        self.open_office(office)

    def forget_office(self, office: OfficeRef) -> None:
        """Sign out here: token and entry go; nothing changes in the office itself."""

        def forget() -> None:
            from office_studio.services.secrets import SecretStore

            SecretStore().delete(office.url)

        self.scope.run_blocking(forget)
        self.settings.change(lambda now: now.without_office(office.url))
        self.session.leave()
        self.toast(f"Signed out of {office.name}", "Its token is no longer on this computer.")

    # -- look --------------------------------------------------------------------------------------
    def set_appearance(self, preference: str) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme().prefer(app, preference)
        self.settings.change(lambda now: replace(now, appearance=Appearance(preference)))

    def toggle_contrast(self) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.memory.high_contrast = not self.memory.high_contrast
        theme().prefer(app, theme().preference, high_contrast=self.memory.high_contrast)

    def toggle_motion(self) -> None:
        self.apply_motion(not self.settings.now.reduced_motion)
        self.settings.change(lambda now: replace(now, reduced_motion=not now.reduced_motion))

    def apply_motion(self, reduced: bool) -> None:
        theme().reduced_motion = reduced
        self.stage.set_reduced_motion(reduced)

    def toggle_zone_names(self) -> None:
        shown = not self.settings.now.zone_names
        self.stage.set_zone_labels_visible(shown)
        self.settings.change(lambda now: replace(now, zone_names=shown))

    def open_settings(self) -> None:
        from office_studio.ui.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self, self.window)  # type: ignore[arg-type]
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    # -- help --------------------------------------------------------------------------------------
    def show_keys(self) -> None:
        from office_studio.ui.keys_dialog import KeysDialog

        dialog = KeysDialog(self.window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def report(self) -> str:
        """Facts for a problem report: versions, platform, connection. No names, addresses or tokens."""
        import platform

        import PySide6

        connection, loaded = self.store.connection, self.library.loaded
        lines = [
            f"Office Studio {office_studio.__version__}",
            f"Python {platform.python_version()}, PySide6 {PySide6.__version__}, {platform.platform()}",
            f"Qt platform {QApplication.platformName()}, {sys.platform}",
            f"Connection {connection.state.value}, {self.session.events_received} events",
            f"Agents {len(self.store.live_agents)}, theme {loaded.theme.id if loaded is not None else 'none'}",
        ]
        return "\n".join(lines)

    def copy_report(self) -> None:
        QGuiApplication.clipboard().setText(self.report())
        self.toast("Problem report copied", "It holds versions and states, no names and no tokens.")

    def show_about(self) -> None:
        from office_studio.ui.about_dialog import AboutDialog

        dialog = AboutDialog(self.window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()


def _focus_first_in(panel: QWidget) -> bool:
    """Give the focus to the first of a panel's widgets that takes it; False when none does."""
    for candidate in (panel, *panel.findChildren(QWidget)):
        # One that is disabled, as Undo is when nothing was done, would leave the focus where it was.
        if candidate.isVisible() and candidate.isEnabled() and candidate.focusPolicy() & Qt.FocusPolicy.TabFocus:
            candidate.setFocus(Qt.FocusReason.TabFocusReason)
            return True
    return False
