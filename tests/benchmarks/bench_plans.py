# ruff: noqa: T201  a script that prints a table
"""Applying a seat plan against the bare PUTs, over one connection each. Run by hand: bench_plans.py [ROWS]."""

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


async def measure(url: str, token: str, rows: int) -> None:
    async with OfficeClient(url, Credentials(token)) as client:
        agents = [(await client.create_agent(f"Agent {i}")).id for i in range(rows)]
        straight = dict(enumerate(agents))
        shuffled = {slot: agents[(slot * 7 + 3) % rows] for slot in range(rows)}
        print(f"{rows} rows" + " " * 12 + "bare PUTs      plan   ratio")
        for words, seating in (("into empty slots", straight), ("all reseated", shuffled)):
            times = []
            for act, theme_id in ((_bare, "bare"), (_plan, "plan")):
                start = time.perf_counter()
                await act(client, theme_id, seating)
                times.append(time.perf_counter() - start)
            print(f"{words:<20} {times[0]:8.2f} s {times[1]:8.2f} s {times[1] / times[0]:7.2f}")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = OfficeServer(ServerConfig(data_dir=Path(folder)))
        address = server.start()
        try:
            asyncio.run(measure(address.url, address.token, int(sys.argv[1]) if len(sys.argv) > 1 else 500))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
