"""Limits of installs: windows in UTC, the order of the checks, floors, defaults."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.limits import (
    NEVER,
    WINDOWS,
    Limits,
    Usage,
    changed_limits,
    check_reserve,
    limits_of_install,
    window_end,
    window_start,
)

NOW = 1_773_136_800  # 2026-03-10T10:00:00Z
C = 1_000_000
OPEN = Limits(100, 300, 1000, NEVER)


def code(limits: Limits, usage: Usage, amount: int = C, now: float = NOW) -> str:
    try:
        check_reserve(limits, usage, amount, now)
    except Refusal as refusal:
        return refusal.code
    return ""


@given(st.integers(0, 4_102_444_800), st.sampled_from(sorted(WINDOWS.values())))
def test_windows_hold_their_moment_and_follow_each_other(at_s: int, window: str):
    start, end = window_start(window, at_s), window_end(window, at_s)
    assert start <= at_s < end
    assert window_start(window, end) == end
    assert window_start(window, end - 1) == start


def test_a_month_ends_at_its_calendar_end():
    assert window_end("month", NOW) == int(datetime(2026, 4, 1, tzinfo=UTC).timestamp())


def test_a_permission_ends_at_its_second():
    until = replace(OPEN, allowed_until=NOW + 3600)
    assert code(until, Usage(), now=NOW + 3599) == ""
    assert code(until, Usage(), now=NOW + 3600) == "INSTALL_EXPIRED"


def test_the_cap_counts_what_is_open():
    cap = replace(OPEN, lifetime_micro=10 * C)
    usage = Usage(settled=6 * C, open_reserved=3 * C)
    assert code(cap, usage, 2 * C) == "LIFETIME_LIMIT_REACHED"
    assert code(cap, usage, C) == ""
    assert code(cap, Usage(settled=10 * C), 1) == "LIFETIME_LIMIT_REACHED"


@pytest.mark.parametrize(
    ("usage", "window", "wait"),
    [(Usage(hour=100), "hour", 3600), (Usage(hour=100, day=300), "day", 14 * 3600),
     (Usage(month=1000), "month", 22 * 86_400 - 10 * 3600)],
)  # fmt: skip
def test_the_window_that_ends_last_is_told(usage: Usage, window: str, wait: int):
    with pytest.raises(Refusal) as refused:
        check_reserve(OPEN, usage, C, NOW)
    assert refused.value.code == "RATE_LIMITED"
    assert (refused.value.details["window"], refused.value.details["retry_after"]) == (window, wait)


def test_the_checks_come_in_their_order():
    worst = Limits(0, 0, 0, NOW, 0)
    assert code(worst, Usage()) == "INSTALL_EXPIRED"
    assert code(replace(worst, allowed_until=NEVER), Usage()) == "LIFETIME_LIMIT_REACHED"
    assert code(replace(worst, allowed_until=NEVER, lifetime_micro=NEVER), Usage()) == "RATE_LIMITED"


def test_defaults_of_an_install():
    plain = limits_of_install({}, {}, {}, NOW)
    assert plain == Limits(100, 300, 1000, 1_775_728_800, NEVER)
    assert limits_of_install({}, {"max_per_hour": 5}, {"max_per_hour": 10}, NOW).max_per_hour == 10
    assert limits_of_install({}, {"max_per_hour": 20}, {"max_per_hour": 10}, NOW).max_per_hour == 20
    assert limits_of_install({"max_per_day": Decimal(7)}, {}, {}, NOW).max_per_day == 7
    assert limits_of_install({}, {"expires_at": NOW - 1}, {}, NOW).allowed_until == 1_775_728_800
    assert limits_of_install({}, {"expires_at": -1}, {}, NOW).allowed_until == NEVER


@pytest.mark.parametrize(
    "asked",
    [{"max_per_hour": 9}, {"max_per_hour": -1}, {"max_per_day": 1_000_001}, {"max_per_day": True}, {"max_per_day": "5"},
     {"max_per_month": Decimal("1.5")}, {"allowed_until": -2}, {"allowed_until": "soon"},
     {"max_per_day": Decimal("1e999999999")}, {"allowed_until": Decimal("NaN")}],
)  # fmt: skip
def test_what_is_no_limit_or_under_the_floor_is_refused(asked: dict[str, object]):
    floor = {"max_per_hour": 10}
    with pytest.raises(Refusal):
        limits_of_install(asked, {}, floor, NOW)
    with pytest.raises(Refusal):
        changed_limits(OPEN, asked, floor, None)


def test_a_change_names_what_it_changes():
    assert changed_limits(OPEN, {"max_per_hour": 10}, {"max_per_hour": 10}, 20 * C) == Limits(
        10, 300, 1000, NEVER, 20 * C
    )
    assert changed_limits(OPEN, {}, {}, None) == OPEN
