"""Small pure parts of the server: times, host names, passwords, cursors, configuration."""

from __future__ import annotations

import pytest

from office_studio.server import ServerConfig
from office_studio.server.files import DirLock, write_private
from office_studio.server.http import host_name, rfc3339
from office_studio.server.office.accounts import hash_password, verify_password
from office_studio.server.office.activity_log import parse_cursor, time_of


@pytest.mark.parametrize(
    ("at_ms", "text"),
    [(0, "1970-01-01T00:00:00.000Z"), (1_772_755_200_007, "2026-03-06T00:00:00.007Z")],
)
def test_times_have_milliseconds_and_z(at_ms, text):
    assert rfc3339(at_ms) == text


@pytest.mark.parametrize(
    ("header", "name"),
    [("localhost:80", "localhost"), ("[::1]:80", "::1"), ("LOCALHOST", "localhost"), ("", ""), ("[::1", "::1")],
)
def test_the_host_of_a_header(header, name):
    assert host_name(header) == name


def test_passwords_are_salted_and_verified():
    stored = hash_password("päss wörd")
    assert verify_password("päss wörd", stored)
    assert not verify_password("pass word", stored)
    assert hash_password("päss wörd") != stored
    assert "päss" not in stored


@pytest.mark.parametrize("at_us", [0, 1, 1_772_755_200_123_456])
def test_a_cursor_survives_the_way_through_text(at_us):
    assert parse_cursor(time_of(at_us)) == at_us


@pytest.mark.parametrize(
    ("text", "at_us"),
    [
        ("1970-01-01T00:00:01Z", 1_000_000),
        ("1970-01-01T02:00:01+02:00", 1_000_000),
        ("1970-01-01T02:00:01 02:00", 1_000_000),  # a plus that was not percent-encoded
        ("nonsense", None),
        ("", None),
        ("1970-01-01T00:00:01", None),
    ],
)
def test_other_forms_of_a_cursor(text, at_us):
    assert parse_cursor(text) == at_us


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("192.168.1.2", False)],
)
def test_which_hosts_are_this_computer_alone(host, loopback):
    assert ServerConfig(host=host).is_loopback is loopback


def test_private_files_are_private_and_replaced_whole(tmp_path):
    path = tmp_path / "secret"
    write_private(path, "one")
    write_private(path, "two")
    assert path.read_text() == "two"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_locked_once_at_a_time(tmp_path):
    from office_studio.errors import StorageError

    with DirLock(tmp_path), pytest.raises(StorageError):
        DirLock(tmp_path).acquire()
    with DirLock(tmp_path):
        pass
