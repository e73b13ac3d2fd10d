"""A real proxy between window and office on loopback sockets, which makes real faults: cut lines, 5xx, late answers."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections import Counter, deque
from enum import Enum
from urllib.parse import urlsplit


class Fault(Enum):
    """What happens to one call that writes a binding, or to reading them where ``READ`` says so."""

    NONE = "none"
    CUT_BEFORE = "the line is cut before the office hears of it"
    CUT_AFTER = "the office does it, its answer is lost"
    ERROR_BEFORE = "503, and the office did not hear of it"
    ERROR_AFTER = "503, but the office has done it"
    LATE = "the answer is late"


_ERROR = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 14\r\nConnection: close\r\n\r\ntry again soon"
LATE_S = 0.25


class Proxy:
    """One call per connection. ``faults`` are used up by writes of bindings, one each, first come first served."""

    def __init__(self, upstream: str) -> None:
        where = urlsplit(upstream)
        self._upstream = (where.hostname or "127.0.0.1", where.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.faults: deque[Fault] = deque()
        self.made: Counter[Fault] = Counter()  # how many writes met which
        self.hidden_agents: set[str] = set()  # ids the list of the user's own agents leaves out: they are foreign
        self.is_down = False
        self.late_s = LATE_S
        self.writes: list[tuple[str, str]] = []
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def go_down(self) -> None:
        """Cut every line, and refuse new ones."""
        self.is_down = True
        self._cut_all()

    def come_back(self) -> None:
        self.is_down = False

    def close(self) -> None:
        self.is_down = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._cut_all()
        for thread in (self._accepting, *self._threads):
            thread.join(5)

    # -- inside ------------------------------------------------------------------------------------
    def _cut_all(self) -> None:
        with self._lock:
            lines = list(self._open)
        for line in lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(line,), daemon=True)
            self._threads = [each for each in self._threads if each.is_alive()] + [thread]
            thread.start()

    def _serve(self, line: socket.socket) -> None:
        with self._lock:
            self._open.add(line)
        try:
            with line:
                if not self.is_down:
                    self._one_call(line)
        except OSError:
            pass  # one of the two ends has gone
        finally:
            with self._lock:
                self._open.discard(line)

    def _one_call(self, line: socket.socket) -> None:
        head, body = _read(line)
        if not head:
            return
        method, path = head.split(b" ", 2)[:2]
        is_write = b"/bindings" in path and method in (b"PUT", b"DELETE")
        with self._lock:
            fault = self.faults.popleft() if is_write and self.faults else Fault.NONE
            if is_write:
                self.made[fault] += 1
                self.writes.append((method.decode(), body.decode() or path.decode()))
        if fault is Fault.CUT_BEFORE:
            return
        if fault is Fault.ERROR_BEFORE:
            line.sendall(_ERROR)
            return
        if fault is Fault.LATE:
            time.sleep(self.late_s)
        with socket.create_connection(self._upstream, timeout=10) as office:
            office.settimeout(None)
            with self._lock:
                self._open.add(office)
            try:
                office.sendall(_closing(head) + body)
                if path.startswith(b"/api/office/stream"):
                    _pump(office, line)
                    return
                answer = _all(office)
            finally:
                with self._lock:
                    self._open.discard(office)
        if method == b"GET" and path.split(b"?")[0] == b"/api/agents" and self.hidden_agents:
            answer = self._without_hidden(answer)
        if fault is Fault.ERROR_AFTER:
            line.sendall(_ERROR)
        elif fault is not Fault.CUT_AFTER:
            line.sendall(answer)

    def _without_hidden(self, answer: bytes) -> bytes:
        head, _, body = answer.partition(b"\r\n\r\n")
        rows = [row for row in json.loads(body) if row["id"] not in self.hidden_agents]
        made = json.dumps(rows).encode()
        kept = [each for each in head.split(b"\r\n") if not each.lower().startswith(b"content-length")]
        return b"\r\n".join([*kept, b"Content-Length: %d" % len(made)]) + b"\r\n\r\n" + made


def _read(line: socket.socket) -> tuple[bytes, bytes]:
    """Head and body of a request."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = line.recv(65536)
        if not part:
            return b"", b""
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    wanted = 0
    for row in head.split(b"\r\n")[1:]:
        name, _, value = row.partition(b":")
        if name.lower() == b"content-length":
            wanted = int(value)
    while len(body) < wanted:
        body += line.recv(65536)
    return head, body


def _closing(head: bytes) -> bytes:
    kept = [row for row in head.split(b"\r\n") if not row.lower().startswith((b"connection:", b"accept-encoding:"))]
    return b"\r\n".join([*kept, b"Connection: close"]) + b"\r\n\r\n"


def _all(office: socket.socket) -> bytes:
    parts = []
    while part := office.recv(65536):
        parts.append(part)
    return b"".join(parts)


def _pump(office: socket.socket, line: socket.socket) -> None:
    """Hand on what the office says until one of them ends it."""

    def watch() -> None:
        with contextlib.suppress(OSError):
            while line.recv(4096):
                pass
        with contextlib.suppress(OSError):
            office.shutdown(socket.SHUT_RDWR)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    with contextlib.suppress(OSError):
        while part := office.recv(65536):
            line.sendall(part)
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    watcher.join(5)
