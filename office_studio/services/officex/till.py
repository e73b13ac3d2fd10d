"""The charging side of an app: reserve, sip, settle, cancel for one install, by its secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx

from office_studio.core.officex import wire
from office_studio.core.officex.money import Amount
from office_studio.services.officex.environments import Environment
from office_studio.services.officex.http import InstallKey, OfficeXHttp, part, read


@dataclass(frozen=True, slots=True)
class Settled:
    """Running totals in micro-credits."""

    settled: int
    remaining: int
    status: str


class Till(OfficeXHttp):
    """The side of an app: it charges one install. Amounts are micro-credits."""

    def __init__(
        self, environment: Environment, key: InstallKey, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        super().__init__(environment, key.headers, transport)
        self.install_id = key.install_id

    async def reserve(self, amount: int, job_id: str, metadata: Mapping[str, Any] | None = None) -> str:
        """The reservation's id. Repeating it with the same job gives DuplicateJob: then read ``RESV#<job_id>``."""
        body: dict[str, Any] = {"amount": Amount(amount), "job_id": job_id}
        if metadata is not None:
            body["metadata"] = metadata
        found = await self.call("POST", "/reserve", body)
        return read(lambda: wire.text(found, "reservation_id"))

    async def settle(self, reservation_id: str, amount: int, *, final: bool) -> Settled:
        body = {"amount": Amount(amount), "final": final}
        found = await self.call("POST", f"/reservations/{part(reservation_id)}/settle", body)
        return read(
            lambda: Settled(
                wire.micro(found.get("settled_amount")),
                wire.micro(found.get("remaining_reserved")),
                wire.text(found, "status"),
            )
        )

    async def cancel(self, reservation_id: str) -> int:
        """Micro-credits that went back."""
        found = await self.call("POST", f"/reservations/{part(reservation_id)}/cancel")
        return read(lambda: wire.micro(found.get("refunded_amount", Decimal(0))))

    async def reservation(self, reservation_id: str) -> wire.ReservationView:
        found = await self.get(f"/reservations/{part(reservation_id)}")
        return read(lambda: wire.reservation(wire.inner(found, "reservation")))

    async def change_context(self, changes: Mapping[str, str | None]) -> None:
        await self.call("PATCH", f"/installs/{part(self.install_id)}/context", changes)

    async def tell(self, message_id: str, title: str, words: str, url: str | None = None) -> bool:
        """A letter to the user; False when it was there already (same ``message_id``)."""
        body = {"id": message_id, "title": title, "text": words} | ({"url": url} if url else {})
        found = await self.call("POST", f"/installs/{part(self.install_id)}/inbox", body)
        return found.get("deduplicated") is not True
