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
    """``why_disabled`` gives the reason for the tool tip, "" when it can be done. ``scope`` "stage" binds the key to the
    stage, "agents" to stage and roster; "" to the whole window. ``for_agent``: acts on the selected agent."""

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
