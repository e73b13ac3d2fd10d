"""What Market remembers on this computer and OfficeX does not: ends of paused permissions, who uses an install,
budgets, what was read, who traded last. Nothing secret."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

_log = logging.getLogger(__name__)
_PARTS = ("paused", "agents", "read", "budgets", "last")


@dataclass(frozen=True, slots=True)
class LastUse:
    """Who traded last on this computer.

    Attributes:
        environment: Its name.
        is_in_use: Whether there was anything of it to show in an office: installs, or budgets.
    """

    environment: str
    user_id: str
    is_in_use: bool


def last_use(path: Path) -> LastUse | None:
    """What the file of the last run says; None where nobody ever traded. Reads a file: not on the GUI thread."""
    memory = MarketMemory(path, lambda _write: None)
    memory.load()
    return memory.last


class MarketMemory:
    """A small JSON file. ``load`` and the writes it asks ``write_later`` for belong on a worker thread."""

    def __init__(self, path: Path, write_later: Callable[[Callable[[], object]], object]) -> None:
        self._path, self._write_later = path, write_later
        self._data: dict[str, dict[str, Any]] = {part: {} for part in _PARTS}
        self._lock = Lock()
        self._asked = self._written = 0  # numbers of the writes: an older one never comes after a newer one

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

    # -- who traded last -----------------------------------------------------------------------------
    @property
    def last(self) -> LastUse | None:
        found = self._data["last"]
        environment, user_id = found.get("environment"), found.get("userId")
        if not (isinstance(environment, str) and isinstance(user_id, str) and environment and user_id):
            return None
        return LastUse(environment, user_id, found.get("isInUse") is True)

    def note_last(self, now: LastUse) -> None:
        if now != self.last:
            self._data["last"] = {"environment": now.environment, "userId": now.user_id, "isInUse": now.is_in_use}
            self._save()

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
        self._save()

    def _save(self) -> None:
        self._asked += 1
        text, number = json.dumps(self._data, indent=1), self._asked
        self._write_later(lambda: self._write(text, number))

    def _write(self, text: str, number: int) -> None:
        with self._lock:
            if number < self._written:
                return
            self._written = number
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                partial = self._path.with_suffix(".part")
                partial.write_text(text, "utf-8")
                partial.replace(self._path)
            except OSError as error:
                _log.warning("what Market remembers was not written: %s", error)
