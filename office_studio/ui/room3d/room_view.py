"""An office in space on screen: the picture that the drawing process makes, and over it names, seats and the pointer.

The view writes nothing: it says what was asked for, and shows what it is told. What lies over a picture is placed for
the moment the picture shows, not for now: names do not run ahead of their figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QHideEvent,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Binding
from office_studio.core.office.seating import home_places
from office_studio.core.room3d.camera import RoomCamera
from office_studio.core.room3d.figure3d import RoomFigure
from office_studio.core.room3d.placement import to_world
from office_studio.core.room3d.places import Places
from office_studio.core.theme.color import status_color
from office_studio.core.theme.room_model import Dialect, Vec3
from office_studio.ui.render.jar_layer import Jar
from office_studio.ui.render.label_layer import seen_of
from office_studio.ui.room3d.engine import Frame
from office_studio.ui.room3d.faces import Faces
from office_studio.ui.room3d.figures import engine_figure, seen_by
from office_studio.ui.room3d.room_input import RoomInput

_RELAYOUT_MS = 150.0  # labels of those who walk are arranged so often
_SLICE_MS = 3.0  # of arranging labels at once
_REST_SHARE = 1.5  # times as long as a picture took the machine rests after it, while nobody walks
_TOUCHES = {QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd, QEvent.Type.TouchCancel}


@dataclass(frozen=True, slots=True)
class _Moment:
    """What a picture was asked to show."""

    camera: RoomCamera
    figures: tuple[RoomFigure, ...]


class RoomStage(RoomInput):
    """Signals: those of ``renderers.Renderer``."""

    figures_moved = Signal()
    portraits_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = QElapsedTimer()
        self._clock.start()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._faces = Faces(self._look_of)
        self._labels_later = QTimer(self)
        self._labels_later.setSingleShot(True)
        self._labels_later.setInterval(1)
        self._labels_later.timeout.connect(self._arrange)
        self._bindings: tuple[Binding, ...] = ()
        self._sent: dict[int, _Moment] = {}  # number of a picture -> what it shows
        self._shown: _Moment | None = None
        self._is_due = False  # something was due while a picture was under way
        self._rests_until_ms = 0.0
        self._last_layout_ms = 0.0
        self._watched_window: QWidget | None = None

    # -- the office ------------------------------------------------------------------------------------
    def set_agents(self, agents: Sequence[LiveAgent]) -> None:
        """The whole office."""
        self.stage.agents = {agent.id: agent for agent in agents}
        self.cast.set_agents(agents)
        self.stage.labels.touch()
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
        if looks_other:
            self.cast.update_agents(changed, removed)
            self.stage.labels.touch(looks_other)
            self._soon()

    def set_bindings(self, bindings: Sequence[Binding]) -> None:
        self._bindings = tuple(bindings)
        self.cast.set_bindings(bindings)
        self.stage.seats.occupied = frozenset(binding.slot_index for binding in bindings)
        self.stage.seats.place()
        self._soon()

    @property
    def bindings(self) -> tuple[Binding, ...]:
        return self._bindings

    def select(self, agent_id: str | None) -> None:
        if agent_id != self.stage.selected:
            self.stage.select(agent_id)
            self._soon()

    def set_stale(self, stale: bool) -> None:
        """Old news: grey, and nobody moves."""
        if stale != self.stage.is_stale:
            self.stage.set_stale(stale)
            self._soon()

    # -- how it is shown -------------------------------------------------------------------------------
    def set_assign_mode(self, assigning: bool) -> None:
        """Rings on the places of all slots; dragging a figure moves its agent."""
        self.pointer.is_assigning = assigning
        self.pointer.note_slot(None)
        self.stage.seats.is_visible = assigning
        self.stage.seats.place()
        self.stage.labels.touch()  # figures' labels keep off the numbers
        self._soon()

    def set_labels_visible(self, visible: bool) -> None:
        self.stage.labels.are_visible = visible
        self.stage.labels.relayout()

    def set_zone_labels_visible(self, visible: bool) -> None:
        self.stage.names.is_visible = visible
        self.stage.names.place()

    def set_reduced_motion(self, reduced: bool) -> None:
        """Figures stand still and change places without walking."""
        self._reduced = self.cast.reduced_motion = reduced
        self.cast.refresh()
        self._soon()

    def set_walk_in(self, wanted: bool) -> None:
        self.cast.walk_in = wanted

    def set_jars(self, jars: Sequence[Jar]) -> None:
        self.stage.jars.show(jars)

    def set_jars_visible(self, visible: bool) -> None:
        self.stage.jars.set_visible(visible)

    # -- asking ----------------------------------------------------------------------------------------
    def portrait(self, agent_id: str, size_px: int, dpr: float) -> QPixmap:
        """The agent's head as it was seen in the room; a null pixmap before that."""
        return self._faces.of(agent_id, size_px, dpr)

    def rest(self) -> None:
        self._timer.stop()
        self._labels_later.stop()
        self._sent.clear()
        self._homes, self._shown = (), None
        super().rest()

    # -- time ------------------------------------------------------------------------------------------
    def _now_ms(self) -> float:
        return float(self._clock.nsecsElapsed()) / 1e6

    def _soon(self) -> None:
        if self._may_draw() and self._is_drawing:
            self._timer.start(0)

    def _on_theme_taken(self, *, is_reload: bool) -> None:
        assert self._setup is not None
        theme = self._setup.loaded.theme
        if is_reload:
            self.cast.replace_theme(theme, self._setup.clips)
        else:
            self.cast.set_theme(theme, self._setup.clips)
        self._sent.clear()
        self._homes = tuple(zip(home_places(theme), self._home_points(), strict=False))
        self.stage.floor_flatness = self._floor_flatness()
        self._wake()
        self._tick()  # so that the first picture has its people in it

    def _home_points(self) -> list[Vec3]:
        """Where the agents of the slots are at work."""
        assert self._setup is not None
        theme, room = self._setup.loaded.theme, self._setup.room
        homes = home_places(theme)
        if room.dialect is Dialect.ZONES:
            return [to_world(home.seat.at.x, home.seat.at.y, theme.canvas) for home in homes]
        character = room.character
        places = Places(character.positions if character else {}, {}, len(homes))
        has_desk = bool(places.names("desk"))
        return [places.standing("desk", n).at if has_desk else places.start(n) for n in range(len(homes))]

    def _tick(self) -> None:
        self._timer.stop()
        if not self._is_drawing or not (self._may_draw() or self._awaits_first):
            return
        if self.engine.is_busy or (self._awaits_first and self._sent):
            self._is_due = True  # the picture under way tells when it is there
            return
        self._is_due = False
        now = self._now_ms()
        if not self.stage.is_stale or self.stage.labels.is_stale:
            step = self.cast.advance(now)
            if step.changed or step.moved or step.removed:
                self.figures_moved.emit()
            self.stage.set_left_out(len(self.cast.unseated))
            self._show_now()
        self._schedule(now)

    def _look_of(self, agent_id: str) -> str:
        """The costume; of those who have none but the colour of their status, who it is."""
        return (self._setup.figure_of(agent_id).key if self._setup is not None else "") or agent_id

    def _show_now(self) -> None:
        """Ask for a picture of this moment; when it would look the same, place what lies over it at once."""
        assert self._setup is not None
        moment = _Moment(self._camera, tuple(self.cast.figures.values()))
        if self._followed is not None and (at := self._agent_point(self._followed)) is not None:
            self._set_camera(self._camera.looking_at(at))
            moment = _Moment(self._camera, moment.figures)
        before = self.engine.asked
        self.engine.set_figures(tuple(self._drawn(figure) for figure in moment.figures))
        if self.engine.asked != before:
            self._sent[self.engine.asked] = moment
        elif self.engine.is_busy or self._awaits_first:
            self._sent[self.engine.asked + 1] = moment
        else:
            self._place_over(moment)

    def _drawn(self, figure: RoomFigure) -> object:
        assert self._setup is not None
        theme = self._setup.loaded.theme
        color = status_color(theme.characters.status_badge.colors, figure.status)
        return engine_figure(figure, self._setup, (color.red / 255, color.green / 255, color.blue / 255))

    def _on_camera(self) -> None:
        if not self._is_drawing:
            return
        before = self.engine.asked
        super()._on_camera()
        moment = _Moment(self._camera, tuple(self.cast.figures.values()))
        self._sent[self.engine.asked if self.engine.asked != before else self.engine.asked + 1] = moment

    def _on_picture(self, frame: Frame) -> None:
        newest = max(self._sent, default=0)
        moment = self._sent.get(frame.number)
        for number in [number for number in self._sent if number < max(frame.number, newest)]:
            del self._sent[number]
        guess = self._shown or _Moment(self._camera, tuple(self.cast.figures.values()))
        self._place_over(moment or guess, is_guess=moment is None)
        now = self._now_ms()
        self._rests_until_ms = now + _REST_SHARE * frame.draw_ms
        if self._is_due:
            self._timer.start(0)
        else:
            self._schedule(now)

    def _schedule(self, now: float) -> None:
        """Wake when the next of those things is due that happen by themselves."""
        due = [] if self.stage.is_stale else [self.cast.next_due_ms]
        if not self._reduced:
            due.append(self.stage.labels.animate(now))
        if self.stage.labels.is_stale:
            due.append(max(now, self._last_layout_ms + _RELAYOUT_MS))
        first = min((at for at in due if at is not None), default=None)
        if first is None or not self._may_draw():
            return
        walks = any(figure.walking for figure in self.cast.figures.values())
        wait = max(first, now if walks else self._rests_until_ms) - now
        self._timer.start(max(1, round(wait)))

    # -- over the picture --------------------------------------------------------------------------------
    def _place_over(self, moment: _Moment, *, is_guess: bool = False) -> None:
        """``is_guess``: the picture may show people elsewhere, so no faces are looked for in it."""
        if self._setup is None:
            return
        before, self._shown = self._shown, moment
        scene, camera = self.stage, moment.camera
        if scene.theme is not self._setup.loaded.theme:
            scene.set_theme(self._setup.loaded.theme)
            self._faces.clear()
            before = None
        if before is None or before.camera != camera:
            scene.floor_flatness = self._floor_flatness()
            scene.place_homes([(place, _seen_at(camera, at)) for place, at in self._homes])
            scene.names.see(camera)
            scene.refresh_marks()
            scene.labels.touch()
        touched = scene.show_seen([seen_by(camera, figure, self._setup) for figure in moment.figures])
        picture = self._picture if self._frame is not None and not is_guess else None
        if picture is not None and self._faces.collect(picture, camera, moment.figures, scene.figures):
            self.portraits_changed.emit()
        scene.links.update_all()
        scene.labels.touch(touched)
        walks = any(figure.walking for figure in moment.figures)
        if scene.labels.is_stale and (not walks or self._now_ms() - self._last_layout_ms >= _RELAYOUT_MS):
            self._arrange()
        else:
            scene.labels.follow(scene.figures)

    def _arrange(self) -> None:
        """Arrange labels, a slice in each turn of the event loop."""
        labels = self.stage.labels
        if labels.proceed(_SLICE_MS):
            self._last_layout_ms = self._now_ms()
            self._labels_later.stop()
        else:
            labels.follow(self.stage.figures)
            self._labels_later.start()

    def _agent_point(self, agent_id: str) -> Vec3 | None:
        figure = self.cast.figure(agent_id)
        if figure is None or self._setup is None:
            return None
        x, y, z = figure.position
        return (x, y + self._setup.figure_of(agent_id).height / 2, z)

    # -- Qt events ---------------------------------------------------------------------------------------
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        size = self._view_size()
        self.stage.set_view(*size, self.ratio)
        self._camera = self._camera.resized(*size)
        if self._why:
            self._show_still()
        self._resize_engine()
        self._on_camera()
        self._soon()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._watched_window is not self.window():
            self._watched_window = self.window()
            self._watched_window.installEventFilter(self)
        self._wake()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._wake()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowStateChange and watched is self._watched_window:
            self._wake()
        return False

    def _wake(self) -> None:
        """Draw only while somebody can see it; a first picture is always made, for whoever waits to show it."""
        is_seen = self._may_draw()
        self.engine.set_awake(is_seen or self._awaits_first)
        if is_seen:
            self.viewport().setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
            self._soon()
        else:
            self._timer.stop()
            self._labels_later.stop()
            self._motion.stop()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.pointer.note_slot(None)
        if event.type() == QEvent.Type.ToolTip:
            self.pointer.show_tool_tip(event)  # type: ignore[arg-type]
            return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._resize_engine()
            self.stage.set_view(*self._view_size(), self.ratio)
        if event.type() in _TOUCHES and self.touch.event(event):  # type: ignore[arg-type]
            return True
        if event.type() == QEvent.Type.NativeGesture and self.touch.gesture(event):  # type: ignore[arg-type]
            return True
        return super().viewportEvent(event)


def _seen_at(camera: RoomCamera, point: Vec3) -> QPointF:
    at = camera.project(point)
    return QPointF(at.x, at.y)
