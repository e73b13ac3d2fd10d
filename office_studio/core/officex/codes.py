"""Error codes of OfficeX (contract, section 5): their HTTP status, whether a repeat helps, and what to tell people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from office_studio.errors import OfficeStudioError


class Retry(StrEnum):
    NO = "no"
    LATER = "later"  # after a window, a top-up or another step of the user
    NEW_KEY = "new key"
    SAFE = "safe"  # if the call may be repeated at all, section 8.3


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """``words`` say what happened, ``way_on`` what the user can do."""

    status: int
    retry: Retry
    words: str
    way_on: str
    is_extension: bool = False  # the sandbox's own, not in the public table


CODES: dict[str, CodeFacts] = {
    "UNAUTHORIZED": CodeFacts(401, Retry.NO, "OfficeX does not know who is asking.", "Sign in again."),
    "INVALID_SECRET": CodeFacts(
        401, Retry.NO, "The key, code or secret does not match.", "Sign in again, or rotate the secret of the install."
    ),
    "INVALID_REQUEST": CodeFacts(
        400, Retry.NO, "OfficeX does not take this value.", "Correct the field and try again."
    ),
    "APP_NOT_FOUND": CodeFacts(404, Retry.NO, "There is no such app.", "Refresh the catalog."),
    "USER_NOT_FOUND": CodeFacts(404, Retry.NO, "There is no such account.", "Check the id."),
    "WALLET_NOT_FOUND": CodeFacts(404, Retry.NO, "There is no such wallet.", "Refresh the wallets."),
    "RESERVATION_NOT_FOUND": CodeFacts(404, Retry.NO, "There is no such reservation.", "Refresh the reservations."),
    "INSTALL_NOT_FOUND": CodeFacts(404, Retry.NO, "There is no such install.", "Refresh the installs."),
    "INSTALL_EXPIRED": CodeFacts(
        403, Retry.LATER, "The permission of this install to charge has run out.", "Extend the permission."
    ),
    "RATE_LIMITED": CodeFacts(
        429, Retry.LATER, "This install has used up its charges for now.", "Wait, or raise the limit."
    ),
    "INSUFFICIENT_FUNDS": CodeFacts(402, Retry.LATER, "The wallet does not hold enough credits.", "Buy credits."),
    "LIFETIME_LIMIT_REACHED": CodeFacts(
        403, Retry.NO, "The spending cap of this install is reached.", "Raise the cap."
    ),
    "FORBIDDEN": CodeFacts(403, Retry.NO, "This belongs to somebody else.", "Sign in with the account that owns it."),
    "DUPLICATE_REQUEST": CodeFacts(409, Retry.NO, "This was asked for before.", "Look at what is there first."),
    "DUPLICATE_JOB": CodeFacts(409, Retry.NO, "This job has a reservation already.", "Read the reservation."),
    "PREVIOUS_FAILURE": CodeFacts(
        409, Retry.NEW_KEY, "This attempt did not work before.", "Try again as a new attempt."
    ),
    "PAYMENT_FAILED": CodeFacts(402, Retry.LATER, "The payment provider refused.", "Use another payment method."),
    "PAYOUT_FAILED": CodeFacts(
        500, Retry.NO, "The transfer did not go through; the credits are back in the wallet.", "Request it again."
    ),
    "INTERNAL_ERROR": CodeFacts(500, Retry.SAFE, "OfficeX had a fault of its own.", "Try again in a while."),
    "REF_NOT_FOUND": CodeFacts(404, Retry.NO, "There is no such reference link.", "Check its six characters."),
    "CONTENT_REJECTED": CodeFacts(400, Retry.NO, "The text was refused by the safety check.", "Change the text."),
    "VOUCHER_NOT_FOUND": CodeFacts(404, Retry.NO, "There is no such voucher.", "Check the code.", True),
    "TRANSACTION_NOT_FOUND": CodeFacts(404, Retry.NO, "There is no such ledger entry.", "Refresh the ledger.", True),
    "PAYOUT_NOT_FOUND": CodeFacts(404, Retry.NO, "There is no such payout.", "Refresh the payouts.", True),
    "THREAD_NOT_FOUND": CodeFacts(404, Retry.NO, "There is no such conversation.", "Refresh the list.", True),
    "PROMPT_NOT_FOUND": CodeFacts(404, Retry.NO, "There is no such prompt.", "Refresh the list.", True),
    "SCHEDULE_NOT_FOUND": CodeFacts(404, Retry.NO, "There is no such schedule.", "Refresh the list.", True),
    "MESSAGE_NOT_FOUND": CodeFacts(404, Retry.NO, "There is no such message.", "Refresh the inbox.", True),
}

UNREACHABLE = "OFFICEX_UNREACHABLE"  # never sent by a server: time-out, refused connection, TLS, an answer without JSON


class Refusal(OfficeStudioError):
    """A rule of OfficeX says no. ``code`` is one of ``CODES``; the sandbox turns it into the answer of its status."""

    def __init__(self, code: str, message: str = "", **details: object) -> None:
        facts = CODES[code]
        super().__init__(code, message or facts.words, facts.way_on, **details)

    @property
    def status(self) -> int:
        return CODES[self.code].status


def facts_of(code: str, status: int) -> CodeFacts:
    """What is known of a code; an unknown one is judged by its HTTP class, since the public list is not closed."""
    known = CODES.get(code)
    if known is not None:
        return known
    if status >= 500:
        return CodeFacts(status, Retry.SAFE, "OfficeX had a fault of its own.", "Try again in a while.")
    if status in (401, 403):
        return CodeFacts(status, Retry.NO, "OfficeX does not allow this.", "Sign in again, or use the owning account.")
    if status == 404:
        return CodeFacts(status, Retry.NO, "OfficeX does not have this.", "Refresh the list.")
    if status == 429:
        return CodeFacts(status, Retry.LATER, "OfficeX asks to slow down.", "Wait a while.")
    return CodeFacts(status, Retry.NO, "OfficeX refused this.", "Read its message, and change what you asked for.")
