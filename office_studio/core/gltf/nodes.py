"""The tree of a model, written anew: one scene, unique names, places as translation, rotation and scale."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

import numpy as np

from office_studio.core.gltf.accessors import read_floats
from office_studio.core.gltf.limits import MAX_DEPTH, MAX_NODES, check_limit
from office_studio.core.gltf.model import Json, Model, invalid, obj, pick
from office_studio.core.gltf.pose import Pose, parents_of, rest_pose, world_matrices

_INSTANCING, _VISIBILITY, _LIGHTS = "EXT_mesh_gpu_instancing", "KHR_node_visibility", "KHR_lights_punctual"
_FURTHEST: Final = 1e15


def unique_names(names: Sequence[str], first: Collection[int] = ()) -> tuple[str, ...]:
    """Each name once; empty ones become "node 3" by their index, doubles get "_2", "_3", …

    Args:
        first: Nodes that keep their name before others do, as bones should: clips of other models find them by it.
    """
    taken = {name for name in names if name}
    given: dict[str, int] = {}
    for number in sorted(range(len(names)), key=lambda number: (number not in first, number)):
        wanted = names[number] or f"node {number}"
        if wanted in given or (not names[number] and wanted in taken):
            step = 2
            while (other := f"{wanted}_{step}") in given or other in taken:
                step += 1
            wanted = other
        given[wanted] = number
    return tuple(sorted(given, key=given.__getitem__))


def scene_roots(model: Model, problems: list[str]) -> list[int]:
    """Nodes of the scene that is shown: the default one, else the first, else all that have no parent."""
    nodes, scenes = model.items("nodes"), model.items("scenes")
    parents = {child for node in nodes for child in children_of(node)}
    if not scenes:
        return [number for number in range(len(nodes)) if number not in parents]
    wanted = model.document.get("scene", 0)
    scene = pick(scenes, wanted)
    if scene is None:
        raise invalid(f"its scene {wanted!s:.20} does not exist")
    listed: list[int] = []
    for number in scene.get("nodes") or []:
        if pick(nodes, number) is None:
            raise invalid(f"its scene names node {number!s:.20}, which does not exist")
        listed.append(number)
    above = parents_of(nodes)
    roots = [number for number in dict.fromkeys(listed) if not _is_below(number, set(listed), above)]
    if len(roots) < len(listed):
        problems.append("Its scene lists a node twice, by itself and inside another one.")
    return roots


def _is_below(number: int, others: set[int], above: dict[int, int]) -> bool:
    while number in above:
        number = above[number]
        if number in others:
            return True
    return False


def children_of(node: Json) -> list[int]:
    children = node.get("children")
    return list(children) if isinstance(children, list) else []


def shown_nodes(model: Model, roots: Sequence[int]) -> dict[int, bool]:
    """Nodes of the scene, parents first, and whether each is visible.

    Raises:
        ModelError: MODEL_INVALID when nodes go too deep.
    """
    nodes = model.items("nodes")
    found: dict[int, bool] = {}
    open_ = [(number, 1, True) for number in reversed(roots)]
    while open_:
        number, depth, is_visible = open_.pop()
        if depth > MAX_DEPTH:
            raise invalid(f"its nodes lie inside each other more than {MAX_DEPTH} deep")
        is_visible = is_visible and obj(obj(nodes[number], "extensions"), _VISIBILITY).get("visible") is not False
        found[number] = is_visible
        open_ += [(child, depth + 1, is_visible) for child in reversed(children_of(nodes[number]))]
    return found


def written_nodes(model: Model, rest: Pose, names: Sequence[str], roots: Sequence[int]) -> list[Json]:
    """One for one with the model's nodes, without meshes and skins yet; ``roots`` are taken out of what holds them."""
    made = []
    outermost = set(roots)
    for number, node in enumerate(model.items("nodes")):
        entry: Json = {"name": names[number]}
        children = [child for child in children_of(node) if child not in outermost]
        if children:
            entry["children"] = children
        rows = (
            ("translation", rest.translations, 0.0),
            ("rotation", rest.rotations, None),
            ("scale", rest.scales, 1.0),
        )
        for key, values, usual in rows:
            row = [float(value) for value in values[number]]
            if row != ([0.0, 0.0, 0.0, 1.0] if usual is None else [usual] * 3):
                entry[key] = row
        light = obj(obj(node, "extensions"), _LIGHTS).get("light")
        if pick(_lights(model), light) is not None:
            entry["extensions"] = {_LIGHTS: {"light": light}}
        made.append(entry)
    return made


def instances(model: Model, node: Json, name: str, most: int) -> tuple[list[Json], int]:
    """Places of the first ``most`` copies of a node's mesh by EXT_mesh_gpu_instancing, and how many there are."""
    attributes = obj(obj(obj(node, "extensions"), _INSTANCING), "attributes")
    rows = {}
    for semantic, key, width in (("TRANSLATION", "translation", 3), ("ROTATION", "rotation", 4), ("SCALE", "scale", 3)):
        if semantic in attributes:
            rows[key] = read_floats(model, attributes[semantic], f"the copies of {name}")
            if rows[key].shape[1] != width:
                raise invalid(f"the copies of {name} have {rows[key].shape[1]} numbers for their {key}")
    counts = {len(values) for values in rows.values()}
    if not rows:
        return [], 0
    if len(counts) > 1:
        raise invalid(f"the copies of {name} are {' and '.join(str(count) for count in sorted(counts))} at once")
    count = counts.pop()
    if "rotation" in rows:
        length = np.linalg.norm(rows["rotation"], axis=1, keepdims=True)
        rows["rotation"] = np.where(length > 0, rows["rotation"] / np.where(length > 0, length, 1), (0, 0, 0, 1))
    shown = range(min(count, most))
    return [{key: [float(v) for v in values[number]] for key, values in rows.items()} for number in shown], count


def check_places(model: Model) -> tuple[Pose, np.ndarray[Any, np.dtype[np.float64]]]:
    """Places at rest and in the world, (n, 4, 4).

    Raises:
        ModelError: MODEL_INVALID when one is beyond what numbers can tell.
    """
    check_limit(len(model.items("nodes")), MAX_NODES, "nodes")
    with np.errstate(all="ignore"):
        rest = rest_pose(model)
        world = world_matrices(model, rest)
    if not np.isfinite(world).all() or (len(world) and float(np.abs(world).max()) > _FURTHEST):
        raise invalid("a node of it lies farther away than numbers can tell")
    return rest, world


def written_lights(model: Model) -> list[Json]:
    """Lights of KHR_lights_punctual that are of a known type; others give no light but keep their number."""
    made = []
    for light in _lights(model):
        kind = light.get("type")
        entry: Json = {"type": kind if kind in ("directional", "point", "spot") else "point"}
        color = light.get("color")
        numbers = color if isinstance(color, list) and len(color) == 3 else [1.0] * 3
        entry["color"] = [min(max(_real(value, 1.0), 0.0), 1.0) for value in numbers]
        entry["intensity"] = max(_real(light.get("intensity"), 1.0), 0.0) if kind == entry["type"] else 0.0
        if _real(light.get("range"), 0.0) > 0:
            entry["range"] = _real(light.get("range"), 0.0)
        if kind == "spot":
            cone = obj(light, "spot")
            outer = min(max(_real(cone.get("outerConeAngle"), np.pi / 4), 1e-4), np.pi / 2)
            inner = min(max(_real(cone.get("innerConeAngle"), 0.0), 0.0), outer)
            entry["spot"] = {"innerConeAngle": inner, "outerConeAngle": outer}
        made.append(entry)
    return made


def _lights(model: Model) -> list[Json]:
    found = obj(obj(model.document, "extensions"), _LIGHTS).get("lights")
    return [light if isinstance(light, dict) else {} for light in found] if isinstance(found, list) else []


def _real(value: Any, default: float) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9
    return float(value) if is_number else default
