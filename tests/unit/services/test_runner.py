"""The service loop ends its tasks, and lets them clean up."""

from __future__ import annotations

import asyncio
import threading
import time

from office_studio.services.runner import ServiceRunner


def test_stopping_does_not_break_off_a_cleanup_that_runs_already():
    runner = ServiceRunner()
    runner.start()
    begun, cleaning, cleaned = threading.Event(), threading.Event(), threading.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            cleaning.set()
            await asyncio.sleep(0.1)
            cleaned.set()

    future = runner.submit(work())
    assert begun.wait(30)
    future.cancel()
    assert cleaning.wait(30)
    runner.stop(5)
    assert cleaned.is_set()


def test_a_task_that_does_not_end_holds_nobody_up():
    runner = ServiceRunner()
    runner.start()
    begun = threading.Event()

    async def stubborn() -> None:
        begun.set()
        for _ in range(2):
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                pass

    runner.submit(stubborn())
    assert begun.wait(30)
    started = time.monotonic()
    runner.stop(1)
    assert time.monotonic() - started < 30
