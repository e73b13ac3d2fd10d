"""Alembic scripts of the office server's database, run by ``server/migrate.py`` when a server starts."""
