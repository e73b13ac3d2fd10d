"""Users, sessions, tokens, agents, bindings, activity.

Written out instead of calling ``metadata.create_all``: a migration must keep creating what it created when it was
released, whatever the tables look like later.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.String(36)
_HASH = sa.String(64)


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(320), unique=True),
        sa.Column("password_hash", sa.String(300)),
        sa.Column("is_owner", sa.Boolean, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", _HASH, primary_key=True),
        sa.Column("user_id", _ID, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("renewed_ms", sa.BigInteger, nullable=False),
        sa.Column("expires_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "api_tokens",
        sa.Column("token_hash", _HASH, primary_key=True),
        sa.Column("user_id", _ID, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "agents",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("owner_id", _ID, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("avatar_url", sa.Text),
        sa.Column("bot_token", sa.String(80), nullable=False, unique=True),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("updated_ms", sa.BigInteger, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "bindings",
        sa.Column("user_id", _ID, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("theme_id", sa.String(255), primary_key=True),
        sa.Column("slot_index", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("agent_id", _ID, sa.ForeignKey("agents.id", ondelete="CASCADE"), nullable=False),
        sa.UniqueConstraint("user_id", "theme_id", "agent_id", name="uq_bindings_agent"),
    )
    op.create_table(
        "activity",
        sa.Column("created_us", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("owner_id", _ID, nullable=False),
        sa.Column("agent_id", _ID, nullable=False),
        sa.Column("agent_name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("detail", sa.Text),
        sa.Column("metadata", sa.JSON),
    )
    op.create_index("ix_activity_owner", "activity", ["owner_id", "created_us"])


def downgrade() -> None:
    for table in ("activity", "bindings", "agents", "api_tokens", "sessions", "users"):
        op.drop_table(table)
