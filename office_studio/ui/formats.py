"""How figures are written on screen: ages, times, quantities. Pure text functions, no Qt.

Locale matters come in through :func:`use_locale`, called once at start. Unknown is always "—", never 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

UNKNOWN = "—"
SECOND_MS, MINUTE_MS, HOUR_MS, DAY_MS = 1_000, 60_000, 3_600_000, 86_400_000


@dataclass(slots=True)
class _Locale:
    group: str = ","
    decimal: str = "."
    hours24: bool = True


_locale = _Locale()


def use_locale(*, group: str = ",", decimal: str = ".", hours24: bool = True) -> None:
    """Separators and clock of the system, for everything written from now on."""
    _locale.group, _locale.decimal, _locale.hours24 = group, decimal, hours24


def decimal_point() -> str:
    return _locale.decimal


# -- ages and times --------------------------------------------------------------------------------
def age(since_ms: int | None, now_ms: int) -> str:
    """Age in lists: "52 s", "4 min", "2 h 14 min", "yesterday 16:02", "4 Aug"."""
    if since_ms is None:
        return UNKNOWN
    gone = max(0, now_ms - since_ms)
    if gone < MINUTE_MS:
        return f"{gone // SECOND_MS} s"
    if gone < HOUR_MS:
        return f"{gone // MINUTE_MS} min"
    then, today = _local(since_ms), _local(now_ms).date()
    days = (today - then.date()).days
    if days == 0 or gone < 6 * HOUR_MS:
        return _hours(gone)
    if days == 1:
        return f"yesterday {clock(since_ms)}"
    return _day(since_ms)


def exact_age(since_ms: int | None, now_ms: int) -> str:
    """Age in detail: "12 s", "4 min 12 s", "2 h 14 min", "3 d 4 h"."""
    return UNKNOWN if since_ms is None else duration(max(0, now_ms - since_ms))


def duration(length_ms: int | None) -> str:
    """A length of time: "12 s", "4 min 12 s", "2 h 14 min", "3 d 4 h"."""
    if length_ms is None:
        return UNKNOWN
    if length_ms < MINUTE_MS:
        return f"{length_ms // SECOND_MS} s"
    if length_ms < HOUR_MS:
        seconds = length_ms % MINUTE_MS // SECOND_MS
        return f"{length_ms // MINUTE_MS} min" + (f" {seconds} s" if seconds else "")
    return _hours(length_ms) if length_ms < DAY_MS else f"{length_ms // DAY_MS} d {length_ms % DAY_MS // HOUR_MS} h"


def news_age(since_ms: int | None, now_ms: int) -> str:
    """Age of the newest fact of a connection; under ten seconds with one decimal: "0.4 s"."""
    if since_ms is None:
        return UNKNOWN
    gone = max(0, now_ms - since_ms)
    if gone < 10 * SECOND_MS:
        return f"{gone / SECOND_MS:.1f} s".replace(".", _locale.decimal)
    return exact_age(since_ms, now_ms)


def clock(at_ms: int | None) -> str:
    """Time of day without seconds, "14:31"."""
    if at_ms is None:
        return UNKNOWN
    return _local(at_ms).strftime("%H:%M") if _locale.hours24 else _twelve(at_ms, "%I:%M %p")


def clock_seconds(at_ms: int | None) -> str:
    """Time of day with seconds, "14:31:07"."""
    if at_ms is None:
        return UNKNOWN
    return _local(at_ms).strftime("%H:%M:%S") if _locale.hours24 else _twelve(at_ms, "%I:%M:%S %p")


def moment(at_ms: int | None) -> str:
    """Date, time and zone, for tool tips: "Tue 4 Aug 2026, 14:31:07 CEST"."""
    if at_ms is None:
        return UNKNOWN
    then = _local(at_ms)
    return f"{then:%a} {then.day} {then:%b %Y}, {clock_seconds(at_ms)} {then:%Z}".rstrip()


def as_of(at_ms: int | None, was: str = "") -> str:
    """Old news: "as of 13:58:20, was working"."""
    return f"as of {clock_seconds(at_ms)}" + (f", was {was}" if was else "")


def day(at_ms: int) -> str:
    """ "4 Aug"."""
    return _day(at_ms)


def date(at_ms: int) -> str:
    """ "4 Aug 2026"."""
    return f"{_day(at_ms)} {_local(at_ms).year}"


def day_clock(at_ms: int) -> str:
    """A moment of another day in a list: "4 Aug 14:31"."""
    return f"{_day(at_ms)} {clock(at_ms)}"


def _hours(length_ms: int) -> str:
    minutes = length_ms % HOUR_MS // MINUTE_MS
    return f"{length_ms // HOUR_MS} h" + (f" {minutes} min" if minutes else "")


def _day(at_ms: int) -> str:
    then = _local(at_ms)
    return f"{then.day} {then:%b}"


def _local(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000).astimezone()


def _twelve(at_ms: int, pattern: str) -> str:
    return _local(at_ms).strftime(pattern).lstrip("0")


# -- quantities ------------------------------------------------------------------------------------
def quantity(number: int | None) -> str:
    """A count, grouped as the locale does: "1,284"."""
    return UNKNOWN if number is None else f"{number:,}".replace(",", _locale.group)


def tokens(number: int | None) -> str:
    """A number of tokens: "940", "3.2 k", "312 k", "1.4 M"."""
    if number is None:
        return UNKNOWN
    if number < 1_000:
        return str(number)
    if number < 999_500:
        thousands = number / 1_000
        return (f"{thousands:.1f}" if thousands < 9.95 else f"{thousands:.0f}").replace(".", _locale.decimal) + " k"
    return f"{number / 1_000_000:.1f}".replace(".", _locale.decimal) + " M"


def size(size_bytes: int | None) -> str:
    """Bytes in powers of ten with one decimal: "3.8 MB"."""
    if size_bytes is None:
        return UNKNOWN
    if size_bytes < 1_000:
        return f"{size_bytes} B"
    units = (("kB", 1e3), ("MB", 1e6), ("GB", 1e9))
    unit, divisor = next((pair for pair in units if size_bytes / pair[1] < 999.95), units[-1])
    return f"{size_bytes / divisor:.1f} {unit}".replace(".", _locale.decimal)


def percent(fraction: float) -> str:
    return f"{round(fraction * 100)} %"


def plural(number: int, one: str, many: str = "") -> str:
    """ "1 agent", "12 agents"."""
    return f"{quantity(number)} {one if number == 1 else many or one + 's'}"


def sentences(*parts: str) -> str:
    """Parts joined to sentences: each ends with a full stop, empty ones are left out."""
    ended = (part if part[-1] in ".!?…" else f"{part}." for part in (p.strip() for p in parts) if part)
    return " ".join(ended)


def sentence_list(words: Iterable[str]) -> str:
    """ "Ron", "Ron and Bram", "Ron, Bram and Kai"."""
    items = list(words)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"
