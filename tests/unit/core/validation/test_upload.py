"""The pure rules of an upload: manifest (Office API 9.2), entry names (9.3), files that must be there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office_studio.core.theme.manifest import parse_manifest
from office_studio.core.validation.upload import (
    MAX_MANIFEST_BYTES,
    ManifestFacts,
    UploadProblem,
    check_assets,
    check_entry_name,
    check_manifest,
    check_parsed,
    check_size,
    check_windows_name,
    is_theme_id,
)

GOOD: dict[str, Any] = {
    "id": "a-theme",
    "name": "A theme",
    "version": "1.2.3",
    "zones": [{"capacity": 2}, {"capacity": 3}],
    "layers": [{}],
    "characters": {"atlas": "c.png"},
}


def check(**changes: Any) -> ManifestFacts | UploadProblem:
    document = {key: value for key, value in (GOOD | changes).items() if value is not ...}
    return check_manifest(json.dumps(document).encode())


def code(found: ManifestFacts | UploadProblem) -> str:
    return found.code if isinstance(found, UploadProblem) else "ok"


def test_facts_of_a_good_manifest():
    facts = check(description="D", tags=["x", 1], author={"name": "N"}, price=5, preview=" ")
    assert isinstance(facts, ManifestFacts)
    assert (facts.id, facts.name, facts.version, facts.renderer, facts.is_3d) == (
        "a-theme", "A theme", "1.2.3", "pixi", False
    )  # fmt: skip
    assert (facts.description, facts.tags, facts.author_name, facts.author_id) == ("D", ("x",), "N", "")
    assert (facts.price, facts.license, facts.preview, facts.max_agents) == (5, "standard", "preview.png", 5)
    assert facts.assets == (("/characters/atlas", "c.png"),)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"id": ...}, "MANIFEST_JSON"),
        ({"id": 5}, "MANIFEST_JSON"),
        ({"id": None}, "MANIFEST_JSON"),
        ({"version": ...}, "MANIFEST_JSON"),
        ({"zones": {}}, "MANIFEST_JSON"),
        ({"renderer": 3}, "MANIFEST_JSON"),
        ({"id": "A"}, "MANIFEST_ID"),
        ({"id": "a\n"}, "MANIFEST_ID"),
        ({"id": "٣"}, "MANIFEST_ID"),
        ({"id": "a" * 101}, "MANIFEST_ID_LENGTH"),
        ({"id": "a" * 100}, "ok"),
        ({"name": ""}, "MANIFEST_NAME"),
        ({"name": " \t"}, "MANIFEST_NAME"),
        ({"name": "名" * 100}, "ok"),
        ({"name": "名" * 101}, "MANIFEST_NAME"),
        ({"version": "1.0.0\n"}, "MANIFEST_VERSION"),
        ({"version": "01.0.0"}, "ok"),
        ({"version": "١.0.0"}, "MANIFEST_VERSION"),
        ({"renderer": "threejs"}, "MANIFEST_V3_MODEL"),
        ({"room": {"model": None}}, "MANIFEST_V3_MODEL"),
        ({"room": "x"}, "ok"),  # no room.model, so judged as 2D
        ({"room": {"model": "r.glb"}, "zones": [], "layers": ..., "characters": None}, "ok"),
        ({"zones": None}, "MANIFEST_V2_PARTS"),
        ({"layers": []}, "MANIFEST_V2_PARTS"),
        ({"characters": {}}, "MANIFEST_V2_PARTS"),
        ({"renderer": None}, "ok"),
        ({"renderer": "pixi"}, "ok"),
        ({"renderer": "PIXI"}, "MANIFEST_RENDERER"),
        ({"renderer": "iframe", "zones": []}, "MANIFEST_V2_PARTS"),  # the documented rule first
    ],
)
def test_rules_in_their_order(changes, expected):
    assert code(check(**changes)) == expected


def test_the_first_rule_that_fails_is_told():
    assert code(check(id="A", name="", version="x", zones=[])) == "MANIFEST_ID"
    assert code(check(name="", version="x", zones=[])) == "MANIFEST_NAME"
    assert code(check(version="x", zones=[])) == "MANIFEST_VERSION"


@pytest.mark.parametrize(
    "content",
    [
        b"", b" ", b"[]", b"null", b"{", b"{'a': 1}", b'{"id": "a", "id": "b"}', b'{"x": NaN}', b'{"x": 1e999}',
        b'{"x": ' + b"1" * 400 + b"}", b'{"x": ' + b"1" * 5_000 + b"}", b'{"x": "\\ud800"}', b'{"x": "\\u0000"}',
        b'{"x": "\x01"}', b"\xff\xfe{", b"\xef\xbb\xbf{}", b'{"x": "\xff"}', b'{"x":' * 129 + b"1" + b"}" * 129,
        b"[" * 100_000, b"{} {}",
    ],
)  # fmt: skip
def test_what_is_not_strict_json(content):
    found = check_manifest(content)
    assert isinstance(found, UploadProblem)
    assert found.code == "MANIFEST_JSON"
    assert found.text.startswith("Invalid JSON: ")


def test_128_levels_are_read_and_brackets_in_strings_do_not_count():
    nested: Any = 1
    for _ in range(127):
        nested = {"x": nested}
    assert code(check(extra=nested)) == "ok"
    assert code(check(extra={"x": nested})) == "MANIFEST_JSON"
    assert code(check(extra="[" * 1_000 + '"\\' + "{" * 1_000)) == "ok"


def test_the_size_rule():
    assert check_size(MAX_MANIFEST_BYTES) is None
    problem = check_size(MAX_MANIFEST_BYTES + 1)
    assert problem is not None
    assert problem.text == "theme.json exceeds 256 KB limit"


@given(st.binary(max_size=200))
def test_any_bytes_are_judged_without_an_exception(content):
    check_manifest(content)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
_KEYS = ("id", "name", "version", "zones", "layers", "characters", "room", "renderer", "author", "tags", "price",
         "maxAgents", "preview", "canvas", "license", "description")  # fmt: skip


@given(st.dictionaries(st.sampled_from(_KEYS), _JSON))
def test_any_values_are_judged_without_an_exception(changes):
    found = check(**changes)
    if isinstance(found, ManifestFacts):
        assert is_theme_id(found.id)
        assert found.max_agents >= 1


@given(st.dictionaries(st.sampled_from(_KEYS), _JSON), st.booleans())
def test_what_was_read_already_is_judged_alike(changes, ascii_only):
    content = json.dumps(GOOD | changes, ensure_ascii=ascii_only).encode()
    assert check_parsed(content, parse_manifest(content)) == check_manifest(content)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.png", None), ("A.PNG", None), ("a/b/c.glb", None), ("a/", None), (".png", None), ("ü é.webp", None),
        ("__MACOSX/._x.png", None), ("a.exe.png", None), ("con.png", None), ("a" * 251 + ".png", None),
        ("../a.png", "ENTRY_TRAVERSAL"), ("a..b.png", "ENTRY_TRAVERSAL"), ("/a.png", "ENTRY_TRAVERSAL"),
        ("\\a.png", "ENTRY_TRAVERSAL"), ("../", "ENTRY_TRAVERSAL"),
        ("a.exe", "ENTRY_EXTENSION"), ("README", "ENTRY_EXTENSION"), ("a.png.", "ENTRY_EXTENSION"),
        ("a.png ", "ENTRY_EXTENSION"), (".DS_Store", "ENTRY_EXTENSION"), ("", "ENTRY_EXTENSION"),
        ("a.zip", "ENTRY_EXTENSION"), ("a/b.js", "ENTRY_EXTENSION"),
        ("a\n.png", "ENTRY_CONTROL_CHARACTER"), ("a\0.png", "ENTRY_CONTROL_CHARACTER"),
        ("a\\b.png", "ENTRY_SEPARATOR"), ("C:a.png", "ENTRY_SEPARATOR"), ("C:/a.png", "ENTRY_SEPARATOR"),
        ("．．/a.png", "ENTRY_TRAVERSAL_NFKC"),
        ("a//b.png", "ENTRY_EMPTY_PART"), ("./a.png", "ENTRY_EMPTY_PART"), ("a/./b.png", "ENTRY_EMPTY_PART"),
        ("a" * 252 + ".png", "ENTRY_NAME_TOO_LONG"), ("é" * 126 + ".png", "ENTRY_NAME_TOO_LONG"),
        ("a/" * 32 + "b.png", "ENTRY_NAME_TOO_LONG"),
    ],
)  # fmt: skip
def test_entry_names(name, expected):
    problem = check_entry_name(name)
    assert (problem.code if problem else None) == expected
    if problem is not None:
        assert problem.entry == name
        assert problem.text.isprintable()
        assert problem.documented == (expected in ("ENTRY_TRAVERSAL", "ENTRY_EXTENSION"))


@pytest.mark.parametrize("name", ["con.png", "a/NUL.json", "com1.png", "a./b.png", "a /b.png", "lpt¹.png"])
def test_names_that_only_windows_cannot_hold(name):
    assert check_entry_name(name) is None
    problem = check_windows_name(name)
    assert problem is not None
    assert problem.code == "ENTRY_WINDOWS_NAME"
    assert check_windows_name("console/a.png") is None


def test_files_that_the_manifest_names_must_be_there():
    facts = check(canvas={"background": {"image": "bg.png"}}, preview="p.png")
    assert isinstance(facts, ManifestFacts)
    assert check_assets(facts, ["bg.png", "c.png", "p.png", "more.png"]) is None
    problem = check_assets(facts, ["BG.png", "c.png", "p.png"])
    assert problem is not None
    assert (problem.pointer, problem.entry, problem.documented) == ("/canvas/background/image", "bg.png", False)


@pytest.mark.parametrize("path", ["", "/abs.png", "https://x/y.png", "data:image/png;base64,", "a\\b.png", 5, None])
def test_what_no_bundle_could_hold_is_not_asked_for(path):
    facts = check(characters={"atlas": path})
    assert isinstance(facts, ManifestFacts)
    assert facts.assets == ()
