"""``office-studio serve`` as a user runs it: a process, a line, a signal."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from office_studio.services import local_offices

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def serve(tmp_path):
    processes = []

    def start(*arguments: str, **environment: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-m", "office_studio", "serve", "--data", str(tmp_path / "office"), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | environment,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_one_json_line_when_ready_and_a_note_for_the_other_verbs(serve, tmp_path):
    process = serve("--port", "0", "--json")
    ready = json.loads(process.stdout.readline())
    assert set(ready) == {"url", "token", "data"}
    assert ready["data"] == str(tmp_path / "office")
    headers = {"Authorization": f"Bearer {ready['token']}"}
    assert httpx.get(f"{ready['url']}/api/agents", headers=headers).json() == []
    office = local_offices.find(ready["url"].replace("127.0.0.1", "localhost") + "/")
    assert (office.url, office.token, office.pid) == (ready["url"], ready["token"], process.pid)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert local_offices.running() == ()
    assert process.stdout.read() == ""
    assert process.stderr.read() == ""


def test_ctrl_c_ends_with_130_while_a_stream_is_open(serve):
    process = serve("--port", "0")
    line = process.stdout.readline()
    url = line.split()[2]
    office = local_offices.find(url)
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {office.token}"}, timeout=10) as client:
        agent = client.post("/api/agents", json={"name": "Ada"}).json()
        body = {"type": "session_start", "agentId": "a", "sessionId": "s", "timestamp": 1}
        client.post("/api/office/event", json=body, headers={"Authorization": f"Bearer {agent['botToken']}"})
        with client.stream("GET", "/api/office/stream") as stream:
            next(stream.iter_raw())
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 130
    assert "Traceback" not in process.stderr.read()


def test_a_port_in_use_is_a_usage_error(serve):
    with socket.create_server(("127.0.0.1", 0)) as other:
        process = serve("--port", str(other.getsockname()[1]), "--json")
        assert process.wait(60) == 2
    error = json.loads(process.stderr.read())["error"]
    assert error["code"] == "PORT_IN_USE"
    assert error["hint"]
    assert process.stdout.read() == ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--port", "70000"), "PORT_NOT_ALLOWED"),
        (("--host", "0.0.0.0", "--port", "0"), "REMOTE_NOT_ALLOWED"),
        (("--owner-email", "me@example.org"), "PASSWORD_NEEDED"),
    ],
)
def test_what_cannot_be_is_a_usage_error(serve, arguments, code):
    process = serve(*arguments, "--json", OFFICE_STUDIO_PASSWORD="")
    assert process.wait(60) == 2
    assert json.loads(process.stderr.read())["error"]["code"] == code


def test_the_demo_lets_agents_work(serve, wait_until):
    process = serve("--port", "0", "--json", "--demo")
    ready = json.loads(process.stdout.readline())
    with httpx.Client(base_url=ready["url"], headers={"Authorization": f"Bearer {ready['token']}"}) as client:
        wait_until(lambda: client.get("/api/office/status").is_success, 20)
        wait_until(lambda: len(client.get("/api/office/status").json()["agents"]) >= 3, 30)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert process.stderr.read() == ""


def test_help_shows_an_example(serve):
    process = serve("--help")
    assert process.wait(60) == 0
    assert "office-studio serve --demo" in process.stdout.read()
