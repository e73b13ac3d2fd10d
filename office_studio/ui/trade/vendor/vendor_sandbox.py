"""Playing OfficeX in the sandbox: somebody has to approve a payout and run the end of the month. No Qt.

Never used for another environment: it needs the secrets that the sandbox leaves in its own folder.
"""

from __future__ import annotations

import asyncio
from enum import StrEnum
from urllib.parse import quote

import httpx

from office_studio.core.officex.payouts import PayoutStatus
from office_studio.errors import OfficeStudioError
from office_studio.services.officex import local as officex_local
from office_studio.services.officex.environments import Environment

_TIMEOUT_S = 10.0


class Decision(StrEnum):
    APPROVE = "approve"  # and send the money at once
    APPROVE_ONLY = "approve, send at the end of the month"
    REJECT = "reject"
    MONTH_END = "month end"


# What can be done with a payout of each state, as a menu says it.
DECISIONS: dict[str, dict[str, Decision]] = {
    PayoutStatus.PENDING.value: {
        "Approve, the end of the month comes later": Decision.APPROVE_ONLY,
        "Approve and send at once": Decision.APPROVE,
        "Do not approve": Decision.REJECT,
    },
    PayoutStatus.BURNED.value: {"Let the end of the month come": Decision.MONTH_END},
    PayoutStatus.COMPLETED.value: {},
    PayoutStatus.FAILED.value: {},
}


async def decide(place: Environment, how: Decision, payout_id: str) -> None:
    """Do it, on the service loop. Raises OfficeStudioError SANDBOX_NOT_ASKED, also where ``place`` is another sandbox.

    A transfer that the account refuses is an outcome, not an error: the payout then says so.
    """
    found = await asyncio.to_thread(officex_local.read)
    if found is None or not place.is_testable or place.api != f"{found.root}/v1":
        raise OfficeStudioError(
            "SANDBOX_NOT_ASKED", "This is not the sandbox of this window.", "Decide where that sandbox runs."
        )
    admin = {"x-officex-admin-secret": found.admin_secret}
    control = {"x-sandbox-token": found.control_token}
    payout = f"{found.root}/v1/admin/payouts/{quote(payout_id, safe='')}"
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=_TIMEOUT_S) as http:
            if how in (Decision.APPROVE, Decision.APPROVE_ONLY):
                mode = {"month_end": how is Decision.APPROVE_ONLY}
                await http.post(f"{found.root}/__sandbox/payouts/mode", json=mode, headers=control)
                answer = await http.post(f"{payout}/approve", json={}, headers=admin)
            elif how is Decision.REJECT:
                answer = await http.post(f"{payout}/reject", json={}, headers=admin)
            else:
                answer = await http.post(f"{found.root}/__sandbox/payouts/run", json={}, headers=control)
    except httpx.HTTPError as error:
        raise OfficeStudioError("SANDBOX_NOT_ASKED", "The sandbox did not answer.", "Try again in a moment.") from error
    if answer.status_code >= 400 and "PAYOUT_FAILED" not in answer.text:
        raise OfficeStudioError(
            "SANDBOX_NOT_ASKED",
            f"The sandbox answered {answer.status_code}.",
            "Look at the payout: it may have moved on.",
        )
