"""What an upload would change for those in the office, in sentences. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from office_studio.ui import formats

if TYPE_CHECKING:
    from office_studio.core.theme.diff import ThemeDiff
    from office_studio.services.theme_diff import PublishedDiff, Unseated

_NAMED = 3
_COUNTED = ("zone", "seat")


@dataclass(frozen=True, slots=True)
class Review:
    """``version``: the one to write first, "" when the version is right as it is."""

    title: str
    sentences: tuple[str, ...]
    version: str = ""


def review_of(found: PublishedDiff, *, can_bump: bool = True, is_kept: bool = False) -> Review | None:
    """None when nobody loses anything and the version is right.

    ``can_bump``: whether a version can be written; a zip's cannot. ``is_kept``: a bundle of before goes out again;
    its version stays, so what the server has instead is told.
    """
    diff = found.diff
    if diff is None or (diff.is_same and not (is_kept and diff.before_version != diff.after_version)):
        return None
    lines = [line for line in (_counted(diff, "removed"),) if line]
    lines += _losers(found.unseated)
    if is_kept:
        lines.append(f"The server has {diff.before_version}; this puts {diff.after_version} in its place.")
    advised = diff.advised_version if diff.needs_bump and not is_kept else ""
    if advised:
        asks = {"major": "Removed seats and zones ask", "minor": "What was added asks", "patch": "The changes ask"}
        lines.append(f"The server has {diff.before_version}. {asks.get(diff.advice.value, 'It asks')} for {advised}.")
    if not lines:
        return None
    title = "Somebody would lose a seat" if any(each.after is None for each in found.unseated) else "Before it is sent"
    return Review(title, tuple(lines), advised if can_bump else "")


def _counted(diff: ThemeDiff, what: str) -> str:
    """ "Removes 2 seats and 1 zone." """
    counts = [(kind, sum(c.what == what and c.kind == kind for c in diff.changes)) for kind in _COUNTED]
    words = formats.sentence_list(formats.plural(count, kind) for kind, count in counts if count)
    return f"Removes {words}." if words else ""


def _losers(unseated: tuple[Unseated, ...]) -> list[str]:
    """ "Ada would lose Desk 3." """
    lost = [f"{each.agent_name} would lose {each.before}." for each in unseated if each.after is None]
    moved = [
        f"{each.agent_name} would sit on {each.after} instead of {each.before}." for each in unseated if each.after
    ]
    lines = [*lost, *moved]
    rest = len(lines) - _NAMED
    return [*lines[:_NAMED], *([f"{formats.plural(rest, 'more agent')} would sit elsewhere."] if rest > 0 else [])]


def when(at_ms: int) -> str:
    """ "4 Aug 2026, 14:31": to tell one upload from another."""
    then = datetime.fromtimestamp(at_ms / 1000).astimezone()
    return f"{then.day} {then:%b %Y}, {formats.clock(at_ms)}"
