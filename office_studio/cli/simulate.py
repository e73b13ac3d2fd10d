"""``simulate``: let simulated agents work in an office."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from office_studio.cli.office_options import add_office_options, ask_office, resolve_office
from office_studio.cli.output import note, print_json
from office_studio.errors import UsageError

if TYPE_CHECKING:
    from office_studio.services.simulator import SimulationStats, SimulationSummary


def configure(parser: argparse.ArgumentParser) -> None:
    add_office_options(parser)
    parser.add_argument("--agents", type=int, default=12, metavar="N", help="number of agents (default 12)")
    parser.add_argument(
        "--rate", type=float, default=4.0, metavar="R", help="events a second of the whole office (default 4)"
    )
    parser.add_argument("--seed", type=int, default=7, metavar="S", help="same seed, same day (default 7)")
    parser.add_argument("--seconds", type=float, metavar="T", help="stop after this time (default: Ctrl+C stops)")
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")
    parser.epilog = (
        "Agents are made in your account under friendly names (Vivi, Otto, …); those that exist are used again.\n\n"
        "example:\n  office-studio simulate --office http://127.0.0.1:21001 --agents 12 --rate 4 --seconds 60"
    )


def run(args: argparse.Namespace) -> int:
    if args.seconds is not None and args.seconds <= 0:
        raise UsageError("SIMULATION_SECONDS", f"--seconds must be above 0: {args.seconds:g}")
    url, credentials = resolve_office(args)
    summary, was_stopped = ask_office(_simulate(args, url, credentials.token if credentials else None))
    if args.json:
        facts = asdict(summary)
        by_type = facts.pop("by_type")
        print_json({"office": url, "seed": args.seed, **facts, "byType": by_type})
    else:
        print(
            f"{summary.events} events of {summary.agents} agents in {summary.seconds:.1f} s "
            f"({summary.rate:.1f} a second), {summary.failed} refused."
        )
    return 130 if was_stopped else 0


async def _simulate(args: argparse.Namespace, url: str, token: str | None) -> tuple[SimulationSummary, bool]:
    import asyncio
    import signal

    from office_studio.services.simulator import run_simulation

    stop = asyncio.Event()
    # Ctrl+C ends the day, and the summary still comes. Windows' loop has no such handler: there it just ends.
    try:
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    except (NotImplementedError, RuntimeError):
        pass
    if not args.json:
        note(f"Simulating {args.agents} agents in {url}. Ctrl+C stops.")
    on_terminal = sys.stderr.isatty() and not args.json
    summary = await run_simulation(
        url,
        token,
        agents=args.agents,
        rate=args.rate,
        seed=args.seed,
        seconds=args.seconds,
        stop=stop,
        on_stats=_show if on_terminal else None,
    )
    if on_terminal:
        note("")
    return summary, stop.is_set()


def _show(stats: SimulationStats) -> None:
    rate = stats.sent / stats.seconds if stats.seconds else 0
    print(f"\r{stats.sent} events, {rate:.1f} a second, {stats.failed} refused ", end="", file=sys.stderr, flush=True)
