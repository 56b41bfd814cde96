"""Processes that do something until they are killed."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class Child:
    """A script, and what it has said.

    It imports what it needs, says ``ready`` and waits for a line: so the time from `start` to `kill` is its work.
    """

    def __init__(self, script: Path, *arguments: object) -> None:
        folder = script.parent
        self.process = subprocess.Popen(
            [sys.executable, str(script), *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(folder.parent.parent)])},
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)

    def start(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        self._reader.start()

    def kill(self) -> list[str]:
        """All that it has said."""
        assert self.process.poll() is None, self.process.stderr and self.process.stderr.read()
        self.end()
        return self.lines

    def end(self) -> None:
        """Let nothing of it be left, however far it came."""
        self.process.kill()
        self.process.wait()
        if self._reader.is_alive():
            self._reader.join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(line.strip() for line in self.process.stdout)


@contextmanager
def children(make: Callable[[int], Child], number: int) -> Iterator[Iterator[Child]]:
    """`number` of them, counted from 1, one after another: the next one importing while the last one runs."""
    alive = [make(1)]

    def each() -> Iterator[Child]:
        for which in range(2, number + 2):
            alive.append(make(which))
            alive[0].start()
            yield alive[0]
            del alive[0]  # it was killed

    try:
        yield each()
    finally:
        for child in alive:
            child.end()
