"""Agents, their bot tokens and the activity log (Office API 12.2, 12.3)."""

from __future__ import annotations

import functools

import msgspec
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response

from office_studio.server.http import Endpoint, Problem, json_response, no_content, read_json, rfc3339
from office_studio.server.office.activity_log import parse_cursor, time_of
from office_studio.server.office.agents import MAX_NAME, AgentRow
from office_studio.server.office.context import OfficeContext
from office_studio.server.schemas import array, path_parameter, query_parameter, ref


class _NewAgent(msgspec.Struct):
    name: str
    description: str = ""


_DECODER = msgspec.json.Decoder(_NewAgent)


async def list_agents(context: OfficeContext, request: Request) -> Response:
    caller = await context.caller(request)
    return json_response([row.public() for row in context.agents.of_owner(caller.user.id)])


async def create_agent(context: OfficeContext, request: Request) -> Response:
    caller = await context.caller(request)
    body = await read_json(request, _DECODER)
    name = body.name.strip()
    if not name or len(name) > MAX_NAME:
        raise Problem(400, f"name must be 1-{MAX_NAME} characters")
    row = await context.agents.create(caller.user.id, name, body.description[:2_000])
    # The token comes along once, so that a producer can be set up with a single call.
    return json_response({**row.public(), "botToken": row.bot_token}, 201)


async def get_agent(context: OfficeContext, request: Request) -> Response:
    return json_response((await _owned(context, request)).public())


async def delete_agent(context: OfficeContext, request: Request) -> Response:
    row = await _owned(context, request)
    await context.agents.remove(row)
    context.rooms.of(row.owner_id).remove_agent(row.id, context.now_ms())
    return no_content()


async def agent_token(context: OfficeContext, request: Request) -> Response:
    return json_response({"botToken": (await _owned(context, request)).bot_token})


async def agents_health(context: OfficeContext, request: Request) -> Response:
    caller = await context.caller(request)
    return json_response([_health(context, row) for row in context.agents.of_owner(caller.user.id)])


async def agent_health(context: OfficeContext, request: Request) -> Response:
    found = _health(context, await _owned(context, request))
    return json_response({key: value for key, value in found.items() if key not in ("agentId", "agentName")})


async def list_activity(context: OfficeContext, request: Request) -> Response:
    caller = await context.caller(request)
    query = request.query_params
    try:
        limit = max(1, min(100, int(query.get("limit", "50"))))
    except ValueError as exc:
        raise Problem(400, "Failed to deserialize query string: limit: invalid digit found in string") from exc
    try:
        items = await context.activity.page(
            caller.user.id,
            agent_id=query.get("agentId"),
            kind=query.get("type"),
            before_us=parse_cursor(query.get("cursor")),
            limit=limit + 1,
        )
    except SQLAlchemyError as exc:
        raise Problem(500, context.database.explain(exc).message) from exc
    more = len(items) > limit
    items = items[:limit]
    return json_response({"items": items, "nextCursor": time_of(int(items[-1]["id"])) if more else None})


async def _owned(context: OfficeContext, request: Request) -> AgentRow:
    caller = await context.caller(request)
    row = context.agents.owned(caller.user.id, request.path_params["agent_id"].lower())
    if row is None:
        raise Problem(404, "Agent not found")
    return row


def _health(context: OfficeContext, row: AgentRow) -> dict[str, object]:
    # Agents post to this server, it never calls them: what they did lately is all there is to know.
    agent = context.rooms.of(row.owner_id).state.agents.get(row.id)
    online = agent is not None and agent.online
    return {
        "agentId": row.id,
        "agentName": row.name,
        "status": "online" if online else "unknown" if agent is None else "unreachable",
        "wsConnected": online,
        "a2aReachable": None,
        "latencyMs": None,
        "checkedAt": rfc3339(context.now_ms()),
    }


def endpoints(context: OfficeContext) -> list[Endpoint]:
    agent_id = (path_parameter("agent_id"),)
    missing = {404: ref("Error")}

    def endpoint(method: str, path: str, handler: object, summary: str, **rest: object) -> Endpoint:
        return Endpoint(method, path, functools.partial(handler, context), summary, **rest)  # type: ignore

    return [
        endpoint("GET", "/api/agents", list_agents, "The caller's agents, oldest first",
                 responses={200: array(ref("Agent"))}),
        endpoint("POST", "/api/agents", create_agent, "Create an agent with a bot token",
                 body={"application/json": ref("NewAgent")},
                 responses={201: ref("CreatedAgent"), 400: ref("Error")}),
        endpoint("GET", "/api/agents/health", agents_health, "What is known of each agent's connection",
                 responses={200: array(ref("AgentHealth"))}),
        endpoint("GET", "/api/agents/{agent_id}", get_agent, "One agent", parameters=agent_id,
                 responses={200: ref("Agent"), **missing}),
        endpoint("DELETE", "/api/agents/{agent_id}", delete_agent, "Delete an agent and its bindings",
                 parameters=agent_id, responses={204: "Deleted", **missing}),
        endpoint("GET", "/api/agents/{agent_id}/health", agent_health, "What is known of the agent's connection",
                 parameters=agent_id, responses={200: ref("AgentHealth"), **missing}),
        endpoint("GET", "/api/agents/{agent_id}/token", agent_token, "The agent's bot token, for its owner",
                 parameters=agent_id, responses={200: ref("BotToken"), **missing}),
        endpoint("GET", "/api/office/activity", list_activity, "What the caller's agents did, newest first",
                 parameters=(query_parameter("agentId"), query_parameter("type"), query_parameter("cursor"),
                             query_parameter("limit", kind="integer")),
                 responses={200: ref("ActivityPage"), 400: ref("Error"), 500: ref("Error")}),
    ]  # fmt: skip
