"""What an office server is told when it starts, and what it tells back. Standard library only."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Clock = Callable[[], int]  # milliseconds since 1970
StreamMode = Literal["events", "snapshots"]

DEFAULT_PORT = 21001
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})


def system_clock() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """How to run one office server.

    Attributes:
        port: TCP port; 0 takes a free one.
        data_dir: Folder for database, themes and the owner's token; None is ``paths.data_dir() / "office"``.
        database_url: SQLAlchemy URL; None is an SQLite file in ``data_dir``.
        stream_mode: What follows the first snapshot of a stream (Office API 8.5).
        keep_alive_s: Seconds without other output after which a stream gets a comment frame.
        tick_period_s: Seconds between the time-driven passes of the state machine (5.3).
        demo: Also run simulated agents inside.
        allow_remote: Permit a ``host`` that other machines can reach; an owner with a password must then exist.
        owner_email, owner_password: Sign-in of the owner; creates it, or replaces the password.
        sign_up: Whether strangers may create accounts; None allows it on loopback only.
        disconnected_status: Answer of ``/status`` without a connected plugin: 503, or 200 as older servers (D1).
        window_frames, window_bytes: How far a stream may fall behind before it is given a fresh snapshot instead.
    """

    host: str = "127.0.0.1"
    port: int = 0
    data_dir: Path | None = None
    database_url: str | None = None
    stream_mode: StreamMode = "events"
    keep_alive_s: float = 15.0
    tick_period_s: float = 15.0
    demo: bool = False
    demo_agents: int = 12
    demo_rate: float = 4.0
    allow_remote: bool = False
    owner_email: str | None = None
    owner_password: str | None = None
    sign_up: bool | None = None
    disconnected_status: Literal[200, 503] = 503
    window_frames: int = 1_024
    window_bytes: int = 1 << 20
    clock: Clock = system_clock

    @property
    def is_loopback(self) -> bool:
        return self.host in LOOPBACK_HOSTS


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a running server is. ``token`` is the owner's, to be sent as ``Authorization: Bearer``."""

    url: str
    token: str
    data_dir: Path

    def __repr__(self) -> str:  # keeps the token out of logs and tracebacks
        return f"ServerAddress(url={self.url!r}, data_dir={str(self.data_dir)!r})"
