"""The embedded servers: ``office`` (agents, stream, bindings, themes). Importing this loads no web framework."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from office_studio.server.config import Clock, ServerAddress, ServerConfig, StreamMode, system_clock

if TYPE_CHECKING:
    from office_studio.server.lifecycle import OfficeServer

__all__ = ["Clock", "OfficeServer", "ServerAddress", "ServerConfig", "StreamMode", "system_clock"]


def __getattr__(name: str) -> Any:
    # Loaded on first use: a window that only talks to a remote office never pays for Starlette and SQLAlchemy.
    if name == "OfficeServer":
        from office_studio.server.lifecycle import OfficeServer

        return OfficeServer
    raise AttributeError(name)
