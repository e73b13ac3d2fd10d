"""Lamps, "closed" signs and the safe: only what OfficeX says, whose it is, until when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from office_studio.core.officex import wire
from office_studio.core.officex.limits import NEVER, Limits, Usage
from office_studio.core.officex.money import MICRO
from office_studio.ui.render.jar_layer import Jar, Move, MoveKind
from office_studio.ui.render.jar_looks import Sign, SignKind
from office_studio.ui.trade.market_data import Refused, Snapshot
from office_studio.ui.trade.spending.spend_jars import jars_of
from office_studio.ui.trade.spending.spend_moves import moves_of
from office_studio.ui.trade.spending.spend_signs import LIMITS, SAFE, left_words, next_change_s, signs_of, stop_of
from office_studio.ui.trade.spending.spend_threads import MOST, Talk, threads_of

NOW = 1_773_138_600  # 2026-03-10 10:30:00 UTC
FREE = Limits(100, 300, 1000, NEVER)
APPS = {"film": wire.AppView("film", "film-desk", "Film <b> Desk", {})}


def _install(limits: Limits = FREE, usage: Usage = Usage(), ident: str = "i") -> wire.InstallView:
    return wire.InstallView(ident, "film", "u", "active", limits, usage)


def _entry(
    log_id: str, kind: str, *, job: str = "j", added: int = 0, at_ms: int = 0, **metadata: str
) -> wire.LedgerEntry:
    return wire.LedgerEntry(log_id, kind, added, 0, 0, 0, at_ms, "film", "i", job, metadata)


def _held(job: str = "j", settled: int = 0, status: str = "reserved", refunded: int = 0, at_ms: int = 0,
          install: str = "i", **metadata: str) -> wire.ReservationView:  # fmt: skip
    left = 0 if status in ("completed", "cancelled") else 4 * MICRO - settled
    return wire.ReservationView(
        f"RESV#{job}", job, 4 * MICRO, settled, left, refunded, status, "film", install, at_ms, metadata
    )


def _data(*installs: wire.InstallView, available: int = 10 * MICRO, **more: object) -> Snapshot:
    balance = wire.WalletBalance("w", available, 0, available)
    made = Snapshot(NOW * 1000, wire.Profile("u", "u@x.test", "w", "active"), balance, installs=installs, apps=APPS)
    return replace(made, **more)  # type: ignore[arg-type]


def _signs(data: Snapshot, *, at: float = NOW, **more: object) -> dict[str, Sign]:
    bound: dict[str, str] = more.pop("bound", {})  # type: ignore[assignment]
    return {one.id: one for one in signs_of(data, bound, {"otto": "Otto"}, at, **more)}  # type: ignore[arg-type]


# -- limits ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("limits", "usage", "code", "until"),
    [
        (FREE, Usage(), None, None),
        (replace(FREE, allowed_until=NOW), Usage(), "INSTALL_EXPIRED", None),
        (replace(FREE, allowed_until=NOW + 1), Usage(), None, None),
        (replace(FREE, lifetime_micro=10), Usage(settled=6, open_reserved=4), "LIFETIME_LIMIT_REACHED", None),
        (replace(FREE, lifetime_micro=11), Usage(settled=6, open_reserved=4), None, None),
        (replace(FREE, max_per_hour=2), Usage(hour=2, day=2, month=2), "RATE_LIMITED", NOW + 1800),
        (replace(FREE, max_per_hour=2, max_per_day=2), Usage(2, 2, 2), "RATE_LIMITED", NOW + 13.5 * 3600),
        (replace(FREE, max_per_month=1), Usage(0, 0, 1), "RATE_LIMITED", 1_775_001_600),  # 1 April
        (replace(FREE, max_per_hour=0), Usage(), "FORBIDDEN", None),  # no waiting helps
    ],
)
def test_why_an_install_charges_no_more(limits: Limits, usage: Usage, code: str | None, until: float | None) -> None:
    stop = stop_of(_install(limits, usage), NOW, NOW)
    assert (None if stop is None else stop.code) == code
    assert (None if stop is None else stop.until_s) == until


def test_counts_of_a_window_that_is_over_say_nothing() -> None:
    used = _install(replace(FREE, max_per_hour=2), Usage(2, 2, 2))
    assert stop_of(used, NOW, NOW + 1799) is not None
    assert stop_of(used, NOW, NOW + 1800) is None


def test_what_officex_told_a_call_of_ours_counts() -> None:
    said = Refused("i", "RATE_LIMITED", NOW, NOW + 90)
    assert stop_of(_install(), NOW, NOW, [said]) == stop_of(_install(), NOW, NOW + 80, [said])
    assert stop_of(_install(), NOW, NOW + 90, [said]) is None
    assert stop_of(_install(ident="other"), NOW, NOW, [said]) is None
    sign = _signs(_data(_install()), refused=[said])[f"{LIMITS}i"]
    assert sign.words == "1 min"
    assert "has to wait" in sign.tip


def test_signs_stand_at_whom_the_user_bound_never_at_a_guess() -> None:
    used = _install(replace(FREE, max_per_hour=2), Usage(2, 2, 2))
    lamp = _signs(_data(used), bound={"i": "otto"})[f"{LIMITS}i"]
    assert (lamp.kind, lamp.agent_id, lamp.words) == (SignKind.LAMP, "otto", "30 min")
    assert lamp.tip.startswith("Film ‹b› Desk has charged for Otto as often as it may this hour")
    assert "raise the limit" in lamp.tip
    alone = _signs(_data(used))[f"{LIMITS}i"]
    assert (alone.agent_id, alone.owner) == ("", "Film <b> Desk")
    ended = _install(replace(FREE, allowed_until=NOW - 5))
    assert _signs(_data(ended))[f"{LIMITS}i"].words == "ended"
    paused = _signs(_data(ended), paused=["i"], is_old=True)[f"{LIMITS}i"]
    assert (paused.kind, paused.words, paused.is_old) == (SignKind.CLOSED, "paused", True)
    assert "as of" in paused.tip
    capped = _install(replace(FREE, lifetime_micro=5 * MICRO), Usage(settled=4 * MICRO, open_reserved=MICRO))
    tip = _signs(_data(capped))[f"{LIMITS}i"].tip
    assert "has reached its cap: 5 credits in all" in tip
    assert "can still be taken" in tip
    assert "no charge" in _signs(_data(_install(replace(FREE, max_per_day=0))))[f"{LIMITS}i"].tip
    assert set(_signs(_data(_install()))) == {SAFE}
    assert _signs(_data()) == {}  # who has no app has nothing in the office
    assert signs_of(None, {}, {}, NOW) == []


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "under 1 min"),
        (59.9, "under 1 min"),
        (60, "1 min"),
        (2519, "41 min"),
        (8040, "2 h 14 min"),
        (273_600, "3 d 4 h"),
    ],
)
def test_time_left(seconds: float, words: str) -> None:
    assert left_words(seconds) == words


def test_when_something_changes_by_itself() -> None:
    assert next_change_s(None, NOW) is None
    assert next_change_s(_data(_install()), NOW) is None
    ends = _install(replace(FREE, allowed_until=NOW + 400))
    assert next_change_s(_data(ends), NOW) == 400
    lamp = _install(replace(FREE, max_per_hour=1), Usage(1, 1, 1))
    assert next_change_s(_data(ends, lamp), NOW) == 60  # the minutes left
    assert next_change_s(_data(lamp), NOW + 1.5) == 58.5


# -- the wallet ------------------------------------------------------------------------------------
def test_the_safe_is_empty_only_where_officex_or_an_app_said_so() -> None:
    full = _signs(_data(_install()))[SAFE]
    assert (full.kind, full.words) == (SignKind.SAFE, "10.00")
    none = _signs(_data(_install(), available=0))[SAFE]
    assert none.kind is SignKind.EMPTY
    assert none.tip.startswith("The wallet is empty")
    said = Refused("i", "INSUFFICIENT_FUNDS", NOW - 60)
    low = _signs(_data(_install()), refused=[said])[SAFE]
    assert low.kind is SignKind.EMPTY
    assert "Film ‹b› Desk found too few" in low.tip
    bought = _data(_install(), entries=(_entry("l", "PURCHASE", added=MICRO, at_ms=(NOW - 30) * 1000),))
    assert _signs(bought, refused=[said])[SAFE].kind is SignKind.SAFE


def test_a_letter_that_asks_for_credits_counts_until_it_is_read_or_answered() -> None:
    letter = wire.InboxMessage("m", "topup-j", "film", "i", "Two scenes\n wait", "Text", "", (NOW - 60) * 1000)
    data = _data(_install(), inbox=(letter,))
    low = _signs(data, unread=["m"])[SAFE]
    assert low.kind is SignKind.EMPTY
    assert "Film ‹b› Desk wrote: Two scenes wait" in low.tip
    assert _signs(data)[SAFE].kind is SignKind.SAFE
    other = replace(letter, id="news")
    assert _signs(_data(_install(), inbox=(other,)), unread=["m"])[SAFE].kind is SignKind.SAFE
    answered = replace(data, entries=(_entry("l", "VOUCHER", added=MICRO, at_ms=NOW * 1000),))
    assert _signs(answered, unread=["m"])[SAFE].kind is SignKind.SAFE


# -- jars and what happens to them -----------------------------------------------------------------
def _moves(before: Snapshot, after: Snapshot) -> list[MoveKind]:
    found = moves_of(before, after)
    jars: list[Jar] = jars_of(before, {}, {})
    assert {one.jar_id for one in found} <= {one.id for one in jars}
    return [one.kind for one in found]


def test_moves_are_what_differs_between_two_readings() -> None:
    held = _data(_install(), reservations=(_held(),), entries=(_entry("1", "RESERVE"),))
    sip, settle, back = MoveKind.SIP, MoveKind.SETTLE, MoveKind.BACK
    assert _moves(held, held) == []
    assert _moves(held, replace(held, reservations=(_held(settled=MICRO, status="partial"),))) == [sip]
    done = _held(settled=4 * MICRO, status="completed")
    assert _moves(held, replace(held, reservations=(done, _held("other")))) == [settle]
    part = _held(settled=MICRO, status="completed", refunded=3 * MICRO)
    assert _moves(held, replace(held, reservations=(part, _held("other")))) == [settle, back]
    gone = _held(status="cancelled", refunded=4 * MICRO)
    assert _moves(held, replace(held, reservations=(gone, _held("other")))) == [back]
    # Nothing is held any more: reservations are not asked for, the ledger tells.
    after = lambda *kinds: replace(  # noqa: E731
        held, reservations=(), entries=(*(_entry(f"2{kind}", kind) for kind in kinds), *held.entries)
    )
    assert _moves(held, after("SETTLE")) == [settle]
    assert _moves(held, after("REFUND", "SETTLE")) == [settle, back]
    assert _moves(held, after("CANCEL")) == [back]
    assert _moves(held, after()) == []  # nobody said how it ended
    other_job = replace(held, reservations=(), entries=(_entry("2", "SETTLE", job="x"), *held.entries))
    assert _moves(held, other_job) == []
    somebody = replace(held, profile=wire.Profile("v", "v@x.test", "w", "active"), reservations=())
    assert moves_of(held, somebody) == []
    assert moves_of(None, held) == []
    assert moves_of(held, replace(held, reservations=(_held(settled=1, status="partial"),))) == [Move(sip, "i/RESV#j")]


# -- threads ---------------------------------------------------------------------------------------
def test_a_thread_joins_those_whose_jobs_name_the_tracer() -> None:
    one = _held("1", at_ms=1, tracer_id="trc_a", agent_id="sana")
    other = _held("2", at_ms=2, install="bound", tracer_id="trc_a")
    data = _data(_install(), reservations=(one, other), entries=(_entry("1", "RESERVE", job="1", tracer_id="trc_a"),))
    assert threads_of(data, {}, {}) == []  # the second job is nobody's: not guessed
    [thread] = threads_of(data, {"bound": "otto"}, {"sana": "Sana", "otto": "Otto"})
    assert thread.agents == ("sana", "otto")
    assert thread.tip.startswith("Sana and Otto work on the same thing\nFilm ‹b› Desk: 0 credits spent, 8 held")
    over = replace(data, reservations=(replace(one, status="completed"), replace(other, status="completed")))
    assert threads_of(over, {"bound": "otto"}, {}) == []
    # A conversation joins whose apps it may use, as long as it is answered.
    [talk] = threads_of(over, {}, {}, Talk("trc_b", ("lumi", "sana")))
    assert talk.agents == ("lumi", "sana")
    [joined] = threads_of(data, {}, {}, Talk("trc_a", ("lumi",)))
    assert joined.agents == ("sana", "lumi")
    assert threads_of(None, {}, {}, Talk("trc_b", ("lumi",))) == []


def test_only_so_many_threads_at_a_time_the_newest_first() -> None:
    jobs = [
        _held(f"{n}{who}", at_ms=n, tracer_id=f"trc_{n}", agent_id=who) for n in range(MOST + 3) for who in ("a", "b")
    ]
    found = threads_of(_data(_install(), reservations=tuple(jobs)), {}, {})
    assert [one.id for one in found] == [f"tracer:trc_{n}" for n in range(MOST + 2, 2, -1)]
