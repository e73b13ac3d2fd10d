"""``officex reserve``, ``sip``, ``settle``, ``cancel``: charge an install, as its app does."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from office_studio.cli.officex_options import SECRET, add_options, confirm_spending, credits, find_place, said, show
from office_studio.core.officex.money import Amount, literal
from office_studio.errors import UsageError
from office_studio.services.officex.http import part
from office_studio.services.officex.till import Till


def configure_reserve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("install", metavar="INSTALL", help="id of the install that pays")
    parser.add_argument("amount", type=credits, metavar="CREDITS")
    parser.add_argument("job", metavar="JOB", help="id of the job; a job is reserved for once")
    parser.add_argument("--metadata", metavar="JSON", help='object kept with it, such as {"agent_id": "a1"}')
    _options(parser)


def configure_sip(parser: argparse.ArgumentParser) -> None:
    _step(parser, "amount", "CREDITS", "what to take")


def configure_settle(parser: argparse.ArgumentParser) -> None:
    _step(parser, "amount", "CREDITS", "the last part; 0 is allowed, the rest comes back")


def configure_cancel(parser: argparse.ArgumentParser) -> None:
    _step(parser)


def run_reserve(args: argparse.Namespace) -> int:
    body: dict[str, Any] = {"amount": Amount(args.amount), "job_id": args.job}
    if args.metadata is not None:
        body["metadata"] = _object(args.metadata)
    answer = _charge(
        args, f"reserving {literal(args.amount)} credits", lambda till: till.call("POST", "/reserve", body)
    )
    show(args, answer, f"{answer.get('reservation_id')} holds {said(answer.get('amount_reserved'))} credits.")
    return 0


def run_sip(args: argparse.Namespace) -> int:
    return _settle(args, final=False)


def run_settle(args: argparse.Namespace) -> int:
    return _settle(args, final=True)


def run_cancel(args: argparse.Namespace) -> int:
    path = f"/reservations/{part(f'RESV#{args.job}')}/cancel"
    answer = _charge(args, "", lambda till: till.call("POST", path))
    show(args, answer, f"{said(answer.get('refunded_amount'))} credits went back.")
    return 0


def _settle(args: argparse.Namespace, *, final: bool) -> int:
    body = {"amount": Amount(args.amount), "final": final}
    path = f"/reservations/{part(f'RESV#{args.job}')}/settle"
    answer = _charge(args, f"taking {literal(args.amount)} credits", lambda till: till.call("POST", path, body))
    show(args, answer, f"{said(answer.get('settled_amount'))} settled in all, {said(answer.get('remaining_reserved'))} "
         f"still held ({answer.get('status')}).")  # fmt: skip
    return 0


def _charge(
    args: argparse.Namespace, what: str, act: Callable[[Till], Awaitable[Mapping[str, Any]]]
) -> Mapping[str, Any]:
    place = find_place(args)
    if what:
        confirm_spending(place.environment, args, what)

    async def run() -> Mapping[str, Any]:
        async with place.till(args.install) as till:
            return await act(till)

    return asyncio.run(run())


def _step(parser: argparse.ArgumentParser, *amount: str) -> None:
    parser.add_argument("install", metavar="INSTALL", help="id of the install that pays")
    parser.add_argument("job", metavar="JOB")
    if amount:
        name, metavar, words = amount
        parser.add_argument(name, type=credits, metavar=metavar, help=words)
    _options(parser)


def _options(parser: argparse.ArgumentParser) -> None:
    add_options(parser, spends=True, account=False)
    parser.epilog = (
        f"The install's secret comes from {SECRET}, else from the keyring.\n"
        "examples:\n  office-studio officex reserve INSTALL 10 batch-7\n"
        "  office-studio officex sip INSTALL batch-7 0.4\n"
        "  office-studio officex settle INSTALL batch-7 0"
    )


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise UsageError("OFFICEX_METADATA_INVALID", f"--metadata is not JSON: {error}.") from None
    if not isinstance(found, dict):
        raise UsageError(
            "OFFICEX_METADATA_INVALID", "--metadata has to be a JSON object.", 'Such as {"agent_id": "a1"}.'
        )
    return found
