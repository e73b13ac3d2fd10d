"""Tracers, launch addresses, and what of an address may be written down (contract, sections 17.3 and 18.1)."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit, urlunsplit

_TRACER = re.compile(r"trc_[A-Za-z0-9_-]{1,120}")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def is_tracer(text: object) -> bool:
    return isinstance(text, str) and _TRACER.fullmatch(text) is not None


def new_tracer(now_ms: int, random_text: str) -> str:
    """``trc_<milliseconds in base 36>-<random>``; ``random_text``: 8 characters from the caller's random source."""
    digits, rest = "", now_ms
    while True:
        rest, digit = divmod(rest, 36)
        digits = _DIGITS[digit] + digits
        if rest == 0:
            return f"trc_{digits}-{random_text}"


def launch_url(iframe_url: str, user_id: str, install_id: str, install_secret: str) -> str:
    """The address that opens an app for one install. It carries the secret: never log it, see ``without_query``."""
    parts = urlsplit(iframe_url)
    values = {
        "officex_customer_id": user_id,
        "officex_install_id": install_id,
        "officex_install_secret": install_secret,
    }
    added = "&".join(f"{key}={quote(value, safe='')}" for key, value in values.items())
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))


def without_query(url: str) -> str:
    """An address as it may stand in a log: no query, no fragment, no user and password."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def slug_of(name: str, taken: frozenset[str] | set[str] = frozenset()) -> str:
    """Kebab case of an app's name, made unique with a number."""
    words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "app"
    slug, number = words, 1
    while slug in taken:
        number += 1
        slug = f"{words}-{number}"
    return slug
