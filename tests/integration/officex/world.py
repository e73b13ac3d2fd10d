"""A sandbox as its users and vendors meet it, over HTTP."""

from __future__ import annotations

import json
from typing import Any

import httpx

from office_studio.core.officex.codes import CODES
from office_studio.server.officex.lifecycle import SandboxAddress

START = 1_773_136_800  # seconds since 1970; 2026-03-10T10:00:00Z


class World:
    """A user with 100 credits, a vendor with an app, an install, and the controls; ``code`` is how calls are judged."""

    number = 0

    def __init__(self, address: SandboxAddress) -> None:
        World.number += 1
        self.http = httpx.Client(base_url=address.api, timeout=30, trust_env=False)
        self.root, self.control_headers = address.root, {"x-sandbox-token": address.control_token}
        self.admin = {"x-officex-admin-secret": address.admin_secret}
        self.control("clock", unix=START)
        self.user, self.user_wallet = self.person("u")
        self.vendor, _ = self.person("v")
        self.buy("100")
        made = self.answer("POST", "/register-app", self.vendor, {"name": "Test App"})
        self.app, self.app_wallet = made["app_id"], made["destination_wallet_id"]
        made = self.answer("POST", f"/install/{self.app}", self.user, {"allowed_until": -1})
        self.install_id = made["install_id"]
        self.till = {
            "x-officex-install-id": made["install_id"],
            "x-officex-install-secret": made["install_secret"],
        }

    def person(self, name: str) -> tuple[dict[str, str], str]:
        email = {"email": f"{name}{self.number}@x.test"}
        self.answer("POST", "/auth/register", {}, email)
        made = self.answer("POST", "/auth/verify-otp", {}, email | {"code": "0000"})
        keys = {"x-officex-user-id": made["user_id"], "x-officex-master-key": made["api_key"]}
        return keys, made["wallet_id"]

    def answer(self, method: str, path: str, who: dict[str, str], body: Any = None) -> Any:
        found = self.http.request(method, path, headers=who, json=body)
        assert found.status_code < 300, found.text
        return found.json()

    def code(self, method: str, path: str, who: dict[str, str], body: Any = None, raw: str | None = None) -> str:
        """The code of a refusal ("" for none), whose status is checked against the contract's."""
        content = raw if raw is not None else None if body is None else json.dumps(body)
        found = self.http.request(method, path, headers=who, content=content)
        if found.status_code < 300:
            return ""
        code = str(found.json()["error"]["code"])
        assert found.status_code == CODES[code].status
        assert found.json()["error"]["message"]
        return code

    def buy(self, amount: str, **more: Any) -> str:
        payment = json.dumps({"payment_method": {"type": "stripe", "token": "tok_ok"}} | more)[1:]
        return self.code("POST", "/purchase-credits", self.user, raw=f'{{"amount": {amount}, {payment}')

    def reserve(self, amount: str, job: str) -> str:
        return self.code("POST", "/reserve", self.till, raw=f'{{"amount": {amount}, "job_id": {json.dumps(job)}}}')

    def control(self, name: str, **body: Any) -> None:
        found = self.http.post(f"{self.root}/__sandbox/{name}", headers=self.control_headers, json=body)
        assert found.status_code == 200, found.text

    def balance(self) -> tuple[float, float]:
        found = self.answer("GET", "/balance", self.user)
        return found["available"], found["reserved"]

    def limits(self, **changes: Any) -> None:
        self.answer("PATCH", f"/users/me/installs/{self.install_id}", self.user, changes)

    def check_books(self) -> None:
        found = self.http.get(f"{self.root}/__sandbox/books", headers=self.control_headers).json()
        assert (found["balanced"], found["violations"]) == (True, [])
