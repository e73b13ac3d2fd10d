"""``officex balance``, ``buy``, ``transactions``, ``reservations``, ``voucher``, ``payout``."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from office_studio.cli.officex_options import add_options, ask, confirm_spending, credits, find_place, said, show
from office_studio.cli.output import print_table
from office_studio.core.officex.money import Amount, literal, usd_charged, usd_shown
from office_studio.core.officex.wire import micro
from office_studio.services.officex.client import OfficeXClient, new_idempotency_key
from office_studio.services.officex.http import PAY, part

_PAGES = 200


def configure_balance(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("wallet", nargs="?", metavar="WALLET", help="an app's wallet (default: your own)")
    add_options(parser)


def run_balance(args: argparse.Namespace) -> int:
    place = find_place(args)
    path = f"/wallets/{part(args.wallet)}" if args.wallet else "/balance"
    answer = ask(place, lambda client: client.get(path))
    usd = usd_shown(micro(answer.get("total")), place.environment.credit_price_usd)
    show(args, answer, f"{said(answer.get('available'))} credits available, {said(answer.get('reserved'))} reserved "
         f"(≈ ${usd})")  # fmt: skip
    return 0


def configure_buy(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("amount", type=credits, metavar="CREDITS")
    parser.add_argument("--token", default="tok_sandbox", metavar="TOK", help="token of the payment provider")
    parser.add_argument("--key", metavar="KEY", help="idempotency key; the same key never buys twice")
    add_options(parser, spends=True)


def run_buy(args: argparse.Namespace) -> int:
    place = find_place(args)
    price = usd_charged(args.amount, place.environment.credit_price_usd)
    confirm_spending(place.environment, args, f"buying {literal(args.amount)} credits for ${price}")
    body = {
        "amount": Amount(args.amount),
        "payment_method": {"type": "stripe", "token": args.token},
        "idempotency_key": args.key or new_idempotency_key(),
    }
    answer = ask(place, lambda client: client.call("POST", "/purchase-credits", body, PAY))
    show(args, answer, f"Bought {said(answer.get('credits_added'))} credits for ${price}; "
         f"{said(answer.get('new_balance'))} are available.")  # fmt: skip
    return 0


def configure_transactions(parser: argparse.ArgumentParser) -> None:
    _listing(parser)


def run_transactions(args: argparse.Namespace) -> int:
    rows = _pages(args, "transactions")
    table = [
        [one.get("created_at"), one.get("type"), _signed(one["delta_available"]), _signed(one["delta_reserved"]),
         said(one.get("available_after")), one.get("job_id"), one.get("log_id")]
        for one in rows
    ]  # fmt: skip
    _table(args, "transactions", rows, ["When", "What", "Available", "Reserved", "After", "Job", "Id"], table)
    return 0


def configure_reservations(parser: argparse.ArgumentParser) -> None:
    _listing(parser)
    parser.add_argument("--direction", choices=("outgoing", "incoming"), help="what the wallet pays, or earns")


def run_reservations(args: argparse.Namespace) -> int:
    rows = _pages(args, "reservations", direction=args.direction)
    table = [
        [one.get("job_id"), one.get("status"), said(one.get("amount_reserved")), said(one.get("settled_amount")),
         said(one.get("remaining_reserved")), one.get("app_id")]
        for one in rows
    ]  # fmt: skip
    _table(args, "reservations", rows, ["Job", "Status", "Reserved", "Settled", "Left", "App"], table)
    return 0


def _listing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("wallet", nargs="?", metavar="WALLET", help="an app's wallet (default: your own)")
    parser.add_argument(
        "--limit", type=int, default=50, metavar="N", help="how many at most, newest first (default 50)"
    )
    add_options(parser)


def _pages(args: argparse.Namespace, name: str, **query: str | None) -> list[Mapping[str, Any]]:
    async def read(client: OfficeXClient) -> Mapping[str, Any]:
        wallet = args.wallet or (await client.me()).wallet_id
        rows: list[Any] = []
        cursor: str | None = None
        for _ in range(_PAGES):
            size = str(max(1, min(100, args.limit - len(rows))))
            found = await client.get(f"/wallets/{part(wallet)}/{name}", cursor=cursor, limit=size, **query)
            rows += found.get(name, [])
            cursor = (found.get("pagination") or {}).get("cursor")
            if not cursor or len(rows) >= args.limit:
                break
        return {name: rows}

    return list(ask(find_place(args), read)[name])


def _table(args: argparse.Namespace, name: str, rows: Any, head: list[str], table: list[list[Any]]) -> None:
    if args.json:
        show(args, {name: rows})
    else:
        print_table(head, table, f"There are no {name} yet.")


def _signed(value: Any) -> str:
    amount = value if isinstance(value, Decimal) else Decimal(0)
    return "" if amount == 0 else f"{amount:+f}"


def configure_voucher(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE")
    parser.add_argument("--redeem", action="store_true", help="add its credits to your wallet")
    add_options(parser)
    parser.epilog = "example:\n  office-studio officex voucher WELCOME --redeem"


def run_voucher(args: argparse.Namespace) -> int:
    place = find_place(args)

    async def act(client: OfficeXClient) -> Mapping[str, Any]:
        if not args.redeem:
            return await client.get(f"/vouchers/{part(args.code)}")
        wallet = (await client.me()).wallet_id
        return await client.call("POST", f"/vouchers/{part(args.code)}/redeem", {"wallet_id": wallet})

    answer = ask(place, act)
    found = answer.get("voucher", {})
    line = f"{args.code} is worth {said(found.get('credits'))} credits." + (
        "" if found.get("active", True) else " It can no longer be redeemed."
    )
    show(args, answer, f"Added {said(answer.get('credits_added'))} credits." if args.redeem else line)
    return 0


def configure_payout(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("wallet", metavar="WALLET", help="wallet of one of your apps")
    parser.add_argument("amount", nargs="?", type=credits, metavar="CREDITS", help="without it, payouts are listed")
    parser.add_argument("--to", metavar="ACCOUNT", default="", help="account that receives the money")
    parser.add_argument("--type", default="stripe", help="kind of that account (default stripe)")
    parser.add_argument("--key", metavar="KEY", help="idempotency key; the same key never pays out twice")
    add_options(parser, spends=True)
    parser.epilog = "example:\n  office-studio officex payout WALLET 500 --to acct_1 --account vendor"


def run_payout(args: argparse.Namespace) -> int:
    from office_studio.errors import UsageError

    place = find_place(args)
    if args.amount is None:
        answer = ask(place, lambda client: client.get(f"/wallets/{part(args.wallet)}/payouts"))
        rows = answer.get("payouts", [])
        table = [[one["created_at"], one["status"], said(one["amount"]), f"${one['usd']}", one["payout_id"]]
                 for one in rows]  # fmt: skip
        _table(args, "payouts", rows, ["When", "Status", "Credits", "USD", "Id"], table)
        return 0
    if not args.to:
        raise UsageError("OFFICEX_DESTINATION_NEEDED", "A payout goes to an account.", "Add --to ACCOUNT.")
    confirm_spending(place.environment, args, f"paying out {literal(args.amount)} credits")
    body = {
        "wallet_id": args.wallet,
        "amount": Amount(args.amount),
        "destination": {"type": args.type, "account_id": args.to},
        "idempotency_key": args.key or new_idempotency_key(),
    }
    answer = ask(place, lambda client: client.call("POST", "/payout", body, PAY))
    show(args, answer, f"Payout {answer.get('payout_id')} is {answer.get('status')}.")
    return 0
