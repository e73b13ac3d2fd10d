"""Answers of OfficeX as values. Unknown fields are ignored, missing ones get what the contract says they default to.

Input is JSON as ``money.loads`` reads it: numbers are ``Decimal``. Amounts come out as micro-credits, times as
milliseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from office_studio.core.officex.limits import NEVER, Limits, Usage
from office_studio.core.officex.money import MICRO
from office_studio.core.officex.reservations import ReservationStatus

T = TypeVar("T")
Json = Mapping[str, Any]


class NotUnderstood(ValueError):
    """An answer lacks what it must have."""


@dataclass(frozen=True, slots=True)
class Profile:
    user_id: str
    email: str
    wallet_id: str
    status: str


@dataclass(frozen=True, slots=True)
class WalletBalance:
    """Micro-credits. ``owner_type``: "user", "app", or "" when the answer does not say."""

    wallet_id: str
    available: int
    reserved: int
    total: int
    owner_type: str = ""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    log_id: str
    type: str
    delta_available: int
    delta_reserved: int
    available_after: int
    reserved_after: int
    created_ms: int | None
    app_id: str = ""
    install_id: str = ""
    job_id: str = ""
    metadata: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReservationView:
    """A reservation as a server tells it; amounts in micro-credits, all of them running totals."""

    reservation_id: str
    job_id: str
    amount: int
    settled: int
    remaining: int
    refunded: int
    status: str
    app_id: str = ""
    install_id: str = ""
    created_ms: int | None = None
    metadata: Json = field(default_factory=dict)
    log_id: str = ""  # in a vendor's inbox
    is_acked: bool = False

    @property
    def is_open(self) -> bool:
        return self.status in (ReservationStatus.RESERVED.value, ReservationStatus.PARTIAL.value)


@dataclass(frozen=True, slots=True)
class InstallView:
    install_id: str
    app_id: str
    user_id: str
    status: str
    limits: Limits
    usage: Usage
    nickname: str = ""
    installed_ms: int | None = None
    agent_context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AppView:
    """An app as catalog or vendor see it. ``fields``: everything of section 13 as it came."""

    app_id: str
    slug: str
    name: str
    fields: Json

    def text(self, name: str) -> str:
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.fields.get(name)
        return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()

    @property
    def icon(self) -> str:
        """Its emoji; "" for a picture or none."""
        icon = self.fields.get("icon")
        is_emoji = isinstance(icon, Mapping) and icon.get("type") == "emoji"
        return str(icon.get("content", "")) if is_emoji and isinstance(icon, Mapping) else ""


@dataclass(frozen=True, slots=True)
class PayoutView:
    payout_id: str
    wallet_id: str
    amount: int
    status: str
    usd: Decimal
    destination: Json
    failure_reason: str
    history: tuple[tuple[str, int | None], ...]  # status, when
    created_ms: int | None


@dataclass(frozen=True, slots=True)
class VoucherView:
    code: str
    credits: int
    is_active: bool = True
    expires_at: int = NEVER


@dataclass(frozen=True, slots=True)
class InboxMessage:
    message_id: str
    id: str
    app_id: str
    install_id: str
    title: str
    text: str
    url: str
    created_ms: int | None


@dataclass(frozen=True, slots=True)
class ThreadView:
    thread_id: str
    title: str
    project_id: str
    tracer_id: str
    updated_ms: int | None
    message_count: int


@dataclass(frozen=True, slots=True)
class ChatMessage:
    message_id: str
    role: str
    content: str
    status: str
    created_ms: int | None


# -- readers ---------------------------------------------------------------------------------------
def micro(value: Any) -> int:
    """Raises NotUnderstood. Other servers may send more than six decimals; those are rounded half-even."""
    if isinstance(value, Decimal) and value.is_finite() and value.copy_abs() < Decimal(10) ** 12:
        return int((value * MICRO).to_integral_value())
    raise NotUnderstood(f"{value!r} is not an amount")


def text(data: Json, name: str) -> str:
    """Raises NotUnderstood where it is missing."""
    value = data.get(name)
    if not isinstance(value, str):
        raise NotUnderstood(f"the answer has no {name}")
    return value


def optional(data: Json, name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def moment(value: Any) -> int | None:
    """Milliseconds since 1970 of an ISO 8601 time; None for anything else."""
    try:
        return int(datetime.fromisoformat(value).timestamp() * 1000) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None


def listed(data: Json, name: str, read: Callable[[Json], T]) -> list[T]:
    """Raises NotUnderstood. Items that are no objects are left out."""
    value = data.get(name)
    if not isinstance(value, list):
        raise NotUnderstood(f"the answer has no list of {name}")
    return [read(item) for item in value if isinstance(item, Mapping)]


def cursor(data: Json) -> str:
    """Of the next page; "" on the last one."""
    paging = data.get("pagination")
    return optional(paging, "cursor") if isinstance(paging, Mapping) else ""


def inner(data: Json, name: str) -> Json:
    value = data.get(name)
    if not isinstance(value, Mapping):
        raise NotUnderstood(f"the answer has no {name}")
    return value


def _whole(data: Json, name: str, default: int) -> int:
    value = data.get(name)
    return int(value) if isinstance(value, Decimal) and value.is_finite() and value.adjusted() < 18 else default


def _object(data: Json, name: str) -> Json:
    value = data.get(name)
    return value if isinstance(value, Mapping) else {}


def profile(data: Json) -> Profile:
    return Profile(
        text(data, "user_id"), optional(data, "email"), optional(data, "wallet_id"), optional(data, "status")
    )


def wallet_balance(data: Json) -> WalletBalance:
    available, reserved = micro(data.get("available")), micro(data.get("reserved"))
    return WalletBalance(
        text(data, "wallet_id"), available, reserved, available + reserved, optional(data, "owner_type")
    )


def ledger_entry(data: Json) -> LedgerEntry:
    return LedgerEntry(
        text(data, "log_id"),
        text(data, "type"),
        micro(data.get("delta_available", Decimal(0))),
        micro(data.get("delta_reserved", Decimal(0))),
        micro(data.get("available_after", Decimal(0))),
        micro(data.get("reserved_after", Decimal(0))),
        moment(data.get("created_at")),
        optional(data, "app_id"),
        optional(data, "install_id"),
        optional(data, "job_id"),
        _object(data, "metadata"),
    )


def reservation(data: Json) -> ReservationView:
    amount, settled = micro(data.get("amount_reserved")), micro(data.get("settled_amount", Decimal(0)))
    remaining = micro(data.get("remaining_reserved", Decimal(amount - settled) / MICRO))
    return ReservationView(
        text(data, "reservation_id"),
        optional(data, "job_id"),
        amount,
        settled,
        remaining,
        micro(data.get("refunded_amount", Decimal(amount - settled - remaining) / MICRO)),
        text(data, "status"),
        optional(data, "app_id"),
        optional(data, "install_id"),
        moment(data.get("created_at")),
        _object(data, "metadata"),
        optional(data, "log_id"),
        data.get("acked") is True,
    )


def install(data: Json) -> InstallView:
    counts, cap = _object(data, "usage"), data.get("lifetime_spend_limit")
    lifetime = NEVER if not isinstance(cap, Decimal) or cap < 0 else micro(cap)
    context = _object(data, "agent_context")
    return InstallView(
        text(data, "install_id"),
        text(data, "app_id"),
        optional(data, "user_id"),
        optional(data, "status") or "active",
        Limits(
            _whole(data, "max_per_hour", 100),
            _whole(data, "max_per_day", 300),
            _whole(data, "max_per_month", 1000),
            _whole(data, "allowed_until", NEVER),
            lifetime,
        ),
        Usage(
            _whole(counts, "hour", 0),
            _whole(counts, "day", 0),
            _whole(counts, "month", 0),
            micro(data.get("lifetime_spent", Decimal(0))),
            micro(data.get("open_reserved", Decimal(0))),
        ),
        optional(data, "nickname"),
        moment(data.get("installed_at")),
        {str(key): value for key, value in context.items() if isinstance(value, str)},
    )


def app(data: Json) -> AppView:
    return AppView(text(data, "app_id"), optional(data, "slug"), optional(data, "name"), dict(data))


def payout(data: Json) -> PayoutView:
    steps = data.get("history")
    history = tuple(
        (optional(step, "status"), moment(step.get("at"))) for step in (steps if isinstance(steps, list) else [])
        if isinstance(step, Mapping)
    )  # fmt: skip
    usd = data.get("usd")
    return PayoutView(
        text(data, "payout_id"),
        optional(data, "wallet_id"),
        micro(data.get("amount", Decimal(0))),
        text(data, "status"),
        usd if isinstance(usd, Decimal) else Decimal(0),
        _object(data, "destination"),
        optional(data, "failure_reason"),
        history,
        moment(data.get("created_at")),
    )


def voucher(data: Json) -> VoucherView:
    is_active = data.get("active") is not False
    return VoucherView(text(data, "code"), micro(data.get("credits")), is_active, _whole(data, "expires_at", NEVER))


def inbox_message(data: Json) -> InboxMessage:
    return InboxMessage(
        text(data, "message_id"),
        optional(data, "id"),
        optional(data, "app_id"),
        optional(data, "install_id"),
        optional(data, "title"),
        optional(data, "text"),
        optional(data, "url"),
        moment(data.get("created_at")),
    )


def thread(data: Json) -> ThreadView:
    return ThreadView(
        text(data, "thread_id"),
        optional(data, "title"),
        optional(data, "project_id"),
        optional(data, "tracer_id"),
        moment(data.get("updated_at")),
        _whole(data, "message_count", 0),
    )


def chat_message(data: Json) -> ChatMessage:
    return ChatMessage(
        optional(data, "message_id"),
        optional(data, "role"),
        optional(data, "content"),
        optional(data, "status"),
        moment(data.get("created_at")),
    )
