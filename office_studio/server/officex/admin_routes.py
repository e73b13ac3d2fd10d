"""Superadmin (contract, 14.6; only the sandbox has these): users, apps, wallets, treasury, payouts, vouchers."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.limits import moment_value
from office_studio.core.officex.money import Amount, parse_amount, positive_amount, usd_paid_out
from office_studio.core.officex.payouts import PayoutEvent, PayoutStatus, after
from office_studio.core.officex.requests import text_of
from office_studio.server.officex import vendor_routes
from office_studio.server.officex.account_routes import by_email, email_of
from office_studio.server.officex.account_routes import shown as shown_user
from office_studio.server.officex.call import Answer, Call, Route, digits, flag, number, optional_text, when
from office_studio.server.officex.ledger import TREASURY, About, Line, balance, post, reconcile
from office_studio.server.officex.money_views import shown_balance, shown_payout, shown_voucher
from office_studio.server.officex.tables import apps, audit, payouts, users, vouchers, wallets


def note(call: Call, action: str, **details: Any) -> None:
    row = {"actor": "superadmin", "action": action, "details": details, "created_ms": call.now_ms}
    call.connection.execute(insert(audit), row)


def _offset_page(call: Call, query: Any, show: Any) -> tuple[list[Any], dict[str, Any]]:
    """A page by position; for tables without a serial number."""
    text = call.query.get("cursor", "o0")
    start, limit = digits(text[1:]), digits(call.query.get("limit", "50"))
    if not text.startswith("o") or start < 0 or not 1 <= limit <= 100:
        raise Refusal("INVALID_REQUEST", "cursor or limit is wrong.", field="cursor")
    rows = call.all(query.offset(start).limit(limit + 1))
    more = {"pagination": {"cursor": f"o{start + limit}"}} if len(rows) > limit else {}
    return [show(row) for row in rows[:limit]], more


def all_users(call: Call) -> Answer:
    rows, more = _offset_page(call, select(users).order_by(users.c.created_ms.desc(), users.c.user_id), shown_user)
    return {"users": rows} | more


def _user(call: Call) -> Row[Any]:
    return call.one(select(users).where(users.c.user_id == call.path["id"]), "USER_NOT_FOUND")


def one_user(call: Call) -> Answer:
    return {"user": shown_user(_user(call))}


def change_user(call: Call) -> Answer:
    row, changes = _user(call), {}
    if call.body.get("status") is not None:
        changes["status"] = _one_of(call.body, "status", ("active", "closed"))
    if call.body.get("email") is not None:
        changes["email"] = email_of(call.body)
        other = by_email(call, changes["email"])
        if other is not None and other.user_id != row.user_id:
            raise Refusal("DUPLICATE_REQUEST", "Another account has this address.")
    if changes:
        call.connection.execute(update(users).where(users.c.user_id == row.user_id), changes)
        note(call, "change user", user_id=row.user_id, **changes)
    return {"user": shown_user(_user(call))}


def _one_of(body: Mapping[str, Any], field: str, allowed: tuple[str, ...]) -> str:
    value = text_of(body, field, 1, 30)
    if value not in allowed:
        raise Refusal("INVALID_REQUEST", f"{field} is one of {', '.join(allowed)}.", field=field)
    return value


def _shown_wallet(call: Call, row: Row[Any]) -> dict[str, Any]:
    owner = {"owner_type": row.owner_type, "owner_id": row.owner_id}
    return shown_balance(row.wallet_id, balance(call.connection, row.wallet_id)) | owner


def wallets_of_user(call: Call) -> Answer:
    user = _user(call)
    own_apps = select(apps.c.app_id).where(apps.c.owner_id == user.user_id)
    query = select(wallets).where((wallets.c.owner_id == user.user_id) | wallets.c.owner_id.in_(own_apps))
    return {"wallets": [_shown_wallet(call, row) for row in call.all(query)]}


def all_apps(call: Call) -> Answer:
    query = select(apps).order_by(apps.c.created_ms.desc(), apps.c.app_id)
    rows, more = _offset_page(call, query, vendor_routes.shown)
    return {"apps": rows} | more


def _app(call: Call) -> Row[Any]:
    return call.one(select(apps).where(apps.c.app_id == call.path["id"]), "APP_NOT_FOUND")


def one_app(call: Call) -> Answer:
    return {"app": vendor_routes.shown(_app(call))}


def change_app(call: Call) -> Answer:
    row = _app(call)
    if call.body.get("status") is not None:
        status = _one_of(call.body, "status", ("active", "hidden", "deleted"))
        call.connection.execute(update(apps).where(apps.c.app_id == row.app_id), {"status": status})
    shown = vendor_routes.changed(call, row)
    note(call, "change app", app_id=row.app_id, fields=sorted(map(str, call.body)))
    return {"app": shown}


def delete_app(call: Call) -> Answer:
    row = _app(call)
    vendor_routes.delete_app(call, row)
    note(call, "delete app", app_id=row.app_id)
    return {}


def all_wallets(call: Call) -> Answer:
    query = select(wallets).order_by(wallets.c.owner_type, wallets.c.wallet_id)
    rows, more = _offset_page(call, query, lambda row: _shown_wallet(call, row))
    return {"wallets": rows} | more


def _wallet(call: Call) -> Row[Any]:
    return call.one(select(wallets).where(wallets.c.wallet_id == call.path["id"]), "WALLET_NOT_FOUND")


def one_wallet(call: Call) -> Answer:
    return {"wallet": _shown_wallet(call, _wallet(call))}


def adjust(call: Call) -> Answer:
    row, micro = _wallet(call), parse_amount(call.body.get("amount"), signed=True)
    if row.wallet_id == TREASURY or micro == 0:
        raise Refusal(
            "INVALID_REQUEST", "Adjust the wallet of a user or an app, by more or less than 0.", field="amount"
        )
    lines = [Line(row.wallet_id, "ADJUST", available=micro), Line(TREASURY, "ADJUST", available=-micro)]
    post(call.connection, lines, About(call.now_ms))
    note(call, "adjust wallet", wallet_id=row.wallet_id, micro=micro)
    return {"wallet": _shown_wallet(call, row)}


def treasury(call: Call) -> Answer:
    held = balance(call.connection, TREASURY).available
    rate = call.sandbox.config.payout_rate_usd
    return {"balance": Amount(held), "outstanding": Amount(-held), "liability_usd": usd_paid_out(-held, rate)}


def reconcile_all(call: Call) -> Answer:
    books = reconcile(call.connection)
    note(call, "reconcile", balanced=books.is_balanced)
    return {
        "balanced": books.is_balanced,
        "treasury": Amount(books.treasury),
        "wallets_total": Amount(books.wallets_total),
        "difference": Amount(books.difference),
        "violations": list(books.violations),
    }


def audit_log(call: Call) -> Answer:
    rows, paging = call.page(select(audit), audit.c.number)
    found = [
        {"id": str(row.number), "actor": row.actor, "action": row.action, "details": row.details,
         "created_at": when(row.created_ms)}
        for row in rows
    ]  # fmt: skip
    return {"entries": found} | paging


# -- payouts -----------------------------------------------------------------------------------------
def all_payouts(call: Call) -> Answer:
    query = select(payouts).order_by(payouts.c.created_ms.desc())
    if "status" in call.query:
        query = query.where(payouts.c.status == call.query["status"])
    return {"payouts": [shown_payout(call, row) for row in call.all(query)]}


def _payout(call: Call) -> Row[Any]:
    return call.one(select(payouts).where(payouts.c.payout_id == call.path["id"]), "PAYOUT_NOT_FOUND")


def one_payout(call: Call) -> Answer:
    return {"payout": shown_payout(call, _payout(call))}


_LINES = {
    PayoutEvent.APPROVE: ("PAYOUT_BURN", (0, -1), True),
    PayoutEvent.REJECT: ("PAYOUT_RESTORE", (1, -1), False),
    PayoutEvent.TRANSFER_FAILED: ("PAYOUT_RESTORE", (1, 0), True),
}


def step(call: Call, row: Row[Any], event: PayoutEvent, reason: str | None = None) -> Row[Any]:
    """One step of a payout with its postings. Raises Refusal INVALID_REQUEST where it does not fit."""
    status, postings = after(PayoutStatus(row.status), event, row.amount)
    if postings:
        kind, (available, reserved), with_treasury = _LINES[event]
        lines = [Line(row.wallet_id, kind, available=available * row.amount, reserved=reserved * row.amount)]
        if with_treasury:
            lines.append(Line(TREASURY, kind, available=-(available + reserved) * row.amount))
        post(call.connection, lines, About(call.now_ms))
    history = [*row.history, {"status": status.value, "at": when(call.now_ms)}]
    changes = {"status": status.value, "history": history, "updated_ms": call.now_ms}
    call.connection.execute(
        update(payouts).where(payouts.c.payout_id == row.payout_id), changes | {"failure_reason": reason}
    )
    return call.one(select(payouts).where(payouts.c.payout_id == row.payout_id), "PAYOUT_NOT_FOUND")


def transfer(call: Call, row: Row[Any]) -> Row[Any]:
    """The fiat side. An account that begins with ``acct_fail`` fails."""
    if str(row.destination.get("account_id", "")).startswith("acct_fail"):
        return step(call, row, PayoutEvent.TRANSFER_FAILED, "the transfer was refused")
    return step(call, row, PayoutEvent.TRANSFERRED)


def run_transfers(call: Call) -> int:
    """The month-end run: every burned payout; how many."""
    rows = call.all(select(payouts).where(payouts.c.status == PayoutStatus.BURNED.value))
    for row in rows:
        transfer(call, row)
    return len(rows)


def approve(call: Call) -> Answer:
    row = step(call, _payout(call), PayoutEvent.APPROVE)
    note(call, "approve payout", payout_id=row.payout_id)
    if not call.sandbox.month_end_payouts:
        row = transfer(call, row)
        if row.status == PayoutStatus.FAILED.value:
            return Refusal("PAYOUT_FAILED")  # returned: the credits are back, and that stays
    return {"payout": shown_payout(call, row)}


def reject(call: Call) -> Answer:
    reason = optional_text(call.body, "reason", 190)
    row = step(call, _payout(call), PayoutEvent.REJECT, f"rejected: {reason}" if reason else "rejected")
    note(call, "reject payout", payout_id=row.payout_id)
    return {"payout": shown_payout(call, row)}


# -- vouchers ----------------------------------------------------------------------------------------
def _voucher(call: Call) -> Row[Any]:
    return call.one(select(vouchers).where(vouchers.c.code == call.path["code"]), "VOUCHER_NOT_FOUND")


def create_voucher(call: Call) -> Answer:
    code = optional_text(call.body, "code", 80, least=1) or secrets.token_hex(4).upper()
    if not code.isprintable() or "/" in code:
        raise Refusal("INVALID_REQUEST", "code has characters that do not fit into an address.", field="code")
    micro = positive_amount(call.body.get("credits"), "credits")
    if call.connection.execute(select(vouchers.c.code).where(vouchers.c.code == code)).first() is not None:
        raise Refusal("DUPLICATE_REQUEST", "There is a voucher of this code.")
    most = None if call.body.get("max_redemptions") is None else number(call.body, "max_redemptions", 0, 1_000_000)
    ends = -1 if call.body.get("expires_at") is None else moment_value(call.body["expires_at"], "expires_at")
    row = {"code": code, "credits": micro, "max_redemptions": most, "redemptions": 0, "expires_at": ends}
    call.connection.execute(insert(vouchers), row | {"active": True, "created_ms": call.now_ms})
    note(call, "create voucher", code=code)
    call.status = 201
    return {"voucher": shown_voucher(call.one(select(vouchers).where(vouchers.c.code == code), "VOUCHER_NOT_FOUND"))}


def all_vouchers(call: Call) -> Answer:
    rows = call.all(select(vouchers).order_by(vouchers.c.created_ms.desc(), vouchers.c.code))
    return {"vouchers": [shown_voucher(row) for row in rows]}


def one_voucher(call: Call) -> Answer:
    return {"voucher": shown_voucher(_voucher(call))}


def change_voucher(call: Call) -> Answer:
    row, changes = _voucher(call), dict[str, Any]()
    if "active" in call.body:
        changes["active"] = flag(call.body, "active")
    if "max_redemptions" in call.body:
        most = call.body["max_redemptions"]
        changes["max_redemptions"] = None if most is None else number(call.body, "max_redemptions", 0, 1_000_000)
    if "expires_at" in call.body:
        ends = call.body["expires_at"]
        changes["expires_at"] = -1 if ends is None else moment_value(ends, "expires_at")
    if changes:
        call.connection.execute(update(vouchers).where(vouchers.c.code == row.code), changes)
        note(call, "change voucher", code=row.code, **changes)
    return {"voucher": shown_voucher(_voucher(call))}


def delete_voucher(call: Call) -> Answer:
    row = _voucher(call)
    call.connection.execute(delete(vouchers).where(vouchers.c.code == row.code))
    note(call, "delete voucher", code=row.code)
    return {}


ROUTES = [
    Route("E71", "GET", "/admin/users", "sa", all_users),
    Route("E72", "GET", "/admin/users/{id}", "sa", one_user),
    Route("E73", "PATCH", "/admin/users/{id}", "sa", change_user),
    Route("E74", "GET", "/admin/users/{id}/wallets", "sa", wallets_of_user),
    Route("E75", "GET", "/admin/apps", "sa", all_apps),
    Route("E76", "GET", "/admin/apps/{id}", "sa", one_app),
    Route("E77", "PATCH", "/admin/apps/{id}", "sa", change_app),
    Route("E78", "DELETE", "/admin/apps/{id}", "sa", delete_app),
    Route("E79", "GET", "/admin/wallets", "sa", all_wallets),
    Route("E80", "GET", "/admin/wallets/{id}", "sa", one_wallet),
    Route("E81", "POST", "/admin/wallets/{id}/adjust", "sa", adjust),
    Route("E82", "GET", "/admin/treasury", "sa", treasury),
    Route("E83", "POST", "/admin/reconcile", "sa", reconcile_all),
    Route("E84", "GET", "/admin/audit", "sa", audit_log),
    Route("E85", "GET", "/admin/payouts", "sa", all_payouts),
    Route("E86", "GET", "/admin/payouts/{id}", "sa", one_payout),
    Route("E87", "POST", "/admin/payouts/{id}/approve", "sa", approve),
    Route("E88", "POST", "/admin/payouts/{id}/reject", "sa", reject),
    Route("E89", "POST", "/admin/vouchers", "sa", create_voucher),
    Route("E90", "GET", "/admin/vouchers", "sa", all_vouchers),
    Route("E91", "GET", "/admin/vouchers/{code}", "sa", one_voucher),
    Route("E92", "PATCH", "/admin/vouchers/{code}", "sa", change_voucher),
    Route("E93", "DELETE", "/admin/vouchers/{code}", "sa", delete_voucher),
]
