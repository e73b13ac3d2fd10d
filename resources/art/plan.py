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
