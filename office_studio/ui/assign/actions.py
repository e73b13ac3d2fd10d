"""What the menus and the palette offer about seats beyond one agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from office_studio.ui.action import Action

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio


def _cannot_assign(studio: Studio) -> str:
    return studio.assignments.why_not()


def _nobody_seated(studio: Studio) -> str:
    return studio.assignments.why_not() or ("" if studio.assignments.seated() else "Nobody has a seat")


def _no_seats_to_keep(studio: Studio) -> str:
    return "" if studio.assignments.seated() else "Nobody has a seat"


def _nobody_to_seat(studio: Studio) -> str:
    if reason := studio.assignments.why_not():
        return reason
    chosen = studio.chosen_agents()
    if not chosen:
        return "Select agents first"
    if all(studio.assignments.slot_of(who) is not None for who in chosen):
        return "All chosen agents have a seat"
    return "" if studio.assignments.free_slots() else "No seat is free"


def _no_plans(studio: Studio) -> str:
    return "" if studio.assign_flow.shelf.plans else "There are no plans yet"


def _no_seat_to_pin(studio: Studio) -> str:
    who = studio.store.selected
    if not who:
        return "Select an agent first"
    if studio.assignments.slot_of(who) is None and not studio.assignments.is_pinned(who):
        return "This agent has no slot"
    return ""


AGENT_SEAT_ACTIONS = (
    Action("assign.free", "Assign to free seats…", "Assign", lambda s: s.assign_flow.ask_free(s.chosen_agents()),
           "Ctrl+Shift+M", "users-three", _nobody_to_seat, for_agent=True,
           tip="Give every chosen agent without a seat a free one, work seats first"),
    Action("assign.pin", "Pinned to its seat", "Assign", lambda s: s.assign_flow.toggle_pin(s.store.selected),
           glyph="push-pin", why_disabled=_no_seat_to_pin, for_agent=True,
           is_on=lambda s: s.assignments.is_pinned(s.store.selected),
           tip="Auto-assign leaves the seats of pinned agents alone"),
)  # fmt: skip

SEAT_ACTIONS = (
    Action("assign.auto", "Auto-assign…", "Assign", lambda s: s.assign_flow.auto_assign(), "Ctrl+Alt+M", "magic-wand",
           _cannot_assign, tip="Seats for agents that have none, with a preview"),
    Action("assign.clear", "Clear all seats…", "Assign", lambda s: s.assign_flow.clear_all(), glyph="eraser",
           why_disabled=_nobody_seated),
    Action("plans.save", "Save seats as a plan…", "Assign/Plans", lambda s: s.assign_flow.save_plan(),
           glyph="floppy-disk", why_disabled=_no_seats_to_keep),
    Action("plans.import", "Import a plan…", "Assign/Plans", lambda s: s.assign_flow.import_plan(),
           glyph="download-simple"),
    Action("plans.export", "Export a plan…", "Assign/Plans", lambda s: s.assign_flow.pick_to_export(),
           glyph="upload-simple", why_disabled=_no_plans, tip="Write a seat plan to a file for others"),
    Action("plans.rename", "Rename a plan…", "Assign/Plans", lambda s: s.assign_flow.pick_to_rename(),
           glyph="pencil-simple", why_disabled=_no_plans),
    Action("plans.delete", "Delete a plan…", "Assign/Plans", lambda s: s.assign_flow.pick_to_delete(),
           glyph="trash", why_disabled=_no_plans),
    Action("plans.manage", "Manage plans…", "Assign/Plans", lambda s: s.assign_flow.manage_plans(), "Ctrl+Shift+P",
           "clipboard-text"),
)  # fmt: skip
