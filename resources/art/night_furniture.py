"""Lab furniture of the night theme: benches, chairs, hologram table, racks, robot arm, glass.

Each function returns a Piece, front looking to -Y, standing on z = 0, centred on x/y, for a 1.25 m figure.
"""

import itertools
import math

import bmesh
import numpy as np
from mathutils import Vector

import night_textures as tx
from furniture_desk import chair_parts
from furniture_small import mug, small_plant
from kit import Piece
from night_plan import rack_leds

PI = math.pi
LEDS = ("lime:led", "cyan:led", "amber:led", "magenta:led")


def sweep(p, profile, a0, a1, m, at=(0, 0, 0), height=None, steps=28):
    """Part of a turned body: closed `profile` of (radius, z) from angle a0 to a1, degrees (0 east, 90 back).

    `height(angle in radians)` scales z along the way.
    """
    bm, rings = bmesh.new(), []
    for k in range(steps + 1):
        a = math.radians(a0 + (a1 - a0) * k / steps)
        f = height(a) if height else 1.0
        rings.append([bm.verts.new((r * math.cos(a), r * math.sin(a), z * f)) for r, z in profile])
    n = len(profile)
    for a, b in itertools.pairwise(rings):
        for i in range(n):
            j = (i + 1) % n
            bm.faces.new((a[i], b[i], b[j], a[j]))
    bm.faces.new(rings[0][::-1])
    bm.faces.new(rings[-1])
    bmesh.ops.recalc_face_normals(bm, faces=bm.faces[:])
    return p._add(bm, at, (0, 0, 0), m)


def ring(p, radius, z, r, m, at=(0, 0), seg=48):
    """Thin glowing hoop."""
    turns = [2 * PI * k / seg for k in range(seg + 1)]
    return p.tube(
        [(at[0] + radius * math.cos(t), at[1] + radius * math.sin(t), z) for t in turns], r, m, seg=8
    )


def bench(seed=0, w=1.50):
    """Lab bench: thick dark top with lit edges, closed sides, a drawer block."""
    p, glow = Piece("bench"), ("cyan", "violet", "magenta")[seed % 3]
    p.box((w, 0.78, 0.07), (0, 0, 0.465), "bench", 0.024)
    for y in (-1, 1):
        p.box((w - 0.16, 0.014, 0.022), (0, y * 0.389, 0.488), glow + ":neon", 0.004)
    for x in (-1, 1):
        p.box((0.07, 0.66, 0.47), (x * (w / 2 - 0.09), 0, 0), "frame", 0.02)
    p.box((w - 0.2, 0.03, 0.22), (0, -0.02, 0.22), "frame", 0.008)
    p.box((0.38, 0.60, 0.34), (w / 2 - 0.34, 0.0, 0.10), "pod", 0.025)
    for i in range(2):
        for y in (-1, 1):
            p.box((0.32, 0.02, 0.135), (w / 2 - 0.34, y * 0.300, 0.125 + i * 0.16), "trim", 0.008)
            p.box((0.12, 0.02, 0.018), (w / 2 - 0.34, y * 0.313, 0.20 + i * 0.16), "ice", 0.005)
    return p


def bench_things(kind="code", seed=0):
    """Wide monitor, keyboard and some of: flasks, small plant, robot toy; the user sits at +Y."""
    p, z = Piece("bench-things"), 0.535
    accent = ("cyan", "magenta", "amber", "lime", "violet")[seed % 5]
    p.box((0.30, 0.17, 0.018), (0, -0.22, z), "frame", 0.008)
    p.box((0.05, 0.03, 0.16), (0, -0.23, z), "frame", 0.01)
    p.box((0.76, 0.04, 0.36), (0, -0.22, z + 0.10), "black:gloss", 0.018)
    p.box((0.34, 0.012, 0.018), (0, -0.244, z + 0.28), accent + ":neon", 0.004)  # light on the monitor's back
    p.quad(0.71, 0.31, (0, -0.1985, z + 0.28), "imgglow:" + tx.screen(kind, seed), rot=(0, 0, PI))
    p.box((0.44, 0.15, 0.022), (-0.02, 0.14, z), "frame", 0.009)
    for i in range(3):
        key = ("cyan:glow", "magenta:glow", "violet:glow")[i]
        p.box((0.38, 0.024, 0.008), (-0.02, 0.098 + i * 0.042, z + 0.02), key, 0.003)
    p.ball(0.035, (0.31, 0.15, z + 0.012), "white:gloss", scale=(0.75, 1.15, 0.7), seg=14)
    side = -1 if seed % 2 else 1
    mug(p, (side * 0.60, 0.16, z), ("orange", "teal", "yellow", "blue")[seed % 4])
    if seed % 3 == 0:
        flasks(p, (side * 0.58, -0.18, z))
    elif seed % 3 == 1:
        small_plant(p, (side * 0.60, -0.16, z), "terracotta")
        p.box((0.20, 0.15, 0.03), (-side * 0.58, 0.02, z), "blue", 0.006, rot=(0, 0, 0.2))
        p.box((0.20, 0.15, 0.03), (-side * 0.58, 0.02, z + 0.031), "orange", 0.006, rot=(0, 0, -0.1))
    else:
        toy(p, (side * 0.60, -0.16, z))
        flasks(p, (-side * 0.58, -0.12, z), 2)
    return p


def flasks(p, at, count=3):
    """Row of round flasks with glowing liquids."""
    x, y, z = at
    for i in range(count):
        c = ("lime:glow", "magenta:glow", "amber:glow")[i % 3]
        q = (x - 0.075 * (count - 1) / 2 + 0.10 * (i - (count - 1) / 2), y + 0.02 * (i % 2), z)
        p.lathe([(0.03, 0), (0.048, 0.02), (0.046, 0.05), (0.02, 0.085)], q, c, seg=14)
        p.lathe([(0.020, 0.085), (0.018, 0.13), (0.024, 0.135)], q, "ice", seg=12)


def toy(p, at):
    """Small wind-up robot."""
    x, y, z = at
    p.box((0.09, 0.07, 0.08), (x, y, z + 0.02), "amber", 0.014)
    p.box((0.075, 0.065, 0.06), (x, y, z + 0.105), "white", 0.014)
    for s in (-1, 1):
        p.ball(0.013, (x + s * 0.018, y - 0.034, z + 0.138), "cyan:led", seg=8)
        p.box((0.03, 0.05, 0.022), (x + s * 0.025, y, z), "frame", 0.006)
    p.tube([(x, y, z + 0.16), (x, y, z + 0.20)], 0.005, "grey", seg=6)
    p.ball(0.014, (x, y, z + 0.205), "magenta:led", seg=8)


def task_chair(m="teal", glow="cyan"):
    """Swivel chair as (seat, back); the back carries a lit spine."""
    seat, back = chair_parts(m)
    back.box((0.035, 0.014, 0.20), (0, 0.276, 0.345), glow + ":neon", 0.005, rot=(-0.12, 0, 0))
    return seat, back


def robot_cell():
    """Table with a robot arm that holds a glowing cube over a small conveyor."""
    p = Piece("robot-cell")
    p.box((1.24, 0.96, 0.07), (0, 0, 0.43), "bench", 0.024)
    for x in (-1, 1):
        for y in (-1, 1):
            p.box((0.10, 0.10, 0.44), (x * 0.52, y * 0.38, 0), "frame", 0.02)
    for y in (-1, 1):
        p.box((1.10, 0.014, 0.022), (0, y * 0.479, 0.452), "amber:neon", 0.004)
    p.box((0.014, 0.82, 0.022), (0.619, 0, 0.452), "amber:neon", 0.004)
    z = 0.50
    p.box((0.30, 0.84, 0.05), (-0.36, 0, z), "frame", 0.015)  # conveyor along y, before the operator
    for i in range(7):
        p.box((0.24, 0.035, 0.012), (-0.36, -0.34 + i * 0.113, z + 0.046), "grey", 0.004)
    for y, c in ((-0.28, "magenta"), (0.24, "cyan")):
        p.box((0.12, 0.12, 0.12), (-0.36, y, z + 0.058), c + ":glow", 0.018, rot=(0, 0, 0.2))
    joints = [
        (0.30, 0.12, z + 0.10),
        (0.36, 0.16, z + 0.40),
        (0.02, 0.02, z + 0.60),
        (-0.24, -0.06, z + 0.42),
    ]
    p.lathe([(0.19, 0), (0.20, 0.04), (0.13, 0.07), (0.11, 0.14)], (0.30, 0.12, z), "white", seg=28)
    p.tube(joints[0:2], [0.085, 0.07], "amber", seg=16)
    p.tube(joints[1:3], [0.07, 0.055], "amber", seg=16)
    p.tube(joints[2:4], [0.05, 0.038], "white", seg=16)
    for q, r in zip(joints, (0.10, 0.095, 0.08, 0.055), strict=True):
        p.ball(r, q, "frame:gloss", seg=18)
    ring(p, 0.135, z + 0.075, 0.012, "cyan:neon", (0.30, 0.12))
    tip = Vector(joints[3])
    for s in (-1, 1):
        p.tube(
            [tip, tip + Vector((s * 0.06, 0, -0.06)), tip + Vector((s * 0.05, 0, -0.14))],
            0.016,
            "grey",
            seg=8,
        )
    p.box((0.09, 0.09, 0.09), (tip.x, tip.y, tip.z - 0.19), "lime:glow", 0.014)
    return p


def holo_table(radius=0.60):
    """Round projector table; the hologram itself is an effect."""
    p, h = Piece("holo-table"), 0.50
    p.lathe(
        [
            (0.34, 0),
            (0.36, 0.03),
            (0.24, 0.09),
            (0.19, 0.22),
            (0.24, 0.32),
            (0.52, 0.41),
            (radius, 0.44),
            (radius, h - 0.015),
            (radius - 0.02, h),
        ],
        (0, 0, 0),
        "bench",
        seg=56,
    )
    ring(p, radius + 0.002, 0.468, 0.013, "cyan:neon")
    ring(p, 0.355, 0.022, 0.014, "cyan:neon")
    p.disc(radius - 0.07, (0, 0, h + 0.002), "imgglow:" + tx.holo_top())
    ring(p, radius - 0.06, h + 0.002, 0.012, "ice:led")
    p.lathe([(0.11, 0), (0.12, 0.02), (0.07, 0.035)], (0, 0, h), "frame:gloss", seg=28)
    p.cyl(0.06, 0.012, (0, 0, h + 0.034), "ice:led", bevel=0, seg=24)
    return p


def holo_stool(glow="cyan"):
    """Round stool with a lit foot."""
    p = Piece("holo-stool")
    p.lathe(
        [(0.16, 0), (0.18, 0.02), (0.17, 0.04), (0.08, 0.06), (0.075, 0.14), (0.17, 0.19)], (0, 0, 0), "frame"
    )
    ring(p, 0.172, 0.036, 0.012, glow + ":neon")
    p.lathe(
        [(0.16, 0.18), (0.205, 0.20), (0.21, 0.24), (0.19, 0.265), (0.11, 0.27)],
        (0, 0, 0),
        "pod:soft",
        seg=36,
    )
    return p


def glass_arc(radius, a0, a1, h=1.05):
    """Curved glass between two angles (degrees) around the origin; rails top and bottom."""
    p, steps = Piece("glass-arc"), 9
    at = [
        (radius * math.cos(math.radians(a)), radius * math.sin(math.radians(a)))
        for a in np.linspace(a0, a1, steps + 1)
    ]
    p.tube([(x, y, 0.03) for x, y in at], 0.032, "frame", seg=8)
    p.tube([(x, y, h) for x, y in at], 0.018, "cyan:glow", seg=8)
    for (xa, ya), (xb, yb) in itertools.pairwise(at):
        turn = math.atan2(yb - ya, xb - xa)
        wide = math.hypot(xb - xa, yb - ya)
        p.quad(wide, h - 0.06, ((xa + xb) / 2, (ya + yb) / 2, h / 2), "sky:glass", rot=(0, 0, turn))
    for x, y in (at[0], at[-1]):
        p.cyl(0.026, h, (x, y, 0), "frame", bevel=0.004, seg=12)
    return p


def glass_panel(w, h=1.50):
    """Straight glass wall along x with a lit top rail."""
    p = Piece("glass-panel")
    p.box((w - 0.02, 0.07, 0.07), (0, 0, 0.004), "frame", 0.012)
    p.box((w - 0.02, 0.06, 0.045), (0, 0, h - 0.06), "frame", 0.012)
    p.box((w - 0.06, 0.02, 0.02), (0, 0, h - 0.016), "lime:glow", 0.004)
    for x in (-1, 1):
        p.box((0.06, 0.07, h - 0.01), (x * (w / 2 - 0.03), 0, 0), "frame", 0.014)
    p.quad(w - 0.08, h - 0.14, (0, 0, h / 2), "sky:glass")
    p.quad(w - 0.08, 0.10, (0, -0.004, h * 0.58), "lime:glass")
    return p


def gate_post():
    """Post of the holodeck gate with a light on each visible side."""
    p = Piece("gate-post")
    p.box((0.18, 0.18, 1.18), (0, 0, 0), "frame", 0.03)
    p.box((0.05, 0.012, 0.96), (0, -0.090, 0.12), "cyan:neon", 0.005)
    p.box((0.012, 0.05, 0.96), (0.090, 0, 0.12), "cyan:neon", 0.005)
    p.box((0.24, 0.24, 0.05), (0, 0, 0), "bench", 0.015)
    return p


def rack(index=0, h=1.62):
    """Server rack: thirteen units with lamps; the same lamps blink as an effect."""
    p = Piece("rack")
    p.box((0.64, 0.72, h), (0, 0, 0), "rack", 0.025)
    p.box((0.55, 0.02, h - 0.12), (0, -0.355, 0.06), "black", 0.006)
    rng = np.random.default_rng(index)
    for row in range(13):
        z = 0.10 + row * 0.108
        p.box((0.51, 0.018, 0.088), (0, -0.366, z), "rackunit", 0.006)
        if rng.random() < 0.6:
            for k in range(4):
                p.box((0.05, 0.01, 0.035), (0.04 + k * 0.058, -0.376, z + 0.026), "black", 0.004)
        else:
            p.box((0.20, 0.01, 0.05), (0.13, -0.376, z + 0.02), "indigo", 0.004)
    for x, z, tone in rack_leds(index):
        p.box((0.026, 0.012, 0.026), (x, -0.379, z - 0.013), LEDS[tone], 0.005)
    for x in (-1, 1):
        p.box((0.018, 0.014, h - 0.14), (x * 0.30, -0.362, 0.07), "cyan:neon", 0.004)
    p.box((0.50, 0.50, 0.03), (0, 0, h - 0.005), "frame", 0.01)
    return p


def cooler():
    """Cooling tower: two round fans behind glowing rings."""
    p = Piece("cooler")
    p.box((0.66, 0.72, 1.30), (0, 0, 0), "panel", 0.04)
    for z in (0.36, 0.93):
        turns = [2 * PI * k / 32 for k in range(33)]
        p.cyl(0.235, 0.02, (0, -0.352, z), "black", rot=(PI / 2, 0, 0), bevel=0.004, seg=40)
        p.tube(
            [(0.24 * math.cos(t), -0.372, z + 0.24 * math.sin(t)) for t in turns], 0.014, "lime:neon", seg=8
        )
        for k in range(7):
            a = k * 2 * PI / 7
            p.box(
                (0.17, 0.012, 0.05),
                (0.11 * math.cos(a), -0.378, z + 0.11 * math.sin(a) - 0.025),
                "grey_dark",
                0.01,
                rot=(0, -a + 0.5, 0),
            )
        p.ball(0.045, (0, -0.378, z), "pod:gloss", seg=14)
    p.tube([(-0.22, 0, 1.3), (-0.22, 0.05, 1.52), (-0.22, 0.34, 1.6)], 0.05, "grey_dark", seg=12)
    p.tube([(0.1, 0, 1.3), (0.1, 0.05, 1.45), (0.1, 0.34, 1.5)], 0.05, "teal_dark", seg=12)
    return p


def console_things():
    """Three monitors in a bow for the server console; the user sits at +Y."""
    p, z = Piece("console-things"), 0.535
    for x, turn, kind in ((-0.46, -0.38, "bars"), (0.0, 0.0, "scope"), (0.46, 0.38, "code")):
        y = -0.20 + 0.10 * abs(x) / 0.46
        c, s = math.cos(turn), math.sin(turn)
        p.box((0.44, 0.035, 0.30), (x, y, z + 0.09), "black:gloss", 0.014, rot=(0, 0, -turn * -1))
        at = (x - s * 0.0195, y + c * 0.0195, z + 0.24)
        p.quad(0.41, 0.26, at, "imgglow:" + tx.screen(kind, 7), rot=(0, 0, PI + turn))
        p.box(
            (0.20, 0.012, 0.016),
            (x + s * 0.022, y - c * 0.022, z + 0.24),
            "lime:neon",
            0.004,
            rot=(0, 0, turn),
        )
        p.box((0.05, 0.03, 0.10), (x, y, z), "frame", 0.008)
    p.box((0.46, 0.15, 0.022), (-0.02, 0.16, z), "frame", 0.009)
    for i in range(3):
        p.box((0.40, 0.024, 0.008), (-0.02, 0.118 + i * 0.042, z + 0.02), "lime:glow", 0.003)
    mug(p, (0.60, 0.20, z), "yellow")
    p.ball(0.035, (0.32, 0.17, z + 0.012), "white:gloss", scale=(0.75, 1.15, 0.7), seg=14)
    return p


def service_cart():
    """Slim terminal on a column before the racks; its user sits at -Y."""
    p = Piece("service-cart")
    p.box((0.50, 0.34, 0.05), (0, 0, 0), "frame", 0.02)
    p.box((0.10, 0.10, 0.46), (0, 0.05, 0.04), "grey_dark", 0.02)
    p.box((0.60, 0.34, 0.04), (0, 0, 0.49), "bench", 0.016)
    p.box((0.46, 0.03, 0.30), (0, 0.10, 0.54), "black:gloss", 0.014, rot=(0.15, 0, 0))
    p.quad(0.42, 0.26, (0, 0.062, 0.692), "imgglow:" + tx.screen("wave", 3), rot=(-0.15, 0, 0))
    p.box((0.36, 0.12, 0.02), (0, -0.08, 0.53), "frame", 0.008)
    p.box((0.30, 0.07, 0.008), (0, -0.08, 0.55), "cyan:glow", 0.003)
    return p


def printer():
    """3D printer on a stand: a half-made glowing vase in a frame."""
    p = Piece("printer")
    p.box((0.66, 0.54, 0.40), (0, 0, 0), "panel", 0.025)
    for x in (-0.16, 0.16):
        p.box((0.27, 0.02, 0.30), (x, -0.27, 0.06), "trim", 0.01)
        p.box((0.09, 0.025, 0.02), (x, -0.28, 0.28), "ice", 0.005)
    for x in (-1, 1):
        for y in (-1, 1):
            p.box((0.05, 0.05, 0.44), (x * 0.26, y * 0.20, 0.40), "white", 0.012)
    p.box((0.57, 0.45, 0.05), (0, 0, 0.82), "white", 0.016)
    p.box((0.50, 0.40, 0.03), (0, 0, 0.41), "black", 0.008)
    profile = [(0.07, 0), (0.11, 0.05), (0.10, 0.11), (0.06, 0.16), (0.075, 0.20)]
    p.lathe(profile, (0, 0, 0.44), "magenta:glow", seg=28)
    p.tube([(-0.25, 0, 0.70), (0.25, 0, 0.70)], 0.014, "grey", seg=8)
    p.box((0.08, 0.08, 0.08), (0.05, 0, 0.67), "amber", 0.014)
    p.box((0.30, 0.012, 0.018), (0, -0.226, 0.845), "magenta:neon", 0.004)
    return p
