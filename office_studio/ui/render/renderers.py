"""Which widget draws a theme, by the manifest's ``renderer`` key. A new renderer is a class and one line here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPoint, QPointF, QRect, SignalInstance
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Binding
from office_studio.core.theme.model import Theme
from office_studio.errors import ThemeError
from office_studio.services.theme_loader import LoadedTheme

if TYPE_CHECKING:
    from office_studio.core.theme.viewport import FitMode
    from office_studio.ui.render.drag import Hand, Lights
    from office_studio.ui.render.jar_layer import Move, Thing, Thread


class Renderer(Protocol):
    """A widget that shows an office in a theme, flat or in space. It writes nothing: it says what was asked for.

    Points are logical pixels of ``viewport()``. Everything may be told before there is a theme, and in any order.
    ``OfficeStage`` holds one of each kind and shows the one that the theme needs.
    """

    # -- what it says (Qt signals) -------------------------------------------------------------------
    agent_clicked: SignalInstance  # (agent id)
    agent_activated: SignalInstance  # (agent id): double click, Enter
    background_clicked: SignalInstance
    agent_context_requested: SignalInstance  # (agent id, global position)
    slot_clicked: SignalInstance  # (slot), while seats are given out
    slot_activated: SignalInstance
    slot_hovered: SignalInstance  # (slot), -1 for none
    slot_context_requested: SignalInstance  # (slot, global position)
    mark_clicked: SignalInstance  # (id of a jar, sign or thread)
    figures_moved: SignalInstance
    room_shown: SignalInstance  # the room, or why there is none, will be painted next
    theme_shown: SignalInstance  # (theme id, findings): everything of it is there
    theme_reloaded: SignalInstance  # (findings)
    theme_failed: SignalInstance  # (message)
    load_progressed: SignalInstance  # (share 0 to 1)
    zoom_changed: SignalInstance  # (percent)
    fit_changed: SignalInstance  # (FitMode)
    followed_changed: SignalInstance  # (agent id), "" for nobody
    moved: SignalInstance  # another part is seen

    # -- theme ---------------------------------------------------------------------------------------
    def set_theme(self, loaded: LoadedTheme | None) -> None:
        """Another theme. Raises ThemeError RENDERER_UNSUPPORTED; what comes later is said by signals."""
        ...

    def reload_theme(self, loaded: LoadedTheme) -> None:
        """The theme shown, edited: nobody moves without a reason."""
        ...

    def rest(self) -> None:
        """Another kind of stage is shown from now on: let go of pictures, models and processes."""
        ...

    def close_stage(self) -> None:
        """Stop everything, for good. Call it before the widget goes away."""
        ...

    # -- the office ----------------------------------------------------------------------------------
    def set_agents(self, agents: Sequence[LiveAgent]) -> None: ...
    def update_agents(self, changed: Sequence[LiveAgent], removed: Sequence[str] = ()) -> None: ...
    def set_bindings(self, bindings: Sequence[Binding]) -> None: ...
    def select(self, agent_id: str | None) -> None: ...
    def set_stale(self, stale: bool) -> None: ...

    # -- how it is shown -----------------------------------------------------------------------------
    def set_assign_mode(self, assigning: bool) -> None: ...
    def set_labels_visible(self, visible: bool) -> None: ...
    def set_zone_labels_visible(self, visible: bool) -> None: ...
    def set_reduced_motion(self, reduced: bool) -> None: ...
    def set_walk_in(self, wanted: bool) -> None: ...
    def set_reference(self, on: bool) -> None: ...
    def set_quality(self, quality: str) -> None: ...
    def set_jars(self, jars: Sequence[Thing]) -> None:
        """What apps hold for agents, and what they cannot do (``jar_layer.py``)."""
        ...

    def set_threads(self, threads: Sequence[Thread]) -> None: ...
    def play_moves(self, moves: Sequence[Move]) -> None:
        """What happens to jars, before they are shown as they are after it."""
        ...

    def set_jars_visible(self, visible: bool) -> None: ...
    def keep_free(self, areas: Sequence[QRect]) -> None: ...

    # -- looking around ------------------------------------------------------------------------------
    def set_fit_mode(self, mode: FitMode) -> None: ...
    def fit(self) -> None: ...
    def actual_size(self) -> None: ...
    def zoom_in(self) -> None: ...
    def zoom_out(self) -> None: ...
    def follow(self, agent_id: str | None) -> None: ...
    def ensure_visible_agent(self, agent_id: str) -> None: ...

    # -- seats (with ``drag.SeatSurface``) -------------------------------------------------------------
    @property
    def slot_count(self) -> int: ...
    def seat_label(self, slot: int) -> str: ...
    def area(self) -> QWidget: ...
    def slot_at(self, at: QPoint) -> int | None: ...
    def slot_point(self, slot: int) -> QPoint | None: ...
    def set_lit_slots(self, lights: Lights) -> None: ...
    def set_carried(self, agent_id: str) -> None: ...
    def nudge(self, dx: int, dy: int) -> bool: ...
    def set_hand(self, hand: Hand | None) -> None:
        """Who carries agents that are taken up on this stage."""
        ...

    # -- asking --------------------------------------------------------------------------------------
    @property
    def quality(self) -> str: ...
    @property
    def fit_mode(self) -> FitMode: ...
    @property
    def followed(self) -> str | None: ...
    @property
    def is_reference(self) -> bool: ...
    @property
    def zoom_percent(self) -> float: ...
    def portrait(self, agent_id: str, size_px: int, dpr: float) -> QPixmap:
        """The agent's head as it looks in this theme; a null pixmap when it is not known."""
        ...

    def agent_position(self, agent_id: str) -> QPoint | None:
        """Middle of an agent's figure."""
        ...

    def agent_at(self, at: QPointF) -> str | None: ...
    def viewport(self) -> QWidget: ...


def _stage_view(parent: QWidget | None) -> QWidget:
    from office_studio.ui.render.stage_view import StageView

    return StageView(parent)


def _room_stage(parent: QWidget | None) -> QWidget:
    from office_studio.ui.room3d.room_view import RoomStage

    return RoomStage(parent)


RENDERERS: dict[str, Callable[[QWidget | None], QWidget]] = {
    "pixi": _stage_view,
    "threejs": _room_stage,
}
FLAT = "pixi"

_KNOWN = {
    "avg": "an “avg” theme, an experiment that was given up",
    "sprite": "a “sprite” theme, an experiment that was given up",
    "iframe": "a web page as a theme",
}


def check_drawable(theme: Theme, *, only: str | None = None) -> None:
    """Raises ThemeError RENDERER_UNSUPPORTED for a theme that nothing here can draw.

    Args:
        only: The one renderer that there is, for those who have no other.
    """
    if theme.renderer in RENDERERS and only in (None, theme.renderer):
        return
    if theme.renderer == "threejs":
        raise ThemeError(
            "RENDERER_UNSUPPORTED",
            f"“{theme.name}” is a 3D theme, which cannot be shown here.",
            'Choose a 2D theme: one without “renderer”, or with "renderer": "pixi".',
            renderer=theme.renderer,
        )
    kind = _KNOWN.get(theme.renderer, f"made for the renderer “{theme.renderer}”")
    raise ThemeError(
        "RENDERER_UNSUPPORTED",
        f"“{theme.name}” is {kind}; this version draws 2D and 3D themes.",
        'Choose another theme: one without “renderer”, or with "pixi" or "threejs".',
        renderer=theme.renderer,
    )
