"""``bindings``: list, set and clear which agent sits in which slot of a theme."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from office_studio.cli.office_options import add_office_options, ask_office, resolve_office
from office_studio.cli.output import note, print_json, print_table
from office_studio.core.office.model import Binding
from office_studio.core.office.wire import encode_binding
from office_studio.errors import UsageError
from office_studio.services.office_client import AgentRecord, OfficeClient

_EXAMPLE = (
    "examples:\n"
    "  office-studio bindings list --theme cozy-loft\n"
    "  office-studio bindings set 0 Vivi --theme cozy-loft\n"
    "  office-studio bindings clear 0 --theme cozy-loft\n"
    "  office-studio bindings clear --all --theme cozy-loft"
)
_SLOT = "slot, counted from 0 as the Office API does"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EXAMPLE
    verbs = parser.add_subparsers(dest="action", required=True, metavar="list|set|clear")
    listing = verbs.add_parser("list", help="who sits where")
    setting = verbs.add_parser("set", help="seat an agent; it leaves its other slot, and whoever was there leaves")
    setting.add_argument("slot", type=int, metavar="SLOT", help=_SLOT)
    setting.add_argument("agent", metavar="AGENT", help="id, or name where only one agent has it")
    clearing = verbs.add_parser("clear", help="empty one slot, or all")
    clearing.add_argument("slot", type=int, nargs="?", metavar="SLOT", help=_SLOT)
    clearing.add_argument("--all", action="store_true", help="empty every slot of the theme")
    for verb in (listing, setting, clearing):
        verb.formatter_class = argparse.RawDescriptionHelpFormatter
        verb.epilog = _EXAMPLE
        verb.add_argument("--theme", required=True, metavar="ID", help="theme whose slots are meant")
        verb.add_argument("--json", action="store_true", help="print the resulting rows as the Office API gives them")
        verb.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        add_office_options(verb)


def run(args: argparse.Namespace) -> int:
    _check(args)
    url, credentials = resolve_office(args)

    async def act() -> tuple[Binding, ...]:
        async with OfficeClient(url, credentials) as client:
            if args.action == "set":
                await _set(client, args.theme, args.slot, args.agent)
            elif args.action == "clear":
                await _clear(client, args.theme, None if args.all else args.slot)
            return await client.bindings(args.theme)

    rows = ask_office(act())
    if args.json:
        print_json([encode_binding(row) for row in rows])
    else:
        table = [[row.slot_index, row.agent_name, row.agent_id] for row in rows]
        print_table(["Slot", "Agent", "Id"], table, f"Nobody has a slot in {args.theme}.")
    return 0


def _check(args: argparse.Namespace) -> None:
    if args.action == "clear" and args.all == (args.slot is not None):
        raise UsageError("BINDING_SLOT_NEEDED", "Name one slot to empty, or --all.", "bindings clear 3 --theme ID")
    slot = getattr(args, "slot", None)
    if slot is not None and not 0 <= slot < 2**31:
        raise UsageError("BINDING_SLOT_INVALID", f"Not a slot: {slot}.", "Slots are counted from 0.")


async def _set(client: OfficeClient, theme_id: str, slot: int, wanted: str) -> None:
    agent = find_agent(await client.agents(), wanted)
    before = await client.bindings(theme_id)
    await client.bind(theme_id, slot, agent.id)
    came_from = next((row.slot_index for row in before if row.agent_id == agent.id), None)
    displaced = next((row for row in before if row.slot_index == slot and row.agent_id != agent.id), None)
    text = f"{agent.name} has slot {slot}"
    if came_from is not None and came_from != slot:
        text += f", and left slot {came_from}"
    if displaced is not None:
        text += f". {displaced.agent_name or displaced.agent_id} has no slot now"
    note(text + ".")


async def _clear(client: OfficeClient, theme_id: str, slot: int | None) -> None:
    before = {row.slot_index: row for row in await client.bindings(theme_id)}
    slots = sorted(before) if slot is None else [slot]
    for index in slots:
        await client.unbind(theme_id, index)
        row = before.get(index)
        note(f"Slot {index} was empty." if row is None else f"{row.agent_name or row.agent_id} left slot {index}.")


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
