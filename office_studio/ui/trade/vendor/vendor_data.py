"""What the vendor desk knows of an account's apps at one moment, and how it is read. No Qt."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

from office_studio.core.officex import wire
from office_studio.core.officex.payouts import PayoutStatus
from office_studio.services.officex.client import OfficeXClient
from office_studio.services.officex.errors import Forbidden, WalletNotFound

_AT_ONCE = 6  # calls under way
_LEDGER_PAGE, _LEDGER_PAGES = 100, 20
CHART_DAYS = 14
_DAY_MS = 86_400_000
_SENT = (PayoutStatus.BURNED.value, PayoutStatus.COMPLETED.value)


@dataclass(frozen=True, slots=True)
class AppDesk:
    """One app of the vendor.

    ``letters``: charges that nobody has acknowledged, newest first, of which ``has_more_letters`` are not all.
    ``entries``: the wallet's ledger, newest first; read for the chosen app only.
    """

    app: wire.AppView
    balance: wire.WalletBalance
    installs: tuple[wire.InstallView, ...] = ()
    payouts: tuple[wire.PayoutView, ...] = ()
    letters: tuple[wire.ReservationView, ...] = ()
    has_more_letters: bool = False
    entries: tuple[wire.LedgerEntry, ...] = ()
    is_deleted: bool = False

    @property
    def app_id(self) -> str:
        return self.app.app_id

    @property
    def earned(self) -> int:
        """Micro-credits that ever came in: what is there, and what has been sent out of it."""
        return self.balance.total + self.paid_out

    @property
    def paid_out(self) -> int:
        return sum(one.amount for one in self.payouts if one.status in _SENT)

    @property
    def expected(self) -> int:
        """Micro-credits that open jobs hold in their users' wallets: the app's only once it settles them."""
        return sum(one.usage.open_reserved for one in self.installs)

    @property
    def is_listed(self) -> bool:
        return not self.is_deleted and self.app.text("status") in ("", "active")


@dataclass(frozen=True, slots=True)
class VendorSnapshot:
    at_ms: int
    desks: tuple[AppDesk, ...] = ()

    def desk(self, app_id: str) -> AppDesk | None:
        return next((one for one in self.desks if one.app_id == app_id), None)

    @property
    def letters(self) -> int:
        return sum(len(one.letters) for one in self.desks)


async def load(
    client: OfficeXClient, before: VendorSnapshot | None, chosen: str, closed: Mapping[str, Mapping[str, str]]
) -> VendorSnapshot:
    """Read all apps; payouts and inboxes only where something happened, a ledger only of ``chosen``.

    ``closed``: deleted apps whose wallets are still looked at (``VendorMemory.closed``). Raises OfficeXError.
    """
    apps = await client.my_apps()
    known = {one.app_id for one in apps}
    gone = [_gone(app_id, about) for app_id, about in closed.items() if app_id not in known]
    gate = asyncio.Semaphore(_AT_ONCE)

    async def read(app: wire.AppView, *, is_deleted: bool) -> AppDesk | None:
        async with gate:
            old = before.desk(app.app_id) if before is not None else None
            try:
                desk = await _desk(client, app, old, is_chosen=app.app_id == chosen, is_deleted=is_deleted)
            except (WalletNotFound, Forbidden):
                if is_deleted:
                    return None  # nothing is left of it
                raise
            return None if is_deleted and not desk.balance.total and not desk.payouts else desk

    found = await asyncio.gather(
        *(read(app, is_deleted=False) for app in apps), *(read(app, is_deleted=True) for app in gone)
    )
    return VendorSnapshot(time.time_ns() // 1_000_000, tuple(desk for desk in found if desk is not None))


def _gone(app_id: str, about: Mapping[str, str]) -> wire.AppView:
    fields = {"destination_wallet_id": about["wallet_id"], "status": "deleted"}
    return wire.AppView(app_id, "", about["name"], fields)


async def _desk(
    client: OfficeXClient, app: wire.AppView, old: AppDesk | None, *, is_chosen: bool, is_deleted: bool
) -> AppDesk:
    wallet_id = app.text("destination_wallet_id")
    # A server that tells of no wallet still has apps to show.
    balance = await client.wallet(wallet_id) if wallet_id else wire.WalletBalance("", 0, 0, 0)
    installs = () if is_deleted else tuple(await client.app_installs(app.app_id))
    entries = old.entries if old is not None else ()
    if is_chosen and wallet_id:
        entries = await _entries(client, balance.wallet_id, entries)
    if old is not None and not is_chosen and (balance, installs) == (old.balance, old.installs):
        return AppDesk(
            app, balance, installs, old.payouts, old.letters, old.has_more_letters, entries, is_deleted=is_deleted
        )
    payouts = tuple(await client.payouts(wallet_id)) if wallet_id else ()
    letters, cursor = ([], "") if is_deleted else await client.vendor_inbox(app.app_id)
    return AppDesk(app, balance, installs, payouts, tuple(letters), bool(cursor), entries, is_deleted=is_deleted)


async def _entries(
    client: OfficeXClient, wallet_id: str, known: tuple[wire.LedgerEntry, ...]
) -> tuple[wire.LedgerEntry, ...]:
    """The ledger of the last days; of what is known already nothing is read again."""
    newest, oldest_ms = (known[0].log_id if known else ""), time.time_ns() // 1_000_000 - (CHART_DAYS + 1) * _DAY_MS
    fresh: list[wire.LedgerEntry] = []
    cursor = ""
    for _ in range(_LEDGER_PAGES):
        page, cursor = await client.transactions(wallet_id, cursor or None, _LEDGER_PAGE)
        for entry in page:
            if entry.log_id == newest:
                return (*fresh, *known)
            fresh.append(entry)
        if not cursor or (fresh and (fresh[-1].created_ms or 0) < oldest_ms):
            break
    return tuple(fresh)


def earnings_by_day(desk: AppDesk, now_ms: int) -> tuple[list[int], list[int]]:
    """Starts of the last days (Unix ms, UTC midnight) and the micro-credits that came in on each."""
    today = now_ms - now_ms % _DAY_MS
    starts = [today - back * _DAY_MS for back in range(CHART_DAYS - 1, -1, -1)]
    sums = [0] * CHART_DAYS
    for entry in desk.entries:
        at = entry.created_ms
        if entry.type == "EARN" and at is not None and starts[0] <= at < today + _DAY_MS:
            sums[(at - starts[0]) // _DAY_MS] += entry.delta_available
    return starts, sums


async def all_charges(client: OfficeXClient, wallet_id: str, pages: int) -> tuple[list[wire.ReservationView], bool]:
    """Charges of an app, acknowledged or not, newest first, and whether there are older ones than these."""
    found: list[wire.ReservationView] = []
    cursor = ""
    for _ in range(pages):
        page, cursor = await client.reservations(wallet_id, "incoming", cursor or None)
        found += page
        if not cursor:
            break
    return found, bool(cursor)


async def acknowledge(client: OfficeXClient, app_id: str, log_ids: list[str]) -> int:
    """Acknowledge one after the other; how many. Raises OfficeXError: those before it are acknowledged."""
    for log_id in log_ids:
        await client.acknowledge(app_id, log_id)
    return len(log_ids)
