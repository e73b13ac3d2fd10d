"""An office in space on screen: the picture that the drawing process makes, and over it names, seats and the pointer.

The view writes nothing: it says what was asked for, and shows what it is told. What lies over a picture is placed for
the moment the picture shows, not for now: names do not run ahead of their figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from office_studio.core.office.seating import Place, home_places
from office_studio.core.room3d.camera import RoomCamera
from office_studio.core.room3d.clips import DIGITS, words_for
from office_studio.core.room3d.figure3d import RoomFigure
from office_studio.core.room3d.placement import to_world
from office_studio.core.room3d.places import Places
from office_studio.core.theme.color import status_color
from office_studio.core.theme.room_model import Dialect, Vec3
from office_studio.ui.render.pointer import digit_of
from office_studio.ui.room3d.engine import Frame
from office_studio.ui.room3d.faces import Faces
from office_studio.ui.room3d.figures import engine_figure, seen_by
from office_studio.ui.room3d.room_show import RoomShow

_RELAYOUT_MS = 150.0  # labels of those who walk are arranged so often
_SLICE_MS = 3.0  # of arranging labels at once
_REST_SHARE = 1.5  # times as long as a picture took the machine rests after it, while nobody walks


@dataclass(frozen=True, slots=True)
class _Moment:
    """What a picture was asked to show."""

    camera: RoomCamera
    figures: tuple[RoomFigure, ...]


class RoomStage(RoomShow):
    """Signals: those of ``OfficeView``, and

    portraits_changed(): ``portrait`` knows more agents than before.
    """

    portraits_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._faces = Faces(self._look_of)
        self._labels_later = QTimer(self)
        self._labels_later.setSingleShot(True)
        self._labels_later.setInterval(1)
        self._labels_later.timeout.connect(self._arrange)
        self._homes: tuple[tuple[Place, Vec3], ...] = ()  # of the slots
        self._sent: dict[int, _Moment] = {}  # number of a picture -> what it shows
        self._shown: _Moment | None = None
        self._is_due = False  # something was due while a picture was under way
        self._rests_until_ms = 0.0

    def _show_zone_names(self, visible: bool) -> None:
        self.stage.names.is_visible = visible
        self.stage.names.place()

    # -- asking ----------------------------------------------------------------------------------------
    def _home_places(self) -> Sequence[Place]:
        return [place for place, _ in self._homes]

    def left_to_right(self) -> list[str]:
        figures = self.stage.figures
        return sorted(figures, key=lambda agent_id: (figures[agent_id].foot.x(), agent_id))

    def portrait(self, agent_id: str, size_px: int, dpr: float) -> QPixmap:
        """The agent's head as it was seen in the room; a null pixmap before that."""
        return self._faces.of(agent_id, size_px, dpr)

    # -- clips by hand (8.5) ---------------------------------------------------------------------------
    def why_no_clip(self, digit: int) -> str:
        """Why the key of a digit plays nothing on the chosen agent now; "" when it does."""
        agent_id = self.stage.selected
        performer = self.cast.performer(agent_id) if agent_id is not None else None
        if self._setup is None or self._setup.room.dialect is Dialect.ZONES:
            return "The figures of this room have no clips"
        if performer is None:
            return "Select an agent first"
        if self.stage.is_stale or self.cast.reduced_motion:
            return "Nobody moves now"
        if performer.clips.of_digit(digit) is None:
            return f"The character has no clip for {words_for(DIGITS[digit])}"
        return ""

    def play_digit(self, digit: int) -> bool:
        if self.why_no_clip(digit):
            return False
        assert self.stage.selected is not None
        performer = self.cast.performer(self.stage.selected)
        assert performer is not None
        key = performer.clips.of_digit(digit)
        assert key is not None
        now = self._now_ms()
        self._advance(now)  # or news that wait would have the last word
        performer.show(key, now)
        self._soon()
        return True

    def help_for(self, agent_id: str) -> str:
        if agent_id != self.stage.selected:
            return ""
        known = [f"{digit} {words_for(DIGITS[digit])}" for digit in range(10) if not self.why_no_clip(digit)]
        return f"Keys: {', '.join(known)}" if known else ""

    def rest(self) -> None:
        self._timer.stop()
        self._labels_later.stop()
        self._sent.clear()
        self._homes, self._shown = (), None
        super().rest()

    # -- time ------------------------------------------------------------------------------------------
    def _soon(self) -> None:
        if self._is_drawing:
            super()._soon()

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
            self._advance(now)
            self.stage.set_left_out(len(self.cast.unseated))
            self._show_now()
        self._schedule(now)

    def _advance(self, now: float) -> None:
        step = self.cast.advance(now)
        if step.changed or step.moved or step.removed:
            self.figures_moved.emit()

    def _look_of(self, agent_id: str) -> str:
        """The costume; of those who have none but the colour of their status, who it is."""
        return (self._setup.figure_of(agent_id).key if self._setup is not None else "") or agent_id

    def _show_now(self) -> None:
        """Ask for a picture of this moment; when it would look the same, place what lies over it at once."""
        assert self._setup is not None
        self._keep_followed()
        moment = _Moment(self._camera, tuple(self.cast.figures.values()))
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
        if not self.cast.reduced_motion:
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
            scene.zones.see(camera)
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

    def _agent_point(self, agent_id: str | None) -> Vec3 | None:
        figure = self.cast.figure(agent_id) if agent_id is not None else None
        if agent_id is None or figure is None or self._setup is None:
            return None
        x, y, z = figure.position
        return (x, y + self._setup.figure_of(agent_id).height / 2, z)

    # -- Qt events ---------------------------------------------------------------------------------------
    def event(self, event: QEvent) -> bool:
        # Elsewhere 0 and 1 are keys of actions, which would never let them come here.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            digit = digit_of(event)
            if digit is not None and not self.why_no_clip(digit):
                event.accept()
                return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        size = self._view_size()
        self.stage.set_view(*size, self.ratio)
        self.stop_motion()
        self._camera = self._camera.resized(*size)
        if self._why:
            self._show_still()
        self._resize_engine()
        self._on_camera()
        self._soon()

    def _wake(self) -> None:
        # A first picture is always made, for whoever waits to show it.
        is_seen = self._may_draw()
        self.engine.set_awake(is_seen or self._awaits_first)
        super()._wake()
        if not is_seen:
            self._labels_later.stop()

    def _on_ratio(self) -> None:
        self._resize_engine()
        self.stage.set_view(*self._view_size(), self.ratio)


def _seen_at(camera: RoomCamera, point: Vec3) -> QPointF:
    at = camera.project(point)
    return QPointF(at.x, at.y)
