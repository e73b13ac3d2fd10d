"""One running sandbox: settings, clock, faults to be played, webhooks. What its endpoints work with."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from office_studio.core.officex.codes import CODES, Refusal

WEBHOOK_TIMEOUT_S = 25.0


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """How to run one sandbox.

    Attributes:
        port: TCP port; 0 takes a free one.
        data_dir: Folder for database, uploads and the admin secret; None is ``paths.data_dir() / "officex"``.
        database_url: SQLAlchemy URL; None is an SQLite file in ``data_dir``.
        credit_price_usd, payout_rate_usd: Never used in the ledger's arithmetic.
        documentation_limit: Characters of an app's documentation; the editions differ.
        reservation_ttl_s: Open reservations older than this expire; None: never (the contract's default).
        month_end_payouts: Transfers wait for the month-end run instead of following the approval.
        chat_delay_s: Pause between the pieces of a chat answer.
        webhook_timeout_s: How long a webhook may take.
        seed: Put demo data (three apps, a theme shop, vouchers) into an empty sandbox.
        durable: Answers wait for the disk, so that a power cut takes nothing back. A killed program never does.
    """

    port: int = 0
    data_dir: Path | None = None
    database_url: str | None = None
    credit_price_usd: Decimal = Decimal("0.03")
    payout_rate_usd: Decimal = Decimal("0.01")
    documentation_limit: int = 50_000
    reservation_ttl_s: int | None = None
    month_end_payouts: bool = False
    chat_delay_s: float = 0.0
    webhook_timeout_s: float = WEBHOOK_TIMEOUT_S
    seed: bool = True
    durable: bool = True


class SandboxClock:
    """Milliseconds since 1970, which may be set, stopped and advanced. It is read by any thread."""

    def __init__(self, system: Callable[[], int] = lambda: time.time_ns() // 1_000_000) -> None:
        self._system = system
        # Where it stands, or None, and how far it is off: one value, so that nobody reads half of a change.
        self._set: tuple[int | None, int] = (None, 0)

    def __call__(self) -> int:
        stopped_ms, offset_ms = self._set
        return stopped_ms if stopped_ms is not None else self._system() + offset_ms

    @property
    def is_running(self) -> bool:
        return self._set[0] is None

    def set(self, at_ms: int, *, running: bool) -> None:
        self._set = (None if running else at_ms, at_ms - self._system())

    def reset(self) -> None:
        self._set = (None, 0)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook that is due once the transaction that caused it is committed."""

    app_id: str
    url: str
    event: str
    payload: dict[str, Any]
    install_id: str


FAULTS = ("delay", "late", "drop_before", "drop_after", "error", "not_json")


@dataclass(slots=True)
class Fault:
    """One kind of trouble for the next calls of a route ("POST /reserve"; "*": any).

    ``delay`` waits before the work, ``late`` after it; ``drop_before`` and ``drop_after`` cut the connection; ``error``
    refuses with ``code``.
    """

    route: str
    kind: str
    left: int
    delay_s: float = 0.0
    code: str = "INTERNAL_ERROR"


@dataclass(slots=True)
class Faults:
    _planned: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, fault: Fault) -> None:
        if fault.kind not in FAULTS:
            raise Refusal("INVALID_REQUEST", f"kind is one of {', '.join(FAULTS)}.", field="kind")
        if fault.code not in CODES:
            raise Refusal("INVALID_REQUEST", f"{fault.code} is no code of OfficeX.", field="code")
        with self._lock:
            self._planned.append(fault)

    def next(self, route: str) -> Fault | None:
        """The trouble planned for this call, which is used up by asking."""
        if not self._planned:
            return None
        with self._lock:
            for fault in self._planned:
                if fault.route in (route, "*") and fault.left > 0:
                    fault.left -= 1
                    return fault
        return None

    def clear(self) -> None:
        with self._lock:
            self._planned.clear()


@dataclass(slots=True)
class Sandbox:
    config: SandboxConfig
    data_dir: Path
    admin_secret: str
    control_token: str
    clock: SandboxClock = field(default_factory=SandboxClock)
    faults: Faults = field(default_factory=Faults)
    month_end_payouts: bool = False

    def __repr__(self) -> str:  # keeps the secrets out of logs and tracebacks
        return f"Sandbox(data_dir={str(self.data_dir)!r})"
