"""The registry of panels and workspaces: what stands where. A new panel is one line here and one file in its story."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio


class Area(StrEnum):
    LEFT = "left"
    RIGHT = "right"
    BOTTOM = "bottom"


@dataclass(frozen=True, slots=True)
class PanelSpec:
    """A panel is made when a workspace shows it for the first time."""

    id: str
    title: str
    area: Area
    make: Callable[[Studio], QWidget]


@dataclass(frozen=True, slots=True)
class WorkspaceSpec:
    """A place of the rail. ``center`` makes its middle, None stands for the shared stage."""

    id: str
    title: str
    glyph: str
    shortcut: str
    panels: tuple[str, ...] = ()
    center: Callable[[Studio], QWidget] | None = None

    @property
    def has_stage(self) -> bool:
        return self.center is None


def _roster(studio: Studio) -> QWidget:
    return studio.make_roster()


def _inspector(studio: Studio) -> QWidget:
    return studio.make_inspector()


def _timeline(studio: Studio) -> QWidget:
    from office_studio.ui.watch.timeline_panel import TimelinePanel

    return TimelinePanel(studio.store, studio.history)


def _slots(studio: Studio) -> QWidget:
    panel = studio.gestures.make_slots()
    studio.assign_flow.furnish(panel)
    return panel


def _history(studio: Studio) -> QWidget:
    from office_studio.ui.assign.history_panel import HistoryPanel

    return HistoryPanel(studio.assignments, studio.assign_flow.resolve)


def _make_center(studio: Studio) -> QWidget:
    from office_studio.ui.make.make_page import MakePage

    studio.make_page = MakePage(studio)
    studio.make_page.state_changed.connect(studio.show_make_state)
    return studio.make_page


def _market_center(studio: Studio) -> QWidget:
    from office_studio.ui.trade.market_page import MarketPage

    studio.market_page = MarketPage(studio, studio.market)
    return studio.market_page


def _market_panel(studio: Studio) -> QWidget:
    from office_studio.ui.trade.nav_panel import MarketPanel

    return MarketPanel(studio, studio.market)


PANELS = {
    spec.id: spec
    for spec in (
        PanelSpec("agents", "Agents", Area.LEFT, _roster),
        PanelSpec("inspector", "Inspector", Area.RIGHT, _inspector),
        PanelSpec("timeline", "Timeline", Area.BOTTOM, _timeline),
        PanelSpec("slots", "Slots", Area.RIGHT, _slots),
        PanelSpec("history", "History", Area.BOTTOM, _history),
        PanelSpec("market", "Market", Area.LEFT, _market_panel),
    )
}

WORKSPACES = {
    spec.id: spec
    for spec in (
        WorkspaceSpec("watch", "Watch", "eye", "Ctrl+1", ("agents", "inspector", "timeline")),
        WorkspaceSpec("assign", "Assign", "armchair", "Ctrl+2", ("agents", "slots", "history")),
        WorkspaceSpec("make", "Make", "paint-brush", "Ctrl+3", center=_make_center),
        WorkspaceSpec("market", "Market", "storefront", "Ctrl+4", ("market",), center=_market_center),
    )
}
