"""What the vendor desk keeps on this computer: unfinished listings, what charges cost, wallets of deleted apps."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any

_log = logging.getLogger(__name__)
_PARTS = ("drafts", "costs", "closed")
NEW = "new"  # in place of an app's id: the listing of an app that is not registered yet


class VendorMemory:
    """A JSON file that only its owner may read: webhook addresses of drafts can hold a token.

    ``load``, and the writes it asks ``write_later`` for, belong on a worker thread. ``where``: environment and account.
    """

    def __init__(self, path: Path, write_later: Callable[[Callable[[], object]], object]) -> None:
        self._path, self._write_later = path, write_later
        self._data: dict[str, dict[str, Any]] = {part: {} for part in _PARTS}
        self._lock = Lock()
        self._asked = self._written = 0  # numbers of versions: workers may come in another order

    def load(self) -> None:
        """A missing or broken file means nothing is kept."""
        try:
            found = json.loads(self._path.read_text("utf-8"))
            self._data = {part: dict(found.get(part, {})) for part in _PARTS}
        except (OSError, ValueError, TypeError, AttributeError):
            return

    # -- unfinished listings -----------------------------------------------------------------------
    def draft(self, where: str, app_id: str) -> Mapping[str, Any] | None:
        """``at_ms`` and ``fields``: what stood in the form, field by field."""
        found = self._data["drafts"].get(f"{where}/{app_id}")
        if not isinstance(found, dict) or not isinstance(found.get("fields"), dict):
            return None
        return found if isinstance(found.get("at_ms"), int) else None

    def keep_draft(self, where: str, app_id: str, at_ms: int, fields: Mapping[str, Any]) -> None:
        self._put("drafts", f"{where}/{app_id}", {"at_ms": at_ms, "fields": dict(fields)})

    def drop_draft(self, where: str, app_id: str) -> None:
        if f"{where}/{app_id}" in self._data["drafts"]:
            self._put("drafts", f"{where}/{app_id}", None)

    # -- costs -------------------------------------------------------------------------------------
    def costs(self, where: str, app_id: str) -> dict[str, str]:
        """Price line -> what one such charge costs the vendor, in dollars, as typed. Nobody else is told."""
        found = self._data["costs"].get(f"{where}/{app_id}")
        return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}

    def keep_costs(self, where: str, app_id: str, costs: Mapping[str, str]) -> None:
        if dict(costs) != self.costs(where, app_id):
            self._put("costs", f"{where}/{app_id}", dict(costs) or None)

    # -- deleted apps ------------------------------------------------------------------------------
    def closed(self, where: str) -> dict[str, dict[str, str]]:
        """Apps that were deleted here: id -> ``name``, ``wallet_id``. OfficeX no longer lists their wallets."""
        found = self._data["closed"].get(where)
        if not isinstance(found, dict):
            return {}
        return {str(k): v for k, v in found.items() if isinstance(v, dict) and {"name", "wallet_id"} <= set(v)}

    def note_closed(self, where: str, app_id: str, name: str, wallet_id: str) -> None:
        self._put("closed", where, self.closed(where) | {app_id: {"name": name, "wallet_id": wallet_id}})

    def forget_closed(self, where: str, app_id: str) -> None:
        self._put("closed", where, {key: one for key, one in self.closed(where).items() if key != app_id} or None)

    # -- the file ----------------------------------------------------------------------------------
    def _put(self, part: str, key: str, value: Any) -> None:
        if value is None:
            self._data[part].pop(key, None)
        else:
            self._data[part][key] = value
        self._asked += 1
        number, text = self._asked, json.dumps(self._data, indent=1, ensure_ascii=False)
        self._write_later(lambda: self._write(number, text))

    def _write(self, number: int, text: str) -> None:
        with self._lock:
            if number < self._written:
                return
            self._written = number
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                partial = self._path.with_suffix(".part")
                with os.fdopen(
                    os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
                ) as file:
                    file.write(text)
                partial.replace(self._path)
            except OSError as error:
                _log.warning("what the vendor desk keeps was not written: %s", error)
