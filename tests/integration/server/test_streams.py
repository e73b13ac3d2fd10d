"""The event stream: modes, order, slow readers, many readers, odd events."""

from __future__ import annotations

import json
import socket
import time
from urllib.parse import urlsplit

import httpx
import pytest


def test_the_headers_and_the_first_frame(office):
    ada = office.agent()
    ada.post("session_start", 1000)
    stream = office.stream()
    assert stream.response.headers["content-type"] == "text/event-stream"
    assert stream.response.headers["cache-control"] == "no-cache"
    frame = stream.next()
    assert frame["type"] == "status_update"
    assert [agent["agentId"] for agent in frame["agents"]] == [ada.id]
    # What is not known is left out, not null (contract, difference D3).
    assert set(frame["agents"][0]) == {
        "agentId", "name", "status", "lastActivity", "collaboratingWith", "currentTask", "online"
    }  # fmt: skip


def test_events_mode_serves_the_event_with_the_true_agent(office):
    ada = office.agent()
    ada.post("session_start", 1000)
    stream = office.stream()
    stream.next()
    ada.send(
        {"type": "tool_call", "agentId": "claimed", "sessionId": "s1", "timestamp": 1001, "extra": 1, "agentName": "X",
         "data": {"toolName": "Read\nWrite", "nested": {"x": [1, None, "é"]}}}
    )  # fmt: skip
    assert stream.next() == {
        "type": "tool_call",
        "agentId": ada.id,
        "sessionId": "s1",
        "timestamp": 1001,
        "data": {"toolName": "Read\nWrite", "nested": {"x": [1, None, "é"]}},
    }


def test_the_other_spelling_of_the_agent_id_is_taken(office):
    ada = office.agent()
    body = {"type": "session_start", "agent_id": "claimed", "sessionId": "s", "timestamp": 1000}
    assert ada.send(body).status_code == 204
    assert list(office.status()) == [ada.id]


def test_events_mode_sends_a_snapshot_after_a_tick_that_changed_something(timed_office, clock):
    ada = timed_office.agent()
    clock.now_ms = 1_000
    ada.post("session_start", 1_000)
    stream = timed_office.stream()
    stream.next()
    timed_office.server.tick()  # too early: nothing changes, nothing is sent
    clock.now_ms = 62_000
    timed_office.server.tick()
    frame = stream.next()
    assert frame["timestamp"] == 62_000
    assert frame["agents"][0]["status"] == "idle"


def test_snapshots_mode_sends_only_snapshots(start):
    office = start(stream_mode="snapshots")
    ada, bob = office.agent("Ada"), office.agent("Bob")
    ada.post("session_start", 1000)
    stream = office.stream()
    stream.next()
    ada.post("tool_call", 1001, toolName="Read")
    assert stream.next()["agents"][0]["currentTask"] == "Read"
    bob.post("subagent_start", 1002)  # without a parent: no broadcast
    bob.post("dance", 1003)
    bob.post("session_start", 1004)
    frame = stream.next()
    assert {agent["agentId"] for agent in frame["agents"]} == {ada.id, bob.id}
    ada.post("session_end", 1005)
    assert [agent["agentId"] for agent in stream.next()["agents"]] == [bob.id]


def test_a_user_sees_only_the_own_agents(office):
    guest = office.guest()
    ada, theirs = office.agent(), office.agent("Theirs", owner=guest)
    ada.post("session_start", 1000)
    mine, foreign = office.stream(), office.stream(guest)
    assert [agent["agentId"] for agent in mine.next()["agents"]] == [ada.id]
    assert foreign.next()["agents"] == []
    theirs.post("session_start", 1001)
    ada.post("message_in", 1002)
    assert foreign.next()["agentId"] == theirs.id
    assert mine.next()["agentId"] == ada.id


def test_a_deleted_agent_leaves_every_viewer(office):
    ada = office.agent()
    ada.post("session_start", 1000)
    office.owner.put("/api/office/bindings", json={"themeId": "t", "slotIndex": 0, "agentId": ada.id})
    stream = office.stream()
    stream.next()
    assert office.owner.delete(f"/api/agents/{ada.id}").status_code == 204
    frame = stream.next()
    assert (frame["type"], frame["agentId"]) == ("session_end", ada.id)
    assert office.status() == {}
    assert office.owner.get("/api/office/bindings", params={"themeId": "t"}).json() == []
    assert ada.post("session_start", 1001).status_code == 401


def test_a_future_timestamp_does_not_hold_off_the_time_outs(timed_office, clock):
    ada = timed_office.agent()
    clock.now_ms = 10_000
    ada.post("session_start", 7_200_000)
    assert timed_office.status()[ada.id]["lastActivity"] == 10_000


def test_an_office_without_news_for_five_minutes_is_not_connected(timed_office, clock):
    ada = timed_office.agent()
    ada.post("session_start", clock.now_ms)
    stream = timed_office.stream()
    stream.next()
    clock.now_ms += 299_999
    assert timed_office.owner.get("/api/office/status").status_code == 200
    clock.now_ms += 1
    assert timed_office.owner.get("/api/office/status").status_code == 503
    ada.post("message_in", clock.now_ms)
    assert stream.next()["type"] == "message_in"  # the stream was left open


def test_huge_numbers_and_deep_data_do_no_harm(office):
    ada = office.agent()
    ada.post("session_start", 1000)
    digits = b"9" * 4_000
    for _ in range(3):
        body = b'{"type":"llm_output","agentId":"a","sessionId":"s","timestamp":1001,"data":{"usage":{"input":%b}}}'
        assert ada.send(body % digits).status_code == 204
    body = b'{"type":"tool_call","agentId":"a","sessionId":"s","timestamp":1,"data":{"toolName":"R","durationMs":%b}}'
    assert ada.send(body % digits).status_code == 204
    deep = b'{"type":"tool_call","agentId":"a","sessionId":"s","timestamp":1,"data":' + b"[" * 50_000
    assert ada.send(deep).status_code == 400
    agent = office.status()[ada.id]
    assert agent["tokenUsage"]["input"] == 0
    assert agent["currentToolDetail"] == "R"


def test_a_one_megabyte_event_arrives(office):
    ada = office.agent()
    ada.post("session_start", 1000)
    stream = office.stream()
    stream.next()
    assert ada.post("message_in", 1001, text="x" * 1_000_000).status_code == 204
    assert len(stream.next()["data"]["text"]) == 1_000_000


def test_a_body_over_ten_megabytes_is_refused(office):
    assert office.agent().send(b" " * 10_485_761).status_code == 413


def read_all(connection: socket.socket, until: bytes) -> bytes:
    found = b""
    while until not in found:
        piece = connection.recv(1 << 16)
        assert piece, "the server closed the stream"
        found += piece
    return found


def open_raw(office, receive_buffer: int) -> socket.socket:
    parts = urlsplit(office.address.url)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.settimeout(30)
    connection.connect((parts.hostname, parts.port))
    head = f"GET /api/office/stream HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {office.address.token}"
    connection.sendall(head.encode() + b"\r\n\r\n")
    return connection


def frames_of(raw: bytes) -> list[dict]:
    body = raw.partition(b"\r\n\r\n")[2]
    lines = [line for line in body.replace(b"\r\n", b"\n").split(b"\n") if line.startswith(b"data: ")]
    found = []
    for line in lines:
        try:
            found.append(json.loads(line[6:]))
        except ValueError:
            pytest.fail(f"damaged frame: {line[:200]!r}")
    return found


def test_a_slow_reader_is_told_by_a_fresh_snapshot_and_nothing_grows(start, wait_until):
    """The reader stops reading until the socket blocks; what it then finds is old news, a snapshot, the newest."""
    office = start(window_frames=64, window_bytes=1 << 20)
    ada = office.agent()
    ada.post("session_start", 1000)
    slow = open_raw(office, 8_192)
    first = read_all(slow, b"status_update")
    fast = office.stream()
    fast.next()
    sent = 400
    for number in range(sent):
        ada.post("message_in", 2000 + number, n=number, text="x" * 8_000)
        assert fast.next()["data"]["n"] == number  # a blocked neighbour holds nobody up
    ada.post("tool_call", 9000, toolName="Last")
    assert fast.next()["type"] == "tool_call"

    raw = first + read_all(slow, b"status_update")  # what had been written before, then the snapshot
    ada.post("message_in", 9001, n=-1)
    raw += read_all(slow, b'"n":-1')
    slow.close()
    frames = frames_of(dechunk(raw))
    numbers = [frame["data"]["n"] for frame in frames if frame["type"] == "message_in"]
    snapshots = [index for index, frame in enumerate(frames) if frame["type"] == "status_update"]
    assert snapshots[0] == 0
    assert len(snapshots) == 2, "exactly one fresh snapshot"
    assert numbers[-1] == -1
    before = numbers[:-1]
    assert before == list(range(len(before))), "what came before the gap is complete and in order"
    assert len(before) < sent, "the reader really fell behind"
    fresh = frames[snapshots[1]]
    assert fresh["agents"][0]["currentTask"] == "Last", "the snapshot is the office as it is now"
    assert [frame["type"] for frame in frames[snapshots[1] + 1 :]] == ["message_in"]
    wait_until(lambda: office.server.streams == 1)


def dechunk(raw: bytes) -> bytes:
    """Without the size lines of the chunked transfer, which stand between the frames."""
    head, _, rest = raw.partition(b"\r\n\r\n")
    body = b""
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        if not size:
            break
        length = int(size, 16)
        body += rest[:length]
        rest = rest[length + 2 :]
    return head + b"\r\n\r\n" + body


def test_many_readers_get_everything_in_order(office):
    ada = office.agent()
    ada.post("session_start", 1000)
    streams = [office.stream() for _ in range(20)]
    for stream in streams:
        stream.next()
    for number in range(100):
        ada.post("message_in", 2000 + number, n=number)
    for stream in streams:
        assert [stream.next()["data"]["n"] for _ in range(100)] == list(range(100))


def test_a_closed_stream_is_forgotten(office, wait_until):
    office.agent().post("session_start", 1000)
    with office.owner.stream("GET", "/api/office/stream") as response:
        chunks = response.iter_raw()  # the connection closes when nobody holds it
        next(chunks)
        wait_until(lambda: office.server.streams == 1)
    wait_until(lambda: office.server.streams == 0)


def test_stopping_the_server_ends_its_streams(start):
    office = start()
    office.agent().post("session_start", 1000)
    stream = office.stream()
    stream.next()
    began = time.monotonic()
    office.server.stop()
    assert time.monotonic() - began < 20  # or it waits for readers, for ever
    with pytest.raises((StopIteration, httpx.RemoteProtocolError, httpx.ReadError)):
        stream.next()


def test_health_needs_no_sign_in_and_the_rest_does(office):
    assert office.anyone.get("/health").json()["status"] == "ok"
    for path in ("/api/office/status", "/api/office/stream", "/api/office/bindings", "/api/agents", "/api/themes"):
        answer = office.anyone.get(path)
        assert (answer.status_code, answer.json()) == (401, {"error": "Unauthorized"}), path
    assert office.anyone.put("/api/office/bindings", content=b"{").status_code == 401  # before the body is looked at
    assert office.anyone.post("/api/themes/upload", content=b"").status_code == 401


def test_unknown_paths_and_methods_answer_in_json(office):
    assert office.owner.get("/api/nothing").status_code == 404
    answer = office.owner.request("PATCH", "/api/office/bindings")
    assert answer.status_code == 405
    assert set(answer.headers["allow"].replace(" ", "").split(",")) >= {"GET", "PUT"}
    assert "error" in answer.json()
