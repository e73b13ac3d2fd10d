"""Themes: upload, list, delete, and the files of each (Office API 9)."""

from __future__ import annotations

import asyncio
import functools
import logging
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from office_studio.core.packing.intake import MANIFEST
from office_studio.server.http import Endpoint, Problem, json_response
from office_studio.server.office.context import OfficeContext
from office_studio.server.office.theme_store import StoredTheme, valid_theme_id
from office_studio.server.office.theme_upload import receive_theme
from office_studio.server.schemas import path_parameter, ref

_CONTENT_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "svg": "image/svg+xml",
    "json": "application/json",
    "glb": "model/gltf-binary",
    "gltf": "model/gltf-binary",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
}
# Files from strangers: a browser must neither guess their type nor run what an SVG holds.
_ASSET_HEADERS = {
    "Cache-Control": "public, max-age=86400",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}

log = logging.getLogger(__name__)


async def upload(context: OfficeContext, request: Request) -> Response:
    await context.caller(request)
    facts = await receive_theme(context.themes, request)
    return json_response({"themeId": facts.id, "name": facts.name, "version": facts.version}, 201)


async def list_themes(context: OfficeContext, request: Request) -> Response:
    await context.caller(request)
    base = _assets_base(request)
    return json_response({"themes": [_summary(theme, base) for theme in context.themes.all()]})


async def delete_theme(context: OfficeContext, request: Request) -> Response:
    await context.caller(request)
    theme_id = _theme_id(request)
    try:
        removed = await asyncio.to_thread(context.themes.remove, theme_id)
    except OSError as exc:
        log.exception("theme %s could not be deleted", theme_id)
        raise Problem(500, "Failed to delete theme") from exc
    if not removed:
        raise Problem(404, "Theme not found")
    return json_response({"deleted": theme_id})


async def theme_config(_: OfficeContext, request: Request) -> Response:
    return json_response({"themeAssetsBaseUrl": _assets_base(request)})


async def theme_detail(context: OfficeContext, request: Request) -> Response:
    theme = _theme(context, request)
    facts = theme.facts
    more = {
        "price": facts.price or "free",
        "tags": list(facts.tags),
        "author": {"name": facts.author_name, "id": facts.author_id},
        "license": facts.license,
    }
    return json_response(_summary(theme, _assets_base(request)) | more)


async def theme_manifest(context: OfficeContext, request: Request) -> Response:
    theme = _theme(context, request)
    return FileResponse(theme.folder / MANIFEST, media_type="application/json")


async def theme_asset(context: OfficeContext, request: Request) -> Response:
    theme_id, name = _theme_id(request), request.path_params["name"]
    if ".." in name or "\\" in name or ":" in name or name.startswith("/"):
        raise Problem(400, "Invalid filename")
    theme = context.themes.get(theme_id)
    # Only what was unpacked is served, by its exact name: nothing that could lead out of the folder is in that list.
    if theme is None or name not in theme.names:
        raise Problem(404, "Asset not found")
    media_type = _CONTENT_TYPES.get(name.rpartition(".")[2], "application/octet-stream")
    return FileResponse(theme.folder / name, media_type=media_type, headers=_ASSET_HEADERS)


def _theme_id(request: Request) -> str:
    theme_id: str = request.path_params["theme_id"]
    if not valid_theme_id(theme_id):
        raise Problem(400, "Invalid theme ID")
    return theme_id


def _theme(context: OfficeContext, request: Request) -> StoredTheme:
    theme = context.themes.get(_theme_id(request))
    if theme is None:
        raise Problem(404, "Theme not found")
    return theme


def _assets_base(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}/api/themes/assets"


def _summary(theme: StoredTheme, base: str) -> dict[str, Any]:
    facts = theme.facts
    found: dict[str, Any] = {
        "id": facts.id,
        "name": facts.name,
        "version": facts.version,
        "renderer": facts.renderer,
        "description": facts.description,
        "maxAgents": facts.max_agents,
    }
    if facts.preview in theme.names:
        found["previewUrl"] = f"{base}/{facts.id}/{quote(facts.preview)}"
    return found


def endpoints(context: OfficeContext) -> list[Endpoint]:
    theme_id = (path_parameter("theme_id"),)
    errors = {400: ref("Error"), 404: ref("Error")}
    file = {"description": "The file", "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}

    def endpoint(method: str, path: str, handler: object, summary: str, auth: str, **rest: object) -> Endpoint:
        return Endpoint(method, path, functools.partial(handler, context), summary, auth, **rest)  # type: ignore

    return [
        endpoint("POST", "/api/themes/upload", upload, "Create or replace a theme", "session",
                 body={"multipart/form-data": ref("ThemeUpload")},
                 responses={201: ref("UploadedTheme"), 400: ref("Error"), 500: ref("Error")}),
        endpoint("GET", "/api/themes", list_themes, "All themes, oldest upload first", "session",
                 responses={200: ref("ThemeList")}),
        endpoint("GET", "/api/themes/config", theme_config, "Where theme files are served", "",
                 responses={200: ref("ThemeConfig")}),
        endpoint("GET", "/api/themes/assets/{theme_id}/{name:path}", theme_asset, "One file of a theme", "",
                 parameters=(*theme_id, path_parameter("name")), responses={200: file, **errors}),
        endpoint("GET", "/api/themes/{theme_id}", theme_detail, "One theme", "", parameters=theme_id,
                 responses={200: ref("ThemeDetail"), **errors}),
        endpoint("DELETE", "/api/themes/{theme_id}", delete_theme, "Delete a theme; its bindings stay", "session",
                 parameters=theme_id, responses={200: ref("DeletedTheme"), 500: ref("Error"), **errors}),
        endpoint("GET", "/api/themes/{theme_id}/manifest", theme_manifest, "theme.json as uploaded", "",
                 parameters=theme_id, responses={200: ref("Manifest"), **errors}),
    ]  # fmt: skip
