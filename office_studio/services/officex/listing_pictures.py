"""Fetches the pictures of a listing for its buyers: without credentials, few, small, only from where they may be."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from urllib.parse import urlsplit

import httpx

from office_studio.services.http import USER_AGENT, is_loopback
from office_studio.services.officex.environments import Environment

MOST = 4  # pictures of one listing
MAX_BYTES = 6 << 20
_KEPT_BYTES = 48 << 20
_PATIENCE = httpx.Timeout(10.0, connect=4.0)


def is_at_home(url: str, environment: Environment) -> bool:
    """Whether a picture lies at OfficeX itself: asking there tells nobody new who is looking."""
    return urlsplit(url).netloc == urlsplit(environment.api).netloc


def may_be_asked(url: str, environment: Environment) -> bool:
    """Over https, or on this computer in the sandbox; never this computer on behalf of somebody elsewhere."""
    parts = urlsplit(url)
    if not parts.hostname or parts.scheme not in ("http", "https"):
        return False
    if is_loopback(url):
        return environment.allows_loopback
    return parts.scheme == "https"


class ListingPictures:
    """Keeps what was fetched, up to 48 MB. Lives on the service loop."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    async def fetch(self, urls: tuple[str, ...], environment: Environment) -> tuple[bytes | None, ...]:
        """The first pictures of a listing, in order; None for one that is not there, too large, or not to be asked."""
        wanted = urls[:MOST]
        new = [url for url in wanted if url not in self._kept and may_be_asked(url, environment)]
        if new:
            is_here = all(is_loopback(url) for url in new)
            headers = {"User-Agent": USER_AGENT, "Accept": "image/*"}
            # Without TLS there is nothing to verify, and reading certificates takes 0.1 s.
            plain = is_here and all(url.startswith("http://") for url in new)
            async with httpx.AsyncClient(
                timeout=_PATIENCE, headers=headers, trust_env=not is_here, verify=not plain
            ) as client:
                for url, data in zip(new, await asyncio.gather(*(_one(client, url) for url in new)), strict=True):
                    if data is not None:
                        self._keep(url, data)
        return tuple(self._kept.get(url) for url in wanted)

    def _keep(self, url: str, data: bytes) -> None:
        self._kept[url] = data
        while sum(map(len, self._kept.values())) > _KEPT_BYTES:
            self._kept.popitem(last=False)


async def _one(client: httpx.AsyncClient, url: str) -> bytes | None:
    data = bytearray()
    try:
        async with asyncio.timeout(20), client.stream("GET", url) as answer:
            if not answer.is_success or not answer.headers.get("content-type", "").startswith("image/"):
                return None
            async for chunk in answer.aiter_bytes():
                data += chunk
                if len(data) > MAX_BYTES:
                    return None
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
        return None
    return bytes(data)
