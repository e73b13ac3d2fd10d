"""The tables of the vendor desk: 32 px rows with hairlines, copied as text with tabs."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView

from office_studio.ui.theming import theme

_LEAST = 120  # px of the column that takes the rest


class TradeTable(QTableView):
    """Signals:
    space_pressed(): by the hand that has chosen rows; else Space would only choose.
    """

    space_pressed = Signal()

    def __init__(self, model: QAbstractTableModel, name: str) -> None:
        super().__init__()
        self._widths: dict[int, int] = {}
        self._hides: tuple[int, ...] = ()
        self.setModel(model)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setAccessibleName(name)
        self.setProperty("inset", "details")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(32)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setMinimumSectionSize(40)

    def set_widths(self, widths: dict[int, int], stretched: int, hides: tuple[int, ...] = ()) -> None:
        """Widths in px at the usual text size; ``stretched`` takes the rest, for which ``hides`` give way in turn."""
        widths = {column: round(width * theme().text_scale) for column, width in widths.items()}
        self._widths, self._hides = widths, hides
        for column, width in widths.items():
            self.setColumnWidth(column, width)
        self.horizontalHeader().setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)

    def resizeEvent(self, event: QResizeEvent) -> None:
        left, hidden = self.viewport().width() - sum(self._widths.values()), set[int]()
        for column in self._hides:
            if left < _LEAST:
                hidden.add(column)
                left += self._widths[column]
        for column in self._hides:
            self.setColumnHidden(column, column in hidden)
        super().resizeEvent(event)

    def chosen_rows(self) -> list[int]:
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def copy(self) -> None:
        model, shown = self.model(), Qt.ItemDataRole.DisplayRole
        columns = range(model.columnCount())
        heads = [str(model.headerData(at, Qt.Orientation.Horizontal, shown)) for at in columns]
        lines = [[str(model.index(row, at).data(shown)) for at in columns] for row in self.chosen_rows()]
        if lines:
            QApplication.clipboard().setText("\n".join("\t".join(line) for line in (heads, *lines)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() == Qt.Key.Key_Space:
            self.space_pressed.emit()
        else:
            super().keyPressEvent(event)
