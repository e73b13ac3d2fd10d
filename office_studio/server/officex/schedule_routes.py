"""Schedules (contract, 17.4): one published call, the rest is the sandbox's proposal. A run makes a thread."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, delete, insert, select, update

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.requests import text_of
from office_studio.server.officex.call import Answer, Call, Route, flag, number, optional_text, when
from office_studio.server.officex.chat_routes import add_message, create_thread_row, make_tracer, tracer_of
from office_studio.server.officex.chat_script import answer_to
from office_studio.server.officex.tables import runs, schedules

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _fields(call: Call, now: dict[str, Any]) -> dict[str, Any]:
    """The fields of a schedule after ``call.body``. Raises Refusal INVALID_REQUEST."""
    body, fields = call.body, dict(now)
    if "title" in body or not now:
        fields["title"] = optional_text(body, "title", 200) or "Schedule"
    if "prompt" in body or not now:
        fields["prompt"] = text_of(body, "prompt", 1, 20_000)
    if body.get("every_minutes") is not None:
        fields = {name: fields[name] for name in fields if name not in ("weekday", "time", "timezone")}
        fields["every_minutes"] = number(body, "every_minutes", 1, 527_040)
    elif body.get("time") is not None:
        fields.pop("every_minutes", None)
        fields |= _weekly(body)
    if body.get("include_apps") is not None:
        wanted = body["include_apps"]
        if not isinstance(wanted, bool) and not (
            isinstance(wanted, list) and all(isinstance(item, str) for item in wanted)
        ):
            raise Refusal("INVALID_REQUEST", "include_apps is true, false or a list of apps.", field="include_apps")
        fields["include_apps"] = wanted
    if "every_minutes" not in fields and "time" not in fields:
        fields["every_minutes"] = 1440
    return fields


def _weekly(body: Any) -> dict[str, Any]:
    time, zone = text_of(body, "time", 5, 5), optional_text(body, "timezone", 60) or "UTC"
    weekday = optional_text(body, "weekday", 10)
    try:
        datetime.strptime(time, "%H:%M").replace(tzinfo=ZoneInfo(zone))
    except (ValueError, OSError):
        raise Refusal("INVALID_REQUEST", "time is HH:MM in a known timezone.", field="time") from None
    if weekday is not None and weekday.lower() not in WEEKDAYS:
        raise Refusal("INVALID_REQUEST", "weekday is a day of the week in English.", field="weekday")
    return {"time": time, "timezone": zone} | ({"weekday": weekday.lower()} if weekday else {})


def next_run(fields: dict[str, Any], now_ms: int) -> int:
    """Unix seconds of the next run after now."""
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    if "every_minutes" in fields:
        return int(now.timestamp()) + 60 * int(fields["every_minutes"])
    hour, minute = map(int, fields["time"].split(":"))
    local = now.astimezone(ZoneInfo(fields["timezone"]))
    found = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    for _ in range(9):
        is_day = "weekday" not in fields or WEEKDAYS[found.weekday()] == fields["weekday"]
        if found > local and is_day:
            break
        found += timedelta(days=1)
    return int(found.timestamp())


def shown(row: Row[Any]) -> dict[str, Any]:
    next_at = None if row.next_run_s is None else when(row.next_run_s * 1000)
    own = {"schedule_id": row.schedule_id, "enabled": row.enabled, "tracer_id": row.tracer_id}
    return {**own, **row.fields, "next_run_at": next_at, "created_at": when(row.created_ms)}


def _mine(call: Call) -> Row[Any]:
    query = select(schedules).where(
        schedules.c.schedule_id == call.path["id"], schedules.c.user_id == call.user.user_id
    )
    return call.one(query, "SCHEDULE_NOT_FOUND")


def create(call: Call) -> Answer:
    fields, schedule_id = _fields(call, {}), str(uuid.uuid4())
    enabled = flag(call.body, "enabled", True)
    row = {
        "schedule_id": schedule_id,
        "user_id": call.user.user_id,
        "fields": fields,
        "tracer_id": tracer_of(call.body) or make_tracer(call.now_ms),
        "enabled": enabled,
        "next_run_s": next_run(fields, call.now_ms) if enabled else None,
        "created_ms": call.now_ms,
    }
    call.connection.execute(insert(schedules), row)
    made = call.one(select(schedules).where(schedules.c.schedule_id == schedule_id), "SCHEDULE_NOT_FOUND")
    return {"schedule": shown(made)} | shown(made)


def listed(call: Call) -> Answer:
    query = select(schedules).where(schedules.c.user_id == call.user.user_id).order_by(schedules.c.created_ms)
    return {"schedules": [shown(row) for row in call.all(query)]}


def one(call: Call) -> Answer:
    return {"schedule": shown(_mine(call))}


def change(call: Call) -> Answer:
    row = _mine(call)
    fields = _fields(call, row.fields)
    enabled = flag(call.body, "enabled", row.enabled)
    changes: dict[str, Any] = {"fields": fields, "enabled": enabled}
    changes["next_run_s"] = next_run(fields, call.now_ms) if enabled else None
    if call.body.get("tracer_id") is not None:
        changes["tracer_id"] = tracer_of(call.body)
    call.connection.execute(update(schedules).where(schedules.c.schedule_id == row.schedule_id), changes)
    return {"schedule": shown(_mine(call))}


def remove(call: Call) -> Answer:
    row = _mine(call)
    call.connection.execute(delete(schedules).where(schedules.c.schedule_id == row.schedule_id))
    return {}


def run(call: Call, row: Row[Any]) -> dict[str, Any]:
    """One run: a thread of the schedule's tracer, with the prompt and its answer."""
    title = f"{row.fields['title']}"
    thread_id = create_thread_row(call, row.user_id, title, None, row.tracer_id)
    add_message(call, thread_id, "user", row.fields["prompt"])
    add_message(call, thread_id, "assistant", answer_to(row.fields["prompt"]))
    run_id = str(uuid.uuid4())
    values = {"run_id": run_id, "schedule_id": row.schedule_id, "thread_id": thread_id, "tracer_id": row.tracer_id}
    call.connection.execute(insert(runs), values | {"created_ms": call.now_ms})
    return values | {"created_at": when(call.now_ms)}


def run_now(call: Call) -> Answer:
    return {"run": run(call, _mine(call))}


def list_runs(call: Call) -> Answer:
    row = _mine(call)
    found = call.all(select(runs).where(runs.c.schedule_id == row.schedule_id).order_by(runs.c.created_ms.desc()))
    names = ("run_id", "schedule_id", "thread_id", "tracer_id")
    return {"runs": [{name: getattr(r, name) for name in names} | {"created_at": when(r.created_ms)} for r in found]}


def run_due(call: Call) -> int:
    """Every schedule whose time has come; how many ran."""
    query = select(schedules).where(schedules.c.enabled, schedules.c.next_run_s <= call.now_ms // 1000)
    rows = call.all(query)
    for row in rows:
        run(call, row)
        call.connection.execute(
            update(schedules).where(schedules.c.schedule_id == row.schedule_id),
            {"next_run_s": next_run(row.fields, call.now_ms)},
        )
    return len(rows)


ROUTES = [
    Route("E70", "POST", "/users/me/schedules", "mk", create),
    Route("S01", "GET", "/users/me/schedules", "mk", listed),
    Route("S02", "GET", "/users/me/schedules/{id}", "mk", one),
    Route("S03", "PATCH", "/users/me/schedules/{id}", "mk", change),
    Route("S04", "DELETE", "/users/me/schedules/{id}", "mk", remove),
    Route("S05", "GET", "/users/me/schedules/{id}/runs", "mk", list_runs),
    Route("S06", "POST", "/users/me/schedules/{id}/run", "mk", run_now),
]
