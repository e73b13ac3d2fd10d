"""Statements of the hot path: built once from SQLAlchemy's tables, run by the driver itself.

SQLAlchemy spends 60 to 150 µs on a statement that SQLite answers in 5; a charge needs a dozen. What is written here
stays one text for every database: the dialect compiles it, its types convert what goes in and comes out, and a
driver's error is told as SQLAlchemy tells it. Only its execution is left out.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import JSON, Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import Select
from sqlalchemy.sql.dml import UpdateBase

_Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Made:
    """A statement for one dialect."""

    text: str
    names: tuple[str, ...]  # of the parameters, in their order
    pick: Callable[[Mapping[str, Any]], Any]  # their values, in their order
    converts: tuple[tuple[int, _Convert], ...]  # by the place of the parameter
    constants: Mapping[str, Any]
    is_positional: bool
    row: Callable[[Iterable[Any]], Any]
    reads: tuple[tuple[int, _Convert], ...]  # by the place of the column
    driver_error: type[Exception]

    def bound(self, given: Mapping[str, Any]) -> Any:
        picked = self.pick({**self.constants, **given} if self.constants else given)
        if self.converts:
            picked = list(picked)
            for at, convert in self.converts:
                picked[at] = convert(picked[at])
        return picked if self.is_positional else dict(zip(self.names, picked, strict=True))

    def rows(self, found: Iterable[Sequence[Any]]) -> list[Any]:
        if not self.reads:
            return [self.row(one) for one in found]
        rows = []
        for one in found:
            values = list(one)
            for at, read in self.reads:
                values[at] = read(values[at])
            rows.append(self.row(values))
        return rows


class Prepared:
    """A select, insert or update. Rows are named tuples.

    Args:
        statement: With its parameters as ``bindparam``; no lists among them.
        columns: What an insert or update is given values for.
    """

    def __init__(self, statement: Select[Any] | UpdateBase, columns: Sequence[str] = ()) -> None:
        self._statement, self._columns = statement, list(columns)
        self._made: dict[str, _Made] = {}

    def all(self, connection: Connection, given: Mapping[str, Any]) -> list[Any]:
        """Every row. Raises what SQLAlchemy raises."""
        made = self._for(connection.dialect)
        try:
            return made.rows(_driver(connection).execute(made.text, made.bound(given)).fetchall())
        except made.driver_error as error:
            raise _told(made, error, connection) from error

    def first(self, connection: Connection, given: Mapping[str, Any]) -> Any:
        """The first row, or None."""
        rows = self.all(connection, given)
        return rows[0] if rows else None

    def run(self, connection: Connection, given: Mapping[str, Any]) -> None:
        """For what gives no rows."""
        made = self._for(connection.dialect)
        try:
            _driver(connection).execute(made.text, made.bound(given))
        except made.driver_error as error:
            raise _told(made, error, connection) from error

    def run_each(self, connection: Connection, given: Iterable[Mapping[str, Any]]) -> None:
        made = self._for(connection.dialect)
        try:
            _driver(connection).cursor().executemany(made.text, [made.bound(one) for one in given])
        except made.driver_error as error:
            raise _told(made, error, connection) from error

    def _for(self, dialect: Dialect) -> _Made:
        made = self._made.get(dialect.name)
        if made is None:
            made = self._made[dialect.name] = _make(self._statement, self._columns, dialect)
        return made


def _driver(connection: Connection) -> Any:
    return connection.connection.dbapi_connection


def _told(made: _Made, error: Exception, connection: Connection) -> BaseException:
    return DBAPIError.instance(made.text, None, error, made.driver_error, dialect=connection.dialect)


def _quick_for_nothing(convert: _Convert) -> _Convert:
    """Most metadata is None, and writing that as JSON takes longer than all the rest of a parameter."""
    nothing = convert(None)
    return lambda value: nothing if value is None else convert(value)


def _quick_for_empty(read: _Convert) -> _Convert:
    """Nearly all JSON of the hot path: no metadata, and no agent_context."""
    return lambda value: None if value == "null" else {} if value == "{}" else read(value)


def _make(statement: Select[Any] | UpdateBase, columns: list[str], dialect: Dialect) -> _Made:
    compiled: Any = statement.compile(dialect=dialect, column_keys=columns or None)
    is_positional = bool(compiled.positional)
    names = tuple(compiled.positiontup if is_positional else compiled.params)
    converts = []
    for at, name in enumerate(names):
        convert = compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)
        if convert is not None:
            converts.append((at, _quick_for_nothing(convert)))
    reads = []
    found = list(statement.exported_columns)
    for at, column in enumerate(found):
        read = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if read is not None:
            reads.append((at, _quick_for_empty(read) if isinstance(column.type, JSON) else read))
    row: Any = namedtuple("row", [column.key for column in found]) if found else None  # type: ignore[misc]
    constants = {name: value for name, value in compiled.params.items() if value is not None and name not in columns}
    error = dialect.loaded_dbapi.Error
    make = row._make if row is not None else tuple
    pick: Any = itemgetter(*names) if len(names) > 1 else lambda given: tuple(given[name] for name in names)
    return _Made(str(compiled), names, pick, tuple(converts), constants, is_positional, make, tuple(reads), error)
