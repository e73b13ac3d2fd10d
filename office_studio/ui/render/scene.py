"""The drawn office: mirrors a ``StageModel`` into graphics items. Scene units are logical pixels of the current zoom.

Everything that moves or changes is a pixmap item whose pixmap is exchanged when it looks different; nothing is
repainted that did not change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QGraphicsRectItem, QGraphicsScene

from office_studio.core.office.actor import BEAT_MS
from office_studio.core.office.live import LiveAgent
from office_studio.core.office.stage import Figure, StageModel, StageStep
from office_studio.core.theme.model import Point
from office_studio.ui.render import palette
from office_studio.ui.render.assets import SceneAssets
from office_studio.ui.render.crowd import Crowd
from office_studio.ui.render.figure_item import FigureItem, nearest_hidden
from office_studio.ui.render.jar_layer import JarLayer
from office_studio.ui.render.label_layer import LabelLayer
from office_studio.ui.render.layers import LayerOrder
from office_studio.ui.render.link_layer import LinkLayer
from office_studio.ui.render.placeholders import PlaceholderLayer
from office_studio.ui.render.seat_layer import SeatLayer
from office_studio.ui.render.seat_pictures import SeatPicture, SeatPictures, next_step_ms, shown_at
from office_studio.ui.render.sprite_layer import SpriteLayer
from office_studio.ui.render.sprites import SpriteItem
from office_studio.ui.render.stage_marks import StageMarks
from office_studio.ui.render.wardrobe import FrameCache
from office_studio.ui.render.zone_layer import ZoneLayer

_LARGE_PX = 8_000_000
Looks = Mapping[str, tuple[str, str]]  # agent id -> (emoji, colour), for avatar mode


class StageScene(QGraphicsScene):
    """All items of one office."""

    def __init__(self, model: StageModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.model = model
        self.assets: SceneAssets | None = None
        self.scale = 1.0
        self.ratio = 1.0
        self.looks: Looks = {}
        self.selected: str | None = None
        self.carried: str | None = None  # taken up, on its way to another seat
        self.is_stale = False
        self.agents: dict[str, LiveAgent] = {}
        self.figures: dict[str, FigureItem] = {}
        self.frames = FrameCache()
        self.order = LayerOrder(())
        self.labels = LabelLayer(self)
        self.links = LinkLayer(self)
        self.seats = SeatLayer(self)
        self.zones = ZoneLayer(self)
        self.crowd = Crowd(self)
        self.marks = StageMarks(self)
        self.jars = JarLayer(self)
        self.placeholders = PlaceholderLayer(self)
        self.quality = "high"
        self.sprites = SpriteLayer(self)
        self._veil: QGraphicsRectItem | None = None
        self._shown_at_ms = 0.0
        self._at_ms = 0.0  # since the theme was shown

    # -- theme -------------------------------------------------------------------------------------
    def set_assets(self, assets: SceneAssets | None, now_ms: float) -> None:
        """Another theme (None: the built-in office). Figures are made anew by the next ``apply``."""
        self.assets = assets
        self.crowd.clear()
        self.frames.clear()
        self.frames.smooth = assets is None or assets.smooth
        # On the beat of the figures' frames, so that both are drawn together.
        self._shown_at_ms, self._at_ms = now_ms // (2 * BEAT_MS) * 2 * BEAT_MS, 0.0
        self.labels.set_theme(assets.theme.characters if assets else None)
        for agent_id in list(self.figures):
            self._drop(agent_id)
        self.order = LayerOrder(assets.theme.layers if assets else ())
        self.sprites.rebuild(assets)
        self.zones.rebuild()
        self.seats.rebuild()
        self.marks.rebuild()
        self.placeholders.rebuild()
        self.jars.place()

    def complete(self, assets: SceneAssets) -> None:
        """The whole of what is shown in part: the same room, and costumes."""
        self.assets = assets
        self.zones.rebuild()
        self.placeholders.rebuild()

    def set_quality(self, quality: str) -> None:
        """``high``, or ``performance``: no effects, furniture stands still (format section 18).

        The background of a mode comes with ``load_assets(quality=…)``, ratio and frame rate with the view.
        """
        if quality != self.quality:
            self.quality = quality
            self.sprites.set_low(quality == "performance")

    @property
    def show_placeholders(self) -> bool:
        """Whether sprites that are missing are drawn as dashed boxes and objects with problems are marked."""
        return self.placeholders.is_visible

    @show_placeholders.setter
    def show_placeholders(self, wanted: bool) -> None:
        self.placeholders.is_visible = wanted
        self.placeholders.rebuild()
        self.sprites.settle()

    def set_scale(
        self, scale: float, ratio: float, pictures: Mapping[tuple[str, int, int], QPixmap], *, settled: bool = True
    ) -> None:
        """Take another zoom.

        Args:
            scale: Logical pixels per canvas unit; ``ratio``: device pixels per logical one.
            pictures: Made for them so far; what is missing is stretched from the zoom before.
            settled: False during a zoom gesture: figures are stretched too, which takes a tenth of drawing them anew.
        """
        self.scale, self.ratio = scale, ratio
        if settled or not self.figures:
            self.frames.set_scale(scale, ratio)
        self.labels.set_scale(scale, ratio)
        self.sprites.place(pictures)
        for figure in self.figures.values():
            figure.refresh()
        self.zones.place()
        self.seats.place()
        self.crowd.place()
        self.marks.rebuild()
        self.placeholders.rebuild()
        self.links.update_all()
        self.jars.place()
        self._arrange_labels()
        if self._veil is not None:
            self._veil.setRect(self._veil_rect())

    @property
    def _sprites(self) -> list[SpriteItem]:
        return self.sprites.items

    @property
    def canvas_rect(self) -> QRectF:
        """The canvas in scene pixels."""
        if self.assets is None:
            width, height = self.model.view_size
            return QRectF(0, 0, width, height)
        canvas = self.assets.theme.canvas
        return QRectF(0, 0, canvas.width * self.scale, canvas.height * self.scale)

    def to_scene(self, at: Point) -> QPointF:
        return QPointF(at.x * self.scale, at.y * self.scale)

    def to_canvas(self, at: QPointF) -> Point:
        return Point(at.x() / self.scale, at.y() / self.scale)

    # -- agents ------------------------------------------------------------------------------------
    def apply(self, step: StageStep) -> None:
        """Draw what a step of the model changed."""
        for agent_id in step.removed:
            self._drop(agent_id)
        for figure in self.crowd.sift(step):
            if figure.agent_id in step.changed or figure.agent_id in step.moved:
                self._show(figure, looks_changed=figure.agent_id in step.changed)
        if step.moved or step.removed:
            self.links.update_all()
        if step.moved or step.removed or step.changed:
            self.jars.place()
        self.marks.update()

    def show_figures(self, figures: Iterable[Figure]) -> None:
        """Items for these figures, as they are; others stay."""
        for figure in figures:
            self._show(figure, looks_changed=True)

    def drop_figure(self, agent_id: str) -> None:
        """No item for that agent for now: it is out of view, or part of a cluster."""
        self._drop(agent_id)

    def set_stale(self, stale: bool) -> None:
        """Old news: a grey veil over the room, grey shapes."""
        self.is_stale = stale
        if stale and self._veil is None:
            self._veil = QGraphicsRectItem(self._veil_rect())
            self._veil.setPen(Qt.PenStyle.NoPen)
            self._veil.setBrush(palette.veil())
            self._veil.setZValue(self.order.veil)
            self.addItem(self._veil)
        elif not stale and self._veil is not None:
            self.removeItem(self._veil)
            self._veil = None
        for item in self.figures.values():
            item.refresh()
        self.crowd.refresh()
        self._arrange_labels()

    def select(self, agent_id: str | None) -> None:
        before, self.selected = self.selected, agent_id
        if self.crowd.is_far:
            self.crowd.refresh()
        for each in (before, agent_id):
            if each in self.figures:
                self.figures[each].refresh()
        self.links.update_all()
        self.labels.touch({each for each in (before, agent_id) if each is not None})
        self.labels.proceed()

    def set_carried(self, agent_id: str) -> None:
        """Dim the figure of an agent that is being carried to a seat; "" for nobody."""
        before, self.carried = self.carried, agent_id or None
        for each in (before, agent_id):
            if each in self.figures:
                self.figures[each].refresh()

    def figure_at(self, at: QPointF) -> str | None:
        """The agent under a scene point: labels first, then figures from front to back."""
        if (labelled := self.labels.agent_at(at)) is not None:
            return labelled
        hits = [item for item in self.figures.values() if item.is_hit(at)]
        best = max(hits, key=lambda item: (item.zValue(), item.figure.agent_id), default=None)
        if best is None:
            best = self._hidden_at(self.to_canvas(at))
        return self.crowd.agent_at(at) if best is None else best.figure.agent_id

    def _hidden_at(self, at: Point) -> FigureItem | None:
        """Who sits on a seat that shows nothing of it now: its zone stands for it (format 3.3)."""
        hidden = [item for item in self.figures.values() if item.is_hidden]
        if not hidden or self.assets is None:
            return None
        zones = {zone.id for zone in self.assets.theme.zones if zone.bounds.contains(at)}
        return nearest_hidden([item for item in hidden if item.figure.zone_id in zones], at)

    def furniture_at(self, at: QPointF) -> SpriteItem | None:
        """The interactive furniture under a scene point."""
        return self.sprites.furniture_at(at)

    # -- time --------------------------------------------------------------------------------------
    def animate(self, now_ms: float) -> float | None:
        """Step effects, pictures of seats and thoughts; returns when the next step is due, on the same clock."""
        self._at_ms = at_ms = now_ms - self._shown_at_ms
        due = [self.sprites.animate(at_ms)]
        if self.assets is not None and self.assets.seat_pictures:
            due.append(self._step_seats(at_ms))
        known = [at + self._shown_at_ms for at in due if at is not None]
        if (thought := self.labels.animate(now_ms)) is not None:
            known.append(thought)
        return min(known, default=None)

    def seat_picture_of(self, seat: SeatPictures, figure: Figure) -> SeatPicture | None:
        """What a seat shows now while this figure sits on it; None: nothing."""
        return shown_at(seat.of(figure.status), self._at_ms)

    def _step_seats(self, at_ms: float) -> float | None:
        stepping = [item for item in self.figures.values() if item.is_stepping]
        for item in stepping:
            item.step()
        return next_step_ms(at_ms) if stepping else None

    # -- inside ------------------------------------------------------------------------------------
    def _arrange_labels(self) -> None:
        """Labels keep with their figures at once; they are arranged anew when the view's clock next ticks."""
        self.labels.touch()
        self.labels.follow(self.figures)

    def _show(self, figure: Figure, *, looks_changed: bool) -> None:
        item = self.figures.get(figure.agent_id)
        if item is None:
            item = self.figures[figure.agent_id] = FigureItem(self, figure)
            self.addItem(item)
            return
        before = item.figure
        item.show(figure, looks_changed=looks_changed)
        if label_facts(before) != label_facts(figure):
            self.labels.touch((figure.agent_id,))

    def _drop(self, agent_id: str) -> None:
        item = self.figures.pop(agent_id, None)
        if item is not None:
            item.remove()

    def _veil_rect(self) -> QRectF:
        # Wider than any view: the backdrop beside the canvas is old news too.
        return self.canvas_rect.adjusted(-8000, -8000, 8000, 8000)


def label_facts(figure: Figure) -> tuple[object, ...]:
    """What a label shows or stands by, apart from the place."""
    return figure.name, figure.status, figure.state, figure.walking, figure.dimmed, figure.bubble, figure.seat_id


def pixmaps(images: Mapping[tuple[str, int, int], QImage], ratio: float) -> dict[tuple[str, int, int], QPixmap]:
    """Pixmaps of prepared pictures. GUI thread; cheap, because the images are in the screen's format already."""
    made: dict[tuple[str, int, int], QPixmap] = {}
    for key, image in images.items():
        # Looking for transparent pixels would take a quarter of a second for the largest.
        is_large = image.width() * image.height() > _LARGE_PX
        unseen = Qt.ImageConversionFlag.NoOpaqueDetection if is_large else Qt.ImageConversionFlag.AutoColor
        pixmap = QPixmap.fromImage(image, unseen)
        pixmap.setDevicePixelRatio(ratio)
        made[key] = pixmap
    return made
