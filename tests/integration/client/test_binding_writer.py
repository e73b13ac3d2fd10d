"""Changes of seats against a real office: order, refusals, and an office that dies at the worst moment."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from office_studio.core.office.seat_changes import Change, ChangeKind, changes_to, seated, whole_seating
from office_studio.errors import ApiError, AuthError, ConflictError
from office_studio.server.config import ServerConfig
from office_studio.server.lifecycle import OfficeServer
from office_studio.services.binding_writer import WriteReport, write_changes
from office_studio.services.http import Credentials
from office_studio.services.office_client import OfficeClient

ROOT = Path(__file__).resolve().parents[3]
THEME = "loft"


class Office:
    """A real office, in this process or its own, with a client for every story."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token

    def run(self, story: Callable[[OfficeClient], Awaitable[Any]]) -> Any:
        async def act() -> Any:
            async with OfficeClient(self.url, Credentials(self.token)) as client:
                return await story(client)

        return asyncio.run(act())

    def agents(self, *names: str) -> list[str]:
        async def create(client: OfficeClient) -> list[str]:
            return [(await client.create_agent(name)).id for name in names]

        return self.run(create)

    def seat(self, seating: dict[int, str]) -> None:
        async def act(client: OfficeClient) -> None:
            for slot, who in seating.items():
                await client.bind(THEME, slot, who)

        self.run(act)

    def seats(self) -> dict[int, str]:
        return seated(self.run(lambda client: client.bindings(THEME)))

    def delete_agent(self, agent_id: str) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        assert httpx.delete(f"{self.url}/api/agents/{agent_id}", headers=headers).is_success

    def apply(self, target: dict[int, str], **more: Any) -> WriteReport:
        async def act(client: OfficeClient) -> WriteReport:
            rows = await client.bindings(THEME)
            return await write_changes(client, THEME, changes_to(rows, whole_seating(rows, target)), **more)

        return self.run(act)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    server = OfficeServer(ServerConfig(data_dir=tmp_path / "office"))
    address = server.start()
    yield Office(address.url, address.token)
    server.stop()


class Process:
    """An office in a process of its own, that can be killed and started again at the same address."""

    def __init__(self, data: Path) -> None:
        self._data, self._port = data, 0
        self.start()

    def start(self) -> None:
        words = ["serve", "--json", "--port", str(self._port), "--data", str(self._data)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "office_studio", *words],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert self._process.stdout is not None
        ready = json.loads(self._process.stdout.readline())
        self.office = Office(ready["url"], ready["token"])
        self._port = httpx.URL(ready["url"]).port or 0

    def wait_until_dead(self) -> None:
        self._process.wait(60)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(60)
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    process = Process(tmp_path / "office")
    yield process
    process.kill()


def after_put(client: OfficeClient, number: int, act: Callable[[], None]) -> None:
    """Do something the moment the office has answered its n-th PUT."""
    seen = 0

    async def hook(response: httpx.Response) -> None:
        nonlocal seen
        seen += response.request.method == "PUT"
        if response.request.method == "PUT" and seen == number:
            await response.aread()  # hooks run before the body is there: it would be lost, now and then
            await asyncio.to_thread(act)

    client.http.event_hooks["response"].append(hook)


def test_set_move_swap_ring_and_clear_all_arrive(office: Office) -> None:
    a, b, c, d, e, f, g = office.agents(*"ABCDEFG")
    office.seat({0: a, 1: b, 2: c, 3: d, 4: e, 5: f})
    target = {0: b, 1: a, 2: d, 3: e, 4: c, 9: g}
    told: list[tuple[int, int]] = []
    report = office.apply(target, progress=lambda done, total, _change: told.append((done, total)))
    assert report.is_complete
    assert office.seats() == target == seated(report.rows or ())
    assert {change.kind for change in report.done} == set(ChangeKind)
    assert not any(change.is_aside for change in report.done)
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert told[-1][0] == told[-1][1]
    assert office.apply(target).done == []


def test_an_agent_deleted_before_the_change_is_one_failure_and_the_rest_is_done(office: Office) -> None:
    a, b, c = office.agents("A", "B", "C")
    office.seat({0: a, 1: b})

    async def story(client: OfficeClient) -> WriteReport:
        rows = await client.bindings(THEME)
        changes = changes_to(rows, whole_seating(rows, {2: a, 0: b, 1: c}))
        office_delete.append(await asyncio.to_thread(office.delete_agent, a))
        return await write_changes(client, THEME, changes)

    office_delete: list[None] = []
    report = office.run(story)
    assert [(f.change.agent_id, f.error.code) for f in report.failed] == [(a, "BINDING_FOREIGN_AGENT")]
    assert report.failed[0].error.message == "That agent belongs to someone else, or does not exist."
    # The reader counted on A to leave slot 0; it has left, with the agent, so B may sit there.
    assert office.seats() in ({0: b, 1: c}, {1: b})
    assert b not in report.adrift
    assert not report.adrift


def test_who_cannot_move_is_not_pushed_out_by_the_next(office: Office) -> None:
    """A wants B's slot, B an impossible one: B's move fails, so A must not take B's seat."""
    a, b = office.agents("A", "B")
    office.seat({0: a, 1: b})
    changes = (Change(ChangeKind.MOVE, 2**31, b, 1, group=1), Change(ChangeKind.MOVE, 1, a, 0, group=2))
    report = office.run(lambda client: write_changes(client, THEME, changes))
    assert [f.error.code for f in report.failed] == ["OFFICE_REJECTED", "SEAT_STILL_TAKEN"]
    assert office.seats() == {0: a, 1: b}
    assert not report.adrift
    assert not report.is_complete


def test_a_swap_with_an_agent_that_is_deleted_in_the_middle_is_undone(office: Office) -> None:
    a, b = office.agents("A", "B")
    office.seat({0: a, 1: b})

    async def story(client: OfficeClient) -> WriteReport:
        after_put(client, 1, lambda: office.delete_agent(b))
        return await write_changes(client, THEME, changes_to(await client.bindings(THEME), {0: b, 1: a}))

    report = office.run(story)
    assert [f.error.code for f in report.failed] == ["BINDING_FOREIGN_AGENT"]
    assert office.seats() == {0: a}
    assert not report.adrift


def test_what_someone_else_changed_stops_it_before_anything_is_written(office: Office) -> None:
    a, b, c = office.agents("A", "B", "C")
    office.seat({0: a})

    async def story(client: OfficeClient) -> None:
        before = await client.bindings(THEME)
        changes = changes_to(before, {0: b, 5: c})
        await client.bind(THEME, 0, c)
        await write_changes(client, THEME, changes, expected=seated(before))

    with pytest.raises(ConflictError) as caught:
        office.run(story)
    assert caught.value.code == "ASSIGNMENT_OUTDATED"
    assert [row.agent_id for row in caught.value.details["bindings"]] == [c]
    assert office.seats() == {0: c}


def test_cancelling_takes_effect_between_changes(office: Office) -> None:
    agents = office.agents(*"ABCDEF")
    done: list[int] = []
    report = office.apply(
        dict(enumerate(agents)),
        progress=lambda count, _total, _change: done.append(count),
        is_cancelled=lambda: len(done) >= 2,
    )
    assert report.was_cancelled
    assert len(report.done) == 2
    assert len(report.remaining) == 4
    assert office.seats() == dict(enumerate(agents[:2]))


def test_a_task_that_is_ended_in_the_middle_of_a_swap_leaves_no_half(office: Office) -> None:
    a, b = office.agents("A", "B")
    office.seat({0: a, 1: b})

    async def story(client: OfficeClient) -> None:
        first_done = asyncio.Event()

        async def hook(response: httpx.Response) -> None:
            if response.request.method == "PUT" and not first_done.is_set():
                first_done.set()
                await asyncio.sleep(0.2)

        client.http.event_hooks["response"].append(hook)
        changes = changes_to(await client.bindings(THEME), {0: b, 1: a})
        task = asyncio.create_task(write_changes(client, THEME, changes))
        await first_done.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    office.run(story)
    assert office.seats() == {0: a, 1: b}


def test_rows_that_contradict_each_other_are_mended(office: Office) -> None:
    """Our office lets no agent sit twice; others do. Their rows are put into its first answer."""
    a, b = office.agents("A", "B")
    office.seat({0: a})

    class Doubled(httpx.AsyncHTTPTransport):
        is_lying = True

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            response = await super().handle_async_request(request)
            if request.method == "GET" and self.is_lying:
                rows = json.loads(await response.aread())
                rows += [{**rows[0], "slotIndex": 4}, {**rows[0], "agentId": b, "agentName": "B"}]
                self.is_lying = False
                return httpx.Response(200, json=rows)
            return response

    async def story() -> WriteReport:
        async with OfficeClient(office.url, Credentials(office.token), transport=Doubled()) as client:
            rows = await client.bindings(THEME)
            assert len(rows) == 3
            return await write_changes(client, THEME, changes_to(rows, whole_seating(rows, {0: b, 1: a})))

    report = asyncio.run(story())
    assert report.is_complete
    assert office.seats() == {0: b, 1: a}


def test_an_office_that_is_away_is_said_before_anything_is_tried(process: Process) -> None:
    (a,) = process.office.agents("A")
    process.kill()
    changes = changes_to([], {0: a})
    with pytest.raises(ApiError) as caught:
        process.office.run(lambda client: write_changes(client, THEME, changes))
    assert caught.value.code == "ASSIGNMENT_OFFLINE"
    assert "nothing was changed" in caught.value.message
    assert "seat plan" in caught.value.hint


def test_a_wrong_token_is_said(office: Office) -> None:
    office.token = "wrong"
    with pytest.raises(AuthError):
        office.run(lambda client: write_changes(client, THEME, changes_to([], {0: "a"})))


def test_an_office_killed_in_the_middle_of_a_swap_names_who_lost_the_seat(process: Process) -> None:
    a, b = process.office.agents("A", "B")
    process.office.seat({0: a, 1: b})

    async def story(client: OfficeClient) -> WriteReport:
        after_put(client, 1, process.kill)
        changes = changes_to(await client.bindings(THEME), {0: b, 1: a})
        return await write_changes(client, THEME, changes, restore_waits_s=(0, 0.1))

    report = process.office.run(story)
    assert [f.change.kind for f in report.failed] == [ChangeKind.SWAP]
    assert report.stopped_by is not None
    assert report.rows is None
    assert report.adrift == {b: 1}
    assert not report.in_doubt
    process.start()
    assert process.office.seats() == {1: a}  # what the report says is what the office has


@pytest.mark.parametrize("is_carried_out", [True, False])
def test_an_office_killed_before_it_answers_names_who_may_have_lost_the_seat(
    process: Process, is_carried_out: bool
) -> None:
    a, b = process.office.agents("A", "B")
    process.office.seat({0: a, 1: b})

    class Dying(httpx.AsyncHTTPTransport):
        """The office dies after it has, or before it could have, carried out the first PUT."""

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.method != "PUT":
                return await super().handle_async_request(request)
            if is_carried_out:
                await (await super().handle_async_request(request)).aread()
            await asyncio.to_thread(process.kill)
            raise httpx.ReadError("connection reset")

    async def story() -> WriteReport:
        url, credentials = process.office.url, Credentials(process.office.token)
        async with OfficeClient(url, credentials, transport=Dying()) as client:
            changes = changes_to(await client.bindings(THEME), {0: b, 1: a})
            return await write_changes(client, THEME, changes, restore_waits_s=(0, 0.1))

    report = asyncio.run(story())
    assert [f.change.kind for f in report.failed] == [ChangeKind.SWAP]
    assert (report.rows, report.adrift, report.in_doubt) == (None, {}, {b: 1})
    assert not report.is_complete
    process.start()
    assert process.office.seats() == ({1: a} if is_carried_out else {0: a, 1: b})


def test_an_office_that_comes_back_has_the_half_swap_undone(process: Process) -> None:
    a, b = process.office.agents("A", "B")
    process.office.seat({0: a, 1: b})

    async def story(client: OfficeClient) -> WriteReport:
        after_put(client, 1, process.kill)
        changes = changes_to(await client.bindings(THEME), {0: b, 1: a})
        writing = asyncio.create_task(write_changes(client, THEME, changes, restore_waits_s=[0.2] * 100))
        await asyncio.to_thread(process.wait_until_dead)
        await asyncio.to_thread(process.start)
        return await writing

    report = process.office.run(story)
    assert not report.adrift
    assert len(report.failed) == 1
    assert process.office.seats() == {0: a, 1: b} == seated(report.rows or ())


def test_an_office_killed_in_the_middle_of_a_plan_tells_what_is_done_and_what_is_not(process: Process) -> None:
    agents = process.office.agents(*"ABCDEF")

    async def story(client: OfficeClient) -> WriteReport:
        after_put(client, 3, process.kill)
        return await write_changes(client, THEME, changes_to([], dict(enumerate(agents))))

    report = process.office.run(story)
    assert [change.slot for change in report.done] == [0, 1, 2]
    assert [f.change.slot for f in report.failed] == [3]
    assert [change.slot for change in report.remaining] == [4, 5]
    assert not report.adrift
    process.start()
    assert process.office.seats() == dict(enumerate(agents[:3]))


@pytest.mark.full
@pytest.mark.timeout(900)
def test_five_hundred_agents_on_five_hundred_seats_all_change_places(office: Office) -> None:
    agents = office.agents(*(f"Agent {i:03}" for i in range(500)))
    shuffled = {slot: agents[(slot * 7 + 3) % 500] for slot in range(500)}
    assert office.apply(dict(enumerate(agents))).is_complete
    assert office.apply(shuffled).is_complete
    assert office.seats() == shuffled


def test_an_empty_change_only_reads(office: Office) -> None:
    report = office.run(lambda client: write_changes(client, THEME, ()))
    assert report.is_complete
    assert report.rows == ()
