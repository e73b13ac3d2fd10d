"""Runs vectors one after the other and tells how each went."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import httpx

from office_studio.services.officex.conformance import accounts, charging, chat, installs, limits, payouts
from office_studio.services.officex.conformance.world import VECTORS, Controls, Mismatch, Skip, World
from office_studio.services.officex.environments import Environment
from office_studio.services.officex.errors import OfficeXError
from office_studio.services.officex.http import POOL

_GROUPS = (accounts, charging, limits, installs, payouts, chat)  # importing them registers their vectors
TIMEOUT = httpx.Timeout(60.0, connect=5.0)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class VectorResult:
    """``outcome``: "passed", "failed" or "skipped"; ``words``: why."""

    name: str
    title: str
    outcome: str
    words: str = ""


def names() -> list[str]:
    assert _GROUPS
    return sorted(VECTORS)


def title(name: str) -> str:
    return (VECTORS[name].__doc__ or "").strip()


async def run_vector(environment: Environment, name: str, controls: Controls | None = None) -> VectorResult:
    """One vector in a world of its own, books checked after it.

    Without ``controls`` the accounts it makes stay behind: only for environments that the user marked as testable.
    """
    is_here = environment.allows_loopback  # where there is no TLS, reading certificates is 0.1 s for nothing
    async with httpx.AsyncClient(
        timeout=TIMEOUT, limits=POOL, follow_redirects=False, trust_env=not is_here, verify=not is_here
    ) as http:
        world = World(environment, http, controls)
        try:
            await world.prepare()
            await VECTORS[name](world)
            await world.check_books()
        except Skip as why:
            return VectorResult(name, title(name), "skipped", str(why))
        except Mismatch as why:
            return VectorResult(name, title(name), "failed", str(why))
        except (OfficeXError, httpx.HTTPError) as error:
            return VectorResult(name, title(name), "failed", str(error) or type(error).__name__)
    return VectorResult(name, title(name), "passed")


async def run_all(
    environment: Environment,
    controls: Controls | None = None,
    only: Iterable[str] | None = None,
    on_result: Callable[[VectorResult], None] | None = None,
) -> list[VectorResult]:
    found = []
    for name in only if only is not None else names():
        found.append(await run_vector(environment, name, controls))
        if on_result is not None:
            on_result(found[-1])
    return found
