"""Triangles to pixel art, in numpy: no antialiasing, no gradients, the same bytes on every run.

Every art pixel is looked at in FINE x FINE places. Each place sees one triangle and gets a ramp and a tone
from the light; then the places VOTE, and the pixel takes the most frequent answer. So a colour is never a
mixture, thin things stay whole or vanish, and an edge is a stair, not a blur.
"""

import math
from dataclasses import dataclass

import numpy as np

import pixel_plan as plan
from pixel_palette import GLOW, ramp_of

FINE = 4
SMALL = 1024  # samples: triangles with a box up to this size are done many at a time
RIGHT = np.array([math.cos(plan.YAW), math.sin(plan.YAW), 0.0])
FORWARD = np.array(
    [
        -math.sin(plan.YAW) * math.cos(plan.ELEV),
        math.cos(plan.YAW) * math.cos(plan.ELEV),
        -math.sin(plan.ELEV),
    ]
)
DOWN = -np.cross(RIGHT, FORWARD)
LIGHT = -np.array(plan.SUN) / np.linalg.norm(plan.SUN)
STEPS = (0.12, 0.52, 0.97)  # brightness at which a tone begins; the last is a highlight


@dataclass
class Mesh:
    """Triangles: `points` and `normals` (n, 3, 3) in metres, `material` (n,) number into `names`."""

    points: np.ndarray
    normals: np.ndarray
    material: np.ndarray
    names: list[str]

    def moved(self, at, turn=0.0) -> "Mesh":
        """Turned about z by degrees, then moved."""
        c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        m = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
        return Mesh(self.points @ m.T + np.asarray(at), self.normals @ m.T, self.material, self.names)


def join(meshes: list[Mesh]) -> Mesh:
    """One mesh of many."""
    names = sorted({n for m in meshes for n in m.names})
    number = {n: i for i, n in enumerate(names)}
    material = [np.array([number[n] for n in m.names])[m.material] for m in meshes]
    return Mesh(
        np.concatenate([m.points for m in meshes]),
        np.concatenate([m.normals for m in meshes]),
        np.concatenate(material),
        names,
    )


def cover(xy: np.ndarray, z: np.ndarray, width: int, height: int):
    """Nearest triangle of every sample: (triangle or -1, weights of its corners, depth), (height, width).

    `xy` (n, 3, 2) corners in samples, `z` (n, 3) depth. Triangles of equal size are done together.
    """
    best = np.full(width * height, np.inf)
    which = np.full(width * height, -1, np.int64)
    low = np.maximum(np.ceil(xy.min(1) - 0.5), 0).astype(np.int64)
    high = np.minimum(np.floor(xy.max(1) - 0.5), (width - 1, height - 1)).astype(np.int64)
    a, b, c = xy[:, 0], xy[:, 1], xy[:, 2]
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    area = np.where(np.abs(area) < 1e-9, np.nan, area)
    planes = []  # the weight of a corner is ux * x + uy * y + u0
    for p, q in ((b, c), (c, a)):
        ux, uy = -(q - p)[:, 1] / area, (q - p)[:, 0] / area
        planes.append((ux, uy, -(ux * p[:, 0] + uy * p[:, 1]) + 0.5 * (ux + uy)))
    span = high - low + 1
    alive = np.nonzero((span > 0).all(1) & ~np.isnan(area))[0]

    def weigh(t, x, y):
        """Weights of the three corners of triangles `t` at sample (x, y)."""
        u, v = (p[0][t] * x + p[1][t] * y + p[2][t] for p in planes)
        return u, v, 1 - u - v

    def fill(t, x, y):
        """Triangles `t` (k, 1) at samples x, y (k or 1, m)."""
        u, v, w = weigh(t, x, y)
        inside = np.minimum(np.minimum(u, v), w) >= -1e-9
        inside &= (x < width) & (y < height)
        k, m = np.nonzero(inside)
        row = t[k, 0]
        depth = u[k, m] * z[row, 0] + v[k, m] * z[row, 1] + w[k, m] * z[row, 2]
        at = np.broadcast_to(y * width + x, inside.shape)[k, m]
        np.minimum.at(best, at, depth)
        won = depth == best[at]
        which[at[won]] = row[won]

    steps = 2 ** np.ceil(np.log2(span[alive])).astype(np.int64)  # boxes of about equal size go together
    for wide, tall in np.unique(steps, axis=0):
        members = alive[(steps == (wide, tall)).all(1)]
        if wide * tall > SMALL:  # few and large: each by its own box
            for one in members:
                oy, ox = np.divmod(np.arange(span[one].prod()), span[one, 0])
                fill(np.array([[one]]), low[one, 0] + ox[None], low[one, 1] + oy[None])
            continue
        oy, ox = np.divmod(np.arange(wide * tall), wide)
        step = max(1, 200_000 // int(wide * tall))
        for start in range(0, len(members), step):
            t = members[start : start + step, None]
            fill(t, low[t, 0] + ox, low[t, 1] + oy)
    weights = np.zeros((width * height, 3), np.float32)
    seen = np.nonzero(which >= 0)[0]
    weights[seen] = np.stack(weigh(which[seen], seen % width, seen // width), -1)
    shape = (height, width)
    return which.reshape(shape), weights.reshape(*shape, 3), best.reshape(shape)


class Sun:
    """Shadow map of a scene: which places the light reaches."""

    def __init__(self, mesh: Mesh, direction=plan.SUN, per_metre: float = 90.0):
        d = np.asarray(direction, float) / np.linalg.norm(direction)
        self.u = np.cross(d, (0, 0, 1))
        self.u /= np.linalg.norm(self.u)
        self.v, self.d, self.k = np.cross(d, self.u), d, per_metre
        flat = np.stack([mesh.points @ self.u, mesh.points @ self.v], -1) * per_metre
        self.origin = flat.min((0, 1)) - 2
        self.size = tuple(int(s) for s in np.ceil(flat.max((0, 1)) - self.origin) + 2)
        _, _, self.depth = cover(flat - self.origin, mesh.points @ d, *self.size)

    def reaches(self, points: np.ndarray, bias: float = 0.05) -> np.ndarray:
        """Whether each of `points` (..., 3) is lit."""
        i = ((points @ self.u) * self.k - self.origin[0]).astype(int)
        j = ((points @ self.v) * self.k - self.origin[1]).astype(int)
        inside = (i >= 0) & (j >= 0) & (i < self.size[0]) & (j < self.size[1])
        near = self.depth[np.clip(j, 0, self.size[1] - 1), np.clip(i, 0, self.size[0] - 1)]
        return ~inside | (points @ self.d < near + bias)


@dataclass
class Picture:
    """`key` = ramp number * 16 + tone, -1 where nothing is; `depth` metres; `at` top left, art pixels."""

    key: np.ndarray
    depth: np.ndarray
    at: tuple[int, int]
    ramps: list[str]


def screen(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Metres -> art pixels (..., 2) and depth (...)."""
    d = points - np.asarray(plan.CENTRE)
    xy = np.stack([d @ RIGHT * plan.PPM + plan.ART[0] / 2, d @ DOWN * plan.PPM + plan.ART[1] / 2], -1)
    return xy, d @ FORWARD


def draw(mesh: Mesh, sun: Sun | None, paint=None, box=None, cut: float = 0.5, light=LIGHT) -> Picture:
    """Pixel a mesh. `paint(name, points, ramp, tone)` may repaint materials by place.

    `box` (x0, y0, x1, y1) in art pixels, else what the mesh needs; `cut`: share of a pixel to be covered.
    """
    xy, z = screen(mesh.points)
    if box is None:
        x0, y0 = np.floor(xy.min((0, 1))).astype(int) - 1
        x1, y1 = np.ceil(xy.max((0, 1))).astype(int) + 1
        box = (max(0, x0), max(0, y0), min(plan.ART[0], x1), min(plan.ART[1], y1))
    x0, y0, x1, y1 = (int(v) for v in box)
    w, h = x1 - x0, y1 - y0
    which, share, depth = cover((xy - (x0, y0)) * FINE, z, w * FINE, h * FINE)
    seen = which >= 0
    tri = which[seen]
    part = share[seen].astype(np.float64)
    points = (mesh.points[tri] * part[..., None]).sum(1)
    normal = (mesh.normals[tri] * part[..., None]).sum(1)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    normal *= np.where((normal @ FORWARD) > 0.25, -1, 1)[:, None]  # leaves have two sides
    brightness = normal @ light
    tone = sum((brightness > s).astype(int) for s in STEPS)
    if sun is not None:
        tone = np.where(sun.reaches(points + normal * 0.02) | (tone == 0), tone, tone - 1)
    looks = [ramp_of(n) for n in mesh.names]
    ramps = sorted({r for r, _, _ in looks})
    number = np.array([ramps.index(r) for r, _, _ in looks])[mesh.material[tri]]
    tone = np.clip(tone + np.array([s for _, s, _ in looks])[mesh.material[tri]], 0, 3)
    tone = np.where(np.array([g for _, _, g in looks])[mesh.material[tri]], GLOW, tone)
    if paint is not None:
        ramps = list(ramps)
        number, tone = paint(mesh.names, mesh.material[tri], points, normal, ramps, number, tone)
    key = np.full((h * FINE, w * FINE), -1, np.int64)
    key[seen] = number * 16 + tone
    return Picture(*vote(key, depth, cut), (x0, y0), ramps)


def vote(key: np.ndarray, depth: np.ndarray, cut: float) -> tuple[np.ndarray, np.ndarray]:
    """Most frequent key of every art pixel, -1 where less than `cut` is covered; and its nearest depth."""
    h, w = key.shape[0] // FINE, key.shape[1] // FINE

    def cells(a):
        return a.reshape(h, FINE, w, FINE).swapaxes(1, 2).reshape(h, w, FINE * FINE)

    places, z = cells(key), cells(depth)
    count = np.zeros(places.shape, np.int8)
    for k in range(FINE * FINE):
        count += places == places[..., k : k + 1]
    count[places < 0] = 0
    pick = count.argmax(-1)[..., None]
    out = np.take_along_axis(places, pick, -1)[..., 0]
    solid = (places >= 0).mean(-1) >= cut
    near = np.take_along_axis(z, pick, -1)[..., 0]
    return np.where(solid, out, -1), np.where(solid, near, np.inf)


def neighbours(a: np.ndarray, empty) -> list[np.ndarray]:
    """The pixel left, right, above and below of each."""
    p = np.pad(a, 1, constant_values=empty)
    return [p[1:-1, :-2], p[1:-1, 2:], p[:-2, 1:-1], p[2:, 1:-1]]


def rim(picture: Picture) -> np.ndarray:
    """Solid pixels that touch the outside: where the outline goes, inside the silhouette."""
    solid = picture.key >= 0
    out = np.zeros(solid.shape, bool)
    for n in neighbours(solid, False):
        out |= solid & ~n
    return out


def folds(picture: Picture, step: float = 0.10) -> np.ndarray:
    """Pixels in front of something of the same piece that lies more than `step` metres deeper."""
    out = np.zeros(picture.key.shape, bool)
    for d, solid in zip(neighbours(picture.depth, np.inf), neighbours(picture.key >= 0, False), strict=True):
        with np.errstate(invalid="ignore"):
            out |= (picture.key >= 0) & solid & (d - picture.depth > step)
    return out


def lonely(key: np.ndarray) -> np.ndarray:
    """Pixels unlike all four neighbours become the most frequent of them: no stray pixels."""
    around = np.stack(neighbours(key, -2), -1)
    alone = (around != key[..., None]).all(-1) & (key >= 0)
    count = (around[..., :, None] == around[..., None, :]).sum(-1)
    count[around < 0] = 0
    pick = count.argmax(-1)[..., None]
    best = np.take_along_axis(around, pick, -1)[..., 0]
    enough = np.take_along_axis(count, pick, -1)[..., 0] >= 3
    return np.where(alone & enough & (best >= 0), best, key)
