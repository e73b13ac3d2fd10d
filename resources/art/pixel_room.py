"""The pixel loft: plate and furniture sprites as palette pictures, with their places.

Plate and sprites come from the same scene: the furniture throws its shadows on the plate, and a sprite is lit
as it stands in the room. All numbers are art pixels; the theme writer multiplies them by 3.
"""

from dataclasses import dataclass

import numpy as np

import furniture as f
import pixel_palette as palette
import pixel_plan as plan
import pixel_props as props
import pixel_shell as shell
from pixel_mesh import place
from pixel_plan import BEANS, CAFE, DESKS, PLACES, TABLE
from pixel_raster import Mesh, Picture, Sun, draw, folds, join, lonely, rim

CLEAR = 255  # number of the transparent colour


@dataclass
class Item:
    """A loose piece: its triangles, the floor point it sorts by, and how a theme shows it."""

    name: str
    mesh: Mesh
    key: tuple[float, float]
    before: bool = False  # sorts just under a sitter at that point
    tip: str | None = None
    whole: bool = True  # nobody sits at it: one picture is enough
    animation: dict | None = None
    shadow: bool = True
    outline: bool = True
    later: int = 0  # floats, and sorts this many art pixels after its floor point


def items() -> list[Item]:
    """Everything that stands in the room."""
    out: list[Item] = []

    def put(name, piece, x, y, turn=0, key=None, z=0.0, **more):
        out.append(Item(name, place(piece, (x, y, z), turn), key or (x, y), **more))

    def stand(name, piece, **more):
        put(name, piece, *PLACES[name], **more)

    at = {s["id"]: s for s in plan.seats()}
    colours = ("pink", "teal", "orange", "yellow", "pink", "blue")
    for i, (x, y, turn) in enumerate(DESKS):
        put(f"desk-{i + 1}", f.desk(i, w=plan.DESK_WIDTH), x, y, turn, whole=False)
        out[-1].mesh = join([out[-1].mesh, place(props.desk_things(i), (x, y, 0), turn)])
        chair(out, f"chair-{i + 1}", f.chair_parts(colours[i]), at[f"desk-{i + 1}"])
    put("table", f.meeting_table(1.7), *TABLE, whole=False)
    for i in range(4):
        c = ("teal", "orange", "pink", "blue")[i]
        chair(out, f"table-chair-{i + 1}", f.meeting_chair(c), at[f"table-{i + 1}"])
    for i, (x, y) in enumerate(BEANS):
        tip = "Bean bag"
        put(f"bean-{i + 1}", f.bean_bag(("teal", "pink")[i]), x, y, -28, before=True, tip=tip, whole=False)
    x, y, _ = at["player-1"]["at"]
    put("arcade-stool", f.stool("yellow"), x, y, before=True, whole=False)
    put("cafe-table", f.cafe_table(), *CAFE, tip="Snack bar table", whole=False)
    for i in range(3):
        x, y, _ = at[f"snack-{i + 1}"]["at"]
        put(f"stool-{i + 1}", f.stool(("pink", "teal", "orange")[i]), x, y, before=True, whole=False)
    stand("arcade-1", props.arcade("pink", "yellow", 0), tip="Insert coin")
    stand("arcade-2", props.arcade("teal", "orange", 1), tip="High score: 128,000")
    stand("pinball", props.pinball(), tip="Pinball")
    stand("game-shelf", f.bookshelf(1.0, 1.36, 5, rows=3), tip="Every game since 1985")
    stand("television", props.television(), tip="Now playing: frogs")
    stand("aquarium", props.aquarium(), tip="Aquarium")
    for i, (dx, z, c) in enumerate(((-0.16, 0.76, "orange"), (0.20, 0.62, "red"))):
        x, y, _ = PLACES["aquarium"]
        motion = {"type": "bob", "distance": 9, "duration": 5200 - 1400 * i}
        put(f"fish-{i + 1}", props.fish(c), x + dx, y - 0.21, z=z, key=(x, y), animation=motion)
        out[-1].shadow = out[-1].outline = False
        out[-1].later = 14  # after the tank, whose front reaches lower
    stand("coffee-bar", f.coffee_bar(1.84), tip="Coffee machine", whole=False)
    stand("vending", props.vending(), tip="Cold drinks")
    stand("plant-vending", props.bush("orange", 0.95, 1))
    stand("plant-window", props.palm("teal", 0.95, 2))
    stand("plant-meeting", props.bush("pot", 0.80, 3))
    stand("plant-front", props.palm("orange", 1.0, 4))
    stand("planter-1", props.hedge(0.98, 21))
    stand("planter-2", props.hedge(0.98, 22))
    stand("cat", f.cat("charcoal"), tip="Pixel the cat")
    stand("server", props.server(), tip="Server. Please do not unplug")
    stand("robot", props.robot(), tip="Floor robot")
    stand("floor-lamp", props.floor_lamp())
    stand("balloon", props.balloon_foot())
    x, y, _ = PLACES["balloon"]
    motion = {"type": "bob", "distance": 9, "duration": 4200}
    put("ghost", props.balloon(), x, y, tip="Boo", animation=motion)
    out[-1].later = 1
    return out


def chair(out, name, parts, seat):
    """Two sprites: the seat sorts just under its sitter, the back by its own floor point."""
    x, y, _ = seat["at"]
    out.append(
        Item(f"{name}-seat", place(parts[0], (x, y, 0), seat["turn"]), (x, y), before=True, whole=False)
    )
    turn = np.radians(seat["turn"])
    back = (x - 0.24 * np.sin(turn), y + 0.24 * np.cos(turn))
    out.append(Item(f"{name}-back", place(parts[1], (x, y, 0), seat["turn"]), back, whole=False))


def ink(picture: Picture, outline: bool = True, clean: bool = True) -> np.ndarray:
    """Colour numbers of a picture (CLEAR where nothing is), with outline and inner lines."""
    key = lonely(picture.key) if clean else picture.key
    ramp, tone = np.divmod(np.maximum(key, 0), 16)
    starts = np.array([palette.START[r] for r in picture.ramps])
    lengths = np.array([len(palette.RAMPS[r]) for r in picture.ramps])
    lit = tone == palette.GLOW
    tone = np.where(lit, lengths[ramp] - 1, np.clip(tone, 0, lengths[ramp] - 1))
    if outline:
        tone = np.where(folds(picture) & ~lit, 0, tone)
    out = starts[ramp] + tone
    if outline:
        out = np.where(rim(picture), 0, out)
    return np.where(key >= 0, out, CLEAR).astype(np.uint8)


def build() -> tuple[np.ndarray, list[dict]]:
    """(plate, sprites): colour numbers of the whole picture, and pieces with image, place and sort line."""
    walls, pieces = join(shell.meshes()), items()
    sun = Sun(join([p.mesh for p in pieces if p.shadow]))  # no walls: the room is cut open
    plate = ink(draw(walls, sun, shell.Painter(), (0, 0, *plan.ART)), outline=False)
    plate = backdrop(plate)
    sprites = []
    for item in pieces:
        picture = draw(item.mesh, sun, cut=0.34)
        image = ink(picture, item.outline)
        ys, xs = np.nonzero(image != CLEAR)
        top, left = int(ys.min()), int(xs.min())
        foot = plan.art(*item.key)[1]
        sprites.append(
            {
                "id": item.name,
                "image": image[top : ys.max() + 1, left : xs.max() + 1],
                "x": picture.at[0] + left,
                "y": picture.at[1] + top,
                "sort": round(foot) - (1 if item.before else 0) + item.later,
                "float": item.later > 0,
                "tip": item.tip,
                "whole": item.whole,
                "animation": item.animation,
            }
        )
    return plate, sprites


def backdrop(plate: np.ndarray) -> np.ndarray:
    """Flat colour around the room, one flat step of shadow under the slab, an outline around all."""
    room = plate != CLEAR
    out = np.where(room, plate, 1)
    shadow = np.zeros(room.shape, bool)
    for k in range(1, 15):
        shadow[k:, k // 2 :] |= room[:-k, : room.shape[1] - k // 2]
    out[shadow & ~room] = 2
    edge = np.zeros(room.shape, bool)
    p = np.pad(room, 1)
    for n in (p[1:-1, :-2], p[1:-1, 2:], p[:-2, 1:-1], p[2:, 1:-1]):
        edge |= room & ~n
    out[edge] = 0
    return out.astype(np.uint8)


def rgba(image: np.ndarray) -> np.ndarray:
    """Colour numbers -> RGBA, hard alpha."""
    table = np.zeros((256, 4), np.uint8)
    table[: len(palette.INDEX), :3], table[: len(palette.INDEX), 3] = palette.INDEX, 255
    return table[image]
