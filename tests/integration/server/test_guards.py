"""Who may talk to the server at all: host names, other web pages, other computers."""

from __future__ import annotations

import os
import sys

import pytest

from office_studio.errors import UsageError
from office_studio.server import OfficeServer, ServerConfig


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "[::2]"])
def test_a_foreign_host_name_is_refused(office, host):
    answer = office.owner.get("/api/agents", headers={"Host": host})
    assert answer.status_code == 400
    assert answer.json()["code"] == "HOST_NOT_ALLOWED"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:9", "127.0.0.1", "[::1]:21001"])
def test_the_own_names_are_accepted(office, host):
    assert office.owner.get("/api/agents", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost"])
def test_a_web_page_of_another_origin_cannot_change_anything(office, origin):
    ada = office.agent()
    calls = [
        ("POST", "/api/agents", {"name": "X"}),
        ("PUT", "/api/office/bindings", {"themeId": "t", "slotIndex": 0, "agentId": ada.id}),
        ("DELETE", f"/api/agents/{ada.id}", None),
        ("POST", "/api/auth/sign-up/email", {"email": "a@b", "password": "long enough", "name": "X"}),
    ]
    for method, path, body in calls:
        answer = office.owner.request(method, path, json=body, headers={"Origin": origin})
        assert (answer.status_code, answer.json()["code"]) == (403, "ORIGIN_NOT_ALLOWED")
    answer = office.owner.get("/api/agents", headers={"Origin": origin})
    assert len(answer.json()) == 1
    assert not any(name.startswith("access-control") for name in answer.headers)


def test_a_page_of_the_own_origin_can(office):
    answer = office.owner.post("/api/agents", json={"name": "X"}, headers={"Origin": office.address.url})
    assert answer.status_code == 201


def test_another_address_needs_the_flag_and_an_owner_who_signs_in(tmp_path):
    config = {"data_dir": tmp_path / "office", "host": "0.0.0.0"}
    for fields, code in (({}, "REMOTE_NOT_ALLOWED"), ({"allow_remote": True}, "OWNER_NEEDED")):
        with pytest.raises(UsageError) as caught:
            OfficeServer(ServerConfig(**config, **fields)).start()
        assert caught.value.code == code
        assert caught.value.hint


def test_a_remote_office_lets_its_owner_sign_in_and_nobody_sign_up(start):
    owner = {"owner_email": "me@example.org", "owner_password": "correct horse"}
    office = start(host="0.0.0.0", allow_remote=True, **owner)
    body = {"email": "me@example.org", "password": "correct horse"}
    answer = office.anyone.post("/api/auth/sign-in/email", json=body)
    assert answer.status_code == 200
    office.anyone.cookies.clear()
    session = office.client(answer.json()["session"]["token"])
    office.agent("Ada")  # with the owner's token
    assert [agent["name"] for agent in session.get("/api/agents").json()] == ["Ada"]
    answer = office.anyone.post("/api/auth/sign-up/email", json=body | {"email": "x@example.org", "name": "X"})
    assert (answer.status_code, answer.json()["code"]) == (403, "SIGN_UP_CLOSED")
    assert office.owner.get("/api/agents", headers={"Host": "office.example"}).status_code == 200
    # The owner exists now, so the next start needs no password.
    office.server.stop()
    assert start(host="0.0.0.0", allow_remote=True).owner.get("/api/agents").status_code == 200


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_nobody_else_on_this_computer_can_read_the_tokens(start, tmp_path):
    data = tmp_path / "office"
    before = os.umask(0o022)
    try:
        for _ in range(2):
            office = start()
            office.agent(f"Ada {_}")
            readable = [path.name for path in data.glob("o*") if path.stat().st_mode & 0o077]
            assert readable == []
            office.server.stop()
            (data / "office.db").chmod(0o644)  # as an earlier version left it
    finally:
        os.umask(before)
