"""Textures of a scene within a bound: where they would take more memory than it may have, they are shown smaller."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QImageReader

from office_studio.core.gltf.accessors import view_bytes
from office_studio.core.gltf.model import Model, pick
from office_studio.core.validation.images import image_kind
from office_studio.errors import OfficeStudioError
from office_studio.ui.render.images import in_memory, reader_of

if TYPE_CHECKING:
    from office_studio.ui.room3d.assets import Asset

_LEAST_SIDE = 512  # pixels: shorter ones stay as they are
_MOST_HALVINGS = 4


def fit_pictures(assets: Collection[Asset], most_bytes: int | None) -> None:
    """Set by how many halvings the textures of these models are shown, the same for all; each whose are says so.

    Args:
        most_bytes: Of all of them together, decoded; None: as large as they come.
    """
    sizes = {asset.key: _sizes(asset) for asset in assets}
    known = [size for each in sizes.values() for size in each]
    halvings = 0
    while most_bytes is not None and halvings < _MOST_HALVINGS and _bytes(known, halvings) > most_bytes:
        halvings += 1
    for asset in assets:
        asset.halvings = halvings
        if any(shrunk(size, halvings) != size for size in sizes[asset.key]):
            asset.problems.append(
                f"Its textures are shown at 1/{1 << halvings} of their size: those of all models here would take "
                f"{_bytes(known, 0) >> 20} MB, and without a GPU {(most_bytes or 0) >> 20} MB are the most."
            )


def shrunk(size: QSize, halvings: int) -> QSize:
    """A texture's size after so many halvings, of which short ones are spared."""
    while halvings and min(size.width(), size.height()) > _LEAST_SIDE:
        size, halvings = QSize(size.width() // 2, size.height() // 2), halvings - 1
    return size


def texture_reader(model: Model, number: int) -> tuple[QImageReader, object]:
    """A reader of an image of a model, and what has to be kept as long as it. Raises OfficeStudioError."""
    image = pick(model.items("images"), number) or {}
    data = view_bytes(model, image.get("bufferView"), f"picture {number}")
    stream = in_memory(data)
    return reader_of(stream, image_kind(data)), stream


def _sizes(asset: Asset) -> list[QSize]:
    """Of the images that are worn; without those that cannot be read, which are told of when they are drawn."""
    if asset.document is None:
        return []
    worn = {use.image for batch in asset.shape.batches for _, use in batch.surface.textures}
    found = []
    for number in sorted(worn):
        try:
            reader, _kept = texture_reader(asset.document, number)
        except OfficeStudioError:
            continue
        if (size := reader.size()).isValid():
            found.append(size)
    return found


def _bytes(sizes: list[QSize], halvings: int) -> int:
    small = (shrunk(size, halvings) for size in sizes)
    return sum(4 * size.width() * size.height() for size in small)
