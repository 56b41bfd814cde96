"""The second look: what it puts first, what it leaves alone, and what it says when it cannot."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from index.article import Article
from index.embedding import Embedder
from index.errors import ModelError
from index.facade import Index
from index.library import Library
from index.passage import Passage
from index.ranking import Part
from index.reranker import DEPTH, SHARE, rerank
from index.search import Hit

Make = Callable[..., Article]


@dataclass
class Scripted:
    """Says of a text what `script` says; remembers what it was asked."""

    script: Callable[[str], float]
    name: str = "scripted"
    asked: list[tuple[str, list[str]]] = field(default_factory=list)

    def scores(self, query: str, texts: Sequence[str]) -> list[float]:
        self.asked.append((query, list(texts)))
        return [self.script(text) for text in texts]


def hit(name: str, score: float) -> Hit:
    passage = Passage(
        article_id=name, version="v", start=0, end=len(name), position=0, text=name, title=f"Title {name}",
        source=None, url=None, published=None, language="en",
    )  # fmt: skip
    return Hit(passage, score, score, None, (Part("dense", score, score, 0.5), Part("time", 0, score, 0.5)))


def names(hits: Sequence[Hit]) -> list[str]:
    return [one.passage.article_id for one in hits]


def test_what_the_model_says_decides_and_stands_among_the_parts() -> None:
    order = rerank([hit("a", 0.9), hit("b", 0.8)], "why?", Scripted(lambda text: 7.0 if "b" in text else -3.0))
    assert names(order) == ["b", "a"]
    assert order[0].parts[-1] == Part("rerank", 7.0, 1.0, SHARE)
    assert order[0].score == pytest.approx(SHARE + (1 - SHARE) * 0.8)
    for one in order:
        assert one.score == pytest.approx(sum(part.weight * part.value for part in one.parts))
        assert 0 <= one.score <= 1


def test_a_tie_keeps_the_fused_order_and_a_near_one_is_decided_by_it() -> None:
    hits = [hit("a", 0.9), hit("b", 0.2), hit("c", 0.1)]
    assert names(rerank(hits, "why?", Scripted(lambda _: 1.0))) == ["a", "b", "c"]
    near = {"a": 0.0, "b": 1.0, "c": 1.01}
    assert names(rerank(hits, "why?", Scripted(lambda text: near[text[-1]]))) == ["b", "c", "a"]


def test_the_title_is_read_with_the_passage_and_only_the_first_are_read() -> None:
    reranker = Scripted(lambda text: float(text[-3:]))
    hits = [hit(f"{n:03}", 1 - n / 100) for n in range(DEPTH + 5)]
    order = rerank(hits, "why?", reranker)
    [(query, texts)] = reranker.asked
    assert (query, texts[0], len(texts)) == ("why?", "Title 000\n000", DEPTH)
    assert names(order)[:2] == [f"{DEPTH - 1:03}", f"{DEPTH - 2:03}"]
    assert names(order)[DEPTH:] == names(hits)[DEPTH:]
    assert [one.score for one in order] == sorted((one.score for one in order), reverse=True)
    assert [part.name for part in order[-1].parts] == ["dense", "time"]


def test_nothing_found_is_nothing_read() -> None:
    reranker = Scripted(lambda _: 1.0)
    assert rerank([], "why?", reranker) == []
    assert reranker.asked == []


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_score_that_is_no_number_is_said(bad: float) -> None:
    with pytest.raises(ModelError, match=r"scripted gave 1 scores for 1 passages.*unset RAG_RERANK"):
        rerank([hit("a", 0.9)], "why?", Scripted(lambda _: bad))


@pytest.fixture
def reranker() -> Scripted:
    return Scripted(lambda text: 5.0 if "ferry" in text else 0.0)


@pytest.fixture
def index(tmp_path: Path, library: Library, embedder: Embedder, article: Make, reranker: Scripted) -> Iterator[Index]:
    library.put(article("bridge", "The bridge of Alva was closed on Monday because the river rose."))
    library.put(article("ferry", "A ferry replaces the bridge."))
    with Index.open(tmp_path, embedder, library, reranker=reranker) as index:
        index.catch_up()
        yield index


def test_a_search_looks_twice_deeper_than_it_was_asked(index: Index, reranker: Scripted) -> None:
    query = "Why was the bridge of Alva closed?"
    assert [one.passage.title for one in index.search(query, 1, second_look=False)] == ["Title bridge"]
    assert reranker.asked == []
    assert [one.passage.title for one in index.search(query, 1)] == ["Title ferry"]
    assert len(reranker.asked[0][1]) == 2


def test_a_query_without_words_is_not_read(index: Index, reranker: Scripted) -> None:
    assert index.search("  ") == []
    assert reranker.asked == []
