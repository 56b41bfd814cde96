"""A lock for many readers or one writer, across threads and processes."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from index.errors import IndexInUse
from index.trouble import trouble


class SharedLock:
    """SQLite's own locking of an empty database file: free when its holder dies.

    Who waits holds the place at the head of a queue meanwhile, a second such file: a writer that comes again at once
    does not keep readers out, nor readers a writer. Not reentrant.
    """

    def __init__(self, path: Path, timeout: float = 60.0) -> None:
        """`timeout`: seconds to wait before IndexInUse is raised."""
        self._path = path
        self._queue = path.with_name(f"{path.name}.queue")
        self._timeout = timeout

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Beside other readers, never beside a writer."""
        with self._in_turn("BEGIN", "SELECT count(*) FROM sqlite_schema"):  # the read takes the lock
            yield

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Alone."""
        with self._in_turn("BEGIN EXCLUSIVE"):
            yield

    @contextmanager
    def _in_turn(self, *statements: str) -> Iterator[None]:
        with ExitStack() as held:
            with self._held(self._queue, "BEGIN EXCLUSIVE"):
                held.enter_context(self._held(self._path, *statements))
            yield

    @contextmanager
    def _held(self, path: Path, *statements: str) -> Iterator[None]:
        with ExitStack() as held:
            try:
                connection = sqlite3.connect(path, timeout=self._timeout, isolation_level=None)
                held.enter_context(closing(connection))
                for statement in statements:
                    connection.execute(statement).fetchall()
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise trouble("index", path.parent, error) from error
                raise IndexInUse(
                    f"The index in {path.parent} has been busy for {self._timeout:.0f} seconds; try again."
                ) from error
            yield
