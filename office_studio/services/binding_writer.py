"""Sends changes of who sits where to an office: reads first, keeps swaps whole, reports what was not done.

A swap is two calls. When the second fails, the first is undone, for which the writer also waits a few seconds for an
office that does not answer; only when that fails too is an agent left without its seat, and then it is named.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from office_studio.core.office.model import Binding
from office_studio.core.office.seat_changes import Change, ChangeKind, changed_meanwhile, changes_to, losers, seated
from office_studio.errors import ApiError, AuthError, ConflictError, OfficeStudioError

if TYPE_CHECKING:
    from office_studio.services.office_client import OfficeClient

Progress = Callable[[int, int, Change], None]  # calls done, calls in all, the change just done
RESTORE_WAITS_S = (0.0, 0.2, 0.5, 1.0, 2.0)  # before each attempt to put back a half-done swap
_FAULTS_IN_A_ROW = 3  # then the office is not asked any more

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """A change that was not done. ``error.message`` says why; a swap was undone unless its agents are adrift."""

    change: Change
    error: OfficeStudioError


@dataclass(slots=True)
class WriteReport:
    """How it went.

    Attributes:
        rows: As the office has them afterwards; None when it could not be asked.
        remaining: Changes that were not tried: it was cancelled, or ``stopped_by`` made trying useless.
        adrift: Agents that had a seat, should have one, and have none that we know of, with the slot they had.
        in_doubt: The same for agents that have none if the call whose answer got lost was carried out. Only filled
            when the office could not be asked afterwards.
    """

    done: list[Change] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    remaining: tuple[Change, ...] = ()
    was_cancelled: bool = False
    stopped_by: OfficeStudioError | None = None
    adrift: dict[str, int] = field(default_factory=dict)
    in_doubt: dict[str, int] = field(default_factory=dict)
    rows: tuple[Binding, ...] | None = None

    @property
    def is_complete(self) -> bool:
        return not (self.failed or self.remaining or self.stopped_by or self.adrift or self.in_doubt)


async def write_changes(
    client: OfficeClient,
    theme_id: str,
    changes: Sequence[Change],
    *,
    expected: Mapping[int, str] | None = None,
    progress: Progress | None = None,
    is_cancelled: Callable[[], bool] = lambda: False,
    restore_waits_s: Sequence[float] = RESTORE_WAITS_S,
) -> WriteReport:
    """Carry out ``changes``, one call after the other. Cancelling takes effect between two changes, never in a swap.

    Args:
        expected: Slot -> agent that the changes start from; None takes what the office has now for it.

    Raises:
        ConflictError: ASSIGNMENT_OUTDATED, when a slot concerned has somebody else than expected;
            ``details["bindings"]`` holds the rows as they are. Nothing was written.
        ApiError: ASSIGNMENT_OFFLINE, when the office could not even be read. Nothing was written.
        OfficeStudioError: the office refused to be read.
    """
    rows = await _read_first(client, theme_id)
    if expected is not None:
        check_unchanged(rows, expected, changes)
    writer = _Writer(client, theme_id, rows, restore_waits_s)
    return await writer.write(changes, progress, is_cancelled)


def check_unchanged(rows: Iterable[Binding], expected: Mapping[int, str], changes: Iterable[Change]) -> None:
    """Raises ConflictError ASSIGNMENT_OUTDATED when a slot that the changes concern is not as expected."""
    found = tuple(rows)
    differing = changed_meanwhile(found, expected, changes)
    if differing:
        raise ConflictError(
            "ASSIGNMENT_OUTDATED",
            f"Slot {differing[0]} was changed by someone else meanwhile. Nothing was changed.",
            "Look at the seats again, then repeat the change.",
            bindings=found,
            slot=differing[0],
            slots=differing,
        )


class _Writer:
    def __init__(
        self, client: OfficeClient, theme_id: str, rows: Sequence[Binding], restore_waits_s: Sequence[float]
    ) -> None:
        self._client, self._theme_id, self._waits_s = client, theme_id, restore_waits_s
        self._before, self._now = seated(rows), seated(rows)
        self._maybe: dict[int, str] | None = None  # who sits where if the call without an answer was carried out
        self._report = WriteReport(rows=tuple(rows))
        self._faults = 0
        self._gone: set[str] = set()  # agents the office does not know any more

    async def write(
        self, changes: Sequence[Change], progress: Progress | None, is_cancelled: Callable[[], bool]
    ) -> WriteReport:
        report, total, calls = self._report, sum(change.calls for change in changes), 0
        groups = [tuple(group) for _, group in itertools.groupby(changes, key=lambda change: change.group)]
        for number, group in enumerate(groups):
            if is_cancelled() or report.stopped_by is not None:
                report.was_cancelled = report.stopped_by is None
                report.remaining = tuple(change for rest in groups[number:] for change in rest)
                break
            await self._write_group(group)
            calls += sum(change.calls for change in group)
            if progress is not None:
                progress(calls, total, group[-1])
        if changes:
            await self._read_last(changes)
        return report

    async def _write_group(self, group: tuple[Change, ...]) -> None:
        before = dict(self._now)
        try:
            for change in group:
                self._check_nobody_waits(change)
                await self._send(change)
            self._report.done.extend(change for change in group if not change.is_aside)
            self._faults = 0
        except OfficeStudioError as error:
            await self._on_failed(group, before, error)
        except asyncio.CancelledError:
            await self._restore(group, before)  # the task is being ended; half a swap must not stay behind
            raise

    async def _on_failed(self, group: tuple[Change, ...], before: dict[int, str], error: OfficeStudioError) -> None:
        if not _is_one_call(group):
            await self._restore(group, before)
        elif error.code == "BINDING_FOREIGN_AGENT":
            self._gone.add(group[0].agent_id)
        if _is_done(group, self._now):  # the answer got lost, not the call
            self._report.done.extend(change for change in group if not change.is_aside)
        else:
            self._report.failed.extend(Failure(change, error) for change in group if not change.is_aside)
        if _ends_it(error):
            self._report.stopped_by = error
        elif error.details.get("status", 0) >= 500:
            self._faults += 1
            if self._faults >= _FAULTS_IN_A_ROW:
                self._report.stopped_by = error

    def _check_nobody_waits(self, change: Change) -> None:
        """An agent that could not be moved away keeps its seat: it must not be pushed out by the next one."""
        sitting = self._now.get(change.slot)
        if change.kind in (ChangeKind.SET, ChangeKind.MOVE) and sitting not in (
            None,
            change.agent_id,
            change.other_id,
        ):
            raise ConflictError(
                "SEAT_STILL_TAKEN",
                f"Slot {change.slot} is still taken by an agent that could not be moved.",
                "Mend what hindered that move, then apply it again.",
            )

    async def _send(self, change: Change) -> None:
        if change.kind is ChangeKind.CLEAR:
            await self._client.unbind(self._theme_id, change.slot)
            self._now.pop(change.slot, None)
            return
        await self._bind(change.slot, change.agent_id)
        if change.kind is ChangeKind.SWAP:
            assert change.from_slot is not None
            assert change.other_id is not None
            await self._bind(change.from_slot, change.other_id)

    async def _bind(self, slot: int, agent_id: str) -> None:
        after = {at: who for at, who in self._now.items() if who != agent_id} | {slot: agent_id}
        try:
            await self._client.bind(self._theme_id, slot, agent_id)
        except OfficeStudioError as error:
            if _has_no_answer(error):
                self._maybe = after
            raise
        self._now = after

    async def _restore(self, group: tuple[Change, ...], before: dict[int, str]) -> None:
        """Bring the slots of a half-done group back to what they were, as far as the office lets us."""
        slots = {slot for change in group for slot in (change.slot, change.from_slot) if slot is not None}
        for wait_s in self._waits_s:
            await asyncio.sleep(wait_s)
            try:
                rows = await self._client.bindings(self._theme_id)
                self._know(rows)
                if _is_done(group, self._now):
                    return
                for change in changes_to(rows, {slot: before.get(slot) for slot in slots}):
                    await self._put_back(change)
                return
            except OfficeStudioError as error:
                _log.warning("a half-done swap could not be put back yet: %s (%s)", error.message, error.code)
                if isinstance(error, AuthError):
                    return

    async def _put_back(self, change: Change) -> None:
        try:
            await self._send(change)
        except AuthError as error:
            if error.code != "BINDING_FOREIGN_AGENT":
                raise
            # Deleted meanwhile. Its partner, if any, has no reason to wait for it.
            self._gone.add(change.agent_id)

    async def _read_last(self, changes: Sequence[Change]) -> None:
        report = self._report
        try:
            report.rows = await self._client.bindings(self._theme_id)
            self._know(report.rows)
        except OfficeStudioError as error:
            report.rows = None
            report.stopped_by = report.stopped_by or error
        else:
            late = [failure for failure in report.failed if _is_done((failure.change,), self._now)]
            report.done.extend(failure.change for failure in late)
            report.failed = [failure for failure in report.failed if failure not in late]
        # An office that cannot be asked has what its last answers let us know.
        leaving = self._gone.union(losers(changes))
        report.adrift = self._without_seat(self._now, leaving)
        if self._maybe is not None:
            report.in_doubt = self._without_seat(self._maybe, leaving | report.adrift.keys())

    def _know(self, rows: Sequence[Binding]) -> None:
        """What the office said itself: nothing is in doubt any more."""
        self._now, self._maybe = seated(rows), None

    def _without_seat(self, seating: Mapping[int, str], leaving: Set[str]) -> dict[str, int]:
        seats = set(seating.values())
        return {who: slot for slot, who in self._before.items() if who not in seats and who not in leaving}


async def _read_first(client: OfficeClient, theme_id: str) -> tuple[Binding, ...]:
    try:
        return await client.bindings(theme_id)
    except ApiError as error:
        if "status" in error.details or error.code == "OFFICE_NOT_AN_OFFICE":
            raise
        raise ApiError(
            "ASSIGNMENT_OFFLINE",
            f"The office does not answer, so nothing was changed. {error.message}",
            "Try again when it is back; a seat plan can be kept and applied then.",
            cause=error.code,
        ) from error


def _is_done(group: tuple[Change, ...], now: Mapping[int, str]) -> bool:
    for change in group:
        if change.is_aside:
            continue
        if now.get(change.slot) != (None if change.kind is ChangeKind.CLEAR else change.agent_id):
            return False
        if change.kind is ChangeKind.SWAP and now.get(change.from_slot or 0) != change.other_id:
            return False
    return True


def _is_one_call(group: tuple[Change, ...]) -> bool:
    """One call is all or nothing on the server."""
    return sum(change.calls for change in group) == 1


def _ends_it(error: OfficeStudioError) -> bool:
    """Whether every further call would fail the same way: no answer at all, or the token is refused."""
    if error.code in ("OFFICE_UNAUTHORIZED", "ACCOUNT_BANNED", "USERNAME_REQUIRED", "OFFICE_RATE_LIMITED"):
        return True
    return _has_no_answer(error) and error.code != "SEAT_STILL_TAKEN"


def _has_no_answer(error: OfficeStudioError) -> bool:
    return isinstance(error, ApiError) and "status" not in error.details
