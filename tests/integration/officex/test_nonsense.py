"""Nonsense at every endpoint: each answers with a refusal of the contract, none fails, and the books stay balanced."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from office_studio.core.officex.codes import CODES
from office_studio.server.officex.app import ROUTES
from office_studio.server.officex.call import Route
from office_studio.server.officex.controls import CONTROLS, SWITCHES

from .world import START, World

# What is called so in some body, with a value that is right in most of them.
FIELDS: dict[str, Any] = {
    "amount": 1, "job_id": "fz", "metadata": {}, "final": True, "reservation_id": "RESV#x", "idempotency_key": "k",
    "payment_method": {"type": "stripe", "token": "tok_ok"}, "email": "z@x.test", "password": "p" * 12, "code": "1234",
    "new_password": "p" * 12, "ref": "abcdef", "max_per_hour": 5, "allowed_until": -1, "lifetime_spend_limit": 5,
    "id": "i", "title": "t", "text": "x", "url": "https://a.test/", "name": "Nonsense", "category": "c",
    "price_type": "FREE", "pricing_lines": ["x"], "tags": ["x"], "icon": {"type": "emoji", "content": "x"},
    "inAppPurchases": False, "webhook_url": "http://127.0.0.1:9/", "contact_email": "z@x.test", "context_prompt": "x",
    "suggested_rate_limits": {"max_per_hour": 5}, "minimum_rate_limits": {}, "preview_images": [], "youtube_url": "",
    "wallet_id": "w", "destination": {"type": "bank", "account_id": "x"}, "project_id": "p", "tracer_id": "trc_a-b",
    "messages": [{"role": "user", "content": "x"}], "thread_id": "t", "include_apps": True, "about_project": "x",
    "full_url": "https://a.test/", "filename": "a.png", "content_type": "image/png", "status": "active", "credits": 1,
    "max_redemptions": 1, "expires_at": -1, "prompt": "x", "every_minutes": 60, "weekday": 1, "time": "10:00",
    "timezone": "UTC", "enabled": True,
}  # fmt: skip
VALUES: list[Any] = [
    None, True, -1, 10**17, 10**40, 0.5, "", "x" * 400, "é\u202e\x1b[2J", "http://[::1", "http://127.0.0.1:99999999/",
    [], [[]], {}, {"type": "emoji", "content": 5}, {"max_per_hour": -1}, ["x"] * 20, [{}], {"a": "x" * 2000}, "9" * 30,
]  # fmt: skip
RAW = [
    b"[]", b"null", b"{", b"\xff", b'"x"', b'{"amount": 1e999999999}', b'{"title": "\\ud800"}',
    b'{"name": "\\u0000"}', b'{"a": ' * 2000 + b"1" + b"}" * 2000,
    *(b'{"job_id": "d", "amount": 1, "metadata": {"a": ' + b"[" * n + b"]" * n + b"}}" for n in range(880, 1000, 9)),
    b'{"idempotency_key": "n", "amount": 1, "payment_method": {"type": "stripe", "token": "tok_ok"}, "more": '
    + b"[" * 700 + b"]" * 700 + b"}",
]  # fmt: skip
SEGMENTS = ["nope", "%00", "%ff", "..", "9" * 30, "RESV%23x", "%C2%B2", "x" * 3000]
QUERIES = [
    "limit=0", "limit=%C2%B2", "limit=" + "9" * 5000, "cursor=c" + "9" * 19, "cursor=c%C2%B2", "cursor=o-1",
    "cursor=o%C2%B2", "direction=x", "q=%00", "q=%25%F0&tag=" + "x" * 500, "app_id=%ff", "tracer_id=;--",
]  # fmt: skip


class Sender:
    def __init__(self, w: World) -> None:
        self.w, self.calls = w, 0
        self.real = {"install_id": w.install_id, "app_id": w.app, "app": w.app, "wallet_id": w.user_wallet}

    def send(self, route: Route, path: str, content: bytes | None = None) -> None:
        who = {"mk": self.w.user, "is": self.w.till, "sa": self.w.admin, "": {}}[route.auth]
        found = self.w.http.request(route.method, path, headers=who, content=content)
        self.calls += 1
        what = f"{route.method} {path[:200]} {content[:200] if content else ''!r}"
        assert found.status_code < 500, what
        if found.status_code >= 400 and found.status_code != 405:
            code = found.json()["error"]["code"]
            assert code in CODES, what
            assert code != "INTERNAL_ERROR", what

    def path(self, route: Route, odd: str | None = None) -> str:
        """The route's path with ids that exist, or with ``odd`` for the last of them."""
        names = re.findall(r"\{(\w+)\}", route.path)
        path = route.path
        for place, name in enumerate(names):
            known = (
                self.w.install_id
                if "installs" in route.path
                else self.w.user_wallet
                if "wallets" in route.path
                else self.w.app
            )
            path = path.replace(f"{{{name}}}", odd if odd is not None and place == len(names) - 1 else known, 1)
        return path


@pytest.fixture
def sender(w: World) -> Sender:
    return Sender(w)


# These would end the credentials that all other calls of the test need.
LEFT_OUT = {"/users/me/rotate-key", "/auth/confirm-rotate-key", "/users/me/installs/{id}/rotate-secret"}
TRIED = [route for route in ROUTES if route.path not in LEFT_OUT and route.method != "DELETE"]


def test_odd_addresses_and_questions(sender: Sender):
    for route in TRIED:
        if "{" in route.path:
            for odd in SEGMENTS:
                sender.send(route, sender.path(route, odd), b"{}" if route.writes else None)
        if not route.writes:
            for query in QUERIES:
                sender.send(route, f"{sender.path(route)}?{query}")
    assert sender.calls > 800


def test_odd_bodies(sender: Sender):
    for route in TRIED:
        if route.writes:
            for content in RAW:
                sender.send(route, sender.path(route), content)
    assert sender.calls > 300


def _fields(sender: Sender, step: int) -> None:
    """Every ``step``-th pair of a field and an odd value, in otherwise good bodies."""
    number = 0
    for route in TRIED:
        for field in FIELDS if route.writes else ():
            for value in VALUES:
                number += 1
                if number % step == 0:
                    body = {**FIELDS, "wallet_id": sender.w.user_wallet, field: value}
                    sender.send(route, sender.path(route), json.dumps(body).encode())


def test_odd_fields(sender: Sender):
    _fields(sender, 97)
    assert sender.calls > 400


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_every_field_with_every_odd_value(sender: Sender):
    _fields(sender, 1)


def test_odd_controls(w: World):
    try:
        for method, name in [*SWITCHES, *CONTROLS]:
            if method == "GET" or name in ("reset", "seed"):
                continue
            for field in ("unix", "now", "running", "seconds", "route", "kind", "calls", "delay_s", "month_end"):
                for value in (*VALUES, "2026-13-01", "9999-12-31T23:59:59Z", -(10**12), 253_402_300_799):
                    body = {"route": "GET /nowhere", "kind": "error", field: value}
                    answer = w.http.request(method, f"{w.root}/__sandbox/{name}", headers=w.control_headers, json=body)
                    assert answer.status_code < 500, (name, body)
    finally:
        w.control("clock", unix=START)
        w.control("payouts/mode", month_end=False)
        w.http.delete(f"{w.root}/__sandbox/faults", headers=w.control_headers)
