"""Actions on how the stage is seen and heard: View › Fit, View › Stage, and the View options button in its corner."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from office_studio.core.theme.viewport import FitMode
from office_studio.ui.action import Action
from office_studio.ui.panels import WORKSPACES

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

_FIT, _STAGE = "View/Fit", "View/Stage"


def no_stage(studio: Studio) -> str:
    spec = WORKSPACES.get(studio.window.workspace)
    return "" if spec is not None and spec.has_stage else "Only in Watch and Assign"


def _not_flat(studio: Studio) -> str:
    return no_stage(studio) or ("" if studio.stage.is_flat else "Only in flat themes; a 3D room is always shown whole")


def _no_account(studio: Studio) -> str:
    session = studio.market_session
    return no_stage(studio) or ("" if session is not None and session.choice is not None else "Open Market first")


def _no_sound(studio: Studio) -> str:
    return no_stage(studio) or ("" if studio.options.has_sound else "This theme has no sound")


def _is_silent(studio: Studio) -> str:
    return _no_sound(studio) or ("" if studio.options["sound"] else "The sound is off")


def _switch(
    name: str,
    title: str,
    tip: str,
    glyph: str,
    *,
    starts_group: bool = False,
    why_disabled: Callable[[Studio], str] = no_stage,
) -> Action:
    """An option that is on or off."""
    return Action(
        f"view.{name.lower()}",
        title,
        _STAGE,
        lambda s: s.options.toggle(name),
        glyph=glyph,
        why_disabled=why_disabled,
        is_on=lambda s: bool(s.options[name]),
        tip=tip,
        starts_group=starts_group,
    )


STAGE_ACTIONS: tuple[Action, ...] = (
    Action(
        "view.fit",
        "Fit to window",
        _FIT,
        lambda s: s.stage.fit(),
        "0",
        "frame-corners",
        no_stage,
        "stage",
        tip="Back to the fit; again, between the whole room and a filled view.\n"
        "With an agent selected in a 3D room, 0 plays a clip instead: Esc first",
    ),
    Action(
        "view.fit_whole",
        "Whole room",
        _FIT,
        lambda s: s.stage.set_fit_mode(FitMode.CONTAIN),
        glyph="arrows-in",
        why_disabled=no_stage,
        starts_group=True,
        is_on=lambda s: s.stage.fit_mode is FitMode.CONTAIN,
        tip="All of the room is seen, with a margin where the window has another shape",
    ),
    Action(
        "view.fit_cover",
        "Fill the view",
        _FIT,
        lambda s: s.stage.set_fit_mode(FitMode.COVER),
        glyph="arrows-out",
        why_disabled=_not_flat,
        is_on=lambda s: s.stage.fit_mode is FitMode.COVER,
        tip="No margin is seen; of the room, two edges may be out of view",
    ),
    Action(
        "view.actual",
        "Actual size",
        _FIT,
        lambda s: s.stage.actual_size(),
        "1",
        "corners-out",
        _not_flat,
        "stage",
        is_on=lambda s: s.stage.fit_mode is FitMode.ACTUAL,
        tip="One pixel of the screen for each unit of the theme",
    ),
    _switch(
        "minimap",
        "Map of the room",
        "A small map while only a part of the room is seen",
        "map-trifold",
        why_disabled=_not_flat,
    ),
    Action(
        "view.zone_names",
        "Zone names",
        _STAGE,
        lambda s: s.toggle_zone_names(),
        glyph="text-t",
        why_disabled=no_stage,
        is_on=lambda s: s.settings.now.zone_names,
        tip="Names of zones over the picture of the room",
    ),
    _switch("names", "Agent names", "Names, status shapes and bubbles over the agents", "identification-badge"),
    _switch(
        "spend",
        "What apps hold",
        "The safe, coin jars at the agents for whom apps hold credits, lamps and signs where they may not charge",
        "coin",
        why_disabled=_no_account,
    ),
    _switch("walkIn", "Newcomers walk in", "Agents that join come in through the entrance", "sign-in"),
    Action(
        "view.quality",
        "Performance mode",
        _STAGE,
        lambda s: s.options.set("quality", "high" if s.options["quality"] == "performance" else "performance"),
        glyph="gauge",
        why_disabled=no_stage,
        starts_group=True,
        is_on=lambda s: s.options["quality"] == "performance",
        tip="Fewer pixels on fine screens, at most 30 frames a second, no light effects",
    ),
    _switch(
        "reference",
        "Reference drawing",
        "Draw only what the original web office drew, as it drew it",
        "clock-counter-clockwise",
    ),
    Action(
        "view.sound",
        "Ambient sound",
        _STAGE,
        lambda s: s.options.toggle("sound"),
        glyph="speaker-high",
        why_disabled=_no_sound,
        starts_group=True,
        is_on=lambda s: bool(s.options["sound"]),
        tip="Play the sound that belongs to the theme",
    ),
    Action("view.louder", "Sound louder", _STAGE, lambda s: s.options.turn_volume(0.1), why_disabled=_is_silent),
    Action("view.quieter", "Sound quieter", _STAGE, lambda s: s.options.turn_volume(-0.1), why_disabled=_is_silent),
)
# What the button in the stage's corner offers; None is a line.
CORNER = ("view.fit_whole", "view.fit_cover", "view.actual", None, "view.minimap", "view.zone_names", "view.names",
          "view.spend", "view.walkin", None, "view.quality", "view.reference", "view.motion", None,
          "view.sound")  # fmt: skip
