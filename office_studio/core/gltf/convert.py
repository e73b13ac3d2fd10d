"""Any glTF model as one plain GLB: floats, triangles, embedded pictures, one scene, unique names, everything in bounds.

What stays: the tree with its indices, skins, morph targets, clips, vertex colours, unlit materials, texture transforms,
emissive strengths, lights. What goes: compression, sparse and quantised numbers, strips and fans, external files,
instancing, cameras, and extensions that only embellish. Missing normals stay missing: such faces are flat.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from office_studio.core.gltf import nodes as tree
from office_studio.core.gltf.accessors import Array, read_floats
from office_studio.core.gltf.animation import Clip, clips, node_names
from office_studio.core.gltf.facts import ModelFacts3D, facts_of
from office_studio.core.gltf.limits import (
    COPIED_TRIANGLES,
    MAX_JOINTS,
    MAX_NODES,
    MAX_TARGETS,
    MAX_TRIANGLES,
    MAX_VERTICES,
    SHOWN_COPIES,
    check_limit,
)
from office_studio.core.gltf.materials import MaterialWriter
from office_studio.core.gltf.model import Json, Model, invalid, name_of, obj, objects, pick, read_glb
from office_studio.core.gltf.primitives import Piece, read_piece
from office_studio.core.gltf.source import ReadFile, open_source
from office_studio.core.gltf.writer import GlbWriter
from office_studio.core.validation.glb import SUPPORTED_EXTENSIONS
from office_studio.errors import ModelError

CONVERTER_VERSION: Final = 3
"""Part of the key under which results are kept; raise it with every change of what comes out."""


@dataclass(frozen=True, slots=True)
class Converted:
    glb: bytes
    facts: ModelFacts3D


def convert(data: bytes, read_file: ReadFile) -> Converted:
    """Turn GLB or glTF JSON into a plain GLB.

    Args:
        read_file: Gives the bytes of files that the model names.
    Raises:
        ModelError: MODEL_INVALID, MODEL_VERSION, MODEL_EXTENSION, MODEL_TOO_LARGE, MODEL_FILE_MISSING, MODEL_OUTSIDE.
    """
    try:
        with np.errstate(all="ignore"):  # numbers that overflow are looked for where they matter
            return _Conversion(open_source(data, read_file), read_file).run()
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, OverflowError, RecursionError) as error:
        raise invalid("its JSON has values of the wrong type") from error
    except MemoryError as error:
        raise ModelError(
            "MODEL_TOO_LARGE", "The model is too large: it needs more memory than there is for it.", "Make it simpler."
        ) from error


class _Conversion:
    def __init__(self, model: Model, read_file: ReadFile) -> None:
        self._model = model
        self._writer = GlbWriter()
        self._materials = MaterialWriter(model, self._writer, read_file)
        self._problems: list[str] = []
        self._pieces: dict[Any, Json | str] = {}
        self._meshes: dict[Any, int | None] = {}
        self._mesh_triangles: dict[int, int] = {}
        self._vertices, self._drawn, self._copies, self._copied = 0, 0, 0, 0

    def run(self) -> Converted:
        model, document = self._model, self._writer.document
        rest, _ = tree.check_places(model)
        roots = tree.scene_roots(model, self._problems)
        shown = tree.shown_nodes(model, roots)
        names = tree.unique_names(node_names(model), self._joints())
        written = tree.written_nodes(model, rest, names, roots)
        lights = tree.written_lights(model)
        if lights:
            document["extensions"] = {"KHR_lights_punctual": {"lights": lights}}
        self._write_skins()
        for number, is_visible in shown.items():
            if is_visible:
                self._dress(written, number)
        if not written and model.items("meshes"):
            roots = self._exhibit(written)
        document["scene"], document["scenes"] = 0, [{"nodes": list(roots)} if roots else {}]
        if written:
            document["nodes"] = written
        found = clips(model)
        self._write_clips(found, written)
        self._problems += [f'Clip "{c.name}": {why}.' for c in found for why in c.problems]
        self._declare_extensions()
        return self._finished(found)

    def _finished(self, found: tuple[Clip, ...]) -> Converted:
        used = self._model.document.get("extensionsUsed")
        extensions = tuple(dict.fromkeys(str(name)[:80] for name in used)) if isinstance(used, list) else ()
        if not self._vertices:
            self._problems.append("It shows nothing: its scene has no triangles.")
        glb = self._writer.glb()
        plain = read_glb(glb)
        originals = node_names(self._model)
        facts = facts_of(
            plain,
            originals,
            self._materials.pictures,
            found_clips=found,
            cameras=len(self._model.items("cameras")),
            extensions=extensions,
            ignored=tuple(name for name in extensions if name not in SUPPORTED_EXTENSIONS),
            problems=tuple(dict.fromkeys(self._problems + self._materials.problems)),
        )
        return Converted(glb, facts)

    # -- meshes ----------------------------------------------------------------------------------------
    def _dress(self, written: list[Json], number: int) -> None:
        """Give a node its mesh, skin and copies."""
        node = self._model.items("nodes")[number]
        if node.get("mesh") is None:
            return
        if pick(self._model.items("meshes"), node["mesh"]) is None:
            raise invalid(f"node {written[number]['name']} wears mesh {node['mesh']!s:.20}, which does not exist")
        skin = node.get("skin")
        if skin is not None and pick(self._model.items("skins"), skin) is None:
            raise invalid(f"node {written[number]['name']} wears skin {skin!s:.20}, which does not exist")
        mesh = self._mesh(node["mesh"], skin)
        if mesh is None:
            return
        weights = node.get("weights")
        dress: Json = {"mesh": mesh}
        if skin is not None and self._wears_skin(mesh):
            dress["skin"] = skin
        if isinstance(weights, list) and all(isinstance(w, int | float) for w in weights):
            dress["weights"] = weights
        each = self._mesh_triangles[mesh]
        most = min(SHOWN_COPIES - self._copies, (COPIED_TRIANGLES - self._copied) // max(each, 1))
        copies, count = tree.instances(self._model, node, written[number]["name"], max(most, 1))
        self._drawn += each * max(len(copies), 1)
        check_limit(self._drawn, MAX_TRIANGLES, "triangles")
        if not count:
            written[number] |= dress
            return
        if len(copies) < count:
            self._problems.append(f"{len(copies)} of {count} copies of {written[number]['name']} are shown.")
        self._copies, self._copied = self._copies + len(copies), self._copied + len(copies) * each
        check_limit(len(written) + len(copies), MAX_NODES, "nodes")
        for step, place in enumerate(copies):
            written[number].setdefault("children", []).append(len(written))
            written.append({"name": f"{written[number]['name']} copy {step}", **place, **dress})

    def _exhibit(self, written: list[Json]) -> list[int]:
        """Meshes of a file without nodes, each on a node of its own."""
        self._problems.append("It has no nodes; its meshes are shown side by side as they are.")
        for number in range(len(self._model.items("meshes"))):
            mesh = self._mesh(number, None)
            if mesh is not None:
                name = name_of(self._model.items("meshes")[number], "mesh", number)
                written.append({"name": f"{name} {number}", "mesh": mesh})
        return list(range(len(written)))

    def _mesh(self, index: int, skin: int | None) -> int | None:
        joints = len(self._model.items("skins")[skin]["joints"]) if skin is not None else None
        key = (index, joints)
        if key not in self._meshes:
            source = self._model.items("meshes")[index]
            name = name_of(source, "mesh", index)
            primitives = [self._primitive(p, name, joints) for p in objects(source, "primitives")]
            made: Json = {"name": name, "primitives": [p for p in primitives if p is not None]}
            if isinstance(source.get("weights"), list):
                made["weights"] = [float(weight) for weight in source["weights"]]
            self._meshes[key] = place = self._add("meshes", made) if made["primitives"] else None
            if place is not None:
                self._mesh_triangles[place] = sum(p["triangles"] for p in made["primitives"])
                made["primitives"] = [{k: v for k, v in p.items() if k != "triangles"} for p in made["primitives"]]
        return self._meshes[key]

    def _wears_skin(self, mesh: int) -> bool:
        return any("JOINTS_0" in p["attributes"] for p in self._writer.document["meshes"][mesh]["primitives"])

    def _primitive(self, source: Json, name: str, joints: int | None) -> Json | None:
        parts = (obj(source, "attributes"), source.get("targets"), obj(source, "extensions"))
        key = (repr(parts), source.get("indices"), source.get("mode", 4), joints)
        if key not in self._pieces:
            piece = read_piece(self._model, source, name, joints)
            self._pieces[key] = piece if isinstance(piece, str) else self._written(piece)
        found = self._pieces[key]
        if isinstance(found, str):
            self._problems.append(found[:1].upper() + found[1:] + ".")
            return None
        if not found:
            return None
        material = self._materials.material(source.get("material"), has_colors="COLOR_0" in found["attributes"])
        return {**found, "material": material}

    def _written(self, piece: Piece) -> Json:
        """The piece in the new buffer; empty when it has no triangle."""
        self._problems += [problem[:1].upper() + problem[1:] + "." for problem in piece.problems]
        if not piece.triangles:
            return {}
        self._vertices += piece.count
        check_limit(self._vertices, MAX_VERTICES, "corners")
        write = self._writer.accessor
        attributes = {key: write(rows, has_bounds=key == "POSITION") for key, rows in piece.attributes.items()}
        small = piece.count <= 0xFFFF
        indices = write(piece.indices.astype("<u2" if small else "<u4"))
        made: Json = {"attributes": attributes, "indices": indices, "triangles": piece.triangles}
        if piece.targets:
            check_limit(len(piece.targets), MAX_TARGETS, "morph targets in one mesh")
            made["targets"] = [
                {key: write(rows, has_bounds=key == "POSITION") for key, rows in target.items()}
                for target in piece.targets
            ]
        return made

    def _joints(self) -> set[int]:
        lists = [skin.get("joints") for skin in self._model.items("skins")]
        return {joint for joints in lists if isinstance(joints, list) for joint in joints if isinstance(joint, int)}

    # -- skins and clips -------------------------------------------------------------------------------
    def _write_skins(self) -> None:
        for number, skin in enumerate(self._model.items("skins")):
            joints = skin.get("joints")
            if not isinstance(joints, list) or not joints:
                raise invalid(f"skin {number} has no joints")
            check_limit(len(joints), MAX_JOINTS, "joints in one skin")
            for joint in joints:
                if pick(self._model.items("nodes"), joint) is None:
                    raise invalid(f"skin {number} names node {joint!s:.20}, which does not exist")
            made = {"joints": joints, "inverseBindMatrices": self._writer.accessor(self._binds(skin, number))}
            self._add("skins", {"name": name_of(skin, "skin", number), **made})

    def _binds(self, skin: Json, number: int) -> Array:
        count = len(skin["joints"])
        if skin.get("inverseBindMatrices") is None:
            return np.tile(np.eye(4, dtype=np.float32).reshape(-1), (count, 1))
        what = f"the bind matrices of skin {number}"
        rows = read_floats(self._model, skin["inverseBindMatrices"], what)
        if rows.shape[1] != 16 or len(rows) < count:
            raise invalid(f"{what} are {len(rows)} for {count} joints")
        return rows[:count]

    def _write_clips(self, found: tuple[Clip, ...], written: list[Json]) -> None:
        times: dict[tuple[float, ...], int] = {}
        for clip in found:
            samplers, channels = [], []
            for track in clip.tracks:
                if track.times_s not in times:
                    times[track.times_s] = self._writer.accessor(np.array(track.times_s, np.float32), has_bounds=True)
                for place, node in enumerate(track.nodes):
                    if track.path == "weights" and track.values.shape[-1] != self._targets(written[node]):
                        continue  # its mesh is not drawn
                    rows = track.values[..., place, :].astype(np.float32)
                    rows = rows.reshape(-1, 1 if track.path == "weights" else rows.shape[-1])
                    sampler = {"input": times[track.times_s], "output": self._writer.accessor(rows)}
                    samplers.append({**sampler, "interpolation": track.interpolation})
                    target = {"node": node, "path": track.path}
                    channels.append({"sampler": len(samplers) - 1, "target": target})
            if channels:
                self._add("animations", {"name": clip.name, "samplers": samplers, "channels": channels})

    def _targets(self, node: Json) -> int:
        mesh = pick(self._writer.document.get("meshes", []), node.get("mesh"))
        return max((len(p.get("targets", ())) for p in mesh["primitives"]), default=0) if mesh is not None else 0

    def _add(self, key: str, item: Json) -> int:
        items: list[Json] = self._writer.document.setdefault(key, [])
        items.append(item)
        return len(items) - 1

    def _declare_extensions(self) -> None:
        document = self._writer.document
        text = repr([document.get("materials"), document.get("extensions")])
        names = (
            "KHR_lights_punctual",
            "KHR_materials_emissive_strength",
            "KHR_materials_unlit",
            "KHR_texture_transform",
        )
        used = [name for name in names if f"'{name}'" in text]
        if used:
            document["extensionsUsed"] = used
