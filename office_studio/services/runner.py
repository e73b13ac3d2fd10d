"""One asyncio loop on one thread: everything that waits for the network runs there, never on the GUI thread."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_log = logging.getLogger(__name__)


class ServiceRunner:
    """Owner of the service loop. Start once, stop once; thread-safe in between."""

    def __init__(self, name: str = "services") -> None:
        self._name = name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        return self._loop is not None

    def start(self) -> None:
        """Start the thread and wait until its loop runs. Starting twice changes nothing."""
        if self._thread is not None:
            return
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), name=self._name, daemon=True)
        self._thread.start()
        ready.wait()

    def submit(self, coro: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Run ``coro`` on the service loop. Cancelling the future cancels the coroutine.

        Raises:
            RuntimeError: the runner does not run. The coroutine is closed, so nothing warns about it later.
        """
        loop = self._loop
        if loop is None:
            coro.close()
            raise RuntimeError("the service loop is not running")
        return asyncio.run_coroutine_threadsafe(coro, loop)

    def call_soon(self, fn: Callable[..., object], *args: object) -> None:
        """Call ``fn(*args)`` on the service loop; dropped silently when the loop has stopped."""
        loop = self._loop
        if loop is None:
            return
        try:
            loop.call_soon_threadsafe(fn, *args)
        except RuntimeError:  # closed between the check and the call
            _log.debug("service loop closed, call dropped")

    def stop(self, timeout_s: float = 5) -> None:
        """Cancel every task, wait for its cleanup at most ``timeout_s``, join the thread."""
        loop, thread = self._loop, self._thread
        self._loop = None
        if loop is None or thread is None:
            return
        future = asyncio.run_coroutine_threadsafe(_cancel_all(timeout_s), loop)
        try:
            future.result(timeout_s + 1)
        except concurrent.futures.TimeoutError:
            _log.warning("tasks of the service loop did not end within %.1f s", timeout_s)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout_s)
        self._thread = None

    def _run(self, ready: threading.Event) -> None:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        self._loop = loop
        loop.call_soon(ready.set)
        try:
            loop.run_forever()
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            asyncio.set_event_loop(None)
            loop.close()


async def _cancel_all(timeout_s: float) -> None:
    mine = asyncio.current_task()
    tasks = [task for task in asyncio.all_tasks() if task is not mine]
    for task in tasks:
        # A second cancellation would break off the cleanup that a first one has begun, and leave sockets open.
        if not task.cancelling():
            task.cancel()
    if tasks:
        _, stubborn = await asyncio.wait(tasks, timeout=timeout_s / 2)
        for task in stubborn:
            task.cancel()
        if stubborn:
            await asyncio.wait(stubborn, timeout=timeout_s / 2)
