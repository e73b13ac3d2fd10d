"""The offices that run on this computer: ``serve`` writes a note, the other verbs and the window read it.

So ``office-studio agents list --office http://127.0.0.1:21001`` needs no token: the note holds it, readable by this
user alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from office_studio import paths
from office_studio.errors import StorageError

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class LocalOffice:
    """One running server. ``token`` is a secret."""

    url: str
    token: str = field(repr=False)
    pid: int
    data_dir: Path


def register(url: str, token: str, pid: int, data_dir: Path) -> None:
    """Note a server that now runs on this computer; replaces an older note of the same port.

    Raises:
        StorageError: LOCAL_OFFICE_NOTE, when the note cannot be written.
    """
    note = {"url": url.rstrip("/"), "token": token, "pid": pid, "dataDir": str(data_dir)}
    path = _path(url)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".office-")  # mode 0600 from the start
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(note, file)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as exc:
        raise StorageError(
            "LOCAL_OFFICE_NOTE",
            f"The note about this office cannot be written to {path.parent}: {exc.strerror or exc}.",
            "Give this user the right to write that folder, or set OFFICE_STUDIO_HOME to another one.",
        ) from exc


def unregister(url: str) -> None:
    """Remove the note, unless another process has meanwhile written its own."""
    path = _path(url)
    office = _read(path)
    if office is not None and office.pid == os.getpid():
        path.unlink(missing_ok=True)


def find(url: str) -> LocalOffice | None:
    """The running office at this address, however the address spells this computer."""
    parts = _split(url)
    if parts is None:
        return None
    host, port = parts
    for office in running():
        known = _split(office.url)
        if known is not None and known[1] == port and (known[0] == host or {known[0], host} <= _LOOPBACK):
            return office
    return None


def running() -> tuple[LocalOffice, ...]:
    """Every noted office whose process lives, by port; notes of dead ones are removed."""
    found = []
    for path in sorted(_folder().glob("*.json")):
        office = _read(path)
        if office is not None and lives(office.pid):
            found.append(office)
        else:
            with contextlib.suppress(OSError):
                path.unlink()
    return tuple(found)


def _folder() -> Path:
    return paths.data_dir() / "local-offices"


def _path(url: str) -> Path:
    return _folder() / f"{urlsplit(url).port or 80}.json"


def _split(url: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:  # a port that is no number
        return None


def _read(path: Path) -> LocalOffice | None:
    try:
        note = json.loads(path.read_text("utf-8"))
        return LocalOffice(str(note["url"]), str(note["token"]), int(note["pid"]), Path(str(note["dataDir"])))
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def lives(pid: int) -> bool:
    if pid <= 0:
        return False
    if sys.platform == "win32":
        return _lives_on_windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass  # someone else's process, but a living one
    return True


def _lives_on_windows(pid: int) -> bool:
    # os.kill(pid, 0) would end the process there.
    import ctypes

    query_limited, still_active = 0x1000, 259
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    handle = kernel.OpenProcess(query_limited, False, pid)
    if not handle:
        return False
    code = ctypes.c_ulong()
    kernel.GetExitCodeProcess(handle, ctypes.byref(code))
    kernel.CloseHandle(handle)
    return code.value == still_active
