"""When OfficeX is asked for what an office shows."""

from __future__ import annotations

import pytest

from office_studio.ui.trade.spending.spend_pace import Looking, pause_ms


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        (Looking(is_seen=False, is_watched=False, is_held=True, is_here=True), None),
        (Looking(is_seen=True, is_watched=False), 15_000),
        (Looking(is_seen=True, is_watched=True, is_here=True), 15_000),
        (Looking(is_seen=True, is_watched=False, is_held=True), 15_000),  # a platform is not asked more often
        (Looking(is_seen=True, is_watched=False, is_held=True, is_here=True), 5_000),
        (Looking(is_seen=False, is_watched=True, is_held=True, is_here=True), 60_000),
        (Looking(is_seen=True, is_watched=True, is_held=True, is_here=True, failed=1), 60_000),
        (Looking(is_seen=True, is_watched=False, failed=3), 240_000),
        (Looking(is_seen=False, is_watched=True, failed=900), 600_000),
    ],
)
def test_only_somebody_who_needs_an_answer_asks(now: Looking, wanted: int | None) -> None:
    assert pause_ms(now) == wanted
