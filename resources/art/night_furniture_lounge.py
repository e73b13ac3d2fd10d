"""Lounge, snack corner and creatures of the night lab; see `night_furniture` for the conventions."""

import math

import night_textures as tx
from furniture_small import mug, plant_fig, plant_tall
from kit import Piece
from night_furniture import ring, sweep

PI = math.pi


def sofa(w=2.40):
    """Capsule sofa: a shell with round ends, three seats, light under its belly."""
    p = Piece("sofa")
    p.box((w - 0.30, 0.60, 0.03), (0, 0, 0.0), "frame", 0.01)
    p.box((w - 0.24, 0.014, 0.026), (0, -0.335, 0.035), "magenta:neon", 0.006)
    p.box((w, 0.86, 0.18), (0, 0, 0.06), "pod", 0.085, segs=6)
    cw = (w - 0.46) / 3
    for i in range(3):
        x = -w / 2 + 0.23 + cw * (i + 0.5)
        p.box((cw - 0.015, 0.64, 0.12), (x, -0.09, 0.16), "orange:soft", 0.055, segs=5)
        p.box((cw - 0.03, 0.17, 0.30), (x, 0.26, 0.26), "orange:soft", 0.075, rot=(-0.16, 0, 0), segs=5)
    for s in (-1, 1):
        p.box((0.24, 0.86, 0.36), (s * (w / 2 - 0.12), 0, 0.08), "pod", 0.11, segs=6)
    p.box((w - 0.06, 0.20, 0.50), (0, 0.35, 0.08), "pod", 0.095, segs=6)
    p.box((0.30, 0.12, 0.27), (-w / 2 + 0.36, 0.08, 0.30), "yellow:soft", 0.055, rot=(-0.45, 0, 0.25), segs=5)
    p.box((0.26, 0.11, 0.24), (w / 2 - 0.36, 0.10, 0.30), "teal:soft", 0.05, rot=(-0.4, 0, -0.3), segs=5)
    return p


def pod_chair(glow="cyan"):
    """Half egg with a cushion; open to the front."""
    p = Piece("pod-chair")
    p.lathe([(0.26, 0), (0.29, 0.02), (0.28, 0.04), (0.10, 0.07)], (0, 0, 0), "frame", seg=32)
    ring(p, 0.282, 0.034, 0.013, glow + ":neon")
    p.lathe([(0.12, 0.06), (0.34, 0.11), (0.43, 0.20), (0.43, 0.235), (0.30, 0.24)], (0, 0, 0), "pod", seg=40)
    p.lathe([(0.30, 0.20), (0.375, 0.22), (0.36, 0.265), (0.20, 0.27)], (0, 0, 0), "blue:soft", seg=36)
    shell = [
        (0.405, 0.20),
        (0.45, 0.34),
        (0.42, 0.62),
        (0.36, 0.70),
        (0.33, 0.68),
        (0.375, 0.58),
        (0.395, 0.36),
    ]

    def height(a):
        return 0.42 + 0.58 * max(0.0, math.sin(a)) ** 0.8

    sweep(p, shell, -8, 188, "pod", height=height)
    return p


def lava_table(r=0.42):
    """Low round table with a lit rim; a lava lamp, cups and a bowl on it."""
    p, h = Piece("lava-table"), 0.30
    p.lathe(
        [(0.24, 0), (0.26, 0.02), (0.10, 0.06), (0.09, 0.20), (0.30, h - 0.05)], (0, 0, 0), "frame", seg=36
    )
    p.cyl(r, 0.05, (0, 0, h - 0.05), "bench", bevel=0.02, seg=48)
    ring(p, r + 0.002, h - 0.026, 0.011, "amber:neon")
    p.lathe([(0.07, 0), (0.075, 0.02), (0.045, 0.09)], (0.02, 0.14, h), "frame:gloss", seg=20)
    p.lathe(
        [(0.045, 0.09), (0.065, 0.15), (0.05, 0.28), (0.03, 0.34)], (0.02, 0.14, h), "magenta:glow", seg=20
    )
    p.lathe([(0.032, 0.34), (0.02, 0.39)], (0.02, 0.14, h), "frame:gloss", seg=16)
    for z, r2 in ((0.15, 0.028), (0.22, 0.034), (0.28, 0.02)):
        p.ball(r2, (0.02, 0.10, h + z), "amber:led", seg=12)
    mug(p, (0.20, -0.10, h), "teal")
    mug(p, (-0.22, -0.02, h), "yellow")
    p.lathe([(0.05, 0), (0.105, 0.05), (0.10, 0.055), (0.06, 0.02)], (-0.04, -0.20, h), "ice", seg=22)
    for i in range(5):
        a = i * 1.3
        p.ball(
            0.032,
            (-0.04 + 0.05 * math.cos(a), -0.20 + 0.05 * math.sin(a), h + 0.055),
            ("amber", "orange", "yellow", "pink", "amber")[i],
            seg=10,
        )
    return p


def snack_table(r=0.42):
    """Round bar table with two bowls of noodles and cups."""
    p, h = Piece("snack-table"), 0.50
    p.lathe(
        [(0.24, 0), (0.26, 0.02), (0.07, 0.05), (0.05, 0.10), (0.05, h - 0.06)], (0, 0, 0), "frame", seg=32
    )
    p.cyl(r, 0.05, (0, 0, h - 0.05), "bench", bevel=0.02, seg=48)
    ring(p, r + 0.002, h - 0.026, 0.010, "magenta:neon")
    for x, y, c in ((-0.20, 0.02, "orange"), (0.20, -0.02, "teal")):
        p.lathe([(0.05, 0), (0.095, 0.06), (0.09, 0.065), (0.07, 0.045)], (x, y, h), c + ":gloss", seg=24)
        p.cyl(0.078, 0.008, (x, y, h + 0.045), "yellow", bevel=0, seg=20)
        p.tube([(x - 0.02, y + 0.02, h + 0.05), (x + 0.10, y + 0.12, h + 0.14)], 0.007, "white", seg=6)
        p.tube([(x + 0.01, y + 0.02, h + 0.05), (x + 0.13, y + 0.10, h + 0.14)], 0.007, "white", seg=6)
    mug(p, (0.02, 0.22, h), "blue")
    p.cyl(0.035, 0.11, (0.0, -0.22, h), "magenta", bevel=0.008, seg=16)
    p.cyl(0.030, 0.004, (0.0, -0.22, h + 0.11), "grey:metal", bevel=0, seg=16)
    return p


def vending():
    """Vending machine: lit front full of cans, a panel with buttons, a sign with a lightning bolt."""
    p, h = Piece("vending"), 1.56
    p.box((0.80, 0.62, h), (0, 0, 0), "purple", 0.04)
    p.box((0.74, 0.02, h - 0.10), (0, -0.305, 0.05), "frame", 0.012)
    p.quad(0.48, 0.86, (-0.10, -0.318, 0.80), "imgglow:" + tx.cans())
    for x in (-0.345, 0.145):
        p.box((0.02, 0.02, 0.90), (x, -0.318, 0.35), "magenta:neon", 0.005)
    for z in (0.35, 1.24):
        p.box((0.50, 0.02, 0.02), (-0.10, -0.318, z), "magenta:neon", 0.005)
    p.box((0.44, 0.03, 0.14), (-0.10, -0.315, 0.13), "black", 0.02)
    p.box((0.14, 0.02, 0.20), (0.26, -0.315, 0.86), "black", 0.012)
    p.box((0.10, 0.012, 0.07), (0.26, -0.328, 0.96), "cyan:led", 0.006)
    for i in range(6):
        at = (0.235 + 0.05 * (i % 2), -0.328, 0.58 + 0.06 * (i // 2))
        p.box((0.034, 0.012, 0.034), at, ("amber:led", "ice:led", "cyan:led")[i // 2], 0.006)
    p.box((0.72, 0.03, 0.19), (0, -0.315, h - 0.25), "pink:glow", 0.02)
    bolt = [(0.02, 0.08), (-0.06, -0.01), (-0.01, -0.01), (-0.03, -0.08), (0.06, 0.015), (0.005, 0.015)]
    p.shape([(x, h - 0.155 + z) for x, z in bolt], -0.334, "yellow:led")
    return p


def arcade():
    """Arcade cabinet with a sunset racer."""
    p = Piece("arcade")
    p.box((0.62, 0.62, 0.56), (0, 0.02, 0), "indigo", 0.03)
    p.box((0.62, 0.40, 0.80), (0, 0.13, 0.50), "indigo", 0.03)
    p.box((0.62, 0.52, 0.22), (0, 0.07, 1.22), "indigo", 0.03)
    p.box((0.56, 0.26, 0.05), (0, -0.18, 0.54), "frame", 0.015, rot=(0.22, 0, 0))
    p.cyl(0.012, 0.10, (-0.16, -0.20, 0.58), "grey", bevel=0, seg=10)
    p.ball(0.034, (-0.16, -0.20, 0.70), "red", seg=14)
    for i in range(4):
        p.cyl(
            0.026,
            0.02,
            (0.02 + 0.07 * (i % 3), -0.19 + 0.06 * (i // 3), 0.585),
            ("amber:led", "cyan:led", "lime:led", "magenta:led")[i],
            bevel=0.005,
            seg=14,
        )
    p.quad(0.50, 0.42, (0, -0.078, 0.92), "imgglow:" + tx.screen("game", 1), rot=(-0.12, 0, 0))
    p.box((0.56, 0.03, 0.17), (0, -0.19, 1.245), "amber:glow", 0.02)
    for k in range(5):
        p.ball(
            0.03, (-0.20 + 0.10 * k, -0.207, 1.33), ("magenta", "ice", "magenta", "ice", "magenta")[k], seg=12
        )
    for x in (-1, 1):
        p.box((0.02, 0.02, 1.20), (x * 0.30, -0.09 if x else 0, 0.12), "frame", 0.006)
        p.box((0.016, 0.014, 0.44), (x * 0.30, -0.292, 0.06), "cyan:neon", 0.004)
    return p


def tank(glow="lime"):
    """Bio tank: a glass column of glowing liquid with a water plant and bubbles."""
    p = Piece("tank")
    p.lathe([(0.28, 0), (0.30, 0.02), (0.30, 0.20), (0.26, 0.24)], (0, 0, 0), "frame", seg=40)
    ring(p, 0.302, 0.17, 0.012, glow + ":neon")
    p.lathe([(0.20, 0.24), (0.245, 0.25), (0.245, 1.10), (0.20, 1.12)], (0, 0, 0), glow + ":liquid", seg=40)
    p.lathe([(0.26, 1.10), (0.285, 1.13), (0.285, 1.24), (0.22, 1.28)], (0, 0, 0), "frame", seg=40)
    ring(p, 0.288, 1.15, 0.010, glow + ":neon")
    for i in range(12):
        a = i * 2.4
        at = (0.05 * math.cos(a), 0.05 * math.sin(a), 0.26 + 0.05 * (i % 3))
        p.leaf(at, 0.30 + 0.02 * i, 0.10, a, 1.42, 0.5, ("green", "green_light", "green_dark")[i % 3])
    for k in range(7):
        a = k * 2.1
        p.ball(
            0.018 + 0.006 * (k % 3),
            (0.15 * math.cos(a), 0.15 * math.sin(a), 0.36 + 0.10 * k),
            "ice:led",
            seg=8,
        )
    return p


def tube_lamp(glow="amber"):
    """Upright light stick."""
    p = Piece("tube-lamp")
    p.cyl(0.17, 0.04, (0, 0, 0), "frame", bevel=0.015, seg=32)
    p.cyl(0.035, 1.35, (0, 0, 0.06), glow + ":neon", bevel=0.012, seg=18)
    p.cyl(0.045, 0.06, (0, 0, 0.03), "frame:gloss", bevel=0.01, seg=18)
    p.cyl(0.045, 0.05, (0, 0, 1.40), "frame:gloss", bevel=0.01, seg=18)
    return p


def crates():
    """Two transport boxes and a helmet on top."""
    p = Piece("crates")
    p.box((0.56, 0.46, 0.30), (0, 0, 0), "indigo", 0.03)
    p.box((0.40, 0.012, 0.03), (0, -0.234, 0.14), "cyan:neon", 0.005)
    p.box((0.44, 0.36, 0.22), (-0.03, 0.01, 0.30), "pod", 0.03)
    p.box((0.10, 0.02, 0.08), (-0.03, -0.175, 0.37), "amber", 0.008)
    p.ball(0.15, (-0.03, 0.02, 0.65), "white:gloss", seg=28)
    p.ball(0.125, (-0.03, -0.035, 0.655), "black:gloss", scale=(0.95, 1, 0.75), seg=24)
    return p


def cubes():
    """Three light cubes to sit beside."""
    p = Piece("cubes")
    for x, y, z, c, t in (
        (-0.10, 0.04, 0, "violet", 0.2),
        (0.16, -0.10, 0, "cyan", -0.3),
        (-0.02, 0.0, 0.24, "magenta", 0.7),
    ):
        p.box((0.23, 0.23, 0.23), (x, y, z), c + ":glow", 0.035, rot=(0, 0, t))
    return p


def drone(z=1.22):
    """Hovering helper: round body, dark face with two eyes, four rotors."""
    p = Piece("drone")
    p.ball(0.20, (0, 0, z), "ice", scale=(1.05, 0.95, 0.82), seg=32)
    p.ball(0.165, (0, -0.062, z + 0.005), "black:gloss", scale=(1.0, 0.82, 0.72), seg=28)
    for s in (-1, 1):
        p.ball(0.030, (s * 0.062, -0.188, z + 0.02), "cyan:led", scale=(0.8, 0.5, 1.2), seg=14)
    ring(p, 0.205, z - 0.01, 0.012, "magenta:neon")
    for k in range(4):
        a = PI / 4 + k * PI / 2
        x, y = 0.33 * math.cos(a), 0.33 * math.sin(a)
        p.tube(
            [(0.15 * math.cos(a), 0.15 * math.sin(a), z + 0.08), (x, y, z + 0.14)], 0.018, "grey_dark", seg=8
        )
        p.cyl(0.022, 0.06, (x, y, z + 0.12), "amber", bevel=0.006, seg=12)
        p.cyl(0.15, 0.006, (x, y, z + 0.185), "ice:glass", bevel=0, seg=28)
    p.tube([(0, 0.02, z + 0.15), (0.02, 0.03, z + 0.27)], 0.008, "grey_dark", seg=6)
    p.ball(0.024, (0.02, 0.03, z + 0.28), "amber:led", seg=10)
    return p


def robot_dog():
    """Robot dog asleep on its charging dock."""
    p = Piece("robot-dog")
    p.cyl(0.34, 0.045, (0, 0, 0), "frame", bevel=0.016, seg=44)
    ring(p, 0.335, 0.034, 0.012, "lime:neon")
    p.cyl(0.28, 0.012, (0, 0, 0.044), "indigo:soft", bevel=0.004, seg=40)
    p.box((0.22, 0.36, 0.15), (0, 0.04, 0.06), "ice", 0.07, segs=5)
    p.box((0.21, 0.19, 0.16), (-0.02, -0.20, 0.06), "ice", 0.065, segs=5)
    p.box((0.15, 0.02, 0.06), (-0.02, -0.292, 0.115), "black:gloss", 0.018)
    for s in (-1, 1):
        p.box((0.045, 0.006, 0.010), (-0.02 + s * 0.035, -0.304, 0.138), "cyan:led", 0.002)
        p.box((0.035, 0.06, 0.10), (-0.02 + s * 0.095, -0.17, 0.18), "orange", 0.016, rot=(0, s * 0.35, 0))
        p.ball(0.055, (s * 0.10, -0.08, 0.085), "grey", scale=(0.8, 1.5, 0.8), seg=14)
        p.ball(0.06, (s * 0.11, 0.17, 0.09), "grey", scale=(0.8, 1.4, 0.9), seg=14)
    p.tube([(0, 0.20, 0.16), (0.06, 0.27, 0.22), (0.13, 0.26, 0.26)], 0.016, "grey_dark", seg=8)
    p.ball(0.026, (0.13, 0.26, 0.265), "lime:led", seg=10)
    return p


def potted(kind, seed, pot, h):
    """A plant as (pot, leaves), so that only the leaves sway."""
    whole = plant_tall if kind == "tall" else plant_fig
    parts = []
    for keep_pot in (True, False):
        p = whole(seed, pot, h)
        hold = [i for i, name in enumerate(p.slots) if (name in (pot, "coffee")) == keep_pot]
        faces = [f for f in p.mesh.faces if f.material_index not in hold]
        import bmesh

        bmesh.ops.delete(p.mesh, geom=faces, context="FACES")
        parts.append(p)
    return parts
