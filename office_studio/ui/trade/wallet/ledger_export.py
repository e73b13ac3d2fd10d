"""The ledger as CSV: every digit, times in UTC, nothing a spreadsheet would run. Written whole or not at all."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from office_studio.core.officex.money import literal
from office_studio.errors import StorageError
from office_studio.ui.trade.wallet.ledger_model import Row

HEAD = ("time_utc", "type", "app", "agent", "delta_available", "delta_reserved", "available_after", "reserved_after",
        "job_id", "install_id", "log_id")  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for one


def as_csv(rows: Sequence[Row]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for row in rows:
        entry = row.entry
        when = "" if entry.created_ms is None else _iso(entry.created_ms)
        amounts = (entry.delta_available, entry.delta_reserved, entry.available_after, entry.reserved_after)
        writer.writerow(
            (when, entry.type, harmless(row.app), harmless(row.agent), *(literal(one) for one in amounts),
             harmless(entry.job_id), entry.install_id, entry.log_id)
        )  # fmt: skip
    return out.getvalue()


def write(path: Path, rows: Sequence[Row]) -> Path:
    """Raises StorageError CSV_NOT_WRITTEN; what was there before is then still there."""
    return write_text(path, as_csv(rows), "The ledger")


def write_text(path: Path, text: str, what: str) -> Path:
    """As ``write``; ``what`` is named where it fails."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        partial = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StorageError(
            "CSV_NOT_WRITTEN",
            f"{what} was not written to {path}: {error.strerror or error}.",
            "Choose another folder.",
        ) from error
    return path


def _iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def harmless(words: str) -> str:
    """Names come from strangers: one that begins like a formula gets an apostrophe."""
    return f"'{words}" if words.startswith(_FORMULA) else words
