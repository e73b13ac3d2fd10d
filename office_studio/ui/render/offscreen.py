"""Pictures of an office, without a window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Binding
from office_studio.core.office.stage import StageModel
from office_studio.core.theme.color import BACKDROP_DEFAULT, backdrop
from office_studio.core.theme.model import Rect
from office_studio.core.theme.viewport import Camera, Fit
from office_studio.services.theme_loader import LoadedTheme
from office_studio.ui.render import palette
from office_studio.ui.render.assets import NARROW_PX, load_assets
from office_studio.ui.render.film import Change, Film, Looks, Scenery
from office_studio.ui.render.reference_film import ReferenceFilm
from office_studio.ui.render.renderers import FLAT, check_drawable
from office_studio.ui.render.scene import StageScene, pixmaps
from office_studio.ui.render.scene_description import describe
from office_studio.ui.render.sprites import scaled_pictures

FITS = ("contain", "cover", "1:1", "content")
_STEP_MS = 50.0  # at least so much at once; not much more, so that what follows from an arrival happens when it should


@dataclass(frozen=True, slots=True)
class StillOptions:
    """How to draw. ``size``: of the view, logical pixels; the picture is ``size`` × ``scale``.

    ``fit``: the whole canvas, a full view, one unit a pixel, or what is worth seeing of the canvas; None for what is
    usual (the whole canvas; in reference mode it covers the view).
    ``quality``: ``high`` or ``performance`` (no effects, furniture at rest, the theme's background for that mode).
    """

    size: tuple[int, int] = (1280, 720)
    scale: float = 1.0
    fit: str | None = None
    quality: str = "high"
    labels: bool = True
    reference: bool = False
    selected: str | None = None


def render_still(
    loaded: LoadedTheme | None,
    agents: Sequence[LiveAgent] = (),
    bindings: Sequence[Binding] = (),
    size: tuple[int, int] = (1280, 720),
    scale: float = 1.0,
    at_s: float = 0.0,
    reference: bool = False,
    *,
    looks: Looks | None = None,
    selected: str | None = None,
) -> tuple[QImage, dict[str, Any]]:
    """Picture and description of the office ``at_s`` seconds after it appeared; see ``open_film`` for more choices.

    Raises ThemeError RENDERER_UNSUPPORTED. Needs a QApplication; runs on the GUI thread and blocks.
    """
    options = StillOptions(size, scale, reference=reference, selected=selected)
    film = open_film(loaded, agents, bindings, options, looks=looks)
    film.go_to(at_s * 1000)
    return film.scenery.image(), film.scenery.describe()


def open_film(
    loaded: LoadedTheme | None,
    agents: Sequence[LiveAgent] = (),
    bindings: Sequence[Binding] = (),
    options: StillOptions | None = None,
    *,
    looks: Looks | None = None,
    changes: Sequence[Change] = (),
) -> Film:
    """An office at its first moment. None: the built-in office. Raises ThemeError RENDERER_UNSUPPORTED."""
    options = options or StillOptions()
    if loaded is not None:
        check_drawable(loaded.theme, only=FLAT)
    scenery: Scenery
    if options.reference:
        scenery = ReferenceFilm(
            loaded,
            options.size,
            options.scale,
            fit=options.fit,
            looks=looks,
            selected=options.selected,
            labels=options.labels,
        )
        scenery.set_agents(agents)
    else:
        scenery = OfficeScenery(loaded, agents, bindings, options, looks or {})
    return Film(scenery, changes)


class OfficeScenery:
    """An office as the stage draws it."""

    def __init__(
        self,
        loaded: LoadedTheme | None,
        agents: Sequence[LiveAgent],
        bindings: Sequence[Binding],
        options: StillOptions,
        looks: Looks,
    ) -> None:
        self._loaded, self._options = loaded, options
        size, scale = options.size, options.scale
        narrow = size[0] < NARROW_PX
        self.assets = load_assets(self._loaded, scale, narrow=narrow, quality=options.quality) if self._loaded else None
        self.model = StageModel()
        self.model.set_theme(
            loaded.theme if loaded else None,
            self.assets.wardrobe[0].atlas if self.assets and self.assets.wardrobe else None,
        )
        self.model.set_view_size(*size)
        self.model.set_agents(agents)
        self.model.set_bindings(bindings)
        self.camera = camera_of(loaded, size, options.fit, self.assets.content if self.assets else None)
        self.scene = StageScene(self.model)
        self._now_ms = 0.0
        self._fill(agents, looks)

    def update_agents(self, changed: Sequence[LiveAgent]) -> None:
        self.scene.agents |= {agent.id: agent for agent in changed}
        self.model.update_agents(changed)
        self.scene.labels.touch([agent.id for agent in changed])

    def advance(self, at_ms: float) -> None:
        now = self._now_ms
        while True:
            due = self.model.next_due_ms
            now = min(at_ms, max(now + _STEP_MS, at_ms if due is None else due))
            self.scene.apply(self.model.advance(now))
            if now >= at_ms:
                break
        self._now_ms = at_ms
        self.scene.animate(at_ms)

    def image(self) -> QImage:
        self._arrange()
        (width, height), ratio = self._options.size, self._options.scale
        image = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_RGB32)
        image.fill(backdrop_of(self._loaded))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pan = self.camera.pan
        self.scene.render(
            painter,
            QRectF(image.rect()),
            QRectF(QPointF(-round(pan.x), -round(pan.y)), QRectF(0, 0, width, height).size()),
        )
        painter.end()
        return image

    def describe(self) -> dict[str, Any]:
        self._arrange()
        return describe(self.scene, self.camera, self.assets)

    # -- inside ------------------------------------------------------------------------------------
    def _fill(self, agents: Sequence[LiveAgent], looks: Looks) -> None:
        scene, camera, ratio = self.scene, self.camera, self._options.scale
        scene.agents = {agent.id: agent for agent in agents}
        scene.looks = looks
        scene.set_quality(self._options.quality)
        scene.set_assets(self.assets, 0)
        pictures = pixmaps(scaled_pictures(self.assets, camera.scale, ratio), ratio) if self.assets else {}
        scene.labels.are_visible = self._options.labels
        scene.labels.view = QRectF(-camera.pan.x, -camera.pan.y, camera.view_width, camera.view_height)
        scene.set_scale(camera.scale, ratio, pictures)
        scene.select(self._options.selected)

    def _arrange(self) -> None:
        self.scene.links.update_all()
        self.scene.labels.relayout()
        self.scene.labels.animate(self._now_ms)


def camera_of(
    loaded: LoadedTheme | None, size: tuple[int, int], fit: str | None, content: Rect | None = None
) -> Camera:
    """Where the canvas lies in a view; see ``StillOptions.fit``. ``content``: what of it is worth seeing."""
    if loaded is None:
        return Camera(*size, *size).centred()
    canvas = loaded.theme.canvas
    camera = Camera(canvas.width, canvas.height, *size, fit=Fit.COVER if fit == "cover" else Fit.CONTAIN)
    if fit == "1:1":
        camera = replace(camera, zoom=1 / camera.base_scale)
    return camera.fitted_to(content) if fit == "content" and content is not None else camera.centred()


def backdrop_of(loaded: LoadedTheme | None) -> QColor:
    """Colour around the canvas."""
    return palette.qcolor(backdrop(loaded.theme.canvas.background.color) if loaded else BACKDROP_DEFAULT)
