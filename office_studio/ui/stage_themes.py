"""What goes with the theme on the stage: its slots, sound and files, how far it is read, who is followed in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from office_studio.core.office.seat_plan import slot_places
from office_studio.errors import OfficeStudioError
from office_studio.ui import formats
from office_studio.ui.assign.controller import SlotInfo
from office_studio.ui.theme_file_watch import ThemeFileWatch
from office_studio.ui.theme_library import ThemeSource

if TYPE_CHECKING:
    from office_studio.services.theme_loader import LoadedTheme
    from office_studio.ui.studio import Studio


class StageThemes(QObject):
    """One per window, made once the window is furnished."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self.files = ThemeFileWatch(studio.jobs, self)
        self.files.changed.connect(self._on_edited)
        self.files.broken.connect(self._on_broken)
        stage, options = studio.stage, studio.options
        stage.theme_shown.connect(self._on_shown)
        stage.theme_reloaded.connect(self._on_reloaded)
        stage.theme_failed.connect(self._on_failed)
        stage.load_progressed.connect(self._on_progressed)
        stage.followed_changed.connect(self._on_followed_changed)
        stage.renderer_changed.connect(lambda _: studio.actions.refresh())  # rooms have fewer ways to be looked at
        options.make_sound()
        assert options.sound is not None
        options.sound.failed.connect(lambda words: studio.toast("No sound", words, tone="warning", key="sound"))
        options.sound.watch(studio.window)

    def note(self, loaded: LoadedTheme) -> None:
        """Tell everybody but the stage which theme is on it."""
        studio = self._studio
        choice = studio.library.current
        studio.window.stage_frame.theme_banner.hide()
        self._note_slots(loaded)
        studio.options.set_theme(loaded)
        is_local = choice is not None and choice.source is not ThemeSource.SERVER
        self.files.watch(Path(loaded.source) if is_local else None)
        studio.name_choices()
        is_start = choice is not None and choice.key == studio.start_key
        studio.start_key = None
        # The picture of the start is nobody's choice: kept for the office, it would replace what was chosen there.
        if choice is not None and not studio.theme_key and not is_start:
            # "" is what the next start shows first, before any office is there to fetch a theme from.
            office = studio.session.office
            keys = [office.key] if office is not None else []
            keys += [""] if choice.source is not ThemeSource.SERVER else []
            chosen = dict.fromkeys(keys, choice.key)
            studio.settings.change(lambda now: replace(now, themes={**now.themes, **chosen}))

    def _note_slots(self, loaded: LoadedTheme) -> None:
        studio = self._studio
        studio.session.set_theme(loaded.theme.id)
        zones = {zone.id: zone.name for zone in loaded.theme.zones}
        studio.assignments.set_slots(
            [SlotInfo(at.slot, at.label, zones.get(at.zone_id, ""), at) for at in slot_places(loaded.theme)]
        )

    def _on_shown(self, _theme_id: str, findings: tuple[object, ...]) -> None:
        """All pictures are there."""
        studio = self._studio
        studio.portraits.refresh()
        if findings:
            count = formats.plural(len(findings), "problem")
            studio.toast(
                f"{count} in this theme", "Something of it could not be drawn.", tone="warning", key="problems"
            )

    def close(self) -> None:
        self.files.close()
        self._studio.options.close()

    # -- files -------------------------------------------------------------------------------------
    def _on_edited(self, loaded: LoadedTheme) -> None:
        """Somebody saved a file of the theme."""
        try:
            self._studio.stage.reload_theme(loaded)
        except OfficeStudioError as error:
            self._on_broken(error)
            return
        self._studio.library.loaded = loaded
        self._studio.window.stage_frame.theme_banner.hide()
        self._studio.options.set_theme(loaded)

    def _on_broken(self, error: OfficeStudioError) -> None:
        """It cannot be read as it is now, half written perhaps; what is on the stage stays."""
        detail = f"{error.message} The last good version is shown."
        self._studio.window.stage_frame.theme_banner.say("idle", "warning-fill", "Theme not read", detail)

    def _on_failed(self, why: str) -> None:
        self._studio.window.stage_frame.theme_banner.say("idle", "warning-fill", "Theme not drawn", why)

    def _on_reloaded(self, findings: tuple[object, ...]) -> None:
        if self._studio.library.loaded is not None:
            self._note_slots(self._studio.library.loaded)
        self._on_shown("", findings)

    # -- the rest ----------------------------------------------------------------------------------
    def _on_progressed(self, share: float) -> None:
        choice = self._studio.library.current
        name = choice.name if choice is not None else "the theme"
        self._studio.window.status.set_job(f"Opening {name}, {round(share * 100)} %" if share < 1 else "")

    def _on_followed_changed(self, agent_id: str) -> None:
        studio = self._studio
        studio.window.stage_frame.show_following(studio.store.name(agent_id) if agent_id else "")
        studio.actions.refresh()
        studio.actions.refresh_keys()
