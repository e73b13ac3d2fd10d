"""The one factory of HTTP clients, and the one place where ``httpx`` errors and HTTP statuses become ours."""

from __future__ import annotations

import ipaddress
import re
import ssl
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.request import getproxies

import httpx
import msgspec

from office_studio import __version__
from office_studio.errors import (
    ApiError,
    AuthError,
    ConflictError,
    OfficeStudioError,
    RateLimited,
    ServerFault,
    UsageError,
)

USER_AGENT = f"office-studio/{__version__}"
SESSION_COOKIE = "better-auth.session_token"
MAX_JSON_BYTES = 32 * 1024 * 1024  # no answer of the Office API comes near this
CALL_TIMEOUT = httpx.Timeout(15.0, connect=5.0)

_SESSION_TOKEN = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who we are. The token never appears in ``repr``, so never in a log."""

    token: str | None = field(default=None, repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """The header that carries the token: a session token travels as a cookie, all others as bearer (API 2)."""
        if not self.token:
            return {}
        if _SESSION_TOKEN.fullmatch(self.token):
            return {"Cookie": f"{SESSION_COOKIE}={self.token}"}
        return {"Authorization": f"Bearer {self.token}"}


class _TokenAuth(httpx.Auth):
    """Adds the token as the request leaves. Not a client header, which tracebacks and debuggers would print."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if "Authorization" not in request.headers:  # a bot token of a single call comes first
            request.headers.update(self._credentials.headers)
        yield request


def checked_base_url(url: str) -> str:
    """The address of an office without a trailing slash.

    Raises:
        UsageError: OFFICE_URL_INVALID, when it is no http(s) address of a host.
    """
    text = url.strip()
    hint = "Use the address the office shows when it starts, for example http://127.0.0.1:21001."
    if not re.match(r"https?://", text, re.IGNORECASE):
        raise UsageError("OFFICE_URL_INVALID", f"Address must start with http:// or https://: {text or 'empty'}", hint)
    try:
        parsed = httpx.URL(text)
        port = parsed.port
    except (httpx.InvalidURL, ValueError) as exc:
        raise UsageError("OFFICE_URL_INVALID", f"Not an address: {text} ({exc})", hint) from exc
    if not parsed.host or any(c.isspace() for c in text) or (port is not None and not 0 < port < 65_536):
        raise UsageError("OFFICE_URL_INVALID", f"Address names no host and port: {text}", hint)
    if parsed.userinfo or parsed.query or parsed.fragment:
        raise UsageError(
            "OFFICE_URL_INVALID", "Address must end after the host, port and path: no user, '?' or '#'", hint
        )
    return str(parsed).rstrip("/")


def checked_credentials(credentials: Credentials | None) -> Credentials:
    """Raises UsageError TOKEN_INVALID for a token that cannot travel in a header."""
    token = credentials.token if credentials else None
    if token is None:
        return Credentials()
    token = token.strip()
    if not token.isascii() or not token.isprintable() or " " in token or ";" in token:
        raise UsageError(
            "TOKEN_INVALID", "The token contains spaces or characters that no token has.", "Copy the whole token again."
        )
    return Credentials(token or None)


def make_client(
    base_url: str,
    credentials: Credentials | None = None,
    *,
    timeout: httpx.Timeout = CALL_TIMEOUT,
    transport: httpx.AsyncBaseTransport | None = None,
    max_connections: int = 20,
) -> httpx.AsyncClient:
    """A client for one office. Redirects are not followed: the token must not travel to another host.

    Raises:
        UsageError: OFFICE_URL_INVALID, TOKEN_INVALID, PROXY_INVALID, CERTIFICATES_UNREADABLE.
    """
    url = checked_base_url(base_url)
    auth = _TokenAuth(checked_credentials(credentials))
    try:
        if not is_loopback(url):
            _check_proxies()
        return httpx.AsyncClient(
            base_url=url,
            auth=auth,
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
            timeout=timeout,
            transport=transport,
            limits=httpx.Limits(max_connections=max_connections, keepalive_expiry=30),
            # A proxy from the environment cannot reach this machine's loopback on our behalf.
            trust_env=not is_loopback(url),
        )
    except (ValueError, ImportError, httpx.InvalidURL) as exc:
        # The value is not quoted: a proxy's address may hold a password.
        raise UsageError(
            "PROXY_INVALID",
            "The proxy named by the environment cannot be used.",
            "Correct or unset HTTP_PROXY, HTTPS_PROXY and ALL_PROXY; only http:// and https:// proxies work.",
        ) from exc
    except OSError as exc:
        raise UsageError(
            "CERTIFICATES_UNREADABLE",
            f"The certificates named by the environment cannot be read: {exc.strerror or exc}.",
            "Correct or unset SSL_CERT_FILE and SSL_CERT_DIR.",
        ) from exc


def _check_proxies() -> None:
    """Raises ValueError or InvalidURL for a proxy of the environment that would only fail at the first connection."""
    for name, value in getproxies().items():
        address = value if "://" in value else f"http://{value}"
        port = httpx.URL(address).port if name in ("http", "https", "all") else None
        if port is not None and not 0 < port < 65_536:
            raise ValueError("no such port")


def is_loopback(url: str) -> bool:
    """Whether the address is on this very computer."""
    host = httpx.URL(url).host
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


# -- errors ------------------------------------------------------------------------------------------------
def transport_error(exc: httpx.HTTPError | httpx.InvalidURL | httpx.StreamError, base_url: str) -> OfficeStudioError:
    """What a failed exchange means to a person."""
    where = base_url
    if isinstance(exc, httpx.UnsupportedProtocol | httpx.InvalidURL):
        return UsageError("OFFICE_URL_INVALID", f"Not an address: {where}", "It must start with http:// or https://.")
    if isinstance(exc, httpx.ConnectTimeout):
        return ApiError("OFFICE_UNREACHABLE", f"{where} does not answer.", "Check the address and the network.")
    if isinstance(exc, httpx.ConnectError):
        return _connect_error(exc, where)
    if isinstance(exc, httpx.TimeoutException):
        return ApiError(
            "OFFICE_TIMEOUT", f"{where} took too long to answer.", "Try again; if it stays so, look at the server."
        )
    if isinstance(exc, httpx.RemoteProtocolError) and "disconnected" not in str(exc):
        return ApiError(
            "OFFICE_NOT_HTTP",
            f"{where} does not speak HTTP.",
            "Check the port, and whether the address needs https:// instead of http://.",
        )
    if isinstance(exc, httpx.DecodingError):
        return ApiError(
            "OFFICE_NOT_AN_OFFICE", f"{where} sent an answer that cannot be unpacked.", "Check the address."
        )
    return ApiError("OFFICE_CONNECTION_LOST", f"The connection to {where} broke.", "Try again.")


def _connect_error(exc: httpx.ConnectError, where: str) -> OfficeStudioError:
    cause: BaseException | None = exc
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return ApiError(
                "OFFICE_CERTIFICATE",
                f"The certificate of {where} is not trusted: {cause.verify_message}",
                "Check the address, or ask the operator of the office for a valid certificate.",
            )
        if isinstance(cause, ssl.SSLError):
            return ApiError(
                "OFFICE_NOT_HTTPS", f"{where} does not speak https.", "Use http:// if the office has no certificate."
            )
        cause = cause.__cause__ or cause.__context__
    text = str(exc).lower()
    if "name or service" in text or "getaddrinfo" in text or "nodename" in text or "name resolution" in text:
        return ApiError(
            "OFFICE_HOST_UNKNOWN", f"No computer is known as {httpx.URL(where).host}.", "Check the address."
        )
    return ApiError("OFFICE_UNREACHABLE", f"Nothing answers at {where}.", "Start the office, or check the address.")


def response_error(response: httpx.Response, body: bytes = b"") -> OfficeStudioError:
    """What an HTTP status other than 2xx means. ``details``: ``status``, ``error`` (the server's words), ``path``."""
    status = response.status_code
    said, code = error_words(body)
    details: dict[str, Any] = {"status": status, "error": said, "path": response.request.url.path}
    quoted = f" ({said})" if said else ""
    if status == 401:
        return AuthError(
            "OFFICE_UNAUTHORIZED", "The office does not know this token.", "Sign in, or paste a valid token.", **details
        )
    if status == 403 and code == "ACCOUNT_BANNED":
        return AuthError(
            "ACCOUNT_BANNED", "This account is banned from the office.", "Ask the operator of the office.", **details
        )
    if status == 403 and code == "USERNAME_REQUIRED":
        return AuthError(
            "USERNAME_REQUIRED",
            "The account has no user name yet, and the office asks for one.",
            "Choose a user name on the office's web page, then connect again.",
            **details,
        )
    if status == 403:
        return AuthError(
            "OFFICE_FORBIDDEN", f"The office does not allow this{quoted}.", "Use an account that may do it.", **details
        )
    if status == 404:
        return ApiError(
            "OFFICE_NOT_FOUND", f"The office has no {details['path']}{quoted}.", "Check the address.", **details
        )
    if status == 409:
        return ConflictError(
            "OFFICE_CONFLICT", f"Something else changed it at the same time{quoted}.", "Load it again.", **details
        )
    if status == 413:
        return ApiError("OFFICE_BODY_TOO_LARGE", "The server refused a body of this size.", "Send less.", **details)
    if status == 429:
        return RateLimited("OFFICE_RATE_LIMITED", "The office asks for fewer calls.", "Wait a minute.", **details)
    if status >= 500:
        return ServerFault(
            "OFFICE_FAULT",
            f"The office could not do it: HTTP {status}{quoted}.",
            "Try again; if it stays so, look at the server.",
            **details,
        )
    if 300 <= status < 400:
        target = response.headers.get("location", "elsewhere")
        return ApiError("OFFICE_MOVED", f"The address points to {target}.", "Use that address.", **details)
    return ApiError("OFFICE_REJECTED", f"The office refused: {said or f'HTTP {status}'}", "", **details)


def error_words(body: bytes) -> tuple[str, str]:
    """Error text and machine code of a body: JSON ``error``/``code``, else a first line of plain text (API 1)."""
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        text = body[:300].decode("utf-8", "replace").strip()
        return ("" if text.startswith("<") else text.split("\n")[0]), ""
    if isinstance(document, Mapping):
        said, code = document.get("error"), document.get("code")
        return (said if isinstance(said, str) else "")[:500], code if isinstance(code, str) else ""
    return "", ""


# -- exchanges ---------------------------------------------------------------------------------------------
async def exchange(client: httpx.AsyncClient, method: str, path: str, **kwargs: Any) -> tuple[httpx.Response, bytes]:
    """One call and its whole body, at most ``MAX_JSON_BYTES``; every status is returned, not raised.

    Raises:
        ApiError: the exchange itself failed.
    """
    limit = kwargs.pop("max_bytes", MAX_JSON_BYTES)
    try:
        async with client.stream(method, path, **kwargs) as response:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > limit:
                    raise ApiError(
                        "OFFICE_ANSWER_TOO_LARGE",
                        f"The answer to {path} is larger than {limit} bytes.",
                        "",
                        limit=limit,
                    )
            return response, bytes(body)
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as exc:
        raise transport_error(exc, str(client.base_url).rstrip("/")) from exc


async def call(client: httpx.AsyncClient, method: str, path: str, **kwargs: Any) -> bytes:
    """One call that must succeed: body of a 2xx answer. Raises what ``response_error`` makes of other statuses."""
    response, body = await exchange(client, method, path, **kwargs)
    if not response.is_success:
        raise response_error(response, body)
    return body


async def call_json(client: httpx.AsyncClient, method: str, path: str, **kwargs: Any) -> Any:
    return parse_json(await call(client, method, path, **kwargs), str(client.base_url).rstrip("/"))


def parse_json(body: bytes, base_url: str) -> Any:
    """Raises ApiError OFFICE_NOT_AN_OFFICE for a body that is no JSON: a web page, most of the time."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError) as exc:
        raise not_an_office(base_url) from exc


def not_an_office(base_url: str) -> ApiError:
    return ApiError(
        "OFFICE_NOT_AN_OFFICE",
        f"{base_url} answers, but not as an office does.",
        "Check the address: it must be the office's own, without a page behind it.",
    )


def no_office(base_url: str) -> ApiError:
    return ApiError(
        "OFFICE_NOT_FOUND", f"{base_url} answers, but there is no office there.", "Check the address of the office."
    )
