"""The room of a theme to look at: no people, and an outline around what a problem is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStackedLayout, QWidget

from office_studio.core.theme.model import Rect
from office_studio.errors import OfficeStudioError
from office_studio.services.theme_loader import LoadedTheme
from office_studio.ui.make.places import Place
from office_studio.ui.render.stage_view import StageView
from office_studio.ui.theming import theme
from office_studio.ui.widgets.basics import EmptyState

if TYPE_CHECKING:
    from office_studio.ui.room3d.room_view import RoomStage

_MARGIN = 6.0  # px around what is marked


class RoomView(QWidget):
    """Made when it is shown for the first time: decoding a theme's pictures costs memory."""

    def __init__(self) -> None:
        super().__init__()
        self._stage: _MarkedStage | None = None
        self._space: RoomStage | None = None  # for 3D themes
        self._loaded: LoadedTheme | None = None
        self._shown: LoadedTheme | None = None
        self._place: Place | None = None
        self._nothing = EmptyState("image", "No room to show", "theme.json cannot be read as it is.")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._nothing)

    @property
    def marked(self) -> Rect | None:
        """What is outlined, in canvas units."""
        return self._stage.mark if self._stage is not None else None

    def set_theme(self, loaded: LoadedTheme | None) -> None:
        self._loaded = loaded
        if self.isVisible():
            self._show()

    def go_to(self, place: Place | None) -> None:
        self._place = place
        if self._stage is not None:
            self._stage.show_mark(place.rect if place is not None else None)

    def close_room(self) -> None:
        for stage in (self._stage, self._space):
            if stage is not None:
                stage.close_stage()

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self._show()

    def hideEvent(self, event: object) -> None:
        super().hideEvent(event)  # type: ignore[arg-type]
        if self._space is not None and self._shown is not None and self._shown.theme.room is not None:
            self._space.rest()  # a process that draws for nobody
            self._shown = None

    def _show(self) -> None:
        if self._loaded is None or self._loaded is self._shown:
            return
        if self._loaded.theme.room is not None:
            self._show_space(self._loaded)
            return
        if self._space is not None:
            self._space.rest()
        if self._stage is None:
            self._stage = _MarkedStage()
            self._stack.addWidget(self._stage)
        try:
            if self._shown is None or self._shown.theme.room is not None:
                self._stage.set_theme(self._loaded)
            else:
                self._stage.reload_theme(self._loaded)
        except OfficeStudioError as error:
            self._nothing.say("cube", "No room to show", error.message)
            self._stack.setCurrentWidget(self._nothing)
            return
        self._shown = self._loaded
        self._stack.setCurrentWidget(self._stage)
        self._stage.show_mark(self._place.rect if self._place is not None else None)

    def _show_space(self, loaded: LoadedTheme) -> None:
        """What a problem is about cannot be outlined in a picture of a room: it is in the text and the inspector."""
        from office_studio.ui.room3d.room_view import RoomStage

        if self._stage is not None:
            self._stage.rest()
        if self._space is None:
            self._space = RoomStage()
            self._space.setProperty("ownFocus", True)
            self._space.setAccessibleName("Room of the theme")
            self._stack.addWidget(self._space)
        self._stack.setCurrentWidget(self._space)
        if self._shown is not None and self._shown.theme.room is not None:
            self._space.reload_theme(loaded)
        else:
            self._space.set_theme(loaded)
        self._shown = loaded


class _MarkedStage(StageView):
    def __init__(self) -> None:
        super().__init__()
        self.mark: Rect | None = None
        self.setProperty("ownFocus", True)
        self.setAcceptDrops(False)
        self.setAccessibleName("Room of the theme")
        self.theme_shown.connect(lambda *_: self._show_whole())

    def _show_whole(self) -> None:
        """All of the room, whatever the theme begins with: what is wrong may be anywhere."""
        if self._loaded is not None:
            canvas = self._loaded.theme.canvas
            self.show_part(Rect(0, 0, canvas.width, canvas.height))
        self.show_mark(self.mark)

    def show_mark(self, mark: Rect | None) -> None:
        """Outline a part of the canvas, and bring it into view when it is out of it."""
        self.mark = mark
        if mark is not None and not self._is_in_view(mark):
            self.look_at(mark.center, eased=True)
        self.viewport().update()

    def _is_in_view(self, mark: Rect) -> bool:
        scale = self._camera.scale
        at = QRectF(mark.x * scale, mark.y * scale, mark.width * scale, mark.height * scale)
        return bool(self.mapToScene(self.viewport().rect()).boundingRect().contains(at))

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        super().drawForeground(painter, rect)
        if self.mark is None:
            return
        scale, mark = self._camera.scale, self.mark
        outline = QRectF(mark.x * scale, mark.y * scale, mark.width * scale, mark.height * scale)
        outline.adjust(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for width, role in ((5.0, "tooltip_text"), (2.5, "accent_fill")):
            painter.setPen(QPen(theme().color(role), width))
            painter.drawRoundedRect(outline, 6, 6)
