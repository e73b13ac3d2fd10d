"""Every error of OfficeX as an exception of its own, made from an answer or from the lack of one."""

from __future__ import annotations

from typing import Any, ClassVar

import httpx

from office_studio.core.officex.codes import CODES, UNREACHABLE, Retry, facts_of
from office_studio.core.officex.money import loads
from office_studio.errors import ApiError, OfficeStudioError


class OfficeXError(ApiError):
    """OfficeX said no, or nothing. ``details["status"]``: HTTP status where there was one; ``retry``: what helps."""

    exit_code = 5
    retry: Retry = Retry.NO
    code_name: ClassVar[str] = ""


class OfficeXUnreachable(OfficeXError):
    """Time-out, refused connection, TLS, or an answer that is no JSON. Whether the call took effect is not known."""

    code_name = UNREACHABLE


class Unauthorized(OfficeXError):
    code_name = "UNAUTHORIZED"


class InvalidSecret(OfficeXError):
    code_name = "INVALID_SECRET"


class InvalidRequest(OfficeXError):
    code_name = "INVALID_REQUEST"


class AppNotFound(OfficeXError):
    code_name = "APP_NOT_FOUND"


class UserNotFound(OfficeXError):
    code_name = "USER_NOT_FOUND"


class WalletNotFound(OfficeXError):
    code_name = "WALLET_NOT_FOUND"


class ReservationNotFound(OfficeXError):
    code_name = "RESERVATION_NOT_FOUND"


class InstallNotFound(OfficeXError):
    code_name = "INSTALL_NOT_FOUND"


class InstallExpired(OfficeXError):
    code_name = "INSTALL_EXPIRED"


class LimitReached(OfficeXError):
    """Too many charges in a window. ``details["retry_after"]``: seconds, where the server told them."""

    code_name = "RATE_LIMITED"


class InsufficientFunds(OfficeXError):
    code_name = "INSUFFICIENT_FUNDS"


class LifetimeLimitReached(OfficeXError):
    code_name = "LIFETIME_LIMIT_REACHED"


class Forbidden(OfficeXError):
    code_name = "FORBIDDEN"


class DuplicateRequest(OfficeXError):
    code_name = "DUPLICATE_REQUEST"


class DuplicateJob(OfficeXError):
    code_name = "DUPLICATE_JOB"


class PreviousFailure(OfficeXError):
    code_name = "PREVIOUS_FAILURE"


class PaymentFailed(OfficeXError):
    code_name = "PAYMENT_FAILED"


class PayoutFailed(OfficeXError):
    code_name = "PAYOUT_FAILED"


class InternalFault(OfficeXError):
    code_name = "INTERNAL_ERROR"


class RefNotFound(OfficeXError):
    code_name = "REF_NOT_FOUND"


class ContentRejected(OfficeXError):
    code_name = "CONTENT_REJECTED"


class VoucherNotFound(OfficeXError):
    code_name = "VOUCHER_NOT_FOUND"


class ObjectNotFound(OfficeXError):
    """Something without a listed code of its own: a ledger entry, payout, thread, prompt, schedule, message."""


_BY_CODE: dict[str, type[OfficeXError]] = {
    kind.code_name: kind for kind in OfficeXError.__subclasses__() if kind.code_name
}


def error_of(code: str, status: int, message: str = "", **details: Any) -> OfficeXError:
    """The exception of a code; an unknown one is judged by its HTTP class."""
    facts = facts_of(code, status)
    kind = _BY_CODE.get(code) or (ObjectNotFound if status == 404 and code in CODES else OfficeXError)
    # The server's words say which field it was; ours say what to do.
    found = kind(code, message or facts.words, facts.way_on, status=status, **details)
    found.retry = facts.retry
    return found


def unreachable(reason: str, status: int | None = None) -> OfficeXUnreachable:
    found = OfficeXUnreachable(
        UNREACHABLE, f"OfficeX cannot be reached: {reason}.", "Try again; nothing is lost.", status=status
    )
    found.retry = Retry.SAFE
    return found


def read_answer(answer: httpx.Response, body: bytes) -> dict[str, Any]:
    """The fields of a good answer. Raises OfficeXError for all others."""
    status = answer.status_code
    if 300 <= status < 400:
        # Somebody between us and OfficeX wants us elsewhere; credentials do not go along.
        raise unreachable(f"it sends us to another address ({status})", status)
    try:
        document = loads(body, mends=True)
    except OfficeStudioError:
        raise unreachable(f"what answered with {status} is not OfficeX", status) from None
    if not isinstance(document, dict):
        raise unreachable(f"what answered with {status} is not OfficeX", status)
    if 200 <= status < 300 and document.get("success") is not False:
        return document
    error = document.get("error")
    fields = error if isinstance(error, dict) else {}
    code, message = fields.get("code"), fields.get("message")
    details: dict[str, Any] = {}
    wait = answer.headers.get("retry-after", "")
    if wait.isascii() and wait.isdigit() and len(wait) < 10:
        details["retry_after"] = int(wait)
    return _raise(
        code if isinstance(code, str) else "INTERNAL_ERROR" if status >= 500 else "INVALID_REQUEST",
        status,
        message[:500] if isinstance(message, str) else "",
        details,
    )


def _raise(code: str, status: int, message: str, details: dict[str, Any]) -> dict[str, Any]:
    raise error_of(code, status, message, **details)
