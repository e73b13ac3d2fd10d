"""Users, their passwords, sessions and API tokens (Office API 2.1, 12.1)."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from office_studio.errors import StorageError
from office_studio.server.config import Clock
from office_studio.server.db import Database
from office_studio.server.files import write_private
from office_studio.server.schema import api_tokens, sessions, users

DAY_MS = 86_400_000
SESSION_MS = 30 * DAY_MS
MIN_PASSWORD = 8
_TOKEN_FILE = "owner-token"  # noqa: S105  a file name
# About 16 MiB and 50 ms a try: dear for a guesser, unnoticed at sign-in.
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**14, 8, 1


class AccountError(Exception):
    """A sign-up that cannot be; the text is the API's."""


@dataclass(frozen=True, slots=True)
class User:
    id: str
    name: str
    email: str | None
    is_owner: bool


@dataclass(frozen=True, slots=True)
class Session:
    """``token`` is the only copy: the database keeps its hash."""

    token: str
    expires_ms: int


class Accounts:
    def __init__(self, database: Database, data_dir: Path, clock: Clock) -> None:
        self._database = database
        self._data_dir = data_dir
        self._clock = clock

    # -- start of the server (blocking) ------------------------------------------------------------
    def ensure_owner(self, email: str | None, password: str | None) -> tuple[User, str]:
        """The owner and the owner's API token, made at the first start; sets e-mail and password when given."""
        token = self._owner_token()
        password_hash = hash_password(password) if password else None
        try:
            return self._database.call(lambda c: self._ensure_owner(c, token, email, password_hash), write=True), token
        except IntegrityError as exc:
            raise StorageError(
                "OWNER_EMAIL_TAKEN",
                f"Another account of this office already has the e-mail {email}.",
                "Choose another e-mail for the owner.",
            ) from exc

    def has_password(self, user: User) -> bool:
        statement = select(users.c.password_hash).where(users.c.id == user.id)
        return bool(user.email) and self._database.call(lambda c: c.execute(statement).scalar()) is not None

    def _owner_token(self) -> str:
        path = self._data_dir / _TOKEN_FILE
        try:
            token = path.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            token = ""
        if not token.startswith("ari_cli_"):
            token = f"ari_cli_{secrets.token_hex(16)}"
            write_private(path, token + "\n")
        return token

    def _ensure_owner(self, c: Connection, token: str, email: str | None, password_hash: str | None) -> User:
        now = self._clock()
        row = c.execute(select(users).where(users.c.is_owner)).first()
        if row is None:
            owner_id = str(uuid.uuid4())
            c.execute(insert(users).values(id=owner_id, name="Owner", is_owner=True, created_ms=now))
        else:
            owner_id = row.id
        if email and password_hash:
            c.execute(
                update(users).where(users.c.id == owner_id).values(email=_clean(email), password_hash=password_hash)
            )
        known = select(api_tokens).where(api_tokens.c.token_hash == _hash(token))
        if c.execute(known).first() is None:
            c.execute(insert(api_tokens).values(token_hash=_hash(token), user_id=owner_id, created_ms=now))
        return _user(c.execute(select(users).where(users.c.id == owner_id)).one())

    # -- requests ----------------------------------------------------------------------------------
    async def user_of_api_token(self, token: str) -> User | None:
        statement = select(users).join(api_tokens).where(api_tokens.c.token_hash == _hash(token))
        row = await self._database.run(lambda c: c.execute(statement).first())
        return None if row is None else _user(row)

    async def user_of_session(self, token: str) -> tuple[User, int] | None:
        """The user and when the session ends; renews a session that is older than a day."""
        now = self._clock()
        statement = (
            select(users, sessions.c.renewed_ms, sessions.c.expires_ms)
            .join(sessions)
            .where(sessions.c.token_hash == _hash(token), sessions.c.expires_ms > now)
        )
        row = await self._database.run(lambda c: c.execute(statement).first())
        if row is None:
            return None
        expires_ms = row.expires_ms
        if now - row.renewed_ms > DAY_MS:
            expires_ms = now + SESSION_MS
            renew = (
                update(sessions)
                .where(sessions.c.token_hash == _hash(token))
                .values(renewed_ms=now, expires_ms=expires_ms)
            )
            await self._database.run(lambda c: c.execute(renew), write=True)
        return _user(row), expires_ms

    async def sign_in(self, email: str, password: str) -> tuple[User, Session] | None:
        """None when e-mail or password is wrong; both cases take the same time."""
        statement = select(users).where(users.c.email == _clean(email))
        row = await self._database.run(lambda c: c.execute(statement).first())
        stored = row.password_hash if row is not None and row.password_hash else _NOBODY
        right = await asyncio.to_thread(verify_password, password, stored)
        if row is None or not right:
            return None
        return _user(row), await self._database.run(lambda c: self._new_session(c, row.id), write=True)

    async def sign_up(self, email: str, password: str, name: str) -> tuple[User, Session]:
        """Raises AccountError with the API's words."""
        if len(password) < MIN_PASSWORD:
            raise AccountError(f"Password must be at least {MIN_PASSWORD} characters")
        if not name.strip():
            raise AccountError("Name is required")
        if "@" not in email.strip("@ "):
            raise AccountError("Email is required")

        user = User(str(uuid.uuid4()), name.strip()[:200], _clean(email), False)
        values = {"id": user.id, "name": user.name, "email": user.email, "is_owner": False}
        password_hash = await asyncio.to_thread(hash_password, password)

        def create(c: Connection) -> tuple[User, Session]:
            c.execute(insert(users).values(**values, password_hash=password_hash, created_ms=self._clock()))
            return user, self._new_session(c, user.id)

        try:
            return await self._database.run(create, write=True)
        except IntegrityError as exc:
            raise AccountError("User already exists") from exc

    async def sign_out(self, token: str) -> None:
        statement = delete(sessions).where(sessions.c.token_hash == _hash(token))
        await self._database.run(lambda c: c.execute(statement), write=True)

    def _new_session(self, c: Connection, user_id: str) -> Session:
        now = self._clock()
        c.execute(delete(sessions).where(sessions.c.expires_ms <= now))
        session = Session(secrets.token_hex(32), now + SESSION_MS)
        values = {"token_hash": _hash(session.token), "user_id": user_id, "renewed_ms": now}
        c.execute(insert(sessions).values(**values, expires_ms=session.expires_ms))
        return session


def hash_password(password: str) -> str:
    salt = secrets.token_bytes(16)
    return f"scrypt${_SCRYPT_N}${_SCRYPT_R}${_SCRYPT_P}${salt.hex()}${_scrypt(password, salt).hex()}"


def verify_password(password: str, stored: str) -> bool:
    _, n, r, p, salt, expected = stored.split("$")
    found = _scrypt(password, bytes.fromhex(salt), int(n), int(r), int(p))
    return hmac.compare_digest(found, bytes.fromhex(expected))


def _scrypt(password: str, salt: bytes, n: int = _SCRYPT_N, r: int = _SCRYPT_R, p: int = _SCRYPT_P) -> bytes:
    secret = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(secret, salt=salt, n=n, r=r, p=p, maxmem=64 << 20, dklen=32)


# Compared against when there is no such user, so that the answer takes as long as for a wrong password.
_NOBODY = f"scrypt${_SCRYPT_N}${_SCRYPT_R}${_SCRYPT_P}${'00' * 16}${'00' * 32}"


def _clean(email: str) -> str:
    return email.strip().lower()


def _hash(token: str) -> str:
    # A plain hash is enough for 128 and more random bits; only passwords need the slow kind.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _user(row: object) -> User:
    return User(row.id, row.name, row.email, row.is_owner)  # type: ignore[attr-defined]
