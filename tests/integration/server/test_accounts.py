"""Sign-in, sessions, API tokens, agents and their tokens, the activity log."""

from __future__ import annotations

import sqlite3
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

DAY_MS = 86_400_000
ADA = {"email": "Ada@Example.org", "password": "correct horse", "name": "Ada"}


def test_sign_up_sign_in_session_sign_out(office):
    answer = office.anyone.post("/api/auth/sign-up/email", json=ADA)
    assert answer.status_code == 200
    user, session = answer.json()["user"], answer.json()["session"]
    assert (user["name"], user["email"]) == ("Ada", "ada@example.org")
    assert len(session["token"]) == 64
    assert set(session["token"]) <= set("0123456789abcdef")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"better-auth.session_token={session['token']};")
    for attribute in ("HttpOnly", "Path=/", "SameSite=lax", "Max-Age=2592000"):
        assert attribute.lower() in cookie.lower()
    assert "secure" not in cookie.lower()

    office.anyone.cookies.clear()
    body = {"email": "ada@example.org", "password": ADA["password"]}
    answer = office.anyone.post("/api/auth/sign-in/email", json=body)
    assert answer.status_code == 200
    assert answer.json()["session"]["token"] != session["token"]
    # The client now sends the cookie by itself.
    found = office.anyone.get("/api/auth/get-session")
    assert found.status_code == 200
    assert found.json()["user"]["id"] == user["id"]
    assert found.json()["session"]["expiresAt"][10] == " "
    assert office.anyone.get("/api/agents").status_code == 200

    assert office.anyone.post("/api/auth/sign-out").json() == {"success": True}
    assert "better-auth.session_token" not in office.anyone.cookies
    assert office.client(answer.json()["session"]["token"]).get("/api/agents").status_code == 401
    assert office.client(session["token"]).get("/api/agents").status_code == 200  # the other session goes on


def test_nobody_is_signed_in(office):
    answer = office.anyone.get("/api/auth/get-session")
    assert (answer.status_code, answer.json()) == (401, None)
    assert office.client("f" * 64).get("/api/auth/get-session").status_code == 401
    assert office.client("ari_cli_" + "0" * 32).get("/api/agents").status_code == 401


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"password": "short"}, "Password must be at least 8 characters"),
        ({"name": " "}, "Name is required"),
        ({"email": "taken@example.org"}, "User already exists"),
        ({"email": "TAKEN@example.org"}, "User already exists"),
    ],
)
def test_sign_up_that_cannot_be(office, change, text):
    office.guest("taken@example.org")
    answer = office.anyone.post("/api/auth/sign-up/email", json=ADA | change)
    assert (answer.status_code, answer.json()["error"]) == (400, text)


def test_wrong_passwords_are_refused_alike_and_slowed_down(timed_office, clock):
    timed_office.guest("ada@example.org")
    for email in ("ada@example.org", "nobody@example.org"):
        answer = timed_office.anyone.post("/api/auth/sign-in/email", json={"email": email, "password": "wrong"})
        assert (answer.status_code, answer.json()) == (401, {"error": "Invalid email or password"})
    body = {"email": "ada@example.org", "password": "wrong"}
    for _ in range(9):
        assert timed_office.anyone.post("/api/auth/sign-in/email", json=body).status_code == 401
    answer = timed_office.anyone.post("/api/auth/sign-in/email", json=body | {"password": "long enough"})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    clock.now_ms += 300_000
    answer = timed_office.anyone.post("/api/auth/sign-in/email", json=body | {"password": "long enough"})
    assert answer.status_code == 200


def test_a_session_ends_after_30_days_unless_it_is_used(timed_office, clock):
    guest = timed_office.guest()
    for _ in range(3):
        clock.now_ms += 29 * DAY_MS
        assert guest.get("/api/agents").status_code == 200  # renewed each time
    clock.now_ms += 30 * DAY_MS
    assert guest.get("/api/agents").status_code == 401


def test_the_owner_token_is_kept_private_and_secrets_are_hashed(office):
    path = office.address.data_dir / "owner-token"
    assert path.stat().st_mode & 0o777 == 0o600
    assert office.address.token.startswith("ari_cli_")
    assert len(office.address.token) == len("ari_cli_") + 32
    assert office.address.token not in repr(office.address)
    guest = office.guest()
    session = guest.headers["authorization"].removeprefix("Bearer ")
    database = sqlite3.connect(office.address.data_dir / "office.db")
    dump = "\n".join(database.iterdump())
    database.close()
    for secret in (office.address.token, session, "long enough"):
        assert secret not in dump


def test_agents_are_listed_oldest_first_without_their_tokens(timed_office):
    agents = [timed_office.agent(name) for name in ("Ada", "Bob", "Eve")]  # all in one millisecond
    listed = timed_office.owner.get("/api/agents").json()
    assert [agent["name"] for agent in listed] == ["Ada", "Bob", "Eve"]
    assert not any("ari_bot_" in str(value) for agent in listed for value in agent.values())
    one = timed_office.owner.get(f"/api/agents/{agents[1].id}")
    assert one.json() == listed[1]
    token = timed_office.owner.get(f"/api/agents/{agents[1].id}/token").json()
    assert token == {"botToken": agents[1].token}


def test_agents_of_others_do_not_exist(office):
    guest = office.guest()
    ada = office.agent()
    for method, path in (("GET", ""), ("GET", "/token"), ("GET", "/health"), ("DELETE", "")):
        answer = guest.request(method, f"/api/agents/{ada.id}{path}")
        assert (answer.status_code, answer.json()) == (404, {"error": "Agent not found"})
    assert guest.get("/api/agents").json() == []
    assert ada.post("session_start", 1).status_code == 204


@pytest.mark.parametrize("name", ["", "  ", "x" * 101])
def test_an_agent_needs_a_name(office, name):
    assert office.owner.post("/api/agents", json={"name": name}).status_code == 400
    assert office.owner.post("/api/agents", json={}).status_code == 422


def test_agent_health_follows_the_events(office):
    ada = office.agent()
    row = office.owner.get("/api/agents/health").json()[0]
    assert (row["agentId"], row["agentName"], row["status"], row["wsConnected"]) == (ada.id, "Ada", "unknown", False)
    ada.post("session_start", 1)
    assert office.owner.get("/api/agents/health").json()[0]["status"] == "online"
    one = office.owner.get(f"/api/agents/{ada.id}/health").json()
    assert one["wsConnected"] is True
    assert "agentId" not in one


def test_the_activity_log_pages_through_everything_newest_first(timed_office):
    ada, bob = timed_office.agent("Ada"), timed_office.agent("Bob")
    now = timed_office.server.config.clock()
    ada.post("session_start", now)
    for number in range(60):
        ada.post("tool_call", now, toolName=f"T{number}")  # all in one millisecond
    ada.post("tool_result", now, toolName="Bash", error="exit 1")
    bob.post("agent_error", now, error="boom")
    bob.post("session_end", now, durationMs=61_250)
    bob.post("message_in", now, **{"from": "secret person"})
    bob.post("dance", now)
    seen, cursor = [], None
    while True:
        page = timed_office.owner.get(
            "/api/office/activity", params={"limit": 25, **({"cursor": cursor} if cursor else {})}
        ).json()
        seen += page["items"]
        cursor = page["nextCursor"]
        assert len(page["items"]) <= 25
        if cursor is None:
            break
    titles = [item["title"] for item in seen]
    assert titles[:4] == ["Message received", "Session ended", "Error: boom", "Tool error: Bash"]
    assert titles[4:64] == [f"Used tool: T{number}" for number in reversed(range(60))]
    assert titles[64:] == ["Session started"]
    details = {item["title"]: (item["activityType"], item["detail"]) for item in seen}
    assert details["Session ended"] == ("status_change", "61.2s")
    assert details["Error: boom"] == ("error", "boom")
    assert details["Message received"] == ("message", None)
    assert details["Used tool: T3"] == ("tool_use", "T3")

    def titles_with(**params):
        items = timed_office.owner.get("/api/office/activity", params=params).json()["items"]
        return [item["title"] for item in items]

    assert titles_with(agentId=bob.id, type="error") == ["Error: boom"]
    assert len(titles_with()) == 50
    assert len(titles_with(limit=1000)) == 65
    assert len(titles_with(limit=1000, cursor="nonsense")) == 65
    assert timed_office.owner.get("/api/office/activity", params={"limit": "many"}).status_code == 400
    guest = timed_office.guest()
    assert guest.get("/api/office/activity").json() == {"items": [], "nextCursor": None}


def test_many_guesses_at_once_are_slowed_down_like_one_after_the_other(office):
    office.guest("ada@example.org")

    def guess(number):
        body = {"email": "ada@example.org", "password": f"wrong {number}"}
        return office.anyone.post("/api/auth/sign-in/email", json=body).status_code

    with ThreadPoolExecutor(20) as pool:
        answers = Counter(pool.map(guess, range(40)))
    assert answers == {401: 10, 429: 30}
