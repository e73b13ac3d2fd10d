"""Several requests in one transaction: each stands or falls alone, until the transaction itself falls."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError, OperationalError

from office_studio.server.db import Database, sqlite_url
from office_studio.server.group_commit import MOST, GroupCommit


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr("office_studio.server.db.BUSY_TIMEOUT_MS", 100)
    found = Database(sqlite_url(tmp_path / "x.db"), upgrade=_tables, durable=False)
    found.open()
    yield found
    found.close()


def _tables(connection: Connection) -> None:
    connection.execute(text("CREATE TABLE numbers (n INTEGER PRIMARY KEY CHECK (n >= 0))"))


def add(number: int) -> Callable[[Connection], int]:
    def work(connection: Connection) -> int:
        connection.execute(text("INSERT INTO numbers VALUES (:n)"), {"n": number})
        return number

    return work


def kept(database: Database) -> list[int]:
    return database.call(
        lambda connection: list(connection.execute(text("SELECT n FROM numbers ORDER BY n")).scalars())
    )


def refusing(connection: Connection) -> None:
    add(7)(connection)
    raise LookupError("no")


def test_each_takes_back_only_its_own(database: Database):
    done = database.call_each([add(1), refusing, add(-1), add(1), add(2)])
    assert [one.result for one in done] == [1, None, None, None, 2]
    assert [type(one.error) for one in done] == [type(None), LookupError, IntegrityError, IntegrityError, type(None)]
    assert kept(database) == [1, 2]


def test_one_alone_is_taken_back_whole(database: Database):
    (done,) = database.call_each([refusing])
    assert isinstance(done.error, LookupError)
    assert kept(database) == []


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_transaction_that_the_database_gives_up_fails_for_all(database: Database, place: int):
    def full(connection: Connection) -> None:
        driver: Any = connection.connection.dbapi_connection
        driver.execute("ROLLBACK")  # as SQLite does by itself on a full disk
        raise sqlite3.OperationalError("database or disk is full")

    works: list[Callable[[Connection], Any]] = [add(1), add(2), add(3)]
    works[place] = full
    done = database.call_each(works)
    assert [str(one.error) for one in done] == ["database or disk is full"] * 3
    assert kept(database) == []
    assert database.call_each([add(1), add(2)])[1].result == 2  # and the next group is written


def test_a_locked_database_fails_for_all_and_is_told_as_such(database: Database):
    with contextlib.closing(sqlite3.connect(str(database.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        done = database.call_each([add(1), add(2)])
        assert all(isinstance(one.error, OperationalError) for one in done)
        assert done[0].error is not None
        assert database.explain(done[0].error).code == "DATABASE_LOCKED"
        other.execute("ROLLBACK")
    assert kept(database) == []


def test_what_waits_is_written_together_in_its_order(database: Database):
    """The first is alone, since nothing else waited when it began; all others wait for it and form groups."""
    begun = threading.Event()
    go_on = threading.Event()
    groups: list[int] = []
    order: list[int] = []

    def first(connection: Connection) -> None:
        begun.set()
        assert go_on.wait(60)

    def noted(number: int) -> Callable[[Connection], int]:
        def work(connection: Connection) -> int:
            order.append(number)
            if number % 10 == 3:
                raise LookupError(number)
            return add(number)(connection)

        return work

    async def scene() -> list[Any]:
        group = GroupCommit(database, lambda _: groups.append(len(order)))
        waiting = [asyncio.create_task(group.run(first))]
        await asyncio.to_thread(begun.wait, 10)
        waiting += [asyncio.create_task(group.run(noted(number))) for number in range(MOST + 5)]
        await asyncio.sleep(0)
        waiting[4].cancel()  # it was handed over already: it is written, and nobody is told
        go_on.set()
        return await asyncio.gather(*waiting, return_exceptions=True)

    found = asyncio.run(scene())
    assert order == list(range(MOST + 5))
    assert groups == [0, 0, MOST]
    assert isinstance(found[4], asyncio.CancelledError)
    good = [number for number in range(MOST + 5) if number % 10 != 3]
    assert kept(database) == good
    assert [one for one in found[1:] if isinstance(one, int)] == good
    assert sum(isinstance(one, LookupError) for one in found) == len([n for n in range(MOST + 5) if n % 10 == 3]) - 1


# -- what is written on the loop's own thread --------------------------------------------------------
def threads_of(seen: list[int], number: int) -> Callable[[Connection], int]:
    def work(connection: Connection) -> int:
        seen.append(threading.get_ident())
        return add(number)(connection)

    return work


def commits(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many were written in each transaction of the loop's thread; it grows."""
    sizes: list[int] = []
    now = database.call_each_now

    def counted(works: Any) -> Any:
        sizes.append(len(works))
        return now(works)

    monkeypatch.setattr(database, "call_each_now", counted)
    return sizes


def test_quick_ones_of_a_turn_are_written_together_by_the_loop(database: Database, monkeypatch: pytest.MonkeyPatch):
    seen: list[int] = []
    sizes = commits(database, monkeypatch)

    async def scene() -> list[Any]:
        group = GroupCommit(database)
        works = [threads_of(seen, number) for number in range(MOST + 3)]
        works[5] = refusing  # type: ignore[call-overload]
        return await asyncio.gather(*map(group.run_quick, works), return_exceptions=True)

    found = asyncio.run(scene())
    assert sizes == [MOST, 3]
    assert set(seen) == {threading.get_ident()}
    assert isinstance(found[5], LookupError)
    good = [number for number in range(MOST + 3) if number != 5]
    assert [one for one in found if isinstance(one, int)] == good == kept(database)


def test_one_quick_call_that_is_refused_is_taken_back_whole_and_the_next_is_written(database: Database):
    async def scene() -> list[Any]:
        group = GroupCommit(database)
        turns = [refusing, add(7), add(7), add(8)]
        return [(await asyncio.gather(group.run_quick(work), return_exceptions=True))[0] for work in turns]

    found = asyncio.run(scene())
    assert [type(one) for one in found] == [LookupError, int, IntegrityError, int]
    assert kept(database) == [7, 8]


def test_where_somebody_else_writes_a_worker_waits_and_not_the_loop(database: Database):
    seen: list[int] = []
    with contextlib.closing(sqlite3.connect(str(database.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        async def scene() -> list[Any]:
            group = GroupCommit(database)
            outside = await asyncio.gather(group.run_quick(threads_of(seen, 1)), return_exceptions=True)
            other.execute("ROLLBACK")
            return [*outside, await group.run_quick(threads_of(seen, 2))]

        found = asyncio.run(scene())
    assert isinstance(found[0], OperationalError)  # nobody waits for ever
    assert database.explain(found[0]).code == "DATABASE_LOCKED"
    assert (found[1], kept(database)) == (2, [2])
    assert seen == [threading.get_ident()]


def test_beside_a_long_work_quick_ones_take_their_turn_after_it(database: Database):
    begun, go_on = threading.Event(), threading.Event()
    seen: list[int] = []

    def long(connection: Connection) -> int:
        begun.set()
        assert go_on.wait(60)
        return add(1)(connection)

    async def scene() -> list[int]:
        group = GroupCommit(database)
        waiting = asyncio.create_task(group.run(long))
        await asyncio.to_thread(begun.wait, 60)
        quick = asyncio.create_task(group.run_quick(threads_of(seen, 2)))
        for _ in range(5):
            await asyncio.sleep(0)  # the loop goes on
        assert not quick.done()
        go_on.set()
        return list(await asyncio.gather(waiting, quick))

    assert asyncio.run(scene()) == [1, 2]
    assert kept(database) == [1, 2]
    assert threading.get_ident() not in seen


def test_a_quick_call_that_is_cancelled_in_time_is_not_written(database: Database):
    async def scene() -> list[Any]:
        group = GroupCommit(database)
        first = asyncio.create_task(group.run_quick(add(1)))
        second = asyncio.create_task(group.run_quick(add(2)))
        await asyncio.sleep(0)
        first.cancel()
        return await asyncio.gather(first, second, return_exceptions=True)

    found = asyncio.run(scene())
    assert isinstance(found[0], asyncio.CancelledError)
    assert (found[1], kept(database)) == (2, [2])


def test_a_database_in_memory_is_one_connection_for_its_worker_alone():
    database = Database("sqlite://", upgrade=_tables)
    database.open()
    seen: list[int] = []
    assert asyncio.run(GroupCommit(database).run_quick(threads_of(seen, 3))) == 3
    assert kept(database) == [3]
    assert threading.get_ident() not in seen
    database.close()
