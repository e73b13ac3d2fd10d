"""An office on screen, flat or in space: what it is told, what it says, and what pointer, fingers and keys do in it.

A view writes nothing: it says what was asked for, and shows what it is told. Flat stages and rooms differ in how they
draw; whatever people do with them is here, so that it is the same in both.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from PySide6.QtCore import QElapsedTimer, QEvent, QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Binding
from office_studio.core.office.seating import Place, seat_label
from office_studio.core.theme.model import Theme
from office_studio.errors import OfficeStudioError
from office_studio.ui.render.drag import Hand, Lights
from office_studio.ui.render.jar_layer import Move, Thing, Thread
from office_studio.ui.render.label_layer import seen_of
from office_studio.ui.render.load_progress import LoadProgress
from office_studio.ui.render.loading import PictureLoader
from office_studio.ui.render.looking import LookingView
from office_studio.ui.render.pointer import Pointer
from office_studio.ui.render.touch import Touch

QUALITIES = ("high", "performance")
_TOUCHES = {QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd, QEvent.Type.TouchCancel}


class OfficeView(LookingView):
    """Its subclasses have a scene ``stage`` with what is drawn, and a ``model`` that knows what everybody does. Slots
    count in home-seat order.

    Signals:
        agent_clicked(agent_id), agent_activated(agent_id): click, double click or Enter.
        background_clicked(), mark_clicked(id): a click on nothing; on a jar, a sign or a thread.
        agent_context_requested(agent_id, global position).
        slot_clicked(slot), slot_activated(slot): click, double click on a seat while seats are given out.
        slot_hovered(slot): the pointer is over that seat now, -1 for none; while seats are given out.
        slot_context_requested(slot, global position).
        figures_moved(): somebody is elsewhere, came, went, or has another status.
        room_shown(): a theme's room, or why there is none, will be painted next.
        theme_shown(theme id, findings): all of a theme is there ("" for the built-in office).
        theme_reloaded(findings): the theme shown was read anew, and nobody has moved.
        theme_failed(message): a theme cannot be shown.
        load_progressed(share): of a theme that takes longer than 300 ms; 1 when it is there.
    """

    agent_clicked = Signal(str)
    agent_activated = Signal(str)
    background_clicked = Signal()
    agent_context_requested = Signal(str, QPoint)
    slot_clicked = Signal(int)
    slot_activated = Signal(int)
    slot_hovered = Signal(int)
    slot_context_requested = Signal(int, QPoint)
    mark_clicked = Signal(str)
    figures_moved = Signal()
    room_shown = Signal()
    theme_shown = Signal(str, object)
    theme_reloaded = Signal(object)
    theme_failed = Signal(str)
    load_progressed = Signal(float)
    stage: Any
    model: Any

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pointer = Pointer(self)
        self.touch = Touch(self)
        self.progress = LoadProgress(self)
        self.progress.progressed.connect(self.load_progressed)
        self._loader = PictureLoader(self)
        self._loader.arrived.connect(self._on_arrived)
        self._request = 0  # what arrives for an older one is dropped
        self._quality = QUALITIES[0]
        self._bindings: tuple[Binding, ...] = ()
        self._last_layout_ms = 0.0  # of labels
        self._watched_window: QWidget | None = None
        self._clock = QElapsedTimer()
        self._clock.start()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    # -- the office ----------------------------------------------------------------------------------
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
            if before is None or seen_of(before) != seen_of(agent):
                looks_other.append(agent.id)
            self.stage.agents[agent.id] = agent
        for agent_id in removed:
            self.stage.agents.pop(agent_id, None)
        if not looks_other:
            return  # tokens, times: nothing that is shown
        self._tell_changes(changed, removed)
        self._touch_labels(looks_other)
        self._soon()

    def set_bindings(self, bindings: Sequence[Binding]) -> None:
        self._bindings = tuple(bindings)
        self.model.set_bindings(bindings)
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
            self.stage.links.update_all()
            self._soon()

    # -- how it is shown -----------------------------------------------------------------------------
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
        self._show_zone_names(visible)
        self.stage.labels.touch()  # figures' labels keep off the names
        self._soon()

    def set_reduced_motion(self, reduced: bool) -> None:
        """Figures stand still and change places without walking; the camera is there at once, and no coin flies."""
        self.stage.jars.coins.end()
        self.model.reduced_motion = reduced
        self.model.refresh()
        self._soon()

    def set_walk_in(self, wanted: bool) -> None:
        """Newcomers come in through the entrance."""
        self.model.walk_in = wanted

    @property
    def quality(self) -> str:
        return self._quality

    def set_quality(self, quality: str) -> None:
        """``high`` or ``performance`` (flat format section 18, rooms section 12): fewer pixels and effects."""
        if quality != self._quality and quality in QUALITIES:
            self._quality = quality
            self._on_quality()

    # -- what apps hold ------------------------------------------------------------------------------
    def set_jars(self, jars: Sequence[Thing]) -> None:
        self.stage.jars.show(jars)
        self.setAccessibleDescription(self.stage.jars.names())

    def set_threads(self, threads: Sequence[Thread]) -> None:
        self.stage.jars.threads.show(threads)
        self.setAccessibleDescription(self.stage.jars.names())

    def set_jars_visible(self, visible: bool) -> None:
        self.stage.jars.set_visible(visible)
        self.setAccessibleDescription(self.stage.jars.names())

    def play_moves(self, moves: Sequence[Move]) -> None:
        """Show what happens to jars; nothing where nobody sees it, or nothing is to move."""
        if self._may_draw() and not self._is_motionless() and not self.stage.is_stale:
            self.stage.jars.play(moves)

    # -- seats (``drag.SeatSurface``) ----------------------------------------------------------------
    @property
    def slot_count(self) -> int:
        return len(self._home_places())

    def seat_label(self, slot: int) -> str:
        """What people call the place of a slot."""
        homes = self._home_places()
        return seat_label(homes[slot], slot + 1) if 0 <= slot < len(homes) else f"Slot {slot + 1}"

    def area(self) -> QWidget:
        return self.viewport()

    def slot_at(self, at: QPoint) -> int | None:
        """The slot whose seat is at a point of the viewport."""
        slot: int | None = self.stage.seats.slot_at(self.mapToScene(at))
        return slot

    def slot_point(self, slot: int) -> QPoint | None:
        """Middle of a slot's seat in viewport pixels."""
        at = self.stage.seats.at(slot)
        return None if at is None else self.mapFromScene(at)

    def set_lit_slots(self, lights: Lights) -> None:
        """Mark seats; {} as the mode has them."""
        self.stage.seats.set_lit(lights)

    def set_carried(self, agent_id: str) -> None:
        self.stage.set_carried(agent_id)

    def set_hand(self, hand: Hand | None) -> None:
        """Who carries agents that are taken up here."""
        self.pointer.hand = hand

    # -- asking --------------------------------------------------------------------------------------
    def agent_position(self, agent_id: str) -> QPoint | None:
        """Middle of an agent's figure in viewport pixels."""
        item = self.stage.figures.get(agent_id)
        return None if item is None else self.mapFromScene(item.hit_rect().center())

    def agent_at(self, at: QPointF) -> str | None:
        """The agent drawn at a point of the viewport."""
        agent_id: str | None = self.stage.figure_at(self.mapToScene(at.toPoint()))
        return agent_id

    # -- Qt events -----------------------------------------------------------------------------------
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._watched_window is not self.window():
            self._watched_window = self.window()
            self._watched_window.installEventFilter(self)
        self._wake()
        QTimer.singleShot(0, self, self._take_touch)  # asking for the viewport is slow the first time

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._wake()

    def _take_touch(self) -> None:
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowStateChange and watched is self._watched_window:
            self._wake()
        return False

    def _wake(self) -> None:
        """Draw only while somebody can see it."""
        if self._may_draw():
            self._soon()
        else:
            self._timer.stop()
            self.stop_motion()
            self.stage.jars.coins.end()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.stage.zones.hover(None)
            self.pointer.note_slot(None)
        if event.type() == QEvent.Type.ToolTip:
            self.pointer.show_tool_tip(event)  # type: ignore[arg-type]
            return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._on_ratio()
        if event.type() in _TOUCHES and self.touch.event(event):  # type: ignore[arg-type]
            return True
        if event.type() == QEvent.Type.NativeGesture and self.touch.gesture(event):  # type: ignore[arg-type]
            return True
        return super().viewportEvent(event)

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

    # -- time ----------------------------------------------------------------------------------------
    def _now_ms(self) -> float:
        return float(self._clock.nsecsElapsed()) / 1e6

    def _soon(self) -> None:
        """Look again with the next turn of the event loop."""
        if self._may_draw():
            self._timer.start(0)

    # -- what each kind of view does its own way -------------------------------------------------------
    def left_to_right(self) -> list[str]:
        """Everybody in the room, in the order in which Tab goes through them."""
        raise NotImplementedError

    def zoom_to_cluster(self, at: QPointF) -> bool:
        """Look at a cluster of a crowd from near by; False when there is none at that point of the viewport."""
        return False

    def play_digit(self, digit: int) -> bool:
        """Play the clip of a digit key on the chosen agent; False when this view has none."""
        return False

    def help_for(self, agent_id: str) -> str:
        """What keys do with an agent besides, for its tool tip; "" for nothing."""
        return ""

    def zoom_to_zone(self, zone: Any) -> None:
        """Look at a zone from near by."""

    def _is_motionless(self) -> bool:
        return bool(self.model.reduced_motion)

    @property
    def theme(self) -> Theme | None:
        """The theme that is seen."""
        raise NotImplementedError

    def _home_places(self) -> Sequence[Place]:
        """The places of the slots."""
        raise NotImplementedError

    def _tick(self) -> None:
        """Time has passed, or something changed: show what is so now."""
        raise NotImplementedError

    def _tell_changes(self, changed: Sequence[LiveAgent], removed: Sequence[str]) -> None:
        """Agents look other, or are gone: whoever draws them is told."""
        self.model.update_agents(changed, removed)

    def _touch_labels(self, agent_ids: Collection[str]) -> None:
        """These agents look other now."""
        self.stage.labels.touch(agent_ids)

    def _show_zone_names(self, visible: bool) -> None:
        raise NotImplementedError

    def _on_quality(self) -> None:
        raise NotImplementedError

    def _on_ratio(self) -> None:
        """The view is on another screen, with other device pixels."""
        raise NotImplementedError

    def _on_arrived(self, tag: Any, result: object) -> None:
        """The loader has done a piece of work."""
        raise NotImplementedError


def why_not(error: Exception, what: str) -> str:
    """What to tell of an error in ``what``'s making: our own words, or that it was not foreseen."""
    if isinstance(error, OfficeStudioError):
        return str(error)
    return f"{what} could not be prepared ({type(error).__name__}: {error}). The log tells more."
