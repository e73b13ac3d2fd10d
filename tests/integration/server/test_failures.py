"""What cannot work is said clearly: at the start as an error with code and hint, later as the API's answer."""

from __future__ import annotations

import contextlib
import socket
import sqlite3
import subprocess
import sys

import pytest

from office_studio.errors import OfficeStudioError, StorageError, UsageError
from office_studio.server import OfficeServer, ServerConfig


def refused(**fields) -> OfficeStudioError:
    server = OfficeServer(ServerConfig(**fields))
    with pytest.raises(OfficeStudioError) as caught:
        server.start()
    assert caught.value.message
    assert caught.value.hint
    server.stop()  # harmless
    return caught.value


@pytest.fixture
def data(tmp_path):
    return tmp_path / "office"


def test_a_port_in_use(data):
    with socket.create_server(("127.0.0.1", 0)) as other:
        error = refused(data_dir=data, port=other.getsockname()[1])
    assert isinstance(error, UsageError)
    assert error.code == "PORT_IN_USE"
    assert "--port" in error.hint
    with_free_port = OfficeServer(ServerConfig(data_dir=data))  # nothing was left locked
    with_free_port.start()
    with_free_port.stop()


def test_an_address_of_another_computer(data):
    assert refused(data_dir=data, host="192.0.2.1", allow_remote=True).code == "HOST_UNKNOWN"
    assert refused(data_dir=data, host="no such host", allow_remote=True).code == "HOST_UNKNOWN"


def test_a_data_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    error = refused(data_dir=tmp_path / "file" / "office")
    assert isinstance(error, StorageError)
    assert error.code == "DATA_DIR_NOT_WRITABLE"


def test_a_data_folder_in_use(office, start):
    assert refused(data_dir=office.address.data_dir).code == "DATA_DIR_IN_USE"
    assert office.owner.get("/api/agents").status_code == 200


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("not a url", "DATABASE_URL_INVALID"),
        ("mongo://localhost/x", "DATABASE_DRIVER_MISSING"),
        ("sqlite:////no/such/folder/office.db", "DATABASE_UNREACHABLE"),
    ],
)
def test_a_database_address_that_cannot_be_used(data, url, code):
    assert refused(data_dir=data, database_url=url).code == code


def test_a_bad_address_does_not_show_its_password(data):
    for url in ("://me:geheim@host", "mongo://me:geheim@host/x"):
        error = refused(data_dir=data, database_url=url)
        assert "geheim" not in f"{error.message} {error.hint} {error.details}"


def test_a_file_that_is_no_database(data):
    data.mkdir()
    (data / "office.db").write_bytes(b"this is not a database" * 100)
    assert refused(data_dir=data).code == "DATABASE_CORRUPT"


def test_a_read_only_database(data, start):
    start().server.stop()
    url = f"sqlite:///file:{data / 'office.db'}?mode=ro&uri=true"
    assert refused(data_dir=data, database_url=url).code == "DATABASE_READ_ONLY"


def test_a_database_of_a_newer_version(data, start):
    start().server.stop()
    with contextlib.closing(sqlite3.connect(data / "office.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert refused(data_dir=data).code == "DATABASE_TOO_NEW"


@contextlib.contextmanager
def locked(path):
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


@pytest.fixture
def impatient(monkeypatch):
    """Five seconds of patience are right for users and too long for tests."""
    monkeypatch.setattr("office_studio.server.db.BUSY_TIMEOUT_MS", 200)


def test_a_locked_database_at_the_start(data, start, impatient):
    start().server.stop()
    with locked(data / "office.db"):
        assert refused(data_dir=data).code == "DATABASE_LOCKED"


def test_a_database_locked_later_gives_500_and_loses_nothing(start, impatient):
    office = start()
    ada = office.agent()
    body = {"themeId": "t", "slotIndex": 0, "agentId": ada.id}
    with locked(office.address.data_dir / "office.db"):
        answer = office.owner.put("/api/office/bindings", json=body)
        assert (answer.status_code, answer.json()) == (500, {"error": "db error"})
        answer = office.owner.delete("/api/office/bindings/t/0")
        assert (answer.status_code, answer.json()) == (500, {"error": "db error"})
        assert ada.post("session_start", 1000).status_code == 204  # events do not wait for the database
        assert list(office.status()) == [ada.id]
    assert office.owner.put("/api/office/bindings", json=body).status_code == 200
    titles = [item["title"] for item in office.owner.get("/api/office/activity").json()["items"]]
    assert titles == ["Session started"]


def test_another_sqlite_file_can_be_named(start, tmp_path):
    office = start(database_url=f"sqlite:///{tmp_path / 'elsewhere.db'}")
    office.agent()
    assert (tmp_path / "elsewhere.db").is_file()
    assert not (office.address.data_dir / "office.db").exists()


def test_a_database_in_memory_works(start):
    office = start(database_url="sqlite://")
    ada = office.agent()
    ada.post("session_start", 1000)
    assert office.owner.put("/api/office/bindings", json={"themeId": "t", "slotIndex": 0, "agentId": ada.id}).is_success
    assert len(office.owner.get("/api/office/activity").json()["items"]) == 1


def test_importing_the_server_package_loads_no_framework():
    code = (
        "import sys, office_studio.server, office_studio.cli.serve;"
        "print([m for m in ('starlette', 'uvicorn', 'sqlalchemy', 'alembic') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["server.lock", "themes", "owner-token"])
def test_a_data_folder_with_something_else_in_it_is_told(tmp_path, name):
    blocked = tmp_path / name
    if name == "themes":
        blocked.write_text("a file where the server keeps a folder")
    else:
        blocked.mkdir()
    with pytest.raises(StorageError) as caught:
        OfficeServer(ServerConfig(data_dir=tmp_path)).start()
    assert caught.value.code == "DATA_DIR_NOT_WRITABLE"
    assert caught.value.hint
