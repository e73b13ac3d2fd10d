"""Cases of the rules on where figures may walk."""

from __future__ import annotations

from typing import Any

from tests.unit.core.validation.cases import Case, put
from tests.unit.core.validation.samples import Sample


def rect(x: float, y: float, width: float, height: float) -> list[dict[str, Any]]:
    corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
    return [{"x": a, "y": b} for a, b in corners]


ALL = rect(0, 0, 10_000, 10_000)
WALKABLE = put("navigation", {"floor": [ALL], "obstacles": [rect(0, 0, 4, 4)], "entrance": {"x": 20, "y": 20}})


def fence_in(sample: Sample) -> None:
    """A wide obstacle all around the first seat, so that no straight step leads out of it."""
    seat = sample.document["zones"][0]["seats"][0]
    x, y = seat["x"], seat["y"]
    far, thick = 30, 12
    sample.document["navigation"]["obstacles"] = [
        rect(x - far, y - far, 2 * far, thick),
        rect(x - far, y + far - thick, 2 * far, thick),
        rect(x - far, y - far, thick, 2 * far),
        rect(x + far - thick, y - far, thick, 2 * far),
    ]


FLOOR = [
    Case("T2D-NAV-SHAPE", "/navigation/obstacles/0", put("navigation/obstacles/0", ALL[:2]), setup=WALKABLE),
    Case("T2D-NAV-KEY", "/navigation/exit", put("navigation/exit", {"x": 1, "y": 1}), setup=WALKABLE),
    Case("T2D-NAV-NOFLOOR", "/navigation", put("navigation/obstacles/0", ALL), setup=WALKABLE),
    Case("T2D-NAV-ENTRANCE", "/navigation/entrance", put("navigation/entrance", {"x": -500, "y": 20}), setup=WALKABLE),
    Case("T2D-NAV-SEAT", "/zones/0/seats/0", fence_in, setup=WALKABLE),
]
