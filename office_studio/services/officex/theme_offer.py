"""A bought theme as values: what an install's agent_context offers, and what was imported from which install."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from office_studio.core.officex.links import without_query
from office_studio.errors import StorageError

_log = logging.getLogger(__name__)
URL, SHA256, VERSION, LICENSE = "theme_url", "theme_sha256", "theme_version", "license"
BOUGHT = "bought-themes"  # folder of the user's data in which they lie
_BOOK = "bought-themes.json"


@dataclass(frozen=True, slots=True)
class ThemeOffer:
    """A bought theme as an install's agent_context names it. The address is the buyer's alone."""

    url: str
    sha256: str
    version: str = ""
    license: str = ""

    def __repr__(self) -> str:  # keeps the address out of logs
        return f"ThemeOffer({without_query(self.url).rpartition('/')[2]!r}, {self.sha256[:12]}…)"


@dataclass(frozen=True, slots=True)
class Bought:
    """A theme that was imported from an install."""

    environment: str
    install_id: str
    sha256: str
    theme_id: str
    name: str
    version: str
    license: str
    folder: str
    at_ms: int = 0

    @property
    def path(self) -> Path:
        return Path(self.folder)


class PurchaseStep(StrEnum):
    FETCH = "fetch"
    CHECK = "check"
    KEEP = "keep"


def offer_of(context: Mapping[str, str]) -> ThemeOffer | None:
    """What an install offers; None where it offers no theme. Whether it is any good is for ``check_offer``."""
    if not context.get(URL):
        return None
    sha256 = context.get(SHA256, "").strip().lower().removeprefix("sha256:")
    return ThemeOffer(context[URL].strip(), sha256, context.get(VERSION, "")[:50], context.get(LICENSE, ""))


class BoughtThemes:
    """What was imported from which install: a small file. Calls read and write it: keep them off the GUI thread."""

    def __init__(self, config: Path) -> None:
        self._path = config / _BOOK
        self._lock = threading.Lock()

    def all(self) -> tuple[Bought, ...]:
        """Those whose folder is still there. A missing or broken file: none."""
        try:
            found = [Bought(**item) for item in json.loads(self._path.read_text("utf-8"))]
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, TypeError) as error:
            _log.warning("the list of bought themes cannot be read: %s", error)
            return ()
        return tuple(one for one in found if one.path.is_dir())

    def note(self, bought: Bought) -> None:
        """Raises StorageError UNPACK_FAILED."""
        with self._lock:
            others = [one for one in self.all() if one.install_id != bought.install_id]
            part = self._path.with_suffix(".part")
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                part.write_text(json.dumps([asdict(one) for one in (*others, bought)], indent=1), "utf-8")
                part.replace(self._path)
            except OSError as error:
                raise cannot_keep(self._path, error) from error


def cannot_keep(where: Path, error: OSError) -> StorageError:
    return StorageError(
        "UNPACK_FAILED", f"{where} cannot be written: {error.strerror or error}.", "Check the space and the rights."
    )
