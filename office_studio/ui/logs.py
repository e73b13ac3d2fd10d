"""The log file: rotating, in the user's log folder. Tokens never reach it."""

from __future__ import annotations

import logging
import logging.handlers
import re
from pathlib import Path

from office_studio.paths import log_dir

_FILE, _MAX_BYTES, _BACKUPS = "office-studio.log", 1_000_000, 3
# A last line of defence: nothing logs a token on purpose, but a library might print a header.
_SECRETS = re.compile(
    r"(?i)(bearer\s+|token[\"'=:\s]+|session_token="
    # Names of the marketplace's secrets, as addresses, headers, JSON and Python write them.
    r"|(?:secret|master[-_]key|api[-_]key|password|sandbox-token)[\"']?\s*[=:,]\s*b?[\"']?)[^\s\"',;&)]{8,}"
)


def without_secrets(text: str) -> str:
    """``text`` with whatever looks like a token, key or secret cut out."""
    return _SECRETS.sub(r"\1…", text)


class _Redacting(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


def start_logging(folder: Path | None = None) -> Path | None:
    """Write the program's log to a file; returns it, or None where no file can be written."""
    path = (folder or log_dir()) / _FILE
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    for noisy in ("httpx", "httpcore", "uvicorn.access", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=_MAX_BYTES, backupCount=_BACKUPS, encoding="utf-8"
        )
    except OSError:
        return None
    handler.setFormatter(_Redacting("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    return path
