"""preview.png of `themes/loft-3d`, drawn from the theme's own models, places, clips and camera.

Blender draws it, because it is there; the baked room needs no lamp and the figures get lamps like the
manifest's.
"""

import json
import math
from pathlib import Path

import bpy
import numpy as np
from mathutils import Vector
from PIL import Image

import grade
import stage

SIZE = (640, 360)
BUSY = (  # place, key of the animation
    ("desk", "type"),
    ("desk-2", "type"),
    ("desk-4", "blocked"),
    ("desk-5", "type"),
    ("desk-8", "type"),
    ("desk-10", "type"),
    ("meeting", "talk"),
    ("meeting-3", "talk"),
    ("meeting-5", "idle"),
    ("playground", "dance"),
    ("playground-2", "crunch"),
    ("playground-4", "wave"),
    ("bed-10", "sleeping"),
    ("bed-11", "sleeping"),
)


def figure(path, clip, at, turn, scale, second):
    """Import one figure, pose it at a time of a clip, put it on the floor (Blender's axes)."""
    before = set(bpy.data.objects)
    bpy.ops.import_scene.gltf(filepath=str(path))
    rig = next(o for o in set(bpy.data.objects) - before if o.type == "ARMATURE")
    rig.rotation_mode = "XYZ"
    for track in rig.animation_data.nla_tracks:
        track.mute = track.name != clip
        for strip in track.strips:
            strip.frame_start = 1 - second * bpy.context.scene.render.fps
    rig.animation_data.action = None
    rig.location, rig.rotation_euler, rig.scale = at, (0, 0, math.radians(turn)), (scale,) * 3
    return rig


def write(theme_path: Path) -> Path:
    folder, theme = theme_path.parent, json.loads(theme_path.read_text(encoding="utf-8"))
    stage.reset()
    stage.settings(12, transparent=True)
    bpy.ops.import_scene.gltf(filepath=str(folder / theme["room"]["model"]))
    scale = theme["room"]["scale"][0]
    rooms = [o for o in bpy.data.objects if o.parent is None]
    for ob in rooms:
        ob.scale = (scale,) * 3
    bpy.context.view_layer.update()
    mesh = next(o for o in bpy.data.objects if o.type == "MESH")
    mesh.visible_shadow = mesh.visible_diffuse = mesh.visible_glossy = False
    corners = np.array([mesh.matrix_world @ v.co for v in mesh.data.vertices])
    low, high = corners.min(0), corners.max(0)
    who = theme["character"]
    for i, (place, key) in enumerate(BUSY):
        x, _, z = who["positions"][place]
        models = [who["model"], *who["variants"]]
        model = folder / models[i % len(models)]
        figure(model, who["animations"][key], (x, -z, 0), who["facings"][place], who["scale"][0], 0.4 * i)
    for light in [o for o in bpy.data.objects if o.type == "LIGHT"]:
        bpy.data.objects.remove(light)
    lamp = theme["lighting"]
    stage.world("#FFF6EA", (lamp["ambient"]["intensity"] + lamp["hemisphere"]["intensity"]) / math.pi)
    for name in ("directional", "fill"):
        px, py, pz = lamp[name]["position"]
        stage.sun(name, (-px, pz, -py), lamp[name]["color"].replace("0x", "#"), lamp[name]["intensity"], 2)
    box = np.array([[(low, high)[i >> k & 1][k] for k in range(3)] for i in range(8)])
    right, up = np.array(stage.RIGHT), np.array(stage.UP)
    half = (
        max(np.ptp(box @ up) * 0.55, np.ptp(box @ right) * 0.55 * SIZE[1] / SIZE[0]) / theme["camera"]["zoom"]
    )
    stage.View(Vector((low + high) / 2), SIZE[1] / 2 / half, SIZE).apply(2)
    bpy.context.scene.frame_set(1)
    exr = str(folder / "preview.exr")
    stage.render(exr)
    a = grade.load_exr(exr)
    Path(exr).unlink()
    alpha = np.clip(a[..., 3:], 0, 1)
    colour = grade.srgb(a[..., :3] / np.maximum(alpha, 1e-4))
    back = (
        Image.open(folder / theme["canvas"]["background"]["image"])
        .convert("RGB")
        .resize((a.shape[1], a.shape[0]), Image.BICUBIC)
    )
    mixed = colour * alpha + np.asarray(back) / 255 * (1 - alpha)
    path = folder / theme["preview"]
    small = Image.fromarray((np.clip(mixed, 0, 1) * 255 + 0.5).astype(np.uint8)).resize(SIZE, Image.LANCZOS)
    grade.save_palette(small, path, colours=256, dither=0.8)
    return path
