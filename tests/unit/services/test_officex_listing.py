"""A theme as a listing: every field by the rules, nothing longer than it may be, and what an update changes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from office_studio.core.officex.app_fields import changed_app, new_app
from office_studio.core.officex.money import MICRO, dumps, loads
from office_studio.core.officex.wire import AppView
from office_studio.services.officex.environments import PRODUCTION, sandbox_environment
from office_studio.services.officex.listing import (
    ThemeFacts,
    changes_of,
    listing_of,
    problems_of,
    setup_of,
    theme_facts,
    version_doubt,
)

SANDBOX = sandbox_environment("http://127.0.0.1:1")
MANIFEST: dict[str, Any] = {
    "id": "cozy-loft",
    "name": "Cozy Loft",
    "version": "2.3.1",
    "author": {"name": "Loft & Sons", "id": "loft"},
    "description": "A sunny loft. It has plants.",
    "tags": ["cozy", "warm", "cozy", 7],
    "license": "exclusive",
    "renderer": "threejs",
}


def test_fields_come_from_the_manifest() -> None:
    facts = theme_facts(MANIFEST, 12)
    fields = listing_of(facts, 12 * MICRO).fields
    assert fields["name"] == "Cozy Loft"
    assert fields["subtitle"] == "A sunny loft."  # no tagline: the first sentence
    assert fields["category"] == "Office themes"
    assert fields["developer"] == "Loft & Sons"
    assert fields["tags"] == ["office-theme", "threejs", "cozy", "warm"]
    assert fields["price_type"] == "ONE_TIME"
    assert fields["pricing_lines"] == ["12 credits: full theme, all updates of version 2"]
    assert fields["suggested_rate_limits"] == {"max_per_hour": 5, "max_per_day": 10, "max_per_month": 20}
    assert "`theme-cozy-loft-2`" in fields["documentation"]
    for name in ("theme_url", "theme_sha256", "license"):
        assert name in fields["documentation"]
    assert listing_of(facts, 0).fields["price_type"] == "FREE"
    assert listing_of(facts, MICRO).fields["pricing_lines"][0].startswith("1 credit: ")


def test_what_is_too_long_is_cut_and_told() -> None:
    facts = ThemeFacts(
        "x", "N" * 80, "1.0.0", "S" * 300, "D" * 9000, "A" * 200, tags=tuple(f"tag-{n}" for n in range(30))
    )
    listing = listing_of(facts, 5)
    assert listing.cut == {
        "name": (80, 50), "subtitle": (300, 200), "description": (9000, 5000), "developer": (200, 100),
        "tags": (31, 10),
    }  # fmt: skip
    assert listing.fields["name"] == "N" * 49 + "…"
    assert new_app({**listing.fields, "webhook_url": "https://a.test/h"}, setup_of(PRODUCTION))


@pytest.mark.parametrize(
    "document",
    [{}, {"name": None, "tags": "no", "author": "Ann"}, {"id": "a", "name": "ab"}, {"name": "🏢" * 60, "version": 3}],
)
def test_any_manifest_makes_a_listing_that_officex_takes(document: dict[str, Any]) -> None:
    facts = theme_facts(document)
    fields = dict(listing_of(facts, 0).fields) | {"webhook_url": "https://a.test/h"}
    if facts.name:
        new_app(fields, setup_of(PRODUCTION))
    else:
        assert problems_of(fields, PRODUCTION).keys() <= {"name"}


def test_loopback_is_for_the_sandbox() -> None:
    fields = dict(listing_of(theme_facts(MANIFEST), MICRO).fields)
    assert problems_of(fields, SANDBOX).keys() == {"webhook_url"}  # nobody would sell it
    fields["webhook_url"] = "http://127.0.0.1:8000/hook"
    assert problems_of(fields, SANDBOX) == {}
    assert "public https:// address" in problems_of(fields, PRODUCTION)["webhook_url"]


def test_an_update_sends_only_what_differs() -> None:
    fields = dict(listing_of(theme_facts(MANIFEST), 12 * MICRO).fields)
    app = AppView("a", "a", "Cozy Loft", loads(dumps(fields)))  # numbers as Decimal, as they come from OfficeX
    assert isinstance(app.fields["suggested_rate_limits"]["max_per_hour"], Decimal)
    assert changes_of(app, fields) == ()
    wanted = fields | {"subtitle": "", "pricing_lines": ["7 credits: all"], "developer": "Other", "webhook_url": None}
    assert [(one.field, one.after) for one in changes_of(app, wanted)] == [
        ("subtitle", ""), ("developer", "Other"), ("pricing_lines", ["7 credits: all"]),
    ]  # fmt: skip
    changed_app({one.field: one.after for one in changes_of(app, wanted)}, setup_of(SANDBOX))


def test_a_version_that_buyers_would_not_notice() -> None:
    assert version_doubt("1.0.0", "1.0.1", is_same_bundle=False) == ""
    assert version_doubt("1.0.0", "1.0.0", is_same_bundle=True) == ""
    assert "other files" in version_doubt("1.0.0", "1.0.0", is_same_bundle=False)
    assert "older" in version_doubt("1.10.0", "1.9.0", is_same_bundle=False)
