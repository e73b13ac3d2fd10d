"""What stands still in a room: batches with the models that draw them, patches of floor, lights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec
import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtQuick3D import QQuick3DGeometry

from office_studio.ui.room3d.assets import Asset, linear, placement_of, plain_batch
from office_studio.ui.room3d.batches import Batch
from office_studio.ui.room3d.looks import Surface
from office_studio.ui.room3d.scene import Light, Plane, Prop


class Still:
    """One batch of what stands still: its model, and more that draw distances."""

    def __init__(self, batch: Batch, asset: Asset | None, geometry: QQuick3DGeometry) -> None:
        self.batch, self.asset, self.geometry = batch, asset, geometry
        self.model: QObject | None = None
        self.twins: dict[str, QObject] = {}  # by what they show of it

    @property
    def is_clear(self) -> bool:
        """Figures can be behind it and seen: not kept in a plate. Patches of floor are below everybody."""
        return self.batch.surface.alpha == "BLEND" and self.asset is not None


def lights_of(props: Iterable[Prop], assets: Mapping[str, Asset]) -> Iterator[Light]:
    """What props bring along, where they stand."""
    for prop in props:
        asset = assets.get(prop.model)
        place = placement_of(prop)
        for light in asset.lights if asset is not None else ():
            ends = [tuple((place @ (*point, 1.0))[:3].tolist()) for point in (light.position, light.target)]
            yield msgspec.structs.replace(light, position=ends[0], target=ends[1])


def plane_batch(plane: Plane) -> Batch:
    (x, y, z), (wide, deep) = plane.center, (plane.size[0] / 2, plane.size[1] / 2)
    points = np.array(
        [[x - wide, y, z - deep], [x - wide, y, z + deep], [x + wide, y, z + deep], [x + wide, y, z - deep]]
    )
    surface = Surface(
        base=(*linear(plane.color), plane.opacity),
        metallic=0.0,
        roughness=plane.roughness,
        alpha="BLEND" if plane.opacity < 1 else "OPAQUE",
    )
    return plain_batch(surface, points, np.tile((0.0, 1.0, 0.0), (4, 1)), np.array([0, 1, 2, 0, 2, 3]))
