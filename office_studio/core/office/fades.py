"""How figures come, go and change their state: by opacity. Format section 11.2. Times in ms."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

HALF_MS = 100.0  # out, and in again
WHOLE_MS = 200.0  # coming and going
STEP_MS = 33.0  # between two pictures of a fade


class FadeKind(StrEnum):
    COME = "come"
    GO = "go"
    SWAP = "swap"  # out, another state, in


@dataclass(frozen=True, slots=True)
class Fade:
    kind: FadeKind
    started_ms: float

    @classmethod
    def of(cls, kind: FadeKind, now_ms: float, alpha: float = 1.0) -> Fade:
        """A fade that goes on from an opacity, for a figure that was in the middle of another."""
        if kind is FadeKind.COME:
            return cls(kind, now_ms - alpha * WHOLE_MS)
        return cls(kind, now_ms - (1 - alpha) * (WHOLE_MS if kind is FadeKind.GO else HALF_MS))

    @classmethod
    def back_in(cls, now_ms: float, alpha: float) -> Fade:
        """The second half of a swap, from an opacity."""
        return cls(FadeKind.SWAP, now_ms - HALF_MS * (1 + alpha))

    def alpha_at(self, now_ms: float) -> float:
        gone = max(0.0, now_ms - self.started_ms)
        if self.kind is FadeKind.COME:
            return min(1.0, gone / WHOLE_MS)
        if self.kind is FadeKind.GO:
            return max(0.0, 1 - gone / WHOLE_MS)
        return 1 - gone / HALF_MS if gone < HALF_MS else min(1.0, (gone - HALF_MS) / HALF_MS)

    def shows_old_at(self, now_ms: float) -> bool:
        """Whether the state before is still the one that is seen."""
        return self.kind is FadeKind.SWAP and now_ms - self.started_ms < HALF_MS

    def next_step_ms(self, now_ms: float) -> float:
        """When to draw next: in steps, and exactly at the moment of the swap and at the end."""
        marks = (self.started_ms + HALF_MS, self.started_ms + WHOLE_MS)
        return min((mark for mark in marks if now_ms < mark < now_ms + STEP_MS), default=now_ms + STEP_MS)

    def is_over(self, now_ms: float) -> bool:
        return now_ms - self.started_ms >= WHOLE_MS
