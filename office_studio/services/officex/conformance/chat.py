"""V51 – V60: chat, tracers, schedules, and how the client behaves when answers get lost."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from office_studio.core.officex.chat_stream import (
    Broken,
    ChatEvent,
    ChatStreamParser,
    Done,
    Status,
    StreamError,
    TextDelta,
    ThreadResolved,
    TracerResolved,
)
from office_studio.core.officex.links import launch_url, without_query
from office_studio.core.officex.money import MICRO, break_even, usd_shown
from office_studio.services.officex import http as officex_http
from office_studio.services.officex.client import OfficeXClient
from office_studio.services.officex.conformance.world import Skip, World, check, equal, vector
from office_studio.services.officex.errors import OfficeXError
from office_studio.services.officex.http import Account, InstallKey
from office_studio.services.officex.outbox import Entry, Kind, Outbox, Result
from office_studio.services.officex.till import Till

STREAM = (
    't:th1\ntracer:trc_a-b\ns:{"state":"thinking","text":"…"}\n\n'
    'data: {"type":"text","delta":"Hé"}\n\ndata: {"type":"text","delta":"llo"}\n\ndata: [DONE]\n\n'
).encode()
EVENTS: list[ChatEvent] = [
    ThreadResolved("th1"), TracerResolved("trc_a-b"), Status("…", "thinking"),
    TextDelta("Hé"), TextDelta("llo"), Done(),
]  # fmt: skip


def _parsed(*chunks: bytes) -> list[ChatEvent]:
    parser = ChatStreamParser()
    return [event for chunk in chunks for event in parser.feed(chunk)] + parser.close()


def _client(w: World) -> OfficeXClient:
    headers = w.user.headers
    return OfficeXClient(w.environment, Account(headers["x-officex-user-id"], headers["x-officex-master-key"]))


def _till(w: World) -> Till:
    return Till(w.environment, InstallKey(w.till.id, w.till.headers["x-officex-install-secret"]))


@vector(51)
async def any_split(_: World) -> None:
    """A stream in any pieces"""
    equal(_parsed(STREAM), EVENTS, "whole")
    equal(_parsed(*(STREAM[at : at + 1] for at in range(len(STREAM)))), EVENTS, "byte by byte")
    for cut in range(1, len(STREAM)):
        equal(_parsed(STREAM[:cut], STREAM[cut:]), EVENTS, f"cut at {cut}")


@vector(52)
async def broken_streams(w: World) -> None:
    """Streams with faults"""
    equal(_parsed(b"s:{bad\n")[0], Status("{bad"), "status")
    equal(_parsed(b'event: error\ndata: {"code":"X","message":"m"}\n\n')[0], StreamError("X", "m"), "error")
    check(isinstance(_parsed(b"t:a\ndata: x\n\n")[-1], Broken), "an end without its mark")
    async with _client(w) as client:
        events = [event async for event in client.chat("hello")]
        check(not any(isinstance(event, TracerResolved) for event in events), "a tracer from nowhere")
        await w.fault("POST /chat/", "drop_after")
        cut = [event async for event in client.chat("hello again and again")]
        check(isinstance(cut[-1], Broken), "a cut stream is not told as broken")
        thread = next(event.thread_id for event in cut if isinstance(event, ThreadResolved))
        _, messages = await client.thread(thread)
        equal([message.role for message in messages], ["user", "assistant"], "messages, none of them twice")


@vector(53)
async def chat_without_key(w: World) -> None:
    """A chat with the wrong key"""
    async with OfficeXClient(w.environment, Account(w.user.id, "wrong")) as client:
        try:
            _ = [event async for event in client.chat("x")]
        except OfficeXError as error:
            equal((error.code, error.details.get("status")), ("INVALID_SECRET", 401), "refusal")
        else:
            check(False, "it was answered")


@vector(54)
async def threads_by_tracer(w: World) -> None:
    """Threads by tracer"""
    made = [
        (await w.good(w.user, "POST", "/users/me/chats", {"title": "t"} | more))["thread"]["thread_id"]
        for more in ({"tracer_id": "trc_x-1"}, {"tracer_id": "trc_x-1"}, {})
    ]
    path = "/users/me/chats?tracer_id=trc_x-1"
    equal(len((await w.good(w.user, "GET", path))["threads"]), 2, "threads")
    await w.good(w.user, "PATCH", f"/users/me/chats/{made[0]}", {"tracer_id": None})
    equal(len((await w.good(w.user, "GET", path))["threads"]), 1, "threads left")


@vector(55)
async def schedules(w: World) -> None:
    """Runs of a schedule share its tracer"""
    made = await w.good(w.user, "POST", "/users/me/schedules", {"prompt": "Write a letter."})
    tracer = str(made["tracer_id"])
    check(tracer.startswith("trc_"), "no tracer was made")
    if (await w.call(w.user, "GET", "/users/me/schedules")).status != 200:
        raise Skip("this environment has no list of schedules")
    path = f"/users/me/schedules/{made['schedule_id']}"
    for _ in range(2):
        await w.good(w.user, "POST", f"{path}/run")
    runs = (await w.good(w.user, "GET", f"{path}/runs"))["runs"]
    threads = (await w.good(w.user, "GET", f"/users/me/chats?tracer_id={tracer}"))["threads"]
    equal((len(runs), len(threads), {run["tracer_id"] for run in runs}), (2, 2, {tracer}), "runs")
    own = await w.good(w.user, "POST", "/users/me/schedules", {"prompt": "x", "tracer_id": "trc_own-1"})
    equal(own["tracer_id"], "trc_own-1", "own tracer")


@vector(56)
async def silent_server(w: World) -> None:
    """A server that is silent after it has booked"""
    await w.fault("POST /reserve", "late", 1.2 * (officex_http.CHARGE.read or 5))
    with tempfile.TemporaryDirectory() as folder:
        now = [1_000_000]
        outbox = Outbox(Path(folder), lambda: now[0], lambda: 0.5)
        async with _till(w) as till:
            report = await outbox.send(till, Entry(w.environment.name, w.till.id, Kind.RESERVE, "lost", 10 * MICRO))
            code = report.error.code if report.error is not None else ""
            equal((report.result, code, len(outbox.entries)), (Result.WAITING, "OFFICEX_UNREACHABLE", 1), "first try")
            now[0] += 10_000
            again = await outbox.send(till, outbox.due()[0])
            equal((again.result, len(outbox.entries)), (Result.DONE, 0), "second try")
    await w.money("90/10")


@vector(57)
async def unknown_sip(w: World) -> None:
    """A sip of which the answer was lost"""
    for job, more, result, left in (("a", 2, Result.DONE, 5), ("b", 0, Result.DONE, 5), ("c", 1, Result.ASK, 6)):
        await w.reserved(10, job)
        await w.settled(3, job)
        if more:
            await w.settled(more, job)
        with tempfile.TemporaryDirectory() as folder:
            outbox = Outbox(Path(folder), lambda: 0, lambda: 0.5)
            entry = Entry(w.environment.name, w.till.id, Kind.SETTLE, job, 2 * MICRO, expected=3 * MICRO, tries=1)
            async with _till(w) as till:
                equal((await outbox.send(till, entry)).result, result, f"read gives {3 + more}")
                equal((await till.reservation(f"RESV#{job}")).remaining, left * MICRO, f"left of {job}")


@vector(58)
async def one_letter(w: World) -> None:
    """No funds: one letter a job"""
    with tempfile.TemporaryDirectory() as folder:
        outbox = Outbox(Path(folder), lambda: 0, lambda: 0.5)
        async with _till(w) as till:
            for _ in range(3):
                entry = Entry(w.environment.name, w.till.id, Kind.RESERVE, "q", 1000 * MICRO)
                equal((await outbox.send(till, entry)).result, Result.REFUSED, "refusal")
    listed = (await w.good(w.user, "GET", "/users/me/inbox"))["messages"]
    equal([item["id"] for item in listed], ["topup-q"], "letters")


@vector(59)
async def launch(_: World) -> None:
    """The address that opens an app"""
    url = launch_url("https://a.test/o?x=1#f", "u 1", "i&1", "s=/+")
    check(url.startswith("https://a.test/o?x=1&officex_customer_id=u%201&officex_install_id=i%261&"), url)
    check(url.endswith("officex_install_secret=s%3D%2F%2B#f"), url)
    equal(without_query(url), "https://a.test/o", "what a log shows")


@vector(60)
async def price_helper(w: World) -> None:
    """What a price means to the vendor"""
    rate, price = w.environment.payout_rate_usd, w.environment.credit_price_usd
    micro: Any = break_even(Decimal("0.001"), rate)
    equal(micro, MICRO // 10, "break-even")
    equal((usd_shown(70_000, price), usd_shown(70_000, rate)), (Decimal("0.0021"), Decimal("0.0007")), "0.07 credits")
    check(micro > 70_000, "0.07 credits are a loss")
