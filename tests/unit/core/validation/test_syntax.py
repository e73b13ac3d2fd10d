"""Text that is no JSON: every fault is told, at its place, with what is missing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office_studio.core.validation.engine import check_theme
from office_studio.core.validation.syntax import MAX_FAULTS, faults

_LEAVES = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text()
_NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(_LEAVES | _NUMBERS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))

CASES = [
    ('{"a": 1 "b": 2}', [(7, "comma is missing")]),
    ('{"a": [1 2], "b": tru}', [(8, "comma is missing"), (18, "tru is not JSON")]),
    ('{"a": 1,}', [(7, "comma too many")]),
    ("[1,2,,3]", [(5, "value is missing")]),
    ("{'a': 1}", [(1, "double quotes")]),
    ("{a: 1}", [(1, "needs double quotes")]),
    ('{"a" 1}', [(4, "colon is missing")]),
    ('{"a"}', [(4, "has no value")]),
    ('{"a": }', [(6, "value is missing")]),
    ('{"a": "x\n, "b": 1}', [(6, "not closed")]),
    ('{"a": {"b": 1}', [(14, "“}” is missing for the “{” of line 1")]),
    ('{"a": [1, {"b": 2]}', [(17, "“}” is missing")]),
    ('{"a": 1}}', [(8, "after the end")]),
    ('{"a": NaN, "b": -Infinity, "c": 01}', [(6, "NaN"), (16, "-Infinity"), (32, "no JSON number")]),
    ('{"a": 1 // why\n}', [(8, "no comments")]),
    (r'{"a": "\x"}', [(6, "no escape")]),
    ('{"a": True, "b": None}', [(6, "True"), (17, "None")]),
    ('{"a": “x”}', [(6, "double quotes")]),
    ('{"a": "tab\there"}', [(6, "control character")]),
    ("", [(0, "empty")]),
    ('{"a": ' + "9" * 50 + "}", [(6, "too large")]),
    ('{"a": 1e999}', [(6, "too large")]),
    ('{"a": 1, : 2}', [(9, "key is missing")]),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text[:20] for text, _ in CASES])
def test_faults(text, expected):
    found = faults(text)
    assert [fault.offset for fault in found] == [offset for offset, _ in expected], found
    for fault, (_, words) in zip(found, expected, strict=True):
        assert words in fault.message


def test_several_faults_of_one_manifest_with_line_and_column():
    raw = b'{\n "zones": [\n  {"id": "a" "x": 1},\n  {"id": , "x": 2}\n ]\n "layers": []\n}'
    found = check_theme(raw).findings
    assert {f.rule for f in found} == {"T2D-JSON-PARSE"}
    assert [(f.line, f.column, f.pointer) for f in found] == [
        (3, 13, "/zones/0/id"),
        (4, 10, "/zones/1/id"),
        (5, 3, "/zones"),
    ]


def test_columns_count_characters_also_after_a_byte_order_mark():
    (found,) = check_theme(b"\xef\xbb\xbf" + '{"ä": "é" 1}'.encode()).findings[:1]
    assert (found.line, found.column) == (1, 10)


def test_a_file_full_of_faults_gives_few_findings():
    assert len(faults("[" + "1 " * 100_000 + "]")) == MAX_FAULTS
    assert len(faults("[" * 100_000)) == 1
    assert len(faults("]" * 100_000)) == MAX_FAULTS


@given(JSON)
def test_json_is_without_fault(value):
    assert faults(json.dumps(value)) == []
    assert faults(json.dumps(value, ensure_ascii=False, indent=2)) == []


@given(st.text(alphabet="{}[]:,\"\\ \n'ab01.-/*u", max_size=60))
def test_what_json_refuses_has_a_fault_and_nothing_else(text):
    try:
        json.loads(text, parse_constant=lambda name: 1 / 0)
        is_json = True
    except (ValueError, ZeroDivisionError):
        is_json = False
    assert (faults(text) == []) == is_json
