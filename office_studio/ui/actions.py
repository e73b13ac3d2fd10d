"""The action table bound to one window: Qt actions, menus, and who may run now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from office_studio.ui.action import Action
from office_studio.ui.action_table import ACTIONS, BY_ID, MENUS
from office_studio.ui.icons import icon
from office_studio.ui.stage_actions import CORNER

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio


class ActionSet(QObject):
    """The registry bound to one window: Qt actions, menus, and who may run now."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio = studio
        self._qt: dict[str, QAction] = {}
        self.submenus: dict[str, QMenu] = {}  # by path, "Assign/Plans"
        for action in ACTIONS:
            self._qt[action.id] = self._make(action, parent)

    def bind(self, window: QWidget, stage: QWidget) -> None:
        """Put keys where they count. Roster keys are bound by :meth:`bind_agents`."""
        for action in ACTIONS:
            qt = self._qt[action.id]
            qt.setShortcutContext(
                Qt.ShortcutContext.WidgetWithChildrenShortcut if action.scope else Qt.ShortcutContext.WindowShortcut
            )
            (stage if action.scope else window).addAction(qt)

    def bind_agents(self, roster: QWidget) -> None:
        for action in ACTIONS:
            if action.scope == "agents":
                roster.addAction(self._qt[action.id])

    def qt(self, action_id: str) -> QAction:
        return self._qt[action_id]

    def reason(self, action: Action) -> str:
        return action.why_disabled(self._studio)

    def run(self, action_id: str) -> None:
        action = BY_ID[action_id]
        reason = self.reason(action)
        if not reason:
            action.run(self._studio)
        else:
            self._studio.toast(reason, tone="info", key="reason")

    # -- menus -------------------------------------------------------------------------------------
    def main_menu(self, parent: QWidget) -> QMenu:
        menu = QMenu(parent)
        for title in MENUS:
            menu.addMenu(self._fill(QMenu(title, menu), title))
        return menu

    def menu_bar(self) -> QMenuBar:
        """The native menu bar of macOS."""
        bar = QMenuBar(None)
        for title in MENUS:
            bar.addMenu(self._fill(QMenu(title, bar), title))
        return bar

    def agent_menu(self, parent: QWidget) -> QMenu:
        menu = QMenu(parent)
        for action in ACTIONS:
            if action.for_agent:
                if action.starts_group and not menu.isEmpty():
                    menu.addSeparator()
                menu.addAction(self._qt[action.id])
        self.track(menu)
        return menu

    def corner_menu(self, parent: QWidget) -> QMenu:
        """What the View options button in the stage's corner offers."""
        return self.menu_of(parent, *CORNER)

    def menu_of(self, parent: QWidget, *action_ids: str | None) -> QMenu:
        """A menu of these actions; None is a line."""
        menu = QMenu(parent)
        menu.setToolTipsVisible(True)
        for action_id in action_ids:
            if action_id is None:
                menu.addSeparator()
            else:
                menu.addAction(self._qt[action_id])
        self.track(menu)
        return menu

    def track(self, menu: QMenu) -> None:
        """Keep a menu made elsewhere up to date while it is open."""
        menu.aboutToShow.connect(self.refresh)
        # An action that is disabled swallows its key in silence, so keys stay live while no menu is open.
        menu.aboutToHide.connect(self.refresh_keys)

    def refresh(self) -> None:
        """Enable what can be done now, and say why the rest cannot."""
        for action in ACTIONS:
            qt, reason = self._qt[action.id], self.reason(action)
            qt.setEnabled(not reason)
            qt.setToolTip(reason or action.tip or action.title)
            if action.is_on is not None:
                qt.setChecked(action.is_on(self._studio))

    def refresh_keys(self) -> None:
        """Keys of actions stay live; what cannot be done now answers with its reason."""
        for qt in self._qt.values():
            qt.setEnabled(True)

    def _fill(self, menu: QMenu, path: str) -> QMenu:
        menu.setToolTipsVisible(True)
        submenus: dict[str, QMenu] = {}
        for action in ACTIONS:
            if action.menu == path:
                if action.starts_group and not menu.isEmpty():
                    menu.addSeparator()
                menu.addAction(self._qt[action.id])
            elif action.menu.startswith(f"{path}/") and action.menu not in submenus:
                submenu = self._fill(QMenu(action.menu.split("/")[1], menu), action.menu)
                self.submenus[action.menu] = submenus[action.menu] = submenu
                menu.addMenu(submenus[action.menu])
        self.track(menu)
        return menu

    def _make(self, action: Action, parent: QWidget) -> QAction:
        qt = QAction(f"{action.title}\t{action.shown_key}" if action.shown_key else action.title, parent)
        if action.glyph and action.is_on is None:  # a picture would stand where the check mark is
            qt.setIcon(icon(action.glyph))
        if action.key:
            qt.setShortcut(QKeySequence(action.key))
        if action.is_on is not None:
            qt.setCheckable(True)
        if action.id == "file.quit":
            qt.setMenuRole(QAction.MenuRole.QuitRole)
        elif action.id == "edit.settings":
            qt.setMenuRole(QAction.MenuRole.PreferencesRole)
        elif action.id == "help.about":
            qt.setMenuRole(QAction.MenuRole.AboutRole)
        qt.triggered.connect(lambda _checked=False, key=action.id: self.run(key))
        return qt
