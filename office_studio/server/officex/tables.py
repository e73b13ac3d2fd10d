"""Tables of the sandbox. Amounts are integer micro-credits, times milliseconds since 1970, secrets SHA-256 in hex.

A wallet's balance is stored nowhere but in the ledger: each entry carries the balance after it, and reconciling proves
that these are the running sums.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

_ID = String(36)
_HASH = String(64)
# SQLite numbers rows by itself only where the key is an INTEGER.
_SERIAL = BigInteger().with_variant(Integer, "sqlite")

users = Table(
    "ox_users",
    metadata,
    Column("user_id", _ID, primary_key=True),
    Column("email", String(320), nullable=False, unique=True),
    Column("wallet_id", _ID, nullable=False, unique=True),
    Column("status", String(20), nullable=False),
    Column("password_hash", String(300)),
    Column("ref", String(20)),
    Column("created_ms", BigInteger, nullable=False),
)

keys = Table(
    "ox_keys",
    metadata,
    Column("key_hash", _HASH, primary_key=True),
    Column("user_id", _ID, ForeignKey("ox_users.user_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_ms", BigInteger, nullable=False),
)

codes = Table(  # one-time codes that were mailed; the sandbox's are always 0000
    "ox_codes",
    metadata,
    Column("email", String(320), primary_key=True),
    Column("purpose", String(20), primary_key=True),
    Column("expires_ms", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
)

wallets = Table(
    "ox_wallets",
    metadata,
    Column("wallet_id", _ID, primary_key=True),
    Column("owner_type", String(10), nullable=False),
    Column("owner_id", _ID, nullable=False, index=True),
    CheckConstraint("owner_type IN ('user', 'app', 'treasury')", name="ck_ox_wallets_owner"),
)

entries = Table(
    "ox_entries",
    metadata,
    Column("log_id", _SERIAL, primary_key=True, autoincrement=True),
    Column("wallet_id", _ID, ForeignKey("ox_wallets.wallet_id"), nullable=False),
    Column("operation", _ID, nullable=False),  # the entries of one operation sum to zero
    Column("type", String(20), nullable=False),
    Column("delta_available", BigInteger, nullable=False),
    Column("delta_reserved", BigInteger, nullable=False),
    Column("available_after", BigInteger, nullable=False),
    Column("reserved_after", BigInteger, nullable=False),
    Column("is_treasury", Boolean, nullable=False),
    Column("app_id", _ID),
    Column("install_id", _ID),
    Column("reservation", BigInteger),
    Column("job_id", String(200)),
    Column("metadata", JSON),
    Column("created_ms", BigInteger, nullable=False),
    Index("ix_ox_entries_wallet", "wallet_id", "log_id"),
    CheckConstraint(
        "(is_treasury AND available_after <= 0) OR (NOT is_treasury AND available_after >= 0)",
        name="ck_ox_entries_available",
    ),
    CheckConstraint("reserved_after >= 0", name="ck_ox_entries_reserved"),
)

apps = Table(
    "ox_apps",
    metadata,
    Column("app_id", _ID, primary_key=True),
    Column("owner_id", _ID, ForeignKey("ox_users.user_id"), nullable=False, index=True),
    Column("slug", String(80), nullable=False, unique=True),
    Column("wallet_id", _ID, ForeignKey("ox_wallets.wallet_id"), nullable=False, unique=True),
    Column("fields", JSON, nullable=False),
    Column("status", String(20), nullable=False),  # active, hidden, deleted
    Column("created_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
)

installs = Table(
    "ox_installs",
    metadata,
    Column("install_id", _ID, primary_key=True),
    Column("app_id", _ID, ForeignKey("ox_apps.app_id"), nullable=False, index=True),
    Column("user_id", _ID, ForeignKey("ox_users.user_id"), nullable=False, index=True),
    Column("secret_hash", _HASH, nullable=False),
    Column("status", String(20), nullable=False),  # active, removed
    Column("nickname", String(100)),
    Column("max_per_hour", Integer, nullable=False),
    Column("max_per_day", Integer, nullable=False),
    Column("max_per_month", Integer, nullable=False),
    Column("allowed_until", BigInteger, nullable=False),  # seconds, or -1
    Column("lifetime_micro", BigInteger, nullable=False),  # or -1
    Column("agent_context", JSON, nullable=False),
    Column("installed_ms", BigInteger, nullable=False),
    Column("removed_ms", BigInteger),
)

usage = Table(  # accepted reserves per install and window; rows of past windows stay for the books
    "ox_usage",
    metadata,
    Column("install_id", _ID, ForeignKey("ox_installs.install_id"), primary_key=True),
    Column("window", String(5), primary_key=True),
    Column("start_s", BigInteger, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
)

reservations = Table(
    "ox_reservations",
    metadata,
    Column("number", _SERIAL, primary_key=True, autoincrement=True),  # RESV#<job> is not unique beyond user and app
    Column("user_id", _ID, nullable=False),
    Column("app_id", _ID, nullable=False),
    Column("install_id", _ID, ForeignKey("ox_installs.install_id"), nullable=False),
    Column("job_id", String(200), nullable=False),
    Column("wallet_id", _ID, nullable=False),
    Column("destination_wallet_id", _ID, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("settled", BigInteger, nullable=False),
    Column("refunded", BigInteger, nullable=False),
    Column("status", String(10), nullable=False),
    Column("acked", Boolean, nullable=False),
    Column("metadata", JSON),
    Column("created_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
    Column("closed_ms", BigInteger),
    UniqueConstraint("user_id", "app_id", "job_id", name="uq_ox_reservations_job"),
    CheckConstraint("settled >= 0 AND refunded >= 0 AND settled + refunded <= amount", name="ck_ox_reservations"),
    Index("ix_ox_reservations_wallet", "wallet_id", "number"),
    Index("ix_ox_reservations_destination", "destination_wallet_id", "number"),
    Index("ix_ox_reservations_install", "install_id", "status"),
    Index("ix_ox_reservations_inbox", "app_id", "acked", "number"),
)

attempts = Table(  # idempotency keys of purchases and payouts
    "ox_attempts",
    metadata,
    Column("user_id", _ID, primary_key=True),
    Column("endpoint", String(20), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("body", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("answer", Text),  # JSON as it was sent
)

payouts = Table(
    "ox_payouts",
    metadata,
    Column("payout_id", _ID, primary_key=True),
    Column("wallet_id", _ID, ForeignKey("ox_wallets.wallet_id"), nullable=False, index=True),
    Column("amount", BigInteger, nullable=False),
    Column("destination", JSON, nullable=False),
    Column("status", String(10), nullable=False),
    Column("failure_reason", String(200)),
    Column("history", JSON, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
)

vouchers = Table(
    "ox_vouchers",
    metadata,
    Column("code", String(80), primary_key=True),
    Column("credits", BigInteger, nullable=False),
    Column("max_redemptions", Integer),
    Column("redemptions", Integer, nullable=False),
    Column("expires_at", BigInteger, nullable=False),  # seconds, or -1
    Column("active", Boolean, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)

redemptions = Table(
    "ox_redemptions",
    metadata,
    Column("code", String(80), primary_key=True),  # stays when the voucher goes: nobody redeems a code twice
    Column("user_id", _ID, primary_key=True),
    Column("credits", BigInteger, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)

messages = Table(  # the inbox of a user
    "ox_messages",
    metadata,
    Column("message_id", _ID, primary_key=True),
    Column("user_id", _ID, nullable=False, index=True),
    Column("app_id", _ID, nullable=False),
    Column("install_id", _ID, nullable=False),
    Column("id", String(200), nullable=False),
    Column("title", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("url", Text),
    Column("icon", Text),
    Column("created_ms", BigInteger, nullable=False),
    UniqueConstraint("app_id", "user_id", "id", name="uq_ox_messages"),
)

deliveries = Table(
    "ox_deliveries",
    metadata,
    Column("uuid", _ID, primary_key=True),
    Column("app_id", _ID, nullable=False, index=True),
    Column("event", String(30), nullable=False),
    Column("url", Text, nullable=False),
    Column("request", JSON, nullable=False),  # with the secret masked
    Column("outcome", String(200), nullable=False),
    Column("status", Integer),
    Column("duration_ms", Integer, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)

threads = Table(
    "ox_threads",
    metadata,
    Column("thread_id", _ID, primary_key=True),
    Column("user_id", _ID, nullable=False, index=True),
    Column("title", String(200), nullable=False),
    Column("project_id", String(200)),
    Column("tracer_id", String(130)),
    Column("created_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
)

chat_messages = Table(
    "ox_chat_messages",
    metadata,
    Column("number", _SERIAL, primary_key=True, autoincrement=True),
    Column("message_id", _ID, nullable=False, unique=True),
    Column("thread_id", _ID, ForeignKey("ox_threads.thread_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("role", String(10), nullable=False),
    Column("content", Text, nullable=False),
    Column("status", String(20), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)

prompts = Table(
    "ox_prompts",
    metadata,
    Column("prompt_id", _ID, primary_key=True),
    Column("user_id", _ID, nullable=False, index=True),
    Column("title", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
)

refs = Table(
    "ox_refs",
    metadata,
    Column("ref_slug", String(6), primary_key=True),
    Column("user_id", _ID, nullable=False, index=True),
    Column("kind", String(10), nullable=False),
    Column("title", String(200)),
    Column("about_project", Text),
    Column("metadata", Text),
    Column("full_url", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)

schedules = Table(
    "ox_schedules",
    metadata,
    Column("schedule_id", _ID, primary_key=True),
    Column("user_id", _ID, nullable=False, index=True),
    Column("fields", JSON, nullable=False),
    Column("tracer_id", String(130), nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("next_run_s", BigInteger),
    Column("created_ms", BigInteger, nullable=False),
)

runs = Table(
    "ox_runs",
    metadata,
    Column("run_id", _ID, primary_key=True),
    Column("schedule_id", _ID, ForeignKey("ox_schedules.schedule_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("thread_id", _ID, nullable=False),
    Column("tracer_id", String(130), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)

uploads = Table(
    "ox_uploads",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("user_id", _ID, nullable=False),
    Column("content_type", String(100), nullable=False),
    Column("filename", String(200), nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("size", Integer),
)

audit = Table(
    "ox_audit",
    metadata,
    Column("number", _SERIAL, primary_key=True, autoincrement=True),
    Column("actor", String(50), nullable=False),
    Column("action", String(100), nullable=False),
    Column("details", JSON),
    Column("created_ms", BigInteger, nullable=False),
)
