"""The accounts that can be switched to: the sandbox's own, and those whose keys the keyring has. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from office_studio.errors import OfficeStudioError
from office_studio.services.officex.accounts import AccountBook, KnownAccount
from office_studio.services.officex.environments import Environment, environment_of
from office_studio.services.officex.http import Account

if TYPE_CHECKING:
    from office_studio.ui.trade.market_memory import LastUse
    from office_studio.ui.trade.sandbox_host import RunningSandbox

SANDBOX = "sandbox"  # name of the environment that lives as long as the window


@dataclass(frozen=True, slots=True)
class AccountChoice:
    """An account that can be switched to. ``role``: "consumer" or "vendor" in the sandbox, else ""."""

    environment: Environment
    account: Account
    email: str
    role: str = ""


def known_choices(book: AccountBook, sandbox: RunningSandbox | None) -> tuple[AccountChoice, ...]:
    """The sandbox's own accounts first (none without one), then those that signed in before.

    Waits for files and the keyring: not on the GUI thread.
    """
    found = sandbox_choices(sandbox) if sandbox is not None else []
    for known in book.accounts():
        choice = _kept(book, known, sandbox)
        if choice is not None:
            found.append(choice)
    return tuple(found)


def sandbox_choices(sandbox: RunningSandbox) -> list[AccountChoice]:
    from office_studio.server.officex.demo import CONSUMER, VENDOR

    mails = {"consumer": CONSUMER, "vendor": VENDOR}
    return [
        AccountChoice(sandbox.environment, account, mails.get(role, role), role)
        for role, account in sandbox.accounts.items()
    ]


def _kept(book: AccountBook, known: KnownAccount, sandbox: RunningSandbox | None) -> AccountChoice | None:
    if known.environment == SANDBOX:
        if sandbox is None or known.email.endswith("@sandbox.test"):
            return None
        environment = sandbox.environment
    else:
        try:
            environment = environment_of(known.environment)
        except OfficeStudioError:
            return None  # an address that nothing reaches any more
    account = book.account(known)
    return AccountChoice(environment, account, known.email) if account is not None else None


def choice_of(choices: tuple[AccountChoice, ...], last: LastUse | None) -> AccountChoice | None:
    """Who traded last, if that account is still there."""
    if last is None:
        return None
    return next(
        (
            one for one in choices
            if (one.environment.name, one.account.user_id) == (last.environment, last.user_id)
        ),
        None,
    )  # fmt: skip
