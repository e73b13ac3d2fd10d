"""Alembic's entry point. The connection comes from ``server/migrate.py``; there is no alembic.ini."""

from alembic import context

from office_studio.server.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
    render_as_batch=True,  # SQLite changes a table only by rebuilding it
)
context.run_migrations()
