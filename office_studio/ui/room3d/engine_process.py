"""The process that draws rooms: ``python -P engine_process.py``. Commands come in by stdin, answers leave by stdout.

Pictures go through shared memory (``wire.py``). It ends when its stdin ends, whatever it is doing: nobody is left to
draw for. A crash in a driver or in a model's loader ends this process, not the window.
"""

from __future__ import annotations

import logging
import os
import queue
import sys
import threading
import time
from typing import BinaryIO

import msgspec
import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext

from office_studio.errors import OfficeStudioError
from office_studio.ui.room3d import wire
from office_studio.ui.room3d.drawing import RoomDrawing, opened
from office_studio.ui.room3d.engine_memory import MemoryBound
from office_studio.ui.room3d.scene import Answer, Close, Draw, Drawn, Failed, Open, Progress, Ready
from office_studio.ui.room3d.target import XVFB_HINT, OffscreenTarget, prefer_graphics_api

_log = logging.getLogger("office_studio.room3d")
_PATIENCE_S = 1.2  # for what has to be saved, once nobody listens any more
_BLIND = ("offscreen", "minimal")


class Worker(QObject):
    """Takes commands one by one on the main thread."""

    arrived = Signal()
    ended = Signal()

    def __init__(self, source: BinaryIO, sink: BinaryIO, memory: MemoryBound) -> None:
        super().__init__()
        self._source, self._sink, self._memory = source, sink, memory
        self._commands: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._drawing: RoomDrawing | None = None
        self._area = wire.AttachedArea()
        self._slot = 0
        self._before: np.ndarray | None = None
        self.arrived.connect(self._work, Qt.ConnectionType.QueuedConnection)

    def start(self) -> bool:
        try:
            self._drawing = RoomDrawing(OffscreenTarget())
        except OfficeStudioError as error:
            self._say(Failed(code=error.code, message=error.message, hint=error.hint, is_fatal=True))
            return False
        driver = driver_name()
        self._memory.take_bare(driver)
        self._drawing.most_picture_bytes = self._memory.picture_bytes
        self._say(Ready(driver=driver))
        threading.Thread(target=self._listen, daemon=True).start()
        return True

    def _listen(self) -> None:
        while line := self._source.readline(wire.MAX_LINE):
            self._commands.put(line)
            self.arrived.emit()
        self.ended.emit()
        time.sleep(_PATIENCE_S)
        os._exit(0)  # the main thread is in the middle of a slow picture

    def close(self) -> None:
        """Let go of the GPU in order, so that the shaders compiled are kept for the next start."""
        drawing, self._drawing = self._drawing, None
        if drawing is not None:
            drawing.close()

    def _say(self, answer: Answer) -> None:
        try:
            self._sink.write(wire.encode(answer))
            self._sink.flush()
        except OSError:
            os._exit(0)

    def _work(self) -> None:
        line = self._commands.get()
        try:
            self._obey(line)
        except OfficeStudioError as error:
            self._say(Failed(code=error.code, message=error.message, hint=error.hint))
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            self._say(Failed(code="ROOM_COMMAND", message=f"A command was not understood: {error}."))
        except Exception as error:
            _log.exception("a command ended unexpectedly")
            message = f"The room cannot be drawn: {type(error).__name__}: {error}."
            self._say(Failed(code="ROOM_ENGINE_FAULT", message=message[:500], hint="Choose another theme."))

    def _obey(self, line: bytes) -> None:
        command = wire.decode_command(line)
        drawing = self._drawing
        assert drawing is not None
        if isinstance(command, Open):
            serial = command.serial

            def told(share: float, step: str) -> None:
                self._say(Progress(serial=serial, share=share, step=step))

            result = drawing.open(command.scene, told)
            self._before = None
            self._say(opened(serial, result))
        elif isinstance(command, Close):
            drawing.close_scene()
        else:
            self._draw(drawing, command)

    def _draw(self, drawing: RoomDrawing, wish: Draw) -> None:
        started = time.perf_counter()
        if wish.size is not None:
            self._memory.make_room(wish.size.width * wish.size.height)
            drawing.resize(wish.size)
        if wish.options is not None:
            drawing.set_options(wish.options)
        if wish.lights is not None:
            drawing.set_lights(wish.lights)
        if wish.camera is not None:
            drawing.look(wish.camera)
        if wish.figures is not None:
            drawing.set_figures(wish.figures)
        pixels = drawing.draw()
        height, width = pixels.shape[:2]
        changed = _changed(self._before, pixels)
        self._before = pixels
        self._slot = 1 - self._slot
        memory = self._area.slot(wish.area, wish.area_bytes, self._slot, width * height * 4)
        np.frombuffer(memory, np.uint8).reshape(height, width, 4)[:] = pixels
        self._say(
            Drawn(
                number=wish.number,
                slot=self._slot,
                width=width,
                height=height,
                changed=changed,
                draw_ms=(time.perf_counter() - started) * 1000,
            )
        )


def _changed(before: np.ndarray | None, after: np.ndarray) -> tuple[int, int, int, int]:
    """Where two pictures differ: x, y, width, height; everywhere when there was none of this size."""
    height, width = after.shape[:2]
    if before is None or before.shape != after.shape:
        return (0, 0, width, height)
    differs = _words(before) != _words(after)
    rows = np.flatnonzero(differs.any(axis=1))
    if not len(rows):
        return (0, 0, 0, 0)
    top, bottom = int(rows[0]), int(rows[-1])
    columns = np.flatnonzero(differs[top : bottom + 1].any(axis=0))
    left, right = int(columns[0]), int(columns[-1])
    return (left, top, right - left + 1, bottom - top + 1)


def _words(pixels: np.ndarray) -> np.ndarray:
    """A pixel as one number."""
    return pixels.view(np.uint32)[..., 0]


def driver_name() -> str:
    """Of what draws: asked of a context of our own, since Qt keeps that of its own to itself."""
    context = QOpenGLContext()
    surface = QOffscreenSurface()
    surface.create()
    if not context.create() or not context.makeCurrent(surface):
        return QGuiApplication.platformName()
    from PySide6.QtOpenGL import QOpenGLVersionFunctionsFactory, QOpenGLVersionProfile

    profile = QOpenGLVersionProfile()
    profile.setVersion(2, 0)
    functions = QOpenGLVersionFunctionsFactory.get(profile, context)
    name = str(functions.glGetString(0x1F01)) if functions is not None else "OpenGL"
    context.doneCurrent()
    return name


def main() -> int:
    memory = MemoryBound()
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Libraries that print must not spoil the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    blind = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0] in _BLIND
    displays = ("DISPLAY", "WAYLAND_DISPLAY")
    if blind or (sys.platform.startswith("linux") and not any(os.environ.get(name) for name in displays)):
        message = "Rooms in 3D cannot be drawn without a display."
        sink.write(wire.encode(Failed(code="ROOM_NO_DISPLAY", message=message, hint=XVFB_HINT, is_fatal=True)))
        sink.flush()
        return 1
    prefer_graphics_api()
    application = QGuiApplication(sys.argv[:1])
    application.setApplicationName("office-studio")  # whose cache folder keeps compiled shaders
    application.setQuitOnLastWindowClosed(False)
    worker = Worker(source, sink, memory)
    if not worker.start():
        return 1
    worker.ended.connect(application.quit, Qt.ConnectionType.QueuedConnection)
    application.exec()
    worker.close()
    os._exit(0)  # what is left has nothing to save, and no order to go in


if __name__ == "__main__":
    sys.exit(main())
