"""Fonts as manifests write them: the CSS short form, ``600 12px "Fira Sans", sans-serif``. Format section 2.7.1."""

from __future__ import annotations

import re
from dataclasses import dataclass

DEFAULT_PX = 12.0
_MIN_PX, _MAX_PX = 1.0, 200.0
_WEIGHTS = {"normal": 400, "bold": 700, "bolder": 700, "lighter": 300}
_SIZE = re.compile(r"(?P<number>\d+(?:\.\d+)?|\.\d+)(?P<unit>px|pt|em|rem|%)(?:/\S+)?\Z", re.IGNORECASE)
_PX_PER = {"px": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0, "%": 0.16}
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class CssFont:
    """``size_px``: canvas units; ``weight``: 1..1000; ``families``: in order of preference, generic names included."""

    size_px: float = DEFAULT_PX
    weight: int = 400
    is_italic: bool = False
    families: tuple[str, ...] = ("sans-serif",)


def parse_font(text: str) -> CssFont:
    """The font written in ``text``. Whatever cannot be read is left at its default: a label is never lost over it."""
    weight, italic = 400, False
    for found in _WORD.finditer(text):
        word = found[0]
        if size := _SIZE.match(word):
            pixels = float(size["number"]) * _PX_PER[size["unit"].lower()]
            return CssFont(min(_MAX_PX, max(_MIN_PX, pixels)), weight, italic, _families(text[found.end() :]))
        lower = word.lower()
        if lower in _WEIGHTS:
            weight = _WEIGHTS[lower] if lower != "normal" else weight
        elif lower.isdecimal() and 1 <= int(lower) <= 1000:
            weight = int(lower)
        elif lower in ("italic", "oblique"):
            italic = True
        elif lower != "small-caps":
            # No size follows: all there is, is a family.
            return CssFont(DEFAULT_PX, weight, italic, _families(text[found.start() :]))
    return CssFont(DEFAULT_PX, weight, italic)


def _families(text: str) -> tuple[str, ...]:
    names = (name.strip().strip("\"'").strip() for name in text.split(","))
    return tuple(name for name in names if name) or ("sans-serif",)
