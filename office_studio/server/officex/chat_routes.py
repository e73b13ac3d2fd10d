"""Threads, prompts, refs, uploads, the user's inbox, schedules (contract, 14.5, 16, 17)."""

from __future__ import annotations

import secrets
import string
import uuid
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.links import is_tracer, new_tracer
from office_studio.core.officex.requests import text_of, web_address
from office_studio.server.officex.call import Answer, Call, Route, optional_text, when, without_nothing
from office_studio.server.officex.tables import (
    chat_messages,
    messages,
    prompts,
    refs,
    threads,
    uploads,
    users,
)

STORE = "https://officex.app/store/en/"
_LETTERS = string.ascii_lowercase + string.digits
UPLOAD_LASTS_MS = 900_000


# -- threads -----------------------------------------------------------------------------------------
def tracer_of(body: Any, name: str = "tracer_id") -> str | None:
    value = body.get(name)
    if value is not None and not is_tracer(value):
        raise Refusal("INVALID_REQUEST", f"{name} has to look like trc_abc-123.", field=name)
    return value  # type: ignore[no-any-return]


def make_tracer(now_ms: int) -> str:
    return new_tracer(now_ms, "".join(secrets.choice(_LETTERS) for _ in range(8)))


def create_thread_row(call: Call, user_id: str, title: str, project_id: str | None, tracer_id: str | None) -> str:
    thread_id = str(uuid.uuid4())
    row = {"thread_id": thread_id, "user_id": user_id, "title": title, "project_id": project_id}
    times = {"created_ms": call.now_ms, "updated_ms": call.now_ms}
    call.connection.execute(insert(threads), row | times | {"tracer_id": tracer_id})
    return thread_id


def add_message(call: Call, thread_id: str, role: str, content: str, status: str = "complete") -> str:
    message_id = str(uuid.uuid4())
    row = {"message_id": message_id, "thread_id": thread_id, "role": role, "content": content, "status": status}
    call.connection.execute(insert(chat_messages), row | {"created_ms": call.now_ms})
    call.connection.execute(update(threads).where(threads.c.thread_id == thread_id), {"updated_ms": call.now_ms})
    return message_id


def shown_thread(call: Call, row: Row[Any]) -> dict[str, Any]:
    count = select(func.count()).select_from(chat_messages).where(chat_messages.c.thread_id == row.thread_id)
    return {
        "thread_id": row.thread_id,
        "title": row.title,
        "created_at": when(row.created_ms),
        "updated_at": when(row.updated_ms),
        "message_count": call.connection.execute(count).scalar_one(),
    } | without_nothing(project_id=row.project_id, tracer_id=row.tracer_id)


def my_thread(call: Call, thread_id: str) -> Row[Any]:
    query = select(threads).where(threads.c.thread_id == thread_id, threads.c.user_id == call.user.user_id)
    return call.one(query, "THREAD_NOT_FOUND")


def list_threads(call: Call) -> Answer:
    query = select(threads).where(threads.c.user_id == call.user.user_id)
    for name in ("project_id", "tracer_id"):
        if name in call.query:
            query = query.where(threads.c[name] == call.query[name])
    rows = call.all(query.order_by(threads.c.updated_ms.desc(), threads.c.thread_id))
    return {"threads": [shown_thread(call, row) for row in rows]}


def create_thread(call: Call) -> Answer:
    title = optional_text(call.body, "title", 200) or "New conversation"
    project = optional_text(call.body, "project_id", 200)
    thread_id = create_thread_row(call, call.user.user_id, title, project, tracer_of(call.body))
    return {"thread": shown_thread(call, my_thread(call, thread_id))}


def read_thread(call: Call) -> Answer:
    row = my_thread(call, call.path["id"])
    query = select(chat_messages).where(chat_messages.c.thread_id == row.thread_id).order_by(chat_messages.c.number)
    names = ("message_id", "role", "content", "status")
    found = [
        {name: getattr(item, name) for name in names} | {"created_at": when(item.created_ms)}
        for item in call.all(query)
    ]
    return {"thread": shown_thread(call, row), "messages": found}


def change_thread(call: Call) -> Answer:
    row, changes = my_thread(call, call.path["id"]), dict[str, Any]()
    if call.body.get("title") is not None:
        changes["title"] = text_of(call.body, "title", 1, 200)
    if "tracer_id" in call.body:
        changes["tracer_id"] = tracer_of(call.body)
    if changes:
        changes["updated_ms"] = call.now_ms
        call.connection.execute(update(threads).where(threads.c.thread_id == row.thread_id), changes)
    return {"thread": shown_thread(call, my_thread(call, row.thread_id))}


def delete_thread(call: Call) -> Answer:
    row = my_thread(call, call.path["id"])
    call.connection.execute(delete(threads).where(threads.c.thread_id == row.thread_id))
    return {}


# -- inbox, prompts ----------------------------------------------------------------------------------
def inbox(call: Call) -> Answer:
    query = select(messages).where(messages.c.user_id == call.user.user_id)
    rows = call.all(query.order_by(messages.c.created_ms.desc(), messages.c.message_id))
    names = ("message_id", "id", "app_id", "install_id", "title", "text")
    found = [
        {name: getattr(row, name) for name in names}
        | {"created_at": when(row.created_ms)}
        | without_nothing(url=row.url, icon=row.icon)
        for row in rows
    ]
    return {"messages": found}


def _shown_prompt(row: Row[Any]) -> dict[str, Any]:
    names = ("prompt_id", "title", "text")
    times = {"created_at": when(row.created_ms), "updated_at": when(row.updated_ms)}
    return {name: getattr(row, name) for name in names} | times


def _my_prompt(call: Call, prompt_id: str) -> Row[Any]:
    query = select(prompts).where(prompts.c.prompt_id == prompt_id, prompts.c.user_id == call.user.user_id)
    return call.one(query, "PROMPT_NOT_FOUND")


def list_prompts(call: Call) -> Answer:
    query = select(prompts).where(prompts.c.user_id == call.user.user_id).order_by(prompts.c.created_ms.desc())
    return {"prompts": [_shown_prompt(row) for row in call.all(query)]}


def read_prompt(call: Call) -> Answer:
    return {"prompt": _shown_prompt(_my_prompt(call, call.path["id"]))}


def create_prompt(call: Call) -> Answer:
    prompt_id = str(uuid.uuid4())
    texts = {"title": text_of(call.body, "title", 1, 200), "text": text_of(call.body, "text", 1, 20_000)}
    times = {"created_ms": call.now_ms, "updated_ms": call.now_ms}
    call.connection.execute(insert(prompts), texts | times | {"prompt_id": prompt_id, "user_id": call.user.user_id})
    return {"prompt": _shown_prompt(_my_prompt(call, prompt_id))}


def change_prompt(call: Call) -> Answer:
    row, changes = _my_prompt(call, call.path["id"]), dict[str, Any]()
    for name, most in (("title", 200), ("text", 20_000)):
        if call.body.get(name) is not None:
            changes[name] = text_of(call.body, name, 1, most)
    call.connection.execute(
        update(prompts).where(prompts.c.prompt_id == row.prompt_id), changes | {"updated_ms": call.now_ms}
    )
    return {"prompt": _shown_prompt(_my_prompt(call, row.prompt_id))}


def delete_prompt(call: Call) -> Answer:
    row = _my_prompt(call, call.path["id"])
    call.connection.execute(delete(prompts).where(prompts.c.prompt_id == row.prompt_id))
    return {}


# -- refs --------------------------------------------------------------------------------------------
def _ref_fields(call: Call) -> dict[str, Any]:
    body, fields = call.body, dict[str, Any]()
    for name, most in (("title", 200), ("about_project", 4000), ("metadata", 4000)):
        if body.get(name) is not None:
            fields[name] = optional_text(body, name, most)
    if body.get("full_url") is not None:
        fields["full_url"] = web_address(body["full_url"], "full_url", https_only=True)
    texts = f"{fields.get('title', '')} {fields.get('about_project', '')}".lower()
    if "<script" in texts or "\x00" in texts:
        raise Refusal("CONTENT_REJECTED")
    return fields


def _shown_ref(row: Row[Any], *, is_owner: bool = False) -> dict[str, Any]:
    found = {"ref_slug": row.ref_slug, "full_url": row.full_url, "kind": row.kind, "created_at": when(row.created_ms)}
    found |= {"has_about_project": bool(row.about_project)} | without_nothing(title=row.title)
    if is_owner:
        found |= without_nothing(about_project=row.about_project, metadata=row.metadata)
        found["presigned_url"] = row.full_url
    return found


def _ref(call: Call) -> Row[Any]:
    return call.one(select(refs).where(refs.c.ref_slug == call.path["slug"]), "REF_NOT_FOUND")


def _my_ref(call: Call) -> Row[Any]:
    row = _ref(call)
    if row.user_id != call.user.user_id:
        raise Refusal("FORBIDDEN")
    return row


def public_ref(call: Call) -> Answer:
    return {"ref": _shown_ref(_ref(call))}


def list_refs(call: Call) -> Answer:
    # Ordered by time and slug; the cursor is the slug of the last one shown.
    query = select(refs).where(refs.c.user_id == call.user.user_id)
    rows = call.all(query.order_by(refs.c.created_ms.desc(), refs.c.ref_slug))
    start, cursor = 0, call.query.get("cursor")
    if cursor:
        slugs = [row.ref_slug for row in rows]
        if cursor not in slugs:
            raise Refusal("INVALID_REQUEST", "This cursor does not come from here.", field="cursor")
        start = slugs.index(cursor) + 1
    shown = rows[start : start + 50]
    more = {"pagination": {"cursor": shown[-1].ref_slug}} if start + 50 < len(rows) else {}
    return {"refs": [_shown_ref(row) for row in shown]} | more


def create_ref(call: Call) -> Answer:
    fields = _ref_fields(call)
    slug = "".join(secrets.choice(_LETTERS) for _ in range(6))
    row = {"title": None, "about_project": None, "metadata": None, "full_url": f"{STORE}?ref={slug}"} | fields
    own = {"ref_slug": slug, "user_id": call.user.user_id, "kind": "managed", "created_ms": call.now_ms}
    call.connection.execute(insert(refs), row | own)
    call.status = 201
    made = call.one(select(refs).where(refs.c.ref_slug == slug), "REF_NOT_FOUND")
    return {"ref": _shown_ref(made)}


def read_ref(call: Call) -> Answer:
    return {"ref": _shown_ref(_my_ref(call), is_owner=True)}


def change_ref(call: Call) -> Answer:
    row, fields = _my_ref(call), _ref_fields(call)
    if fields:
        call.connection.execute(update(refs).where(refs.c.ref_slug == row.ref_slug), fields)
    return {"ref": _shown_ref(_my_ref(call), is_owner=True)}


def referrals(call: Call) -> Answer:
    row = _my_ref(call)
    rows = call.all(select(users).where(users.c.ref == row.ref_slug).order_by(users.c.created_ms.desc()))
    found = [{"email": _blurred(user.email), "created_at": when(user.created_ms)} for user in rows]
    return {"referrals": found, "pending": []}


def _blurred(email: str) -> str:
    name, _, host = email.partition("@")
    return f"{name[:1]}***@{host[:1]}***"


# -- uploads -----------------------------------------------------------------------------------------
def presign(call: Call) -> Answer:
    filename = text_of(call.body, "filename", 1, 200)
    content_type = text_of(call.body, "content_type", 1, 100)
    if content_type not in ("image/png", "image/jpeg", "image/webp", "image/gif"):
        raise Refusal("INVALID_REQUEST", "Only PNG, JPEG, WebP and GIF are taken.", field="content_type")
    key = secrets.token_urlsafe(24)
    row = {"key": key, "user_id": call.user.user_id, "content_type": content_type, "filename": filename}
    call.connection.execute(insert(uploads), row | {"expires_ms": call.now_ms + UPLOAD_LASTS_MS, "size": None})
    return {"presigned_url": f"{call.root}/__uploads/{key}", "key": key}


ROUTES = [
    Route("E51", "GET", "/users/me/chats", "mk", list_threads),
    Route("E52", "POST", "/users/me/chats", "mk", create_thread),
    Route("E53", "GET", "/users/me/chats/{id}", "mk", read_thread),
    Route("E54", "PATCH", "/users/me/chats/{id}", "mk", change_thread),
    Route("E55", "DELETE", "/users/me/chats/{id}", "mk", delete_thread),
    Route("E57", "GET", "/users/me/inbox", "mk", inbox),
    Route("E58", "GET", "/users/me/prompts", "mk", list_prompts),
    Route("E59", "GET", "/users/me/prompts/{id}", "mk", read_prompt),
    Route("E60", "POST", "/users/me/prompts", "mk", create_prompt),
    Route("E61", "PATCH", "/users/me/prompts/{id}", "mk", change_prompt),
    Route("E62", "DELETE", "/users/me/prompts/{id}", "mk", delete_prompt),
    Route("E63", "GET", "/refs/{slug}", "", public_ref),
    Route("E64", "GET", "/users/me/refs", "mk", list_refs),
    Route("E65", "POST", "/users/me/refs", "mk", create_ref),
    Route("E66", "GET", "/users/me/refs/{slug}", "mk", read_ref),
    Route("E67", "PATCH", "/users/me/refs/{slug}", "mk", change_ref),
    Route("E68", "GET", "/users/me/refs/{slug}/referrals", "mk", referrals),
    Route("E69", "POST", "/uploads/presign", "mk", presign),
]
