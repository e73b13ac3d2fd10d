"""Writes of many requests in one transaction: what waits while one group is written is the next group.

A disk confirms a few hundred transactions a second, however small they are. To whoever asks, each request is still a
transaction (a savepoint): it takes back only its own when it fails, and is answered only when all is on the disk.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection

from office_studio.server.db import Database, Done

T = TypeVar("T")

MOST = 64  # in one group: nobody waits for more than these


@dataclass(slots=True)
class _Waiting:
    work: Callable[[Connection], Any]
    told: asyncio.Future[Any]


class GroupCommit:
    """Runs functions of a connection, in the order of ``run``, on a worker thread of the database.

    Args:
        before: Run once a group, inside its transaction.
    """

    def __init__(self, database: Database, before: Callable[[Connection], None] | None = None) -> None:
        self._database, self._before = database, before
        self._waiting: deque[_Waiting] = deque()
        self._lock = threading.Lock()
        self._is_writing = False

    async def run(self, work: Callable[[Connection], T]) -> T:
        """The result of ``work`` once it is committed. Raises what it raises, or what SQLAlchemy raises."""
        one = _Waiting(work, asyncio.get_running_loop().create_future())
        with self._lock:
            self._waiting.append(one)
            has_to_begin, self._is_writing = not self._is_writing, True
        if has_to_begin:
            self._database.submit(self._write_all)
        result: T = await one.told
        return result

    def _write_all(self) -> None:
        while True:
            with self._lock:
                group = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
                self._is_writing = bool(group)
            if not group:
                return
            done = self._database.call_each([one.work for one in group], self._before)
            _tell(group, done)


def _tell(group: list[_Waiting], done: list[Done]) -> None:
    def on_loop() -> None:
        for one, outcome in zip(group, done, strict=True):
            if one.told.done():
                continue  # whoever asked is gone
            if outcome.error is None:
                one.told.set_result(outcome.result)
            else:
                one.told.set_exception(outcome.error)

    try:
        group[0].told.get_loop().call_soon_threadsafe(on_loop)
    except RuntimeError:
        pass  # the loop is closed; nobody is left to be told
