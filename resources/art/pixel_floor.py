"""Where the low sun falls on the floor of the pixel loft."""

import numpy as np

from pixel_plan import BEAM, LINTEL, SILL, WINDOWS


def beam(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Whether the sun through a window reaches the floor at (x, y) metres; the bars leave shadows."""
    out = np.zeros(x.shape, bool)
    sx, sy, sz = BEAM
    z = x / sx * -sz  # height at which the ray came in
    entered = y - x / sx * sy
    for a, b in WINDOWS:
        bars = (np.abs(entered - (a + b) / 2) < 0.05) | (np.abs(z - (SILL + LINTEL) / 2) < 0.05)
        out |= (z > SILL) & (z < LINTEL) & (entered > a + 0.05) & (entered < b - 0.05) & ~bars
    return out
