"""Writes a plan to the office: reads first, writes, reads again, and restores what it changed when a call fails."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from office_studio.core.office.model import Binding
from office_studio.errors import ConflictError, OfficeStudioError
from office_studio.ui.assign.plan import AssignPlan, Step, occupants, steps, stranger_change

if TYPE_CHECKING:
    from office_studio.services.office_client import OfficeClient

_log = logging.getLogger(__name__)


async def write_plan(client: OfficeClient, theme_id: str, plan: AssignPlan) -> tuple[Binding, ...]:
    """Bindings as they are after the plan.

    Raises:
        ConflictError: ASSIGNMENT_OUTDATED, when another window changed one of the slots; ``details["bindings"]`` holds
            the rows as they are. Nothing was written.
        OfficeStudioError: a call failed; what the earlier calls changed has been put back as far as the office let us.
    """
    rows = await client.bindings(theme_id)
    seated = occupants(rows)
    if stranger_change(seated, plan) is not None:
        raise ConflictError(
            "ASSIGNMENT_OUTDATED", "Another window changed it.", "Look at the seats again.", bindings=rows
        )
    written = 0
    try:
        for step in steps(seated, plan.after):
            await _send(client, theme_id, step)
            written += 1
    except OfficeStudioError:
        if written:
            await _restore(client, theme_id, plan)
        raise
    return await client.bindings(theme_id)


async def _send(client: OfficeClient, theme_id: str, step: Step) -> None:
    if step.agent_id is None:
        await client.unbind(theme_id, step.slot)
    else:
        await client.bind(theme_id, step.slot, step.agent_id)


async def _restore(client: OfficeClient, theme_id: str, plan: AssignPlan) -> None:
    try:
        seated = occupants(await client.bindings(theme_id))
        for step in steps(seated, plan.before):
            await _send(client, theme_id, step)
    except OfficeStudioError as error:
        # The first failure is what the user hears of; the next read shows what the office really has.
        _log.warning("a half-done swap could not be put back: %s", error.message)
