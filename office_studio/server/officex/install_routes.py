"""Installs (contract, 14.2): limits, secrets, agent_context, messages of apps to their users."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import Row, insert, select, update

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.limits import DEFAULTS, changed_limits, limits_of_install, whole
from office_studio.core.officex.money import Amount, parse_amount
from office_studio.core.officex.requests import merged_context, text_of, web_address
from office_studio.server.officex import charging
from office_studio.server.officex.call import Answer, Call, Route, digest, new_secret, when, without_nothing
from office_studio.server.officex.sandbox import Delivery
from office_studio.server.officex.tables import apps, installs, messages


def shown(call: Call, row: Row[Any], *, with_context: bool = True) -> dict[str, Any]:
    usage = charging.usage_of(call.connection, row.install_id, call.now_ms)
    fields = ("install_id", "app_id", "user_id", "status", *DEFAULTS, "allowed_until")
    context = row.agent_context if with_context else None
    return {name: getattr(row, name) for name in fields} | without_nothing(
        nickname=row.nickname,
        installed_at=when(row.installed_ms),
        lifetime_spend_limit=-1 if row.lifetime_micro < 0 else Amount(row.lifetime_micro),
        lifetime_spent=Amount(usage.settled),
        open_reserved=Amount(usage.open_reserved),
        usage={"hour": usage.hour, "day": usage.day, "month": usage.month},
        agent_context=context or None,
    )


def find_app(call: Call, id_or_slug: str) -> Row[Any]:
    """An app of the catalog. Raises Refusal APP_NOT_FOUND."""
    query = select(apps).where((apps.c.app_id == id_or_slug) | (apps.c.slug == id_or_slug), apps.c.status == "active")
    return call.one(query, "APP_NOT_FOUND")


def mine(call: Call) -> Row[Any]:
    """The install of the path, if the user has it. Raises Refusal INSTALL_NOT_FOUND, FORBIDDEN."""
    query = select(installs).where(installs.c.install_id == call.path["id"], installs.c.status == "active")
    row = call.one(query, "INSTALL_NOT_FOUND")
    if row.user_id != call.user.user_id:
        raise Refusal("FORBIDDEN")
    return row


def webhook(call: Call, app: Row[Any], event: str, install_id: str, user_id: str, **fields: Any) -> None:
    url = app.fields.get("webhook_url")
    if url:
        payload = {"install_id": install_id, "user_id": user_id, "app_id": app.app_id, **fields}
        payload["timestamp"] = when(call.now_ms)
        call.deliveries.append(Delivery(app.app_id, url, event, payload, install_id))


def my_installs(call: Call) -> Answer:
    query = select(installs).where(installs.c.user_id == call.user.user_id, installs.c.status == "active")
    return {"installs": [shown(call, row) for row in call.all(query.order_by(installs.c.installed_ms))]}


def one(call: Call) -> Answer:
    return {"install": shown(call, mine(call))}


def install(call: Call) -> Answer:
    app = find_app(call, call.path["app"])
    active = select(installs.c.install_id).where(
        installs.c.user_id == call.user.user_id, installs.c.app_id == app.app_id, installs.c.status == "active"
    )
    if call.connection.execute(active).first() is not None:
        raise Refusal("DUPLICATE_REQUEST", "This app is installed already.")
    limits = limits_of_install(
        call.body,
        app.fields.get("suggested_rate_limits") or {},
        app.fields.get("minimum_rate_limits") or {},
        call.now_ms / 1000,
    )
    install_id, secret = str(uuid.uuid4()), new_secret()
    row = {
        "install_id": install_id,
        "app_id": app.app_id,
        "user_id": call.user.user_id,
        "secret_hash": digest(secret),
        "status": "active",
        "max_per_hour": limits.max_per_hour,
        "max_per_day": limits.max_per_day,
        "max_per_month": limits.max_per_month,
        "allowed_until": limits.allowed_until,
        "lifetime_micro": limits.lifetime_micro,
        "agent_context": {},
        "installed_ms": call.now_ms,
    }
    call.connection.execute(insert(installs), row)
    user = call.user
    webhook(call, app, "INSTALL", install_id, user.user_id, install_secret=secret, email=user.email)
    return {"app_id": app.app_id, "install_id": install_id, "install_secret": secret}


def uninstall(call: Call) -> Answer:
    row = mine(call)
    charging.release_all(call.connection, call.now_ms, install_id=row.install_id)
    call.connection.execute(
        update(installs).where(installs.c.install_id == row.install_id),
        {"status": "removed", "removed_ms": call.now_ms},
    )
    app = call.one(select(apps).where(apps.c.app_id == row.app_id), "APP_NOT_FOUND")
    webhook(call, app, "UNINSTALL", row.install_id, row.user_id)
    return {}


def change(call: Call) -> Answer:
    row = mine(call)
    app = call.one(select(apps).where(apps.c.app_id == row.app_id), "APP_NOT_FOUND")
    now = charging.limits_of(row)
    then = changed_limits(now, call.body, app.fields.get("minimum_rate_limits") or {}, _lifetime(call))
    changes: dict[str, Any] = {name: getattr(then, name) for name in DEFAULTS}
    changes |= {"allowed_until": then.allowed_until, "lifetime_micro": then.lifetime_micro}
    if "nickname" in call.body:
        changes["nickname"] = None if call.body["nickname"] is None else text_of(call.body, "nickname", 1, 100)
    call.connection.execute(update(installs).where(installs.c.install_id == row.install_id), changes)
    told = (*DEFAULTS, "allowed_until")
    if any(getattr(now, name) != getattr(then, name) for name in told):
        values = {name: getattr(then, name) for name in told}
        webhook(call, app, "RATE_LIMIT_CHANGE", row.install_id, row.user_id, **values)
    return {"install": shown(call, mine(call))}


def _lifetime(call: Call) -> int | None:
    value = call.body.get("lifetime_spend_limit")
    if value is None:
        return None
    micro = parse_amount(value, "lifetime_spend_limit", signed=True)
    if micro < 0 and whole(value, "lifetime_spend_limit") != -1:
        raise Refusal(
            "INVALID_REQUEST", "lifetime_spend_limit is an amount, or -1 for none.", field="lifetime_spend_limit"
        )
    return -1 if micro < 0 else micro


def rotate_secret(call: Call) -> Answer:
    row, secret = mine(call), new_secret()
    call.connection.execute(
        update(installs).where(installs.c.install_id == row.install_id), {"secret_hash": digest(secret)}
    )
    return {"install_secret": secret}


def _merge(call: Call, row: Row[Any]) -> Answer:
    merged = merged_context(row.agent_context, call.body)
    call.connection.execute(update(installs).where(installs.c.install_id == row.install_id), {"agent_context": merged})
    return {"agent_context": merged}


def my_context(call: Call) -> Answer:
    return _merge(call, mine(call))


def app_context(call: Call) -> Answer:
    _own_path(call)
    return _merge(call, call.install)


def _own_path(call: Call) -> None:
    if call.path["id"] != call.install.install_id:
        raise Refusal("FORBIDDEN")


def send_message(call: Call) -> Answer:
    _own_path(call)
    body = call.body
    row = {
        "id": text_of(body, "id", 1, 200),
        "title": text_of(body, "title", 1, 200),
        "text": text_of(body, "text", 1, 2000),
        "url": None if body.get("url") is None else web_address(body["url"], "url"),
        "icon": None if body.get("icon") is None else web_address(body["icon"], "icon"),
    }
    app_id, user_id = call.install.app_id, call.install.user_id
    first = call.connection.execute(
        select(messages.c.message_id).where(
            messages.c.app_id == app_id, messages.c.user_id == user_id, messages.c.id == row["id"]
        )
    ).first()
    if first is not None:
        return {"message_id": first.message_id, "deduplicated": True}
    message_id = str(uuid.uuid4())
    whose = {"message_id": message_id, "user_id": user_id, "app_id": app_id, "install_id": call.install.install_id}
    call.connection.execute(insert(messages), row | whose | {"created_ms": call.now_ms})
    call.status = 201
    return {"message_id": message_id}


ROUTES = [
    Route("E15", "GET", "/users/me/installs", "mk", my_installs),
    Route("E16", "GET", "/users/me/installs/{id}", "mk", one),
    Route("E17", "POST", "/install/{app}", "mk", install),
    Route("E18", "DELETE", "/users/me/installs/{id}", "mk", uninstall),
    Route("E19", "PATCH", "/users/me/installs/{id}", "mk", change),
    Route("E20", "POST", "/users/me/installs/{id}/rotate-secret", "mk", rotate_secret),
    Route("E21", "PATCH", "/users/me/installs/{id}/context", "mk", my_context),
    Route("E22", "PATCH", "/installs/{id}/context", "is", app_context),
    Route("E23", "POST", "/installs/{id}/inbox", "is", send_message),
]
