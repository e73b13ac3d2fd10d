"""``officex chat``: talk to the assistant; what it says streams to stdout, what it does to stderr."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import Any

import msgspec

from office_studio.cli.officex_options import add_options, find_place
from office_studio.cli.output import note, plain, print_json_line
from office_studio.core.officex.chat_stream import Broken, ChatEvent, Status, StreamError, TextDelta, ThreadResolved
from office_studio.services.officex.client import OfficeXClient
from office_studio.services.officex.errors import OfficeXError

_NAMES = {
    "ThreadResolved": "thread", "TracerResolved": "tracer", "Status": "status", "TextDelta": "text",
    "RawEvent": "raw", "StreamError": "error", "Done": "done", "Broken": "broken",
}  # fmt: skip


def configure_chat(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", metavar="TEXT", help="what to say; - reads it from standard input")
    parser.add_argument("--thread", metavar="ID", help="go on with this conversation")
    parser.add_argument("--tracer", metavar="trc_…", help="tie it to this tracer")
    parser.add_argument("--apps", action="store_true", help="let it use everything installed")
    add_options(parser)
    parser.epilog = (
        'With --json one object a line: {"type": "text", "text": …}, as it comes.\n'
        'example:\n  office-studio officex chat "What did my agents cost today?" --apps'
    )


def run_chat(args: argparse.Namespace) -> int:
    words = sys.stdin.read() if args.words == "-" else args.words
    place = find_place(args)

    async def talk() -> None:
        async with place.client() as client:
            await _print_all(client, words, args)

    asyncio.run(talk())
    return 0


async def _print_all(client: OfficeXClient, words: str, args: argparse.Namespace) -> None:
    """Raises OfficeXError OFFICEX_CHAT_INTERRUPTED when it ends before its end."""
    options: dict[str, Any] = {"thread_id": args.thread, "tracer_id": args.tracer, "include_apps": args.apps or None}
    last: ChatEvent | None = None
    async for event in client.chat(words, **options):
        last = event
        if args.json:
            print_json_line({"type": _NAMES[type(event).__name__]} | msgspec.structs.asdict(event))
        elif isinstance(event, TextDelta):
            print("".join(char if char == "\n" else plain(char) for char in event.text), end="", flush=True)
        elif isinstance(event, Status) and event.text:
            note(f"· {plain(event.text)}")
        elif isinstance(event, ThreadResolved):
            note(f"thread {plain(event.thread_id)}")
    if not args.json:
        print()
    if isinstance(last, (Broken, StreamError)):
        words = last.reason if isinstance(last, Broken) else last.message
        hint = "Read the conversation again; it is not sent a second time."
        raise OfficeXError("OFFICEX_CHAT_INTERRUPTED", f"The answer was cut off: {words}.", hint)
