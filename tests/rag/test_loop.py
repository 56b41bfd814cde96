"""The loop on which answers are made: left early, cancelled, closed."""

import asyncio
import gc
from collections.abc import AsyncGenerator, Coroutine, Iterator
from typing import Any

import pytest

from rag.loop import BackgroundLoop


@pytest.fixture
def loop() -> Iterator[BackgroundLoop]:
    loop = BackgroundLoop()
    yield loop
    loop.close()


class Events:
    """Two numbers, then nothing for a long time; tells whether it ended in good order."""

    def __init__(self) -> None:
        self.ended = False

    async def all(self) -> AsyncGenerator[int, None]:
        try:
            yield 1
            yield 2
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)  # as a connection that is closed
            self.ended = True


def test_left_early_it_ends(loop: BackgroundLoop) -> None:
    events = Events()
    given = loop.iterate(events.all())
    assert next(given) == 1
    given.close()
    assert events.ended


def test_collected_on_the_loops_own_thread_it_ends(loop: BackgroundLoop) -> None:
    events = Events()
    given = loop.iterate(events.all())
    next(given)
    kept: list[object] = [given]
    kept.append(kept)  # a cycle, which only the collector ends
    del given, kept

    async def collect() -> None:
        gc.collect()
        await asyncio.sleep(0.1)

    loop._submit(collect()).result(timeout=10)
    assert events.ended


def test_an_interrupt_while_an_event_is_awaited_ends_it(loop: BackgroundLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    events = Events()
    given = loop.iterate(events.all())
    assert [next(given), next(given)] == [1, 2]
    run = loop.run
    calls: list[object] = []

    def interrupted(coroutine: Coroutine[Any, Any, Any]) -> object:
        calls.append(coroutine)
        if len(calls) == 1:  # the wait for the third event
            loop._submit(coroutine)
            raise KeyboardInterrupt
        return run(coroutine)

    monkeypatch.setattr(loop, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        next(given)
    assert events.ended


def test_cancelling_while_an_event_is_awaited_ends_it(loop: BackgroundLoop) -> None:
    events = Events()

    async def consume() -> None:
        async for _ in loop.aiterate(events.all()):
            pass

    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(consume(), 0.2))
    assert events.ended


def test_once_closed_nothing_runs(loop: BackgroundLoop) -> None:
    given = loop.iterate(Events().all())
    assert next(given) == 1
    loop.close()
    with pytest.raises(RuntimeError, match="closed"):
        next(given)
    loop.close()
