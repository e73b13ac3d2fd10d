"""The composition root: builds the services, opens the window, and ends everything in order."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from office_studio import __version__
from office_studio.settings import SettingsStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication

    from office_studio.services.runner import ServiceRunner
    from office_studio.ui.studio import Studio

_log = logging.getLogger(__name__)
_STOP_RUNNER_S = 2.0
_SWITCH_S = 0.0005
_ROOM_MS = 1_500


class Application:
    """One run of the window. ``open`` builds it, ``close`` ends it: simulator, feed, runner, then the server."""

    def __init__(self, app: QApplication, settings_store: SettingsStore | None = None, *, theme_key: str = "") -> None:
        from office_studio.ui import window_memory
        from office_studio.ui.garbage import GuiCollector
        from office_studio.ui.jobs import Jobs
        from office_studio.ui.settings_box import SettingsBox
        from office_studio.ui.studio import Studio
        from office_studio.ui.theming import install

        # The GUI thread waits this long for the interpreter whenever another thread is at work (default 5 ms).
        sys.setswitchinterval(_SWITCH_S)
        self.app = app
        self.runner: ServiceRunner | None = None
        self.jobs = Jobs(app)
        self.settings = SettingsBox(settings_store or SettingsStore(), self.jobs, app)
        memory = window_memory.decode(self.settings.now.window_state)
        install(app, self.settings.now.appearance, high_contrast=memory.high_contrast)
        self.studio: Studio = Studio(self.settings, self.jobs, theme_key=theme_key, parent=app)
        self._collector = GuiCollector()
        self._is_closed = False

    def start_room(self, then: Callable[[], None]) -> None:
        """Show the room, and call ``then`` when it has been painted, or cannot be, or takes too long."""
        from PySide6.QtCore import QTimer

        is_done = False

        def go(*_: object) -> None:
            nonlocal is_done
            if not is_done and not self._is_closed:
                is_done = True
                QTimer.singleShot(0, then)  # painting comes first in the next turn of the event loop

        self.studio.stage.room_shown.connect(go)
        self.studio.library.load_failed.connect(go)
        QTimer.singleShot(_ROOM_MS, go)
        self.studio.start_theme()

    def start(self) -> None:
        """Start what may wait until the room has been painted."""
        self.studio.start_theme()
        self.studio.furnish()
        from office_studio.services.runner import ServiceRunner
        from office_studio.ui.trade.market_resume import resume_market

        self.runner = ServiceRunner()
        self.runner.start()
        self.jobs.attach(self.runner)
        self.studio.start()
        resume_market(self.studio)
        self._collector.start()

    def close(self) -> None:
        if self._is_closed:
            return
        from office_studio.services.gltf_validator import end_shared_validator
        from office_studio.services.model_store import end_shared_store
        from office_studio.ui.room3d.engine_life import Reaper

        self._is_closed = True
        started = time.monotonic()
        self.studio.close()
        if self.runner is not None:
            self.runner.stop(_STOP_RUNNER_S)
        if self.studio.is_furnished:
            self.studio.session.demo.stop()
        if self.studio.market_session is not None:
            self.studio.market_session.host.stop()
        end_shared_validator()  # or the jobs would wait for the model it looks at
        self.jobs.close()
        end_shared_validator()  # the last of them may have asked for another
        end_shared_store()
        Reaper.wait()
        self.settings.save_now()
        self._collector.stop()
        _log.info("closed in %.1f s", time.monotonic() - started)


def main(args: argparse.Namespace) -> int:
    """Open the window and run until it closes. Returns the exit code."""
    from PySide6.QtCore import QLocale
    from PySide6.QtWidgets import QApplication

    from office_studio.ui import formats
    from office_studio.ui.theming import STYLE_ARGUMENTS, STYLE_CHOSEN

    app = QApplication([*sys.argv[:1], *STYLE_ARGUMENTS])
    app.setProperty(STYLE_CHOSEN, True)
    app.setApplicationName("Office Studio")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("office-studio")
    _use_locale(formats, QLocale.system())
    application = Application(app, theme_key=args.theme or "")
    shown = _Opening(application, args)
    shown.show()
    # The room is painted first; what takes time starts after that.
    application.start_room(shown.begin)
    code = app.exec()
    application.close()
    return shown.exit_code or code


class _Opening:
    """What happens between the first paint and the user's first click, as the command line asked."""

    def __init__(self, application: Application, args: argparse.Namespace) -> None:
        self._application, self._args = application, args
        self._studio = application.studio
        self.exit_code = 0

    def show(self) -> None:
        window, args = self._studio.window, self._args
        if args.color_scheme:
            from office_studio.ui.theming import theme

            theme().prefer(self._application.app, args.color_scheme)
        if args.size:
            window.resize(*args.size)
        elif not window.restore_geometry(self._studio.settings.now.window_geometry):
            window.resize(*_first_size(self._application.app))
        if args.workspace:
            window.show_workspace(args.workspace)
        window.show()

    def begin(self) -> None:
        from office_studio.ui.crash_dialog import install_hook
        from office_studio.ui.logs import start_logging

        install_hook(self._application, start_logging())
        _set_icon(self._application.app)
        self._application.start()
        office = self._wanted_office()
        if office is not None:
            self._studio.open_office(office)
        elif self._args.first_run or not self._args.screenshot:
            self._show_first_run()
        if self._args.select:
            self._select_when_there()
        if self._args.screenshot:
            from PySide6.QtCore import QTimer

            QTimer.singleShot(round(self._args.after * 1000), self._take_picture)

    def _wanted_office(self) -> object:
        from office_studio.ui.connect.office_ref import DEMO, OfficeKind, OfficeRef, short_name

        args = self._args
        if args.first_run:
            return None
        if args.office:
            return OfficeRef(OfficeKind.GIVEN, args.office.rstrip("/"), short_name(args.office), args.token)
        if args.demo:
            return DEMO
        return self._studio.last_office()

    def _show_first_run(self) -> None:
        from office_studio.ui.connect.first_run import FirstRunSheet

        sheet = FirstRunSheet(self._studio.window, _preview_picture())
        sheet.chosen.connect(self._on_first_choice)

    def _on_first_choice(self, choice: str) -> None:
        studio = self._studio
        if choice in ("demo", "make"):
            studio.open_office(_demo())
        if choice == "connect":
            studio.connect_dialog()
        elif choice == "make":
            studio.open_theme_folder()

    def _select_when_there(self) -> None:
        store, wanted = self._studio.store, self._args.select.casefold()

        def look(*_: object) -> None:
            if not store.selected:
                found = (a.id for a in store.agents().values() if a.agent.name.casefold() == wanted)
                store.select(next(found, ""))

        store.agents_reset.connect(look)
        store.agents_changed.connect(look)

    def _take_picture(self) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtWidgets import QWidget

        path: Path = self._args.screenshot
        window = self._studio.window
        for widget in window.findChildren(QWidget):
            widget.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)  # nothing shall look hovered
        if window.grab().save(str(path)):
            print(path)  # noqa: T201  the result of the command
        else:
            print(f"office-studio: the picture was not written to {path}", file=sys.stderr)  # noqa: T201
            self.exit_code = 2
        window.close()


def _demo() -> object:
    from office_studio.ui.connect.office_ref import DEMO

    return DEMO


def _first_size(app: QApplication) -> tuple[int, int]:
    """As large as useful, with some of the desktop left to see."""
    area = app.primaryScreen().availableGeometry()
    return min(1440, round(area.width() * 0.94)), min(900, round(area.height() * 0.92))


def _preview_picture() -> object:
    from PySide6.QtGui import QPixmap

    from office_studio.paths import bundled_themes_dir

    return QPixmap(str(bundled_themes_dir() / "cozy-loft" / "preview.png"))


def _set_icon(app: QApplication) -> None:
    from PySide6.QtGui import QIcon

    from office_studio.paths import resources_dir

    app.setWindowIcon(QIcon(str(resources_dir() / "icons" / "office-studio.png")))


def _use_locale(formats: object, locale: object) -> None:
    pattern = locale.timeFormat(locale.FormatType.ShortFormat)  # type: ignore[attr-defined]
    formats.use_locale(  # type: ignore[attr-defined]
        group=locale.groupSeparator() or ",",  # type: ignore[attr-defined]
        decimal=locale.decimalPoint(),  # type: ignore[attr-defined]
        hours24="a" not in pattern.lower(),
    )
