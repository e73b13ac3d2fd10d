"""The envelope that every event of the stream shares, and helpers to read its free-form ``data``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

if TYPE_CHECKING:
    from office_studio.core.office.state import OfficeState


@dataclass(frozen=True, slots=True)
class OfficeEvent:
    """One InternalEvent (Office API, section 4). Sub-classes add the ``data`` keys that change state.

    ``timestamp_ms`` is the producer's clock, already clamped to the receiver's now by the state.
    """

    type: ClassVar[str] = ""

    agent_id: str
    session_id: str
    timestamp_ms: int

    @classmethod
    def decode(cls, agent_id: str, session_id: str, timestamp_ms: int, data: Mapping[str, Any]) -> Self:
        """Build the event from its envelope and ``data``; wrong types in ``data`` count as absent."""
        return cls(agent_id, session_id, timestamp_ms)

    def reduce(self, state: OfficeState) -> None:
        """Apply Office API 5.2 to ``state``."""


def text(data: Mapping[str, Any], key: str) -> str | None:
    value = data.get(key)
    return value if isinstance(value, str) else None


def integer(data: Mapping[str, Any], key: str) -> int | None:
    """The 64-bit integer under ``key``; one of any other size counts as absent, as it does on the published servers."""
    value = data.get(key)
    fits = isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63
    return value if fits else None
