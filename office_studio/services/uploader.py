"""Uploads a theme and ends in a known state: foretold, sent, asked about when in doubt, read back."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import httpx

from office_studio.errors import ApiError, OfficeStudioError, StorageError
from office_studio.services.bundle_history import BundleHistory
from office_studio.services.preflight import Preflight, preflight
from office_studio.services.theme_client import UPLOAD_TIMEOUT, Published, ThemeClient, UploadResult

__all__ = ["Phase", "Preflight", "ReadBack", "State", "UploadOutcome", "UploadProgress", "Uploader", "preflight"]

ATTEMPTS = 3
BACK_OFF_S = (1.0, 3.0, 6.0)
ASK_TIMES = 4
_SPEED_OVER_S = 3.0
_CANCEL_ASK_S = 5.0
_NOTHING_SENT = frozenset({"OFFICE_UNREACHABLE"})
_OUTCOME_UNKNOWN = frozenset({"OFFICE_CONNECTION_LOST", "OFFICE_TIMEOUT", "OFFICE_NOT_HTTP"})


class Phase(StrEnum):
    CHECKING = "checking"
    SENDING = "sending"
    WAITING = "waiting"  # all is sent, the office unpacks
    ASKING = "asking"  # the connection broke; the office is asked what it has
    RETRYING = "retrying"
    CONFIRMING = "confirming"  # reading back


class State(StrEnum):
    """What the office has at the end."""

    STORED = "stored"
    UNCHANGED = "unchanged"  # what it had before
    GONE = "gone"  # offices that replace in two steps: the old version is gone, the new one not there
    DIFFERENT = "different"  # something else than what was sent
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """One moment of an upload. ``speed``: bytes a second over the last three; None where nothing is known yet."""

    phase: Phase
    sent_bytes: int = 0
    total_bytes: int = 0
    speed: float | None = None
    seconds_left: float | None = None
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class ReadBack:
    """One fact that was read back from the office. ``found``: "" where the office gives it to nobody."""

    what: str  # "id", "version", "theme.json"
    sent: str
    found: str

    @property
    def is_same(self) -> bool | None:
        """None when it could not be compared."""
        return self.sent == self.found if self.found else None


@dataclass(frozen=True, slots=True)
class UploadOutcome:
    """A stored theme.

    Attributes:
        answer: What the office said to the upload; None when the answer was lost and it was asked instead.
        read_back: Id, version and manifest as sent and as found; empty when nothing could be read.
        replaced_version: What the office had before, None for nothing.
        confirmed_later: The connection broke, and asking showed that the office has it.
        is_verified: Id, version and manifest were read back and are what was sent.
        notes: Sentences for people: what went wrong on the way and does not matter.
    """

    theme_id: str
    name: str
    version: str
    replaced_version: str | None
    attempts: int
    confirmed_later: bool
    is_verified: bool
    notes: tuple[str, ...] = ()
    answer: UploadResult | None = None
    read_back: tuple[ReadBack, ...] = ()


Watcher = Callable[[UploadProgress], None]


class Uploader:
    """One upload at a time. ``state`` tells what the office has, also after an error or a cancellation.

    Cancel the task that runs ``upload``: the connection closes, and when everything was sent already the office is
    asked what it has (five seconds at most) before the cancellation goes on.
    """

    def __init__(
        self,
        client: ThemeClient,
        history: BundleHistory | None = None,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        timeout: httpx.Timeout = UPLOAD_TIMEOUT,
    ) -> None:
        self.state = State.UNCHANGED
        self._client = client
        self._history = history
        self._sleep = sleep
        self._now_ms = now_ms
        self._timeout = timeout
        self._meter = _Meter(None)
        self._notes: list[str] = []

    async def upload(self, bundle: Path, watch: Watcher | None = None) -> UploadOutcome:
        """Check, send, read back and keep the zip at ``bundle``.

        Every error carries ``details["state"]``, one of ``State``.
        Raises:
            PackageError: THEME_WOULD_BE_REFUSED, THEME_BUNDLE_UNREADABLE.
            ApiError: THEME_REFUSED, THEME_TOO_LARGE_FOR_SERVER, THEME_UPLOAD_FAILED, THEME_UPLOAD_UNKNOWN,
                THEME_READBACK_DIFFERS, and what any call raises.
        """
        self.state, self._notes, self._meter = State.UNCHANGED, [], _Meter(watch)
        self._meter.enter(Phase.CHECKING)
        checked = await asyncio.to_thread(preflight, bundle)
        if not checked.is_accepted:
            raise checked.refusal()
        try:
            before = await self._patiently(lambda: self._client.published(checked.theme_id))
            outcome = await self._until_known(checked, before)
        except OfficeStudioError as error:
            error.details.setdefault("state", self.state.value)
            raise
        await self._keep(checked)
        return outcome

    # -- sending -----------------------------------------------------------------------------------------
    async def _until_known(self, checked: Preflight, before: Published | None) -> UploadOutcome:
        for attempt in range(1, ATTEMPTS + 1):
            self._meter.begin(checked.size_bytes, attempt)
            try:
                answer = await self._send(checked, before)
                return await self._confirm(checked, before, attempt, answer)
            except ApiError as error:
                if error.code not in _OUTCOME_UNKNOWN | _NOTHING_SENT or self.state is State.STORED:
                    await self._refused(checked, before)
                    raise
                if await self._has_arrived(checked, before, error):
                    self._notes.append("The connection broke after sending; the office has the theme all the same.")
                    return await self._confirm(checked, before, attempt, None)
                if attempt == ATTEMPTS:
                    raise ApiError(
                        "THEME_UPLOAD_FAILED",
                        f"The connection broke {ATTEMPTS} times while {checked.name} was sent; the office does not "
                        "have it.",
                        "What it had before is unchanged. Try again when the connection is better.",
                        cause=error.code,
                    ) from error
                self._notes.append(f"Try {attempt} broke off ({error.message}); the office did not have the theme.")
                self._meter.enter(Phase.RETRYING)
                await self._sleep(BACK_OFF_S[attempt - 1])
        raise AssertionError("unreachable")

    async def _send(self, checked: Preflight, before: Published | None) -> UploadResult:
        assert checked.manifest is not None
        try:
            result = await self._client.send(checked.manifest, checked.path, self._meter.count, self._timeout)
        except asyncio.CancelledError:
            await self._after_cancel(checked, before)
            raise
        self.state = State.STORED
        return result

    async def _after_cancel(self, checked: Preflight, before: Published | None) -> None:
        """The office takes nothing that it has not received as a whole, so only a complete one leaves a question."""
        if not self._meter.is_all_sent:
            return
        self.state = State.UNKNOWN
        try:
            after = await asyncio.shield(asyncio.wait_for(self._client.published(checked.theme_id), _CANCEL_ASK_S))
        except (OfficeStudioError, TimeoutError, asyncio.CancelledError):
            return
        if _is_sent(after, before, checked):
            self.state = State.STORED

    async def _has_arrived(self, checked: Preflight, before: Published | None, error: ApiError) -> bool:
        """Ask the office, before anything is sent again. Raises ApiError THEME_UPLOAD_UNKNOWN when it is silent."""
        if error.code in _NOTHING_SENT:
            return False
        self.state = State.UNKNOWN
        self._meter.enter(Phase.ASKING)
        try:
            after = await self._patiently(lambda: self._client.published(checked.theme_id))
        except ApiError as silent:
            raise ApiError(
                "THEME_UPLOAD_UNKNOWN",
                f"The connection broke while {checked.name} was sent, and the office cannot be asked whether it has "
                f"it: {silent.message}",
                "Look at the list of themes when it answers again, then upload once more if it is missing.",
                state=State.UNKNOWN.value,
                cause=error.code,
            ) from silent
        arrived = _is_sent(after, before, checked)
        self.state = State.STORED if arrived else State.UNCHANGED if after == before else State.DIFFERENT
        return arrived

    async def _refused(self, checked: Preflight, before: Published | None) -> None:
        """After a refusal: offices that replace in two steps may have lost what they had (9.4)."""
        if self.state is State.STORED:
            return
        try:
            after = await self._client.published(checked.theme_id)
        except OfficeStudioError:
            self.state = State.UNKNOWN if before is not None else State.UNCHANGED
            return
        self.state = State.UNCHANGED if after == before else State.GONE if after is None else State.DIFFERENT

    async def _patiently(self, ask: Callable[[], Awaitable[Published | None]]) -> Published | None:
        """An answer, asked for again while the connection fails."""
        for attempt in range(1, ASK_TIMES + 1):
            try:
                return await ask()
            except ApiError as error:
                if error.code not in _OUTCOME_UNKNOWN | _NOTHING_SENT or attempt == ASK_TIMES:
                    raise
                await self._sleep(BACK_OFF_S[attempt - 1])
        raise AssertionError("unreachable")

    # -- afterwards --------------------------------------------------------------------------------------
    async def _confirm(
        self, checked: Preflight, before: Published | None, attempts: int, answer: UploadResult | None
    ) -> UploadOutcome:
        """Read back what the office has and compare."""
        self._meter.enter(Phase.CONFIRMING)
        verified = False
        facts: tuple[ReadBack, ...] = ()
        try:
            after = await self._patiently(lambda: self._client.published(checked.theme_id))
            facts = _read_back(checked, after)
            self._compare(checked, after, facts)
            verified = True
        except ApiError as error:
            if error.code == "THEME_READBACK_DIFFERS":
                raise
            self._notes.append(f"The office took the theme, but it could not be read back: {error.message}")
        replaced = before.version if before is not None else None
        return UploadOutcome(
            checked.theme_id, checked.name, checked.version, replaced, attempts, answer is None, verified,
            (*self._notes, *checked.warnings), answer, facts,
        )  # fmt: skip

    def _compare(self, checked: Preflight, after: Published | None, facts: tuple[ReadBack, ...]) -> None:
        if after is None:
            what = "does not list it"
        elif after.document.get("id") != checked.theme_id or after.version != checked.version:
            what = f"shows version {after.version} instead of {checked.version}"
        elif after.manifest is not None and after.manifest != checked.manifest:
            what = "shows another theme.json"
        else:
            return
        self.state = State.DIFFERENT
        raise ApiError(
            "THEME_READBACK_DIFFERS",
            f"The office took {checked.name}, but {what}.",
            "Somebody may have uploaded the same id at the same time, or a cache stands between. Look at it again.",
            state=self.state.value,
            read_back=facts,
        )

    async def _keep(self, checked: Preflight) -> None:
        if self._history is None:
            return
        try:
            await asyncio.to_thread(
                self._history.keep, checked.path, checked.theme_id, checked.name, checked.version, self._now_ms()
            )
        except StorageError as error:
            self._notes.append(error.message)


def _is_sent(after: Published | None, before: Published | None, checked: Preflight) -> bool:
    """Whether the office now has what was sent, and had it not before: then a second try would be one too many."""
    if after is None or after == before:
        return False
    if after.manifest is not None:
        return after.manifest == checked.manifest
    return after.document.get("id") == checked.theme_id and after.version == checked.version


def _read_back(checked: Preflight, after: Published | None) -> tuple[ReadBack, ...]:
    if after is None:
        return ()
    manifest = _digest(after.manifest) if after.manifest is not None else ""
    return (
        ReadBack("id", checked.theme_id, str(after.document.get("id") or "")),
        ReadBack("version", checked.version, after.version),
        ReadBack("theme.json", _digest(checked.manifest or b""), manifest),
    )


def _digest(manifest: bytes) -> str:
    """ "3,812 bytes, SHA-256 3f9a12…"."""
    return f"{len(manifest):,} bytes, SHA-256 {hashlib.sha256(manifest).hexdigest()[:16]}"


class _Meter:
    """Counts bytes, measures speed, tells who watches."""

    def __init__(self, watch: Watcher | None) -> None:
        self._watch = watch
        self._phase = Phase.CHECKING
        self._sent = self._total = 0
        self._attempt = 1
        self._marks: deque[tuple[float, int]] = deque()

    @property
    def is_all_sent(self) -> bool:
        return self._phase is Phase.WAITING

    def begin(self, total_bytes: int, attempt: int) -> None:
        self._sent, self._total, self._attempt = 0, total_bytes, attempt
        self._marks.clear()
        self.enter(Phase.SENDING)

    def enter(self, phase: Phase) -> None:
        self._phase = phase
        self._tell(None)

    def count(self, sent: int, _total: int) -> None:
        now = time.monotonic()
        if sent == self._sent and sent >= self._total:
            # The file is asked once more after its end: everything before was handed to the connection.
            if self._phase is Phase.SENDING:
                self.enter(Phase.WAITING)
            return
        self._sent = sent
        self._marks.append((now, sent))
        while self._marks[0][0] < now - _SPEED_OVER_S and len(self._marks) > 2:
            self._marks.popleft()
        start, first = self._marks[0]
        self._tell((sent - first) / (now - start) if now > start else None)

    def _tell(self, speed: float | None) -> None:
        if self._watch is not None:
            left = (self._total - self._sent) / speed if speed else None
            self._watch(UploadProgress(self._phase, self._sent, self._total, speed, left, self._attempt))
