"""The index as a whole: what is added is found, what is gone is not, whatever happened in between."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from index.article import Article
from index.embedding import Embedder
from index.errors import IndexInUse
from index.facade import Index
from index.filters import Filters
from index.indexer import Progress
from index.library import Library
from index.owner import Owner

Make = Callable[..., Article]


@pytest.fixture
def index(tmp_path: Path, library: Library, embedder: Embedder) -> Iterator[Index]:
    with Index.open(tmp_path, embedder, library) as index:
        yield index


def test_what_is_added_is_found_with_its_exact_place(library: Library, index: Index, article: Make) -> None:
    library.put(article("a", "The river rose by two metres. " * 50 + "\n\nThe bridge at Elmsford fell."))
    library.put(article("b", "Bread became dearer."))
    report = index.catch_up()
    assert (report.articles, report.deleted) == (2, 0)
    best = index.search("bridge Elmsford", k=3)[0]
    kept = library.get(best.passage.article_id)
    assert kept is not None
    assert kept.text[best.passage.start : best.passage.end] == best.passage.text
    assert "Elmsford" in best.passage.text
    assert best.dense is not None
    assert best.lexical is not None


def test_a_query_that_is_no_valid_text_finds_what_else_it_asks_for(
    library: Library, index: Index, article: Make
) -> None:
    library.put(article("a", "The river rose."))
    index.catch_up()
    assert [hit.passage.text for hit in index.search("river \udcff\x00")] == ["The river rose."]


def test_removed_and_replaced_articles_are_gone_before_the_index_knows(
    library: Library, index: Index, article: Make
) -> None:
    library.put(article("a", "The river rose."))
    library.put(article("b", "The river fell."))
    index.catch_up()
    library.remove([article("a", "x").article_id])
    library.put(article("b", "The lake froze."))
    assert index.search("river") == []
    index.catch_up()
    assert [hit.passage.text for hit in index.search("river lake")] == ["The lake froze."]
    assert index.status().passages == 1


def test_filters_hold_in_both_arms(library: Library, index: Index, article: Make) -> None:
    library.put(article("a", "The river rose.", source="BBC", published=datetime(2023, 3, 1, tzinfo=UTC)))
    library.put(article("b", "The river rose again.", source="CNN", published=datetime(1950, 3, 1, tzinfo=UTC)))
    library.put(article("c", "The river rose a third time."))
    index.catch_up()

    def titles(filters: Filters) -> set[str]:
        return {hit.passage.title[-1] for hit in index.search("river rose", filters=filters)}

    assert titles(Filters()) == {"a", "b", "c"}
    assert titles(Filters.of(source="bbc")) == {"a"}
    assert titles(Filters.of(before=datetime(1960, 1, 1, tzinfo=UTC))) == {"b"}
    assert titles(Filters.of(after=datetime(2023, 3, 1, tzinfo=UTC))) == {"a"}
    assert titles(Filters.of(article_ids=[article("c", "x").article_id])) == {"c"}
    assert titles(Filters.of(article_ids=[])) == set()


def test_a_reader_sees_what_the_owner_wrote_since(
    tmp_path: Path, library: Library, index: Index, embedder: Embedder, article: Make
) -> None:
    library.put(article("a", "The river rose."))
    index.catch_up()
    with Index.open(tmp_path, embedder, library) as reader:
        assert len(reader.search("river")) == 1
        library.put(article("b", "The river fell."))
        index.catch_up()
        assert len(reader.search("river")) == 2


def test_rebuilding_gives_the_same(library: Library, index: Index, article: Make) -> None:
    for i in range(5):
        library.put(article(str(i), f"Story {i} about the river and number {i}."))
    index.catch_up()
    before = index.search("river number 3")
    index.rebuild()
    assert index.search("river number 3") == before


def test_questions_beside_deletions(library: Library, index: Index, article: Make) -> None:
    """Chroma may find a passage that is gone when it comes to look at its metadata."""
    index.follow(0.0)
    for turn in range(3):
        for i in range(10):
            library.put(article(str(i), f"The river rose {turn} times. " * 200))
        until = time.monotonic() + 1
        while time.monotonic() < until:
            for hit in index.search("river"):
                assert hit.passage.text
        library.remove([article(str(i), "x").article_id for i in range(10)])
        assert index.search("river") == []
    assert index.status().trouble is None


def test_an_owner_that_keeps_vectors_of_a_long_article_is_waited_for(
    tmp_path: Path, library: Library, embedder: Embedder, article: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.facade._PATIENCE", 0.6)
    library.put(article("a", "The river rose."))
    kept = tmp_path / "index" / "1" / "embeddings.sqlite3-wal"
    kept.parent.mkdir(parents=True)
    looks: list[Progress] = []

    def look(progress: Progress) -> None:
        looks.append(progress)
        if len(looks) < 8:
            kept.write_bytes(b"")
            os.utime(kept, (len(looks), len(looks)))

    with Owner(tmp_path / "index"), Index.open(tmp_path, embedder, library) as index:
        with pytest.raises(IndexInUse, match="has not taken in any change"):
            index.wait_until(library.last_change(), progress=look)
        assert len(looks) >= 9
