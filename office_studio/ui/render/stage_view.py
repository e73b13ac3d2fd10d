"""The stage: shows an office, lets people look around, choose an agent and drop one onto a seat.

The view writes nothing: it says what was asked for, and shows what it is told.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QElapsedTimer, QEvent, QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
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
from office_studio.core.office.stage import StageStep
from office_studio.ui.render.assets import has_other_background
from office_studio.ui.render.camera_view import ZOOM_BACK, ZOOM_STEP
from office_studio.ui.render.drag import Hand
from office_studio.ui.render.frame_clock import FrameClock
from office_studio.ui.render.label_layer import seen_of
from office_studio.ui.render.pointer import Pointer
from office_studio.ui.render.reference_layer import ReferenceLayer
from office_studio.ui.render.seats_view import SeatsView
from office_studio.ui.render.touch import Touch

_RELAYOUT_MS = 120.0
_MOST_TOLD = 120  # agents placed in one frame, some 8 ms
_TICK_MS = 4.0  # labels of a crowd are arranged in what the rest of a frame leaves of this, but at least 1 ms
PERFORMANCE_FPS = 30.0  # format section 18
FAR_FPS = 24.0  # dots need no more
_TOUCHES = {QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd, QEvent.Type.TouchCancel}
_TRACKPAD_NOTCH_PX = 60.0  # of two fingers' way that feels like one notch of a wheel


class StageView(SeatsView):
    """A 2D office on screen.

    Signals:
        agent_clicked(agent_id), agent_activated(agent_id): click, double click or Enter.
        background_clicked(): a click on nothing.
        agent_context_requested(agent_id, global position).
        figures_moved(): somebody is elsewhere, came, went, or has another status.
    """

    agent_clicked = Signal(str)
    agent_activated = Signal(str)
    background_clicked = Signal()
    agent_context_requested = Signal(str, QPoint)
    figures_moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = QElapsedTimer()
        self._clock.start()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._frames = FrameClock()
        self._bindings: tuple[Binding, ...] = ()
        self.model.most_told = _MOST_TOLD
        self._last_layout_ms = 0.0
        self.pointer = Pointer(self)
        self.touch = Touch(self)
        self._watched_window: QWidget | None = None
        self._reference: ReferenceLayer | None = None
        self.theme_shown.connect(self._show_reference_theme)
        self.theme_reloaded.connect(self._show_reference_theme)

    # -- what is shown -------------------------------------------------------------------------------
    def set_agents(self, agents: Sequence[LiveAgent]) -> None:
        """The whole office."""
        self.stage.agents = {agent.id: agent for agent in agents}
        self.model.set_agents(agents)
        if self._reference is not None:
            self._reference.set_agents(agents)
        self.stage.labels.touch()
        self.stage.links.update_all()
        self._soon()

    def update_agents(self, changed: Sequence[LiveAgent], removed: Sequence[str] = ()) -> None:
        """Only what changed."""
        looks_other = list(removed)
        for agent in changed:
            before = self.stage.agents.get(agent.id)
            if before is None or seen_of(before) != seen_of(agent):
                looks_other.append(agent.id)
            self.stage.agents[agent.id] = agent
        for agent_id in removed:
            self.stage.agents.pop(agent_id, None)
        if not looks_other:
            return  # tokens, times: nothing the stage shows
        self.model.update_agents(changed, removed)
        if self._reference is not None:
            self._reference.update_agents(changed, removed)
        tracked = self.stage.crowd.is_tracking  # then most have no label
        self.stage.labels.touch([a for a in looks_other if a in self.stage.figures] if tracked else looks_other)
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
        if self._reference is not None:
            self._reference.select(agent_id)

    def set_assign_mode(self, assigning: bool) -> None:
        """Rings on all seats, zones outlined; dragging a figure moves its agent."""
        self.pointer.is_assigning = assigning
        self.pointer.note_slot(None)
        self.stage.seats.is_visible = assigning
        self.stage.zones.is_assigning = assigning
        self.stage.zones.place()
        self.stage.seats.place()
        self.stage.labels.touch()  # figures' labels keep off the numbers
        self._soon()

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
        self.stage.labels.touch()  # figures' labels keep off the names
        self._soon()

    def set_reduced_motion(self, reduced: bool) -> None:
        """Figures stand still and change places without walking."""
        self.model.reduced_motion = reduced
        self.model.refresh()
        self._soon()

    def set_walk_in(self, wanted: bool) -> None:
        """Newcomers come in through the entrance."""
        self.model.walk_in = wanted

    def set_hand(self, hand: Hand | None) -> None:
        """Who carries agents that are taken up here."""
        self.pointer.hand = hand

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
    def bindings(self) -> tuple[Binding, ...]:
        return self._bindings

    def portrait(self, agent_id: str, size_px: int, dpr: float) -> QPixmap:
        """Head and shoulders of an agent as it looks in this theme; kept, so ask as often as you like."""
        return self._portraits.of(self.stage, agent_id, size_px, dpr)

    def agent_position(self, agent_id: str) -> QPoint | None:
        """Middle of an agent's figure in viewport pixels."""
        item = self.stage.figures.get(agent_id)
        return None if item is None else self.mapFromScene(item.hit_rect().center())

    def agent_at(self, at: QPointF) -> str | None:
        """The agent drawn at a point of the viewport."""
        return self.stage.figure_at(self.mapToScene(at.toPoint()))

    def zoom_to_cluster(self, at: QPointF) -> bool:
        """Look at a cluster of a crowd from near by; False when there is none at that point of the viewport."""
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
    def _now_ms(self) -> float:
        return float(self._clock.nsecsElapsed()) / 1e6

    def _fps_of_quality(self) -> float | None:
        return PERFORMANCE_FPS if self._quality == "performance" else None

    def _soon(self) -> None:
        if self._may_draw():
            self._timer.start(0)

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
        concerned = step.moved | step.removed
        # Of a crowd most have neither figure nor label.
        labels.touch(concerned & self.stage.figures.keys() if self.stage.crowd.is_tracking else concerned)
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

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._watched_window is not self.window():
            self._watched_window = self.window()
            self._watched_window.installEventFilter(self)
        self._soon()
        QTimer.singleShot(0, self, self._take_touch)  # asking for the viewport is slow the first time

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
        self._motion.stop()

    def _take_touch(self) -> None:
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowStateChange and watched is self._watched_window:
            self._soon()
        return False

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.stage.zones.hover(None)
            self.pointer.note_slot(None)
        if event.type() == QEvent.Type.ToolTip:
            self.pointer.show_tool_tip(event)  # type: ignore[arg-type]
            return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._apply_scale()
            self._settle.start()
        if event.type() in _TOUCHES and self.touch.event(event):  # type: ignore[arg-type]
            return True
        if event.type() == QEvent.Type.NativeGesture and self.touch.gesture(event):  # type: ignore[arg-type]
            return True
        return super().viewportEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()
        if event.phase() == Qt.ScrollPhase.ScrollMomentum:
            return  # the fingers have left: a zoom that goes on by itself is no use
        steps = event.angleDelta().y() / 120
        if not event.pixelDelta().isNull() and event.phase() != Qt.ScrollPhase.NoScrollPhase:
            steps = event.pixelDelta().y() / _TRACKPAD_NOTCH_PX
        if steps:
            self.zoom_by(ZOOM_STEP**steps if steps > 0 else ZOOM_BACK**-steps, event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.pointer.key(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not self.pointer.key_up(event):
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.pointer.leave()
        super().focusOutEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        # Tab goes from agent to agent, and on to the next widget after the last one.
        return self.pointer.step(next) or super().focusNextPrevChild(next)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at, where = event.pos(), event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            spot = self.agent_position(self.stage.selected) if self.stage.selected is not None else None
            if spot is None:
                return
            at, where = spot, self.viewport().mapToGlobal(spot)
        agent_id = self.stage.figure_at(self.mapToScene(at))
        if agent_id is not None:
            self.agent_context_requested.emit(agent_id, where)
        elif self.pointer.is_assigning and (slot := self.slot_at(at)) is not None:
            self.slot_context_requested.emit(slot, where)

    def mousePressEvent(self, event):  # type: ignore[no-untyped-def]
        self.pointer.press(event)

    def mouseMoveEvent(self, event):  # type: ignore[no-untyped-def]
        self.pointer.move(event)

    def mouseReleaseEvent(self, event):  # type: ignore[no-untyped-def]
        self.pointer.release(event)

    def mouseDoubleClickEvent(self, event):  # type: ignore[no-untyped-def]
        self.pointer.double_click(event)
