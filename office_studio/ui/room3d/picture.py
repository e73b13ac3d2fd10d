"""Pictures of rooms and models for callers that wait: ``render``, previews, tests. Needs a QGuiApplication."""

from __future__ import annotations

import math
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QImage

from office_studio.core.room3d.camera import RoomCamera, fit_camera
from office_studio.core.room3d.space import Box
from office_studio.core.theme.room_model import CameraSpec, Projection, Vec3
from office_studio.errors import ModelError, OfficeStudioError, UsageError
from office_studio.ui.room3d.engine import Frame, RoomEngine
from office_studio.ui.room3d.engine_life import Reaper
from office_studio.ui.room3d.scene import (
    Camera,
    Figure,
    Light,
    ModelBounds,
    ModelFile,
    Opened,
    Rgb,
    Scene,
    ViewOptions,
)

if TYPE_CHECKING:
    from office_studio.services.model_store import ModelStore, PreparedModel

_LIMIT_MS = 120_000
MODEL = "model"
# From where a camera looks, as seen from the model's middle.
VIEWS: dict[str, Vec3] = {
    "iso": (8.0, 12.0 * math.tan(math.radians(33)), 8.0),
    "front": (0.0, 0.0, 1.0),
    "back": (0.0, 0.0, -1.0),
    "left": (-1.0, 0.0, 0.0),
    "right": (1.0, 0.0, 0.0),
    "top": (0.0, 1.0, 0.0),
    "below": (0.0, -1.0, 0.0),
    "portrait": (0.45, 0.3, 1.0),
}
# Three lights that show form: from above left, softer from the right, and around.
STUDIO_LIGHTS = (
    Light(kind="ambient", color=(0.9, 0.9, 0.95)),
    Light(kind="hemisphere", color=(0.7, 0.75, 0.85), ground=(0.3, 0.26, 0.22)),
    Light(kind="directional", color=(1.7, 1.62, 1.5), position=(-4.0, 8.0, 6.0)),
    Light(kind="directional", color=(0.4, 0.45, 0.55), position=(6.0, 4.0, -2.0)),
)
GROUND: Rgb = (0.16, 0.16, 0.2)


class RoomPictures:
    """One drawing process that is waited for. Close it, or use it in ``with``."""

    def __init__(self) -> None:
        self.engine = RoomEngine()
        self._loop = QEventLoop()
        self._opened: Opened | None = None
        self._error: OfficeStudioError | None = None
        self._frame: Frame | None = None
        self.engine.opened.connect(self._on_opened)
        self.engine.frame_ready.connect(self._on_frame)
        self.engine.failed.connect(self._on_failed)

    def __enter__(self) -> RoomPictures:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.engine.shut_down()
        Reaper.wait()

    def open(self, scene: Scene) -> Opened:
        """Load a scene; a picture under way of the one before is given up. Raises OfficeStudioError."""
        self._opened, self._frame = None, None
        self.engine.set_awake(False)
        self.engine.open(scene)
        self._wait(lambda: self._opened is not None)
        assert self._opened is not None
        return self._opened

    def picture(
        self,
        size: tuple[int, int],
        camera: Camera,
        figures: tuple[Figure, ...] = (),
        *,
        samples: int = 4,
        options: ViewOptions | None = None,
    ) -> QImage:
        """A picture of its own memory, ``size`` in pixels. Raises OfficeStudioError."""
        engine = self.engine
        engine.set_awake(False)
        engine.resize(*size, samples)
        engine.set_camera(camera)
        engine.set_figures(figures)
        engine.set_options(options or ViewOptions())
        asked = engine.asked
        engine.set_awake(True)
        if engine.asked > asked:
            self._wait(lambda: self._frame is not None and self._frame.number == engine.asked)
        engine.set_awake(False)
        assert self._frame is not None
        return self._frame.image.copy()

    # -- inside ----------------------------------------------------------------------------------------
    def _wait(self, is_over: Any) -> None:
        limit = QTimer(singleShot=True)
        limit.timeout.connect(self._loop.quit)
        limit.start(_LIMIT_MS)
        self._error = None
        while not is_over() and self._error is None and limit.isActive():
            self._loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        if self._error is not None:
            error, self._error = self._error, None
            raise error
        if not is_over():
            message = f"The picture was not ready after {_LIMIT_MS // 1000} seconds."
            raise OfficeStudioError("ROOM_ENGINE_SLOW", message, "Draw it smaller.")

    def _on_opened(self, opened: Opened) -> None:
        self._opened = opened
        self._loop.quit()

    def _on_frame(self, frame: Frame) -> None:
        self._frame = frame
        self._loop.quit()

    def _on_failed(self, error: OfficeStudioError) -> None:
        self._error = error
        self._loop.quit()


# -- one model -------------------------------------------------------------------------------------------------------
def model_scene(prepared: Path, *, clear: Rgb | None = GROUND, clips_of: tuple[str, ...] = ()) -> Scene:
    """A prepared model alone under studio light, and its own lights if it has any. It is a figure, so that it moves."""
    return Scene(
        models=(ModelFile(key=MODEL, path=str(prepared), clips_of=clips_of),),
        figure_models=(MODEL,),
        lights=STUDIO_LIGHTS,
        clear=clear,
        has_own_lights=True,
    )


def model_camera(
    bounds: ModelBounds, size: tuple[int, int], direction: Vec3, *, is_perspective: bool = False
) -> RoomCamera:  # fmt: skip
    """Fitted to a model as ``open`` measured it."""
    low, high = (tuple(float(part) for part in corner) for corner in (bounds.low, bounds.high))
    box = Box((low[0], low[1], low[2]), (high[0], high[1], high[2]))
    kind = Projection.PERSPECTIVE if is_perspective else Projection.ORTHOGRAPHIC
    return fit_camera(CameraSpec(projection=kind, position=direction), box, *size)


def scene_camera(camera: RoomCamera) -> Camera:
    """As the drawing process is told. Moved back where a deep model would stick out behind the camera."""
    return Camera(
        position=camera.position,
        target=camera.target,
        half_height=camera.visible_half_height,
        near=camera.near,
        far=camera.far,
        is_perspective=camera.is_perspective,
    )


def view_direction(text: str) -> Vec3:
    """``--camera``: a name of ``VIEWS``, or "x,y,z" from the middle of the model to the camera.

    Raises UsageError RENDER_CAMERA.
    """
    if text in VIEWS:
        return VIEWS[text]
    try:
        x, y, z = (float(part) for part in text.split(","))
        if all(map(math.isfinite, (x, y, z))) and (x, y, z) != (0, 0, 0):
            return (x, y, z)
    except ValueError:
        pass
    names = ", ".join(VIEWS)
    raise UsageError("RENDER_CAMERA", f"“{text}” is no view.", f"Write {names}, or a direction as x,y,z.")


def turned(direction: Vec3, turn_deg: float) -> Vec3:
    """About +Y, against the clock seen from above."""
    angle = math.radians(turn_deg)
    x, y, z = direction
    return (x * math.cos(angle) + z * math.sin(angle), y, z * math.cos(angle) - x * math.sin(angle))


def picture_of_model(
    model: Path,
    size: tuple[int, int],
    *,
    root: Path | None = None,
    direction: Vec3 = VIEWS["portrait"],
    clip: str = "",
    clip_s: float = 0.0,
    clear: Rgb | None = GROUND,
    store: ModelStore | None = None,
) -> QImage:
    """A model file, prepared and drawn. Starts and ends a drawing process.

    Raises:
        ModelError: it cannot be used.
        OfficeStudioError: ROOM_NO_DISPLAY, ROOM_NO_GPU and the like: nothing in 3D can be drawn here.
    """
    return next(pictures_of_model(model, size, root=root, direction=direction, clip=clip, clip_s=clip_s, clear=clear,
                                  store=store))  # fmt: skip


def pictures_of_model(
    model: Path,
    size: tuple[int, int],
    *,
    root: Path | None = None,
    direction: Vec3 = VIEWS["portrait"],
    clip: str = "",
    clip_s: float = 0.0,
    clear: Rgb | None = GROUND,
    frames: int = 1,
    fps: float = 12.0,
    turn_deg: float = 0.0,
    store: ModelStore | None = None,
    is_prepared: bool = False,
) -> Generator[QImage]:
    """The same as an animation: ``turn_deg`` in all the camera goes around, while the clip plays on.

    Args:
        is_prepared: ``model`` is what a ``ModelStore`` made.
    """
    path = model if is_prepared else _prepared(model, root, store).path
    with RoomPictures() as pictures:
        opened = pictures.open(model_scene(path, clear=clear))
        if not opened.models:
            problem = opened.problems[0]
            raise ModelError(problem.code, problem.message, problem.hint)
        bounds = opened.models[0]
        if clip and clip not in bounds.clips:
            known = ", ".join(bounds.clips) or "it has none"
            raise UsageError("RENDER_CLIP", f"The model has no clip “{clip}”.", f"Its clips: {known}.")
        length_s = bounds.clips.get(clip, 0.0)
        for number in range(frames):
            moment_s = clip_s + number / fps
            figure = Figure(
                id=MODEL,
                model=MODEL,
                clip=clip,
                clip_s=moment_s % length_s if length_s > 0 else 0.0,
                position=(0.0, 0.0, 0.0),
            )
            camera = model_camera(bounds, size, turned(direction, turn_deg * number / frames))
            yield pictures.picture(size, scene_camera(camera), (figure,))


def _prepared(model: Path, root: Path | None, store: ModelStore | None) -> PreparedModel:
    if store is not None:
        return store.prepare(model, root)
    from office_studio.services.model_store import shared_store

    return shared_store().prepare(model, root)
