"""Seats under random faults: calls that fail before or after the office has done them, answers of every kind."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from office_studio.core.office.model import Binding
from office_studio.core.office.seat_changes import changes_to, losers, whole_seating
from office_studio.errors import ApiError, AuthError, OfficeStudioError, ServerFault
from office_studio.services.binding_writer import WriteReport, write_changes

LOST = ApiError("OFFICE_CONNECTION_LOST", "The connection broke.")
FAULT = ServerFault("OFFICE_FAULT", "HTTP 500", status=500)
FOREIGN = AuthError("BINDING_FOREIGN_AGENT", "That agent does not exist.", status=403)
EXPIRED = AuthError("OFFICE_UNAUTHORIZED", "The office does not know this token.", status=401)


class ModelOffice:
    """The office's rules (API 7.5 to 7.7) with a fault for each numbered call: (error, whether it was done)."""

    def __init__(self, seating: dict[int, str], faults: dict[int, tuple[OfficeStudioError, bool]]) -> None:
        self.seats, self._faults, self._calls = dict(seating), faults, 0

    async def bindings(self, _theme_id: str) -> tuple[Binding, ...]:
        return tuple(Binding(slot, who) for slot, who in sorted(self.seats.items()))

    async def bind(self, _theme_id: str, slot: int, agent_id: str) -> None:
        def put() -> None:
            self.seats = {s: w for s, w in self.seats.items() if s != slot and w != agent_id} | {slot: agent_id}

        self._call(put)

    async def unbind(self, _theme_id: str, slot: int) -> None:
        self._call(lambda: self.seats.pop(slot, None))

    def _call(self, act: Any) -> None:
        self._calls += 1
        error, is_done = self._faults.get(self._calls, (None, True))
        if is_done:
            act()
        if error is not None:
            raise error


def apply(office: ModelOffice, target: dict[int, str], stop_after: int = 10**6) -> WriteReport:
    told: list[int] = []

    async def act() -> WriteReport:
        rows = await office.bindings("t")
        return await write_changes(
            office, "t", changes_to(rows, whole_seating(rows, target)),  # type: ignore[arg-type]
            progress=lambda done, _total, _change: told.append(done),
            is_cancelled=lambda: len(told) >= stop_after, restore_waits_s=(0,) * 6,
        )  # fmt: skip

    return asyncio.run(act())


SEATINGS = st.lists(st.sampled_from("abcdefgh"), unique=True).flatmap(
    lambda who: st.permutations(range(9)).map(lambda slots: dict(zip(slots, who, strict=False)))
)
# A lost connection leaves open whether the call was done; a refusal does not.
FAULTS = st.dictionaries(
    st.integers(1, 14),
    st.sampled_from([(LOST, True), (LOST, False), (FAULT, False), (EXPIRED, False)]),
    max_size=3,
)


@settings(max_examples=400)
@given(SEATINGS, SEATINGS, FAULTS, st.integers(0, 12))
def test_nobody_is_lost_and_the_report_is_what_the_office_has(before, target, faults, stop_after):
    office = ModelOffice(before, faults)
    changes = changes_to(
        [Binding(s, w) for s, w in before.items()], whole_seating([Binding(s, w) for s, w in before.items()], target)
    )
    report = apply(office, target, stop_after)
    seats = office.seats
    assert len(set(seats.values())) == len(seats)
    lost = set(before.values()) - set(seats.values()) - set(losers(changes))
    # Without a refused token six attempts outlast three faults. With one, whoever is lost is named.
    assert lost == set(report.adrift)
    if not any(error is EXPIRED for error, _ in faults.values()):
        assert not lost
    assert report.rows == tuple(Binding(slot, who) for slot, who in sorted(seats.items()))
    if report.is_complete and not report.was_cancelled:
        assert seats == target
    told = set(report.done) | {f.change for f in report.failed} | set(report.remaining)
    assert {c for c in changes if not c.is_aside} <= told | {c for c in changes if c.is_aside}
    # Applying the rest brings it about, whatever happened.
    again = ModelOffice(seats, {})
    assert apply(again, target).is_complete
    assert again.seats == target


@settings(max_examples=150)
@given(SEATINGS, SEATINGS, st.sampled_from("abcdefgh"))
def test_an_agent_the_office_does_not_know_costs_nobody_else_a_seat(before, target, gone):
    before = {slot: who for slot, who in before.items() if who != gone}

    class Office(ModelOffice):
        async def bind(self, theme_id: str, slot: int, agent_id: str) -> None:
            if agent_id == gone:
                raise FOREIGN
            await super().bind(theme_id, slot, agent_id)

    office = Office(before, {})
    report = apply(office, target)
    assert not report.adrift
    assert {f.change.agent_id for f in report.failed} <= {gone}
    assert set(office.seats.values()) >= (set(target.values()) - {gone})
