from __future__ import annotations

import keyring.errors
import pytest

from office_studio.services.http import Credentials
from office_studio.services.secrets import SecretStore


class FakeKeyring:
    def __init__(self, *, broken: bool = False) -> None:
        self.items: dict[tuple[str, str], str] = {}
        self.broken = broken

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.items.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.items[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        if self.items.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError("none")

    def _check(self) -> None:
        if self.broken:
            raise OSError("no bus")


def test_tokens_outlive_the_store_in_a_keyring() -> None:
    backend = FakeKeyring()
    assert SecretStore(backend).set("http://a/", "t") is True
    later = SecretStore(backend)
    assert later.get("http://a") == "t"
    later.delete("http://a")
    later.delete("http://a")
    assert SecretStore(backend).get("http://a") is None
    assert later.notice == ""


@pytest.mark.parametrize("backend", [None, FakeKeyring(broken=True)])
def test_without_a_usable_keyring_the_token_lives_for_this_run(backend: FakeKeyring | None) -> None:
    store = SecretStore(backend)  # None: the tests' environment has the null keyring
    assert store.set("http://a", "t") is False
    assert store.get("http://a") == "t"
    store.delete("http://a")
    assert store.get("http://a") is None


def test_a_missing_keyring_is_said() -> None:
    store = SecretStore()
    assert not store.is_persistent
    assert "no keyring" in store.notice


def test_credentials_never_show_the_token() -> None:
    assert "secret" not in repr(Credentials("secret"))
    assert "secret" not in f"{Credentials('secret')!s}"
