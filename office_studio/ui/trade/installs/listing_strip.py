"""The pictures of a listing as buyers see them. They come from strangers: few, small, and asked for elsewhere only
when somebody wants to see them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from office_studio.core.officex.wire import AppView
from office_studio.ui import formats
from office_studio.ui.trade.market_session import MarketSession
from office_studio.ui.trade.publish.publish_previews import LargePicture
from office_studio.ui.trade.publish.publish_themes import paint_picture
from office_studio.ui.widgets.layouts import button, hbox, vbox

if TYPE_CHECKING:
    from office_studio.services.officex.listing_pictures import ListingPictures

_MOST, _GAP, _HIGHEST = 4, 10, 190  # pictures; px
_LARGEST = 6000  # px a side


class ListingStrip(QWidget):
    """Hidden for apps without pictures."""

    def __init__(self, market: MarketSession) -> None:
        super().__init__()
        self._market = market
        self._urls: tuple[str, ...] = ()
        self._pictures: ListingPictures | None = None
        self.tiles = [_Tile() for _ in range(_MOST)]
        for tile in self.tiles:
            tile.chosen.connect(self._enlarge)
        self.ask = button("", "ghost", "image", "small")
        self.ask.clicked.connect(self._fetch)
        self._row = QWidget()
        self._row.setLayout(hbox(*((tile, 1) for tile in self.tiles), spacing=_GAP))
        self.setLayout(vbox(self._row, hbox(self.ask, None), spacing=4))
        self.hide()

    @property
    def shown(self) -> int:
        """How many pictures are to be seen."""
        return sum(tile.picture is not None for tile in self.tiles)

    def show_app(self, app: AppView | None) -> None:
        urls = app.texts("preview_images")[:_MOST] if app is not None else ()
        if urls == self._urls:
            return
        self._urls = urls
        for tile in self.tiles:
            tile.show_picture(None)
        self.setVisible(bool(urls))
        environment = self._market.environment
        if not urls or environment is None:
            return
        from office_studio.services.officex.listing_pictures import is_at_home

        strange = sorted({urlsplit(url).netloc for url in urls if not is_at_home(url, environment)})
        self._row.setVisible(not strange)
        self.ask.setVisible(bool(strange))
        if strange:
            self.ask.setText(f" Show {formats.plural(len(urls), 'picture')} from {formats.sentence_list(strange)}")
            self.ask.setToolTip("Whoever runs that server learns that somebody looks at this app")
        else:
            self._fetch()

    def _fetch(self) -> None:
        urls, environment = self._urls, self._market.environment
        if environment is None:
            return
        self._row.show()
        self.ask.hide()

        async def fetch() -> tuple[bytes | None, ...]:
            from office_studio.services.officex.listing_pictures import ListingPictures

            self._pictures = self._pictures or ListingPictures()
            return await self._pictures.fetch(urls, environment)

        self._market.scope.run(fetch, partial(self._on_fetched, urls))

    def _on_fetched(self, urls: tuple[str, ...], found: tuple[bytes | None, ...]) -> None:
        if urls == self._urls:
            decode = lambda: [picture_of(data) if data else None for data in found]  # noqa: E731
            self._market.scope.run_blocking(decode, partial(self._on_decoded, urls))

    def _on_decoded(self, urls: tuple[str, ...], pictures: list[QImage | None]) -> None:
        if urls != self._urls:
            return
        for tile, picture in zip(self.tiles, [*pictures, *[None] * _MOST], strict=False):
            tile.show_picture(picture)
        self.setVisible(any(picture is not None for picture in pictures))

    def _enlarge(self, picture: QImage) -> None:
        LargePicture(picture, "Picture of the listing", self.window()).show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        wide = (self.width() - _GAP * (_MOST - 1)) // _MOST
        for tile in self.tiles:
            tile.setFixedHeight(min(_HIGHEST, round(wide * 9 / 16)))
        super().resizeEvent(event)


class _Tile(QWidget):
    """Signals:
    chosen(QImage)
    """

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.picture: QImage | None = None
        self._small: QImage | None = None
        self.setProperty("radius", 6)

    def show_picture(self, picture: QImage | None) -> None:
        self.picture, self._small = picture, None
        self.setCursor(Qt.CursorShape.PointingHandCursor if picture is not None else Qt.CursorShape.ArrowCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if picture is not None else Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Picture of the listing" if picture is not None else "")
        self.setToolTip("Show it large" if picture is not None else "")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.picture is None:
            return
        ratio, wide = self.devicePixelRatioF(), round(self.width() * self.devicePixelRatioF())
        if self._small is None or abs(self._small.width() - wide) > 8 * ratio:
            self._small = self.picture.scaledToWidth(max(1, wide), Qt.TransformationMode.SmoothTransformation)
        paint_picture(QPainter(self), QRectF(self.rect()), self._small, "image", 6)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.picture is not None and self.rect().contains(event.position().toPoint()):
            self.chosen.emit(self.picture)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.picture is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self.picture)
        else:
            super().keyPressEvent(event)


def picture_of(data: bytes) -> QImage | None:
    """A picture of a stranger's, no larger than a screen needs; None where it is none, or too large. Any thread."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    size = reader.size()
    if not size.isValid() or max(size.width(), size.height()) > _LARGEST:
        return None
    if size.width() > 1600:
        reader.setScaledSize(size.scaled(1600, 1600, Qt.AspectRatioMode.KeepAspectRatio))
    found = reader.read()
    return None if found.isNull() else found
