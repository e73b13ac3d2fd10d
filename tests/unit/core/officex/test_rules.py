"""Bodies, contexts, app fields, links, codes: every limit at its edge."""

from __future__ import annotations

from decimal import Decimal

import pytest

from office_studio.core.officex.app_fields import Setup, changed_app, new_app, problems
from office_studio.core.officex.codes import CODES, Refusal, Retry, facts_of
from office_studio.core.officex.links import is_tracer, launch_url, new_tracer, slug_of, without_query
from office_studio.core.officex.requests import (
    Attempt,
    Repeat,
    body_print,
    idempotency_key_of,
    job_id_of,
    merged_context,
    metadata_of,
    repeated,
    web_address,
)

REAL, SANDBOX = Setup(), Setup(allows_loopback=True)
FULL = {f"k{number}": "v" for number in range(50)}


@pytest.mark.parametrize("value", ["", "x" * 201, None, 5, "a\nb", "\u202e\x00"])
def test_bad_job_ids(value: object):
    with pytest.raises(Refusal):
        job_id_of({"job_id": value})


def test_good_bodies():
    assert job_id_of({"job_id": "x" * 200}) == "x" * 200
    assert metadata_of({}) is None
    assert metadata_of({"metadata": {"agent_id": "a"}}) == {"agent_id": "a"}
    assert idempotency_key_of({}) is None
    for value in ("x" * 4096, {"a": "x" * 4096}, [1]):
        with pytest.raises(Refusal):
            metadata_of({"metadata": value})


def test_contexts_are_merged_whole_or_not_at_all():
    assert merged_context({"a": "1", "b": "2"}, {"a": None, "c": ""}) == {"b": "2", "c": ""}
    assert len(merged_context(FULL, {"k0": None, "k1": None, "x": "1", "y": "2"})) == 50
    assert merged_context({}, {"k" * 200: "v" * 1000})
    for changes in ({"x": "1"}, {"k" * 201: ""}, {"k0": "v" * 1001}, {"k0": 5}, {"": "x"}, [], None):
        with pytest.raises(Refusal):
            merged_context(FULL, changes)


def test_a_repeated_key_means_what_the_table_says():
    assert repeated(Attempt.DONE, same_body=True) is Repeat.REPLAY
    assert repeated(Attempt.DONE, same_body=False) is Repeat.DUPLICATE
    assert repeated(Attempt.RUNNING, same_body=True) is Repeat.DUPLICATE
    assert repeated(Attempt.FAILED, same_body=False) is Repeat.FAILED_BEFORE
    assert body_print({"a": Decimal("1.0"), "b": [True]}) == body_print({"b": [True], "a": Decimal(1)})
    assert body_print({"a": Decimal(1)}) != body_print({"a": "1"})


GOOD = {
    "name": "abc", "subtitle": "s" * 200, "pricing_lines": ["x" * 100] * 10, "tags": ["t"] * 10,
    "context_prompt": "c" * 5000, "price_type": "ONE_TIME", "icon": {"type": "emoji", "content": "🪑"},
    "webhook_url": "https://example.org/h", "documentation": "d" * 50_000, "inAppPurchases": True,
    "suggested_rate_limits": {"max_per_hour": Decimal(5)},
}  # fmt: skip


def test_an_app_at_its_limits_is_taken():
    assert new_app(GOOD | {"unknown": 1, "category": None}, REAL)["suggested_rate_limits"] == {"max_per_hour": 5}
    assert problems(GOOD, REAL) == {}
    assert new_app(GOOD | {"webhook_url": "http://127.0.0.1:8/h"}, SANDBOX)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "ab"), ("name", "x" * 51), ("name", None), ("pricing_lines", ["x"] * 11), ("pricing_lines", ["x" * 101]),
     ("tags", ["t"] * 11), ("tags", "t"), ("subtitle", "s" * 201), ("context_prompt", "c" * 5001),
     ("webhook_url", "http://example.org/h"), ("webhook_url", "http://127.0.0.1:8/h"), ("app_url", "javascript:x"),
     ("documentation", "d" * 50_001), ("price_type", "CHEAP"), ("icon", "x"), ("icon", {"type": "svg", "content": ""}),
     ("inAppPurchases", 1), ("contact_email", "nobody"), ("suggested_rate_limits", {"max_per_day": -1})],
)  # fmt: skip
def test_an_app_beyond_a_limit_is_refused_by_its_field(field: str, value: object):
    with pytest.raises(Refusal):
        new_app(GOOD | {field: value}, REAL)
    assert list(problems(GOOD | {field: value}, REAL)) == [field]


def test_a_change_of_an_app():
    assert changed_app({"subtitle": None, "icon_url": "https://a.example/i.png"}, REAL) == {
        "subtitle": None, "icon_url": "https://a.example/i.png",
    }  # fmt: skip
    for change in ({"name": None}, {"preview_images": ["ftp://x"]}, {"previews": ["https://a.example"] * 11}):
        with pytest.raises(Refusal):
            changed_app(change, REAL)


@pytest.mark.parametrize("url", ["", "x", "//a", "https://", "https://[", "https://a b", "https://a:99999999", 5, None])
def test_what_is_no_web_address(url: object):
    with pytest.raises(Refusal):
        web_address(url, "url")


def test_links():
    url = launch_url("https://a.test/o?x=1#f", "u 1", "i&1", "s=/+")
    assert url == (
        "https://a.test/o?x=1&officex_customer_id=u%201&officex_install_id=i%261&officex_install_secret=s%3D%2F%2B#f"
    )
    assert without_query(url) == "https://a.test/o"
    assert without_query("https://me:secret@a.test/p") == "https://a.test/p"
    assert is_tracer(new_tracer(1_773_136_800_000, "abcdefgh"))
    assert new_tracer(36, "x") == "trc_10-x"
    assert is_tracer("trc_abc123")
    assert not any(map(is_tracer, ("trc_", "abc", "trc_ä", None)))
    assert slug_of("My Theme Shop!", {"my-theme-shop", "my-theme-shop-2"}) == "my-theme-shop-3"
    assert slug_of("椅子") == "app"


def test_codes_that_nobody_has_listed_are_judged_by_their_class():
    assert facts_of("RATE_LIMITED", 429) is CODES["RATE_LIMITED"]
    for status, retry in ((500, Retry.SAFE), (503, Retry.SAFE), (403, Retry.NO), (404, Retry.NO), (429, Retry.LATER)):
        facts = facts_of("SOMETHING_NEW", status)
        assert (facts.retry, facts.status) == (retry, status)
        assert "" not in (facts.words, facts.way_on)
