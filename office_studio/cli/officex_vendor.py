"""``officex vendor …`` and ``officex webhooks listen``."""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from office_studio.cli.officex_options import add_options, ask, find_place, masked, said, show
from office_studio.cli.output import note, plain, print_json_line, print_table
from office_studio.errors import UsageError
from office_studio.services.officex.http import PAY, part

MAX_FILE = 4 << 20


def configure_vendor(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    verbs.add_parser("apps", help="your apps")
    register = verbs.add_parser("register", help="a new app")
    change = verbs.add_parser("change", help="change an app; null clears a field")
    for verb in (register, change):
        verb.add_argument("--file", type=Path, metavar="JSON", help="file with the fields of an app")
    register.add_argument("name", metavar="NAME", help="3 to 50 characters")
    for name, line in (("show", "one of your apps"), ("delete", "take an app out of the catalog"),
                       ("installs", "who installed it"), ("inbox", "reservations not acknowledged yet"),
                       ("ack", "acknowledge a reservation")):  # fmt: skip
        verbs.add_parser(name, help=line)
    for name, verb in verbs.choices.items():
        if name not in ("apps", "register"):
            verb.add_argument("app", metavar="APP", help="id of the app")
        if name == "ack":
            verb.add_argument("log_id", metavar="LOG_ID")
        if name == "delete":
            verb.add_argument("--yes", action="store_true", help="it is meant; its installs end")
        if name in ("register", "change"):
            verb.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE",
                              help="one field; JSON, or text as it is")  # fmt: skip
        verb.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        add_options(verb)
    parser.epilog = (
        "In a sandbox --account vendor is the demo vendor.\nexamples:\n"
        '  office-studio officex vendor register "Film Desk 2" --set price_type=PAY_PER_USE --account vendor\n'
        "  office-studio officex vendor inbox APP --json --account vendor"
    )


def run_vendor(args: argparse.Namespace) -> int:
    place = find_place(args)
    app = part(getattr(args, "app", "") or "")
    here = f"/users/me/apps/{app}"
    calls: dict[str, tuple[str, str, Mapping[str, Any] | None]] = {
        "apps": ("GET", "/users/me/apps", None),
        "register": ("POST", "/register-app", None),
        "show": ("GET", here, None),
        "change": ("PATCH", here, None),
        "delete": ("DELETE", here, None),
        "installs": ("GET", f"{here}/installs", None),
        "inbox": ("GET", f"{here}/inbox", None),
        "ack": ("POST", f"{here}/inbox/{part(getattr(args, 'log_id', ''))}/ack", None),
    }
    method, path, body = calls[args.what]
    if args.what in ("register", "change"):
        body = _fields(args) | ({"name": args.name} if args.what == "register" else {})
    if args.what == "delete" and not args.yes:
        raise UsageError("OFFICEX_DELETE_UNCONFIRMED", "Deleting an app ends all its installs.", "Add --yes.")
    if method == "GET":
        answer = ask(place, lambda client: client.get(path))
    else:
        answer = ask(place, lambda client: client.call(method, path, body, PAY))
    if args.json:
        show(args, answer)
    else:
        _print(args, answer)
    return 0


def _print(args: argparse.Namespace, answer: Mapping[str, Any]) -> None:
    if args.what in ("apps", "installs", "inbox"):
        name = "reservations" if args.what == "inbox" else args.what
        columns = {
            "apps": ("app_id", "slug", "name", "status", "destination_wallet_id"),
            "installs": ("install_id", "user_id", "status", "lifetime_spent", "open_reserved"),
            "inbox": ("log_id", "job_id", "status", "amount_reserved", "settled_amount", "created_at"),
        }[args.what]
        rows = [[said(one.get(column)) for column in columns] for one in answer.get(name, [])]
        print_table([column.replace("_", " ").capitalize() for column in columns], rows, f"No {name} yet.")
    elif args.what == "register":
        print(f"{answer.get('app_id')}  (wallet {answer.get('destination_wallet_id')})")
    elif args.what in ("show", "change"):
        print(json.dumps(masked(answer.get("app", {})), ensure_ascii=False, indent=2, default=str))
    else:
        note("Done.")


def _fields(args: argparse.Namespace) -> dict[str, Any]:
    """Raises UsageError OFFICEX_FIELDS_INVALID."""
    found: dict[str, Any] = {}
    if args.file is not None:
        try:
            if args.file.stat().st_size > MAX_FILE:
                raise ValueError(f"it is over {MAX_FILE >> 20} MiB")
            found = json.loads(args.file.read_text("utf-8"))
            if not isinstance(found, dict):
                raise ValueError("it is not an object")
        except (OSError, ValueError) as error:
            raise UsageError(
                "OFFICEX_FIELDS_INVALID", f"{args.file} cannot be used: {error}.", "It has to be a JSON object."
            ) from None
    for text in args.set:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError("OFFICEX_FIELDS_INVALID", f"--set {text!r} is not FIELD=VALUE.")
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = value
    return found


def configure_webhooks(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="what", metavar="listen", required=True)
    listen = verbs.add_parser("listen", help="print what arrives; Ctrl+C stops it")
    listen.add_argument("--port", type=int, default=0, help="TCP port on this computer (default: a free one)")
    listen.add_argument("--context", type=Path, metavar="JSON", help="agent_context to answer an INSTALL with")
    listen.add_argument("--count", type=int, metavar="N", help="stop after so many")
    listen.add_argument("--json", action="store_true", help="one object a line and delivery; the first is the address")
    listen.add_argument("--show-secret", action="store_true", help="print secrets instead of masking them")
    listen.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    parser.epilog = (
        "The address has a part that nobody can guess. Deliveries are unsigned: check their secret before you trust "
        "them.\nexample:\n  office-studio officex webhooks listen --port 9000"
    )


def run_webhooks(args: argparse.Namespace) -> int:
    if not 0 <= args.port <= 65535:
        raise UsageError("PORT_NOT_ALLOWED", f"{args.port} is not a TCP port.", "Choose one from 0 to 65535.")
    context = None
    if args.context is not None:
        args.file, args.set = args.context, []
        context = _fields(args)
    asyncio.run(_listen(args, context))
    return 0


async def _listen(args: argparse.Namespace, context: Mapping[str, Any] | None) -> None:
    from office_studio.services.officex.conformance.hook import Hook, http_answer

    enough = asyncio.Event()
    seen: set[str] = set()

    async def answer(event: str, payload: Mapping[str, Any]) -> bytes:
        told = payload if args.show_secret else masked(payload)
        if args.json:
            print_json_line({"event": event, "payload": told})
        else:
            print(plain(f"{event}  {json.dumps(told, ensure_ascii=False)}"), flush=True)
        seen.add(str(len(seen)))
        if args.count is not None and len(seen) >= args.count:
            enough.set()
        return http_answer({"agent_context": context} if event == "INSTALL" and context is not None else {})

    try:
        async with Hook(answer, port=args.port, path=f"/webhooks/officex/{secrets.token_urlsafe(12)}") as hook:
            if args.json:
                print_json_line({"url": hook.url})
            else:
                print(f"Listening at {hook.url}. Ctrl+C stops it.", flush=True)
            await enough.wait()
    except OSError as error:
        raise UsageError(
            "PORT_IN_USE", f"Port {args.port} cannot be used: {error.strerror or error}.", "Leave out --port."
        ) from None
