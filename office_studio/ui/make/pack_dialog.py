"""Packing a theme: what takes how much room, what stays out and why, where to put the zip."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QProgressBar, QStackedLayout, QWidget

from office_studio.errors import OfficeStudioError
from office_studio.ui import formats
from office_studio.ui.file_manager import documents_folder, short_path
from office_studio.ui.make.library_page import Segments
from office_studio.ui.make.size_map import SizeMap, leaf_words
from office_studio.ui.make.treemap import size_groups
from office_studio.ui.widgets.basics import ElidingLabel, EmptyState, Paragraph
from office_studio.ui.widgets.layouts import button, hbox, label, vbox

if TYPE_CHECKING:
    from office_studio.core.packing.plan import PlannedFile
    from office_studio.services.theme_packer import PackedTheme
    from office_studio.ui.jobs import Jobs
    from office_studio.ui.make.treemap import Leaf

_PACKED, _LEFT_OUT = "Packed", "Left out"
_REFRESH_MS = 100


class _Cancelled(OfficeStudioError):
    """Thrown into the packer, which then leaves nothing behind."""


class PackDialog(QDialog):
    """Closed while it packs, it goes on; the result is told by signals.

    Signals:
        packed(PackedTheme)
        failed(OfficeStudioError): while it was closed; else it says it itself.
        problems_requested(Path)
    """

    packed = Signal(object)
    failed = Signal(object)
    problems_requested = Signal(object)

    def __init__(self, path: Path, name: str, jobs: Jobs, parent: QWidget | None, folder: Path | None = None) -> None:
        """``folder``: where the zip goes unless another is chosen; None: beside the theme."""
        super().__init__(parent)
        self.path, self._name = path, name
        self.target = (folder or path.parent) / f"{path.stem if path.suffix else path.name}.zip"
        if self.target == path:
            self.target = path.with_name(f"{path.stem}-packed.zip")
        self.plan: tuple[PlannedFile, ...] = ()
        self.is_running = self._is_cancelled = False
        self._written = (0, 0)
        self._scope = jobs.scope()
        self._ticks = QTimer(self, interval=_REFRESH_MS)
        self._ticks.timeout.connect(self._show_written)
        self._build()
        self._read()

    def _build(self) -> None:
        self.setWindowTitle(f"Pack {self._name}")
        self._title, self._facts = label(f"Pack {self._name}", "heading"), ElidingLabel("Reading…", "muted")
        self.which = Segments((_PACKED, _LEFT_OUT), "Show files")
        self.map = SizeMap()
        self._nothing = EmptyState("package", "Nothing here", "")
        body = QWidget()
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self.map)
        self._stack.addWidget(self._nothing)
        self.pointed = ElidingLabel("", "small-muted")
        self._where, self._choose = (
            ElidingLabel(short_path(self.target), "mono-muted"),
            button("Choose…", density="small"),
        )
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Packed")
        self._words = Paragraph("", "small")
        self.problems_button = button("Show problems", "ghost")
        self.close_button, self.pack_button = button("Cancel", "ghost"), button("Pack", "primary")
        self.pack_button.setDefault(True)
        foot = hbox(self.problems_button, None, self.close_button, self.pack_button)
        self.setLayout(
            vbox(hbox((vbox(self._title, self._facts, spacing=2), 1), self.which), (body, 1), self.pointed,
                 hbox(label("To", "muted"), (self._where, 1), self._choose), self._bar, self._words, foot,
                 margins=(24, 20, 24, 18), spacing=10)
        )  # fmt: skip
        for part in (self._bar, self._words, self.problems_button):
            part.hide()
        room = self.parentWidget().size() if self.parentWidget() is not None else self.size()
        self.resize(min(980, room.width() - 80), min(680, room.height() - 80))
        self.which.chosen.connect(self._show_plan)
        self.map.pointed.connect(self._on_pointed)
        self._choose.clicked.connect(self._choose_target)
        self.problems_button.clicked.connect(self._on_problems)
        self.close_button.clicked.connect(self._on_cancel)
        self.pack_button.clicked.connect(self.pack)
        self.pack_button.setEnabled(False)

    # -- what would be packed ------------------------------------------------------------------------
    def _read(self) -> None:
        path = self.path

        def work() -> tuple[PlannedFile, ...]:
            from office_studio.services.theme_packer import plan_pack

            return plan_pack(path)

        self._scope.run_blocking(work, self._on_planned, self._on_failed)

    def _on_planned(self, plan: tuple[PlannedFile, ...]) -> None:
        self.plan = plan
        self.pack_button.setEnabled(True)
        self._facts.setText(" · ".join(filter(None, (self._sum(packed=True), self._sum(packed=False)))))
        self._show_plan()

    def _sum(self, *, packed: bool) -> str:
        files = [item for item in self.plan if item.packed is packed]
        size = formats.size(sum(item.size_bytes for item in files))
        if not packed:
            return f"{len(files)} left out, {size}" if files else "nothing left out"
        return f"{formats.plural(len(files), 'file')}, {size} before packing"

    def _show_plan(self, *_: object) -> None:
        groups = size_groups(self.plan, packed=self.which.current == _PACKED)
        self.map.show_groups(groups)
        if not groups:
            self._nothing.say("check-circle", "Nothing is left out", "Every file of the theme goes into the zip.")
        self._stack.setCurrentWidget(self.map if groups else self._nothing)

    def _on_pointed(self, leaf: Leaf | None) -> None:
        self.pointed.setText(leaf_words(leaf) if leaf is not None else "")

    def _choose_target(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, "Pack the theme", str(self.target), "Theme packages (*.zip)")
        if chosen:
            self.target = Path(chosen)
            self._where.setText(short_path(self.target))

    # -- packing -------------------------------------------------------------------------------------
    def pack(self) -> None:
        if self.is_running:
            return
        self.is_running, self._is_cancelled, self._written = True, False, (0, 0)
        self._say("Checking every file", running=True)
        self._ticks.start()
        path, target = self.path, self.target

        def note(done: int, total: int) -> None:
            if self._is_cancelled:
                raise _Cancelled("PACK_CANCELLED", "Not packed.")
            self._written = (done, total)

        def work() -> PackedTheme:
            from office_studio.services.theme_packer import pack_theme

            return pack_theme(path, target, note)

        self._scope.run_blocking(work, self._on_packed, self._on_failed)

    def _show_written(self) -> None:
        done, total = self._written
        self._bar.setRange(0, 1000 if total else 0)
        if total:
            self._bar.setValue(round(1000 * done / total))
            self._words.set_words(
                f"Packing, {formats.size(done)} of {formats.size(total)}" if done < total else "Reading the zip back"
            )

    def _end(self) -> None:
        self.is_running = False
        self._ticks.stop()

    def _on_packed(self, packed: PackedTheme) -> None:
        self._end()
        self.packed.emit(packed)
        self.accept()

    def _on_failed(self, error: OfficeStudioError) -> None:
        self._end()
        if isinstance(error, _Cancelled):
            self.reject()
            return
        if not self.isVisible() and self.plan:
            self.failed.emit(error)
            return
        has_errors = error.code == "PACKAGE_HAS_ERRORS"
        self._say(formats.sentences(error.message, "" if has_errors else error.hint), running=False)
        self.problems_button.setVisible(has_errors or not self.plan)
        if not self.plan:
            self._facts.setText("")
            self._nothing.say("warning", "It cannot be packed", "See its problems.")
            self._stack.setCurrentWidget(self._nothing)

    def _say(self, words: str, *, running: bool) -> None:
        self._words.set_words(words)
        self._words.show()
        self._bar.setVisible(running)
        self._bar.setRange(0, 0)
        self.problems_button.hide()
        self.pack_button.setEnabled(not running and bool(self.plan))
        self._choose.setEnabled(not running)
        self.close_button.setText("Cancel")

    def _on_cancel(self) -> None:
        if self.is_running:
            self._is_cancelled = True
            self._words.set_words("Stopping")
        else:
            self.reject()

    def _on_problems(self) -> None:
        self.problems_requested.emit(self.path)
        self.reject()

    def reject(self) -> None:
        """Esc: packing goes on behind."""
        super().reject()
        if not self.is_running:
            self.end()

    def accept(self) -> None:
        super().accept()
        self.end()

    def end(self) -> None:
        self._ticks.stop()
        self._scope.close()
        self.deleteLater()


def open_pack_dialog(path: Path, name: str, jobs: Jobs, parent: QWidget, *, is_bundled: bool) -> PackDialog:
    """The folder of bundled themes is the program's own, and often cannot be written to."""
    dialog = PackDialog(path, name, jobs, parent, documents_folder() if is_bundled else None)
    dialog.failed.connect(partial(_drop, dialog))
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    dialog.show()
    dialog.map.setFocus(Qt.FocusReason.OtherFocusReason)
    return dialog


def _drop(dialog: PackDialog, _error: object) -> None:
    dialog.end()
