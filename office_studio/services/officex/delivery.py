"""Hands bought bundles over on loopback, in the sandbox: each buyer has an address that nobody can guess.

Bounded: only bundles of the shop, only to installs that have paid, so many at once, GET and HEAD. It sends what the
offer says and nothing else: a bundle that was changed on disk is not sent.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

from office_studio.services.officex.shop import Buyer, Offer, Shop

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

PATH = "/themes"
AT_ONCE = 8
_CHUNK = 1 << 18


class Delivery:
    """``key``: from which the addresses are made; without it they cannot be guessed, and need not be kept."""

    def __init__(self, environment: str, shop: Shop, key: bytes) -> None:
        self._environment, self._shop, self._key = environment, shop, key
        self._running = 0
        self.count = 0  # bundles handed over whole

    def address(self, root: str, install_id: str, offer: Offer) -> str:
        """Where this install finds what it bought. ``root``: ``http://127.0.0.1:<port>``."""
        return f"{root}{PATH}/{self.ticket(install_id)}/{file_name(offer)}"

    def context(self, root: str, install_id: str, offer: Offer, job_id: str) -> dict[str, str]:
        """What goes into the buyer's agent_context."""
        receipt = f"RESV#{job_id}" if offer.price else "free"
        return {
            "theme_url": self.address(root, install_id, offer),
            "theme_sha256": offer.sha256,
            "theme_version": offer.version,
            "license": f"{offer.license}; one office; receipt {receipt}",
        }

    def ticket(self, install_id: str) -> str:
        return hmac.new(self._key, f"theme:{install_id}".encode(), hashlib.sha256).hexdigest()[:40]

    async def answer(self, request: Request) -> Response:
        """The bundle of a ticket; 404 for all else, so that nothing is learned from asking."""
        from starlette.responses import PlainTextResponse, Response, StreamingResponse

        found = self._find(request.path_params["ticket"], request.path_params["name"])
        if found is None:
            return PlainTextResponse("There is nothing here.", 404)
        path, offer = found
        size = await asyncio.to_thread(_size, path)
        if size != offer.size_bytes:
            return PlainTextResponse("The bundle is not what was sold. Ask the seller.", 410)
        headers = {"content-length": str(size), "x-content-type-options": "nosniff", "cache-control": "no-store"}
        if request.method == "HEAD":
            return Response(headers=headers, media_type="application/zip")
        if self._running >= AT_ONCE:
            return PlainTextResponse("Too many downloads at once.", 503, {"retry-after": "2"})
        return StreamingResponse(self._pieces(path, size), headers=headers, media_type="application/zip")

    def _find(self, ticket: str, name: str) -> tuple[Path, Offer] | None:
        for offer in self._shop.offers(self._environment):
            if name != file_name(offer):
                continue
            for buyer in self._shop.buyers(offer.app_id):
                if self._fits(ticket, buyer) and self._shop.may_download(buyer.install_id, offer):
                    return self._shop.bundle(offer), offer
        return None

    def _fits(self, ticket: str, buyer: Buyer) -> bool:
        return hmac.compare_digest(ticket.encode(), self.ticket(buyer.install_id).encode())

    async def _pieces(self, path: Path, size: int) -> AsyncIterator[bytes]:
        self._running += 1
        left = size
        try:
            with path.open("rb") as file:
                while left and (piece := await asyncio.to_thread(file.read, min(_CHUNK, left))):
                    left -= len(piece)
                    yield piece
            self.count += not left
        finally:
            self._running -= 1


def file_name(offer: Offer) -> str:
    """Of the bundle as it is handed over: safe in an address and on every disk."""
    text = f"{offer.theme_id}-{offer.version}"[:80]
    return "".join(char if char.isascii() and (char.isalnum() or char in "-_.") else "_" for char in text) + ".zip"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
