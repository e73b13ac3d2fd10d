"""Where presigned uploads go: a PUT of the bytes, read again by anybody who knows the key (decision 47)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select, update

from office_studio.core.officex.codes import Refusal
from office_studio.server.officex.exchange import Answered, Asked, answered
from office_studio.server.officex.tables import uploads

if TYPE_CHECKING:
    from office_studio.server.officex.app import SandboxApp

MAX_UPLOAD_BYTES = 20 << 20


async def answer(app: SandboxApp, asked: Asked, key: str) -> Answered:
    def find(connection: Connection) -> Any:
        return connection.execute(select(uploads).where(uploads.c.key == key)).first()

    row = await app.run(find, write=False)
    if row is None:
        raise Refusal("INVALID_REQUEST", "There is no such upload.")
    path = app.sandbox.data_dir / "uploads" / row.key
    if asked.method in ("GET", "HEAD"):
        if row.size is None:
            raise Refusal("INVALID_REQUEST", "Nothing was uploaded here.")
        headers = [(b"content-type", row.content_type.encode()), (b"x-content-type-options", b"nosniff")]
        return Answered(path.read_bytes(), 200, headers)
    if asked.method != "PUT":
        raise Refusal("INVALID_REQUEST", "An upload is a PUT.")
    if app.sandbox.clock() >= row.expires_ms:
        raise Refusal("INVALID_REQUEST", "This upload address is valid for 15 minutes; ask for a new one.")
    if asked.headers.get("content-type") != row.content_type:
        raise Refusal("INVALID_REQUEST", f"This upload has to be {row.content_type}.", field="content_type")
    content = await asked.body(MAX_UPLOAD_BYTES)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    partial.write_bytes(content)
    partial.replace(path)

    def note(connection: Connection) -> None:
        connection.execute(update(uploads).where(uploads.c.key == key), {"size": len(content)})

    await app.run(note, write=True)
    return answered({})
