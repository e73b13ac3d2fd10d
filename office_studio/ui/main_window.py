"""The window: header, rail, panels around the stage, status bar. It arranges; ``studio.py`` decides what happens."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QEvent, Qt, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QStatusBar, QWidget

from office_studio.ui.office_store import OfficeStore
from office_studio.ui.panel_area import PanelArea
from office_studio.ui.panels import WORKSPACES, Area, WorkspaceSpec
from office_studio.ui.watch.stage_frame import StageFrame
from office_studio.ui.widgets.header import Header
from office_studio.ui.widgets.pages import Pages
from office_studio.ui.widgets.rail import Rail
from office_studio.ui.widgets.status_bar import StatusBar
from office_studio.ui.window_memory import PanelMemory, WindowMemory

MINIMUM_SIZE = (880, 560)
RIGHT_OVER_BELOW, LEFT_OVER_BELOW, BIG_FROM = 1100, 900, 1600
# Panels get a little more room in a big window, as long as nobody has sized them.
_SIZES = {Area.LEFT: (250, 288), Area.RIGHT: (280, 328), Area.BOTTOM: (168, 236)}


class MainWindow(QMainWindow):
    """Signals:
    workspace_changed(str)
    files_dropped(object): list of local paths dropped anywhere on the window.
    closing()
    """

    workspace_changed = Signal(str)
    files_dropped = Signal(object)
    closing = Signal()

    def __init__(
        self,
        store: OfficeStore,
        stage_frame: StageFrame,
        memory: WindowMemory,
        panel: Callable[[str], QWidget],
        center: Callable[[WorkspaceSpec], QWidget],
    ) -> None:
        super().__init__()
        self.setObjectName("main")
        self.setWindowTitle("Office Studio")
        self.setMinimumSize(*MINIMUM_SIZE)
        self.setAcceptDrops(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._memory, self._make_panel, self._make_center = memory, panel, center
        self._office_key = ""
        self._panels: dict[str, QWidget] = {}
        self._centers: dict[str, QWidget] = {}
        self.workspace = ""
        self._are_panels_filled = False  # the stage is painted before the panels around it are made
        self.header = Header(store)
        self.setMenuWidget(self.header)
        self.rail = Rail()
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, self.rail)
        self.stage_frame = stage_frame
        self.center = Pages()
        self.center.addWidget(stage_frame)
        self.setCentralWidget(self.center)
        self.setDockOptions(QMainWindow.DockOption(0))
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.areas = {area: PanelArea(self, area) for area in Area}
        self._build_status_bar(store)
        self._build_rail()
        self._connect_switches()

    # -- building ----------------------------------------------------------------------------------
    def _build_status_bar(self, store: OfficeStore) -> None:
        self.status = StatusBar(store)
        bar = QStatusBar()
        bar.setSizeGripEnabled(False)
        bar.setFixedHeight(26)
        bar.setContentsMargins(0, 0, 0, 0)
        bar.addWidget(self.status, 1)
        if bar.layout() is not None:
            bar.layout().setContentsMargins(0, 0, 0, 0)
        self.setStatusBar(bar)

    def _build_rail(self) -> None:
        for spec in WORKSPACES.values():
            button = self.rail.add(spec.id, spec.glyph, spec.title, spec.shortcut)
            button.clicked.connect(lambda _checked=False, key=spec.id: self.show_workspace(key))
        self.alerts_button = self.rail.add("alerts", "bell", "Alerts", "Ctrl+Shift+N", at_foot=True)
        self.settings_button = self.rail.add("settings", "gear-six", "Settings", "Ctrl+,", at_foot=True)

    def _connect_switches(self) -> None:
        switches = {
            Area.LEFT: self.header.left_switch,
            Area.RIGHT: self.header.right_switch,
            Area.BOTTOM: self.header.bottom_switch,
        }
        for area, switch in switches.items():
            switch.clicked.connect(lambda checked, area=area: self.set_panel_shown(area, checked))
            self.areas[area].shown_changed.connect(switch.setChecked)
        self._switches = switches

    # -- workspaces and panels ---------------------------------------------------------------------
    def set_office_key(self, key: str) -> None:
        """Layouts are remembered per office; ``key`` names the one whose layout counts now."""
        if key != self._office_key:
            self._remember_panels()
            self._office_key = key
            if self.workspace:
                self._restore_panels()

    def show_workspace(self, key: str) -> None:
        spec = WORKSPACES.get(key, WORKSPACES["watch"])
        self.rail.show_place(spec.id)
        if spec.id == self.workspace:
            return
        self._remember_panels()
        self.workspace = spec.id
        self._memory.workspace = spec.id
        if spec.has_stage:
            self.center.setCurrentWidget(self.stage_frame)
        else:
            if spec.id not in self._centers:
                self._centers[spec.id] = self._make_center(spec)
                self.center.addWidget(self._centers[spec.id])
            self.center.setCurrentWidget(self._centers[spec.id])
        self.header.show_theme_picker(spec.has_stage)
        self._restore_panels()
        self.workspace_changed.emit(spec.id)

    def fill_panels(self) -> None:
        """Make the panels of this workspace; until then their places are empty."""
        self._are_panels_filled = True
        self._restore_panels()

    def panel(self, panel_id: str) -> QWidget:
        """The panel, made now if no workspace has shown it yet."""
        if panel_id not in self._panels:
            self._panels[panel_id] = self._make_panel(panel_id)
        return self._panels[panel_id]

    def set_panel_shown(self, area: Area, is_shown: bool) -> None:
        if self._panel_in(area) is None:
            self._switches[area].setChecked(False)
            return
        memory = self._panel_memory(area)
        if not self.areas[area].is_over_stage:  # a short look in a narrow window says nothing of a wide one
            memory.is_shown = is_shown
        self.areas[area].set_shown(is_shown)
        if is_shown:
            self.areas[area].resize_to(memory.size or self._default_size(area))

    def toggle_panel(self, area: Area) -> None:
        self.set_panel_shown(area, not self.areas[area].is_shown)

    def reset_layout(self) -> None:
        self._memory.forget_layout(self._office_key, self.workspace)
        self._restore_panels()

    def shown_panels(self) -> list[QWidget]:
        """For moving the focus from panel to panel: left, stage, right, bottom."""
        order = (Area.LEFT, None, Area.RIGHT, Area.BOTTOM)
        found = [self.center if area is None else self.areas[area].current() for area in order]
        shown = [area is None or self.areas[area].is_shown for area in order]
        return [widget for widget, is_shown in zip(found, shown, strict=True) if widget is not None and is_shown]

    def _panel_in(self, area: Area) -> str | None:
        from office_studio.ui.panels import PANELS

        spec = WORKSPACES.get(self.workspace)
        return next((key for key in spec.panels if PANELS[key].area is area), None) if spec else None

    def _panel_memory(self, area: Area) -> PanelMemory:
        return self._memory.panel(self._office_key, self.workspace, area.value)

    def _default_size(self, area: Area) -> int:
        return _SIZES[area][1 if self.width() >= BIG_FROM else 0]

    def _restore_panels(self) -> None:
        self._apply_width()
        for area, place in self.areas.items():
            panel_id = self._panel_in(area)
            self._switches[area].setEnabled(panel_id is not None)
            if panel_id is None:
                place.set_shown(False)
                continue
            if self._are_panels_filled:
                place.show_panel(self.panel(panel_id))
            memory = self._panel_memory(area)
            place.set_shown(memory.is_shown and not place.is_over_stage)
            if place.is_shown:
                place.resize_to(memory.size or self._default_size(area))

    def _remember_panels(self) -> None:
        if not self.workspace or not self.isVisible():
            return
        for area, place in self.areas.items():
            if self._panel_in(area) is not None and place.is_shown and not place.is_over_stage:
                size = place.size
                memory = self._panel_memory(area)
                if self._is_tight(area) and size < (memory.size or self._default_size(area)):
                    continue  # the window is too small for what is wanted
                # Only what the user dragged is kept, so that defaults still follow the size of the window.
                if memory.size or abs(size - self._default_size(area)) > 2:
                    memory.size = size

    def _is_tight(self, area: Area) -> bool:
        """Whether the window is too small for the panels of this direction as they are wanted."""
        middle = self.center.minimumSizeHint()
        if area is Area.BOTTOM:
            around = self.header.height() + self.statusBar().height()
            needed, there, areas = middle.height() + around, self.height(), (Area.BOTTOM,)
        else:
            needed, there, areas = middle.width() + self.rail.width(), self.width(), (Area.LEFT, Area.RIGHT)
        docked = [one for one in areas if self.areas[one].is_shown and not self.areas[one].is_over_stage]
        return needed + sum(self._panel_memory(one).size or self._default_size(one) for one in docked) > there

    def give_back_room(self) -> None:
        """Panels are as wide as they were dragged, else as usual in a window of this size, once there is room.

        A small window or a wide page may have squeezed them.
        """
        for area, place in self.areas.items():
            if self._panel_in(area) is not None and place.is_shown and not place.is_over_stage:
                wanted = self._panel_memory(area).size or self._default_size(area)
                if place.size != wanted and not self._is_tight(area):
                    place.resize_to(wanted)

    def _apply_width(self) -> None:
        limits = {Area.RIGHT: RIGHT_OVER_BELOW, Area.LEFT: LEFT_OVER_BELOW}
        for area, below in limits.items():
            place, is_over = self.areas[area], self.width() < below
            if is_over != place.is_over_stage:
                place.set_over(self.center, is_over)
                wanted = self._panel_in(area) is not None and not is_over and self._panel_memory(area).is_shown
                place.set_shown(wanted)
                if wanted:
                    place.resize_to(self._panel_memory(area).size or self._default_size(area))

    # -- events ------------------------------------------------------------------------------------
    def event(self, event: QEvent) -> bool:
        is_handled = super().event(event)
        if event.type() is QEvent.Type.MouseButtonRelease and self.workspace:
            self._remember_panels()  # a border between panels was dragged, perhaps: what is smaller now is meant so
        return is_handled

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.workspace:
            self._apply_width()
            self.give_back_room()

    def remember(self) -> None:
        """Put the present shape of the panels into the memory, to be saved."""
        self._remember_panels()

    def geometry_text(self) -> str:
        return bytes(self.saveGeometry().toBase64().data()).decode("ascii")

    def restore_geometry(self, text: str) -> bool:
        return bool(text) and self.restoreGeometry(QByteArray.fromBase64(text.encode("ascii")))

    def toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.remember()
        self.closing.emit()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _local_paths(event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = _local_paths(event.mimeData().urls())
        if paths:
            event.acceptProposedAction()
            self.files_dropped.emit(paths)


def _local_paths(urls: list[QUrl]) -> list[str]:
    return [url.toLocalFile() for url in urls if url.isLocalFile()]
