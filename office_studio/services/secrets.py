"""Tokens in the keyring of the operating system. Without a usable one they live as long as this run, nowhere else."""

from __future__ import annotations

import logging
from typing import Protocol

import keyring
import keyring.errors

_log = logging.getLogger(__name__)

SERVICE = "office-studio"


class Keyring(Protocol):
    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...
    def delete_password(self, service: str, username: str) -> None: ...


class SecretStore:
    """Tokens by office address. Calls may wait for the system (an unlock dialog): keep them off the GUI thread."""

    def __init__(self, backend: Keyring | None = None) -> None:
        self._backend = backend if backend is not None else _system_keyring()
        self._memory: dict[str, str] = {}

    @property
    def is_persistent(self) -> bool:
        return self._backend is not None

    @property
    def notice(self) -> str:
        """What to tell the user about where tokens go; empty when there is nothing to tell."""
        if self.is_persistent:
            return ""
        return "This system has no keyring. The token is kept for this run only; you sign in again next time."

    def get(self, office_url: str) -> str | None:
        key = office_url.rstrip("/")
        if key in self._memory:
            return self._memory[key]
        if self._backend is None:
            return None
        try:
            return self._backend.get_password(SERVICE, key) or None
        except Exception as exc:
            # Backends raise what their platform raises: D-Bus, Win32, Security framework. None of it is fatal.
            _log.warning("the keyring did not give the token of %s: %s", key, type(exc).__name__)
            return None

    def set(self, office_url: str, token: str) -> bool:
        """Keep the token. True when it outlives this run."""
        key = office_url.rstrip("/")
        self._memory[key] = token
        if self._backend is None:
            return False
        try:
            self._backend.set_password(SERVICE, key, token)
        except Exception as exc:
            _log.warning("the keyring did not keep the token of %s: %s", key, type(exc).__name__)
            return False
        return True

    def delete(self, office_url: str) -> None:
        key = office_url.rstrip("/")
        self._memory.pop(key, None)
        if self._backend is None:
            return
        try:
            self._backend.delete_password(SERVICE, key)
        except keyring.errors.PasswordDeleteError:
            pass  # there was none
        except Exception as exc:
            _log.warning("the keyring did not forget the token of %s: %s", key, type(exc).__name__)


def _system_keyring() -> Keyring | None:
    try:
        backend = keyring.get_keyring()
        # Below 1 are the null and failing backends, and third-party ones that write plain files.
        usable = backend.priority >= 1
    except Exception as exc:
        _log.info("no keyring: %s", type(exc).__name__)
        return None
    return backend if usable else None
