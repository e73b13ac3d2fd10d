"""Small things and plants that other pieces carry or that fill a corner.

Each function returns a Piece, front looking to -Y, standing on z = 0, centred on x/y.
"""

import math

import numpy as np

from kit import Piece

PI = math.pi


def mug(p, at, m="orange"):
    x, y, z = at
    p.lathe(
        [(0.03, 0), (0.043, 0.006), (0.046, 0.09), (0.042, 0.094), (0.038, 0.086), (0.036, 0.07)],
        at,
        m + ":gloss",
        seg=18,
    )
    p.cyl(0.037, 0.004, (x, y, z + 0.075), "coffee", bevel=0, seg=16)
    p.tube(
        [(x + 0.044 + 0.03 * math.sin(t), y, z + 0.05 + 0.028 * math.cos(t)) for t in np.linspace(0, PI, 7)],
        0.008,
        m + ":gloss",
        seg=8,
    )


def lamp_small(p, at, m):
    x, y, z = at
    p.cyl(0.06, 0.02, at, m, bevel=0.008, seg=18)
    p.tube([(x, y, z + 0.02), (x - 0.03, y, z + 0.17), (x + 0.03, y + 0.02, z + 0.29)], 0.01, m, seg=8)
    p.cyl(0.075, 0.08, (x + 0.05, y + 0.03, z + 0.25), m, r2=0.03, bevel=0.005, seg=18)
    p.ball(0.03, (x + 0.05, y + 0.03, z + 0.25), "yellow:glow", seg=10)


def small_plant(p, at, m="pot"):
    x, y, z = at
    p.lathe([(0.045, 0), (0.062, 0.09), (0.056, 0.092), (0.05, 0.08)], at, m, seg=16)
    for i in range(8):
        p.leaf(
            (x, y, z + 0.08),
            0.15,
            0.055,
            i * PI / 4 + 0.2,
            1.25 - 0.25 * (i % 2),
            1.1,
            ("green", "green_light")[i % 2],
        )


def plant_tall(seed=0, m="pot", h=1.0):
    rng = np.random.default_rng(seed)
    p = Piece("plant-tall")
    p.lathe(
        [(0.17, 0), (0.20, 0.02), (0.25, 0.32), (0.235, 0.345), (0.21, 0.33), (0.20, 0.29)],
        (0, 0, 0),
        m,
        seg=32,
    )
    p.cyl(0.20, 0.02, (0, 0, 0.28), "coffee", bevel=0)
    for i in range(15):
        a, tall = i * 2.4 + rng.uniform(-0.2, 0.2), h * (0.45 + 0.55 * (i / 14))
        tip = (0.10 * math.cos(a), 0.10 * math.sin(a), 0.30 + tall * 0.62)
        p.tube(
            [
                (0.03 * math.cos(a), 0.03 * math.sin(a), 0.28),
                (tip[0] * 0.6, tip[1] * 0.6, 0.28 + tall * 0.4),
                tip,
            ],
            0.011,
            "green_dark",
            seg=6,
        )
        p.leaf(
            tip,
            0.46 * h**0.5,
            0.23,
            a,
            0.95 - 0.5 * (1 - i / 14),
            1.5,
            ("green", "green_dark", "green", "green_light")[i % 4],
        )
    return p


def plant_fig(seed=0, m="terracotta", h=1.5):
    """Small tree: trunk and a crown of round leaf clouds."""
    rng = np.random.default_rng(seed)
    p = Piece("plant-tree")
    p.lathe([(0.18, 0), (0.21, 0.03), (0.26, 0.34), (0.245, 0.36), (0.21, 0.34)], (0, 0, 0), m, seg=32)
    p.cyl(0.21, 0.02, (0, 0, 0.30), "coffee", bevel=0)
    p.tube([(0, 0, 0.3), (0.03, 0, 0.6), (-0.02, 0.02, 0.9)], [0.04, 0.034, 0.03], "wood_dark", seg=10)
    for i in range(46):
        a, e = i * 2.4, math.asin(rng.uniform(-0.55, 1))
        r = 0.20
        at = (r * math.cos(a) * math.cos(e), r * math.sin(a) * math.cos(e), h * 0.70 + 0.24 * math.sin(e))
        p.leaf(
            at,
            0.30,
            0.19,
            a,
            e * 0.7 + 0.1,
            0.7,
            ("green", "green_dark", "green_light", "green")[i % 4],
            fold=0.1,
        )
    return p


def planter(w=1.5, seed=21):
    """Low planter box that divides zones."""
    p, rng = Piece("planter"), np.random.default_rng(seed)
    p.box((w, 0.34, 0.42), (0, 0, 0.04), "white", 0.03)
    p.box((w + 0.03, 0.37, 0.05), (0, 0, 0.0), "wood2", 0.015)
    p.box((w - 0.08, 0.26, 0.02), (0, 0, 0.45), "coffee", 0.004)
    n = int(w * 9)
    for i in range(n):
        x = -w / 2 + 0.12 + (w - 0.24) * i / (n - 1)
        for k in range(6):
            p.leaf(
                (x, rng.uniform(-0.06, 0.06), 0.45),
                rng.uniform(0.24, 0.40),
                0.10,
                rng.uniform(0, 6.28),
                rng.uniform(1.0, 1.45),
                rng.uniform(0.5, 1.3),
                ("green", "green_light", "green_dark")[(i + k) % 3],
            )
    return p


def cat(m="orange"):
    """Sleeping cat on a cushion."""
    p = Piece("cat")
    p.lathe(
        [(0.26, 0), (0.33, 0.04), (0.32, 0.10), (0.24, 0.12), (0.1, 0.10)], (0, 0, 0), "pink:soft", seg=36
    )
    p.ball(0.17, (0.02, 0.02, 0.17), m + ":soft", scale=(1.15, 1.0, 0.72), seg=24)
    p.ball(0.10, (-0.15, -0.10, 0.19), m + ":soft", scale=(1.05, 1, 0.9), seg=20)
    for dx, dy in ((-0.20, -0.05), (-0.10, -0.06)):
        p.cyl(0.034, 0.07, (dx, dy, 0.245), m + ":soft", r2=0.004, bevel=0, seg=10, rot=(-0.2, 0, 0))
    pts = [(0.19 * math.cos(t), 0.19 * math.sin(t) - 0.01, 0.13) for t in np.linspace(0.3, -1.9, 9)]
    p.tube(pts, [0.036] * 7 + [0.03, 0.012], m + ":soft", seg=10)
    for k in range(3):
        p.ball(0.05, (0.0 + 0.07 * k, 0.05, 0.275 - 0.012 * k), "white:soft", scale=(0.35, 1.2, 0.35), seg=10)
    for dx in (-0.035, 0.03):
        p.box((0.03, 0.006, 0.006), (-0.16 + dx, -0.195, 0.19), "eye", 0.002)
    p.ball(0.012, (-0.162, -0.203, 0.172), "pink", seg=8)
    return p


def floor_lamp(m="orange"):
    p = Piece("floor-lamp")
    p.cyl(0.17, 0.03, (0, 0, 0), "wood_dark", bevel=0.012, seg=32)
    p.tube(
        [(0, 0, 0.03), (0, 0, 1.1), (0.04, -0.02, 1.35), (0.16, -0.08, 1.48), (0.28, -0.14, 1.44)],
        0.018,
        "wood_dark",
        seg=10,
    )
    p.lathe([(0.21, 0), (0.205, 0.012), (0.10, 0.19), (0.06, 0.22)], (0.29, -0.145, 1.22), m, seg=30)
    p.ball(0.07, (0.29, -0.145, 1.25), "yellow:glow", seg=16)
    return p


def pouf():
    p = Piece("pouf")
    profile = [(0.22, 0), (0.30, 0.04), (0.32, 0.17), (0.29, 0.30), (0.20, 0.34)]
    p.lathe(profile, (0, 0, 0), "orange:soft", seg=32)
    p.lathe([(0.318, 0.15), (0.326, 0.17), (0.318, 0.19)], (0, 0, 0), "cream:soft", seg=32)
    return p.flatten(0.85)


def stool(m="orange"):
    """Round stool: seat 0.27 m high, splayed wooden legs, foot ring."""
    p = Piece("stool")
    for i in range(4):
        a = i * PI / 2 + PI / 4
        p.tube(
            [(0.10 * math.cos(a), 0.10 * math.sin(a), 0.22), (0.17 * math.cos(a), 0.17 * math.sin(a), 0)],
            [0.024, 0.016],
            "wood2",
            seg=10,
        )
    ring = [(0.14 * math.cos(t), 0.14 * math.sin(t), 0.09) for t in np.linspace(0, 2 * PI, 25)]
    p.tube(ring, 0.010, "wood_dark", seg=8)
    p.lathe(
        [(0.14, 0.19), (0.195, 0.20), (0.205, 0.235), (0.19, 0.262), (0.12, 0.27)],
        (0, 0, 0),
        m + ":soft",
        seg=32,
    )
    return p
