"""Mouse and keyboard of the stage: pan, click, take an agent up. Format section 5.3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QToolTip

from office_studio.core.theme.model import Zone
from office_studio.ui.render.camera_motion import Velocity
from office_studio.ui.render.drag import Hand, is_far_enough

if TYPE_CHECKING:
    from office_studio.ui.render.office_view import OfficeView

PAN_FROM_PX = 4
_PAN_STEP_PX = 60


class Pointer:
    """What one view does with its input."""

    def __init__(self, view: OfficeView) -> None:
        self._view = view
        self._pressed_at: QPoint | None = None
        self._pressed_agent: str | None = None
        self._last: QPoint | None = None
        self._is_panning = False
        self._is_space_held = False
        self._velocity = Velocity()
        self._is_carrying = False
        self._hovered_slot: int | None = None
        self.is_assigning = False
        self.hand: Hand | None = None  # what carries agents to seats

    # -- mouse ---------------------------------------------------------------------------------------
    def press(self, event: QMouseEvent) -> None:
        """Left chooses or pans; the middle button, or left with Space held, always pans."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._view.stop_motion()
            self._velocity.begin()
            self._pressed_at = self._last = event.position().toPoint()
            only_pans = self._is_space_held or event.button() == Qt.MouseButton.MiddleButton
            self._pressed_agent = None if only_pans else self._agent_at(event.position())
            self._is_panning = only_pans
            event.accept()

    def move(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._pressed_at is None or self._last is None:
            self._hover(event.position())
            return
        distance = (at - self._pressed_at).manhattanLength()
        if self._is_carrying:
            if self.hand is not None:
                self.hand.move(event.globalPosition().toPoint())
            return
        if self.is_assigning and self._pressed_agent and not self._is_panning:
            if is_far_enough(self._pressed_at, at):
                self._carry(self._pressed_agent, event.globalPosition().toPoint())
            return
        if self._is_panning or distance >= PAN_FROM_PX:
            self._is_panning = True
            self._show_cursor(Qt.CursorShape.ClosedHandCursor)
            dx, dy = at.x() - self._last.x(), at.y() - self._last.y()
            self._velocity.note(dx, dy)
            self._view.pan_by(dx, dy)
            self._last = at

    def release(self, event: QMouseEvent) -> None:
        if self._is_carrying:
            self._is_carrying = False
            self._pressed_at = self._last = self._pressed_agent = None
            if self.hand is not None:
                self.hand.drop(event.globalPosition().toPoint())
            return
        clicked = self._pressed_at is not None and not self._is_panning
        if self._is_panning:
            self._view.coast(self._velocity.now())
        agent_id = self._pressed_agent
        self._pressed_at = self._last = self._pressed_agent = None
        self._is_panning = False
        self._hover(event.position())
        if clicked and event.button() == Qt.MouseButton.LeftButton:
            self.click(event.position(), agent_id)

    def click(self, at: QPointF, agent_id: str | None = None) -> None:
        """A click or tap there, on that agent when it is known."""
        if mark := self._mark_at(at):
            self._view.mark_clicked.emit(mark)
            return
        agent_id = agent_id or self._agent_at(at)
        if agent_id is not None:
            self._view.agent_clicked.emit(agent_id)
        elif (slot := self._slot_at(at)) is not None:
            self._view.slot_clicked.emit(slot)
        elif not self._view.zoom_to_cluster(at):
            self._view.background_clicked.emit()

    def double_click(self, event: QMouseEvent) -> None:
        self.activate_at(event.position())
        event.accept()

    def activate_at(self, at: QPointF) -> None:
        """Open the agent there, or look at the zone there from near by."""
        if self._mark_at(at):
            return  # the first click has opened it
        agent_id = self._agent_at(at)
        if agent_id is not None:
            self._view.agent_activated.emit(agent_id)
            return
        if (slot := self._slot_at(at)) is not None:
            self._view.slot_activated.emit(slot)
            return
        zone = self._zone_at(at)
        if zone is not None:
            self._view.zoom_to_zone(zone)

    def _slot_at(self, at: QPointF) -> int | None:
        """The seat there, while seats are given out; at other times they are furniture."""
        return self._view.slot_at(at.toPoint()) if self.is_assigning else None

    def _mark_at(self, at: QPointF) -> str:
        """The jar, sign or thread there; "" where there is none, or a name lies over it, or somebody before it."""
        stage, scene_at = self._view.stage, self._view.mapToScene(at.toPoint())
        jars, threads = stage.jars, stage.jars.threads
        has_any = bool(jars.shown or threads.shown) and not self.is_assigning
        if not has_any or stage.labels.agent_at(scene_at) is not None:
            return ""
        thing = jars.jar_at(scene_at)
        if thing is None and threads.shown and stage.figure_at(scene_at) is None:
            thing = threads.thread_at(scene_at)
        return thing.id if thing is not None else ""

    def _zone_at(self, at: QPointF) -> Zone | None:
        """The smallest zone of the theme there."""
        stage = self._view.stage
        return stage.zones.zone_at(self._view.mapToScene(at.toPoint())) if stage.assets is not None else None

    def _show_cursor(self, shape: Qt.CursorShape) -> None:
        viewport = self._view.viewport()
        if viewport.cursor().shape() != shape:
            viewport.setCursor(shape)

    def _hover(self, at: QPointF) -> None:
        view, scene_at = self._view, self._view.mapToScene(at.toPoint())
        agent_id = view.stage.figure_at(scene_at)
        slot = view.stage.seats.slot_at(scene_at) if self.is_assigning else None
        self.note_slot(slot)
        if self._is_space_held:
            shape = Qt.CursorShape.OpenHandCursor
        elif self._mark_at(at):
            shape = Qt.CursorShape.PointingHandCursor
        elif agent_id is not None:
            shape = Qt.CursorShape.OpenHandCursor if self.is_assigning else Qt.CursorShape.PointingHandCursor
        elif slot is not None or view.stage.furniture_at(scene_at) is not None:
            shape = Qt.CursorShape.PointingHandCursor
        else:
            shape = Qt.CursorShape.ArrowCursor
        self._show_cursor(shape)
        zones = view.stage.zones
        if zones.hovered is not None:
            zone = zones.zone_at(scene_at)
            if agent_id is not None or zone is None or zone.id != zones.hovered:
                zones.hover(None)

    def show_tool_tip(self, event: QHelpEvent) -> None:
        """Who or what is under the pointer."""
        stage, at = self._view.stage, self._view.mapToScene(event.pos())
        marked = (item.toolTip() for item in self._view.items(event.pos()))  # "+n" says whom it counts
        if tip := stage.jars.tip_at(at) or next(filter(None, marked), ""):
            QToolTip.showText(event.globalPos(), tip, self._view)
            return
        agent_id = stage.figure_at(at)
        agent = stage.agents.get(agent_id) if agent_id else None
        if agent is not None:
            said = f"{agent.agent.name}, {agent.status.value}"
            lines = (said, agent.agent.current_task, self._view.help_for(agent.id))
            QToolTip.showText(event.globalPos(), "\n".join(line for line in lines if line), self._view)
        elif (thread := stage.jars.threads.thread_at(at)) is not None:
            QToolTip.showText(event.globalPos(), thread.tip, self._view)
        elif (item := stage.furniture_at(at)) is not None:
            QToolTip.showText(event.globalPos(), item.placement.tooltip or "", self._view)
        elif (zone := stage.zones.zone_at(at)) is not None:
            # Only when the pointer rests: a room that lights up under each movement would be restless.
            stage.zones.hover(zone)
            QToolTip.showText(event.globalPos(), stage.zones.describe(zone), self._view)
        else:
            stage.zones.hover(None)
            QToolTip.hideText()

    def _agent_at(self, at: QPointF) -> str | None:
        return self._view.agent_at(at)

    # -- keys ----------------------------------------------------------------------------------------
    def key(self, event: QKeyEvent) -> bool:
        """Handle a key of the stage; False when it is not one."""
        view, step = self._view, _PAN_STEP_PX
        actions = {
            Qt.Key.Key_Plus: view.zoom_in,
            Qt.Key.Key_Equal: view.zoom_in,
            Qt.Key.Key_Minus: view.zoom_out,
            Qt.Key.Key_0: view.fit,
            Qt.Key.Key_1: view.actual_size,
            Qt.Key.Key_Left: lambda: view.pan_by(step, 0),
            Qt.Key.Key_Right: lambda: view.pan_by(-step, 0),
            Qt.Key.Key_Up: lambda: view.pan_by(0, step),
            Qt.Key.Key_Down: lambda: view.pan_by(0, -step),
            Qt.Key.Key_Return: self._activate,
            Qt.Key.Key_Enter: self._activate,
            Qt.Key.Key_Escape: self._escape,
            Qt.Key.Key_Space: lambda: self._hold_space(True),
        }
        if (digit := digit_of(event)) is not None and view.play_digit(digit):
            event.accept()
            return True
        action = actions.get(Qt.Key(event.key()))
        if action is None or _is_held(event):
            return False
        action()
        event.accept()
        return True

    def key_up(self, event: QKeyEvent) -> bool:
        """Handle the release of a key; False when it means nothing here."""
        if event.key() != Qt.Key.Key_Space:
            return False
        if not event.isAutoRepeat():
            self._hold_space(False)
        event.accept()
        return True

    def _hold_space(self, held: bool) -> None:
        self._is_space_held = held
        if self._pressed_at is None:
            self._show_cursor(Qt.CursorShape.OpenHandCursor if held else Qt.CursorShape.ArrowCursor)

    def _escape(self) -> None:
        """One step back: stop following, else choose nobody."""
        if self._view.followed is not None:
            self._view.follow(None)
        else:
            self._view.background_clicked.emit()

    def leave(self) -> None:
        """The window lost the keyboard: whatever is held is held no longer."""
        self._is_space_held = False

    def step(self, forward: bool) -> bool:
        """Choose the next agent from left to right; False past the last, so that the focus can move on."""
        view = self._view
        order = view.left_to_right()
        if not order:
            return False
        selected = view.stage.selected
        at = order.index(selected) if selected in order else (-1 if forward else len(order))
        at += 1 if forward else -1
        if not 0 <= at < len(order):
            return False
        view.agent_clicked.emit(order[at])
        view.ensure_visible_agent(order[at])
        return True

    def _activate(self) -> None:
        if self._view.stage.selected is not None:
            self._view.agent_activated.emit(self._view.stage.selected)

    # -- carrying an agent ---------------------------------------------------------------------------
    def _carry(self, agent_id: str, at: QPoint) -> None:
        """Take a figure up; the hand follows the mouse until it is let go."""
        self._is_carrying = self.hand is not None and self.hand.begin(agent_id, self._view, at)
        if not self._is_carrying:
            self._pressed_at = self._last = self._pressed_agent = None  # refused: not a click either

    def note_slot(self, slot: int | None) -> None:
        """The seat the pointer is over, while seats are given out."""
        if slot != self._hovered_slot:
            self._hovered_slot = slot
            self._view.slot_hovered.emit(-1 if slot is None else slot)


def digit_of(event: QKeyEvent) -> int | None:
    """The digit that was pressed without another key, or None."""
    number = event.key() - Qt.Key.Key_0
    return number if 0 <= number <= 9 and not _is_held(event) else None


def _is_held(event: QKeyEvent) -> bool:
    """Whether a key is held that makes another one of it; digits may need Shift, or be of the keypad."""
    return bool(event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier))
