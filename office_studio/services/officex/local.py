"""The sandbox that runs on this computer: where it is, and what opens it, in a private file of its data folder."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from office_studio import paths
from office_studio.errors import StorageError
from office_studio.services.local_offices import lives
from office_studio.services.officex.http import Account

FILE = "address.json"


@dataclass(frozen=True, slots=True)
class LocalSandbox:
    """``accounts``: the demo accounts by role ("consumer", "vendor"). Secrets never show in ``repr``."""

    root: str  # http://127.0.0.1:<port>
    pid: int
    control_token: str = field(repr=False)
    admin_secret: str = field(repr=False)
    accounts: Mapping[str, Account] = field(default_factory=dict)


def default_folder() -> Path:
    return paths.data_dir() / "officex"


def write(folder: Path, sandbox: LocalSandbox) -> None:
    """Raises StorageError SANDBOX_NOTE."""
    note = {
        "root": sandbox.root,
        "pid": sandbox.pid,
        "controlToken": sandbox.control_token,
        "adminSecret": sandbox.admin_secret,
        "accounts": {
            role: {"userId": account.user_id, "masterKey": account.master_key}
            for role, account in sandbox.accounts.items()
        },
    }
    try:
        handle, name = tempfile.mkstemp(dir=folder, prefix=".address-")  # mode 0600 from the start
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(note, file)
            temporary.replace(folder / FILE)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StorageError(
            "SANDBOX_NOTE",
            f"The address of the sandbox cannot be written to {folder}: {error.strerror or error}.",
            "Give this user the right to write that folder, or choose another with --data.",
        ) from error


def read(folder: Path | None = None) -> LocalSandbox | None:
    """The sandbox of a data folder; None when none runs, or its note cannot be read."""
    try:
        data = json.loads(((folder or default_folder()) / FILE).read_text("utf-8"))
        accounts = {
            str(role): Account(str(one["userId"]), str(one["masterKey"])) for role, one in data["accounts"].items()
        }
        found = LocalSandbox(
            str(data["root"]), int(data["pid"]), str(data["controlToken"]), str(data["adminSecret"]), accounts
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return found if lives(found.pid) else None


def remove(folder: Path) -> None:
    """Forget the note, unless another process has meanwhile written its own."""
    found = read(folder)
    if found is not None and found.pid == os.getpid():
        (folder / FILE).unlink(missing_ok=True)
