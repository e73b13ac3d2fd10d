"""For tests of uploads: bundles, one upload with its outcome, and a line that breaks as told."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from office_studio.errors import OfficeStudioError
from office_studio.services.http import Credentials
from office_studio.services.theme_client import ThemeClient
from office_studio.services.uploader import Phase, State, Uploader, UploadOutcome

TEN_TIMES = [pytest.param(number, marks=pytest.mark.full if number else []) for number in range(10)]
SIZE = 2_000_000


class Proxy:
    """Stands before a server and spoils uploads as told; lets everything else pass.

    ``cut_at``: part of the body (0 to 1) after which both sides are cut. ``swallow``: the body is passed on, the answer
    is not. ``answer``: this instead of the server's own, after ``answer_at`` of the body. ``spoil``: how many uploads.
    ``pause_s``: before each 64 KB of a spoiled upload is passed on, for a slow line.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.target = (parts.hostname, parts.port)
        self.cut_at: float | None = None
        self.swallow = False
        self.answer: bytes | None = None
        self.answer_at = 1.0
        self.spoil = 1
        self.pause_s = 0.0
        self.uploads = 0
        self.at_cut: Callable[[], None] = lambda: None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)  # else a slow line swallows it all
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
                if spoiled and self.pause_s:
                    time.sleep(self.pause_s)
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
