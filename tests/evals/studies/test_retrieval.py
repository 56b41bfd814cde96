"""The retrieval study: it ranks as the product does, and its command fills in its tables."""

import hashlib
import json
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from evals.datasets import Question
from evals.datasets.items import Evidence
from evals.studies import retrieval
from evals.studies.embeddings import CachedEmbedder
from evals.studies.markdown import short
from evals.studies.matrices import OUT, Collection
from evals.studies.measuring import MEASURES, SHIPPED, asked_on, bounds, halves, measured
from evals.studies.retrieval import chosen_on_half
from evals.studies.ways import by_sentences, capped, without_time
from index.article import Article
from index.facade import Index
from index.filters import Filters
from index.lexical import Lexical
from index.library import Library
from index.passages import PassageRules, embedding_text, passages_of
from index.ranking import Weights
from rag.understanding import preferred

NAMES = ("river", "bridge", "bread", "harbour", "library", "tram", "orchard", "museum")
DAY = date(2022, 7, 28)
RULES = PassageRules(target=120)


class Embedder:
    """Words hashed into a vector, as `index.embedding.Embedder` wants it."""

    name = "words"
    dimensions = 64

    def embed(self, texts: Sequence[str], progress: Callable[[int], object] | None = None) -> NDArray[np.float32]:
        vectors = np.full((len(texts), self.dimensions), 1e-3, np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                vectors[row, hashlib.md5(word.encode()).digest()[0] % self.dimensions] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def articles() -> list[Article]:
    return [
        Article(
            text=" ".join(f"The {name} of town {n} was reopened on day {m} by the mayor of {m}." for m in range(6)),
            title=f"A {name} reopens",
            address=f"https://news.example/{n}",
            published=datetime(2022, 7, 27, tzinfo=UTC) - timedelta(days=30 * (n % 4)),
            language="en",
        )
        for n, name in enumerate(NAMES)
    ]


@pytest.fixture
def small(tmp_path: Path) -> Collection:
    known = articles()
    passages = [passage for article in known for passage in passages_of(article, RULES)]
    questions = [
        Question(
            id=name,
            question=f"Which {name} was reopened this week?",
            as_of=DAY,
            evidence=((Evidence(article.article_id),),),
        )
        for name, article in zip(NAMES, known, strict=True)
    ]
    embedder = Embedder()
    return Collection(
        "small",
        known,
        passages,
        embedder.embed([embedding_text(passage) for passage in passages]),
        questions,
        embedder.embed([question.question for question in questions]),
    )


def test_the_study_ranks_as_the_product(tmp_path: Path) -> None:
    known = articles()
    passages = [passage for article in known for passage in passages_of(article)]
    texts = [f"Which {name} was reopened this week in town {n}?" for n, name in enumerate(NAMES)]
    questions = [Question(id=text, question=text, as_of=DAY) for text in texts]
    embedder = Embedder()
    vectors = embedder.embed([embedding_text(passage) for passage in passages])
    of = Collection("same", known, passages, vectors, questions, embedder.embed(texts))
    way = asked_on(of, lambda one: one.as_of or DAY)
    with Library.open(tmp_path / "library.db") as library, Index.open(tmp_path, embedder, library) as index:
        for _ in library.put_many(known):
            pass
        index.catch_up()
        for place, text in enumerate(texts):
            hits = index.search(text, 20, Filters.of(known_by=DAY), preferred(text, DAY))
            scores = way(of, place)
            ids = {passage.passage_id: float(scores[at]) for at, passage in enumerate(passages) if scores[at] > OUT / 2}
            assert {hit.passage.passage_id for hit in hits} == set(ids)
            for hit in hits:
                assert hit.score == pytest.approx(ids[hit.passage.passage_id], abs=1e-3)


def test_the_studys_lexical_scores_are_the_indexs(small: Collection, tmp_path: Path) -> None:
    lexical = Lexical(tmp_path / "lexical")
    lexical.replace([], small.passages)
    texts = [
        "Was the harbour of town 3 reopened on day 2?",
        "A library reopens, the mayor of 4 says, the mayor of 5 not",
    ]
    of = replace(small, questions=[Question(id=text, question=text) for text in texts])
    ids = [passage.passage_id for passage in of.passages]
    for text, expected in zip(texts, SHIPPED.lexical(of), strict=True):
        found = lexical.scores(text, ids)
        assert len(found) > 10
        assert [found.get(at, 0.0) for at in ids] == pytest.approx(expected.tolist(), rel=1e-4)


def test_what_was_published_later_is_not_known_and_recent_articles_are_lifted(small: Collection) -> None:
    early = asked_on(small, lambda _: date(2022, 6, 1))(small, 0)
    later = [place for place, passage in enumerate(small.passages) if passage.published > 1_654_128_000]  # type: ignore[operator]
    assert later
    assert (early[later] < OUT / 2).all()
    known = measured(small, asked_on(small, lambda _: DAY))
    assert set(MEASURES) <= set(known)
    assert all(0 <= value <= 1 for values in known.values() for value in values)


def test_halves_share_no_article(small: Collection) -> None:
    first, second = halves(small, random.Random(1))
    assert (first ^ second).all()
    assert first.sum() == second.sum() == 4
    said = chosen_on_half(small, [Weights(lead=0.0), Weights(lead=0.3)])
    assert said.count("\n") == 4


def test_of_each_article_one_passage_first(small: Collection) -> None:
    order = small.ranking(capped(SHIPPED, 1)(small, 0))
    leading = [int(small.article[at]) for at in order[: len(small.articles)]]
    assert len(leading) == len(set(leading))


def test_a_second_stage_orders_only_the_first_passages(small: Collection) -> None:
    first = small.ranking(SHIPPED(small, 0))
    then = small.ranking(by_sentences(SHIPPED, Embedder(), 5, 0.5)(small, 0))
    assert set(first[:5]) == set(then[:5])
    assert first[5:] == then[5:]


def test_words_that_say_when() -> None:
    assert without_time("Which bridge was reopened this week?") == "Which bridge was reopened ?"
    assert without_time("Who wrote it?") == "Who wrote it?"


def test_figures(small: Collection) -> None:
    assert short(0.5) == ".500"
    assert short(-0.25, "+.3f") == "-.250"
    assert short(1.0) == "1.000"
    assert bounds(np.ones(len(small.questions)), small) == "1.000 [1.000, 1.000]"


def test_the_command_writes_its_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    news, hops, page = tmp_path / "realtimeqa", tmp_path / "multihoprag", tmp_path / "page.md"
    known = articles()
    rows = [
        {"id": str(n), "url": a.address, "title": a.title, "publish_date": "2022-07-27", "text": a.text}
        for n, a in enumerate(known)
    ]
    asked = [
        {"question_id": str(n), "date": "2022/07/28", "question": f"Which {name} was reopened?",
         "article_ids": [str(n)], "choices": [], "answer": ["It"]}
        for n, name in enumerate(NAMES)
    ]  # fmt: skip
    facts = [
        {"query": f"Which {name} was reopened?", "answer": "It", "question_type": "inference_query",
         "evidence_list": [{"url": a.address, "title": a.title, "fact": a.text[:60]}]}
        for name, a in zip(NAMES, known, strict=True)
    ]  # fmt: skip
    for folder, file, lines in (
        (news, "articles.jsonl", rows),
        (news, "questions.jsonl", asked),
        (hops, "dev.jsonl", facts),
    ):
        folder.mkdir(exist_ok=True)
        (folder / file).write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    monkeypatch.setattr(retrieval, "LocalEmbedder", lambda _: Embedder())
    command = ["retrieval", "--data", str(tmp_path), "--cache", str(tmp_path / "vectors"), "--write", str(page)]
    monkeypatch.setattr(sys, "argv", [*command, "--only", "arms", "halves", "passages"])
    retrieval.main()
    written = page.read_text("utf-8")
    for name in ("arms", "halves", "passages"):
        assert f"<!-- {name}: begin -->" in written
    assert "**as shipped, day known**" in written


def test_vectors_are_kept(tmp_path: Path) -> None:
    cached = CachedEmbedder(Embedder(), tmp_path / "vectors")
    first = cached.embed(["a river", "a bridge"])
    assert (cached.embed(["a bridge", "a river"]) == first[::-1]).all()
    assert set(cached.known(["a tram", "a river"])) == {1}
