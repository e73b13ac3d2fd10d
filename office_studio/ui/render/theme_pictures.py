"""The pictures of one theme in two steps: what can be on screen at once, then the rest. Off the GUI thread."""

from __future__ import annotations

from office_studio.services.theme_loader import LoadedTheme
from office_studio.ui.render.assets import SceneAssets, load_assets
from office_studio.ui.render.scene_cache import Pictures, SceneKey, key_of
from office_studio.ui.render.sprites import scaled_pictures


class ThemePictures:
    """For one theme at ``scale`` logical pixels per canvas unit and ``ratio`` device pixels per logical one."""

    def __init__(self, loaded: LoadedTheme, scale: float, ratio: float) -> None:
        self._loaded = loaded
        self.scale, self.ratio = scale, ratio
        self._key: SceneKey | None = None
        self._made: tuple[SceneAssets, Pictures] | None = None

    def first(self) -> tuple[SceneAssets, Pictures]:
        """Assets and pictures to show: partial ones of the last time if nothing has changed since, else whole ones."""
        self._key = key_of(self._loaded, self.scale, self.ratio)
        if self._key is not None and (found := self._key.read(self._loaded)) is not None:
            return found
        assets = load_assets(self._loaded, self.ratio)
        self._made = assets, scaled_pictures(assets, self.scale, self.ratio)
        return self._made

    def rest(self) -> SceneAssets | None:
        """The whole assets when ``first`` gave partial ones; else None, and the next time will be quicker."""
        if self._made is None:
            return load_assets(self._loaded, self.ratio)
        if self._key is not None:
            self._key.write(*self._made)
        self._made = None
        return None
