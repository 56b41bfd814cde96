"""Catching up: the library's changes, batch by batch, into the derived indexes."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.embedding_cache import EmbeddingCache
from index.errors import IndexMismatch
from index.library import Library
from index.library_values import Change
from index.passage import Passage
from index.passages import DEFAULT_RULES, PassageRules, embedding_text, passages_of
from index.store import Generation, State

if TYPE_CHECKING:
    from index.embedding import Embedder

_CHANGES = 64  # read at once; a batch ends earlier when …
_PASSAGES = 192  # … it has so many passages: some ten seconds of embedding on a small machine
_KEPT = 256  # a batch can be one article of any length: after so many passages their vectors are kept


@dataclass(frozen=True, slots=True)
class Progress:
    """How far catching up has come, in changes of the library, and passages embedded so far.

    `read` is how many passages there are to embed in what has been read, which is not all that will be.
    """

    done: int
    total: int
    passages: int
    read: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What one catching up did; `change` is the number reached."""

    change: int
    articles: int = 0
    deleted: int = 0
    embedded: int = 0


class _Stopped(Exception):
    """Out of the middle of an embedding."""


@dataclass(frozen=True, slots=True)
class _Batch:
    """Changes read from the library: what is to be there of these articles afterwards."""

    until: int
    article_ids: list[str]
    deleted: int
    passages: list[Passage]


@dataclass(frozen=True, slots=True)
class _Vectors:
    """What a batch means for the dense index."""

    fresh: list[Passage]
    vectors: NDArray[np.float32]
    stale: list[str]


def catch_up(
    library: Library,
    generation: Generation,
    embedder: "Embedder",
    rules: PassageRules = DEFAULT_RULES,
    progress: Callable[[Progress], None] | None = None,
    stop: Event | None = None,
    known: EmbeddingCache | None = None,
) -> Report:
    """Bring both indexes to the library's last change; only for their owner. What is `known` is not embedded, and
    the same text only once.

    Each batch is embedded while the one before it is written. What is written twice is written the
    same: killed at any moment, the next run starts at the last recorded change and ends in the same
    state; what it has kept of a long article's vectors is not embedded again. Returns early, without
    the batch under way, when `stop` is set. Raises IndexMismatch when the index knows changes that the
    library does not (it was restored from a backup).
    """
    position = generation.state.reached
    if position > library.last_change():
        raise IndexMismatch(
            f"The index in {generation.directory} is ahead of the library, which seems to be an older copy; "
            "run `rag index --rebuild`."
        )
    done = total = articles = deleted = embedded = read = 0

    def tell(passages: int, more: int = 0) -> None:
        """After some passages of the batch were embedded, or when there are `more` to embed."""
        nonlocal embedded, read
        embedded += passages
        read += more
        if stop and stop.is_set():
            raise _Stopped
        if progress is not None:
            progress(Progress(done, total, embedded, read))

    with ThreadPoolExecutor(1, thread_name_prefix="index-writer") as pool:
        writing: Future[None] | None = None
        written: set[str] = set()
        while not (stop and stop.is_set()):
            changes = library.changes_since(position, _CHANGES)
            if not changes:
                break
            batch = _read(library, rules, changes)
            total = max(total, done + library.changes_after(position))
            # An article in both batches changed meanwhile: look for its passages when they are in.
            if writing is not None and not written.isdisjoint(batch.article_ids):
                writing.result()
            try:
                vectors = _embed(generation, embedder, batch, tell, known)
            except _Stopped:
                break
            if writing is not None:
                writing.result()
            writing, written = pool.submit(_write, generation, batch, vectors), set(batch.article_ids)
            position = batch.until
            done += len(batch.article_ids)
            deleted += batch.deleted
            articles += len(batch.article_ids) - batch.deleted
            if progress is not None:
                progress(Progress(done, total, embedded, read))
        if writing is not None:
            writing.result()
    return Report(generation.state.reached, articles, deleted, embedded)


def _read(library: Library, rules: PassageRules, changes: Sequence[Change]) -> _Batch:
    articles = library.get_many([change.article_id for change in changes])
    passages: list[Passage] = []
    deleted = taken = 0
    for change in changes:
        if len(passages) >= _PASSAGES:
            break
        article = articles.get(change.article_id)
        if article is None:
            deleted += 1
        else:
            passages.extend(passages_of(article, rules))
        taken += 1
    return _Batch(changes[taken - 1].number, [c.article_id for c in changes[:taken]], deleted, passages)


def _embed(
    generation: Generation,
    embedder: "Embedder",
    batch: _Batch,
    progress: Callable[[int, int], object],
    former: EmbeddingCache | None,
) -> _Vectors:
    vectors = np.empty((0, embedder.dimensions), dtype=np.float32)
    if generation.state.vectors >= batch.until:
        return _Vectors([], vectors, [])
    # An id says article, version and place: what is there already need not be embedded again.
    there = set(generation.vectors.of_articles(batch.article_ids))
    fresh = [p for p in batch.passages if p.passage_id not in there]
    if fresh:
        ids = [p.passage_id for p in fresh]
        known = generation.embeddings.get(ids) | (former.get(ids) if former else {})
        unknown = [p for p in fresh if p.passage_id not in known]
        if unknown:
            progress(0, len(unknown))
            known |= _embedded(generation, embedder, unknown, lambda finished: progress(finished, 0))
        vectors = np.stack([known[passage_id] for passage_id in ids])
    return _Vectors(fresh, vectors, sorted(there - {p.passage_id for p in batch.passages}))


def _embedded(
    generation: Generation, embedder: "Embedder", passages: Sequence[Passage], progress: Callable[[int], object]
) -> dict[str, NDArray[np.float32]]:
    """The vectors of passages, by their ids; of many they are kept as they come, for a run after this one is killed."""
    by_text: dict[str, NDArray[np.float32]] = {}
    by_id: dict[str, NDArray[np.float32]] = {}
    for start in range(0, len(passages), _KEPT):
        texts = {p.passage_id: embedding_text(p) for p in passages[start : start + _KEPT]}
        new = [text for text in dict.fromkeys(texts.values()) if text not in by_text]
        if new:
            by_text.update(zip(new, embedder.embed(new, progress), strict=True))
        progress(len(texts) - len(new))
        some = {passage_id: by_text[text] for passage_id, text in texts.items()}
        if len(passages) > _KEPT:
            generation.keep(some)
        by_id |= some
    return by_id


def _write(generation: Generation, batch: _Batch, vectors: _Vectors) -> None:
    """New passages in, then old ones out, then the number."""
    with generation.writing():
        state = generation.state
        if state.lexical < batch.until:
            generation.lexical.replace(batch.article_ids, batch.passages)
        if state.vectors < batch.until:
            ids = [p.passage_id for p in vectors.fresh]
            generation.embeddings.put(dict(zip(ids, vectors.vectors, strict=True)))
            generation.vectors.upsert(vectors.fresh, vectors.vectors)
            generation.vectors.delete(vectors.stale)
            # Also what was kept of a version that never came to be indexed.
            kept = generation.embeddings.of_articles(batch.article_ids) - {p.passage_id for p in batch.passages}
            generation.embeddings.delete(sorted(kept))
        reached = State(max(state.vectors, batch.until), max(state.lexical, batch.until))
        generation.advance(reached)
