"""Carries an agent from where it was pressed to where it is let go, and says at every step what a drop would do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from office_studio.ui import formats
from office_studio.ui.assign.controller import AssignController
from office_studio.ui.assign.drag_ghost import DragGhost
from office_studio.ui.office_store import OfficeStore
from office_studio.ui.portraits import Portraits
from office_studio.ui.render.drag import DropPlan, Hand, SeatLight, SeatSurface, is_far_enough

EDGE_PX = 28  # so near to an edge the surface scrolls
EDGE_WAIT_MS, EDGE_STEP_MS, EDGE_STEP_PX = 300, 16, 10
NOT_OVER_A_SEAT = "Drop on a seat or a slot"


class AgentDrag(QObject):
    """The hand (``render.drag.Hand``) of one window.

    Signals:
        began(str): agent id.
        hovered(DropPlan): what a drop would do now.
        ended(): let go, or put back.
        refused(str, str): title and reason, when nothing comes of it.
    """

    began = Signal(str)
    hovered = Signal(object)
    ended = Signal()
    refused = Signal(str, str)

    def __init__(self, window: QWidget, store: OfficeStore, controller: AssignController, portraits: Portraits) -> None:
        super().__init__(window)
        self._window, self._store, self._controller = window, store, controller
        self.ghost = DragGhost(window, store, portraits)
        self._surfaces: list[SeatSurface] = []
        self._frames: dict[int, QWidget] = {}
        self._shelf: Callable[[], QWidget | None] = lambda: None
        self._agent_id = ""
        self._together: tuple[str, ...] = ()
        self._is_from_seat = False
        self._targets: dict[int, str] = {}  # slot -> why a drop does nothing there, "" when it does
        self._plan: DropPlan | None = None
        self._plan_of: tuple[int, DropPlan] | None = None  # slot last asked about; most movements stay over one
        self._at = QPoint()
        self._edge = QTimer(self, singleShot=True)
        self._edge.timeout.connect(self._scroll_on)
        # A shortcut, not a filter of all events: it comes before every widget's own idea of Esc, and costs nothing.
        self._esc = QShortcut(QKeySequence(Qt.Key.Key_Escape), window)
        self._esc.setContext(Qt.ShortcutContext.ApplicationShortcut)
        self._esc.setEnabled(False)
        self._esc.activated.connect(self.cancel)
        window.installEventFilter(self)
        controller.changed.connect(self._on_seats_changed)
        store.staleness_changed.connect(self._on_seats_changed)

    def add_surface(self, surface: SeatSurface, frame: QWidget | None = None) -> None:
        """Where seats are: the stage, the cards. ``frame`` holds the surface and what floats over it."""
        self._surfaces.append(surface)
        if frame is not None:
            self._frames[id(surface)] = frame

    def remove_surface(self, surface: SeatSurface) -> None:
        if surface in self._surfaces:
            self._surfaces.remove(surface)

    def set_shelf(self, shelf: Callable[[], QWidget | None]) -> None:
        """Where agents without a seat are: letting one go there takes its seat."""
        self._shelf = shelf

    @property
    def is_carrying(self) -> bool:
        return bool(self._agent_id)

    @property
    def plan(self) -> DropPlan | None:
        """What letting go now would do; None while nobody is carried."""
        return self._plan

    # -- the hand ----------------------------------------------------------------------------------
    def begin(self, agent_id: str, source: QWidget, at: QPoint, together: Sequence[str] = ()) -> bool:
        """Take the agent up; False, and ``refused``, when it cannot be moved.

        Args:
            together: Agents chosen with it, which come along.
        """
        self.cancel()
        reason = self._why_not(agent_id)
        if reason:
            self.refused.emit(f"{self._controller.name(agent_id)} cannot be moved", reason)
            return False
        shelf = self._shelf()
        self._agent_id, self._is_from_seat = agent_id, shelf is None or source is not shelf
        others = [who for who in together if who != agent_id and not self._why_not(who)]
        self._together = (agent_id, *others) if others else ()
        self._esc.setEnabled(True)
        QApplication.setOverrideCursor(Qt.CursorShape.ClosedHandCursor)
        for surface in self._surfaces:
            surface.set_carried(agent_id)
        self.began.emit(agent_id)
        self._on_seats_changed()
        self.move(at)
        return True

    def move(self, at: QPoint) -> None:
        if not self.is_carrying:
            return
        self._at = at
        self._hover()
        self.ghost.move_to(self._window.mapFromGlobal(at))
        direction = self._edge_direction()
        if direction is None:
            self._edge.stop()
        elif not self._edge.isActive():
            self._edge.start(EDGE_WAIT_MS)

    def drop(self, at: QPoint) -> None:
        """Let go: does what the ghost says, or says why nothing was done."""
        if not self.is_carrying:
            return
        self.move(at)
        plan = self._plan
        self._finish()
        if plan is None:
            return
        if not plan.allowed:
            self.refused.emit(f"{self._controller.name(plan.agent_id)} stays", plan.detail)
        elif plan.unassigns:
            self._controller.unassign(plan.agent_id)
        elif plan.group:
            agents, slots = zip(*plan.group, strict=True)
            self._controller.assign_many(agents, slots, f"Assign {formats.plural(len(agents), 'agent')}")
        elif plan.slot is not None:
            self._controller.assign(plan.agent_id, plan.slot)

    def cancel(self) -> None:
        """Put everything back."""
        if self.is_carrying:
            self._finish()

    # -- inside ------------------------------------------------------------------------------------
    def _why_not(self, agent_id: str) -> str:
        agent = self._store.agent(agent_id)
        if agent is not None and agent.is_foreign:
            return f"{self._controller.name(agent_id)} belongs to someone else"
        if agent is None and self._controller.slot_of(agent_id) is None:
            return "The office no longer knows this agent"
        return self._controller.why_not()

    def _finish(self) -> None:
        self._agent_id, self._plan, self._plan_of, self._targets, self._together = "", None, None, {}, ()
        self._edge.stop()
        self._esc.setEnabled(False)
        QApplication.restoreOverrideCursor()
        self.ghost.finish()
        for surface in self._surfaces:
            surface.set_carried("")
            surface.set_lit_slots({})
        self.ended.emit()

    def _on_seats_changed(self, *_: object) -> None:
        """Somebody else may have moved meanwhile."""
        if self.is_carrying:
            self._targets = self._controller.legal_targets(self._agent_id)
            self._plan = self._plan_of = None
            self._hover()

    def _hover(self) -> None:
        plan = self._plan_at(self._at)
        if plan == self._plan:
            return
        self._plan = plan
        self.ghost.show_plan(plan)
        lights = {slot: SeatLight.BARRED if why else SeatLight.LEGAL for slot, why in self._targets.items()}
        own = self._controller.slot_of(self._agent_id)
        if own is not None:
            lights[own] = SeatLight.SOURCE
        if plan.allowed and plan.slot is not None:
            lights |= dict.fromkeys((plan.slot, *(slot for _, slot in plan.group)), SeatLight.TARGET)
        for surface in self._surfaces:
            surface.set_lit_slots(lights)
        cursor = Qt.CursorShape.ClosedHandCursor if plan.allowed else Qt.CursorShape.ForbiddenCursor
        QApplication.changeOverrideCursor(cursor)
        self.hovered.emit(plan)

    def _surface_at(self, at: QPoint) -> SeatSurface | None:
        below = self._window.childAt(self._window.mapFromGlobal(at))
        for surface in self._surfaces:
            area = surface.area()
            # What floats over the seats in the same frame, a toast say, does not keep a drop from them.
            frame = self._frames.get(id(surface), area)
            over = below is not None and (area is below or frame.isAncestorOf(below))
            if over and area.isVisible() and _covers(area, at):
                return surface
        return None

    def _plan_at(self, at: QPoint) -> DropPlan:
        agent_id, name = self._agent_id, self._controller.name(self._agent_id)
        reason = self._why_not(agent_id)
        if reason:
            return DropPlan(agent_id, None, False, name, reason)
        surface = self._surface_at(at)
        if surface is not None:
            slot = surface.slot_at(surface.area().mapFromGlobal(at))
            return self._plan_for(slot) if slot is not None else DropPlan(agent_id, None, False, name, NOT_OVER_A_SEAT)
        shelf = self._shelf()
        if shelf is not None and self._is_from_seat and shelf.isVisible() and _covers(shelf, at):
            own = self._controller.slot_of(agent_id)
            if own is None:
                return DropPlan(agent_id, None, False, name, f"{name} has no seat to give up")
            title = f"{name} leaves {self._controller.label(own)}"
            return DropPlan(agent_id, None, True, title, "The seat becomes free", unassigns=True)
        return DropPlan(agent_id, None, False, name, NOT_OVER_A_SEAT)

    def _plan_for(self, slot: int) -> DropPlan:
        if self._plan_of is None or self._plan_of[0] != slot:
            self._plan_of = (slot, self._work_out(slot))
        return self._plan_of[1]

    def _work_out(self, slot: int) -> DropPlan:
        return self._for_all(slot) if self._together and slot in self._targets else self._for_one(slot)

    def _for_all(self, slot: int) -> DropPlan:
        """Several agents: the first takes the seat, the others the free ones after it."""
        controller, agents = self._controller, self._together
        free = [at for at in controller.free_slots() if at != slot]
        slots = [slot, *(at for at in free if at > slot), *(at for at in free if at < slot)]
        group = tuple(zip(agents, slots, strict=False))
        title = f"{formats.plural(len(group), 'agent')} → {controller.label(slot)} and free seats"
        loser = controller.seated().get(slot)
        loser = None if loser in agents else loser
        left = len(agents) - len(group)
        notes = [f"{controller.name(loser)} loses this seat"] if loser is not None else []
        notes += [f"{formats.plural(left, 'agent')} find{'s' if left == 1 else ''} no free seat"] if left else []
        return DropPlan(agents[0], slot, True, title, ". ".join(notes) or "All seats are free", loser, group=group)

    def _for_one(self, slot: int) -> DropPlan:
        name, seat = self._controller.name(self._agent_id), self._controller.label(slot)
        change = self._controller.preview(self._agent_id, slot)
        why = self._targets.get(slot, "This theme has no such seat")
        if why or change is None:
            return DropPlan(self._agent_id, slot, False, f"{name} → {seat}", why or f"{name} sits there already")
        return DropPlan(self._agent_id, slot, True, change.title, change.detail, change.displaced)

    # -- edges -------------------------------------------------------------------------------------
    def _edge_direction(self) -> tuple[SeatSurface, int, int] | None:
        """The surface at whose edge the pointer is, and where it shall go on."""
        surface = self._surface_at(self._at)
        if surface is None:
            return None
        area = surface.area()
        at, rect = area.mapFromGlobal(self._at), area.rect()
        dx = (at.x() > rect.right() - EDGE_PX) - (at.x() < rect.left() + EDGE_PX)
        dy = (at.y() > rect.bottom() - EDGE_PX) - (at.y() < rect.top() + EDGE_PX)
        return (surface, dx * EDGE_STEP_PX, dy * EDGE_STEP_PX) if dx or dy else None

    def _scroll_on(self) -> None:
        direction = self._edge_direction() if self.is_carrying else None
        if direction is not None and direction[0].nudge(*direction[1:]):
            self._hover()
            self._edge.start(EDGE_STEP_MS)

    # -- Esc, and a window that goes away ----------------------------------------------------------
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.WindowDeactivate, QEvent.Type.Close):
            self.cancel()
        elif self.is_carrying and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            # Shortcuts are for active windows only, and one can drag in a window that is not.
            self.cancel()
            return True
        return False


class DragGrip(QObject):
    """Lets agents be taken from an item view: follows the mouse from a press on a row that has one to its release.

    Signals:
        let_go(str): an agent was pressed and let go where it was.
    """

    let_go = Signal(str)

    def __init__(self, view: QAbstractItemView, agent_role: int) -> None:
        super().__init__(view)
        self._view, self._role = view, agent_role
        self.hand: Hand | None = None
        self.chosen: Callable[[], Sequence[str]] = tuple  # agents that come along when one of them is taken
        self._pressed: tuple[QPoint, str] | None = None
        self._is_carrying = False
        self._is_spent = False  # refused: the rest of the movement means nothing
        # Kept: a wrapper made for one call of the filter is no longer valid after it, wherever it was handed on.
        self._viewport = view.viewport()
        self._viewport.installEventFilter(self)

    @property
    def is_pressed(self) -> bool:
        """Whether a press may still become a drag: nothing should move under the hand."""
        return self._pressed is not None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QMouseEvent):
            return False
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            at = event.position().toPoint()
            agent_id = self._view.indexAt(at).data(self._role)
            self._pressed, self._is_spent = ((at, agent_id) if agent_id else None), False
        elif kind == QEvent.Type.MouseMove and event.buttons() & Qt.MouseButton.LeftButton:
            return self._follow(event)
        elif kind == QEvent.Type.MouseButtonRelease and event.button() == Qt.MouseButton.LeftButton:
            pressed, was_carrying = self._pressed, self._is_carrying
            self._is_carrying, self._is_spent, self._pressed = False, False, None
            if was_carrying and self.hand is not None:
                self.hand.drop(event.globalPosition().toPoint())
            elif pressed is not None:
                self.let_go.emit(pressed[1])
        return False

    def _follow(self, event: QMouseEvent) -> bool:
        """Whether the movement is the hand's, and none of the view's business."""
        where = event.globalPosition().toPoint()
        if self._is_carrying and self.hand is not None:
            self.hand.move(where)
        elif self._pressed is not None and self.hand is not None:
            start, agent_id = self._pressed
            if is_far_enough(start, event.position().toPoint()):
                self._pressed = None
                chosen = self.chosen()
                self._is_carrying = self.hand.begin(agent_id, self._view, where, chosen if agent_id in chosen else ())
                self._is_spent = not self._is_carrying
        return self._is_carrying or self._is_spent or self._pressed is not None


def _covers(widget: QWidget, at: QPoint) -> bool:
    """Whether a point of the screen is on a widget."""
    return QRect(QPoint(0, 0), widget.size()).contains(widget.mapFromGlobal(at))
