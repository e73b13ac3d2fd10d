"""The things that only the pixel loft has: arcade, pinball, tubes, aquarium, vending machine, ghost balloon.

Each function returns a Piece, front looking to -Y, standing on z = 0, centred on x/y. Edges are hard: at 36
pixels a metre a bevel is less than a pixel. Everything that shows must be at least 3 cm.
"""

import math

import numpy as np

from kit import Piece

PI = math.pi
INVADER = (
    "..#.....#..",
    "...#...#...",
    "..#######..",
    ".##.###.##.",
    "###########",
    "#.#######.#",
    "#.#.....#.#",
    "...##.##...",
)
HEART = (".##.##.", "#######", "#######", ".#####.", "..###..", "...#...")
GHOST = (".#####.", "#######", "#.##.##", "#.##.##", "#######", "#######", "#.#.#.#")


def dots(p, rows, cell, at, m, y=-0.02):
    """A bitmap of small boxes on a wall; `at` is the middle of its bottom edge (x, z)."""
    w, h = len(rows[0]) * cell, len(rows) * cell
    for j, row in enumerate(rows):
        for i, mark in enumerate(row):
            if mark == "#":
                where = (at[0] - w / 2 + (i + 0.5) * cell, y, at[1] + h - (j + 1) * cell)
                p.box((cell, 0.03, cell), where, m, 0)


def code(p, w, h, at, seed, turned=False):
    """Lines of code on a screen of w x h, bottom middle at `at`; `turned`: the screen looks to +Y."""
    rng = np.random.default_rng(seed)
    x0, y, z0 = at
    s = -1 if turned else 1
    rows = int(h / 0.07)
    for k in range(rows):
        x = -w / 2 + 0.04 + 0.07 * int(rng.integers(0, 3))
        length = float(rng.uniform(0.10, w - 0.14))
        length = min(length, w / 2 - 0.03 - x)
        tint = ("teal:glow", "yellow:glow", "pink:glow", "white:glow")[int(rng.integers(4))]
        p.box(
            (length, 0.012, 0.034),
            (x0 + s * (x + length / 2), y - s * 0.006, z0 + h - 0.065 - k * 0.07),
            tint,
            0,
        )


def arcade(m="pink", trim="yellow", seed=0):
    p = Piece("arcade")
    for x in (-0.31, 0.31):
        p.box((0.05, 0.66, 0.72), (x, 0.0, 0), m, 0.01)
        p.box((0.05, 0.46, 0.62), (x, 0.10, 0.72), m, 0.01)
    p.box((0.58, 0.56, 0.66), (0, 0.02, 0.03), "dark", 0)
    p.box((0.60, 0.40, 0.60), (0, 0.12, 0.68), "dark", 0)
    p.box((0.34, 0.02, 0.26), (0, -0.27, 0.20), "grey", 0)
    p.box((0.05, 0.02, 0.05), (-0.07, -0.285, 0.34), "yellow:glow", 0)
    p.box((0.05, 0.02, 0.05), (0.07, -0.285, 0.34), "yellow:glow", 0)
    p.box((0.60, 0.30, 0.05), (0, -0.19, 0.68), trim, 0, rot=(-0.15, 0, 0))  # control panel
    p.cyl(0.018, 0.10, (-0.14, -0.22, 0.73), "grey", bevel=0, seg=8)
    p.ball(0.042, (-0.14, -0.22, 0.85), "red", seg=10)
    for i, c in enumerate(("teal:glow", "blue:glow")):
        p.cyl(0.035, 0.03, (0.06 + 0.12 * i, -0.22, 0.74), c, bevel=0, seg=8)
    p.box((0.50, 0.02, 0.36), (0, -0.09, 0.80), "dark", 0, rot=(0.10, 0, 0))
    dots(p, INVADER, 0.036, (0, 0.90), ("teal:glow", "pink:glow")[seed % 2], -0.13)
    p.box((0.10, 0.02, 0.036), (0.02 if seed else -0.06, -0.125, 0.84), "yellow:glow", 0)
    p.box((0.66, 0.44, 0.20), (0, 0.10, 1.32), m, 0.01)
    p.box((0.56, 0.02, 0.12), (0, -0.13, 1.36), trim + ":glow", 0)
    for x in (-0.16, 0.0, 0.16):
        p.box((0.10, 0.02, 0.05), (x, -0.14, 1.395), "pink" if trim == "yellow" else "blue", 0)
    return p


def pinball():
    """Pinball table seen from the player's end: sloped play field, lit back box."""
    p = Piece("pinball")
    for x in (-0.25, 0.25):
        for y in (-0.48, 0.48):
            p.box((0.06, 0.06, 0.46), (x, y, 0), "grey", 0)
    p.box((0.60, 1.10, 0.20), (0, 0, 0.42), "blue", 0.01, rot=(0.06, 0, 0))
    p.box((0.50, 0.98, 0.03), (0, 0.0, 0.615), "dark", 0, rot=(0.06, 0, 0))
    for x, y, c in (
        (-0.12, 0.25, "pink"),
        (0.12, 0.20, "yellow"),
        (0.0, 0.40, "teal"),
        (0.15, -0.05, "orange"),
    ):
        p.cyl(0.065, 0.05, (x, y, 0.64 + 0.06 * y), c + ":glow", bevel=0, seg=10)
    for s in (-1, 1):
        p.box((0.15, 0.045, 0.04), (s * 0.10, -0.36, 0.63), "white", 0, rot=(0, 0, s * 0.5))
    p.ball(0.032, (0.04, -0.12, 0.67), "white:glow", seg=8)
    p.box((0.62, 0.16, 0.56), (0, 0.50, 0.66), "blue", 0.01)
    p.box((0.52, 0.02, 0.44), (0, 0.415, 0.72), "purple:glow", 0)
    dots(p, HEART, 0.05, (0, 0.79), "pink:glow", 0.40)
    return p


def television():
    """Tube television on a low board, with a console and two pads."""
    p = Piece("television")
    p.box((0.90, 0.44, 0.24), (0, 0, 0.03), "wood", 0.01)
    for x in (-0.22, 0.22):
        p.box((0.38, 0.02, 0.15), (x, -0.225, 0.07), "brown", 0)
    p.box((0.66, 0.40, 0.50), (-0.06, 0.02, 0.28), "grey", 0.02)
    p.box((0.46, 0.02, 0.36), (-0.12, -0.185, 0.36), "dark", 0)
    p.box((0.42, 0.02, 0.32), (-0.12, -0.20, 0.38), "blue:glow", 0)
    p.box((0.42, 0.02, 0.08), (-0.12, -0.212, 0.38), "green:glow", 0)
    p.box((0.07, 0.02, 0.09), (-0.20, -0.22, 0.46), "red:glow", 0)
    p.box((0.10, 0.02, 0.05), (0.0, -0.22, 0.58), "white:glow", 0)
    for z in (0.44, 0.54):
        p.box((0.05, 0.02, 0.05), (0.19, -0.19, z), "yellow", 0)
    for s in (-1, 1):
        p.tube([(-0.06, 0.05, 0.77), (-0.06 + s * 0.17, 0.05, 1.0)], 0.016, "grey", seg=6)
    p.box((0.22, 0.18, 0.07), (0.34, -0.06, 0.27), "white", 0)
    p.box((0.12, 0.02, 0.03), (0.34, -0.155, 0.29), "red", 0)
    return p


def aquarium():
    p = Piece("aquarium")
    p.box((1.10, 0.40, 0.46), (0, 0, 0.02), "brown", 0.01)
    for x in (-0.27, 0.27):
        p.box((0.46, 0.02, 0.34), (x, -0.205, 0.08), "wood", 0)
        p.box((0.05, 0.02, 0.05), (x * 0.3, -0.22, 0.25), "yellow", 0)
    p.box((1.06, 0.36, 0.58), (0, 0, 0.48), "blue:glow", 0)
    p.box((1.07, 0.37, 0.07), (0, 0, 0.48), "cream", 0)
    for x, h, c in (
        (-0.42, 0.34, "green_light"),
        (-0.33, 0.22, "green"),
        (0.30, 0.40, "green"),
        (0.40, 0.26, "teal"),
    ):
        for k in range(int(h / 0.06)):
            p.box((0.07, 0.02, 0.065), (x + 0.025 * (-1) ** k, -0.185, 0.54 + k * 0.06), c, 0)
    p.box((0.20, 0.03, 0.12), (0.04, -0.185, 0.54), "grey", 0)
    p.box((0.10, 0.03, 0.07), (0.06, -0.19, 0.66), "grey", 0)
    p.box((0.07, 0.03, 0.07), (0.06, -0.20, 0.54), "dark", 0)
    for x, z in ((0.22, 0.80), (0.20, 0.92), (-0.10, 0.95)):
        p.box((0.035, 0.02, 0.035), (x, -0.19, z), "white:glow", 0)
    p.box((1.12, 0.42, 0.10), (0, 0, 1.05), "dark", 0.01)
    return p


def fish(m="orange"):
    """One fish of the aquarium; floats, so it is not on the floor."""
    p = Piece("fish")
    p.box((0.12, 0.02, 0.12), (0, 0, 0), m, 0)
    p.box((0.20, 0.02, 0.065), (0, 0, 0.03), m, 0)
    p.box((0.04, 0.02, 0.13), (-0.115, 0, -0.005), m, 0)
    p.box((0.032, 0.02, 0.035), (0.055, -0.02, 0.06), "dark", 0)
    return p


def vending():
    p = Piece("vending")
    p.box((0.80, 0.60, 1.56), (0, 0, 0.02), "red", 0.015)
    p.box((0.50, 0.02, 0.96), (-0.10, -0.305, 0.46), "dark", 0)
    cans = ("teal", "yellow", "blue", "orange", "pink", "white", "purple")
    for j in range(4):
        p.box((0.50, 0.03, 0.035), (-0.10, -0.31, 0.47 + 0.235 * j), "grey", 0)
        for i in range(4):
            c = cans[(i * 3 + j * 2) % 7]
            p.box((0.085, 0.03, 0.13), (-0.28 + 0.12 * i, -0.315, 0.51 + 0.235 * j), c + ":glow", 0)
    p.box((0.14, 0.02, 0.30), (0.27, -0.305, 0.95), "dark", 0)
    p.box((0.09, 0.02, 0.07), (0.27, -0.32, 1.13), "green:glow", 0)
    p.box((0.09, 0.02, 0.05), (0.27, -0.32, 1.0), "white", 0)
    p.box((0.46, 0.02, 0.16), (-0.10, -0.305, 0.18), "dark", 0)
    p.box((0.80, 0.03, 0.14), (0, -0.30, 1.44), "white:glow", 0)
    for i, c in enumerate(("red", "orange", "yellow", "teal")):
        p.box((0.12, 0.02, 0.07), (-0.27 + 0.18 * i, -0.325, 1.475), c, 0)
    return p


def server():
    p = Piece("server")
    p.box((0.50, 0.50, 1.18), (0, 0, 0.02), "dark", 0.01)
    for j in range(6):
        z = 0.12 + 0.17 * j
        p.box((0.42, 0.02, 0.10), (0, -0.255, z), "grey_dark", 0)
        p.box((0.02, 0.42, 0.10), (0.255, 0, z), "grey_dark", 0)
        for i in range(3):
            c = ("green:glow", "teal:glow", "orange:glow")[(i + 2 * j) % 3]
            p.box((0.04, 0.02, 0.04), (-0.14 + 0.09 * i, -0.27, z + 0.03), c, 0)
    return p


def robot():
    """Round floor robot."""
    p = Piece("robot")
    p.cyl(0.18, 0.08, (0, 0, 0.01), "white", bevel=0.01, seg=28)
    p.cyl(0.07, 0.03, (0, 0, 0.09), "grey", bevel=0, seg=16)
    p.box((0.06, 0.02, 0.03), (0, -0.18, 0.05), "teal:glow", 0)
    return p


def balloon_foot():
    p = Piece("balloon-foot")
    p.box((0.14, 0.14, 0.10), (0, 0, 0), "pink", 0)
    return p


def balloon():
    """Ghost balloon on a string; its string ends in the foot."""
    p = Piece("balloon")
    p.tube([(0, 0, 0.10), (0.02, 0, 0.45), (-0.02, 0, 0.78)], 0.016, "white", seg=6)
    rings = [(0.23, 0), (0.25, 0.10), (0.25, 0.26), (0.21, 0.40), (0.12, 0.48), (0.03, 0.50)]
    p.lathe(rings, (-0.02, 0, 0.86), "white", seg=24)
    for k in range(5):
        a = 2 * PI * k / 5 + 0.2
        p.ball(0.085, (-0.02 + 0.16 * math.cos(a), 0.16 * math.sin(a), 0.86), "white", seg=10)
    for x in (-0.11, 0.05):
        p.box((0.07, 0.06, 0.11), (x + 0.04, -0.245, 1.06), "dark", 0)
    for x in (-0.18, 0.12):
        p.box((0.08, 0.06, 0.04), (x + 0.04, -0.225, 1.02), "pink", 0)
    return p


def desk_things(seed=0, w=1.45):
    """Tube monitor, keyboard and belongings; the user sits at +Y and looks to -Y."""
    p, z = Piece("desk-things"), 0.535
    accent = ("teal", "orange", "blue", "yellow", "pink", "purple")[seed % 6]
    p.box((0.30, 0.22, 0.03), (0, -0.18, z), "grey", 0)
    p.box((0.46, 0.12, 0.36), (0, -0.10, z + 0.04), "cream", 0.015)
    p.box((0.40, 0.20, 0.30), (0, -0.25, z + 0.06), "cream", 0.01, taper=0.9)
    p.box((0.38, 0.02, 0.28), (0, -0.035, z + 0.08), "dark", 0)
    code(p, 0.38, 0.28, (0, -0.02, z + 0.08), 60 + seed, turned=True)
    p.box((0.06, 0.02, 0.06), (0.12, -0.355, z + 0.12), accent, 0)
    for k in range(3):
        p.box((0.22, 0.02, 0.028), (-0.04, -0.352, z + 0.14 + 0.06 * k), "grey", 0)
    p.box((0.42, 0.15, 0.03), (-0.02, 0.14, z), "white", 0)
    p.box((0.07, 0.10, 0.03), (-0.34, 0.14, z), "grey", 0)
    side = 1 if seed % 2 else -1
    p.cyl(0.055, 0.11, (side * 0.42, 0.10, z), accent, bevel=0, seg=10)
    if seed % 3 == 0:
        cactus(p, (side * 0.55, -0.14, z))
    elif seed % 3 == 1:
        for k, c in enumerate(("blue", "pink", "yellow")):
            p.box((0.20, 0.15, 0.045), (side * 0.55, -0.14, z + 0.045 * k), c, 0, rot=(0, 0, 0.2 * k - 0.2))
    else:
        p.cyl(0.05, 0.05, (side * 0.55, -0.14, z), "dark", bevel=0, seg=10)  # a trophy
        p.cyl(0.03, 0.10, (side * 0.55, -0.14, z + 0.04), "yellow", bevel=0, seg=8)
        p.cyl(0.04, 0.10, (side * 0.55, -0.14, z + 0.12), "yellow", r2=0.09, bevel=0, seg=10)
    return p


def cactus(p, at, m="orange"):
    x, y, z = at
    p.cyl(0.065, 0.10, (x, y, z), m, r2=0.085, bevel=0, seg=10)
    p.ball(0.075, (x, y, z + 0.18), "green_light", scale=(1, 1, 1.3), seg=12)
    p.ball(0.035, (x, y, z + 0.29), "pink", seg=8)


def bush(m="pot", h=0.8, seed=0):
    """Potted plant of round leaf clouds: single leaves would be noise at this size."""
    rng = np.random.default_rng(seed)
    p = Piece("bush")
    p.lathe([(0.16, 0), (0.19, 0.02), (0.24, 0.30), (0.24, 0.34), (0.20, 0.33)], (0, 0, 0), m, seg=24)
    p.cyl(0.20, 0.02, (0, 0, 0.29), "coffee", bevel=0)
    p.tube([(0, 0, 0.3), (0.02, 0, 0.5), (0, 0, h * 0.7)], 0.045, "brown", seg=8)
    for i in range(9):
        a, r = i * 2.4, 0.05 + 0.20 * math.sqrt(i / 9)
        z = h - 0.05 * i * (0.8 if i else 0) + float(rng.uniform(-0.03, 0.03))
        size = 0.19 - 0.006 * i
        tone = ("green_light", "green", "green", "green_dark")[min(3, i // 2)]
        p.ball(size, (r * math.cos(a), r * math.sin(a), z), tone, scale=(1, 1, 0.85), seg=14)
    return p


def palm(m="teal", h=0.9, seed=0):
    """Potted palm: few broad leaves that hang over."""
    p = Piece("palm")
    p.lathe([(0.17, 0), (0.20, 0.02), (0.24, 0.30), (0.24, 0.34), (0.20, 0.33)], (0, 0, 0), m, seg=24)
    p.cyl(0.20, 0.02, (0, 0, 0.29), "coffee", bevel=0)
    p.tube([(0, 0, 0.3), (0.03, 0, 0.5), (0, 0, h * 0.62)], 0.04, "brown", seg=8)
    for i in range(9):
        a = i * 2.4 + seed
        tint = ("green", "green_light", "green_dark")[i % 3]
        p.leaf((0, 0, h * 0.60), 0.50, 0.20, a, 1.05 - 0.25 * (i % 3), 2.0, tint, fold=0.05)
    return p


def hedge(w=0.98, seed=21):
    """Planter box with a low hedge: divides zones."""
    p, rng = Piece("hedge"), np.random.default_rng(seed)
    p.box((w, 0.34, 0.40), (0, 0, 0), "purple", 0.01)
    p.box((w + 0.02, 0.36, 0.06), (0, 0, 0.36), "white", 0.01)
    for i in range(int(w / 0.14)):
        x = -w / 2 + 0.10 + i * (w - 0.20) / (int(w / 0.14) - 1)
        z = 0.50 + float(rng.uniform(-0.02, 0.05))
        p.ball(
            0.13, (x, float(rng.uniform(-0.04, 0.04)), z), ("green", "green_light", "green")[i % 3], seg=12
        )
        if i % 3 == 1:
            p.box((0.05, 0.05, 0.05), (x, -0.12, z + 0.02), "pink", 0)
    return p


def floor_lamp(m="yellow"):
    p = Piece("floor-lamp")
    p.cyl(0.16, 0.04, (0, 0, 0), "dark", bevel=0, seg=20)
    p.box((0.045, 0.045, 1.10), (0, 0, 0.03), "dark", 0)
    p.lathe([(0.22, 0), (0.21, 0.03), (0.12, 0.26), (0.11, 0.27)], (0, 0, 1.06), m + ":glow", seg=20)
    p.lathe([(0.225, 0), (0.225, 0.04), (0.2, 0.05)], (0, 0, 1.05), "orange", seg=20)
    return p
