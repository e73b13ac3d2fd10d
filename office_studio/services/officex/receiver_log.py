"""What a webhook receiver has received, and how it is told to behave. Values only; see ``receiver.py``."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from threading import Lock
from typing import Any

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.requests import merged_context

MAX_ENTRIES = 500
MAX_BODY_BYTES = 65_536
MAX_DELAY_S = 60.0
EVENTS = ("INSTALL", "UNINSTALL", "RATE_LIMIT_CHANGE")


class Mode(StrEnum):
    """How the receiver answers: as it should, or as a vendor's server in trouble does."""

    ANSWER = "answer"
    HANG = "hang"  # takes the request and says nothing
    FAIL = "fail"  # 500
    REDIRECT = "redirect"  # 302 to elsewhere; OfficeX does not follow
    GARBAGE = "garbage"  # 200, but no JSON


class Proof(StrEnum):
    """Whether the secret of a delivery opens its install: webhooks are not signed."""

    NONE = ""  # not asked, or nothing to ask with
    GOOD = "proven"
    BAD = "refused"
    UNKNOWN = "not reached"


@dataclass(frozen=True, slots=True)
class Switches:
    """``context``: what an INSTALL is answered with, besides what a sale adds. ``delay_s``: before any answer."""

    mode: Mode = Mode.ANSWER
    delay_s: float = 0.0
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Received:
    """One delivery. ``payload`` has its secret masked; ``answer`` is what was sent back, masked as well."""

    number: int
    at_ms: int
    event: str
    uuid: str
    app_id: str = ""
    install_id: str = ""
    user_id: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict, repr=False)
    outcome: str = ""
    later: str = ""  # what came of it after the answer
    status: int | None = None  # of our answer; None while there is none
    duration_ms: int | None = None
    proof: Proof = Proof.NONE
    answer: Mapping[str, Any] = field(default_factory=dict, repr=False)
    is_repeat: bool = False
    is_replay: bool = False
    is_trouble: bool = False  # worth a look


class ReceiverLog:
    """The last deliveries, oldest first, and what is needed to send one again. Thread-safe."""

    def __init__(self) -> None:
        self._entries: deque[Received] = deque(maxlen=MAX_ENTRIES)
        self._bodies: dict[int, bytes] = {}  # as they came, with their secrets: in memory only
        self._uuids: dict[str, int] = {}
        self._lock = Lock()
        self._count = 0

    def entries(self) -> tuple[Received, ...]:
        with self._lock:
            return tuple(self._entries)

    def body(self, number: int) -> bytes | None:
        with self._lock:
            return self._bodies.get(number)

    def add(self, document: Mapping[str, Any], body: bytes, *, is_replay: bool) -> Received:
        """Note a delivery; ``is_repeat`` when its uuid has been here."""
        payload = document["payload"]
        with self._lock:
            self._count += 1
            uuid = str(document["uuid"])
            found = Received(
                self._count,
                time.time_ns() // 1_000_000,
                str(document["event"])[:50],
                uuid,
                _text(payload, "app_id"),
                _text(payload, "install_id"),
                _text(payload, "user_id"),
                masked(payload),
                is_repeat=uuid in self._uuids,
                is_replay=is_replay,
            )
            self._uuids.setdefault(uuid, self._count)
            self._bodies[self._count] = body
            self._entries.append(found)
            for old in [n for n in self._bodies if n <= self._count - MAX_ENTRIES]:
                del self._bodies[old]
            if len(self._uuids) > 20 * MAX_ENTRIES:
                del self._uuids[next(iter(self._uuids))]
        return found

    def change(self, number: int, **facts: Any) -> None:
        with self._lock:
            for at, entry in enumerate(self._entries):
                if entry.number == number:
                    self._entries[at] = replace(entry, **facts)

    def clear(self) -> None:
        """Forget what is shown. What was received before is still not taken twice."""
        with self._lock:
            self._entries.clear()
            self._bodies.clear()


def masked(payload: Mapping[str, Any]) -> dict[str, Any]:
    return {str(key): "•••" if "secret" in str(key) else value for key, value in payload.items()}


def typed_context(text: str) -> dict[str, str]:
    """An agent_context as somebody typed it, as JSON. Raises Refusal INVALID_REQUEST."""
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refusal("INVALID_REQUEST", f"This is not JSON: {error}.", field="agent_context") from None
    return merged_context({}, found)


def _text(payload: Mapping[str, Any], name: str) -> str:
    value = payload.get(name)
    return value[:200] if isinstance(value, str) else ""
