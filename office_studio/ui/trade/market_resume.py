"""Market goes on by itself where it was in use in the last run: jars, spend and budgets are there before it is opened.

Whoever never used it pays for one look at a file that is not there, on a worker thread. Little is imported here, for
this runs in every window.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from office_studio import paths

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio
    from office_studio.ui.trade.market_memory import LastUse

LATER_MS = 1_500  # the office is there first
# What takes half a second to import: done on the worker thread, while the window goes on.
_SLOW = (
    "office_studio.services.officex.accounts",
    "office_studio.services.officex.client",
    "office_studio.services.officex.environments",
    "office_studio.services.officex.till",
    "office_studio.ui.trade.market_session",
    "office_studio.ui.trade.spending.spend_overlay",
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
    for module in _SLOW:
        import_module(module)
    from office_studio.services.secrets import SecretStore

    SecretStore()  # looks once for the system's keyring, among all that are installed
    return found


def _go_on(studio: Studio, last: LastUse | None) -> None:
    if last is not None and studio.market_session is None:
        studio.market.resume(last)
