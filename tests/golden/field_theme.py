"""A theme of plain colours, changed field by field, and a stage that draws it: what the tests of field tables need."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Agent, AgentStatus, Binding
from office_studio.core.office.stage import StageModel
from office_studio.core.theme.files import MemoryFiles
from office_studio.core.theme.manifest import theme_from_document
from office_studio.services.theme_loader import LoadedTheme
from office_studio.ui.render.assets import load_assets
from office_studio.ui.render.offscreen import backdrop_of
from office_studio.ui.render.scene import StageScene, pixmaps
from office_studio.ui.render.sprites import scaled_pictures

RED, GREEN, BLUE, YELLOW = (220, 20, 20), (20, 200, 40), (30, 60, 220), (240, 220, 30)
FLOOR = (40, 60, 80)
SIZE = (400, 300)
HERE = Path(__file__).parent
Json = dict[str, Any]


def solid(width: int, height: int, color: tuple[int, ...], kind: str = "PNG") -> bytes:
    """A picture of one colour."""
    return encoded(Image.new("RGBA" if len(color) == 4 else "RGB", (width, height), color), kind)


def encoded(image: Image.Image, kind: str = "PNG") -> bytes:
    data = io.BytesIO()
    image.save(data, kind)
    return data.getvalue()


def sheet(rows: Sequence[tuple[int, ...]] = (RED, GREEN, BLUE, YELLOW), columns: int = 4) -> bytes:
    """A grid sheet of 32 px cells: one colour a row, darker from column to column, the upper quarter empty."""
    image = Image.new("RGBA", (32 * columns, 32 * len(rows)))
    for row, color in enumerate(rows):
        for column in range(columns):
            shade = tuple(value - 5 * column for value in color[:3])
            image.paste((*shade, 255), (column * 32, row * 32 + 8, column * 32 + 32, row * 32 + 32))
    return encoded(image)


def atlas(frames: Mapping[str, Json], image: str = "people.png", **meta: Any) -> bytes:
    return json.dumps({"frames": frames, "meta": {"image": image} | meta}).encode()


def frame(x: int, y: int, w: int, h: int, **more: Any) -> Json:
    return {"frame": {"x": x, "y": y, "w": w, "h": h}, "sourceSize": {"w": w, "h": h}} | more


def seat(ident: str, x: float, y: float, direction: str = "down") -> Json:
    return {"id": ident, "x": x, "y": y, "direction": direction}


def zone(ident: str, kind: str, bounds: tuple[float, ...], seats: Iterable[Json], **more: Any) -> Json:
    box = dict(zip(("x", "y", "width", "height"), bounds, strict=True))
    seats = list(seats)
    base = {"id": ident, "name": ident.title(), "type": kind, "bounds": box, "capacity": len(seats), "seats": seats}
    return base | more


LAYERS = ("background", "floor-decor", "furniture", "characters", "furniture-top", "effects", "ui-overlay")
DOCUMENT: Json = {
    "id": "small", "name": "Small", "version": "1.0.0",
    "canvas": {"width": 400, "height": 300, "background": {"image": "floor.png", "color": "#102030"}},
    "viewport": {"minZoom": 0.5, "maxZoom": 3, "defaultZoom": 1, "panBounds": True},
    "layers": [{"id": name, "zIndex": 10 * place} for place, name in enumerate(LAYERS)],
    "zones": [
        zone("work", "work", (0, 0, 200, 300), [seat("d1", 100, 250), seat("d2", 60, 150, "left")]),
        zone("rest", "lounge", (200, 0, 200, 300), [seat("s1", 320, 250)]),
    ],
    "furniture": [], "effects": [],
    "characters": {"atlas": "", "statusBadge": {"colors": {}}, "states": {}, "directions": ["down"]},
}  # fmt: skip
PICTURES = {"floor.png": solid(400, 300, FLOOR)}


def theme(pictures: Mapping[str, bytes] | None = None, **changes: Any) -> LoadedTheme:
    """The theme with top-level sections merged or replaced, and more files."""
    document = deepcopy(DOCUMENT)
    for key, value in changes.items():
        merges = isinstance(value, dict) and isinstance(document.get(key), dict)
        document[key] = document[key] | value if merges else value
    made, findings = theme_from_document(document)
    return LoadedTheme(made, MemoryFiles(PICTURES | dict(pictures or {})), findings, Path("small"))


def agent(ident: str = "ada", status: str = "working", **more: Any) -> LiveAgent:
    shown = AgentStatus(status)
    known = {"blocked_by", "is_foreign"}
    wire = AgentStatus.IDLE if shown in (AgentStatus.OFFLINE, AgentStatus.UNBOUND) else shown
    inner = Agent(ident, more.pop("name", ident.title()), wire, online=wire is shown,
                  **{k: v for k, v in more.items() if k not in known})  # fmt: skip
    return LiveAgent(inner, shown, 0, **{k: v for k, v in more.items() if k in known})


@dataclass
class Stage:
    """One drawn office. Pixels and boxes are those of a view that shows the whole canvas."""

    model: StageModel
    scene: StageScene
    loaded: LoadedTheme | None
    size: tuple[int, int]
    ratio: float

    def advance(self, at_ms: float) -> None:
        self.scene.apply(self.model.advance(at_ms))
        self.scene.animate(at_ms)
        self.scene.links.update_all()
        self.scene.labels.relayout()

    def tell(self, *agents: LiveAgent) -> None:
        self.scene.agents |= {one.id: one for one in agents}
        self.model.update_agents(agents)

    def image(self) -> QImage:
        picture = QImage(round(self.size[0] * self.ratio), round(self.size[1] * self.ratio), QImage.Format.Format_RGB32)
        picture.fill(backdrop_of(self.loaded))
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.scene.render(painter, QRectF(picture.rect()), QRectF(0, 0, *self.size))
        painter.end()
        return picture

    def at(self, x: float, y: float) -> tuple[int, int, int]:
        """Colour at a point of the view."""
        color = self.image().pixelColor(int(x * self.ratio), int(y * self.ratio))
        return color.red(), color.green(), color.blue()

    def figure(self, ident: str = "ada"):
        return self.scene.figures[ident]


def stage(
    loaded: LoadedTheme | None,
    agents: Sequence[LiveAgent] = (),
    *,
    size: tuple[int, int] = SIZE,
    ratio: float = 1.0,
    quality: str = "high",
    at_ms: float = 1000.0,
    bound: bool = True,
    reduced: bool = False,
    placeholders: bool = False,
    selected: str | None = None,
) -> Stage:
    """Load, seat and draw. ``bound``: the n-th agent has the n-th slot."""
    assets = load_assets(loaded, ratio, narrow=size[0] < 300, quality=quality) if loaded else None
    model = StageModel(in_step=True, reduced_motion=reduced)
    model.set_theme(loaded.theme if loaded else None, assets.wardrobe[0].atlas if assets and assets.wardrobe else None)
    model.set_view_size(*size)
    model.set_agents(agents)
    model.set_bindings([Binding(slot, one.id) for slot, one in enumerate(agents)] if bound else [])
    scene = StageScene(model)
    scene.agents = {one.id: one for one in agents}
    scene.set_quality(quality)
    scene.set_assets(assets, 0)
    scale = size[0] / loaded.theme.canvas.width if loaded else 1.0
    scene.labels.view = QRectF(0, 0, *size)
    scene.set_scale(scale, ratio, pixmaps(scaled_pictures(assets, scale, ratio), ratio) if assets else {})
    scene.show_placeholders = placeholders
    scene.select(selected)
    made = Stage(model, scene, loaded, size, ratio)
    made.advance(0)
    if at_ms:
        made.advance(at_ms)
    return made


def near(color: tuple[int, ...], wanted: tuple[int, ...], within: int = 6) -> bool:
    return all(abs(a - b) <= within for a, b in zip(color, wanted, strict=False))


def approve(picture: QImage, name: str, tmp_path: Path) -> None:
    """Compare with the approved picture, or write it anew; look at it before committing."""
    actual, approved = tmp_path / f"{name}.png", HERE / f"{name}.png"
    assert picture.save(str(actual))
    if os.environ.get("OFFICE_STUDIO_REFRESH_GOLDEN"):
        Image.open(actual).convert("RGB").save(approved, optimize=True)
        pytest.skip(f"{approved.name} was written anew; look at it")
    with Image.open(actual) as got, Image.open(approved) as wanted:
        assert got.size == wanted.size
        difference = ImageChops.difference(got.convert("RGB"), wanted.convert("RGB"))
    difference.save(tmp_path / f"{name}-difference.png")
    assert sum(ImageStat.Stat(difference).mean) / 3 < 1.5, f"see {tmp_path}"
    changed = sum(difference.convert("L").histogram()[25:]) / (picture.width() * picture.height())
    assert changed < 0.02, f"see {tmp_path}"
