"""Small rules of bodies: job ids, metadata, agent_context, addresses, idempotency keys (sections 8.2, 11, 15, 16)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.money import dumps

MAX_KEYS, MAX_KEY, MAX_VALUE = 50, 200, 1000  # of an agent_context, in code points
MAX_METADATA_BYTES = 4096


def refuse(field: str, words: str) -> Refusal:
    return Refusal("INVALID_REQUEST", f"{field} {words}.", field=field)


def text_of(body: Mapping[str, Any], field: str, least: int, most: int) -> str:
    """A string of ``least`` to ``most`` code points. Raises Refusal INVALID_REQUEST."""
    value = body.get(field)
    if not isinstance(value, str) or not least <= len(value) <= most:
        raise refuse(field, f"has to be text of {least} to {most} characters")
    return value


def job_id_of(body: Mapping[str, Any]) -> str:
    """1 to 200 printable characters. Raises Refusal INVALID_REQUEST."""
    value = text_of(body, "job_id", 1, 200)
    if not value.isprintable():
        raise refuse("job_id", "has characters that cannot be printed")
    return value


def metadata_of(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """An object of at most 4 KiB as JSON. Raises Refusal INVALID_REQUEST."""
    value = body.get("metadata")
    if value is None:
        return None
    if not isinstance(value, dict) or len(dumps(value).encode()) > MAX_METADATA_BYTES:
        raise refuse("metadata", "has to be an object of at most 4 KiB")
    return value


def idempotency_key_of(body: Mapping[str, Any]) -> str | None:
    return None if body.get("idempotency_key") is None else text_of(body, "idempotency_key", 1, 200)


def merged_context(now: Mapping[str, str], changes: object) -> dict[str, str]:
    """An agent_context after a PATCH: named keys change, null deletes, the rest stays. All of it or nothing.

    Raises Refusal INVALID_REQUEST when the result would break a limit.
    """
    if not isinstance(changes, Mapping):
        raise refuse("agent_context", "has to be an object")
    result = dict(now)
    for key, value in changes.items():
        if not isinstance(key, str) or not key or len(key) > MAX_KEY:
            raise refuse("agent_context", f"has a key that is empty or over {MAX_KEY} characters")
        if value is None:
            result.pop(key, None)
        elif not isinstance(value, str) or len(value) > MAX_VALUE:
            raise refuse("agent_context", f"takes text of at most {MAX_VALUE} characters as a value")
        else:
            result[key] = value
    if len(result) > MAX_KEYS:
        raise refuse("agent_context", f"holds at most {MAX_KEYS} keys")
    return result


def web_address(value: object, field: str, *, http_on_loopback: bool = False, https_only: bool = False) -> str:
    """An absolute http(s) address of at most 2,000 characters. Raises Refusal INVALID_REQUEST."""
    if not isinstance(value, str) or len(value) > 2000 or any(ord(char) <= 32 for char in value):
        raise refuse(field, "has to be a web address of at most 2,000 characters")
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        raise refuse(field, "has to be a web address") from None
    if parts.scheme not in ("http", "https") or not host:
        raise refuse(field, "has to begin with https:// and name a host")
    if https_only and parts.scheme == "http" and not (http_on_loopback and is_loopback(host)):
        raise refuse(field, "has to begin with https://")
    return value


def is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or (host.startswith("127.") and host.replace(".", "").isdigit())


class Repeat(StrEnum):
    """What an idempotency key that was seen before means (section 15.1)."""

    REPLAY = "replay"
    DUPLICATE = "DUPLICATE_REQUEST"
    FAILED_BEFORE = "PREVIOUS_FAILURE"


class Attempt(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"  # at the provider; what validation refuses does not use a key up


def repeated(first: Attempt, *, same_body: bool) -> Repeat:
    if first is Attempt.FAILED:
        return Repeat.FAILED_BEFORE
    return Repeat.REPLAY if first is Attempt.DONE and same_body else Repeat.DUPLICATE


def body_print(body: Mapping[str, Any]) -> str:
    """The same for bodies that mean the same, whatever the order of their keys or the form of their numbers."""
    return json.dumps(_plain(body), sort_keys=True, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (bool, str)) or value is None:
        return value
    return f"number {value.normalize() if hasattr(value, 'normalize') else value}"
