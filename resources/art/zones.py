"""Zone rectangles on the canvas: boxes around the floor patches, cut where neighbours would overlap.

The floor is seen at an angle, so the boxes of two neighbouring patches overlap although the patches do not.
Each overlap is cut once, across or down, where the gap between the two groups of seats is widest.
"""

from itertools import combinations

import plan
from project import bounding_box, project

SHRINK = 0.025  # share of the box taken off at each side
GAP = 8.0  # pixels left between two boxes


def zone_boxes(room=plan) -> dict[str, list[float]]:
    """Zone id -> [x0, y0, x1, y1] in canvas pixels; no two boxes overlap and each holds its seats.

    `room`: a floor plan, that is a module with ZONES and seats().
    """
    boxes, all_seats = {}, room.seats()
    for zone in room.ZONES:
        x0, y0, x1, y1 = bounding_box(zone["patch"])
        dx, dy = (x1 - x0) * SHRINK, (y1 - y0) * SHRINK
        boxes[zone["id"]] = [x0 + dx, y0 + dy, x1 - dx, y1 - dy]
    points = {z["id"]: [project(*s["at"]) for s in all_seats if s["zone"] == z["id"]] for z in room.ZONES}
    separate_boxes(boxes, points)
    return boxes


def separate_boxes(boxes: dict[str, list[float]], points: dict[str, list]) -> None:
    """Cut boxes [x0, y0, x1, y1] apart, in place; `points`: the seats each of them keeps."""
    for a, b in combinations(boxes, 2):
        _separate(boxes[a], boxes[b], points[a], points[b])


def _separate(a: list[float], b: list[float], in_a: list, in_b: list) -> None:
    """Cut two overlapping boxes apart, in place."""
    if min(a[2], b[2]) <= max(a[0], b[0]) or min(a[3], b[3]) <= max(a[1], b[1]):
        return
    cuts = []
    for axis in (0, 1):
        for low, high, in_low, in_high in ((a, b, in_a, in_b), (b, a, in_b, in_a)):
            end, start = max(p[axis] for p in in_low), min(p[axis] for p in in_high)
            cuts.append((start - end, axis, low, high, (start + end) / 2))
    gap, axis, low, high, middle = max(cuts, key=lambda c: c[0])
    if gap <= 2 * GAP:
        raise ValueError("two zones have no line between their seats: move them apart in plan.py")
    low[axis + 2] = min(low[axis + 2], middle - GAP / 2)
    high[axis] = max(high[axis], middle + GAP / 2)
