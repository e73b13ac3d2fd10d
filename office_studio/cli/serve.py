"""``serve``: run an office server on this computer until Ctrl+C."""

from __future__ import annotations

import argparse
import getpass
import os
import signal
import sys
import threading
from pathlib import Path

from office_studio.cli.output import note, print_json_line
from office_studio.errors import UsageError
from office_studio.server.config import DEFAULT_PORT, ServerConfig

_PASSWORD = "OFFICE_STUDIO_PASSWORD"  # noqa: S105  the name of a variable


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help=f"TCP port, 0 for a free one (default {DEFAULT_PORT})"
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder for database, themes and token")
    parser.add_argument("--database", metavar="URL", help="SQLAlchemy URL (default: SQLite in the data folder)")
    parser.add_argument(
        "--stream-mode",
        choices=("events", "snapshots"),
        default="events",
        help="what follows the first snapshot of a stream (default events)",
    )
    parser.add_argument("--demo", action="store_true", help="also let simulated agents work in this office")
    parser.add_argument("--allow-remote", action="store_true", help="permit a --host that other computers can reach")
    parser.add_argument("--owner-email", metavar="MAIL", help="sign-in of the owner; the password comes from "
                        f"{_PASSWORD}, else it is asked for")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON object when ready")
    parser.epilog = (
        "examples:\n"
        "  office-studio serve --demo\n"
        "  office-studio serve --port 0 --data ./office --json\n"
        f"  {_PASSWORD}=... office-studio serve --host 0.0.0.0 --allow-remote --owner-email me@example.org"
    )


def run(args: argparse.Namespace) -> int:
    from office_studio.server import OfficeServer
    from office_studio.services import local_offices

    stop = StopSignal()
    server = OfficeServer(_config(args))
    address = server.start()
    try:
        local_offices.register(address.url, address.token, os.getpid(), address.data_dir)
        if args.json:
            print_json_line({"url": address.url, "token": address.token, "data": str(address.data_dir)})
        else:
            print(f"Office at {address.url} (data in {address.data_dir}). Ctrl+C stops it.", flush=True)
        stop.wait()
    finally:
        local_offices.unregister(address.url)
        server.stop()
    if not args.json:
        note("Stopped.")
    return stop.exit_code


def _config(args: argparse.Namespace) -> ServerConfig:
    if not 0 <= args.port <= 65535:
        raise UsageError("PORT_NOT_ALLOWED", f"{args.port} is not a TCP port.", "Choose one from 0 to 65535.")
    return ServerConfig(
        host=args.host,
        port=args.port,
        data_dir=args.data,
        database_url=args.database,
        stream_mode=args.stream_mode,
        demo=args.demo,
        allow_remote=args.allow_remote,
        owner_email=args.owner_email,
        owner_password=_password() if args.owner_email else None,
    )


def _password() -> str:
    """The owner's password. Raises UsageError PASSWORD_NEEDED or PASSWORD_TOO_SHORT."""
    password = os.environ.get(_PASSWORD, "")
    if not password and sys.stdin.isatty():
        password = getpass.getpass("Password of the owner: ")
    if not password:
        raise UsageError("PASSWORD_NEEDED", "The owner needs a password.", f"Put it into {_PASSWORD}.")
    if len(password) < 8:
        raise UsageError("PASSWORD_TOO_SHORT", "The owner's password has under 8 characters.", "Choose a longer one.")
    return password


class StopSignal:
    """Waits for Ctrl+C (exit code 130) or a request to end (0), without losing one that comes early."""

    def __init__(self) -> None:
        self.exit_code = 0
        self._asked = threading.Event()
        if threading.current_thread() is not threading.main_thread():
            return  # only the main thread is given signals
        for number in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGBREAK", None)):
            if number is not None:
                signal.signal(number, self._on_signal)

    def wait(self) -> None:
        # In short waits, because on Windows a signal does not interrupt a long one.
        while not self._asked.wait(0.5):
            pass

    def _on_signal(self, number: int, _: object) -> None:
        self.exit_code = 130 if number == signal.SIGINT else 0
        self._asked.set()
