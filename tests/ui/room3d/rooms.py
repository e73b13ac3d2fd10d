"""A small room of boxes to test with, and people for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Agent, AgentStatus, Binding
from office_studio.core.theme.templates import TEMPLATES, template_files


def write_room(folder: Path, theme_id: str = "box-room", slots: int = 12, **fields: Any) -> Path:
    """The 3D template as a theme in ``folder``; ``fields`` replace those of its manifest."""
    files = template_files(TEMPLATES["3d-room"], "Box room", theme_id)
    document = json.loads(files["theme.json"]) | {"maxAgents": slots} | fields
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (files | {"theme.json": json.dumps(document).encode()}).items():
        (folder / name).write_bytes(content)
    return folder


def write_flat(folder: Path) -> Path:
    """The full 2D template as a theme: read in a moment, unlike the bundled ones."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in template_files(TEMPLATES["2d-full"], "Flat", "flat").items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def person(number: int, status: AgentStatus, **more: Any) -> LiveAgent:
    return LiveAgent(Agent(f"agent-{number:02}", f"Agent {number}", status, **more), status, None)


def bound(count: int) -> list[Binding]:
    return [Binding(number, f"agent-{number:02}") for number in range(count)]
