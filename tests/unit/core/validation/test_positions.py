"""Lines and columns of values in the text of a manifest, looked up one by one or all at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from office_studio.core.validation.positions import Positions
from office_studio.core.validation.subject import escape

_KEYS = st.text(alphabet='ab/~"\\é😀 ', max_size=4)
_DOCUMENTS = st.recursive(
    st.none() | st.integers() | st.text(alphabet='a[{"\\é😀\n', max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
).map(lambda value: {"top": value})


def every_value(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    yield at, value
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in pairs:
        yield from every_value(item, f"{at}/{escape(str(key))}")


def value_at(text: str, place: tuple[int | None, int | None]) -> Any:
    """What JSON stands at a line and column."""
    line, column = place
    assert line is not None
    assert column is not None
    lines = text.split("\n")
    return json.JSONDecoder().raw_decode("\n".join([lines[line - 1][column - 1 :], *lines[line:]]))[0]


@settings(max_examples=200, deadline=None)
@given(_DOCUMENTS, st.sampled_from([None, 0, 2]), st.booleans(), st.randoms(use_true_random=False))
def test_every_value_is_found_in_any_order(document, indent, ascii_only, order):
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    found = Positions(text.encode())
    values = list(every_value(document))
    order.shuffle(values)
    for pointer, value in values:
        assert value_at(text, found.find(pointer)) == value
    assert found.duplicates == []


def test_what_is_absent_has_the_place_of_its_parent():
    found = Positions(b'{\n "zones": [\n  {"id": "a", "x~/y": 1}\n ]\n}')
    assert found.find("/zones/0/seats/3/id") == (3, 3)
    assert found.find("/zones/7") == (2, 11)
    assert found.find("/zones/0/id/deeper") == (3, 10)
    assert found.find("/zones/0/x~0~1y") == (3, 23)
    assert found.find("/nothing") == (1, 1)
    assert found.find("") == (1, 1)


def test_keys_written_twice_are_told_with_the_object_they_are_in():
    raw = b'{"a": {"x": 1, "\\u0078": 2}, "b": [{"y": 1}, {"y": 1, "y": 4}], "a": 3}'
    found = Positions(raw)
    assert sorted(found.duplicates) == [("", "a"), ("/a", "x"), ("/b/1", "y")]
    assert found.find("/b/1/y") == (1, raw.index(b"4") + 1)


@pytest.mark.parametrize("raw", [b"", b"{", b'{"a": [1, }', b"\xff", b'\xef\xbb\xbf{"a": 1}', b"[" * 50_000])
def test_text_that_is_no_json_has_places_too(raw):
    assert Positions(raw).find("/a/b") is not None
    assert Positions(raw).duplicates == []
