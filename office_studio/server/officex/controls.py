"""Controls of the sandbox that OfficeX does not have (contract, section 22): clock, reset, faults, month end, log."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import OperationalError

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.limits import whole
from office_studio.core.officex.requests import text_of
from office_studio.server.officex import admin_routes, demo, schedule_routes
from office_studio.server.officex.call import Call, flag, when
from office_studio.server.officex.exchange import Answered, Asked, answered, failed
from office_studio.server.officex.ledger import TREASURY, reconcile
from office_studio.server.officex.sandbox import Fault, Sandbox
from office_studio.server.officex.tables import deliveries, metadata, wallets

if TYPE_CHECKING:
    from office_studio.server.officex.app import SandboxApp

_LATEST_MS = 253_339_228_799_000  # the end of 9997: schedules reach 366 days further, and calendars end with 9999
_TRIES = 3
log = logging.getLogger(__name__)

TOKEN_HEADER = "x-sandbox-token"  # noqa: S105  a name


async def answer(app: SandboxApp, asked: Asked, name: str) -> Answered:
    """Raises Refusal UNAUTHORIZED without the token of this start."""
    given = asked.headers.get(TOKEN_HEADER, "")
    if not hmac.compare_digest(given.encode(), app.sandbox.control_token.encode()):
        raise Refusal("UNAUTHORIZED", "The controls of the sandbox need the token of this start.")
    which, writes = (asked.method, name), asked.method != "GET"
    body = await asked.object() if writes else {}
    switch = SWITCHES.get(which)
    if switch is not None:
        return answered(switch(app.sandbox, body))
    control = CONTROLS.get(which)
    if control is None:
        raise Refusal("INVALID_REQUEST", "The sandbox has no such control.")

    def work(connection: Connection) -> Mapping[str, Any]:
        return control(Call(app.sandbox, connection, app.sandbox.clock(), {}, asked.query, body))

    return await _lasting(app, work, write=writes)


async def _lasting(app: SandboxApp, work: Callable[[Connection], Mapping[str, Any]], *, write: bool) -> Answered:
    """Another program (a backup, a database browser) may hold the file for a while, and nothing was done then."""
    for tries_left in reversed(range(_TRIES)):
        try:
            return answered(await app.run(work, write=write))
        except OperationalError as error:
            told = app.database.explain(error)
            if told.code != "DATABASE_LOCKED" or not tries_left:
                log.exception("a control of the sandbox could not use its database")
                return failed(told, 503)
    raise AssertionError("every try returns or raises")


# -- switches: what the sandbox keeps in memory ----------------------------------------------------
def clock(sandbox: Sandbox, _: Mapping[str, Any]) -> Mapping[str, Any]:
    at_ms = sandbox.clock()
    return {"now": when(at_ms), "unix": Decimal(at_ms) / 1000, "running": sandbox.clock.is_running}


def set_clock(sandbox: Sandbox, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """``{"unix": s}`` or ``{"now": ISO 8601}``; stopped there unless ``running`` is true. ``{}``: the system's time."""
    running = flag(body, "running")
    if "unix" in body:
        _set_to(sandbox, whole(body["unix"], "unix") * 1000, running=running)
    elif "now" in body:
        try:
            moment = datetime.fromisoformat(text_of(body, "now", 1, 40))
        except ValueError:
            raise Refusal("INVALID_REQUEST", "now has to look like 2026-03-10T10:00:00Z.", field="now") from None
        moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        _set_to(sandbox, int(moment.timestamp() * 1000), running=running)
    else:
        sandbox.clock.reset()
    return clock(sandbox, body)


def advance_clock(sandbox: Sandbox, body: Mapping[str, Any]) -> Mapping[str, Any]:
    by_ms = whole(body.get("seconds"), "seconds") * 1000
    _set_to(sandbox, sandbox.clock() + by_ms, running=sandbox.clock.is_running)
    return clock(sandbox, body)


def _set_to(sandbox: Sandbox, at_ms: int, *, running: bool) -> None:
    if not 0 <= at_ms <= _LATEST_MS:
        raise Refusal("INVALID_REQUEST", "The clock goes from 1970 to 9997.", field="unix")
    sandbox.clock.set(at_ms, running=running)


def plan_faults(sandbox: Sandbox, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """``{"route": "POST /reserve", "kind": "delay", "calls": 1, "delay_s": 5}``; of "error", ``code`` too."""
    delay = body.get("delay_s", Decimal(0))
    if isinstance(delay, bool) or not isinstance(delay, Decimal) or not 0 <= delay <= 600:
        raise Refusal("INVALID_REQUEST", "delay_s is a number of seconds up to 600.", field="delay_s")
    calls = whole(body.get("calls", Decimal(1)), "calls")
    kind = text_of(body, "kind", 1, 20)
    code = text_of(body, "code", 1, 40) if "code" in body else "INTERNAL_ERROR"
    sandbox.faults.plan(Fault(text_of(body, "route", 1, 100), kind, calls, float(delay), code))
    return {}


def clear_faults(sandbox: Sandbox, _: Mapping[str, Any]) -> Mapping[str, Any]:
    sandbox.faults.clear()
    return {}


def payout_mode(sandbox: Sandbox, body: Mapping[str, Any]) -> Mapping[str, Any]:
    sandbox.month_end_payouts = flag(body, "month_end")
    return {"month_end": sandbox.month_end_payouts}


# -- controls: what is in the tables ---------------------------------------------------------------
def reset(call: Call) -> Mapping[str, Any]:
    """Empty every table. What is left is the treasury."""
    for table in reversed(metadata.sorted_tables):
        call.connection.execute(delete(table))
    open_treasury(call.connection)
    call.sandbox.faults.clear()
    call.sandbox.month_end_payouts = call.sandbox.config.month_end_payouts
    return {}


def open_treasury(connection: Connection) -> None:
    if connection.execute(select(wallets).where(wallets.c.wallet_id == TREASURY)).first() is None:
        row = {"wallet_id": TREASURY, "owner_type": "treasury", "owner_id": TREASURY}
        connection.execute(insert(wallets), row)


def run_payouts(call: Call) -> Mapping[str, Any]:
    return {"transfers": admin_routes.run_transfers(call)}


def webhook_log(call: Call) -> Mapping[str, Any]:
    newest = select(deliveries).order_by(deliveries.c.created_ms.desc(), deliveries.c.uuid.desc()).limit(1000)
    rows = reversed(call.all(newest))
    names = ("uuid", "app_id", "event", "url", "request", "outcome", "status", "duration_ms")
    found = [{name: getattr(row, name) for name in names} | {"created_at": when(row.created_ms)} for row in rows]
    return {"deliveries": found}


def tick_schedules(call: Call) -> Mapping[str, Any]:
    return {"runs": schedule_routes.run_due(call)}


def check_books(call: Call) -> Mapping[str, Any]:
    books = reconcile(call.connection)
    return {"balanced": books.is_balanced, "violations": list(books.violations)}


Switch = Callable[[Sandbox, Mapping[str, Any]], Mapping[str, Any]]
SWITCHES: dict[tuple[str, str], Switch] = {
    ("GET", "clock"): clock,
    ("POST", "clock"): set_clock,
    ("POST", "clock/advance"): advance_clock,
    ("POST", "faults"): plan_faults,
    ("DELETE", "faults"): clear_faults,
    ("POST", "payouts/mode"): payout_mode,
}
Control = Callable[[Call], Mapping[str, Any]]
CONTROLS: dict[tuple[str, str], Control] = {
    ("POST", "reset"): reset,
    ("POST", "seed"): demo.seed,
    ("POST", "payouts/run"): run_payouts,
    ("GET", "webhooks/log"): webhook_log,
    ("POST", "schedules/tick"): tick_schedules,
    ("GET", "books"): check_books,
}
