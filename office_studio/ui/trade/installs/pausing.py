"""Stopping installs from charging at once, and letting them go on as before. No Qt."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from office_studio.core.officex.limits import NEVER
from office_studio.core.officex.wire import InstallView
from office_studio.errors import OfficeStudioError
from office_studio.services.officex.client import OfficeXClient
from office_studio.ui.trade.installs.installing import DAY_S
from office_studio.ui.trade.market_memory import MarketMemory


def can_charge(install: InstallView, now_s: float | None = None) -> bool:
    until = install.limits.allowed_until
    return until == NEVER or until > (time.time() if now_s is None else now_s)


async def pause(
    client: OfficeXClient, memory: MarketMemory, installs: Sequence[InstallView]
) -> tuple[list[str], list[tuple[str, OfficeStudioError]]]:
    """Take the right to charge from all of them at once; ids that are paused, and those that are not, and why."""
    return await _each(installs, lambda one: _pause(client, memory, one))


async def resume(
    client: OfficeXClient, memory: MarketMemory, installs: Sequence[InstallView]
) -> tuple[list[str], list[tuple[str, OfficeStudioError]]]:
    """Give it back until the moment it had before; for thirty days where that is past or not known."""
    return await _each(installs, lambda one: _resume(client, memory, one))


async def _each(installs, act):  # type: ignore[no-untyped-def]
    answers = await asyncio.gather(*(act(one) for one in installs), return_exceptions=True)
    done: list[str] = []
    left: list[tuple[str, OfficeStudioError]] = []
    for one, answer in zip(installs, answers, strict=True):
        if isinstance(answer, OfficeStudioError):
            left.append((one.install_id, answer))
        elif isinstance(answer, BaseException):
            raise answer
        else:
            done.append(one.install_id)
    return done, left


async def _pause(client: OfficeXClient, memory: MarketMemory, one: InstallView) -> None:
    place = client.environment.name
    if can_charge(one):
        memory.note_paused(place, one.install_id, one.limits.allowed_until)
    await client.change_install(one.install_id, allowed_until=int(time.time()) - 1)


def resumed_until(memory: MarketMemory, place: str, one: InstallView) -> int:
    """Unix s until when a resumed install may charge."""
    before, now = memory.paused_until(place, one.install_id), int(time.time())
    return before if before is not None and (before == NEVER or before > now) else now + 30 * DAY_S


async def _resume(client: OfficeXClient, memory: MarketMemory, one: InstallView) -> None:
    place = client.environment.name
    until = resumed_until(memory, place, one)
    await client.change_install(one.install_id, allowed_until=until)
    memory.note_paused(place, one.install_id, None)
