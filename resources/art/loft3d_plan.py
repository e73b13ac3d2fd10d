"""Floor plan of the live loft in metres: open floor in the middle, furniture along the walls.

Live figures walk straight from place to place and stand on a circle around it, so the hull of the four places stays
free. Axes and turns as in `plan`: x east, y away from the viewer, z up; 0 looks to the viewer, 90 to +X.
"""

import math

W, D, H = 10.4, 6.6, 2.12
SCALE = 0.5  # world units per metre: the circle of 0.35 units that agents stand on becomes 0.7 m
RING = 0.35 / SCALE
BODY = 0.30  # half a figure's width, metres

PLACES = {  # key of character.positions: floor point, where a figure looks there
    "desk": ((2.85, 2.00), 30),
    "playground": ((8.05, 1.72), 20),
    "meeting": ((8.05, 4.35), 20),
    "bed": ((2.85, 4.50), 20),
}
ZONES = (  # id, label, type, place, number of slots
    ("work", "Work", "work", "desk", 4),
    ("meeting", "Meeting", "meeting", "meeting", 3),
    ("lounge", "Lounge", "lounge", "playground", 2),
    ("nook", "Nap nook", "lounge", "bed", 2),
)

WINDOWS = [(0.45, 2.10), (2.45, 4.10), (4.45, 6.10)]
ARCH_X, ARCH_R = 5.45, 1.42
TILES = (3.95, 5.25, 6.95, D)
WORK_RUG = (1.62, 0.72, 4.15, 3.22)
MEET_RUG = (6.72, 3.12, 9.38, 5.58)
LOUNGE_RUG = (8.05, 1.72, 1.24)
NAP_RUG = (2.85, 4.50, 1.22)
MEETING = (7.05, 3.0, W, D)  # sage panel on the wall from its first x
STRING = [  # bulbs and knots of the string lights on the north wall
    (0.55 + 6.2 * k / 48, D - 0.06, 2.03 - 0.12 * abs(math.sin(k / 48 * math.pi * 4))) for k in range(49)
]
SHELL = (
    "W",
    "D",
    "H",
    "WINDOWS",
    "ARCH_X",
    "ARCH_R",
    "MEETING",
    "STRING",
)  # what `loft_shell` takes from its plan

DESKS = [(0.62, 1.52, 270), (0.62, 3.16, 270)]  # at the windows, screens to the room
LAMP = (4.02, 6.12, 1.25)


def slots():
    """Every slot as (id, label, zone, floor point): on the ring of its zone's place, first slot in front."""
    out = []
    for ident, label, _, place, count in ZONES:
        (x, y), _ = PLACES[place]
        for k in range(count):
            a = -math.pi / 2 + 2 * math.pi * k / count
            out.append(
                (
                    f"{ident}-{k + 1}",
                    f"{label} {k + 1}",
                    ident,
                    (x + 0.82 * math.cos(a), y + 0.82 * math.sin(a)),
                )
            )
    return out


def to_world(x, y):
    """Floor point in metres -> world units of the theme (origin in the middle of the floor, +Y up)."""
    return [round((x - W / 2) * SCALE, 4), 0.0, round(-(y - D / 2) * SCALE, 4)]
