"""Reserve, sip, settle, cancel: the core's rules over the tables, each inside the transaction of the caller."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Connection, Label, and_, bindparam, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from office_studio.core.officex import reservations as rules
from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.limits import WINDOWS, Limits, Usage, check_reserve, window_start
from office_studio.core.officex.reservations import Pocket, Posting, Reservation, ReservationStatus
from office_studio.server.officex.ledger import About, Balance, Line, newest, post_all, with_newest
from office_studio.server.officex.prepared import Prepared
from office_studio.server.officex.tables import apps, reservations, usage, users

_OPEN = (ReservationStatus.RESERVED.value, ReservationStatus.PARTIAL.value)
_JOB = Prepared(
    select(reservations).where(
        reservations.c.user_id == bindparam("user"),
        reservations.c.app_id == bindparam("app"),
        reservations.c.job_id == bindparam("job"),
    )
)
_HELD = reservations.c.amount - reservations.c.settled - reservations.c.refunded
_SPENT = Prepared(
    select(
        func.coalesce(func.sum(reservations.c.settled), 0).label("settled"),
        func.coalesce(func.sum(_HELD), 0).label("held"),
    ).where(reservations.c.install_id == bindparam("install"))
)


def _accepted(window: str) -> Label[Any]:
    """Accepted reserves of the window that begins at the parameter of its name; NULL for none."""
    here = (usage.c.install_id == bindparam("install"), usage.c.window == window)
    return select(usage.c.count).where(*here, usage.c.start_s == bindparam(window)).scalar_subquery().label(window)


_FACTS = Prepared(  # all that a reserve has to know besides its limits, in one question
    with_newest(
        select(
            apps.c.status,
            apps.c.wallet_id.label("destination"),
            users.c.wallet_id.label("wallet"),
            reservations.c.number.label("earlier"),
            *(_accepted(window) for window in WINDOWS.values()),
        ),
        apps.join(users, users.c.user_id == bindparam("user")).outerjoin(
            reservations,
            and_(
                reservations.c.user_id == bindparam("user"),
                reservations.c.app_id == bindparam("app"),
                reservations.c.job_id == bindparam("job"),
            ),
        ),
        payer=users.c.wallet_id,
    ).where(apps.c.app_id == bindparam("app"))
)
_JOB_AND_BALANCES = Prepared(
    with_newest(
        select(*reservations.c),
        reservations,
        payer=reservations.c.wallet_id,
        earner=reservations.c.destination_wallet_id,
    ).where(
        reservations.c.user_id == bindparam("user"),
        reservations.c.app_id == bindparam("app"),
        reservations.c.job_id == bindparam("job"),
    )
)
_COUNTS = Prepared(
    select(usage.c.window, usage.c.count).where(
        usage.c.install_id == bindparam("install"),
        or_(*(and_(usage.c.window == window, usage.c.start_s == bindparam(window)) for window in WINDOWS.values())),
    )
)
_ADD = Prepared(
    insert(reservations).returning(reservations.c.number),
    [column.key for column in reservations.c if column is not reservations.c.number],
)
_STEP = Prepared(
    update(reservations).where(reservations.c.number == bindparam("which")),
    ["settled", "refunded", "status", "updated_ms", "closed_ms"],
)


def _count_up(made: sqlite.Insert | postgresql.Insert) -> Prepared:
    """One more in each window that begins at the parameter of its name."""
    keys = [usage.c.install_id, usage.c.window, usage.c.start_s]
    rows = [
        {"install_id": bindparam("install"), "window": window, "start_s": bindparam(window), "count": 1}
        for window in WINDOWS.values()
    ]
    return Prepared(made.values(rows).on_conflict_do_update(index_elements=keys, set_={"count": usage.c.count + 1}))


_COUNT_UP = {"sqlite": _count_up(sqlite.insert(usage)), "postgresql": _count_up(postgresql.insert(usage))}


class Booked(NamedTuple):
    """A row of the reservations as it stands after a step."""

    number: int
    user_id: str
    app_id: str
    install_id: str
    job_id: str
    wallet_id: str
    destination_wallet_id: str
    amount: int
    settled: int
    refunded: int
    status: str
    acked: bool
    metadata: Mapping[str, Any] | None
    created_ms: int
    updated_ms: int
    closed_ms: int | None


def booked(row: Any) -> Booked:
    """Of a row with every column of the reservations, in their order."""
    return Booked(*row)


def limits_of(install: Any) -> Limits:
    return Limits(
        install.max_per_hour, install.max_per_day, install.max_per_month, install.allowed_until, install.lifetime_micro
    )


@functools.lru_cache(maxsize=8)
def _starts_of_hour(hour: int) -> Mapping[str, int]:
    return MappingProxyType({window: window_start(window, hour * 3600) for window in WINDOWS.values()})


def _starts(now_ms: int) -> Mapping[str, int]:
    """Where the present windows began; they change with the hour at the earliest."""
    return _starts_of_hour(now_ms // 3_600_000)


def usage_of(connection: Connection, install_id: str, now_ms: int) -> Usage:
    """Accepted reserves of the windows that hold this moment, and what the install has cost so far."""
    counts, starts = dict.fromkeys(WINDOWS.values(), 0), _starts(now_ms)
    for window, count in _COUNTS.all(connection, {"install": install_id, **starts}):
        counts[window] = int(count)
    return _with_spent(connection, Usage(**counts), install_id)


def _with_spent(connection: Connection, counts: Usage, install_id: str) -> Usage:
    row = _SPENT.first(connection, {"install": install_id})
    return replace(counts, settled=int(row.settled), open_reserved=int(row.held))


def reserve(
    connection: Connection,
    install: Any,
    amount: int,
    job_id: str,
    metadata: Mapping[str, Any] | None,
    now_ms: int,
) -> Booked:
    """Hold ``amount`` micro-credits for a job of an install. The new reservation.

    Raises Refusal in the order of section 8.2: DUPLICATE_JOB, INSTALL_EXPIRED, LIFETIME_LIMIT_REACHED, RATE_LIMITED,
    INSUFFICIENT_FUNDS; APP_NOT_FOUND where the app is gone.
    """
    keys = {"user": install.user_id, "app": install.app_id, "job": job_id, "install": install.install_id}
    starts = _starts(now_ms)
    facts = _FACTS.first(connection, {**keys, **starts})
    if facts.status == "deleted":
        raise Refusal("APP_NOT_FOUND")
    if facts.earlier is not None:
        raise Refusal("DUPLICATE_JOB", job_id=job_id)
    limits = limits_of(install)
    used = Usage(facts.hour or 0, facts.day or 0, facts.month or 0)
    if limits.lifetime_micro >= 0:  # adding up an install's history is spared where no cap asks for it
        used = _with_spent(connection, used, install.install_id)
    check_reserve(limits, used, amount, now_ms / 1000)
    held, postings = rules.reserve(amount)
    values = {
        "user_id": install.user_id,
        "app_id": install.app_id,
        "install_id": install.install_id,
        "job_id": job_id,
        "wallet_id": facts.wallet,
        "destination_wallet_id": facts.destination,
        "amount": held.amount,
        "settled": 0,
        "refunded": 0,
        "status": held.status.value,
        "acked": False,
        "metadata": metadata,
        "created_ms": now_ms,
        "updated_ms": now_ms,
        "closed_ms": None,
    }
    row = Booked(number=_ADD.first(connection, values).number, **values)
    known = {facts.wallet: newest(facts.payer_available, facts.payer_reserved)}
    _write(connection, row, postings, now_ms, "RESERVE", known)
    _COUNT_UP[connection.dialect.name].run(connection, {"install": install.install_id, **starts})
    return row


def settle(
    connection: Connection,
    row: Booked,
    amount: int,
    now_ms: int,
    *,
    final: bool,
    known: Mapping[str, Balance] = MappingProxyType({}),
) -> Booked:
    """Take ``amount`` micro-credits. ``known``: as ``find_to_settle`` tells. Raises Refusal INVALID_REQUEST."""
    then, postings = rules.settle(as_rule(row), amount, final=final)
    return _stepped(connection, row, then, postings, now_ms, "SETTLE" if final else "SIP", known)


def cancel(connection: Connection, row: Booked, now_ms: int) -> Booked:
    """Give back what is left; harmless for what is cancelled already. Raises Refusal INVALID_REQUEST."""
    then, postings = rules.cancel(as_rule(row))
    return _stepped(connection, row, then, postings, now_ms, "CANCEL")


def release_all(
    connection: Connection, now_ms: int, *, install_id: str | None = None, app_id: str | None = None
) -> int:
    """Cancel every open reservation of an install or an app; how many there were."""
    query = select(reservations).where(reservations.c.status.in_(_OPEN))
    if install_id is not None:
        query = query.where(reservations.c.install_id == install_id)
    if app_id is not None:
        query = query.where(reservations.c.app_id == app_id)
    rows = connection.execute(query).all()
    for row in rows:
        cancel(connection, booked(row), now_ms)
    return len(rows)


def expire_older(connection: Connection, before_ms: int, now_ms: int) -> int:
    """Close what has been open since before a moment (the sandbox's optional time to live); how many."""
    query = select(reservations).where(reservations.c.status.in_(_OPEN), reservations.c.created_ms < before_ms)
    rows = connection.execute(query).all()
    for row in rows:
        then, postings = rules.expire(as_rule(booked(row)))
        _stepped(connection, booked(row), then, postings, now_ms, "CANCEL")
    return len(rows)


def find(connection: Connection, install: Any, reservation_id: str) -> Booked:
    """The reservation ``RESV#<job_id>`` of this install's user and app. Raises Refusal RESERVATION_NOT_FOUND."""
    return booked(_found(_JOB, connection, install, reservation_id))


def find_to_settle(connection: Connection, install: Any, reservation_id: str) -> tuple[Booked, Mapping[str, Balance]]:
    """As ``find``, and what the two wallets hold, by their ids."""
    row = _found(_JOB_AND_BALANCES, connection, install, reservation_id)
    here = booked(row[: len(reservations.c)])
    return here, {
        here.wallet_id: newest(row.payer_available, row.payer_reserved),
        here.destination_wallet_id: newest(row.earner_available, row.earner_reserved),
    }


def _found(question: Prepared, connection: Connection, install: Any, reservation_id: str) -> Any:
    prefix, _, job_id = reservation_id.partition("#")
    row = None
    if prefix == "RESV" and job_id:
        row = question.first(connection, {"user": install.user_id, "app": install.app_id, "job": job_id})
    if row is None:
        raise Refusal("RESERVATION_NOT_FOUND")
    return row


def as_rule(row: Booked) -> Reservation:
    return Reservation(row.amount, row.settled, row.refunded, ReservationStatus(row.status))


def _stepped(
    connection: Connection,
    row: Booked,
    then: Reservation,
    postings: tuple[Posting, ...],
    now_ms: int,
    settle_type: str,
    known: Mapping[str, Balance] = MappingProxyType({}),
) -> Booked:
    if then == as_rule(row):
        return row
    changes: dict[str, Any] = {
        "settled": then.settled,
        "refunded": then.refunded,
        "status": then.status.value,
        "updated_ms": now_ms,
        "closed_ms": None if then.status.is_open else now_ms,
    }
    _STEP.run(connection, changes | {"which": row.number})
    _write(connection, row, postings, now_ms, settle_type, known)
    return row._replace(**changes)


def _write(
    connection: Connection,
    row: Booked,
    postings: tuple[Posting, ...],
    now_ms: int,
    settle_type: str,
    known: Mapping[str, Balance],
) -> None:
    """Postings come in pairs, from one pocket into another; each pair is one operation of the ledger."""
    about = About(now_ms, row.app_id, row.install_id, row.number, row.job_id, row.metadata)
    operations: list[list[Line]] = []
    for source, target in zip(postings[::2], postings[1::2], strict=True):
        micro = target.micro
        if target.pocket is Pocket.APP_AVAILABLE:
            lines = [
                Line(row.wallet_id, settle_type, reserved=-micro),
                Line(row.destination_wallet_id, "EARN", available=micro),
            ]
        elif source.pocket is Pocket.USER_AVAILABLE:
            lines = [Line(row.wallet_id, settle_type, available=-micro, reserved=micro)]
        else:
            kind = "REFUND" if settle_type == "SETTLE" else settle_type
            lines = [Line(row.wallet_id, kind, available=micro, reserved=-micro)]
        operations.append(lines)
    post_all(connection, operations, about, known)
