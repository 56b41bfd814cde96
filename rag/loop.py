"""One event loop in a thread of its own, on which all answering runs.

So the same bot can be used from plain code, from another event loop and from notebooks, and the
connections that a model's client keeps stay on the loop that made them.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from typing import Any, TypeVar

T = TypeVar("T")


class BackgroundLoop:
    """Started on first use, ended by `close`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run to the end and return the result; from any thread but the loop's own."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._running()).result()

    async def arun(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """The same, awaited from another event loop; cancelling this cancels that."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(coroutine, self._running()))

    def iterate(self, events: AsyncIterator[T]) -> Iterator[T]:
        """An asynchronous iterator as a plain one; leaving it early closes it."""
        try:
            while True:
                try:
                    yield self.run(_next(events))
                except _End:
                    return
        finally:
            self.run(_close(events))

    async def aiterate(self, events: AsyncIterator[T]) -> AsyncIterator[T]:
        """The same for another event loop."""
        try:
            while True:
                try:
                    event = await self.arun(_next(events))
                except _End:
                    return
                yield event
        finally:
            await self.arun(_close(events))

    def close(self) -> None:
        """End the loop; what still runs on it is cancelled."""
        with self._lock:
            loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
        if loop is not None and thread is not None:
            asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="rag-answers", daemon=True)
                self._thread.start()
            return self._loop


async def _next(events: AsyncIterator[T]) -> T:
    try:
        return await anext(events)
    except StopAsyncIteration:
        # A StopAsyncIteration cannot be the result of a task; `_End` carries it across.
        raise _End from None


async def _close(events: AsyncIterator[Any]) -> None:
    if hasattr(events, "aclose"):
        await events.aclose()


async def _cancel_all() -> None:
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()


class _End(Exception):
    """The iterator is at its end."""
