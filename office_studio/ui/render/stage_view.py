"""The stage: shows an office, lets people look around, choose an agent and drop one onto a seat.

The view writes nothing: it says what was asked for, and shows what it is told.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.seating import Place
from office_studio.core.office.stage import StageStep
from office_studio.core.theme.model import Theme
from office_studio.ui.render.assets import has_other_background
from office_studio.ui.render.frame_clock import FrameClock
from office_studio.ui.render.looking import ZOOM_STEP
from office_studio.ui.render.reference_layer import ReferenceLayer
from office_studio.ui.render.themed_view import ThemedView

_RELAYOUT_MS = 120.0
_MOST_TOLD = 120  # agents placed in one frame, some 8 ms
_TICK_MS = 4.0  # labels of a crowd are arranged in what the rest of a frame leaves of this, but at least 1 ms
PERFORMANCE_FPS = 30.0  # format section 18
FAR_FPS = 24.0  # dots need no more


class StageView(ThemedView):
    """A 2D office on screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frames = FrameClock()
        self.model.most_told = _MOST_TOLD
        self._reference: ReferenceLayer | None = None
        self.theme_shown.connect(self._show_reference_theme)
        self.theme_reloaded.connect(self._show_reference_theme)

    # -- what is shown -------------------------------------------------------------------------------
    def set_agents(self, agents: Sequence[LiveAgent]) -> None:
        super().set_agents(agents)
        if self._reference is not None:
            self._reference.set_agents(agents)

    def _tell_changes(self, changed: Sequence[LiveAgent], removed: Sequence[str]) -> None:
        super()._tell_changes(changed, removed)
        if self._reference is not None:
            self._reference.update_agents(changed, removed)

    def _touch_labels(self, agent_ids: Collection[str]) -> None:
        # Of a crowd most have no label.
        figures = self.stage.figures
        super()._touch_labels([a for a in agent_ids if a in figures] if self.stage.crowd.is_tracking else agent_ids)

    def select(self, agent_id: str | None) -> None:
        super().select(agent_id)
        if self._reference is not None:
            self._reference.select(agent_id)

    def set_assign_mode(self, assigning: bool) -> None:
        """Zones are outlined, too."""
        self.stage.zones.is_assigning = assigning
        self.stage.zones.place()
        super().set_assign_mode(assigning)

    def _show_zone_names(self, visible: bool) -> None:
        self.stage.zones.are_labels_wanted = visible
        self.stage.zones.place()

    def set_reference(self, on: bool) -> None:
        """Show the office as the original web renderer drew it (decision 7), or as we do."""
        if on == self.is_reference:
            return
        if self._reference is not None:
            self._reference.close_layer()
            self._reference = None
            self._soon()
            return
        self._reference = layer = ReferenceLayer(self)
        layer.agent_clicked.connect(self.agent_clicked)
        layer.background_clicked.connect(self.background_clicked)
        layer.begin(self._loaded, self.stage.agents.values(), self.stage.looks, self.stage.selected)
        self._wake()  # nobody sees what is below

    def _show_reference_theme(self) -> None:
        if self._reference is not None:
            self._reference.set_theme(self._loaded)

    @property
    def is_reference(self) -> bool:
        return self._reference is not None

    def zoom_in(self) -> None:
        super().zoom_in() if self._reference is None else self._reference.zoom_by(ZOOM_STEP**2)

    def zoom_out(self) -> None:
        super().zoom_out() if self._reference is None else self._reference.zoom_by(ZOOM_STEP**-2)

    def fit(self) -> None:
        super().fit() if self._reference is None else self._reference.fit()

    # -- asking ----------------------------------------------------------------------------------------
    @property
    def theme(self) -> Theme | None:
        return self.stage.assets.theme if self.stage.assets is not None else None

    def _home_places(self) -> Sequence[Place]:
        return self.stage.seats.homes()

    def left_to_right(self) -> list[str]:
        figures = self.model.figures
        return sorted(figures, key=lambda agent_id: (figures[agent_id].at.x, agent_id))

    def portrait(self, agent_id: str, size_px: int, dpr: float) -> QPixmap:
        """Head and shoulders of an agent as it looks in this theme; kept, so ask as often as you like."""
        return self._portraits.of(self.stage, agent_id, size_px, dpr)

    def zoom_to_cluster(self, at: QPointF) -> bool:
        part = self.stage.crowd.cluster_at(self.mapToScene(at.toPoint()))
        if part is not None:
            self.follow(None)
            self.show_part(part)
        return part is not None

    def rest(self) -> None:
        """Another kind of stage is shown: stand still, let go of the pictures."""
        self._timer.stop()
        super().rest()

    def close_stage(self) -> None:
        self._timer.stop()
        self.set_reference(False)
        super().close_stage()

    # -- time --------------------------------------------------------------------------------------------
    def _fps_of_quality(self) -> float | None:
        return PERFORMANCE_FPS if self._quality == "performance" else None

    def _may_draw(self) -> bool:
        return self._reference is None and super()._may_draw()  # below that layer nobody sees it

    def _tick(self) -> None:
        if not self._may_draw() or (self.stage.assets is not None and self.stage.assets.is_partial):
            return  # nobody comes in before the costumes are here
        now = self._now_ms()
        due: list[float] = []
        is_smooth = False
        if not self.stage.is_stale or self.stage.labels.is_stale:
            step = self.model.advance(now)
            self.stage.apply(step)
            self._frames.max_fps = FAR_FPS if self.stage.crowd.is_far else self._fps_of_quality()
            if step.changed or step.moved or step.removed:
                self.figures_moved.emit()
            if self.stage.labels.is_stale:
                self.stage.links.update_all()
            self._update_labels(now, step, due)
            is_smooth = step.walking or bool(due) or self.model.is_behind
        if not self.stage.is_stale:
            if not self.model.reduced_motion and (effects := self.stage.animate(now)) is not None:
                due.append(effects)
            if self.model.next_due_ms is not None:
                due.append(self.model.next_due_ms)
        if self.stage.crowd.is_behind:
            due.append(now + 1)
        if self._followed is not None:
            self._keep_followed()
        if due:
            self._timer.start(self._frames.wait_ms(min(due), now, is_smooth=is_smooth))

    def _update_labels(self, now: float, step: StageStep, due: list[float]) -> None:
        """Arrange labels when something about them changed; while people walk, only a few times a second."""
        labels = self.stage.labels
        self._touch_labels(step.moved | step.removed)
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

    def _on_moved(self) -> None:
        self.stage.labels.touch()
        self.stage.jars.place()
        self._soon()

    # -- Qt events -----------------------------------------------------------------------------------------
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width, height = max(1, event.size().width()), max(1, event.size().height())
        self.model.set_view_size(width, height)
        if self._loaded is not None and has_other_background(self._loaded, self._asked_for[0], width):
            self.set_theme(self._loaded)
        self._motion.stop()
        self._set_camera(self._home() if self._rest in ("start", "fit") else self._camera.resized(width, height))
        self._soon()

    def _on_ratio(self) -> None:
        self._apply_scale()
        self._settle.start()
