"""Deeds of which the end is not known: the line broke, or the office took too long and may still do its part.

Each reading of the seats is compared with what a deed should have left behind. Whoever lost a seat by half a deed is
named as soon as it is seen, however late the office did it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from office_studio.errors import OfficeStudioError
from office_studio.services.binding_writer import WriteReport
from office_studio.ui.assign.deeds import Deed, HistoryEntry

_READINGS = 15  # at one in four seconds a minute, longer than any call is waited for
_UNKNOWN = ("OFFICE_TIMEOUT", "OFFICE_CONNECTION_LOST", "OFFICE_UNREACHABLE")


@dataclass(slots=True)
class Doubt:
    entry: HistoryEntry
    theme_id: str
    readings: int = 0


class Doubts:
    def __init__(self) -> None:
        self._open: list[Doubt] = []

    def note(self, entry: HistoryEntry, theme_id: str, outcome: WriteReport | OfficeStudioError) -> None:
        """Remember the deed when it may have gone further than the office has answered."""
        if not isinstance(outcome, WriteReport):
            return  # it was not even begun
        errors = [failure.error for failure in outcome.failed]
        errors += [outcome.stopped_by] if outcome.stopped_by is not None else []
        if outcome.rows is None or any(error.code in _UNKNOWN for error in errors):
            self._open.append(Doubt(entry, theme_id))

    def forget(self, deed: Deed) -> None:
        """The user has gone on with these seats: what they were before no longer matters."""
        self._open = [doubt for doubt in self._open if not doubt.entry.deed.touches(deed)]

    def look(self, seated: Mapping[int, str], theme_id: str) -> list[HistoryEntry]:
        """Deeds by which somebody has lost a seat, now in ``gone``; each is told once."""
        found = []
        sitting = set(seated.values())
        for doubt in [doubt for doubt in self._open if doubt.theme_id == theme_id]:
            deed, doubt.readings = doubt.entry.deed, doubt.readings + 1
            keeps = set(deed.after.values())
            lost = {who: slot for slot, who in deed.before.items() if who in keeps and who not in sitting and who}
            if lost and lost != doubt.entry.gone:
                doubt.entry.gone = lost
                found.append(doubt.entry)
            if lost or doubt.readings >= _READINGS:
                self._open.remove(doubt)
        return found

    def clear(self) -> None:
        self._open.clear()
