"""The activity log (Office API 12.2), written in batches behind the back of the ingest."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
from collections import deque
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from office_studio.core.office import events as ev
from office_studio.core.office.activity import activity_of
from office_studio.server.db import Database
from office_studio.server.office.agents import AgentRow
from office_studio.server.schema import activity

FLUSH_PERIOD_S = 0.5
BATCH = 1_000  # rows of one INSERT
MAX_WAITING = 50_000  # rows kept in memory while the database cannot take them
KEPT_ROWS = 200_000
_PRUNE_EVERY = 20_000  # rows written between two prunings
_MAX_TEXT = 2_000  # characters of a title or detail

log = logging.getLogger(__name__)


class ActivityLog:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[dict[str, Any]] = deque()
        self._last_us = 0
        self._dropped = 0
        self._since_prune = 0
        self._flushing = asyncio.Lock()

    def load(self) -> None:
        """Go on after the newest record of the last run (blocking; at start)."""
        newest = select(activity.c.created_us).order_by(activity.c.created_us.desc()).limit(1)
        self._last_us = self._database.call(lambda c: c.execute(newest).scalar()) or 0

    def add(self, event: ev.OfficeEvent, agent: AgentRow, now_ms: int) -> None:
        """Queue the event's record, if its type leaves one. Takes microseconds; never waits, never fails."""
        line = activity_of(event)
        if line is None:
            return
        # Paging continues strictly before a time, so two records must never share one.
        self._last_us = max(now_ms * 1_000, self._last_us + 1)
        tells_detail = not isinstance(event, ev.MessageIn | ev.MessageOut | ev.SubagentStart)
        self._waiting.append(
            {
                "created_us": self._last_us,
                "owner_id": agent.owner_id,
                "agent_id": agent.id,
                "agent_name": agent.name,
                "kind": line.kind.value,
                "title": line.title[:_MAX_TEXT],
                "detail": (line.detail[:_MAX_TEXT] if tells_detail else "") or None,
                "metadata": {"eventType": event.type, "sessionId": event.session_id[:_MAX_TEXT]},
            }
        )
        if len(self._waiting) > MAX_WAITING:
            self._waiting.popleft()
            self._dropped += 1

    async def run(self) -> None:
        """Write what waits, until cancelled; then write the rest."""
        try:
            while True:
                await asyncio.sleep(FLUSH_PERIOD_S)
                await self.flush()
        finally:
            with contextlib.suppress(asyncio.CancelledError):
                await self.flush()

    async def flush(self) -> None:
        async with self._flushing:
            while self._waiting:
                rows = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
                try:
                    await self._database.run(functools.partial(self._write, rows), write=True)
                except SQLAlchemyError as exc:
                    self._waiting.extendleft(reversed(rows))
                    log.warning("activity not written yet: %s", self._database.explain(exc).message)
                    return
            if self._dropped:
                log.warning("%d activity records were dropped: the database was too slow", self._dropped)
                self._dropped = 0

    async def page(
        self, owner_id: str, *, agent_id: str | None, kind: str | None, before_us: int | None, limit: int
    ) -> list[dict[str, Any]]:
        """Records of the user's agents, newest first."""
        await self.flush()  # a reader sees what was accepted before it asked
        statement = select(activity).where(activity.c.owner_id == owner_id)
        if agent_id is not None:
            statement = statement.where(activity.c.agent_id == agent_id)
        if kind is not None:
            statement = statement.where(activity.c.kind == kind)
        if before_us is not None:
            statement = statement.where(activity.c.created_us < before_us)
        statement = statement.order_by(activity.c.created_us.desc()).limit(limit)
        return [_item(row) for row in await self._database.run(lambda c: c.execute(statement).all())]

    def _write(self, rows: list[dict[str, Any]], c: Connection) -> None:
        c.execute(insert(activity), rows)
        self._since_prune += len(rows)
        if self._since_prune >= _PRUNE_EVERY:
            self._since_prune = 0
            oldest_kept = select(activity.c.created_us).order_by(activity.c.created_us.desc()).offset(KEPT_ROWS)
            limit_us = c.execute(oldest_kept.limit(1)).scalar()
            if limit_us is not None:
                c.execute(delete(activity).where(activity.c.created_us <= limit_us))


def time_of(created_us: int) -> str:
    """RFC 3339 with microseconds, which the paging needs; other times of the API have milliseconds."""
    moment = datetime.fromtimestamp(created_us // 1_000_000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{created_us % 1_000_000:06d}Z"


def parse_cursor(text: str | None) -> int | None:
    """Microseconds since 1970 of an RFC 3339 text; None for anything else, which the API ignores."""
    if not text:
        return None
    try:
        # A "+" in a query that was not percent-encoded arrives as a space.
        moment = datetime.fromisoformat(text.strip().replace(" ", "+").replace("Z", "+00:00"))
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def _item(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.created_us),
        "agentId": row.agent_id,
        "agentName": row.agent_name,
        "activityType": row.kind,
        "title": row.title,
        "detail": row.detail,
        "metadata": row.metadata,
        "createdAt": time_of(row.created_us),
    }
