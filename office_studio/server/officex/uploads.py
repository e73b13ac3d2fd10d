"""Where presigned uploads go: a PUT of the bytes, read again by anybody who knows the key (decision 47)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select, update
from starlette.requests import Request
from starlette.responses import Response

from office_studio.core.officex.codes import Refusal
from office_studio.server.officex.tables import uploads

if TYPE_CHECKING:
    from office_studio.server.officex.app import SandboxApp

MAX_UPLOAD_BYTES = 20 << 20


async def answer(app: SandboxApp, request: Request, key: str) -> Response:
    from office_studio.server.officex.app import answered, read_bytes

    def find(connection: Connection) -> Any:
        return connection.execute(select(uploads).where(uploads.c.key == key)).first()

    row = await app.run(find, write=False)
    if row is None:
        raise Refusal("INVALID_REQUEST", "There is no such upload.")
    path = app.sandbox.data_dir / "uploads" / row.key
    if request.method in ("GET", "HEAD"):
        if row.size is None:
            raise Refusal("INVALID_REQUEST", "Nothing was uploaded here.")
        headers = {"x-content-type-options": "nosniff"}
        return Response(path.read_bytes(), headers=headers, media_type=row.content_type)
    if request.method != "PUT":
        raise Refusal("INVALID_REQUEST", "An upload is a PUT.")
    if app.sandbox.clock() >= row.expires_ms:
        raise Refusal("INVALID_REQUEST", "This upload address is valid for 15 minutes; ask for a new one.")
    if request.headers.get("content-type") != row.content_type:
        raise Refusal("INVALID_REQUEST", f"This upload has to be {row.content_type}.", field="content_type")
    content = await read_bytes(request, MAX_UPLOAD_BYTES)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    partial.write_bytes(content)
    partial.replace(path)

    def note(connection: Connection) -> None:
        connection.execute(update(uploads).where(uploads.c.key == key), {"size": len(content)})

    await app.run(note, write=True)
    return answered({})
