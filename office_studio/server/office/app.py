"""The office server as an ASGI application."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from office_studio.server.config import LOOPBACK_HOSTS
from office_studio.server.http import EXCEPTION_HANDLERS, Endpoint, Guard, json_response
from office_studio.server.office import agent_routes, auth_routes, binding_routes, stream_routes, theme_routes
from office_studio.server.office.context import OfficeContext
from office_studio.server.openapi import document


def create_app(context: OfficeContext) -> Starlette:
    """All endpoints of the Office API over ``context``, with its background work while it runs."""
    endpoints = _endpoints(context)
    routes = [_route(path, list(group)) for path, group in itertools.groupby(endpoints, lambda one: one.path)]
    hosts = LOOPBACK_HOSTS if context.config.is_loopback else ()

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(_tick(context)), asyncio.create_task(context.activity.run())]
        try:
            yield
        finally:
            context.rooms.close_streams()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    return Starlette(
        routes=routes,
        middleware=[Middleware(Guard, hosts=hosts)],
        exception_handlers=EXCEPTION_HANDLERS,
        lifespan=lifespan,
    )


def _endpoints(context: OfficeContext) -> list[Endpoint]:
    endpoints: list[Endpoint] = []
    described: list[Endpoint] = endpoints

    async def openapi(_: Request) -> Response:
        return json_response(document(described))

    for module in (stream_routes, binding_routes, theme_routes, agent_routes, auth_routes):
        endpoints += module.endpoints(context)
    endpoints.append(
        Endpoint("GET", "/openapi.json", openapi, "This description", "", responses={200: {"type": "object"}})
    )
    return endpoints


def _route(path: str, endpoints: list[Endpoint]) -> Route:
    # One route a path, so that a wrong method is answered with the full list of the right ones.
    handlers = {one.method: one.handler for one in endpoints}

    async def dispatch(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" and "HEAD" not in handlers else request.method
        return await handlers[method](request)  # type: ignore[no-any-return]

    return Route(path, dispatch, methods=list(handlers), name=path)


async def _tick(context: OfficeContext) -> None:
    while True:
        await asyncio.sleep(context.config.tick_period_s)
        context.rooms.tick(context.now_ms())
