"""The pictures of one theme in two steps: what can be on screen at once, then the rest. Off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable

from office_studio.core.theme.model import Rect
from office_studio.services.theme_loader import LoadedTheme
from office_studio.ui.render.assets import NARROW_PX, SceneAssets, load_assets
from office_studio.ui.render.scene_cache import Pictures, SceneKey, key_of
from office_studio.ui.render.sprites import scaled_pictures


class ThemePictures:
    """For one theme as a view first shows it.

    Args:
        view: Size of the view, logical pixels; ``ratio``: device pixels per logical one.
        scale_of: Logical pixels per canvas unit that the view takes for that part of the canvas (None: all of it).
    """

    def __init__(
        self, loaded: LoadedTheme, view: tuple[int, int], ratio: float, scale_of: Callable[[Rect | None], float]
    ) -> None:
        self._loaded = loaded
        self._view, self._scale_of = view, scale_of
        self.scale, self.ratio = 1.0, ratio
        self._key: SceneKey | None = None
        self._made: tuple[SceneAssets, Pictures] | None = None

    def first(self) -> tuple[SceneAssets, Pictures]:
        """Assets and pictures to show: partial ones of the last time if nothing has changed since, else whole ones."""
        self._key = key_of(self._loaded, self._view, self.ratio)
        if self._key is not None and (found := self._key.read(self._loaded)) is not None:
            self.scale = self._scale_of(found[0].content)
            return found
        assets = load_assets(self._loaded, self.ratio, narrow=self._view[0] < NARROW_PX)
        self.scale = self._scale_of(assets.content)
        self._made = assets, scaled_pictures(assets, self.scale, self.ratio)
        return self._made

    def rest(self) -> SceneAssets | None:
        """The whole assets when ``first`` gave partial ones; else None, and the next time will be quicker."""
        if self._made is None:
            return load_assets(self._loaded, self.ratio, narrow=self._view[0] < NARROW_PX)
        if self._key is not None:
            self._key.write(*self._made)
        self._made = None
        return None
