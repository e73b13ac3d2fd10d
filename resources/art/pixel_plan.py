"""Floor plan and camera of the pixel loft: metres, art pixels, canvas units. No Blender here.

One ART PIXEL is 3 canvas units; the picture is 640 x 360 art pixels. The camera looks along the true
isometric elevation at a yaw of 30 degrees: on that grid a metre to the east is exactly 36 pixels across and
12 down (a clean 3:1 stair), a metre to the north goes up as far as across (a clean 1:1 stair).
Axes and turns as in `plan.py`: x east, y north, z up; a turn says where a sitter looks, 0 = to the viewer.
"""

import math

UNIT = 3  # canvas units per art pixel
ART = (640, 360)
CANVAS = (ART[0] * UNIT, ART[1] * UNIT)
YAW, ELEV = math.radians(30), math.asin(1 / math.sqrt(3))
PPM = 36 / math.cos(YAW)  # art pixels per metre on the picture plane

W, D, H = 11.0, 6.2, 1.95  # room: width, depth, wall height
CENTRE = (W / 2, D / 2, 0.83)  # this point falls on the middle of the picture
LEFT = 300  # 30 degrees to the viewer: straight to the left the camera would see the back of a head

WORK = (5.30, 0.35, 10.45, 3.45)
MEETING = (0.45, 0.35, 4.35, 3.10)
LOUNGE = (0.15, 3.55, 3.85, 6.05)
SNACK = (6.35, 3.60, 9.95, 6.10)

DESKS = [(x, y, turn) for y, turn in ((2.22, 0), (1.40, 180)) for x in (6.25, 7.90, 9.55)]
DESK_WIDTH = 1.45
TABLE = (2.40, 1.72)
CAFE = (7.30, 4.34)
BEANS = ((2.95, 4.50), (1.78, 3.98))

WINDOWS = [(3.62, 4.72), (4.92, 6.02)]  # y ranges of the west windows
SILL, LINTEL = 0.62, 1.62
SUN = (0.70, 0.30, -0.85)  # direction of the light, for shadows
BEAM = (0.80, -0.10, -0.55)  # the low sun through the windows, for patches on the floor

ZONES = (
    {"id": "work", "name": "Workshop", "type": "work", "patch": WORK},
    {"id": "meeting", "name": "Guild table", "type": "meeting", "patch": MEETING},
    {"id": "arcade", "name": "Arcade", "type": "lounge", "patch": LOUNGE},
    {"id": "snacks", "name": "Snack bar", "type": "lounge", "patch": SNACK},
)

DOOR = 4.62  # middle of the entrance door on the north wall
ENTRANCE = (DOOR, D - 0.50)
PLACES = {  # loose pieces that no seat belongs to: x, y, turn
    "arcade-1": (0.62, D - 0.42, 0),
    "arcade-2": (1.46, D - 0.42, 0),
    "pinball": (2.42, D - 0.66, 0),
    "game-shelf": (3.48, D - 0.22, 0),
    "television": (0.34, 4.36, 90),
    "aquarium": (5.72, D - 0.30, 0),
    "coffee-bar": (7.62, D - 0.42, 0),
    "vending": (9.30, D - 0.40, 0),
    "plant-vending": (10.25, D - 0.42, 0),
    "plant-window": (0.42, 3.36, 0),
    "plant-meeting": (0.42, 0.42, 0),
    "plant-front": (10.60, 0.40, 0),
    "planter-1": (4.80, 2.32, 90),
    "planter-2": (4.80, 1.34, 90),
    "cat": (10.42, 4.45, 20),
    "server": (10.62, 3.40, 0),
    "robot": (5.20, 4.15, 30),
    "floor-lamp": (4.36, 3.36, 0),
    "balloon": (10.62, 2.20, 0),
}
FEET = {  # (width, depth) before the turn, or (radius,)
    "arcade-1": (0.70, 0.74),
    "arcade-2": (0.70, 0.74),
    "pinball": (0.62, 1.16),
    "game-shelf": (1.00, 0.36),
    "television": (0.90, 0.46),
    "aquarium": (1.14, 0.44),
    "coffee-bar": (1.84, 0.68),
    "vending": (0.84, 0.66),
    "plant-vending": (0.25,),
    "plant-window": (0.25,),
    "plant-meeting": (0.26,),
    "plant-front": (0.26,),
    "planter-1": (1.01, 0.37),
    "planter-2": (1.01, 0.37),
    "cat": (0.33,),
    "server": (0.54, 0.54),
    "robot": (0.18,),
    "floor-lamp": (0.17,),
    "balloon": (0.10,),
    "desk": (DESK_WIDTH, 0.72),
    "table": (1.70, 0.96),
    "cafe-table": (0.44,),
    "bean": (0.48,),
}

CAST = ("pip", "moss", "juno", "zed", "ruby", "olly")
CELL, FOOT = (48, 66), 56  # figure cell in art pixels; foot line from the top of the cell
STATES = {  # state: clip, frames, frames per second
    "idle": ("sit", 4, 2),
    "working": ("type", 4, 6),
    "walking": ("walk", 6, 8),
    "meeting": ("talk", 4, 3),
    "coffee": ("coffee", 4, 2),
    "blocked": ("blocked", 4, 3),
    "sleeping": ("sleep", 4, 1.5),
    "standing": ("idle", 4, 2),
}
DIRECTIONS = {"down": 0, "right": 90, "up": 180, "left": LEFT}


def art(x: float, y: float, z: float = 0.0) -> tuple[float, float]:
    """Scene metres -> art pixels, origin top left, y down."""
    dx, dy, dz = x - CENTRE[0], y - CENTRE[1], z - CENTRE[2]
    across = dx * math.cos(YAW) + dy * math.sin(YAW)
    depth = (dx * math.sin(YAW) - dy * math.cos(YAW)) * math.sin(ELEV) - dz * math.cos(ELEV)
    return ART[0] / 2 + PPM * across, ART[1] / 2 + PPM * depth


def project(x: float, y: float, z: float = 0.0) -> tuple[float, float]:
    """Scene metres -> canvas units."""
    u, v = art(x, y, z)
    return u * UNIT, v * UNIT


def snap(x: float, y: float) -> tuple[int, int]:
    """Canvas units of the art pixel under a floor point: figures stand on the grid of the picture."""
    u, v = art(x, y)
    return round(u) * UNIT, round(v) * UNIT


def seats() -> list[dict]:
    """Every seat as id, label, zone, floor point under the hips in metres, and turn in degrees."""
    out = []

    def seat(ident, label, zone, x, y, turn):
        out.append({"id": ident, "label": label, "zone": zone, "at": (x, y, 0.0), "turn": turn})

    for i, (x, y, turn) in enumerate(DESKS):
        s = 1 if turn == 0 else -1
        seat(f"desk-{i + 1}", f"Desk {i + 1}", "work", x - 0.06 * s, y + 0.72 * s, turn)
    tx, ty = TABLE
    around = ((-0.60, 0.82, 0), (0.22, 0.82, 0), (-1.22, 0.0, 90), (1.24, -0.06, LEFT))
    for i, (dx, dy, turn) in enumerate(around):
        seat(f"table-{i + 1}", f"Guild table {i + 1}", "meeting", tx + dx, ty + dy, turn)
    for i, (x, y) in enumerate(BEANS):
        seat(f"bean-{i + 1}", f"Bean bag {i + 1}", "arcade", x, y, LEFT)
    seat("player-1", "Player 1", "arcade", PLACES["arcade-2"][0], D - 1.14, 180)
    cx, cy = CAFE
    for i, (dx, dy, turn) in enumerate(((-0.80, 0, 90), (0, 0.78, 0), (0.80, 0, LEFT))):
        seat(f"snack-{i + 1}", f"Snack bar {i + 1}", "snacks", cx + dx, cy + dy, turn)
    return out


def looks(turn: int) -> str:
    """Theme direction of a turn in degrees."""
    return {0: "down", 90: "right", 180: "up", LEFT: "left"}[turn % 360]
