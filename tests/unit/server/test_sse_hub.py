"""The fan-out alone: order, bounds, snapshots for those who fall behind, keep-alive."""

from __future__ import annotations

import asyncio

import pytest

from office_studio.server.sse_hub import CHUNK_BYTES, KEEP_ALIVE_FRAME, SseHub, sse_frame


def make_hub(*, frames: int = 8, size: int = 1 << 20, keep_alive_s: float = 60.0) -> tuple[SseHub, list[int]]:
    """A hub and a list of one number: what its snapshot shows."""
    state = [0]
    hub = SseHub(
        lambda: sse_frame(b"snapshot %d" % state[0]),
        window_frames=frames,
        window_bytes=size,
        keep_alive_s=keep_alive_s,
    )
    return hub, state


def publish(hub: SseHub, state: list[int], *numbers: int) -> None:
    for number in numbers:
        state[0] = number
        hub.publish(sse_frame(b"%d" % number))


def lines(chunk: bytes | None) -> list[str]:
    assert chunk is not None
    return [line.removeprefix("data: ") for line in chunk.decode().split("\n\n") if line]


async def soon(awaitable, timeout_s: float = 30.0):
    return await asyncio.wait_for(awaitable, timeout_s)


def test_first_a_snapshot_then_every_frame_in_order():
    async def run() -> None:
        hub, state = make_hub()
        publish(hub, state, 1)
        reader = hub.subscribe()
        assert lines(await soon(reader.next_chunk())) == ["snapshot 1"]
        publish(hub, state, 2, 3, 4)
        assert lines(await soon(reader.next_chunk())) == ["2", "3", "4"]  # gathered into one write
        publish(hub, state, 5)
        assert lines(await soon(reader.next_chunk())) == ["5"]
        reader.close()
        assert await reader.next_chunk() is None
        assert len(hub) == 0

    asyncio.run(run())


def test_who_falls_out_of_the_window_gets_the_office_as_it_is_now():
    async def run() -> None:
        hub, state = make_hub(frames=4)
        slow, fast = hub.subscribe(), hub.subscribe()
        await slow.next_chunk()
        await fast.next_chunk()
        seen = []
        for number in range(1, 11):
            publish(hub, state, number)
            seen += lines(await soon(fast.next_chunk()))
        assert seen == [str(number) for number in range(1, 11)]
        assert lines(await soon(slow.next_chunk())) == ["snapshot 10"]
        assert hub.fresh_snapshots == 1
        publish(hub, state, 11)
        assert lines(await soon(slow.next_chunk())) == ["11"]
        slow.close()
        fast.close()

    asyncio.run(run())


def test_exactly_a_full_window_is_not_behind():
    async def run() -> None:
        hub, state = make_hub(frames=4)
        reader = hub.subscribe()
        await reader.next_chunk()
        publish(hub, state, 1, 2, 3, 4)
        assert lines(await soon(reader.next_chunk())) == ["1", "2", "3", "4"]
        reader.close()

    asyncio.run(run())


def test_the_window_is_bounded_in_bytes_too():
    async def run() -> None:
        hub, _ = make_hub(frames=100, size=1_000)
        reader = hub.subscribe()
        await reader.next_chunk()
        hub.publish(b"a" * 600)
        hub.publish(b"b" * 600)
        assert lines(await soon(reader.next_chunk())) == ["snapshot 0"]
        hub.publish(b"c" * 5_000)  # larger than the window, but alone in it
        assert await soon(reader.next_chunk()) == b"c" * 5_000
        assert sum(len(frame) for frame in hub._ring) == 5_000
        reader.close()

    asyncio.run(run())


def test_a_write_is_bounded():
    async def run() -> None:
        hub, _ = make_hub(frames=100, size=1 << 20)
        reader = hub.subscribe()
        await reader.next_chunk()
        for _ in range(20):
            hub.publish(b"x" * 10_000)
        total = 0
        while total < 200_000:
            chunk = await soon(reader.next_chunk())
            assert len(chunk) <= CHUNK_BYTES
            total += len(chunk)
        assert total == 200_000
        reader.close()

    asyncio.run(run())


def test_an_idle_reader_gets_comments_and_a_busy_one_does_not():
    async def run() -> None:
        hub, state = make_hub(keep_alive_s=0.1)
        idle = hub.subscribe()
        await idle.next_chunk()
        for _ in range(5):
            await asyncio.sleep(0.05)
            publish(hub, state, 1)
            assert lines(await soon(idle.next_chunk())) == ["1"]
        began = asyncio.get_running_loop().time()
        assert await soon(idle.next_chunk()) == KEEP_ALIVE_FRAME
        assert asyncio.get_running_loop().time() - began >= 0.09
        assert await soon(idle.next_chunk()) == KEEP_ALIVE_FRAME
        idle.close()

    asyncio.run(run())


def test_an_office_without_news_does_not_collect_waiting_readers():
    async def run() -> None:
        hub, _ = make_hub(keep_alive_s=0.01)
        reader = hub.subscribe()
        for _ in range(10):
            await soon(reader.next_chunk())
        assert len(hub._waiting) <= 1
        reader.close()
        assert len(hub._waiting) == 0

    asyncio.run(run())


def test_closing_the_hub_ends_every_reader():
    async def run() -> None:
        hub, _ = make_hub()
        readers = [hub.subscribe() for _ in range(3)]
        for reader in readers:
            await reader.next_chunk()
        waiting = [asyncio.create_task(reader.next_chunk()) for reader in readers]
        await asyncio.sleep(0)
        hub.close()
        assert await soon(asyncio.gather(*waiting)) == [None, None, None]

    asyncio.run(run())


def test_frames_are_shared_not_copied():
    async def run() -> None:
        hub, state = make_hub()
        readers = [hub.subscribe() for _ in range(3)]
        for reader in readers:
            await reader.next_chunk()
        publish(hub, state, 1, 2)
        chunks = [await soon(reader.next_chunk()) for reader in readers]
        assert chunks[0] is chunks[1] is chunks[2]
        hub.close()

    asyncio.run(run())


@pytest.mark.parametrize("readers", [1, 50])
def test_readers_that_stall_at_random_never_see_a_gap_without_a_snapshot(readers):
    import random

    random_ = random.Random(3)

    async def follow(hub: SseHub, last: int) -> None:
        reader = hub.subscribe()
        known = -1
        while known < last:
            for line in lines(await soon(reader.next_chunk())):
                if line.startswith("snapshot"):
                    assert int(line.split()[1]) >= known
                    known = int(line.split()[1])
                else:
                    assert int(line) == known + 1
                    known = int(line)
            if random_.random() < 0.3:
                await asyncio.sleep(random_.random() * 0.02)
        reader.close()

    async def run() -> None:
        hub, state = make_hub(frames=16)
        tasks = [asyncio.create_task(follow(hub, 400)) for _ in range(readers)]
        await asyncio.sleep(0)
        for number in range(1, 401):
            publish(hub, state, number)
            # Twenty at once, at least, are more than the window holds: whoever reads falls behind.
            if not 200 <= number < 220 and random_.random() < 0.5:
                await asyncio.sleep(random_.random() * 0.002)
        await asyncio.gather(*tasks)
        assert hub.fresh_snapshots > 0

    asyncio.run(run())
