"""The calls of the Office API: health, status, agents, bindings, sign-in, ingest (sections 2, 7 and 12)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin

import httpx

from office_studio.core.office.model import Agent, Binding, Snapshot
from office_studio.core.office.wire import decode_binding, decode_snapshot
from office_studio.errors import ApiError, AuthError, ConflictError
from office_studio.services.http import (
    Credentials,
    call,
    call_json,
    checked_base_url,
    exchange,
    make_client,
    not_an_office,
    parse_json,
    response_error,
)


@dataclass(frozen=True, slots=True)
class AgentRecord:
    """One of the user's agents, as the office keeps it; ``avatar_url`` is absolute."""

    id: str
    name: str
    avatar_url: str | None = None


@dataclass(frozen=True, slots=True)
class User:
    id: str
    name: str
    email: str


class OfficeClient:
    """One office, one account. Create and use it on one event loop; close it there.

    Every call raises ``ApiError`` (or a sub-class) when it fails; the constructor raises ``UsageError`` for an
    address or token that cannot be one.
    """

    def __init__(
        self,
        base_url: str,
        credentials: Credentials | None = None,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.base_url = checked_base_url(base_url)
        self.http = make_client(self.base_url, credentials, transport=transport)

    async def aclose(self) -> None:
        await self.http.aclose()

    async def __aenter__(self) -> OfficeClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    # -- state of the office -----------------------------------------------------------------------
    async def health(self) -> bool:
        """Whether an agent plugin is connected to the office (API 7.1)."""
        body = await call_json(self.http, "GET", "/api/office/health")
        return isinstance(body, Mapping) and body.get("connected") is True

    async def status(self) -> Snapshot | None:
        """All online agents; None while no agent plugin is connected: 503, or ``connected: false`` (API 7.2)."""
        response, body = await exchange(self.http, "GET", "/api/office/status")
        if response.status_code == 503:
            return None
        if not response.is_success:
            raise response_error(response, body)
        document = parse_json(body, self.base_url)
        if not isinstance(document, Mapping) or not ("connected" in document or "agents" in document):
            raise not_an_office(self.base_url)
        if document.get("connected") is False:
            return None
        return decode_snapshot(document, _now_ms())

    # -- agents ------------------------------------------------------------------------------------
    async def agents(self) -> tuple[AgentRecord, ...]:
        """The user's agents, oldest first."""
        rows = await call_json(self.http, "GET", "/api/agents")
        return tuple(self._agent(row) for row in _rows(rows) if isinstance(row.get("id"), str))

    async def status_from_health(self) -> Snapshot:
        """The user's agents as idle or offline, from ``/api/agents/health``, for servers without the rest (API 10).

        The office may take seconds to answer.
        """
        rows = await call_json(self.http, "GET", "/api/agents/health", timeout=30.0)
        now_ms = _now_ms()
        agents = tuple(
            Agent(row["agentId"], str(row.get("agentName") or row["agentId"]), online=row.get("wsConnected") is True)
            for row in _rows(rows)
            if isinstance(row.get("agentId"), str)
        )
        return Snapshot(agents, now_ms)

    async def create_agent(self, name: str) -> AgentRecord:
        row = await call_json(self.http, "POST", "/api/agents", json={"name": name})
        if not isinstance(row, Mapping) or not isinstance(row.get("id"), str):
            raise not_an_office(self.base_url)
        return self._agent(row)

    async def agent_token(self, agent_id: str) -> str:
        """The agent's secret for sending events. Never log it."""
        body = await call_json(self.http, "GET", f"/api/agents/{quote(agent_id, safe='')}/token")
        found = body.get("token", body.get("botToken")) if isinstance(body, Mapping) else body
        if not isinstance(found, str) or not found:
            raise not_an_office(self.base_url)
        return found

    # -- bindings ----------------------------------------------------------------------------------
    async def bindings(self, theme_id: str) -> tuple[Binding, ...]:
        """Who sits in which slot of the theme, by slot. Avatar addresses come back absolute."""
        rows = await call_json(self.http, "GET", "/api/office/bindings", params={"themeId": theme_id})
        found = (decode_binding(self._with_avatar(row)) for row in _rows(rows))
        return tuple(sorted((row for row in found if row is not None), key=lambda row: row.slot_index))

    async def bind(self, theme_id: str, slot_index: int, agent_id: str) -> None:
        """Seat an agent: it leaves its other slot of the theme, and whoever had this slot leaves it (API 7.6).

        Raises:
            AuthError: BINDING_FOREIGN_AGENT, when the agent is not the user's.
            ConflictError: BINDING_CONFLICT, when another change came in between twice.
        """
        body = {"themeId": theme_id, "slotIndex": slot_index, "agentId": agent_id}
        for attempt in (1, 2):
            try:
                await call(self.http, "PUT", "/api/office/bindings", json=body)
                return
            except ConflictError as exc:
                if attempt == 2:
                    raise ConflictError(
                        "BINDING_CONFLICT",
                        f"Slot {slot_index} was changed by someone else at the same time.",
                        "Look at the seats again, then repeat the change.",
                        **exc.details,
                    ) from exc
                # Reading first tells whether the other change was the very one we wanted (API 7.6).
                if any(
                    (row.slot_index, row.agent_id) == (slot_index, agent_id) for row in await self.bindings(theme_id)
                ):
                    return
            except AuthError as exc:
                if exc.code == "OFFICE_FORBIDDEN" and "not owned" in str(exc.details.get("error")):
                    raise AuthError(
                        "BINDING_FOREIGN_AGENT",
                        "That agent belongs to someone else, or does not exist.",
                        "Seat one of your own agents.",
                        **exc.details,
                    ) from exc
                raise

    async def unbind(self, theme_id: str, slot_index: int) -> None:
        """Empty a slot; an empty one stays empty without complaint."""
        await call(self.http, "DELETE", f"/api/office/bindings/{quote(theme_id, safe='')}/{slot_index}")

    # -- account -----------------------------------------------------------------------------------
    async def sign_in(self, email: str, password: str) -> Credentials:
        """Credentials of a new session. Raises AuthError SIGN_IN_REFUSED for a wrong address or password."""
        body = {"email": email, "password": password}
        try:
            document = await call_json(self.http, "POST", "/api/auth/sign-in/email", json=body)
        except AuthError as exc:
            if exc.code != "OFFICE_UNAUTHORIZED":
                raise
            raise AuthError(
                "SIGN_IN_REFUSED", "E-mail address and password do not belong together.", "Type both again."
            ) from exc
        session = document.get("session") if isinstance(document, Mapping) else None
        token = session.get("token") if isinstance(session, Mapping) else None
        if not isinstance(token, str) or not token:
            raise not_an_office(self.base_url)
        return Credentials(token)

    async def session(self) -> User:
        """Who the token belongs to. Raises AuthError when it belongs to nobody."""
        document = await call_json(self.http, "GET", "/api/auth/get-session")
        user = document.get("user") if isinstance(document, Mapping) else None
        if not isinstance(user, Mapping):
            raise AuthError("OFFICE_UNAUTHORIZED", "The office does not know this token.", "Sign in again.")
        return User(*(str(user.get(key) or "") for key in ("id", "name", "email")))

    # -- ingest ------------------------------------------------------------------------------------
    async def post_event(self, bot_token: str, event: Mapping[str, Any]) -> None:
        """Send one InternalEvent as the agent of ``bot_token``."""
        headers = {"Authorization": f"Bearer {bot_token}"}
        await call(self.http, "POST", "/api/office/event", json=dict(event), headers=headers)

    # -- inside ------------------------------------------------------------------------------------
    def _agent(self, row: Mapping[str, Any]) -> AgentRecord:
        name, avatar = row.get("name"), row.get("avatarUrl")
        return AgentRecord(
            id=str(row["id"]), name=name if isinstance(name, str) else "", avatar_url=self._absolute(avatar)
        )

    def _with_avatar(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**row, "agentAvatarUrl": self._absolute(row.get("agentAvatarUrl"))}

    def _absolute(self, url: object) -> str | None:
        return urljoin(self.base_url + "/", url) if isinstance(url, str) and url else None


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _rows(document: object) -> list[Mapping[str, Any]]:
    if not isinstance(document, list):
        raise ApiError(
            "OFFICE_ANSWER_ODD", "The office answered with something else than a list.", "Check the address."
        )
    return [row for row in document if isinstance(row, Mapping)]
