"""What every endpoint shares: who asks, in which transaction, and how it is answered.

An endpoint is a function of a ``Call``. It runs on a worker thread inside one transaction and gives the named fields of
its answer; a ``Refusal`` raised takes everything back, a ``Refusal`` *returned* is answered as such and what was
written stays (a payment that failed has to be remembered).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.limits import whole
from office_studio.core.officex.money import Amount
from office_studio.server.http import rfc3339
from office_studio.server.officex.prepared import Prepared
from office_studio.server.officex.sandbox import Delivery, Sandbox
from office_studio.server.officex.tables import installs, keys, users

PAGE, MAX_PAGE = 50, 100


@dataclass(slots=True)
class Call:
    """One request at work."""

    sandbox: Sandbox
    connection: Connection
    now_ms: int
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]
    root: str = ""  # this server's address as the caller wrote it
    user: Any = None  # the row behind a master key
    install: Any = None  # the row behind an install secret
    deliveries: list[Delivery] = field(default_factory=list)  # webhooks to be sent once all this is committed
    status: int = 200

    def one(self, query: Any, code: str) -> Row[Any]:
        """The row of a query. Raises Refusal ``code`` where there is none."""
        row = self.connection.execute(query).first()
        if row is None:
            raise Refusal(code)
        return row

    def all(self, query: Any) -> list[Row[Any]]:
        return list(self.connection.execute(query).all())

    def page(self, query: Any, serial: Any) -> tuple[list[Row[Any]], dict[str, Any]]:
        """Rows of one page, newest first by ``serial``, and the field that leads to the next page."""
        limit = PAGE
        if "limit" in self.query:
            limit = digits(self.query["limit"])
            if not 1 <= limit <= MAX_PAGE:
                raise Refusal("INVALID_REQUEST", f"limit is a number from 1 to {MAX_PAGE}.", field="limit")
        cursor = self.query.get("cursor")
        if cursor:
            before = digits(cursor[1:])
            if not cursor.startswith("c") or before < 0:
                raise Refusal("INVALID_REQUEST", "This cursor does not come from here.", field="cursor")
            query = query.where(serial < before)
        rows = self.all(query.order_by(serial.desc()).limit(limit + 1))
        if len(rows) <= limit:
            return rows, {}
        kept = rows[:limit]
        return kept, {"pagination": {"cursor": f"c{kept[-1]._mapping[serial.key]}"}}


Answer = Mapping[str, Any] | Refusal
Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """``auth``: "" none, "mk" master key, "is" install secret, "sa" superadmin. ``is_quick``: takes microseconds."""

    number: str  # of the contract's list: E01 … E93
    method: str
    path: str
    auth: str
    handler: Handler
    is_quick: bool = False

    @property
    def writes(self) -> bool:
        return self.method != "GET"


# -- secrets ---------------------------------------------------------------------------------------
def new_secret() -> str:
    """32 random bytes as base64url."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


# Asked at every call, so built once: putting a query together takes longer than SQLite takes to answer it.
_BY_KEY = Prepared(
    select(users).join(keys, keys.c.user_id == users.c.user_id).where(keys.c.key_hash == bindparam("key"))
)
_USER = Prepared(select(users.c.user_id).where(users.c.user_id == bindparam("user")))
_INSTALL = Prepared(
    select(installs).where(installs.c.status == "active", installs.c.install_id == bindparam("install"))
)
_INSTALL_OF = Prepared(
    select(installs).where(
        installs.c.status == "active", installs.c.user_id == bindparam("user"), installs.c.app_id == bindparam("app")
    )
)


# -- who asks --------------------------------------------------------------------------------------
def authenticate(call: Call, auth: str, headers: Mapping[str, str]) -> None:
    """Set ``call.user`` or ``call.install``. Raises Refusal UNAUTHORIZED or INVALID_SECRET (section 3)."""
    if auth == "mk":
        call.user = _user(call, headers)
    elif auth == "is":
        call.install = _install(call, headers)
    elif auth == "sa":
        given = headers.get("x-officex-admin-secret")
        if not given:
            raise Refusal("UNAUTHORIZED")
        if not hmac.compare_digest(digest(given), digest(call.sandbox.admin_secret)):
            raise Refusal("INVALID_SECRET")


def _user(call: Call, headers: Mapping[str, str]) -> Any:
    user_id, key = headers.get("x-officex-user-id"), headers.get("x-officex-master-key")
    if not key:
        raise Refusal("UNAUTHORIZED")
    held = _BY_KEY.first(call.connection, {"key": digest(key)})
    if user_id and (held is None or held.user_id != user_id):
        known = _USER.first(call.connection, {"user": user_id})
        raise Refusal("INVALID_SECRET" if known is not None else "UNAUTHORIZED")
    if held is None:
        raise Refusal("INVALID_SECRET")
    if held.status != "active":
        raise Refusal("UNAUTHORIZED", "This account is closed.")
    return held


def _install(call: Call, headers: Mapping[str, str]) -> Any:
    secret, install_id = headers.get("x-officex-install-secret"), headers.get("x-officex-install-id")
    user_id, app_id = headers.get("x-officex-user-id"), headers.get("x-officex-app-id")
    if not secret or not (install_id or (user_id and app_id)):
        raise Refusal("UNAUTHORIZED")
    if install_id:
        row = _INSTALL.first(call.connection, {"install": install_id})
    else:
        row = _INSTALL_OF.first(call.connection, {"user": user_id, "app": app_id})
    if row is None:
        raise Refusal("UNAUTHORIZED")
    if not hmac.compare_digest(digest(secret), row.secret_hash):
        raise Refusal("INVALID_SECRET")
    return row


# -- small readers and writers -----------------------------------------------------------------------
def optional_text(body: Mapping[str, Any], name: str, most: int, *, least: int = 0) -> str | None:
    """Text or None. Raises Refusal INVALID_REQUEST."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not least <= len(value) <= most:
        raise Refusal("INVALID_REQUEST", f"{name} has to be text of {least} to {most:,} characters.", field=name)
    return value


def digits(text: str) -> int:
    """The number that is all of a text, -1 for any other text. At most 17 digits, which every database takes."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 17 else -1


def flag(body: Mapping[str, Any], name: str, default: bool = False) -> bool:
    value = body.get(name, default)
    if not isinstance(value, bool):
        raise Refusal("INVALID_REQUEST", f"{name} has to be true or false.", field=name)
    return value


def number(body: Mapping[str, Any], name: str, least: int, most: int) -> int:
    value = whole(body.get(name), name)
    if not least <= value <= most:
        raise Refusal("INVALID_REQUEST", f"{name} is a whole number from {least} to {most}.", field=name)
    return value


def when(at_ms: int | None) -> str | None:
    return None if at_ms is None else rfc3339(at_ms)


def without_nothing(**fields: Any) -> dict[str, Any]:
    """The fields that have a value; an absent one is left out of answers."""
    return {name: value for name, value in fields.items() if value is not None}


def credits(micro: int) -> Amount:
    return Amount(micro)
