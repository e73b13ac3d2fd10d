"""Purchases, balances, reservations, ledgers, payouts, vouchers (contract, 14.4 and 15)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Row, insert, or_, select, update

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.money import Amount, dumps, loads, parse_amount, positive_amount
from office_studio.core.officex.payouts import PayoutStatus
from office_studio.core.officex.requests import (
    Attempt,
    Repeat,
    body_print,
    idempotency_key_of,
    job_id_of,
    metadata_of,
    repeated,
    text_of,
)
from office_studio.server.officex import charging
from office_studio.server.officex.call import Answer, Call, Route, digits, flag, when
from office_studio.server.officex.ledger import TREASURY, About, Line, balance, last_entry, post
from office_studio.server.officex.money_views import (
    shown_balance,
    shown_entry,
    shown_payout,
    shown_reservation,
    shown_voucher,
)
from office_studio.server.officex.tables import (
    apps,
    attempts,
    entries,
    payouts,
    redemptions,
    reservations,
    vouchers,
    wallets,
)


def once(call: Call, endpoint: str, work: Callable[[], Answer]) -> Answer:
    """Run ``work`` at most once per idempotency key (15.1). What validation refuses does not use the key up."""
    key = idempotency_key_of(call.body)
    if key is None:
        return work()
    here = (attempts.c.user_id == call.user.user_id) & (attempts.c.endpoint == endpoint) & (attempts.c.key == key)
    first = call.connection.execute(select(attempts).where(here)).first()
    body = body_print({name: value for name, value in call.body.items() if name != "idempotency_key"})
    if first is not None:
        verdict = repeated(Attempt(first.state), same_body=first.body == body)
        if verdict is Repeat.REPLAY:
            answer: Mapping[str, Any] = loads(first.answer)
            return answer
        raise Refusal(verdict.value)
    answer_or_refusal = work()
    state = Attempt.FAILED if isinstance(answer_or_refusal, Refusal) else Attempt.DONE
    answer_text = None if isinstance(answer_or_refusal, Refusal) else dumps(answer_or_refusal)
    row = {"user_id": call.user.user_id, "endpoint": endpoint, "key": key, "body": body}
    call.connection.execute(insert(attempts), row | {"state": state.value, "answer": answer_text})
    return answer_or_refusal


def credit(call: Call, wallet_id: str, micro: int, kind: str) -> int:
    """New credits out of the treasury; the id of the entry in the wallet."""
    lines = [Line(TREASURY, kind, available=-micro), Line(wallet_id, kind, available=micro)]
    post(call.connection, lines, About(call.now_ms))
    return last_entry(call.connection, wallet_id)


def purchase(call: Call) -> Answer:
    amount = positive_amount(call.body.get("amount"))
    method = call.body.get("payment_method")
    if not isinstance(method, Mapping) or method.get("type") != "stripe":
        raise Refusal("INVALID_REQUEST", "payment_method has to have the type stripe.", field="payment_method")
    token = method.get("token")
    if not isinstance(token, str) or not token.startswith("tok_"):
        raise Refusal("INVALID_REQUEST", "payment_method.token has to begin with tok_.", field="payment_method")

    def pay() -> Answer:
        if token.startswith("tok_fail") or token == "tok_chargeDeclined":  # noqa: S105  names of test tokens
            return Refusal("PAYMENT_FAILED")
        log_id = credit(call, call.user.wallet_id, amount, "PURCHASE")
        available = balance(call.connection, call.user.wallet_id).available
        return {"credits_added": Amount(amount), "new_balance": Amount(available), "transaction_id": str(log_id)}

    return once(call, "purchase", pay)


def my_balance(call: Call) -> Answer:
    return shown_balance(call.user.wallet_id, balance(call.connection, call.user.wallet_id))


def reserve(call: Call) -> Answer:
    amount = positive_amount(call.body.get("amount"))
    job_id, metadata = job_id_of(call.body), metadata_of(call.body)
    ttl = call.sandbox.config.reservation_ttl_s
    if ttl is not None:
        charging.expire_older(call.connection, call.now_ms - ttl * 1000, call.now_ms)
    plain = None if metadata is None else _json_numbers(metadata)
    row = charging.reserve(call.connection, call.install, amount, job_id, plain, call.now_ms)
    return {"reservation_id": f"RESV#{row.job_id}", "amount_reserved": Amount(row.amount)}


def _json_numbers(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata as the database's JSON takes it; amounts in it are the app's own affair."""
    import json

    found: dict[str, Any] = json.loads(dumps(metadata))
    return found


def settle(call: Call) -> Answer:
    return _settle(call, text_of(call.body, "reservation_id", 1, 300))


def settle_path(call: Call) -> Answer:
    return _settle(call, call.path["resv"])


def _settle(call: Call, reservation_id: str) -> Answer:
    amount, final = parse_amount(call.body.get("amount")), flag(call.body, "final")
    row, known = charging.find_to_settle(call.connection, call.install, reservation_id)
    row = charging.settle(call.connection, row, amount, call.now_ms, final=final, known=known)
    return {
        "settled_amount": Amount(row.settled),
        "remaining_reserved": Amount(row.amount - row.settled - row.refunded),
        "status": row.status,
    }


def read_reservation(call: Call) -> Answer:
    return {"reservation": shown_reservation(charging.find(call.connection, call.install, call.path["resv"]))}


def cancel(call: Call) -> Answer:
    row = charging.cancel(call.connection, charging.find(call.connection, call.install, call.path["resv"]), call.now_ms)
    return {"refunded_amount": Amount(row.refunded), "status": row.status}


# -- wallets -----------------------------------------------------------------------------------------
def my_wallet(call: Call, wallet_id: str) -> Row[Any]:
    """A wallet that the user may see: the own one, or an own app's. Raises WALLET_NOT_FOUND, FORBIDDEN."""
    row = call.one(select(wallets).where(wallets.c.wallet_id == wallet_id), "WALLET_NOT_FOUND")
    if row.owner_type == "user" and row.owner_id == call.user.user_id:
        return row
    if row.owner_type == "app":
        owner = call.connection.execute(select(apps.c.owner_id).where(apps.c.app_id == row.owner_id)).scalar()
        if owner == call.user.user_id:
            return row
    raise Refusal("FORBIDDEN")


def wallet(call: Call) -> Answer:
    row = my_wallet(call, call.path["wallet"])
    return shown_balance(row.wallet_id, balance(call.connection, row.wallet_id)) | {"owner_type": row.owner_type}


def transactions(call: Call) -> Answer:
    row = my_wallet(call, call.path["wallet"])
    rows, paging = call.page(select(entries).where(entries.c.wallet_id == row.wallet_id), entries.c.log_id)
    return {"transactions": [shown_entry(entry) for entry in rows]} | paging


def transaction(call: Call) -> Answer:
    row, log_id = my_wallet(call, call.path["wallet"]), call.path["log_id"]
    number = digits(log_id)
    query = select(entries).where(entries.c.wallet_id == row.wallet_id, entries.c.log_id == number)
    return {"transaction": shown_entry(call.one(query, "TRANSACTION_NOT_FOUND"))}


def wallet_reservations(call: Call) -> Answer:
    row, direction = my_wallet(call, call.path["wallet"]), call.query.get("direction")
    pays, earns = reservations.c.wallet_id == row.wallet_id, reservations.c.destination_wallet_id == row.wallet_id
    if direction not in (None, "outgoing", "incoming"):
        raise Refusal("INVALID_REQUEST", "direction is outgoing or incoming.", field="direction")
    which = {"outgoing": pays, "incoming": earns}.get(direction or "", or_(pays, earns))
    rows, paging = call.page(select(reservations).where(which), reservations.c.number)
    return {"reservations": [shown_reservation(item) for item in rows]} | paging


def wallet_reservation(call: Call) -> Answer:
    row = my_wallet(call, call.path["wallet"])
    prefix, _, job_id = call.path["resv"].partition("#")
    seen = or_(reservations.c.wallet_id == row.wallet_id, reservations.c.destination_wallet_id == row.wallet_id)
    query = select(reservations).where(seen, reservations.c.job_id == job_id)
    if "app_id" in call.query:
        query = query.where(reservations.c.app_id == call.query["app_id"])
    rows = call.all(query) if prefix == "RESV" else []
    if not rows:
        raise Refusal("RESERVATION_NOT_FOUND")
    if len(rows) > 1:
        raise Refusal("INVALID_REQUEST", "Several apps have a job of this name; say which by app_id.", field="app_id")
    return {"reservation": shown_reservation(rows[0])}


# -- payouts -----------------------------------------------------------------------------------------
def request_payout(call: Call) -> Answer:
    amount = positive_amount(call.body.get("amount"))
    row = my_wallet(call, text_of(call.body, "wallet_id", 1, 100))
    if row.owner_type != "app":
        raise Refusal("INVALID_REQUEST", "Only the wallet of an app can be paid out.", field="wallet_id")
    target = call.body.get("destination")
    if not isinstance(target, Mapping):
        raise Refusal("INVALID_REQUEST", "destination has to have a type and an account_id.", field="destination")
    destination = {"type": text_of(target, "type", 1, 50), "account_id": text_of(target, "account_id", 1, 200)}

    def hold() -> Answer:
        lines = [Line(row.wallet_id, "PAYOUT_HOLD", available=-amount, reserved=amount)]
        post(call.connection, lines, About(call.now_ms))
        payout_id, status = str(uuid.uuid4()), PayoutStatus.PENDING.value
        times = {"created_ms": call.now_ms, "updated_ms": call.now_ms}
        history = [{"status": status, "at": when(call.now_ms)}]
        values = {"payout_id": payout_id, "wallet_id": row.wallet_id, "amount": amount, "destination": destination}
        call.connection.execute(insert(payouts), values | times | {"status": status, "history": history})
        return {"payout_id": payout_id, "status": status}

    return once(call, "payout", hold)


def wallet_payouts(call: Call) -> Answer:
    row = my_wallet(call, call.path["wallet"])
    rows = call.all(select(payouts).where(payouts.c.wallet_id == row.wallet_id).order_by(payouts.c.created_ms.desc()))
    return {"payouts": [shown_payout(call, item) for item in rows]}


def wallet_payout(call: Call) -> Answer:
    row = my_wallet(call, call.path["wallet"])
    query = select(payouts).where(payouts.c.wallet_id == row.wallet_id, payouts.c.payout_id == call.path["payout"])
    return {"payout": shown_payout(call, call.one(query, "PAYOUT_NOT_FOUND"))}


# -- vouchers ----------------------------------------------------------------------------------------
def voucher(call: Call) -> Answer:
    query = select(vouchers).where(vouchers.c.code == call.path["code"])
    return {"voucher": shown_voucher(call.one(query, "VOUCHER_NOT_FOUND"))}


def redeem(call: Call) -> Answer:
    row = call.one(select(vouchers).where(vouchers.c.code == call.path["code"]), "VOUCHER_NOT_FOUND")
    target = my_wallet(call, text_of(call.body, "wallet_id", 1, 100))
    if target.owner_type != "user":
        raise Refusal("INVALID_REQUEST", "A voucher goes into a personal wallet.", field="wallet_id")
    mine = (redemptions.c.code == row.code) & (redemptions.c.user_id == call.user.user_id)
    if call.connection.execute(select(redemptions.c.code).where(mine)).first() is not None:
        raise Refusal("DUPLICATE_REQUEST", "You have redeemed this voucher.")
    is_over = row.expires_at != -1 and call.now_ms >= row.expires_at * 1000
    is_used_up = row.max_redemptions is not None and row.redemptions >= row.max_redemptions
    if not row.active or is_over or is_used_up:
        raise Refusal("INVALID_REQUEST", "This voucher can no longer be redeemed.")
    credit(call, target.wallet_id, row.credits, "VOUCHER")
    call.connection.execute(update(vouchers).where(vouchers.c.code == row.code), {"redemptions": row.redemptions + 1})
    values = {"code": row.code, "user_id": call.user.user_id, "credits": row.credits, "created_ms": call.now_ms}
    call.connection.execute(insert(redemptions), values)
    return {"credits_added": Amount(row.credits)}


ROUTES = [
    Route("E34", "POST", "/purchase-credits", "mk", purchase),
    Route("E35", "GET", "/balance", "mk", my_balance),
    Route("E36", "POST", "/reserve", "is", reserve, is_quick=True),
    Route("E37", "POST", "/settle", "is", settle, is_quick=True),
    Route("E38", "GET", "/reservations/{resv}", "is", read_reservation),
    Route("E39", "POST", "/reservations/{resv}/settle", "is", settle_path, is_quick=True),
    Route("E40", "POST", "/reservations/{resv}/cancel", "is", cancel, is_quick=True),
    Route("E41", "GET", "/wallets/{wallet}", "mk", wallet),
    Route("E42", "GET", "/wallets/{wallet}/transactions", "mk", transactions),
    Route("E43", "GET", "/wallets/{wallet}/transactions/{log_id}", "mk", transaction),
    Route("E44", "GET", "/wallets/{wallet}/reservations", "mk", wallet_reservations),
    Route("E45", "GET", "/wallets/{wallet}/reservations/{resv}", "mk", wallet_reservation),
    Route("E46", "GET", "/wallets/{wallet}/payouts", "mk", wallet_payouts),
    Route("E47", "GET", "/wallets/{wallet}/payouts/{payout}", "mk", wallet_payout),
    Route("E48", "POST", "/payout", "mk", request_payout),
    Route("E49", "GET", "/vouchers/{code}", "", voucher),
    Route("E50", "POST", "/vouchers/{code}/redeem", "mk", redeem),
]
