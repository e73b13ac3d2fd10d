"""What people chose to see and hear of the stage: kept in the settings, applied to the one stage of the window."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from office_studio.core.theme.viewport import FitMode
from office_studio.ui.render.office_view import QUALITIES

if TYPE_CHECKING:
    from office_studio.services.theme_loader import LoadedTheme
    from office_studio.ui.render.office_stage import OfficeStage
    from office_studio.ui.settings_box import SettingsBox
    from office_studio.ui.sound.ambient import AmbientPlayer
    from office_studio.ui.watch.stage_frame import StageFrame

_DEFAULTS: dict[str, Any] = {
    "fit": FitMode.CONTAIN.value,
    "minimap": True,
    "names": True,
    "spend": True,
    "walkIn": False,
    "quality": "high",
    "reference": False,
    "sound": False,
    "volume": 0.7,
}
_CHOICES = {"fit": tuple(mode.value for mode in FitMode), "quality": QUALITIES}


class StageOptions(QObject):
    """Signals:
    changed(name): one of the options has another value.
    """

    changed = Signal(str)

    def __init__(self, settings: SettingsBox, stage: OfficeStage, frame: StageFrame, parent: QObject) -> None:
        super().__init__(parent)
        self._settings, self._stage, self._frame = settings, stage, frame
        self.sound: AmbientPlayer | None = None
        for name in _DEFAULTS:
            if self[name] != _DEFAULTS[name]:
                self._apply(name, self[name])
        stage.fit_changed.connect(lambda mode: self._note("fit", mode.value))

    def __getitem__(self, name: str) -> Any:
        """The value in force: what is kept, if it is of the right kind."""
        default = _DEFAULTS[name]
        kept = self._settings.now.stage.get(name, default)
        if name in _CHOICES:
            return kept if kept in _CHOICES[name] else default
        if isinstance(default, bool):
            return kept if isinstance(kept, bool) else default
        is_number = isinstance(kept, int | float) and not isinstance(kept, bool)
        return min(1.0, max(0.0, float(kept))) if is_number else default

    def set(self, name: str, value: Any) -> None:
        """Choose; at once on the stage, and kept for the next start."""
        if value != self[name]:
            self._note(name, value)
            self._apply(name, self[name])

    def toggle(self, name: str) -> None:
        self.set(name, not self[name])

    def turn_volume(self, by: float) -> None:
        self.set("volume", round(min(1.0, max(0.0, self["volume"] + by)), 2))

    # -- sound -------------------------------------------------------------------------------------
    def make_sound(self) -> None:
        """From now on the sound of themes can be heard. Not before the window is on screen: it takes a while."""
        from office_studio.ui.sound.ambient import AmbientPlayer

        self.sound = AmbientPlayer(self)
        self.sound.set_volume(self["volume"])
        self.sound.set_muted(not self["sound"])
        self.sound.available_changed.connect(lambda _: self._show_sound())

    def set_theme(self, loaded: LoadedTheme | None) -> None:
        if self.sound is not None:
            self.sound.set_theme(loaded)
            self._show_sound()

    @property
    def has_sound(self) -> bool:
        return self.sound is not None and self.sound.is_available

    def close(self) -> None:
        if self.sound is not None:
            self.sound.close()

    # -- inside ------------------------------------------------------------------------------------
    def _note(self, name: str, value: Any) -> None:
        self._settings.change(lambda now: replace(now, stage={**now.stage, name: value}))
        self.changed.emit(name)

    def _apply(self, name: str, value: Any) -> None:
        stage = self._stage
        if name == "fit":
            stage.set_fit_mode(FitMode(value))
        elif name == "minimap":
            self._frame.set_minimap_wanted(value)
        elif name == "names":
            stage.set_labels_visible(value)
        elif name == "spend":
            stage.set_jars_visible(value)
        elif name == "walkIn":
            stage.set_walk_in(value)
        elif name == "quality":
            stage.set_quality(value)
        elif name == "reference":
            stage.set_reference(value)
        elif self.sound is not None:
            self.sound.set_muted(not self["sound"])
            self.sound.set_volume(self["volume"])
            self._show_sound()

    def _show_sound(self) -> None:
        self._frame.show_sound(self.has_sound, self["sound"])
