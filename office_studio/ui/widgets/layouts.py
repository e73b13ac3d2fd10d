"""Short ways to build layouts and labels, so that panels read as a list of what they hold."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from office_studio.ui.icons import icon

# What a layout may hold: a widget, a layout, a gap in px, None for a stretch, or one of them with a stretch factor.
Item = QWidget | QLayout | int | None | tuple[QWidget | QLayout, int]
W = TypeVar("W", bound=QWidget)
Margins = tuple[int, int, int, int]


def hbox(*items: Item, margins: Margins = (0, 0, 0, 0), spacing: int = 8) -> QHBoxLayout:
    layout = QHBoxLayout()
    _fill(layout, items, margins, spacing)
    return layout


def vbox(*items: Item, margins: Margins = (0, 0, 0, 0), spacing: int = 8) -> QVBoxLayout:
    layout = QVBoxLayout()
    _fill(layout, items, margins, spacing)
    return layout


def _fill(layout: QBoxLayout, items: tuple[Item, ...], margins: Margins, spacing: int) -> None:
    layout.setContentsMargins(*margins)
    layout.setSpacing(spacing)
    for item in items:
        thing, stretch = item if isinstance(item, tuple) else (item, 0)
        if thing is None:
            layout.addStretch(1)
        elif isinstance(thing, int):
            layout.addSpacing(thing)
        elif isinstance(thing, QLayout):
            layout.addLayout(thing, stretch)
        else:
            layout.addWidget(thing, stretch)


def with_properties(widget: W, **properties: object) -> W:
    for name, value in properties.items():
        widget.setProperty(name, value)
    return widget


def restyle(widget: QWidget, **properties: object) -> None:
    """Set properties the style sheet looks at, and let it look again."""
    changed = False
    for name, value in properties.items():
        if widget.property(name) != value:
            widget.setProperty(name, value)
            changed = True
    if changed:
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def frame(layout: QLayout | None = None, level: str | None = None, edge: str | None = None) -> QFrame:
    found = QFrame()
    if level:
        found.setProperty("level", level)
    if edge:
        found.setProperty("edge", edge)
    if layout is not None:
        found.setLayout(layout)
    return found


def line() -> QFrame:
    found = frame(level="line")
    found.setFixedHeight(1)
    return found


def vertical_line(height: int = 16) -> QFrame:
    found = frame(level="line")
    found.setFixedSize(1, height)
    return found


def label(words: str = "", role: str | None = None) -> QLabel:
    found = QLabel(words)
    found.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        found.setProperty("role", role)
    return found


def button(words: str, kind: str | None = None, glyph: str | None = None, density: str | None = None) -> QPushButton:
    found = QPushButton(words)
    if kind:
        found.setProperty("kind", kind)
    if density:
        found.setProperty("density", density)
    if glyph:
        found.setIcon(icon(glyph, "on_accent" if kind == "primary" else "text_muted"))
        found.setIconSize(QSize(16, 16))
        found.setText(f" {words}")
    found.setAccessibleName(words)
    found.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return found


def wide(widget: W) -> W:
    widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return widget


def tool(
    glyph: str, tip: str, kind: str = "tool", size: int = 18, *, checkable: bool = False, on_glyph: str | None = None
) -> QToolButton:
    """An icon without a word: has a tool tip (words, two spaces, key) and the words as accessible name."""
    found = QToolButton()
    found.setProperty("kind", kind)
    found.setIcon(icon(glyph, "text_muted", "accent", on_glyph))
    found.setIconSize(QSize(size, size))
    found.setCheckable(checkable)
    found.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    found.setToolTip(tip)
    found.setAccessibleName(tip.split("  ")[0])
    return found


def search_field(placeholder: str) -> QLineEdit:
    found = QLineEdit()
    found.setProperty("kind", "search")
    found.setPlaceholderText(placeholder)
    found.setAccessibleName(placeholder)
    found.addAction(QAction(icon("magnifying-glass"), "", found), QLineEdit.ActionPosition.LeadingPosition)
    clear = QAction(icon("x"), "Clear", found)
    clear.triggered.connect(found.clear)
    found.textChanged.connect(lambda words: clear.setVisible(bool(words)))
    found.addAction(clear, QLineEdit.ActionPosition.TrailingPosition)
    clear.setVisible(False)  # only now: adding an action shows it
    return found


def pad_spin(box: QAbstractSpinBox) -> None:
    """Begin the figures where the words of other fields begin: a border from the style sheet takes the padding away."""
    box.setFixedHeight(28)
    box.lineEdit().setTextMargins(8, 0, 0, 0)


def fit_height(dialog: QWidget) -> None:
    """As high as the words need in this width: ``adjustSize`` reckons with paragraphs in a column of its own choice."""
    layout = dialog.layout()
    if layout is not None:
        dialog.ensurePolished()
        layout.activate()
        dialog.resize(dialog.width(), layout.totalHeightForWidth(dialog.width()))
