"""``officex login``, ``logout``, ``whoami``."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

from office_studio.cli.officex_options import KEY, account_book, add_options, ask, ask_secret, find_place, show
from office_studio.cli.output import note
from office_studio.errors import UsageError
from office_studio.services.officex.accounts import KnownAccount
from office_studio.services.officex.client import OfficeXClient
from office_studio.services.officex.environments import Environment
from office_studio.services.officex.http import Account

CODE, PASSWORD = "OFFICE_STUDIO_OFFICEX_CODE", "OFFICE_STUDIO_OFFICEX_PASSWORD"


def configure_login(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", metavar="MAIL")
    parser.add_argument("--password", action="store_true", help=f"sign in with a password (asked for, or {PASSWORD})")
    add_options(parser, account=False)
    parser.epilog = (
        "A code is mailed; it is asked for, or read from a line of standard input. A sandbox's code is always 0000.\n"
        "example:\n  office-studio officex login me@example.org --env staging"
    )


def run_login(args: argparse.Namespace) -> int:
    place = find_place(args)
    account, email, wallet = asyncio.run(_sign_in(place.environment, args))
    is_kept = account_book().remember(
        KnownAccount(place.environment.name, account.user_id, email, wallet), account.master_key
    )
    if not is_kept:
        note(f"This system has no keyring: the key is kept nowhere. Use --show-secret, then set {KEY}.")
    answer = {"environment": place.environment.name, "user_id": account.user_id, "email": email, "wallet_id": wallet}
    line = f"Signed in at {place.environment.label} as {email}."
    show(args, answer | {"api_key": account.master_key, "kept": is_kept}, line)
    if args.show_secret and not args.json:
        print(account.master_key)
    return 0


async def _sign_in(environment: Environment, args: argparse.Namespace) -> tuple[Account, str, str]:
    async with OfficeXClient(environment) as nobody:
        if args.password:
            account = await nobody.sign_in(args.email, ask_secret(PASSWORD, "Password: "))
        else:
            await nobody.send_code(args.email)
            code = "0000" if environment.is_testable else ask_secret(CODE, "Code from the mail: ")
            account = await nobody.enter_code(args.email, code)
    async with OfficeXClient(environment, account) as client:
        me = await client.me()
    return account, me.email, me.wallet_id


def configure_logout(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", metavar="MAIL")
    add_options(parser, account=False)


def run_logout(args: argparse.Namespace) -> int:
    book = account_book()
    found = [one for one in book.accounts() if one.email == args.email and args.env in (None, one.environment)]
    if not found:
        raise UsageError("OFFICEX_ACCOUNT_UNKNOWN", f"{args.email} is not signed in here.", "See “officex whoami”.")
    for one in found:
        book.forget(one)
    names = [one.environment for one in found]
    show(args, {"forgotten": names}, f"Forgot {args.email} ({', '.join(names)}).")
    return 0


def configure_whoami(parser: argparse.ArgumentParser) -> None:
    add_options(parser)


def run_whoami(args: argparse.Namespace) -> int:
    place = find_place(args)
    answer: dict[str, Any] = dict(ask(place, lambda client: client.get("/users/me")))
    user = answer.get("user", {})
    answer["environment"] = place.environment.name
    answer["api"] = place.environment.api
    others = [f"{one.email} ({one.environment})" for one in account_book().accounts()]
    lines = [f"{user.get('email')} at {place.environment.label} ({place.environment.api})"]
    lines.append(f"wallet {user.get('wallet_id')}")
    if others:
        lines.append("Signed in here: " + ", ".join(others))
    show(args, answer, *lines)
    return 0
