"""Lounge, coffee bar and entrance furniture.

Each function returns a Piece, front looking to -Y, standing on z = 0, centred on x/y.
"""

import math

from furniture_small import mug, small_plant
from kit import Piece

PI = math.pi


def sofa(m="blue", w=2.0):
    p = Piece("sofa")
    for x in (-1, 1):
        for y in (-0.3, 0.3):
            p.cyl(0.03, 0.12, (x * (w / 2 - 0.14), y, 0), "wood_dark", r2=0.04, bevel=0.004, seg=12)
    p.box((w, 0.88, 0.16), (0, 0, 0.10), m + ":soft", 0.06, segs=4)
    n = 2
    cw = (w - 0.40) / n
    for i in range(n):
        x = -w / 2 + 0.20 + cw * (i + 0.5)
        p.box((cw - 0.015, 0.66, 0.16), (x, -0.09, 0.22), m + ":soft", 0.065, segs=5)
        p.box((cw - 0.03, 0.20, 0.36), (x, 0.27, 0.33), m + ":soft", 0.085, rot=(-0.16, 0, 0), segs=5)
    for s in (-1, 1):
        p.box((0.22, 0.86, 0.40), (s * (w / 2 - 0.11), 0, 0.12), m + ":soft", 0.095, segs=5)
    p.box((w - 0.1, 0.20, 0.52), (0, 0.36, 0.12), m + ":soft", 0.09, segs=5)
    p.box((0.34, 0.13, 0.32), (-w / 2 + 0.40, 0.10, 0.38), "orange:soft", 0.062, rot=(-0.45, 0, 0.22), segs=5)
    p.box((0.30, 0.12, 0.28), (w / 2 - 0.42, 0.12, 0.38), "cream:soft", 0.055, rot=(-0.4, 0, -0.3), segs=5)
    return p.flatten(0.80)


def bean_bag(m="teal"):
    def slump(v):
        v.z = max(v.z, -0.24) + 0.24
        if v.y > 0:
            v.z *= 1 + 0.75 * v.y
        else:
            v.z *= 1 - 0.55 * min(1, -v.y * 2) * (v.z > 0.2)
        k = 1.12 - 0.22 * v.z
        v.x, v.y = v.x * k, v.y * k
        return v

    p = Piece("bean-bag")
    p.ball(0.46, (0, 0, 0), m + ":soft", scale=(1, 1, 0.72), seg=36, shape=slump)
    p.tube([(0, 0.22, 0.62), (0, 0.27, 0.68), (0.02, 0.31, 0.66)], 0.022, "orange", seg=8)
    return p


def coffee_table():
    p = Piece("coffee-table")
    p.cyl(0.44, 0.05, (0, 0, 0.30), "wood", bevel=0.02, seg=44)
    for i in range(3):
        a = i * 2 * PI / 3 + 0.5
        p.tube(
            [(0.22 * math.cos(a), 0.22 * math.sin(a), 0.30), (0.34 * math.cos(a), 0.34 * math.sin(a), 0)],
            [0.028, 0.018],
            "wood_dark",
            seg=10,
        )
    p.box((0.30, 0.21, 0.02), (-0.10, 0.10, 0.35), "cream", 0.006, rot=(0, 0, 0.4))
    p.box((0.27, 0.19, 0.02), (-0.08, 0.11, 0.37), "blue", 0.006, rot=(0, 0, 0.15))
    mug(p, (0.18, -0.12, 0.35), "orange")
    small_plant(p, (0.12, 0.20, 0.35), "terracotta")
    return p


def coffee_bar(w=2.3):
    p = Piece("coffee-bar")
    p.box((w, 0.62, 0.70), (0, 0, 0.04), "teal_dark", 0.02)
    p.box((w + 0.06, 0.68, 0.055), (0, -0.01, 0.74), "wood", 0.02)
    n = 4
    for i in range(n):
        x = -w / 2 + (i + 0.5) * w / n
        p.box((w / n - 0.04, 0.022, 0.60), (x, -0.315, 0.09), "teal", 0.012)
        p.box((0.14, 0.03, 0.022), (x, -0.335, 0.60), "wood", 0.01)
    z = 0.795  # espresso machine
    p.box((0.52, 0.40, 0.10), (-0.62, 0.05, z), "grey_dark", 0.02)
    p.box((0.52, 0.22, 0.40), (-0.62, 0.14, z), "orange:gloss", 0.03)
    p.box((0.52, 0.40, 0.13), (-0.62, 0.05, z + 0.33), "orange:gloss", 0.035)
    for x in (-0.74, -0.52):
        p.cyl(0.045, 0.06, (x, -0.04, z + 0.27), "grey:metal", bevel=0.008, seg=16)
        mug(p, (x, -0.05, z + 0.10), "white")
    for i in range(3):
        p.ball(0.02, (-0.74 + i * 0.09, -0.155, z + 0.40), ("teal:glow", "white", "white")[i], seg=10)
    p.lathe(
        [(0.09, 0), (0.10, 0.16), (0.10, 0.30), (0.07, 0.33)], (-0.16, 0.06, z), "white:gloss", seg=20
    )  # grinder
    p.lathe([(0.05, 0.33), (0.10, 0.47), (0.10, 0.49)], (-0.16, 0.06, z), "coffee", seg=20)
    for i in range(6):
        mug(
            p,
            (0.16 + 0.13 * (i % 3), 0.12 - 0.14 * (i // 3), z),
            ("orange", "teal", "white", "blue", "yellow", "pink")[i],
        )
    p.lathe([(0.09, 0), (0.17, 0.09), (0.165, 0.095), (0.1, 0.03)], (0.78, 0.0, z), "wood2", seg=24)
    for i in range(5):
        p.ball(
            0.055,
            (0.78 + 0.075 * math.cos(i * 1.4), 0.075 * math.sin(i * 1.4), z + 0.10),
            ("orange", "red", "green_light", "yellow", "orange")[i],
            seg=12,
        )
    return p


def cafe_table(r=0.46):
    """Round one-leg table with cups, croissants and a vase."""
    p = Piece("cafe-table")
    h = 0.50
    p.cyl(0.24, 0.03, (0, 0, 0), "white", bevel=0.012, seg=36)
    p.cyl(0.045, h - 0.03, (0, 0, 0.02), "white", bevel=0, seg=20)
    p.cyl(r, 0.05, (0, 0, h - 0.05), "wood", bevel=0.02, seg=48)
    for x, y, c in ((-0.20, 0.02, "teal"), (0.02, 0.22, "orange"), (0.24, 0.04, "blue")):
        p.cyl(0.075, 0.008, (x, y, h), "white:gloss", bevel=0.003, seg=20)
        mug(p, (x, y, h + 0.006), c)
    p.lathe([(0.10, 0), (0.145, 0.012), (0.14, 0.02), (0.10, 0.012)], (0.02, -0.22, h), "white:gloss", seg=24)
    for i in range(3):
        t = i * 2.1
        p.ball(
            0.042,
            (0.02 + 0.055 * math.cos(t), -0.22 + 0.055 * math.sin(t), h + 0.035),
            "orange_dark:soft",
            scale=(1.3, 0.8, 0.7),
            rot=(0, 0, t),
            seg=12,
        )
    p.lathe([(0.030, 0), (0.044, 0.04), (0.022, 0.09), (0.028, 0.11)], (0.0, -0.01, h), "cream:gloss", seg=16)
    for i in range(5):
        t = i * 1.26
        tip = (0.05 * math.cos(t), -0.01 + 0.05 * math.sin(t), h + 0.20 + 0.02 * (i % 2))
        p.tube([(0, -0.01, h + 0.09), tip], 0.005, "green_dark", seg=5)
        p.ball(0.026, tip, ("yellow", "pink", "white")[i % 3], seg=10)
    return p


def sideboard():
    """Low chest with a record player, records and a plant; front to -Y."""
    p = Piece("sideboard")
    w, d, h = 1.35, 0.40, 0.40
    for x in (-1, 1):
        for y in (-1, 1):
            p.cyl(0.018, 0.10, (x * (w / 2 - 0.10), y * 0.13, 0), "wood_dark", r2=0.026, bevel=0, seg=10)
    p.box((w, d, h - 0.08), (0, 0, 0.08), "wood", 0.022)
    for x in (-0.335, 0.335):
        p.box((0.62, 0.018, 0.24), (x, -d / 2, 0.12), "trim", 0.008)
        p.ball(0.018, (x * 0.25, -d / 2 - 0.02, 0.25), "wood_dark", seg=10)
    p.box((0.46, 0.33, 0.07), (-0.34, 0, h), "orange", 0.018)
    p.cyl(0.145, 0.012, (-0.38, 0, h + 0.072), "black", bevel=0.004, seg=36)
    p.cyl(0.05, 0.004, (-0.38, 0, h + 0.084), "teal", bevel=0, seg=20)
    p.tube(
        [(-0.17, 0.10, h + 0.08), (-0.18, -0.04, h + 0.10), (-0.27, -0.08, h + 0.09)], 0.009, "white", seg=8
    )
    for i, c in enumerate(("blue", "orange", "cream", "teal", "pink", "navy")):
        p.box((0.022, 0.26, 0.25), (0.06 + i * 0.032, 0.02, h), c, 0.004, rot=(0, 0.10, 0))
    small_plant(p, (0.50, 0.02, h), "terracotta")
    return p


def bench():
    p = Piece("bench")
    p.box((1.2, 0.38, 0.06), (0, 0, 0.32), "wood", 0.025)
    for x in (-0.48, 0.48):
        p.box((0.06, 0.34, 0.32), (x, 0, 0), "white", 0.015)
    p.box((0.5, 0.34, 0.07), (-0.3, 0, 0.375), "yellow:soft", 0.03)
    for i, c in enumerate(("teal", "orange")):
        for s in (-1, 1):
            p.ball(0.06, (0.1 + i * 0.28 + s * 0.055, -0.02, 0.05), c, scale=(0.7, 1.5, 0.8), seg=12)
    p.box((0.26, 0.16, 0.30), (0.38, 0, 0.38), "navy:soft", 0.06)
    return p
