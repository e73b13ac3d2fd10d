"""The live side of the office: one state machine and one hub of streams a user, fed by posted events.

A room per owner keeps each user's agents to themselves (difference D21 of the Office API contract).
"""

from __future__ import annotations

import functools
from typing import Any

import msgspec

from office_studio.core.office.events import OfficeEvent, SessionEnd, SubagentStart, UnknownEvent
from office_studio.core.office.state import HEALTHY_WINDOW_MS, OfficeState
from office_studio.core.office.wire import encode_agent
from office_studio.server.config import ServerConfig
from office_studio.server.sse_hub import SseHub, sse_frame

_ENCODE = msgspec.json.Encoder().encode


class Room:
    """One user's office. ``state`` changes and the frame that tells of it are one step; nothing comes in between."""

    def __init__(self, config: ServerConfig) -> None:
        self.state = OfficeState()
        self._clock = config.clock
        self._events_mode = config.stream_mode == "events"
        self._agents_json: bytes | None = None
        self.hub = SseHub(
            self.snapshot_frame,
            window_frames=config.window_frames,
            window_bytes=config.window_bytes,
            keep_alive_s=config.keep_alive_s,
        )

    def ingest(self, event: OfficeEvent, document: dict[str, Any], now_ms: int, name: str) -> None:
        """Apply one event. ``document`` is what it looks like on the wire, agent id already replaced."""
        self.state.apply(event, now_ms, name)
        if isinstance(event, UnknownEvent):
            return
        # Also without a change of ``Change``: the time of the last activity is part of a snapshot.
        self._agents_json = None
        if not len(self.hub):
            return
        if self._events_mode:
            self.hub.publish(sse_frame(_ENCODE(document)))
        elif not (isinstance(event, SubagentStart) and not event.parent_session_key):
            self.hub.publish(self.snapshot_frame())

    def tick(self, now_ms: int) -> None:
        if self.state.tick(now_ms):
            self._agents_json = None
            if len(self.hub):
                self.hub.publish(self.snapshot_frame())

    def remove_agent(self, agent_id: str, now_ms: int) -> None:
        """Let a deleted agent leave as if its session had ended."""
        if agent_id not in self.state.agents:
            return
        before = self.state.last_event_ms
        document = {"type": "session_end", "agentId": agent_id, "sessionId": "", "timestamp": now_ms, "data": {}}
        self.ingest(SessionEnd(agent_id, "", now_ms), document, now_ms, self.state.agents[agent_id].name)
        self.state.last_event_ms = before  # nobody posted this one: it is no sign of a connected plugin

    def agents(self) -> list[dict[str, Any]]:
        """Online agents as the API writes them, by id: an order that does not jump between two snapshots."""
        online = (agent for agent in self.state.agents.values() if agent.online)
        return [encode_agent(agent) for agent in sorted(online, key=lambda agent: agent.id)]

    def snapshot_frame(self) -> bytes:
        # The agents are encoded once a change, however many streams start or fall behind meanwhile.
        if self._agents_json is None:
            self._agents_json = _ENCODE(self.agents())
        document = b'{"type":"status_update","agents":%b,"timestamp":%d}' % (self._agents_json, self._clock())
        return sse_frame(document)


class Rooms:
    """All rooms. Health is the server's, not a room's: any accepted event of any user counts (5.5)."""

    def __init__(self, config: ServerConfig) -> None:
        self._new_room = functools.partial(Room, config)
        self._rooms: dict[str, Room] = {}
        self._last_event_ms: int | None = None

    def of(self, owner_id: str) -> Room:
        room = self._rooms.get(owner_id)
        if room is None:
            room = self._rooms[owner_id] = self._new_room()
        return room

    def note_event(self, now_ms: int) -> None:
        self._last_event_ms = now_ms

    def is_healthy(self, now_ms: int) -> bool:
        return self._last_event_ms is not None and now_ms - self._last_event_ms < HEALTHY_WINDOW_MS

    def tick(self, now_ms: int) -> None:
        for room in self._rooms.values():
            room.tick(now_ms)

    @property
    def open_streams(self) -> int:
        return sum(len(room.hub) for room in self._rooms.values())

    def close_streams(self) -> None:
        for room in self._rooms.values():
            room.hub.close()
