"""The server's folder on disk: private files, durable writes, and a lock that keeps a second server out."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from office_studio.errors import StorageError


def write_private(path: Path, text: str) -> None:
    """Replace ``path`` in one step with a file that only this user can read."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_dir(path.parent)


def sync_dir(path: Path) -> None:
    """Make the names in a folder durable. Windows has no such call and does it on its own."""
    if sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_private(path: Path) -> None:
    """Create a database file when it is missing; close it, and what lies beside it, to other users of this computer.

    SQLite gives the rights of a database to the files it makes beside it, but a killed server may have left some. A
    file that this user does not own stays as it is.
    """
    with contextlib.suppress(OSError):
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT, 0o600))
    for one in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        with contextlib.suppress(OSError):
            rights = stat.S_IMODE(one.stat().st_mode)
            if rights & 0o077:
                one.chmod(rights & 0o700)


def prepare_data_dir(path: Path) -> None:
    """Create the folder and prove that it takes files. Raises StorageError DATA_DIR_NOT_WRITABLE."""
    probe = path / f".probe-{os.getpid()}"
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as exc:
        raise not_writable(path, exc) from exc


def not_writable(path: Path, error: OSError) -> StorageError:
    return StorageError(
        "DATA_DIR_NOT_WRITABLE",
        f"The data folder cannot be used: {path}: {error.strerror or error}.",
        "Choose another folder with --data, or give this user the right to write it.",
    )


class DirLock:
    """Held by one server at a time. The system drops it when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[str] | None = None

    def acquire(self) -> Self:
        """Raises StorageError DATA_DIR_IN_USE, DATA_DIR_NOT_WRITABLE."""
        try:
            file = (self._folder / "server.lock").open("a", encoding="ascii")
        except OSError as exc:  # of another user, most of the time: the folder itself was tried before
            raise not_writable(self._folder / "server.lock", exc) from exc
        try:
            _lock(file)
        except OSError as exc:
            file.close()
            raise StorageError(
                "DATA_DIR_IN_USE",
                f"Another office server already uses the data folder {self._folder}.",
                "Stop that server, or choose another folder with --data.",
            ) from exc
        self._file = file
        return self

    def release(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        return self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _lock(file: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
