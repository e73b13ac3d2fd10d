"""Files and folders for people: shown in the desktop's own file manager, named the short way."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices


def reveal(path: Path) -> bool:
    """Open ``path``, or the folder a file lies in; whether the desktop took it."""
    folder = path if path.is_dir() else path.parent
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def short_path(path: Path) -> str:
    """ "~/themes/loft": what lies in the user's own folder is named from there."""
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(path)


def documents_folder() -> Path:
    """Where the user keeps documents; the own folder where there is none."""
    found = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation) or Path.home())
    return found if found.is_dir() else Path.home()
