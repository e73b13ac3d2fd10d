# ruff: noqa: T201  a script that prints a table
"""Applying a seat plan against the bare PUTs, over one connection each. Run by hand: bench_plans.py [ROWS [ROUNDS]]."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from office_studio.core.office.seat_changes import changes_to, whole_seating
from office_studio.server.config import ServerConfig
from office_studio.server.lifecycle import OfficeServer
from office_studio.services.binding_writer import write_changes
from office_studio.services.http import Credentials
from office_studio.services.office_client import OfficeClient


async def _bare(client: OfficeClient, theme_id: str, seating: dict[int, str]) -> None:
    for slot, who in seating.items():
        body = {"themeId": theme_id, "slotIndex": slot, "agentId": who}
        (await client.http.put("/api/office/bindings", json=body)).raise_for_status()


async def _plan(client: OfficeClient, theme_id: str, seating: dict[int, str]) -> None:
    rows = await client.bindings(theme_id)
    report = await write_changes(client, theme_id, changes_to(rows, whole_seating(rows, seating)))
    assert report.is_complete


async def measure(url: str, token: str, rows: int, rounds: int) -> None:
    """Both in turn, changing who goes first: what else the machine does meets both alike."""
    async with OfficeClient(url, Credentials(token)) as client:
        agents = [(await client.create_agent(f"Agent {i}")).id for i in range(rows)]
        totals = {_bare: 0.0, _plan: 0.0}
        print(f"{rows} rows: bare PUTs      plan   ratio")
        for number in range(rounds):
            seating = {slot: agents[(slot + number) % rows] for slot in range(rows)}
            times = {}
            for act in (_bare, _plan) if number % 2 else (_plan, _bare):
                start = time.perf_counter()
                await act(client, act.__name__, seating)
                times[act] = time.perf_counter() - start
                totals[act] += times[act]
            print(f"{'':>9} {times[_bare]:8.2f} s {times[_plan]:7.2f} s {times[_plan] / times[_bare]:7.2f}")
        print(f"all rounds: {totals[_plan] / totals[_bare]:.3f}")


def main() -> None:
    numbers = (int(sys.argv[1]) if len(sys.argv) > 1 else 500, int(sys.argv[2]) if len(sys.argv) > 2 else 4)
    with tempfile.TemporaryDirectory() as folder:
        server = OfficeServer(ServerConfig(data_dir=Path(folder)))
        address = server.start()
        try:
            asyncio.run(measure(address.url, address.token, *numbers))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
