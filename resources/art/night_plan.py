"""Floor plan of the night lab in metres; axes, turns and canvas are those of `plan`.

Everything that has a place is written down here and nowhere else: zones, seats, pieces, lamps.
"""

import math

import numpy as np

from plan import LEFT, D, W

WORK = (0.70, 0.55, 6.95, 4.15)
MEETING = (7.95, 0.10, 11.95, 3.75)
SERVER = (8.80, 4.55, 12.35, 7.05)
LOUNGE = (0.25, 4.55, 5.45, 7.05)
SNACK = (5.85, 4.45, 8.60, 7.05)

HOLO = (9.95, 1.92)  # hologram table
HOLO_R, GLASS_R = 0.60, 1.85  # table and glass wall around it
GATE = (162, 198)  # degrees on the glass circle where the two gate posts stand

ZONES = (
    {"id": "benches", "name": "Lab benches", "type": "work", "patch": WORK},
    {
        "id": "holodeck",
        "name": "Holodeck",
        "type": "meeting",
        "patch": MEETING,
        "door": (HOLO[0] - GLASS_R - 0.10, HOLO[1] - 0.45, HOLO[0] - GLASS_R + 0.25, HOLO[1] + 0.45),
    },
    {"id": "servers", "name": "Server room", "type": "custom", "patch": SERVER},
    {"id": "lounge", "name": "Sky lounge", "type": "lounge", "patch": LOUNGE},
    {"id": "snacks", "name": "Snack corner", "type": "lounge", "patch": SNACK},
)

BENCHES = [(x, 2.93, 0) for x in (1.90, 3.60, 5.30)] + [(x, 2.11, 180) for x in (1.90, 3.60)]
SCREENS = ("code", "scope", "map", "code", "wave")
ROBOT = (6.12, 1.55)  # table of the robot arm
CONSOLE = (11.05, 5.10, 0)
CART = (9.50, 6.10)  # service terminal before the racks
RACKS = [(x, 6.72, 0) for x in (9.22, 9.88, 10.54, 11.20)]
SOFA = (3.05, 6.42)
PODS = ((1.40, 5.55, 90), (4.78, 5.80, LEFT))
TABLE = (3.05, 5.25)
BAR = (7.10, 5.20)
VENDING = (7.46, 6.74, 0)
ARCADE = (8.27, 6.74, 0)
LIFT_X = 6.42
ENTRANCE = (LIFT_X, 6.80)
DRONE = (7.32, 1.72, 1.00)  # the last number is its height

PANORAMA = (0.75, 5.45, 0.46, 1.84)  # window in the north wall: x0, x1, z0, z1
CAT_SIGN = (1.25, 1.30)  # neon signs on the west wall: y, z of the middle
WALL_SCREENS = [(y, 1.28) for y in (4.72, 5.76)]
PLANET_SIGN = (7.85, 1.86)  # on the north wall: x, z
TANKS = ((0.42, 2.45), (0.42, 3.25))
TUBE_Z = 1.98  # height of the tubes under the top of the walls

PLACES = {  # loose pieces that need nothing but a place: x, y, turn
    "printer": (7.42, 0.62, 0),
    "plant-front": (0.48, 0.48, 0),
    "plant-corner": (0.46, 6.62, 0),
    "plant-lift": (5.62, 6.70, 0),
    "cubes": (12.02, 0.40, 15),
    "tube-lamp": (4.48, 6.72, 0),
    "robot-dog": (0.62, 4.45, 40),
    "crates": (0.75, 5.62, 8),
    "cooler": (11.93, 6.70, 0),
}

FEET = {  # outline on the floor: (width, depth) or (radius,)
    "bench": (1.50, 0.78),
    "robot": (1.24, 0.96),
    "console": (1.50, 0.78),
    "cart": (0.60, 0.34),
    "rack": (0.64, 0.72),
    "holo-table": (0.62,),
    "sofa": (2.40, 0.90),
    "pod": (0.46,),
    "table": (0.42,),
    "bar": (0.42,),
    "vending": (0.80, 0.64),
    "arcade": (0.62, 0.66),
    "tank": (0.30,),
    "printer": (0.66, 0.54),
    "plant": (0.26,),
    "tube-lamp": (0.17,),
    "cubes": (0.46, 0.40),
    "robot-dog": (0.34,),
    "crates": (0.56, 0.46),
    "cooler": (0.66, 0.72),
    "post": (0.18, 0.18),
}


def seats() -> list[dict]:
    """Every seat as id, label, zone, floor point under the hips in metres, and turn in degrees."""
    out = []

    def seat(ident, label, zone, x, y, turn):
        out.append({"id": ident, "label": label, "zone": zone, "at": (x, y, 0.0), "turn": turn})

    for i, (x, y, turn) in enumerate(BENCHES):
        s = 1 if turn == 0 else -1
        seat(f"bench-{i + 1}", f"Bench {i + 1}", "benches", x - 0.06 * s, y + 0.72 * s, turn)
    seat("robot", "Robot cell", "benches", ROBOT[0] - 1.02, ROBOT[1] - 0.02, 90)
    hx, hy = HOLO
    around = ((-0.60, 1.00, 0), (0.56, 1.02, 0), (-1.16, -0.06, 90), (-0.02, -1.14, 180), (1.16, -0.10, LEFT))
    for i, (x, y, turn) in enumerate(around):
        seat(f"holo-{i + 1}", f"Hologram {i + 1}", "holodeck", hx + x, hy + y, turn)
    seat("server-1", "Console", "servers", CONSOLE[0] - 0.06, CONSOLE[1] + 0.72, 0)
    seat("server-2", "Racks", "servers", CART[0], CART[1] - 0.52, 180)
    sx, sy = SOFA
    for i, x in enumerate((-0.62, 0.0, 0.62)):
        seat(f"sofa-{i + 1}", f"Sofa {i + 1}", "lounge", sx + x, sy - 0.29, 0)
    for i, (x, y, turn) in enumerate(PODS):
        seat(f"pod-{i + 1}", f"Pod {i + 1}", "lounge", x, y, turn)
    bx, by = BAR
    for i, (x, turn) in enumerate(((-0.74, 90), (0.74, LEFT))):
        seat(f"snack-{i + 1}", f"Snack {i + 1}", "snacks", bx + x, by, turn)
    return out


def on_circle(centre: tuple[float, float], radius: float, degrees: float) -> tuple[float, float]:
    """Point on a circle on the floor; 0 degrees is east, 90 north."""
    a = math.radians(degrees)
    return centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a)


ARCS = ((38, 74), (74, 110), (110, 146))  # pieces of the glass wall behind the hologram table, degrees


def posts() -> list[tuple[float, float]]:
    """The two posts of the gate to the holodeck."""
    return [on_circle(HOLO, GLASS_R, a) for a in GATE]


def rack_leds(index: int) -> list[tuple[float, float, int]]:
    """Lamps on the front of a rack: x from its middle, height (metres), colour number 0..3."""
    rng = np.random.default_rng(70 + index)
    out = []
    for row in range(13):
        for k in range(int(rng.integers(2, 6))):
            tone = int(rng.choice(4, p=(0.45, 0.35, 0.12, 0.08)))
            out.append((-0.21 + 0.045 * k, 0.145 + row * 0.108, tone))
    return out


def obstacles() -> list[list[tuple[float, float]]]:
    """Feet of everything that figures walk around, in metres."""
    from navigation import box, couch, disc, foot, horseshoe

    at = {s["id"]: s for s in seats()}
    out = [box(*b, *FEET["bench"]) for b in BENCHES]
    out += [box(*ROBOT, 0, *FEET["robot"]), box(*CONSOLE, *FEET["console"]), box(*CART, 0, *FEET["cart"])]
    out += [box(*r, *FEET["rack"]) for r in RACKS]
    out += [disc(*HOLO, *FEET["holo-table"]), disc(*TABLE, *FEET["table"]), disc(*BAR, *FEET["bar"])]
    out += [couch(at["sofa-1"], (*SOFA, 0), FEET["sofa"])]
    out += [horseshoe(*pod, *FEET["pod"]) for pod in PODS]
    out += [box(*VENDING, *FEET["vending"]), box(*ARCADE, *FEET["arcade"])]
    out += [disc(*t, *FEET["tank"]) for t in TANKS]
    for name, place in PLACES.items():
        out.append(foot(place, FEET["plant" if name.startswith("plant") else name]))
    out += [box(*p, 0, *FEET["post"]) for p in posts()]
    for a, b in ARCS:
        steps = np.linspace(a, b, 5)
        out.append(
            [on_circle(HOLO, GLASS_R + 0.05, s) for s in steps]
            + [on_circle(HOLO, GLASS_R - 0.05, s) for s in reversed(steps)]
        )
    glass_x = SERVER[0]
    out.append([(glass_x - 0.05, 4.62), (glass_x + 0.05, 4.62), (glass_x + 0.05, D), (glass_x - 0.05, D)])
    return out


def navigation() -> dict:
    """Manifest block `navigation`."""
    from navigation import block, room

    return block([room(W, D)], obstacles(), ENTRANCE)


CAST = ("nova", "kai", "iris", "jax", "mira", "bit")
