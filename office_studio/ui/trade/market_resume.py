"""Market goes on by itself where it was in use in the last run: jars, spend and budgets are there before it is opened.

Whoever never used it pays for one look at a file that is not there, on a worker thread. Little is imported here, for
this runs in every window.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from office_studio import paths
from office_studio.ui.slices import Slices

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio
    from office_studio.ui.trade.market_memory import LastUse

LATER_MS = 1_500  # the office is there first
# What takes most of half a second to import, and knows no Qt: done on the worker thread, while the window goes on.
_SERVICES = tuple(f"office_studio.services.officex.{name}" for name in ("accounts", "client", "environments", "till"))
# Widgets and what belongs to them is imported by the GUI thread, a few milliseconds each, what is needed first.
_TRADE = (
    *("market_memory", "market_accounts", "client_keeper", "sandbox_host", "market_data", "market_session"),
    *("market_words", "installs.pausing", "installs.installing", "spending.spend", "spending.spend_pace"),
    *("spending.spend_signs", "spending.spend_budgets", "spending.spend_moves", "spending.spend_threads"),
    *("spending.spend_jars", "spending.spend_open", "spending.spend_scene", "spending.spend_watch"),
    "spending.spend_overlay",
)


def resume_market(studio: Studio) -> None:
    """Look a little later whether there is something to go on with."""
    QTimer.singleShot(LATER_MS, studio, lambda: _look(studio))


def _look(studio: Studio) -> None:
    if studio.scope.is_open and studio.market_session is None:
        studio.scope.run_blocking(_last_use, lambda last: _go_on(studio, last))


def _last_use() -> LastUse | None:
    """On a worker thread."""
    path = paths.config_dir() / "officex-market.json"
    if not path.is_file():
        return None
    from office_studio.ui.trade.market_memory import last_use

    found = last_use(path)
    if found is None or not found.is_in_use:
        return None
    for module in _SERVICES:
        import_module(module)
    from office_studio.services.secrets import SecretStore

    SecretStore()  # looks once for the system's keyring, among all that are installed
    return found


def _go_on(studio: Studio, last: LastUse | None) -> None:
    if last is not None:
        Slices(_reading(), lambda: _resume(studio, last), studio)


def _reading() -> Iterator[None]:
    for name in _TRADE:
        import_module(f"office_studio.ui.trade.{name}")
        yield


def _resume(studio: Studio, last: LastUse) -> None:
    if studio.scope.is_open and studio.market_session is None:
        studio.market.resume(last)
