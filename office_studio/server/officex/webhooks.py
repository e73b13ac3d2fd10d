"""Sends webhooks for real: to loopback only, once, 25 s at most, in order for each app (contract, section 12)."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.money import loads
from office_studio.core.officex.requests import is_loopback
from office_studio.server.officex.sandbox import Delivery

MAX_ANSWER_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one delivery went. ``context``: the ``agent_context`` of the answer to an INSTALL, unchecked."""

    uuid: str
    delivery: Delivery
    words: str
    status: int | None
    duration_ms: int
    context: Any = None

    def shown_request(self) -> dict[str, Any]:
        payload = dict(self.delivery.payload)
        if "install_secret" in payload:
            payload |= {"install_secret": "•••"}
        return {"event": self.delivery.event, "payload": payload, "uuid": self.uuid}


class Webhooks:
    """Deliveries to one app keep their order, so each app has a lock of its own."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._in_order: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def deliver(self, delivery: Delivery) -> Outcome:
        """Send one; whatever happens becomes an outcome."""
        number, start = str(uuid.uuid4()), time.monotonic()

        def ended(words: str, status: int | None = None, context: Any = None) -> Outcome:
            return Outcome(number, delivery, words, status, int((time.monotonic() - start) * 1000), context)

        if not is_loopback(urlsplit(delivery.url).hostname or ""):
            return ended("not delivered (offline)")
        async with self._in_order[delivery.app_id]:
            try:
                async with asyncio.timeout(self._timeout_s):
                    status, body = await self._post(delivery, number)
            except TimeoutError:
                return ended(f"no answer within {self._timeout_s:g} s")
            except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
                # An address may be well-formed and still name nothing: 127.999.1.1, or a label of 64 characters.
                return ended(f"not delivered ({type(error).__name__})")
        if body is None:
            return ended("the answer was over 64 KiB", status)
        if not 200 <= status < 300:
            return ended(f"answered {status}", status)
        return ended("delivered", status, _context(body) if delivery.event == "INSTALL" else None)

    async def _post(self, delivery: Delivery, number: str) -> tuple[int, bytes | None]:
        envelope = {"event": delivery.event, "payload": delivery.payload, "uuid": number}
        body, read = json.dumps(envelope, ensure_ascii=False).encode(), bytearray()
        headers = {"content-type": "application/json"}
        async with (
            httpx.AsyncClient(timeout=self._timeout_s, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", delivery.url, content=body, headers=headers) as answer,
        ):
            async for chunk in answer.aiter_bytes():
                read += chunk
                if len(read) > MAX_ANSWER_BYTES:
                    return answer.status_code, None
        return answer.status_code, bytes(read)


def _context(body: bytes) -> Any:
    try:
        document = loads(body)  # as what comes from callers: half characters would break every later answer
    except Refusal:
        return None
    return document.get("agent_context") if isinstance(document, dict) else None
