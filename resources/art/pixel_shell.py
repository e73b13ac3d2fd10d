"""Shell of the pixel loft: slab, walls, windows, rugs, wall pictures, and the patterns painted on them."""

import numpy as np

import pixel_plan as plan
from kit import Piece
from pixel_floor import beam
from pixel_mesh import place
from pixel_palette import GLOW
from pixel_plan import LINTEL, SILL, WINDOWS, D, H, W
from pixel_props import HEART, INVADER, cactus, dots

T = 0.16  # wall thickness
WORK_RUG = (5.40, 0.34, 10.38, 3.28)
MEET_RUG = (0.62, 0.42, 4.30, 3.08)
ARCADE_RUG = (0.12, 3.60, 3.95, 6.06)
TILES = (6.32, 3.55, 10.00, D)
MAT = (plan.DOOR - 0.46, D - 0.74, plan.DOOR + 0.46, D - 0.16)
RUGS = (WORK_RUG, MEET_RUG, ARCADE_RUG, TILES, MAT)


def meshes() -> list:
    """All parts of the shell as triangles."""
    return [place(p, at, turn) for p, at, turn in _parts()]


def _parts():
    p = Piece("slab")
    p.box((W + T + 0.10, D + T + 0.10, 0.16), (W / 2 - T / 2, D / 2 + T / 2, -0.17), "slab", 0)
    p.box((W, D, 0.01), (W / 2, D / 2, -0.01), "floor", 0)
    yield p, (0, 0, 0), 0
    n = Piece("north")
    n.box((W + T, T, H), (W / 2 - T / 2, D + T / 2, 0), "wall", 0)
    n.box((W, 0.03, 0.56), (W / 2, D - 0.015, 0), "panel", 0)
    n.box((W, 0.05, 0.07), (W / 2, D - 0.02, 0.56), "wood", 0)
    n.box((W + T + 0.05, T + 0.05, 0.08), (W / 2 - T / 2, D + T / 2, H), "wood", 0)
    yield n, (0, 0, 0), 0
    yield _west(), (0, 0, 0), 0
    yield _door(), (plan.DOOR, D - 0.03, 0), 0
    yield _neon(), (2.62, D - 0.02, 1.40), 0
    yield _shelf(), (7.62, D - 0.10, 1.26), 0
    yield _poster("mountain"), (3.72, D - 0.02, 1.48), 0
    yield _poster("heart"), (5.72, D - 0.02, 1.24), 0
    yield _clock(), (6.62, D - 0.02, 1.42), 0
    yield _poster("mushroom"), (10.25, D - 0.02, 1.24), 0
    yield _board(), (0.02, 1.75, 0.72), 90
    yield _lights(), (0, 0, 0), 0


def _west():
    w = Piece("west")
    w.box((T, D, SILL), (-T / 2, D / 2, 0), "wall", 0)
    w.box((T, D, H - LINTEL), (-T / 2, D / 2, LINTEL), "wall", 0)
    edges = [0.0] + [e for pair in WINDOWS for e in pair] + [D]
    for a, b in zip(edges[0::2], edges[1::2], strict=True):
        w.box((T, b - a, LINTEL - SILL), (-T / 2, (a + b) / 2, SILL), "wall", 0)
    w.box((0.03, D, 0.50), (0.015, D / 2, 0), "panel", 0)
    w.box((0.05, D, 0.07), (0.02, D / 2, 0.50), "wood", 0)
    w.box((T + 0.05, D + 0.02, 0.08), (-T / 2, D / 2, H), "wood", 0)
    for a, b in WINDOWS:
        m, wide = (a + b) / 2, b - a
        w.box((0.02, wide, LINTEL - SILL), (-0.12, m, SILL), "sky", 0)
        for y in (a + 0.03, m, b - 0.03):
            w.box((0.07, 0.06, LINTEL - SILL), (-0.06, y, SILL), "white", 0)
        for z in (SILL, (SILL + LINTEL) / 2, LINTEL - 0.06):
            w.box((0.07, wide, 0.06), (-0.06, m, z), "white", 0)
        w.box((0.24, wide + 0.14, 0.06), (0.02, m, SILL - 0.05), "wood", 0)
    return w


def _door():
    p = Piece("door")
    p.box((0.98, 0.05, 1.60), (0, 0, 0), "wood", 0)
    p.box((0.82, 0.05, 1.51), (0, -0.02, 0), "teal", 0)
    p.box((0.62, 0.04, 0.46), (0, -0.04, 0.14), "teal_dark", 0)
    p.box((0.40, 0.04, 0.44), (0, -0.04, 0.88), "white", 0)
    for x in (-0.10, 0.10):
        for z in (0.91, 1.11):
            p.box((0.155, 0.04, 0.165), (x * 0.95, -0.05, z + 0.01), "yellow:glow", 0)
    p.box((0.08, 0.06, 0.06), (0.32, -0.06, 0.68), "yellow", 0)
    p.box((0.46, 0.04, 0.14), (0, -0.03, 1.66), "green:glow", 0)
    return p


def _neon():
    p = Piece("neon")
    dots(p, INVADER, 0.056, (-0.36, 0.0), "pink:glow")
    dots(p, INVADER, 0.056, (0.36, 0.06), "teal:glow")
    return p


def _shelf():
    p = Piece("shelf")
    for z in (0.0, 0.32):
        p.box((1.40, 0.20, 0.05), (0, 0, z), "wood", 0)
    for i, c in enumerate(("orange", "teal", "white", "pink", "blue", "yellow")):
        p.box((0.10, 0.10, 0.11), (-0.56 + 0.15 * i, -0.02, 0.05), c, 0)
    cactus(p, (0.50, 0, 0.05), "white")
    for i, c in enumerate(("red", "yellow", "purple", "teal", "orange")):
        p.box((0.07, 0.14, 0.15 + 0.03 * (i % 2)), (0.20 + 0.09 * i, 0, 0.37), c, 0)
    cactus(p, (-0.50, 0, 0.37), "pink")
    p.box((0.20, 0.12, 0.13), (-0.20, 0, 0.37), "grey", 0)
    p.box((0.08, 0.02, 0.06), (-0.20, -0.07, 0.40), "green:glow", 0)
    return p


def _poster(kind):
    p = Piece(kind)
    if kind == "mountain":
        p.box((0.62, 0.03, 0.36), (0, 0, 0), "brown", 0)
        p.box((0.54, 0.02, 0.28), (0, -0.015, 0.04), "blue:glow", 0)
        for k, wide in enumerate((0.50, 0.38, 0.26, 0.14)):
            p.box((wide, 0.02, 0.045), (-0.02, -0.025, 0.04 + 0.045 * k), "purple", 0)
        p.box((0.10, 0.02, 0.04), (-0.02, -0.03, 0.20), "white:glow", 0)
        p.box((0.09, 0.02, 0.09), (0.17, -0.03, 0.20), "yellow:glow", 0)
    elif kind == "heart":
        p.box((0.56, 0.03, 0.46), (0, 0, 0), "white", 0)
        dots(p, HEART, 0.056, (0, 0.06), "red")
    else:
        p.box((0.48, 0.03, 0.52), (0, 0, 0), "wood", 0)
        p.box((0.40, 0.02, 0.44), (0, -0.015, 0.04), "cream:glow", 0)
        p.box((0.14, 0.02, 0.14), (0, -0.025, 0.09), "white", 0)
        p.box((0.30, 0.02, 0.12), (0, -0.03, 0.22), "red", 0)
        p.box((0.20, 0.02, 0.06), (0, -0.03, 0.34), "red", 0)
        for x in (-0.09, 0.07):
            p.box((0.06, 0.02, 0.06), (x, -0.04, 0.26), "white:glow", 0)
    return p


def _clock():
    p = Piece("clock")
    for size, m, y in ((0.30, "yellow", 0), (0.22, "white:glow", -0.015)):
        p.box((size, 0.03, size - 0.10), (0, y, 0.05 + (0.30 - size) / 2 - 0.0), m, 0)
        p.box((size - 0.10, 0.03, size), (0, y, (0.30 - size) / 2), m, 0)
    p.box((0.035, 0.02, 0.10), (0, -0.035, 0.15), "dark", 0)
    p.box((0.08, 0.02, 0.035), (0.03, -0.035, 0.14), "dark", 0)
    return p


def _board():
    """Quest board on the west wall: cards in three columns."""
    p = Piece("board")
    p.box((1.70, 0.04, 0.86), (0, 0, 0), "wood", 0)
    p.box((1.58, 0.03, 0.74), (0, -0.015, 0.06), "white:glow", 0)
    p.box((1.58, 0.02, 0.10), (0, -0.03, 0.70), "teal", 0)
    cards = (("yellow", "pink", "blue"), ("orange", "teal"), ("green_light", "yellow", "purple"))
    for i, column in enumerate(cards):
        for k, c in enumerate(column):
            p.box((0.32, 0.02, 0.13), (-0.50 + 0.50 * i, -0.03, 0.52 - 0.19 * k), c, 0)
    return p


def _lights():
    """A string of little lamps along the north wall."""
    p = Piece("lights")
    for k in range(23):
        x = 5.2 + 5.5 * k / 22
        sag = 0.06 * abs(np.sin(k / 22 * np.pi * 3))
        p.box((0.26, 0.02, 0.03), (x, D - 0.03, 1.89 - sag), "panel", 0)
        if k % 2:
            tint = ("yellow:glow", "pink:glow", "teal:glow")[k // 2 % 3]
            p.box((0.07, 0.03, 0.08), (x, D - 0.05, 1.82 - sag), tint, 0)
    return p


CONFETTI = (  # dx, dy in metres inside a 1.2 x 1.0 repeat, ramp, shape
    (0.15, 0.20, "teal", "bar"),
    (0.75, 0.15, "pink", "dot"),
    (0.45, 0.55, "yellow", "dot"),
    (1.00, 0.62, "blue", "bar"),
    (0.20, 0.85, "pink", "bar"),
    (0.70, 0.88, "teal", "dot"),
)


class Painter:
    """Patterns by place: floor boards, rugs, tiles, the evening sky, sun patches."""

    def __call__(self, names, material, points, normal, ramps, number, tone):
        self.ramps, self.number, self.tone = ramps, number, tone
        x, y, z = points[:, 0], points[:, 1], points[:, 2]
        wanted = {n: i for i, n in enumerate(names)}
        if "floor" in wanted:
            self._floor((material == wanted["floor"]) & (normal[:, 2] > 0.7), x, y)
        if "sky" in wanted:
            self._sky(material == wanted["sky"], y, z)
        for name, lift in (("wall", 1), ("slab", 1)):
            if name in wanted:
                self.tone[material == wanted[name]] += lift
        if "panel" in wanted:  # boards
            panel = material == wanted["panel"]
            along = np.where(np.abs(normal[:, 0]) > 0.7, y, x)
            self.tone[panel & (along % 0.5 < 0.035)] = 0
        return self.number, self.tone

    def _set(self, where, ramp, tone):
        if ramp not in self.ramps:
            self.ramps.append(ramp)
        self.number[where] = self.ramps.index(ramp)
        self.tone[where] = tone[where] if isinstance(tone, np.ndarray) else tone

    def _floor(self, floor, x, y):
        lit = self.tone >= 2
        row = np.floor(y / 0.44).astype(int)
        seam = (y % 0.44 < 0.05) | ((x + row * 1.37) % 2.3 < 0.032)
        sun = lit & beam(x, y)
        self._set(floor & ~seam, "floor", np.where(sun, 4, np.where(lit, 3, 1)))
        self._set(floor & seam, "floor", np.where(sun, 3, np.where(lit, 2, 0)))
        self._rugs(floor, x, y, lit, sun)

    @staticmethod
    def _inside(box, x, y, inset=0.0):
        x0, y0, x1, y1 = box
        return (x > x0 + inset) & (x < x1 - inset) & (y > y0 + inset) & (y < y1 - inset)

    def _rugs(self, floor, x, y, lit, sun):
        shade = np.where(sun, 3, np.where(lit, 2, 1))
        where = floor & self._inside(WORK_RUG, x, y)
        self._set(where, "teal", shade - 1)
        self._set(where & self._inside(WORK_RUG, x, y, 0.10), "tile", shade)
        self._set(where & self._inside(WORK_RUG, x, y, 0.24), "teal", shade)
        self._set(where & self._inside(WORK_RUG, x, y, 0.31), "tile", shade - 1)
        where = floor & self._inside(MEET_RUG, x, y)
        self._set(where, "orange", shade - 1)
        self._set(where & self._inside(MEET_RUG, x, y, 0.10), "cream", shade)
        band = np.floor((x - y) / 0.42).astype(int) % 3
        inner = where & self._inside(MEET_RUG, x, y, 0.24)
        self._set(inner & (band == 1), "cream", shade - 1)
        where = floor & self._inside(ARCADE_RUG, x, y)
        self._set(where, "purple", shade - 1)
        inner = where & self._inside(ARCADE_RUG, x, y, 0.10)
        self._set(inner, "purple", np.where(sun, 1, 0))
        for dx, dy, ramp, kind in CONFETTI:
            u, v = (x - dx) % 1.2, (y - dy) % 1.0
            mark = (u < 0.09) & (v < 0.10) if kind == "dot" else (u < 0.24) & (v < 0.06)
            self._set(inner & mark, ramp, np.where(lit, 1, 0) + sun)
        where = floor & self._inside(TILES, x, y)
        odd = (np.floor(x / 0.46) + np.floor((y - 0.1) / 0.46)) % 2
        self._set(where, "tile", np.where(lit, np.where(odd > 0, 2, 1), np.where(odd > 0, 1, 0)))
        where = floor & self._inside(MAT, x, y)
        self._set(where, "red", shade - 1)
        self._set(where & self._inside(MAT, x, y, 0.10), "orange", shade - 1)

    def _sky(self, sky, y, z):
        """Evening: four flat bands, a low sun, a skyline."""
        for low, ramp, tone in (
            (0.0, "yellow", 2),
            (0.92, "orange", 2),
            (1.10, "pink", 2),
            (1.34, "purple", 2),
        ):
            self._set(sky & (z > low), ramp, tone)
        self._set(sky & (np.hypot(y - 4.30, z - 0.98) < 0.17), "yellow", 2)
        towers = 0.80 + 0.22 * ((np.floor(y / 0.21) * 7919) % 5) / 5
        self._set(sky & (z < towers), "purple", 0)
        windows = ((y % 0.21) > 0.07) & ((y % 0.21) < 0.12) & ((z % 0.12) < 0.05)
        self._set(sky & (z < towers - 0.06) & windows & ((np.floor(y / 0.21) * 31) % 3 == 0), "yellow", 2)


assert GLOW > 4  # painted tones must not collide with it
