"""Where a bubble goes: places all around its figure and further off are compared, and the least bad one is taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from office_studio.ui.render.rect_grid import Box, RectGrid, area, line_hits, shared_area

EDGE = 12.0  # px a bubble keeps from the edge of the view
TOO_FAR = 150.0  # px of tail from which a bubble that may be left out is left out
_FORBIDDEN = 2000.0  # on a label, on another bubble, out of the view
_FACE = 300.0  # on a face: only when every other place is forbidden or as far off
_GAPS = (6.0, 14.0, 26.0, 42.0, 62.0, 88.0, 118.0)
_SHIFTS = (0.0, 0.22, -0.22, 0.42, -0.42, 0.6, -0.6)
_GRID = (28, 16)


@dataclass(frozen=True, slots=True)
class BubbleGround:
    """What is there: labels and bubbles, faces and bodies of all figures, and the view."""

    taken: RectGrid
    faces: RectGrid
    bodies: RectGrid
    view: Box


@dataclass(frozen=True, slots=True)
class Spot:
    box: Box
    tip: tuple[float, float]  # where the tail ends: at the pill, or at the feet for a bubble below


def find_spot(
    pill: Box, body: Box, size: tuple[float, float], ground: BubbleGround, *, at_any_cost: bool
) -> Spot | None:
    """The best place for a bubble of ``size``; None when all are bad and it need not be ``at_any_cost``."""
    best = _best(_around(pill, body, size), pill, ground, (float("inf"), None))
    if best[0] >= _FACE and at_any_cost:
        best = _best(_everywhere(pill, size, ground.view), pill, ground, best)
    cost, spot = best
    return None if spot is None or (cost >= TOO_FAR and not at_any_cost) else spot


def _best(
    spots: Iterable[tuple[float, Spot]], pill: Box, ground: BubbleGround, best: tuple[float, Spot | None]
) -> tuple[float, Spot | None]:
    for dislike, spot in spots:
        if dislike < best[0]:
            cost = _cost(spot, dislike, pill, ground, best[0])
            if cost < best[0]:
                best = (cost, spot)
    return best


def _around(pill: Box, body: Box, size: tuple[float, float]) -> Iterator[tuple[float, Spot]]:
    """Places above, beside and below the figure, each with how much it is disliked for being there."""
    wide, high = size
    middle, centre = (pill[0] + pill[2]) / 2, (pill[1] + pill[3]) / 2
    feet = (body[0] + body[2]) / 2, body[3]
    for gap in _GAPS:
        for shift in _SHIFTS:
            left = round(middle + shift * wide - wide / 2)
            yield gap + abs(shift) * 8, _spot_to_pill((left, pill[1] - gap - high), size, pill)
        for shift in (0.0, -0.7, 0.7, -1.4):
            top = round(centre + shift * high - high / 2)
            yield gap + 5 + abs(shift) * 6, _spot_to_pill((pill[2] + gap, top), size, pill)
            yield gap + 5 + abs(shift) * 6, _spot_to_pill((pill[0] - gap - wide, top), size, pill)
        for shift in _SHIFTS:
            left = round(feet[0] + shift * wide - wide / 2)
            box = (left, feet[1] + gap, left + wide, feet[1] + gap + high)
            yield gap + 16 + abs(shift) * 8, Spot(box, feet)


def _everywhere(pill: Box, size: tuple[float, float], view: Box) -> Iterator[tuple[float, Spot]]:
    """A net of places over the whole view, for a figure in the thick of a crowd."""
    wide, high = size
    for top in range(int(view[1] + EDGE), int(view[3] - EDGE - high) + 1, _GRID[1]):
        for left in range(int(view[0] + EDGE), int(view[2] - EDGE - wide) + 1, _GRID[0]):
            spot = _spot_to_pill((left, top), size, pill)
            yield tail_of(spot) + 10, spot


def _spot_to_pill(at: tuple[float, float], size: tuple[float, float], pill: Box) -> Spot:
    """A bubble at ``at`` whose tail ends on the nearest edge of the pill."""
    box = (at[0], at[1], at[0] + size[0], at[1] + size[1])
    inset = min(9.0, (pill[2] - pill[0]) / 2)
    x = min(max((box[0] + box[2]) / 2, pill[0] + inset), pill[2] - inset)
    if box[3] <= pill[1]:
        return Spot(box, (x, pill[1]))
    if box[1] >= pill[3]:
        return Spot(box, (x, pill[3]))
    return Spot(box, (pill[2] if box[0] >= pill[2] else pill[0], (pill[1] + pill[3]) / 2))


def nearest(box: Box, to: tuple[float, float], inset: float = 0.0) -> tuple[float, float]:
    """The point of a box nearest to another point, ``inset`` px away from the corners."""
    wide, high = min(inset, (box[2] - box[0]) / 2), min(inset, (box[3] - box[1]) / 2)
    if box[1] <= to[1] <= box[3]:
        return (box[0] if to[0] < box[0] else box[2]), min(max(to[1], box[1] + high), box[3] - high)
    return min(max(to[0], box[0] + wide), box[2] - wide), (box[1] if to[1] < box[1] else box[3])


def tail_of(spot: Spot) -> float:
    """Pixels from a bubble to where its tail ends."""
    x, y = nearest(spot.box, spot.tip)
    return float(((x - spot.tip[0]) ** 2 + (y - spot.tip[1]) ** 2) ** 0.5)


def _cost(spot: Spot, dislike: float, pill: Box, ground: BubbleGround, limit: float) -> float:
    """How bad a place is. Gives up early when it is worse than ``limit``."""
    box, cost = spot.box, dislike
    inner = (ground.view[0] + EDGE, ground.view[1] + EDGE, ground.view[2] - EDGE, ground.view[3] - EDGE)
    outside = area(box) - shared_area(box, inner)
    if outside > 0.5:
        cost += _FORBIDDEN + outside
    if cost < limit:
        roomy = (box[0] - 2, box[1] - 2, box[2] + 2, box[3] + 2)
        covered = sum(shared_area(roomy, other) for other in ground.taken.hits(roomy).values())
        cost += _FORBIDDEN + covered if covered else 0
    if cost < limit:
        faces = sum(shared_area(box, face) / max(1.0, area(face)) for face in ground.faces.hits(box).values())
        cost += _FACE * (1 + faces) if faces else 0
    if cost < limit:
        bodies = (shared_area(box, body) / max(1.0, area(body)) for body in ground.bodies.hits(box).values())
        cost += 45 * sum(bodies)
    if cost < limit:
        cost += _crossed(spot, pill, ground)
    return cost


def _crossed(spot: Spot, pill: Box, ground: BubbleGround) -> float:
    """Names and faces that the tail passes over."""
    start = nearest(spot.box, spot.tip, 12)
    along = (min(start[0], spot.tip[0]), min(start[1], spot.tip[1]), max(start[0], spot.tip[0]) + 1,
             max(start[1], spot.tip[1]) + 1)  # fmt: skip
    names = sum(line_hits(start, spot.tip, box) for box in ground.taken.hits(along).values() if box != pill)
    faces = sum(line_hits(start, spot.tip, box) for box in ground.faces.hits(along).values())
    return 50.0 * names + 40.0 * faces
