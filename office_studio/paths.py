"""Where things lie: bundled files (checkout or wheel) and the user's folders (platformdirs)."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import PlatformDirs

_PACKAGE = Path(__file__).resolve().parent
_DIRS = PlatformDirs("office-studio", appauthor=False)


def bundled_dir() -> Path:
    """Folder that holds ``themes`` and ``resources``: inside the wheel, or the root of the checkout."""
    wheel = _PACKAGE / "_bundled"
    return wheel if wheel.is_dir() else _PACKAGE.parent


def resources_dir() -> Path:
    return bundled_dir() / "resources"


def bundled_themes_dir() -> Path:
    return bundled_dir() / "themes"


def _user_dir(name: str, default: str) -> Path:
    # One variable moves everything, so that tests and portable installs leave the home folder alone.
    home = os.environ.get("OFFICE_STUDIO_HOME")
    path = Path(home) / name if home else Path(default)
    path.mkdir(parents=True, exist_ok=True)
    return path


def data_dir() -> Path:
    return _user_dir("data", _DIRS.user_data_dir)


def config_dir() -> Path:
    return _user_dir("config", _DIRS.user_config_dir)


def cache_dir() -> Path:
    return _user_dir("cache", _DIRS.user_cache_dir)


def log_dir() -> Path:
    return _user_dir("log", _DIRS.user_log_dir)
