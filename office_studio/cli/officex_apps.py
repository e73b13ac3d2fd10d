"""``officex apps``, ``install``, ``installs``, ``uninstall``, ``limits``, ``rotate``, ``inbox``."""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from typing import Any

from office_studio.cli.officex_options import (
    MASK,
    SECRET,
    Place,
    account_book,
    add_options,
    ask,
    confirm_spending,
    credits,
    find_place,
    said,
    show,
)
from office_studio.cli.output import note, plain, print_table
from office_studio.core.officex.money import Amount, literal
from office_studio.errors import UsageError
from office_studio.services.officex.client import OfficeXClient
from office_studio.services.officex.errors import InvalidRequest
from office_studio.services.officex.http import INSTALL, InstallKey, part

DAY_S = 86_400
LIMITS = ("max_per_hour", "max_per_day", "max_per_month")


def configure_apps(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("app", nargs="?", metavar="APP", help="id or slug of one app, to see all of it")
    parser.add_argument("--search", metavar="WORDS")
    add_options(parser)


def run_apps(args: argparse.Namespace) -> int:
    place = find_place(args)
    if args.app:
        answer = _anybody(place, f"/apps/{part(args.app)}")
        app = answer.get("app", {})
        prices = [f"  {line}" for line in app.get("pricing_lines") or ()]
        show(args, answer, f"{app.get('name')} ({app.get('slug')})", str(app.get("subtitle") or ""), *prices,
             str(app.get("description") or ""))  # fmt: skip
        return 0
    answer = _anybody(place, "/apps", q=args.search)
    if args.json:
        show(args, answer)
        return 0
    rows = [[plain(str(one.get(name) or "")) for name in ("slug", "name", "price_type", "category", "app_id")]
            for one in answer.get("apps", [])]  # fmt: skip
    print_table(["Slug", "Name", "Price", "Category", "Id"], rows, "No app fits.")
    return 0


def _anybody(place: Place, path: str, **query: str | None) -> Mapping[str, Any]:
    """The catalog is open to all."""
    import asyncio

    async def run() -> Mapping[str, Any]:
        async with OfficeXClient(place.environment) as client:
            return await client.get(path, **query)

    return asyncio.run(run())


def configure_install(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("app", metavar="APP", help="id or slug")
    parser.add_argument("--cap", type=credits, metavar="CREDITS", help="most it may ever take")
    parser.add_argument("--unlimited", action="store_true", help="without a cap")
    _limit_options(parser)
    add_options(parser, spends=True)
    parser.epilog = (
        "An install begins without the right to charge; it gets it together with its cap. Say --cap or --unlimited.\n"
        "example:\n  office-studio officex install film-desk --cap 20 --days 30"
    )


def run_install(args: argparse.Namespace) -> int:
    place = find_place(args)
    if (args.cap is None) == (not args.unlimited):
        raise UsageError(
            "OFFICEX_CAP_NEEDED", "Say how much the app may ever take.", "Add --cap CREDITS, or --unlimited."
        )
    words = "without a cap" if args.unlimited else f"up to {literal(args.cap)} credits"
    confirm_spending(place.environment, args, f"letting {args.app} charge {words}")
    answer = dict(ask(place, lambda client: _install(client, args)))
    install_id, secret = str(answer["install_id"]), str(answer["install_secret"])
    is_kept = account_book().keep_install(place.environment.name, InstallKey(install_id, secret))
    if not is_kept:
        note(f"This system has no keyring: the secret is kept nowhere. Use --show-secret, then set {SECRET}.")
    shown = secret if args.show_secret else MASK
    show(args, answer, f"Installed {args.app} as {install_id}; it may charge {words}.", f"secret {shown}")
    return 0


async def _install(client: OfficeXClient, args: argparse.Namespace) -> Mapping[str, Any]:
    """Guarded (contract, section 10): the vendor has the secret before the cap can be set."""
    path, wanted = f"/install/{part(args.app)}", _limits(args)
    try:
        made = await client.call("POST", path, wanted | {"allowed_until": int(time.time()) - 1}, INSTALL)
    except InvalidRequest:
        note("This app does not take a guarded install: it may charge before its cap is set.")
        made = await client.call("POST", path, wanted, INSTALL)
    until = _until(args)
    changes: dict[str, Any] = {"allowed_until": until if until is not None else int(time.time()) + 30 * DAY_S}
    if args.cap is not None:
        changes["lifetime_spend_limit"] = Amount(args.cap)
    changed = await client.call("PATCH", f"/users/me/installs/{part(str(made['install_id']))}", changes, INSTALL)
    return dict(changed) | made


def configure_installs(parser: argparse.ArgumentParser) -> None:
    add_options(parser)


def run_installs(args: argparse.Namespace) -> int:
    answer = ask(find_place(args), lambda client: client.get("/users/me/installs"))
    if args.json:
        show(args, answer)
        return 0
    rows = []
    for one in answer.get("installs", []):
        used = one.get("usage", {})
        windows = [f"{said(used.get(name.removeprefix('max_per_')))}/{said(one.get(name))}" for name in LIMITS]
        rows.append(
            [one.get("install_id"), one.get("app_id"), one.get("status"), *windows, said(one.get("lifetime_spent"))]
        )
    print_table(["Install", "App", "Status", "Hour", "Day", "Month", "Spent"], rows, "Nothing is installed.")
    return 0


def configure_uninstall(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("install", metavar="INSTALL")
    add_options(parser)


def run_uninstall(args: argparse.Namespace) -> int:
    place = find_place(args)
    answer = ask(place, lambda client: client.call("DELETE", f"/users/me/installs/{part(args.install)}", None, INSTALL))
    account_book().forget_install(place.environment.name, args.install)
    show(args, answer, f"Removed {args.install}.")
    return 0


def configure_limits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("install", metavar="INSTALL")
    parser.add_argument("--cap", type=credits, metavar="CREDITS", help="most it may ever take")
    parser.add_argument("--uncap", action="store_true", help="take the cap away")
    parser.add_argument("--pause", action="store_true", help="no more charges from now on")
    _limit_options(parser)
    add_options(parser, spends=True)
    parser.epilog = "example:\n  office-studio officex limits INSTALL --hour 10 --cap 5"


def run_limits(args: argparse.Namespace) -> int:
    place = find_place(args)
    path = f"/users/me/installs/{part(args.install)}"
    changes: dict[str, Any] = _limits(args)
    if (until := _until(args)) is not None:
        changes["allowed_until"] = until
    if args.cap is not None or args.uncap:
        changes["lifetime_spend_limit"] = -1 if args.uncap else Amount(args.cap)
    if args.pause:
        changes["allowed_until"] = int(time.time()) - 1
    if changes and not args.pause:
        confirm_spending(place.environment, args, "changing what an app may charge")
    if changes:
        answer = ask(place, lambda client: client.call("PATCH", path, changes, INSTALL))
    else:
        answer = ask(place, lambda client: client.get(path))
    one = answer.get("install", {})
    used = ", ".join(f"{said(one.get(name))} in a{'n' * (name == LIMITS[0])} {name[8:]}" for name in LIMITS)
    cap, end = one.get("lifetime_spend_limit"), one.get("allowed_until")
    words = "No end." if end == -1 else f"Until {time.strftime('%Y-%m-%d %H:%M', time.gmtime(int(end or 0)))} UTC."
    capped = "No cap." if cap == -1 else f"At most {said(cap)} credits in all."
    show(args, answer, f"Charges: {used}.", capped, words)
    return 0


def _limit_options(parser: argparse.ArgumentParser) -> None:
    for name in ("hour", "day", "month"):
        parser.add_argument(f"--{name}", type=int, metavar="N", help=f"charges a {name}".replace("a hour", "an hour"))
    parser.add_argument("--days", type=int, metavar="N", help="how long it may charge (default 30)")
    parser.add_argument("--forever", action="store_true", help="without an end")


def _limits(args: argparse.Namespace) -> dict[str, Any]:
    given = {f"max_per_{name}": getattr(args, name) for name in ("hour", "day", "month")}
    return {name: value for name, value in given.items() if value is not None}


def _until(args: argparse.Namespace) -> int | None:
    if args.forever:
        return -1
    if args.days is None:
        return None
    if not 1 <= args.days <= 3650:
        raise UsageError("OFFICEX_DAYS_INVALID", "--days takes 1 to 3650.", "Say --forever for no end.")
    return int(time.time()) + args.days * DAY_S


def configure_rotate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("install", metavar="INSTALL")
    add_options(parser)


def run_rotate(args: argparse.Namespace) -> int:
    place = find_place(args)
    path = f"/users/me/installs/{part(args.install)}/rotate-secret"
    answer = ask(place, lambda client: client.call("POST", path))
    secret = str(answer["install_secret"])
    account_book().keep_install(place.environment.name, InstallKey(args.install, secret))
    show(args, answer, "The old secret is dead; nobody but you knows the new one until the app is launched.",
         f"secret {secret if args.show_secret else MASK}")  # fmt: skip
    return 0


def configure_inbox(parser: argparse.ArgumentParser) -> None:
    add_options(parser)


def run_inbox(args: argparse.Namespace) -> int:
    answer = ask(find_place(args), lambda client: client.get("/users/me/inbox"))
    if args.json:
        show(args, answer)
        return 0
    messages = answer.get("messages", [])
    if not messages:
        note("There are no letters.")
    for one in messages:
        print(plain(f"{one.get('created_at')}  {one.get('title')}"))
        print(plain(f"    {str(one.get('text', '')).replace(chr(10), ' ')}"))
        if one.get("url"):
            print(plain(f"    {one['url']}"))
    return 0
