"""The live loft as a Blender scene, in the light of the cozy loft: what `loft3d_bake` bakes."""

import math

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
    put(f.bean_bag("orange"), 6.02, 0.78, 150)
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
        loft_shell._carpet("rug-nap", NAP_RUG, "diamonds"),
        nap_mats(),
        loft_shell._carpet("rug-meeting", MEET_RUG, "stripes"),
        round_rug("rug-lounge", LOUNGE_RUG, tx.rug("rug-lounge", "rings")),
        t.build(),
        m.build(),
    ]


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
        "shell": shell[:3] + shell[4:],
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
