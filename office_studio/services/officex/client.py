"""The OfficeX client of users and vendors: accounts, wallets, installs, apps, chat. Who charges is a ``Till``."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from office_studio.core.officex import wire
from office_studio.core.officex.chat_stream import ChatEvent, ChatStreamParser
from office_studio.core.officex.money import Amount, dumps
from office_studio.services.officex.environments import Environment
from office_studio.services.officex.errors import read_answer, unreachable
from office_studio.services.officex.http import (
    CHAT,
    INSTALL,
    PAY,
    UPLOAD,
    Account,
    OfficeXHttp,
    bounded,
    part,
    read,
    reason_of,
)


@dataclass(frozen=True, slots=True)
class Installed:
    install_id: str
    app_id: str
    secret: str = field(repr=False)
    agent_context: Mapping[str, str] = field(default_factory=dict)


class OfficeXClient(OfficeXHttp):
    """The side of users and vendors. Every call raises OfficeXError (``services/officex/errors.py``)."""

    def __init__(
        self,
        environment: Environment,
        account: Account | None = None,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(environment, account.headers if account is not None else {}, transport)
        self.account = account

    # -- accounts --------------------------------------------------------------------------------------
    async def send_code(self, email: str) -> None:
        """Mail a one-time code, for a new account or an old one."""
        await self.call("POST", "/auth/register", {"email": email})

    async def enter_code(self, email: str, code: str, ref: str | None = None) -> Account:
        body = {"email": email, "code": code} | ({"ref": ref} if ref else {})
        found = await self.call("POST", "/auth/verify-otp", body)
        return read(lambda: Account(wire.text(found, "user_id"), wire.text(found, "api_key")))

    async def sign_in(self, email: str, password: str) -> Account:
        found = await self.call("POST", "/auth/login", {"email": email, "password": password})
        return read(lambda: Account(wire.text(found, "user_id"), wire.text(found, "api_key")))

    async def me(self) -> wire.Profile:
        found = await self.get("/users/me")
        return read(lambda: wire.profile(wire.inner(found, "user")))

    async def rotate_key(self, new_master_key: str) -> None:
        """Replace every key of this account by one of our own choice (at least 32 URL-safe characters)."""
        await self.call("POST", "/users/me/rotate-key", {"new_master_key": new_master_key})

    # -- money -----------------------------------------------------------------------------------------
    async def balance(self) -> wire.WalletBalance:
        found = await self.get("/balance")
        return read(lambda: wire.wallet_balance(found))

    async def wallet(self, wallet_id: str) -> wire.WalletBalance:
        found = await self.get(f"/wallets/{part(wallet_id)}")
        return read(lambda: wire.wallet_balance(found))

    async def transactions(
        self, wallet_id: str, cursor: str | None = None, limit: int = 50
    ) -> tuple[list[wire.LedgerEntry], str]:
        """One page, newest first, and the cursor of the next ("" on the last)."""
        found = await self.get(f"/wallets/{part(wallet_id)}/transactions", cursor=cursor, limit=str(limit))
        return read(lambda: (wire.listed(found, "transactions", wire.ledger_entry), wire.cursor(found)))

    async def reservations(
        self, wallet_id: str, direction: str | None = None, cursor: str | None = None
    ) -> tuple[list[wire.ReservationView], str]:
        found = await self.get(f"/wallets/{part(wallet_id)}/reservations", direction=direction, cursor=cursor)
        return read(lambda: (wire.listed(found, "reservations", wire.reservation), wire.cursor(found)))

    async def purchase(self, amount: int, token: str, idempotency_key: str) -> tuple[int, str]:
        """Buy micro-credits; what is available now, and the id of the ledger entry. The key makes a repeat harmless."""
        body = {
            "amount": Amount(amount),
            "payment_method": {"type": "stripe", "token": token},
            "idempotency_key": idempotency_key,
        }
        found = await self.call("POST", "/purchase-credits", body, PAY)
        return read(lambda: (wire.micro(found.get("new_balance")), wire.text(found, "transaction_id")))

    async def voucher(self, code: str) -> wire.VoucherView:
        found = await self.get(f"/vouchers/{part(code)}")
        return read(lambda: wire.voucher(wire.inner(found, "voucher")))

    async def redeem(self, code: str, wallet_id: str) -> int:
        """Micro-credits that were added."""
        found = await self.call("POST", f"/vouchers/{part(code)}/redeem", {"wallet_id": wallet_id})
        return read(lambda: wire.micro(found.get("credits_added")))

    async def payout(self, wallet_id: str, amount: int, destination: Mapping[str, str], idempotency_key: str) -> str:
        """The payout's id. The credits are held until it is decided."""
        body = {"wallet_id": wallet_id, "amount": Amount(amount), "destination": dict(destination)}
        found = await self.call("POST", "/payout", body | {"idempotency_key": idempotency_key}, PAY)
        return read(lambda: wire.text(found, "payout_id"))

    async def payouts(self, wallet_id: str) -> list[wire.PayoutView]:
        found = await self.get(f"/wallets/{part(wallet_id)}/payouts")
        return read(lambda: wire.listed(found, "payouts", wire.payout))

    # -- catalog and installs --------------------------------------------------------------------------
    async def catalog(self, words: str = "", cursor: str | None = None) -> tuple[list[wire.AppView], str]:
        found = await self.get("/apps", q=words or None, cursor=cursor)
        return read(lambda: (wire.listed(found, "apps", wire.app), wire.cursor(found)))

    async def app(self, id_or_slug: str) -> wire.AppView:
        found = await self.get(f"/apps/{part(id_or_slug)}")
        return read(lambda: wire.app(wire.inner(found, "app")))

    async def installs(self) -> list[wire.InstallView]:
        found = await self.get("/users/me/installs")
        return read(lambda: wire.listed(found, "installs", wire.install))

    async def install_of(self, install_id: str) -> wire.InstallView:
        found = await self.get(f"/users/me/installs/{part(install_id)}")
        return read(lambda: wire.install(wire.inner(found, "install")))

    async def install(self, id_or_slug: str, **limits: int) -> Installed:
        """Install an app; takes up to 35 s, since the vendor is asked. The secret is told this once.

        A lost answer is not repeated: look into ``installs`` and rotate the secret.
        """
        found = await self.call("POST", f"/install/{part(id_or_slug)}", limits, INSTALL)
        context = found.get("agent_context")
        return read(
            lambda: Installed(
                wire.text(found, "install_id"),
                wire.text(found, "app_id"),
                wire.text(found, "install_secret"),
                context if isinstance(context, Mapping) else {},
            )
        )

    async def change_install(self, install_id: str, **changes: Any) -> wire.InstallView:
        """``max_per_hour``, ``max_per_day``, ``max_per_month``, ``allowed_until``, ``lifetime_spend_limit`` (an
        ``Amount``, or -1), ``nickname``."""
        found = await self.call("PATCH", f"/users/me/installs/{part(install_id)}", changes)
        return read(lambda: wire.install(wire.inner(found, "install")))

    async def uninstall(self, install_id: str) -> None:
        await self.call("DELETE", f"/users/me/installs/{part(install_id)}")

    async def rotate_secret(self, install_id: str) -> str:
        found = await self.call("POST", f"/users/me/installs/{part(install_id)}/rotate-secret")
        return read(lambda: wire.text(found, "install_secret"))

    async def change_context(self, install_id: str, changes: Mapping[str, str | None]) -> Mapping[str, str]:
        found = await self.call("PATCH", f"/users/me/installs/{part(install_id)}/context", changes)
        return read(lambda: {str(key): str(value) for key, value in wire.inner(found, "agent_context").items()})

    async def inbox(self) -> list[wire.InboxMessage]:
        found = await self.get("/users/me/inbox")
        return read(lambda: wire.listed(found, "messages", wire.inbox_message))

    # -- vendors ---------------------------------------------------------------------------------------
    async def my_apps(self) -> list[wire.AppView]:
        found = await self.get("/users/me/apps")
        return read(lambda: wire.listed(found, "apps", wire.app))

    async def my_app(self, app_id: str) -> wire.AppView:
        found = await self.get(f"/users/me/apps/{part(app_id)}")
        return read(lambda: wire.app(wire.inner(found, "app")))

    async def register_app(self, fields: Mapping[str, Any]) -> tuple[str, str]:
        """Ids of the app and of its wallet."""
        found = await self.call("POST", "/register-app", fields, PAY)
        return read(lambda: (wire.text(found, "app_id"), wire.text(found, "destination_wallet_id")))

    async def change_app(self, app_id: str, changes: Mapping[str, Any]) -> wire.AppView:
        found = await self.call("PATCH", f"/users/me/apps/{part(app_id)}", changes, PAY)
        return read(lambda: wire.app(wire.inner(found, "app")))

    async def delete_app(self, app_id: str) -> None:
        await self.call("DELETE", f"/users/me/apps/{part(app_id)}")

    async def app_installs(self, app_id: str) -> list[wire.InstallView]:
        found = await self.get(f"/users/me/apps/{part(app_id)}/installs")
        return read(lambda: wire.listed(found, "installs", wire.install))

    async def vendor_inbox(self, app_id: str, cursor: str | None = None) -> tuple[list[wire.ReservationView], str]:
        found = await self.get(f"/users/me/apps/{part(app_id)}/inbox", cursor=cursor)
        return read(lambda: (wire.listed(found, "reservations", wire.reservation), wire.cursor(found)))

    async def acknowledge(self, app_id: str, log_id: str) -> None:
        await self.call("POST", f"/users/me/apps/{part(app_id)}/inbox/{part(log_id)}/ack")

    async def upload_picture(self, filename: str, content_type: str, content: bytes) -> str:
        """Put a picture where catalog pages can show it; its address."""
        found = await self.call("POST", "/uploads/presign", {"filename": filename, "content_type": content_type})
        url = read(lambda: wire.text(found, "presigned_url"))
        for is_last in (False, True):
            try:
                answer = await self.http.put(
                    url, content=content, headers={"Content-Type": content_type}, timeout=UPLOAD
                )
            except httpx.HTTPError as error:
                if is_last:
                    raise unreachable(reason_of(error)) from None
                continue
            if answer.status_code >= 300:
                raise unreachable(f"the picture was not taken ({answer.status_code})", answer.status_code)
            break
        return url

    # -- chat ------------------------------------------------------------------------------------------
    async def threads(self, *, project_id: str | None = None, tracer_id: str | None = None) -> list[wire.ThreadView]:
        found = await self.get("/users/me/chats", project_id=project_id, tracer_id=tracer_id)
        return read(lambda: wire.listed(found, "threads", wire.thread))

    async def thread(self, thread_id: str) -> tuple[wire.ThreadView, list[wire.ChatMessage]]:
        found = await self.get(f"/users/me/chats/{part(thread_id)}")
        return read(
            lambda: (wire.thread(wire.inner(found, "thread")), wire.listed(found, "messages", wire.chat_message))
        )

    async def delete_thread(self, thread_id: str) -> None:
        await self.call("DELETE", f"/users/me/chats/{part(thread_id)}")

    async def chat(self, words: str, **options: Any) -> AsyncIterator[ChatEvent]:
        """Say something; events as they come. Closing the iterator closes the connection.

        ``options``: ``thread_id``, ``project_id``, ``tracer_id``, ``system_prompt``, ``include_apps``. Never repeated
        by itself: it would post the message twice.
        """
        body = {"messages": [{"role": "user", "content": words}]}
        body |= {name: value for name, value in options.items() if value is not None}
        parser = ChatStreamParser()
        headers = self.secret_headers | {"Content-Type": "application/json", "Accept": "text/event-stream"}
        is_begun = False
        try:
            async with self.http.stream(
                "POST", self.environment.chat, content=dumps(body).encode(), headers=headers, timeout=CHAT
            ) as answer:
                if answer.status_code != 200 or "json" in answer.headers.get("content-type", ""):
                    read_answer(answer, await bounded(answer))
                    raise unreachable("what answered is not a chat", answer.status_code)
                is_begun = True
                async for chunk in answer.aiter_bytes():
                    for event in parser.feed(chunk):
                        yield event
                    if parser.is_over:
                        return
        except httpx.HTTPError as error:
            if not is_begun:
                raise unreachable(reason_of(error)) from None
        for event in parser.close():
            yield event


def new_idempotency_key() -> str:
    return str(uuid.uuid4())
