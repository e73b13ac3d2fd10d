"""The live figures as GLB: one skin, one palette picture, one draw call and a soft shadow under the feet.

Joints stand upright (no bone roll), so a pose of `loft3d_poses` is written as it is. Every clip has keys
for every joint that any clip moves: viewers differ in what they do with a joint that the new clip does not
mention.

Shade: the picture has one column per colour and SHADES rows from shaded to open; each vertex looks up the
row of its own openness (rays in the rest pose), so that chins, armpits and the space between the legs are
darker.
"""

import io
import math

import numpy as np
from mathutils import Matrix, Quaternion, Vector
from mathutils.bvhtree import BVHTree
from PIL import Image

import character
import character_mesh
import loft3d_poses as poses
from loft3d_glb import Glb, to_gltf, weld
from palette import HEX

DETAIL = 0.66  # of the segments of the rendered figures
FPS = 15  # keys per second; viewers interpolate
SHADES = 16  # rows of the palette picture and pixels per column: its mipmaps never mix two columns
COLUMNS = 16
DARKEST = (0.50, 0.42, 0.46)  # factor on the colour where nothing reaches
CUP = (-0.279, -0.01, 0.315)  # in the rest pose, metres
JOINTS = [*character.BONES, "cup"]
PARENT = {n: p for n, (_, _, p) in character.BONES.items()} | {"cup": "forearm_R"}
HEAD = {n: h for n, (h, _, _) in character.BONES.items()} | {"cup": CUP}


class LiveBody(character_mesh.Body):
    detail = DETAIL


def cup(body, spec):
    """The coffee cup at 1 / BIG of its size on a bone of its own; lies in the hanging fist."""
    k = 1 / poses.BIG
    wall = [(0.036, -0.05), (0.046, -0.044), (0.052, 0.05), (0.046, 0.054), (0.04, 0.04)]
    body.on("cup")
    body.lathe([(r * k, z * k) for r, z in wall], CUP, "white", seg=16)
    body.cyl(0.043 * k, 0.004 * k, (CUP[0], CUP[1], CUP[2] + 0.042 * k), "coffee", bevel=0, seg=14)


def body_of(spec):
    """(Blender object, bone weights per vertex) of a figure with its cup."""
    outfit = spec | {"wear": (*spec.get("wear", ()), cup)}
    body = character_mesh.build_mesh(outfit, make=LiveBody)
    weights = body.weights
    return body.build(weighted=False), weights


def arrays(ob, weights):
    """Corner arrays of the mesh: position, normal, column, openness, joints, weights; triangles."""
    mesh = ob.data
    mesh.calc_loop_triangles()
    corner = np.array([t.loops for t in mesh.loop_triangles])
    vertex = np.array([lp.vertex_index for lp in mesh.loops])
    position = np.array([v.co for v in mesh.vertices])[vertex]
    normal = np.array([n.vector for n in mesh.corner_normals])
    slot = np.zeros(len(mesh.loops), int)
    for p in mesh.polygons:
        slot[p.loop_start : p.loop_start + p.loop_total] = p.material_index
    joints, share = np.zeros((len(weights), 2)), np.zeros((len(weights), 2))
    for i, w in enumerate(weights):
        ranked = sorted(w.items(), key=lambda e: -e[1])[:2]
        for k, (bone, value) in enumerate(ranked):
            joints[i, k], share[i, k] = (JOINTS.index(bone), value) if value > 0 else (0, 0)
    share /= share.sum(1, keepdims=True)
    small = np.array([max(w, key=w.get) in ("cup", "eyes", "shine", "mouth") for w in weights])
    return position, normal, slot, openness(mesh, small)[vertex], joints[vertex], share[vertex], corner


def openness(mesh, skip, rays=48, reach=0.55):
    """0..1 per vertex: share of the hemisphere that is free within `reach` metres; the floor is half open."""
    faces = [p.vertices for p in mesh.polygons if not skip[p.vertices[0]]]
    tree = BVHTree.FromPolygons([v.co for v in mesh.vertices], faces)
    k = np.arange(rays) + 0.5
    z, a = 1 - 2 * k / rays, k * math.pi * (1 + 5**0.5)
    ball = [
        Vector(d) for d in np.stack([np.sqrt(1 - z * z) * np.cos(a), np.sqrt(1 - z * z) * np.sin(a), z], 1)
    ]
    out = np.ones(len(mesh.vertices))
    for i, v in enumerate(mesh.vertices):
        if skip[i]:
            continue
        start, total, free = v.co + v.normal * 0.006, 0.0, 0.0
        for d in ball:
            cos = d.dot(v.normal)
            if cos <= 0:
                continue
            total += cos
            if tree.ray_cast(start, d, reach)[0] is None:
                below = d.z < 0 and start.z + d.z * reach < 0
                free += cos * (0.55 if below else 1)
        out[i] = free / max(total, 1e-6)
    return np.clip((out - 0.05) / 0.80, 0.12, 1)  # what is buried in another part is not black at its seam


def palette_picture(slots):
    """PNG: a column of SHADES pixels in width and height per material of the figure, darkest on top."""
    if len(slots) > COLUMNS:
        raise ValueError(f"{len(slots)} colours, the palette picture has room for {COLUMNS}")
    img = np.zeros((SHADES, COLUMNS * SHADES, 3), np.uint8)
    shade = np.linspace(0, 1, SHADES)[:, None, None]
    for i, name in enumerate(slots):
        h = HEX[name.partition(":")[0]]
        rgb = np.array([int(h[j : j + 2], 16) for j in (1, 3, 5)], float)
        img[:, i * SHADES : (i + 1) * SHADES] = np.round(rgb * (np.array(DARKEST) * (1 - shade) + shade))
    out = io.BytesIO()
    Image.fromarray(img).save(out, "PNG", optimize=True)
    return out.getvalue()


def shadow_picture(size=64):
    """PNG with alpha: a soft round spot, zero well inside its edge."""
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    r = np.hypot(x, y)
    alpha = np.clip(1 - r / 0.97, 0, 1) ** 1.1 * 0.72
    img = np.zeros((size, size, 4), np.uint8)
    img[..., :3] = (70, 44, 52)  # plum, never black
    img[..., 3] = np.round(alpha * 255)
    out = io.BytesIO()
    Image.fromarray(img).save(out, "PNG", optimize=True)
    return out.getvalue()


def spot(radius=0.40, height=0.024):
    """The soft shadow: a square on the floor, bound to the root, above the rugs."""
    xy = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * radius
    return {
        "position": np.column_stack([xy[:, 0] + 0.02, xy[:, 1], np.full(4, height)]),
        "normal": np.tile((0.0, 0, 1), (4, 1)),
        "uv": np.array([(0, 1), (1, 1), (1, 0), (0, 0)]),
        "triangles": np.array([(0, 1, 2), (0, 2, 3)]),
        "joints": np.zeros((4, 2)),
        "weights": np.tile((1.0, 0), (4, 1)),
    }


def local(bone, p):
    """Pose of one bone -> (translation, quaternion xyzw, scale) of its joint in glTF's axes."""
    hanging = bone.split("_")[0] in ("arm", "forearm", "leg", "shin")
    mirror = -1 if bone.endswith("_R") else 1
    f, s, t = (math.radians(p.get(k, 0)) for k in ("fwd", "side", "twist"))
    turn = (
        Matrix.Rotation(t * mirror, 3, "Z")
        @ Matrix.Rotation(-s * mirror if hanging else s, 3, "Y")
        @ Matrix.Rotation(-f if hanging else f, 3, "X")
    )
    q: Quaternion = turn.to_quaternion()
    base = np.array(HEAD[bone]) - np.array(HEAD[PARENT[bone]] if PARENT[bone] else (0, 0, 0))
    sx, sy, sz = p.get("scale", (1, 1, 1))
    return to_gltf(base + np.array(p.get("move", (0, 0, 0)))), (q.x, q.z, -q.y, q.w), (sx, sz, sy)


def matrices(p):
    """World matrix of every joint in a pose, glTF's axes, (joints, 4, 4); the rest pose gives identities."""
    world, out = {}, []
    for b in JOINTS:
        t, (x, y, z, w), s = local(b, p.get(b, {}))
        m = np.array(Matrix.LocRotScale(Vector(t), Quaternion((w, x, y, z)), Vector(s)))
        world[b] = world[PARENT[b]] @ m if PARENT[b] else m
        back = np.eye(4)
        back[:3, 3] = -to_gltf(HEAD[b])
        out.append(world[b] @ back)
    return np.array(out)


def ground(p, skin):
    """Pose with the hips moved up or down so that the lowest point of the body lies on the floor."""
    position, joints, share = skin
    m = matrices(p)
    at = np.column_stack([position, np.ones(len(position))])
    height = sum(np.einsum("nk,nk->n", m[joints[:, k].astype(int)][:, 1], at) * share[:, k] for k in (0, 1))
    x, y, z = p.get("hips", {}).get("move", (0, 0, 0))
    return p | {"hips": p.get("hips", {}) | {"move": (x, y, z - float(height.min()))}}


def clips(glb, nodes, skin):
    """All clips. A channel that moves in none is left out; one that stands still has two keys."""
    tracks = {}
    for name, seconds in poses.SECONDS.items():
        n = max(3, round(seconds * FPS) + 1)
        rows = [poses.pose(name, k / (n - 1)) for k in range(n)]
        if name not in poses.ON_CHAIR:
            rows = [ground(r, skin) for r in rows]
        tracks[name] = {
            b: [np.array(c, float) for c in zip(*(local(b, r.get(b, {})) for r in rows), strict=True)]
            for b in JOINTS
        }
    rest = {b: local(b, {}) for b in JOINTS}
    used = [
        (b, k)
        for b in JOINTS
        for k in range(3)
        if any(np.abs(t[b][k] - rest[b][k]).max() > 1e-6 for t in tracks.values())
    ]
    for name, seconds in poses.SECONDS.items():
        n = len(tracks[name]["root"][0])
        clock = glb.accessor(np.linspace(0, seconds, n), bounds=True)
        ends = glb.accessor(np.array([0, seconds]), bounds=True)
        samplers, channels = [], []
        for b, k in used:
            values = tracks[name][b][k]
            if k == 1:  # the short way round between neighbouring keys
                for i in range(1, n):
                    if values[i] @ values[i - 1] < 0:
                        values[i] = -values[i]
            still = np.abs(values - values[0]).max() < 1e-6
            output = glb.accessor(values[[0, -1]] if still else values)
            samplers.append({"input": ends if still else clock, "output": output, "interpolation": "LINEAR"})
            path = ("translation", "rotation", "scale")[k]
            channels.append({"sampler": len(samplers) - 1, "target": {"node": nodes[b], "path": path}})
        glb.add("animations", {"name": name, "samplers": samplers, "channels": channels})


def write(name, spec, path):
    """One figure into `path`; returns its number of triangles."""
    ob, weights = body_of(spec)
    position, normal, slot, open_, joints, share, corner = arrays(ob, weights)
    slots = [m.name for m in ob.data.materials]
    uv = np.column_stack([(slot + 0.5) / COLUMNS, (open_ * (SHADES - 1) + 0.5) / SHADES])
    glowing = np.array([s.endswith(":glow") for s in slots])[slot]
    uv[glowing, 1] = 1 - 0.5 / SHADES
    (position, normal, uv, joints, share), tri = weld(position, normal, uv, corner, joints, share)
    glb = Glb()
    skin = glb.material("clay", glb.picture(palette_picture(slots), "image/png"), roughness=0.85)
    soft = glb.material("shadow", glb.picture(shadow_picture(), "image/png"), unlit=True, blend=True)
    body = {
        "position": position,
        "normal": normal,
        "uv": uv,
        "triangles": tri,
        "joints": joints,
        "weights": share,
    }
    mesh = glb.add(
        "meshes", {"name": name, "primitives": [glb.primitive(body, skin), glb.primitive(spot(), soft)]}
    )
    nodes = {}
    for b in JOINTS:
        nodes[b] = glb.node(
            parent=nodes[PARENT[b]] if PARENT[b] else None, name=b, translation=local(b, {})[0].tolist()
        )
    inverse = np.tile(np.eye(4), (len(JOINTS), 1, 1))
    inverse[:, 3, :3] = -to_gltf(
        np.array([HEAD[b] for b in JOINTS])
    )  # column-major: the last row of the array
    joint_list = [nodes[b] for b in JOINTS]
    bind = glb.accessor(inverse.reshape(len(JOINTS), 16))
    glb.add(
        "skins", {"name": name, "joints": joint_list, "skeleton": nodes["root"], "inverseBindMatrices": bind}
    )
    glb.node(name=name, mesh=mesh, skin=0)
    clips(glb, nodes, (to_gltf(position), joints, share))
    glb.write(path)
    return len(tri) + 2
