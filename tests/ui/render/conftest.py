"""A stage on screen with a theme in it, and small theme folders to break."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Agent, AgentStatus, Binding
from office_studio.paths import bundled_themes_dir
from office_studio.services.theme_loader import load_theme
from office_studio.ui.render.stage_view import StageView

Make = Callable[..., LiveAgent]


def make_agent(ident: str, status: str = "working", **more: Any) -> LiveAgent:
    known = {"is_foreign", "blocked_by"}
    shown = AgentStatus(status)
    wire = AgentStatus.IDLE if shown is AgentStatus.OFFLINE else shown
    inner = Agent(ident, more.pop("name", ident.title()), wire, online=shown is not AgentStatus.OFFLINE,
                  **{k: v for k, v in more.items() if k not in known})  # fmt: skip
    return LiveAgent(inner, shown, 0, **{k: v for k, v in more.items() if k in known})


@pytest.fixture
def agent() -> Make:
    return make_agent


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[StageView]:
    stage = StageView()
    qtbot.addWidget(stage)
    stage.resize(1280, 720)
    yield stage
    stage.close_stage()


@pytest.fixture
def office(view: StageView, qtbot: QtBot) -> StageView:
    """Cozy Loft with three bound agents and one guest, shown."""
    view.set_agents(
        [
            make_agent("ada", "working", current_task="Refactor the invoice export"),
            make_agent("ben", "idle"),
            make_agent("cleo", "blocked", blocked_by="Keep the old invoice ids?"),
            make_agent("guest", "working", is_foreign=True),
        ]
    )
    view.set_bindings([Binding(0, "ada", "Ada"), Binding(1, "ben", "Ben"), Binding(2, "cleo", "Cleo")])
    with qtbot.waitSignal(view.theme_shown, timeout=15_000):
        view.set_theme(load_theme(bundled_themes_dir() / "cozy-loft"))
        view.show()
    qtbot.waitExposed(view)
    qtbot.waitUntil(lambda: len(view.stage.figures) == 4)
    return view


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small theme of plain colours: background, a 4 × 4 sheet, one desk, one glow."""
    root = tmp_path / "small"
    root.mkdir()
    Image.new("RGB", (400, 300), (40, 60, 80)).save(root / "background.png")
    Image.new("RGB", (640, 360), (40, 60, 80)).save(root / "preview.png")
    sheet = Image.new("RGBA", (128, 128))
    for row, color in enumerate([(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)]):
        for column in range(4):
            sheet.paste((*color, 255), (column * 32 + 8, row * 32 + 4, column * 32 + 24, row * 32 + 32))
    sheet.save(root / "people.png")
    Image.new("RGBA", (50, 40), (200, 120, 40, 255)).save(root / "desk.png")
    Image.new("RGBA", (60, 60), (255, 255, 255, 255)).save(root / "glow.png")
    (root / "theme.json").write_text(json.dumps(manifest()))
    return root


LAYERS = (("background", 0), ("characters", 30), ("effects", 50), ("ui-overlay", 100))


def manifest() -> dict[str, Any]:
    return {
        "id": "small", "name": "Small", "version": "1.0.0",
        "canvas": {"width": 400, "height": 300, "background": {"image": "background.png", "color": "0x102030"}},
        "viewport": {"minZoom": 0.5, "maxZoom": 3, "defaultZoom": 1, "panBounds": True},
        "layers": [{"id": name, "zIndex": z} for name, z in LAYERS],
        "zones": [
            {"id": "work", "name": "Work", "type": "work", "bounds": {"x": 0, "y": 0, "width": 200, "height": 300},
             "capacity": 2, "seats": [{"id": "d1", "x": 100, "y": 250, "direction": "down", "label": "Desk 1"},
                                      {"id": "d2", "x": 180, "y": 150, "direction": "left", "label": "Desk 2"}]},
            {"id": "rest", "name": "Rest", "type": "lounge", "bounds": {"x": 200, "y": 0, "width": 200, "height": 300},
             "capacity": 1, "seats": [{"id": "s1", "x": 320, "y": 250, "direction": "down", "label": "Sofa"}]},
        ],
        "furniture": [
            {"id": "desk", "sprite": "desk.png", "layer": "characters", "x": 300, "y": 120, "width": 50, "height": 40,
             "sortY": True, "interactive": True, "tooltip": "A desk"},
        ],
        "effects": [{"id": "glow", "type": "sprite", "sprite": "glow.png", "layer": "effects", "x": 20, "y": 20,
                     "blendMode": "multiply", "opacity": 0.5}],
        "characters": {
            "atlas": "people.png", "frameWidth": 32, "frameHeight": 32, "anchor": {"x": 0.5, "y": 1},
            "statusBadge": {"offsetX": 0, "offsetY": 0, "radius": 5, "colors": {"working": "#16A34A"}},
            "states": {"idle": {"prefix": "i", "frames": 4, "fps": 2, "loop": True}}, "directions": ["down"],
        },
    }  # fmt: skip
