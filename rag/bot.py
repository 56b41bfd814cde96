"""`rag.open()`: the library, its index and the answering engine, as one object."""

import tempfile
import threading
from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, aclosing, closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from index import weights
from index.article import Article
from index.duplicates import mark_copies
from index.errors import InputError
from index.filters import Filters
from index.library import Library
from index.sync import Entry, add, sync
from rag.answer import Answer, Copy, Event, Finished, Found
from rag.arguments import Day, as_of_day, count_of, days_of, sources_of, text_of
from rag.conversation import Conversation
from rag.embedder import FAST, LocalEmbedder
from rag.loop import BackgroundLoop, in_thread
from rag.settings import Settings, load

if TYPE_CHECKING:
    from index.embedding import Embedder
    from index.facade import Index
    from index.reranker import Reranker
    from index.search import Hit
    from index.sources import Fetcher
    from rag.engine import Engine
    from rag.llm.choose import Choice
    from rag.query_engine import NewsQuery
    from rag.understanding import Ask
    from rag.verify import Check, Verifier

_Over = tuple["Engine", tuple[Article, ...]]
"""What answers, and the articles that it answers from where they were given with the question."""


def open(**settings: Any) -> "Bot":  # noqa: A001 (rag.open reads like what it does)
    """A bot over the library in ``RAG_HOME``. Settings from arguments, environment, .env, rag.toml.

    Raises ConfigError for a setting that is unknown or wrong; everything else is opened on first use.
    """
    return Bot(load(**settings))


if TYPE_CHECKING:
    _opened = cached_property
else:

    class _opened(cached_property):  # noqa: N801 (a decorator)
        """A part of a bot that is opened once, whichever of its threads needs it first: from Python 3.12 on
        `cached_property` by itself may open it twice."""

        def __get__(self, bot, owner=None):
            if bot is None:
                return self
            with bot._opening:
                return super().__get__(bot, owner)


class Bot:
    """Add articles, search them, ask questions of them. Threads may share one; close it at the end."""

    def __init__(self, settings: Settings, *, progress: weights.Progress | None = None) -> None:
        self.settings = settings
        self._progress = progress
        self._loop = BackgroundLoop()
        self._opening = threading.RLock()

    def close(self) -> None:
        """End the local model's server and let go of the files."""
        if self._loop.closed:
            return
        opened = vars(self)  # cached properties that were used
        if "choice" in opened and self.choice.model is not None:
            self._loop.run(self.choice.model.close())
        self._loop.close()
        if "choice" in opened and self.choice.server is not None:
            self.choice.server.close()
        if "index" in opened:
            self.index.close()
        if "fetcher" in opened:
            self.fetcher.close()
        if "library" in opened:
            self.library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # The parts, each opened when first needed

    @_opened
    def library(self) -> Library:
        """The articles. Raises LibraryError."""
        return Library.open(self.settings.library_url)

    @_opened
    def fetcher(self) -> "Fetcher":
        """What gets pages from the web, within the guards that the settings allow."""
        from index.sources import Fetcher

        return Fetcher(allow_private=self.settings.allow_private_addresses)

    @_opened
    def embedder(self) -> "Embedder":
        """The embedding model; loaded, and its weights fetched if need be, when first used."""
        settings = self.settings
        if settings.embedding not in ("local", FAST):
            from index.embedding import EndpointEmbedder

            key = settings.embedding_api_key or settings.llm_api_key
            return EndpointEmbedder(
                base_url=settings.embedding_base_url or settings.llm_base_url,
                api_key=key.get_secret_value() if key else "none",
                model=settings.embedding,
            )
        return LocalEmbedder(settings, self._progress)

    @_opened
    def index(self) -> "Index":
        """The derived indexes."""
        from index.facade import Index

        settings = self.settings
        return Index.open(settings.home, self.embedder, self.library, settings.chroma_url, reranker=self.reranker)

    @_opened
    def reranker(self) -> "Reranker | None":
        """What looks twice at what a search finds, where RAG_RERANK names it; loaded when first used."""
        from index.cross_encoder import CrossEncoder

        known = self.settings
        if not known.rerank:
            return None
        return CrossEncoder(known.rerank, known.model_cache / "rerank", known.threads, offline=known.offline)

    @_opened
    def choice(self) -> "Choice":
        """Which language model answers, and why."""
        from rag.llm.choose import choose

        return choose(self.settings)

    @_opened
    def verifier(self) -> "Verifier":
        """What checks sentences: rules, and the language model that RAG_JUDGE says for what they leave open."""
        from rag.judging import verifier

        return verifier(self.settings, self.choice)

    @_opened
    def engine(self) -> "Engine":
        """What answers."""
        return self._engine(self.library, self.index)

    # Articles

    def add(
        self, *sources: str | Path, progress: Callable[[Entry], object] | None = None, index: bool = True
    ) -> list[Entry]:
        """Read files, folders, pages, feeds and sitemaps into the library, and bring the index up to date.

        Returns one entry for each article or failure, in order; what failed does not stop the rest.
        """
        return self._taken_in(add(self.library, sources, lambda: self.fetcher), progress, index=index)

    def sync(
        self,
        *,
        only: Sequence[str] | None = None,
        progress: Callable[[Entry], object] | None = None,
        index: bool = True,
    ) -> list[Entry]:
        """Read again what was added (or `only` these of the added addresses), and bring the index up to date.

        Returns one entry for each article that was met or is gone, and for each failure.
        """
        return self._taken_in(sync(self.library, lambda: self.fetcher, only), progress, index=index)

    def _taken_in(
        self, entries: Iterable[Entry], progress: Callable[[Entry], object] | None, *, index: bool
    ) -> list[Entry]:
        results = []
        for entry in entries:
            results.append(entry)
            if progress is not None:
                progress(entry)
        if index:
            self.index.bring_up_to_date()
        return results

    def articles(self) -> list[Article]:
        """All articles, without their texts, in a stable order."""
        return list(self.library.articles(texts=False))

    def article(self, name: str) -> Article:
        """One article with its text, by id (or its beginning), address or title. Raises InputError."""
        article = self.library.get(self.library.resolve(text_of(name, "article", empty=True)))
        if article is None:
            raise InputError(f"the article {name!r} has just been removed")
        return article

    def copies(self, article_ids: Collection[str]) -> dict[str, tuple[Copy, ...]]:
        """Where else the stories of these articles stand (agency copy), for those where they do, the earliest first."""
        from rag.copies import copies_of

        return copies_of(self.library, article_ids)

    def passage_counts(self, article_ids: Sequence[str]) -> dict[str, int]:
        """How many indexed passages each article has."""
        return self.index.passage_counts(article_ids)

    def remove(self, *names: str) -> list[str]:
        """Delete articles, by id (or its beginning), address or whole title; returns their ids.

        Raises InputError before any is deleted.
        """
        wanted = [self.library.resolve(text_of(name, "article", empty=True), part=False) for name in names]
        removed = self.library.remove(wanted)
        mark_copies(self.library)  # the copies of what went have another original now
        self.index.bring_up_to_date()
        return removed

    # Questions

    def search(
        self,
        query: str,
        k: int | None = None,
        *,
        source: str | Sequence[str] | None = None,
        after: Day = None,
        before: Day = None,
        as_of: Day = None,
    ) -> list[Found]:
        """The passages that fit best, best first. `as_of` is the day of asking, default today.

        Raises InputError for an empty query, a date that is none, or days that leave none between them.
        """
        from rag.engine import found

        hits = self.hits(query, k, source=source, after=after, before=before, as_of=as_of)
        return [found(hit) for hit in hits]

    def hits(
        self,
        query: str,
        k: int | None = None,
        *,
        source: str | Sequence[str] | None = None,
        after: Day = None,
        before: Day = None,
        as_of: Day = None,
    ) -> "list[Hit]":
        """What `search` finds, each with the parts that its score is the sum of."""
        from rag.understanding import preferred

        query, (first, end), day = text_of(query, "query"), days_of(after, before), as_of_day(as_of)
        filters = Filters.of(sources_of(source), first, end, known_by=day)
        preference = preferred(query, day or datetime.now(UTC).date())
        return self.index.search(query, count_of(k, self.settings.k), filters, preference)

    def find(
        self, question: str, *, articles: Sequence[Mapping[str, Any]] | None = None, **circumstances: Any
    ) -> "NewsQuery":
        """What an answer would be written from: the passages, and their sentences by relevance. Takes what `stream`
        takes; asks no language model."""
        ask = self._ask(question, **circumstances)
        with self._over(articles) as (engine, _):
            return self._loop.run(engine.find(ask))

    def ask(self, question: str, **circumstances: Any) -> Answer:
        """The whole answer. Takes what `stream` takes."""
        return _last(self.stream(question, **circumstances))

    async def aask(self, question: str, **circumstances: Any) -> Answer:
        """The whole answer, awaited."""
        answer: Answer | None = None
        async with aclosing(self.astream(question, **circumstances)) as events:
            async for event in events:
                if isinstance(event, Finished):
                    answer = event.answer
        assert answer is not None
        return answer

    def stream(
        self,
        question: str,
        *,
        conversation: Conversation | None = None,
        source: str | Sequence[str] | None = None,
        after: Day = None,
        before: Day = None,
        as_of: Day = None,
        dates: bool = True,
        k: int | None = None,
        articles: Sequence[Mapping[str, Any]] | None = None,
    ) -> Iterator[Event]:
        """The events of an answer, `Finished` last.

        `after` and `before` (ISO days) limit the articles by date, `source` by where they appeared;
        `as_of` is the day of asking, default today. Without `dates`, time expressions in the question
        ("last week") do not limit the articles. With `articles`, mappings like the lines of a
        JSON Lines file, the answer is from these alone and nothing is added to the library. Spans of the
        answer then count in the texts of `Answer.articles`, which are these in canonical form.
        Raises InputError for an empty question, a date that is none, days that leave none between them,
        and an article that cannot be used.
        """
        ask = self._ask(question, conversation, source, after, before, as_of, dates, k)
        with self._over(articles) as (engine, given), closing(self._loop.iterate(engine.stream(ask))) as events:
            for event in events:
                yield _with(event, given)

    async def astream(self, question: str, **circumstances: Any) -> AsyncGenerator[Event, None]:
        """`stream` for an event loop of your own."""
        articles = circumstances.pop("articles", None)
        ask = self._ask(question, **circumstances)
        async with (
            in_thread(self._over(articles)) as (engine, given),
            aclosing(self._loop.aiterate(engine.stream(ask))) as events,
        ):
            async for event in events:
                yield _with(event, given)

    def check(self, sentence: str, evidence: str | Sequence[str]) -> "Check":
        """Whether `evidence`, one text or several, bears out `sentence`: verdict, probability, evidence index and
        span, tier. Raises InputError for what is no text."""
        from rag.verify import Evidence

        if isinstance(evidence, str):
            evidence = [evidence]
        if not isinstance(evidence, Iterable):
            raise InputError(f"the evidence is {evidence!r}; give a text, or a list of texts")
        texts = [text_of(text, f"evidence[{place}]", empty=True) for place, text in enumerate(evidence)]
        return self.verifier.check(text_of(sentence, "sentence"), [Evidence(text) for text in texts])

    def _ask(
        self,
        question: str,
        conversation: Conversation | None = None,
        source: str | Sequence[str] | None = None,
        after: Day = None,
        before: Day = None,
        as_of: Day = None,
        dates: bool = True,
        k: int | None = None,
    ) -> "Ask":
        from rag.understanding import Ask

        first, end = days_of(after, before)
        return Ask(
            question=text_of(question, "question"),
            conversation=conversation,
            source=sources_of(source),
            after=first,
            before=end,
            as_of=as_of_day(as_of),
            dates=dates,
            k=count_of(k, self.settings.k),
        )

    def _over(self, articles: Sequence[Mapping[str, Any]] | None) -> "AbstractContextManager[_Over]":
        return self._lasting() if articles is None else self._passing(articles)

    @contextmanager
    def _lasting(self) -> "Iterator[_Over]":
        yield self.engine, ()

    @contextmanager
    def _passing(self, articles: Sequence[Mapping[str, Any]]) -> "Iterator[_Over]":
        """An engine over these articles alone, gone when the answer is there, and the articles as it knows them."""
        from index.facade import Index
        from rag.given_articles import given_articles

        given = given_articles(articles)
        with tempfile.TemporaryDirectory(prefix="article-rag-") as folder:
            home = Path(folder)
            with (
                Library.open(home / "library.db") as library,
                Index.open(home, self.embedder, library, reranker=self.reranker) as index,
            ):
                ids = [put.article_id for put in library.put_many(given)]  # the same text twice is one article
                known = library.get_many(ids)
                index.catch_up()
                yield self._engine(library, index), tuple(known[article_id] for article_id in ids)

    def _engine(self, library: Library, index: "Index") -> "Engine":
        from rag.copies import grounded
        from rag.engine import Engine
        from rag.remembering import Remembering

        return Engine(
            index,
            Remembering(self.embedder.embed, getattr(self.embedder, "encode", None)),
            self.choice,
            self.verifier,
            self.settings,
            partial(grounded, library),
        )


def _with(event: Event, given: tuple[Article, ...]) -> Event:
    """The event; when it holds the answer, with the articles that were given for it."""
    return Finished(replace(event.answer, articles=given)) if given and isinstance(event, Finished) else event


def _last(events: Iterable[Event]) -> Answer:
    for event in events:
        if isinstance(event, Finished):
            return event.answer
    raise AssertionError("an answer always finishes")
