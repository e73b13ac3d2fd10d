"""The ledger: whole operations only, each of which sums to zero. A balance is what a wallet's newest entry says."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, bindparam, func, insert, select

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.money import MAX_MICRO
from office_studio.server.officex.prepared import Prepared
from office_studio.server.officex.tables import entries, reservations, wallets

TREASURY = "treasury"  # the id of its wallet

_NEWEST = Prepared(
    select(entries.c.available_after, entries.c.reserved_after)
    .where(entries.c.wallet_id == bindparam("wallet"))
    .order_by(entries.c.log_id.desc())
    .limit(1)
)
# Most operations touch one wallet or two; MAX of one wallet is a single step in its index, of a GROUP BY it is a walk.
_NEWEST_OF_TWO = Prepared(
    select(entries.c.wallet_id, entries.c.available_after, entries.c.reserved_after).where(
        entries.c.log_id.in_(
            [
                select(func.max(entries.c.log_id)).where(entries.c.wallet_id == bindparam(name)).scalar_subquery()
                for name in ("one", "other")
            ]
        )
    )
)
_LAST = select(func.max(entries.c.log_id)).where(entries.c.wallet_id == bindparam("wallet"))
_ADD = Prepared(insert(entries).inline(), [column.key for column in entries.c if column is not entries.c.log_id])


@dataclass(frozen=True, slots=True)
class Balance:
    """Micro-credits."""

    available: int
    reserved: int

    @property
    def total(self) -> int:
        return self.available + self.reserved


@dataclass(frozen=True, slots=True)
class Line:
    """One entry to be written: what changes in one wallet, in micro-credits."""

    wallet_id: str
    type: str
    available: int = 0
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class About:
    """What an operation is about; stands in each of its entries."""

    now_ms: int
    app_id: str | None = None
    install_id: str | None = None
    reservation: int | None = None
    job_id: str | None = None
    metadata: Mapping[str, Any] | None = field(default=None)


def balance(connection: Connection, wallet_id: str) -> Balance:
    """Zero for a wallet that nothing has happened in."""
    row = _NEWEST.first(connection, {"wallet": wallet_id})
    return Balance(0, 0) if row is None else Balance(row.available_after, row.reserved_after)


def with_newest(query: Select[Any], tables: FromClause, **wallet_ids: ColumnElement[Any]) -> Select[Any]:
    """``query`` of ``tables``, and what wallets hold: columns ``<name>_available`` and ``<name>_reserved`` for each.

    They are NULL for a wallet that nothing has happened in, see ``newest``.
    """
    for name, wallet_id in wallet_ids.items():
        entry, other = entries.alias(f"{name}_entry"), entries.alias(f"{name}_other")
        last = select(func.max(other.c.log_id)).where(other.c.wallet_id == wallet_id).correlate_except(other)
        tables = tables.outerjoin(entry, entry.c.log_id == last.scalar_subquery())
        found = entry.c.available_after.label(f"{name}_available"), entry.c.reserved_after.label(f"{name}_reserved")
        query = query.add_columns(*found)
    return query.select_from(tables)


def newest(available: int | None, reserved: int | None) -> Balance:
    """Of two columns of ``with_newest``."""
    return Balance(available or 0, reserved or 0)


def last_entry(connection: Connection, wallet_id: str) -> int:
    """The id of a wallet's newest entry. Raises ValueError when it has none."""
    found = connection.execute(_LAST, {"wallet": wallet_id}).scalar()
    if found is None:
        raise ValueError(f"wallet {wallet_id} has no entries")
    return int(found)


def post(connection: Connection, lines: Sequence[Line], about: About) -> None:
    """Write one operation. Raises as ``post_all``."""
    post_all(connection, [lines], about)


def post_all(
    connection: Connection,
    operations: Iterable[Sequence[Line]],
    about: About,
    known: Mapping[str, Balance] = MappingProxyType({}),
) -> None:
    """Write operations about the same thing, in order.

    Args:
        known: What wallets hold now, by their ids, as this transaction has read it; the rest is looked up.

    Raises:
        Refusal: INSUFFICIENT_FUNDS when a wallet would fall below zero, INVALID_REQUEST when one would exceed the
            largest total. Nothing of the transaction may be committed then.
        ValueError: the lines of an operation do not sum to zero.
    """
    whole = list(operations)
    after = dict(known)
    unknown = {line.wallet_id: None for lines in whole for line in lines if line.wallet_id not in after}
    after |= _balances(connection, list(unknown))
    rows: list[dict[str, Any]] = []
    for lines in whole:
        off_by = sum(line.available + line.reserved for line in lines)
        if off_by:
            raise ValueError(f"an operation is off by {off_by} micro-credits")
        operation = secrets.token_hex(16)
        for line in lines:
            then = after[line.wallet_id] = _moved(after[line.wallet_id], line)
            rows.append(_row(line, then, operation, about))
    if rows:
        _ADD.run_each(connection, rows)


def _balances(connection: Connection, wallet_ids: Sequence[str]) -> dict[str, Balance]:
    found = dict.fromkeys(wallet_ids, Balance(0, 0))
    for at in range(0, len(wallet_ids), 2):
        one, other = wallet_ids[at], wallet_ids[min(at + 1, len(wallet_ids) - 1)]
        for row in _NEWEST_OF_TWO.all(connection, {"one": one, "other": other}):
            found[row[0]] = Balance(row[1], row[2])
    return found


def _moved(now: Balance, line: Line) -> Balance:
    then = Balance(now.available + line.available, now.reserved + line.reserved)
    lowest = min(then.available, then.reserved)
    if lowest < 0 and line.wallet_id != TREASURY:
        raise Refusal("INSUFFICIENT_FUNDS", shortfall=-lowest)
    if abs(then.total) > MAX_MICRO:
        raise Refusal("INVALID_REQUEST", "A wallet holds at most 999,999,999.999999 credits.", field="amount")
    return then


def _row(line: Line, then: Balance, operation: str, about: About) -> dict[str, Any]:
    return {
        "wallet_id": line.wallet_id,
        "operation": operation,
        "type": line.type,
        "delta_available": line.available,
        "delta_reserved": line.reserved,
        "available_after": then.available,
        "reserved_after": then.reserved,
        "is_treasury": line.wallet_id == TREASURY,
        "app_id": about.app_id,
        "install_id": about.install_id,
        "reservation": about.reservation,
        "job_id": about.job_id,
        "metadata": about.metadata,
        "created_ms": about.now_ms,
    }


@dataclass(frozen=True, slots=True)
class Books:
    """Outcome of reconciling, in micro-credits. ``violations`` are sentences; none when all is well."""

    treasury: int
    wallets_total: int
    violations: tuple[str, ...]

    @property
    def difference(self) -> int:
        return self.treasury + self.wallets_total

    @property
    def is_balanced(self) -> bool:
        return self.difference == 0 and not self.violations


def reconcile(connection: Connection) -> Books:
    """Add everything up from the single entries, and compare with what the entries say the balances are."""
    found: list[str] = []
    treasury = wallets_total = 0
    sums = select(
        entries.c.wallet_id,
        func.sum(entries.c.delta_available).label("available"),
        func.sum(entries.c.delta_reserved).label("reserved"),
    ).group_by(entries.c.wallet_id)
    reserved_by_wallet: dict[str, int] = {}
    for row in connection.execute(sums):
        told = balance(connection, row.wallet_id)
        available, reserved = int(row.available), int(row.reserved)
        if (available, reserved) != (told.available, told.reserved):
            found.append(f"wallet {row.wallet_id} says {told}, its entries add up to {Balance(available, reserved)}")
        if row.wallet_id == TREASURY:
            treasury = available + reserved
            if treasury > 0:
                found.append("the treasury is above zero")
            continue
        wallets_total += available + reserved
        reserved_by_wallet[row.wallet_id] = reserved
        if min(available, reserved) < 0:
            found.append(f"wallet {row.wallet_id} is below zero")
    found += _unequal_operations(connection)
    found += _unequal_reservations(connection, reserved_by_wallet)
    return Books(treasury, wallets_total, tuple(found))


def _unequal_operations(connection: Connection) -> list[str]:
    moved = func.sum(entries.c.delta_available + entries.c.delta_reserved)
    query = select(entries.c.operation).group_by(entries.c.operation).having(moved != 0).limit(20)
    return [f"operation {row.operation} does not sum to zero" for row in connection.execute(query)]


def _unequal_reservations(connection: Connection, reserved_by_wallet: Mapping[str, int]) -> list[str]:
    """The reserved part of a user's wallet is what its open reservations hold, and an app earned what was settled."""
    rest = reservations.c.amount - reservations.c.settled - reservations.c.refunded
    held = {
        row.wallet_id: int(row.held)
        for row in connection.execute(
            select(reservations.c.wallet_id, func.sum(rest).label("held")).group_by(reservations.c.wallet_id)
        )
    }
    users = connection.execute(select(wallets.c.wallet_id).where(wallets.c.owner_type == "user")).scalars()
    found = [
        f"wallet {wallet} has {reserved_by_wallet.get(wallet, 0)} reserved, its reservations hold {held.get(wallet, 0)}"
        for wallet in users
        if reserved_by_wallet.get(wallet, 0) != held.get(wallet, 0)
    ]
    earned = {
        row.wallet_id: int(row.earned)
        for row in connection.execute(
            select(entries.c.wallet_id, func.sum(entries.c.delta_available).label("earned"))
            .where(entries.c.type == "EARN")
            .group_by(entries.c.wallet_id)
        )
    }
    settled = select(reservations.c.destination_wallet_id, func.sum(reservations.c.settled).label("settled"))
    for row in connection.execute(settled.group_by(reservations.c.destination_wallet_id)):
        if earned.get(row.destination_wallet_id, 0) != int(row.settled):
            found.append(f"wallet {row.destination_wallet_id} earned something else than what was settled")
    return found
