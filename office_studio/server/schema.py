"""Tables of the office server. The migrations create them; ``tests/integration/server`` compares the two."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text
from sqlalchemy import UniqueConstraint as Unique

metadata = MetaData()

_ID = String(36)
_HASH = String(64)  # hex SHA-256 of a secret; the secret itself is not kept

users = Table(
    "users",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("email", String(320), unique=True),
    Column("password_hash", String(300)),
    Column("is_owner", Boolean, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", _HASH, primary_key=True),
    Column("user_id", _ID, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("renewed_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("token_hash", _HASH, primary_key=True),
    Column("user_id", _ID, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)

agents = Table(
    "agents",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("owner_id", _ID, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("description", Text, nullable=False),
    Column("avatar_url", Text),
    # In clear: its owner may read it again (Office API 12.3), and it only lets one post events as this agent.
    Column("bot_token", String(80), nullable=False, unique=True),
    Column("created_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),  # order of creation within one millisecond
)

bindings = Table(
    "bindings",
    metadata,
    Column("user_id", _ID, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("theme_id", String(255), primary_key=True),
    Column("slot_index", Integer, primary_key=True, autoincrement=False),
    Column("agent_id", _ID, ForeignKey("agents.id", ondelete="CASCADE"), nullable=False),
    Unique("user_id", "theme_id", "agent_id", name="uq_bindings_agent"),
)

activity = Table(
    "activity",
    metadata,
    # Microseconds since 1970, made unique by the writer: it is id, order and paging cursor in one.
    Column("created_us", BigInteger, primary_key=True, autoincrement=False),
    Column("owner_id", _ID, nullable=False),
    Column("agent_id", _ID, nullable=False),
    Column("agent_name", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("title", Text, nullable=False),
    Column("detail", Text),
    Column("metadata", JSON),
    Index("ix_activity_owner", "owner_id", "created_us"),
)
