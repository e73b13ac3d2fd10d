"""A camera on a 3D theme: has its models prepared, has the room drawn, shows the pictures or why there are none."""

from __future__ import annotations

import threading
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

from office_studio.core.room3d.camera import room_camera
from office_studio.core.room3d.cast3d import HIGH_PACE, LOW_PACE, RoomCast
from office_studio.core.theme.model import Theme
from office_studio.core.validation.report import Finding, Severity
from office_studio.errors import OfficeStudioError, ThemeError
from office_studio.services.theme_loader import LoadedTheme
from office_studio.ui.render.loading import Cancelled
from office_studio.ui.render.office_view import why_not
from office_studio.ui.room3d.engine import Frame, RoomEngine
from office_studio.ui.room3d.picture import scene_camera
from office_studio.ui.room3d.room_camera_view import RoomCameraView
from office_studio.ui.room3d.room_setup import RoomSetup, set_up
from office_studio.ui.room3d.scene import Opened
from office_studio.ui.room3d.still import paint_still, preview_of

_PREPARED = 0.5  # share of loading after which the models are prepared and only have to be drawn


class RoomShow(RoomCameraView):
    """``room_shown`` comes when the first picture of a theme, or why there is none, will be painted next, and
    ``theme_shown`` with it; with ``theme_failed`` the theme's own preview is shown instead.
    """

    _stepped = Signal(int, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = self.cast = RoomCast()
        self.engine = RoomEngine(self)
        self.engine.frame_ready.connect(self._on_frame)
        self.engine.opened.connect(self._on_opened)
        self.engine.failed.connect(self._on_engine_failed)
        self.engine.progressed.connect(lambda share, _: self.progress.note(_PREPARED + share * (1 - _PREPARED)))
        self._stepped.connect(self._on_stepped)
        self._cancel = threading.Event()
        self._loaded: LoadedTheme | None = None
        self._wanted: LoadedTheme | None = None
        self._setup: RoomSetup | None = None
        self._is_reload = False
        self._awaits_first = False  # the scene is being opened; its first picture is not there yet
        self._findings: tuple[Finding, ...] = ()
        self._is_reference = False
        self._frame: Frame | None = None
        self._preview: QImage | None = None
        self._why = ""  # no room can be drawn

    # -- themes ----------------------------------------------------------------------------------------
    def set_theme(self, loaded: LoadedTheme | None) -> None:
        """Another room. Until its first picture is there the one before stays on screen; None: none at all.

        Raises ThemeError RENDERER_UNSUPPORTED for a theme that is no room; the one before stays then.
        """
        if loaded is None:
            self.rest()
            return
        if loaded.theme.room is None:
            words = f"“{loaded.theme.name}” is no 3D theme."
            raise ThemeError("RENDERER_UNSUPPORTED", words, "Choose a 3D theme.", renderer=loaded.theme.renderer)
        self._begin(loaded, is_reload=False)

    def reload_theme(self, loaded: LoadedTheme) -> None:
        """The theme shown, read anew: nobody moves without a reason, and the camera stays."""
        same = self._setup is not None and self._setup.loaded.theme.id == loaded.theme.id
        if loaded.theme.room is None or not same:
            self.set_theme(loaded)
        else:
            self._begin(loaded, is_reload=True)

    @property
    def theme(self) -> Theme | None:
        return self._setup.loaded.theme if self._setup is not None else None

    def _on_quality(self) -> None:
        self.cast.pace = LOW_PACE if self._quality == "performance" else HIGH_PACE
        if self._wanted is not None:
            self.reload_theme(self._wanted)

    @property
    def is_reference(self) -> bool:
        return self._is_reference

    def set_reference(self, on: bool) -> None:
        """Furniture where the reference drew it, beside its place (defect D1); rooms of their own look the same."""
        if on != self._is_reference:
            self._is_reference = on
            if self._wanted is not None:
                self.reload_theme(self._wanted)

    def try_again(self) -> None:
        """After the room could not be drawn."""
        if self._wanted is not None:
            self._begin(self._wanted, is_reload=False)

    def rest(self) -> None:
        """Nobody looks at rooms: end the drawing process, let go of pictures and models."""
        self._request += 1
        self._cancel.set()
        self._motion.stop()
        self.engine.stop()
        self._drop_setup()
        self._loaded = self._wanted = self._preview = None
        self._why = ""
        self.progress.finish()
        self.cast.set_theme(None)
        self.stage.set_theme(None)
        self._show_picture(None)

    def close_stage(self) -> None:
        """Stop the process, timers and threads. Call before the view goes away for good."""
        self._cancel.set()
        self.engine.shut_down()
        self.rest()
        self._loader.close()

    # -- for the class above ---------------------------------------------------------------------------
    def _on_theme_taken(self, *, is_reload: bool) -> None:
        """The theme is known: who is where in it can be worked out."""

    def _on_picture(self, frame: Frame) -> None:
        """A picture is shown."""

    @property
    def _is_drawing(self) -> bool:
        """Whether there is a room to draw."""
        return self._setup is not None and not self._why

    # -- loading ---------------------------------------------------------------------------------------
    def _begin(self, loaded: LoadedTheme, *, is_reload: bool) -> None:
        self._request += 1
        self._cancel.set()
        self._cancel = cancel = threading.Event()
        self._wanted, request = loaded, self._request
        self._preview = None
        quality, reference = self._quality, self._is_reference
        self.progress.begin()
        self.engine.start()  # while models are prepared

        def tell(share: float, _words: str) -> None:
            if request != self._request:
                raise Cancelled
            self._stepped.emit(request, share)

        def work() -> RoomSetup:
            try:
                return set_up(loaded, quality, reference=reference, cancel=cancel, tell=tell)
            except OfficeStudioError as error:
                if error.code == "MODEL_CANCELLED":
                    raise Cancelled from error
                raise

        self._loader.start(("reload" if is_reload else "theme", request), work)

    def _on_stepped(self, request: int, share: float) -> None:
        if request == self._request:
            self.progress.note(share)

    def _on_arrived(self, tag: tuple[str, int], result: object) -> None:
        kind, request = tag
        if request != self._request:
            if isinstance(result, RoomSetup) and result.files is not None:
                result.files.close()
            return
        if kind in ("still", "still again"):
            if isinstance(result, tuple):
                self._preview, still = result
                self.stage.set_theme(None)
                self._show_picture(still)
            if kind == "still":
                self.progress.finish()
                self.room_shown.emit()
                self.theme_failed.emit(self._why)
        elif isinstance(result, RoomSetup):
            self._take(result, is_reload=kind == "reload")
        elif isinstance(result, Exception):
            self._fail(why_not(result, "The room"))

    def _take(self, setup: RoomSetup, *, is_reload: bool) -> None:
        """The models are ready: have the first picture drawn."""
        if self._frame is not None and self._picture is not None:
            self._picture = self._picture.copy()  # its memory is given to the pictures of the next room
        self._frame = None
        before, self._why = self._setup, ""
        self._drop_setup()
        self._setup, self._loaded, self._findings = setup, setup.loaded, setup.findings
        self._is_reload, self._awaits_first = is_reload and before is not None, True
        camera = room_camera(setup.room, setup.box, *self._view_size(), setup.loaded.theme.viewport)
        self._motion.stop()
        percent = self.zoom_percent
        if self._is_reload:
            camera = replace(camera, zoom=self._camera.zoom, pan=self._camera.pan)
        else:
            self.follow(None)
        clear = setup.room.clear
        self._clear = QColor(clear.red, clear.green, clear.blue)
        self._camera = camera
        self._tell_zoom(percent)
        self.engine.open(setup.scene)
        self._resize_engine()
        self.engine.set_camera(scene_camera(camera))
        self._on_theme_taken(is_reload=self._is_reload)

    def _drop_setup(self) -> None:
        if self._setup is not None and self._setup.files is not None:
            self._setup.files.close()
        self._setup = self._frame = None

    def _resize_engine(self) -> None:
        if self._setup is None:
            return
        mode = self._setup.room.quality(self._quality)
        ratio, (width, height) = mode.ratio_on(self.ratio), self._view_size()
        self.engine.resize(round(width * ratio), round(height * ratio), 4 if mode.antialias else 1)

    # -- pictures --------------------------------------------------------------------------------------
    def _on_opened(self, opened: Opened) -> None:
        self._findings += tuple(
            Finding(problem.code, Severity.WARNING, problem.message, problem.hint) for problem in opened.problems
        )

    def _on_frame(self, frame: Frame) -> None:
        if not self._is_drawing:
            return
        self._frame, image = frame, frame.image
        image.setDevicePixelRatio(image.width() / self._view_size()[0])
        is_first, self._awaits_first = self._awaits_first, False
        self._show_picture(image, None if is_first else frame.changed)
        self._on_picture(frame)
        if is_first and self._setup is not None:
            self.progress.finish()
            self.room_shown.emit()
            if self._is_reload:
                self.theme_reloaded.emit(self._findings)
            else:
                self.theme_shown.emit(self._setup.loaded.theme.id, self._findings)

    def _on_engine_failed(self, error: OfficeStudioError) -> None:
        if self._setup is None and self._wanted is None:
            return
        if error.details.get("recovers"):
            self.theme_failed.emit(error.message)
            return
        self._fail(" ".join(part for part in (error.message, error.hint) if part))

    # -- instead of a room -----------------------------------------------------------------------------
    def _fail(self, why: str) -> None:
        """Show the theme's preview, and why it is not the room."""
        self._why, loaded = why, self._wanted
        self._awaits_first = False
        self._frame = None
        if loaded is not None:
            self._show_still("still")

    def _show_still(self, kind: str = "still again") -> None:
        """Painted off the GUI thread: previews are large."""
        loaded, known = self._wanted, self._preview
        size, ratio, ground, why = self._view_size(), self.ratio, QColor(self._clear), self._why

        def work() -> tuple[QImage | None, QImage]:
            preview = known if known is not None or loaded is None else preview_of(loaded)
            return preview, paint_still(size, ratio, preview, ground, why)

        self._loader.start((kind, self._request), work)

    def _on_camera(self) -> None:
        if self._is_drawing:
            self.engine.set_camera(scene_camera(self._camera))
