"""``--office`` and ``--token``, and how the verbs that talk to an office find one when they are not given."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Coroutine
from typing import Any, TypeVar

from office_studio.errors import UsageError
from office_studio.services import local_offices
from office_studio.services.http import Credentials, checked_base_url, checked_credentials
from office_studio.services.secrets import SecretStore
from office_studio.settings import Settings, SettingsStore

T = TypeVar("T")

ENV_OFFICE = "OFFICE_STUDIO_OFFICE"
ENV_TOKEN = "OFFICE_STUDIO_TOKEN"  # noqa: S105  the name of a variable


def add_office_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--office`` and ``--token`` to a verb."""
    group = parser.add_argument_group("office", f"Without --office: the last saved office, ${ENV_OFFICE}, or the one "
                                      "that runs on this computer.")  # fmt: skip
    group.add_argument("--office", metavar="URL", help="address of the office, e.g. http://127.0.0.1:21001")
    group.add_argument("--token", metavar="T", help=f"session token or API key (better: ${ENV_TOKEN})")


def resolve_office(args: argparse.Namespace) -> tuple[str, Credentials | None]:
    """Address of the office to talk to, and who we are there; no credentials when none are known.

    Raises:
        UsageError: OFFICE_UNKNOWN, OFFICE_AMBIGUOUS, OFFICE_URL_INVALID, TOKEN_INVALID.
    """
    settings = SettingsStore().load()
    url = checked_base_url(args.office) if args.office else _default_url(settings)
    token = args.token or _known_token(url, settings)
    return url, checked_credentials(Credentials(token)) if token else None


def ask_office(coro: Coroutine[Any, Any, T]) -> T:
    """Run one coroutine of a verb to its end; Ctrl+C cancels it."""
    return asyncio.run(coro)


def _default_url(settings: Settings) -> str:
    if settings.last_office:
        return checked_base_url(settings.last_office)
    if url := os.environ.get(ENV_OFFICE):
        return checked_base_url(url)
    running = local_offices.running()
    if len(running) == 1:
        return running[0].url
    if running:
        raise UsageError(
            "OFFICE_AMBIGUOUS",
            "Several offices run on this computer: " + ", ".join(office.url for office in running),
            "Choose one with --office URL.",
        )
    raise UsageError(
        "OFFICE_UNKNOWN",
        "No office is known.",
        f"Give --office URL, set {ENV_OFFICE}, or start one with “office-studio serve”.",
    )


def _known_token(url: str, settings: Settings) -> str | None:
    # The keyring may ask the user to unlock it, so it is opened only for an office that was saved.
    if settings.office(url) is not None and (token := SecretStore().get(url)):
        return token
    env_url = os.environ.get(ENV_OFFICE)
    if (token := os.environ.get(ENV_TOKEN)) and (not env_url or env_url.rstrip("/") == url):
        return token
    local = local_offices.find(url)
    return local.token if local is not None else None
