"""Bring the database to the tables of this version, when a server starts."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from office_studio.errors import StorageError

HEAD_REVISION = "0001"  # newest file in migrations/versions


def upgrade(connection: Connection) -> None:
    """Run what is missing. The caller's transaction covers all of it.

    Raises:
        StorageError: DATABASE_TOO_NEW, when a newer version of the program wrote the database.
    """
    if current_revision(connection) == HEAD_REVISION:
        # The usual start: Alembic is not even imported, which saves a fifth of a second. The update changes nothing;
        # it makes a database that cannot be written fail now, not at the first binding.
        connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    scripts = Path(__file__).with_name("migrations")
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as exc:
        raise StorageError(
            "DATABASE_TOO_NEW",
            f"The database has revision {current_revision(connection)!r}, which this version does not know.",
            "Update Office Studio, or choose another data folder.",
        ) from exc


def current_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
