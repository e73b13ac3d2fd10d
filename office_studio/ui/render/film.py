"""An office that is drawn without a window, at any time, in order: what ``render`` and its animations are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from PIL import Image
from PySide6.QtGui import QImage

from office_studio.core.office.live import LiveAgent

Looks = Mapping[str, tuple[str, str]]  # agent id -> (emoji, colour), for discs


@dataclass(frozen=True, slots=True)
class Change:
    """At ``at_ms`` since the office appeared an agent becomes this."""

    at_ms: float
    agent: LiveAgent


class Scenery(Protocol):
    """What can be filmed. Times go on, never back."""

    def update_agents(self, changed: Sequence[LiveAgent]) -> None: ...

    def advance(self, at_ms: float) -> None: ...

    def image(self) -> QImage: ...

    def describe(self) -> dict[str, Any]: ...


class Film:
    """A scenery and what happens in it."""

    def __init__(self, scenery: Scenery, changes: Sequence[Change] = ()) -> None:
        self.scenery = scenery
        self._changes = sorted(changes, key=lambda change: change.at_ms)
        self._now_ms = 0.0
        scenery.advance(0)

    def go_to(self, at_ms: float) -> None:
        """Let everything happen that happens until then. Raises ValueError when time would go back."""
        if at_ms < self._now_ms:
            raise ValueError(f"{at_ms} ms lies before {self._now_ms} ms")
        while self._changes and self._changes[0].at_ms <= at_ms:
            change = self._changes.pop(0)
            self.scenery.advance(max(self._now_ms, change.at_ms))
            self.scenery.update_agents((change.agent,))
        self.scenery.advance(at_ms)
        self._now_ms = at_ms

    def frames(self, count: int, fps: float) -> Iterator[QImage]:
        """Pictures from now on, drawn when they are asked for."""
        start = self._now_ms
        for number in range(count):
            self.go_to(start + number * 1000 / fps)
            yield self.scenery.image()


def to_pillow(image: QImage) -> Image.Image:
    """The picture as RGB, without its transparency."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB32)
    size = (rgb.width(), rgb.height())
    return Image.frombytes("RGB", size, bytes(rgb.constBits()), "raw", "BGRX", rgb.bytesPerLine(), 1)
