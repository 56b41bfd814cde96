"""One event loop in a thread of its own, on which all answering runs.

So the same bot can be used from plain code, from another event loop and from notebooks, and the
connections that a model's client keeps stay on the loop that made them.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Generator
from concurrent.futures import Future
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class BackgroundLoop:
    """Started on first use, ended for good by `close`."""

    def __init__(self) -> None:
        self.closed = False
        # What is left half way may be ended by the garbage collector, on any thread, in the middle of anything.
        self._lock = threading.RLock()
        self._ending: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run to the end and return the result; from any thread but the loop's own. RuntimeError after `close`."""
        return self._submit(coroutine).result()

    async def arun(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """The same, awaited from another event loop; cancelling this cancels that."""
        return await asyncio.wrap_future(self._submit(coroutine))

    def iterate(self, events: AsyncGenerator[T, None]) -> Generator[T, None, None]:
        """An asynchronous generator as a plain one; leaving it early, or an interrupt, ends it."""
        pulled = _Pulled(events)
        try:
            while True:
                try:
                    yield self.run(pulled.next())
                except _End:
                    return
        finally:
            if threading.current_thread() is self._thread and self._loop is not None:  # it cannot wait for itself
                ending = self._loop.create_task(pulled.close())
                self._ending.add(ending)
                ending.add_done_callback(self._ending.discard)
            elif not self.closed:
                self.run(pulled.close())

    async def aiterate(self, events: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
        """The same for another event loop; cancelling this ends that."""
        pulled = _Pulled(events)
        try:
            while True:
                try:
                    event = await self.arun(pulled.next())
                except _End:
                    return
                yield event
        finally:
            if not self.closed:
                await self.arun(pulled.close())

    def close(self) -> None:
        """End the loop; what still runs on it is cancelled."""
        with self._lock:
            self.closed = True
            loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
        if loop is not None and thread is not None:
            asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    def _submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        with self._lock:
            if self.closed:
                coroutine.close()
                raise RuntimeError("the bot is closed; open another")
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="rag-answers", daemon=True)
                self._thread.start()
            return asyncio.run_coroutine_threadsafe(coroutine, self._loop)


@asynccontextmanager
async def in_thread(manager: AbstractContextManager[T]) -> AsyncIterator[T]:
    """`manager`, entered and left in a thread: what it does would keep an event loop from its other work."""
    entering = asyncio.ensure_future(asyncio.to_thread(manager.__enter__))
    try:
        entered = await asyncio.shield(entering)
    except asyncio.CancelledError:
        await asyncio.wait([entering])
        if entering.exception() is None:
            await asyncio.to_thread(manager.__exit__, None, None, None)
        raise
    try:
        yield entered
    finally:
        await asyncio.to_thread(manager.__exit__, None, None, None)


class _Pulled(Generic[T]):
    """A generator that is asked for one event at a time, and can be closed while it is asked for one."""

    def __init__(self, events: AsyncGenerator[T, None]) -> None:
        self._events = events
        self._pulling: asyncio.Task[Any] | None = None

    async def next(self) -> T:
        self._pulling = asyncio.current_task()
        try:
            return await anext(self._events)
        except StopAsyncIteration:
            # A StopAsyncIteration cannot be the result of a task; `_End` carries it across.
            raise _End from None
        finally:
            self._pulling = None

    async def close(self) -> None:
        if pulling := self._pulling:  # a generator that runs cannot be closed
            if not pulling.cancelling():  # a second time would break off what it does to end
                pulling.cancel()
            await asyncio.wait([pulling])
        await self._events.aclose()


async def _cancel_all() -> None:
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()


class _End(Exception):
    """The iterator is at its end."""
