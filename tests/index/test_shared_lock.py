"""Many readers or one writer, and nobody waits for ever."""

import threading
import time
from pathlib import Path

import pytest

from index.errors import IndexInUse
from index.shared_lock import SharedLock


def test_readers_share_and_keep_a_writer_out(tmp_path: Path) -> None:
    lock, impatient = SharedLock(tmp_path / "lock"), SharedLock(tmp_path / "lock", timeout=0.01)
    with lock.shared(), lock.shared(), pytest.raises(IndexInUse, match=r"has been busy"), impatient.exclusive():
        pytest.fail("a writer beside readers")


def test_a_writer_keeps_everybody_out(tmp_path: Path) -> None:
    other = SharedLock(tmp_path / "lock", timeout=0.01)
    with SharedLock(tmp_path / "lock").exclusive():
        with pytest.raises(IndexInUse), other.shared():
            pytest.fail("a reader beside a writer")
        with pytest.raises(IndexInUse), other.exclusive():
            pytest.fail("two writers")
    with other.shared():
        pass


def test_a_writer_that_never_pauses_lets_a_reader_in(tmp_path: Path) -> None:
    turns, asked, over = 0, threading.Event(), threading.Event()

    def write() -> None:
        nonlocal turns
        while not over.is_set():
            with SharedLock(tmp_path / "lock").exclusive():
                turns += 1
                asked.set()
                time.sleep(0.15)  # longer than a waiting reader sleeps between two looks

    writer = threading.Thread(target=write)
    writer.start()
    try:
        asked.wait()
        for _ in range(5):
            before = turns
            with SharedLock(tmp_path / "lock", timeout=30).shared():
                assert turns - before <= 3
    finally:
        over.set()
        writer.join()
