"""The fields of an app that a vendor registers or edits, and their limits (contract, section 13)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.limits import DEFAULTS, MAX_COUNT, moment_value, whole
from office_studio.core.officex.requests import refuse, web_address

PRICE_TYPES = ("FREE", "PAY_PER_USE", "ONE_TIME", "SUBSCRIPTION", "MIXED")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True)
class Setup:
    """What differs by environment: length of the documentation, and whether http on loopback passes (the sandbox)."""

    documentation_limit: int = 50_000
    allows_loopback: bool = False


Check = Callable[[str, Any, Setup], Any]


def _text(least: int, most: int) -> Check:
    def check(field: str, value: Any, _setup: Setup) -> Any:
        if not isinstance(value, str) or not least <= len(value) <= most:
            raise refuse(field, f"has to be text of {least} to {most:,} characters")
        return value

    return check


def _texts(most: int, longest: int) -> Check:
    def check(field: str, value: Any, _setup: Setup) -> Any:
        if not isinstance(value, list) or len(value) > most:
            raise refuse(field, f"has to be a list of at most {most}")
        if any(not isinstance(item, str) or len(item) > longest for item in value):
            raise refuse(field, f"takes texts of at most {longest} characters")
        return value

    return check


def _address(field: str, value: Any, setup: Setup) -> Any:
    return web_address(value, field, http_on_loopback=setup.allows_loopback, https_only=True)


def _addresses(field: str, value: Any, setup: Setup) -> Any:
    if not isinstance(value, list) or len(value) > 10:
        raise refuse(field, "has to be a list of at most 10 addresses")
    return [_address(field, item, setup) for item in value]


def _documentation(field: str, value: Any, setup: Setup) -> Any:
    return _text(0, setup.documentation_limit)(field, value, setup)


def _price_type(field: str, value: Any, _setup: Setup) -> Any:
    if value not in PRICE_TYPES:
        raise refuse(field, f"has to be one of {', '.join(PRICE_TYPES)}")
    return value


def _icon(field: str, value: Any, _setup: Setup) -> Any:
    is_good = (
        isinstance(value, dict) and value.get("type") in ("emoji", "image") and isinstance(value.get("content"), str)
    )
    if not is_good or len(value["content"]) > 2000:
        raise refuse(field, "has to have a type (emoji or image) and a content")
    return {"type": value["type"], "content": value["content"]}


def _flag(field: str, value: Any, _setup: Setup) -> Any:
    if not isinstance(value, bool):
        raise refuse(field, "has to be true or false")
    return value


def _mail(field: str, value: Any, _setup: Setup) -> Any:
    if not isinstance(value, str) or len(value) > 254 or not _MAIL.fullmatch(value):
        raise refuse(field, "has to be an e-mail address")
    return value


def _limits(field: str, value: Any, _setup: Setup) -> Any:
    if not isinstance(value, dict):
        raise refuse(field, "has to be an object")
    result: dict[str, int] = {}
    for key in DEFAULTS:
        if value.get(key) is not None:
            count = whole(value[key], f"{field}.{key}")
            if not 0 <= count <= MAX_COUNT:
                raise refuse(f"{field}.{key}", "is a whole number from 0 to 1,000,000")
            result[key] = count
    if value.get("expires_at") is not None:
        result["expires_at"] = moment_value(value["expires_at"], f"{field}.expires_at")
    return result


FIELDS: dict[str, Check] = {
    "name": _text(3, 50),
    "description": _text(0, 5000),
    "subtitle": _text(0, 200),
    "category": _text(0, 50),
    "developer": _text(0, 100),
    "price_type": _price_type,
    "pricing_lines": _texts(10, 100),
    "tags": _texts(10, 50),
    "icon": _icon,
    "inAppPurchases": _flag,
    "webhook_url": _address,
    "iframe_url": _address,
    "app_url": _address,
    "support_url": _address,
    "contact_email": _mail,
    "context_prompt": _text(0, 5000),
    "documentation": _documentation,
    "suggested_rate_limits": _limits,
    "minimum_rate_limits": _limits,
}
UPDATE_ONLY: dict[str, Check] = {
    "previews": _addresses,
    "icon_url": _address,
    "preview_images": _addresses,
    "youtube_url": _address,
}
HIDDEN_IN_CATALOG = frozenset({"webhook_url", "destination_wallet_id", "context_prompt"})


def new_app(body: Mapping[str, Any], setup: Setup) -> dict[str, Any]:
    """The fields of a new app; what is null or unknown is left out. Raises Refusal INVALID_REQUEST (``field``)."""
    if body.get("name") is None:
        raise refuse("name", "has to be text of 3 to 50 characters")
    return {field: check(field, body[field], setup) for field, check in FIELDS.items() if body.get(field) is not None}


def changed_app(body: Mapping[str, Any], setup: Setup) -> dict[str, Any]:
    """What a PATCH sets; None clears. Raises Refusal INVALID_REQUEST: nothing is to be changed then."""
    changes: dict[str, Any] = {}
    for field, check in (FIELDS | UPDATE_ONLY).items():
        if field not in body:
            continue
        if body[field] is None and field == "name":
            raise refuse("name", "cannot be cleared")
        changes[field] = None if body[field] is None else check(field, body[field], setup)
    return changes


def problems(body: Mapping[str, Any], setup: Setup, *, is_new: bool = True) -> dict[str, str]:
    """Every field that would be refused, and why: for a form that is checked while somebody types."""
    found: dict[str, str] = {}
    for field, check in (FIELDS if is_new else FIELDS | UPDATE_ONLY).items():
        value = body.get(field)
        try:
            if value is not None:
                check(field, value, setup)
            elif field == "name" and (is_new or field in body):
                raise refuse("name", "has to be text of 3 to 50 characters")
        except Refusal as refusal:
            found[field] = refusal.message
    return found
