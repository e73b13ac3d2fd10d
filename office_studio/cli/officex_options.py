"""What the ``officex`` verbs share: where OfficeX is, who asks, what is printed, and what asks before it spends."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from office_studio import paths
from office_studio.cli.output import note, plain
from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.money import Amount, dumps, typed_amount
from office_studio.errors import UsageError
from office_studio.services.officex import local as officex_local
from office_studio.services.officex.accounts import AccountBook, KnownAccount
from office_studio.services.officex.client import OfficeXClient
from office_studio.services.officex.environments import Environment, environment_of, sandbox_environment
from office_studio.services.officex.http import Account, InstallKey
from office_studio.services.officex.till import Till
from office_studio.services.secrets import SecretStore

ENV, USER, KEY, SECRET = (
    f"OFFICE_STUDIO_OFFICEX{suffix}" for suffix in ("", "_USER", "_KEY", "_SECRET")
)  # names of variables
MASK = "••••••••"
_SECRET_WORDS = ("secret", "api_key", "master_key", "token", "password")


@dataclass(frozen=True, slots=True)
class Place:
    """``account``: None where nobody is signed in."""

    environment: Environment
    account: Account | None
    sandbox: officex_local.LocalSandbox | None = None

    def client(self) -> OfficeXClient:
        """Raises UsageError OFFICEX_NOT_SIGNED_IN."""
        if self.account is None:
            raise UsageError(
                "OFFICEX_NOT_SIGNED_IN",
                f"Nobody is signed in at {self.environment.label}.",
                f"Sign in with “officex login MAIL --env {self.environment.name}”, or set {USER} and {KEY}.",
            )
        return OfficeXClient(self.environment, self.account)

    def till(self, install_id: str) -> Till:
        return Till(self.environment, InstallKey(install_id, install_secret(self.environment.name, install_id)))


def add_options(parser: argparse.ArgumentParser, *, spends: bool = False, account: bool = True) -> None:
    """``--env``, ``--json`` and their like; ``spends`` adds ``--yes``."""
    group = parser.add_argument_group("OfficeX")
    group.add_argument("--env", metavar="NAME|URL", help=f"sandbox, staging, production or an address (or ${ENV})")
    group.add_argument("--data", type=Path, metavar="DIR", help="data folder of the sandbox to look for")
    if account:
        group.add_argument("--account", metavar="MAIL", help="which of the accounts that signed in; in a sandbox also "
                           "consumer or vendor (its demo accounts)")  # fmt: skip
    group.add_argument("--json", action="store_true", help="print the answer as JSON, secrets masked")
    group.add_argument("--show-secret", action="store_true", help="print secrets instead of masking them")
    if spends:
        group.add_argument("--yes", action="store_true", help="spend real money without asking (production)")


def account_book() -> AccountBook:
    return AccountBook(paths.config_dir() / "officex-accounts.json", SecretStore())


def find_place(args: argparse.Namespace) -> Place:
    """Where to go and as whom. Raises UsageError OFFICEX_SANDBOX_NOT_RUNNING, OFFICEX_ACCOUNT_UNKNOWN, OFFICE_URL_…"""
    book, wanted = account_book(), getattr(args, "account", None)
    known = book.accounts()
    named = args.env or os.environ.get(ENV) or ""
    if not named and known and wanted not in ("consumer", "vendor"):
        named = known[-1].environment
    local = officex_local.read(args.data)
    if named in ("", "sandbox"):
        if local is None:
            raise UsageError(
                "OFFICEX_SANDBOX_NOT_RUNNING",
                "No account has signed in, and no sandbox runs on this computer." if not known else "No sandbox runs.",
                "Start one with “office-studio officex serve”, or sign in with “officex login MAIL --env staging”.",
            )
        environment = sandbox_environment(local.root)
    else:
        environment = environment_of(named)
        if local is not None and sandbox_environment(local.root).api != environment.api:
            local = None
    return Place(environment, _account(environment, known, wanted, book, local), local)


def _account(
    environment: Environment,
    known: list[KnownAccount],
    wanted: str | None,
    book: AccountBook,
    local: officex_local.LocalSandbox | None,
) -> Account | None:
    user, key = os.environ.get(USER), os.environ.get(KEY)
    if user and key and not wanted:
        return Account(user, key)
    here = [one for one in known if one.environment == environment.name and wanted in (None, one.email)]
    for one in reversed(here):
        if (found := book.account(one)) is not None:
            return found
    if local is not None and (wanted is None or wanted in local.accounts):
        return local.accounts.get(wanted or "consumer")
    if wanted is not None:
        raise UsageError(
            "OFFICEX_ACCOUNT_UNKNOWN",
            f"{wanted} is not signed in at {environment.label}, or the keyring no longer has its key.",
            f"Sign in with “officex login {wanted} --env {environment.name}”.",
        )
    return None


def install_secret(environment: str, install_id: str) -> str:
    """From the variable, else the keyring. Never an argument: other users of a computer can read those."""
    if secret := os.environ.get(SECRET):
        return secret
    key = account_book().install_key(environment, install_id)
    if key is None:
        raise UsageError(
            "OFFICEX_SECRET_UNKNOWN",
            f"The secret of install {install_id} is not known here.",
            f"Put it into {SECRET}, or make a new one with “officex rotate {install_id}”.",
        )
    return key.secret


def confirm_spending(environment: Environment, args: argparse.Namespace, what: str) -> None:
    """Raises UsageError OFFICEX_REAL_MONEY where real credits are at stake and nobody said so."""
    if not environment.is_real_money or args.yes:
        return
    if sys.stdin.isatty() and not args.json:
        note(f"{environment.label}: {what}. This is real money.")
        if input("Go on? [y/N] ").strip().lower() in ("y", "yes"):
            return
    raise UsageError("OFFICEX_REAL_MONEY", f"{environment.label}: {what} takes real money.", "Add --yes to go on.")


def credits(text: str) -> int:
    """Micro-credits of an argument."""
    try:
        return typed_amount(text)
    except Refusal as refusal:
        raise argparse.ArgumentTypeError(f"{refusal.message} Not {text!r}.") from None


def ask_secret(variable: str, words: str) -> str:
    """From a variable, a terminal, or a line of standard input."""
    if value := os.environ.get(variable):
        return value
    found = getpass.getpass(words) if sys.stdin.isatty() else sys.stdin.readline()
    if not found.strip():
        raise UsageError("OFFICEX_INPUT_NEEDED", f"{words.rstrip(': ')} is needed.", f"Put it into {variable}.")
    return found.strip()


# -- printing --------------------------------------------------------------------------------------------
def masked(value: Any, name: str = "") -> Any:
    """The same without secrets; also what apps keep in ``agent_context``, which often is a credential."""
    if isinstance(value, Mapping):
        is_context = name == "agent_context"
        return {key: MASK if is_context and item else masked(item, key) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [masked(item, name) for item in value]
    if isinstance(value, str) and value and any(word in name.lower() for word in _SECRET_WORDS):
        return MASK
    return value


def show(args: argparse.Namespace, answer: Mapping[str, Any], *lines: str) -> None:
    """The answer as JSON, or its lines for people."""
    if args.json:
        print(dumps(answer if args.show_secret else masked(answer)), flush=True)
        return
    for line in lines:
        print(plain(line))


def said(value: Any) -> str:
    """An amount for people; a secret is masked before it comes here."""
    if isinstance(value, Amount):
        return dumps(value)
    return "—" if value is None else plain(str(value))


def ask(place: Place, act: Callable[[OfficeXClient], Awaitable[Mapping[str, Any]]]) -> Mapping[str, Any]:
    """One exchange as the account."""

    async def run() -> Mapping[str, Any]:
        async with place.client() as client:
            return await act(client)

    return asyncio.run(run())
