"""Writes of many requests in one transaction: what waits while one group is written is the next group.

A disk confirms a few hundred transactions a second, however small they are. To whoever asks, each request is still a
transaction (a savepoint): it takes back only its own when it fails, and is answered only when all is on the disk.
"""

from __future__ import annotations

import asyncio
import threading
import types
from collections import deque
from collections.abc import Callable, Generator
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


@dataclass(slots=True)
class _Quick:
    work: Callable[[Connection], Any]
    done: Done | None = None
    told: asyncio.Future[Any] | None = None  # where a worker thread has to do it after all


class GroupCommit:
    """Runs functions of a connection, on a worker thread of the database or, if they are quick, on the loop's.

    Args:
        before: Run once a group, inside its transaction.
    """

    def __init__(self, database: Database, before: Callable[[Connection], None] | None = None) -> None:
        self._database, self._before = database, before
        self._waiting: deque[_Waiting] = deque()
        self._lock = threading.Lock()
        self._is_writing = False

        self._quick: list[_Quick] = []  # of the loop's thread alone

    async def run(self, work: Callable[[Connection], T]) -> T:
        """The result of ``work`` once it is committed. Raises what it raises, or what SQLAlchemy raises."""
        result: T = await self._hand_over(work)
        return result

    async def run_quick(self, work: Callable[[Connection], T]) -> T:
        """As ``run``, for what takes less than the way to a worker thread and back.

        What is asked for in one turn of the loop is a group. The loop waits for the disk then, but for no other
        writer: where there is one, a worker thread waits instead.
        """
        one = _Quick(work)
        self._quick.append(one)
        try:
            await _next_turn()
        except BaseException:
            if one in self._quick:
                self._quick.remove(one)
            raise
        if one.done is None and one.told is None:
            self._write_quick()
        if one.told is not None:
            result: T = await one.told
            return result
        assert one.done is not None
        if one.done.error is not None:
            raise one.done.error
        return one.done.result

    def _write_quick(self) -> None:
        group, self._quick = self._quick[:MOST], self._quick[MOST:]
        done = self._database.call_each_now([one.work for one in group])
        if done is None:
            for one in group:
                one.told = self._hand_over(one.work)
            return
        for one, outcome in zip(group, done, strict=True):
            one.done = outcome

    def _hand_over(self, work: Callable[[Connection], Any]) -> asyncio.Future[Any]:
        one = _Waiting(work, asyncio.get_running_loop().create_future())
        with self._lock:
            self._waiting.append(one)
            has_to_begin, self._is_writing = not self._is_writing, True
        if has_to_begin:
            self._database.submit(self._write_all)
        return one.told

    def _write_all(self) -> None:
        while True:
            with self._lock:
                group = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
                self._is_writing = bool(group)
            if not group:
                return
            done = self._database.call_each([one.work for one in group], self._before)
            _tell(group, done)


@types.coroutine
def _next_turn() -> Generator[None, None, None]:
    """Back when all that is at hand now has had its turn."""
    yield


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
