"""Controls of the sandbox that OfficeX does not have (contract, section 22): clock, reset, faults, month end, log."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, insert, select

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.limits import whole
from office_studio.core.officex.requests import text_of
from office_studio.server.officex import admin_routes, demo, schedule_routes
from office_studio.server.officex.call import Answer, Call, flag, when
from office_studio.server.officex.exchange import Answered, Asked, answered
from office_studio.server.officex.ledger import TREASURY, reconcile
from office_studio.server.officex.sandbox import Fault
from office_studio.server.officex.tables import deliveries, metadata, wallets

if TYPE_CHECKING:
    from office_studio.server.officex.app import SandboxApp

_LATEST_MS = 253_370_764_799_000  # the end of 9998: windows reach into the next year
TOKEN_HEADER = "x-sandbox-token"  # noqa: S105  a name


async def answer(app: SandboxApp, asked: Asked, name: str) -> Answered:
    """Raises Refusal UNAUTHORIZED without the token of this start."""
    given = asked.headers.get(TOKEN_HEADER, "")
    if not hmac.compare_digest(given.encode(), app.sandbox.control_token.encode()):
        raise Refusal("UNAUTHORIZED", "The controls of the sandbox need the token of this start.")
    control = CONTROLS.get((asked.method, name))
    if control is None:
        raise Refusal("INVALID_REQUEST", "The sandbox has no such control.")
    body = await asked.object() if asked.method != "GET" else {}

    def work(connection: Connection) -> Answer:
        return control(Call(app.sandbox, connection, app.sandbox.clock(), {}, asked.query, body))

    found = await app.run(work, write=asked.method != "GET")
    if isinstance(found, Refusal):
        raise found
    return answered(found)


def clock(call: Call) -> Answer:
    at_ms = call.sandbox.clock()
    return {"now": when(at_ms), "unix": Decimal(at_ms) / 1000, "running": call.sandbox.clock.is_running}


def set_clock(call: Call) -> Answer:
    """``{"unix": s}`` or ``{"now": ISO 8601}``; stopped there unless ``running`` is true. ``{}``: the system's time."""
    running = flag(call.body, "running")
    if "unix" in call.body:
        _set_to(call, whole(call.body["unix"], "unix") * 1000, running=running)
    elif "now" in call.body:
        try:
            moment = datetime.fromisoformat(text_of(call.body, "now", 1, 40))
        except ValueError:
            raise Refusal("INVALID_REQUEST", "now has to look like 2026-03-10T10:00:00Z.", field="now") from None
        moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        _set_to(call, int(moment.timestamp() * 1000), running=running)
    else:
        call.sandbox.clock.reset()
    return clock(call)


def advance_clock(call: Call) -> Answer:
    by_ms = whole(call.body.get("seconds"), "seconds") * 1000
    _set_to(call, call.sandbox.clock() + by_ms, running=call.sandbox.clock.is_running)
    return clock(call)


def _set_to(call: Call, at_ms: int, *, running: bool) -> None:
    if not 0 <= at_ms <= _LATEST_MS:
        raise Refusal("INVALID_REQUEST", "The clock goes from 1970 to 9998.", field="unix")
    call.sandbox.clock.set(at_ms, running=running)


def reset(call: Call) -> Answer:
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


def seed(call: Call) -> Answer:
    return demo.seed(call)


def plan_faults(call: Call) -> Answer:
    """``{"route": "POST /reserve", "kind": "delay", "calls": 1, "delay_s": 5}``; of "error", ``code`` too."""
    delay = call.body.get("delay_s", Decimal(0))
    if isinstance(delay, bool) or not isinstance(delay, Decimal) or not 0 <= delay <= 600:
        raise Refusal("INVALID_REQUEST", "delay_s is a number of seconds up to 600.", field="delay_s")
    calls = whole(call.body.get("calls", Decimal(1)), "calls")
    kind = text_of(call.body, "kind", 1, 20)
    code = text_of(call.body, "code", 1, 40) if "code" in call.body else "INTERNAL_ERROR"
    call.sandbox.faults.plan(Fault(text_of(call.body, "route", 1, 100), kind, calls, float(delay), code))
    return {}


def clear_faults(call: Call) -> Answer:
    call.sandbox.faults.clear()
    return {}


def payout_mode(call: Call) -> Answer:
    call.sandbox.month_end_payouts = flag(call.body, "month_end")
    return {"month_end": call.sandbox.month_end_payouts}


def run_payouts(call: Call) -> Answer:
    return {"transfers": admin_routes.run_transfers(call)}


def webhook_log(call: Call) -> Answer:
    rows = call.all(select(deliveries).order_by(deliveries.c.created_ms, deliveries.c.uuid).limit(1000))
    names = ("uuid", "app_id", "event", "url", "request", "outcome", "status", "duration_ms")
    found = [{name: getattr(row, name) for name in names} | {"created_at": when(row.created_ms)} for row in rows]
    return {"deliveries": found}


def tick_schedules(call: Call) -> Answer:
    return {"runs": schedule_routes.run_due(call)}


def check_books(call: Call) -> Answer:
    books = reconcile(call.connection)
    return {"balanced": books.is_balanced, "violations": list(books.violations)}


Control = Callable[[Call], Answer]
CONTROLS: dict[tuple[str, str], Control] = {
    ("GET", "clock"): clock,
    ("POST", "clock"): set_clock,
    ("POST", "clock/advance"): advance_clock,
    ("POST", "reset"): reset,
    ("POST", "seed"): seed,
    ("POST", "faults"): plan_faults,
    ("DELETE", "faults"): clear_faults,
    ("POST", "payouts/mode"): payout_mode,
    ("POST", "payouts/run"): run_payouts,
    ("GET", "webhooks/log"): webhook_log,
    ("POST", "schedules/tick"): tick_schedules,
    ("GET", "books"): check_books,
}


def describe() -> list[dict[str, Any]]:
    """Every control, for help texts."""
    return [{"method": method, "path": f"/__sandbox/{name}"} for method, name in CONTROLS]
