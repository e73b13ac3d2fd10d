"""Everything that hangs on a wall: pictures, shelves, clock, door, coat pegs.

Each function returns a Piece, front looking to -Y, standing on z = 0, centred on x/y.
"""

import math

import numpy as np

import textures as tx
from furniture_small import small_plant
from kit import Piece

PI = math.pi


def whiteboard():
    p = Piece("whiteboard")
    p.box((1.5, 0.04, 0.88), (0, 0, 0), "wood", 0.015)
    p.quad(1.42, 0.80, (0, -0.0225, 0.44), "img:" + tx.whiteboard())
    p.box((0.7, 0.07, 0.025), (0, -0.04, -0.01), "white", 0.01)
    return p


def picture(kind, w=0.5, h=0.66):
    p = Piece("picture-" + kind)
    p.box((w, 0.035, h), (0, 0, 0), "wood_dark" if kind in ("hills", "cat") else "white", 0.012)
    p.quad(w - 0.07, h - 0.07, (0, -0.0185, h / 2), "img:" + tx.poster(kind))
    return p


def wall_shelf(w=1.0, seed=0):
    p, rng = Piece("wall-shelf"), np.random.default_rng(seed)
    p.box((w, 0.22, 0.035), (0, 0, 0), "wood", 0.012)
    x = -w / 2 + 0.1
    for i in range(5):
        if i % 2 == seed % 2:
            small_plant(p, (x + 0.05, 0, 0.035), ("pot", "terracotta", "teal")[i % 3])
        else:
            for k in range(3):
                p.box(
                    (0.04, 0.14, 0.15 + 0.03 * float(rng.random())),
                    (x + k * 0.045, 0, 0.035),
                    ("orange", "blue", "cream", "teal", "pink")[(i + k) % 5],
                    0.006,
                )
        x += w / 5
    return p


def clock():
    p = Piece("clock")
    p.cyl(0.20, 0.04, (0, 0, 0), "orange", rot=(PI / 2, 0, 0), bevel=0.012, seg=40)
    p.cyl(0.165, 0.01, (0, -0.037, 0), "white", rot=(PI / 2, 0, 0), bevel=0, seg=40)
    p.box((0.014, 0.008, 0.11), (0, -0.052, 0), "black", 0.003, rot=(0, 0.5, 0))
    p.box((0.014, 0.008, 0.08), (0, -0.052, 0), "black", 0.003, rot=(0, -1.1, 0))
    return p


def door():
    """Entrance door in its frame, flat on the wall behind y = 0; hinges left, handle right."""
    p = Piece("door")
    w, h = 0.86, 1.62
    for x in (-1, 1):
        p.box((0.07, 0.06, h + 0.06), (x * (w / 2 + 0.035), -0.02, 0), "white", 0.014)
    p.box((w + 0.18, 0.07, 0.08), (0, -0.02, h + 0.03), "white", 0.016)
    p.box((w, 0.045, h), (0, -0.012, 0.01), "teal_dark", 0.012)
    for z0, z1 in ((0.14, 0.70),):
        for x in (-0.2, 0.2):
            p.box((0.28, 0.02, z1 - z0), (x, -0.040, z0), "teal", 0.009)
    p.cyl(0.225, 0.03, (0, -0.022, 1.15), "white", rot=(PI / 2, 0, 0), bevel=0.008, seg=44)
    p.cyl(0.18, 0.01, (0, -0.048, 1.15), "sky:gloss", rot=(PI / 2, 0, 0), bevel=0, seg=44)
    p.box((0.03, 0.012, 0.36), (0, -0.056, 0.97), "white", 0.004)
    p.box((0.36, 0.012, 0.03), (0, -0.056, 1.135), "white", 0.004)
    p.cyl(0.03, 0.05, (0.34, -0.03, 0.80), "yellow:gloss", rot=(PI / 2, 0, 0), bevel=0.008, seg=16)
    return p


def coat_pegs():
    """Peg rail with two coats, a scarf and a hat."""
    p = Piece("coat-pegs")
    p.box((1.05, 0.035, 0.09), (0, 0, 0.28), "wood", 0.012)
    for i in range(5):
        p.cyl(0.016, 0.08, (-0.42 + 0.21 * i, 0, 0.32), "wood_dark", rot=(PI / 2, 0, 0), bevel=0.004, seg=12)
    for x, c, k in ((-0.40, "orange", 1.0), (0.02, "blue", 0.92)):
        p.lathe(
            [(0.15 * k, -0.32), (0.155 * k, -0.30), (0.12 * k, 0.02), (0.075, 0.22), (0.02, 0.30)],
            (x, -0.06, 0),
            c + ":soft",
            seg=18,
            squash=0.5,
        )
    p.box((0.09, 0.04, 0.40), (0.23, -0.07, -0.10), "yellow:soft", 0.016)
    p.lathe(
        [(0.15, 0), (0.152, 0.015), (0.09, 0.03), (0.085, 0.10), (0.03, 0.12)],
        (0.42, -0.075, 0.30),
        "cream:soft",
        seg=22,
        squash=0.75,
        rot=(0.5, 0, 0),
    )
    return p
