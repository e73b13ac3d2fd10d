"""What the background plate shows: slab, floor, walls, windows, rugs and what hangs on a wall."""

import math

import furniture as f
import textures as tx
from kit import Piece
from plan import (
    ARCH_R,
    ARCH_X,
    LINTEL,
    LOUNGE_RUG,
    MEET_RUG,
    MEETING,
    SILL,
    STRING,
    TILES,
    WINDOWS,
    WORK_RUG,
    D,
    H,
    W,
)


def shell():
    """Floor, two walls, windows, skirting, ledge; the first three objects block the window sun."""
    out = [_slab(), _wall_north(), _wall_west(), _outside()]
    for y in (0.36, 2.52, 4.72, 6.90):
        c = Piece("curtain")
        for k in range(4):
            at = (0.10 + 0.02 * (k % 2), y - 0.12 + 0.08 * k, 0.30)
            c.cyl(0.055, 1.65, at, "cream:soft", bevel=0.02, seg=14)
        out.append(c.build())
    r = Piece("curtain-rod")
    r.tube([(0.1, 0.15, 1.97), (0.1, D - 0.1, 1.97)], 0.022, "wood_dark", seg=10)
    out.append(r.build())
    return out


def _slab():
    p = Piece("slab")
    p.box((W + 0.42, D + 0.42, 0.20), (W / 2 - 0.04, D / 2 + 0.04, -0.21), "wood", 0.05)
    p.floor(0, 0, W, D, 0.0, "img:" + tx.boards(), tile=4.6)
    return p.build()


def _wall_north():
    t = 0.2
    n = Piece("wall-north")
    n.box((W + t, t, H), (W / 2 - t / 2, D + t / 2, 0), "wall", 0.03)
    n.box((W, 0.035, 0.14), (W / 2, D - 0.017, 0), "trim", 0.01)
    n.box((W + t + 0.04, t + 0.05, 0.06), (W / 2 - t / 2, D + t / 2, H), "wood", 0.02)
    rise = [math.pi * k / 40 for k in range(41)]
    arch = [(ARCH_X - ARCH_R * math.cos(a), 0.82 + 1.10 * math.sin(a)) for a in rise]
    n.shape([(ARCH_X - ARCH_R, 0.14), *arch, (ARCH_X + ARCH_R, 0.14)], D - 0.004, "peach")
    x0, x1 = MEETING[0], W
    n.box((x1 - x0, 0.03, 0.80), ((x0 + x1) / 2, D - 0.015, 0.14), "sage", 0.01)
    n.tube(STRING, 0.007, "grey_dark", seg=6)
    for q in STRING[1::3]:
        n.ball(0.042, (q[0], q[1], q[2] - 0.045), "yellow:glow", seg=10)
    return n.build()


def _wall_west():
    t = 0.2
    w = Piece("wall-west")  # built around three tall windows
    w.box((t, D, SILL), (-t / 2, D / 2, 0), "wall", 0.0)
    w.box((t, D, H - LINTEL), (-t / 2, D / 2, LINTEL), "wall", 0.0)
    edges = [0.0] + [e for a in WINDOWS for e in a] + [D]
    for a, b in zip(edges[0::2], edges[1::2], strict=True):
        w.box((t, b - a, LINTEL - SILL), (-t / 2, (a + b) / 2, SILL), "wall", 0.0)
    w.box((t + 0.05, D - 0.03, 0.06), (-t / 2, D / 2 - 0.02, H - 0.001), "wood", 0.02)
    w.box((0.035, D, 0.14), (0.017, D / 2, 0), "trim", 0.01)
    for a, b in WINDOWS:
        m, wd = (a + b) / 2, b - a
        w.box((0.30, wd + 0.12, 0.05), (0.03, m, SILL - 0.03), "wood", 0.015)
        for y in (a + 0.03, m, b - 0.03):
            w.box((0.09, 0.055, LINTEL - SILL), (-t / 2, y, SILL), "wood", 0.012)
        for z in (SILL, (SILL + LINTEL) / 2 + 0.25, LINTEL - 0.055):
            w.box((0.08, wd, 0.05), (-t / 2, m, z), "wood", 0.012)
    return w.build()


def _outside():
    v = Piece("view")  # right behind the wall: never shows above or beside it
    at = (-0.21, D / 2, (SILL + LINTEL) / 2)
    v.quad(D - 0.1, LINTEL - SILL + 0.2, at, "imgglow:" + tx.outside(), rot=(0, 0, math.pi / 2))
    ob = v.build()
    ob.visible_shadow = ob.visible_diffuse = False  # a picture outside: must not block the sun
    return ob


def _carpet(name, box, pattern, edge="cream:soft"):
    x0, y0, x1, y1 = box
    p = Piece(name)
    p.box((x1 - x0, y1 - y0, 0.012), ((x0 + x1) / 2, (y0 + y1) / 2, 0.001), edge, 0.004)
    at = ((x0 + x1) / 2, (y0 + y1) / 2, 0.0145)
    picture = "img:" + tx.rug(name, pattern)
    p.quad(x1 - x0 - 0.14, y1 - y0 - 0.14, at, picture, rot=(-math.pi / 2, 0, 0))
    return p.build()


def rugs():
    """One floor covering per zone, so that the zones read without labels."""
    x, y, r = LOUNGE_RUG
    q = Piece("rug-lounge")
    q.cyl(r + 0.03, 0.014, (x, y, 0.001), "cream:soft", bevel=0.005, seg=72)
    q.disc(r, (x, y, 0.0165), "img:" + tx.rug("rug-lounge", "rings"))
    t = Piece("tiles")
    x0, y0, x1, y1 = TILES
    t.box(
        (x1 - x0 + 0.10, y1 - y0 + 0.05, 0.008), ((x0 + x1) / 2, (y0 + y1) / 2 - 0.025, 0.0), "wood2", 0.003
    )
    t.floor(x0, y0, x1, y1, 0.0105, "img:" + tx.tiles(), tile=1.28)
    m = Piece("door-mat")
    m.box((0.95, 0.58, 0.02), (0.98, D - 0.52, 0.0), "terracotta:soft", 0.008)
    m.box((0.80, 0.43, 0.004), (0.98, D - 0.52, 0.02), "cream:soft", 0.001)
    work = _carpet("rug-work", WORK_RUG, "diamonds")
    return [work, _carpet("rug-meeting", MEET_RUG, "stripes"), q.build(), t.build(), m.build()]


def wall_things():
    """Pictures, shelves, door and coat pegs: flat against a wall, part of the plate."""
    out = []

    def put(piece, x, z, y=D - 0.03):
        out.append(piece.build((x, y, z)))

    put(f.door(), 0.98, 0.0, D)
    put(f.coat_pegs(), 2.15, 1.10, D - 0.02)
    put(f.picture("hills"), 4.38, 1.06)
    put(f.picture("cat", 0.46, 0.6), 7.72, 1.10)
    put(f.clock(), 8.22, 1.52, D - 0.02)
    put(f.wall_shelf(1.2, 0), ARCH_X + 0.22, 1.55, D - 0.12)
    put(f.wall_shelf(1.2, 1), ARCH_X + 0.22, 1.18, D - 0.12)
    put(f.picture("leaf", 0.42, 0.54), 9.25, 1.10)
    put(f.whiteboard(), 10.50, 0.96)
    put(f.picture("shapes", 0.42, 0.54), 11.85, 1.10)
    return out
