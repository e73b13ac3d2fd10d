"""``/openapi.json``, made from the same endpoint list that the routes are made from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from office_studio import __version__
from office_studio.server.http import Endpoint
from office_studio.server.schemas import SCHEMAS, ref

_USER: list[dict[str, list[str]]] = [{"session": []}, {"bearer": []}]
_SECURITY: dict[str, list[dict[str, list[str]]]] = {
    "session": _USER,
    "optional": [*_USER, {}],
    "bot": [{"botToken": []}],
    "": [],
}


def document(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """The OpenAPI 3.1 description of ``endpoints``."""
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        paths.setdefault(public_path(endpoint.path), {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Office Studio server",
            "version": __version__,
            "description": "Agents at work: events in, a live stream out, bindings of agents to slots, themes. "
            "Errors carry a JSON object with `error`, sometimes a machine-readable `code`.",
        },
        "paths": paths,
        "components": {
            "schemas": dict(SCHEMAS),
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "better-auth.session_token"},
                "bearer": {"type": "http", "scheme": "bearer", "description": "API token (`ari_cli_…`) or session"},
                "botToken": {"type": "http", "scheme": "bearer", "description": "Bot token of one agent"},
            },
        },
    }


def public_path(path: str) -> str:
    """A route's path without the converters of the framework."""
    return re.sub(r"\{(\w+):\w+\}", r"{\1}", path)


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    answers = dict(endpoint.responses)
    if endpoint.auth in ("session", "bot"):
        answers.setdefault(401, ref("Error"))
    if endpoint.body is not None:
        answers.setdefault(400, ref("Error"))
        if "application/json" in endpoint.body:
            for status in (413, 415, 422):
                answers.setdefault(status, ref("Error"))
    if endpoint.method not in ("GET", "HEAD"):
        answers.setdefault(403, ref("Error"))  # from the pages of other origins
    words = re.sub(r"[{}]", "", public_path(endpoint.path)).replace("_", "-").replace("/", " ").replace("-", " ")
    operation: dict[str, Any] = {
        "operationId": "_".join([endpoint.method.lower(), *words.split()]),
        "summary": endpoint.summary,
        "security": _SECURITY[endpoint.auth],
        "responses": {str(status): _response(status, answer) for status, answer in sorted(answers.items())},
    }
    if endpoint.parameters:
        operation["parameters"] = [dict(parameter) for parameter in endpoint.parameters]
    if endpoint.body is not None:
        content = {media_type: {"schema": schema} for media_type, schema in endpoint.body.items()}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _response(status: int, answer: str | Mapping[str, Any]) -> dict[str, Any]:
    phrase = HTTPStatus(status).phrase
    if isinstance(answer, str):
        return {"description": answer}
    if "description" in answer and "content" in answer:
        return dict(answer)
    return {"description": phrase, "content": {"application/json": {"schema": dict(answer)}}}
