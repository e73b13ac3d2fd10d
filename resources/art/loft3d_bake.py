"""From the scene of the live loft to one mesh with one picture, one draw call.

    bake(OUT, pixels, samples, detail) -> OUT/room.npz (arrays of the mesh), OUT/room.npy (linear picture)

The picture holds the finished colour, so the material is unlit: a viewer needs no lamp, no shadow map and
no tone map for the room, and it looks like the rendered cozy loft. The camera of a room theme never turns,
therefore what it cannot see gets less of the picture, and highlights are baked as seen from there.
"""

import math
import os
import tempfile
import time

import bmesh
import bpy
import numpy as np
from bpy_extras import mesh_utils
from mathutils import Vector
from mathutils.bvhtree import BVHTree

import grade
import loft3d_room as room
import stage
from kit import Piece
from loft3d_plan import D, W

GROUPS = (
    "walls",
    "trim",
    "view",
    "flat",
    "solid",
)  # objects of one group share their part in the light linking
UNSEEN, DETAILED = 0.42, 1.5  # scale of islands that the camera cannot see, and of screens and pictures
THINNEST, STRETCH = 0.05, 40  # metres: islands are stretched to at least this width; at most so many times
LARGE = 0.05  # square metres: faces that are looked at in more places before they count as hidden
BLEED = 24  # pixels beyond the islands that take their colour, so that nothing dark leaks in
REACH = 30.0  # metres, farther than any wall


def joined(groups):
    """One mesh object of everything, modifiers applied, with the face attribute `group`."""
    graph = bpy.context.evaluated_depsgraph_get()
    named = {"walls": groups["shell"][:3], "trim": groups["shell"][3:]} | {k: groups[k] for k in GROUPS[2:]}
    parts = []
    for index, name in enumerate(GROUPS):
        for ob in named[name]:
            mesh = bpy.data.meshes.new_from_object(ob.evaluated_get(graph))
            mark = mesh.attributes.new("group", "INT", "FACE")
            mark.data.foreach_set("value", [index] * len(mesh.polygons))
            part = bpy.data.objects.new(ob.name, mesh)
            part.matrix_world = ob.matrix_world
            bpy.context.scene.collection.objects.link(part)
            parts.append(part)
    for ob in [o for v in named.values() for o in v]:
        bpy.data.objects.remove(ob)
    with bpy.context.temp_override(
        active_object=parts[0], selected_editable_objects=parts, selected_objects=parts
    ):
        bpy.ops.object.join()
    whole = parts[0]
    whole.name = "room"
    whole.data.transform(whole.matrix_world)
    whole.matrix_world.identity()
    return whole


def dome(count=40):
    """Directions over the upper half, the first one to the camera."""
    k = np.arange(count) + 0.5
    z, a = 0.06 + 0.94 * k / count, k * math.pi * (1 + 5**0.5)
    ring = np.sqrt(1 - z * z)
    return [room.tilt()] + [Vector(d) for d in np.stack([ring * np.cos(a), ring * np.sin(a), z], 1)]


def seen(mesh):
    """Per face: 2 the camera sees it, 1 only others from above, 0 nobody; thin things count on both sides."""
    tree = BVHTree.FromPolygons([v.co for v in mesh.vertices], [p.vertices for p in mesh.polygons])
    directions, out = dome(), np.zeros(len(mesh.polygons), int)
    corners = [v.co for v in mesh.vertices]
    for p in mesh.polygons:
        edge = [corners[i] for i in p.vertices]
        spots = [p.center] + [p.center.lerp(c, 0.8) for c in edge]
        if p.area > LARGE:
            spots += [p.center.lerp(c, 0.97) for c in edge]
            spots += [p.center.lerp(a.lerp(b, 0.5), 0.97) for a, b in zip(edge, edge[1:] + edge[:1])]
        both = mesh.materials[p.material_index].name.startswith("green") or len(edge) > 23
        for rank, d in enumerate(directions):
            cos = d.dot(p.normal)
            if cos <= 0.02 and not both:
                continue
            side = p.normal * (0.002 if cos > 0 else -0.002)
            if any(tree.ray_cast(s + side, d, REACH)[0] is None for s in spots):
                out[p.index] = 2 if rank == 0 else 1
                break
    return out


def drop_hidden(ob):
    """Delete what nobody can see from above; the rest keeps the attribute `seen`."""
    rank = seen(ob.data)
    mark = ob.data.attributes.new("seen", "INT", "FACE")
    mark.data.foreach_set("value", rank)
    bm = bmesh.new()
    bm.from_mesh(ob.data)
    layer = bm.faces.layers.int["seen"]
    bmesh.ops.delete(bm, geom=[f for f in bm.faces if f[layer] == 0], context="FACES")
    bm.to_mesh(ob.data)
    bm.free()
    return len(rank) - len(ob.data.polygons)


def unwrap(ob, pixels):
    """UV layer `bake`, islands scaled by importance and packed; returns their number and the share used."""
    mesh = ob.data
    mesh.uv_layers.new(name="bake")
    mesh.uv_layers.active = mesh.uv_layers["bake"]
    bpy.context.view_layer.objects.active = ob
    ob.select_set(True)
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.uv.smart_project(angle_limit=math.radians(62), island_margin=0.0, correct_aspect=False)
    bpy.ops.object.mode_set(mode="OBJECT")
    uv = np.empty(len(mesh.loops) * 2)
    layer = mesh.uv_layers["bake"].data
    layer.foreach_get("uv", uv)
    uv = uv.reshape(-1, 2)
    rank = np.empty(len(mesh.polygons), np.int32)
    mesh.attributes["seen"].data.foreach_get("value", rank)
    area = np.array([p.area for p in mesh.polygons])
    islands = mesh_utils.mesh_linked_uv_islands(mesh)
    flat = sum(_polygon_area(uv[list(p.loop_indices)]) for p in mesh.polygons)
    least = THINNEST * math.sqrt(flat / area.sum())
    for faces in islands:
        loops = [i for f in faces for i in mesh.polygons[f].loop_indices]
        share = area[faces][rank[faces] == 2].sum() / max(area[faces].sum(), 1e-9)
        picture = mesh.materials[mesh.polygons[faces[0]].material_index].name.startswith("img")
        small = area[faces].sum() < 1.2
        k = UNSEEN if share < 0.06 else DETAILED if picture and small else 1.0
        middle = uv[loops].mean(0)
        size = np.maximum(np.ptp(uv[loops], 0) * k, 1e-9)  # the edge of a rug would get no pixel of its own
        uv[loops] = middle + (uv[loops] - middle) * k * np.maximum(1, np.minimum(least / size, STRETCH))
    layer.foreach_set("uv", uv.ravel())
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.uv.select_all(action="SELECT")
    bpy.ops.uv.pack_islands(
        rotate=True,
        rotate_method="ANY",
        scale=True,
        margin_method="FRACTION",
        margin=1.5 / pixels,
        shape_method="CONCAVE",
    )
    bpy.ops.object.mode_set(mode="OBJECT")
    layer = mesh.uv_layers["bake"].data
    layer.foreach_get("uv", uv.ravel())
    used = sum(_polygon_area(uv[list(p.loop_indices)]) for p in mesh.polygons)
    return len(islands), used


def _polygon_area(p):
    q = np.roll(p, -1, 0)
    return abs((p[:, 0] * q[:, 1] - q[:, 0] * p[:, 1]).sum()) / 2


def split(ob):
    """Copies of the joined object, one per group of the light linking, same UVs."""
    out = {}
    for index, name in enumerate(GROUPS):
        bm = bmesh.new()
        bm.from_mesh(ob.data)
        layer = bm.faces.layers.int["group"]
        bmesh.ops.delete(bm, geom=[f for f in bm.faces if f[layer] != index], context="FACES")
        mesh = ob.data.copy()
        bm.to_mesh(mesh)
        bm.free()
        mesh.uv_layers.active = mesh.uv_layers["bake"]
        mesh.uv_layers["UVMap"].active_render = True
        out[name] = bpy.data.objects.new(name, mesh)
        bpy.context.scene.collection.objects.link(out[name])
    bpy.data.objects.remove(ob)
    return out


def bake_picture(parts, pixels, samples):
    """Linear RGB of the room's light and colour, (pixels, pixels, 3), first row at the bottom."""
    image = bpy.data.images.new("bake", pixels, pixels, alpha=True, float_buffer=True)
    for m in {m for ob in parts for m in ob.data.materials}:
        node = m.node_tree.nodes.new("ShaderNodeTexImage")
        node.image = image
        m.node_tree.nodes.active = node
    s = bpy.context.scene
    s.cycles.samples, s.cycles.use_adaptive_sampling, s.cycles.use_denoising = samples, False, False
    b = s.render.bake
    b.margin, b.margin_type, b.use_clear, b.view_from = 3, "EXTEND", False, "ACTIVE_CAMERA"
    for ob in bpy.data.objects:
        ob.select_set(ob in parts)
    bpy.context.view_layer.objects.active = parts[0]
    bpy.ops.object.bake(type="COMBINED")
    out = np.empty(pixels * pixels * 4, np.float32)
    image.pixels.foreach_get(out)
    return out.reshape(pixels, pixels, 4)


def bleed(rgb, baked, steps=BLEED):
    """The picture, (h, w, 3), with the gaps between its islands filled from their edges. `baked`: (h, w)."""
    out, known = rgb.copy(), baked.copy()
    for _ in range(steps):
        total, count = np.zeros_like(out), np.zeros(known.shape, np.float32)
        for axis, by in ((0, 1), (0, -1), (1, 1), (1, -1)):
            near = np.roll(known, by, axis)
            total += np.where(near[..., None], np.roll(out, by, axis), 0)
            count += near
        fresh = ~known & (count > 0)
        out[fresh] = total[fresh] / count[fresh][:, None]
        known |= fresh
    return out


def denoise(rgb):
    """Clean the baked picture, (h, w, 3) linear, as a whole: once for all parts. Empties the scene."""
    h, w = rgb.shape[:2]
    stage.reset()
    stage.settings(1)
    s = bpy.context.scene
    noisy = bpy.data.images.new("noisy", w, h, float_buffer=True)
    noisy.colorspace_settings.name = "Linear Rec.709"
    noisy.pixels.foreach_set(np.concatenate([rgb, np.ones((h, w, 1))], -1).astype(np.float32).ravel())
    tree = bpy.data.node_groups.new("clean", "CompositorNodeTree")
    tree.interface.new_socket(name="Image", in_out="OUTPUT", socket_type="NodeSocketColor")
    source, clean = tree.nodes.new("CompositorNodeImage"), tree.nodes.new("CompositorNodeDenoise")
    source.image = noisy
    tree.links.new(source.outputs["Image"], clean.inputs["Image"])
    tree.links.new(clean.outputs["Image"], tree.nodes.new("NodeGroupOutput").inputs["Image"])
    s.compositing_node_group, s.render.use_compositing = tree, True
    s.render.resolution_x, s.render.resolution_y = w, h
    s.camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    s.collection.objects.link(s.camera)
    with tempfile.TemporaryDirectory() as folder:
        return grade.load_exr(stage.render(os.path.join(folder, "clean.exr")))[::-1, :, :3]


def arrays(ob):
    """Corner arrays of the joined mesh: position (origin in the floor's middle), normal, UV; triangles."""
    mesh = ob.data
    mesh.calc_loop_triangles()
    corner = np.array([t.loops for t in mesh.loop_triangles])
    vertex = np.array([lp.vertex_index for lp in mesh.loops])
    position = np.array([v.co for v in mesh.vertices])[vertex] - (W / 2, D / 2, 0)
    normal = np.array([n.vector for n in mesh.corner_normals])
    uv = np.empty(len(mesh.loops) * 2)
    mesh.uv_layers["bake"].data.foreach_get("uv", uv)
    uv = uv.reshape(-1, 2)
    return {
        "position": position,
        "normal": normal,
        "uv": np.column_stack([uv[:, 0], 1 - uv[:, 1]]),
        "triangles": corner,
    }


def bake(out, pixels, samples, detail):
    out.mkdir(parents=True, exist_ok=True)
    clock = time.time()

    def tell(text):
        print(f"  {time.time() - clock:5.0f} s  {text}", flush=True)

    Piece.detail = detail
    try:
        stage.reset()
        stage.settings(samples)
        groups = room.build()
    finally:
        Piece.detail = 1.0
    bpy.context.view_layer.update()
    ob = joined(groups)
    tell(f"{len(ob.data.polygons)} faces, {drop_hidden(ob)} of them hidden and gone")
    islands, used = unwrap(ob, pixels)
    tell(f"{islands} islands fill {used:.0%} of the picture")
    np.savez_compressed(out / "room.npz", **arrays(ob))
    parts = split(ob)
    view = parts["view"]
    view.visible_shadow = view.visible_diffuse = False  # a picture outside: must not block the sun
    # Rugs are a centimetre thick: the line they would darken on the floor is finer than a pixel.
    parts["flat"].visible_shadow = parts["flat"].visible_diffuse = False
    linked = {
        "shell": [parts["walls"]],
        "view": [view],
        "flat": [parts["trim"], parts["flat"]],
        "solid": [parts["solid"]],
    }
    room.link_light(linked | {"suns": groups["suns"], "ceiling": groups["ceiling"]})
    room.VIEW.apply(0.1)
    linear = bake_picture(list(parts.values()), pixels, samples)
    np.save(out / "noisy.npy", linear.astype(np.float16))
    noisy = np.nan_to_num(linear[..., :3])
    # Filled afterwards: before, the gaps would repeat the noise of single pixels, and keep it as a pattern.
    clean = bleed(denoise(noisy), noisy.any(-1))
    np.save(out / "room.npy", clean.astype(np.float16))
    tell(f"baked {pixels} x {pixels} at {samples} samples")
