"""The live loft as a Blender scene, in the light of the cozy loft: what `loft3d_bake` turns into one textured mesh."""

import math

import furniture as f
import loft_shell
import stage
import textures as tx
from kit import Piece
from loft import link
from loft3d_plan import (
    ARCH_X,
    DESKS,
    LAMP,
    LOUNGE_RUG,
    MEET_RUG,
    NAP_RUG,
    SHELL,
    TILES,
    WORK_RUG,
    D,
    H,
    W,
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
        put(f.desk(i), x, y, turn)
        put(f.desk_things(i, ("code", "chart")[i]), x, y, turn)
        for part in f.chair_parts(("teal", "orange")[i]):
            put(part, x + 0.80, y + 0.06, turn + (18, -14)[i])
    put(f.plant_fig(9, "pot", 1.2), 0.42, 0.34)
    put(f.printer(), 0.42, 4.28, 90)
    # entrance and nap nook
    put(f.bench(), 1.92, D - 0.30)
    put(f.plant_tall(8, "pot", 0.80), 0.36, 5.2)
    put(f.bookshelf(1.05, 1.5, 1), 3.15, D - 0.22)
    put(f.floor_lamp("orange"), LAMP[0], LAMP[1])
    put(f.bean_bag("teal"), 1.52, 5.62, 30)
    for x, y, turn, tint in (
        (3.88, 5.42, 24, "orange"),
        (1.42, 4.02, -20, "blue"),
        (4.30, 4.10, 60, "cream"),
    ):
        put(cushion(tint), x, y, turn)
    put(f.cat(), 1.30, 4.62, 30)
    # coffee bar
    put(f.coffee_bar(), ARCH_X, D - 0.42)
    for x, tint in ((-0.72, "orange"), (0.0, "teal"), (0.72, "blue")):
        put(f.stool(tint), ARCH_X + x, D - 1.02)
    put(f.plant_fig(4, "terracotta", 1.25), 7.02, D - 0.38)
    # meeting
    put(f.sideboard(), 8.55, D - 0.27)
    put(f.plant_tall(12, "teal", 0.85), 9.98, D - 0.42)
    put(f.cafe_table(), 9.84, 4.55)
    for tint, y, turn in (("teal", 5.28, 0), ("orange", 3.84, 180)):
        for part in f.meeting_chair(tint):
            put(part, 9.78, y, turn)
    # lounge
    put(f.sofa("blue"), 9.86, 1.70, 270)
    put(f.plant_tall(3, "pot", 1.0), 9.96, 3.08)
    put(f.plant_fig(14, "pot", 0.9), 9.98, 0.34)
    put(f.pouf(), 6.62, 0.66)
    put(f.bean_bag("orange"), 8.55, 0.34, 160)
    put(f.coffee_table(), 5.45, 0.55)
    for x, seed in ((3.55, 21), (2.35, 22)):
        put(f.planter(0.98, seed), x, 0.30)
    return out


def cushion(tint):
    """A big flat floor cushion with a smaller one leaning on it."""
    p = Piece("cushion")
    p.box((0.56, 0.56, 0.13), (0, 0, 0.005), tint + ":soft", 0.062, segs=5)
    p.box(
        (0.34, 0.12, 0.30),
        (0.02, 0.17, 0.13),
        "cream:soft" if tint != "cream" else "teal:soft",
        0.055,
        rot=(-0.35, 0, 0.15),
        segs=5,
    )
    return p


def round_rug(name, at, picture, edge="cream:soft"):
    x, y, r = at
    q = Piece(name)
    q.cyl(r + 0.03, 0.012, (x, y, 0.001), edge, bevel=0.004, seg=64)
    q.disc(r, (x, y, 0.0145), "img:" + picture, seg=48)
    return q.build()


def rugs():
    x0, y0, x1, y1 = TILES
    t = Piece("tiles")
    t.box(
        (x1 - x0 + 0.10, y1 - y0 + 0.05, 0.008), ((x0 + x1) / 2, (y0 + y1) / 2 - 0.025, 0.0), "wood2", 0.003
    )
    t.floor(x0, y0, x1, y1, 0.0105, "img:" + tx.tiles(), tile=1.28)
    m = Piece("door-mat")
    m.box((0.95, 0.58, 0.016), (0.92, D - 0.52, 0.0), "terracotta:soft", 0.006)
    m.box((0.80, 0.43, 0.004), (0.92, D - 0.52, 0.016), "cream:soft", 0.001)
    return [
        loft_shell._carpet("rug-work", WORK_RUG, "diamonds"),
        loft_shell._carpet("rug-meeting", MEET_RUG, "stripes"),
        round_rug("rug-lounge", LOUNGE_RUG, tx.rug("rug-lounge", "rings")),
        round_rug("rug-nap", NAP_RUG, tx.rug("rug-nap", "rings"), "sage:soft"),
        t.build(),
        m.build(),
    ]


def wall_things():
    out = []

    def put(piece, x, z, y=D - 0.03):
        out.append(piece.build((x, y, z)))

    put(f.door(), 0.92, 0.0, D)
    put(f.coat_pegs(), 1.92, 1.10, D - 0.02)
    put(f.picture("cat", 0.42, 0.54), 2.62, 1.62 - 0.42)
    put(f.wall_shelf(1.2, 0), ARCH_X + 0.22, 1.55, D - 0.12)
    put(f.wall_shelf(1.2, 1), ARCH_X + 0.22, 1.18, D - 0.12)
    put(f.clock(), 7.42, 1.62, D - 0.02)
    put(f.picture("hills"), 7.62, 0.92)
    put(f.whiteboard(), 8.72, 0.98)
    put(f.picture("leaf", 0.42, 0.54), 9.92, 1.12)
    return out


def build():
    """Groups of objects: shell (floor and walls first), view, flat things, solid things; and lamps are lit."""
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
        "shell": shell[:3] + shell[4:],
        "view": shell[3:4],
        "flat": flat,
        "solid": solid,
        "ceiling": ceiling,
        "suns": {"key": key, "fill": fill, "beam": beam},
    }


def link_light(groups):
    """The key sun ignores the walls, else the open room would lie in their shadow; see `loft.lights`.

    `groups`: lists of objects under the names of `build`, before or after they were joined. The first three of the
    shell, and the ceiling, leave only window-shaped patches of the beam.
    """
    suns, solid = groups["suns"], groups["solid"]
    everything = [o for k in ("shell", "view", "flat", "solid") for o in groups[k]]
    link(suns["key"], "key", solid, everything)
    link(suns["fill"], "fill", solid)
    link(suns["beam"], "beam", solid + groups["shell"][:3] + [groups["ceiling"]], everything)


def tilt():
    """Direction from the room to the camera, Blender's axes."""
    return -stage.FORWARD / math.sqrt(stage.FORWARD.dot(stage.FORWARD))
