"""What the night lab's plate shows: slab, floor, walls with the skyline, rugs, neon tubes, wall pieces."""

import math

import night_textures as tx
from kit import Piece
from night_furniture import ring
from night_plan import (
    CAT_SIGN,
    GLASS_R,
    HOLO,
    LIFT_X,
    PANORAMA,
    PLANET_SIGN,
    SERVER,
    TABLE,
    TUBE_Z,
    WALL_SCREENS,
)
from plan import D, H, W

PI = math.pi
WORK_RUG = (1.00, 0.92, 6.85, 4.00)
LOUNGE_RUG = (TABLE[0], 5.42, 1.55)


def neon(points, colour, r=0.026):
    """Lit tube that throws no shadow of its own."""
    p = Piece("neon")
    p.tube(points, r, colour + ":neon", seg=8)
    ob = p.build(weighted=False)
    ob.visible_shadow = False
    return ob


def shell():
    """Slab and two walls."""
    return [_slab(), _north(), _west(), _view()]


def _slab():
    p = Piece("slab")
    p.box((W + 0.42, D + 0.42, 0.22), (W / 2 - 0.04, D / 2 + 0.04, -0.23), "wood2", 0.05)
    p.floor(0, 0, W, D, 0.0, "img:" + tx.plates(), tile=4.4)
    return p.build()


def _north():
    t, (x0, x1, z0, z1) = 0.2, PANORAMA
    n, y = Piece("wall-north"), D + 0.1
    n.box((x0 + t, t, H), ((x0 - t) / 2, y, 0), "wall", 0.0)
    n.box((W - x1, t, H), ((x1 + W) / 2, y, 0), "wall", 0.0)
    n.box((x1 - x0, t, z0), ((x0 + x1) / 2, y, 0), "wall", 0.0)
    n.box((x1 - x0, t, H - z1), ((x0 + x1) / 2, y, z1), "wall", 0.0)
    n.box((W + t + 0.04, t + 0.05, 0.06), (W / 2 - t / 2, y, H), "trim", 0.02)
    n.box((W, 0.035, 0.12), (W / 2, D - 0.017, 0), "trim", 0.01)
    m = (x0 + x1) / 2
    n.box((x1 - x0 + 0.14, 0.26, 0.05), (m, D - 0.02, z0 - 0.04), "trim", 0.015)
    n.box((x1 - x0 + 0.10, 0.10, 0.07), (m, D - 0.01, z1 - 0.02), "trim", 0.015)
    for k in range(4):
        n.box((0.06, 0.10, z1 - z0), (x0 + (x1 - x0) * k / 3, D + 0.03, z0), "trim", 0.012)
    for x in (5.78, 7.02):  # ribs left and right of the lift
        n.box((0.07, 0.05, H - 0.16), (x, D - 0.02, 0.12), "trim", 0.015)
    sx = SERVER[0]
    n.box((W - sx, 0.04, H - 0.02), ((W + sx) / 2, D - 0.018, 0), "panel", 0.01)
    for k in range(6):
        n.box((0.03, 0.02, H - 0.1), (sx + 0.3 + 0.62 * k, D - 0.045, 0.05), "wall", 0.006)
    for z in (1.78, 1.88):  # cable tray
        n.tube([(sx + 0.1, D - 0.12, z), (W - 0.1, D - 0.12, z)], 0.03, "rack", seg=8)
    for k, c in enumerate(("cyan", "magenta", "amber")):
        n.tube(
            [(sx + 0.1, D - 0.16, 1.80 + 0.035 * k), (W - 0.1, D - 0.16, 1.80 + 0.035 * k)], 0.010, c, seg=6
        )
    return n.build()


def _west():
    w = Piece("wall-west")
    w.box((0.2, D, H), (-0.1, D / 2, 0), "wall", 0.0)
    w.box((0.25, D - 0.03, 0.06), (-0.1, D / 2 - 0.02, H - 0.001), "trim", 0.02)
    w.box((0.035, D, 0.12), (0.017, D / 2, 0), "trim", 0.01)
    w.box((0.03, D, 0.62), (0.012, D / 2, 0.12), "panel", 0.008)
    for k in range(9):
        w.box((0.05, 0.05, 0.62), (0.02, 0.3 + k * 0.82, 0.12), "trim", 0.01)
    for y, z in WALL_SCREENS:
        w.box((0.05, 0.92, 0.60), (0.03, y, z - 0.30), "black", 0.02)
    return w.build()


def _view():
    x0, x1, z0, z1 = PANORAMA
    v = Piece("view")
    v.quad(x1 - x0, z1 - z0, ((x0 + x1) / 2, D + 0.12, (z0 + z1) / 2), "imgglow:" + tx.skyline())
    ob = v.build()
    ob.visible_shadow = False
    return ob


def rugs():
    """One floor covering per zone."""
    out = []
    x0, y0, x1, y1 = WORK_RUG
    p, m = Piece("rug-benches"), ((x0 + x1) / 2, (y0 + y1) / 2)
    p.box((x1 - x0, y1 - y0, 0.012), (*m, 0.001), "indigo:soft", 0.004)
    picture = "img:" + tx.rug("benches")
    p.quad(x1 - x0 - 0.10, y1 - y0 - 0.10, (*m, 0.0145), picture, rot=(-PI / 2, 0, 0))
    out.append(p.build())
    x, y, r = LOUNGE_RUG
    q = Piece("rug-lounge")
    q.cyl(r + 0.03, 0.014, (x, y, 0.001), "indigo:soft", bevel=0.005, seg=72)
    q.disc(r, (x, y, 0.0165), "img:" + tx.rug("lounge"))
    out.append(q.build())
    pad = Piece("pad")
    pad.cyl(GLASS_R + 0.12, 0.03, (*HOLO, 0.0), "frame", bevel=0.012, seg=96)
    pad.disc(GLASS_R + 0.02, (*HOLO, 0.0315), "imgglow:" + tx.pad(), seg=96)
    out.append(pad.build())
    rim = Piece("pad-rim")
    ring(rim, GLASS_R + 0.115, 0.022, 0.017, "cyan:neon", HOLO, seg=96)
    out.append(rim.build(weighted=False))
    g = Piece("grating")
    sx = SERVER[0]
    g.box((W - sx - 0.06, D - 4.56, 0.02), ((W + sx) / 2, (D + 4.56) / 2, 0.0), "frame", 0.006)
    g.floor(sx + 0.10, 4.62, W - 0.06, D, 0.0215, "img:" + tx.grating(), tile=0.9)
    out.append(g.build())
    mat = Piece("lift-mat")
    mat.box((1.04, 0.56, 0.016), (LIFT_X, D - 0.46, 0.0), "frame", 0.006)
    for k in range(3):
        mat.box((0.80, 0.05, 0.006), (LIFT_X, D - 0.60 + 0.14 * k, 0.015), "amber:glow", 0.002)
    out.append(mat.build())
    return out


def guide_lines():
    """Thin lit lines in the floor from the lift to the zones."""
    ways = (
        ([(LIFT_X, 6.30), (LIFT_X, 4.32), (7.55, 4.32), (7.55, 2.30), (7.86, 1.92)], "cyan"),
        ([(LIFT_X, 4.32), (0.50, 4.32)], "violet"),
        ([(7.55, 4.32), (8.62, 4.32), (8.84, 4.52)], "lime"),
    )
    return [neon([(x, y, 0.004) for x, y in points], c, 0.010) for points, c in ways]


def tubes():
    """The neon of the walls and of the slab's rim."""
    z, sx = TUBE_Z, SERVER[0]
    return [
        neon([(0.12, D - 0.05, z), (5.60, D - 0.05, z)], "magenta"),
        neon([(7.16, D - 0.05, z + 0.03), (sx - 0.10, D - 0.05, z + 0.03)], "magenta"),
        neon([(sx + 0.14, D - 0.06, z), (W - 0.1, D - 0.06, z)], "lime"),
        neon([(0.05, 0.12, z), (0.05, D - 0.12, z)], "cyan"),
        neon([(0.02, 0.015, -0.02), (W - 0.02, 0.015, -0.02)], "violet", 0.020),
        neon([(W - 0.015, 0.02, -0.02), (W - 0.015, D - 0.04, -0.02)], "cyan", 0.020),
        neon([(0.80, D - 0.10, 0.40), (5.40, D - 0.10, 0.40)], "violet", 0.014),
    ]


def signs():
    """Neon drawings: a cat on the west wall, a ringed planet on the north wall."""
    y, z = CAT_SIGN
    x, out = 0.05, []

    def on_wall(points):
        return [(x, y - u, z + v) for u, v in points]

    face = [
        (0.30 * math.cos(a) * 1.12, 0.27 * math.sin(a)) for a in [math.radians(d) for d in range(128, 413, 7)]
    ]
    ears = [(-0.20, 0.21), (-0.27, 0.44), (-0.06, 0.28), (0.06, 0.28), (0.27, 0.44), (0.20, 0.21)]
    out.append(neon(on_wall([*face, *ears[::-1], face[0]]), "magenta", 0.018))
    for s in (-1, 1):
        eye = [
            (s * 0.12 + 0.05 * math.cos(a), 0.03 + 0.05 * math.sin(a)) for a in [PI * k / 8 for k in range(9)]
        ]
        out.append(neon(on_wall(eye), "cyan", 0.014))
        for v in (-0.05, -0.12):
            out.append(
                neon(on_wall([(s * 0.22, v), (s * 0.46, v + 0.03 * (1 if v > -0.1 else -1))]), "cyan", 0.010)
            )
    mouth = [(0.0, -0.06), (-0.035, -0.11), (-0.08, -0.09)], [(0.0, -0.06), (0.035, -0.11), (0.08, -0.09)]
    out += [neon(on_wall(m), "cyan", 0.012) for m in mouth]
    px, pz = PLANET_SIGN
    turn = [2 * PI * k / 40 for k in range(41)]
    globe = [(px + 0.155 * math.cos(a), D - 0.05, pz - 0.10 + 0.155 * math.sin(a)) for a in turn]
    out.append(neon(globe, "amber", 0.016))
    hoop = [
        (
            px + 0.30 * math.cos(a) + 0.02 * math.sin(a),
            D - 0.08,
            pz - 0.10 + 0.10 * math.cos(a) + 0.06 * math.sin(a),
        )
        for a in turn
    ]
    out.append(neon(hoop, "cyan", 0.012))
    return out


def wall_things():
    """Lift, dashboards on the west wall."""
    out, p = [], Piece("lift")
    w, h = 0.94, 1.60
    p.box((w + 0.22, 0.08, h + 0.14), (0, -0.03, 0), "frame", 0.02)
    for s in (-1, 1):
        p.box((w / 2 - 0.012, 0.03, h - 0.04), (s * w / 4, -0.075, 0.03), "pod", 0.012)
        p.box((0.16, 0.012, h - 0.5), (s * w / 4, -0.094, 0.24), "indigo", 0.008)
        p.box((0.022, 0.02, h), (s * (w / 2 + 0.03), -0.075, 0.02), "amber:neon", 0.005)
    p.box((w + 0.06, 0.02, 0.022), (0, -0.075, h + 0.02), "amber:neon", 0.005)
    p.shape([(-0.07, h + 0.17), (0.07, h + 0.17), (0, h + 0.27)], -0.01, "lime:led")
    p.box((0.09, 0.03, 0.20), (w / 2 + 0.19, -0.01, 0.72), "black", 0.012)
    p.ball(0.022, (w / 2 + 0.19, -0.03, 0.86), "amber:led", seg=10)
    p.ball(0.022, (w / 2 + 0.19, -0.03, 0.78), "ice:led", seg=10)
    out.append(p.build((LIFT_X, D, 0)))
    for i, (y, z) in enumerate(WALL_SCREENS):
        q = Piece("dashboard")
        q.quad(0.86, 0.54, (0.058, y, z), "imgglow:" + tx.wall_screen(i), rot=(0, 0, PI / 2))
        out.append(q.build())
    return out
