"""The index as a whole: what is added is found, what is gone is not, whatever happened in between."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.article import Article
from index.facade import Index
from index.filters import Filters
from index.library import Library


class HashEmbedder:
    """Words hashed into a vector: deterministic, and near for texts that share words."""

    name = "hash"
    dimensions = 64

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.full((len(texts), self.dimensions), 1e-3, np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                vectors[row, hashlib.md5(word.encode()).digest()[0] % self.dimensions] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library.sqlite3") as library:
        yield library


@pytest.fixture
def index(tmp_path: Path, library: Library) -> Iterator[Index]:
    with Index.open(tmp_path, HashEmbedder(), library) as index:
        yield index


def article(name: str, text: str, **known: object) -> Article:
    return Article(text=text, title=f"Title {name}", address=f"/articles/{name}", **known)  # type: ignore[arg-type]


def test_what_is_added_is_found_with_its_exact_place(library: Library, index: Index) -> None:
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


def test_removed_and_replaced_articles_are_gone_before_the_index_knows(library: Library, index: Index) -> None:
    library.put(article("a", "The river rose."))
    library.put(article("b", "The river fell."))
    index.catch_up()
    library.remove([article("a", "x").article_id])
    library.put(article("b", "The lake froze."))
    assert index.search("river") == []
    index.catch_up()
    assert [hit.passage.text for hit in index.search("river lake")] == ["The lake froze."]
    assert index.status().passages == 1


def test_filters_hold_in_both_arms(library: Library, index: Index) -> None:
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


def test_a_reader_sees_what_the_owner_wrote_since(tmp_path: Path, library: Library, index: Index) -> None:
    library.put(article("a", "The river rose."))
    index.catch_up()
    with Index.open(tmp_path, HashEmbedder(), library) as reader:
        assert len(reader.search("river")) == 1
        library.put(article("b", "The river fell."))
        index.catch_up()
        assert len(reader.search("river")) == 2


def test_rebuilding_gives_the_same(library: Library, index: Index) -> None:
    for i in range(5):
        library.put(article(str(i), f"Story {i} about the river and number {i}."))
    index.catch_up()
    before = index.search("river number 3")
    index.rebuild()
    assert index.search("river number 3") == before
