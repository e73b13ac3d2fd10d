"""3D models ready to be drawn: converted once in a program of its own, then kept by content.

``prepare`` blocks, so call it from a worker thread; it may be called from several.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from office_studio.errors import ModelError
from office_studio.paths import cache_dir

if TYPE_CHECKING:
    from office_studio.core.gltf.facts import ModelFacts3D
    from office_studio.services.model_files import FolderReader

TIME_LIMIT_S: Final = 10.0  # for one model
_START_S: Final = 60.0  # importing decoders, on a slow disk
_IDLE_S: Final = 20.0
_CACHE_BYTES: Final = 512 << 20
_ABANDONED_S: Final = 3600
_POLL_S: Final = 0.1  # how soon a cancel is noticed
_PACKAGE_PARENT: Final = Path(__file__).resolve().parents[2]

Progress = Callable[[str], None]
"""Told of each step in a word for people, on the thread that prepares."""


@dataclass(frozen=True, slots=True)
class PreparedModel:
    """``path`` is a plain GLB in the cache, kept while the store that made it lives; ``key`` names its content."""

    path: Path
    facts: ModelFacts3D
    key: str
    source: Path


class ModelStore:
    """Keeps converted models in a folder, at most ``cache_bytes`` of them; those used longest ago go first."""

    def __init__(
        self,
        cache_dir: Path,
        *,
        time_limit_s: float = TIME_LIMIT_S,
        idle_s: float = _IDLE_S,
        cache_bytes: int = _CACHE_BYTES,
    ) -> None:
        self._folder = cache_dir / "models"
        self._time_limit_s = time_limit_s
        self._cache_bytes = cache_bytes
        self._program = _Program(idle_s)
        self._lock = threading.Lock()
        self._in_use: set[str] = set()

    def prepare(
        self,
        path: Path,
        root: Path | None = None,
        *,
        cancel: threading.Event | None = None,
        tell: Progress | None = None,
    ) -> PreparedModel:
        """The model as a plain GLB with its facts.

        Args:
            path: ``.glb`` or ``.gltf``.
            root: Folder of the theme, out of which nothing is read; the model's own folder when None.
            cancel: Set it to give up; a conversion under way is ended at once.
        Raises:
            ModelError: MODEL_NOT_FOUND, MODEL_OUTSIDE, MODEL_FILE_MISSING, MODEL_INVALID, MODEL_VERSION,
                MODEL_EXTENSION, MODEL_TOO_LARGE, MODEL_TIMEOUT, MODEL_CRASHED, MODEL_CANCELLED.
        """
        from office_studio.core.gltf.limits import MAX_FILE_BYTES
        from office_studio.services.model_files import FolderReader, model_path, read_file

        root = path.parent if root is None else root
        found = model_path(path, root)
        digest = _digest(read_file(found, MAX_FILE_BYTES))
        with self._taken(cancel):
            kept = self._kept(digest, FolderReader(root, found.parent), path)
            return kept if kept is not None else self._made(found, root, digest, path, cancel, tell)

    def close(self) -> None:
        """End the program; a conversion under way then fails. A later ``prepare`` starts it again."""
        self._program.end()

    # -- keeping ---------------------------------------------------------------------------------------
    def _kept(self, digest: str, reader: FolderReader, source: Path) -> PreparedModel | None:
        """What an earlier run left behind, when all files that the model names are the same still."""
        try:
            names = json.loads((self._folder / f"{digest}.reads").read_bytes())
            reads = {uri: _read_digest(reader, uri) for uri in names}
            key = _key(digest, reads)
            path, facts = self._folder / f"{key}.glb", self._folder / f"{key}.json"
            prepared = PreparedModel(path, _facts(facts.read_bytes()), key, source)
            os.utime(path)
        except (OSError, ValueError, TypeError, msgspec.MsgspecError):
            return None
        self._in_use.add(key)
        return prepared

    def _made(
        self, found: Path, root: Path, digest: str, source: Path, cancel: threading.Event | None, tell: Progress | None
    ) -> PreparedModel:
        out = self._folder / f"{digest}-{os.getpid()}-{threading.get_ident()}.part"
        facts = Path(f"{out}.json")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            ask = {"path": str(found), "root": str(root.resolve()), "out": str(out)}
            answer = self._program.ask(ask, self._time_limit_s, cancel, tell)
            if "error" in answer:
                raise ModelError(**answer["error"])
            key = _key(digest, answer["reads"])
            prepared = PreparedModel(self._folder / f"{key}.glb", _facts(facts.read_bytes()), key, source)
            facts.replace(self._folder / f"{key}.json")
            out.replace(prepared.path)
            _write(self._folder / f"{digest}.reads", json.dumps(sorted(answer["reads"])).encode())
        except OSError as error:
            why = f"The model could not be kept: {error.strerror}."
            raise ModelError("MODEL_UNWRITTEN", why, f"Check that there is room in {self._folder}.") from error
        finally:
            for part in (out, facts):
                with suppress(OSError):
                    part.unlink(missing_ok=True)
        self._in_use.add(key)
        self._prune()
        return prepared

    def _prune(self) -> None:
        """Delete what was used longest ago, but nothing that was handed out; and what a killed app left half done."""
        for path in self._folder.glob("*.part*"):
            try:
                if time.time() - path.stat().st_mtime > _ABANDONED_S:
                    path.unlink()
            except OSError:
                continue
        files = []
        for path in self._folder.glob("*.glb"):
            try:
                status = path.stat()
            except OSError:
                continue  # another window deleted it
            files.append((status.st_mtime, status.st_size, path))
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if total <= self._cache_bytes:
                return
            if path.stem not in self._in_use:
                path.unlink(missing_ok=True)
                path.with_suffix(".json").unlink(missing_ok=True)
                total -= size

    def _taken(self, cancel: threading.Event | None) -> threading.Lock:
        """The lock, to be entered; raises when cancelled while another model is being made."""
        while not self._lock.acquire(timeout=_POLL_S):
            _check(cancel)
        self._lock.release()
        _check(cancel)
        return self._lock


@cache
def shared_store() -> ModelStore:
    """The one store of this program, in its cache folder."""
    store = ModelStore(cache_dir())
    atexit.register(store.close)
    return store


def end_shared_store() -> None:
    """End its converter, if there is one; who asks for the store later gets a new one. Nobody may be using it."""
    if shared_store.cache_info().currsize:
        ended = shared_store()
        shared_store.cache_clear()
        ended.close()
        atexit.unregister(ended.close)


class _Program:
    """``model_worker`` as seen from here: started when needed, ended when idle, killed when it takes too long."""

    def __init__(self, idle_s: float) -> None:
        self._idle_s = idle_s
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._idle: threading.Timer | None = None
        self._guard = threading.Lock()
        self._busy = threading.Lock()

    def ask(
        self, question: dict[str, Any], limit_s: float, cancel: threading.Event | None, tell: Progress | None
    ) -> dict[str, Any]:
        """The answer. Raises ModelError MODEL_TIMEOUT, MODEL_CRASHED, MODEL_CANCELLED, MODEL_UNCONVERTED."""
        with self._busy:
            self._stop_timer()
            return self._asked(question, limit_s, cancel, tell)

    def _asked(
        self, question: dict[str, Any], limit_s: float, cancel: threading.Event | None, tell: Progress | None
    ) -> dict[str, Any]:
        try:
            process = self._running(cancel)
            assert process.stdin is not None
            process.stdin.write(json.dumps(question).encode() + b"\n")
            process.stdin.flush()
            until = time.monotonic() + limit_s
            while "reads" not in (answer := self._next(until, limit_s, cancel)):
                if tell is not None and "step" in answer:
                    tell(str(answer["step"]))
        except ModelError:
            self.end()
            raise
        except (OSError, ValueError) as error:
            self.end()
            raise _crashed() from error
        self._start_timer()
        return answer

    def end(self) -> None:
        self._stop_timer()
        with self._guard:
            process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        try:
            if process.stdin is not None:
                process.stdin.close()
        except OSError:
            pass  # what was not sent is lost with the program
        process.wait()

    def _running(self, cancel: threading.Event | None) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.end()
        command = [sys.executable, "-P", "-m", "office_studio.services.model_worker"]
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # on Windows a console would flash up
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        try:
            process = subprocess.Popen(  # noqa: S603
                command, stdin=pipe, stdout=pipe, stderr=nothing, creationflags=flags, env=_environment()
            )
        except OSError as error:
            why = f"Models cannot be converted: the program for it does not start ({error.strerror})."
            raise ModelError("MODEL_UNCONVERTED", why, "Install Office Studio again.") from error
        self._answers = queue.SimpleQueue()
        threading.Thread(target=_listen, args=(process, self._answers), name="model-answers", daemon=True).start()
        with self._guard:
            self._process = process
        if "ready" not in self._next(time.monotonic() + _START_S, _START_S, cancel):
            raise ModelError("MODEL_UNCONVERTED", "Models cannot be converted.", "Install Office Studio again.")
        return process

    def _next(self, until: float, limit_s: float, cancel: threading.Event | None) -> dict[str, Any]:
        while True:
            _check(cancel)
            left_s = until - time.monotonic()
            if left_s <= 0:
                raise ModelError(
                    "MODEL_TIMEOUT",
                    f"The model took longer than {limit_s:.0f} s to convert and was given up.",
                    "Make it simpler.",
                )
            try:
                line = self._answers.get(timeout=min(_POLL_S, left_s))
            except queue.Empty:
                continue
            if not line:
                raise _crashed()
            answer: dict[str, Any] = json.loads(line)
            return answer

    def _start_timer(self) -> None:
        self._idle = threading.Timer(self._idle_s, self._end_idle)
        self._idle.daemon = True
        self._idle.start()

    def _end_idle(self) -> None:
        if self._busy.acquire(blocking=False):
            try:
                self.end()
            finally:
                self._busy.release()

    def _stop_timer(self) -> None:
        timer, self._idle = self._idle, None
        if timer is not None:
            timer.cancel()


def _listen(process: subprocess.Popen[bytes], answers: queue.SimpleQueue[bytes]) -> None:
    """Hand on lines, and an empty one at the end. On a thread, because a pipe cannot be waited for with a limit."""
    assert process.stdout is not None
    with process.stdout as stream:
        for line in stream:
            answers.put(line)
    answers.put(b"")


def _environment() -> dict[str, str]:
    own = os.environ.get("PYTHONPATH")
    # Threads of a number library would each reserve memory, of which there is little.
    alone = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONUTF8": "1"}
    path = str(_PACKAGE_PARENT) + (os.pathsep + own if own else "")
    return {**os.environ, **alone, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


def _check(cancel: threading.Event | None) -> None:
    if cancel is not None and cancel.is_set():
        raise ModelError("MODEL_CANCELLED", "Loading the model was cancelled.")


def _crashed() -> ModelError:
    return ModelError(
        "MODEL_CRASHED",
        "The model made its converter stop: its data is broken, or it needs more memory than there is for it.",
        "Export the model again, or make it simpler.",
    )


def _facts(data: bytes) -> ModelFacts3D:
    from office_studio.core.gltf.facts import ModelFacts3D

    return msgspec.json.decode(data, type=ModelFacts3D)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read_digest(reader: FolderReader, uri: str) -> str:
    try:
        return _digest(reader(uri))
    except ModelError:
        return ""


def _key(digest: str, reads: dict[str, str]) -> str:
    """Name of the content: the model, the files it names, and how they are converted."""
    from office_studio.core.gltf.convert import CONVERTER_VERSION

    parts = [str(CONVERTER_VERSION), digest, *(f"{uri}\0{of}" for uri, of in sorted(reads.items()))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(f"{path.name}-{os.getpid()}.part")
    part.write_bytes(data)
    part.replace(path)
