"""PostgreSQL from the system's package, started in a folder of its own as a user without rights."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def binaries() -> Path | None:
    """The newest PostgreSQL of Debian's package, or the one on the path."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").is_file():
            return folder
    found = shutil.which("initdb")
    return Path(found).parent if found else None


@contextmanager
def running_postgres(folder: Path) -> Iterator[str]:
    """An SQLAlchemy address. Skips the test with its reason where PostgreSQL cannot be run."""
    pytest.importorskip("psycopg", reason="the driver psycopg is not installed")
    found = binaries()
    if found is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    owner = None
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        try:
            owner = pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        for parent in folder.parents:  # pytest closes its folders to others; the server has to pass through
            if parent.owner() == "root" and parent.stat().st_mode & 0o077 == 0:
                parent.chmod(0o711)
    rights = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    data = folder / "pg"
    made = subprocess.run(
        [found / "initdb", "-D", data, "-U", "office", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"],
        capture_output=True, text=True, cwd=folder, **rights,
    )  # fmt: skip
    if made.returncode:
        pytest.skip(f"PostgreSQL cannot be set up here: {made.stderr.strip().splitlines()[-1:]}")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
    control = [found / "pg_ctl", "-D", data, "-w", "-t", "60"]
    started = subprocess.run(
        [*control, "-o", options, "-l", folder / "pg.log", "start"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **rights,
    )  # fmt: skip
    if started.returncode:
        pytest.skip("PostgreSQL does not start here")
    try:
        yield f"postgresql+psycopg://office@127.0.0.1:{port}/postgres"
    finally:
        stop = [*control, "-m", "immediate", "stop"]
        subprocess.run(stop, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **rights)
