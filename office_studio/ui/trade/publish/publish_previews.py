"""The strip of previews: four views of the room as the catalog will show them, drawn while you write."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from office_studio import __version__, paths
from office_studio.errors import OfficeStudioError
from office_studio.ui import formats, paint
from office_studio.ui.make.local_facts import stamp_of
from office_studio.ui.theming import theme
from office_studio.ui.trade.publish.publish_pictures import NAMES
from office_studio.ui.trade.publish.publish_themes import paint_picture
from office_studio.ui.widgets.basics import Paragraph
from office_studio.ui.widgets.layouts import button, hbox, label, vbox

if TYPE_CHECKING:
    from office_studio.ui.jobs import Jobs, Scope

TITLES = {"day": "Day", "night": "Night", "busy": "Busy", "empty": "Empty"}
_TIPS = {
    "day": "Some at work, some not",
    "night": "Two are left; the picture lowers the light, the theme itself has no night",
    "busy": "Every seat is taken",
    "empty": "Nobody is there",
}
_DRAWING = formats.sentences("Drawing the room as buyers will see it", "A room in 3D takes half a minute")
_SMALL = (480, 270)  # px
_CAPTION = 22  # px below a tile
_MOST_KEPT = 12  # themes whose previews stay in the cache


class Previews(QWidget):
    """Signals:
    changed(): ``files`` are others, or ``is_drawing``.
    """

    changed = Signal()

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self._jobs = jobs
        self._scope: Scope = jobs.scope()
        self.source: Path | None = None
        self.files: dict[str, Path] = {}
        self._folder: Path | None = None
        self.is_drawing = False
        self.error: OfficeStudioError | None = None
        self.tiles: dict[str, _Tile] = {}

    def making(self) -> Iterator[None]:
        """Make what it shows, once the strip has its place."""
        self.tiles = {name: _Tile(name) for name in NAMES}
        for tile in self.tiles.values():
            tile.clicked.connect(self._enlarge)
        yield
        self.words = Paragraph("", "small-muted")
        self.again = button("Draw again", "ghost", "arrows-clockwise", "small")
        self.again.clicked.connect(self.draw_again)
        head = hbox(label("PREVIEWS", "overline"), None, self.again)
        self.setLayout(
            vbox(head, hbox(*((tile, 1) for tile in self.tiles.values()), spacing=10), self.words, spacing=6)
        )
        self._refresh()
        yield

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tiles keep the shape of their pictures."""
        if not self.tiles:
            return
        wide = (self.width() - 10 * (len(self.tiles) - 1)) // len(self.tiles)
        for tile in self.tiles.values():
            tile.setFixedHeight(round(wide * 9 / 16) + _CAPTION)
        super().resizeEvent(event)

    def show_theme(self, source: Path | None) -> None:
        """Show its previews, from the cache where nothing of the theme has changed."""
        if source != self.source:
            self._begin(source, is_fresh=False)
        elif source is not None and not self.is_drawing:
            self._scope.run_blocking(lambda: _folder_of(source, is_fresh=False), self._on_stamped)

    def _on_stamped(self, folder: Path) -> None:
        if folder != self._folder:  # a file of the theme is another now
            self._begin(self.source, is_fresh=False)

    def draw_again(self) -> None:
        self._begin(self.source, is_fresh=True)

    def stop(self) -> None:
        """End the drawing; what is there stays."""
        self._scope.close()
        if self.is_drawing:
            self.is_drawing, self.source = False, None
            self._refresh()

    @property
    def is_complete(self) -> bool:
        return all(name in self.files for name in NAMES)

    def _begin(self, source: Path | None, *, is_fresh: bool) -> None:
        self._scope.close()
        self._scope = self._jobs.scope()
        self.source, self.files, self.error = source, {}, None
        for tile in self.tiles.values():
            tile.show_picture(None)
        self.is_drawing = source is not None
        self._refresh()
        if source is not None:
            found = lambda folder: self._on_folder(source, folder)  # noqa: E731
            self._scope.run_blocking(lambda: _folder_of(source, is_fresh=is_fresh), found, self._on_failed)

    def _on_folder(self, source: Path, folder: Path) -> None:
        self._folder = folder
        kept = {name: _file(folder, name) for name in (*NAMES, "icon")}
        if all(path.is_file() for path in kept.values()):
            read = lambda: {name: _small(kept[name]) for name in NAMES}  # noqa: E731
            self._scope.run_blocking(read, lambda found: self._on_kept(kept, found))
            return
        jobs, scope = self._jobs, self._scope

        async def draw() -> None:
            import asyncio

            from office_studio.services.officex.publish import draw_pictures

            async for name, path in draw_pictures(source, folder):
                picture = await asyncio.to_thread(_small, path)
                jobs.post(lambda n=name, p=path, i=picture: scope.is_open and self._on_picture(n, p, i))

        scope.run(draw, lambda _nothing: self._on_drawn(), self._on_failed)

    def _on_kept(self, files: Mapping[str, Path], pictures: Mapping[str, QImage]) -> None:
        for name, path in files.items():
            self._take(name, path, pictures.get(name))
        self._on_drawn()

    def _on_picture(self, name: str, path: Path, picture: QImage) -> None:
        self._take(name, path, picture)
        self._refresh()

    def _take(self, name: str, path: Path, picture: QImage | None) -> None:
        self.files[name] = path
        if name in self.tiles:
            self.tiles[name].show_picture(picture)

    def _enlarge(self, name: str) -> None:
        path, window = self.files.get(name), self.window()
        if path is not None:
            words = f"{TITLES[name]}: {_TIPS[name]}"
            self._scope.run_blocking(lambda: QImage(str(path)), lambda found: LargePicture(found, words, window).show())

    def _on_drawn(self) -> None:
        self.is_drawing = False
        self._refresh()

    def _on_failed(self, error: OfficeStudioError) -> None:
        self.is_drawing, self.error = False, error
        self._refresh()

    def _refresh(self) -> None:
        words = "They go along with the listing. Night is the same room with its light lowered for the picture."
        if self.error is not None:
            words = formats.sentences(self.error.message, self.error.hint, "It can be listed without pictures")
        elif self.is_drawing:
            words = _DRAWING
        self.words.set_words(words)
        self.again.setEnabled(not self.is_drawing and self.source is not None)
        self.changed.emit()


class _Tile(QWidget):
    """One picture with its name; a click or Enter shows it larger.

    Signals:
        clicked(str): its name.
    """

    clicked = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.picture: QImage | None = None
        self.setMinimumWidth(90)
        self.setToolTip(_TIPS[name])
        self.setAccessibleName(f"Preview {TITLES[name]}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("radius", 6)

    def show_picture(self, picture: QImage | None) -> None:
        self.picture = picture
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, ui = QPainter(self), theme()
        area = QRectF(0, 0, self.width(), self.height() - _CAPTION)
        paint_picture(painter, area, self.picture, "image", 6)
        below = QRectF(2, self.height() - 20, self.width() - 4, 18)
        paint.text(painter, below, TITLES[self._name], "text_muted", ui.font("small"))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.picture is not None and self.rect().contains(event.position().toPoint()):
            self.clicked.emit(self._name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit(self._name)
        else:
            super().keyPressEvent(event)


class LargePicture(QWidget):
    """The picture over the window, until a click or a key."""

    def __init__(self, picture: QImage, words: str, window: QWidget) -> None:
        super().__init__(window)
        self._picture = picture
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(words)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setGeometry(window.rect())
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        shade = theme().color("scrim")
        shade.setAlphaF(0.7)
        painter.fillRect(self.rect(), shade)
        size = self._picture.size().scaled(self.size() * 0.8, Qt.AspectRatioMode.KeepAspectRatio)
        area = QRectF(0, 0, size.width(), size.height())
        area.moveCenter(QRectF(self.rect()).center())
        paint_picture(painter, area, self._picture, "image", 10)

    def mouseReleaseEvent(self, event: object) -> None:
        self.close()

    def keyPressEvent(self, event: object) -> None:
        self.close()


def _small(path: Path) -> QImage:
    """As a tile shows it, at twice its size. Any thread."""
    way, how = Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    return QImage(str(path)).scaled(*_SMALL, way, how)


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.{'png' if name == 'icon' else 'jpg'}"


def _folder_of(source: Path, *, is_fresh: bool) -> Path:
    """Where the previews of a theme as it is now are kept. Those of older states go."""
    digest = hashlib.sha256(f"{__version__}\n{stamp_of(source)}".encode()).hexdigest()[:32]
    root = paths.cache_dir() / "previews"
    folder = root / digest
    if is_fresh:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    others = sorted((one for one in root.iterdir() if one != folder), key=lambda one: one.stat().st_mtime)
    for old in others[: max(0, len(others) - _MOST_KEPT + 1)]:
        shutil.rmtree(old, ignore_errors=True)
    return folder
