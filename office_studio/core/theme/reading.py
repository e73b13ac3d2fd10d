"""Picks values of the right type out of a JSON object and notes what was of the wrong one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from office_studio.core.theme.files import is_safe_name
from office_studio.core.theme.model import Point, Rect
from office_studio.core.validation.report import Finding, Severity

MAX_NUMBER = 1e15  # of anything in a manifest: sums and products of such are still numbers


class Reader:
    """Lenient reading: a value of the wrong type counts as absent and leaves a finding."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def note(self, rule: str, pointer: str, message: str, obj: str | None = None) -> None:
        self.findings.append(Finding(rule, Severity.WARNING, message, file="theme.json", pointer=pointer, object=obj))

    def wrong(self, pointer: str, wanted: str) -> None:
        self.note("T2D-TYPE", pointer, f"{pointer} must be {wanted}; it is ignored.")

    def text(self, data: Mapping[str, Any], key: str, at: str, default: str = "") -> str:
        value = data.get(key)
        if isinstance(value, str):
            return value
        if value is not None:
            self.wrong(f"{at}/{key}", "text")
        return default

    def number(self, data: Mapping[str, Any], key: str, at: str, default: float | None = None) -> float | None:
        value = data.get(key)
        if is_number(value) and abs(value) <= MAX_NUMBER:
            return float(value)
        if value is not None:
            self.wrong(f"{at}/{key}", f"at most {MAX_NUMBER:.0e}" if is_number(value) else "a number")
        return default

    def positive(self, data: Mapping[str, Any], key: str, at: str, default: float | None = None) -> float | None:
        value = self.number(data, key, at)
        if value is not None and value <= 0:
            self.wrong(f"{at}/{key}", "above 0")
            return default
        return default if value is None else value

    def positive_integer(self, data: Mapping[str, Any], key: str, at: str) -> int | None:
        value = self.positive(data, key, at)
        if value is not None and value != int(value):
            self.wrong(f"{at}/{key}", "a whole number")
            return None
        return None if value is None else int(value)

    def flag(self, data: Mapping[str, Any], key: str, at: str, default: bool) -> bool:
        value = data.get(key)
        if isinstance(value, bool):
            return value
        if value is not None:
            self.wrong(f"{at}/{key}", "true or false")
        return default

    def path(self, data: Mapping[str, Any], key: str, at: str) -> str | None:
        """A safe relative path (format 2.13); anything else is reported and counts as absent."""
        value = data.get(key)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            self.wrong(f"{at}/{key}", "a path")
            return None
        if not is_safe_name(value):
            self.note(
                "T2D-PATH-TRAVERSAL" if ".." in value else "T2D-PATH-ABS",
                f"{at}/{key}",
                f'Unsafe path in {at.strip("/").replace("/", ".")}.{key}: "{value[:80]}" — must be relative with no '
                '"..", ":" or absolute prefix; it is ignored.',
            )
            return None
        return value

    def section(self, data: Mapping[str, Any], key: str, at: str) -> Mapping[str, Any]:
        """A nested object, or an empty one."""
        value = data.get(key)
        if isinstance(value, dict):
            return value
        if value is not None:
            self.wrong(f"{at}/{key}", "an object")
        return {}

    def items(self, data: Mapping[str, Any], key: str, at: str) -> Iterator[tuple[int, Any]]:
        value = data.get(key)
        if isinstance(value, list):
            yield from enumerate(value)
        elif value is not None:
            self.wrong(f"{at}/{key}", "a list")

    def point(self, data: Mapping[str, Any], key: str, at: str, default: Point) -> Point:
        inside = self.section(data, key, at)
        x = self.number(inside, "x", f"{at}/{key}", default.x)
        y = self.number(inside, "y", f"{at}/{key}", default.y)
        return Point(default.x if x is None else x, default.y if y is None else y)

    def rect(self, data: Mapping[str, Any], key: str, at: str) -> Rect | None:
        """A rectangle of positive size, or None."""
        inside = self.section(data, key, at)
        if not inside:
            return None
        x, y = self.number(inside, "x", f"{at}/{key}"), self.number(inside, "y", f"{at}/{key}")
        width = self.positive(inside, "width", f"{at}/{key}")
        height = self.positive(inside, "height", f"{at}/{key}")
        if x is None or y is None or width is None or height is None:
            return None
        return Rect(x, y, width, height)


def is_number(value: object) -> TypeGuard[int | float]:
    """A finite JSON number; ``true`` is none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
