"""Mesh of the office worker: body, face, hair and accessories, with bone weights."""

import math

import bmesh

from kit import Piece

PI = math.pi


class Body(Piece):
    """A Piece that remembers bone weights: `bone` is a name or a function vertex -> {bone: weight}."""

    def __init__(self, name):
        super().__init__(name)
        self.weights = []

    def on(self, bone):
        self.bone = bone
        return self

    def _add(self, bm, at, rot, m):
        before = len(self.mesh.verts)
        super()._add(bm, at, rot, m)
        self.mesh.verts.ensure_lookup_table()
        for v in self.mesh.verts[before:]:
            self.weights.append(self.bone(v.co) if callable(self.bone) else {self.bone: 1.0})
        return self


def blend(upper, lower, z, half=0.035):
    """Smooth bend between two bones around height z."""

    def weight(co):
        t = min(1, max(0, (co.z - (z - half)) / (2 * half)))
        t = t * t * (3 - 2 * t)
        return {upper: t, lower: 1 - t} if 0 < t < 1 else {upper if t >= 1 else lower: 1.0}

    return weight


def head_shape(v):
    """Round skull with full cheeks and a soft chin."""
    if v.z < 0:
        v.x *= 1 + 0.10 * math.sin(min(1, -v.z / 0.2) * PI)
        v.z *= 0.86
    if v.y < 0:
        v.y *= 0.93
    return v


def face_y(x, z, out=0.0):
    """y of the face surface at (x, z): features sit ON the skull, else they float in profile."""
    half_z = 0.285 * 0.95 * (0.86 if z < 0.935 else 1.0)
    k = 1 - (x / (0.285 * 1.09)) ** 2 - ((z - 0.935) / half_z) ** 2
    return -0.285 * 0.97 * 0.93 * math.sqrt(max(0.02, k)) - out


def build_mesh(spec, cup=False, make=Body):
    """Figure of an outfit as a Piece with bone weights; `make`: class of the Piece."""
    b = make("worker")
    skin, hair, top = spec["skin"], spec["hair"], spec["top"]
    # legs and shoes
    for s, n in ((1, "L"), (-1, "R")):
        b.on(blend(f"leg_{n}", f"shin_{n}", 0.19))
        rings = [
            (0.064, 0.05),
            (0.068, 0.10),
            (0.070, 0.15),
            (0.074, 0.19),
            (0.079, 0.23),
            (0.086, 0.28),
            (0.09, 0.335),
            (0.07, 0.375),
        ]
        b.lathe(rings, (s * 0.09, 0, 0), spec["legs"], seg=16)
        b.on(f"shin_{n}")
        b.ball(0.085, (s * 0.092, -0.025, 0.052), spec["shoes"], scale=(0.86, 1.36, 0.66), seg=18)
        b.ball(
            0.086,
            (s * 0.092, -0.025, 0.022),
            "white" if spec["shoes"] != "white" else "grey",
            scale=(0.88, 1.38, 0.26),
            seg=20,
        )
    # pelvis and torso (hoodie)
    b.on("hips").lathe(
        [(0.07, 0.27), (0.15, 0.30), (0.172, 0.345), (0.165, 0.40)],
        (0, 0, 0),
        spec["legs"],
        seg=24,
        squash=0.82,
    )
    b.on(blend("spine", "hips", 0.41, 0.05))
    b.lathe(
        [
            (0.166, 0.355),
            (0.186, 0.37),
            (0.188, 0.40),
            (0.180, 0.46),
            (0.176, 0.52),
            (0.170, 0.58),
            (0.150, 0.635),
            (0.10, 0.675),
            (0.06, 0.69),
        ],
        (0, 0, 0),
        top + ":soft",
        seg=28,
        squash=0.80,
    )
    b.on("spine")
    b.tube(
        [
            (0.115 * math.sin(t), -0.105 * math.cos(t) + 0.005, 0.660 + 0.012 * math.cos(t))
            for t in [2 * PI * k / 16 for k in range(17)]
        ],
        0.034,
        top + ":soft",
        seg=10,
    )  # hood collar
    b.box((0.17, 0.03, 0.085), (0, -0.148, 0.415), top + ":soft", 0.014, rot=(-0.04, 0, 0))  # pocket
    for s in (-1, 1):
        b.tube(
            [(s * 0.03, -0.132, 0.645), (s * 0.034, -0.150, 0.585), (s * 0.03, -0.152, 0.555)],
            0.008,
            "white",
            seg=6,
        )
    # arms: sleeve, cuff, hand
    for s, n in ((1, "L"), (-1, "R")):
        b.on(blend(f"arm_{n}", f"forearm_{n}", 0.475))
        pts = [
            (s * 0.150, 0, 0.640),
            (s * 0.178, 0, 0.605),
            (s * 0.205, 0, 0.545),
            (s * 0.235, 0, 0.475),
            (s * 0.252, 0, 0.42),
            (s * 0.266, 0, 0.365),
        ]
        b.tube(pts, [0.052, 0.066, 0.064, 0.060, 0.060, 0.062], spec.get("sleeves", top) + ":soft", seg=14)
        b.on(f"forearm_{n}")
        b.ball(0.060, (s * 0.279, -0.006, 0.322), skin, scale=(0.92, 1.0, 1.08), seg=16)
        if cup and n == "R":
            # Rest pose: the hand hangs, so the cup lies on its side (up = -Y); it stands upright once the
            # arm is bent.
            x, y, z = -0.262, -0.055, 0.275
            b.lathe(
                [(0.036, 0), (0.046, 0.006), (0.052, 0.10), (0.046, 0.104), (0.04, 0.09)],
                (x, y + 0.04, z),
                "white:gloss",
                seg=18,
                rot=(PI / 2, 0, 0),
            )
            b.cyl(0.043, 0.004, (x, y - 0.045, z), "coffee", bevel=0, seg=16, rot=(PI / 2, 0, 0))
    # head
    b.on("head")
    b.cyl(0.065, 0.08, (0, 0, 0.645), skin, bevel=0.0, seg=18)
    b.ball(0.285, (0, 0, 0.935), skin, scale=(1.04, 0.97, 0.95), seg=40, shape=head_shape)
    for s in (-1, 1):
        b.ball(0.052, (s * 0.295, 0.01, 0.895), skin, scale=(0.55, 0.9, 1.1), seg=14)
        b.ball(
            0.040,
            (s * 0.175, face_y(0.175, 0.858) + 0.004, 0.858),
            "blush",
            scale=(1.15, 0.25, 0.70),
            rot=(0.25, 0, s * 0.72),
            seg=16,
        )
    b.ball(0.022, (0, face_y(0, 0.885), 0.885), skin, scale=(1, 0.8, 0.8), seg=12)
    for s in (-1, 1):
        b.on("eyes")
        b.ball(
            0.051,
            (s * 0.116, face_y(0.116, 0.935) + 0.004, 0.935),
            "eye:gloss",
            scale=(0.80, 0.34, 1.26),
            rot=(0, 0, s * 0.42),
            seg=20,
        )
        b.on("shine")  # its own bone: a closed eye has no highlight
        b.ball(
            0.0165,
            (s * 0.116 - 0.012, face_y(0.116, 0.962, 0.013), 0.962),
            "white:glow",
            scale=(1, 0.6, 1),
            seg=10,
        )
    b.on("head")
    for s in (-1, 1):
        b.tube(
            [(s * x, face_y(x, z, 0.004), z) for x, z in ((0.165, 1.026), (0.118, 1.040), (0.072, 1.030))],
            0.013,
            hair,
            seg=8,
        )
    b.on("mouth")
    b.tube(
        [
            (x, face_y(x, z, 0.003), z)
            for x, z in ((-0.052, 0.850), (-0.027, 0.835), (0, 0.830), (0.027, 0.835), (0.052, 0.850))
        ],
        0.0115,
        "red" if spec["skin"] in ("skin3", "skin4") else "terracotta",
        seg=8,
    )
    b.on("head")
    haircut(b, spec["cut"], hair, spec)
    extra(b, spec["extra"], spec)
    for dress in spec.get("wear", ()):  # costumes of other themes: function of body and outfit
        dress(b, spec)
    return b


def cap(b, m, r=0.302, front=1.07, side=0.90, back=0.80, scale=(1.04, 0.98, 0.97), z=0.945):
    """Skull cap of hair whose lower edge runs from the forehead over the ears to the neck."""
    bm, nu, nv, rows = bmesh.new(), 48, 16, []
    for i in range(nu):
        a = 2 * PI * i / nu
        t = abs((a + PI) % (2 * PI) - PI) / PI  # 0 = forehead, 1 = neck
        edge = (
            front + (side - front) * (t / 0.5) ** 1.5 if t < 0.5 else side + (back - side) * (t - 0.5) / 0.5
        )
        stop = math.acos(max(-1, min(1, (edge - z) / (r * scale[2]))))
        col = []
        for j in range(1, nv + 3):
            k, inner = min(j, nv) / nv, 1 - 0.05 * max(0, j - nv)  # two more rings turn inwards: thickness
            th = stop * k
            col.append(
                bm.verts.new(
                    (
                        inner * r * scale[0] * math.sin(th) * math.sin(a),
                        0.012 - inner * r * scale[1] * math.sin(th) * math.cos(a),
                        r * scale[2] * math.cos(th),
                    )
                )
            )
        rows.append(col)
    pole = bm.verts.new((0, 0.012, r * scale[2]))
    for i in range(nu):
        c, d = rows[i], rows[(i + 1) % nu]
        bm.faces.new((pole, c[0], d[0]))
        for j in range(nv + 1):
            bm.faces.new((c[j], c[j + 1], d[j + 1], d[j]))
    b._add(bm, (0, 0, z), (0, 0, 0), m)


def haircut(b, cut, m, spec):
    if cut == "none":  # a hood, a helmet or a robot brings its own
        return
    if cut == "beanie":
        cap(b, m, front=1.07, side=0.86, back=0.78)
        top = spec.get("hat", "teal")
        b.lathe(
            [(0.318, 0), (0.325, 0.03), (0.318, 0.075), (0.300, 0.08)],
            (0, 0.014, 1.015),
            top + ":soft",
            seg=36,
            squash=0.96,
        )
        b.lathe(
            [(0.305, 0.05), (0.300, 0.11), (0.262, 0.19), (0.19, 0.245), (0.09, 0.275), (0.02, 0.28)],
            (0, 0.014, 1.0),
            top + ":soft",
            seg=36,
            squash=0.96,
        )
        b.ball(0.062, (0, 0.014, 1.295), "white:soft", seg=16)
        return
    if cut == "afro":
        cap(b, m, front=1.09, side=0.92, back=0.82)
        for i in range(70):
            e, a = math.asin(-0.25 + 1.22 * (i + 0.5) / 70), i * 2.39996
            x, y, z = math.cos(e) * math.cos(a), math.cos(e) * math.sin(a), math.sin(e)
            if (y < -0.35 and z < 0.42) or (abs(x) > 0.72 and z < 0.0 and y < 0):
                continue
            b.ball(0.092, (0.30 * x, 0.02 + 0.29 * y, 0.985 + 0.27 * z), m, seg=12)
        return
    if cut == "short":
        cap(b, m, front=1.10, side=0.93, back=0.82)
        for x in (-0.17, -0.085, 0.0, 0.085, 0.17):
            b.ball(
                0.085, (x, -0.20 + abs(x) * 0.4, 1.12), m, scale=(0.9, 0.8, 0.85), rot=(0.5, 0.25, 0), seg=16
            )
        return
    if cut == "tuft":
        cap(b, m, front=1.09, side=0.90, back=0.80)
        for i, (x, h, r) in enumerate(
            ((-0.12, 0.10, -0.5), (-0.04, 0.15, -0.2), (0.05, 0.17, 0.15), (0.13, 0.11, 0.5))
        ):
            b.ball(0.075, (x, -0.13, 1.165), m, scale=(0.9, 1.1, 1.0 + h * 4), rot=(0.5, r, 0), seg=14)
        return
    fringe = ((-0.17, 0.30), (-0.06, 0.12), (0.06, -0.12), (0.17, -0.30))
    cap(b, m, front=1.09, side=0.86 if cut == "bun" else 0.80, back=0.78)
    for x, r in fringe:
        b.ball(
            0.088,
            (x, -0.205 + abs(x) * 0.42, 1.098),
            m,
            scale=(1.15, 0.55, 0.78),
            rot=(0.35, r, -x * 1.4),
            seg=16,
        )
    if cut == "bun":
        b.ball(0.125, (0, 0.12, 1.275), m, seg=22)
        b.tube(
            [
                (0.075 * math.cos(t), 0.105 + 0.075 * math.sin(t), 1.195)
                for t in [2 * PI * k / 14 for k in range(15)]
            ],
            0.022,
            "orange",
            seg=8,
        )
    else:  # bob
        for s in (-1, 1):
            b.ball(0.13, (s * 0.235, 0.03, 0.86), m, scale=(0.62, 1.25, 1.35), rot=(0, s * 0.12, 0), seg=20)
        b.ball(0.24, (0, 0.12, 0.86), m, scale=(1.12, 0.72, 0.86), seg=24)
        b.box((0.10, 0.04, 0.05), (0.20, -0.17, 1.10), "orange", 0.02, rot=(0.3, 0.4, 0.7))


def extra(b, kind, spec):
    if kind == "glasses":
        for s in (-1, 1):
            b.tube(
                [
                    (
                        s * 0.108 + 0.066 * math.cos(t),
                        face_y(abs(s * 0.108 + 0.066 * math.cos(t)), 0.93, 0.026),
                        0.925 + 0.066 * math.sin(t),
                    )
                    for t in [2 * PI * k / 18 for k in range(19)]
                ],
                0.0085,
                "black",
                seg=6,
            )
            b.tube(
                [
                    (s * 0.174, face_y(0.174, 0.93, 0.026), 0.935),
                    (s * 0.262, -0.14, 0.94),
                    (s * 0.300, -0.01, 0.93),
                ],
                0.007,
                "black",
                seg=6,
            )
        b.tube(
            [
                (-0.042, face_y(0.042, 0.93, 0.026), 0.93),
                (0, face_y(0, 0.93, 0.03), 0.936),
                (0.042, face_y(0.042, 0.93, 0.026), 0.93),
            ],
            0.0085,
            "black",
            seg=6,
        )
    elif kind == "headphones":
        b.tube(
            [
                (0.325 * math.cos(t), 0.01, 0.93 + 0.345 * math.sin(t))
                for t in [PI * k / 18 for k in range(19)]
            ],
            0.022,
            "white",
            seg=10,
        )
        for s in (-1, 1):
            b.cyl(0.085, 0.06, (s * 0.295, 0.01, 0.915), "teal", rot=(0, s * PI / 2, 0), bevel=0.02, seg=24)
    elif kind == "moustache":
        for k in (-1, 1):
            b.ball(
                0.045,
                (k * 0.038, face_y(0.03, 0.862, 0.008), 0.860),
                spec["hair"],
                scale=(1.15, 0.5, 0.55),
                rot=(0, k * 0.35, 0),
                seg=14,
            )
