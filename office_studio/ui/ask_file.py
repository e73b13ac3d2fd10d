"""Asking for a file without waiting for the answer in a nested event loop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def ask_to_save(window: QWidget, title: str, name: str, files: str, then: Callable[[Path], object]) -> QFileDialog:
    """Ask where to write; ``name`` is offered, a file that is there is confirmed by the dialog.

    Args:
        files: Which files are shown, as Qt writes it: ``"Seat plans (*.json)"``.
        then: Called with the path, unless the user changes their mind.
    """
    dialog = _dialog(window, title, files, then)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(name)
    dialog.open()
    return dialog


def ask_to_open(window: QWidget, title: str, files: str, then: Callable[[Path], object]) -> QFileDialog:
    """Ask for a file that is there. Arguments as of :func:`ask_to_save`."""
    dialog = _dialog(window, title, files, then)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.open()
    return dialog


def _dialog(window: QWidget, title: str, files: str, then: Callable[[Path], object]) -> QFileDialog:
    dialog = QFileDialog(window, title, "", files)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: then(Path(path)))
    return dialog
