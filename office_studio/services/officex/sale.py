"""Selling a theme to one install: charged at most once for each major version, delivered through agent_context.

Pattern 2 of the contract's section 18.4: reserve the price under the natural key of what is sold, then settle it whole.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from office_studio.core.officex.wire import ReservationView
from office_studio.errors import OfficeStudioError
from office_studio.services.officex.errors import (
    DuplicateJob,
    InstallExpired,
    InsufficientFunds,
    LifetimeLimitReached,
    LimitReached,
    OfficeXError,
    ReservationNotFound,
)
from office_studio.services.officex.shop import Offer
from office_studio.services.officex.till import Till

MOST_TRIES = 4  # a job id whose reservation was given back is used up; the next one has a number

# Refusals that the buyer can end: what the letter is called (section 18.3, rule 6), its title, and the way on.
_LETTERS: dict[type[OfficeXError], tuple[str, str, str]] = {
    InstallExpired: ("renew", "May I charge for {name}?", "Extend my permission to charge, then it is yours at once."),
    InsufficientFunds: ("topup", "Not enough credits for {name}", "Add credits, then allow me to charge once more."),
    LimitReached: ("ratelimit", "Too many charges for now", "Raise the limit, or wait until the window is over."),
    LifetimeLimitReached: ("cap", "{name} costs more than my cap", "Raise my spending cap to the price of the theme."),
}

Past = Callable[[str, str], Awaitable[ReservationView | None]]


@dataclass(frozen=True, slots=True)
class Sale:
    """How it ended. ``job_id``: what was paid, now or before; "" when it was not sold.

    Attributes:
        charged: Micro-credits that were taken just now.
        words: For the log.
        letter: Id, title and text of what to write to the buyer; None when there is nothing to say.
    """

    job_id: str
    charged: int
    words: str
    letter: tuple[str, str, str] | None = None

    @property
    def is_sold(self) -> bool:
        return bool(self.job_id)


async def sell(till: Till, offer: Offer, user_id: str, past: Past, is_paid: Callable[[str], bool]) -> Sale:
    """Take the price, unless it was taken before.

    Args:
        past: The reservation of (user, job) as the vendor's books have it, for those of an earlier install.
        is_paid: Whether our own book says that the user has paid a job.
    Raises:
        OfficeXError: OFFICEX_UNREACHABLE and faults. Nothing is known then; selling again later is safe.
    """
    if not offer.price:
        return Sale(offer.job_id, 0, "free, delivered")
    for number in range(MOST_TRIES):
        job_id = offer.job_id if not number else f"{offer.job_id}#{number + 1}"
        if is_paid(job_id):
            return Sale(job_id, 0, "paid before, delivered")
        about = {"theme_id": offer.theme_id, "version": offer.version, "customer": user_id}
        try:
            reservation_id = await till.reserve(offer.price, job_id, about)
        except DuplicateJob:
            found = await _known(till, job_id, user_id, past)
            if found is None:
                return Sale("", 0, "reserved before, and nobody knows how that ended")
            if found.is_open:
                await till.settle(found.reservation_id, found.remaining, final=True)
                return Sale(job_id, found.remaining, "begun before, settled now")
            if found.settled:
                return Sale(job_id, 0, "paid before, delivered")
            continue  # it was given back: nothing was paid under this key, and it cannot be used again
        except (InstallExpired, InsufficientFunds, LimitReached, LifetimeLimitReached) as error:
            return Sale("", 0, f"not sold: {error.code}", _letter(offer, job_id, error))
        await till.settle(reservation_id, offer.price, final=True)
        return Sale(job_id, offer.price, "sold")
    return Sale("", 0, f"given back {MOST_TRIES} times; not tried again")


async def _known(till: Till, job_id: str, user_id: str, past: Past) -> ReservationView | None:
    """The reservation that is there already: of this install, else of one before it."""
    try:
        return await till.reservation(f"RESV#{job_id}")
    except ReservationNotFound:
        return await past(user_id, job_id)


def _letter(offer: Offer, job_id: str, error: OfficeStudioError) -> tuple[str, str, str]:
    kind, title, way_on = _LETTERS[type(error)]  # type: ignore[index]
    return f"{kind}-{job_id}", title.format(name=offer.name)[:200], f"{error.message} {way_on}"
