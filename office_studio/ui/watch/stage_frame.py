"""The middle of the window: banner on top, the stage, and what floats in its corners, never over its middle."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QLabel, QStackedLayout, QToolButton, QWidget

from office_studio.ui.render.stage_view import StageView
from office_studio.ui.widgets.basics import EmptyState, Glyph
from office_studio.ui.widgets.floating import Banner, Floating, ToastStack
from office_studio.ui.widgets.layouts import hbox, label, tool, vbox, vertical_line

_MARGIN = 14


class StageFrame(QWidget):
    """Holds the one stage that Watch and Assign share."""

    def __init__(self, stage: StageView) -> None:
        super().__init__()
        self.stage = stage
        self.banner = Banner()
        self.nothing = EmptyState("palette", "No theme", "Choose a theme to draw the office.")
        self._host = QWidget()
        self._host.setMinimumSize(360, 240)
        self._stack = QStackedLayout(self._host)
        self._stack.addWidget(stage)
        self._stack.addWidget(self.nothing)
        self.setLayout(vbox(self.banner, (self._host, 1), spacing=0))
        self._build_zoom_bar()
        self._build_mode_pill()
        self.toasts = ToastStack(self._host)
        self._host.installEventFilter(self)
        stage.zoom_changed.connect(self._on_zoom_changed)

    def show_nothing(self, title: str, words: str) -> None:
        """There is no picture to show: say why."""
        self.nothing.say("palette", title, words)
        self._stack.setCurrentWidget(self.nothing)
        self._zoom_bar.hide()

    def show_stage(self) -> None:
        self._stack.setCurrentWidget(self.stage)
        self._zoom_bar.show()
        self._place()

    def set_assign_mode(self, is_on: bool) -> None:
        self._mode_pill.setVisible(is_on)
        self._place()

    # -- corners -----------------------------------------------------------------------------------
    def _build_zoom_bar(self) -> None:
        self._zoom_out = tool("minus", "Zoom out  −", "mini", 14)
        self._zoom_in = tool("plus", "Zoom in  +", "mini", 14)
        self._fit = tool("frame-corners", "Fit to window  0", "mini", 16)
        self.follow = tool("person-simple-run", "Follow the selected agent  Shift+F", "mini", 16, checkable=True)
        self.zoom_label: QLabel = label("100 %", "small-muted")
        self.zoom_label.setFixedWidth(44)
        self.zoom_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.zoom_label.setAccessibleName("Zoom")
        parts = (self._zoom_out, self.zoom_label, self._zoom_in, vertical_line(), self._fit, self.follow)
        content = hbox(*parts, margins=(4, 2, 4, 2), spacing=2)
        self._zoom_bar = Floating(content, self._host, radius=8, pad=12)
        self._zoom_out.clicked.connect(self.stage.zoom_out)
        self._zoom_in.clicked.connect(self.stage.zoom_in)
        self._fit.clicked.connect(self.stage.fit)
        for button in self._zoom_bar.findChildren(QToolButton):
            button.setAutoRaise(True)

    def _build_mode_pill(self) -> None:
        words = label("Drag an agent onto a seat, or press Ctrl+M", "small-muted")
        parts = (Glyph("armchair-fill", "accent", 16), label("Assign mode", "strong"), words, label("A", "key"))
        content = hbox(*parts, margins=(10, 5, 8, 5), spacing=8)
        self._mode_pill = Floating(content, self._host, radius=8, pad=12)
        self._mode_pill.hide()

    def _on_zoom_changed(self, percent: float) -> None:
        self.zoom_label.setText(f"{round(percent)} %")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._place()
        return False

    def _place(self) -> None:
        self._zoom_bar.adjustSize()
        width, height = self._zoom_bar.visible_size()
        self._zoom_bar.move_visible(self._host.width() - width - _MARGIN, self._host.height() - height - _MARGIN)
        self._zoom_bar.raise_()
        self._mode_pill.adjustSize()
        self._mode_pill.move_visible(12, 12)
        self._mode_pill.raise_()
        floating = [surface for surface in (self._zoom_bar, self._mode_pill) if not surface.isHidden()]
        self.stage.keep_free([surface.visible_geometry() for surface in floating])
