"""Sign-in with e-mail and password (Office API 12.1)."""

from __future__ import annotations

import functools
import math
from datetime import UTC, datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from office_studio.server.http import Endpoint, Problem, json_response, read_json
from office_studio.server.office.accounts import SESSION_MS, AccountError, Session, User
from office_studio.server.office.context import SESSION_COOKIE, OfficeContext, bearer_token, session_cookie
from office_studio.server.schemas import ref

_FAILURES = 10  # wrong passwords for one e-mail ...
_FAILURE_WINDOW_MS = 300_000  # ... within five minutes, after which it has to wait
_MAX_REMEMBERED = 1_000


class _SignIn(msgspec.Struct):
    email: str
    password: str


class _SignUp(msgspec.Struct):
    email: str
    password: str
    name: str = ""


_SIGN_IN = msgspec.json.Decoder(_SignIn)
_SIGN_UP = msgspec.json.Decoder(_SignUp)


class _Attempts:
    """Slows down who guesses passwords. A try counts from its start, so that many at once do not slip through."""

    def __init__(self) -> None:
        self._failures: dict[str, list[int]] = {}

    def begin(self, email: str, now_ms: int) -> None:
        """Count a try. Raises Problem 429 instead when there were too many."""
        recent = [at for at in self._failures.get(email, ()) if now_ms - at < _FAILURE_WINDOW_MS]
        if len(recent) >= _FAILURES:
            wait_s = math.ceil((recent[0] + _FAILURE_WINDOW_MS - now_ms) / 1000)
            raise Problem(
                429, "Too many failed attempts, try again later", "RATE_LIMITED", {"Retry-After": str(wait_s)}
            )
        while len(self._failures) >= _MAX_REMEMBERED:
            self._failures.pop(next(iter(self._failures)))
        self._failures[email] = [*self._failures.pop(email, ())[-_FAILURES:], now_ms]

    def succeeded(self, email: str) -> None:
        self._failures.pop(email, None)


async def sign_in(context: OfficeContext, attempts: _Attempts, request: Request) -> Response:
    body = await read_json(request, _SIGN_IN)
    email = body.email.strip().lower()[:320]
    attempts.begin(email, context.now_ms())
    found = await context.accounts.sign_in(email, body.password)
    if found is None:
        raise Problem(401, "Invalid email or password")
    attempts.succeeded(email)
    return _signed_in(request, *found)


async def sign_up(context: OfficeContext, request: Request) -> Response:
    body = await read_json(request, _SIGN_UP)
    allowed = context.config.sign_up
    if not (context.config.is_loopback if allowed is None else allowed):
        raise Problem(403, "Sign-up is closed on this server", "SIGN_UP_CLOSED")
    try:
        found = await context.accounts.sign_up(body.email, body.password, body.name)
    except AccountError as exc:
        raise Problem(400, str(exc)) from exc
    return _signed_in(request, *found)


async def get_session(context: OfficeContext, request: Request) -> Response:
    try:
        caller = await context.caller(request)
    except Problem:
        return json_response(None, 401)
    session = None
    if caller.session_token is not None and caller.expires_ms is not None:
        session = {"token": caller.session_token, "expiresAt": _database_time(caller.expires_ms)}
    return json_response({"user": _user(caller.user), "session": session})


async def sign_out(context: OfficeContext, request: Request) -> Response:
    token = bearer_token(request) or session_cookie(request)
    if token:
        await context.accounts.sign_out(token)
    response = json_response({"success": True})
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="lax")
    return response


def _signed_in(request: Request, user: User, session: Session) -> Response:
    body = {"token": session.token, "expiresAt": _database_time(session.expires_ms)}
    response = json_response({"user": _user(user), "session": body})
    response.set_cookie(
        SESSION_COOKIE,
        session.token,
        max_age=SESSION_MS // 1000,
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


def _user(user: User) -> dict[str, object]:
    username = (user.email or user.name).partition("@")[0].lower()
    return {"id": user.id, "name": user.name, "email": user.email, "image": None, "bio": None, "username": username}


def _database_time(at_ms: int) -> str:
    # This one field is a database's text: no zone, a space instead of the T, UTC.
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%d %H:%M:%S}"


def endpoints(context: OfficeContext) -> list[Endpoint]:
    attempts = _Attempts()
    error = ref("Error")
    return [
        Endpoint(
            "POST",
            "/api/auth/sign-in/email",
            functools.partial(sign_in, context, attempts),
            "Sign in; sets the session cookie",
            "",
            body={"application/json": ref("SignIn")},
            responses={200: ref("SignedIn"), 401: error, 429: error},
        ),
        Endpoint(
            "POST",
            "/api/auth/sign-up/email",
            functools.partial(sign_up, context),
            "Create an account and sign in",
            "",
            body={"application/json": ref("SignUp")},
            responses={200: ref("SignedIn"), 400: error, 403: error},
        ),
        Endpoint(
            "GET",
            "/api/auth/get-session",
            functools.partial(get_session, context),
            "Who is signed in; `null` with 401 for nobody",
            "optional",
            responses={200: ref("SignedIn"), 401: {"type": "null"}},
        ),
        Endpoint(
            "POST",
            "/api/auth/sign-out",
            functools.partial(sign_out, context),
            "End the session and clear the cookie",
            "optional",
            responses={200: ref("Success")},
        ),
    ]
