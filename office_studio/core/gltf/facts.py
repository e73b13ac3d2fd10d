"""What a converted model holds, for people and for the renderer: sizes, counts, the tree, clips, materials, lights."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np

from office_studio.core.gltf.accessors import Array, read_floats
from office_studio.core.gltf.animation import Clip
from office_studio.core.gltf.model import Json, Model, name_of, obj, objects, pick
from office_studio.core.gltf.pictures import Picture
from office_studio.core.gltf.pose import Doubles, Pose, parents_of, rest_pose, world_matrices

Vec3 = tuple[float, float, float]
_AT_ONCE = 50_000


class TextureFacts(msgspec.Struct, frozen=True):
    name: str
    width: int  # of the original, pixels
    height: int
    size_bytes: int  # in the converted file

    @property
    def decoded_bytes(self) -> int:
        """RGBA with all mipmaps, on the graphics card."""
        return self.width * self.height * 4 * 4 // 3


class ClipFacts(msgspec.Struct, frozen=True):
    name: str
    length_s: float
    nodes: int  # that it moves
    problems: tuple[str, ...] = ()


class MaterialFacts(msgspec.Struct, frozen=True):
    """``color`` RGBA, linear factors. ``textures``: slot (as in glTF) and number of ``ModelFacts3D.textures``."""

    name: str
    color: tuple[float, float, float, float]
    metallic: float
    roughness: float
    alpha: str  # OPAQUE, MASK or BLEND
    is_double_sided: bool = False
    is_unlit: bool = False
    emissive: Vec3 = (0.0, 0.0, 0.0)  # strength included
    textures: tuple[tuple[str, int], ...] = ()


class NodeFacts(msgspec.Struct, frozen=True):
    """One entry of the tree, in the order of the document. ``parent`` -1: a root, or not part of the scene."""

    name: str
    original_name: str
    parent: int
    kind: str  # mesh, skinned mesh, joint, light or group
    triangles: int = 0
    is_shown: bool = True


class LightFacts(msgspec.Struct, frozen=True):
    """A light that the model brings. ``color`` linear, without ``intensity`` (candela, or lux when directional).

    Shines along ``direction`` from ``position``, both in the model's space. Angles in radians from the axis.
    """

    name: str
    kind: str  # directional, point or spot
    color: Vec3
    intensity: float
    position: Vec3
    direction: Vec3
    range: float = 0.0  # 0: without end
    inner_angle: float = 0.0
    outer_angle: float = 0.0


class ModelFacts3D(msgspec.Struct, frozen=True):
    """``low`` and ``high``: box of everything at rest, skins included, in model units; None when it shows nothing."""

    low: Vec3 | None
    high: Vec3 | None
    triangles: int  # as drawn: a mesh in two places counts twice
    vertices: int
    draw_calls: int
    joints: int  # of the largest skin
    morph_targets: int
    textures: tuple[TextureFacts, ...]
    clips: tuple[ClipFacts, ...]
    materials: tuple[MaterialFacts, ...]
    nodes: tuple[NodeFacts, ...]
    lights: tuple[LightFacts, ...]
    cameras: int
    extensions: tuple[str, ...]  # the source uses
    ignored_extensions: tuple[str, ...]  # of these, what is left out of the picture
    problems: tuple[str, ...]  # sentences; what is shown otherwise than its author meant

    @property
    def height(self) -> float:
        return self.high[1] - self.low[1] if self.low is not None and self.high is not None else 0.0


def facts_of(
    model: Model,
    original_names: tuple[str, ...],
    pictures: list[tuple[str, Picture]],
    *,
    found_clips: tuple[Clip, ...],
    cameras: int,
    extensions: tuple[str, ...],
    ignored: tuple[str, ...],
    problems: tuple[str, ...],
) -> ModelFacts3D:
    """Facts of a converted model (``convert``), which is known to be sound."""
    rest = rest_pose(model)
    world = world_matrices(model, rest)
    shown = _shown(model)
    box = box_of(model, rest)
    primitives = [p for n in shown for p in objects(_mesh(model, n), "primitives")]
    return ModelFacts3D(
        low=box[0] if box else None,
        high=box[1] if box else None,
        triangles=sum(_triangles(model, p) for p in primitives),
        vertices=sum(_count(model, obj(p, "attributes").get("POSITION")) for p in primitives),
        draw_calls=len(primitives),
        joints=max((len(skin.get("joints", ())) for skin in model.items("skins")), default=0),
        morph_targets=max((len(objects(p, "targets")) for p in primitives), default=0),
        textures=tuple(TextureFacts(name, p.width, p.height, len(p.data)) for name, p in pictures),
        clips=tuple(ClipFacts(c.name, c.length_s, len(c.nodes), c.problems) for c in found_clips),
        materials=tuple(_material(model, item, i) for i, item in enumerate(model.items("materials"))),
        nodes=tuple(_nodes(model, original_names, shown)),
        lights=tuple(_lights(model, world, shown)),
        cameras=cameras,
        extensions=extensions,
        ignored_extensions=ignored,
        problems=problems,
    )


def box_of(model: Model, pose: Pose) -> tuple[Vec3, Vec3] | None:
    """Lowest and highest corner of all that is shown in a pose, skins as they stand; None when there is nothing."""
    world = world_matrices(model, pose)
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    for number in _shown(model):
        node = model.items("nodes")[number]
        for primitive in objects(_mesh(model, number), "primitives"):
            for corners in _placed(model, primitive, node, world, number):
                low, high = np.minimum(low, corners.min(axis=0)), np.maximum(high, corners.max(axis=0))
    if not np.isfinite(low).all() or not np.isfinite(high).all():
        return None
    return _vec(low), _vec(high)


def _placed(model: Model, primitive: Json, node: Json, world: Doubles, number: int) -> Iterator[Array]:
    """Corners in the scene, some at a time: all at once would be several times what the model takes."""
    attributes = obj(primitive, "attributes")
    corners = read_floats(model, attributes.get("POSITION"), "positions")
    skin = pick(model.items("skins"), node.get("skin"))
    if skin is None or "JOINTS_0" not in attributes:
        for begin in range(0, len(corners), _AT_ONCE):
            yield corners[begin : begin + _AT_ONCE] @ world[number][:3, :3].T + world[number][:3, 3]
        return
    joints = [int(joint) for joint in skin["joints"]]
    bind = read_floats(model, skin["inverseBindMatrices"], "bind matrices").reshape(-1, 4, 4).transpose(0, 2, 1)
    matrices = (world[joints] @ bind)[:, :3, :]
    places = read_floats(model, attributes["JOINTS_0"], "joints").astype(int)
    weights = read_floats(model, attributes["WEIGHTS_0"], "weights")
    for begin in range(0, len(corners), _AT_ONCE):
        part = slice(begin, begin + _AT_ONCE)
        blend = np.einsum("nk,nkij->nij", weights[part], matrices[places[part]])
        yield np.einsum("nij,nj->ni", blend[:, :, :3], corners[part]) + blend[:, :, 3]


def _shown(model: Model) -> list[int]:
    """Nodes of the scene, parents first."""
    nodes = model.items("nodes")
    open_ = list(reversed(model.items("scenes")[0].get("nodes", [])))
    found = []
    while open_:
        number = open_.pop()
        found.append(number)
        open_ += reversed(nodes[number].get("children", []))
    return found


def _mesh(model: Model, node: int) -> Json:
    return pick(model.items("meshes"), model.items("nodes")[node].get("mesh")) or {}


def _count(model: Model, accessor: int | None) -> int:
    found = pick(model.items("accessors"), accessor)
    return int(found["count"]) if found is not None else 0


def _triangles(model: Model, primitive: Json) -> int:
    return _count(model, primitive.get("indices", obj(primitive, "attributes").get("POSITION"))) // 3


def _material(model: Model, item: Json, index: int) -> MaterialFacts:
    pbr, extensions = obj(item, "pbrMetallicRoughness"), obj(item, "extensions")
    slots = [(key, obj(pbr, key)) for key in ("baseColorTexture", "metallicRoughnessTexture")]
    slots += [(key, obj(item, key)) for key in ("normalTexture", "occlusionTexture", "emissiveTexture")]
    strength = obj(extensions, "KHR_materials_emissive_strength").get("emissiveStrength", 1.0)
    glow = [float(value) * strength for value in item.get("emissiveFactor", (0, 0, 0))]
    color = pbr["baseColorFactor"]
    return MaterialFacts(
        name=name_of(item, "material", index),
        color=(float(color[0]), float(color[1]), float(color[2]), float(color[3])),
        metallic=pbr["metallicFactor"],
        roughness=pbr["roughnessFactor"],
        alpha=item.get("alphaMode", "OPAQUE"),
        is_double_sided=item.get("doubleSided", False),
        is_unlit="KHR_materials_unlit" in extensions,
        emissive=(glow[0], glow[1], glow[2]),
        textures=tuple((key, model.items("textures")[info["index"]]["source"]) for key, info in slots if info),
    )


def _nodes(model: Model, original_names: tuple[str, ...], shown: list[int]) -> list[NodeFacts]:
    nodes, seen = model.items("nodes"), set(shown)
    parents = parents_of(nodes)
    joints = {joint for skin in model.items("skins") for joint in skin.get("joints", ())}
    made = []
    for number, node in enumerate(nodes):
        kind = "joint" if number in joints else "group"
        if "extensions" in node:
            kind = "light"
        if "mesh" in node:
            kind = "skinned mesh" if "skin" in node else "mesh"
        count = sum(_triangles(model, p) for p in objects(_mesh(model, number), "primitives"))
        original = original_names[number] if number < len(original_names) else ""
        made.append(NodeFacts(node["name"], original, parents.get(number, -1), kind, count, number in seen))
    return made


def _lights(model: Model, world: Doubles, shown: list[int]) -> list[LightFacts]:
    lights = objects(obj(obj(model.document, "extensions"), "KHR_lights_punctual"), "lights")
    made = []
    for number in shown:
        node = model.items("nodes")[number]
        light = pick(lights, obj(obj(node, "extensions"), "KHR_lights_punctual").get("light"))
        if light is None or not light["intensity"]:
            continue
        ahead = -world[number][:3, 2]
        length = float(np.linalg.norm(ahead))
        cone = obj(light, "spot")
        made.append(
            LightFacts(
                name=node["name"],
                kind=light["type"],
                color=_vec(np.array(light["color"], dtype=float)),
                intensity=light["intensity"],
                position=_vec(world[number][:3, 3]),
                direction=_vec(ahead / length) if length > 0 else (0.0, 0.0, -1.0),
                range=light.get("range", 0.0),
                inner_angle=cone.get("innerConeAngle", 0.0),
                outer_angle=cone.get("outerConeAngle", 0.0),
            )
        )
    return made


def _vec(values: Array) -> Vec3:
    return float(values[0]), float(values[1]), float(values[2])
