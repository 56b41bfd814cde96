"""Vectors of texts that were embedded once: a study embeds the same passages many times."""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.embedding import Embedder

_AT_ONCE = 512  # texts embedded before they are kept
_IN_CLAUSE = 500


class CachedEmbedder:
    """An `Embedder` that keeps what `embedder` said in an SQLite file, by model and text."""

    def __init__(self, embedder: Embedder, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._embedder = embedder
        self._file = sqlite3.connect(path, timeout=60, check_same_thread=False)
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute(
            "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"
        )

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def dimensions(self) -> int:
        return self._embedder.dimensions

    def known(self, texts: Sequence[str]) -> dict[int, NDArray[np.float32]]:
        """The vectors that are kept, by the texts' places."""
        places: dict[bytes, list[int]] = {}
        for place, text in enumerate(texts):
            places.setdefault(self._key(text), []).append(place)
        keys = list(places)
        found: dict[int, NDArray[np.float32]] = {}
        for start in range(0, len(keys), _IN_CLAUSE):
            some = keys[start : start + _IN_CLAUSE]
            marks = ",".join("?" * len(some))
            query = f"SELECT key, vector FROM vectors WHERE key IN ({marks})"  # noqa: S608 (marks only)
            for key, vector in self._file.execute(query, some):
                found |= dict.fromkeys(places[key], np.frombuffer(vector, dtype=np.float32))
        return found

    def embed(self, texts: Sequence[str], progress: Callable[[int], object] | None = None) -> NDArray[np.float32]:
        """See `Embedder`; `progress` hears of the texts that were not kept yet."""
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        known = self.known(texts)
        for place, vector in known.items():
            vectors[place] = vector
        missing = [place for place in range(len(texts)) if place not in known]
        for start in range(0, len(missing), _AT_ONCE):
            some = missing[start : start + _AT_ONCE]
            vectors[some] = self._embedder.embed([texts[place] for place in some], progress)
            rows = [(self._key(texts[place]), vectors[place].tobytes()) for place in some]
            with self._file:
                self._file.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
        return vectors

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(f"{self.name}\0{text}".encode("utf-8", "surrogatepass")).digest()[:16]
