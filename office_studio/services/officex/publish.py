"""Publishes a theme as an app: packed, its pictures uploaded, listed, and ready to be handed over.

The order is such that whatever breaks off leaves nothing that sells what is not there: the listing comes after the
bundle, and only what is listed is offered.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from office_studio.core.officex.wire import AppView
from office_studio.errors import OfficeStudioError, StorageError, UsageError
from office_studio.services.officex.client import OfficeXClient
from office_studio.services.officex.errors import OfficeXUnreachable
from office_studio.services.officex.listing import FieldChange, ThemeFacts, changes_of, problems_of, version_doubt
from office_studio.services.officex.shop import Offer, Shop

PROGRAM = "office_studio.ui.trade.publish.publish_pictures"
_DRAW_S = 180.0
_PACKAGE_PARENT = Path(__file__).resolve().parents[3]
_UPDATE_ONLY = ("preview_images", "icon_url")


class Step(StrEnum):
    PACK = "pack"
    PICTURES = "pictures"
    LIST = "list"
    HAND_OVER = "hand over"


Tell = Callable[[Step, int, int], None]  # (step, done, in all)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to publish.

    Attributes:
        fields: Of the listing, without its pictures.
        pictures: Name of a preview -> file, in the order of the listing; "icon" becomes the icon.
        app: The app to change; None registers a new one.
        is_forced: Also other files under the version that is published.
    """

    source: Path
    facts: ThemeFacts
    price: int
    fields: Mapping[str, Any]
    pictures: Mapping[str, Path] = field(default_factory=dict)
    app: AppView | None = None
    is_forced: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    offer: Offer
    is_new: bool
    changes: tuple[FieldChange, ...]


class Publisher:
    """Publishes for one vendor.

    Args:
        uploaded: SHA-256 -> address of pictures that are there already; what is uploaded is added to it.
    """

    def __init__(self, client: OfficeXClient, shop: Shop, uploaded: dict[str, str] | None = None) -> None:
        self._client, self._shop = client, shop
        self._uploaded = {} if uploaded is None else uploaded
        self.is_listing = False  # from here on it is not to be cancelled

    async def publish(self, plan: Plan, tell: Tell = lambda _step, _done, _all: None) -> Published:
        """Do all of it. Cancelling it before ``is_listing`` leaves at most pictures that nobody links to.

        Raises:
            UsageError: LISTING_REFUSED (details: ``fields``), VERSION_NOT_RAISED.
            PackageError: as ``pack_theme``. OfficeXError, StorageError SHOP_WRITE.
        """
        environment = self._client.environment
        wrong = problems_of(plan.fields, environment)
        if wrong:
            name, why = next(iter(wrong.items()))
            raise UsageError("LISTING_REFUSED", f"OfficeX would not take the listing: {name}: {why}", "", fields=wrong)
        await asyncio.to_thread(self._shop.load)
        sha256, size = await self._pack(plan.source, tell)
        self._check_version(plan, sha256)
        pictures = await self._upload(plan, tell)
        self.is_listing = True
        listing = asyncio.ensure_future(self._list(plan, sha256, size, pictures, tell))
        try:
            return await asyncio.shield(listing)
        except asyncio.CancelledError:
            await asyncio.wait((listing,))  # half a listing would sell what nobody hands over
            raise

    def _check_version(self, plan: Plan, sha256: str) -> None:
        offer = self._shop.offer(self._client.environment.name, plan.app.app_id) if plan.app is not None else None
        if offer is None or plan.is_forced:
            return
        doubt = version_doubt(offer.version, plan.facts.version, is_same_bundle=sha256 == offer.sha256)
        if doubt:
            hint = "Raise version in theme.json, or publish it all the same: buyers may not notice."
            raise UsageError("VERSION_NOT_RAISED", doubt, hint)

    # -- steps -------------------------------------------------------------------------------------
    async def _pack(self, source: Path, tell: Tell) -> tuple[str, int]:
        """Into the shop; its SHA-256 and bytes."""
        tell(Step.PACK, 0, 0)
        cancelled = threading.Event()

        def note(done: int, whole: int) -> None:
            if cancelled.is_set():
                raise _Stopped
            tell(Step.PACK, done, whole)

        def work() -> tuple[str, int]:
            from office_studio.services.theme_packer import pack_theme

            with tempfile.TemporaryDirectory(prefix="office-studio-publish-") as folder:
                packed = pack_theme(source, Path(folder) / "theme.zip", note)
                self._shop.keep_bundle(packed.path, packed.sha256)
                return packed.sha256, packed.size_bytes

        running = asyncio.ensure_future(asyncio.to_thread(work))
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            cancelled.set()
            await asyncio.wait((running,))  # a thread goes on, and would write into what is gone
            with suppress(_Stopped, OfficeStudioError):
                running.result()
            raise

    async def _upload(self, plan: Plan, tell: Tell) -> dict[str, tuple[str, str]]:
        """Name -> (SHA-256, address). What is there already is not sent again."""
        offer = self._shop.offer(self._client.environment.name, plan.app.app_id) if plan.app is not None else None
        known = dict(offer.pictures.values()) if offer is not None else {}
        found: dict[str, tuple[str, str]] = {}
        for number, (name, path) in enumerate(plan.pictures.items()):
            tell(Step.PICTURES, number, len(plan.pictures))
            data = await asyncio.to_thread(_read, path)
            digest = hashlib.sha256(data).hexdigest()
            address = known.get(digest) or self._uploaded.get(digest)
            if address is None:
                kind = "image/png" if path.suffix == ".png" else "image/jpeg"
                address = await self._client.upload_picture(f"{name}{path.suffix}", kind, data)
                self._uploaded[digest] = address
            found[name] = (digest, address)
        tell(Step.PICTURES, len(plan.pictures), len(plan.pictures))
        return found

    async def _list(
        self, plan: Plan, sha256: str, size: int, pictures: Mapping[str, tuple[str, str]], tell: Tell
    ) -> Published:
        tell(Step.LIST, 0, 0)
        wanted = dict(plan.fields)
        previews = [address for name, (_, address) in pictures.items() if name != "icon"]
        if previews:
            wanted["preview_images"] = previews
        if "icon" in pictures:
            wanted["icon"] = {"type": "image", "content": pictures["icon"][1]}
        if plan.app is None:
            app_id, wallet_id = await self._register({k: v for k, v in wanted.items() if k not in _UPDATE_ONLY})
            later = {name: wanted[name] for name in _UPDATE_ONLY if name in wanted}
            changes = tuple(FieldChange(name, None, value) for name, value in wanted.items())
        else:
            app_id, wallet_id = plan.app.app_id, str(plan.app.fields.get("destination_wallet_id") or "")
            changes = changes_of(plan.app, wanted)
            later = {change.field: change.after for change in changes}
        if later:
            await self._client.change_app(app_id, later)
        tell(Step.HAND_OVER, 0, 0)
        facts = plan.facts
        offer = Offer(
            self._client.environment.name, app_id, wallet_id, facts.theme_id, facts.name, facts.version, plan.price,
            sha256, size, facts.license, dict(pictures),
        )  # fmt: skip
        await asyncio.to_thread(self._shop.put, offer)
        await asyncio.to_thread(self._shop.tidy)
        return Published(offer, plan.app is None, changes)

    async def _register(self, fields: Mapping[str, Any]) -> tuple[str, str]:
        """Ids of the new app and its wallet. When the answer was lost, the app that has come into being meanwhile."""
        before = {app.app_id for app in await self._client.my_apps()}
        try:
            return await self._client.register_app(fields)
        except OfficeXUnreachable:
            new = [one for one in await self._client.my_apps() if one.app_id not in before]
            for app in new:
                if app.name == fields["name"]:
                    return app.app_id, str(app.fields.get("destination_wallet_id") or "")
            raise


# -- pictures ----------------------------------------------------------------------------------------
async def draw_pictures(source: Path, folder: Path) -> AsyncIterator[tuple[str, Path]]:
    """Previews and icon of a theme, each as soon as it is drawn. Closing the iterator ends the drawing.

    They are drawn by a program of its own (``ui/trade/publish/publish_pictures.py``): it takes seconds, and pictures
    of Qt belong to one thread. Raises OfficeStudioError: what the program says, or PREVIEWS_FAILED.
    """
    path = os.pathsep.join(filter(None, (str(_PACKAGE_PARENT), os.environ.get("PYTHONPATH"))))
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", PROGRAM, str(source), str(folder),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"},
        )  # fmt: skip
    except OSError as error:
        raise _not_drawn(f"the program for it does not start ({error.strerror})") from error
    assert process.stdout is not None
    try:
        async with asyncio.timeout(_DRAW_S):
            async for line in process.stdout:
                fact = json.loads(line)
                if "error" in fact:
                    raise OfficeStudioError(**{key: str(fact["error"][key]) for key in ("code", "message", "hint")})
                if "done" in fact:
                    return
                yield str(fact["name"]), folder / str(fact["path"])
        raise _not_drawn("the program for it broke off")
    except TimeoutError:
        raise _not_drawn(f"it took over {_DRAW_S:.0f} s") from None
    except (ValueError, KeyError, TypeError) as error:
        raise _not_drawn("the program for it said something else") from error
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


class _Stopped(Exception):
    """Packing was cancelled."""


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StorageError(
            "PREVIEW_GONE", f"The picture {path.name} cannot be read: {error.strerror}.", "Have them drawn anew."
        ) from error


def _not_drawn(why: str) -> OfficeStudioError:
    return OfficeStudioError("PREVIEWS_FAILED", f"The previews were not drawn: {why}.", "Try it once more.")
