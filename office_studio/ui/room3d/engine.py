"""The drawing process as the window sees it: told what to show, hands back pictures, never makes the window wait.

At most one picture is under way; what is asked for meanwhile is merged, and only what changed is sent. When nothing
changes nothing is sent, drawn or waited for.
"""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QObject, QProcess, QRect, QTimer, Signal
from PySide6.QtGui import QImage

from office_studio.errors import AssetError, ModelError, OfficeStudioError
from office_studio.ui.room3d import wire
from office_studio.ui.room3d.engine_life import Reaper, engine_environment
from office_studio.ui.room3d.scene import (
    Answer,
    Camera,
    Close,
    Command,
    Draw,
    Drawn,
    Failed,
    Figure,
    Light,
    Open,
    Opened,
    Progress,
    Ready,
    Scene,
    Size,
    ViewOptions,
)

_log = logging.getLogger(__name__)

PROGRAM = Path(__file__).with_name("engine_process.py")
_START_MS, _OPEN_MS, _DRAW_MS = 60_000, 60_000, 60_000
_MAX_RESTARTS = 3  # by itself, before somebody asks for it
_RESERVED_BYTES = 3840 * 2160 * 4  # for each of two pictures


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture. Hold on to the frame as long as its image is used: the image lies in memory shared with the process,
    which overwrites it only after the next frame but one was asked for.

    ``number`` is that of ``RoomEngine.asked`` when the picture was asked for; ``changed`` in pixels.
    """

    image: QImage
    number: int
    changed: QRect
    draw_ms: float
    _memory: Any = field(repr=False, default=None)


class RoomEngine(QObject):
    """Shows one scene at a time.

    Signals:
        frame_ready(object): a ``Frame``.
        opened(object): ``scene.Opened``: bounds and clips of the models, and what had to be left out.
        progressed(float, str): share 0 to 1 of loading, and its step for people.
        failed(object): an ``OfficeStudioError``. ``details["recovers"]``: the process is being started again.
        stopped(): the process has ended because it was asked to.
    """

    frame_ready = Signal(object)
    opened = Signal(object)
    progressed = Signal(float, str)
    failed = Signal(object)
    stopped = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._area = wire.FrameArea()
        self._input = bytearray()
        self._driver = ""
        self._scene: Scene | None = None
        self._serial = 0  # of the scene
        self._is_open = False
        self._restarts = 0
        self._has_drawn = False
        self._is_awake = True
        self._waiting = 0  # number of the picture under way, 0: none
        self.asked = 0  # pictures asked for so far
        self._shown: dict[str, Any] = {}  # as the process knows it
        self._wanted: dict[str, Any] = {}
        self._patience = QTimer(self, singleShot=True)
        self._patience.timeout.connect(self._lose_patience)

    # -- what to show ----------------------------------------------------------------------------------
    def open(self, scene: Scene) -> None:
        """Show another scene; its first picture follows once camera and size are known. Starts the process if needed.

        Figures of the scene before are forgotten; camera, size, lights and options stay.
        """
        self._scene = scene
        self._serial += 1
        self._is_open, self._has_drawn = False, False
        self._restarts = 0
        self._wanted.pop("figures", None)
        self._shown.pop("figures", None)
        self._wanted["lights"] = scene.lights
        if self._process is None:
            self._start()
        elif self._driver:
            self._send_scene()

    def resize(self, width: int, height: int, samples: int = 4) -> None:
        """Size of the pictures, device pixels. ``samples`` 1 or 4 (smooth edges)."""
        if width > 0 and height > 0:
            self._want("size", Size(width, height, samples))

    def set_camera(self, camera: Camera) -> None:
        self._want("camera", camera)

    def set_figures(self, figures: tuple[Figure, ...]) -> None:
        """All figures as they are to be seen in the next picture."""
        self._want("figures", figures)

    def set_lights(self, lights: tuple[Light, ...]) -> None:
        self._want("lights", lights)

    def set_options(self, options: ViewOptions) -> None:
        self._want("options", options)

    def set_awake(self, is_awake: bool) -> None:
        """False while nobody can see the pictures: none is made; the newest wishes are drawn on waking."""
        self._is_awake = is_awake
        self._flush()

    @property
    def is_busy(self) -> bool:
        """Whether a picture is under way: what is set now will be in the one after it."""
        return self._waiting > 0

    @property
    def driver(self) -> str:
        """What draws, e.g. "llvmpipe (LLVM 15.0.6, 256 bits)"; "" before the process is ready."""
        return self._driver

    @property
    def process_id(self) -> int:
        """0 while there is none."""
        return int(self._process.processId()) if self._process is not None else 0

    # -- life ------------------------------------------------------------------------------------------
    def start(self) -> None:
        """Start the process before there is a scene, so that the first picture comes sooner."""
        if self._process is None:
            self._start()

    def restart(self) -> None:
        """Start anew with the same scene, after ``failed``."""
        self._restarts = 0
        self._drop()
        self._start()

    def close_scene(self) -> None:
        """Free what the scene holds; the process stays for the next one."""
        self._scene, self._is_open = None, False
        self._shown.pop("figures", None)
        self._wanted.pop("figures", None)
        if self._driver:
            self._send(Close())

    def stop(self) -> None:
        """End the process. Returns at once; ``stopped`` follows. Any call that shows something starts it again."""
        process, self._process = self._process, None
        self._forget_process()
        if process is None:
            return
        Reaper.take(process, gently=True)
        process.finished.connect(self.stopped)

    def shut_down(self) -> None:
        """As ``stop``, for one that is not needed any more. ``Reaper.wait`` waits for the end of the process."""
        self.stop()
        self._area.close()

    # -- inside: wishes --------------------------------------------------------------------------------
    def _want(self, name: str, value: Any) -> None:
        self._wanted[name] = value
        self._flush()

    def _flush(self) -> None:
        """Ask for a picture if one is due and none is under way."""
        if not self._is_open or self._waiting or not self._is_awake:
            return
        if "size" not in self._wanted or "camera" not in self._wanted:
            return
        changes = {name: value for name, value in self._wanted.items() if self._shown.get(name) != value}
        if not changes:
            return
        size: Size = self._wanted["size"]
        self._area.hold(size.width * size.height * 4)
        self.asked += 1
        self._waiting = self.asked
        self._shown.update(changes)
        self._send(Draw(number=self.asked, area=self._area.name, area_bytes=self._area.size, **changes))
        self._patience.start(_DRAW_MS)

    # -- inside: the process ---------------------------------------------------------------------------
    def _start(self) -> None:
        process = QProcess(self)
        process.setProcessEnvironment(engine_environment())
        process.setProcessChannelMode(QProcess.ProcessChannelMode.SeparateChannels)
        process.setStandardErrorFile(os.environ.get("OFFICE_STUDIO_ENGINE_LOG") or os.devnull)
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error)
        if self._area.size == 0:
            # The process inherits the memory when it starts. What is not written to takes no room; growing later would
            # lay new pictures over those that are being looked at.
            self._area.hold(_RESERVED_BYTES)
        self._process = process
        process.start(sys.executable, ["-P", str(PROGRAM)])
        self._patience.start(_START_MS)

    def _send(self, command: Command) -> None:
        if self._process is not None:
            self._process.write(wire.encode(command))

    def _send_scene(self) -> None:
        if self._scene is not None:
            self._shown.pop("figures", None)
            self._send(Open(serial=self._serial, scene=self._scene))
            self._patience.start(_OPEN_MS)

    def _read(self) -> None:
        if self._process is None:
            return
        self._input += self._process.readAllStandardOutput().data()
        while (end := self._input.find(b"\n")) >= 0:
            line = bytes(self._input[:end])
            del self._input[: end + 1]
            try:
                answer = wire.decode_answer(line)
            except (msgspec.DecodeError, msgspec.ValidationError) as error:
                self._crash(f"it said something that nobody understands ({error})")
                return
            self._take(answer)
        if len(self._input) > wire.MAX_LINE:
            self._crash("it never stops talking")

    def _take(self, answer: Answer) -> None:
        if isinstance(answer, Drawn):
            self._take_picture(answer)
        elif isinstance(answer, Ready):
            self._driver = answer.driver
            self._patience.stop()
            self._send_scene()
        elif isinstance(answer, Progress):
            if answer.serial == self._serial:
                self._patience.start(_OPEN_MS)
                self.progressed.emit(answer.share, answer.step)
        elif isinstance(answer, Opened):
            if answer.serial == self._serial and self._scene is not None:
                self._patience.stop()
                self._is_open = True
                self._shown.pop("figures", None)
                self._shown.pop("size", None)  # so that the scene is drawn though nothing else changed
                self.opened.emit(answer)
                self._flush()
        elif isinstance(answer, Failed):
            self._take_failure(answer)

    def _take_picture(self, drawn: Drawn) -> None:
        is_newest = drawn.number == self._waiting
        if not is_newest:
            return
        self._waiting = 0
        self._patience.stop()
        self._has_drawn = True
        memory = self._area.map
        if self._is_open and memory is not None:
            start = drawn.slot * (self._area.size // 2)
            pixels = memoryview(memory)[start : start + drawn.width * drawn.height * 4]
            kind = QImage.Format.Format_ARGB32_Premultiplied
            if self._scene is not None and (self._scene.clear is not None or self._scene.backdrop):
                kind = QImage.Format.Format_RGB32
            image = QImage(pixels, drawn.width, drawn.height, drawn.width * 4, kind)
            frame = Frame(image, drawn.number, QRect(*drawn.changed), drawn.draw_ms, (memory, pixels))
            self.frame_ready.emit(frame)
        self._flush()

    def _take_failure(self, said: Failed) -> None:
        error_type = ModelError if said.code.startswith("MODEL") else AssetError
        error = error_type(said.code, said.message, said.hint)
        if said.is_fatal:
            self._drop()
        elif self._waiting:
            self._waiting = 0
            self._shown.clear()  # who knows which part of the wish was heard
        self._patience.stop()
        self.failed.emit(error)

    # -- inside: when it goes wrong --------------------------------------------------------------------
    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            why = self._process.errorString() if self._process is not None else ""
            self._drop()
            message = f"Rooms in 3D cannot be drawn: the drawing program does not start ({why})."
            self.failed.emit(OfficeStudioError("ROOM_ENGINE_START", message, "Install Office Studio again."))

    def _on_finished(self) -> None:
        self._read()  # what it said last may be why
        if self._process is not None:
            self._crash("it stopped unexpectedly")

    def _lose_patience(self) -> None:
        self._crash("it did not answer for a minute")

    def _crash(self, why: str) -> None:
        """End what is left of it; start it again by itself only if it had drawn this scene, or it would crash again."""
        recovers = self._scene is not None and self._has_drawn and self._restarts < _MAX_RESTARTS
        self._drop()
        _log.warning("the drawing process ended: %s", why)
        hint = "It is being started again." if recovers else "Show the room again, or choose another theme."
        message = f"The room could not be drawn: the drawing program gave up, {why}."
        if recovers:
            self._restarts += 1
            self._has_drawn = False
            self._start()
        self.failed.emit(OfficeStudioError("ROOM_ENGINE_CRASHED", message, hint, recovers=recovers))

    def _drop(self) -> None:
        process, self._process = self._process, None
        self._forget_process()
        if process is not None:
            Reaper.take(process)

    def _forget_process(self) -> None:
        self._patience.stop()
        self._input.clear()
        self._driver = ""
        self._is_open = False
        self._waiting = 0
        self._shown.clear()
