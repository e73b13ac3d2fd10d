"""What one action is; the table of all is ``action_table.py``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

Why = Callable[["Studio"], str]


def _always(_studio: Studio) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Action:
    """Something the user can do.

    Attributes:
        why_disabled: Reason for the tool tip, "" when it can be done now.
        scope: Where the key counts: "stage", "agents" (stage and roster), "figure" (an agent selected in a 3D room),
            "" for the whole window.
        for_agent: Acts on the selected agent.
        is_on: For actions that switch something, whether it is on.
        tip: What it does, where the title cannot say it all.
        shown_key: A key that is shown, but not bound: the stage itself takes it, sometimes.
    """

    id: str
    title: str
    menu: str
    run: Callable[[Studio], object]
    key: str = ""
    glyph: str = ""
    why_disabled: Why = _always
    scope: str = ""
    for_agent: bool = False
    starts_group: bool = False
    is_on: Callable[[Studio], bool] | None = None
    tip: str = ""
    shown_key: str = ""
