"""The Khronos glTF-Validator as a checker of models: asks the program in ``gltf_engine.py``, and ends it in time.

The script itself is third-party code, fetched by ``packaging/fetch_gltf_validator.py`` and shipped in the wheel.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import subprocess
import sys
import threading
from collections import OrderedDict
from functools import cache
from pathlib import Path
from typing import Any

from office_studio.core.validation.gltf_checker import GltfMessage, GltfVerdict, ReadExternal
from office_studio.core.validation.report import Severity
from office_studio.errors import AssetError
from office_studio.paths import resources_dir

_ENGINE = Path(__file__).with_name("gltf_engine.py")
_LEVELS = (Severity.ERROR, Severity.WARNING, Severity.INFO, Severity.INFO)  # its error, warning, information, hint
MAX_MESSAGES = 100
_MAX_ASKED = 2_000  # before the worst are chosen
_ROUNDS = 3
# Measured: 2 s of one core for each MB of clips, less for meshes and pictures. Busy machines take several times that.
_START_S, _BASE_S, _PER_MB_S, _MOST_S = 30.0, 20.0, 10.0, 180.0
_IDLE_S = 20.0
_MAX_KEPT = 200
_TEXT = 300  # of a message: values come out of the model


def validator_script() -> Path:
    """Where the validator lies, if it was fetched."""
    return resources_dir() / "vendor" / "gltf-validator" / "gltf_validator.dart.js"


def validator_state() -> str:
    """For people: which version is there, or what to do."""
    try:
        stamp = json.loads((validator_script().parent / "package.json").read_text("utf-8"))
        return f"{stamp['version']}" if validator_script().is_file() else "missing"
    except (OSError, ValueError, KeyError, TypeError):
        return "missing: models get structural checks only; python packaging/fetch_gltf_validator.py fetches it"


@cache
def shared_validator() -> KhronosValidator:
    """The one that all checks of this program share, with what it remembers. Starts nothing before it is asked."""
    validator = KhronosValidator()
    atexit.register(validator.abort)
    return validator


def end_shared_validator() -> None:
    """End the shared one at once, whatever it is doing; who asks for it later gets a new one. From any thread."""
    if shared_validator.cache_info().currsize:
        ended = shared_validator()
        shared_validator.cache_clear()
        ended.abort()
        atexit.unregister(ended.abort)


class _Stopped(Exception):
    """The program has ended, by itself or by us."""


class KhronosValidator:
    """Implements ``GltfChecker``. The program starts with the first model and ends when none came for a while.

    Verdicts are remembered by content, those of models with external files together with theirs.
    """

    def __init__(self, script: Path | None = None, *, limit_s: float | None = None, idle_s: float = _IDLE_S) -> None:
        """``limit_s``: for one model of any size; None: by its size."""
        self._script = script or validator_script()
        self._limit_s, self._idle_s = limit_s, idle_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._idle: threading.Timer | None = None
        self._is_over = False
        self._known: OrderedDict[bytes, tuple[GltfVerdict, tuple[bytes, ...]]] = OrderedDict()

    @property
    def absence(self) -> str:
        return "" if self._script.is_file() else "the Khronos glTF-Validator is not installed"

    def check(self, data: bytes, name: str, read_external: ReadExternal) -> GltfVerdict:
        key = hashlib.sha256(data).digest()
        with self._lock:
            known = self._known.get(key)
            if known is not None and _digests(known[0].external, read_external) == known[1]:
                self._known.move_to_end(key)
                return known[0]
            self._hold()
            reads: dict[str, bytes] = {}
            try:
                verdict = self._ask(data, name, read_external, reads)
            except _Stopped as why:
                self._end()
                return GltfVerdict(is_conformant=None, unchecked=str(why))
            finally:
                self._release()
            self._known[key] = (verdict, tuple(reads.values()))
            if len(self._known) > _MAX_KEPT:
                self._known.popitem(last=False)
            return verdict

    def close(self) -> None:
        """End the program; the next model starts it again."""
        with self._lock:
            self._hold()
            self._end()

    def abort(self) -> None:
        """End the program for good, at once: a check under way says that it could not check. From any thread."""
        self._is_over = True
        process = self._process
        if process is not None:
            process.kill()
        self.close()

    # -- one model ---------------------------------------------------------------------------------
    def _ask(self, data: bytes, name: str, read_external: ReadExternal, reads: dict[str, bytes]) -> GltfVerdict:
        """Ask again while the answer is cut off and holds no error, without what was said: errors must not hide."""
        messages: list[GltfMessage] = []
        ignored: set[str] = set()
        total, is_cut = 0, True
        for _ in range(_ROUNDS):
            answer = self._exchange(data, name, sorted(ignored), read_external, reads)
            if "report" not in answer:
                return _refused(str(answer.get("refused", "")), tuple(reads))
            issues = answer["report"]["issues"]
            found = [_message(issue) for issue in issues["messages"]]
            messages += found
            total += sum(int(issues[f"num{level}"]) for level in ("Errors", "Warnings", "Infos", "Hints"))
            is_cut = bool(issues["truncated"])
            if not is_cut or any(each.severity is Severity.ERROR for each in found):
                break
            ignored |= {each.code for each in found}
        order = list(Severity)
        messages.sort(key=lambda each: order.index(each.severity))
        kept = tuple(messages[:MAX_MESSAGES])
        has_error = any(each.severity is Severity.ERROR for each in messages)
        return GltfVerdict(kept, not has_error, max(total - len(kept), int(is_cut)), "", tuple(reads))

    def _exchange(
        self, data: bytes, name: str, ignored: list[str], read_external: ReadExternal, reads: dict[str, bytes]
    ) -> dict[str, Any]:
        process = self._running()
        limit_s = self._limit_s or min(_BASE_S + _PER_MB_S * len(data) / (1 << 20), _MOST_S)
        watch = _Watch(process, limit_s)
        try:
            head = {"name": name, "size": len(data), "maxIssues": _MAX_ASKED, "ignored": ignored}
            _send(process, head, data)
            while "read" in (answer := _receive(process)):
                uri = str(answer["read"])
                content, why = _content(uri, read_external)
                reads[uri] = _digest(content, why)
                _send(process, {"error": why} if content is None else {"size": len(content)}, content or b"")
            return answer
        except (OSError, ValueError, EOFError) as error:
            if watch.has_fired:
                raise _Stopped(f"the validator did not end within {limit_s:.0f} s") from error
            raise _Stopped("the validator stopped unexpectedly") from error
        finally:
            watch.cancel()

    # -- the program ---------------------------------------------------------------------------------
    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        if self._is_over:
            raise _Stopped("Office Studio is closing")
        # -P: the folder of the program is no place to import from, it holds an http.py.
        command = [sys.executable, "-P", str(_ENGINE), str(self._script)]
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # on Windows a console would flash up
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        try:
            process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nothing, creationflags=flags)  # noqa: S603
        except OSError as error:
            raise _Stopped(f"the validator cannot be started: {error.strerror}") from error
        self._process = process
        watch = _Watch(process, _START_S)
        try:
            answer = _receive(process)
        except (OSError, ValueError, EOFError) as error:
            raise _Stopped("the validator cannot be started") from error
        finally:
            watch.cancel()
        if "ready" not in answer:
            raise _Stopped(f"the validator cannot be started: {str(answer.get('refused'))[:_TEXT]}")
        return process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            try:
                if stream is not None:
                    stream.close()
            except OSError:
                pass  # what was not sent is lost with the program
        process.wait()

    def _hold(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _release(self) -> None:
        if self._process is not None and not self._is_over:
            self._idle = threading.Timer(self._idle_s, self.close)
            self._idle.daemon = True
            self._idle.start()


class _Watch:
    """Ends a program that takes too long; what waits for its answer then reads an end."""

    def __init__(self, process: subprocess.Popen[bytes], limit_s: float) -> None:
        self.has_fired = False
        self._process = process
        self._timer = threading.Timer(limit_s, self._fire)
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        self._timer.cancel()

    def _fire(self) -> None:
        self.has_fired = True
        self._process.kill()


def _send(process: subprocess.Popen[bytes], head: dict[str, Any], data: bytes) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(head).encode() + b"\n")
    process.stdin.write(data)
    process.stdin.flush()


def _receive(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    answer = json.loads(line)
    if not isinstance(answer, dict):
        raise ValueError("no object")
    return answer


def _content(uri: str, read_external: ReadExternal) -> tuple[bytes | None, str]:
    try:
        return read_external(uri), ""
    except AssetError as error:
        return None, error.message


def _digest(content: bytes | None, why: str) -> bytes:
    return why.encode() if content is None else hashlib.sha256(content).digest()


def _digests(uris: tuple[str, ...], read_external: ReadExternal) -> tuple[bytes, ...]:
    return tuple(_digest(*_content(uri, read_external)) for uri in uris)


def _refused(why: str, external: tuple[str, ...]) -> GltfVerdict:
    if why.startswith("Invalid data"):  # it said that before it looked further
        message = GltfMessage("NOT_GLTF", Severity.ERROR, "This is neither GLB nor glTF JSON.", None, 0)
        return GltfVerdict((message,), False, external=external)
    return GltfVerdict(is_conformant=None, unchecked=f"the validator could not go through it ({why[:_TEXT]})")


def _message(issue: dict[str, Any]) -> GltfMessage:
    pointer, offset = issue.get("pointer"), issue.get("offset")
    return GltfMessage(
        code=str(issue["code"])[:80],
        severity=_LEVELS[min(max(int(issue["severity"]), 0), 3)],
        message=str(issue["message"])[:_TEXT],
        pointer=str(pointer)[:_TEXT] if pointer else None,
        offset=int(offset) if isinstance(offset, int) else None,
    )
