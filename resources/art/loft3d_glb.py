"""Writes GLB files from numpy arrays: static meshes, skins, clips, pictures. No Blender here.

Own writer, because Blender's exporter gives one material (one draw call) per colour, drops the channels
that stand still (a viewer that does not reset the rest would keep the last clip's pose) and bakes bone
rolls into every joint. Arrays are in Blender's axes (metres, +Z up, front -Y) and leave in glTF's (+Y up,
front +Z): (x, y, z) -> (x, z, -y).
"""

import json
import struct

import numpy as np

FLOAT, UBYTE, USHORT, UINT = 5126, 5121, 5123, 5125
KIND = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}


def to_gltf(v):
    """Blender's axes -> glTF's; any array whose last axis is x, y, z."""
    v = np.asarray(v, np.float64)
    return np.stack([v[..., 0], v[..., 2], -v[..., 1]], -1)


class Glb:
    """Collects a document and its buffer; indices are returned by every method that adds something."""

    def __init__(self):
        self.data = bytearray()
        self.doc = {
            "asset": {
                "version": "2.0",
                "generator": "Office Studio art scripts",
                "copyright": "CC0 1.0, Office Studio",
            },
            "scene": 0,
            "scenes": [{"nodes": []}],
        }

    def add(self, kind, entry):
        self.doc.setdefault(kind, []).append(entry)
        return len(self.doc[kind]) - 1

    def view(self, blob, target=None):
        self.data += b"\0" * (-len(self.data) % 4)
        entry = {"buffer": 0, "byteOffset": len(self.data), "byteLength": len(blob)}
        self.data += blob
        return self.add("bufferViews", entry | ({"target": target} if target else {}))

    def accessor(self, array, component=FLOAT, target=None, bounds=False):
        kind = {FLOAT: "<f4", UBYTE: "u1", USHORT: "<u2", UINT: "<u4"}[component]
        a = np.ascontiguousarray(np.asarray(array).astype(kind))
        width = 1 if a.ndim == 1 else a.shape[1]
        entry = {
            "bufferView": self.view(a.tobytes(), target),
            "componentType": component,
            "count": len(a),
            "type": KIND[width],
        }
        if bounds:
            entry["min"], entry["max"] = (
                np.atleast_1d(f(a, axis=0)).astype(float).tolist() for f in (np.min, np.max)
            )
        return self.add("accessors", entry)

    def picture(self, blob, mime, nearest=False, repeat=False):
        """Image file as a texture; its index."""
        image = self.add("images", {"bufferView": self.view(blob), "mimeType": mime})
        wrap = 10497 if repeat else 33071
        filters = (
            {"magFilter": 9728, "minFilter": 9728} if nearest else {"magFilter": 9729, "minFilter": 9987}
        )
        return self.add(
            "textures",
            {"source": image, "sampler": self.add("samplers", filters | {"wrapS": wrap, "wrapT": wrap})},
        )

    def material(self, name, texture=None, colour=(1, 1, 1, 1), roughness=1.0, unlit=False, blend=False):
        pbr = {"baseColorFactor": list(colour), "metallicFactor": 0.0, "roughnessFactor": roughness}
        if texture is not None:
            pbr["baseColorTexture"] = {"index": texture}
        entry = {"name": name, "pbrMetallicRoughness": pbr}
        if blend:
            entry["alphaMode"] = "BLEND"
        if unlit:
            entry["extensions"] = {"KHR_materials_unlit": {}}
            self.doc["extensionsUsed"] = ["KHR_materials_unlit"]
        return self.add("materials", entry)

    def primitive(self, part, material):
        """`part`: position, normal, uv, triangles and, for skins, joints and weights (two a vertex)."""
        n = len(part["position"])
        table = {
            "POSITION": self.accessor(to_gltf(part["position"]), target=34962, bounds=True),
            "NORMAL": self.accessor(to_gltf(part["normal"]), target=34962),
            "TEXCOORD_0": self.accessor(part["uv"], target=34962),
        }
        if "joints" in part:
            four = np.zeros((n, 4))
            four[:, :2] = part["joints"]
            table["JOINTS_0"] = self.accessor(four, UBYTE, target=34962)
            four = np.zeros((n, 4))
            four[:, :2] = part["weights"]
            table["WEIGHTS_0"] = self.accessor(four, target=34962)
        index = self.accessor(np.ravel(part["triangles"]), USHORT if n < 65536 else UINT, target=34963)
        return {"attributes": table, "indices": index, "material": material}

    def node(self, parent=None, **entry):
        index = self.add("nodes", entry)
        if parent is None:
            self.doc["scenes"][0]["nodes"].append(index)
        else:
            self.doc["nodes"][parent].setdefault("children", []).append(index)
        return index

    def write(self, path):
        self.data += b"\0" * (-len(self.data) % 4)
        self.doc["buffers"] = [{"byteLength": len(self.data)}]
        text = json.dumps(self.doc, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        head = struct.pack("<4sII", b"glTF", 2, 28 + len(text) + len(self.data))
        json_head, bin_head = (
            struct.pack("<I4s", len(text), b"JSON"),
            struct.pack("<I4s", len(self.data), b"BIN\0"),
        )
        with open(path, "wb") as f:
            f.write(head + json_head + text + bin_head + self.data)


def weld(position, normal, uv, triangles, *more):
    """Join equal corners; the arrays have one row per corner, `triangles` counts corners.

    Returns the arrays of unique rows in the same order as given, then the new triangles.
    """
    columns = [position, normal, uv, *more]
    key = np.concatenate(
        [np.round(np.asarray(c, np.float64).reshape(len(position), -1), 5) for c in columns], 1
    )
    _, first, back = np.unique(key, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)  # keep the order of appearance: neighbours stay neighbours
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    kept = first[order]
    tri = rank[np.ravel(back)][np.asarray(triangles)]
    solid = (tri[:, 0] != tri[:, 1]) & (tri[:, 1] != tri[:, 2]) & (tri[:, 0] != tri[:, 2])
    return [np.asarray(c)[kept] for c in columns], tri[solid]
