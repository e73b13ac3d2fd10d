"""What stands around the fields of a listing: titles, limits, and why a value cannot be used, in plain words. No Qt."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from office_studio.core.officex.app_fields import Setup, problems
from office_studio.core.officex.limits import NEVER
from office_studio.ui import formats
from office_studio.ui.trade.vendor.app_prices import LONGEST_LINE, MOST_LINES

TITLES = {
    "name": "Name",
    "subtitle": "Subtitle",
    "description": "Description",
    "category": "Category",
    "developer": "Developer",
    "price_type": "How it is paid",
    "pricing_lines": "Price lines",
    "tags": "Tags",
    "icon": "Icon",
    "inAppPurchases": "In-app purchases",
    "webhook_url": "Webhook address",
    "iframe_url": "Address of the app in a frame",
    "app_url": "Web site",
    "support_url": "Support page",
    "contact_email": "Contact e-mail",
    "context_prompt": "Prompt for agents",
    "documentation": "Documentation for agents",
    "suggested_rate_limits": "Suggested limits",
    "minimum_rate_limits": "Smallest limits it takes",
    "preview_images": "Preview pictures",
    "youtube_url": "Video",
}
# Characters at least and at most; of documentation the environment says.
TEXTS = {
    "name": (3, 50),
    "subtitle": (0, 200),
    "description": (0, 5000),
    "category": (0, 50),
    "developer": (0, 100),
    "contact_email": (0, 254),
    "context_prompt": (0, 5000),
}
LISTS = {
    "tags": (10, 50),
    "pricing_lines": (MOST_LINES, LONGEST_LINE),
    "preview_images": (10, 2000),
}  # items, characters
WINDOWS = {"max_per_hour": "an hour", "max_per_day": "a day", "max_per_month": "a month"}
# What OfficeX suggests to vendors, and our own for themes: charges an hour, a day, a month.
PRESETS = {
    "Lead enrichment": (50, 200, 2000),
    "Data export": (10, 50, 200),
    "AI generation": (20, 100, 1000),
    "Real-time lookup": (100, 500, 5000),
    "Theme sale": (5, 10, 20),
}
_FIELD = re.compile(r"([a-zA-Z_]+)(?:\.([a-z_]+))?\b")


def most_of(field: str, setup: Setup) -> int | None:
    """Characters that a text field takes; None where it has no counter."""
    if field == "documentation":
        return setup.documentation_limit
    return TEXTS[field][1] if field in TEXTS else None


def problem_of(field: str, value: Any, setup: Setup) -> str:
    """Why OfficeX would refuse the value, for the line under its field; "" where it would take it."""
    found = problems({field: value}, setup, is_new=False).get(field)
    if found is None:
        return ""
    most = most_of(field, setup)
    if field == "name" and (value is None or len(value) < TEXTS["name"][0]):
        return _short_name(value or "")
    if most is not None and isinstance(value, str) and len(value) > most:
        over = formats.plural(len(value) - most, "character")
        return f"{over} too many; it takes at most {formats.quantity(most)}."
    if field in LISTS and isinstance(value, Sequence):
        return _list_problem(field, value, setup)
    if field.endswith("_rate_limits") and isinstance(value, Mapping):
        return _limits_problem(found)
    if field == "contact_email":
        return "An e-mail address looks like you@example.org."
    if field == "icon":
        return "An emoji or the address of a picture, at most 2,000 characters."
    return _without_name(field, found)


def _short_name(value: str) -> str:
    if not value:
        return "The app needs a name of 3 to 50 characters."
    return f"A name has at least 3 characters; this one has {len(value)}."


def _list_problem(field: str, value: Sequence[Any], setup: Setup) -> str:
    most, longest = LISTS[field]
    what = {"tags": "tag", "pricing_lines": "line", "preview_images": "picture"}[field]
    if len(value) > most:
        return f"At most {formats.plural(most, what)}; there are {len(value)}."
    for at, item in enumerate(value, 1):
        if field == "preview_images":
            found = problems({"app_url": item}, setup, is_new=False).get("app_url")
            if found is not None:
                return f"Picture {at}: {_without_name('app_url', found)}"
        elif len(item) > longest:
            return f"{what.capitalize()} {at} has {len(item)} characters; at most {longest} fit."
    return ""


def _limits_problem(message: str) -> str:
    named = _FIELD.match(message)
    key = named[2] if named is not None else None
    if key in WINDOWS:
        return f"Charges {WINDOWS[key]}: a whole number from 0 to 1,000,000."
    return "The end of the permission is a day such as 2027-01-31, or “never”."


def _without_name(field: str, message: str) -> str:
    """ "webhook_url has to begin with https://." -> "It has to begin with https://."."""
    return f"It {message.removeprefix(field).strip()}" if message.startswith(field) else message


def field_of(message: str) -> str:
    """The field that a server's refusal begins with; "" where it names none that a form has."""
    named = _FIELD.match(message.strip())
    return named[1] if named is not None and named[1] in TITLES else ""


def refused_words(field: str, message: str) -> str:
    """A server's refusal under its field."""
    return f"OfficeX refused it: {_without_name(field, message)[:300]}"


# -- typed values ----------------------------------------------------------------------------------
def typed_moment(text: str) -> int | str | None:
    """Unix seconds of "2027-01-31" or "2027-01-31 14:00" (UTC), -1 of "never", None of nothing, else the text."""
    words = text.strip()
    if not words:
        return None
    if words.casefold() in ("never", "-1"):
        return NEVER
    for form in ("%Y-%m-%d", "%Y-%m-%d %H:%M"):
        try:
            return int(datetime.strptime(words, form).replace(tzinfo=UTC).timestamp())
        except ValueError:
            continue
    return words


def moment_text(at_s: int) -> str:
    """The other way round; what no clock can show stays a number, which the field then refuses."""
    if at_s == NEVER:
        return "never"
    try:
        then = datetime.fromtimestamp(at_s, UTC)
    except (ValueError, OverflowError, OSError):
        return str(at_s)
    return then.strftime("%Y-%m-%d" if then.hour == then.minute == 0 else "%Y-%m-%d %H:%M")


def whole_of(value: Any) -> int:
    """A count or moment of a listing; 0 where it holds something else."""
    return int(value) if isinstance(value, (int, Decimal)) and Decimal(value).is_finite() else 0


def typed_count(text: str) -> int | str | None:
    """A whole number, None of nothing, else the text itself, which OfficeX's rules then refuse."""
    words = text.strip().replace(",", "")
    if not words:
        return None
    return int(words) if words.isascii() and words.isdigit() and len(words) < 12 else words
