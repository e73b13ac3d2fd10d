"""JSON Schemas of everything the office server takes and gives, for ``/openapi.json``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from office_studio.core.office.activity import ActivityKind
from office_studio.core.office.events import EVENT_TYPES

Schema = Mapping[str, Any]

_TEXT = {"type": "string"}
_INT = {"type": "integer"}
_INT64 = {"type": "integer", "format": "int64"}
_INT32 = {"type": "integer", "format": "int32"}
_FLAG = {"type": "boolean"}
_TIME = {"type": "string", "format": "date-time"}
_UUID = {"type": "string", "format": "uuid"}
_NULLABLE_TEXT = {"type": ["string", "null"]}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def path_parameter(name: str, kind: str = "string") -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": {"type": kind}}


def query_parameter(name: str, *, required: bool = False, kind: str = "string") -> Schema:
    return {"name": name, "in": "query", "required": required, "schema": {"type": kind}}


def _object(properties: Mapping[str, Schema], optional: tuple[str, ...] = ()) -> Schema:
    required = [name for name in properties if name not in optional]
    found: dict[str, Any] = {"type": "object", "properties": dict(properties)}
    return found | {"required": required} if required else found


_USER = _object(
    {
        "id": _UUID,
        "name": _TEXT,
        "email": _NULLABLE_TEXT,
        "image": _NULLABLE_TEXT,
        "bio": _NULLABLE_TEXT,
        "username": _TEXT,
    }
)
_SESSION = _object({"token": _TEXT, "expiresAt": {"type": "string", "description": "UTC, `YYYY-MM-DD hh:mm:ss`"}})

_AGENT: dict[str, Schema] = {
    "id": _UUID,
    "name": _TEXT,
    "description": _TEXT,
    "avatarUrl": _NULLABLE_TEXT,
    "a2aEndpoint": _NULLABLE_TEXT,
    "ownerId": _UUID,
    "isPublic": _FLAG,
    "category": _NULLABLE_TEXT,
    "usageCount": _INT,
    "systemPrompt": _NULLABLE_TEXT,
    "welcomeMessage": _NULLABLE_TEXT,
    "quickReplies": {"type": ["array", "null"], "items": _TEXT},
    "notificationsEnabled": _FLAG,
    "ownerProtection": _FLAG,
    "tokenRefreshedAt": _TIME,
    "createdAt": _TIME,
    "updatedAt": _TIME,
}

_THEME_SUMMARY: dict[str, Schema] = {
    "id": _TEXT,
    "name": _TEXT,
    "version": _TEXT,
    "renderer": {"type": "string", "enum": ["pixi", "threejs"]},
    "description": _TEXT,
    "previewUrl": {"type": "string", "format": "uri"},
    "maxAgents": {"type": "integer", "minimum": 1},
}

SCHEMAS: dict[str, Schema] = {
    "Error": _object({"error": _TEXT, "code": _TEXT}, ("code",)),
    "Success": _object({"success": _FLAG}),
    "Liveness": _object({"status": {"const": "ok"}, "timestamp": _TIME}),
    "Health": _object({"connected": _FLAG, "timestamp": _TIME}),
    "Status": _object({"connected": _FLAG, "agents": array(ref("AgentState")), "timestamp": _TIME}, ("agents",)),
    "TokenUsage": _object(dict.fromkeys(("input", "output", "cacheRead", "cacheWrite", "total"), _INT64)),
    "AgentState": _object(
        {
            "agentId": _UUID,
            "name": _TEXT,
            "status": {"type": "string", "enum": ["working", "idle", "blocked", "collaborating"]},
            "lastActivity": _INT64,
            "collaboratingWith": array(_TEXT),
            "currentTask": _NULLABLE_TEXT,
            "online": _FLAG,
            "model": _TEXT,
            "tokenUsage": ref("TokenUsage"),
            "sessionDurationMs": _INT64,
            "currentToolDetail": _TEXT,
        },
        ("model", "tokenUsage", "sessionDurationMs", "currentToolDetail"),
    ),
    "OfficeStatusEvent": _object(
        {"type": {"const": "status_update"}, "agents": array(ref("AgentState")), "timestamp": _INT64}
    ),
    "InternalEvent": _object(
        {
            "type": {**_TEXT, "description": "One of " + ", ".join(EVENT_TYPES) + "; others are accepted, no effect"},
            "agentId": {**_TEXT, "description": "Replaced by the agent of the bot token"},
            "sessionId": _TEXT,
            "timestamp": {**_INT64, "description": "Milliseconds since 1970"},
            "data": {},
        },
        ("data",),
    ),
    "Binding": _object({"slotIndex": _INT32, "agentId": _UUID, "themeId": _TEXT}),
    "BindingRow": _object(
        {"slotIndex": _INT32, "agentId": _UUID, "agentName": _NULLABLE_TEXT, "agentAvatarUrl": _NULLABLE_TEXT}
    ),
    "NewAgent": _object({"name": {**_TEXT, "minLength": 1, "maxLength": 100}, "description": _TEXT}, ("description",)),
    "Agent": _object(_AGENT),
    "CreatedAgent": _object({**_AGENT, "botToken": _TEXT}),
    "BotToken": _object({"botToken": _TEXT}),
    "AgentHealth": _object(
        {
            "agentId": _UUID,
            "agentName": _TEXT,
            "status": {"type": "string", "enum": ["online", "reachable", "unreachable", "unknown"]},
            "wsConnected": _FLAG,
            "a2aReachable": {"type": ["boolean", "null"]},
            "latencyMs": {"type": ["integer", "null"]},
            "checkedAt": _TIME,
        },
        ("agentId", "agentName"),
    ),
    "Activity": _object(
        {
            "id": _TEXT,
            "agentId": _UUID,
            "agentName": _TEXT,
            "activityType": {"type": "string", "enum": [kind.value for kind in ActivityKind]},
            "title": _TEXT,
            "detail": _NULLABLE_TEXT,
            "metadata": {"type": ["object", "null"]},
            "createdAt": _TIME,
        }
    ),
    "ActivityPage": _object({"items": array(ref("Activity")), "nextCursor": {"type": ["string", "null"]}}),
    "SignIn": _object({"email": _TEXT, "password": _TEXT}),
    "SignUp": _object({"email": _TEXT, "password": {**_TEXT, "minLength": 8}, "name": _TEXT}),
    "SignedIn": _object({"user": _USER, "session": {"oneOf": [_SESSION, {"type": "null"}]}}),
    "ThemeUpload": _object(
        {
            "manifest": {**_TEXT, "description": "theme.json, at most 262,144 bytes"},
            "bundle": {**_TEXT, "format": "binary", "description": "ZIP of the assets, at most 209,715,200 bytes"},
        },
        ("bundle",),
    ),
    "UploadedTheme": _object({"themeId": _TEXT, "name": _TEXT, "version": _TEXT}),
    "ThemeSummary": _object(_THEME_SUMMARY, ("previewUrl",)),
    "ThemeList": _object({"themes": array(ref("ThemeSummary"))}),
    "ThemeDetail": _object(
        {
            **_THEME_SUMMARY,
            "price": {"oneOf": [{"const": "free"}, _INT]},
            "tags": array(_TEXT),
            "author": _object({"name": _TEXT, "id": _TEXT}),
            "license": _TEXT,
        },
        ("previewUrl",),
    ),
    "ThemeConfig": _object({"themeAssetsBaseUrl": {"type": "string", "format": "uri"}}),
    "DeletedTheme": _object({"deleted": _TEXT}),
    "Manifest": {"type": "object", "description": "theme.json as uploaded"},
}
