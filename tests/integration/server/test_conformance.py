"""Conformance checks of the Office API contract, section 14, that concern the server; each test carries its id."""

from __future__ import annotations

import uuid

import pytest


def test_api_01_a_fresh_server_is_not_connected(office):
    answer = office.anyone.get("/api/office/health")
    assert answer.status_code == 200
    assert answer.json()["connected"] is False
    assert answer.json()["timestamp"].endswith("Z")


def test_api_02_status_and_stream_of_a_fresh_server_are_503(office):
    for path in ("/api/office/status", "/api/office/stream"):
        answer = office.owner.get(path)
        assert answer.status_code == 503
        assert answer.json() == {"error": "Office plugin not connected"}


def test_api_02_status_is_200_with_the_compatibility_switch(start):
    office = start(disconnected_status=200)
    answer = office.owner.get("/api/office/status")
    assert answer.status_code == 200
    assert answer.json()["connected"] is False
    assert "agents" not in answer.json()
    assert office.owner.get("/api/office/stream").status_code == 503


def test_api_03_the_token_decides_the_agent(office):
    ada = office.agent("Ada")
    answer = ada.post("session_start", 1000)
    assert (answer.status_code, answer.content) == (204, b"")
    assert list(office.status()) == [ada.id]
    assert office.status()[ada.id]["name"] == "Ada"
    assert office.anyone.get("/api/office/health").json()["connected"] is True


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Bearer", "bearer {token}", "{token}"])
def test_api_04_without_the_right_token_no_event_is_taken(office, header):
    ada = office.agent()
    headers = {} if header is None else {"Authorization": header.format(token=ada.token)}
    body = {"type": "session_start", "agentId": "a", "sessionId": "s", "timestamp": 1}
    answer = office.anyone.post("/api/office/event", json=body, headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"error": "Unauthorized"})
    assert office.anyone.get("/api/office/health").json()["connected"] is False


def test_api_04_authentication_comes_before_the_body(office):
    assert office.anyone.post("/api/office/event", content=b"{").status_code == 401


GOOD = {"type": "session_start", "agentId": "a", "sessionId": "s", "timestamp": 1, "data": {}}


@pytest.mark.parametrize(
    "change",
    [{"sessionId": None}, {"type": None}, {"type": 5}, {"agentId": None}, {"sessionId": 7}, {"timestamp": None}],
)
def test_api_05_an_envelope_without_a_field_is_422(office, change):
    ada = office.agent()
    missing = {key: value for key, value in (GOOD | change).items() if value is not None}
    assert ada.send(missing).status_code == 422
    assert ada.send(GOOD | {"sessionId": None}).status_code == 422  # null is not missing, and as wrong
    assert ada.send(GOOD).status_code == 204


@pytest.mark.parametrize("timestamp", [1.5, 1.0, "1", True, None, 2**63])
def test_api_06_a_timestamp_is_a_64_bit_integer(office, timestamp):
    assert office.agent().send(GOOD | {"timestamp": timestamp}).status_code == 422


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"type": nan}', b'{"type": 5,', b"[" * 100_000])
def test_api_06_what_is_not_json_is_400(office, body):
    answer = office.agent().send(body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("Failed to parse the request body as JSON")


def test_api_06_another_content_type_is_415(office):
    ada = office.agent()
    headers = {"Authorization": f"Bearer {ada.token}", "Content-Type": "text/plain"}
    assert office.anyone.post("/api/office/event", content=b"{}", headers=headers).status_code == 415


def test_api_07_an_unknown_type_is_accepted_without_effect(office):
    ada = office.agent()
    assert ada.post("dance", 1000).status_code == 204
    assert office.anyone.get("/api/office/health").json()["connected"] is True
    assert office.status() == {}
    stream = office.stream()
    assert stream.next()["agents"] == []
    ada.post("dance", 2000)
    ada.post("session_start", 3000)
    assert stream.next()["type"] == "session_start"  # no frame for the dance before it


def test_api_08_token_usage_adds_up(office):
    ada = office.agent()
    ada.post("session_start", 1000)
    ada.post("llm_output", 1001, usage={"input": 10, "output": 3, "cacheRead": 2, "total": 15})
    ada.post("llm_output", 1002, usage={"input": 5, "output": 7, "cacheWrite": 1, "total": 13})
    expected = {"input": 15, "output": 10, "cacheRead": 2, "cacheWrite": 1, "total": 28}
    assert office.status()[ada.id]["tokenUsage"] == expected


def test_api_09_and_10_a_tool_call_shows_and_the_end_of_the_run_clears_it(office):
    ada = office.agent()
    ada.post("session_start", 1000)
    ada.post("tool_call", 1001, toolName="Read", durationMs=25)
    agent = office.status()[ada.id]
    assert (agent["currentTask"], agent["currentToolDetail"]) == ("Read", "Read (25ms)")
    ada.post("agent_end", 1002, durationMs=100)
    agent = office.status()[ada.id]
    assert (agent["status"], agent["currentTask"], agent["sessionDurationMs"]) == ("idle", None, 100)
    assert "currentToolDetail" not in agent


def test_api_11_working_becomes_idle_after_more_than_a_minute(timed_office, clock):
    ada = timed_office.agent()
    clock.now_ms = 1_000
    ada.post("session_start", 1_000)
    for now_ms, expected in ((61_000, "working"), (62_000, "idle")):
        clock.now_ms = now_ms
        timed_office.server.tick()
        assert timed_office.status()[ada.id]["status"] == expected


def test_api_12_blocked_becomes_idle_after_more_than_two_minutes(timed_office, clock):
    ada = timed_office.agent()
    clock.now_ms = 63_000
    ada.post("agent_error", 63_000, error="boom")
    for now_ms, expected in ((183_000, "blocked"), (184_000, "idle")):
        clock.now_ms = now_ms
        timed_office.server.tick()
        assert timed_office.status()[ada.id]["status"] == expected


def test_api_13_an_ended_session_leaves_at_once_and_is_forgotten_after_five_minutes(timed_office, clock):
    ada, bob = timed_office.agent("Ada"), timed_office.agent("Bob")
    clock.now_ms = 2_000
    ada.post("session_start", 1_000)
    ada.post("session_end", 2_000)
    assert timed_office.status() == {}

    def known() -> str:
        rows = timed_office.owner.get("/api/agents/health").json()
        return next(row["status"] for row in rows if row["agentId"] == ada.id)

    clock.now_ms = 302_000
    bob.post("session_start", 302_000)
    timed_office.server.tick()
    assert known() == "unreachable"  # still known, not shown
    clock.now_ms = 302_001
    timed_office.server.tick()
    assert known() == "unknown"
    assert list(timed_office.status()) == [bob.id]


def test_api_14_parent_and_child_collaborate_while_the_child_lives(office):
    parent, child = office.agent("Parent"), office.agent("Child")
    parent.post("session_start", 1000, session="s1")
    child.post("subagent_start", 1001, session="c1", parentSessionKey="s1")
    agents = office.status()
    assert [agents[a.id]["status"] for a in (parent, child)] == ["collaborating", "collaborating"]
    assert agents[parent.id]["collaboratingWith"] == [child.id]
    assert agents[child.id]["collaboratingWith"] == [parent.id]
    child.post("subagent_end", 1002, session="c1")
    agents = office.status()
    assert [agents[a.id]["status"] for a in (parent, child)] == ["working", "working"]
    assert agents[parent.id]["collaboratingWith"] == agents[child.id]["collaboratingWith"] == []


def test_api_15_a_failing_tool_blocks_until_the_next_sign_of_work(office):
    ada = office.agent()
    ada.post("session_start", 1000)
    ada.post("tool_result", 1001, toolName="Bash", error="exit 1")
    assert office.status()[ada.id]["status"] == "working"
    ada.post("agent_error", 1001, toolName="Bash", error="exit 1")
    assert office.status()[ada.id]["status"] == "blocked"
    ada.post("message_in", 1002)
    assert office.status()[ada.id]["status"] == "working"


def bind(client, slot, agent_id, theme="loft"):
    return client.put("/api/office/bindings", json={"themeId": theme, "slotIndex": slot, "agentId": agent_id})


def rows(client, theme="loft"):
    answer = client.get("/api/office/bindings", params={"themeId": theme})
    assert answer.status_code == 200
    return [(row["slotIndex"], row["agentId"]) for row in answer.json()]


def test_api_16_an_agent_moves(office):
    ada = office.agent()
    answer = bind(office.owner, 0, ada.id)
    assert (answer.status_code, answer.json()) == (200, {"slotIndex": 0, "agentId": ada.id, "themeId": "loft"})
    assert bind(office.owner, 3, ada.id).status_code == 200
    assert rows(office.owner) == [(3, ada.id)]


def test_api_17_the_last_one_has_the_slot(office):
    ada, bob = office.agent("Ada"), office.agent("Bob")
    bind(office.owner, 0, ada.id)
    bind(office.owner, 0, bob.id)
    assert rows(office.owner) == [(0, bob.id)]


def test_api_18_only_own_agents_can_be_bound(office):
    foreign = office.agent("Foreign", owner=office.guest())
    for agent_id in (foreign.id, str(uuid.uuid4())):
        answer = bind(office.owner, 0, agent_id)
        assert (answer.status_code, answer.json()) == (403, {"error": "agent not owned by user"})
    assert rows(office.owner) == []


def test_api_19_emptying_an_empty_slot_is_fine(office):
    answer = office.owner.delete("/api/office/bindings/loft/7")
    assert (answer.status_code, answer.content) == (204, b"")


def test_api_20_bindings_need_a_theme(office):
    answer = office.owner.get("/api/office/bindings")
    assert answer.status_code == 400
    assert "error" in answer.json()


def test_api_21_a_manifest_has_262144_bytes_at_most(office, upload, manifest):
    import json

    def of_size(size):
        content = json.dumps(manifest(description="")).encode()
        return json.dumps(manifest(description="x" * (size - len(content)))).encode()

    assert len(of_size(262_144)) == 262_144
    answer = upload(office.owner, of_size(262_145))
    assert (answer.status_code, answer.json()) == (400, {"error": "theme.json exceeds 256 KB limit"})
    assert upload(office.owner, of_size(262_144)).status_code == 201


@pytest.mark.parametrize("name", ["../x.png", "/x.png", "x.exe", "README", "a..b.png"])
def test_api_22_a_disallowed_entry_is_named(office, upload, manifest, zipped, name):
    answer = upload(office.owner, manifest(), zipped({"ok.png": b"1", name: b"2"}))
    text = f"Bundle extraction failed: Disallowed file in bundle: '{name}' (unsupported extension or path traversal)"
    assert (answer.status_code, answer.json()) == (400, {"error": text})
    assert office.owner.get("/api/themes").json() == {"themes": []}


@pytest.mark.parametrize(
    ("api_id", "fields", "text"),
    [
        ("API-23", {"renderer": "threejs"}, "v3 (threejs) themes require room.model path"),
        ("API-23", {"room": {"model": ""}}, "v3 (threejs) themes require room.model path"),
        (
            "API-24",
            {"zones": []},
            "v2 (pixi) themes require non-empty zones, layers, and a characters config",
        ),
        (
            "API-24",
            {"characters": {}},
            "v2 (pixi) themes require non-empty zones, layers, and a characters config",
        ),
        ("API-25", {"version": "1.0"}, "version must be semver (e.g. 1.0.0)"),
        ("API-25", {"version": "1.0.0-beta"}, "version must be semver (e.g. 1.0.0)"),
        ("API-25", {"version": "v1.0.0"}, "version must be semver (e.g. 1.0.0)"),
        ("API-26", {"id": "My-Theme"}, "id must be kebab-case (e.g. my-cool-theme)"),
        ("API-26", {"id": "-a"}, "id must be kebab-case (e.g. my-cool-theme)"),
        ("API-26", {"id": "a-"}, "id must be kebab-case (e.g. my-cool-theme)"),
        ("API-26", {"id": "a_b"}, "id must be kebab-case (e.g. my-cool-theme)"),
        ("API-26", {"id": "a" * 101}, "id must be at most 100 characters"),
        ("API-26", {"name": "  "}, "name must be 1-100 characters"),
    ],
)
def test_api_23_to_26_a_bad_manifest_is_refused_with_the_rule(office, upload, manifest, api_id, fields, text):
    answer = upload(office.owner, manifest(**fields))
    assert (answer.status_code, answer.json()) == (400, {"error": f"Manifest validation failed: {text}"})


@pytest.mark.parametrize("theme_id", ["a", "a--b", "9"])
def test_api_26_odd_ids_pass(office, upload, manifest, theme_id):
    answer = upload(office.owner, manifest(id=theme_id))
    assert answer.status_code == 201
    assert answer.json() == {"themeId": theme_id, "name": "Test theme", "version": "1.0.0"}


def test_api_27_deleting_a_theme(office, upload, manifest):
    upload(office.owner, manifest())
    for theme_id, status, body in (
        ("Bad_ID", 400, {"error": "Invalid theme ID"}),
        ("unknown", 404, {"error": "Theme not found"}),
        ("test-theme", 200, {"deleted": "test-theme"}),
        ("test-theme", 404, {"error": "Theme not found"}),
    ):
        answer = office.owner.delete(f"/api/themes/{theme_id}")
        assert (answer.status_code, answer.json()) == (status, body)


def test_api_28_an_idle_stream_gets_a_comment(start):
    office = start(keep_alive_s=0.2)
    office.agent().post("session_start", 1000)
    stream = office.stream()
    assert stream.next()["type"] == "status_update"
    assert [stream.next(), stream.next()] == ["ping", "ping"]


def test_api_28_the_period_is_15_seconds():
    from office_studio.server import ServerConfig

    assert ServerConfig().keep_alive_s == 15
    assert ServerConfig().tick_period_s == 15
