"""Figures of the pixel loft: the rig of the office worker, drawn as pixels, with faces set by hand.

A face of 25 pixels cannot be sampled, it must be written: the head is drawn without a face, then eyes, brows,
mouth and cheeks are set pixel by pixel where the head bone has them, if they look to the viewer and nothing
is in front of them.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix, Vector
from PIL import Image

import character
import pixel_palette as palette
import pixel_plan as plan
from character_mesh import face_y
from pixel_mesh import triangles
from pixel_plan import CELL, DIRECTIONS, FOOT, STATES
from pixel_raster import FORWARD, Mesh, draw, screen
from pixel_room import CLEAR, ink

SHADE = 254  # number of the shadow colour: the only half-transparent one
SHADE_ALPHA = 84
PREFIX = "char"
LIGHT = np.array((-0.30, -0.62, 0.72))  # faces are lit from where the viewer stands, whichever way they look
LIGHT /= np.linalg.norm(LIGHT)

COLUMNS = ("skin", "hair", "cut", "top", "legs", "shoes")
CAST = {
    name: dict(zip(COLUMNS, row.split(), strict=True)) | more
    for name, row, more in (
        ("pip", "skin1 hair_red tuft teal navy white", {}),
        ("moss", "skin3 hair_black short orange denim white", {"extra": "headphones"}),
        ("juno", "skin2 pink bob yellow navy teal", {}),
        ("zed", "skin4 hair_black afro red khaki white", {}),
        ("ruby", "skin1 hair_brown bun purple navy yellow", {}),
        ("olly", "skin2 hair_blond beanie blue charcoal orange", {"hat": "red"}),
    )
}


@dataclass
class Rig:
    """An armature with its mesh; `keep` marks the triangles that are drawn."""

    arm: object
    body: object
    names: list[str]
    keep: np.ndarray


def rig(spec: dict, name: str, cup: bool) -> Rig:
    """Build a figure and take its painted-on face away."""
    arm, body = character.build({"extra": "none"} | spec, name, cup)
    mesh = body.data
    mesh.calc_loop_triangles()
    names = [m.name for m in mesh.materials]
    face = {body.vertex_groups[g].index for g in ("eyes", "shine", "mouth")}
    hair = spec["hair"]
    keep = []
    for t in mesh.loop_triangles:
        corners = [mesh.vertices[v] for v in t.vertices]
        on_face = all(any(g.group in face and g.weight > 0.5 for g in v.groups) for v in corners)
        m = names[t.material_index]
        low = all(v.co.z < 1.06 and v.co.z > 0.99 and v.co.y < -0.18 and abs(v.co.x) < 0.19 for v in corners)
        nose = all(abs(v.co.x) < 0.03 and 0.86 < v.co.z < 0.91 and v.co.y < -0.27 for v in corners)
        keep.append(not (on_face or m == "blush" or (m == hair and low) or nose))
    return Rig(arm, body, names, np.array(keep))


def origin() -> np.ndarray:
    """Floor point that falls on the foot point of a cell whose top left corner is the picture's."""
    u, v = plan.art(0, 0)
    right = np.array([np.cos(plan.YAW), np.sin(plan.YAW), 0]) / plan.PPM
    down = np.array([np.sin(plan.YAW), -np.cos(plan.YAW), 0]) / (plan.PPM * np.sin(plan.ELEV))
    return right * (CELL[0] / 2 - u) + down * (FOOT - v)


LOOK = {"down": 14, "right": -30, "up": 0, "left": 44}  # degrees that a head turns to the viewer
HEAD = 1.08  # how much bigger than the rig's a head is


TYPING = 2.8  # how much further than the rig's the hands of a typist go
DOZE = ("#####", "...#.", "..#..", ".#...", "#####")


def glance(pose: dict, direction: str, state: str) -> dict:
    """The pose for pixels: a bigger head that looks more to the viewer, wider movements of the hands."""
    head = dict(pose.get("head", {}))
    if state == "sleeping":
        head["fwd"], head["side"] = head["fwd"] - 9, head["side"] * 0.8
    head["twist"] = head.get("twist", 0) + LOOK[direction]
    head["scale"] = (HEAD, HEAD, HEAD)
    pose = pose | {"head": head}
    if state == "working":  # hands that type must move by a pixel or two to be seen
        for n in ("forearm_L", "forearm_R"):
            pose[n] = pose[n] | {"fwd": 42 + (pose[n]["fwd"] - 42) * TYPING}
    return pose


def cell(rig_: Rig, pose: dict, direction: str, state: str, step: int = 0) -> np.ndarray:
    """One frame: colour numbers of a cell. `step`: number of the frame in its clip."""
    turn, pose = DIRECTIONS[direction], glance(pose, direction, state)
    character.apply_pose(rig_.arm, pose)
    bpy.context.view_layer.update()
    mesh = triangles(rig_.body, rig_.names)
    mesh = Mesh(mesh.points[rig_.keep], mesh.normals[rig_.keep], mesh.material[rig_.keep], mesh.names)
    at = origin()
    picture = draw(mesh.moved(at, turn), None, box=(0, 0, *CELL), cut=0.45, light=LIGHT)
    out = ink(picture)
    bone = rig_.arm.pose.bones["head"]
    head = bone.matrix @ bone.bone.matrix_local.inverted()
    Face(out, picture.depth, head, turn, at).write(pose, state, rig_)
    if state in ("walking", "standing"):
        shadow(out)
    if state == "sleeping":
        doze(out, step)
    return out


class Face:
    """Writes a face into a frame."""

    def __init__(self, out, depth, head, turn, at):
        self.out, self.depth, self.at = out, depth, at
        self.matrix = Matrix.Rotation(np.radians(turn), 4, "Z") @ head

    def spot(self, x: float, z: float):
        """(column, row, how much it looks to the viewer) of a place on the face; None when hidden."""
        place = Vector((x, face_y(abs(x), z), z))
        p = np.array(self.matrix @ place) + self.at
        normal = place - Vector((0, 0, 0.935))
        normal.z *= 0.4
        n = np.array(self.matrix.to_3x3() @ normal.normalized())
        facing = float(-(n @ FORWARD))
        xy, z_view = screen(p)
        column, row = int(np.floor(xy[0])), int(np.floor(xy[1]))
        if not (1 <= column < CELL[0] - 1 and 1 <= row < CELL[1] - 1) or facing < 0.22:
            return None
        if self.depth[row, column] < float(z_view) - 0.075:
            return None
        return column, row, facing

    def dot(self, column: int, row: int, number: int) -> None:
        """One pixel, never on the outline or outside."""
        if self.out[row, column] not in (CLEAR, 0):
            self.out[row, column] = number

    def block(self, column, row, width, height, number) -> None:
        for r in range(row, row + height):
            for c in range(column, column + width):
                self.dot(c, r, number)

    def write(self, pose: dict, state: str, rig_: Rig) -> None:
        skin = next(n for n in rig_.names if n.startswith("skin"))
        dark = skin in ("skin3", "skin4")
        closed = pose.get("eyes", {}).get("scale", (1, 1, 1))[2] < 0.5
        ink_, white = palette.colour("dark", 0), palette.colour("white", 2)
        for s in (-1, 1):
            cheek = self.spot(s * 0.185, 0.845)
            if cheek and cheek[2] > 0.35:
                self.block(
                    cheek[0] - 1,
                    cheek[1],
                    2 if cheek[2] < 0.7 else 3,
                    1,
                    palette.colour("red", 1 if dark else 2),
                )
            eye = self.spot(s * 0.112, 0.925)
            if eye is None:
                continue
            c, r, facing = eye
            wide = 3 if facing > 0.80 else 2
            left = c - 1
            if closed:
                self.block(left, r + 1, wide, 1, ink_)
            else:
                self.block(left, r - 2, wide, 4, ink_)
                self.dot(left, r - 2, white)
            self._brow(
                s, left, r - 4 - (state == "meeting"), wide, state, palette.colour("dark", 1 if dark else 0)
            )
        self._mouth(pose, state, dark)

    def _brow(self, side, left, row, wide, state, number) -> None:
        """Flat, raised when talking, slanted upwards to the middle when blocked."""
        if state == "sleeping":
            return
        if state != "blocked":
            self.block(left, row, wide, 1, number)
            return
        for k in range(wide):
            inner = k if side < 0 else wide - 1 - k
            self.dot(left + k, row + 1 - (inner > 0) - (inner > 1), number)

    def _mouth(self, pose, state, dark) -> None:
        spot = self.spot(0.0, 0.815)
        if spot is None:
            return
        c, r, facing = spot
        lip = palette.colour("red", 0 if dark else 1)
        half = facing < 0.6
        tall = abs(pose.get("mouth", {}).get("scale", (1, 1, 1))[2])
        if state == "meeting":
            self.block(c - 1, r - 1, 2 if half else 3, 3 if tall > 2.2 else 2, palette.colour("red", 0))
            if not half and tall > 2.2:
                self.dot(c, r + 1, palette.colour("pink", 2))
        elif state == "blocked":
            self.block(c - 1, r, 2 if half else 3, 1, lip)
            self.dot(c - 2, r + 1, lip)
            if not half:
                self.dot(c + 2, r + 1, lip)
        elif state == "sleeping":
            self.block(c - 1, r, 2, 2, lip)
        else:
            self.block(c - 1, r, 2 if half else 3, 1, lip)
            if not half:
                self.dot(c - 2, r - 1, lip)
                self.dot(c + 2, r - 1, lip)


def shadow(out: np.ndarray) -> None:
    """One flat, half-transparent step on the floor."""
    y, x = np.mgrid[0 : CELL[1], 0 : CELL[0]]
    round_ = ((x + 0.5 - CELL[0] / 2 - 2) / 11.5) ** 2 + ((y + 0.5 - FOOT - 0.5) / 5.6) ** 2 < 1
    out[round_ & (out == CLEAR)] = SHADE


def doze(out: np.ndarray, step: int) -> None:
    """A z that rises beside the head, one pixel a frame; it is gone in the last one."""
    if step == 3:
        return
    top = int(np.nonzero((out != CLEAR).any(1))[0][0])
    row, column = max(1, top + 5 - 3 * step), CELL[0] - 9 + step
    marks = [
        (row + r, column + c) for r, line in enumerate(DOZE) for c, mark in enumerate(line) if mark == "#"
    ]
    for reach, number in ((1, 0), (0, palette.colour("white", 2))):
        for r, c in marks:
            out[r - reach : r + reach + 1, c - reach : c + reach + 1] = number


def frames(name: str) -> dict[str, np.ndarray]:
    """Every frame of a figure by its name."""
    rigs = {cup: rig(CAST[name], name + ("-cup" if cup else ""), cup) for cup in (False, True)}
    out = {}
    for state, (clip, count, _) in STATES.items():
        for direction in DIRECTIONS:
            for i in range(count):
                pose = character.clip_pose(clip, i / count)
                out[f"{PREFIX}-{state}-{direction}-{i}"] = cell(
                    rigs[state == "coffee"], pose, direction, state, i
                )
    return out


def pack(name: str, pictures: dict[str, np.ndarray], folder: Path, width: int = 512) -> Path:
    """Trim, share equal frames, shelve by height; writes palette PNG and JSON hash, returns the JSON."""
    places, trims, shapes = {}, {}, {}
    for key, image in pictures.items():
        ys, xs = np.nonzero(image != CLEAR)
        part = image[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
        trims[key] = (int(xs.min()), int(ys.min()), part.tobytes() + bytes(part.shape))
        shapes[trims[key][2]] = part
    x = y = shelf = 1
    shelf = 0
    for ident, part in sorted(shapes.items(), key=lambda p: (-p[1].shape[0], -p[1].shape[1], p[0])):
        h, w = part.shape
        if x + w + 1 > width:
            x, y, shelf = 1, y + shelf + 1, 0
        places[ident] = (x, y)
        x, shelf = x + w + 1, max(shelf, h)
    height = 1 << (y + shelf).bit_length()
    sheet = np.full((height, width), CLEAR, np.uint8)
    table = {}
    for key in pictures:
        dx, dy, ident = trims[key]
        part, (px, py) = shapes[ident], places[ident]
        h, w = part.shape
        sheet[py : py + h, px : px + w] = part
        table[key] = {
            "frame": {"x": px, "y": py, "w": w, "h": h},
            "rotated": False,
            "trimmed": True,
            "spriteSourceSize": {"x": dx, "y": dy, "w": w, "h": h},
            "sourceSize": {"w": CELL[0], "h": CELL[1]},
            "anchor": {"x": 0.5, "y": round(FOOT / CELL[1], 4)},
        }
    save(sheet, folder / f"{PREFIX}-{name}.png")
    clips = {
        f"{PREFIX}-{s}-{d}": [f"{PREFIX}-{s}-{d}-{i}" for i in range(STATES[s][1])]
        for s in STATES
        for d in DIRECTIONS
    }
    meta = {
        "app": "office-studio art",
        "version": "1.0",
        "image": f"{PREFIX}-{name}.png",
        "format": "RGBA8888",
        "size": {"w": width, "h": height},
        "scale": repr(1 / plan.UNIT),
    }
    path = folder / f"{PREFIX}-{name}.json"
    path.write_text(json.dumps({"frames": table, "animations": clips, "meta": meta}, indent=1) + "\n")
    return path


def save(image: np.ndarray, path: Path) -> None:
    """Colour numbers -> palette PNG with hard alpha; its table holds only the colours it uses."""
    table = np.zeros((256, 4), np.uint8)
    table[: len(palette.INDEX), :3], table[: len(palette.INDEX), 3] = palette.INDEX, 255
    table[SHADE] = (*palette.rgb(palette.LINE), SHADE_ALPHA)
    used, numbers = np.unique(image, return_inverse=True)
    own = table[
        np.concatenate([used[used == CLEAR], used[used != CLEAR]])
    ]  # clear first: a short alpha table
    numbers = (numbers.reshape(image.shape) + int(CLEAR in used)) % len(used)
    picture = Image.fromarray(numbers.astype(np.uint8), "P")
    picture.putpalette(own[:, :3].tobytes())
    alpha = own[:, 3]
    clear = {} if (alpha == 255).all() else {"transparency": bytes(alpha)}
    picture.save(path, optimize=True, **clear)
