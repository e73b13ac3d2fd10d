"""The live loft as a Blender scene, in the light of the cozy loft: what `loft3d_bake` bakes."""

import math

import bmesh

import furniture as f
import loft_shell
import stage
import textures as tx
from kit import Piece
from loft import link
from loft3d_plan import (
    ARCH_X,
    DESK_WIDTH,
    DESKS,
    LAMP,
    LOUNGE_RUG,
    MEET,
    MEET_RUG,
    NAP_RUG,
    NAP_X,
    NAP_Y,
    SCREENS,
    SHELL,
    TILES,
    D,
    H,
    W,
    desk_seat,
)
from plan import CANVAS

VIEW = stage.View((W / 2, D / 2, 0.9), 130.0, CANVAS)


def use_plan():
    """The shell is built by `loft_shell` from the numbers of this plan."""
    import loft3d_plan

    for name in SHELL:
        setattr(loft_shell, name, getattr(loft3d_plan, name))


def furniture():
    """Everything that stands on the floor: objects."""
    out = []

    def put(piece, x, y, turn=0):
        out.append(piece.build((x, y, 0), turn))

    for i, (x, y, turn) in enumerate(DESKS):
        put(f.desk(i, w=DESK_WIDTH), x, y, turn)
        put(f.desk_things(i, SCREENS[i], DESK_WIDTH), x, y, turn)
        for part in f.chair_parts(("teal", "orange", "blue")[i % 3]):
            put(part, *desk_seat(x, y, turn), turn)
    put(f.bean_bag("orange"), 6.01, 1.08, 150)  # clear of the desks on both sides
    put(f.plant_fig(9, "pot", 1.2), 0.50, 0.46)
    put(f.plant_fig(14, "pot", 1.15), W - 0.46, 1.25)
    # entrance and nap nook
    put(f.plant_tall(8, "pot", 0.85), 0.38, 5.90)
    put(f.bench(), 2.15, D - 0.30)
    put(f.bookshelf(1.05, 1.5, 1), 3.40, D - 0.22)
    put(f.cat(), 1.62, 5.86, 30)
    for x, y, turn, tint in ((4.98, 4.55, 70, "orange"), (1.72, 4.30, -75, "blue"), (3.10, 6.02, 8, "cream")):
        put(cushion(tint), x, y, turn)
    # coffee bar
    put(f.coffee_bar(), ARCH_X, D - 0.42)
    for x, tint in ((-0.72, "orange"), (0.0, "teal"), (0.72, "blue")):
        put(f.stool(tint), ARCH_X + x, D - 0.98)
    put(f.floor_lamp("orange"), LAMP[0], LAMP[1])
    # meeting and its sofa
    put(f.sofa("blue"), 8.72, D - 0.50)
    put(f.coffee_table(), *MEET)
    put(f.plant_tall(12, "teal", 0.95), 10.12, D - 0.42)
    put(f.plant_fig(4, "terracotta", 1.25), W - 0.46, D - 0.42)
    # lounge
    put(f.pouf(), 2.42, 3.10)
    put(f.pouf(), 5.22, 1.98)
    return out


def nap_mats():
    """A flat round mat for every sleeper."""
    p = Piece("nap-mats")
    tints = ("blue:soft", "peach:soft", "cream:soft")
    for k, (x, y) in enumerate((x, y) for y in NAP_Y for x in NAP_X):
        p.cyl(0.30, 0.012, (x, y - 0.06, 0.010), tints[(k + k // 4) % 3], bevel=0.005, seg=28)
    return p.build()


def cushion(tint):
    """A big flat floor cushion with a smaller one on it."""
    p = Piece("cushion")
    p.box((0.56, 0.56, 0.13), (0, 0, 0.005), tint + ":soft", 0.062, segs=5)
    p.box(
        (0.34, 0.30, 0.11),
        (0.04, 0.06, 0.120),
        "cream:soft" if tint != "cream" else "teal:soft",
        0.050,
        rot=(0, 0, 0.45),
        segs=5,
    )
    return p


# What lies on the floor is flat here, and a border is a frame: a side of a few millimetres is finer than a
# pixel of the baked picture, and of a face that is covered but for its edge nothing would be left.
FLAT, OVER = 0.006, 0.008  # heights of borders and of what they frame, metres


def frame(p, box, width, z, m):
    """Four strips along the inner edges of a rectangle."""
    x0, y0, x1, y1 = box
    for a, b, c, d in (
        (x0, y0, x1, y0 + width),
        (x0, y1 - width, x1, y1),
        (x0, y0 + width, x0 + width, y1 - width),
        (x1 - width, y0 + width, x1, y1 - width),
    ):
        p.floor(a, b, c, d, z, m)


def ring(p, at, inner, outer, z, m, seg=64):
    """Flat ring that looks up."""
    bm = bmesh.new()
    turns = [2 * math.pi * k / seg for k in range(seg)]
    a, b = ([bm.verts.new((r * math.cos(t), r * math.sin(t), 0)) for t in turns] for r in (inner, outer))
    for k in range(seg):
        n = (k + 1) % seg
        bm.faces.new((a[k], b[k], b[n], a[n]))
    p._add(bm, (*at, z), (0, 0, 0), m)


def carpet(name, box, pattern, edge="cream:soft"):
    x0, y0, x1, y1 = box
    p = Piece(name)
    frame(p, box, 0.08, FLAT, edge)
    at = ((x0 + x1) / 2, (y0 + y1) / 2, OVER)
    picture = "img:" + tx.rug(name, pattern)
    p.quad(x1 - x0 - 0.14, y1 - y0 - 0.14, at, picture, rot=(-math.pi / 2, 0, 0))
    return p.build()


def round_rug(name, at, picture, edge="cream:soft"):
    x, y, r = at
    q = Piece(name)
    ring(q, (x, y), r - 0.01, r + 0.04, FLAT, edge)
    q.disc(r, (x, y, OVER), "img:" + picture, seg=64)
    return q.build()


def rugs():
    x0, y0, x1, y1 = TILES
    t = Piece("tiles")
    frame(t, (x0 - 0.05, y0 - 0.05, x1 + 0.05, y1), 0.06, FLAT, "wood2")
    t.floor(x0, y0, x1, y1, OVER, "img:" + tx.tiles(), tile=1.28)
    m = Piece("door-mat")
    frame(m, (0.445, D - 0.81, 1.395, D - 0.23), 0.08, FLAT, "terracotta:soft")
    m.floor(0.52, D - 0.735, 1.32, D - 0.305, OVER, "cream:soft")
    return [
        carpet("rug-nap", NAP_RUG, "diamonds"),
        nap_mats(),
        carpet("rug-meeting", MEET_RUG, "stripes"),
        round_rug("rug-lounge", LOUNGE_RUG, tx.rug("rug-lounge", "rings")),
        t.build(),
        m.build(),
    ]


def rim():
    """A lip of wood where no wall stands: it covers what of the slab shows beside the floor."""
    p = Piece("rim")
    p.box((W + 0.35, 0.15, 0.035), (W / 2 - 0.035, -0.06, -0.015), "wood", 0.012)
    p.box((0.15, D + 0.22, 0.035), (W + 0.06, D / 2 + 0.12, -0.015), "wood", 0.012)
    return p.build()


def wall_things():
    out = []

    def put(piece, x, z, y=D - 0.03):
        out.append(piece.build((x, y, z)))

    put(f.door(), 0.92, 0.0, D - 0.014)  # before the skirting
    put(f.coat_pegs(), 2.15, 1.10, D - 0.02)
    put(f.wall_shelf(1.2, 0), ARCH_X + 0.22, 1.55, D - 0.12)
    put(f.wall_shelf(1.2, 1), ARCH_X + 0.22, 1.18, D - 0.12)
    put(f.picture("cat", 0.42, 0.54), 7.02, 1.30)
    put(f.clock(), 7.52, 1.66, D - 0.02)
    put(f.whiteboard(), 8.72, 1.02)
    put(f.picture("hills"), 9.98, 1.08)
    put(f.picture("leaf", 0.42, 0.54), 10.72, 1.16)
    return out


def build():
    """Groups of objects: shell (floor and walls first), view, flat, solid; the lamps are lit."""
    use_plan()
    shell = loft_shell.shell()
    solid, flat = furniture() + wall_things(), rugs()
    key, fill = stage.daylight()
    ceiling = Piece("ceiling")
    ceiling.box((W + 8, D + 8, 0.05), (W / 2 + 3.8, D / 2, H + 0.06), "white", 0)
    ceiling = ceiling.build()
    ceiling.visible_camera = ceiling.visible_diffuse = ceiling.visible_glossy = False
    beam = stage.sun("window-sun", stage.SUN_DIR, "#FFD39A", 5.0, 1.2)
    stage.point("lamp", LAMP, "#FFC98A", 14)
    return {
        "shell": shell[:3] + shell[4:] + [rim()],
        "view": shell[3:4],
        "flat": flat,
        "solid": solid,
        "ceiling": ceiling,
        "suns": {"key": key, "fill": fill, "beam": beam},
    }


def link_light(groups):
    """The key sun ignores the walls, else the open room would lie in their shadow; see `loft.lights`.

    `groups`: lists of objects under the names of `build`, before or after they were joined. The first
    three of the shell, and the ceiling, leave only window-shaped patches of the beam.
    """
    suns, solid = groups["suns"], groups["solid"]
    everything = [o for k in ("shell", "view", "flat", "solid") for o in groups[k]]
    link(suns["key"], "key", solid, everything)
    link(suns["fill"], "fill", solid)
    link(suns["beam"], "beam", solid + groups["shell"][:3] + [groups["ceiling"]], everything)


def tilt():
    """Direction from the room to the camera, Blender's axes."""
    return -stage.FORWARD / math.sqrt(stage.FORWARD.dot(stage.FORWARD))
