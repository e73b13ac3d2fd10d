"""Safe installs: what an app may cost at worst, and calls in an order that never lets it charge unbounded. No Qt."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from office_studio.core.officex.limits import DEFAULTS, NEVER, WINDOWS, Limits
from office_studio.core.officex.money import MAX_MICRO, MICRO, Amount
from office_studio.core.officex.wire import AppView
from office_studio.errors import OfficeStudioError
from office_studio.services.officex.client import Installed, OfficeXClient
from office_studio.ui import formats
from office_studio.ui.trade import market_words

DAY_S = 86_400
_USUAL_CAP = 25 * MICRO
_PRICE = re.compile(r"\s*(\d{1,9}(?:\.\d{1,6})?)\s+credits?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Permission:
    """What an install may do. ``cap``: micro-credits ever, -1 without; ``until``: Unix seconds, -1 for ever."""

    per_hour: int
    per_day: int
    per_month: int
    cap: int
    until: int

    @property
    def counts(self) -> dict[str, int]:
        return {"max_per_hour": self.per_hour, "max_per_day": self.per_day, "max_per_month": self.per_month}


def floor_of(app: AppView | None, name: str) -> int:
    """The least this app takes of a limit; 0 when it does not say."""
    return _number(app, "minimum_rate_limits", name) or 0


def suggested(app: AppView, available: int, now_s: int) -> Permission:
    """What the dialog begins with: the app's own wishes, thirty days, and always a cap."""
    counts = {
        name: max(floor_of(app, name), _number(app, "suggested_rate_limits", name) or usual)
        for name, usual in DEFAULTS.items()
    }
    hour, day, month = counts.values()
    return Permission(hour, day, month, cap=suggested_cap(app, available), until=now_s + 30 * DAY_S)


def suggested_cap(app: AppView, available: int) -> int:
    """Free apps get nothing; what is bought once gets its price; others 25 credits, or what there is."""
    kind = app.text("price_type")
    if kind == "FREE":
        return 0
    prices = [int(Decimal(found[1]) * MICRO) for line in app.texts("pricing_lines") if (found := _PRICE.match(line))]
    if kind == "ONE_TIME" and prices:
        return min(max(prices), MAX_MICRO)
    return min(_USUAL_CAP, max(available // MICRO * MICRO, MICRO))


def takes_guard(app: AppView) -> bool:
    """Whether it can be installed without the right to charge, until its cap stands."""
    return _number(app, "minimum_rate_limits", "expires_at") is None


def worst_case(wanted: Permission, available: int, price: Decimal) -> str:
    """What it may cost, in words that leave nothing out."""
    if wanted.until != NEVER and wanted.until <= time.time():
        return "It is paused: it cannot charge anything."
    ends = "for as long as it is installed" if wanted.until == NEVER else f"until {_date(wanted.until)}"
    if wanted.cap == 0 or 0 in wanted.counts.values():
        return "It cannot charge anything."
    if wanted.cap == NEVER:
        return (
            f"It may take everything: the {market_words.amount(available)} in your wallet and what you add, {ends}. "
            "The counts below slow it down; they do not bound what one charge takes."
        )
    worth = market_words.dollars(wanted.cap, price)
    return (
        f"At worst it takes {market_words.amount(wanted.cap)} in all ({worth}), {ends}, then every charge is refused."
    )


def windows_told(wanted: Permission) -> str:
    """What the three counts mean."""
    hour, day, month = (formats.quantity(n) for n in wanted.counts.values())
    return (
        f"Up to {hour} charges an hour, {day} a day and {month} a month. Windows follow clock and calendar "
        "in UTC: a count begins anew at the full hour, at midnight, on the first of the month."
    )


async def install(
    client: OfficeXClient, app: AppView, wanted: Permission, keep: Callable[[Installed], Any]
) -> Installed:
    """Install without the right to charge, then set the cap together with that right.

    ``keep`` puts the secret away; it is awaited as soon as there is one, since it is told this once.

    Raises OfficeXError. Where the second step failed there is an install that cannot charge, code INSTALL_UNFINISHED.
    """
    counts: dict[str, int] = dict(wanted.counts)
    if takes_guard(app):
        counts["allowed_until"] = int(time.time()) - 1
    made = await client.install(app.slug or app.app_id, **counts)
    await keep(made)
    try:
        await client.change_install(made.install_id, **changes_of(wanted))
    except OfficeStudioError as error:
        raise OfficeStudioError(
            "INSTALL_UNFINISHED",
            f"{app.name} is installed, but its limits were not set: {error.message}",
            "It is on the Installs page: set its limits there, or uninstall it.",
        ) from error
    return made


def changes_of(wanted: Permission) -> dict[str, Any]:
    cap = Amount(wanted.cap) if wanted.cap != NEVER else NEVER
    return {**wanted.counts, "allowed_until": wanted.until, "lifetime_spend_limit": cap}


def permission_of(limits: Limits) -> Permission:
    return Permission(
        limits.max_per_hour, limits.max_per_day, limits.max_per_month, limits.lifetime_micro, limits.allowed_until
    )


def window_words(name: str) -> str:
    """ "an hour", "a day", "a month" of a limit's name."""
    return {"hour": "an hour", "day": "a day", "month": "a month"}[WINDOWS[name]]


def _date(at_s: int) -> str:
    return formats.date(at_s * 1000)


def _number(app: AppView | None, field: str, name: str) -> int | None:
    found = app.fields.get(field) if app is not None else None
    value = found.get(name) if isinstance(found, Mapping) else None
    return int(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else None
