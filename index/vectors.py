"""The dense index: passages' vectors in Chroma, embedded in a directory or on a server.

It holds ids, vectors and what filters need, never text: a hit's text comes from the library.
"""

import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from index.candidate import Candidate
from index.errors import ConfigError, SearchIndexError
from index.filters import Filters, Passing
from index.passage import Passage
from index.trouble import trouble

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

_BATCH = 1000  # records in one call: below Chroma's own limit (5,461 on SQLite's defaults)
_COMPLETED = 4  # passages that pass the filters, looked at one by one, for each asked for
_PAGE = 300  # ids in one lookup by article
# With Chroma's defaults (16 neighbours, 100, 100) a search among 100,000 passages missed one in seven of the 25
# nearest, now none (docs/performance.md); it costs a millisecond a search and .2 ms a passage.
_GRAPH: Any = {"space": "cosine", "max_neighbors": 48, "ef_construction": 200, "ef_search": 400}
_MARGIN = 1.5  # so many times what should be enough is looked at where a filter is applied afterwards
_WIDEST = 2_000  # nearest passages; more of them take as long as Chroma's own tests


class Vectors:
    """Passages' vectors by cosine similarity. Threads may share one.

    Embedded Chroma allows one writing process, and serves others what it held when they opened it:
    `reopen` is how a reader sees what the writer wrote since.
    """

    def __init__(self, where: Path | str, name: str, *, create: bool = True) -> None:
        """`where` is a directory or a server's URL, `name` the collection's.

        Without `create` nothing is made: what is not there yet is empty until `reopen` finds it.
        """
        self.where = where
        self.name = name
        self._lock = threading.Lock()
        self._server: ClientAPI | None = None
        with self._explained():
            self._collection = self._open(create)

    def reopen(self) -> None:
        """See what other processes have written; no search may be under way."""
        with self._lock, self._explained():
            before, self._collection = self._collection, self._open(create=False)
            if before is not None and isinstance(self.where, Path):
                before._client.stop()  # else what it holds in memory stays, a megabyte or more each time

    def close(self) -> None:
        """Let go of the files, or of the connections to the server."""
        if isinstance(self.where, Path):
            _forget_client(self.where)
        elif self._server is not None:
            client: Any = self._server
            for each in (client, client._admin_client):  # which has connections of its own
                each._server._session.close()  # close() only forgets it, open as it is
            client.close()
            self._server = None

    def settle(self) -> None:
        """Have what was written taken into the graph now, not by the first search."""
        collection = self._collection
        if collection is None:
            return
        with self._explained():
            some = collection.get(limit=1, include=["embeddings"])["embeddings"]
            if some is not None and len(some):
                collection.query(query_embeddings=np.asarray(some, dtype=np.float32), n_results=1, include=[])

    def upsert(self, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> None:
        """Add passages with their vectors, shape (len(passages), dimensions), unit rows."""
        with self._explained():
            for start in range(0, len(passages), _BATCH):
                some = passages[start : start + _BATCH]
                self._there.upsert(
                    ids=[p.passage_id for p in some],
                    embeddings=vectors[start : start + _BATCH],
                    metadatas=[_metadata(p) for p in some],
                )

    def delete(self, passage_ids: Sequence[str]) -> None:
        with self._explained():
            for start in range(0, len(passage_ids), _BATCH):
                self._there.delete(ids=list(passage_ids[start : start + _BATCH]))

    def of_articles(self, article_ids: Sequence[str]) -> list[str]:
        """The ids of all passages of these articles, of whatever version."""
        found: list[str] = []
        with self._explained():
            for start in range(0, len(article_ids), _PAGE):
                where: Any = {"article_id": {"$in": list(article_ids[start : start + _PAGE])}}
                found.extend(self._there.get(where=where, include=[])["ids"])
        return found

    def search(
        self, vector: NDArray[np.float32], k: int, filters: Filters, passing: Passing | None = None
    ) -> list[Candidate]:
        """The `k` passages nearest to `vector`, shape (dimensions,); scores are cosines, best first.

        `passing`: what passes `filters`, where that is known. Chroma would read what it keeps of every passage to find
        out, which takes many times as long as the search: of a filter that few pass it is given their ids, of one that
        many pass it is asked for more than are wanted.
        """
        if self._collection is None:
            return []
        with self._explained():
            where = _where(filters)
            if where is None or passing is None:
                found = self._nearest(vector, k, where=where)
            elif passing.passage_ids is not None:
                found = self._nearest_of(passing.passage_ids, vector, k, where)
            else:
                wider = math.ceil(_MARGIN * k * passing.total / passing.count)
                found = self._nearest(vector, wider, keep=filters)[:k] if wider <= _WIDEST else []
                if len(found) < k:
                    found = self._nearest(vector, k, where=where)
            if len(found) == k or len(found) >= (self.count() if passing is None else passing.count):
                return found
            return self._completed(found, vector, k, where)

    def _nearest_of(self, ids: list[str], vector: NDArray[np.float32], k: int, where: Any) -> list[Candidate]:
        from chromadb.errors import InternalError

        try:
            return self._nearest(vector, k, ids=ids) if ids else []
        except InternalError:  # one of them is not here: the lexical index is ahead while this one is filled
            return self._nearest(vector, k, where=where)

    def _nearest(
        self,
        vector: NDArray[np.float32],
        k: int,
        *,
        where: Any = None,
        ids: list[str] | None = None,
        keep: Filters | None = None,
    ) -> list[Candidate]:
        """What the graph leads to, best first: the `k` nearest of those that meet `where` or have one of these `ids`;
        of them those that pass `keep`."""
        found = self._there.query(
            query_embeddings=vector[np.newaxis], n_results=k, where=where, ids=ids, include=["metadatas", "distances"]
        )
        metadatas, distances = found["metadatas"], found["distances"]
        assert metadatas is not None
        assert distances is not None
        return [
            _candidate(passage_id, metadata, 1.0 - distance)
            for passage_id, metadata, distance in zip(found["ids"][0], metadatas[0], distances[0], strict=True)
            if metadata is not None  # deleted while Chroma was looking
            if keep is None or _passes(metadata, keep)
        ]

    def _completed(
        self, candidates: list[Candidate], vector: NDArray[np.float32], k: int, where: Any
    ) -> list[Candidate]:
        """With what the graph did not lead to: it has dead ends where many vectors are alike."""
        found = self._there.get(where=where, limit=_COMPLETED * k, include=["metadatas", "embeddings"])
        metadatas, embeddings = found["metadatas"], found["embeddings"]
        assert metadatas is not None
        assert embeddings is not None
        known = {candidate.passage_id for candidate in candidates}
        for passage_id, metadata, embedding in zip(found["ids"], metadatas, embeddings, strict=True):
            if passage_id not in known and metadata is not None:
                candidates.append(_candidate(passage_id, metadata, float(np.asarray(embedding) @ vector)))
        return sorted(candidates, key=lambda candidate: -candidate.score)[:k]

    def get(self, passage_ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors of these passages, those that are there."""
        with self._explained():
            found = self._there.get(ids=list(passage_ids), include=["embeddings"])
        embeddings = found["embeddings"]
        assert embeddings is not None
        return {
            passage_id: np.asarray(vector, dtype=np.float32)
            for passage_id, vector in zip(found["ids"], embeddings, strict=True)
        }

    def everything(self) -> Iterator[tuple[str, NDArray[np.float32]]]:
        """Every passage id with its vector, in no order."""
        offset = 0
        while True:
            with self._explained():
                page = self._there.get(include=["embeddings"], limit=_BATCH, offset=offset)
            if not page["ids"]:
                return
            embeddings = page["embeddings"]
            assert embeddings is not None
            for passage_id, vector in zip(page["ids"], embeddings, strict=True):
                yield passage_id, np.asarray(vector, dtype=np.float32)
            offset += len(page["ids"])

    def count(self) -> int:
        with self._explained():
            return 0 if self._collection is None else int(self._collection.count())

    @property
    def exists(self) -> bool:
        """Whether there is such a collection, be it empty."""
        return self._collection is not None

    def clear(self) -> None:
        """Delete every passage."""
        self.remove()
        with self._explained():
            self._collection = self._open(create=True)

    def remove(self) -> None:
        """Delete the collection itself, if it exists."""
        with self._explained():
            if self._collection is not None:
                self._client().delete_collection(self.name)
                self._collection = None

    @property
    def _there(self) -> "Collection":
        if self._collection is None:
            raise SearchIndexError(f"There is no vector index in {self.where}; run `rag index`.")
        return self._collection

    def _client(self) -> "ClientAPI":
        import chromadb
        from chromadb.config import Settings

        settings = Settings(anonymized_telemetry=False)
        if isinstance(self.where, Path):
            self.where.mkdir(parents=True, exist_ok=True)
            _forget_client(self.where)
            return chromadb.PersistentClient(path=str(self.where), settings=settings)
        if self._server is not None:
            return self._server
        parts = urlsplit(self.where)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ConfigError(f"{self.where} is not the address of a Chroma server; give http://host:port.")
        secure = parts.scheme == "https"
        self._server = chromadb.HttpClient(
            host=parts.hostname, port=parts.port or (443 if secure else 8000), ssl=secure, settings=settings
        )
        return self._server

    def _open(self, create: bool) -> "Collection | None":
        from chromadb.errors import NotFoundError

        if create:
            return self._client().get_or_create_collection(
                self.name, embedding_function=None, configuration={"hnsw": _GRAPH}
            )
        if isinstance(self.where, Path) and not (self.where / "chroma.sqlite3").exists():
            return None
        try:
            return self._client().get_collection(self.name, embedding_function=None)
        except NotFoundError:
            return None

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (ConfigError, SearchIndexError):
            raise
        except Exception as error:
            if isinstance(self.where, Path):
                raise trouble("vector index", self.where, error) from error
            said = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise SearchIndexError(
                f"The Chroma server at {self.where} does not answer as it should ({said}); is it running there?"
            ) from error


def _forget_client(where: Path) -> None:
    """Have the next client of this directory start an engine of its own.

    Chroma shares one per directory within a process, stale and half-started ones too. Its own close()
    would stop that engine under the searches that are still running.
    """
    from chromadb.api.shared_system_client import SharedSystemClient

    SharedSystemClient._identifier_to_system.pop(str(where), None)
    SharedSystemClient._identifier_to_refcount.pop(str(where), None)


def _metadata(passage: Passage) -> dict[str, str | int]:
    known: dict[str, str | int] = {
        "article_id": passage.article_id,
        "version": passage.version,
        "start": passage.start,
        "end": passage.end,
    }
    if passage.source:
        known["source"] = passage.source.casefold()
    if passage.published is not None:  # without a date it is in no range of dates
        known["published"] = passage.published
    else:
        known["undated"] = 1
    return known


def _candidate(passage_id: str, metadata: Any, score: float) -> Candidate:
    return Candidate(
        passage_id,
        str(metadata["article_id"]),
        str(metadata["version"]),
        int(metadata["start"]),
        int(metadata["end"]),
        None if (published := metadata.get("published")) is None else int(published),
        score,
    )


def _where(filters: Filters) -> Any:
    tests: list[dict[str, Any]] = []
    if filters.sources:
        tests.append({"source": {"$in": [source.casefold() for source in filters.sources]}})
    if filters.article_ids is not None:
        tests.append({"article_id": {"$in": list(filters.article_ids) or [""]}})
    if filters.after is not None:
        tests.append({"published": {"$gte": filters.after}})
    if filters.before is not None:
        tests.append({"published": {"$lt": filters.before}})
    if filters.known_by is not None:
        tests.append({"$or": [{"published": {"$lt": filters.known_by}}, {"undated": {"$eq": 1}}]})
    if not tests:
        return None
    return tests[0] if len(tests) == 1 else {"$and": tests}


def _passes(metadata: Any, filters: Filters) -> bool:
    source, published = metadata.get("source"), metadata.get("published")
    return (
        (not filters.sources or source in {one.casefold() for one in filters.sources})
        and (filters.article_ids is None or metadata["article_id"] in filters.article_ids)
        and (filters.after is None or (published is not None and published >= filters.after))
        and (filters.before is None or (published is not None and published < filters.before))
        and (filters.known_by is None or published is None or published < filters.known_by)
    )
