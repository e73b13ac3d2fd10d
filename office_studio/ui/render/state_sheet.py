"""Every state of a theme's characters, seen from every direction, on one sheet.

One block a costume: a row for each state, a column for each direction, as the atlas has them; what the atlas lacks is
left open. Lengths are logical pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen

from office_studio.core.office.live import LiveAgent
from office_studio.core.theme.atlas import Clip
from office_studio.core.theme.model import Direction, Theme
from office_studio.errors import ThemeError, UsageError
from office_studio.services.theme_loader import LoadedTheme
from office_studio.ui.render import palette
from office_studio.ui.render.assets import load_assets
from office_studio.ui.render.costumes import Costume, cut, foot_of
from office_studio.ui.render.renderers import FLAT, check_drawable
from office_studio.ui.render.scaling import scaled

MAX_PIXELS = 64_000_000
_FIGURE_PX = 118.0  # height of the tallest figure
_CELL_ROOM, _PAD, _GAP = 14.0, 36.0, 28.0
_STATE_WIDTH, _HEAD, _TITLE = 108.0, 46.0, 64.0
_ORDER = (Direction.DOWN, Direction.LEFT, Direction.RIGHT, Direction.UP)
_GROUNDS = {
    "dark": ("#1b1b1e", "#242428", "#313137", "#ececef", "#92939c"),
    "light": ("#fafafb", "#ffffff", "#dcdce0", "#1d1d23", "#63646d"),
}


@dataclass(frozen=True, slots=True)
class _Inks:
    ground: QColor
    card: QColor
    line: QColor
    text: QColor
    faint: QColor


@dataclass(frozen=True, slots=True)
class _Block:
    costume: Costume
    states: tuple[str, ...]
    directions: tuple[Direction, ...]


class StateSheet:
    """A sheet that can be filmed: the frames run on with time. Needs a QApplication; GUI thread.

    Raises ThemeError RENDERER_UNSUPPORTED, SHEET_EMPTY; UsageError RENDER_SIZE when the sheet gets too large.
    """

    def __init__(self, loaded: LoadedTheme, scale: float = 1.0, color_scheme: str = "dark") -> None:
        check_drawable(loaded.theme, only=FLAT)
        self.assets = load_assets(loaded, scale)
        self._theme: Theme = loaded.theme
        self._scale, self._now_ms = scale, 0.0
        self._inks = _Inks(*(QColor(name) for name in _GROUNDS[color_scheme]))
        self._blocks = [_block(costume, self._theme) for costume in self.assets.wardrobe]
        if not self._blocks:
            raise ThemeError(
                "SHEET_EMPTY",
                f"“{self._theme.name}” has no character pictures that could be drawn, so there are no states to show.",
                "Give characters.atlas or characters.variants pictures; without, agents are drawn as discs.",
            )
        self._units = _FIGURE_PX / max(
            1.0, max(costume.top(s) for costume in self.assets.wardrobe for s in costume.tops)
        )
        self._cell = _cell_size(self._blocks, self._units)
        self._columns = self._best_columns()
        self._pictures: dict[tuple[str, str, bool], tuple[QImage, QPointF]] = {}
        width, height = self.size
        if width * height * scale * scale > MAX_PIXELS:
            raise UsageError("RENDER_SIZE", f"The sheet would have {width} × {height} px.", "Use a smaller --scale.")

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        width, height = self._block_size
        rows = math.ceil(len(self._blocks) / self._columns)
        wide = 2 * _PAD + self._columns * width + (self._columns - 1) * _GAP
        return math.ceil(wide), math.ceil(_TITLE + _PAD + rows * height + (rows - 1) * _GAP)

    def update_agents(self, changed: Sequence[LiveAgent]) -> None:
        """Nobody in particular is on a sheet."""

    def advance(self, at_ms: float) -> None:
        self._now_ms = at_ms

    def image(self) -> QImage:
        width, height = self.size
        image = QImage(round(width * self._scale), round(height * self._scale), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(self._scale)
        image.fill(self._inks.ground)
        painter = QPainter(image)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self._write(painter, QRectF(_PAD, 0, width - 2 * _PAD, _TITLE), self._theme.name, palette.font(22, 600))
        for number, block in enumerate(self._blocks):
            self._draw_block(painter, block, self._corner(number))
        painter.end()
        return image

    def describe(self) -> dict[str, Any]:
        """What is on the sheet: per costume its states and directions, with the box and frame of each cell."""
        return {
            "view": {"width": self.size[0], "height": self.size[1]},
            "costumes": [
                {"name": block.costume.name, "cells": self._cells(block, self._corner(number))}
                for number, block in enumerate(self._blocks)
            ],
            "findings": [finding.as_json() for finding in self.assets.findings],
        }

    # -- inside ------------------------------------------------------------------------------------
    @property
    def _block_size(self) -> tuple[float, float]:
        states = max(len(block.states) for block in self._blocks)
        directions = max(len(block.directions) for block in self._blocks)
        return _STATE_WIDTH + directions * self._cell[0] + _CELL_ROOM, _HEAD + 26 + states * self._cell[1] + _CELL_ROOM

    def _best_columns(self) -> int:
        """Blocks beside each other so that the sheet comes near to 16:9."""
        width, height = self._block_size
        count = len(self._blocks)
        return min(range(1, count + 1), key=lambda n: abs(math.log(n * width / (math.ceil(count / n) * height) / 1.78)))

    def _corner(self, number: int) -> QPointF:
        width, height = self._block_size
        column, row = number % self._columns, number // self._columns
        return QPointF(_PAD + column * (width + _GAP), _TITLE + row * (height + _GAP))

    def _cells(self, block: _Block, corner: QPointF) -> list[dict[str, Any]]:
        found = []
        for state in block.states:
            for direction in block.directions:
                clip, cell = block.costume.atlas.clips.get((state, direction)), self._cell_rect(block, state, direction)
                found.append({
                    "state": state,
                    "direction": direction.value,
                    "frame": None if clip is None else clip.index_at(self._now_ms),
                    "frames": 0 if clip is None else len(clip.frames),
                    "mirrored": clip is not None and clip.mirrored,
                    "bounds": {"x": round(corner.x() + cell.x(), 3), "y": round(corner.y() + cell.y(), 3),
                               "width": round(cell.width(), 3), "height": round(cell.height(), 3)},
                })  # fmt: skip
        return found

    def _cell_rect(self, block: _Block, state: str, direction: Direction) -> QRectF:
        """Relative to the block's corner."""
        x = _STATE_WIDTH + block.directions.index(direction) * self._cell[0]
        return QRectF(x, _HEAD + 26 + block.states.index(state) * self._cell[1], *self._cell)

    def _draw_block(self, painter: QPainter, block: _Block, corner: QPointF) -> None:
        inks, (width, height) = self._inks, self._block_size
        painter.save()
        painter.translate(corner)
        painter.setPen(QPen(inks.line, 1))
        painter.setBrush(inks.card)
        painter.drawRoundedRect(QRectF(0.5, 0.5, width - 1, height - 1), 10, 10)
        title = block.costume.name.rpartition("/")[2].rpartition(".")[0] or block.costume.name
        self._write(painter, QRectF(18, 0, width - 36, _HEAD), title, palette.font(15, 600))
        for direction in block.directions:
            cell = self._cell_rect(block, block.states[0], direction)
            head = QRectF(cell.x(), _HEAD, cell.width(), 26)
            self._write(painter, head, direction.value, palette.font(12, 500), faint=True, centred=True)
        for state in block.states:
            row = self._cell_rect(block, state, block.directions[0])
            painter.setPen(QPen(inks.line, 1))
            painter.drawLine(QPointF(1, row.y()), QPointF(width - 1, row.y()))
            self._write(painter, QRectF(18, row.y(), _STATE_WIDTH - 20, row.height()), state, palette.font(13, 500))
            for direction in block.directions:
                cell = self._cell_rect(block, state, direction)
                clip = block.costume.atlas.clips.get((state, direction))
                if clip is None:
                    self._write(painter, cell, "—", palette.font(13, 400), faint=True, centred=True)
                else:
                    self._draw_figure(painter, block.costume, clip, cell)
        painter.restore()

    def _draw_figure(self, painter: QPainter, costume: Costume, clip: Clip, cell: QRectF) -> None:
        frame = clip.frames[clip.index_at(self._now_ms)]
        key = (costume.name, frame.name, clip.mirrored)
        if key not in self._pictures:
            best, best_frame = costume.best(frame, self._units * self._scale)
            source, factor = cut(best.sheet, best_frame), best.atlas.units_per_px * self._units * self._scale
            image = scaled(
                source, max(1, round(source.width() * factor)), max(1, round(source.height() * factor)),
                smooth=self.assets.smooth,
            )  # fmt: skip
            foot = foot_of(best.atlas, best_frame)
            if clip.mirrored:
                image = image.flipped(Qt.Orientation.Horizontal)
            x = (1 - foot.x if clip.mirrored else foot.x) * image.width()
            image.setDevicePixelRatio(self._scale)
            self._pictures[key] = (image, QPointF(x, foot.y * image.height()) / self._scale)
        image, foot_px = self._pictures[key]
        below = _below(self._blocks) * self._units
        ground = QPointF(round(cell.center().x()), round(cell.bottom() - _CELL_ROOM / 2 - below))
        painter.save()
        painter.setClipRect(cell)
        painter.drawImage(ground - foot_px, image)
        painter.restore()

    def _write(
        self, painter: QPainter, area: QRectF, text: str, font: QFont, *, faint: bool = False, centred: bool = False
    ) -> None:
        painter.setFont(font)
        painter.setPen(self._inks.faint if faint else self._inks.text)
        across = Qt.AlignmentFlag.AlignHCenter if centred else Qt.AlignmentFlag.AlignLeft
        short = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()))
        painter.drawText(area, across | Qt.AlignmentFlag.AlignVCenter, short)


def _block(costume: Costume, theme: Theme) -> _Block:
    has = {state for state, _ in costume.atlas.clips}
    states = [state for state in theme.characters.states if state in has]
    states += sorted(has - set(states))
    seen = {direction for _, direction in costume.atlas.clips}
    return _Block(costume, tuple(states), tuple(direction for direction in _ORDER if direction in seen))


def _cell_size(blocks: Sequence[_Block], units: float) -> tuple[float, float]:
    """Width and height in which every frame of every costume fits."""
    wide = 0.0
    for block in blocks:
        atlas = block.costume.atlas
        for clip in atlas.clips.values():
            for frame in clip.frames:
                foot, per = foot_of(atlas, frame), atlas.units_per_px
                across = frame.rect.height if frame.rotated else frame.rect.width
                left = foot.x * frame.source_width - frame.offset.x
                wide = max(wide, 2 * left * per, 2 * (across - left) * per)
    tall = max(block.costume.top(state) for block in blocks for state in block.states) + _below(blocks)
    return max(76.0, wide * units + _CELL_ROOM), tall * units + 2 * _CELL_ROOM


def _below(blocks: Sequence[_Block]) -> float:
    """How far figures reach below their foot point, canvas units."""
    deepest = 0.0
    for block in blocks:
        atlas = block.costume.atlas
        for clip in atlas.clips.values():
            for frame in clip.frames:
                down = frame.rect.width if frame.rotated else frame.rect.height
                lowest = frame.offset.y + down - foot_of(atlas, frame).y * frame.source_height
                deepest = max(deepest, lowest * atlas.units_per_px)
    return deepest
