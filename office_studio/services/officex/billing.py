"""The five ways for an app to bill (contract, section 18.4), run against a real till item by item."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

from office_studio.core.officex.codes import UNREACHABLE
from office_studio.services.officex.errors import DuplicateJob, OfficeXError
from office_studio.services.officex.outbox import NOTICES
from office_studio.services.officex.till import Till

T = TypeVar("T")


class Pattern(StrEnum):
    FREE = "free"
    ONE_TIME = "one-time"
    PROGRESSIVE = "progressive"
    SUBSCRIPTION = "subscription"
    INTERNAL = "internal-credits"


FACTS: Mapping[Pattern, tuple[str, str]] = {  # what it is called, what it does
    Pattern.FREE: ("Free", "No charge; news goes to the inbox."),
    Pattern.ONE_TIME: (
        "One-time",
        "Each item is a sale: reserve, work, settle; cancel when the work fails.",
    ),
    Pattern.PROGRESSIVE: (
        "Progressive",
        "One reservation for all, a sip for each item that worked, then the rest goes back.",
    ),
    Pattern.SUBSCRIPTION: ("Subscription-like", "One charge a period; all items of the period are covered."),
    Pattern.INTERNAL: ("Internal credits", "Sells a block at once and counts the items down in the app's own ledger."),
}
PERIOD = 10  # items of one period of SUBSCRIPTION
BLOCK = 20  # items that one top-up of INTERNAL pays for


@dataclass(frozen=True, slots=True)
class Step:
    """One call to OfficeX. ``micro``: credits it was about; ``code``: "" when it worked; ``done``: items worked on
    before it."""

    call: str  # "reserve", "sip", "settle", "cancel", "inbox"
    job_id: str
    micro: int
    code: str = ""
    done: int = 0


@dataclass(frozen=True, slots=True)
class BillingRun:
    """What a run did. Amounts are micro-credits.

    Attributes:
        delivered, failed, unserved: Items that worked; that failed at work; that nobody paid for. They add up to items.
        income: What the app earned.
        refunded: What was held and went back to the user.
        minted: Credits in the app's own ledger (INTERNAL only): bought minus used.
        stopped_by: Code of the refusal that ended the run early, or "".
    """

    pattern: Pattern
    items: int
    price: int
    steps: tuple[Step, ...] = ()
    delivered: int = 0
    failed: int = 0
    unserved: int = 0
    income: int = 0
    refunded: int = 0
    minted: int = 0
    stopped_by: str = ""

    @property
    def calls(self) -> int:
        return len(self.steps)

    @property
    def worth(self) -> int:
        """What the delivered items are worth at their price."""
        return self.delivered * self.price


def outcomes(items: int, failure_rate: float, seed: int) -> list[bool]:
    """Which items work: the same for the same figures, whatever the pattern."""
    chance = random.Random(seed)
    return [chance.random() >= failure_rate for _ in range(items)]


async def run_pattern(
    till: Till,
    pattern: Pattern,
    items: int,
    price: int,
    failure_rate: float = 0.0,
    seed: int = 0,
    *,
    run_id: str = "run",
    on_step: Callable[[Step], None] | None = None,
) -> BillingRun:
    """Do ``items`` pieces of work at ``price`` micro-credits each, of which some fail, and bill them by ``pattern``.

    Which items fail follows from ``seed``. ``run_id`` begins every job id: the same id again charges nothing twice,
    since a job has one reservation for ever. A refusal of OfficeX (no funds, limit, cap, expired) ends the run early
    and stands in ``stopped_by``; what is held then is given back.

    Raises OfficeXUnreachable when OfficeX cannot be reached, ValueError for negative figures.
    """
    if items < 0 or price < 0 or not 0 <= failure_rate <= 1:
        raise ValueError("items and price are 0 or more, failure_rate is 0 to 1")
    if price == 0:
        pattern = Pattern.FREE  # nothing can be reserved for nothing
    works = outcomes(items, failure_rate, seed)
    lab = _Lab(till, run_id, price, on_step)
    try:
        await _RUNS[pattern](lab, works)
    except _Stopped as stopped:
        lab.stopped_by = stopped.code
    return BillingRun(
        pattern,
        items,
        price,
        tuple(lab.steps),
        delivered=lab.delivered,
        failed=lab.failed,
        unserved=items - lab.delivered - lab.failed,
        income=lab.income,
        refunded=lab.refunded,
        minted=lab.minted,
        stopped_by=lab.stopped_by,
    )


class _Stopped(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class _Lab:
    till: Till
    run_id: str
    price: int
    on_step: Callable[[Step], None] | None
    steps: list[Step] = field(default_factory=list)
    delivered: int = 0
    failed: int = 0
    income: int = 0
    refunded: int = 0
    minted: int = 0
    stopped_by: str = ""
    _left: dict[str, int] = field(default_factory=dict)  # what each job holds

    def work(self, works: bool) -> bool:
        """One item; whether it worked."""
        if works:
            self.delivered += 1
        else:
            self.failed += 1
        return works

    async def reserve(self, job_id: str, micro: int) -> bool:
        """Hold credits. False when this job was billed by an earlier run. Raises _Stopped for a refusal."""
        try:
            await self._call("reserve", job_id, micro, self.till.reserve(micro, job_id))
        except DuplicateJob:
            # Ours from before: go on with it while it is open, else it has been paid.
            view = await self.till.reservation(f"RESV#{job_id}")
            self._left[job_id] = view.remaining
            return view.is_open
        except OfficeXError as error:
            if error.code == UNREACHABLE:
                raise
            await self._tell(job_id, error)
            raise _Stopped(error.code) from error
        self._left[job_id] = micro
        return True

    async def settle(self, job_id: str, micro: int, *, final: bool) -> None:
        name = "settle" if final else "sip"
        await self._call(name, job_id, micro, self.till.settle(f"RESV#{job_id}", micro, final=final))
        self.income += micro
        self._left[job_id] -= micro
        if final:
            self.refunded += self._left.pop(job_id)

    async def cancel(self, job_id: str) -> None:
        self.refunded += await self._call("cancel", job_id, 0, self.till.cancel(f"RESV#{job_id}"))

    async def letter(self, job_id: str, title: str, words: str) -> None:
        await self._call("inbox", job_id, 0, self.till.tell(job_id[:200], title, words))

    @asynccontextmanager
    async def held(self, job_id: str) -> AsyncIterator[None]:
        """Gives back what a job holds when its work is broken off (18.3, rule 7)."""
        try:
            yield
        except BaseException:
            await self.cancel(job_id)
            raise

    async def _tell(self, job_id: str, error: OfficeXError) -> None:
        prefix, title, words = NOTICES.get(error.code, ("", "", ""))
        if prefix:
            try:
                await self.letter(f"{prefix}-{job_id}", title, words)
            except OfficeXError:
                pass  # a letter is a courtesy; its step is noted

    async def _call(self, name: str, job_id: str, micro: int, call: Awaitable[T]) -> T:
        step = Step(name, job_id, micro, done=self.delivered + self.failed)
        try:
            return await call
        except OfficeXError as error:
            step = replace(step, code=error.code)
            raise
        finally:
            self.steps.append(step)
            if self.on_step is not None:
                self.on_step(step)


async def _free(lab: _Lab, works: list[bool]) -> None:
    for one in works:
        lab.work(one)
    if works:
        await lab.letter(f"{lab.run_id}-news", "Done", f"{lab.delivered} of {len(works)} items are ready.")


async def _one_time(lab: _Lab, works: list[bool]) -> None:
    for number, one in enumerate(works):
        job = f"{lab.run_id}-{number}"
        is_ours = await lab.reserve(job, lab.price)
        if not lab.work(one):
            if is_ours:
                await lab.cancel(job)
        elif is_ours:
            async with lab.held(job):
                await lab.settle(job, lab.price, final=True)


async def _progressive(lab: _Lab, works: list[bool]) -> None:
    if not works:
        return
    job = f"{lab.run_id}-batch"
    if not await lab.reserve(job, len(works) * lab.price):
        return
    async with lab.held(job):
        for one in works:
            if lab.work(one):
                await lab.settle(job, lab.price, final=False)
        await lab.settle(job, 0, final=True)


async def _subscription(lab: _Lab, works: list[bool]) -> None:
    """A period is paid for when it begins, whatever fails in it."""
    for period in range(0, len(works), PERIOD):
        job = f"{lab.run_id}-sub-{period // PERIOD}"
        fee = min(PERIOD, len(works) - period) * lab.price
        if await lab.reserve(job, fee):
            async with lab.held(job):
                await lab.settle(job, fee, final=True)
        for one in works[period : period + PERIOD]:
            lab.work(one)


async def _internal(lab: _Lab, works: list[bool]) -> None:
    """Credits are minted only after a settle that was confirmed, once a reservation."""
    bought: set[str] = set()
    for one in works:
        if lab.minted < lab.price:
            job = f"{lab.run_id}-topup-{len(bought)}"
            if await lab.reserve(job, BLOCK * lab.price):
                async with lab.held(job):
                    await lab.settle(job, BLOCK * lab.price, final=True)
            if job not in bought:
                bought.add(job)
                lab.minted += BLOCK * lab.price
        if lab.work(one):
            lab.minted -= lab.price


_RUNS: dict[Pattern, Callable[[_Lab, list[bool]], Awaitable[None]]] = {
    Pattern.FREE: _free,
    Pattern.ONE_TIME: _one_time,
    Pattern.PROGRESSIVE: _progressive,
    Pattern.SUBSCRIPTION: _subscription,
    Pattern.INTERNAL: _internal,
}
