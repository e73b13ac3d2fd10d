"""The agents of this office and their bot tokens. Kept in memory: every posted event asks for one."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select

from office_studio.server.config import Clock
from office_studio.server.db import Database
from office_studio.server.http import rfc3339
from office_studio.server.schema import agents

MAX_NAME = 100  # characters


@dataclass(frozen=True, slots=True)
class AgentRow:
    """One agent. ``bot_token`` is a secret; ``public`` leaves it out."""

    id: str
    owner_id: str
    name: str
    description: str
    avatar_url: str | None
    bot_token: str
    created_ms: int
    updated_ms: int
    position: int

    def __repr__(self) -> str:
        return f"AgentRow({self.id!r}, {self.name!r})"

    def public(self) -> dict[str, Any]:
        """The agent as the API lists it (12.3)."""
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "avatarUrl": self.avatar_url,
            "a2aEndpoint": None,
            "ownerId": self.owner_id,
            "isPublic": False,
            "category": None,
            "usageCount": 0,
            "systemPrompt": None,
            "welcomeMessage": None,
            "quickReplies": None,
            "notificationsEnabled": False,
            "ownerProtection": False,
            "tokenRefreshedAt": rfc3339(self.created_ms),
            "createdAt": rfc3339(self.created_ms),
            "updatedAt": rfc3339(self.updated_ms),
        }


class AgentDirectory:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._by_token: dict[str, AgentRow] = {}
        self._by_id: dict[str, AgentRow] = {}

    def load(self) -> None:
        """Read all agents (blocking; at start)."""
        statement = select(agents).order_by(agents.c.created_ms, agents.c.position)
        for row in self._database.call(lambda c: c.execute(statement).all()):
            self._remember(AgentRow(**row._mapping))

    def by_token(self, token: str) -> AgentRow | None:
        return self._by_token.get(token)

    def owned(self, owner_id: str, agent_id: str) -> AgentRow | None:
        """The agent, when it is this user's."""
        row = self._by_id.get(agent_id)
        return row if row is not None and row.owner_id == owner_id else None

    def of_owner(self, owner_id: str) -> list[AgentRow]:
        """The user's agents, oldest first."""
        return [row for row in self._by_id.values() if row.owner_id == owner_id]

    async def create(self, owner_id: str, name: str, description: str = "") -> AgentRow:
        now = self._clock()
        position = max((row.position for row in self._by_id.values()), default=0) + 1
        token = f"ari_bot_{secrets.token_hex(24)}"
        row = AgentRow(str(uuid.uuid4()), owner_id, name, description, None, token, now, now, position)
        self._remember(row)  # before the wait: two at once must not take one position
        values = {column.name: getattr(row, column.name) for column in agents.columns}
        try:
            await self._database.run(lambda c: c.execute(insert(agents).values(**values)), write=True)
        except BaseException:
            self._forget(row)
            raise
        return row

    async def remove(self, row: AgentRow) -> None:
        """Delete the agent; its bindings go with it."""
        await self._database.run(lambda c: c.execute(delete(agents).where(agents.c.id == row.id)), write=True)
        self._forget(row)

    def _remember(self, row: AgentRow) -> None:
        self._by_id[row.id] = row
        self._by_token[row.bot_token] = row

    def _forget(self, row: AgentRow) -> None:
        self._by_id.pop(row.id, None)
        self._by_token.pop(row.bot_token, None)
