"""Every action of the program, one entry each. A new one here is in its menu, on its key and in the palette."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from office_studio.ui.action import Action
from office_studio.ui.assign.actions import AGENT_SEAT_ACTIONS, SEAT_ACTIONS
from office_studio.ui.clip_actions import CLIP_ACTIONS
from office_studio.ui.make.actions import MAKE_ACTIONS
from office_studio.ui.panels import WORKSPACES, Area
from office_studio.ui.stage_actions import STAGE_ACTIONS, no_stage
from office_studio.ui.trade.actions import MARKET_ACTIONS

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

MENUS = ("File", "Edit", "View", "Office", "Assign", "Theme", "Market", "Help")
# Cmd+M minimises a window on macOS, so there it is the real Control key, which Qt calls Meta.
_ASSIGN_KEY = "Meta+M" if sys.platform == "darwin" else "Ctrl+M"


def _no_agent(studio: Studio) -> str:
    return "" if studio.store.selected else "Select an agent first"


def _not_assignable(studio: Studio) -> str:
    agent = studio.store.agent(studio.store.selected)
    if agent is None:
        return "Select an agent first"
    if agent.is_foreign:
        return "This agent belongs to someone else"
    return studio.assignments.why_not()


def _not_assigned(studio: Studio) -> str:
    reason = _not_assignable(studio)
    if not reason and studio.store.slot_of(studio.store.selected) is None:
        return "This agent has no slot"
    return reason


def _no_office(studio: Studio) -> str:
    return "" if studio.session.office is not None else "Choose an office first"


def _cannot_undo(studio: Studio) -> str:
    stack = studio.make_undo_stack
    if stack is not None:
        return "" if stack.canUndo() else "Nothing to undo"
    return "" if studio.assignments.undo_stack.canUndo() else "Nothing to undo"


def _cannot_redo(studio: Studio) -> str:
    stack = studio.make_undo_stack
    if stack is not None:
        return "" if stack.canRedo() else "Nothing to redo"
    return "" if studio.assignments.undo_stack.canRedo() else "Nothing to redo"


def _workspaces() -> tuple[Action, ...]:
    return tuple(
        Action(
            f"view.{spec.id}",
            spec.title,
            "View",
            lambda s, key=spec.id: s.window.show_workspace(key),
            spec.shortcut,
            spec.glyph,
        )
        for spec in WORKSPACES.values()
    )


def _appearance() -> tuple[Action, ...]:
    choices = (("system", "Follow the system", "circle-half"), ("dark", "Dark", "moon"), ("light", "Light", "sun"))
    return tuple(
        Action(
            f"view.appearance.{key}",
            title,
            "View/Appearance",
            lambda s, key=key: s.set_appearance(key),
            glyph=glyph,
            is_on=lambda s, key=key: s.settings.now.appearance == key,
        )
        for key, title, glyph in choices
    )


ACTIONS: tuple[Action, ...] = (
    Action("file.open", "Open theme…", "File", lambda s: s.open_theme_folder(), "Ctrl+O", "folder-open"),
    Action("file.open_zip", "Open theme package…", "File", lambda s: s.open_theme_zip(), glyph="file"),
    Action("file.open_web", "Open package of the web…", "File", lambda s: s.open_theme_address(), glyph="globe"),
    Action(
        "file.upload",
        "Upload theme…",
        "File",
        lambda s: s.upload_theme(),
        "Ctrl+U",
        "upload-simple",
        _no_office,
        starts_group=True,
    ),
    Action("file.quit", "Quit", "File", lambda s: s.window.close(), "Ctrl+Q", "power", starts_group=True),
    Action("edit.undo", "Undo", "Edit", lambda s: s.undo(), "Ctrl+Z", "arrow-u-up-left", _cannot_undo),
    Action("edit.redo", "Redo", "Edit", lambda s: s.redo(), "Ctrl+Shift+Z", "arrow-u-up-right", _cannot_redo),
    Action("edit.find", "Filter", "Edit", lambda s: s.focus_filter(), "Ctrl+F", "funnel", starts_group=True),
    Action("edit.palette", "Find anything…", "Edit", lambda s: s.open_palette(), "Ctrl+K", "magnifying-glass"),
    Action("edit.settings", "Settings…", "Edit", lambda s: s.open_settings(), "Ctrl+,", "gear-six", starts_group=True),
    *_workspaces(),
    Action(
        "view.left",
        "Left panel",
        "View",
        lambda s: s.window.toggle_panel(Area.LEFT),
        "Ctrl+B",
        "msc.layout-sidebar-left",
        starts_group=True,
    ),
    Action(
        "view.bottom",
        "Bottom panel",
        "View",
        lambda s: s.window.toggle_panel(Area.BOTTOM),
        "Ctrl+J",
        "msc.layout-panel",
    ),
    Action(
        "view.right",
        "Right panel",
        "View",
        lambda s: s.window.toggle_panel(Area.RIGHT),
        "Ctrl+Alt+B",
        "msc.layout-sidebar-right",
    ),
    Action("view.menu", "Menu", "View", lambda s: s.show_menu(), "F10", "list"),
    Action("view.next_panel", "Next panel", "View", lambda s: s.focus_panel(1), "F6", "caret-right"),
    Action("view.previous_panel", "Previous panel", "View", lambda s: s.focus_panel(-1), "Shift+F6", "caret-left"),
    Action("view.reset", "Reset layout", "View", lambda s: s.window.reset_layout(), glyph="arrow-counter-clockwise"),
    Action(
        "view.zoom_in",
        "Zoom in",
        "View",
        lambda s: s.stage.zoom_in(),
        "+",
        "magnifying-glass-plus",
        no_stage,
        "stage",
        starts_group=True,
    ),
    Action(
        "view.zoom_out",
        "Zoom out",
        "View",
        lambda s: s.stage.zoom_out(),
        "-",
        "magnifying-glass-minus",
        no_stage,
        "stage",
    ),
    *STAGE_ACTIONS,
    *CLIP_ACTIONS,
    *_appearance(),
    Action(
        "view.contrast",
        "High contrast",
        "View/Appearance",
        lambda s: s.toggle_contrast(),
        glyph="circle-half",
        starts_group=True,
        is_on=lambda s: s.memory.high_contrast,
    ),
    Action(
        "view.motion",
        "Reduced motion",
        "View/Appearance",
        lambda s: s.toggle_motion(),
        glyph="person-simple-walk",
        is_on=lambda s: bool(s.settings.now.reduced_motion),
    ),
    Action("view.full_screen", "Full screen", "View", lambda s: s.window.toggle_full_screen(), "F11", "corners-out"),
    Action("office.connect", "Connect to an office…", "Office", lambda s: s.connect_dialog(), "Ctrl+Shift+O", "link"),
    Action("office.demo", "Open the demo office", "Office", lambda s: s.session.open_demo(), glyph="play-circle"),
    Action(
        "office.retry", "Try again now", "Office", lambda s: s.session.retry(), "F5", "arrows-clockwise", _no_office
    ),
    Action(
        "office.leave", "Disconnect", "Office", lambda s: s.session.leave(), glyph="sign-out", why_disabled=_no_office
    ),
    Action("office.alerts", "Alerts", "Office", lambda s: s.open_alerts(), "Ctrl+Shift+N", "bell", starts_group=True),
    Action(
        "assign.assign",
        "Assign to slot…",
        "Assign",
        lambda s: s.assign_dialog(),
        _ASSIGN_KEY,
        "armchair",
        _not_assignable,
        for_agent=True,
    ),
    Action(
        "assign.unassign",
        "Remove from slot",
        "Assign",
        lambda s: s.unassign(),
        "Del",
        "trash",
        _not_assigned,
        "agents",
        for_agent=True,
    ),
    *AGENT_SEAT_ACTIONS,
    Action(
        "agent.find",
        "Find in scene",
        "Assign",
        lambda s: s.find_in_scene(),
        "F",
        "crosshair",
        _no_agent,
        "agents",
        for_agent=True,
        starts_group=True,
    ),
    Action(
        "agent.follow",
        "Follow",
        "Assign",
        lambda s: s.toggle_follow(),
        "Shift+F",
        "person-simple-run",
        _no_agent,
        "agents",
        for_agent=True,
        is_on=lambda s: s.stage.followed is not None,
    ),
    Action(
        "agent.copy",
        "Copy agent id",
        "Assign",
        lambda s: s.copy_id(),
        glyph="copy",
        why_disabled=_no_agent,
        for_agent=True,
    ),
    Action(
        "assign.mode",
        "Assign mode",
        "Assign",
        lambda s: s.toggle_assign(),
        "A",
        "armchair",
        no_stage,
        "stage",
        starts_group=True,
    ),
    *SEAT_ACTIONS,
    *MAKE_ACTIONS,
    Action("theme.next", "Next theme", "Theme", lambda s: s.library.choose_next(), glyph="palette", starts_group=True),
    Action("theme.refresh", "Look for themes again", "Theme", lambda s: s.library.refresh(), glyph="arrows-clockwise"),
    *MARKET_ACTIONS,
    Action("help.keys", "Keyboard shortcuts", "Help", lambda s: s.show_keys(), "F1", "keyboard"),
    Action("help.report", "Copy a problem report", "Help", lambda s: s.copy_report(), glyph="copy"),
    Action("help.about", "About Office Studio", "Help", lambda s: s.show_about(), glyph="info"),
)
BY_ID = {action.id: action for action in ACTIONS}
