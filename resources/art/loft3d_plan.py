"""Floor plan of the live loft in metres: twelve desks along the edges, open floor with rugs in the middle.

Live figures walk straight from place to place, so every chair opens to the middle and the middle stays
free. Axes and turns as in `plan`: x east, y away from the viewer, z up; a turn of 0 looks to the viewer, 90
to +X.
"""

import math

W, D, H = 11.6, 7.0, 2.12
SCALE = 0.5  # world units per metre: who shares a place stands on a circle of 0.35 units, 0.7 m

DESK_WIDTH = 1.30
DESKS = [  # x, y, turn of the sitter: first those that look to the viewer, from the middle outwards
    *((x, 0.52, 0) for x in (4.92, 7.10, 3.56, 8.46, 2.20, 9.82)),
    *((W - 0.62, y, 90) for y in (2.75, 4.12, 5.50)),
    *((0.62, y, 270) for y in (3.40, 2.02, 4.78)),
]
SCREENS = ("code", "chart", "kanban", "chat", "code", "chart") * 2

MEET = (7.90, 4.30)
MEET_REACH = (1.42, 1.22)
LOUNGE = (3.95, 2.44)
NAP_X, NAP_Y = (2.20, 2.94, 3.68, 4.42), (5.34, 4.66, 3.98)

WINDOWS = [(0.55, 2.25), (2.65, 4.35), (4.75, 6.45)]
ARCH_X, ARCH_R = 5.45, 1.42
TILES = (4.00, 5.92, 6.95, D)
MEET_RUG = (6.22, 2.98, 9.58, 5.62)
NAP_RUG = (1.82, 3.52, 4.82, 5.72)
LOUNGE_RUG = (*LOUNGE, 1.02)
MEETING = (7.10, 3.0, W, D)  # sage panel on the wall from its first x
STRING = [  # bulbs and knots of the string lights on the north wall
    (0.55 + 6.4 * k / 48, D - 0.06, 2.03 - 0.12 * abs(math.sin(k / 48 * math.pi * 4))) for k in range(49)
]
SHELL = ("W", "D", "H", "WINDOWS", "ARCH_X", "ARCH_R", "MEETING", "STRING")  # for `loft_shell`
LAMP = (7.28, 6.50, 1.25)
ENTRANCE = (0.95, D - 0.95)


def desk_seat(x, y, turn):
    """Floor point under the hips of the sitter of a desk."""
    a = math.radians(turn)
    u, v = -0.06, 0.72
    return x + u * math.cos(a) - v * math.sin(a), y + u * math.sin(a) + v * math.cos(a)


def looking(at, to):
    """Turn from one floor point to another, degrees."""
    return round(math.degrees(math.atan2(to[0] - at[0], -(to[1] - at[1]))) % 360)


def places():
    """Key of `character.positions` -> (floor point, turn); twelve of each kind, so nobody has to share."""
    out = {}

    def kind(name, spots):
        for k, (at, turn) in enumerate(spots):
            out[name if k == 0 else f"{name}-{k + 1}"] = (at, turn % 360)

    kind("desk", [(desk_seat(*d), d[2]) for d in DESKS])
    order = (0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11)  # opposite first: two who meet stand face to face
    ring = []
    for k in order:
        a = math.radians(30 * k + 15)
        at = (MEET[0] + MEET_REACH[0] * math.cos(a), MEET[1] + MEET_REACH[1] * math.sin(a))
        ring.append((at, looking(at, MEET)))
    kind("meeting", ring)
    x, y = LOUNGE
    lounge = [(x + 0.84 * math.cos(a), y + 0.72 * math.sin(a)) for a in (3.6, 0.3, 1.7, 4.9, 2.6)]
    bar = [(4.72, 5.62), (6.12, 5.55), (5.42, 5.20)]
    pair = [(6.05, 2.62), (6.72, 2.12), (5.72, 1.86), (5.62, 3.52)]
    spots = [(p, looking(p, LOUNGE) if k % 2 else 20) for k, p in enumerate(lounge)]
    spots += [(bar[0], 60), (bar[1], 310), (bar[2], 15)]
    spots += [(p, looking(p, (6.1, 2.3)) if k < 3 else 25) for k, p in enumerate(pair)]
    kind("playground", [spots[k] for k in (0, 5, 8, 1, 6, 9, 2, 7, 10, 3, 4, 11)])
    mats = [(x, y) for y in reversed(NAP_Y) for x in NAP_X]
    kind("bed", [(at, 8 * (-1) ** k) for k, at in enumerate(mats)])
    out["entrance"] = (ENTRANCE, 20)
    return out


def to_world(x, y):
    """Floor point in metres -> world units of the theme (origin in the middle of the floor, +Y up)."""
    return [round((x - W / 2) * SCALE, 4), 0.0, round(-(y - D / 2) * SCALE, 4)]
