"""The floor plan in metres: the one place where positions are written down.

Axes: x to the right (east), y away from the viewer (north), z up. No Blender here, so the theme writer can
import it.
A turn tells where a SITTER looks: 0 -> -Y (to the viewer, "down"), 90 -> +X ("right"), 180 -> +Y ("up"),
LEFT -> -X and 30 degrees to the viewer ("left"): straight to -X the camera would see the back of a head.
"""

import math

LEFT = 300

W, D, H = 12.4, 7.1, 2.12  # room: width, depth, wall height
PPM = 110.0  # canvas pixels per metre
CANVAS = (1920, 1080)
CENTRE = (W / 2 + 0.02, D / 2, 0.955)  # this point falls on the middle of the canvas

# zone patches (x0, y0, x1, y1)
WORK = (0.80, 0.70, 6.60, 4.25)
COFFEE = (4.05, 4.62, 8.15, 7.05)
MEETING = (8.60, 4.35, 12.35, 7.05)
LOUNGE = (7.95, 0.25, 12.20, 3.65)

WORK_RUG = (0.85, 0.72, 6.55, 4.22)
MEET_RUG = (8.85, 4.42, 12.15, 6.80)
LOUNGE_RUG = (10.10, 1.80, 1.68)  # centre x, centre y, radius
TILES = (4.10, 4.60, 7.94, 7.10)
ARCH_X, ARCH_R = 6.0, 1.45  # peach arch over the coffee bar

ZONES = (
    {"id": "work", "name": "Work", "type": "work", "patch": WORK},
    {
        "id": "meeting",
        "name": "Meeting",
        "type": "meeting",
        "patch": MEETING,
        "door": (9.75, 4.30, 11.95, 4.45),
    },
    {"id": "lounge", "name": "Lounge", "type": "lounge", "patch": LOUNGE},
    {"id": "coffee", "name": "Coffee bar", "type": "lounge", "patch": COFFEE},
)

WINDOWS = [(0.50, 2.35), (2.70, 4.55), (4.90, 6.75)]  # y ranges of the west windows
SILL, LINTEL = 0.45, 1.86  # z range of the windows
SUN_DIR = (0.78, 0.34, -0.62)  # enters by the west windows, lights the north wall
LAMP = (9.01, 2.97, 1.25)  # bulb of the floor lamp
STEAM = (ARCH_X - 0.62, D - 0.47, 1.28)  # top of the coffee machine
STRING = [  # bulbs and knots of the string lights on the north wall
    (1.75 + 6.9 * k / 48, D - 0.06, 2.03 - 0.12 * abs(math.sin(k / 48 * math.pi * 4))) for k in range(49)
]

DESKS = [(x, y, turn) for y, turn in ((2.93, 0), (2.11, 180)) for x in (1.95, 3.70, 5.45)]
SCREENS = ("code", "chart", "kanban", "code", "chat", "chart")
TABLE = (10.46, 5.55)
CAFE = (6.00, 5.12)
SOFA = (10.15, 3.02)
BEAN = (8.55, 1.62)

PLACES = {  # loose furniture that no seat belongs to: x, y, turn in degrees
    "glass-west-1": (8.60, 6.57, 90),
    "glass-west-2": (8.60, 5.66, 90),
    "glass-west-3": (8.60, 4.75, 90),
    "glass-south": (9.17, 4.30, 0),
    "coffee-table": (10.10, 1.66, 0),
    "floor-lamp": (8.72, 3.12, 0),
    "plant-lounge": (11.74, 3.34, 0),
    "pouf": (9.25, 0.62, 0),
    "sideboard": (11.98, 2.0, 270),
    "plant-corner": (11.98, 0.42, 0),
    "plant-meeting": (11.98, 6.62, 0),
    "coffee-bar": (ARCH_X, D - 0.42, 0),
    "plant-bar": (7.75, D - 0.42, 0),
    "bench": (2.15, D - 0.30, 0),
    "bookshelf": (3.38, D - 0.22, 0),
    "plant-shelf": (4.36, D - 0.34, 0),
    "printer": (0.45, 4.62, 90),
    "plant-window": (0.42, 2.55, 0),
    "plant-front": (0.50, 0.48, 0),
    "cat": (1.60, 5.30, 20),
    "planter-1": (7.25, 2.95, 90),
    "planter-2": (7.25, 1.95, 90),
}

ENTRANCE = (0.98, D - 0.52)  # the door mat
FEET = {  # what stands in a walker's way: (width, depth) of the piece before its turn, or (radius,)
    "glass-west-1": (0.95, 0.08),
    "glass-west-2": (0.95, 0.08),
    "glass-west-3": (0.95, 0.08),
    "glass-south": (1.10, 0.08),
    "coffee-table": (0.44,),
    "floor-lamp": (0.17,),
    "plant-lounge": (0.25,),
    "pouf": (0.32,),
    "sideboard": (1.35, 0.44),
    "plant-corner": (0.26,),
    "plant-meeting": (0.25,),
    "coffee-bar": (2.34, 0.68),
    "plant-bar": (0.26,),
    "bench": (1.20, 0.38),
    "bookshelf": (1.10, 0.36),
    "plant-shelf": (0.25,),
    "printer": (0.64, 0.54),
    "plant-window": (0.25,),
    "plant-front": (0.26,),
    "cat": (0.33,),
    "planter-1": (1.01, 0.37),
    "planter-2": (1.01, 0.37),
    "desk": (1.55, 0.72),  # the edge of the top hangs over, knees go under it
    "meeting-table": (1.70, 0.96),
    "cafe-table": (0.44,),
    "sofa": (1.96, 0.84),
    "bean-bag": (0.50,),
}


def seats() -> list[dict]:
    """Every seat as id, label, zone, floor point under the hips in metres, and turn in degrees."""
    out = []

    def seat(ident, label, zone, x, y, turn):
        out.append({"id": ident, "label": label, "zone": zone, "at": (x, y, 0.0), "turn": turn})

    for i, (x, y, turn) in enumerate(DESKS):
        s = 1 if turn == 0 else -1  # which side of the desk the sitter is on
        seat(f"desk-{i + 1}", f"Desk {i + 1}", "work", x - 0.06 * s, y + 0.72 * s, turn)
    tx, ty = TABLE
    around = (
        (tx - 0.60, ty + 0.82, 0),
        (tx + 0.22, ty + 0.82, 0),
        (tx - 1.22, ty, 90),
        (tx + 1.24, ty - 0.06, LEFT),
    )
    for i, (x, y, turn) in enumerate(around):
        seat(f"table-{i + 1}", f"Table {i + 1}", "meeting", x, y, turn)
    sx, sy = SOFA
    seat("sofa-1", "Sofa 1", "lounge", sx - 0.44, sy - 0.29, 0)
    seat("sofa-2", "Sofa 2", "lounge", sx + 0.44, sy - 0.29, 0)
    seat("bean-bag", "Bean bag", "lounge", BEAN[0], BEAN[1], 90)
    cx, cy = CAFE
    for i, (x, y, turn) in enumerate(((cx - 0.80, cy, 90), (cx, cy + 0.80, 0), (cx + 0.80, cy, LEFT))):
        seat(f"bar-{i + 1}", f"Bar {i + 1}", "coffee", x, y, turn)
    return out


def looks(turn: int) -> str:
    """Theme direction of a turn in degrees."""
    return {0: "down", 90: "right", 180: "up", LEFT: "left"}[turn % 360]


CAST = ("ada", "ben", "cleo", "dan", "eve", "fin")
CELL, FOOT = (128, 172), 144  # figure cell in canvas pixels; foot line from the top of the cell
STATES = {  # state: clip, frames, frames per second
    "idle": ("sit", 4, 2),  # every place here is a seat
    "working": ("type", 4, 6),
    "walking": ("walk", 6, 8),
    "meeting": ("talk", 4, 3),
    "coffee": ("coffee", 4, 2),
    "blocked": ("blocked", 4, 3),
    "sleeping": ("sleep", 4, 1.5),
    "standing": ("idle", 4, 2),  # for portraits
}
