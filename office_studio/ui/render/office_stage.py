"""The one stage of the window: shows an office in any theme, by the renderer that the theme needs.

It remembers what it was told, so that a stage made later knows it too. At most two stages are kept, one of each kind;
the one that is not shown rests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from PySide6.QtCore import QPoint, QPointF, QRect, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QStackedLayout, QWidget

from office_studio.core.office.acting import at_work_on
from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Binding
from office_studio.core.theme.viewport import FitMode
from office_studio.services.theme_loader import LoadedTheme
from office_studio.ui.render.drag import Hand, Lights
from office_studio.ui.render.jar_layer import Move, Thing, Thread
from office_studio.ui.render.renderers import FLAT, RENDERERS, Renderer, check_drawable

_ALWAYS = (
    "theme_shown", "theme_reloaded", "theme_failed", "load_progressed", "agent_clicked", "agent_activated",
    "background_clicked", "agent_context_requested", "slot_clicked", "slot_activated", "slot_hovered",
    "slot_context_requested", "mark_clicked", "figures_moved", "zoom_changed", "fit_changed", "followed_changed",
    "moved",
)  # fmt: skip


class OfficeStage(QWidget):
    """Signals: those of ``Renderer``, of whichever is shown; and

    renderer_changed(key): another kind of stage is shown.
    portraits_changed(): ``portrait`` knows more agents than before.
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
    zoom_changed = Signal(float)
    fit_changed = Signal(object)
    followed_changed = Signal(str)
    moved = Signal()
    renderer_changed = Signal(str)
    portraits_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stack = QStackedLayout(self)
        self._made: dict[str, Renderer] = {}
        self._key = FLAT  # shown
        self._next = ""  # will be shown as soon as its room is there
        self._agents: dict[str, LiveAgent] = {}
        self._acting: dict[str, str] = {}  # who is seen at work whatever the office says, and on what
        self._bindings: tuple[Binding, ...] = ()
        self._selected: str | None = None
        self._told: dict[str, Any] = {}  # name of a setter -> its last value
        self._free: tuple[QRect, ...] = ()
        self.setMinimumSize(360, 240)
        self._stage(FLAT)

    # -- which -----------------------------------------------------------------------------------------
    @property
    def renderer(self) -> str:
        """Key of the renderer that is shown."""
        return self._key

    @property
    def is_flat(self) -> bool:
        return self._key == FLAT

    @property
    def shown(self) -> Renderer:
        """The stage on screen."""
        return self._made[self._key]

    def __getattr__(self, name: str) -> Any:
        """What only one kind of stage has, such as the scene of a flat one, is asked of the one on screen."""
        shown = self.__dict__.get("_made", {}).get(self.__dict__.get("_key"))
        if shown is None:
            raise AttributeError(name)
        return getattr(shown, name)

    def _stage(self, key: str) -> Renderer:
        stage = self._made.get(key)
        if stage is None:
            widget = RENDERERS[key](self)
            widget.setProperty("ownFocus", True)
            stage = self._made[key] = cast(Renderer, widget)
            self._stack.addWidget(widget)
            for name in _ALWAYS:
                getattr(stage, name).connect(getattr(self, name))
            stage.room_shown.connect(lambda: self._on_room_shown(key))
            if key != FLAT:
                widget.portraits_changed.connect(self.portraits_changed)  # a flat theme has them all from the first
            self._tell(stage)
            if key == self._key:
                self._show(key)
        return stage

    def _tell(self, stage: Renderer) -> None:
        """All that the stages were told so far."""
        for name, value in self._told.items():
            getattr(stage, name)(value)
        if self._agents or self._bindings:
            stage.set_bindings(self._bindings)
            stage.set_agents([self._as_seen(agent) for agent in self._agents.values()])
        if self._selected is not None:
            stage.select(self._selected)

    def _show(self, key: str) -> None:
        before, self._key = self._key, key
        widget = cast(QWidget, self._made[key])
        had_focus = before in self._made and cast(QWidget, self._made[before]).hasFocus()
        self._stack.setCurrentWidget(widget)
        self.setFocusProxy(widget)
        self.shown.keep_free(self._free)
        if had_focus:
            widget.setFocus()
        if before != key:
            self._made[before].follow(None)
            self._made[before].rest()
            self.zoom_changed.emit(self.shown.zoom_percent)
            self.renderer_changed.emit(key)

    def _on_room_shown(self, key: str) -> None:
        if key == self._next:
            self._next = ""
            self._show(key)
        if key == self._key:
            self.room_shown.emit()

    # -- theme -----------------------------------------------------------------------------------------
    def set_theme(self, loaded: LoadedTheme | None) -> None:
        """Another theme; what is shown stays until its room is there. None: the built-in office.

        Raises ThemeError RENDERER_UNSUPPORTED.
        """
        if loaded is not None:
            check_drawable(loaded.theme)
        key = FLAT if loaded is None else loaded.theme.renderer
        if self._next and self._next != key:
            self._made[self._next].rest()
            self._next = ""
        stage = self._stage(key)
        if key != self._key:
            self._next = key
            cast(QWidget, stage).resize(self.size())
        stage.set_theme(loaded)
        if loaded is None and key != self._key:
            self._on_room_shown(key)

    def reload_theme(self, loaded: LoadedTheme) -> None:
        """The theme shown, edited. Raises ThemeError RENDERER_UNSUPPORTED."""
        if loaded.theme.renderer == self._key and not self._next:
            self.shown.reload_theme(loaded)
        else:
            self.set_theme(loaded)

    def close_stage(self) -> None:
        for stage in self._made.values():
            stage.close_stage()

    # -- the office: every stage that is in use is told -----------------------------------------------------
    def set_agents(self, agents: Sequence[LiveAgent]) -> None:
        self._agents = {agent.id: agent for agent in agents}
        seen = [self._as_seen(agent) for agent in agents]
        for stage in self._made.values():
            stage.set_agents(seen)

    def update_agents(self, changed: Sequence[LiveAgent], removed: Sequence[str] = ()) -> None:
        self._agents |= {agent.id: agent for agent in changed}
        for agent_id in removed:
            self._agents.pop(agent_id, None)
        seen = [self._as_seen(agent) for agent in changed]
        for stage in self._made.values():
            stage.update_agents(seen, removed)

    def set_acting(self, acting: Mapping[str, str]) -> None:
        """Who is seen at work whatever the office says (an assistant works for them), and on what: agent id -> words,
        "" for thinking. Those who were and are not in it are seen as the office says again."""
        before, self._acting = self._acting, dict(acting)
        other = [i for i in {*before, *acting} if i in self._agents and before.get(i) != acting.get(i)]
        if other:
            self.update_agents([self._agents[agent_id] for agent_id in sorted(other)])

    @property
    def acting(self) -> Mapping[str, str]:
        return self._acting

    def _as_seen(self, agent: LiveAgent) -> LiveAgent:
        words = self._acting.get(agent.id)
        return agent if words is None else at_work_on(agent, words)

    def set_bindings(self, bindings: Sequence[Binding]) -> None:
        self._bindings = tuple(bindings)
        for stage in self._made.values():
            stage.set_bindings(bindings)

    @property
    def bindings(self) -> tuple[Binding, ...]:
        return self._bindings

    def select(self, agent_id: str | None) -> None:
        self._selected = agent_id
        for stage in self._made.values():
            stage.select(agent_id)

    def _set(self, name: str, value: Any) -> None:
        self._told[name] = value
        for stage in self._made.values():
            getattr(stage, name)(value)

    def set_stale(self, stale: bool) -> None:
        self._set("set_stale", stale)

    def set_assign_mode(self, assigning: bool) -> None:
        self._set("set_assign_mode", assigning)

    def set_labels_visible(self, visible: bool) -> None:
        self._set("set_labels_visible", visible)

    def set_zone_labels_visible(self, visible: bool) -> None:
        self._set("set_zone_labels_visible", visible)

    def set_reduced_motion(self, reduced: bool) -> None:
        self._set("set_reduced_motion", reduced)

    def set_walk_in(self, wanted: bool) -> None:
        self._set("set_walk_in", wanted)

    def set_reference(self, on: bool) -> None:
        self._set("set_reference", on)

    def set_quality(self, quality: str) -> None:
        self._set("set_quality", quality)

    def set_hand(self, hand: Hand | None) -> None:
        self._set("set_hand", hand)

    def set_jars(self, jars: Sequence[Thing]) -> None:
        self._set("set_jars", tuple(jars))

    def set_threads(self, threads: Sequence[Thread]) -> None:
        self._set("set_threads", tuple(threads))

    def play_moves(self, moves: Sequence[Move]) -> None:
        """Only where it can be seen, and only now."""
        self.shown.play_moves(moves)

    def set_jars_visible(self, visible: bool) -> None:
        self._set("set_jars_visible", visible)

    def set_fit_mode(self, mode: FitMode) -> None:
        self._set("set_fit_mode", mode)

    def keep_free(self, areas: Sequence[QRect]) -> None:
        self._free = tuple(areas)
        self.shown.keep_free(areas)

    # -- looking around: only what is on screen -----------------------------------------------------------
    def fit(self) -> None:
        self.shown.fit()

    def actual_size(self) -> None:
        self.shown.actual_size()

    def zoom_in(self) -> None:
        self.shown.zoom_in()

    def zoom_out(self) -> None:
        self.shown.zoom_out()

    def follow(self, agent_id: str | None) -> None:
        self.shown.follow(agent_id)

    def ensure_visible_agent(self, agent_id: str) -> None:
        self.shown.ensure_visible_agent(agent_id)

    def refresh_look(self) -> None:
        """The colours of the interface have changed."""
        self.viewport().update()

    # -- seats (``drag.SeatSurface``) -----------------------------------------------------------------------
    @property
    def slot_count(self) -> int:
        return self.shown.slot_count

    def seat_label(self, slot: int) -> str:
        return self.shown.seat_label(slot)

    def area(self) -> QWidget:
        return self.shown.area()

    def slot_at(self, at: QPoint) -> int | None:
        return self.shown.slot_at(at)

    def slot_point(self, slot: int) -> QPoint | None:
        return self.shown.slot_point(slot)

    def set_lit_slots(self, lights: Lights) -> None:
        self.shown.set_lit_slots(lights)

    def set_carried(self, agent_id: str) -> None:
        self.shown.set_carried(agent_id)

    def nudge(self, dx: int, dy: int) -> bool:
        return self.shown.nudge(dx, dy)

    # -- asking --------------------------------------------------------------------------------------------
    @property
    def quality(self) -> str:
        return self.shown.quality

    @property
    def fit_mode(self) -> FitMode:
        return self.shown.fit_mode

    @property
    def followed(self) -> str | None:
        return self.shown.followed

    @property
    def is_reference(self) -> bool:
        return self.shown.is_reference

    @property
    def zoom_percent(self) -> float:
        return self.shown.zoom_percent

    def portrait(self, agent_id: str, size_px: int, dpr: float) -> QPixmap:
        return self.shown.portrait(agent_id, size_px, dpr)

    def agent_position(self, agent_id: str) -> QPoint | None:
        return self.shown.agent_position(agent_id)

    def agent_at(self, at: QPointF) -> str | None:
        return self.shown.agent_at(at)

    def viewport(self) -> QWidget:
        return self.shown.viewport()
