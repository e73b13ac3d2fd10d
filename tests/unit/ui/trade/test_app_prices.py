"""Prices: what they bring, when they lose money, and how a listing's lines are read and written back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from office_studio.core.officex.money import MICRO
from office_studio.core.officex.wire import AppView
from office_studio.ui.trade.vendor import app_prices
from office_studio.ui.trade.vendor.app_prices import PriceLine, outcome, parse_line, told, typed_cost

PRICE, RATE = Decimal("0.03"), Decimal("0.01")


def test_the_published_rule_of_thumb_is_told_to_be_a_loss() -> None:
    """Scenario V60 of the contract."""
    found = outcome(70_000, Decimal("0.001"), PRICE, RATE)
    assert found.break_even == 100_000
    assert (found.buyer_pays, found.vendor_gets, found.is_loss) == (Decimal("0.0021"), Decimal("0.0007"), True)
    assert told(found) == (
        "Each charge is a loss of ≈ $0.0003. Buyers pay ≈ $0.0021, you are paid ≈ $0.0007. It pays from 0.1 credits on."
    )


@pytest.mark.parametrize(
    ("micro", "is_loss"), [(99_999, True), (100_000, False), (100_001, False)]
)  # the shown dollars are the same for all three
def test_a_loss_is_judged_in_credits_not_in_rounded_dollars(micro: int, is_loss: bool) -> None:
    found = outcome(micro, Decimal("0.001"), PRICE, RATE)
    assert found.vendor_gets == Decimal("0.0010")
    assert found.is_loss is is_loss
    assert told(found).startswith("Each charge is a loss.") is is_loss


def test_other_rates_move_the_break_even() -> None:
    assert outcome(MICRO, Decimal("0.5"), Decimal("0.022"), Decimal("0.02")).break_even == 25 * MICRO
    assert outcome(MICRO, Decimal(0), PRICE, RATE).is_loss is False
    assert outcome(MICRO, None, PRICE, RATE).is_loss is False
    assert app_prices.rates_told(PRICE, RATE).startswith(
        "You are paid $0.01 for each credit you earn; its buyer paid $0.03, 3 times that."
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "12 credits: full theme, all updates of version 1",
            PriceLine(12 * MICRO, "full theme, all updates of version 1"),
        ),
        ("0.25 credits: one lead", PriceLine(250_000, "one lead")),
        ("1 credit: a day", PriceLine(MICRO, "a day")),
        ("5 credits", PriceLine(5 * MICRO, "")),
        ("Free", PriceLine(None, "Free")),
        ("1 credits: a day", PriceLine(None, "1 credits: a day")),  # writing it back would change it
        ("2.50 credits: x", PriceLine(None, "2.50 credits: x")),
        ("0.0000001 credits: x", PriceLine(None, "0.0000001 credits: x")),
        ("12 creditsx", PriceLine(None, "12 creditsx")),
        ("", PriceLine(None, "")),
    ],
)
def test_lines_are_read_and_written_back_as_they_were(text: str, line: PriceLine) -> None:
    assert parse_line(text) == line
    assert line.text == text


@pytest.mark.parametrize(
    ("text", "cost"),
    [("0.001", "0.001"), (" $2 ", "2"), ("0", "0"), ("", None), ("-1", None), ("1e3", None), ("1,5", None), (".", None),
     ("nan", None), ("1000001", None), ("1.2.3", None), ("٣", None)],
)  # fmt: skip
def test_costs_are_amounts_of_dollars(text: str, cost: str | None) -> None:
    assert typed_cost(text) == (None if cost is None else Decimal(cost))


def test_losing_lines_and_the_cheapest_price() -> None:
    lines = ["0.07 credits: a look", "12 credits: all of it", "Free: a first look"]
    app = AppView("a", "a", "A", {"pricing_lines": lines})
    costs = {lines[0]: "0.001", lines[1]: "0.1", "gone": "9", lines[2]: "5"}
    assert app_prices.losing_lines(app, costs, PRICE, RATE) == (lines[0],)
    assert app_prices.smallest_price(lines) == 70_000
    assert app_prices.smallest_price(["Free"]) is None
