"""Bindings of agents to slots (Office API 7.5 to 7.7)."""

from __future__ import annotations

import functools
import logging
import re
from typing import Annotated

import msgspec
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response

from office_studio.core.office.wire import encode_binding
from office_studio.server.http import Endpoint, Problem, json_response, no_content, query_text, read_json
from office_studio.server.office.bindings import NotOwned
from office_studio.server.office.context import OfficeContext
from office_studio.server.schemas import array, path_parameter, query_parameter, ref

_INT32 = re.compile(r"[+-]?[0-9]{1,10}\Z")

log = logging.getLogger(__name__)


class _Binding(msgspec.Struct):
    themeId: str  # noqa: N815  the wire's names
    slotIndex: Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]  # noqa: N815
    agentId: str  # noqa: N815


_DECODER = msgspec.json.Decoder(_Binding)
_UUID = re.compile(
    r"(urn:uuid:)?(\{)?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}(?(2)\})\Z", re.IGNORECASE
)


async def list_bindings(context: OfficeContext, request: Request) -> Response:
    caller = await context.caller(request)
    theme_id = query_text(request, "themeId")
    try:
        rows = await context.bindings.of_theme(caller.user.id, theme_id)
    except SQLAlchemyError as exc:
        raise _db_error(context, exc) from exc
    return json_response([encode_binding(row) for row in rows])


async def put_binding(context: OfficeContext, request: Request) -> Response:
    caller = await context.caller(request)
    body = await read_json(request, _DECODER)
    agent_id = _canonical_uuid(body.agentId)
    try:
        await context.bindings.put(caller.user.id, body.themeId, body.slotIndex, agent_id)
    except NotOwned as exc:
        raise Problem(403, "agent not owned by user") from exc
    except IntegrityError as exc:
        raise Problem(409, "binding conflict") from exc
    except SQLAlchemyError as exc:
        raise _db_error(context, exc) from exc
    return json_response({"slotIndex": body.slotIndex, "agentId": agent_id, "themeId": body.themeId})


async def delete_binding(context: OfficeContext, request: Request) -> Response:
    caller = await context.caller(request)
    slot = request.path_params["slot_index"]
    if not _INT32.match(slot) or not -(2**31) <= int(slot) < 2**31:
        raise Problem(400, f"Invalid URL: Cannot parse `{slot}` to a `i32`")
    try:
        await context.bindings.remove(caller.user.id, request.path_params["theme_id"], int(slot))
    except SQLAlchemyError as exc:
        raise _db_error(context, exc) from exc
    return no_content()


def _canonical_uuid(text: str) -> str:
    if not _UUID.match(text):
        raise Problem(422, "Failed to deserialize the JSON body into the target type: agentId: UUID parsing failed")
    digits = re.sub(r"[^0-9a-f]", "", text.lower().removeprefix("urn:uuid:"))
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _db_error(context: OfficeContext, error: SQLAlchemyError) -> Problem:
    log.error("bindings: %s", context.database.explain(error).message)
    return Problem(500, "db error")


def endpoints(context: OfficeContext) -> list[Endpoint]:
    failure = {500: ref("Error")}
    return [
        Endpoint(
            "GET",
            "/api/office/bindings",
            functools.partial(list_bindings, context),
            "The caller's bindings of one theme, by slot",
            parameters=(query_parameter("themeId", required=True),),
            responses={200: array(ref("BindingRow")), 400: ref("Error"), **failure},
        ),
        Endpoint(
            "PUT",
            "/api/office/bindings",
            functools.partial(put_binding, context),
            "Seat an agent: it leaves its other slot of the theme, and who had this slot leaves it",
            body={"application/json": ref("Binding")},
            responses={200: ref("Binding"), 403: ref("Error"), 409: ref("Error"), **failure},
        ),
        Endpoint(
            "DELETE",
            "/api/office/bindings/{theme_id}/{slot_index}",
            functools.partial(delete_binding, context),
            "Empty a slot, whether or not somebody sits there",
            parameters=(path_parameter("theme_id"), path_parameter("slot_index", "integer")),
            responses={204: "Empty now", 400: ref("Error"), **failure},
        ),
    ]
