"""The night lab as a Blender scene: every picture of the room comes from here."""

import sys

import bpy
from mathutils import Vector

import night_furniture as f
import night_furniture_lounge as g
import night_palette
import stage
from build_room import Style
from kit import Piece
from loft import Inventory, link
from night_grade import GLOW, LOOK
from night_plan import (
    ARCADE,
    ARCS,
    BAR,
    BENCHES,
    CART,
    CAT_SIGN,
    CONSOLE,
    DRONE,
    GLASS_R,
    HOLO,
    LIFT_X,
    PLACES,
    PODS,
    RACKS,
    ROBOT,
    SCREENS,
    SERVER,
    SOFA,
    TABLE,
    TANKS,
    TUBE_Z,
    VENDING,
    on_circle,
    posts,
    seats,
)
from night_shell import guide_lines, rugs, shell, signs, tubes, wall_things
from plan import CANVAS, CENTRE, PPM, D, W

VIEW = stage.View(CENTRE, PPM, CANVAS)

SWAY = {"type": "sway", "angle": 1.4, "duration": 5200}
BOB = {"type": "bob", "distance": 7, "duration": 3400}


class Depot(Inventory):
    """An inventory whose pieces may move."""

    def put(self, name, piece, x, y, turn=0, animation=None, **options):
        """See `Inventory.put`; `animation` goes into the manifest."""
        ob = super().put(name, piece, x, y, turn, **options)
        self.items[-1]["animation"] = animation
        return ob


def furniture():
    """List of loose pieces; see `Depot.put`."""
    inv = Depot()
    at = {s["id"]: s for s in seats()}
    _benches(inv, at)
    _holodeck(inv, at)
    _servers(inv, at)
    _lounge(inv, at)
    _plants(inv)
    put = inv.put
    put("drone", g.drone(DRONE[2]), DRONE[0], DRONE[1], 25, BOB, tip="Courier drone", whole=True)
    put("robot-dog", g.robot_dog(), *PLACES["robot-dog"], tip="Recharging", whole=True)
    put("cubes", g.cubes(), *PLACES["cubes"], whole=True)
    put("crates", g.crates(), *PLACES["crates"], whole=True)
    for i, (x, y) in enumerate(TANKS):
        put(f"glass-tank-{i + 1}", g.tank(("lime", "violet")[i]), x, y, tip="Bio tank", whole=True)
    return inv.items


def _benches(inv, at):
    colours = ("teal", "orange", "blue", "purple", "teal")
    glows = ("magenta", "cyan", "amber", "cyan", "magenta")
    for i, (x, y, turn) in enumerate(BENCHES):
        inv.put(f"bench-{i + 1}", f.bench(i), x, y, turn)
        inv.child(f.bench_things(SCREENS[i], i), f"bench-things-{i + 1}")
        chair(inv, f"chair-{i + 1}", f.task_chair(colours[i], glows[i]), at[f"bench-{i + 1}"])
    inv.put("robot-arm", f.robot_cell(), *ROBOT, tip="Robot arm")
    chair(inv, "chair-robot", f.task_chair("yellow", "cyan"), at["robot"])
    inv.put("printer", f.printer(), *PLACES["printer"], tip="3D printer", whole=True)


def _holodeck(inv, at):
    inv.put("holo-table", f.holo_table(), *HOLO, tip="Hologram table")
    for i in range(5):
        x, y, _ = at[f"holo-{i + 1}"]["at"]
        inv.put(f"stool-{i + 1}", f.holo_stool("magenta" if i in (1, 4) else "cyan"), x, y, before=True)
    for i, (a, b) in enumerate(ARCS):
        key = on_circle(HOLO, GLASS_R, (a + b) / 2)
        inv.put(f"glass-arc-{i + 1}", f.glass_arc(GLASS_R, a, b), *HOLO, key=key)
    for i, (x, y) in enumerate(posts()):
        inv.put(f"post-{i + 1}", f.gate_post(), x, y)


def _servers(inv, at):
    for i, place in enumerate(RACKS):
        inv.put(f"rack-{i + 1}", f.rack(i), *place, tip="Server rack" if i == 0 else None, whole=True)
    inv.put("cooler", f.cooler(), *PLACES["cooler"], tip="Cooling", whole=True)
    inv.put("console", f.bench(3), *CONSOLE)
    inv.child(f.console_things(), "console-things")
    chair(inv, "chair-console", f.task_chair("teal", "lime"), at["server-1"])
    inv.put("cart", f.service_cart(), *CART, tip="Service terminal")
    x, y, _ = at["server-2"]["at"]
    inv.put("stool-server", f.holo_stool("lime"), x, y, before=True)
    for i, y in enumerate((6.68, 5.86, 5.04)):
        inv.put(f"glass-west-{i + 1}", f.glass_panel(0.82), SERVER[0], y, 90)


def _lounge(inv, at):
    sofa = at["sofa-1"]["at"]
    inv.put("sofa", g.sofa(), *SOFA, key=(sofa[0], sofa[1]), before=True, tip="Capsule sofa")
    for i, (x, y, turn) in enumerate(PODS):
        inv.put(f"pod-{i + 1}", g.pod_chair(("cyan", "magenta")[i]), x, y, turn, before=True)
    inv.put("lava-table", g.lava_table(), *TABLE, tip="Lava lamp", whole=True)
    inv.put("tube-lamp", g.tube_lamp(), *PLACES["tube-lamp"], whole=True)
    inv.put("vending", g.vending(), *VENDING, tip="Vending machine", whole=True)
    inv.put("arcade", g.arcade(), *ARCADE, tip="Arcade", whole=True)
    inv.put("snack-table", g.snack_table(), *BAR, tip="Noodles")
    for i in range(2):
        x, y, _ = at[f"snack-{i + 1}"]["at"]
        inv.put(f"stool-snack-{i + 1}", f.holo_stool(("amber", "cyan")[i]), x, y, before=True)


def _plants(inv):
    kinds = {
        "plant-front": ("fig", 9, "pot", 1.25),
        "plant-corner": ("tall", 3, "terracotta", 1.0),
        "plant-lift": ("tall", 8, "pot", 0.85),
    }
    for number, (name, (kind, seed, pot, h)) in enumerate(kinds.items()):
        x, y, turn = PLACES[name]
        pot_piece, leaves = g.potted(kind, seed, pot, h)
        inv.put(name + "-pot", pot_piece, x, y, turn, whole=True)
        move = SWAY | {"duration": SWAY["duration"] + 700 * number}
        inv.put(name, leaves, x, y - 0.01, turn, move)


def chair(inv, name, parts, seat):
    """Two sprites: the seat sorts just under its sitter, the back by its own floor point."""
    x, y, _ = seat["at"]
    ob = inv.put(f"{name}-seat", parts[0], x, y, seat["turn"], before=True)
    lean = Vector((0, 0.24, 0))
    lean.rotate(ob.rotation_euler)
    inv.put(f"{name}-back", parts[1], x, y, seat["turn"], key=(x + lean.x, y + lean.y))


def _strip(name, at, target, size, colour, power):
    """Long, narrow light: (length, width) metres, the length runs along the lamp's own x."""
    lamp = stage.area(name, at, target, size[0], colour, power)
    lamp.data.shape, lamp.data.size_y = "RECTANGLE", size[1]
    return lamp


def lamps():
    """A lamp beside every visible glow: tubes alone light too little and make noise."""
    z = TUBE_Z
    _strip("magenta-wall", (3.0, D - 0.12, z), (3.0, D - 1.6, 0), (5.2, 0.1), "#FF4FC3", 62)
    _strip("magenta-snack", (7.9, D - 0.12, z), (7.9, D - 1.6, 0), (1.5, 0.1), "#FF4FC3", 22)
    _strip("lime-wall", (10.6, D - 0.12, z), (10.6, D - 1.4, 0), (3.4, 0.1), "#4DF5B0", 42)
    west = _strip("cyan-wall", (0.12, D / 2, z), (1.6, D / 2, 0), (0.1, 6.6), "#38D9FF", 70)
    west.rotation_euler.z = 0
    west.rotation_euler = Vector((0.62, 0, -0.78)).to_track_quat("-Z", "Y").to_euler()
    for x, y, turn in (*BENCHES, CONSOLE):
        s = 1 if turn == 0 else -1
        stage.point("screen", (x, y + 0.30 * s, 0.86), "#5CC6FF", 3.4, 0.15)
    stage.point("robot", (ROBOT[0] - 0.3, ROBOT[1], 1.25), "#FFC070", 6, 0.2)
    stage.point("holo", (*HOLO, 1.15), "#35DCFF", 26, 0.25)
    stage.point(
        "lounge", (PLACES["tube-lamp"][0] - 0.1, PLACES["tube-lamp"][1] - 0.25, 0.9), "#FFB45C", 22, 0.3
    )
    stage.point("lava", (*TABLE, 0.75), "#FF8A6A", 7, 0.2)
    stage.point("lift", (LIFT_X, D - 0.55, 1.5), "#FFC070", 9, 0.25)
    stage.point("vending", (VENDING[0], VENDING[1] - 0.75, 1.0), "#FF8AE0", 9, 0.3)
    stage.point("arcade", (ARCADE[0], ARCADE[1] - 0.6, 1.0), "#FFB070", 4, 0.2)
    stage.point("racks", ((RACKS[0][0] + RACKS[-1][0]) / 2, 5.9, 1.3), "#54FFC8", 9, 0.4)
    stage.point("cat", (0.45, CAT_SIGN[0], CAT_SIGN[1]), "#FF5AC8", 7, 0.3)
    for i, (x, y) in enumerate(TANKS):
        stage.point("tank", (x + 0.45, y, 0.7), ("#54FFB0", "#A07BFF")[i], 3.5, 0.25)


def lights():
    """Cool key and fill that keep the furniture readable, then the lamps."""
    stage.world("#5A5FD0", 0.42)
    key = stage.sun("key", stage.SUN_DIR, "#C4CCFF", 1.5, 12)
    fill = stage.sun("fill", (-0.35, 0.75, -0.55), "#A698FF", 0.75, 60)
    lamps()
    return key, fill


def build():
    """Whole scene; dictionary of object groups."""
    night_palette.room()
    bpy.context.scene.cycles.use_light_tree = True  # many small lamps
    bpy.context.scene.cycles.sample_clamp_direct = 14
    bpy.context.scene.cycles.sample_clamp_indirect = 2.5
    rig = {"shell": shell(), "rugs": rugs(), "wall": wall_things(), "items": furniture()}
    rig["neon"] = tubes() + guide_lines() + signs()
    solid = [i["object"] for i in rig["items"]] + [c for i in rig["items"] for c in i.get("children", [])]
    backdrop = Piece("backdrop")
    backdrop.box((80, 80, 0.02), (W / 2, D / 2, -0.75), "backdrop", 0)
    rig["backdrop"] = backdrop.build()
    key, fill = lights()
    inside = solid + rig["wall"] + rig["shell"] + rig["rugs"]
    link(key, "key", solid + rig["wall"], inside)
    link(fill, "fill", solid, inside)
    _gloss()
    return rig


def _gloss():
    """A floor that mirrors the neon a little."""
    for material in bpy.data.materials:
        if "night-floor" in material.name or "night-grating" in material.name:
            bsdf = next(n for n in material.node_tree.nodes if n.type == "BSDF_PRINCIPLED")
            bsdf.inputs["Roughness"].default_value = 0.34
            bsdf.inputs["Specular IOR Level"].default_value = 0.55


STYLE = Style(
    room=sys.modules[__name__],
    look=LOOK,
    plate={"glow": GLOW},
    sprite={"shadow": None},
    footprint=0.7,
    glass=64,
)
