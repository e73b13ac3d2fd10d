"""Faults while a theme is sent: each ends in the right words and in a known state. Real server, real sockets."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from office_studio.errors import ApiError, AuthError, OfficeStudioError
from office_studio.services.bundle_history import BundleHistory
from office_studio.services.http import Credentials
from office_studio.services.theme_client import ThemeClient
from office_studio.services.uploader import Phase, State, Uploader, UploadOutcome

ROOT = Path(__file__).resolve().parents[3]
TEN_TIMES = [pytest.param(number, marks=pytest.mark.full if number else []) for number in range(10)]
SIZE = 2_000_000


class Proxy:
    """Stands before a server and spoils uploads as told; lets everything else pass.

    ``cut_at``: part of the body (0 to 1) after which both sides are cut. ``swallow``: the body is passed on, the answer
    is not. ``answer``: this instead of the server's own, after ``answer_at`` of the body. ``spoil``: how many uploads.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.target = (parts.hostname, parts.port)
        self.cut_at: float | None = None
        self.swallow = False
        self.answer: bytes | None = None
        self.answer_at = 1.0
        self.spoil = 1
        self.uploads = 0
        self.at_cut: Callable[[], None] = lambda: None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads: list[threading.Thread] = []
        self._open = True
        self._start(self._accept)

    def close(self) -> None:
        self._open = False
        self._listener.close()
        for thread in self._threads:
            thread.join(20)

    def _start(self, run: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=run, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        self._listener.settimeout(0.1)
        while self._open:
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        client.settimeout(20)
        with client:
            try:
                while head := self._head(client):
                    if not self._exchange(client, head):
                        return
            except OSError:
                return

    @staticmethod
    def _head(client: socket.socket) -> bytes:
        head = b""
        while b"\r\n\r\n" not in head:
            byte = client.recv(1)
            if not byte:
                return b""
            head += byte
        return head

    def _exchange(self, client: socket.socket, head: bytes) -> bool:
        found = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        length = int(found[1]) if found else 0
        is_upload = head.startswith(b"POST /api/themes/upload")
        self.uploads += is_upload
        spoiled = is_upload and self.uploads <= self.spoil
        try:
            server = socket.create_connection(self.target, timeout=20)
        except OSError:
            return False
        with server:
            if not (spoiled and self.answer is not None):
                server.sendall(re.sub(rb"(?i)\r\n\r\n\Z", b"\r\nConnection: close\r\n\r\n", head))
            stop = length
            if spoiled and self.cut_at is not None:
                stop = round(length * self.cut_at)
            elif spoiled and self.answer is not None:
                stop = round(length * self.answer_at)
            sent = 0
            while sent < stop:
                piece = client.recv(min(65_536, stop - sent))
                if not piece:
                    return False
                sent += len(piece)
                if not (spoiled and self.answer is not None):
                    server.sendall(piece)
            if spoiled and self.cut_at is not None:
                self.at_cut()
                return False
            if spoiled and self.answer is not None:
                client.sendall(self.answer)
                return False
            answer = b""
            while piece := server.recv(65_536):
                answer += piece
            if spoiled and self.swallow:
                return False
            client.sendall(answer)
            return False


@pytest.fixture
def proxy() -> Iterator[Callable[[str], Proxy]]:
    made: list[Proxy] = []

    def make(url: str) -> Proxy:
        made.append(Proxy(url))
        return made[-1]

    yield make
    for each in made:
        each.close()


def bundle(folder: Path, version: str, size: int = SIZE) -> Path:
    document = {"id": "test-theme", "name": "Test theme", "version": version, "zones": [{"id": "w", "capacity": 3}],
                "layers": [{"id": "floor", "zIndex": 0}], "characters": {"atlas": ""}}  # fmt: skip
    path = folder / f"{version}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("theme.json", json.dumps(document))
        archive.writestr("a.png", os.urandom(size))
    return path


def send(url: str, token: str, path: Path, **options) -> tuple[UploadOutcome | OfficeStudioError, Uploader, list]:
    """Outcome or error of one upload, with waiting times of nothing."""
    seen: list = []

    async def run():
        async def no_sleep(_: float) -> None:
            await asyncio.sleep(0.02)

        async with ThemeClient(url, Credentials(token)) as client:
            uploader = Uploader(client, sleep=no_sleep, **options)
            try:
                return await uploader.upload(path, seen.append), uploader, seen
            except OfficeStudioError as error:
                return error, uploader, seen

    return asyncio.run(run())


def version_at(office) -> str | None:
    rows = office.owner.get("/api/themes").json()["themes"]
    return rows[0]["version"] if rows else None


@pytest.fixture
def old(office, tmp_path: Path) -> Path:
    """Version 1.0.0 is in the office; the zip of version 2.0.0."""
    outcome, uploader, seen = send(office.address.url, office.address.token, bundle(tmp_path, "1.0.0"))
    assert isinstance(outcome, UploadOutcome), outcome
    assert (outcome.attempts, outcome.replaced_version, outcome.is_verified) == (1, None, True)
    assert uploader.state is State.STORED
    assert [phase for i, phase in enumerate(p.phase for p in seen) if i == 0 or seen[i - 1].phase is not phase] == [
        Phase.CHECKING, Phase.SENDING, Phase.WAITING, Phase.CONFIRMING,
    ]  # fmt: skip
    return bundle(tmp_path, "2.0.0")


@pytest.mark.parametrize("time_", TEN_TIMES)
@pytest.mark.parametrize("part", [0.0, 0.5, 0.99, 1.0])
def test_a_cut_connection_is_tried_again(office, old, proxy, part: float, time_: int):
    between = proxy(office.address.url)
    between.cut_at = part
    outcome, uploader, _ = send(between.url, office.address.token, old)
    assert isinstance(outcome, UploadOutcome), outcome
    assert uploader.state is State.STORED
    assert outcome.replaced_version == "1.0.0"
    assert version_at(office) == "2.0.0"
    if part < 1:  # with all of the body the server may have taken it in before the office was asked
        assert (outcome.attempts, outcome.confirmed_later) == (2, False)
        assert "did not have the theme" in outcome.notes[0]
    else:
        assert outcome.confirmed_later == (outcome.attempts == 1)


@pytest.mark.parametrize("time_", TEN_TIMES)
def test_a_lost_answer_is_asked_about_and_nothing_is_sent_twice(office, old, proxy, time_: int):
    between = proxy(office.address.url)
    between.swallow = True
    outcome, uploader, seen = send(between.url, office.address.token, old)
    assert isinstance(outcome, UploadOutcome), outcome
    assert (outcome.confirmed_later, outcome.attempts, outcome.is_verified) == (True, 1, True)
    assert "has the theme all the same" in outcome.notes[0]
    assert (uploader.state, between.uploads) == (State.STORED, 1)
    assert Phase.ASKING in {progress.phase for progress in seen}


def test_a_connection_that_always_breaks_ends_unchanged(office, old, proxy):
    between = proxy(office.address.url)
    between.cut_at, between.spoil = 0.3, 99
    error, uploader, _ = send(between.url, office.address.token, old)
    assert isinstance(error, ApiError)
    assert (error.code, error.details["state"], uploader.state) == ("THEME_UPLOAD_FAILED", "unchanged", State.UNCHANGED)
    assert between.uploads == 3
    assert version_at(office) == "1.0.0"


def test_an_office_that_never_answers_times_out_and_is_asked(office, old, proxy):
    between = proxy(office.address.url)
    between.spoil, between.cut_at = 99, 1.0
    between.at_cut = lambda: time.sleep(1.5)
    waits = httpx.Timeout(0.5, connect=2)
    outcome, uploader, _ = send(between.url, office.address.token, old, timeout=waits)
    # The server got everything: however often the answer is lost, asking finds the new version.
    assert isinstance(outcome, UploadOutcome), outcome
    assert (outcome.confirmed_later, uploader.state, version_at(office)) == (True, State.STORED, "2.0.0")


def canned(status: int, error: str) -> bytes:
    body = json.dumps({"error": error}).encode()
    return b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (
        status, len(body), body)  # fmt: skip


@pytest.mark.parametrize("time_", TEN_TIMES)
@pytest.mark.parametrize(
    ("status", "said", "code", "words"),
    [
        (400, "Bundle extraction failed: Invalid zip: x", "THEME_REFUSED", "Invalid zip: x"),
        (400, "Failed to read bundle field", "THEME_TOO_LARGE_FOR_SERVER", "refused a body of this size (2.0 MB)"),
        (401, "Unauthorized", "OFFICE_UNAUTHORIZED", "does not know this token"),
        (413, "too large", "THEME_TOO_LARGE_FOR_SERVER", "refused a body of this size (2.0 MB)"),
        (500, "Internal error during extraction", "OFFICE_FAULT", "Internal error during extraction"),
    ],
)
@pytest.mark.parametrize("after", [0.5, 1.0])
def test_refusals_are_told_in_the_offices_words(office, old, proxy, status, said, code, words, after, time_: int):
    between = proxy(office.address.url)
    between.answer, between.answer_at, between.spoil = canned(status, said), after, 99
    error, uploader, _ = send(between.url, office.address.token, old)
    assert isinstance(error, ApiError)
    if after < 1 and error.code == "THEME_UPLOAD_FAILED":
        # The system may throw an answer away that comes while the body still goes out. Nothing was stored then.
        assert between.uploads == 3
    else:
        assert error.code == code
        assert between.uploads == 1 or after < 1
        assert words in error.message
    assert (uploader.state, error.details["state"]) == (State.UNCHANGED, "unchanged")
    assert version_at(office) == "1.0.0"


def test_a_wrong_token_is_told(office, old):
    error, _, _ = send(office.address.url, "wrong-token", old)
    assert isinstance(error, AuthError)
    assert (error.details["state"], version_at(office)) == ("unchanged", "1.0.0")


def test_a_bundle_that_would_be_refused_is_never_sent(office, old, proxy, tmp_path: Path):
    between = proxy(office.address.url)
    with zipfile.ZipFile(old, "a") as archive:
        archive.writestr("x.exe", b"")
    error, _, _ = send(between.url, office.address.token, old)
    assert isinstance(error, OfficeStudioError)
    assert (error.code, between.uploads) == ("THEME_WOULD_BE_REFUSED", 0)
    assert "Disallowed file in bundle: 'x.exe'" in error.message


@pytest.mark.parametrize("when", [Phase.SENDING, Phase.WAITING])
def test_cancelling_leaves_a_known_state(office, old, proxy, when: Phase):
    between = proxy(office.address.url)
    if when is Phase.SENDING:
        between.cut_at, between.at_cut = 0.3, lambda: time.sleep(0.5)
    else:
        between.answer, between.answer_at = b"", 1.0

    async def run() -> State:
        async with ThemeClient(between.url, Credentials(office.address.token)) as client:
            uploader = Uploader(client)
            reached = asyncio.Event()
            watch = lambda p: reached.set() if p.phase is when and p.sent_bytes > 0 else None  # noqa: E731
            task = asyncio.create_task(uploader.upload(old, watch))
            await asyncio.wait_for(reached.wait(), 20)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return uploader.state

    state = asyncio.run(run())
    if when is Phase.SENDING:
        assert (state, version_at(office)) == (State.UNCHANGED, "1.0.0")
    else:
        assert state in (State.STORED, State.UNKNOWN)
        if state is State.STORED:
            assert version_at(office) == "2.0.0"


def test_another_theme_json_in_the_office_is_an_error(office, old, monkeypatch: pytest.MonkeyPatch):
    real = ThemeClient.published
    asked = 0

    async def changed(self: ThemeClient, theme_id: str):
        nonlocal asked
        asked += 1
        if asked == 2:  # somebody else uploads between our upload and our look at it
            intruder = bundle(old.parent, "9.9.9")
            await self.send(zipfile.ZipFile(intruder).read("theme.json"), intruder)
        return await real(self, theme_id)

    monkeypatch.setattr(ThemeClient, "published", changed)
    error, uploader, _ = send(office.address.url, office.address.token, old)
    assert isinstance(error, ApiError)
    assert (error.code, uploader.state) == ("THEME_READBACK_DIFFERS", State.DIFFERENT)
    assert "version 9.9.9 instead of 2.0.0" in error.message


def test_five_bundles_are_kept(office, tmp_path: Path):
    history = BundleHistory(office.address.url)
    for number in range(7):
        outcome, _, _ = send(office.address.url, office.address.token, bundle(tmp_path, f"1.0.{number}", 1000),
                             history=history)  # fmt: skip
        assert isinstance(outcome, UploadOutcome)
    kept = history.kept("test-theme")
    assert [each.version for each in kept] == ["1.0.6", "1.0.5", "1.0.4", "1.0.3", "1.0.2"]
    assert {path.name for path in kept[0].path.parent.iterdir()} == {f"{e.sha256}.zip" for e in kept} | {"index.json"}
    assert history.find("test-theme", kept[3].sha256[:8]) == kept[3]
    assert BundleHistory("http://other").kept("test-theme") == ()


# -- a server of its own process, that dies or has no room -----------------------------------------------
class ServerProcess:
    def __init__(self, data: Path, limit_bytes: int = 0) -> None:
        self._data, self._limit = data, limit_bytes
        self._port = _free_port()
        self.start()

    def start(self) -> None:
        code = "import resource, sys; n = int(sys.argv[1]); " \
               "n and resource.setrlimit(resource.RLIMIT_FSIZE, (n, n)); " \
               "from office_studio.cli.main import main; sys.exit(main(sys.argv[2:]))"  # fmt: skip
        words = ["serve", "--data", str(self._data), "--port", str(self._port), "--json"]
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, str(self._limit), *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert self.process.stdout is not None
        ready = json.loads(self.process.stdout.readline())
        self.url, self.token = ready["url"], ready["token"]

    def close(self) -> None:
        """Kill it, as the system would: no time to clean up."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture
def processes() -> Iterator[list[ServerProcess]]:
    found: list[ServerProcess] = []
    yield found
    for each in found:
        each.close()


def version_of(server: ServerProcess) -> str | None:
    answer = httpx.get(f"{server.url}/api/themes", headers={"Authorization": f"Bearer {server.token}"}, timeout=20)
    rows = answer.json()["themes"]
    return rows[0]["version"] if rows else None


@pytest.mark.timeout(300)
@pytest.mark.parametrize("time_", TEN_TIMES)
@pytest.mark.parametrize("part", [0.0, pytest.param(0.5, marks=pytest.mark.full),
                                  pytest.param(0.99, marks=pytest.mark.full), 1.0])  # fmt: skip
def test_a_killed_server_is_told_and_keeps_a_whole_version(tmp_path: Path, proxy, processes, part: float, time_: int):
    server = ServerProcess(tmp_path / "office")
    processes.append(server)
    first, _, _ = send(server.url, server.token, bundle(tmp_path, "1.0.0"))
    assert isinstance(first, UploadOutcome), first
    between = proxy(server.url)
    between.cut_at, between.at_cut = part, server.close
    error, uploader, _ = send(between.url, server.token, bundle(tmp_path, "2.0.0"))
    assert isinstance(error, ApiError)
    assert (error.code, error.details["state"]) == ("THEME_UPLOAD_UNKNOWN", "unknown")
    assert "cannot be asked" in error.message
    server.start()
    found = version_of(server)
    assert found in (("1.0.0",) if part < 1 else ("1.0.0", "2.0.0"))
    # And when it is back, the same upload goes through.
    again, uploader, _ = send(server.url, server.token, tmp_path / "2.0.0.zip")
    assert isinstance(again, UploadOutcome), again
    assert (uploader.state, version_of(server)) == (State.STORED, "2.0.0")


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on file sizes there")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("time_", TEN_TIMES)
def test_a_server_without_room_is_told(tmp_path: Path, processes, time_: int):
    server = ServerProcess(tmp_path / "office", limit_bytes=1_000_000)
    processes.append(server)
    first, _, _ = send(server.url, server.token, bundle(tmp_path, "1.0.0", 1000))
    assert isinstance(first, UploadOutcome), first
    error, uploader, _ = send(server.url, server.token, bundle(tmp_path, "2.0.0"))
    assert isinstance(error, ApiError)
    assert (error.code, error.details["status"], uploader.state) == ("OFFICE_FAULT", 500, State.UNCHANGED)
    assert "Failed to store the bundle: File too large" in error.message
    assert version_of(server) == "1.0.0"
    assert not list((tmp_path / "office" / "themes" / ".incoming").iterdir())
