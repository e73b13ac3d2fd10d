"""What the window remembers of its own shape: panels per office and workspace. Kept as one text in the settings.

Losing it costs nobody anything, so a text that cannot be read counts as none.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, field

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class PanelMemory:
    is_shown: bool = True
    size: int = 0  # px, 0 for the default


@dataclass(slots=True)
class WindowMemory:
    """``layouts``: office -> workspace -> area -> panel."""

    workspace: str = "watch"
    high_contrast: bool = False
    slots_as_grid: bool = False
    layouts: dict[str, dict[str, dict[str, PanelMemory]]] = field(default_factory=dict)

    def panel(self, office: str, workspace: str, area: str) -> PanelMemory:
        """The memory of one area; made, like that of any office, when there is none."""
        places = self.layouts.setdefault(office, {}).setdefault(workspace, {})
        return places.setdefault(area, PanelMemory())

    def forget_layout(self, office: str, workspace: str) -> None:
        self.layouts.get(office, {}).pop(workspace, None)


def decode(text: str) -> WindowMemory:
    if not text:
        return WindowMemory()
    try:
        document = json.loads(text)
        layouts = {
            office: {
                workspace: {
                    area: PanelMemory(bool(panel.get("is_shown", True)), int(panel.get("size", 0)))
                    for area, panel in areas.items()
                }
                for workspace, areas in workspaces.items()
            }
            for office, workspaces in document.get("layouts", {}).items()
        }
        return WindowMemory(
            workspace=str(document.get("workspace", "watch")),
            high_contrast=bool(document.get("high_contrast", False)),
            slots_as_grid=bool(document.get("slots_as_grid", False)),
            layouts=layouts,
        )
    except (ValueError, TypeError, AttributeError) as error:
        _log.warning("the remembered window layout is not readable, starting with the default: %s", error)
        return WindowMemory()


def encode(memory: WindowMemory) -> str:
    return json.dumps(asdict(memory), separators=(",", ":"))
