"""Where OfficeX can be: the sandbox on this computer, staging, production (contract, section 2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from urllib.parse import urlsplit

from office_studio.errors import UsageError
from office_studio.services.http import checked_base_url, is_loopback


@dataclass(frozen=True, slots=True)
class Environment:
    """One OfficeX.

    Attributes:
        name: "sandbox", "staging", "production", or a name of the user's; credentials are kept under it.
        label: What people read.
        api, chat: Addresses; no credential ever goes to another host.
        is_real_money: Anything that spends asks first.
        is_testable: Whether the conformance suite may write here.
        color: Role of the interface's colours for banner and account tile.
        credit_price_usd, payout_rate_usd: For showing only.
        documentation_warning, documentation_limit: Characters of an app's documentation.
    """

    name: str
    label: str
    api: str
    chat: str
    is_real_money: bool = False
    is_testable: bool = False
    color: str = "accent"
    credit_price_usd: Decimal = Decimal("0.03")
    payout_rate_usd: Decimal = Decimal("0.01")
    documentation_warning: int = 50_000
    documentation_limit: int = 500_000

    @property
    def allows_loopback(self) -> bool:
        """Whether apps may have addresses on this computer: only the sandbox can reach them."""
        return is_loopback(self.api)


STAGING = Environment(
    "staging",
    "Staging",
    "https://staging-backend.cloud.officex.app/v1",
    "https://chat-staging.cloud.officex.app/",
    color="warning",
)
PRODUCTION = Environment(
    "production",
    "Production",
    "https://cloud.officex.app/v1",
    "https://chat.cloud.officex.app/",
    is_real_money=True,
    color="neutral",
)


def sandbox_environment(root: str) -> Environment:
    """The sandbox at ``http://127.0.0.1:<port>``."""
    base = checked_base_url(root).removesuffix("/v1")
    return Environment("sandbox", "Sandbox", f"{base}/v1", f"{base}/chat/", is_testable=True, color="success")


def environment_of(text: str) -> Environment:
    """ "staging", "production", or the address of an API base or sandbox. Raises UsageError OFFICE_URL_INVALID."""
    known = {env.name: env for env in (STAGING, PRODUCTION)}
    if text in known:
        return known[text]
    base = checked_base_url(text)
    for env in known.values():
        if base in (env.api, env.api.removesuffix("/v1")):
            return env
    if is_loopback(base):
        return sandbox_environment(base)
    api = base if base.endswith("/v1") else f"{base}/v1"
    if urlsplit(api).scheme != "https":
        raise UsageError("OFFICE_URL_INVALID", f"An OfficeX elsewhere is reached by https:// only: {text}")
    # Somebody else's address may well be the real one: treat it so.
    return replace(PRODUCTION, name=urlsplit(api).netloc, label=urlsplit(api).netloc, api=api, chat=_chat_of(api))


def _chat_of(api: str) -> str:
    return api.removesuffix("/v1") + "/chat/"
