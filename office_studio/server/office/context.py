"""Everything the endpoints of the office work with, and who is asking."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from starlette.requests import HTTPConnection

from office_studio.server.config import ServerConfig
from office_studio.server.db import Database
from office_studio.server.http import Problem
from office_studio.server.office.accounts import Accounts, User
from office_studio.server.office.activity_log import ActivityLog
from office_studio.server.office.agents import AgentDirectory, AgentRow
from office_studio.server.office.bindings import BindingStore
from office_studio.server.office.rooms import Rooms
from office_studio.server.office.theme_store import ThemeStore

SESSION_COOKIE = "better-auth.session_token"


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in user. ``session_token`` is None for a caller with an API token."""

    user: User
    session_token: str | None = None
    expires_ms: int | None = None


@dataclass(slots=True)
class OfficeContext:
    config: ServerConfig
    data_dir: Path
    database: Database
    accounts: Accounts
    agents: AgentDirectory
    bindings: BindingStore
    activity: ActivityLog
    themes: ThemeStore
    rooms: Rooms

    def now_ms(self) -> int:
        return self.config.clock()

    async def caller(self, request: HTTPConnection) -> Caller:
        """Who is asking (2.1): API token first, then session. Raises Problem 401."""
        bearer = bearer_token(request)
        if bearer.startswith("ari_cli_"):
            user = await self.accounts.user_of_api_token(bearer)
            if user is not None:
                return Caller(user)
        token = bearer or session_cookie(request)
        found = await self.accounts.user_of_session(token) if token else None
        if found is None:
            raise Problem(401, "Unauthorized")
        return Caller(found[0], token, found[1])

    def bot(self, request: HTTPConnection) -> AgentRow:
        """The agent whose token came along (2.2). Raises Problem 401."""
        token = bearer_token(request)
        agent = self.agents.by_token(token) if token else None
        if agent is None:
            raise Problem(401, "Unauthorized")
        return agent


def bearer_token(request: HTTPConnection) -> str:
    """The token of ``Authorization: Bearer``; the word is case-sensitive, the token trimmed."""
    header = request.headers.get("authorization", "")
    return header[7:].strip() if header.startswith("Bearer ") else ""


def session_cookie(request: HTTPConnection) -> str:
    return unquote(request.cookies.get(SESSION_COOKIE, ""))
