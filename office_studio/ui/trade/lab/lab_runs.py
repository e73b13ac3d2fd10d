"""Runs of the billing lab: what was asked, what came of it, what breaking off half-way would have cost. No Qt."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from office_studio.core.officex.codes import UNREACHABLE
from office_studio.errors import OfficeStudioError
from office_studio.services.officex.billing import BLOCK, FACTS, BillingRun, Pattern, Step, outcomes, run_pattern
from office_studio.services.officex.till import Till

MOST_ITEMS = 500


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run. ``price``: micro-credits each; ``failure_rate``: 0 to 1. The same ``seed`` fails the same items."""

    patterns: tuple[Pattern, ...]
    items: int
    price: int
    failure_rate: float
    seed: int

    @property
    def worst_case(self) -> int:
        """Micro-credits that all of it can take at most, were no item to fail."""
        return sum(worst_case(one, self.items, self.price) for one in self.patterns)


def worst_case(pattern: Pattern, items: int, price: int) -> int:
    """Micro-credits that a pattern can take at most."""
    if pattern is Pattern.FREE:
        return 0
    if pattern is Pattern.INTERNAL:
        return -(-items // BLOCK) * BLOCK * price  # whole blocks only
    return items * price


class State(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"  # by the user
    BROKEN = "broken"  # OfficeX could not be reached any more


@dataclass(frozen=True, slots=True)
class Point:
    """After one call: at which moment (items worked on, with a fraction for calls in a row), and what was held and
    taken by then (micro-credits)."""

    at: float
    held: int
    taken: int
    step: Step


@dataclass(frozen=True, slots=True)
class Crash:
    """What an app that dies after half of the items leaves behind, before it is started again. Micro-credits.

    Attributes:
        held: Nobody gives it back until the app, or an uninstall, does.
        ahead: Paid for items that were not delivered yet.
        unpaid: Worth of items delivered and not yet charged.
    """

    held: int = 0
    ahead: int = 0
    unpaid: int = 0


@dataclass(frozen=True, slots=True)
class LabRow:
    """One pattern of a plan. ``taken``: micro-credits so far. ``run``, ``crash``: once it has come to its end."""

    pattern: Pattern
    plan: Plan
    state: State = State.WAITING
    steps: tuple[Step, ...] = ()
    taken: int = 0
    run: BillingRun | None = None
    crash: Crash = Crash()

    @property
    def name(self) -> str:
        return FACTS[self.pattern][0]

    @property
    def items_done(self) -> int:
        if self.run is not None:
            return self.run.delivered + self.run.failed
        return self.steps[-1].done if self.steps else 0


def course(steps: Sequence[Step]) -> list[Point]:
    """What was held and taken after each call. Calls with no work between them share a moment, one after the other."""
    held: dict[str, int] = {}
    taken, found = 0, []
    for done, group in itertools.groupby(steps, key=lambda step: step.done):
        calls = list(group)
        for number, step in enumerate(calls):
            taken += _apply(step, held)
            found.append(Point(done + 0.5 * number / len(calls), sum(held.values()), taken, step))
    return found


def open_jobs(steps: Sequence[Step]) -> list[str]:
    """Jobs that hold credits, or may: of a reserve whose answer was lost nobody knows."""
    held: dict[str, int] = {}
    for step in steps:
        is_in_doubt = step.call == "reserve" and step.code == UNREACHABLE
        _apply(replace(step, code="") if is_in_doubt else step, held)
    return list(held)


def _apply(step: Step, held: dict[str, int]) -> int:
    """Note what a call did to what is held; micro-credits it took."""
    if step.code:
        return 0
    if step.call == "reserve":
        held[step.job_id] = step.micro
    elif step.call == "cancel":
        held.pop(step.job_id, None)
    elif step.call in ("sip", "settle"):
        held[step.job_id] = held.get(step.job_id, 0) - step.micro
        if step.call == "settle":
            held.pop(step.job_id)
        return step.micro
    return 0


def crash_half_way(pattern: Pattern, plan: Plan, steps: Sequence[Step], done: int) -> Crash:
    """Read off the calls that really were made: those before the one that would have followed the item in the middle.

    ``done``: items worked on before the run ended, for one that was refused early.
    """
    half = min((plan.items + 1) // 2, done)
    points = course([step for step in steps if step.done < half])
    if not points or pattern is Pattern.FREE:
        return Crash()
    works = outcomes(plan.items, plan.failure_rate, plan.seed)
    worth = sum(works[:half]) * plan.price
    return Crash(points[-1].held, max(0, points[-1].taken - worth), max(0, worth - points[-1].taken))


class _Stopped(Exception):
    """The user had enough."""


async def bill(
    till: Till, plan: Plan, run_id: str, on_row: Callable[[LabRow], None], is_wanted: Callable[[], bool]
) -> None:
    """Run the patterns of a plan one after the other; ``on_row`` is told after each call.

    Once ``is_wanted`` says no it ends after the call under way. However it ends, what it holds is given back.
    Raises OfficeXError when OfficeX cannot be reached.
    """
    for pattern in plan.patterns:
        if not is_wanted():
            return
        await _bill_one(till, plan, pattern, f"{run_id}-{pattern.value}", on_row, is_wanted)


async def _bill_one(
    till: Till,
    plan: Plan,
    pattern: Pattern,
    run_id: str,
    on_row: Callable[[LabRow], None],
    is_wanted: Callable[[], bool],
) -> None:
    steps: list[Step] = []
    taken = 0
    is_stopping = False

    def on_step(step: Step) -> None:
        nonlocal taken, is_stopping
        steps.append(step)
        taken += 0 if step.code or step.call not in ("sip", "settle") else step.micro
        on_row(LabRow(pattern, plan, State.RUNNING, tuple(steps), taken))
        if not is_stopping and not is_wanted():
            is_stopping = True  # once: the calls that give back what is held come through here too
            raise _Stopped

    on_row(LabRow(pattern, plan, State.RUNNING))
    try:
        run = await run_pattern(
            till, pattern, plan.items, plan.price, plan.failure_rate, plan.seed, run_id=run_id, on_step=on_step
        )
    except BaseException as error:
        await _give_back(till, steps)
        is_stopped = isinstance(error, _Stopped)
        on_row(LabRow(pattern, plan, State.STOPPED if is_stopped else State.BROKEN, tuple(steps), taken))
        if not is_stopped:
            raise
        return
    crash = crash_half_way(pattern, plan, steps, run.delivered + run.failed)
    on_row(LabRow(pattern, plan, State.DONE, tuple(steps), taken, run, crash))


async def _give_back(till: Till, steps: list[Step]) -> None:
    done = steps[-1].done if steps else 0
    for job in open_jobs(steps):
        try:
            await till.cancel(f"RESV#{job}")
        except OfficeStudioError as error:
            steps.append(Step("cancel", job, 0, error.code, done))
        else:
            steps.append(Step("cancel", job, 0, done=done))
