"""The pictures of one theme in two steps: what can be on screen at once, then the rest. Off the GUI thread.

The order is that of format section 17.1: the background, then furniture and characters, then what is left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from office_studio.core.office.ways import Ways
from office_studio.core.theme.model import Rect, Theme
from office_studio.errors import OfficeStudioError
from office_studio.services.theme_loader import LoadedTheme
from office_studio.ui.render.assets import NARROW_PX, SceneAssets, load_assets
from office_studio.ui.render.content import content_of
from office_studio.ui.render.images import KeptPictures, read_image
from office_studio.ui.render.scene_cache import Pictures, SceneKey, key_of
from office_studio.ui.render.sprites import scaled_pictures


class ThemePictures:
    """For one theme as a view first shows it.

    Args:
        view: Size of the view, logical pixels; ``ratio``: device pixels per logical one.
        scale_of: Logical pixels per canvas unit that the view takes for that part of the canvas (None: all of it).
        quality: ``high`` or ``performance`` (format section 18).
        look: What else the scale depends on, in a word.
        kept: Pictures of the theme decoded before, when it is read anew.
        note: Called with the name of each picture that is wanted, on the thread that decodes; may raise to stop.
    """

    def __init__(
        self,
        loaded: LoadedTheme,
        view: tuple[int, int],
        ratio: float,
        scale_of: Callable[[Rect | None], float],
        quality: str = "high",
        look: str = "",
        kept: KeptPictures | None = None,
        note: Callable[[str], None] | None = None,
    ) -> None:
        self.kept = KeptPictures(loaded.files, loaded.source, kept, note)
        self.loaded = loaded
        self._loaded = replace(loaded, files=self.kept)
        self._view, self._scale_of, self._quality = view, scale_of, quality
        self.scale, self.ratio = 1.0, ratio
        self._look = f"{look} {quality}"
        self.ways: Ways | None = None  # over the floor; known after ``whole``
        self._key: SceneKey | None = None
        self._is_cached = False

    def first(self) -> tuple[SceneAssets, Pictures]:
        """Assets and pictures to show: those of the last time if nothing has changed since, else the background."""
        self._key = key_of(self._loaded, self._view, self.ratio, self._look)
        found = self._key.read(self._loaded) if self._key is not None else None
        self._is_cached = found is not None
        if found is not None:
            self.scale = self._scale_of(found[0].content)
            return found
        assets = self._room()
        self.scale = self._scale_of(assets.content)
        return assets, scaled_pictures(assets, self.scale, self.ratio)

    def whole(self) -> tuple[SceneAssets, Pictures]:
        """Everything, and its pictures at the zoom of the start. No pictures when ``first`` gave them all."""
        assets = load_assets(self._loaded, self.ratio, narrow=self._view[0] < NARROW_PX, quality=self._quality)
        self.scale = self._scale_of(assets.content)
        self.ways = Ways.built(assets.theme)
        return assets, {} if self._is_cached else scaled_pictures(assets, self.scale, self.ratio)

    def keep(self, assets: SceneAssets, pictures: Pictures) -> None:
        """Keep what ``whole`` gave on disk, so that the next start is quicker."""
        if not self._is_cached:
            key = self._key or key_of(self._loaded, self._view, self.ratio, self._look)
            if key is not None:
                key.write(assets, pictures)

    def _room(self) -> SceneAssets:
        """The background alone, and what of the canvas is worth seeing."""
        theme, background = self._loaded.theme, None
        for name in backgrounds(theme, self.ratio, self._view[0], self._quality):
            try:
                background = read_image(self.kept, name)
                break
            except OfficeStudioError:
                continue  # told as a finding with the rest
        content = content_of(theme, background)
        findings, quality = self._loaded.findings, self._quality
        return SceneAssets(theme, background, {}, (), findings, is_partial=True, content=content, quality=quality)


def backgrounds(theme: Theme, ratio: float, width: float, quality: str) -> list[str]:
    """Names of the pictures that may be the background, the most fitting first (format 2.2, 16, 18)."""
    back, mode = theme.canvas.background, theme.quality.get(quality)
    fine = back.image2x if ratio > 1 and quality != "performance" else None
    wanted = (back.mobile if width < NARROW_PX else None, mode.background if mode else None, fine, back.image)
    return [name for name in wanted if name]
