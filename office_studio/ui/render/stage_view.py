"""The stage: shows an office, lets people look around, choose an agent and drop one onto a seat.

The view writes nothing: it says what was asked for, and shows what it is told.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QElapsedTimer, QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHideEvent,
    QKeyEvent,
    QPixmap,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Binding
from office_studio.core.office.seating import seat_label
from office_studio.core.office.stage import StageStep
from office_studio.core.theme.viewport import Camera
from office_studio.services.theme_loader import LoadedTheme
from office_studio.ui.render.assets import SceneAssets, has_other_background
from office_studio.ui.render.camera_view import ZOOM_STEP, CameraView, first_camera, starts_fitted
from office_studio.ui.render.frame_clock import on_grid
from office_studio.ui.render.label_layer import seen_of
from office_studio.ui.render.loading import PictureLoader
from office_studio.ui.render.offscreen import backdrop_of
from office_studio.ui.render.pointer import Pointer
from office_studio.ui.render.portrait import Portraits
from office_studio.ui.render.renderers import check_drawable
from office_studio.ui.render.scene import pixmaps
from office_studio.ui.render.sprites import scaled_pictures
from office_studio.ui.render.theme_pictures import ThemePictures

_RELAYOUT_MS = 120.0
_TICK_MS = 4.0  # labels of a crowd are arranged in what the rest of a frame leaves of this, but at least 1 ms


class StageView(CameraView):
    """A 2D office on screen.

    Signals:
        agent_clicked(agent_id), agent_activated(agent_id): click, double click or Enter.
        background_clicked(): a click on nothing.
        seat_dropped(agent_id, slot): an agent was dropped on a seat; ``slot`` counts in home-seat order.
        agent_context_requested(agent_id, global position).
        drag_hovered(DropPlan or None): what a drop here would do.
        room_shown(): background and furniture of a theme are in place, to be painted next.
        theme_shown(theme id, findings): all pictures of a theme have arrived ("" for the built-in office).
    """

    agent_clicked = Signal(str)
    agent_activated = Signal(str)
    background_clicked = Signal()
    seat_dropped = Signal(str, int)
    agent_context_requested = Signal(str, QPoint)
    drag_hovered = Signal(object)
    room_shown = Signal()
    theme_shown = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setBackgroundBrush(backdrop_of(None))
        self._clock = QElapsedTimer()
        self._clock.start()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._loader = PictureLoader(self)
        self._loader.arrived.connect(self._on_arrived)
        self._loaded: LoadedTheme | None = None
        self._request = 0
        self._asked_for = (0, 0)  # size of the view that pictures were asked for
        self._portraits = Portraits()
        self._bindings: tuple[Binding, ...] = ()
        self._last_layout_ms = 0.0
        self.pointer = Pointer(self)
        self._watched_window: QWidget | None = None

    # -- what is shown -------------------------------------------------------------------------------
    def set_theme(self, loaded: LoadedTheme | None) -> None:
        """Another theme; None is the built-in office. Pictures arrive later, see ``theme_shown``.

        Raises ThemeError RENDERER_UNSUPPORTED; the theme before stays then.
        """
        if loaded is not None:
            check_drawable(loaded.theme)
        self._loaded = loaded
        self._request += 1
        if loaded is None:
            self._show_assets(None, {}, self.devicePixelRatioF())
            return
        view = self._asked_for = self._view_size()  # now, because what uses it runs on another thread
        pictures = ThemePictures(
            loaded, view, self.devicePixelRatioF(), lambda content: first_camera(loaded, view, content).scale
        )
        self._loader.start(("theme", self._request), lambda: (*pictures.first(), pictures))

    def set_agents(self, agents: Sequence[LiveAgent]) -> None:
        """The whole office."""
        self.stage.agents = {agent.id: agent for agent in agents}
        self.model.set_agents(agents)
        self.stage.labels.touch()
        self.stage.links.update_all()
        self._soon()

    def update_agents(self, changed: Sequence[LiveAgent], removed: Sequence[str] = ()) -> None:
        """Only what changed."""
        looks_other = list(removed)
        for agent in changed:
            before = self.stage.agents.get(agent.id)
            spoken = self.stage.selected == agent.id  # only the selected one's task is on a bubble
            if before is None or seen_of(before, spoken) != seen_of(agent, spoken):
                looks_other.append(agent.id)
            self.stage.agents[agent.id] = agent
        for agent_id in removed:
            self.stage.agents.pop(agent_id, None)
        if not looks_other:
            return  # tokens, tools, times: nothing the stage shows
        self.model.update_agents(changed, removed)
        self.stage.labels.touch(looks_other)
        self._soon()

    def set_bindings(self, bindings: Sequence[Binding]) -> None:
        self._bindings = tuple(bindings)
        self.model.set_bindings(bindings)
        self.stage.seats.occupied = frozenset(binding.slot_index for binding in bindings)
        self.stage.seats.place()
        self._soon()

    def select(self, agent_id: str | None) -> None:
        if agent_id != self.stage.selected:
            self.stage.select(agent_id)

    def set_assign_mode(self, assigning: bool) -> None:
        """Rings on all seats, zones outlined; dragging a figure moves its agent."""
        self.pointer.is_assigning = assigning
        self.stage.seats.is_visible = assigning
        self.stage.zones.is_assigning = assigning
        self.stage.zones.place()
        self.stage.seats.place()

    def set_stale(self, stale: bool) -> None:
        """Old news: grey, and nobody moves."""
        if stale != self.stage.is_stale:
            self.stage.set_stale(stale)
            self.stage.links.update_all()
            self._soon()

    def set_labels_visible(self, visible: bool) -> None:
        self.stage.labels.are_visible = visible
        self.stage.labels.relayout()

    def set_zone_labels_visible(self, visible: bool) -> None:
        self.stage.zones.are_labels_wanted = visible
        self.stage.zones.place()

    def set_reduced_motion(self, reduced: bool) -> None:
        """Figures stand still and change places without walking."""
        self.model.reduced_motion = reduced
        self.model.refresh()
        self._soon()

    # -- asking ----------------------------------------------------------------------------------------
    @property
    def slot_count(self) -> int:
        return len(self.stage.seats.homes())

    def seat_label(self, slot: int) -> str:
        """What people call the home seat of a slot."""
        homes = self.stage.seats.homes()
        return seat_label(homes[slot], slot + 1) if 0 <= slot < len(homes) else f"Slot {slot + 1}"

    @property
    def bindings(self) -> tuple[Binding, ...]:
        return self._bindings

    def portrait(self, agent_id: str, size_px: int, dpr: float) -> QPixmap:
        """Head and shoulders of an agent as it looks in this theme; kept, so ask as often as you like."""
        return self._portraits.of(self.stage, agent_id, size_px, dpr)

    def agent_position(self, agent_id: str) -> QPoint | None:
        """Middle of an agent's figure in viewport pixels."""
        item = self.stage.figures.get(agent_id)
        return None if item is None else self.mapFromScene(item.hit_rect().center())

    def seat_position(self, slot: int) -> QPoint | None:
        """Middle of a slot's seat in viewport pixels."""
        at = self.stage.seats.at(slot)
        return None if at is None else self.mapFromScene(at)

    def close_stage(self) -> None:
        """Stop timers and the picture thread. Call before the view goes away for good."""
        self._timer.stop()
        self._settle.stop()
        self._loader.close()

    # -- time --------------------------------------------------------------------------------------------
    def _now_ms(self) -> float:
        return float(self._clock.nsecsElapsed()) / 1e6

    def _soon(self) -> None:
        if self._may_draw():
            self._timer.start(0)

    def _may_draw(self) -> bool:
        """Whether anybody can see it: a hidden or minimised office costs nothing."""
        return self.isVisible() and not self.window().isMinimized()

    def _tick(self) -> None:
        if not self._may_draw() or (self.stage.assets is not None and self.stage.assets.is_partial):
            return  # nobody comes in before the costumes are here
        now = self._now_ms()
        due: list[float] = []
        if not self.stage.is_stale or self.stage.labels.is_stale:
            step = self.model.advance(now)
            self.stage.apply(step)
            if self.stage.labels.is_stale:
                self.stage.links.update_all()
            self._update_labels(now, step, due)
        if not self.stage.is_stale:
            if not self.model.reduced_motion and (effects := self.stage.animate(now)) is not None:
                due.append(effects)
            if self.model.next_due_ms is not None:
                due.append(self.model.next_due_ms)
        if self._followed is not None:
            self._centre_on(self._followed)
        if due:
            self._timer.start(max(1, round(on_grid(min(due), now) - now)))

    def _update_labels(self, now: float, step: StageStep, due: list[float]) -> None:
        """Arrange labels when something about them changed; while people walk, only a few times a second."""
        labels = self.stage.labels
        labels.touch(step.moved | step.removed)
        if not labels.is_stale:
            return
        wait = self._last_layout_ms + _RELAYOUT_MS - now
        if (step.walking or labels.is_large) and wait > 0 and not labels.is_arranging:
            labels.follow(step.moved)
            due.append(now + wait)
            return
        left = max(1.0, _TICK_MS - (self._now_ms() - now)) if labels.is_large else None
        if labels.proceed(left):
            self._last_layout_ms = now
        else:
            labels.follow(step.moved)
            due.append(now + 1)

    # -- pictures ----------------------------------------------------------------------------------------
    def _on_arrived(self, tag: tuple[str, int], result: object) -> None:
        kind, request = tag
        if request != self._request or isinstance(result, Exception):
            return
        if kind == "theme":
            assets, images, made = result  # type: ignore[misc]
            self._pictures_for = (made.scale, made.ratio)
            self._show_assets(assets, pixmaps(images, made.ratio), made.ratio)
            self.room_shown.emit()
            QTimer.singleShot(0, self, lambda: self._loader.start(("rest", request), made.rest))  # after the painting
        elif kind == "rest" and result is not None:
            self._complete(result)  # type: ignore[arg-type]
        elif kind == "scale":
            images, (scale, ratio) = result  # type: ignore[misc]
            if (scale, ratio) == (self._camera.scale, self.devicePixelRatioF()):
                self._pictures, self._pictures_for = pixmaps(images, ratio), (scale, ratio)
                self._apply_scale()

    def _show_assets(
        self, assets: SceneAssets | None, pictures: dict[tuple[str, int, int], QPixmap], ratio: float
    ) -> None:
        self._pictures = pictures
        self._portraits.clear()
        atlas = assets.wardrobe[0].atlas if assets and assets.wardrobe else None
        self.model.set_theme(assets.theme if assets else None, atlas)
        self.model.set_view_size(*self._view_size())
        self.stage.set_assets(assets, self._now_ms())
        self.setBackgroundBrush(backdrop_of(self._loaded))
        self._set_limits(assets.theme.viewport if assets else None)
        camera = first_camera(self._loaded, self._view_size(), assets.content if assets else None)
        self._is_fitted = self._loaded is None or starts_fitted(self._loaded)
        self._set_camera(camera)
        self.stage.labels.touch()
        self._soon()  # figures come with the next turn of the event loop, so that neither turn is long
        if assets is None or not assets.is_partial:
            self.theme_shown.emit(assets.theme.id if assets else "", assets.findings if assets else ())

    def _complete(self, assets: SceneAssets) -> None:
        """The room is on screen already; its people, and pictures for other zooms, are here now."""
        self.model.set_theme(assets.theme, assets.wardrobe[0].atlas if assets.wardrobe else None)
        self.model.set_view_size(*self._view_size())
        self.stage.complete(assets)
        self.stage.labels.touch()
        self._soon()
        self._settle.start()
        self.theme_shown.emit(assets.theme.id, assets.findings)

    def _on_settled(self) -> None:
        assets = self.stage.assets
        if assets is None or assets.is_partial or self._has_pictures():
            return
        scale, ratio = self._camera.scale, self.devicePixelRatioF()
        self._loader.start(("scale", self._request), lambda: (scaled_pictures(assets, scale, ratio), (scale, ratio)))

    def _on_moved(self) -> None:
        self.stage.labels.touch()
        self._soon()

    # -- Qt events -----------------------------------------------------------------------------------------
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width, height = max(1, event.size().width()), max(1, event.size().height())
        self.model.set_view_size(width, height)
        if self._loaded is not None and has_other_background(self._loaded, self._asked_for[0], width):
            self.set_theme(self._loaded)
        if self._loaded is None or self.stage.assets is None:
            self._set_camera(Camera(width, height, width, height).centred())
            self._soon()
        else:
            self._set_camera(self._fitted() if self._is_fitted else self._camera.resized(width, height))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._watched_window is not self.window():
            self._watched_window = self.window()
            self._watched_window.installEventFilter(self)
        self._soon()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowStateChange and watched is self._watched_window:
            self._soon()
        return False

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            self.pointer.show_tool_tip(event)  # type: ignore[arg-type]
            return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._apply_scale()
            self._settle.start()
        return super().viewportEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        if steps:
            self.zoom_by(ZOOM_STEP**steps, event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.pointer.key(event):
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        # Tab goes from agent to agent, and on to the next widget after the last one.
        return self.pointer.step(next) or super().focusNextPrevChild(next)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        agent_id = self.stage.figure_at(self.mapToScene(event.pos()))
        if agent_id is not None:
            self.agent_context_requested.emit(agent_id, event.globalPos())

    def mousePressEvent(self, event):  # type: ignore[no-untyped-def]
        self.pointer.press(event)

    def mouseMoveEvent(self, event):  # type: ignore[no-untyped-def]
        self.pointer.move(event)

    def mouseReleaseEvent(self, event):  # type: ignore[no-untyped-def]
        self.pointer.release(event)

    def mouseDoubleClickEvent(self, event):  # type: ignore[no-untyped-def]
        self.pointer.double_click(event)

    def dragEnterEvent(self, event):  # type: ignore[no-untyped-def]
        self.pointer.drag_enter(event)

    def dragMoveEvent(self, event):  # type: ignore[no-untyped-def]
        self.pointer.drag_move(event)

    def dragLeaveEvent(self, event):  # type: ignore[no-untyped-def]
        self.pointer.drag_leave()
        event.accept()

    def dropEvent(self, event):  # type: ignore[no-untyped-def]
        self.pointer.drop(event)
