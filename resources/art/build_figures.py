"""Figure atlas: every frame of a figure in ONE render, then cut, trimmed and packed with a JSON hash.

The camera is orthographic and the light is a sun, so moving a figure across the floor changes nothing but
its place in the picture. 136 posed copies stand on a floor grid, one per cell: one render call instead of
136.
"""

import json
import math
import os
from collections.abc import Callable
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Vector
from PIL import Image

import character
import grade
import loft
import plan
import stage
from kit import Piece
from plan import CELL, FOOT, STATES

BELOW = 164  # no figure reaches this row of its cell; what shows there is the tip of one in the next row
ANCHOR = (0.5, FOOT / CELL[1])  # foot point inside the cell
DIRECTIONS = {"down": 0, "right": 90, "up": 180, "left": plan.LEFT}
GROUND_UP = Vector(
    (-math.sin(stage.YAW), math.cos(stage.YAW), 0)
)  # floor direction that points up on the canvas


@dataclass(frozen=True)
class Style:
    """Who is rendered and in which light.

    `cast`: name -> outfit; `light()` puts the lamps into an empty scene; `look`: options of
    grade.sprite_array; `shadow`: colour of the shadow on the floor, `depth` its strength; `one_shadow`: the
    first figure's shadow serves all (blurred as it is, costumes do not show in it), a third less to render.
    """

    cast: dict
    light: Callable
    look: dict
    shadow: tuple = (0.29, 0.20, 0.25)  # plum, never black
    depth: float = 0.6
    one_shadow: bool = False


DAY = Style(character.VARIANTS, stage.daylight, {"gamma": 1.06, "saturation": 0.98})


def render_figures(path, light=stage.daylight):
    """Pass 1: figures without a floor, so the silhouette has clean alpha."""
    light()
    bounce = Piece("bounce")  # warm floor light from below, invisible
    bounce.box((200, 200, 0.02), (0, 0, -0.6), "floor", 0)
    bounce = bounce.build()
    bounce.visible_camera = False
    stage.render(path)
    bpy.data.objects.remove(bounce)


def render_shadows(path, figures, samples):
    """Pass 2: only the shadow on the floor, from an own steep, wide sun, so that it stays inside the cell."""
    for ob in [o for o in bpy.data.objects if o.type == "LIGHT"]:
        bpy.data.objects.remove(ob)
    bpy.context.scene.world = None
    floor = Piece("floor")
    floor.box((120, 120, 0.02), (0, 0, -0.02), "floor", 0)
    floor.build().is_shadow_catcher = True
    stage.sun("shadow-sun", (0.28, 0.14, -1.0), "#FFFFFF", 2.0, 40)
    for ob in figures:
        ob.visible_camera = False
    bpy.context.scene.cycles.samples = samples
    bpy.context.scene.render.resolution_percentage = 25  # a quarter is plenty for a blur, and 16 times faster
    stage.render(path)


def shadow_alpha(exr, figures, kept=None):
    """Strength of the shadows, quarter size; read from the file `kept`, or rendered and kept there."""
    if kept and os.path.exists(kept):
        return np.load(kept)
    render_shadows(exr, figures, 12)
    alpha = grade.load_exr(exr)[..., 3]
    if kept:
        np.save(kept, alpha)
    return alpha


def render_variant(name, out, samples, scale, states=STATES, cols=12, style=DAY):
    stage.reset()
    stage.settings(samples, transparent=True)
    spec = style.cast[name]
    cells = frame_list(states)
    rows = math.ceil(len(cells) / cols)
    size = (cols * CELL[0], rows * CELL[1])
    view = stage.View((0, 0, 0), loft.VIEW.ppm, size)
    rigs = {cup: character.build(spec, name + ("-cup" if cup else ""), cup) for cup in (False, True)}
    step_right = stage.RIGHT * (CELL[0] / loft.VIEW.ppm)
    step_down = GROUND_UP * (-CELL[1] / loft.VIEW.ppm / math.sin(stage.ELEV))
    u0, v0 = -size[0] / 2 + CELL[0] * ANCHOR[0], -size[1] / 2 + CELL[1] * ANCHOR[1]
    origin = stage.RIGHT * (u0 / loft.VIEW.ppm) + GROUND_UP * (-v0 / loft.VIEW.ppm / math.sin(stage.ELEV))
    copies = []
    for n, (state, direction, i) in enumerate(cells):
        clip, count, _ = states[state]
        arm, ob = rigs[state == "coffee"]
        character.apply_pose(arm, character.clip_pose(clip, i / count))
        bpy.context.view_layer.update()
        mesh = bpy.data.meshes.new_from_object(ob.evaluated_get(bpy.context.evaluated_depsgraph_get()))
        copy = bpy.data.objects.new(f"cell-{n}", mesh)
        copy.location = origin + step_right * (n % cols) + step_down * (n // cols)
        copy.rotation_euler = (0, 0, math.radians(DIRECTIONS[direction]))
        bpy.context.scene.collection.objects.link(copy)
        copies.append(copy)
    for arm, ob in rigs.values():
        ob.hide_render = True
    view.apply(scale)
    exr = os.path.join(out, f"{name}.exr")
    bpy.context.scene.cycles.max_bounces = 2
    render_figures(exr, style.light)
    linear = grade.load_exr(exr)
    np.save(exr.replace(".exr", ".npy"), linear.astype(np.float16))
    alpha = shadow_alpha(exr, copies, os.path.join(out, "shadow.npy") if style.one_shadow else None)
    os.remove(exr)
    return finish(name, linear, alpha, cells, states, cols, scale, out, style)


def finish(name, linear, alpha, cells, states, cols, scale, out, style=DAY):
    """Grade the linear sheet, lay it over its shadow (strength 0..1, any size), cut and pack."""
    sheet = grade.sprite_array(linear, **style.look).astype(np.float32) / 255
    sheet[np.arange(len(sheet)) % round(CELL[1] * scale) >= round(BELOW * scale)] = 0
    small = Image.fromarray(alpha)
    shadow = np.asarray(small.resize(sheet.shape[1::-1], Image.BICUBIC))[..., None]
    shadow = np.clip(shadow * 1.05 - 0.02, 0, 0.55) * style.depth
    shadow *= cell_fade(shadow.shape, scale)
    sheet = over(
        sheet, np.concatenate([np.broadcast_to(np.float32(style.shadow), (*shadow.shape[:2], 3)), shadow], -1)
    )
    sheet = (sheet * 255 + 0.5).astype(np.uint8)
    return pack(name, sheet, cells, states, cols, scale, out)


def frame_list(states=STATES):
    """Every frame as (state, direction, index), in the order of the cells."""
    return [(s, d, i) for s in states for d in DIRECTIONS for i in range(states[s][1])]


def over(top, bottom):
    """Straight-alpha `top` over `bottom`, arrays 0..1."""
    ta, ba = top[..., 3:], bottom[..., 3:]
    a = ta + ba * (1 - ta)
    rgb = (top[..., :3] * ta + bottom[..., :3] * ba * (1 - ta)) / np.maximum(a, 1e-6)
    return np.concatenate([rgb, a], -1)


def cell_fade(shape, scale):
    """Ellipse around every foot point that takes the shadow to zero before the cell border."""
    h, w = shape[:2]
    cw, ch = CELL[0] * scale, CELL[1] * scale
    y, x = np.mgrid[0:h, 0:w]
    dx = (x % cw - cw * ANCHOR[0] - 6 * scale) / (cw * 0.44)
    dy = (y % ch - ch * ANCHOR[1]) / (ch * 0.155)
    return np.clip(2.2 * (1 - np.sqrt(dx * dx + dy * dy)), 0, 1)[..., None].astype(np.float32)


PREFIX = "char"  # the same frame names in every atlas, so that one manifest fits all variants


def pack(name, sheet, cells, states, cols, scale, out, pad=2, width=2048):
    """Trim each cell, pack by shelves (tallest first), write PNG and TexturePacker 'JSON Hash'."""
    cw, ch = int(CELL[0] * scale), int(CELL[1] * scale)
    width = int(width * max(1, scale))
    frames = []
    for n, (state, direction, i) in enumerate(cells):
        x, y = n % cols * cw, n // cols * ch
        cell = sheet[y : y + ch, x : x + cw]
        ys, xs = np.nonzero(cell[..., 3] > 2)
        x0, x1, y0, y1 = xs.min(), xs.max() + 1, ys.min(), ys.max() + 1
        frames.append((f"{PREFIX}-{state}-{direction}-{i}", cell[y0:y1, x0:x1], x0, y0))
    px = py = pad
    shelf, placed = 0, {}
    for key, img, x0, y0 in sorted(frames, key=lambda f: (-f[1].shape[0], f[0])):
        h, w = img.shape[:2]
        if px + w + pad > width:
            px, py, shelf = pad, py + shelf + pad, 0
        placed[key] = (px, py, img, x0, y0)
        px, shelf = px + w + pad, max(shelf, h)
    height = 1 << (py + shelf + pad - 1).bit_length()
    atlas = np.zeros((height, width, 4), np.uint8)
    table = {}
    for key, img, x0, y0 in frames:
        x, y, img, x0, y0 = placed[key]
        h, w = img.shape[:2]
        atlas[y : y + h, x : x + w] = img
        table[key] = {
            "frame": {"x": x, "y": y, "w": w, "h": h},
            "rotated": False,
            "trimmed": True,
            "spriteSourceSize": {"x": int(x0), "y": int(y0), "w": w, "h": h},
            "sourceSize": {"w": cw, "h": ch},
            "anchor": {"x": ANCHOR[0], "y": round(ANCHOR[1], 4)},
        }
    grade.save_palette(Image.fromarray(atlas), os.path.join(out, f"{PREFIX}-{name}.png"))
    animations = {
        f"{PREFIX}-{s}-{d}": [f"{PREFIX}-{s}-{d}-{i}" for i in range(states[s][1])]
        for s in states
        for d in DIRECTIONS
    }
    meta = {
        "app": "office-studio art",
        "version": "1.0",
        "image": f"{PREFIX}-{name}.png",
        "format": "RGBA8888",
        "size": {"w": width, "h": height},
        "scale": str(scale),
    }
    with open(os.path.join(out, f"{PREFIX}-{name}.json"), "w") as fh:
        json.dump({"frames": table, "animations": animations, "meta": meta}, fh, indent=1)
    return os.path.join(out, f"{PREFIX}-{name}.png")
