"""Charges that could not be sent: kept on disk, repeated until OfficeX has answered (contract, section 18.3).

Each entry is one file, on the disk before its call leaves, so that a killed program loses none.
Secrets are not in it; they are read from the keyring before each repeat.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from office_studio.core.officex.codes import UNREACHABLE
from office_studio.services.officex.errors import DuplicateJob, LimitReached, OfficeXError
from office_studio.services.officex.till import Till

_log = logging.getLogger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S, JITTER = 1.0, 300.0, 0.2
KEPT_MS = 7 * 86_400_000
NOTICES = {  # what the user is told of, once a job (18.3, rule 6)
    "INSTALL_EXPIRED": ("renew", "Permission has run out", "Extend the permission of this app to let it go on."),
    "INSUFFICIENT_FUNDS": ("topup", "Not enough credits", "Buy credits to let this app go on."),
    "RATE_LIMITED": ("ratelimit", "Limit reached", "This app has used up its charges for now."),
    "LIFETIME_LIMIT_REACHED": ("cap", "Spending cap reached", "Raise the cap of this app to let it go on."),
}


class Kind(StrEnum):
    RESERVE = "reserve"
    SETTLE = "settle"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Entry:
    """One call that is due. Amounts in micro-credits; ``expected`` is the settled total before the call (SETTLE)."""

    environment: str
    install_id: str
    kind: Kind
    job_id: str
    amount: int = 0
    final: bool = False
    expected: int = 0
    metadata: dict[str, Any] | None = None
    created_ms: int = 0
    tries: int = 0
    due_ms: int = 0
    id: str = field(default_factory=lambda: uuid.uuid4().hex)


class Result(StrEnum):
    DONE = "done"
    WAITING = "waiting"
    REFUSED = "refused"
    ASK = "ask"  # the figures are neither those before nor those after: a person has to look


@dataclass(frozen=True, slots=True)
class Report:
    entry: Entry
    result: Result
    error: OfficeXError | None = None


class Outbox:
    """Entries in ``folder``, oldest first. ``now_ms`` and ``chance`` (0 to 1) are passed in."""

    def __init__(self, folder: Path, now_ms: Callable[[], int], chance: Callable[[], float] = random.random) -> None:
        self._folder, self._now_ms, self._chance = folder, now_ms, chance
        self._entries: dict[str, Entry] = {}
        self._lock = asyncio.Lock()

    def open(self) -> list[Entry]:
        """Read what an earlier run left. A file that cannot be read is set aside, never deleted."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(self._folder.glob("*.json")):
            try:
                data = json.loads(path.read_text("utf-8"))
                entry = Entry(**data | {"kind": Kind(data["kind"])})
            except (OSError, ValueError, TypeError, KeyError):
                _log.warning("a waiting charge cannot be read and is set aside: %s", path.name)
                path.replace(path.with_suffix(".unreadable"))
                continue
            self._entries[entry.id] = entry
        return self.entries

    @property
    def entries(self) -> list[Entry]:
        return sorted(self._entries.values(), key=lambda entry: entry.created_ms)

    def add(self, entry: Entry) -> Entry:
        """Keep an entry; it is on the disk when this returns. Blocks for the time of a flush."""
        now = self._now_ms()
        kept = replace(entry, created_ms=entry.created_ms or now, due_ms=now + self._pause_ms(0))
        self._write(kept)
        return kept

    async def send(self, till: Till, entry: Entry) -> Report:
        """Try now; keep it when OfficeX could not be reached. For a first attempt as well as for a repeat.

        The entry is written before the call leaves: a program killed in between finds it at its next start.
        """
        async with self._lock:
            if entry.id not in self._entries:
                entry = await asyncio.to_thread(self.add, entry)
            report = await self._try(till, entry)
            if report.result is Result.WAITING:
                later = replace(entry, tries=entry.tries + 1, due_ms=self._next_due(entry, report.error))
                await asyncio.to_thread(self._write, later)
                return replace(report, entry=later)
            await asyncio.to_thread(self._forget, entry)
            return report

    def due(self) -> list[Entry]:
        now = self._now_ms()
        return [entry for entry in self.entries if entry.due_ms <= now]

    # -- inside ----------------------------------------------------------------------------------------
    async def _try(self, till: Till, entry: Entry) -> Report:
        try:
            if entry.kind is Kind.RESERVE:
                return await self._reserve(till, entry)
            if entry.kind is Kind.CANCEL:
                await till.cancel(f"RESV#{entry.job_id}")
                return Report(entry, Result.DONE)
            return await self._settle(till, entry)
        except LimitReached as error:
            await self._tell(till, entry, error)
            return Report(entry, Result.WAITING, error)
        except OfficeXError as error:
            status = error.details.get("status") or 0
            if error.code == UNREACHABLE or status >= 500:
                is_old = self._now_ms() - entry.created_ms > KEPT_MS
                return Report(entry, Result.REFUSED if is_old else Result.WAITING, error)
            await self._tell(till, entry, error)
            return Report(entry, Result.REFUSED, error)

    async def _reserve(self, till: Till, entry: Entry) -> Report:
        try:
            await till.reserve(entry.amount, entry.job_id, entry.metadata)
        except DuplicateJob:
            pass  # the answer to an earlier attempt was lost; the reservation is there
        return Report(entry, Result.DONE)

    async def _settle(self, till: Till, entry: Entry) -> Report:
        """Read before every attempt but the first: a sip has no idempotency key (18.3, rule 5)."""
        if entry.tries:
            now = await till.reservation(f"RESV#{entry.job_id}")
            is_closed = entry.final and now.status == "completed"
            if now.settled == entry.expected + entry.amount and (is_closed or not entry.final):
                return Report(entry, Result.DONE)
            if now.settled != entry.expected or not now.is_open:
                return Report(entry, Result.ASK)
        await till.settle(f"RESV#{entry.job_id}", entry.amount, final=entry.final)
        return Report(entry, Result.DONE)

    async def _tell(self, till: Till, entry: Entry, error: OfficeXError) -> None:
        notice = NOTICES.get(error.code)
        if notice is None:
            return
        prefix, title, words = notice
        try:
            await till.tell(f"{prefix}-{entry.job_id}"[:200], title, words)
        except OfficeXError as failed:
            _log.info("a notice could not be delivered: %s", failed.code)

    def _next_due(self, entry: Entry, error: OfficeXError | None) -> int:
        wait = error.details.get("retry_after") if error is not None else None
        if isinstance(wait, int):
            return self._now_ms() + wait * 1000
        return self._now_ms() + self._pause_ms(entry.tries + 1)

    def _pause_ms(self, tries: int) -> int:
        """1, 2, 4 … 300 s, ± 20 %."""
        pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(tries, 10))
        return int(1000 * pause * (1 + JITTER * (2 * self._chance() - 1)))

    def _write(self, entry: Entry) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        partial = self._folder / f"{entry.id}.part"
        with partial.open("w", encoding="utf-8") as file:
            json.dump(asdict(entry), file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self._folder / f"{entry.id}.json")
        self._entries[entry.id] = entry

    def _forget(self, entry: Entry) -> None:
        self._entries.pop(entry.id, None)
        (self._folder / f"{entry.id}.json").unlink(missing_ok=True)
