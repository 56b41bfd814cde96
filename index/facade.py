"""The index as a whole: a directory, a library and an embedding model; searching and staying fresh."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from index.article import valid_text
from index.embedding_cache import EmbeddingCache
from index.errors import IndexInUse, SearchIndexError
from index.filters import Filters
from index.indexer import Progress, Report, catch_up
from index.library import Library
from index.owner import Holder, Owner
from index.passages import DEFAULT_RULES, PassageRules
from index.preference import Preference
from index.ranking import DEFAULT_WEIGHTS, Weights
from index.reranker import DEPTH, Reranker, rerank
from index.search import Hit, search
from index.store import Generation, Manifest, Store

if TYPE_CHECKING:
    from index.embedding import Embedder

_POLL = 0.2  # seconds between two looks at how far another process has come
_ATTEMPTS = 3  # at a search beside our own writer
_PATIENCE = 120.0  # seconds without any progress of the owner


@dataclass(frozen=True, slots=True)
class Status:
    """How far the indexes have come, and who owns them. `trouble` is why following last failed."""

    change: int
    library_change: int
    articles: int
    passages: int
    embedding: str
    owner: Holder | None
    owned: bool
    trouble: str | None

    @property
    def fresh(self) -> bool:
        return self.change >= self.library_change


class Index:
    """Searches the derived indexes in ``home/index``, and brings them up to date as their owner.

    Threads may share one. Opening is cheap and touches nothing; what is wrong with the indexes is
    said by the first method that needs them.
    """

    def __init__(
        self,
        home: Path,
        embedder: "Embedder",
        library: Library,
        chroma_url: str | None = None,
        rules: PassageRules = DEFAULT_RULES,
        reranker: Reranker | None = None,
    ) -> None:
        self.embedder = embedder
        self.reranker = reranker
        self.library = library
        self.rules = rules
        self._store = Store(home / "index", chroma_url)
        self._owner = Owner(home / "index")
        self._generation: Generation | None = None
        self._opening = threading.RLock()
        self._writing = threading.RLock()
        self._stop = threading.Event()
        self._follower: threading.Thread | None = None
        self._trouble: str | None = None

    @classmethod
    def open(
        cls,
        home: Path,
        embedder: "Embedder",
        library: Library,
        chroma_url: str | None = None,
        rules: PassageRules = DEFAULT_RULES,
        reranker: Reranker | None = None,
    ) -> Self:
        """The index in `home`; Chroma embedded there, or at `chroma_url`. A `reranker` looks twice."""
        return cls(home, embedder, library, chroma_url, rules, reranker)

    def close(self) -> None:
        """Stop following, give up the ownership, let go of the files."""
        self._stop.set()
        if self._follower is not None:
            self._follower.join()
            self._follower = None
        with self._writing, self._opening:
            self._drop()
            self._owner.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def search(
        self,
        query: str,
        k: int = 10,
        filters: Filters = Filters(),  # noqa: B008 (frozen)
        preference: Preference | None = None,
        weights: Weights = DEFAULT_WEIGHTS,
        *,
        second_look: bool = True,
    ) -> list[Hit]:
        """The `k` passages that fit `query` best, best first; none for a query without words.

        `preference` lifts articles of some days; `weights` are what the fused score is made of; without
        `second_look` it is final even where there is a reranker. Only passages of articles that are in the
        library as they were indexed. Raises IndexMismatch and SearchIndexError, the latter too where there are articles
        and no index of any yet, and what the reranker raises.
        """
        query = valid_text(query)
        if not query.strip() or k < 1:
            return []
        if self.reranker is None or not second_look:
            return self._fused(query, k, filters, preference, weights)
        return rerank(self._fused(query, max(k, DEPTH), filters, preference, weights), query, self.reranker)[:k]

    def _fused(
        self, query: str, k: int, filters: Filters, preference: Preference | None, weights: Weights
    ) -> list[Hit]:
        for attempt in range(_ATTEMPTS):
            generation = None
            try:
                generation = self._current()
                if generation is None:
                    break
                return search(self.library, generation, self.embedder, query, k, filters, preference, weights)
            except SearchIndexError:
                if attempt == _ATTEMPTS - 1 or self._lasts(generation):
                    raise
        if self.library.count():  # nothing found would be taken for an answer
            raise SearchIndexError(
                "The articles are not indexed yet: ask again in a moment or, if nothing indexes them, run `rag index`."
            )
        return []

    def _lasts(self, generation: Generation | None) -> bool:
        """Whether what `generation` tripped over will be there at the next attempt too.

        Not what our own follower deletes at this very moment, nor a generation that was replaced and removed.
        """
        return (
            generation is not None
            and generation is self._generation
            and not generation.owned
            and generation.directory == self._store.current
        )

    def catch_up(self, progress: Callable[[Progress], None] | None = None) -> Report:
        """Take in the library's changes, as the owner; raises IndexInUse when another process is.

        An index that was made by the rules of another version is made anew; it serves until that is done, and what
        it has embedded is not embedded again where articles are still cut in the same way.
        """
        with self._owning():
            manifest = self._manifest()
            if self._store.outdated(manifest):
                known = self._store.known_vectors(manifest)
                with nullcontext() if known is None else closing(known):
                    return self._make_anew(progress, known)
            generation = self._own()
            try:
                return catch_up(self.library, generation, self.embedder, self.rules, progress, self._stop)
            except Exception:
                self._drop()  # whatever state a write was left in is looked at when it is opened again
                raise

    def bring_up_to_date(self, progress: Callable[[Progress], None] | None = None) -> Report:
        """Catch up, or wait until the owner has taken in all that is in the library now.

        Raises IndexInUse, naming the owner, when it does not get on.
        """
        target = self.library.last_change()
        while True:
            try:
                return self.catch_up(progress)
            except IndexInUse:
                if self.wait_until(target, progress=progress):
                    return Report(target)

    def wait_until(
        self,
        change: int,
        timeout: float | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> bool:
        """Wait for the owner to reach `change`; False when there is no owner (any more), or no time.

        `progress` is told at every look. Raises IndexInUse when the owner makes no progress.
        """
        start = moved = time.monotonic()
        first = reached = self._reached()
        kept = self._store.last_kept
        while reached < change:
            now = time.monotonic()
            if timeout is not None and now - start > timeout:
                return False
            if self._owner.try_acquire():
                self._owner.release()
                return False
            if now - moved > _PATIENCE:
                raise IndexInUse(
                    f"The index belongs to {self._owner.holder() or 'another process'}, which has not taken in any "
                    f"change for {_PATIENCE:.0f} seconds; what was added is in the library. Stop that process, "
                    "then run `rag index`."
                )
            time.sleep(_POLL)
            before = reached, kept
            reached, kept = self._reached(), self._store.last_kept
            if (reached, kept) != before:  # a long article is one change, and many vectors
                moved = now
            if progress is not None:
                progress(Progress(reached - first, change - first, 0))
        return True

    def follow(self, interval: float = 0.5) -> None:
        """From now on keep the indexes fresh in the background, as their owner if nobody else is.

        Looks every `interval` seconds. Trouble does not end it: it is tried again, and `status` tells.
        """
        if self._follower is None:
            self._follower = threading.Thread(target=self._follow, args=(interval,), name="index-follower", daemon=True)
            self._follower.start()

    def rebuild(self, progress: Callable[[Progress], None] | None = None) -> Report:
        """Make the indexes anew from the library alone, beside the old ones, then put them in their place."""
        return self._make_anew(progress)

    def _make_anew(self, progress: Callable[[Progress], None] | None, known: EmbeddingCache | None = None) -> Report:
        with self._owning():
            self._store.clean()
            fresh = self._store.create(self._manifest())
            try:
                fresh.vectors.clear()
                report = catch_up(self.library, fresh, self.embedder, self.rules, progress, self._stop, known)
            finally:
                fresh.close()
            if self._stop.is_set():
                return report
            with self._opening:
                self._drop()
                self._store.use(fresh)
            return report

    def status(self) -> Status:
        """Where the indexes stand."""
        generation = self._current()
        return Status(
            change=self._reached(),
            library_change=self.library.last_change(),
            articles=self.library.count(),
            passages=0 if generation is None else generation.lexical.count(),
            embedding=self.embedder.name,
            owner=self._owner.holder(),
            owned=self._owner.owned,
            trouble=self._trouble,
        )

    def passage_counts(self, article_ids: Sequence[str]) -> dict[str, int]:
        """How many passages of each article are indexed."""
        generation = self._current()
        return dict.fromkeys(article_ids, 0) if generation is None else generation.lexical.passage_counts(article_ids)

    def _follow(self, interval: float) -> None:
        while True:
            try:
                if self._owner.try_acquire() and not self._is_fresh():
                    self.catch_up()
                self._trouble = None
            except Exception as error:  # noqa: BLE001 (kept for `status`; the page must go on)
                self._trouble = str(error) or type(error).__name__
            if self._stop.wait(interval):
                return

    @contextmanager
    def _owning(self) -> Iterator[None]:
        """As the owner; unless we follow, we are a reader again afterwards."""
        with self._writing:
            before = self._owner.owned
            self._owner.acquire()
            try:
                yield
            finally:
                if not before and self._follower is None:
                    self._drop()
                    self._owner.release()

    def _is_fresh(self) -> bool:
        generation = self._generation
        reached = None if generation is None or not generation.owned else generation.state.reached
        return reached == self.library.last_change()

    def _current(self) -> Generation | None:
        """The generation to search, as fresh as what is on disk."""
        with self._opening:
            generation = self._generation
            if generation is not None and generation.directory == self._store.current:
                return generation
            self._drop()
            self._generation = self._store.open(self._manifest(), owned=False)
            return self._generation

    def _own(self) -> Generation:
        """The generation to write; made if there is none."""
        with self._opening:
            if self._generation is not None and self._generation.owned:
                return self._generation
            self._drop()
            manifest = self._manifest()
            self._store.clean()
            generation = self._store.open(manifest, owned=True)
            if generation is None:
                generation = self._store.create(manifest)
                self._store.use(generation)
            self._generation = generation
            return generation

    def _drop(self) -> None:
        with self._opening:
            if self._generation is not None:
                self._generation.close()
                self._generation = None

    def _reached(self) -> int:
        return self._store.state.reached

    def _manifest(self) -> Manifest:
        return Manifest(
            library_id=self.library.library_id,
            embedding=self.embedder.name,
            dimensions=self.embedder.dimensions,
            passages=self.rules.fingerprint,
        )
