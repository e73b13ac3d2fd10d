"""Applies the design tokens to Qt: palette, one style sheet, fonts, a focus ring that follows the keyboard.

Nothing else in the program names a colour. Widgets say *what* they are with the dynamic properties ``role``, ``kind``
and ``level``; ``app.qss`` says how that looks; painters ask ``theme().color("accent")``.
"""

from __future__ import annotations

import json
import re
from typing import Any

from PySide6.QtCore import QDir, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from office_studio.paths import resources_dir
from office_studio.ui.focus_ring import FocusRing
from office_studio.ui.scratch import make_folder

PREFERENCES = ("system", "dark", "light")
# ``QApplication.setStyle`` returns the style, and its Python class takes 25 ms to make; as an argument of the
# application the same style costs nothing.
STYLE_ARGUMENTS = ("-style", "fusion")
STYLE_CHOSEN = "officeStyleChosen"

# Glyphs that the style sheet needs as images. Drawn in token colours when a theme is applied, because a style sheet
# cannot tint an image.
_SVG = {
    "chevron-down": ("text_muted", '<path d="M4 6.5 8 10.5 12 6.5" {stroke}/>'),
    "chevron-up": ("text_muted", '<path d="M4 9.5 8 5.5 12 9.5" {stroke}/>'),
    "chevron-right": ("text_muted", '<path d="M6.5 4 10.5 8 6.5 12" {stroke}/>'),
    "check": ("on_accent", '<path d="M3.5 8.5 6.5 11.5 12.5 5" {stroke}/>'),
    "minus": ("on_accent", '<path d="M4 8H12" {stroke}/>'),
    "dot": ("on_accent", '<circle cx="8" cy="8" r="3" fill="{color}"/>'),
    "close": ("text_muted", '<path d="M4.5 4.5 11.5 11.5M11.5 4.5 4.5 11.5" {stroke}/>'),
}


class UiTheme(QObject):
    """Colours, fonts and lengths of the interface as applied. One per application; read it with :func:`theme`.

    (Not to be confused with an office theme, which is what the stage draws.)

    Signals:
        changed(): after palette and style sheet were replaced. Painters repaint by themselves; only cached pixmaps
            must be dropped.
    """

    changed = Signal()

    def __init__(self, tokens: dict[str, Any], qss_template: str) -> None:
        super().__init__()
        self.tokens = tokens
        self.mode = "dark"
        self.preference = "system"
        self.high_contrast = False
        self.text_scale = 1.0
        self.reduced_motion = False
        self._template = qss_template
        self._image_dir = make_folder()
        self._image_generation = 0
        self._colors: dict[str, QColor] = {}
        self._fonts: dict[tuple[str, str, str, bool], QFont] = {}

    # -- reading -----------------------------------------------------------------------------------
    def color(self, role: str, alpha: float = 1.0) -> QColor:
        """A token colour. Raises KeyError for an unknown role."""
        color = QColor(self._colors[role])
        if alpha < 1.0:
            color.setAlphaF(alpha)
        return color

    def has_color(self, role: str) -> bool:
        return role in self._colors

    def font(self, size: str = "body", weight: str = "regular", family: str = "ui", *, numeric: bool = False) -> QFont:
        """A font of the type scale. ``numeric`` gives digits of equal width, for figures that change or line up.

        Not for every text: the feature also widens hyphens ("sofa - 2").
        """
        key = (size, weight, family, numeric)
        found = self._fonts.get(key)
        if found is None:
            spec = self.tokens["font"]
            found = QFont(spec["display"] if size == "display" else spec[family])
            found.setPixelSize(round(spec["size"][size] * self.text_scale))
            found.setWeight(QFont.Weight(spec["weight"][weight]))
            if numeric:
                found.setFeature(QFont.Tag("tnum"), 1)
            self._fonts[key] = found
        return found

    def duration(self, name: str) -> int:
        """Milliseconds of a motion token, 0 when the user asked for reduced motion."""
        return 0 if self.reduced_motion else int(self.tokens["motion"][name])

    def is_dark(self) -> bool:
        return self.mode == "dark"

    # -- applying ----------------------------------------------------------------------------------
    def prefer(self, app: QApplication, preference: str, *, high_contrast: bool | None = None) -> None:
        """Follow "system", or fix "dark" or "light"."""
        self.preference = preference if preference in PREFERENCES else "system"
        if high_contrast is not None:
            self.high_contrast = high_contrast
        hints = QGuiApplication.styleHints()
        if self.preference == "system":
            hints.unsetColorScheme()
            dark = hints.colorScheme() == Qt.ColorScheme.Dark
        else:
            dark = self.preference == "dark"
            hints.setColorScheme(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)  # title bars, file dialogs
        self._apply(app, "dark" if dark else "light")

    def system_changed(self, app: QApplication) -> None:
        if self.preference == "system":
            self._apply(app, "dark" if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light")

    def _apply(self, app: QApplication, mode: str) -> None:
        self.mode = mode
        values = dict(self.tokens["color"][mode])
        if self.high_contrast:
            plain = dict(values)
            values |= {role: plain[source] for role, source in self.tokens["high_contrast"].items()}
        colors = {name: QColor(value) for name, value in values.items()}
        if colors == self._colors:
            return  # a restyle costs some 200 ms
        self._colors = colors
        self._fonts.clear()
        self._write_images()
        app.setFont(self.font())
        app.setPalette(self.palette())
        app.setStyleSheet(self.qss())
        self.changed.emit()

    def palette(self) -> QPalette:
        role, group = QPalette.ColorRole, QPalette.ColorGroup
        palette = QPalette()
        for target, name in self.tokens["palette"].items():
            palette.setColor(role[target], self.color(name))
        for target in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
            palette.setColor(group.Disabled, target, self.color("text_disabled"))
        return palette

    def qss(self) -> str:
        values = {name: color.name() for name, color in self._colors.items()}
        for group in ("radius", "size", "space", "icon"):
            for name, value in self.tokens[group].items():
                if isinstance(value, int):
                    values[f"{group}_{name}"] = f"{value}px"
        for name, value in self.tokens["font"]["size"].items():
            values[f"font_{name}"] = f"{round(value * self.text_scale)}px"
        values |= {f"font_{key}": self.tokens["font"][key] for key in ("ui", "mono")}
        values["font_display_family"] = self.tokens["font"]["display"]
        return re.sub(r"@(\w+)", lambda match: values[match[1]], self._template)

    def _write_images(self) -> None:
        # A new folder each time: style sheet images are cached by path.
        self._image_generation += 1
        folder = self._image_dir / f"{self.mode}{self._image_generation}"
        folder.mkdir()
        for name, (role, shape) in _SVG.items():
            color = self._colors[role].name()
            stroke = f'fill="none" stroke="{color}" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"'
            body = shape.format(stroke=stroke, color=color)
            svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16">{body}</svg>'
            (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
        QDir.setSearchPaths("ui", [str(folder)])


_theme: UiTheme | None = None


def theme() -> UiTheme:
    """The interface theme of this application; :func:`install` must have run."""
    assert _theme is not None, "install() first"
    return _theme


def install(app: QApplication, preference: str = "system", *, high_contrast: bool = False) -> UiTheme:
    """Load fonts and tokens, choose the base style, apply the preferred mode, start the focus ring."""
    global _theme
    if _theme is not None:  # a second window or a second test in one process
        _theme.prefer(app, preference, high_contrast=high_contrast)
        return _theme
    for path in sorted((resources_dir() / "fonts").glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(path))
    if app.property(STYLE_CHOSEN) is None:
        app.setStyle("Fusion")
    folder = resources_dir() / "ui"
    tokens = json.loads((folder / "tokens.json").read_text(encoding="utf-8"))
    created = UiTheme(tokens, (folder / "app.qss").read_text(encoding="utf-8"))
    created.setParent(app)
    _theme = created
    created.prefer(app, preference, high_contrast=high_contrast)
    QGuiApplication.styleHints().colorSchemeChanged.connect(lambda _scheme: created.system_changed(app))
    FocusRing.install(app)
    return created
