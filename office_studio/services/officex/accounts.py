"""Signed-in OfficeX accounts: which there are (settings), their keys and install secrets (keyring), never mixed."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from office_studio.services.officex.http import Account, InstallKey
from office_studio.services.secrets import SecretStore


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account that somebody signed in with. Nothing secret is in it."""

    environment: str
    user_id: str
    email: str
    wallet_id: str = ""


class AccountBook:
    """Known accounts in a JSON file, their secrets in the keyring under one name for each environment and account.

    Calls may wait for the keyring: keep them off the GUI thread.
    """

    def __init__(self, path: Path, secrets: SecretStore) -> None:
        self._path, self._secrets = path, secrets

    @property
    def notice(self) -> str:
        """What to tell people about where secrets go; "" when there is nothing to tell."""
        return self._secrets.notice

    def accounts(self) -> list[KnownAccount]:
        """In the order in which they signed in; none where the file is missing or broken."""
        try:
            data = json.loads(self._path.read_text("utf-8"))
            return [KnownAccount(**item) for item in data["accounts"]]
        except (OSError, ValueError, TypeError, KeyError):
            return []

    def remember(self, account: KnownAccount, master_key: str) -> bool:
        """Keep an account and its key. True when the key outlives this run."""
        others = [known for known in self.accounts() if _id(known) != _id(account)]
        self._write([*others, account])
        return self._secrets.set(_name(account.environment, account.user_id), master_key)

    def forget(self, account: KnownAccount) -> None:
        self._write([known for known in self.accounts() if _id(known) != _id(account)])
        self._secrets.delete(_name(account.environment, account.user_id))

    def account(self, known: KnownAccount) -> Account | None:
        """With its key; None when the keyring no longer has it."""
        key = self._secrets.get(_name(known.environment, known.user_id))
        return None if key is None else Account(known.user_id, key)

    # -- secrets of installs ---------------------------------------------------------------------------
    def keep_install(self, environment: str, key: InstallKey) -> bool:
        return self._secrets.set(_name(environment, f"install:{key.install_id}"), key.secret)

    def install_key(self, environment: str, install_id: str) -> InstallKey | None:
        secret = self._secrets.get(_name(environment, f"install:{install_id}"))
        return None if secret is None else InstallKey(install_id, secret)

    def forget_install(self, environment: str, install_id: str) -> None:
        self._secrets.delete(_name(environment, f"install:{install_id}"))

    def _write(self, accounts: list[KnownAccount]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        partial = self._path.with_suffix(".part")
        with partial.open("w", encoding="utf-8") as file:
            json.dump({"accounts": [asdict(account) for account in accounts]}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self._path)


def _id(account: KnownAccount) -> tuple[str, str]:
    return account.environment, account.user_id


def _name(environment: str, what: str) -> str:
    return f"officex:{environment}:{what}"
