"""How wallets, ledger entries, reservations, payouts and vouchers are written in answers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from office_studio.core.officex.money import Amount, usd_paid_out
from office_studio.server.officex.call import Call, when, without_nothing
from office_studio.server.officex.ledger import Balance


def shown_balance(wallet_id: str, held: Balance) -> dict[str, Any]:
    return {
        "wallet_id": wallet_id,
        "available": Amount(held.available),
        "reserved": Amount(held.reserved),
        "total": Amount(held.total),
    }


def shown_entry(row: Row[Any]) -> dict[str, Any]:
    return {
        "log_id": str(row.log_id),
        "wallet_id": row.wallet_id,
        "type": row.type,
        "delta_available": Amount(row.delta_available),
        "delta_reserved": Amount(row.delta_reserved),
        "available_after": Amount(row.available_after),
        "reserved_after": Amount(row.reserved_after),
        "created_at": when(row.created_ms),
    } | without_nothing(
        app_id=row.app_id,
        install_id=row.install_id,
        reservation_id=None if row.job_id is None else f"RESV#{row.job_id}",
        job_id=row.job_id,
        metadata=row.metadata,
    )


def shown_reservation(row: Any) -> dict[str, Any]:
    names = ("job_id", "status", "install_id", "app_id", "user_id", "wallet_id", "destination_wallet_id")
    return (
        {"reservation_id": f"RESV#{row.job_id}"}
        | {name: getattr(row, name) for name in names}
        | {
            "amount_reserved": Amount(row.amount),
            "settled_amount": Amount(row.settled),
            "remaining_reserved": Amount(row.amount - row.settled - row.refunded),
            "refunded_amount": Amount(row.refunded),
            "created_at": when(row.created_ms),
            "updated_at": when(row.updated_ms),
        }
        | without_nothing(metadata=row.metadata, closed_at=when(row.closed_ms))
    )


def shown_payout(call: Call, row: Row[Any]) -> dict[str, Any]:
    return {
        "payout_id": row.payout_id,
        "wallet_id": row.wallet_id,
        "amount": Amount(row.amount),
        "usd": usd_paid_out(row.amount, call.sandbox.config.payout_rate_usd),
        "destination": row.destination,
        "status": row.status,
        "history": row.history,
        "created_at": when(row.created_ms),
        "updated_at": when(row.updated_ms),
    } | without_nothing(failure_reason=row.failure_reason)


def shown_voucher(row: Row[Any]) -> dict[str, Any]:
    return {
        "code": row.code,
        "credits": Amount(row.credits),
        "max_redemptions": row.max_redemptions,
        "redemptions": row.redemptions,
        "expires_at": row.expires_at,
        "active": row.active,
    }
