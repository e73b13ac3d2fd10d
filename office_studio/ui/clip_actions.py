"""View › Play a clip: what the digit keys play on the selected agent in a 3D room (format 8.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from office_studio.core.room3d.clips import DIGITS, words_for
from office_studio.ui.action import Action
from office_studio.ui.stage_actions import no_stage

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio


def _why_not(studio: Studio, digit: int) -> str:
    if reason := no_stage(studio):
        return reason
    return "Only in 3D rooms" if studio.stage.is_flat else str(studio.stage.why_no_clip(digit))


CLIP_ACTIONS: tuple[Action, ...] = tuple(
    Action(
        f"clip.{key}",
        f"Play “{words_for(key)}”",
        "View/Play a clip",
        lambda s, digit=digit: s.stage.play_digit(digit),
        why_disabled=lambda s, digit=digit: _why_not(s, digit),
        scope="figure",
        tip="The selected agent plays it until it does something else; once more ends it",
        shown_key=str(digit),
    )
    for digit, key in enumerate(DIGITS)
)
