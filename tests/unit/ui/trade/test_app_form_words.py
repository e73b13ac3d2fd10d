"""The limits that the form counts against are those that OfficeX judges by; problems are told in plain words."""

from __future__ import annotations

from typing import Any

import pytest

from office_studio.core.officex.app_fields import FIELDS, UPDATE_ONLY, Setup, problems
from office_studio.ui.trade.vendor import app_form_words
from office_studio.ui.trade.vendor.app_form_words import LISTS, TEXTS, TITLES, field_of, problem_of

SETUP = Setup(documentation_limit=600)
# OfficeX does not describe these two; what they say is written to ``icon`` and ``preview_images`` (decision 46).
NOT_IN_THE_FORM = {"previews", "icon_url"}


def test_every_field_of_the_contract_has_a_title() -> None:
    assert set(TITLES) == (set(FIELDS) | set(UPDATE_ONLY)) - NOT_IN_THE_FORM


@pytest.mark.parametrize("field", [name for name in TEXTS if name != "contact_email"] + ["documentation"])
def test_texts_are_counted_against_the_limit_that_refuses(field: str) -> None:
    most = app_form_words.most_of(field, SETUP)
    assert most is not None
    assert problems({field: "ä" * most}, SETUP, is_new=False) == {}
    assert problem_of(field, "ä" * most, SETUP) == ""
    assert field in problems({field: "ä" * (most + 2)}, SETUP, is_new=False)
    assert problem_of(field, "ä" * (most + 2), SETUP).startswith("2 characters too many")


@pytest.mark.parametrize("field", ["tags", "pricing_lines"])
def test_lists_are_counted_against_the_limits_that_refuse(field: str) -> None:
    most, longest = LISTS[field]
    assert problem_of(field, ["x" * longest] * most, SETUP) == ""
    assert f"there are {most + 1}" in problem_of(field, ["x"] * (most + 1), SETUP)
    assert f"2 has {longest + 1} characters" in problem_of(field, ["x", "x" * (longest + 1)], SETUP)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "ab", "A name has at least 3 characters; this one has 2."),
        ("name", None, "The app needs a name of 3 to 50 characters."),
        ("webhook_url", "http://example.org/h", "It has to begin with https://."),
        ("iframe_url", "example", "It has to begin with https:// and name a host."),
        ("app_url", "https://a b", "It has to be a web address of at most 2,000 characters."),
        ("support_url", "http://127.0.0.1:1/", "It has to begin with https://."),
        ("youtube_url", "ftp://x.test", "It has to begin with https:// and name a host."),
        ("contact_email", "me", "An e-mail address looks like you@example.org."),
        ("preview_images", ["https://a.test/1.png", "x"], "Picture 2: It has to begin with https:// and name a host."),
        ("preview_images", ["https://a.test/"] * 11, "At most 10 pictures; there are 11."),
        ("suggested_rate_limits", {"max_per_day": "few"}, "Charges a day: a whole number from 0 to 1,000,000."),
        ("minimum_rate_limits", {"max_per_hour": 1_000_001}, "Charges an hour: a whole number from 0 to 1,000,000."),
        ("suggested_rate_limits", {"expires_at": "soon"},
         "The end of the permission is a day such as 2027-01-31, or “never”."),
    ],
)  # fmt: skip
def test_problems_are_told_in_plain_words(field: str, value: Any, words: str) -> None:
    assert problem_of(field, value, SETUP) == words


def test_addresses_on_this_computer_pass_in_the_sandbox_only() -> None:
    assert problem_of("webhook_url", "http://127.0.0.1:9/h", Setup(allows_loopback=True)) == ""
    assert problem_of("webhook_url", "http://127.0.0.1:9/h", Setup()) != ""


def test_ends_of_permissions_are_typed_as_days() -> None:
    assert app_form_words.typed_moment("2026-03-10") == 1_773_100_800
    assert app_form_words.typed_moment("2026-03-10 10:00") == 1_773_136_800
    assert app_form_words.typed_moment(" Never ") == -1
    assert app_form_words.typed_moment("") is None
    assert app_form_words.typed_moment("2026-02-30") == "2026-02-30"
    for at_s in (-1, 1_773_100_800, 1_773_136_800):
        assert app_form_words.typed_moment(app_form_words.moment_text(at_s)) == at_s
    assert app_form_words.typed_count("1,000") == 1000
    assert app_form_words.typed_count("9" * 5000) == "9" * 5000


def test_a_refusal_is_told_at_its_field() -> None:
    assert field_of("subtitle has to be text of 0 to 200 characters.") == "subtitle"
    assert field_of("suggested_rate_limits.max_per_day is a whole number") == "suggested_rate_limits"
    assert field_of("The body is not JSON.") == ""
    assert app_form_words.refused_words("name", "name is taken.") == "OfficeX refused it: It is taken."
