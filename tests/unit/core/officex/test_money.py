"""Amounts: exact from the literal to the ledger and back, and nothing that is not a number."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.money import (
    MAX_MICRO,
    Amount,
    break_even,
    dumps,
    literal,
    loads,
    parse_amount,
    positive_amount,
    typed_amount,
    usd_charged,
    usd_paid_out,
    usd_shown,
)

AMOUNTS = st.integers(0, MAX_MICRO)


@pytest.mark.parametrize(
    ("text", "micro"),
    [("0.5", 500_000), ("1e2", 100_000_000), ("7", 7_000_000), ("0.000001", 1), ("999999999.999999", MAX_MICRO),
     ("0.30000000000000004", 300_000), ("0.9999999999999999", 1_000_000), ("0", 0), ("1.50", 1_500_000)],
)  # fmt: skip
def test_numbers_become_micro_credits(text: str, micro: int):
    assert parse_amount(loads(text)) == micro


@pytest.mark.parametrize(
    "text",
    ['"10"', "true", "null", "-5", "1e400", "1e309", "0.1234567", "1000000000", "[1]", "{}", "0.0000001", "-0.000001",
     "1" * 61, "1e999999999", "-1e999999999", "1e-999999999"],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text: str):
    with pytest.raises(Refusal) as refused:
        positive_amount(loads(text))
    assert (refused.value.code, refused.value.status) == ("INVALID_REQUEST", 400)


@pytest.mark.parametrize(
    "text",
    ["NaN", "Infinity", "-Infinity", "{", "", "[" * 100_000, "nul", '"\\ud800"', '[{"\\uDC00": 1}]', '"\\u0000"',
     '"\\ud83d\\ude00 \\ude00"', b"\xff", b"{\x00}\x00", b'"\xed\xa0\x80"'],
)  # fmt: skip
def test_what_is_no_json_is_refused(text: str | bytes):
    with pytest.raises(Refusal, match=r"JSON|number"):
        loads(text)


def test_whole_characters_are_taken_however_they_are_written_and_halves_of_them_mended_on_request():
    assert loads(b'\xef\xbb\xbf["\\ud83d\\ude00", "\\\\ud800", "\xf0\x9f\x98\x80"]') == ["😀", "\\ud800", "😀"]
    assert loads('{"a\\ud800b": ["\\udc00", "x\\u0000"]}', mends=True) == {"a\ufffdb": ["\ufffd", "x\ufffd"]}


@given(AMOUNTS)
def test_every_amount_survives_json_and_the_doubles_of_others(micro: int):
    text = dumps({"amount": Amount(micro), "list": [Amount(micro), None, True, "ä"]})
    assert "e" not in literal(micro)
    assert parse_amount(loads(text)["amount"]) == micro
    # Another program reads a double and writes it back.
    assert parse_amount(loads(json.dumps(json.loads(literal(micro))))) == micro


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))  # fmt: skip  # noqa: E501
def test_other_values_are_written_as_json_writes_them(value: object):
    assert json.loads(dumps(value)) == value


@pytest.mark.parametrize(("micro", "text"), [(100_000, "0.1"), (16_300_000, "16.3"), (1, "0.000001"), (-1, "-0.000001"),
                                             (0, "0"), (7_000_000, "7"), (MAX_MICRO, "999999999.999999")])  # fmt: skip
def test_literals_are_plain(micro: int, text: str):
    assert literal(micro) == text


@pytest.mark.parametrize("text", ["", "abc", "1e5", "--1", "1.2.3", "٣", "-1", "0.0000001", "+", "1 000"])
def test_what_somebody_types_is_judged(text: str):
    with pytest.raises(Refusal):
        typed_amount(text)


def test_typed_numbers_are_taken():
    assert typed_amount(" 12.50 ") == 12_500_000


def test_dollars_are_rounded_as_the_contract_says():
    price, rate = Decimal("0.03"), Decimal("0.01")
    assert usd_shown(100_000, price) == Decimal("0.0030")
    assert usd_charged(100_000_000, price) == Decimal("3.00")
    assert usd_charged(1, price) == Decimal("0.01")
    assert usd_paid_out(500_000_000, rate) == Decimal("5.00")
    assert usd_paid_out(1_999_999, rate) == Decimal("0.01")
    assert break_even(Decimal("0.001"), rate) == 100_000
