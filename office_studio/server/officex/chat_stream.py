"""The chat stream, E56: prelude lines, then server-sent events (contract, 17.2)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from office_studio.core.officex.codes import Refusal
from office_studio.server.officex.call import Call, optional_text
from office_studio.server.officex.chat_routes import add_message, create_thread_row, my_thread, tracer_of
from office_studio.server.officex.chat_script import answer_to, pieces
from office_studio.server.officex.tables import apps, chat_messages, installs

END = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class Talk:
    """What one stream says. The answer is in the thread already, marked as interrupted until it is all sent."""

    thread_id: str
    message_id: str
    tracer_id: str | None
    app_ids: tuple[str, ...]
    answer: str


def begin(call: Call) -> Talk:
    """Note the user's words. Raises Refusal INVALID_REQUEST, THREAD_NOT_FOUND."""
    said = _said(call.body)
    tracer_id, project = tracer_of(call.body), optional_text(call.body, "project_id", 200)
    optional_text(call.body, "system_prompt", 20_000)
    if call.body.get("thread_id") is not None:
        thread_id = str(my_thread(call, str(call.body["thread_id"])).thread_id)
    else:
        thread_id = create_thread_row(call, call.user.user_id, said[:60] or "New conversation", project, tracer_id)
    used = _apps(call, call.body.get("include_apps"))
    answer = answer_to(said, tuple(name for _, name in used))
    add_message(call, thread_id, "user", said)
    message_id = add_message(call, thread_id, "assistant", answer, "interrupted")
    return Talk(thread_id, message_id, tracer_id, tuple(app_id for app_id, _ in used), answer)


def finish(call: Call, talk: Talk) -> None:
    call.connection.execute(
        update(chat_messages).where(chat_messages.c.message_id == talk.message_id), {"status": "complete"}
    )


def _said(body: Mapping[str, Any]) -> str:
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages or len(messages) > 200:
        raise Refusal("INVALID_REQUEST", "messages has to be a list of at least one message.", field="messages")
    for item in messages:
        is_good = isinstance(item, Mapping) and item.get("role") in ("user", "assistant", "system")
        if not is_good or not isinstance(item.get("content"), str) or len(item["content"]) > 100_000:
            raise Refusal("INVALID_REQUEST", "Each message has a role and a content.", field="messages")
    return next((str(item["content"]) for item in reversed(messages) if item["role"] == "user"), "")


def _apps(call: Call, include: Any) -> list[tuple[str, str]]:
    """Id and name of the installed apps that may be used; none where nothing was asked for."""
    if include is None or include is False:
        return []
    if include is not True and not (isinstance(include, list) and all(isinstance(item, str) for item in include)):
        raise Refusal("INVALID_REQUEST", "include_apps is true, false or a list of apps.", field="include_apps")
    query = (
        select(apps.c.app_id, apps.c.slug, apps.c.fields)
        .join(installs, installs.c.app_id == apps.c.app_id)
        .where(installs.c.user_id == call.user.user_id, installs.c.status == "active")
        .order_by(apps.c.created_ms)
    )
    rows = call.all(query)
    return [
        (row.app_id, row.fields["name"]) for row in rows if include is True or {row.app_id, row.slug} & set(include)
    ]


async def lines(talk: Talk, delay_s: float) -> AsyncIterator[bytes]:
    """The bytes of the stream, a line or an event at a time."""
    yield f"t:{talk.thread_id}\n".encode()
    if talk.tracer_id is not None:
        yield f"tracer:{talk.tracer_id}\n".encode()
    yield _status("thinking", "Thinking…")
    await asyncio.sleep(delay_s)
    for app_id in talk.app_ids:
        yield _status("calling_app", "Asking an app…", app_id)
        await asyncio.sleep(delay_s)
    yield _status("writing", "Writing…")
    yield b"\n"
    for piece in pieces(talk.answer):
        yield f"data: {json.dumps({'type': 'text', 'delta': piece}, ensure_ascii=False)}\n\n".encode()
        if delay_s:
            await asyncio.sleep(delay_s)
    yield END


def _status(state: str, text: str, app_id: str | None = None) -> bytes:
    fields = {"state": state, "text": text} | ({"app_id": app_id} if app_id else {})
    return f"s:{json.dumps(fields, ensure_ascii=False)}\n".encode()
