"""``watch``: print every change of an agent as it happens."""

from __future__ import annotations

import argparse
import asyncio
import time
from typing import Any

from office_studio.cli.office_options import add_office_options, ask_office, resolve_office
from office_studio.cli.output import note, print_json_line
from office_studio.core.office.live import Connection, ConnectionState, LiveAgent
from office_studio.core.office.wire import encode_agent
from office_studio.errors import ApiError, StreamRefused
from office_studio.services.http import Credentials
from office_studio.services.live_feed import FeedUpdate, LiveFeed
from office_studio.services.office_client import OfficeClient


def configure(parser: argparse.ArgumentParser) -> None:
    add_office_options(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object a line and change")
    parser.add_argument("--seconds", type=float, metavar="T", help="stop after this time (default: Ctrl+C stops)")
    parser.epilog = (
        'A line of JSON: {"at", "agentId", "name", "status", …}, fields as in an AgentState of the Office API;\n'
        '"at" in milliseconds since 1970; status is offline for an agent that left.\n\n'
        "example:\n  office-studio watch --json | grep blocked"
    )


def run(args: argparse.Namespace) -> int:
    url, credentials = resolve_office(args)
    ask_office(_watch(url, credentials, as_json=args.json, seconds=args.seconds))
    return 0


async def _watch(url: str, credentials: Credentials | None, *, as_json: bool, seconds: float | None) -> None:
    async with OfficeClient(url, credentials) as client:
        await _check_reachable(client)
        printer = _Printer(as_json=as_json)
        feed = asyncio.create_task(LiveFeed(client, sink=printer).run())
        refused = asyncio.create_task(printer.refused.wait())
        try:
            await asyncio.wait({feed, refused}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if feed.done():
                feed.result()
        finally:
            feed.cancel()
            refused.cancel()
            await asyncio.gather(feed, refused, return_exceptions=True)
        if printer.error is not None:
            raise printer.error


async def _check_reachable(client: OfficeClient) -> None:
    """A feed would try for ever; a person who mistyped the address wants to know at once."""
    try:
        await client.health()
    except ApiError as error:
        if error.details.get("status") != 404:
            raise


class _Printer:
    """A sink that prints what differs from the line it printed of an agent before."""

    def __init__(self, *, as_json: bool) -> None:
        self.refused = asyncio.Event()
        self.error: Exception | None = None
        self._as_json = as_json
        self._shown: dict[str, dict[str, Any]] = {}
        self._state: ConnectionState | None = None

    def __call__(self, update: FeedUpdate) -> None:
        try:
            self._take(update)
        except OSError as exc:  # the reader of our output went away
            self.error = exc
            self.refused.set()

    def _take(self, update: FeedUpdate) -> None:
        if update.connection is not None:
            self._tell(update.connection)
        gone = set(update.removed)
        if update.reset:
            gone |= self._shown.keys() - {agent.id for agent in update.agents}
        for agent_id in gone:
            before = self._shown.pop(agent_id, None)
            if before is not None and before["status"] != "offline":
                self._print({**before, "status": "offline", "online": False})
        for agent in update.agents:
            row = _row(agent)
            before = self._shown.get(agent.id)
            if before is None or _telling(row) != _telling(before):
                self._shown[agent.id] = row
                if self._as_json or before is None or _human(row) != _human(before):
                    self._print(row)

    def _print(self, row: dict[str, Any]) -> None:
        if self._as_json:
            print_json_line({"at": time.time_ns() // 1_000_000, **row})
        else:
            print(f"{time.strftime('%H:%M:%S')}  {_human(row)}", flush=True)

    def _tell(self, connection: Connection) -> None:
        if connection.state is ConnectionState.REFUSED:
            self.error = StreamRefused("OFFICE_REFUSED", connection.message, connection.hint)
            self.refused.set()
        elif connection.state is not self._state and connection.state not in _SILENT:
            note(f"{connection.state.value}: {connection.message}")
        self._state = connection.state


_SILENT = (ConnectionState.CONNECTING, ConnectionState.OFFLINE, ConnectionState.QUIET)


def _row(agent: LiveAgent) -> dict[str, Any]:
    return {**encode_agent(agent.agent), "status": agent.status.value}


def _telling(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "lastActivity"}


def _human(row: dict[str, Any]) -> str:
    return f"{row['name']:<16.16}  {row['status']:<13}  {row['currentTask'] or ''}".rstrip()
