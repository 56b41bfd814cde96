"""Catching up embeds what is new, once, and can be stopped and resumed anywhere."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from hash_embedder import Counting

from index.article import Article
from index.facade import Index
from index.indexer import Progress
from index.library import Library

Make = Callable[..., Article]


@pytest.fixture
def index(tmp_path: Path, library: Library, counting: Counting) -> Iterator[Index]:
    with Index.open(tmp_path, counting, library) as index:
        yield index


def ids(index: Index) -> tuple[set[str], set[str]]:
    generation = index._current()
    assert generation is not None
    with generation.reading():
        return {i for i, _ in generation.vectors.everything()}, {c.passage_id for c in generation.lexical.everything()}


def test_only_what_changed_is_embedded(library: Library, index: Index, counting: Counting, article: Make) -> None:
    for i in range(5):
        library.put(article(str(i), f"River {i} rose."))
    assert index.catch_up().embedded == counting.texts == 5
    assert index.catch_up().embedded == 0
    library.put(article("3", "River 3 fell."))
    library.put(article("4", "River 4 rose.", metadata={"section": "world"}))
    library.remove([article("0", "x").article_id])
    report = index.catch_up()
    assert (report.articles, report.deleted, report.embedded) == (2, 1, 1)
    vectors, words = ids(index)
    assert vectors == words
    assert len(vectors) == 4


def test_articles_that_change_while_they_are_indexed(
    library: Library, index: Index, counting: Counting, article: Make
) -> None:
    """They come again in a later batch; nothing of the former version is left, nothing of the last is missing."""
    texts = [f"River rose {i}. " * 3000 for i in range(3)]
    for i in range(12):
        library.put(article(str(i), texts[0] + str(i)))
    turns = iter([1, 2, 0, 1])

    def change() -> None:
        turn = next(turns, None)
        if turn is not None:
            for i in range(4):
                library.put(article(str(i), texts[turn] + str(i)))

    counting.meanwhile = change
    index.catch_up()
    vectors, words = ids(index)
    assert vectors == words
    assert {at.rpartition("-")[0] for at in vectors} == {f"{a.article_id}-{a.version[:12]}" for a in library.articles()}


def test_progress_is_told_and_adds_up(library: Library, index: Index, counting: Counting, article: Make) -> None:
    for i in range(30):
        library.put(article(str(i), f"River {i} rose. " * 600))
    told: list[Progress] = []
    report = index.catch_up(told.append)
    assert (told[-1].done, told[-1].total, told[-1].passages) == (30, 30, report.embedded)
    assert all(a.done <= b.done and a.passages <= b.passages for a, b in itertools.pairwise(told))
    assert len(told) > 30


def test_stopping_is_quick_and_resuming_ends_the_same(
    tmp_path: Path, library: Library, counting: Counting, article: Make
) -> None:
    for i in range(30):
        library.put(article(str(i), f"River {i} rose. " * 1200))
    stopped = Event()
    with Index.open(tmp_path, counting, library) as index:

        def stop(progress: Progress) -> None:
            if progress.passages > 300:
                index._stop.set()
                stopped.set()

        report = index.catch_up(stop)
        assert stopped.is_set()
        assert 0 < report.change < library.last_change()
    with Index.open(tmp_path, counting, library) as index:
        index.catch_up()
        vectors, words = ids(index)
        assert vectors == words
        assert index.status().fresh


def test_a_failing_embedding_loses_nothing(library: Library, index: Index, counting: Counting, article: Make) -> None:
    library.put(article("a", "The river rose."))
    index.catch_up()
    library.put(article("a", "The river fell."))
    library.put(article("b", "The lake froze."))

    def fail() -> None:
        raise ConnectionError("the endpoint is away")

    counting.meanwhile = fail
    with pytest.raises(ConnectionError):
        index.catch_up()
    counting.meanwhile = lambda: None
    index.catch_up()
    assert {hit.passage.text for hit in index.search("river lake")} == {"The river fell.", "The lake froze."}


def test_the_same_text_is_embedded_once(library: Library, index: Index, counting: Counting, article: Make) -> None:
    told: list[Progress] = []
    library.put(article("a", "The flood in Oda killed 12 people. " * 5001))
    report = index.catch_up(told.append)
    assert report.embedded > 150
    assert counting.texts == 2  # the last passage is shorter
    assert (told[-1].passages, told[-1].read) == (report.embedded, report.embedded)
    vectors, words = ids(index)
    assert vectors == words
    assert len(vectors) == report.embedded


@pytest.mark.parametrize("changed", [False, True])
def test_a_long_article_goes_on_where_it_was_cut_off(
    changed: bool,
    tmp_path: Path,
    library: Library,
    counting: Counting,
    article: Make,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The vectors that were kept are used; when the article has changed meanwhile, they go."""
    monkeypatch.setattr("index.indexer._KEPT", 20)
    text = " ".join(f"The flood took {i} houses in village {i}, said {i * 7} who live there." for i in range(1000))
    library.put(article("a", text))
    turns = iter([None, None, ConnectionError("the endpoint is away")])

    def fail() -> None:
        if (error := next(turns, None)) is not None:
            raise error

    counting.meanwhile = fail
    with Index.open(tmp_path, counting, library) as index, pytest.raises(ConnectionError):
        index.catch_up()
    assert counting.texts == 40
    if changed:
        library.put(article("a", "The water fell."))
    with Index.open(tmp_path, counting, library) as index:
        report = index.catch_up()
        vectors, words = ids(index)
        assert vectors == words
        assert counting.texts == 40 + report.embedded
        assert report.embedded == (1 if changed else len(vectors) - 40)
        generation = index._current()
        assert generation is not None
        assert generation.embeddings.of_articles([article("a", "x").article_id]) == vectors
