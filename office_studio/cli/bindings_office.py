"""What the verbs of ``bindings`` look at in an office (agents, seats of a theme), and how they tell what they did."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from office_studio.cli.output import note, print_json, print_table
from office_studio.core.office.model import Agent, Binding
from office_studio.core.office.seat_changes import Change, describe, seated, seated_after
from office_studio.core.office.seat_plan import SlotPlace, Unfit, slot_places
from office_studio.core.office.wire import encode_binding
from office_studio.core.theme.manifest import parse_manifest, theme_from_document
from office_studio.core.theme.model import Theme
from office_studio.errors import ApiError, OfficeStudioError, UsageError
from office_studio.paths import bundled_themes_dir
from office_studio.services.binding_writer import WriteReport, write_changes
from office_studio.services.http import Credentials
from office_studio.services.office_client import AgentRecord, OfficeClient
from office_studio.services.theme_client import ThemeClient
from office_studio.services.theme_loader import load_theme


@dataclass(frozen=True, slots=True)
class Desk:
    """One office and one theme of it, as the verbs see them. ``places`` is empty where the theme is not known."""

    client: OfficeClient
    credentials: Credentials | None
    theme_id: str
    theme: Theme | None
    places: tuple[SlotPlace, ...]
    agents: tuple[AgentRecord, ...]
    rows: tuple[Binding, ...]

    def name(self, agent_id: str) -> str:
        known = {row.agent_id: row.agent_name for row in self.rows} | {one.id: one.name for one in self.agents}
        return known.get(agent_id) or agent_id

    def label(self, slot: int) -> str:
        return f"slot {slot} ({self.places[slot].label})" if 0 <= slot < len(self.places) else f"slot {slot}"

    def check_slot(self, slot: int) -> None:
        """Raises UsageError BINDING_SLOT_BEYOND for a slot that the theme does not offer, where that is known."""
        if self.places and slot >= len(self.places):
            raise UsageError(
                "BINDING_SLOT_BEYOND",
                f"{self.theme_id} has {len(self.places)} slots; there is no slot {slot}.",
                f"Slots are counted from 0: the last one is {len(self.places) - 1}.",
            )

    def rows_after(self, changes: Iterable[Change]) -> list[Binding]:
        """The rows as they would be."""
        known = {row.agent_id: row for row in self.rows}
        avatars = {one.id: one.avatar_url for one in self.agents}
        after = sorted(seated_after(self.rows, changes).items())
        return [
            Binding(slot, who, self.name(who), known[who].agent_avatar_url if who in known else avatars.get(who))
            for slot, who in after
        ]


async def desk(client: OfficeClient, credentials: Credentials | None, wanted: str) -> Desk:
    """Everything the verbs look at before they change something.

    Args:
        wanted: Id of a theme, or a folder or zip that holds it.
    """
    theme_id, theme = await _theme(client.base_url, credentials, wanted)
    places = slot_places(theme) if theme is not None else ()
    return Desk(client, credentials, theme_id, theme, places, await client.agents(), await client.bindings(theme_id))


def id_of_theme(wanted: str) -> str:
    """The id behind ``--theme``, which may be a path."""
    theme = _theme_here(wanted)
    return theme.id if theme is not None else wanted


async def _theme(url: str, credentials: Credentials | None, wanted: str) -> tuple[str, Theme | None]:
    if (theme := _theme_here(wanted)) is not None:
        return theme.id, theme
    try:
        async with ThemeClient(url, credentials) as themes:
            manifest = await themes.manifest(wanted)
        return wanted, theme_from_document(parse_manifest(manifest))[0]
    except OfficeStudioError as error:
        if isinstance(error, ApiError) and "status" not in error.details:
            raise  # the office does not answer: everything else would fail as well
        return wanted, None  # slots work without the theme, only unchecked and without labels


def _theme_here(wanted: str) -> Theme | None:
    """A theme on this computer: a folder or zip, or the id of a bundled one."""
    path = Path(wanted)
    if ("/" in wanted or "\\" in wanted or path.suffix == ".zip") and path.exists():
        return load_theme(path).theme
    folder = bundled_themes_dir() / wanted
    if wanted == path.name and (folder / "theme.json").is_file():
        return load_theme(folder).theme
    return None


async def live_agents(client: OfficeClient) -> dict[str, Agent]:
    """Agents that are online, by id; none where the office cannot tell."""
    try:
        snapshot = await client.status()
    except ApiError:
        return {}
    return {agent.id: agent for agent in snapshot.agents} if snapshot else {}


def find_agent(agents: Sequence[AgentRecord], wanted: str) -> AgentRecord:
    """The agent with this id, or the only one with this name (case does not matter).

    Raises:
        UsageError: AGENT_UNKNOWN, AGENT_AMBIGUOUS.
    """
    for agent in agents:
        if agent.id.lower() == wanted.lower():
            return agent
    named = [agent for agent in agents if agent.name.casefold() == wanted.casefold()]
    if len(named) == 1:
        return named[0]
    if named:
        raise UsageError(
            "AGENT_AMBIGUOUS",
            f"{len(named)} agents are called {wanted}: {', '.join(agent.id for agent in named)}.",
            "Give the id.",
        )
    known = ", ".join(agent.name for agent in agents[:8]) + (", …" if len(agents) > 8 else "")
    raise UsageError(
        "AGENT_UNKNOWN", f"None of your agents is {wanted}.", f"Known: {known}." if known else "You have no agents yet."
    )


def tell_changes(here: Desk, changes: Sequence[Change], *, is_done: bool) -> None:
    """One line a change, on stderr."""
    shown = [change for change in changes if not change.is_aside]
    if not shown:
        note("Nothing to change.")
    elif not is_done:
        note(f"Would change {len(shown)} thing{'s' if len(shown) != 1 else ''}:")
    for change in shown:
        note(("" if is_done else "  ") + describe(change, here.name, here.label) + ("." if is_done else ""))


def tell_unfit(here: Desk, unfit: Iterable[Unfit]) -> None:
    for one in unfit:
        who = one.entry.agent_name or one.entry.agent_id
        note(f"{who} (slot {one.entry.slot}{_seat(one)}) did not fit: {one.reason}.")


def _seat(one: Unfit) -> str:
    return f", {one.entry.seat_label}" if one.entry.seat_label else ""


async def carry_out(here: Desk, changes: Sequence[Change]) -> WriteReport:
    """Write the changes, showing progress on a terminal; see ``write_changes`` for what it raises."""
    report = await write_changes(
        here.client, here.theme_id, changes, expected=seated(here.rows), progress=_progress(len(changes))
    )
    tell_changes(here, report.done, is_done=True)
    return report


def _progress(count: int) -> Callable[[int, int, Change], None] | None:
    if count < 20 or not sys.stderr.isatty():
        return None

    def show(done: int, total: int, _change: Change) -> None:
        print(f"\r{done} of {total}" + ("\n" if done == total else ""), end="", file=sys.stderr, flush=True)

    return show


def check_report(here: Desk, report: WriteReport) -> None:
    """Raises OfficeStudioError BINDINGS_INCOMPLETE for what was not done, naming each agent that lost its seat."""
    if report.is_complete:
        return
    for failure in report.failed:
        note(f"Not done: {describe(failure.change, here.name, here.label)}. {failure.error.message}")
    if report.remaining:
        note(f"Not tried: {len(report.remaining)} more.")
    for agent_id, slot in report.adrift.items():
        note(f"{here.name(agent_id)} has lost {here.label(slot)}.")
    for agent_id, slot in report.in_doubt.items():
        note(f"{here.name(agent_id)} may have lost {here.label(slot)}.")
    first = report.stopped_by or (report.failed[0].error if report.failed else None)
    details: dict[str, Any] = {
        "done": len(report.done),
        "failed": [{"slot": f.change.slot, "agentId": f.change.agent_id, "code": f.error.code} for f in report.failed],
        "remaining": len(report.remaining),
        "withoutSeat": list(report.adrift),
        "maybeWithoutSeat": list(report.in_doubt),
    }
    hint = first.hint if first is not None else ""
    if report.adrift:
        back = "; ".join(f"bindings set {slot} {who}" for who, slot in list(report.adrift.items())[:3])
        hint = f"Put back who lost a seat: {back}."
    undone = len(report.failed) + sum(not change.is_aside for change in report.remaining)
    words = f"{undone} of {undone + len(report.done)} changes were not done."
    raise OfficeStudioError("BINDINGS_INCOMPLETE", f"{words} {first.message if first else ''}".strip(), hint, **details)


def show_rows(rows: Iterable[Binding], theme_id: str, *, as_json: bool) -> None:
    found = list(rows)
    if as_json:
        print_json([encode_binding(row) for row in found])
    else:
        table = [[row.slot_index, row.agent_name, row.agent_id] for row in found]
        print_table(["Slot", "Agent", "Id"], table, f"Nobody has a slot in {theme_id}.")
