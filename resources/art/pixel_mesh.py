"""From the mesh kit (Blender) to the plain triangles of the pixel rasteriser."""

import math

import bpy
import numpy as np

from pixel_raster import Mesh


def triangles(ob, names: list[str]) -> Mesh:
    """Evaluated triangles of an object, with smooth normals where the surface is smooth."""
    graph = bpy.context.evaluated_depsgraph_get()
    evaluated = ob.evaluated_get(graph)
    mesh = evaluated.to_mesh()
    mesh.calc_loop_triangles()
    n = len(mesh.loop_triangles)
    corners, loops, material = np.empty(n * 3, np.int32), np.empty(n * 3, np.int32), np.empty(n, np.int32)
    mesh.loop_triangles.foreach_get("vertices", corners)
    mesh.loop_triangles.foreach_get("loops", loops)
    mesh.loop_triangles.foreach_get("material_index", material)
    places = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", places)
    normals = np.empty(len(mesh.loops) * 3, np.float32)
    mesh.corner_normals.foreach_get("vector", normals)
    out = Mesh(
        places.reshape(-1, 3)[corners].reshape(n, 3, 3).astype(float),
        normals.reshape(-1, 3)[loops].reshape(n, 3, 3).astype(float),
        material.astype(np.int64),
        list(names),
    )
    evaluated.to_mesh_clear()
    return out


def place(piece, at=(0.0, 0.0, 0.0), turn: float = 0.0) -> Mesh:
    """A Piece as triangles at a place; the piece is used up."""
    mesh = bpy.data.meshes.new(piece.name)
    piece.mesh.to_mesh(mesh)
    piece.mesh.free()
    mesh.shade_smooth()
    mesh.set_sharp_from_angle(angle=math.radians(50))
    ob = bpy.data.objects.new(piece.name, mesh)
    bpy.context.scene.collection.objects.link(ob)
    weighted = ob.modifiers.new("wn", "WEIGHTED_NORMAL")  # big faces stay flat
    weighted.keep_sharp, weighted.weight = True, 80
    out = triangles(ob, piece.slots)
    bpy.data.objects.remove(ob)
    bpy.data.meshes.remove(mesh)
    return out.moved(at, turn)
