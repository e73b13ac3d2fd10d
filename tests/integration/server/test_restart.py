"""What outlives the server: accounts, agents, bindings, themes, activity. What does not: who is doing what."""

from __future__ import annotations

import sqlite3


def test_everything_kept_is_there_after_a_restart(start, upload, manifest, zipped):
    office = start()
    guest = office.guest()
    ada, bob = office.agent("Ada"), office.agent("Bob")
    ada.post("session_start", 1000)
    for slot, agent in ((0, ada), (4, bob)):
        office.owner.put("/api/office/bindings", json={"themeId": "test-theme", "slotIndex": slot, "agentId": agent.id})
    upload(office.owner, manifest(), zipped({"preview.png": b"png"}))
    kept = {
        path: office.owner.get(path).json()
        for path in ("/api/agents", "/api/office/bindings?themeId=test-theme", "/api/themes/test-theme/manifest")
    }
    session = guest.headers["authorization"].removeprefix("Bearer ")
    token = office.address.token
    office.server.stop()

    again = start()
    assert again.address.token == token
    for path, body in kept.items():
        assert again.owner.get(path).json() == body
    assert again.owner.get("/api/themes/assets/test-theme/preview.png").content == b"png"
    assert again.client(session).get("/api/agents").status_code == 200
    assert again.owner.get("/api/office/status").status_code == 503  # status is memory only
    items = again.owner.get("/api/office/activity").json()["items"]
    assert [item["title"] for item in items] == ["Session started"]  # written when the server stopped
    headers = {"Authorization": f"Bearer {ada.token}"}
    body = {"type": "session_start", "agentId": "a", "sessionId": "s", "timestamp": 2000}
    assert again.anyone.post("/api/office/event", json=body, headers=headers).status_code == 204
    assert again.status()[ada.id]["name"] == "Ada"


def test_leftovers_of_a_crash_are_swept_away_at_the_start(start, upload, manifest, zipped):
    office = start()
    upload(office.owner, manifest(), zipped({"a.png": b"good"}))
    office.server.stop()
    themes = office.address.data_dir / "themes"
    home = themes / "theme-test-theme"
    # Killed while receiving; after unpacking, before the switch; while a first upload was switched on.
    (themes / ".incoming" / "x").mkdir()
    (themes / ".incoming" / "x" / "bundle.zip").write_bytes(b"PK")
    (home / ("0" * 32)).mkdir()
    (home / ("0" * 32) / "theme.json").write_bytes(b"{}")
    (home / ".current.1.new").write_text("0" * 32)
    (themes / "theme-never" / ("1" * 32)).mkdir(parents=True)

    again = start()
    assert [theme["id"] for theme in again.owner.get("/api/themes").json()["themes"]] == ["test-theme"]
    assert again.owner.get("/api/themes/assets/test-theme/a.png").content == b"good"
    assert sorted(path.name for path in themes.iterdir()) == [".incoming", "theme-test-theme"]
    assert list((themes / ".incoming").iterdir()) == []
    assert len(list(home.iterdir())) == 2


def test_the_database_is_in_write_ahead_mode_and_has_the_described_tables(office):
    from sqlalchemy import create_engine, inspect

    from office_studio.server.schema import metadata

    path = office.address.data_dir / "office.db"
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
    engine = create_engine(f"sqlite:///{path}")
    inspector = inspect(engine)
    assert set(inspector.get_table_names()) == {*metadata.tables, "alembic_version"}
    for name, table in metadata.tables.items():
        columns = {column["name"]: column for column in inspector.get_columns(name)}
        assert set(columns) == {column.name for column in table.columns}
        for column in table.columns:
            assert columns[column.name]["nullable"] == column.nullable, (name, column.name)
        assert inspector.get_pk_constraint(name)["constrained_columns"] == [c.name for c in table.primary_key]
    unique = inspector.get_unique_constraints("bindings")
    assert [constraint["column_names"] for constraint in unique] == [["user_id", "theme_id", "agent_id"]]
    engine.dispose()


def test_the_newest_migration_is_the_one_the_start_looks_for():
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from office_studio.server import migrate

    config = Config()
    from pathlib import Path

    config.set_main_option("script_location", str(Path(migrate.__file__).with_name("migrations")))
    assert ScriptDirectory.from_config(config).get_current_head() == migrate.HEAD_REVISION
