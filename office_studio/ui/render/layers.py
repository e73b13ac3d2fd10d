"""Z-values: the theme's layers in order, implicit ones where it has none, our own marks on top. Format 2.4 and 4."""

from __future__ import annotations

from collections.abc import Sequence

from office_studio.core.theme.model import Layer

_LAYER_STEP = 1_000_000.0
_SORTED_FROM = 100_000.0  # within a layer: unsorted items below, then those sorted by foot line
_TOP = 10_000


class LayerOrder:
    """Maps a layer id and a foot line to a z-value."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        indexes = {layer.id: layer.z_index for layer in reversed(layers)}
        lowest, highest = min(indexes.values(), default=0), max(indexes.values(), default=100)
        indexes.setdefault("background", lowest - 1)
        indexes.setdefault("characters", 30)
        indexes.setdefault("effects", 50)
        indexes.setdefault("ui-overlay", highest + 1)
        written = {layer.id: number for number, layer in enumerate(layers)}
        # Equal indexes keep the order of the manifest; implicit layers come after written ones of the same index.
        ranked = sorted(indexes, key=lambda ident: (indexes[ident], written.get(ident, _TOP)))
        self._rank = {ident: rank for rank, ident in enumerate(ranked)}

    def z(self, layer: str, foot: float | None = None, number: int = 0) -> float:
        """Z-value of an item. ``foot``: canvas y it is sorted by, None for unsorted; ``number``: its place in line."""
        base = self._rank.get(layer, self._rank["characters"]) * _LAYER_STEP
        return base + number if foot is None else base + _SORTED_FROM + foot

    @property
    def links(self) -> float:
        """Collaboration lines lie in the effects layer, or just below our marks when that one is lower than figures."""
        return max(self.z("effects"), self.z("characters", 90_000.0)) + 90_000.0

    @property
    def zones(self) -> float:
        return self.z("background", number=10)

    @property
    def zone_labels(self) -> float:
        return self.z("ui-overlay")

    @property
    def veil(self) -> float:
        return _LAYER_STEP * _TOP

    @property
    def seats(self) -> float:
        return self.veil + 1

    @property
    def labels(self) -> float:
        return self.veil + 10

    @property
    def bubbles(self) -> float:
        return self.veil + 20

    @property
    def ghost(self) -> float:
        return self.veil + 30
