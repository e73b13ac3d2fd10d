"""The network verbs as a person runs them: a process of their own against a real office."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from office_studio.server.config import ServerAddress, ServerConfig
from office_studio.server.lifecycle import OfficeServer
from office_studio.services import local_offices

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerAddress]:
    server = OfficeServer(ServerConfig(data_dir=tmp_path_factory.mktemp("office")))
    yield server.start()
    server.stop()


def cli(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    return subprocess.run(
        [sys.executable, "-m", "office_studio", *words],
        capture_output=True, text=True, timeout=60, env=environment, cwd=ROOT, encoding="utf-8",
    )  # fmt: skip


def at(office: ServerAddress) -> tuple[str, ...]:
    return ("--office", office.url, "--token", office.token)


@pytest.fixture(scope="module")
def simulated(office: ServerAddress) -> dict[str, Any]:
    done = cli("simulate", *at(office), "--agents", "6", "--rate", "20", "--seconds", "3", "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_simulate_prints_a_summary(simulated: dict[str, Any], office: ServerAddress) -> None:
    assert simulated["agents"] == 6
    assert simulated["failed"] == 0
    assert simulated["events"] == sum(simulated["byType"].values()) > 20
    assert simulated["office"] == office.url
    assert simulated["byType"]["session_start"] == 6


@pytest.mark.usefixtures("simulated")
def test_agents_list(office: ServerAddress) -> None:
    rows = json.loads(cli("agents", "list", "--json", *at(office)).stdout)
    assert [row["name"] for row in rows] == ["Bram", "Kai", "Mika", "Otto", "Sana", "Vivi"]
    assert {row["status"] for row in rows} >= {"working", "collaborating", "blocked"}
    people = cli("agents", "list", *at(office)).stdout
    assert people.splitlines()[0].split() == ["Agent", "Status", "Task", "Model", "Id"]
    assert "Vivi" in people


@pytest.mark.usefixtures("simulated")
def test_watch_prints_one_object_a_change(office: ServerAddress) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "office_studio", "watch", "--json", *at(office)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, encoding="utf-8",
    ) as watching:  # fmt: skip
        assert watching.stdout is not None
        first = [json.loads(watching.stdout.readline()) for _ in range(6)]
        assert {row["name"] for row in first} == {"Bram", "Kai", "Mika", "Otto", "Sana", "Vivi"}
        assert cli("simulate", *at(office), "--agents", "6", "--seconds", "1", "--seed", "9").returncode == 0
        rest = [json.loads(watching.stdout.readline()) for _ in range(6)]
        watching.terminate()
    assert all({"at", "agentId", "name", "status", "currentTask"} <= row.keys() for row in rest)
    assert rest[-1]["at"] >= first[0]["at"]
    assert cli("watch", "--json", "--seconds", "0.5", *at(office)).returncode == 0


@pytest.mark.usefixtures("simulated")
def test_bindings(office: ServerAddress) -> None:
    def rows(*words: str) -> list[tuple[int, str]]:
        done = cli("bindings", *words, "--theme", "loft", "--json", *at(office))
        assert done.returncode == 0, done.stderr
        return [(row["slotIndex"], row["agentName"]) for row in json.loads(done.stdout)]

    assert rows("set", "0", "vivi") == [(0, "Vivi")]
    assert rows("set", "1", "Otto") == [(0, "Vivi"), (1, "Otto")]
    assert rows("set", "1", "Vivi") == [(1, "Vivi")]
    told = cli("bindings", "set", "3", "Vivi", "--theme", "loft", *at(office)).stderr
    assert "Move Vivi from slot 1 to slot 3" in told
    assert rows("list") == [(3, "Vivi")]
    assert rows("clear", "7") == [(3, "Vivi")]
    assert rows("clear", "--all") == []


@pytest.mark.usefixtures("simulated")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("bindings", "set", "0", "Nobody", "--theme", "x"), "AGENT_UNKNOWN"),
        (("bindings", "set", "-1", "Vivi", "--theme", "x"), "BINDING_SLOT_INVALID"),
        (("bindings", "clear", "--theme", "x"), "BINDING_SLOT_NEEDED"),
        (("bindings", "clear", "1", "--all", "--theme", "x"), "BINDING_SLOT_NEEDED"),
        (("simulate", "--rate", "0"), "SIMULATION_RATE"),
        (("simulate", "--agents", "0"), "SIMULATION_AGENTS"),
        (("simulate", "--seconds", "0"), "SIMULATION_SECONDS"),
    ],
)
def test_wrong_words_are_usage(office: ServerAddress, words: tuple[str, ...], code: str) -> None:
    done = cli(*words, "--json", *at(office))
    assert done.returncode == 2
    assert error_of(done)["code"] == code


def error_of(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert "Traceback" not in done.stderr
    line = next(line for line in done.stderr.splitlines() if line.startswith("{"))
    return json.loads(line)["error"]


VERBS = [("agents", "list"), ("watch",), ("simulate",), ("bindings", "list", "--theme", "x")]


@pytest.mark.parametrize("verb", VERBS)
def test_a_wrong_token_is_said(office: ServerAddress, verb: tuple[str, ...]) -> None:
    done = cli(*verb, "--json", "--office", office.url, "--token", "wrong")
    assert done.returncode == 4
    assert "does not know this token" in error_of(done)["message"]
    assert "wrong" not in done.stderr


@pytest.mark.parametrize("verb", VERBS)
def test_nothing_there_is_said(verb: tuple[str, ...]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        done = cli(*verb, "--json", "--office", url, "--token", "x")
    assert done.returncode == 4
    assert error_of(done)["code"] == "OFFICE_UNREACHABLE"


@pytest.mark.parametrize("url", ["127.0.0.1:21001", "ftp://x", "http://", "http://x:99999", "http://u:p@x", ""])
def test_what_is_no_address_is_usage(url: str) -> None:
    done = cli("agents", "list", "--json", "--office", url or " ")
    assert done.returncode == 2
    assert error_of(done)["code"] == "OFFICE_URL_INVALID"


def test_https_to_a_plain_port_is_said(office: ServerAddress) -> None:
    done = cli("agents", "list", "--json", "--office", office.url.replace("http:", "https:"), "--token", "x")
    assert (done.returncode, error_of(done)["code"]) == (4, "OFFICE_NOT_HTTPS")


def test_a_web_page_is_said() -> None:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<html>hello</html>")

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        for verb in VERBS:
            done = cli(*verb, "--json", "--office", f"http://127.0.0.1:{server.server_port}", "--token", "x")
            assert (done.returncode, error_of(done)["code"]) == (4, "OFFICE_NOT_AN_OFFICE"), verb
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_no_office_at_all_is_said() -> None:
    done = cli("agents", "list", "--json")
    assert (done.returncode, error_of(done)["code"]) == (2, "OFFICE_UNKNOWN")


@pytest.mark.usefixtures("simulated")
def test_a_local_office_is_found_with_its_token(office: ServerAddress) -> None:
    local_offices.register(office.url, office.token, os.getpid(), office.data_dir)
    assert len(json.loads(cli("agents", "list", "--json").stdout)) == 6
    assert len(json.loads(cli("agents", "list", "--json", "--office", office.url).stdout)) == 6


@pytest.mark.usefixtures("simulated")
def test_the_environment_names_the_office(office: ServerAddress) -> None:
    done = cli("agents", "list", "--json", OFFICE_STUDIO_OFFICE=office.url, OFFICE_STUDIO_TOKEN=office.token)
    assert len(json.loads(done.stdout)) == 6


@pytest.fixture
def theme(shared_dir: Path, tmp_path: Path) -> Path:
    source = shared_dir / "data/themes/starter-desk"
    bundle = tmp_path / "starter.zip"
    with zipfile.ZipFile(bundle, "w") as archive:
        for path in sorted(source.rglob("*")):
            if path.is_file() and path.suffix in (".json", ".png", ".svg", ".jpg", ".webp"):
                archive.write(path, path.relative_to(source).as_posix())
    return bundle


def test_themes_go_up_are_listed_and_go(office: ServerAddress, theme: Path, shared_dir: Path) -> None:
    def run(*words: str) -> Any:
        done = cli("theme", *words, "--json", *at(office))
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    stored = run("upload", str(theme))
    assert stored["replacedVersion"] is None
    again = run("upload", str(shared_dir / "data/themes/starter-desk"))
    assert (again["themeId"], again["replacedVersion"]) == (stored["themeId"], stored["version"])
    assert [row["id"] for row in run("list")] == [stored["themeId"]]
    unsure = cli("theme", "delete", stored["themeId"], *at(office))
    assert unsure.returncode == 2
    assert "--yes" in unsure.stderr
    assert run("delete", stored["themeId"], "--yes") == {"deleted": stored["themeId"], "bound": []}
    assert run("list") == []
    gone = cli("theme", "delete", stored["themeId"], "--yes", "--json", *at(office))
    assert (gone.returncode, error_of(gone)["code"]) == (4, "THEME_NOT_FOUND")


def test_a_theme_that_would_be_refused_is_not_sent(office: ServerAddress, tmp_path: Path) -> None:
    bundle = tmp_path / "bad.zip"
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr("theme.json", '{"id": "a", "name": "A", "version": "1"}')
    done = cli("theme", "upload", str(bundle), "--json", *at(office))
    assert done.returncode == 3
    assert "semver" in error_of(done)["message"]
