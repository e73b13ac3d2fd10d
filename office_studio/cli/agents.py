"""``agents list``: the agents of an office and their states."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any

from office_studio.cli.office_options import add_office_options, ask_office, resolve_office
from office_studio.cli.output import print_json, print_table
from office_studio.core.office.model import Agent, AgentStatus
from office_studio.core.office.wire import encode_agent
from office_studio.errors import ApiError
from office_studio.services.http import Credentials
from office_studio.services.office_client import AgentRecord, OfficeClient


def configure(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="action", required=True, metavar="list")
    listing = verbs.add_parser("list", help="every agent of the office with its state", epilog=_EXAMPLE)
    add_office_options(listing)
    listing.add_argument("--json", action="store_true", help="a list of agent states as the Office API writes them")
    listing.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    parser.epilog = _EXAMPLE


_EXAMPLE = "example: office-studio agents list --office http://127.0.0.1:21001 --json"


def run(args: argparse.Namespace) -> int:
    url, credentials = resolve_office(args)
    rows = ask_office(_list(url, credentials))
    if args.json:
        print_json(rows)
        return 0
    table = [[row["name"], row["status"], row["currentTask"], row.get("model"), row["agentId"]] for row in rows]
    print_table(["Agent", "Status", "Task", "Model", "Id"], table, "This office has no agents yet.")
    return 0


async def _list(url: str, credentials: Credentials | None) -> list[dict[str, Any]]:
    async with OfficeClient(url, credentials) as client:
        snapshot = await client.status()
        own: tuple[AgentRecord, ...] = ()
        try:
            own = await client.agents()
        except ApiError as error:
            if error.details.get("status") != 404:  # an office without the list still has states
                raise
    return agent_rows(snapshot.agents if snapshot else (), own)


def agent_rows(online: Iterable[Agent], own: Iterable[AgentRecord]) -> list[dict[str, Any]]:
    """Agent states by name; the user's agents that are not at work are listed as offline."""
    names = {record.id: record.name for record in own}
    rows = {agent.id: {**encode_agent(agent), "name": names.get(agent.id) or agent.name} for agent in online}
    for agent_id, name in names.items():
        if agent_id not in rows:
            away = Agent(agent_id, name, AgentStatus.OFFLINE, online=False)
            rows[agent_id] = encode_agent(away)
    return sorted(rows.values(), key=lambda row: (str(row["name"]).casefold(), row["agentId"]))
