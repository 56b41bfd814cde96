"""The dense arm finds the nearest of what passes a filter, whichever way that is found out."""

import random
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from index import dense, vectors
from index.article import Article
from index.embedding import Embedder
from index.facade import Index
from index.filters import Filters, Passing
from index.library import Library
from index.passages import passages_of
from index.ranking import Weights
from index.vectors import Vectors

QUERY = "alpha beta gamma"
DENSE = Weights(dense=1.0, lead=0.0)


@pytest.fixture
def index(tmp_path: Path, library: Library, embedder: Embedder) -> Iterator[Index]:
    """Three hundred articles on as many days, each of other words, every fifth of the BBC, every ninth undated."""
    rng = random.Random(0)
    words = ["alpha", "beta", "gamma", *(f"word{number}" for number in range(40))]
    articles = (
        Article(
            text=" ".join(rng.choices(words, k=12)),
            title="",
            address=f"/{number}",
            source="CNN" if number % 5 else "BBC",
            published=datetime(2023, 1, 1, tzinfo=UTC) + timedelta(days=number) if number % 9 else None,
        )
        for number in range(300)
    )
    assert len(list(library.put_many(articles))) == 300
    with Index.open(tmp_path, embedder, library) as index:
        index.catch_up()
        yield index


@pytest.mark.parametrize(
    ("compared", "named", "widest"),
    [(1_000, 1_000, 0), (0, 1_000, 0), (0, 0, 10_000), (0, 0, 0)],
    ids=["one by one", "by their ids", "among more than are wanted", "by Chroma's tests"],
)
@pytest.mark.parametrize(
    "filters",
    [
        Filters.of(after=date(2023, 2, 1), before=date(2023, 2, 11)),
        Filters.of(after=date(2023, 2, 1)),
        Filters.of(known_by=date(2023, 5, 1)),
        Filters.of(source="bbc", before=date(2023, 9, 1)),
        Filters.of(after=date(2024, 2, 1)),
    ],
    ids=["days", "since", "known by", "source", "nothing"],
)
def test_the_nearest_of_what_passes(
    index: Index, filters: Filters, compared: int, named: int, widest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = index.search(QUERY, 300, weights=DENSE)
    assert len(everything) > 250
    passing = [hit for hit in everything if _passes(hit.passage.source, hit.passage.published, filters)]
    monkeypatch.setattr(dense, "_COMPARED", compared)
    monkeypatch.setattr(dense, "_NAMED", named)
    monkeypatch.setattr(vectors, "_WIDEST", widest)
    found = index.search(QUERY, 10, filters, weights=DENSE)
    assert [hit.dense for hit in found] == pytest.approx([hit.dense for hit in passing[:10]], abs=1e-6)
    assert {hit.passage.article_id for hit in found} <= {hit.passage.article_id for hit in passing}


def test_a_passage_that_only_the_lexical_index_has_yet_is_no_trouble(tmp_path: Path, embedder: Embedder) -> None:
    article = Article(text="A river.", title="", address="/a", source="BBC")
    passages = passages_of(article)
    with closing(Vectors(tmp_path, "passages")) as known:
        known.upsert(passages, embedder.embed(["A river."]))
        passing = Passing(2, 2, [passages[0].passage_id, "not-there-0"])
        found = known.search(embedder.embed(["river"])[0], 5, Filters.of(source="bbc"), passing)
    assert [one.passage_id for one in found] == [passages[0].passage_id]


def _passes(source: str | None, published: int | None, filters: Filters) -> bool:
    assert source is not None
    return (
        (not filters.sources or source.casefold() in filters.sources)
        and (filters.after is None or (published is not None and published >= filters.after))
        and (filters.before is None or (published is not None and published < filters.before))
        and (filters.known_by is None or published is None or published < filters.known_by)
    )
