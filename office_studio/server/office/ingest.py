"""POST /api/office/event: strict about the envelope, lenient about what is inside ``data`` (Office API 4, 7.4)."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from office_studio.core.office.wire import decode_event
from office_studio.server.http import Problem, no_content, read_json
from office_studio.server.office.context import OfficeContext

_Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]


class _Envelope(msgspec.Struct):
    type: str
    sessionId: str  # noqa: N815  the wire's name
    timestamp: _Int64
    agentId: str | UnsetType = UNSET  # noqa: N815
    agent_id: str | UnsetType = UNSET  # the spelling of the API page's text (D15)
    data: Any = None


_DECODER = msgspec.json.Decoder(_Envelope)


async def post_event(context: OfficeContext, request: Request) -> Response:
    agent = context.bot(request)
    envelope = await read_json(request, _DECODER)
    if envelope.agentId is UNSET and envelope.agent_id is UNSET:
        text = "Failed to deserialize the JSON body into the target type: missing field `agentId`"
        raise Problem(422, text)
    document = {
        "type": envelope.type,
        "agentId": agent.id,  # whatever the body says, the token decides
        "sessionId": envelope.sessionId,
        "timestamp": envelope.timestamp,
        "data": envelope.data,
    }
    event = decode_event(document)
    assert event is not None  # the envelope has a type and an agent id
    now_ms = context.now_ms()
    context.rooms.note_event(now_ms)
    context.rooms.of(agent.owner_id).ingest(event, document, now_ms, agent.name)
    context.activity.add(event, agent, now_ms)
    return no_content()
