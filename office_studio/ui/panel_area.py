"""One of the three places for panels: a dock, or, in a narrow window, a sheet over the stage."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QDockWidget, QFrame, QMainWindow, QStackedWidget, QWidget

from office_studio.ui.panels import Area
from office_studio.ui.theming import theme
from office_studio.ui.widgets.layouts import vbox

_DOCK_AREAS = {
    Area.LEFT: Qt.DockWidgetArea.LeftDockWidgetArea,
    Area.RIGHT: Qt.DockWidgetArea.RightDockWidgetArea,
    Area.BOTTOM: Qt.DockWidgetArea.BottomDockWidgetArea,
}


class PanelArea(QObject):
    """Shows one panel at a time. Docked it shares the window's width; over the stage it hides part of it.

    Signals:
        shown_changed(bool): by the user or by the program.
    """

    shown_changed = Signal(bool)

    def __init__(self, window: QMainWindow, area: Area) -> None:
        super().__init__(window)
        self.area = area
        self._window = window
        self._stack = QStackedWidget()
        self._dock = QDockWidget(window)
        self._dock.setObjectName(f"dock-{area}")
        self._dock.setTitleBarWidget(QWidget())  # our panels have their own head
        self._dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
        self._dock.setWidget(self._stack)
        window.addDockWidget(_DOCK_AREAS[area], self._dock)
        self._sheet: QFrame | None = None
        self._host: QWidget | None = None
        self._is_over = False
        self._wanted = False
        limits = theme().tokens["size"][f"panel_{area}"]
        self.default_size: int = limits["default"]
        if area is Area.BOTTOM:
            self._stack.setMinimumHeight(limits["min"])
        else:
            self._stack.setMinimumWidth(limits["min"])
            self._stack.setMaximumWidth(limits["max"])

    # -- state -------------------------------------------------------------------------------------
    @property
    def is_shown(self) -> bool:
        return self._wanted

    @property
    def is_over_stage(self) -> bool:
        return self._is_over

    @property
    def size(self) -> int:
        return self._stack.height() if self.area is Area.BOTTOM else self._stack.width()

    def current(self) -> QWidget | None:
        return self._stack.currentWidget()

    def show_panel(self, panel: QWidget | None) -> None:
        """Put ``panel`` on top; None leaves the place empty and hidden."""
        if panel is not None:
            if self._stack.indexOf(panel) < 0:
                self._stack.addWidget(panel)
            self._stack.setCurrentWidget(panel)

    def set_shown(self, is_shown: bool) -> None:
        changed = is_shown != self._wanted
        self._wanted = is_shown
        self._apply()
        if changed:
            self.shown_changed.emit(is_shown)

    def resize_to(self, size: int) -> None:
        if not self._is_over:
            way = Qt.Orientation.Vertical if self.area is Area.BOTTOM else Qt.Orientation.Horizontal
            self._window.resizeDocks([self._dock], [size or self.default_size], way)

    def set_over(self, host: QWidget, is_over: bool) -> None:
        """Whether the panel lies over ``host`` instead of beside it."""
        self._host = host
        if is_over == self._is_over:
            return
        self._is_over = is_over
        if is_over:
            self._sheet = _Sheet(host, self.area)
            self._sheet.layout().addWidget(self._stack)
            host.installEventFilter(self)
        else:
            host.removeEventFilter(self)
            self._dock.setWidget(self._stack)
            if self._sheet is not None:
                self._sheet.deleteLater()
                self._sheet = None
        self._stack.show()
        self._apply()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _apply(self) -> None:
        self._dock.setVisible(self._wanted and not self._is_over)
        if self._sheet is not None:
            self._sheet.setVisible(self._wanted)
            self._place()

    def _place(self) -> None:
        if self._sheet is None or self._host is None:
            return
        width = min(self.default_size, self._host.width() - 48)
        x = self._host.width() - width if self.area is Area.RIGHT else 0
        self._sheet.setGeometry(x, 0, width, self._host.height())
        self._sheet.raise_()


class _Sheet(QFrame):
    def __init__(self, host: QWidget, area: Area) -> None:
        super().__init__(host)
        self.setProperty("level", "surface")
        self.setProperty("edge", "left" if area is Area.RIGHT else "right")
        self.setLayout(vbox(spacing=0))
