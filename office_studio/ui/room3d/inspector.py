"""A model for those who make them: its view, its tree, its clips, what it costs. Opened from Make, or by a drop."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHeaderView,
    QSlider,
    QSplitter,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
)

from office_studio.core.gltf.facts import ModelFacts3D, NodeFacts
from office_studio.errors import OfficeStudioError
from office_studio.ui import formats
from office_studio.ui.icons import icon
from office_studio.ui.render.loading import PictureLoader
from office_studio.ui.room3d.inspector_facts import FactsColumn
from office_studio.ui.room3d.model_view import ModelView
from office_studio.ui.room3d.picture import VIEWS
from office_studio.ui.room3d.scene import ModelBounds, ViewOptions
from office_studio.ui.widgets.layouts import button, frame, hbox, label, tool, vbox

if TYPE_CHECKING:
    from office_studio.services.model_store import ModelStore, PreparedModel

_REST = "Rest pose"
_STEPS = 1000  # of the slider
_TOGGLES = (
    ("axes", "Axes: x red, y green, z blue"),
    ("grid", "Grid on the floor"),
    ("wireframe", "Wireframe"),
    ("normals", "Normals as colours"),
    ("lights", "Lights: where they are, where they shine"),
)
_KINDS = {"mesh": "cube", "skinned mesh": "person", "joint": "git-commit", "light": "lightbulb", "group": "folder"}


@dataclass(frozen=True, slots=True)
class _Failed:
    error: OfficeStudioError


class ModelInspector(QFrame):
    """Signals:
    camera_chosen(object): ``camera`` of a manifest, to be written into the theme's ``theme.json``.
    copied(str): words for a toast.
    """

    camera_chosen = Signal(object)
    copied = Signal(str)

    def __init__(
        self, path: Path, root: Path | None = None, *, can_write_camera: bool = False, store: ModelStore | None = None
    ) -> None:
        """``root``: of the theme it belongs to; ``can_write_camera``: it is the room of a theme that can be changed."""
        super().__init__()
        self.setProperty("level", "surface")
        self.path, self._root = path, root
        self._store = store
        self.facts: ModelFacts3D | None = None
        self._cancel = threading.Event()
        self._loader = PictureLoader(self)
        self._loader.arrived.connect(self._on_prepared)
        self.view = ModelView()
        self.tree = _tree()
        self.column = FactsColumn()
        self._build_bar(can_write_camera)
        self._build_clips()
        middle = frame(vbox(self._bar, (self.view, 1), self._clip_bar, spacing=0), "surface")
        self._columns = QSplitter(Qt.Orientation.Horizontal)
        for part in (frame(vbox(self.tree, spacing=0), "surface"), middle, self.column):
            self._columns.addWidget(part)
        self._columns.setChildrenCollapsible(False)
        self._columns.setSizes([220, 720, 280])
        self._columns.setStretchFactor(1, 1)
        self.setLayout(vbox(self._columns, spacing=0))
        self._connect()
        self.load()

    # -- building ------------------------------------------------------------------------------------------
    def _build_bar(self, can_write_camera: bool) -> None:
        self.toggles: dict[str, QToolButton] = {}
        for name, tip in _TOGGLES:
            self.toggles[name] = _toggle(name.capitalize(), tip)
        self.turntable = _toggle("Turntable", "Let it turn on its own")
        self.perspective = _toggle("Perspective", "Near things larger, as an eye sees it")
        self.views = QComboBox()
        self.views.addItem("View from…")
        self.views.addItems([name.capitalize() for name in VIEWS])
        self.views.setAccessibleName("View from")
        self.fit = tool("corners-out", "Show all  0", "mini", 16)
        self.copy_camera = button("Copy camera", "ghost", "copy", "small")
        self.copy_camera.setToolTip('Copies "camera" of theme.json as seen here')
        self.write_camera = button("Use as camera", "ghost", "camera", "small")
        self.write_camera.setToolTip("Writes this view into theme.json; Ctrl+Z takes it back")
        self.write_camera.setVisible(can_write_camera)
        parts = (*self.toggles.values(), self.turntable, self.perspective)
        looks = hbox(*parts, None, margins=(8, 4, 8, 0), spacing=4)
        cameras = hbox(self.views, self.fit, None, self.copy_camera, self.write_camera, margins=(8, 4, 8, 4), spacing=4)
        self._bar = frame(vbox(looks, cameras, spacing=0), "surface", "bottom")

    def _build_clips(self) -> None:
        self.clips = QComboBox()
        self.clips.setAccessibleName("Clip")
        self.clips.setMinimumWidth(140)
        self.play = tool("play", "Play  Space", "mini", 16)
        self.play.setCheckable(True)
        self.scrub = QSlider(Qt.Orientation.Horizontal)
        self.scrub.setRange(0, _STEPS)
        self.scrub.setAccessibleName("Time in the clip")
        self.time = label("", "small-muted")
        self.time.setMinimumWidth(90)
        self._clip_bar = frame(
            hbox(self.clips, self.play, (self.scrub, 1), self.time, margins=(8, 4, 8, 4)), "surface", "top"
        )

    def _connect(self) -> None:
        for toggle in self.toggles.values():
            toggle.toggled.connect(self._set_options)
        self.turntable.toggled.connect(self.view.set_turning)
        self.perspective.toggled.connect(self.view.set_perspective)
        self.views.activated.connect(self._look)
        self.fit.clicked.connect(self.view.look_home)
        self.copy_camera.clicked.connect(self._copy_camera)
        self.write_camera.clicked.connect(lambda: self.camera_chosen.emit(self.manifest_camera()))
        self.clips.currentIndexChanged.connect(self._choose_clip)
        self.play.toggled.connect(self._set_playing)
        self.scrub.valueChanged.connect(self._scrubbed)
        self.view.time_changed.connect(self._show_time)
        self.view.loaded.connect(self._on_loaded)

    # -- loading -------------------------------------------------------------------------------------------
    def load(self) -> None:
        """Read the file, again if it has changed on disk."""
        path, root, cancel = self.path, self._root, self._cancel
        self.view.say(f"Preparing {path.name}…")
        store = self._store

        def work() -> PreparedModel | _Failed:
            from office_studio.services.model_store import shared_store

            try:
                return (store or shared_store()).prepare(path, root, cancel=cancel)
            except OfficeStudioError as error:
                return _Failed(error)

        self._loader.start(path, work)

    def close_page(self) -> None:
        self._cancel.set()
        self._loader.close()
        self.view.close_view()

    def _on_prepared(self, _tag: object, result: Any) -> None:
        if isinstance(result, _Failed):
            self.view.say(formats.sentences(result.error.message, result.error.hint))
        elif isinstance(result, Exception):
            self.view.say(f"{self.path.name} cannot be shown.")
        else:
            self.facts = result.facts
            self.view.show_model(result.path)
            self.column.show_facts(result.facts, _size(self.path))
            _fill(self.tree, result.facts.nodes)

    def _on_loaded(self, bounds: ModelBounds) -> None:
        with QSignalBlocker(self.clips):
            chosen = self.clips.currentText()
            self.clips.clear()
            self.clips.addItem(_REST)
            self.clips.addItems(sorted(bounds.clips))
            self.clips.setCurrentText(chosen if chosen in bounds.clips else _REST)
        has_clips = bool(bounds.clips)
        for part in (self.clips, self.play, self.scrub):
            part.setEnabled(has_clips)
        self.clips.setToolTip("" if has_clips else "The model has no clips")
        self._choose_clip()

    # -- what the buttons do ---------------------------------------------------------------------------------
    def _set_options(self) -> None:
        self.view.set_options(ViewOptions(**{name: toggle.isChecked() for name, toggle in self.toggles.items()}))

    def _look(self, index: int) -> None:
        if index > 0:
            self.view.look_from(VIEWS[list(VIEWS)[index - 1]])
        self.views.setCurrentIndex(0)

    def _choose_clip(self) -> None:
        name = self.clips.currentText()
        self.view.set_clip("" if name == _REST else name)
        self.scrub.setEnabled(self.view.length_s > 0)
        self.play.setEnabled(self.view.length_s > 0)
        self._show_time(0.0)

    def _set_playing(self, is_playing: bool) -> None:
        self.play.setIcon(icon("pause" if is_playing else "play"))
        self.play.setToolTip("Pause  Space" if is_playing else "Play  Space")
        self.view.set_playing(is_playing)

    def _scrubbed(self, value: int) -> None:
        self.view.set_time(self.view.length_s * value / _STEPS)

    def _show_time(self, time_s: float) -> None:
        length_s = self.view.length_s
        self.time.setText(f"{time_s:.2f} of {length_s:.2f} s" if length_s else "")
        with QSignalBlocker(self.scrub):
            self.scrub.setValue(round(time_s / length_s * _STEPS) if length_s else 0)

    def manifest_camera(self) -> dict[str, Any]:
        """``camera`` of a manifest that shows the model from here."""
        kind = "perspective" if self.view.is_perspective else "orthographic"
        position = [round(part * 10, 2) for part in self.view.direction]
        return {"type": kind, "position": position, "target": [0, 0, 0], "zoom": round(self.view.zoom, 3)}

    def _copy_camera(self) -> None:
        QGuiApplication.clipboard().setText(f'"camera": {json.dumps(self.manifest_camera())}')
        self.copied.emit("Camera, to be put into theme.json")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.play.isEnabled():
            self.play.toggle()
        else:
            super().keyPressEvent(event)


# -- inside ----------------------------------------------------------------------------------------------------------
def _toggle(words: str, tip: str) -> QToolButton:
    made = QToolButton()
    made.setText(words)
    made.setProperty("kind", "filter")
    made.setCheckable(True)
    made.setToolTip(tip)
    made.setAccessibleName(words)
    return made


def _tree() -> QTreeWidget:
    tree = QTreeWidget()
    tree.setHeaderLabels(["Node", "Triangles"])
    tree.setAccessibleName("Hierarchy")
    tree.setFrameShape(QFrame.Shape.NoFrame)
    tree.setUniformRowHeights(True)
    tree.setMinimumWidth(180)
    tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    header = tree.header()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    return tree


def _fill(tree: QTreeWidget, nodes: tuple[NodeFacts, ...]) -> None:
    tree.clear()
    items: list[QTreeWidgetItem] = []
    for node in nodes:
        item = QTreeWidgetItem([node.name, formats.quantity(node.triangles) if node.triangles else ""])
        item.setIcon(0, icon(_KINDS.get(node.kind, "folder"), "text_faint"))
        item.setToolTip(0, node.kind if node.original_name == node.name else f"{node.kind}, {node.original_name}")
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        items.append(item)
    for item, node in zip(items, nodes, strict=True):
        if 0 <= node.parent < len(items):
            items[node.parent].addChild(item)
        elif node.is_shown:
            tree.addTopLevelItem(item)
    tree.expandToDepth(1)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
