"""What Market remembers on this computer and OfficeX does not: ends of paused permissions, who uses an install,
budgets, what was read. Nothing secret."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

_log = logging.getLogger(__name__)
_PARTS = ("paused", "agents", "read", "budgets")


class MarketMemory:
    """A small JSON file. ``load`` and the writes it asks ``write_later`` for belong on a worker thread."""

    def __init__(self, path: Path, write_later: Callable[[Callable[[], object]], object]) -> None:
        self._path, self._write_later = path, write_later
        self._data: dict[str, dict[str, Any]] = {part: {} for part in _PARTS}
        self._lock = Lock()

    def load(self) -> None:
        """A missing or broken file means nothing is remembered."""
        try:
            found = json.loads(self._path.read_text("utf-8"))
            self._data = {part: dict(found.get(part, {})) for part in _PARTS}
        except (OSError, ValueError, TypeError, AttributeError):
            return

    # -- paused permissions ------------------------------------------------------------------------
    def paused_until(self, environment: str, install_id: str) -> int | None:
        """Until when (Unix s, -1 for ever) the install could charge before it was paused here."""
        value = self._data["paused"].get(f"{environment}/{install_id}")
        return value if isinstance(value, int) else None

    def note_paused(self, environment: str, install_id: str, until: int | None) -> None:
        self._put("paused", f"{environment}/{install_id}", until)

    # -- who uses an install -----------------------------------------------------------------------
    def agents(self, environment: str) -> dict[str, str]:
        """Install -> agent id, as the user said."""
        start = f"{environment}/"
        return {key.removeprefix(start): str(v) for key, v in self._data["agents"].items() if key.startswith(start)}

    def bind(self, environment: str, install_id: str, agent_id: str) -> None:
        """ "" takes the binding away."""
        self._put("agents", f"{environment}/{install_id}", agent_id or None)

    # -- budgets -----------------------------------------------------------------------------------
    def budgets(self, environment: str) -> dict[str, int]:
        """Micro-credits a month, by "app:<id>" and "agent:<id>"."""
        start, kept = f"{environment}/", self._data["budgets"].items()
        return {key.removeprefix(start): v for key, v in kept if key.startswith(start) and type(v) is int and v > 0}

    def set_budget(self, environment: str, key: str, micro: int | None) -> None:
        """None or 0 takes it away."""
        self._put("budgets", f"{environment}/{key}", micro or None)

    # -- letters -----------------------------------------------------------------------------------
    def is_read(self, environment: str, message_id: str) -> bool:
        return f"{environment}/{message_id}" in self._data["read"]

    def mark_read(self, environment: str, message_id: str, is_read: bool = True) -> None:
        self._put("read", f"{environment}/{message_id}", 1 if is_read else None)

    def _put(self, part: str, key: str, value: Any) -> None:
        if value is None:
            self._data[part].pop(key, None)
        else:
            self._data[part][key] = value
        text = json.dumps(self._data, indent=1)
        self._write_later(lambda: self._write(text))

    def _write(self, text: str) -> None:
        with self._lock:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                partial = self._path.with_suffix(".part")
                partial.write_text(text, "utf-8")
                partial.replace(self._path)
            except OSError as error:
                _log.warning("what Market remembers was not written: %s", error)
