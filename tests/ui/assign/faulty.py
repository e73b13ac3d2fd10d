"""A proxy that, besides cutting lines, answers as a broken, hostile or slow office would."""

from __future__ import annotations

import json
import socket
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from tests.ui.assign_gestures.proxy import Proxy, _all, _closing, _read


class FaultyProxy(Proxy):
    """
    Attributes:
        rows: What every reading of bindings is answered with; None asks the office.
        refusals: Statuses with bodies, used up by writes, one each; None lets one through.
        after_write: Called once the office has answered the n-th write from now, before the window hears of it.
        renamed: Names by which the office calls agents, by id, instead of those it would take.
        hold: While set, answers to readings of bindings, already fetched, wait for ``release``.
    """

    def __init__(self, upstream: str) -> None:
        self.rows: list[dict[str, Any]] | None = None
        self.refusals: deque[tuple[int, object] | None] = deque()
        self.after_write: dict[int, Callable[[], None]] = {}
        self.renamed: dict[str, str] = {}
        self.held = 0
        self.reads = 0
        self._is_holding = False
        self._release = threading.Event()
        super().__init__(upstream)

    def hold(self) -> None:
        self._release.clear()
        self.held, self._is_holding = 0, True

    def release(self) -> None:
        self._is_holding = False
        self._release.set()

    def reset(self) -> None:
        self.release()
        self.rows = None
        self.faults.clear()
        self.refusals.clear()
        self.after_write.clear()
        self.renamed.clear()
        self.hidden_agents.clear()
        self.come_back()

    def _one_call(self, line: socket.socket) -> None:
        peeked = line.recv(65536, socket.MSG_PEEK)
        method, _, path = peeked.partition(b" ")
        if not path.startswith(b"/api/office/bindings"):
            super()._one_call(line)
        elif method == b"GET":
            self._read_rows(line)
        else:
            self._write(line)

    def _read_rows(self, line: socket.socket) -> None:
        head, body = _read(line)
        self.reads += 1
        if self.rows is not None:
            line.sendall(_answer(200, self.rows))
            return
        answer = self._ask(head, body)
        if self._is_holding:
            self.held += 1
            self._release.wait(20)
        line.sendall(answer)

    def _write(self, line: socket.socket) -> None:
        refusal = self.refusals.popleft() if self.refusals else None
        if refusal is not None:
            _read(line)
            self.writes.append(("refused", str(refusal[0])))
            line.sendall(_answer(*refusal))
            return
        act = self.after_write.pop(1, None)
        self.after_write = {number - 1: call for number, call in self.after_write.items()}
        if act is None:
            super()._one_call(line)
            return
        head, body = _read(line)
        self.writes.append(("watched", body.decode()))
        self._ask(head, body)
        act()

    def _without_hidden(self, answer: bytes) -> bytes:
        document = json.loads(super()._without_hidden(answer).partition(b"\r\n\r\n")[2])
        return _answer(200, [row | {"name": self.renamed.get(row["id"], row["name"])} for row in document])

    def _ask(self, head: bytes, body: bytes) -> bytes:
        with socket.create_connection(self._upstream, timeout=10) as office:
            office.sendall(_closing(head) + body)
            return _all(office)


def _answer(status: int, document: object) -> bytes:
    body = document.encode() if isinstance(document, str) else json.dumps(document).encode()
    kind = b"text/plain" if isinstance(document, str) else b"application/json"
    head = b"HTTP/1.1 %d X\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
    return head % (status, kind, len(body)) + body
