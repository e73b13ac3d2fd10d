"""``officex serve``: run a sandbox of OfficeX on this computer until Ctrl+C."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

import httpx

from office_studio.cli.output import note, print_json_line
from office_studio.errors import UsageError

DEFAULT_PORT = 21002


def configure_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help=f"TCP port, 0 for a free one (default {DEFAULT_PORT})"
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder for books, uploads and address")
    parser.add_argument("--database", metavar="URL", help="SQLAlchemy URL (default: SQLite in the data folder)")
    parser.add_argument("--empty", action="store_true", help="without demo accounts, apps and vouchers")
    parser.add_argument("--month-end", action="store_true", help="payouts wait for the month-end run")
    parser.add_argument("--chat-delay", type=float, default=0.03, metavar="S", help="pause between words of a chat")
    parser.add_argument("--show-tokens", action="store_true", help="also print admin secret and control token")
    parser.add_argument("--json", action="store_true", help="print one JSON object when ready")
    parser.epilog = (
        "examples:\n  office-studio officex serve\n  office-studio officex serve --port 0 --data ./market --json"
    )


def run_serve(args: argparse.Namespace) -> int:
    from office_studio.cli.serve import StopSignal
    from office_studio.server.officex.lifecycle import SandboxServer
    from office_studio.server.officex.sandbox import SandboxConfig
    from office_studio.services.officex import local as officex_local

    if not 0 <= args.port <= 65535:
        raise UsageError("PORT_NOT_ALLOWED", f"{args.port} is not a TCP port.", "Choose one from 0 to 65535.")
    if not 0 <= args.chat_delay <= 10:
        raise UsageError("OFFICEX_DELAY_INVALID", "--chat-delay takes 0 to 10 seconds.")
    stop = StopSignal()
    server = SandboxServer(
        SandboxConfig(
            port=args.port,
            data_dir=args.data,
            database_url=args.database,
            seed=not args.empty,
            month_end_payouts=args.month_end,
            chat_delay_s=args.chat_delay,
        )
    )
    address = server.start()
    try:
        accounts = {} if args.empty else _demo_accounts(address.root, address.control_token)
        officex_local.write(
            address.data_dir,
            officex_local.LocalSandbox(
                address.root, os.getpid(), address.control_token, address.admin_secret, accounts
            ),
        )
        told: dict[str, Any] = {"url": address.root, "api": address.api, "chat": address.chat}
        told["data"] = str(address.data_dir)
        secrets = {"adminSecret": address.admin_secret, "controlToken": address.control_token}
        if args.json:
            print_json_line(told | (secrets if args.show_tokens else {}))
        else:
            print(f"OfficeX sandbox at {address.root} (data in {address.data_dir}). Ctrl+C stops it.", flush=True)
            for name, value in secrets.items() if args.show_tokens else ():
                print(f"  {name}: {value}", flush=True)
        stop.wait()
    finally:
        officex_local.remove(address.data_dir)
        server.stop()
    if not args.json:
        note("Stopped.")
    return stop.exit_code


def _demo_accounts(root: str, token: str) -> dict[str, Any]:
    """A key of each demo account, so that the other verbs work without signing in."""
    from office_studio.services.officex.http import Account

    found = httpx.post(f"{root}/__sandbox/seed", headers={"x-sandbox-token": token}, timeout=30, trust_env=False).json()
    return {role: Account(found[role]["user_id"], found[role]["api_key"]) for role in ("consumer", "vendor")}
