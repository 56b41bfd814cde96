"""The vectors of the indexed passages, kept so that a damaged vector index costs no embedding."""

import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from index.database import BUSY_SECONDS, in_clauses, write_ahead

_T = TypeVar("_T")


class EmbeddingCache:
    """Passage id → vector, in an SQLite file. Threads may share one; its owner alone makes it and writes.

    A cache: what is missing is embedded again, and a damaged file is thrown away by its owner; whoever only
    reads finds nothing in a file that is not there yet, or damaged.
    """

    def __init__(self, path: Path, dimensions: int, *, owned: bool) -> None:
        self._path = path
        self._dimensions = dimensions
        self._owned = owned
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def get(self, passage_ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors that are known."""

        def read(connection: sqlite3.Connection) -> dict[str, NDArray[np.float32]]:
            found = {}
            for some in in_clauses(passage_ids):
                marks = ",".join("?" * len(some))
                for passage_id, blob in connection.execute(
                    f"SELECT passage_id, vector FROM vectors WHERE passage_id IN ({marks})",  # noqa: S608 (marks only)
                    some,
                ):
                    vector = np.frombuffer(blob, dtype=np.float32)
                    if vector.shape == (self._dimensions,):
                        found[passage_id] = vector
            return found

        return self._run(read) if self._owned else self._look(read)

    def of_articles(self, article_ids: Sequence[str]) -> set[str]:
        """The ids of these articles' passages, of any version, whose vectors are known."""

        def read(connection: sqlite3.Connection) -> set[str]:
            # An id begins with its article's and a dash; a dot comes next in the order of characters.
            rows = (
                connection.execute(
                    "SELECT passage_id FROM vectors WHERE passage_id > ? AND passage_id < ?", (f"{known}-", f"{known}.")
                )
                for known in article_ids
            )
            return {passage_id for found in rows for (passage_id,) in found}

        return self._run(read)

    def put(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        rows = [(passage_id, vector.astype(np.float32).tobytes()) for passage_id, vector in vectors.items()]
        self._run(lambda connection: connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows))

    def delete(self, passage_ids: Sequence[str]) -> None:
        rows = [(passage_id,) for passage_id in passage_ids]
        self._run(lambda connection: connection.executemany("DELETE FROM vectors WHERE passage_id = ?", rows))

    def close(self) -> None:
        with self._lock:
            self._shut()

    def _run(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        with self._lock:
            try:
                with self._open() as connection:
                    return work(connection)
            except sqlite3.OperationalError:  # a full disk, a read-only directory: no fault of the file
                raise
            except sqlite3.DatabaseError:
                self._shut()
                for path in self._path.parent.glob(f"{self._path.name}*"):
                    path.unlink()
                with self._open() as connection:
                    return work(connection)

    def _look(self, read: Callable[[sqlite3.Connection], dict[str, _T]]) -> dict[str, _T]:
        """For whoever does not own the file: nothing, where it is missing, damaged or being made."""
        with self._lock:
            try:
                if self._connection is None:
                    where = f"{self._path.resolve().as_uri()}?mode=ro"
                    self._connection = sqlite3.connect(where, uri=True, timeout=BUSY_SECONDS, check_same_thread=False)
                return read(self._connection)
            except sqlite3.DatabaseError:
                self._shut()  # the owner may put another file in its place
                return {}

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, check_same_thread=False)
            write_ahead(self._connection)
            self._connection.execute("PRAGMA synchronous = NORMAL")
            # With row ids: rows of this size in the tree of the keys take twice the space, and longer to find.
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS vectors (passage_id TEXT PRIMARY KEY, vector BLOB NOT NULL)"
            )
        return self._connection

    def _shut(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
