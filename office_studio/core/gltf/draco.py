"""Meshes packed by KHR_draco_mesh_compression."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from office_studio.core.gltf.accessors import Array, as_floats, view_bytes
from office_studio.core.gltf.limits import MAX_VERTICES, check_limit
from office_studio.core.gltf.model import Json, Model, invalid, obj, pick

EXTENSION: Final = "KHR_draco_mesh_compression"


def unpack(model: Model, primitive: Json, name: str) -> tuple[dict[str, Array], Array]:
    """Attributes by semantic, (count, width) each, joints as integers and all else as float32; and indices (n,).

    Raises:
        ModelError: MODEL_INVALID, MODEL_TOO_LARGE.
    """
    import DracoPy

    extension = obj(obj(primitive, "extensions"), EXTENSION)
    data = view_bytes(model, extension.get("bufferView"), f"the packed mesh {name}")
    _check_promise(model, primitive)
    try:
        mesh: Any = DracoPy.decode(data)
        faces = np.asarray(mesh.faces, dtype=np.uint32).reshape(-1)
        found = {entry["unique_id"]: np.asarray(entry["data"]) for entry in mesh.attributes}
    except (ValueError, RuntimeError, AttributeError, TypeError, DracoPy.FileTypeException) as error:
        raise invalid(f"mesh {name} cannot be unpacked (Draco: {str(error)[:80]})") from error
    attributes = {}
    for semantic, number in obj(extension, "attributes").items():
        values = found.get(number)
        if values is None:
            raise invalid(f"the packed mesh {name} has no {semantic!s:.30}")
        rows = values.reshape(len(values), -1)
        accessor = pick(model.items("accessors"), obj(primitive, "attributes").get(semantic)) or {}
        keeps = str(semantic).startswith("JOINTS_")
        attributes[str(semantic)] = rows if keeps else as_floats(rows, is_normalized=accessor.get("normalized") is True)
    return attributes, faces


def _check_promise(model: Model, primitive: Json) -> None:
    """Before unpacking, by what the accessors say: a few bytes may unpack to very many."""
    for index in (obj(primitive, "attributes").get("POSITION"), primitive.get("indices")):
        count = (pick(model.items("accessors"), index) or {}).get("count", 0)
        if isinstance(count, int):
            check_limit(count, 3 * MAX_VERTICES, "corners in one packed mesh")
