"""Apps of vendors, their inbox, and the public catalog (contract, 14.3)."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import Row, insert, select, update

from office_studio.core.officex.app_fields import HIDDEN_IN_CATALOG, Setup, changed_app, new_app
from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.links import slug_of
from office_studio.server.officex import charging
from office_studio.server.officex.call import Answer, Call, Route, digits, when
from office_studio.server.officex.install_routes import find_app
from office_studio.server.officex.install_routes import shown as shown_install
from office_studio.server.officex.money_views import shown_reservation
from office_studio.server.officex.tables import apps, installs, reservations, wallets


def setup(call: Call) -> Setup:
    return Setup(call.sandbox.config.documentation_limit, allows_loopback=True)


def shown(row: Row[Any]) -> dict[str, Any]:
    own = {"app_id": row.app_id, "slug": row.slug, "owner_id": row.owner_id, "status": row.status}
    times = {"created_at": when(row.created_ms), "updated_at": when(row.updated_ms)}
    return {**own, **times, "destination_wallet_id": row.wallet_id, **row.fields}


def public(row: Row[Any]) -> dict[str, Any]:
    return {name: value for name, value in shown(row).items() if name not in HIDDEN_IN_CATALOG}


def mine(call: Call) -> Row[Any]:
    """The app of the path, if the user owns it. Raises Refusal APP_NOT_FOUND, FORBIDDEN."""
    query = select(apps).where(apps.c.app_id == call.path["app"], apps.c.status != "deleted")
    row = call.one(query, "APP_NOT_FOUND")
    if row.owner_id != call.user.user_id:
        raise Refusal("FORBIDDEN")
    return row


def my_apps(call: Call) -> Answer:
    query = select(apps).where(apps.c.owner_id == call.user.user_id, apps.c.status != "deleted")
    return {"apps": [shown(row) for row in call.all(query.order_by(apps.c.created_ms))]}


def create_app(call: Call, owner_id: str, fields: dict[str, Any]) -> tuple[str, str]:
    """Ids of a new app and of its wallet."""
    app_id, wallet_id = str(uuid.uuid4()), str(uuid.uuid4())
    taken = set(call.connection.execute(select(apps.c.slug)).scalars())
    call.connection.execute(insert(wallets), {"wallet_id": wallet_id, "owner_type": "app", "owner_id": app_id})
    row = {"app_id": app_id, "owner_id": owner_id, "wallet_id": wallet_id, "slug": slug_of(fields["name"], taken)}
    times = {"created_ms": call.now_ms, "updated_ms": call.now_ms}
    call.connection.execute(insert(apps), row | times | {"fields": fields, "status": "active"})
    return app_id, wallet_id


def register(call: Call) -> Answer:
    app_id, wallet_id = create_app(call, call.user.user_id, new_app(call.body, setup(call)))
    call.status = 201
    return {"app_id": app_id, "destination_wallet_id": wallet_id, "message": "The app is in the catalog."}


def one(call: Call) -> Answer:
    return {"app": shown(mine(call))}


def change(call: Call) -> Answer:
    return {"app": changed(call, mine(call))}


def changed(call: Call, row: Row[Any]) -> dict[str, Any]:
    fields = dict(row.fields)
    for name, value in changed_app(call.body, setup(call)).items():
        if value is None:
            fields.pop(name, None)
        else:
            fields[name] = value
    call.connection.execute(
        update(apps).where(apps.c.app_id == row.app_id), {"fields": fields, "updated_ms": call.now_ms}
    )
    return shown(call.one(select(apps).where(apps.c.app_id == row.app_id), "APP_NOT_FOUND"))


def remove(call: Call) -> Answer:
    delete_app(call, mine(call))
    return {}


def delete_app(call: Call, row: Row[Any]) -> None:
    """It leaves the catalog, and what its installs hold is released; its wallet stays payable (decision 50)."""
    charging.release_all(call.connection, call.now_ms, app_id=row.app_id)
    call.connection.execute(
        update(apps).where(apps.c.app_id == row.app_id), {"status": "deleted", "updated_ms": call.now_ms}
    )


def inbox(call: Call) -> Answer:
    row = mine(call)
    query = select(reservations).where(reservations.c.app_id == row.app_id, reservations.c.acked.is_(False))
    rows, paging = call.page(query, reservations.c.number)
    return {"reservations": [_letter(item) for item in rows]} | paging


def _letter(row: Row[Any]) -> dict[str, Any]:
    return shown_reservation(row) | {"log_id": str(row.number), "acked": row.acked}


def ack(call: Call) -> Answer:
    app, log_id = mine(call), digits(call.path["log_id"])
    here = (reservations.c.number == log_id) & (reservations.c.app_id == app.app_id)
    call.one(select(reservations.c.number).where(here), "RESERVATION_NOT_FOUND")
    call.connection.execute(update(reservations).where(here), {"acked": True})
    return {}


def app_installs(call: Call) -> Answer:
    app = mine(call)
    query = select(installs).where(installs.c.app_id == app.app_id, installs.c.status == "active")
    return {"installs": [shown_install(call, row, with_context=False) for row in call.all(query)]}


def catalog(call: Call) -> Answer:
    rows = [public(row) for row in call.all(select(apps).where(apps.c.status == "active").order_by(apps.c.created_ms))]
    words = call.query.get("q", "").casefold()
    if words:
        rows = [row for row in rows if words in _searched(row)]
    if "category" in call.query:
        rows = [row for row in rows if row.get("category") == call.query["category"]]
    if "tag" in call.query:
        rows = [row for row in rows if call.query["tag"] in row.get("tags", [])]
    return _sliced(call, rows[::-1])


def _searched(row: dict[str, Any]) -> str:
    texts = [str(row.get(name, "")) for name in ("name", "subtitle", "description", "developer", "slug")]
    return "\n".join([*texts, *row.get("tags", [])]).casefold()


def _sliced(call: Call, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A page of what was filtered in memory, newest first; the cursor is the id of the last app shown."""
    cursor, start = call.query.get("cursor"), 0
    if cursor:
        ids = [row["app_id"] for row in rows]
        if cursor not in ids:
            raise Refusal("INVALID_REQUEST", "This cursor does not come from here.", field="cursor")
        start = ids.index(cursor) + 1
    limit = digits(call.query.get("limit", "50"))
    if not 1 <= limit <= 100:
        raise Refusal("INVALID_REQUEST", "limit is a number from 1 to 100.", field="limit")
    shown_rows = rows[start : start + limit]
    more = {"pagination": {"cursor": shown_rows[-1]["app_id"]}} if start + limit < len(rows) else {}
    return {"apps": shown_rows} | more


def catalog_one(call: Call) -> Answer:
    return {"app": public(find_app(call, call.path["app"]))}


ROUTES = [
    Route("E24", "GET", "/users/me/apps", "mk", my_apps),
    Route("E25", "POST", "/register-app", "mk", register),
    Route("E26", "GET", "/users/me/apps/{app}", "mk", one),
    Route("E27", "PATCH", "/users/me/apps/{app}", "mk", change),
    Route("E28", "DELETE", "/users/me/apps/{app}", "mk", remove),
    Route("E29", "GET", "/users/me/apps/{app}/inbox", "mk", inbox),
    Route("E30", "POST", "/users/me/apps/{app}/inbox/{log_id}/ack", "mk", ack),
    Route("E31", "GET", "/users/me/apps/{app}/installs", "mk", app_installs),
    Route("E32", "GET", "/apps", "", catalog),
    Route("E33", "GET", "/apps/{app}", "", catalog_one),
]
