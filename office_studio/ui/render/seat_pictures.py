"""Pictures that show whoever sits on a seat, drawn over the whole canvas: ``seatSprites``. Format section 3.3.

Each picture is as large as the canvas and empty but for one person, so only that part is kept. A figure that sits on
such a seat is drawn as the picture instead of its own body; name, badge and hit area stay, and the body is back as soon
as it leaves. All pictures step together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

from office_studio.core.office.model import AgentStatus
from office_studio.core.theme.model import Point, Rect, Theme
from office_studio.ui.render.costumes import opaque_box

STEP_MS = 2000.0
MAX_PICTURES = 400  # of one theme
_FALLBACK = "idle"
_FACE = 0.27  # of a picture's height: a head and shoulders behind a desk
_HAIR = 0.06  # of a picture's height; what is drawn there is taken for hair


@dataclass(frozen=True, slots=True)
class SeatPicture:
    """The person of one picture. ``rect``: where it is on the canvas, canvas units; ``image``: only that part.

    ``head_x``: canvas x of the middle of what is drawn at its top.
    """

    name: str
    image: QImage
    rect: Rect
    head_x: float

    def covers(self, at: Point) -> bool:
        """Whether something of the picture is drawn at a point of the canvas."""
        if not self.rect.contains(at):
            return False
        x = int((at.x - self.rect.x) / self.rect.width * self.image.width())
        y = int((at.y - self.rect.y) / self.rect.height * self.image.height())
        x, y = min(x, self.image.width() - 1), min(y, self.image.height() - 1)
        return self.image.pixelColor(x, y).alpha() > _SEEN_ALPHA


_SEEN_ALPHA = 24  # of 255; less is the soft edge of a shadow


@dataclass(frozen=True, slots=True)
class SeatPictures:
    """Pictures of one seat by status. ``order``: place of the seat among the keys of ``seatSprites``."""

    order: int
    by_status: Mapping[str, tuple[SeatPicture, ...]]

    def of(self, status: AgentStatus) -> tuple[SeatPicture, ...]:
        """Those of a status, else those of idle, else none: then nothing is drawn on the seat."""
        return self.by_status.get(status.value) or self.by_status.get(_FALLBACK, ())

    @property
    def box(self) -> Rect | None:
        """Where the person is in any of the pictures, canvas units: steady, for the label."""
        rects = [picture.rect for pictures in self.by_status.values() for picture in pictures]
        if not rects:
            return None
        left, top = min(r.x for r in rects), min(r.y for r in rects)
        right, bottom = max(r.x + r.width for r in rects), max(r.y + r.height for r in rects)
        return Rect(left, top, right - left, bottom - top)

    def face(self) -> QImage | None:
        """A square with the head, for a portrait; None when there is nobody."""
        first = self.by_status.get(_FALLBACK) or next(iter(self.by_status.values()), ())
        if not first:
            return None
        person = first[0]
        side = max(1, round(person.image.height() * _FACE))
        middle = (person.head_x - person.rect.x) / person.rect.width * person.image.width()
        return person.image.copy(round(middle - side / 2), 0, side, side)

    @property
    def head_x(self) -> float:
        """Where the head is in the first picture of idle, or of what there is."""
        first = self.by_status.get(_FALLBACK) or next(iter(self.by_status.values()), ())
        return first[0].head_x if first else 0.0


def shown_at(pictures: tuple[SeatPicture, ...], at_ms: float) -> SeatPicture | None:
    """The picture at a time since the theme was shown: all of a list in turn, ``STEP_MS`` each."""
    return pictures[int(max(0.0, at_ms) // STEP_MS) % len(pictures)] if pictures else None


def next_step_ms(at_ms: float) -> float:
    return (at_ms // STEP_MS + 1) * STEP_MS


def load_seat_pictures(
    theme: Theme, read: Callable[[str, str], QImage | None], refuse: Callable[[str, str], None]
) -> dict[str, SeatPictures]:
    """All pictures by seat id.

    Args:
        read: Decodes a file; second argument is the pointer into the manifest; None (and a finding) when it cannot.
            The whole picture is not kept.
        refuse: Told the name and pointer of a picture that is left out, because there are too many.
    """
    known: dict[str, SeatPicture | None] = {}

    def picture(name: str, pointer: str) -> SeatPicture | None:
        if name not in known:
            if len(known) >= MAX_PICTURES:
                refuse(name, pointer)
                known[name] = None
            else:
                whole = read(name, pointer)
                known[name] = None if whole is None else _cropped(name, whole, theme)
        return known[name]

    found: dict[str, SeatPictures] = {}
    for order, (seat_id, by_status) in enumerate(theme.characters.seat_sprites.items()):
        at = f"/characters/seatSprites/{seat_id}"
        lists = {status: _present(picture(n, f"{at}/{status}/{i}") for i, n in enumerate(names))
                 for status, names in by_status.items()}  # fmt: skip
        found[seat_id] = SeatPictures(order, {status: pictures for status, pictures in lists.items() if pictures})
    return found


def _present(pictures: Iterable[SeatPicture | None]) -> tuple[SeatPicture, ...]:
    return tuple(picture for picture in pictures if picture is not None)


def _cropped(name: str, whole: QImage, theme: Theme) -> SeatPicture:
    """The part of the picture that is not empty; stretched to the canvas, whatever its own size."""
    box = opaque_box(whole) or QRect(0, 0, 1, 1)
    x_factor, y_factor = theme.canvas.width / whole.width(), theme.canvas.height / whole.height()
    rect = Rect(box.x() * x_factor, box.y() * y_factor, box.width() * x_factor, box.height() * y_factor)
    person = whole.copy(box)
    hair = opaque_box(person, QRect(0, 0, person.width(), max(1, round(person.height() * _HAIR))))
    middle = hair.x() + hair.width() / 2 if hair is not None else person.width() / 2
    return SeatPicture(name, person, rect, rect.x + middle * x_factor)
