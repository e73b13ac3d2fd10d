"""Where figures may walk: the manifest extension `navigation`, projected from the floor plan in metres.

Chairs, stools and rugs are no obstacles. A piece that people sit IN (sofa, bean bag) keeps strangers out
but lets its sitters in: its foot gets a bay around each of its seats, open to the front.
"""

import math

from project import project

INSET = 0.10  # metres between a wall and the edge of the walkable floor: half of a figure's foot
BAY = 0.36  # metres around a seat that stay free


def box(x: float, y: float, turn: float, width: float, depth: float) -> list[tuple[float, float]]:
    """Corners of a rectangle with its middle at (x, y), metres; `turn` in degrees as in the plan."""
    c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    half = (
        (-width / 2, -depth / 2),
        (width / 2, -depth / 2),
        (width / 2, depth / 2),
        (-width / 2, depth / 2),
    )
    return [(x + u * c - v * s, y + u * s + v * c) for u, v in half]


def disc(x: float, y: float, radius: float, corners: int = 10) -> list[tuple[float, float]]:
    """Polygon around a circle: no point of the circle lies outside it."""
    r = radius / math.cos(math.pi / corners)
    steps = [2 * math.pi * (k + 0.5) / corners for k in range(corners)]
    return [(x + r * math.cos(a), y + r * math.sin(a)) for a in steps]


def foot(at: tuple[float, float, float], size: tuple[float, ...]) -> list[tuple[float, float]]:
    """Outline on the floor of a piece at (x, y, turn); `size` is (width, depth) or (radius,), metres."""
    return disc(at[0], at[1], size[0]) if len(size) == 1 else box(*at, *size)


def couch(seat: dict, at: tuple[float, float, float], size: tuple[float, float], arm: float = 0.20) -> list:
    """Back and arms of a sofa: a bay of BAY metres before and behind the hips of its sitters stays free."""
    x, y, turn = at
    c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    hips = -(seat["at"][0] - x) * s + (seat["at"][1] - y) * c  # along the depth, the front is negative
    w, d = size[0] / 2, size[1] / 2
    inner = min(hips + BAY, d - 0.05)
    outline = (
        (-w, -d),
        (arm - w, -d),
        (arm - w, inner),
        (w - arm, inner),
        (w - arm, -d),
        (w, -d),
        (w, d),
        (-w, d),
    )
    return [(x + u * c - v * s, y + u * s + v * c) for u, v in outline]


def horseshoe(
    x: float, y: float, turn: float, radius: float, hole: float = 0.42
) -> list[tuple[float, float]]:
    """A ring that is open to the front, around somebody who sits in the middle of a round piece."""
    front = math.radians(turn - 90)
    open_half = math.radians(68)
    steps = [front + open_half + (2 * math.pi - 2 * open_half) * k / 10 for k in range(11)]
    outer = [(x + radius * math.cos(a), y + radius * math.sin(a)) for a in steps]
    inner = [(x + hole * math.cos(a), y + hole * math.sin(a)) for a in reversed(steps)]
    return outer + inner


def block(floor: list[list], obstacles: list[list], entrance: tuple[float, float], to_canvas=project) -> dict:
    """The manifest block from polygons in metres."""

    def point(x: float, y: float) -> dict:
        u, v = to_canvas(x, y)
        return {"x": round(u, 1), "y": round(v, 1)}

    return {
        "floor": [[point(*p) for p in polygon] for polygon in floor],
        "obstacles": [[point(*p) for p in polygon] for polygon in obstacles],
        "entrance": point(*entrance),
    }


def room(width: float, depth: float, inset: float = INSET) -> list[tuple[float, float]]:
    """Walkable part of a rectangular floor."""
    return [(inset, inset), (width - inset, inset), (width - inset, depth - inset), (inset, depth - inset)]


def cozy_loft() -> dict:
    """`navigation` of the cozy loft."""
    from plan import BEAN, CAFE, DESKS, ENTRANCE, FEET, PLACES, SOFA, TABLE, D, W, seats

    at = {s["id"]: s for s in seats()}
    feet = [foot(place, FEET[name]) for name, place in PLACES.items()]
    feet += [box(*desk, *FEET["desk"]) for desk in DESKS]
    feet += [box(*TABLE, 0, *FEET["meeting-table"]), disc(*CAFE, *FEET["cafe-table"])]
    feet += [couch(at["sofa-1"], (*SOFA, 0), FEET["sofa"])]
    feet += [horseshoe(*BEAN, at["bean-bag"]["turn"], *FEET["bean-bag"])]
    return block([room(W, D)], feet, ENTRANCE)


def unreachable(
    floor: list[list], obstacles: list[list], start, goals: dict, radius: float = 0.2
) -> list[str]:
    """Names of goals that a round body of `radius` metres cannot reach from `start`; everything in metres."""
    import numpy as np

    step = 0.04
    (x0, y0), (x1, y1) = np.min(floor[0], 0), np.max(floor[0], 0)
    xs, ys = np.arange(x0, x1, step), np.arange(y0, y1, step)
    grid = np.stack(np.meshgrid(xs, ys), -1)
    free = np.ones(grid.shape[:2], bool)
    for polygon in obstacles:
        p = np.asarray(polygon)
        q = np.roll(p, -1, 0)
        inside = np.zeros(free.shape, bool)
        near = np.full(free.shape, np.inf)
        for a, b in zip(p, q, strict=True):
            d = b - a
            t = np.clip(((grid - a) @ d) / (d @ d), 0, 1)
            near = np.minimum(near, np.hypot(*np.moveaxis(grid - (a + t[..., None] * d), -1, 0)))
            rises = (a[1] > grid[..., 1]) != (b[1] > grid[..., 1])
            with np.errstate(divide="ignore", invalid="ignore"):
                crossing = (b[0] - a[0]) * (grid[..., 1] - a[1]) / (b[1] - a[1]) + a[0]
            inside ^= rises & (grid[..., 0] < crossing)
        free &= ~inside & (near >= radius)

    def cell(p):
        return round((p[1] - y0) / step), round((p[0] - x0) / step)

    reached = np.zeros(free.shape, bool)
    reached[cell(start)] = True
    while True:
        grown = reached.copy()
        grown[1:] |= reached[:-1]
        grown[:-1] |= reached[1:]
        grown[:, 1:] |= reached[:, :-1]
        grown[:, :-1] |= reached[:, 1:]
        grown &= free
        grown[cell(start)] = True
        if (grown == reached).all():
            break
        reached = grown
    return [name for name, p in goals.items() if not reached[cell(p)]]
