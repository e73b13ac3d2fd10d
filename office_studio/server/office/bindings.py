"""Which agent sits in which slot (Office API 7.5 to 7.7)."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from office_studio.core.office.model import Binding
from office_studio.server.db import Database
from office_studio.server.schema import agents, bindings


class NotOwned(Exception):
    """The agent is another user's, or nobody's."""


class BindingStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_theme(self, user_id: str, theme_id: str) -> list[Binding]:
        """By slot index. Names are the agents' present ones."""
        statement = (
            select(bindings.c.slot_index, bindings.c.agent_id, agents.c.name, agents.c.avatar_url)
            .join(agents, agents.c.id == bindings.c.agent_id)
            .where(bindings.c.user_id == user_id, bindings.c.theme_id == theme_id)
            .order_by(bindings.c.slot_index)
        )
        rows = await self._database.run(lambda c: c.execute(statement).all())
        return [Binding(*row) for row in rows]

    async def put(self, user_id: str, theme_id: str, slot_index: int, agent_id: str) -> None:
        """Move the agent to the slot; whoever sat there is left without one. All in one transaction.

        Raises:
            NotOwned: the agent is not this user's.
            sqlalchemy.exc.IntegrityError: another change came in between.
        """

        def move(c: Connection) -> None:
            owned = select(agents.c.id).where(agents.c.id == agent_id, agents.c.owner_id == user_id)
            if c.execute(owned).first() is None:
                raise NotOwned
            mine = (bindings.c.user_id == user_id) & (bindings.c.theme_id == theme_id)
            taken = (bindings.c.agent_id == agent_id) | (bindings.c.slot_index == slot_index)
            c.execute(delete(bindings).where(mine & taken))
            values = {"user_id": user_id, "theme_id": theme_id, "slot_index": slot_index, "agent_id": agent_id}
            c.execute(insert(bindings).values(**values))

        await self._database.run(move, write=True)

    async def remove(self, user_id: str, theme_id: str, slot_index: int) -> None:
        """Empty the slot; nothing happens when it is empty already."""
        statement = delete(bindings).where(
            bindings.c.user_id == user_id, bindings.c.theme_id == theme_id, bindings.c.slot_index == slot_index
        )
        await self._database.run(lambda c: c.execute(statement), write=True)
