"""Temporary folders of this process, and those that processes before left behind when they were killed."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import threading
import time
from pathlib import Path

PREFIX = "office-studio-ui-"
_UNNAMED_LIVE_S = 7 * 24 * 3600.0  # a folder that does not say whose it is may be removed when it is older


def make_folder() -> Path:
    """A folder that is removed when the process ends. Folders of processes that are gone are removed meanwhile."""
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    threading.Thread(target=sweep, args=(folder.parent,), name="scratch-sweep", daemon=True).start()
    return folder


def sweep(parent: Path) -> list[Path]:
    """Remove what is left in ``parent`` of our processes that are gone; returns what was removed.

    Only real folders of this user with our name, never links; a folder whose process still runs, or may, stays.
    """
    removed = []
    for folder in parent.glob(f"{PREFIX}*"):
        try:
            if folder.is_symlink() or not folder.is_dir() or not _is_mine(folder) or not _is_left(folder):
                continue
            shutil.rmtree(folder)
        except OSError:
            continue  # in use, or somebody else was quicker
        removed.append(folder)
    return removed


def _is_mine(folder: Path) -> bool:
    return not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()


def _is_left(folder: Path) -> bool:
    number = folder.name.removeprefix(PREFIX).split("-")[0]
    age_s = time.time() - folder.stat().st_mtime
    if not number.isdigit() or os.name == "nt":  # there, asking for a process by its number may end it
        return age_s > _UNNAMED_LIVE_S
    return not _runs(int(number))


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
