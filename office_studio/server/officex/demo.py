"""What an empty sandbox begins with: two accounts, three apps, a theme shop, vouchers, some history."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

from office_studio.core.officex.money import MICRO
from office_studio.server.officex.account_routes import by_email, create_user, new_key
from office_studio.server.officex.call import Call
from office_studio.server.officex.money_routes import credit
from office_studio.server.officex.tables import apps, vouchers
from office_studio.server.officex.vendor_routes import create_app

CONSUMER, VENDOR = "you@sandbox.test", "vendor@sandbox.test"

APPS: tuple[dict[str, Any], ...] = (
    {
        "name": "Lead Finder",
        "subtitle": "Finds people to talk to, one charge a lead",
        "description": "Give it a kind of company; it returns names with sources. Each lead costs 0.25 credits.",
        "category": "Sales",
        "developer": "Sandbox Works",
        "price_type": "PAY_PER_USE",
        "pricing_lines": ["0.25 credits: one lead with its sources"],
        "tags": ["leads", "research"],
        "icon": {"type": "emoji", "content": "🔎"},
        "suggested_rate_limits": {"max_per_hour": 50, "max_per_day": 200, "max_per_month": 2000},
        "documentation": "POST /leads with a `query`. Charges 0.25 credits for each lead found.",
    },
    {
        "name": "Film Desk",
        "subtitle": "Short films from a script",
        "description": "Reserves the price of the whole film, takes it scene by scene, gives back the rest.",
        "category": "Media",
        "developer": "Sandbox Works",
        "price_type": "PAY_PER_USE",
        "pricing_lines": ["0.4 credits: one scene", "0.02 credits: export"],
        "tags": ["video"],
        "icon": {"type": "emoji", "content": "🎬"},
        "suggested_rate_limits": {"max_per_hour": 20, "max_per_day": 100, "max_per_month": 1000},
        "documentation": "POST /films with a `script`. Charges scene by scene.",
    },
    {
        "name": "Daily Digest",
        "subtitle": "What your agents did, every evening",
        "description": "Free. Writes one letter a day into your inbox.",
        "category": "Office",
        "developer": "Sandbox Works",
        "price_type": "FREE",
        "pricing_lines": ["Free"],
        "tags": ["inbox"],
        "icon": {"type": "emoji", "content": "📬"},
        "documentation": "Nothing to call: it reads the day and writes a letter.",
    },
    {
        "name": "Loft & Sons Themes",
        "subtitle": "Offices for Office Studio",
        "description": "A small shop for office themes. Twelve credits buy a theme with all updates of its version.",
        "category": "Office themes",
        "developer": "Loft & Sons",
        "price_type": "ONE_TIME",
        "pricing_lines": ["12 credits: full theme, all updates of version 1"],
        "tags": ["office-theme", "pixi"],
        "icon": {"type": "emoji", "content": "🪑"},
        "suggested_rate_limits": {"max_per_hour": 5, "max_per_day": 10, "max_per_month": 20},
        "documentation": "After the purchase agent_context carries theme_url, theme_sha256 and license.",
    },
)
VOUCHERS = (("WELCOME", 25, None), ("COFFEE", 5, 100))


def seed(call: Call) -> dict[str, Any]:
    """Fill what is missing; the ids of the two accounts, and a new key of each."""
    found: dict[str, Any] = {}
    for role, email in (("consumer", CONSUMER), ("vendor", VENDOR)):
        user = by_email(call, email) or create_user(call, email)
        found[role] = {
            "email": email,
            "user_id": user.user_id,
            "wallet_id": user.wallet_id,
            "api_key": new_key(call, user.user_id),
        }
    names = {row.fields["name"] for row in call.all(select(apps))}
    is_new = not names
    for fields in APPS:
        if fields["name"] not in names:
            create_app(call, found["vendor"]["user_id"], dict(fields))
    codes = set(call.connection.execute(select(vouchers.c.code)).scalars())
    for code, amount, most in VOUCHERS:
        if code not in codes:
            row = {"code": code, "credits": amount * MICRO, "max_redemptions": most, "redemptions": 0}
            call.connection.execute(
                insert(vouchers), row | {"expires_at": -1, "active": True, "created_ms": call.now_ms}
            )
    if is_new:
        credit(call, found["consumer"]["wallet_id"], 100 * MICRO, "PURCHASE")
    return found
