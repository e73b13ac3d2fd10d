"""Mouse, keyboard and drag of the stage: pan, click, drop. Format section 5.3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDrag, QDragEnterEvent, QDragMoveEvent, QDropEvent, QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QGraphicsPixmapItem, QToolTip

from office_studio.core.theme.model import Zone
from office_studio.ui.render.camera_motion import Velocity
from office_studio.ui.render.drag import DropPlan, agent_mime, agent_of, plan_drop
from office_studio.ui.render.ghost import face_size, paint_ghost

if TYPE_CHECKING:
    from office_studio.ui.render.stage_view import StageView

PAN_FROM_PX = 4
DRAG_FROM_PX = 6
_PAN_STEP_PX = 60
_GHOST_OFFSET = QPointF(16, 14)


class Pointer:
    """What one view does with its input."""

    def __init__(self, view: StageView) -> None:
        self._view = view
        self._pressed_at: QPoint | None = None
        self._pressed_agent: str | None = None
        self._last: QPoint | None = None
        self._is_panning = False
        self._is_space_held = False
        self._velocity = Velocity()
        self._ghost: QGraphicsPixmapItem | None = None
        self._plan: DropPlan | None = None
        self.is_assigning = False

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
        if self.is_assigning and self._pressed_agent and not self._is_panning:
            if distance >= DRAG_FROM_PX:
                self._drag(self._pressed_agent)
            return
        if self._is_panning or distance >= PAN_FROM_PX:
            self._is_panning = True
            self._show_cursor(Qt.CursorShape.ClosedHandCursor)
            dx, dy = at.x() - self._last.x(), at.y() - self._last.y()
            self._velocity.note(dx, dy)
            self._view.pan_by(dx, dy)
            self._last = at

    def release(self, event: QMouseEvent) -> None:
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
        agent_id = agent_id or self._agent_at(at)
        if agent_id is not None:
            self._view.agent_clicked.emit(agent_id)
        elif not self._view.zoom_to_cluster(at):
            self._view.background_clicked.emit()

    def double_click(self, event: QMouseEvent) -> None:
        self.activate_at(event.position())
        event.accept()

    def activate_at(self, at: QPointF) -> None:
        """Open the agent there, or look at the zone there from near by."""
        agent_id = self._agent_at(at)
        if agent_id is not None:
            self._view.agent_activated.emit(agent_id)
            return
        zone = self._zone_at(at)
        if zone is not None:
            self._view.zoom_to_zone(zone)

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
        if self._is_space_held:
            shape = Qt.CursorShape.OpenHandCursor
        elif agent_id is not None:
            shape = Qt.CursorShape.OpenHandCursor if self.is_assigning else Qt.CursorShape.PointingHandCursor
        elif view.stage.furniture_at(scene_at) is not None:
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
        agent_id = stage.figure_at(at)
        agent = stage.agents.get(agent_id) if agent_id else None
        if agent is not None:
            task = f"\n{agent.agent.current_task}" if agent.agent.current_task else ""
            QToolTip.showText(event.globalPos(), f"{agent.agent.name}, {agent.status.value}{task}", self._view)
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
        return self._view.stage.figure_at(self._view.mapToScene(at.toPoint()))

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
        action = actions.get(Qt.Key(event.key()))
        held = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if action is None or held:
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
        figures = view.model.figures
        order = sorted(figures, key=lambda a: (figures[a].at.x, a))
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

    # -- drag ----------------------------------------------------------------------------------------
    def _drag(self, agent_id: str) -> None:
        """Start dragging a figure. Blocks until the drop, as ``QDrag`` does."""
        self._pressed_at = self._last = self._pressed_agent = None
        agent = self._view.stage.agents.get(agent_id)
        if agent is None or agent.is_foreign:
            return
        drag = QDrag(self._view)
        drag.setMimeData(agent_mime(agent_id))
        ratio = self._view.devicePixelRatioF()
        drag.setPixmap(self._view.portrait(agent_id, face_size(), ratio))
        drag.setHotSpot(QPoint(face_size() // 2, face_size() // 2))
        drag.exec(Qt.DropAction.MoveAction | Qt.DropAction.CopyAction, Qt.DropAction.MoveAction)

    def drag_enter(self, event: QDragEnterEvent) -> None:
        if agent_of(event.mimeData()) is None or not self._view.slot_count:
            event.ignore()
            return
        self._view.stage.seats.is_dragging = True
        self._view.stage.seats.place()
        event.acceptProposedAction()

    def drag_move(self, event: QDragMoveEvent) -> None:
        agent_id = agent_of(event.mimeData())
        if agent_id is None:
            event.ignore()
            return
        at = self._view.mapToScene(event.position().toPoint())
        plan = self._plan_at(agent_id, at)
        self._show_plan(plan, at)
        if plan.allowed:
            event.acceptProposedAction()
        else:
            event.ignore()

    def drag_leave(self) -> None:
        self._view.stage.seats.is_dragging = False
        self._show_plan(None, QPointF())

    def drop(self, event: QDropEvent) -> None:
        agent_id = agent_of(event.mimeData())
        plan = self._plan_at(agent_id, self._view.mapToScene(event.position().toPoint())) if agent_id else None
        self.drag_leave()
        if plan is None or not plan.allowed or plan.slot is None:
            event.ignore()
            return
        event.acceptProposedAction()
        self._view.seat_dropped.emit(plan.agent_id, plan.slot)

    def _plan_at(self, agent_id: str, at: QPointF) -> DropPlan:
        view = self._view
        agents = view.stage.agents
        names = {each.id: each.agent.name for each in agents.values()}
        names |= {b.agent_id: b.agent_name for b in view.bindings if b.agent_name and b.agent_id not in names}
        seats = [view.seat_label(slot) for slot in range(view.slot_count)]
        foreign = agent_id in agents and agents[agent_id].is_foreign
        return plan_drop(agent_id, view.stage.seats.slot_at(at), view.bindings, names, seats, is_foreign=foreign)

    def _show_plan(self, plan: DropPlan | None, at: QPointF) -> None:
        stage = self._view.stage
        target = plan.slot if plan is not None and plan.allowed else None
        if plan is None or target != stage.seats.target:
            stage.seats.target = target
            stage.seats.place()
        if plan is None:
            if self._ghost is not None:
                stage.removeItem(self._ghost)
                self._ghost = None
        else:
            self._move_ghost(plan, at)
        if plan != self._plan:
            self._plan = plan
            self._view.drag_hovered.emit(plan)

    def _move_ghost(self, plan: DropPlan, at: QPointF) -> None:
        stage, ratio = self._view.stage, self._view.devicePixelRatioF()
        if self._ghost is None:
            self._ghost = QGraphicsPixmapItem()
            self._ghost.setZValue(stage.order.ghost)
            stage.addItem(self._ghost)
            self._plan = None
        if plan != self._plan:
            portrait = self._view.portrait(plan.agent_id, face_size(), ratio)
            self._ghost.setPixmap(paint_ghost(plan, portrait, ratio))
        view = self._view.mapToScene(self._view.viewport().rect()).boundingRect()
        size = self._ghost.boundingRect().size()
        spot = at + _GHOST_OFFSET
        if spot.x() + size.width() > view.right():
            spot.setX(at.x() - _GHOST_OFFSET.x() - size.width())
        if spot.y() + size.height() > view.bottom():
            spot.setY(at.y() - _GHOST_OFFSET.y() - size.height())
        self._ghost.setPos(spot)
