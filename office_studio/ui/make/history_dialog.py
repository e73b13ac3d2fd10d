"""The last bundles of a theme that went from this computer to the office: look, reveal, publish one again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from office_studio.services.bundle_history import KEPT
from office_studio.ui import formats
from office_studio.ui.theming import theme
from office_studio.ui.upload_words import when
from office_studio.ui.widgets.basics import EmptyState, Paragraph
from office_studio.ui.widgets.layouts import button, hbox, label, vbox

if TYPE_CHECKING:
    from office_studio.services.bundle_history import KeptBundle

BundleRole = Qt.ItemDataRole.UserRole + 1
_HEADS = ("Version", "Uploaded", "Size", "SHA-256", "")
_Index = QModelIndex | QPersistentModelIndex


class HistoryModel(QAbstractTableModel):
    def __init__(self, kept: tuple[KeptBundle, ...], server_version: str | None) -> None:
        super().__init__()
        self.kept = kept
        # By version: the server does not tell digests of bundles. The newest of two of one version is the one it has.
        self._on_server = next((each.sha256 for each in kept if each.version == server_version), "")

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.kept)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(_HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section == 2:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def cells(self, row: int) -> tuple[str, ...]:
        each = self.kept[row]
        server = "On the server" if each.sha256 == self._on_server else ""
        return (
            each.version,
            when(each.uploaded_at_ms),
            formats.size(each.size_bytes),
            each.sha256[:12],
            server,
        )

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.kept):
            return None
        each, column = self.kept[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cells(index.row())[column]
        if role == BundleRole:
            return each
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{each.name} {each.version}\nSHA-256 {each.sha256}\n{each.path}"
        if role == Qt.ItemDataRole.FontRole and column == 3:
            return theme().font("small", "regular", "mono")
        if role == Qt.ItemDataRole.TextAlignmentRole and column == 2:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.AccessibleTextRole and column == 0:
            return ", ".join(filter(None, self.cells(index.row())))
        return None


class _WholeRows(QStyledItemDelegate):
    """The row is what is chosen, so no cell of it gets a frame of its own."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus  # type: ignore[attr-defined]


class HistoryDialog(QDialog):
    """Signals:
    republish_requested(KeptBundle)
    reveal_requested(Path)
    """

    republish_requested = Signal(object)
    reveal_requested = Signal(object)

    def __init__(
        self, name: str, office: str, kept: tuple[KeptBundle, ...], server_version: str | None, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Uploads of {name}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(620, 360)
        self.model = HistoryModel(kept, server_version)
        self.table = QTableView()
        self._set_up_table()
        words = f"The last {KEPT} bundles that went from this computer to {office}, byte for byte."
        later = f"From the first upload to {office} on, the last {KEPT} bundles are kept here."
        nothing = EmptyState("clock-counter-clockwise", "Nothing uploaded yet", later)
        body = QWidget()
        stack = QStackedLayout(body)
        stack.addWidget(self.table if kept else nothing)
        self.reveal_button, self.copy_button = button("Reveal", glyph="folder"), button("Copy SHA-256", glyph="copy")
        self.publish_button = button("Publish again…", "primary", "upload-simple")
        close = button("Close", "ghost")
        foot = hbox(self.reveal_button, self.copy_button, None, close, self.publish_button)
        self.setLayout(
            vbox(label(f"Uploads of {name}", "heading"), Paragraph(words, "muted"), 4, (body, 1), 4, foot,
                 margins=(24, 20, 24, 18), spacing=8)
        )  # fmt: skip
        for part in (self.reveal_button, self.copy_button, self.publish_button):
            part.setVisible(bool(kept))
        close.clicked.connect(self.reject)
        self.reveal_button.clicked.connect(lambda: self.reveal_requested.emit(self.bundle().path))
        self.copy_button.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.bundle().sha256))
        self.publish_button.clicked.connect(self._publish)
        self.table.activated.connect(lambda _index: self._publish())
        QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.table, self.copy_button.click)
        (self.table if kept else close).setFocus()

    def _set_up_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setItemDelegate(_WholeRows(table))
        table.setAccessibleName("Kept bundles, newest first")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(32)
        table.setFrameShape(QTableView.Shape.NoFrame)
        head = table.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(4, QHeaderView.ResizeMode.Stretch)
        if self.model.kept:
            table.selectRow(0)

    def bundle(self) -> KeptBundle:
        """The chosen one."""
        return self.model.kept[max(0, self.table.currentIndex().row())]

    def _publish(self) -> None:
        chosen = self.bundle()
        self.accept()
        self.republish_requested.emit(chosen)
