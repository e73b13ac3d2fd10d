"""The cast of the night lab: outfits, costumes and the light they are rendered in."""

import math

import night_palette
import stage
from build_figures import Style
from character_mesh import blend, cap, face_y
from night_furniture import sweep

PI = math.pi


def coat(b, spec):
    """Open lab coat with lapels and a lit badge."""
    m = spec["sleeves"] + ":soft"
    torso = [
        (0.215, 0.255),
        (0.212, 0.31),
        (0.205, 0.38),
        (0.200, 0.46),
        (0.194, 0.53),
        (0.186, 0.59),
        (0.160, 0.645),
        (0.118, 0.678),
        (0.106, 0.668),
        (0.145, 0.632),
        (0.172, 0.585),
        (0.180, 0.52),
        (0.186, 0.46),
        (0.190, 0.38),
        (0.198, 0.31),
        (0.202, 0.258),
    ]
    b.on(blend("spine", "hips", 0.41, 0.05))
    before = len(b.mesh.verts)
    sweep(b, torso, -62, 242, m, steps=30)
    b.mesh.verts.ensure_lookup_table()
    for v in b.mesh.verts[before:]:
        v.co.y *= 0.84
    b.on("spine")
    for s in (-1, 1):
        b.box((0.055, 0.014, 0.17), (s * 0.098, -0.153, 0.47), m, 0.006, rot=(-0.10, 0, s * 0.50))
        b.tube(
            [(s * 0.05, -0.112, 0.665), (s * 0.098, -0.140, 0.62), (s * 0.088, -0.158, 0.53)], 0.016, m, seg=8
        )
    b.box((0.05, 0.012, 0.035), (0.125, -0.152, 0.515), "cyan:led", 0.005, rot=(0, 0, 0.55))


def visor(b, spec):
    """Wrap-around visor pushed up on the forehead, with a lit edge."""
    arc = [math.radians(d) for d in range(-66, 67, 6)]

    def band(r, z):
        return [(r * math.sin(a), 0.005 - r * 0.97 * math.cos(a), z) for a in arc]

    b.on("head")
    for k in range(4):
        b.tube(band(0.300 + 0.004 * (k == 1), 1.062 + 0.024 * k), 0.019, "visor:gloss", seg=8)
    b.tube(band(0.316, 1.045), 0.010, "cyan:neon", seg=8)
    for s in (-1, 1):
        b.box((0.05, 0.12, 0.10), (s * 0.288, -0.06, 1.02), "steel_dark", 0.02, rot=(0, 0, s * 0.1))


def spikes(b, spec):
    """Short hair that stands up."""
    b.on("head")
    cap(b, spec["hair"], front=1.12, side=0.92, back=0.80)
    for i in range(11):
        a = i * 2.4
        r = 0.16 * math.sqrt(i / 11)
        x, y = r * math.cos(a), 0.03 + r * math.sin(a)
        lean = (-(y - 0.02) * 2.2, x * 2.6, 0)
        b.lathe(
            [(0.075, 0), (0.06, 0.06), (0.012, 0.15)],
            (x, y, 1.185 - 0.9 * r * r),
            spec["hair"],
            seg=12,
            rot=lean,
        )


def cat_ears(b, spec):
    """Headphones with lit cat ears."""
    b.on("head")
    arch = [PI * k / 18 for k in range(19)]
    b.tube([(0.330 * math.cos(t), 0.01, 0.93 + 0.350 * math.sin(t)) for t in arch], 0.024, "night", seg=10)
    for s in (-1, 1):
        b.cyl(0.098, 0.06, (s * 0.300, 0.01, 0.915), "night", rot=(0, s * PI / 2, 0), bevel=0.02, seg=26)
        turn = [2 * PI * k / 20 for k in range(21)]
        b.tube(
            [(s * 0.368, 0.01 + 0.066 * math.cos(t), 0.915 + 0.066 * math.sin(t)) for t in turn],
            0.013,
            "magenta:neon",
            seg=8,
        )
        foot = [(s * 0.10, 0.01, 1.262), (s * 0.225, 0.01, 1.385), (s * 0.265, 0.01, 1.185)]
        b.lathe(
            [(0.105, 0), (0.07, 0.09), (0.012, 0.17)],
            (s * 0.185, 0.01, 1.225),
            "night",
            seg=16,
            rot=(0, s * 0.42, 0),
        )
        b.tube([(x, y - 0.055, z) for x, y, z in foot], 0.012, "magenta:neon", seg=8)


def hood(b, spec):
    """Hood drawn over the head, lined with a lit seam."""
    m = spec["top"] + ":soft"
    b.on("head")
    cap(b, m, r=0.335, front=1.115, side=0.74, back=0.66, scale=(1.03, 1.0, 0.97), z=0.945)
    cap(b, spec["hair"], r=0.300, front=1.08, side=0.92, back=0.84)
    b.lathe([(0.085, 0), (0.06, 0.05), (0.01, 0.09)], (0, 0.21, 1.185), m, seg=16, rot=(-0.9, 0, 0))
    edge = []
    for k in range(-24, 25):
        a = math.radians(k * 5.0)
        edge.append((0.305 * math.sin(a), -0.075 - 0.115 * math.cos(a), 0.935 + 0.262 * math.cos(a)))
    b.tube(edge, 0.030, m, seg=10)
    b.tube([(x * 1.02, y - 0.026, z * 1.005) for x, y, z in edge], 0.010, "lime:neon", seg=8)


def space_buns(b, spec):
    """Two round buns and a fringe."""
    b.on("head")
    cap(b, spec["hair"], front=1.09, side=0.88, back=0.78)
    for x, r in ((-0.16, 0.30), (-0.055, 0.12), (0.055, -0.12), (0.16, -0.30)):
        b.ball(
            0.086,
            (x, -0.205 + abs(x) * 0.42, 1.098),
            spec["hair"],
            scale=(1.15, 0.55, 0.78),
            rot=(0.35, r, -x * 1.4),
            seg=16,
        )
    for s in (-1, 1):
        b.ball(0.128, (s * 0.225, 0.04, 1.225), spec["hair"], seg=22)
        turn = [2 * PI * k / 16 for k in range(17)]
        b.tube(
            [
                (s * 0.172 + 0.062 * math.cos(t), 0.04 + 0.07 * math.sin(t), 1.165 + s * 0.045 * math.cos(t))
                for t in turn
            ],
            0.018,
            "amber:led",
            seg=8,
        )


def overall(b, spec):
    """Bib, straps and a lit pocket over the shirt."""
    m = spec["legs"] + ":soft"
    b.on("spine")
    b.box((0.23, 0.03, 0.19), (0, -0.150, 0.395), m, 0.014, rot=(-0.10, 0, 0))
    for s in (-1, 1):
        b.tube(
            [
                (s * 0.095, -0.142, 0.57),
                (s * 0.112, -0.105, 0.645),
                (s * 0.112, 0.0, 0.675),
                (s * 0.09, 0.115, 0.60),
            ],
            0.019,
            m,
            seg=8,
        )
        b.ball(0.020, (s * 0.092, -0.160, 0.562), "amber:led", seg=10)
    b.box((0.10, 0.012, 0.06), (0, -0.172, 0.45), "cyan:glow", 0.005, rot=(-0.10, 0, 0))
    b.on(blend("spine", "hips", 0.41, 0.05))
    b.lathe([(0.190, 0.34), (0.196, 0.36), (0.195, 0.40), (0.186, 0.42)], (0, 0, 0), m, seg=28, squash=0.80)


def android(b, spec):
    """Shell of a robot: skull cap, ear discs, antenna, chest lamp, lit eyes."""
    b.on("head")
    cap(b, "white", front=1.085, side=0.95, back=0.74)
    for s in (-1, 1):
        b.cyl(
            0.085, 0.07, (s * 0.275, 0.01, 0.925), "steel_dark", rot=(0, s * PI / 2, 0), bevel=0.018, seg=24
        )
        b.cyl(0.045, 0.012, (s * 0.348, 0.01, 0.925), "cyan:led", rot=(0, s * PI / 2, 0), bevel=0, seg=20)
    b.tube([(0, 0.02, 1.22), (0.01, 0.03, 1.36)], 0.014, "steel_dark", seg=8)
    b.ball(0.045, (0.012, 0.03, 1.385), "amber:led", seg=16)
    b.box((0.035, 0.25, 0.03), (0, -0.12, 1.205), "cyan:glow", 0.01, rot=(0.42, 0, 0))
    b.on("eyes")
    for s in (-1, 1):  # lit eyes on the dark face; shut they are two bright lines
        at = (s * 0.116, face_y(0.116, 0.935, 0.006), 0.935)
        b.ball(0.050, at, "cyan:led", scale=(0.82, 0.40, 1.22), rot=(0, 0, s * 0.42), seg=18)
    b.on("spine")
    b.cyl(0.05, 0.014, (0, -0.150, 0.535), "cyan:led", rot=(PI / 2 - 0.05, 0, 0), bevel=0.004, seg=24)


CAST = {
    "nova": {
        "skin": "skin1",
        "hair": "hair_red",
        "cut": "bun",
        "top": "teal",
        "sleeves": "coat",
        "legs": "night",
        "shoes": "white",
        "extra": "glasses",
        "wear": (coat,),
    },
    "kai": {
        "skin": "skin3",
        "hair": "hair_blue",
        "cut": "none",
        "top": "orange",
        "legs": "charcoal",
        "shoes": "white",
        "extra": "none",
        "wear": (spikes, visor),
    },
    "iris": {
        "skin": "skin2",
        "hair": "hair_pink",
        "cut": "bob",
        "top": "purple",
        "legs": "night",
        "shoes": "pink",
        "extra": "none",
        "wear": (cat_ears,),
    },
    "jax": {
        "skin": "skin1",
        "hair": "hair_black",
        "cut": "none",
        "top": "teal_dark",
        "legs": "charcoal",
        "shoes": "yellow",
        "extra": "none",
        "wear": (hood,),
    },
    "mira": {
        "skin": "skin4",
        "hair": "hair_black",
        "cut": "none",
        "top": "cream",
        "legs": "overall",
        "shoes": "teal",
        "extra": "none",
        "wear": (space_buns, overall),
    },
    "bit": {
        "skin": "visor",
        "hair": "steel_dark",
        "cut": "none",
        "top": "white",
        "legs": "steel_dark",
        "shoes": "orange",
        "extra": "none",
        "wear": (android,),
    },
}


def light():
    """Cool white key from the left, magenta rim from behind left, cyan rim from the right.

    Brighter than the room, so that the figures stay its strongest contrast.
    """
    night_palette.cast()
    stage.world("#C8CCFF", 0.52)
    stage.sun("key", stage.SUN_DIR, "#F1F0FF", 1.9, 16)
    stage.sun("face", (-0.30, 0.80, -0.50), "#E3E4FF", 0.75, 60)
    stage.sun("rim-left", (0.93, -0.36, -0.16), "#FF3FC0", 3.6, 12)
    stage.sun("rim-right", (-0.95, -0.30, -0.12), "#1FD0FF", 3.2, 12)


STYLE = Style(
    cast=CAST,
    light=light,
    look={"gamma": 1.02, "saturation": 1.0, "lift": 0.02, "veil": (0.22, 0.20, 0.42), "shadow": None},
    shadow=(0.03, 0.02, 0.10),
    depth=1.0,
    one_shadow=True,
)
