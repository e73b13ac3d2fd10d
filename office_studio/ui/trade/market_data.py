"""What Market knows of an account at one moment, and how it is read. No Qt."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from office_studio.core.officex import wire
from office_studio.services.officex.client import OfficeXClient

_PAGE = 100
_MOST_PAGES = 20  # 2,000 entries and 2,000 apps; older ones are exported by the command line


@dataclass(frozen=True, slots=True)
class Refused:
    """A call that this window made for an install, and OfficeX refused.

    Attributes:
        at_s, until_s: Unix seconds; ``until_s`` where OfficeX said how long to wait.
    """

    install_id: str
    code: str
    at_s: float
    until_s: float | None = None


REFUSALS = frozenset({"RATE_LIMITED", "INSTALL_EXPIRED", "LIFETIME_LIMIT_REACHED", "INSUFFICIENT_FUNDS"})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that Market's pages show, as of ``at_ms`` (Unix ms). Entries newest first.

    ``has_older``: the ledger goes on where ``entries`` ends.
    """

    at_ms: int
    profile: wire.Profile
    balance: wire.WalletBalance
    entries: tuple[wire.LedgerEntry, ...] = ()
    has_older: bool = False
    reservations: tuple[wire.ReservationView, ...] = ()
    installs: tuple[wire.InstallView, ...] = ()
    apps: Mapping[str, wire.AppView] = field(default_factory=dict)
    inbox: tuple[wire.InboxMessage, ...] = ()

    def app_name(self, app_id: str) -> str:
        found = self.apps.get(app_id)
        return found.name if found is not None else "An app that is gone" if app_id else ""

    def install(self, install_id: str) -> wire.InstallView | None:
        return next((one for one in self.installs if one.install_id == install_id), None)

    def install_of_app(self, app_id: str) -> wire.InstallView | None:
        return next((one for one in self.installs if one.app_id == app_id), None)

    @property
    def open_reservations(self) -> tuple[wire.ReservationView, ...]:
        return tuple(one for one in self.reservations if one.is_open)


async def load(client: OfficeXClient, before: Snapshot | None = None) -> Snapshot:
    """Read all of it at once; of the ledger only what ``before`` does not have. Raises OfficeXError."""
    profile = before.profile if before is not None else await client.me()
    balance, installs, apps, inbox = await asyncio.gather(
        client.balance(), client.installs(), _apps(client), client.inbox()
    )
    entries, has_older = await _entries(client, profile.wallet_id, before)
    reservations: tuple[wire.ReservationView, ...] = ()
    if balance.reserved:  # reservations are asked for only while some are open
        reservations = tuple((await client.reservations(profile.wallet_id))[0])
    now_ms = time.time_ns() // 1_000_000
    return Snapshot(
        now_ms, profile, balance, entries, has_older, reservations, tuple(installs), apps, tuple(inbox)
    )  # fmt: skip


async def _apps(client: OfficeXClient) -> dict[str, wire.AppView]:
    found: dict[str, wire.AppView] = {}
    cursor = ""
    for _ in range(_MOST_PAGES):
        page, cursor = await client.catalog(cursor=cursor or None)
        found |= {app.app_id: app for app in page}
        if not cursor:
            break
    return found


async def _entries(
    client: OfficeXClient, wallet_id: str, before: Snapshot | None
) -> tuple[tuple[wire.LedgerEntry, ...], bool]:
    known = before.entries if before is not None else ()
    newest = known[0].log_id if known else ""
    fresh: list[wire.LedgerEntry] = []
    cursor = ""
    for _ in range(_MOST_PAGES):
        page, cursor = await client.transactions(wallet_id, cursor or None, _PAGE)
        for entry in page:
            if entry.log_id == newest:
                return (*fresh, *known), before is not None and before.has_older
            fresh.append(entry)
        if not cursor:
            return tuple(fresh), False
    return tuple(fresh), True
