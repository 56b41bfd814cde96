"""A lock for many readers or one writer, across threads and processes."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from index.errors import IndexInUse
from index.trouble import trouble


class SharedLock:
    """SQLite's own locking of an empty database file: fair to writers, and free when its holder dies.

    Not reentrant.
    """

    def __init__(self, path: Path, timeout: float = 60.0) -> None:
        """`timeout`: seconds to wait before IndexInUse is raised."""
        self._path = path
        self._timeout = timeout

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Beside other readers, never beside a writer."""
        with self._held("BEGIN", "SELECT count(*) FROM sqlite_schema"):  # the read takes the lock
            yield

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Alone."""
        with self._held("BEGIN EXCLUSIVE"):
            yield

    @contextmanager
    def _held(self, *statements: str) -> Iterator[None]:
        with closing(sqlite3.connect(self._path, timeout=self._timeout, isolation_level=None)) as connection:
            try:
                for statement in statements:
                    connection.execute(statement).fetchall()
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise trouble("index", self._path.parent, error) from error
                raise IndexInUse(
                    f"The index in {self._path.parent} has been busy for {self._timeout:.0f} seconds; try again."
                ) from error
            yield
