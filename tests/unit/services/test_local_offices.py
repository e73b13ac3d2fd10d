"""Notes about the offices that run on this computer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from office_studio import paths
from office_studio.services import local_offices


@pytest.fixture
def dead_pid():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_registered_office_is_found_however_the_address_is_spelt():
    local_offices.register("http://127.0.0.1:4711", "secret", os.getpid(), Path("/data"))
    for url in ("http://127.0.0.1:4711", "http://localhost:4711/", "http://[::1]:4711", "http://LOCALHOST:4711/api"):
        office = local_offices.find(url)
        assert office is not None, url
        assert (office.token, office.data_dir) == ("secret", Path("/data"))
    for url in ("http://127.0.0.1:4712", "http://office.example:4711", "http://localhost", "nonsense", "http://x:y"):
        assert local_offices.find(url) is None


def test_the_note_is_private_and_the_token_stays_out_of_repr():
    local_offices.register("http://127.0.0.1:4711", "secret", os.getpid(), Path("/data"))
    (note,) = (paths.data_dir() / "local-offices").iterdir()
    assert note.name == "4711.json"
    assert note.stat().st_mode & 0o777 == 0o600
    assert "secret" not in repr(local_offices.find("http://127.0.0.1:4711"))


def test_dead_offices_and_damaged_notes_are_dropped(dead_pid):
    local_offices.register("http://127.0.0.1:1", "t", dead_pid, Path("/data"))
    local_offices.register("http://127.0.0.1:2", "t", os.getpid(), Path("/data"))
    folder = paths.data_dir() / "local-offices"
    (folder / "3.json").write_text("{")
    (folder / "4.json").write_text("[]")
    assert [office.url for office in local_offices.running()] == ["http://127.0.0.1:2"]
    assert [path.name for path in folder.iterdir()] == ["2.json"]


def test_unregister_removes_only_the_own_note(dead_pid):
    local_offices.register("http://127.0.0.1:1", "t", dead_pid, Path("/data"))
    local_offices.unregister("http://127.0.0.1:1")
    assert (paths.data_dir() / "local-offices" / "1.json").exists()
    local_offices.register("http://127.0.0.1:1", "t", os.getpid(), Path("/data"))
    local_offices.unregister("http://127.0.0.1:1")
    local_offices.unregister("http://127.0.0.1:1")
    assert local_offices.running() == ()


@pytest.mark.parametrize(
    "note", ['{"url": "http://x", "token": "t", "pid": 1e999, "dataDir": "/"}', "[" * 100_000, "[]"]
)
def test_a_note_that_makes_no_sense_is_passed_over(note: str) -> None:
    folder = paths.data_dir() / "local-offices"
    folder.mkdir(exist_ok=True)
    (folder / "1.json").write_text(note)
    assert local_offices.running() == ()
