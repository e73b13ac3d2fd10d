"""How pages share a place: one on top of the others, or a list beside its details."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QLayout, QStackedWidget

_WIDE_PAGE = 800  # px


class Pages(QStackedWidget):
    """``QStackedWidget`` asks for the room of its largest page, also while another is on top: a wide page that was
    opened once would press the panels of every other workspace to their smallest width."""

    def __init__(self) -> None:
        super().__init__()
        self.currentChanged.connect(lambda _index: self.updateGeometry())

    def hasHeightForWidth(self) -> bool:
        """Pages take the room there is. Asked for a height, every paragraph of every page would be laid out anew each
        time one of them is shown: 10 to 20 ms."""
        return False

    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        if page is None:
            return super().minimumSizeHint()
        return page.minimumSizeHint().expandedTo(page.minimumSize())

    def sizeHint(self) -> QSize:
        page = self.currentWidget()
        return super().sizeHint() if page is None else page.sizeHint().expandedTo(self.minimumSizeHint())


class ListColumn(QFrame):
    """The list at the left of its details: ``wide`` px, or ``narrow`` where the page is under 800."""

    def __init__(self, content: QLayout, wide: int, narrow: int) -> None:
        super().__init__()
        self._wide, self._narrow = wide, narrow
        self.setProperty("edge", "right")
        self.setLayout(content)
        self.setFixedWidth(wide)

    def fit(self, page_width: int) -> None:
        """To be called when the page has changed its size."""
        self.setFixedWidth(self._wide if page_width >= _WIDE_PAGE else self._narrow)
