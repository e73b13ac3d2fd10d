"""How often OfficeX is asked for what an office shows of spending (contract, section 21). Pure, no Qt."""

from __future__ import annotations

from dataclasses import dataclass

SEEN_MS = 15_000
HELD_HERE_MS = 5_000  # while something is held in the sandbox of this computer, which no asking burdens
HIDDEN_MS = 60_000
WHOLE_MS = 60_000  # letters, limits and apps, which change without the balance
_RETRY_MS, _MOST_RETRY_MS = 60_000, 600_000


@dataclass(frozen=True, slots=True)
class Looking:
    """What speaks for asking.

    Attributes:
        is_seen: The office is on screen, and shows what apps hold.
        is_watched: Something is told without anybody looking: budgets.
        is_held: Some reservation is open.
        is_here: OfficeX is the sandbox of this computer.
        failed: How often in a row OfficeX was not reached.
    """

    is_seen: bool
    is_watched: bool
    is_held: bool = False
    is_here: bool = False
    failed: int = 0


def pause_ms(now: Looking) -> int | None:
    """How long after one question the next is asked; None: not at all.

    Offline the asking stops; whether OfficeX is back is looked at after 1, 2, 4 … 10 minutes.
    """
    if not (now.is_seen or now.is_watched):
        return None
    if now.failed:
        return int(min(_MOST_RETRY_MS, _RETRY_MS * 2 ** (min(now.failed, 10) - 1)))
    if not now.is_seen:
        return HIDDEN_MS
    return HELD_HERE_MS if now.is_held and now.is_here else SEEN_MS
