"""An event of a type this version does not know: kept, logged once, changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from office_studio.core.office.events.base import OfficeEvent


@dataclass(frozen=True, slots=True)
class UnknownEvent(OfficeEvent):
    type_name: str = ""
