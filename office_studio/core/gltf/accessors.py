"""Numbers of a glTF model as numpy arrays, checked against their buffers (glTF 2.0, section 3.6)."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from office_studio.core.gltf.model import Buffer, Json, Model, invalid, obj, pick
from office_studio.errors import ModelError

Floats = NDArray[np.float32]
Array = NDArray[Any]
WIDTHS: Final = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
DTYPES: Final[dict[int, np.dtype[Any]]] = {
    5120: np.dtype("i1"),
    5121: np.dtype("u1"),
    5122: np.dtype("<i2"),
    5123: np.dtype("<u2"),
    5125: np.dtype("<u4"),
    5126: np.dtype("<f4"),
}
COMPONENT_TYPES: Final = {dtype: number for number, dtype in DTYPES.items()}
MAX_COUNT: Final = 8_000_000  # elements of one accessor: an accessor without bytes costs its author nothing


def read_array(model: Model, index: Any, what: str = "an accessor") -> Array:
    """Elements as stored, (count, components), a copy or a read-only view; sparse ones are filled in.

    Args:
        what: Begins the sentence of an error, as in "the positions of mesh Chair".
    Raises:
        ModelError: MODEL_INVALID when anything leads out of its buffer.
    """
    accessor = pick(model.items("accessors"), index)
    if accessor is None:
        raise invalid(f"{what} name accessor {index!s:.20}, which does not exist")
    dtype, width, count = _shape(accessor, what)
    if accessor.get("bufferView") is None:
        values = np.zeros((count, width), dtype)
    else:
        at = _whole(accessor.get("byteOffset", 0), f"{what}: byteOffset")
        values = _strided(model, accessor["bufferView"], at, (count, width), dtype, what)
    if accessor.get("sparse") is not None:
        values = _with_sparse(model, obj(accessor, "sparse"), values, what)
    return values


def read_floats(model: Model, index: Any, what: str = "an accessor", *, may_be_odd: bool = False) -> Floats:
    """The same as (count, components) float32; normalised integers become −1…1 or 0…1, others keep their number.

    Raises:
        ModelError: MODEL_INVALID, also for NaN and infinite numbers unless ``may_be_odd``.
    """
    values = read_array(model, index, what)
    accessor = model.items("accessors")[index]
    floats = as_floats(values, is_normalized=accessor.get("normalized") is True)
    if not may_be_odd and not np.isfinite(floats).all():
        raise invalid(f"{what} hold numbers that are infinite or not a number")
    return floats


def as_floats(values: Array, *, is_normalized: bool) -> Floats:
    """Integers by the rule of glTF 2.0, section 3.11, when normalised."""
    if values.dtype.kind == "f" or not is_normalized:
        return values.astype(np.float32, copy=False)
    most = np.iinfo(values.dtype).max
    floats: Floats = np.maximum(values.astype(np.float32) / np.float32(most), np.float32(-1))
    return floats


def view_bytes(model: Model, index: Any, what: str) -> bytes:
    """All bytes of a buffer view."""
    view = pick(model.items("bufferViews"), index)
    if view is None:
        raise invalid(f"{what} names view {index!s:.20}, which does not exist")
    data = _buffer(model, view, what)
    at = _whole(view.get("byteOffset", 0), f"{what}: byteOffset")
    size = _whole(view.get("byteLength"), f"{what}: byteLength")
    if at + size > len(data):
        raise invalid(f"{what} leaves its buffer: {at + size} of {len(data)} bytes")
    return bytes(data[at : at + size])


def _shape(accessor: Json, what: str) -> tuple[np.dtype[Any], int, int]:
    kind, component = accessor.get("type"), accessor.get("componentType")
    dtype = DTYPES.get(component) if isinstance(component, int) else None
    width = WIDTHS.get(kind) if isinstance(kind, str) else None
    if dtype is None or width is None:
        raise invalid(f"{what} are of type {kind!s:.20}/{component!s:.20}, which glTF 2.0 does not know")
    count = _whole(accessor.get("count"), f"{what}: count")
    if count > MAX_COUNT:
        raise ModelError(
            "MODEL_TOO_LARGE",
            f"The model is too large: {what} have {count:,} elements; {MAX_COUNT:,} are the most.",
            "Reduce the mesh or split it into several files.",
        )
    return dtype, width, count


def _strided(model: Model, view_index: Any, at: int, shape: tuple[int, int], dtype: np.dtype[Any], what: str) -> Array:
    view = pick(model.items("bufferViews"), view_index)
    if view is None:
        raise invalid(f"{what} name view {view_index!s:.20}, which does not exist")
    data = _buffer(model, view, what)
    count, width = shape
    element = width * dtype.itemsize
    stride = _whole(view.get("byteStride") or element, f"{what}: byteStride")
    begin = _whole(view.get("byteOffset", 0), f"{what}: byteOffset")
    room = min(_whole(view.get("byteLength"), f"{what}: byteLength"), len(data) - begin)
    if count and at + (count - 1) * stride + element > room:
        raise invalid(f"{what} leave their buffer: {at + (count - 1) * stride + element} of {max(room, 0)} bytes")
    if not count:
        return np.zeros(shape, dtype)
    if stride < element:
        raise invalid(f"{what} have a stride of {stride} bytes and elements of {element}")
    values: Array = np.ndarray(shape, dtype, data, begin + at, (stride, dtype.itemsize))
    return values


def _with_sparse(model: Model, sparse: Json, values: Array, what: str) -> Array:
    count = _whole(sparse.get("count"), f"{what}: sparse count")
    if count > len(values):
        raise invalid(f"{what} have more sparse values ({count}) than elements ({len(values)})")
    indices, news = obj(sparse, "indices"), obj(sparse, "values")
    component = indices.get("componentType")
    if component not in (5121, 5123, 5125):
        raise invalid(f"{what} have sparse indices of type {component!s:.20}")
    at = _whole(indices.get("byteOffset", 0), f"{what}: sparse byteOffset")
    places = _strided(model, indices.get("bufferView"), at, (count, 1), DTYPES[component], what)[:, 0]
    at = _whole(news.get("byteOffset", 0), f"{what}: sparse byteOffset")
    filling = _strided(model, news.get("bufferView"), at, (count, values.shape[1]), values.dtype, what)
    if count and int(places.max()) >= len(values):
        raise invalid(f"{what} replace element {int(places.max())} of {len(values)}")
    values = values.copy()
    values[places] = filling
    return values


def _buffer(model: Model, view: Json, what: str) -> Buffer:
    index = view.get("buffer")
    if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < len(model.buffers):
        raise invalid(f"{what} name buffer {index!s:.20}, which does not exist")
    if not model.buffers[index]:
        raise invalid(f"{what} lie in buffer {index}, which has no data")
    return model.buffers[index]


def _whole(value: Any, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise invalid(f"{what} is {value!s:.20}, not a whole number from 0 on")
    return value
