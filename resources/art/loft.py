"""The cozy loft as a Blender scene: every picture of the room comes from here."""

import bpy

import furniture as f
import stage
from kit import Piece
from loft_shell import rugs, shell, wall_things
from plan import BEAN, CAFE, CANVAS, CENTRE, DESKS, PLACES, PPM, SCREENS, SOFA, TABLE, D, H, W, seats

VIEW = stage.View(CENTRE, PPM, CANVAS)


class Inventory:
    """Collects loose furniture: name, objects, the floor point used as sort key, tooltip."""

    def __init__(self):
        self.items = []

    def put(self, name, piece, x, y, turn=0, key=None, before=False, tip=None, whole=False):
        """Place a piece.

        `key`: floor point for sorting (default: its own). `before`: just under a sitter at that point.
        `whole`: nobody sits at it, so the picture's bottom edge is a good enough sort line and it stays one
        file.
        """
        ob = piece.build((x, y, 0), turn)
        ob.name = name
        self.items.append(
            {"name": name, "object": ob, "key": key or (x, y), "before": before, "tip": tip, "whole": whole}
        )
        return ob

    def place(self, name, piece, tip=None, whole=True):
        """Place a piece that nobody sits at where the plan says."""
        return self.put(name, piece, *PLACES[name], tip=tip, whole=whole)

    def child(self, piece, name):
        """A second object that belongs to the last piece, in its axes."""
        parent = self.items[-1]["object"]
        ob = piece.build((0, 0, 0))
        ob.name, ob.parent = name, parent
        self.items[-1]["children"] = [ob]


def furniture():
    """List of loose pieces; see `Inventory.put`."""
    inv = Inventory()
    put, place = inv.put, inv.place
    at = {s["id"]: s for s in seats()}
    colours = ("teal", "orange", "blue", "blue", "teal", "orange")
    for i, (x, y, turn) in enumerate(DESKS):
        put(f"desk-{i + 1}", f.desk(i), x, y, turn)
        inv.child(f.desk_things(i, SCREENS[i]), f"desk-things-{i + 1}")
        chair(inv, f"chair-{i + 1}", f.chair_parts(colours[i]), at[f"desk-{i + 1}"])
    put("meeting-table", f.meeting_table(1.7), *TABLE)
    for i in range(4):
        chair(
            inv,
            f"meeting-chair-{i + 1}",
            f.meeting_chair(("teal", "orange", "orange", "teal")[i]),
            at[f"table-{i + 1}"],
        )
    for i in range(3):
        place(f"glass-west-{i + 1}", f.glass_wall(0.91, posts=2), whole=False)
    place("glass-south", f.glass_wall(1.1, posts=2), whole=False)
    # lounge
    put(
        "sofa",
        f.sofa("blue"),
        *SOFA,
        key=(at["sofa-1"]["at"][0], at["sofa-1"]["at"][1]),
        before=True,
        tip="Sofa",
    )
    place("coffee-table", f.coffee_table())
    put("bean-bag", f.bean_bag("teal"), *BEAN, 62, before=True, tip="Bean bag")
    place("floor-lamp", f.floor_lamp("orange"))
    place("plant-lounge", f.plant_tall(3, "pot", 1.05))
    place("pouf", f.pouf())
    place("sideboard", f.sideboard(), tip="Record player")
    place("plant-corner", f.plant_fig(9, "terracotta", 1.2))
    place("plant-meeting", f.plant_tall(12, "teal", 0.85))
    # coffee bar
    place("coffee-bar", f.coffee_bar(), tip="Coffee machine", whole=False)
    put("cafe-table", f.cafe_table(), *CAFE, tip="Coffee bar table")
    for i in range(3):
        x, y, _ = at[f"bar-{i + 1}"]["at"]
        put(f"stool-{i + 1}", f.stool(("orange", "teal", "blue")[i]), x, y, before=True)
    place("plant-bar", f.plant_fig(4, "terracotta", 1.35))
    # entrance and window side
    place("bench", f.bench(), tip="Shoes off, please")
    place("bookshelf", f.bookshelf(1.1, 1.5, 1), tip="Bookshelf")
    place("plant-shelf", f.plant_tall(8, "pot", 0.80))
    place("printer", f.printer(), tip="Printer")
    place("plant-window", f.plant_tall(5, "terracotta", 0.85))
    place("plant-front", f.plant_fig(9, "pot", 1.3))
    place("cat", f.cat(), tip="Do not wake the cat")
    for i in range(2):
        place(f"planter-{i + 1}", f.planter(0.98, 21 + i))
    return inv.items


def chair(inv, name, parts, seat):
    """Two sprites: the seat sorts just under its sitter, the back by its own floor point."""
    x, y, _ = seat["at"]
    ob = inv.put(f"{name}-seat", parts[0], x, y, seat["turn"], before=True)
    lean = stage.Vector((0, 0.24, 0))
    lean.rotate(ob.rotation_euler)
    inv.put(f"{name}-back", parts[1], x, y, seat["turn"], key=(x + lean.x, y + lean.y))


def lights():
    """Daylight plus the warm sun that really comes through the windows.

    The key sun ignores the walls (shadow linking), or the cut-away room would lie in the shadow of its own
    wall;
    the window sun is blocked by walls and an invisible ceiling, so only window-shaped patches reach the
    floor.
    The backdrop has its own copy of the key: there only the slab and the walls cast a shadow.
    """
    key, fill = stage.daylight()
    ceiling = Piece("ceiling")
    ceiling.box((W + 8, D + 8, 0.05), (W / 2 + 3.8, D / 2, H + 0.06), "white", 0)
    ceiling = ceiling.build()
    ceiling.visible_camera = ceiling.visible_diffuse = ceiling.visible_glossy = False
    beam = stage.sun("window-sun", stage.SUN_DIR, "#FFD39A", 5.0, 1.2)
    outdoor = stage.sun("backdrop-sun", (0.45, 0.2, -0.85), "#FFF0DC", 1.7, 30)
    return key, fill, beam, outdoor, ceiling


def link(light, name, blockers=None, receivers=None):
    """Limit which objects cast shadows from, and which are lit by, `light`."""
    for kind, objects in (("blocker", blockers), ("receiver", receivers)):
        if objects is not None:
            c = bpy.data.collections.new(f"{name}-{kind}s")
            for ob in objects:
                c.objects.link(ob)
            setattr(light.light_linking, f"{kind}_collection", c)


def build():
    """Whole scene; dictionary of object groups."""
    rig = {"shell": shell(), "rugs": rugs(), "wall": wall_things(), "items": furniture()}
    solid = [i["object"] for i in rig["items"]] + [c for i in rig["items"] for c in i.get("children", [])]
    key, fill, beam, outdoor, ceiling = lights()
    backdrop = Piece("backdrop")
    backdrop.box((80, 80, 0.02), (W / 2, D / 2, -0.60), "backdrop", 0)
    rig["backdrop"] = backdrop.build()
    inside = solid + rig["wall"] + rig["shell"] + rig["rugs"]
    link(key, "key", solid + rig["wall"], inside)
    link(fill, "fill", solid)
    link(beam, "beam", solid + rig["wall"] + rig["shell"][:3] + [ceiling], inside)
    link(outdoor, "outdoor", rig["shell"][:1], [rig["backdrop"]])
    rig["lamps"] = [stage.point("lamp", (9.01, 2.97, 1.15), "#FFC98A", 14)]
    return rig
