from __future__ import annotations

import asyncio

import httpx
import pytest

from office_studio.errors import ApiError, UsageError
from office_studio.services.http import (
    Credentials,
    call_json,
    checked_base_url,
    checked_credentials,
    error_words,
    exchange,
    is_loopback,
    make_client,
)


def test_addresses_lose_their_slash() -> None:
    assert checked_base_url(" http://127.0.0.1:21001/ ") == "http://127.0.0.1:21001"
    assert checked_base_url("HTTPS://Example.org/office/") == "https://example.org/office"
    assert checked_base_url("http://[::1]:5") == "http://[::1]:5"


@pytest.mark.parametrize(
    "url", ["", "x", "127.0.0.1:1", "file:///x", "http://", "http://a:99999", "http://a?b", "http://a b"]
)
def test_what_is_no_address_is_told(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        checked_base_url(url)
    assert caught.value.code == "OFFICE_URL_INVALID"


def test_session_tokens_are_cookies_and_keys_are_bearer() -> None:
    assert Credentials("0" * 64).headers == {"Cookie": "better-auth.session_token=" + "0" * 64}
    assert Credentials("ari_cli_x").headers == {"Authorization": "Bearer ari_cli_x"}
    assert Credentials().headers == {}


@pytest.mark.parametrize("token", ["a b", "é", "a\nb", "a;b"])
def test_tokens_that_cannot_travel_are_told(token: str) -> None:
    with pytest.raises(UsageError) as caught:
        checked_credentials(Credentials(token))
    assert caught.value.code == "TOKEN_INVALID"
    assert token not in caught.value.message


def test_loopback() -> None:
    assert is_loopback("http://127.0.0.1:1")
    assert is_loopback("http://[::1]:1")
    assert is_loopback("http://localhost")
    assert not is_loopback("http://127.0.0.1.example.org")


def test_error_bodies_of_every_kind() -> None:
    assert error_words(b'{"error":"x","code":"Y"}') == ("x", "Y")
    assert error_words(b"Invalid URL: slot") == ("Invalid URL: slot", "")
    assert error_words(b"<html>") == ("", "")
    assert error_words(b"") == ("", "")
    assert error_words(b"[" * 100_000) != ()
    assert error_words(b'{"error":5}') == ("", "")


def respond(response: httpx.Response) -> httpx.MockTransport:
    return httpx.MockTransport(lambda _: response)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (401, b'{"error":"Unauthorized"}', "OFFICE_UNAUTHORIZED"),
        (403, b'{"error":"x","code":"ACCOUNT_BANNED"}', "ACCOUNT_BANNED"),
        (403, b'{"error":"x","code":"USERNAME_REQUIRED"}', "USERNAME_REQUIRED"),
        (403, b"", "OFFICE_FORBIDDEN"),
        (404, b"", "OFFICE_NOT_FOUND"),
        (409, b"", "OFFICE_CONFLICT"),
        (413, b"", "OFFICE_BODY_TOO_LARGE"),
        (422, b"Failed to deserialize", "OFFICE_REJECTED"),
        (429, b"", "OFFICE_RATE_LIMITED"),
        (500, b'{"error":"db error"}', "OFFICE_FAULT"),
        (302, b"", "OFFICE_MOVED"),
        (200, b"<html>", "OFFICE_NOT_AN_OFFICE"),
    ],
)
def test_every_status_has_its_error(status: int, body: bytes, code: str) -> None:
    async def story() -> None:
        transport = respond(httpx.Response(status, content=body))
        async with make_client("http://x", transport=transport) as client:
            with pytest.raises(ApiError) as caught:
                await call_json(client, "GET", "/api/agents")
            assert caught.value.code == code

    asyncio.run(story())


def test_an_endless_answer_is_cut() -> None:
    async def story() -> None:
        transport = respond(httpx.Response(200, content=b"x" * 1000))
        async with make_client("http://x", transport=transport) as client:
            with pytest.raises(ApiError) as caught:
                await exchange(client, "GET", "/", max_bytes=100)
            assert caught.value.code == "OFFICE_ANSWER_TOO_LARGE"

    asyncio.run(story())


def test_the_token_does_not_stand_in_the_client() -> None:
    async def story() -> None:
        seen: list[httpx.Request] = []

        def answer(request: httpx.Request) -> httpx.Response:
            seen.append(request)
            return httpx.Response(200, json={}, headers={"Set-Cookie": "better-auth.session_token=other; Path=/"})

        async with make_client("http://x", Credentials("f" * 64), transport=httpx.MockTransport(answer)) as client:
            assert "f" * 64 not in repr(client.headers)
            await call_json(client, "GET", "/")
            await call_json(client, "GET", "/")
        assert [request.headers["cookie"] for request in seen] == ["better-auth.session_token=" + "f" * 64] * 2

    asyncio.run(story())


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("ALL_PROXY", "socks://me:secret@10.0.0.1:1080", "PROXY_INVALID"),
        ("HTTP_PROXY", "socks5://me:secret@10.0.0.1:1080", "PROXY_INVALID"),
        ("HTTPS_PROXY", "http://me:secret@10.0.0.1:99999", "PROXY_INVALID"),
        ("SSL_CERT_FILE", "/secret/nowhere.pem", "CERTIFICATES_UNREADABLE"),
    ],
)
def test_an_unusable_environment_is_told_without_its_password(
    name: str, value: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError) as caught:
        make_client("https://office.example")
    assert caught.value.code == code
    assert "secret" not in str(caught.value)
    asyncio.run(make_client("http://127.0.0.1:1").aclose())  # this computer is reached without any of it


@pytest.mark.parametrize("value", ["http://10.0.0.1:3128", "10.0.0.1:3128", "proxy.example", ""])
def test_usual_proxies_are_taken(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", value)
    asyncio.run(make_client("https://office.example").aclose())
