"""``bindings``: list and change which agent sits in which slot of a theme; seat plans to and from files."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from office_studio.cli.bindings_office import (
    Desk,
    carry_out,
    check_report,
    desk,
    find_agent,
    id_of_theme,
    live_agents,
    show_rows,
    tell_changes,
    tell_unfit,
)
from office_studio.cli.office_options import add_office_options, ask_office, resolve_office
from office_studio.cli.output import note
from office_studio.core.office.auto_assign import Candidate, auto_assign, parse_rule
from office_studio.core.office.seat_changes import Change, changes_to, seated
from office_studio.core.office.seat_plan import plan_of
from office_studio.errors import UsageError
from office_studio.services.office_client import OfficeClient
from office_studio.services.seat_plans import prepare, read_plan, save_plan

_EXAMPLE = (
    "examples:\n"
    "  office-studio bindings list --theme cozy-loft\n"
    "  office-studio bindings set 0 Vivi --theme cozy-loft\n"
    "  office-studio bindings swap Vivi Otto --theme cozy-loft\n"
    "  office-studio bindings clear --all --theme cozy-loft\n"
    "  office-studio bindings auto --theme cozy-loft --rule 'name:Build*=work' --dry-run\n"
    "  office-studio bindings export monday.json --theme cozy-loft\n"
    "  office-studio bindings import monday.json --theme night-lab --dry-run"
)
_SLOT = "slot, counted from 0 as the Office API does"
_AGENT = "id, or name where only one agent has it"
MAX_SLOT = 2**31 - 1

Act = Callable[[Desk, argparse.Namespace], Awaitable[None]]


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EXAMPLE
    verbs = parser.add_subparsers(dest="action", required=True, metavar="list|set|swap|clear|auto|export|import")
    verbs.add_parser("list", help="who sits where")
    setting = verbs.add_parser("set", help="seat an agent; it leaves its other slot, and whoever was there leaves")
    setting.add_argument("slot", type=int, metavar="SLOT", help=_SLOT)
    setting.add_argument("agent", metavar="AGENT", help=_AGENT)
    swapping = verbs.add_parser("swap", help="let two agents change places")
    swapping.add_argument("agent", metavar="A", help=_AGENT)
    swapping.add_argument("other", metavar="B", help=_AGENT)
    clearing = verbs.add_parser("clear", help="empty one slot, or all")
    clearing.add_argument("slot", type=int, nargs="?", metavar="SLOT", help=_SLOT)
    clearing.add_argument("--all", action="store_true", help="empty every slot of the theme")
    auto = verbs.add_parser("auto", help="give a seat to every agent that has none, work seats first")
    auto.add_argument("--rule", action="append", default=[], metavar="FIELD:PATTERN=ZONE",
                      help="FIELD is name or model, ZONE the id of a zone or work, meeting, lounge, custom; "
                           "of several rules the first that fits counts")  # fmt: skip
    auto.add_argument("--anew", action="store_true", help="seat everybody anew, not only those without a seat")
    auto.add_argument("--pin", action="append", default=[], metavar="AGENT", help="with --anew: leave this one")
    exporting = verbs.add_parser("export", help="save who sits where as a seat plan")
    exporting.add_argument("file", type=Path, metavar="FILE", help="JSON file to write")
    exporting.add_argument("--name", default="", metavar="TEXT", help="what the plan is called (default: the file)")
    importing = verbs.add_parser(
        "import", help="apply a seat plan; one of another theme is carried over by zone type and label of the seat"
    )
    importing.add_argument("file", type=Path, metavar="FILE", help="seat plan that “export” wrote")
    for verb in (auto, importing):
        verb.add_argument("--dry-run", action="store_true", help="only tell what would change")
    for verb in verbs.choices.values():
        verb.formatter_class = argparse.RawDescriptionHelpFormatter
        verb.epilog = _EXAMPLE
        verb.add_argument("--theme", required=True, metavar="ID|PATH", help="theme whose slots are meant")
        verb.add_argument("--json", action="store_true", help="print the resulting rows as the Office API gives them")
        verb.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        add_office_options(verb)


def run(args: argparse.Namespace) -> int:
    """Raises what the office answers, and OfficeStudioError BINDINGS_INCOMPLETE when only a part was done."""
    _check(args)
    url, credentials = resolve_office(args)

    async def act() -> None:
        async with OfficeClient(url, credentials) as client:
            if args.action == "list":
                theme_id = id_of_theme(args.theme)
                show_rows(await client.bindings(theme_id), theme_id, as_json=args.json)
            else:
                await _ACTS[args.action](await desk(client, credentials, args.theme), args)

    ask_office(act())
    return 0


def _check(args: argparse.Namespace) -> None:
    if args.action == "clear" and args.all == (args.slot is not None):
        raise UsageError("BINDING_SLOT_NEEDED", "Name one slot to empty, or --all.", "bindings clear 3 --theme ID")
    slot = getattr(args, "slot", None)
    if slot is not None and not 0 <= slot <= MAX_SLOT:
        raise UsageError("BINDING_SLOT_INVALID", f"Not a slot: {slot}.", "Slots are counted from 0.")
    if args.action == "auto":
        args.rules = [parse_rule(text) for text in args.rule]
        if args.pin and not args.anew:
            raise UsageError("BINDING_PIN_ALONE", "--pin says who stays when all are seated anew.", "Add --anew.")
    if args.action == "import":
        args.plan = read_plan(args.file)


async def _set(here: Desk, args: argparse.Namespace) -> None:
    here.check_slot(args.slot)
    agent = find_agent(here.agents, args.agent)
    await _write(here, {args.slot: agent.id}, args)


async def _swap(here: Desk, args: argparse.Namespace) -> None:
    one, other = find_agent(here.agents, args.agent), find_agent(here.agents, args.other)
    if one.id == other.id:
        raise UsageError("BINDING_SWAP_SAME", f"{one.name} cannot swap with itself.", "Name two agents.")
    slots = {who: slot for slot, who in seated(here.rows).items()}
    for agent in (one, other):
        if agent.id not in slots:
            words = f"{agent.name} has no slot in {here.theme_id}."
            raise UsageError("BINDING_NOT_SEATED", words, "Use “bindings set SLOT AGENT” for an agent without one.")
    await _write(here, {slots[one.id]: other.id, slots[other.id]: one.id}, args)


async def _clear(here: Desk, args: argparse.Namespace) -> None:
    slots = [row.slot_index for row in here.rows] if args.all else [args.slot]
    if not args.all and args.slot not in seated(here.rows):
        note(f"{here.label(args.slot).capitalize()} is empty already.")
    await _write(here, dict.fromkeys(slots), args)


async def _auto(here: Desk, args: argparse.Namespace) -> None:
    if not here.places:
        raise UsageError(
            "THEME_SLOTS_UNKNOWN",
            f"The seats of {here.theme_id} are not known, so nobody can be given one.",
            "Upload the theme to the office, or give its folder as --theme.",
        )
    pinned = {find_agent(here.agents, text).id for text in args.pin}
    live = await live_agents(here.client)
    candidates = [
        Candidate(one.id, one.name, live[one.id].model if one.id in live else None, one.id in live, one.id in pinned)
        for one in here.agents
    ]
    found = auto_assign(candidates, here.rows, here.places, args.rules, keep_bound=not args.anew)
    for agent_id in found.unplaced:
        note(f"No seat is left for {here.name(agent_id)}.")
    wanted: dict[int, str | None] = {slot: None for slot in seated(here.rows) if slot < len(here.places)}
    if not args.anew:
        wanted = {}
    await _write(here, wanted | found.target, args)


async def _export(here: Desk, args: argparse.Namespace) -> None:
    theme_name = here.theme.name if here.theme is not None else ""
    plan = plan_of(here.theme_id, theme_name, here.rows, here.places, args.name or args.file.name.split(".")[0])
    save_plan(plan, args.file)
    count = len(plan.entries)
    note(f"Saved {count} seat{'s' if count != 1 else ''} to {args.file}.")
    if args.json:
        show_rows(here.rows, here.theme_id, as_json=True)


async def _import(here: Desk, args: argparse.Namespace) -> None:
    agents = {agent.id: agent.name for agent in here.agents}
    theme_name = here.theme.name if here.theme is not None else ""
    ready = prepare(args.plan, here.rows, agents, here.places, here.theme_id, theme_name)
    tell_unfit(here, ready.unfit)
    await _finish(here, ready.changes, args)


async def _write(here: Desk, wanted: Mapping[int, str | None], args: argparse.Namespace) -> None:
    await _finish(here, changes_to(here.rows, wanted), args)


async def _finish(here: Desk, changes: Sequence[Change], args: argparse.Namespace) -> None:
    if getattr(args, "dry_run", False):
        tell_changes(here, changes, is_done=False)
        show_rows(here.rows_after(changes), here.theme_id, as_json=args.json)
        return
    report = await carry_out(here, changes)
    if report.rows is not None:
        show_rows(report.rows, here.theme_id, as_json=args.json)
    check_report(here, report)


_ACTS: dict[str, Act] = {
    "set": _set,
    "swap": _swap,
    "clear": _clear,
    "auto": _auto,
    "export": _export,
    "import": _import,
}
