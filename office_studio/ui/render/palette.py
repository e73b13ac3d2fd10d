"""The scene's own few colours. They are the same in dark and light mode, because they lie on a picture, not on chrome.

Status colours are the bright marks of the design tokens, which were checked on dark pills.
"""

from __future__ import annotations

import json
from functools import cache
from zlib import crc32

from PySide6.QtGui import QColor, QFont, QFontDatabase

from office_studio.core.theme.color import RGBA, parse_color
from office_studio.paths import resources_dir

STALE_MARK = "#b9bac2"
_LABEL_FONT_PX = 11
_FALLBACKS = {
    "working_mark": "#2fcf8d",
    "idle_mark": "#f4be4f",
    "blocked_mark": "#f2504b",
    "collaborating_mark": "#4ea4f1",
    "offline_mark": "#a9abb5",
    "accent_fill": "#6a4cd9",
    "accent": "#ab98f7",
}
_DARK_MARKS = {
    "working": "#0b7d4f", "idle": "#9a6200", "blocked": "#c9302c", "collaborating": "#1c6fbd", "offline": "#62646d",
}  # fmt: skip
# Soft grounds behind portraits and the discs of avatar mode: hues apart from the four statuses.
_THREADS = ("#ff86c3", "#5fe3d0", "#ffa07a", "#c5e86c", "#e3b7ff", "#8be9ff")  # on a dark casing
_TINTS = ("#7a5a72", "#4f7a78", "#8a6a4a", "#5f6a99", "#8f5d58", "#5b7f5f", "#7d6aa8", "#4d6f8f")


@cache
def _tokens() -> dict[str, str]:
    path = resources_dir() / "ui" / "tokens.json"
    try:
        dark: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))["color"]["dark"]
    except (OSError, ValueError, KeyError):
        return {}
    return dark


def token(role: str) -> QColor:
    """A colour of the dark token set."""
    return QColor(_tokens().get(role) or _FALLBACKS.get(role, "#808080"))


def mark(status: str, *, stale: bool = False) -> QColor:
    """Colour of a status shape on a dark pill."""
    if stale:
        return QColor(STALE_MARK)
    if status in ("offline", "unbound"):
        return QColor(_FALLBACKS["offline_mark"])
    return token(f"{status}_mark")


def pill() -> QColor:
    return QColor(24, 22, 30, 218)


def pill_selected() -> QColor:
    return token("accent_fill")


def pill_text() -> QColor:
    return QColor("#ffffff")


def bubble() -> QColor:
    return QColor("#fffaf3")


def bubble_text() -> QColor:
    return QColor("#2a2430")


def bubble_mark(status: str) -> QColor:
    """Status shapes on the white bubble and on light name tags: darker than on dark pills."""
    return QColor(_DARK_MARKS.get(status, _DARK_MARKS["working"]))


def ring() -> QColor:
    return QColor("#7c5cf0")


def veil() -> QColor:
    """Over the scene while its news is old."""
    return QColor(58, 58, 64, 128)


def qcolor(color: RGBA) -> QColor:
    return QColor(*color)


def tint(key: str) -> QColor:
    """A quiet colour that stays the same for the same key."""
    return QColor(_TINTS[crc32(key.encode()) % len(_TINTS)])


def thread(key: str) -> QColor:
    """A lively colour that stays the same for the same key, apart from those of the statuses and the selection."""
    return QColor(_THREADS[crc32(key.encode()) % len(_THREADS)])


@cache
def _family() -> str:
    """Inter when the application has it, loading the shipped files if need be; else the system's font."""
    if "Inter" not in QFontDatabase.families():
        for path in sorted((resources_dir() / "fonts").glob("Inter-*.ttf")):
            QFontDatabase.addApplicationFont(str(path))
    return "Inter" if "Inter" in QFontDatabase.families() else QFont().family()


_SANS = ("sans-serif", "system-ui", "ui-sans-serif", "ui-rounded", "-apple-system", "inter")
_MONO = ("monospace", "ui-monospace")


def family_of(names: tuple[str, ...]) -> str:
    """The first of CSS families that is there; shipped fonts for the generic ones, so that all systems draw alike."""
    for name in names:
        lower = name.lower()
        if lower in _SANS:
            return _family()
        if lower in _MONO:
            return _mono_family()
        if lower in ("serif", "ui-serif"):
            return "serif"
        if lower in _installed():
            return _installed()[lower]
    return _family()


@cache
def _mono_family() -> str:
    wanted = "JetBrains Mono"
    if wanted not in QFontDatabase.families():
        for path in sorted((resources_dir() / "fonts").glob("JetBrainsMono-*.ttf")):
            QFontDatabase.addApplicationFont(str(path))
    return wanted if wanted in QFontDatabase.families() else _family()


@cache
def _installed() -> dict[str, str]:
    return {family.lower(): family for family in QFontDatabase.families()}


@cache
def font(size_px: float = _LABEL_FONT_PX, weight: int = 500) -> QFont:
    """A font of the scene. Shared: copy it before changing it."""
    made = QFont(_family())
    made.setPixelSize(max(1, round(size_px)))
    made.setWeight(QFont.Weight(weight))
    return made


def qcolor_of(text: str) -> QColor:
    """A colour as themes and agent files write it; a quiet grey when it cannot be read."""
    color = parse_color(text)
    return QColor("#64748B") if color is None else qcolor(color)
