"""Which widget draws a theme, by the manifest's ``renderer`` key. A new renderer is a class and one line here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtWidgets import QWidget

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Binding
from office_studio.core.theme.model import Theme
from office_studio.errors import ThemeError
from office_studio.services.theme_loader import LoadedTheme


class Renderer(Protocol):
    """What the window needs of any stage, flat or in space."""

    def set_theme(self, loaded: LoadedTheme | None) -> None: ...
    def set_agents(self, agents: Sequence[LiveAgent]) -> None: ...
    def update_agents(self, changed: Sequence[LiveAgent], removed: Sequence[str]) -> None: ...
    def set_bindings(self, bindings: Sequence[Binding]) -> None: ...
    def select(self, agent_id: str | None) -> None: ...
    def set_stale(self, stale: bool) -> None: ...
    def fit(self) -> None: ...


def _stage_view(parent: QWidget | None) -> QWidget:
    from office_studio.ui.render.stage_view import StageView

    return StageView(parent)


RENDERERS: dict[str, Callable[[QWidget | None], QWidget]] = {
    "pixi": _stage_view,
}

_KNOWN = {
    "threejs": "a 3D theme",
    "avg": "an “avg” theme, an experiment that was given up",
    "sprite": "a “sprite” theme, an experiment that was given up",
    "iframe": "a web page as a theme",
}


def check_drawable(theme: Theme) -> None:
    """Raises ThemeError RENDERER_UNSUPPORTED for a theme that nothing here can draw."""
    if theme.renderer in RENDERERS:
        return
    kind = _KNOWN.get(theme.renderer, f"made for the renderer “{theme.renderer}”")
    raise ThemeError(
        "RENDERER_UNSUPPORTED",
        f"“{theme.name}” is {kind}; this version draws 2D themes.",
        'Choose a 2D theme: one without “renderer”, or with "renderer": "pixi".',
        renderer=theme.renderer,
    )
