"""The middle of the window: banner on top, the stage, and what floats in its corners, never over its middle."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QLabel, QStackedLayout, QToolButton, QWidget

from office_studio.core.theme.viewport import FitMode
from office_studio.ui.icons import icon
from office_studio.ui.render.minimap import Minimap
from office_studio.ui.render.office_stage import OfficeStage
from office_studio.ui.widgets.basics import EmptyState, Glyph
from office_studio.ui.widgets.floating import Banner, Floating, ToastStack
from office_studio.ui.widgets.layouts import hbox, label, tool, vbox, vertical_line

_MARGIN = 14


class StageFrame(QWidget):
    """Holds the one stage that Watch and Assign share."""

    def __init__(self, stage: OfficeStage) -> None:
        super().__init__()
        self.stage = stage
        self.banner = Banner()
        self.theme_banner = Banner()  # of the theme's files, while they cannot be read
        self.nothing = EmptyState("palette", "No theme", "Choose a theme to draw the office.")
        self._host = QWidget()
        self._host.setMinimumSize(360, 240)
        self._stack = QStackedLayout(self._host)
        self._stack.addWidget(stage)
        self._stack.addWidget(self.nothing)
        self.setLayout(vbox(self.banner, self.theme_banner, (self._host, 1), spacing=0))
        self._build_zoom_bar()
        self._build_mode_pill()
        self._build_follow_chip()
        self.minimap = Minimap(stage, self._host)
        self.minimap.shown_changed.connect(self._place)
        self.toasts = ToastStack(self._host)
        self._host.installEventFilter(self)
        stage.zoom_changed.connect(self._on_zoom_changed)
        stage.fit_changed.connect(self._on_fit_changed)

    def show_nothing(self, title: str, words: str) -> None:
        """There is no picture to show: say why."""
        self.nothing.say("palette", title, words)
        self._stack.setCurrentWidget(self.nothing)
        self._zoom_bar.hide()
        self.minimap.hide()

    def show_stage(self) -> None:
        self._stack.setCurrentWidget(self.stage)
        self._zoom_bar.show()
        self._place()

    def set_assign_mode(self, is_on: bool) -> None:
        self._mode_pill.setVisible(is_on)
        self.assign.setChecked(is_on)
        self._place()

    def set_minimap_wanted(self, wanted: bool) -> None:
        self.minimap.set_wanted(wanted)

    def show_sound(self, is_there: bool, is_on: bool) -> None:
        """The loudspeaker in the corner, for themes that have a sound."""
        self.sound.setVisible(is_there)
        self.sound.setChecked(is_on)
        self.sound.setIcon(icon("speaker-high" if is_on else "speaker-slash"))
        self.sound.setToolTip("Turn the sound off" if is_on else "Turn the sound of this theme on")
        self._place()

    def show_following(self, name: str) -> None:
        """Who is followed; "" for nobody."""
        self.follow.setChecked(bool(name))
        self._follow_words.setText(f"Following {name}")
        self._follow_chip.setVisible(bool(name))
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
        self.assign = tool("armchair", "Assign mode  A", "mini", 16, checkable=True)
        self.sound = tool("speaker-slash", "Turn the sound of this theme on", "mini", 16, checkable=True)
        self.sound.hide()
        self.options = tool("sliders-horizontal", "View options", "mini", 16)
        parts = (self._zoom_out, self.zoom_label, self._zoom_in, vertical_line(), self._fit, self.follow)
        parts = (*parts, self.assign, self.sound, self.options)
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

    def _build_follow_chip(self) -> None:
        self._follow_words = label("", "strong")
        self.stop_following = tool("x", "Stop following  Esc", "mini", 14)
        parts = (Glyph("person-simple-run", "accent", 16), self._follow_words, self.stop_following)
        self._follow_chip = Floating(hbox(*parts, margins=(10, 3, 4, 3), spacing=8), self._host, radius=8, pad=12)
        self._follow_chip.hide()

    def _on_fit_changed(self, mode: FitMode) -> None:
        self._fit.setToolTip("Fill the view  0" if mode is FitMode.CONTAIN else "Fit the whole room  0")

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
        self._follow_chip.adjustSize()
        self._follow_chip.move_visible(self._host.width() - self._follow_chip.visible_size()[0] - 12, 12)
        self._follow_chip.raise_()
        floating = [s for s in (self._zoom_bar, self._mode_pill, self._follow_chip) if not s.isHidden()]
        taken = [surface.visible_geometry() for surface in floating]
        if not self.minimap.isHidden():
            x, y = self._host.width() - self.minimap.width() - _MARGIN, self._host.height() - height - _MARGIN
            self.minimap.move(x, y - self.minimap.height() - 10)
            self.minimap.raise_()
            taken.append(self.minimap.geometry())
        self.stage.keep_free(taken)
