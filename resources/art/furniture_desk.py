"""Work and meeting furniture: desks and what lies on them, chairs, the table, glass.

Each function returns a Piece, front looking to -Y, standing on z = 0, centred on x/y.
"""

import math

import numpy as np

import textures as tx
from furniture_small import lamp_small, mug, small_plant
from kit import Piece

PI = math.pi


def desk(seed=0, top="wood", w=1.55):
    p = Piece("desk")
    p.box((w, 0.78, 0.055), (0, 0, 0.56), top, 0.022)
    for x in (-1, 1):
        for y in (-1, 1):
            p.cyl(0.026, 0.57, (x * (w / 2 - 0.12), y * 0.29, 0), "white", r2=0.036, bevel=0.004, seg=14)
    p.box((0.40, 0.62, 0.40), (w / 2 - 0.34, 0.02, 0.13), "white", 0.025)  # drawers
    for i in range(2):
        p.box((0.34, 0.02, 0.155), (w / 2 - 0.34, 0.335, 0.155 + i * 0.185), "trim", 0.008)
        p.cyl(
            0.02,
            0.03,
            (w / 2 - 0.34, 0.34, 0.235 + i * 0.185),
            ("orange", "teal", "blue")[seed % 3],
            rot=(-PI / 2, 0, 0),
            bevel=0.005,
            seg=12,
        )
    return p.flatten(0.87)


def desk_things(seed=0, kind="code", w=1.55):
    """Monitor, keyboard, mouse and a few belongings; the user sits at +Y and looks to -Y."""
    rng = np.random.default_rng(40 + seed)
    p, z = Piece("desk-things"), 0.535
    accent = ("teal", "orange", "blue", "yellow", "pink", "purple")[seed % 6]
    p.box((0.24, 0.16, 0.02), (0, -0.20, z), "white:gloss", 0.009)
    p.box((0.05, 0.03, 0.16), (0, -0.21, z), "white:gloss", 0.01)
    p.box((0.62, 0.035, 0.37), (0, -0.20, z + 0.11), "white:gloss", 0.016)  # shell seen from behind
    p.cyl(0.035, 0.01, (0, -0.216, z + 0.30), accent, rot=(PI / 2, 0, 0), bevel=0, seg=20)
    p.quad(0.575, 0.325, (0, -0.1805, z + 0.297), "imgglow:" + tx.screen(kind, seed), rot=(0, 0, PI))
    p.box((0.42, 0.15, 0.022), (-0.02, 0.14, z), "trim", 0.009)
    for i in range(3):
        p.box((0.37, 0.026, 0.008), (-0.02, 0.098 + i * 0.042, z + 0.02), "grey", 0.003)
    p.ball(0.035, (0.29, 0.15, z + 0.012), "white:gloss", scale=(0.75, 1.15, 0.7), seg=14)
    side = -1 if seed % 2 else 1
    mug(p, (side * 0.58, 0.10, z), accent)
    for i in range(int(rng.integers(2, 4))):  # books
        p.box(
            (0.20, 0.14, 0.032),
            (-side * 0.56, -0.14, z + i * 0.034),
            ("blue", "orange", "cream", "teal", "pink")[(seed + i) % 5],
            0.006,
            rot=(0, 0, rng.uniform(-0.25, 0.25)),
        )
    if seed % 3 == 0:
        small_plant(p, (side * 0.58, -0.20, z))
    elif seed % 3 == 1:
        lamp_small(p, (side * 0.60, -0.20, z), accent)
    else:
        p.box((0.11, 0.02, 0.14), (side * 0.58, -0.2, z), "wood_dark", 0.006, rot=(-0.2, 0, 0.3))
        for i in range(3):
            p.box(
                (0.085, 0.085, 0.006),
                (-side * 0.34 + 0.02 * i, 0.22 - 0.01 * i, z + 0.006 * i),
                ("yellow", "pink", "green_light")[i],
                0.001,
                rot=(0, 0, 0.2 * i),
            )
    return p


def chair_parts(m="teal"):
    """Office chair as (seat, back): two sprites, so that a seated figure goes between them."""
    seat, back = Piece("chair-seat"), Piece("chair-back")
    for i in range(5):
        a = i * 2 * PI / 5 + 0.3
        seat.tube([(0, 0, 0.07), (0.21 * math.cos(a), 0.21 * math.sin(a), 0.05)], 0.018, "grey_dark", seg=8)
        seat.ball(0.032, (0.21 * math.cos(a), 0.21 * math.sin(a), 0.032), "black", seg=10)
    seat.cyl(0.03, 0.22, (0, 0, 0.07), "grey:metal", bevel=0, seg=12)
    seat.box((0.44, 0.42, 0.085), (0, 0, 0.27), m + ":soft", 0.04, segs=4)
    for x in (-1, 1):
        seat.tube(
            [(x * 0.20, 0.03, 0.30), (x * 0.25, 0.03, 0.33), (x * 0.25, 0.03, 0.44)],
            0.014,
            "grey_dark",
            seg=8,
        )
        seat.box((0.055, 0.20, 0.03), (x * 0.25, 0.0, 0.44), "grey_dark", 0.013)
    back.tube([(0, 0.17, 0.28), (0, 0.25, 0.33), (0, 0.25, 0.48)], 0.02, "grey_dark", seg=8)
    back.box((0.40, 0.075, 0.34), (0, 0.235, 0.40), m + ":soft", 0.037, rot=(-0.12, 0, 0), taper=0.93, segs=4)
    return seat.flatten(0.76), back.flatten(0.80)


def meeting_chair(m="orange"):
    seat, back = Piece("mchair-seat"), Piece("mchair-back")
    for x in (-1, 1):
        for y in (-1, 1):
            seat.tube([(x * 0.15, y * 0.14, 0.30), (x * 0.19, y * 0.18, 0.0)], [0.022, 0.014], "wood2", seg=8)
    seat.box((0.42, 0.40, 0.07), (0, 0, 0.285), m + ":soft", 0.034, segs=4)
    back.box((0.42, 0.06, 0.36), (0, 0.205, 0.33), m + ":soft", 0.03, rot=(-0.14, 0, 0), taper=0.9, segs=4)
    return seat.flatten(0.76), back.flatten(0.80)


def meeting_table(w=1.9):
    p = Piece("meeting-table")
    k = w / 1.9
    p.box((w, 1.05, 0.06), (0, 0, 0.55), "wood", 0.028, segs=4)
    for x in (-0.6 * k, 0.6 * k):
        p.box((0.16, 0.5, 0.5), (x, 0, 0.05), "white", 0.03)
        p.box((0.3, 0.62, 0.04), (x, 0, 0), "white", 0.015)
    p.box((1.2 * k, 0.06, 0.12), (0, 0, 0.40), "white", 0.02)
    for x, y, c, r in ((-0.56, -0.22, "blue", 0.2), (0.58, 0.16, "teal", -0.3)):
        p.box((0.24, 0.17, 0.018), (x * k, y, 0.61), c, 0.006, rot=(0, 0, r))
        p.box((0.22, 0.15, 0.008), (x * k + 0.005, y, 0.626), "white", 0.003, rot=(0, 0, r))
    p.box((0.34, 0.23, 0.016), (-0.42 * k, 0.29, 0.61), "grey:metal", 0.007, rot=(0, 0, PI))
    p.box((0.34, 0.012, 0.22), (-0.42 * k, 0.19, 0.62), "grey:metal", 0.005, rot=(0.3, 0, 0))
    mug(p, (0.20, -0.33, 0.61), "orange")
    mug(p, (-0.22, -0.36, 0.61), "white")
    p.box((0.30, 0.21, 0.008), (0.16, -0.06, 0.61), "white", 0.002, rot=(0, 0, 0.25))
    for i, c in enumerate(("yellow", "pink", "green_light")):
        p.box(
            (0.075, 0.075, 0.006),
            (0.42 + 0.085 * (i % 2), -0.30 + 0.085 * (i // 2), 0.61),
            c,
            0.001,
            rot=(0, 0, 0.1 * i),
        )
    small_plant(p, (-0.06, 0.16, 0.61))
    return p.flatten(0.88)


def glass_wall(w, h=1.55, posts=3):
    """Framed glass screen; runs along x."""
    p = Piece("glass-wall")
    p.box((w - 0.02, 0.058, 0.07), (0, 0, 0.004), "wood2", 0.012)
    p.box((w - 0.02, 0.058, 0.06), (0, 0, h - 0.066), "wood2", 0.012)
    for i in range(posts):
        p.box((0.06, 0.07, h), (-w / 2 + 0.03 + i * (w - 0.06) / (posts - 1), 0, 0), "wood2", 0.015)
    p.quad(w - 0.06, h - 0.12, (0, 0, h / 2), "sky:glass")
    p.quad(w - 0.06, 0.16, (0, -0.004, h * 0.55), "white:glass")  # manifestation stripe, reads as "glass"
    return p


def printer():
    p = Piece("printer-stand")
    p.box((0.62, 0.5, 0.45), (0, 0, 0), "wood", 0.02)
    p.box((0.25, 0.02, 0.36), (-0.145, -0.25, 0.05), "wood2", 0.01)
    p.box((0.25, 0.02, 0.36), (0.145, -0.25, 0.05), "wood2", 0.01)
    p.box((0.50, 0.40, 0.22), (0, 0, 0.45), "white:gloss", 0.04)
    p.box((0.32, 0.2, 0.02), (0, -0.2, 0.50), "grey", 0.008)
    p.box((0.26, 0.18, 0.008), (0, -0.22, 0.525), "white", 0.002)
    p.ball(0.015, (0.2, -0.2, 0.62), "teal:glow", seg=8)
    return p


def bookshelf(w=1.3, h=1.75, seed=0, rows=4):
    rng = np.random.default_rng(100 + seed)
    p = Piece("bookshelf")
    t, d = 0.045, 0.34
    for x in (-1, 1):
        p.box((t, d, h), (x * (w - t) / 2, 0, 0), "wood", 0.012)
    p.box((w - t, 0.02, h - 0.04), (0, d / 2 - 0.02, 0.02), "wall_dim", 0.004)
    gap = (h - t) / rows
    for i in range(rows + 1):
        p.box(
            (w - 0.016, d - 0.016, t), (0, 0, i * gap + 0.002), "wood", 0.012
        )  # inset: equal faces in one place flicker black
    cols = ["teal", "orange", "blue", "cream", "yellow", "pink", "navy", "white", "green", "terracotta"]
    for i in range(rows):
        z, x, end = i * gap + t, -w / 2 + t + 0.02, w / 2 - t - 0.03
        while x < end - 0.05:
            pick = rng.random()
            if pick < 0.16 and end - x > 0.24:
                small_plant(p, (x + 0.11, -0.03, z), ("pot", "terracotta", "blue")[int(rng.integers(3))])
                x += 0.23
            elif pick < 0.27 and end - x > 0.26:
                p.box(
                    (0.22, 0.2, 0.17),
                    (x + 0.12, -0.02, z),
                    ("wood2", "teal", "orange")[int(rng.integers(3))],
                    0.02,
                )
                x += 0.26
            else:
                bw, bh = rng.uniform(0.035, 0.062), rng.uniform(0.22, gap - t - 0.05)
                p.box(
                    (bw - 0.004, 0.2, bh),
                    (x + bw / 2, -0.03, z),
                    cols[int(rng.integers(len(cols)))],
                    0.006,
                    rot=(0, 0.12 if pick > 0.93 else 0, 0),
                )
                x += bw
    return p
