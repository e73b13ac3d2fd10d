"""Colours as themes write them: CSS forms, ``#rrggbb``, ``0xrrggbb``; and the colour of a status badge."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple


class RGBA(NamedTuple):
    """Each channel 0..255."""

    red: int
    green: int
    blue: int
    alpha: int = 255


# 2D theme format, sections 6 and 2.8.
STATUS_DEFAULTS = {
    "working": "#16A34A",
    "idle": "#F59E0B",
    "blocked": "#DC2626",
    "collaborating": "#2563EB",
    "unbound": "#666666",
}
_STATUS_KEYS = {
    "working": ("working", "busy"),
    "idle": ("idle", "online"),
    "blocked": ("blocked",),
    "collaborating": ("collaborating", "meeting"),
    "unbound": ("unbound", "offline"),
    "offline": ("unbound", "offline"),
}
BACKDROP_DEFAULT = RGBA(0x0F, 0x17, 0x2A)

_HEX = re.compile(r"(?:#|0[xX])?([0-9a-fA-F]+)\Z")
_FUNCTION = re.compile(r"rgba?\(([^()]*)\)\Z", re.IGNORECASE)
_NAMED = {"transparent": RGBA(0, 0, 0, 0), "white": RGBA(255, 255, 255), "black": RGBA(0, 0, 0)}


def parse_color(text: object) -> RGBA | None:
    """The colour written in ``text``, or None when it is not one.

    Understands 3, 4, 6 and 8 hex digits with ``#``, ``0x`` or nothing in front, ``rgb()``/``rgba()`` with commas or
    spaces, and ``transparent``, ``white``, ``black``.
    """
    if not isinstance(text, str):
        return None
    text = text.strip()
    if found := _HEX.match(text):
        return _from_hex(found[1])
    if found := _FUNCTION.match(text):
        return _from_function(found[1])
    return _NAMED.get(text.lower())


def status_color(badge_colors: Mapping[str, str], status: str) -> RGBA:
    """Badge colour of a status: code key, then the design document's key, then the default (format 2.8)."""
    for key in _STATUS_KEYS.get(status, (status,)):
        color = parse_color(badge_colors.get(key))
        if color is not None:
            return color
    default = parse_color(STATUS_DEFAULTS.get(status, STATUS_DEFAULTS["unbound"]))
    assert default is not None
    return default


def backdrop(text: str | None) -> RGBA:
    """Colour around the canvas. Alpha is ignored; anything unreadable is the default."""
    color = parse_color(text)
    return BACKDROP_DEFAULT if color is None else color._replace(alpha=255)


def _from_hex(digits: str) -> RGBA | None:
    if len(digits) in (3, 4):
        digits = "".join(digit * 2 for digit in digits)
    if len(digits) not in (6, 8):
        return None
    return RGBA(*(int(digits[i : i + 2], 16) for i in range(0, len(digits), 2)))


def _from_function(inside: str) -> RGBA | None:
    parts = re.split(r"[,/\s]+", inside.strip())
    if len(parts) not in (3, 4):
        return None
    try:
        channels = [_channel(part, 255) for part in parts[:3]]
        alpha = _channel(parts[3], 1) * 255 if len(parts) == 4 else 255
    except ValueError:
        return None
    return RGBA(*(max(0, min(255, round(value))) for value in (*channels, alpha)))


def _channel(text: str, full: float) -> float:
    return float(text[:-1]) / 100 * full if text.endswith("%") else float(text)
