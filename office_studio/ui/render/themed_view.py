"""A camera on a theme: reads its pictures off the GUI thread, shows them, exchanges them for those of another theme."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from office_studio.core.office.stage import StageStep
from office_studio.core.office.ways import Ways
from office_studio.core.theme.model import Rect
from office_studio.services.theme_loader import LoadedTheme
from office_studio.ui.render.assets import SceneAssets
from office_studio.ui.render.camera_view import CameraView, first_camera
from office_studio.ui.render.fade import Fade
from office_studio.ui.render.images import KeptPictures
from office_studio.ui.render.loading import Cancelled
from office_studio.ui.render.office_view import why_not
from office_studio.ui.render.offscreen import backdrop_of
from office_studio.ui.render.portrait import Portraits
from office_studio.ui.render.renderers import FLAT, check_drawable
from office_studio.ui.render.scene import pixmaps
from office_studio.ui.render.sprites import scaled_pictures
from office_studio.ui.render.theme_pictures import ThemePictures


class ThemedView(CameraView):
    """``room_shown`` comes when background and furniture of a theme are in place, ``theme_shown`` with all of it; with
    ``theme_failed`` what was shown before stays.
    """

    _picture_wanted = Signal(int, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setBackgroundBrush(backdrop_of(None))
        self._asked_for = (0, 0)  # size of the view that pictures were asked for
        self._kept: KeptPictures | None = None
        self._has_shown = False  # whether there is a picture that another one would replace
        self._portraits = Portraits()
        self._fade = Fade(self)
        self._picture_wanted.connect(self._on_picture_wanted)

    # -- themes --------------------------------------------------------------------------------------
    def set_theme(self, loaded: LoadedTheme | None) -> None:
        """Another theme; None is the built-in office. Pictures arrive later, see ``theme_shown``.

        A theme that is still being read is given up. Until the new one is there the one before stays on screen.
        Raises ThemeError RENDERER_UNSUPPORTED; the theme before stays then.
        """
        if loaded is not None:
            check_drawable(loaded.theme, only=FLAT)
        self._request += 1
        self._kept = None
        if loaded is None:
            self.progress.finish()
            self._show_assets(None, None, {}, 1.0, self.ratio)
            return
        made, request = self._pictures_of(loaded, None), self._request
        self.progress.begin()
        if self._has_shown:
            self._loader.start(("whole", request), lambda: (*made.whole(), made))
        else:
            self._loader.start(("first", request), lambda: (*made.first(), made))

    def reload_theme(self, loaded: LoadedTheme) -> None:
        """The theme shown, read anew after somebody changed its files: only changed pictures are decoded again.

        Nobody moves, and the camera stays. Raises ThemeError RENDERER_UNSUPPORTED.
        """
        check_drawable(loaded.theme, only=FLAT)
        if self.stage.assets is None or self.stage.assets.theme.id != loaded.theme.id:
            self.set_theme(loaded)
            return
        self._request += 1
        made, request = self._pictures_of(loaded, self._kept), self._request
        self._loader.start(("reload", request), lambda: (*made.whole(), made))

    def _on_quality(self) -> None:
        self._note_quality(self._loaded)
        self.stage.set_quality(self._quality)
        if self._loaded is not None:
            self.reload_theme(self._loaded)

    def rest(self) -> None:
        """Stop timers, let go of the pictures; the next theme begins anew."""
        self._request += 1
        self._settle.stop()
        self._motion.stop()
        self._fade.stop()
        self.progress.finish()
        self._loaded, self._kept, self._pictures, self._pictures_for = None, None, {}, None
        self._has_shown = False
        self._portraits.clear()
        self.stage.set_assets(None, self._now_ms())

    def close_stage(self) -> None:
        """Stop timers and the picture thread, let go of the pictures. Call before the view goes away for good.

        A view is part of reference cycles: without this a hundred megabytes stay until Python looks for such.
        """
        self._request += 1
        self._loader.close()
        self.rest()

    # -- pictures ----------------------------------------------------------------------------------------
    def _pictures_of(self, loaded: LoadedTheme, kept: KeptPictures | None) -> ThemePictures:
        """What follows runs on another thread, so everything of the view is asked now."""
        self._note_quality(loaded)
        view = self._asked_for = self._view_size()
        fit, scale = self._fit, self._camera.scale
        is_reload = kept is not None or (self._loaded is not None and self._loaded.source == loaded.source)

        def scale_of(content: Rect | None) -> float:
            return scale if is_reload and self._has_shown else first_camera(loaded, view, content, fit).scale

        return ThemePictures(loaded, view, self.ratio, scale_of, self._quality, fit, kept, self._note_of(loaded))

    def _note_of(self, loaded: LoadedTheme) -> Callable[[str], None]:
        """Counts pictures on the loader's thread, and stops it when something else is wanted."""
        request, seen = self._request, set[str]()
        theme = loaded.theme
        names = {item.sprite for item in (*theme.furniture, *theme.effects)} | set(theme.characters.variants)
        total = max(1, len(names) + 2)

        def note(name: str) -> None:
            if request != self._request:
                raise Cancelled
            seen.add(name)
            self._picture_wanted.emit(request, len(seen) / total)

        return note

    def _on_picture_wanted(self, request: int, share: float) -> None:
        if request == self._request:
            self.progress.note(share)

    def _on_arrived(self, tag: tuple[str, int], result: object) -> None:
        kind, request = tag
        if request != self._request or kind == "kept":
            return
        if isinstance(result, Exception):
            self.progress.finish()
            if kind != "scale":  # then the pictures of the zoom before stay, stretched
                self.theme_failed.emit(why_not(result, "Its pictures"))
            return
        if kind == "scale":
            images, (scale, ratio) = result  # type: ignore[misc]
            if (scale, ratio) == (self._camera.scale, self.ratio):
                self._pictures, self._pictures_for = pixmaps(images, ratio), (scale, ratio)
                self._apply_scale(anew=True)
            return
        assets, images, made = result  # type: ignore[misc]
        if kind == "first":
            self._show_assets(made.loaded, assets, pixmaps(images, made.ratio), made.scale, made.ratio)
            self.room_shown.emit()
            rest = ("rest", request)
            QTimer.singleShot(0, self, lambda: self._loader.start(rest, lambda: (*made.whole(), made)))  # paint first
            return
        self._kept = made.kept
        if kind == "whole":
            self._show_assets(made.loaded, assets, pixmaps(images, made.ratio), made.scale, made.ratio, made.ways)
            self.room_shown.emit()
        elif kind == "rest":
            self._complete(assets, pixmaps(images, made.ratio), made)
        else:
            self._exchange(assets, pixmaps(images, made.ratio), made)
        self.progress.finish()
        if kind != "reload" and images:
            self._loader.start(("kept", request), lambda: made.keep(assets, images))

    def _show_assets(
        self,
        loaded: LoadedTheme | None,
        assets: SceneAssets | None,
        pictures: dict[tuple[str, int, int], QPixmap],
        scale: float,
        ratio: float,
        ways: Ways | None = None,
    ) -> None:
        self._motion.stop()
        self.follow(None)
        if self._has_shown:
            self._fade.begin(reduced=self.model.reduced_motion)
        self._loaded, self._has_shown = loaded, True
        self._pictures, self._pictures_for = pictures, (scale, ratio)
        self._applied = None
        self._portraits.clear()
        atlas = assets.wardrobe[0].atlas if assets and assets.wardrobe else None
        self.model.set_theme(assets.theme if assets else None, atlas, ways=ways)
        self.model.set_view_size(*self._view_size())
        self.stage.set_assets(assets, self._now_ms())
        self.stage.labels.clear()
        self.setBackgroundBrush(backdrop_of(loaded))
        self._set_limits(assets.theme.viewport if assets else None)
        self._rest = "start"
        self._set_camera(self._home())
        self._soon()  # figures come with the next turn of the event loop, so that neither turn is long
        if assets is None or not assets.is_partial:
            self.theme_shown.emit(assets.theme.id if assets else "", assets.findings if assets else ())

    def _complete(
        self, assets: SceneAssets, pictures: dict[tuple[str, int, int], QPixmap], made: ThemePictures
    ) -> None:
        """The room is on screen already; its people, and what the first picture left out, are here now."""
        atlas = assets.wardrobe[0].atlas if assets.wardrobe else None
        self.model.set_theme(assets.theme, atlas, ways=made.ways)
        self.model.set_view_size(*self._view_size())
        if pictures:
            self._pictures, self._pictures_for = pictures, (made.scale, made.ratio)
            self.stage.set_assets(assets, self._now_ms())
            self._refit()
            self._apply_scale(anew=True)
        else:
            self.stage.complete(assets)
        self.stage.labels.touch()
        self._soon()
        self._settle.start()
        self.theme_shown.emit(assets.theme.id, assets.findings)

    def _exchange(
        self, assets: SceneAssets, pictures: dict[tuple[str, int, int], QPixmap], made: ThemePictures
    ) -> None:
        """Another state of the same theme: everybody stays where they are."""
        before = self.stage.assets
        self._loaded = made.loaded
        self._pictures, self._pictures_for = pictures, (made.scale, made.ratio)
        self._portraits.clear()
        atlas = assets.wardrobe[0].atlas if assets.wardrobe else None
        self.model.replace_theme(assets.theme, atlas, ways=made.ways)
        self.stage.set_assets(assets, self._now_ms())
        self.setBackgroundBrush(backdrop_of(made.loaded))
        self._set_limits(assets.theme.viewport)
        canvas = assets.theme.canvas
        if before is None or (canvas.width, canvas.height) != self.canvas_size:
            self._rest = self._rest if self._rest in ("start", "fit") else "fit"
            self._set_camera(self._home())
        else:
            self._refit()
        self._apply_scale(anew=True)
        figures = self.model.figures
        everybody = frozenset(figures)
        self.stage.apply(StageStep(changed=everybody, moved=everybody, figures=tuple(figures.values())))
        self.stage.labels.touch()
        self._soon()
        self._settle.start()
        self.theme_reloaded.emit(assets.findings)

    def _refit(self) -> None:
        """What is worth seeing may have another size now."""
        if self._rest in ("start", "fit") and (home := self._home()) != self._camera:
            self._set_camera(home)

    def _on_settled(self) -> None:
        self._scroll(exactly=True)
        assets = self.stage.assets
        if assets is None or assets.is_partial or self._has_pictures() or self._motion.is_moving:
            return
        scale, ratio = self._camera.scale, self.ratio
        self._loader.start(("scale", self._request), lambda: (scaled_pictures(assets, scale, ratio), (scale, ratio)))

    def _note_quality(self, loaded: LoadedTheme | None) -> None:
        """Pixels per logical pixel: up to two in high quality, one in performance, or what the theme asks for."""
        mode = loaded.theme.quality.get(self._quality) if loaded is not None else None
        own = mode.pixel_ratio if mode is not None else None
        self._highest_ratio = own or (1.0 if self._quality == "performance" else 8.0)
