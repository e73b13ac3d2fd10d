"""Structural similarity of two pictures (Wang et al. 2004), with parts left out. Numpy only."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

WINDOW = 7  # px, uniform weights
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2

Gray = NDArray[np.float64]
Box = tuple[float, float, float, float]  # left, top, right, bottom


def luma(rgb: NDArray[np.uint8]) -> Gray:
    return rgb[..., :3].astype(np.float64) @ np.array([0.299, 0.587, 0.114])


def mask_of(shape: tuple[int, int], boxes: Iterable[Box], grown: float = 2.0) -> NDArray[np.bool_]:
    """True where a box, grown by some pixels, lies."""
    mask = np.zeros(shape, dtype=bool)
    for left, top, right, bottom in boxes:
        rows = slice(max(0, int(np.floor(top - grown))), max(0, int(np.ceil(bottom + grown))))
        mask[rows, max(0, int(np.floor(left - grown))) : max(0, int(np.ceil(right + grown)))] = True
    return mask


def ssim(one: Gray, other: Gray, mask: NDArray[np.bool_] | None = None) -> float:
    """Mean over all windows that touch nothing masked. 1.0: equal."""
    mean_a, mean_b = _mean(one), _mean(other)
    var_a, var_b = _mean(one * one) - mean_a**2, _mean(other * other) - mean_b**2
    covariance = _mean(one * other) - mean_a * mean_b
    value = ((2 * mean_a * mean_b + _C1) * (2 * covariance + _C2)) / (
        (mean_a**2 + mean_b**2 + _C1) * (var_a + var_b + _C2)
    )
    if mask is None:
        return float(value.mean())
    return float(value[_mean(mask.astype(np.float64)) < 1e-9].mean())


def _mean(values: Gray) -> Gray:
    """Mean of every window that lies inside."""
    sums = np.pad(values.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    size = WINDOW
    return (sums[size:, size:] - sums[:-size, size:] - sums[size:, :-size] + sums[:-size, :-size]) / size**2
