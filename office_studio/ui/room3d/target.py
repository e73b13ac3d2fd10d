"""A Qt Quick scene drawn into memory, with no window on any screen."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtGui import (
    QColor,
    QMatrix4x4,
    QRhiColorAttachment,
    QRhiReadbackDescription,
    QRhiReadbackResult,
    QRhiRenderBuffer,
    QRhiTexture,
    QRhiTextureRenderTarget,
    QRhiTextureRenderTargetDescription,
)
from PySide6.QtQuick import QQuickItem, QQuickRenderControl, QQuickRenderTarget, QQuickWindow, QSGRendererInterface

from office_studio.errors import OfficeStudioError
from office_studio.ui.room3d.scene import MAX_SIDE

_HARDWARE = {
    QSGRendererInterface.GraphicsApi.OpenGL,
    QSGRendererInterface.GraphicsApi.Vulkan,
    QSGRendererInterface.GraphicsApi.Metal,
    QSGRendererInterface.GraphicsApi.Direct3D11,
    QSGRendererInterface.GraphicsApi.Direct3D12,
}
COLORS, NUMBERS = "colors", "numbers"
_SMOOTH_PIXELS = 12_000_000  # above, smooth edges would take more than a gigabyte
XVFB_HINT = "On a machine without a display, run it with xvfb-run -a."


def prefer_graphics_api() -> None:
    """Before the application is made. Linux gets OpenGL, which works in software too; others their own."""
    if sys.platform.startswith("linux"):
        QQuickWindow.setGraphicsApi(QSGRendererInterface.GraphicsApi.OpenGL)


class OffscreenTarget:
    """Owns the invisible window, the GPU context and the texture."""

    def __init__(self) -> None:
        """Raises OfficeStudioError ROOM_NO_GPU when no context can be made."""
        self._control = QQuickRenderControl()
        self.window = QQuickWindow(self._control)
        if not self._control.initialize() or self.window.rendererInterface().graphicsApi() not in _HARDWARE:
            message = "Rooms in 3D cannot be drawn here: there is no OpenGL, Vulkan, Metal or Direct3D context."
            raise OfficeStudioError("ROOM_NO_GPU", message, f"Update the graphics driver. {XVFB_HINT}")
        self._rhi = self._control.rhi()
        wanted = QRhiTexture.Format.BGRA8
        flags = QRhiTexture.Flag.RenderTarget | QRhiTexture.Flag.UsedAsTransferSource
        self._is_bgra = self._rhi.isTextureFormatSupported(wanted, flags)
        self._format = wanted if self._is_bgra else QRhiTexture.Format.RGBA8
        self._is_upside_down = self._rhi.isYUpInFramebuffer()
        self._sheets: dict[str, _Sheet] = {}
        self._current: _Sheet | None = None

    def resize(self, width: int, height: int, samples: int) -> None:
        """``samples`` 1 or 4; fewer are taken for very large pictures, and where the driver has fewer.

        Raises OfficeStudioError ROOM_SIZE.
        """
        if not 0 < max(width, height) <= MAX_SIDE:
            message = f"No picture of {width} × {height} pixels can be drawn: {MAX_SIDE:,} a side are the most."
            raise OfficeStudioError("ROOM_SIZE", message, "Draw it smaller.")
        samples = samples if width * height <= _SMOOTH_PIXELS else 1
        samples = max((count for count in self._rhi.supportedSampleCounts() if count <= samples), default=1)
        now = self._sheets.get(COLORS)
        if now is not None and now.shape == (width, height, samples):
            return
        self._sheets = {COLORS: self._sheet(width, height, samples, self._format)}
        self.window.setGeometry(0, 0, width, height)
        self.window.contentItem().setSize(QSize(width, height))

    @property
    def size(self) -> tuple[int, int]:
        return self._sheets[COLORS].shape[:2] if self._sheets else (0, 0)

    def _sheet(self, width: int, height: int, samples: int, kind: QRhiTexture.Format) -> _Sheet:
        size = QSize(width, height)
        flags = QRhiTexture.Flag.RenderTarget | QRhiTexture.Flag.UsedAsTransferSource
        texture = self._rhi.newTexture(kind, size, 1, flags)
        depth = self._rhi.newRenderBuffer(QRhiRenderBuffer.Type.DepthStencil, size, samples)
        if not texture.create() or not depth.create():
            raise OfficeStudioError("ROOM_SIZE", f"No picture of {width} × {height} pixels can be drawn here.")
        attachment = QRhiColorAttachment(texture)
        held: list[object] = [depth, attachment]
        if samples > 1:
            color = self._rhi.newRenderBuffer(
                QRhiRenderBuffer.Type.Color, size, samples, QRhiRenderBuffer.Flag(0), kind
            )
            color.create()
            attachment = QRhiColorAttachment(color)
            attachment.setResolveTexture(texture)
            held += [color, attachment]
        target = self._rhi.newTextureRenderTarget(QRhiTextureRenderTargetDescription(attachment, depth))
        pass_ = target.newCompatibleRenderPassDescriptor()
        target.setRenderPassDescriptor(pass_)
        target.create()
        return _Sheet((width, height, samples), texture, target, [*held, pass_])

    def show(self, item: QQuickItem) -> None:
        item.setParentItem(self.window.contentItem())

    def set_ground(self, color: QColor) -> None:
        """What is seen where nothing is drawn; may be see-through."""
        self.window.setColor(color)

    def draw(self) -> NDArray[np.uint8]:
        """(height, width, 4): blue, green, red, alpha, multiplied by alpha; first row on top."""
        width, height = self.size
        pixels = self._drawn(self._sheets[COLORS], np.uint8).reshape(height, width, 4)
        pixels = pixels[::-1] if self._is_upside_down else pixels
        return pixels if self._is_bgra else pixels[..., (2, 1, 0, 3)]

    @property
    def can_draw_numbers(self) -> bool:
        flags = QRhiTexture.Flag.RenderTarget | QRhiTexture.Flag.UsedAsTransferSource
        return bool(self._rhi.isTextureFormatSupported(QRhiTexture.Format.R32F, flags))

    def draw_numbers(self) -> NDArray[np.float32]:
        """(height, width): what was drawn as red, without rounding or smoothing, rows as ``draw`` gives them."""
        width, height = self.size
        if NUMBERS not in self._sheets:
            self._sheets[NUMBERS] = self._sheet(width, height, 1, QRhiTexture.Format.R32F)
        numbers = self._drawn(self._sheets[NUMBERS], np.float32).reshape(height, width)
        return numbers[::-1] if self._is_upside_down else numbers

    def upwards(self, rows: NDArray[Any]) -> NDArray[Any]:
        """Rows of a picture with that of the smallest y of clip space first."""
        return rows[::-1] if self._rhi.isYUpInNDC() else rows

    def from_pixels(self) -> QMatrix4x4:
        """From a shader's pixel (gl_FragCoord x, y) and depth, 0 to 1, to OpenGL's -1 to 1."""
        width, height = self.size
        matrix = QMatrix4x4()
        flip = 1.0 if self._is_upside_down else -1.0
        matrix.translate(-1.0, -flip, -1.0)
        matrix.scale(2.0 / max(width, 1), 2.0 * flip / max(height, 1), 2.0)
        return matrix

    def as_texture(self, rows: NDArray[Any]) -> NDArray[Any]:
        """Rows of a picture in the order in which a shader counts them."""
        return rows[::-1] if self._is_upside_down else rows

    def _drawn(self, sheet: _Sheet, kind: type[np.generic]) -> NDArray[Any]:
        if self._current is not sheet:
            self.window.setRenderTarget(QQuickRenderTarget.fromRhiRenderTarget(sheet.target))
            self._current = sheet
        control = self._control
        control.polishItems()
        control.beginFrame()
        control.sync()
        control.render()
        batch = self._rhi.nextResourceUpdateBatch()
        result = QRhiReadbackResult()
        batch.readBackTexture(QRhiReadbackDescription(sheet.texture), result)
        control.commandBuffer().resourceUpdate(batch)
        control.endFrame()
        return np.frombuffer(result.data, kind).copy()  # the bytes go with `result`

    def close(self) -> None:
        self.window.setRenderTarget(QQuickRenderTarget())
        self._sheets, self._current = {}, None
        # Not left to chance: what was compiled is written to disk when the last of it goes.
        shiboken6.delete(self._control)


@dataclass(slots=True)
class _Sheet:
    """A texture to draw on, and what must live as long."""

    shape: tuple[int, int, int]
    texture: QRhiTexture
    target: QRhiTextureRenderTarget
    held: list[object]
