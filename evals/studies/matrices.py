"""A collection of articles with every question's score for every passage, so that a way of ranking is one function."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.datasets import Question, load
from evals.metrics.retrieval import Qrels, average_precision, deduplicate, evidence_recall, ranking_scores
from evals.metrics.values import Value
from evals.studies.embeddings import CachedEmbedder
from index.article import Article
from index.candidate import Candidate
from index.lexical import MAX_PAIRS, analysed, query_pairs, query_terms
from index.passage import Passage
from index.passages import DEFAULT_RULES, PassageRules, embedding_text, passages_of

Scores = NDArray[np.float32]
K1, B = 1.2, 0.75  # tantivy's
OUT = np.float32(-1e9)
"""The score of a passage that a way of ranking does not consider."""
Ranking = Callable[["Collection", int], Scores]
"""A way of ranking: the scores of all passages, shape (passages,), for the question at this place."""


@dataclass(frozen=True, eq=False)
class Terms:
    """How often each term is in each of some texts, by term: places and counts."""

    postings: dict[str, tuple[NDArray[np.int64], Scores]]
    lengths: Scores

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Terms":
        found: dict[str, dict[int, int]] = {}
        lengths = np.zeros(len(texts), np.float32)
        for place, text in enumerate(texts):
            terms = analysed(text)
            lengths[place] = len(terms)
            for term in terms:
                counts = found.setdefault(term, {})
                counts[place] = counts.get(place, 0) + 1
        postings = {
            term: (np.fromiter(counts, np.int64), np.fromiter(counts.values(), np.float32))
            for term, counts in found.items()
        }
        return cls(postings, lengths)

    def bm25(self, terms: Sequence[str]) -> Scores:
        """BM25 as tantivy computes it (Robertson & Zaragoza 2009, with Lucene's idf), shape (texts,)."""
        scores = np.zeros(len(self.lengths), np.float32)
        for term in terms:
            if term in self.postings:
                places, counts = self.postings[term]
                scores[places] += self.idf(term) * self.saturated(places, counts)
        return scores

    def texts(self, term: str) -> int:
        """How many texts have `term`."""
        return len(self.postings[term][0]) if term in self.postings else 0

    def idf(self, term: str) -> float:
        """How much `term` says."""
        count = self.texts(term)
        return float(np.log(1 + (len(self.lengths) - count + 0.5) / (count + 0.5)))

    def saturated(self, places: NDArray[np.int64], counts: Scores) -> Scores:
        """What occurring that often in these texts is worth, by their lengths."""
        return counts * (K1 + 1) / (counts + self._norms[places])

    @cached_property
    def _norms(self) -> Scores:
        return K1 * (1 - B + B * _in_a_byte(self.lengths) / max(1e-9, float(self.lengths.mean())))


def _in_a_byte(lengths: Scores) -> Scores:
    """Lengths as tantivy and Lucene keep them: exact below 24, else 24 and the four leading bits of the rest."""
    rest = np.maximum(lengths.astype(np.int64) - 24, 0)
    shift = np.maximum(np.frexp(rest)[1] - 4, 0)
    return np.where(lengths < 24, lengths, 24 + (rest >> shift << shift)).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Collection:
    """Articles cut into passages, and questions with what is relevant to them.

    `dense` has the cosines, shape (questions, passages).
    """

    name: str
    articles: Sequence[Article]
    passages: Sequence[Passage]
    vectors: Scores
    questions: Sequence[Question]
    queries: Scores

    @cached_property
    def dense(self) -> Scores:
        """Cosines, shape (questions, passages)."""
        return self.queries @ self.vectors.T

    @cached_property
    def body(self) -> Terms:
        return Terms.of([passage.text for passage in self.passages])

    @cached_property
    def titles(self) -> Terms:
        return Terms.of([passage.title for passage in self.passages])

    @cached_property
    def terms(self) -> list[list[str]]:
        """Of each question."""
        return [query_terms(asked(question)) for question in self.questions]

    def lexical(self, title: float = 0.0, pairs: float = 0.0) -> Scores:
        """BM25 of the passages' texts and, by `title`, of their titles and, by `pairs`, of neighbouring words, shape
        (questions, passages)."""
        rows = np.stack([self.body.bm25(terms) for terms in self.terms])
        if title:
            rows += title * np.stack([self.titles.bm25(terms) for terms in self.terms])
        if pairs:
            rows += pairs * self.pairs
        return rows

    @cached_property
    def pairs(self) -> Scores:
        """BM25 of the neighbouring words of each question as tantivy's phrases, shape (questions, passages).

        A phrase says as much as its words together, and occurs as often as they are neighbours.
        """
        wanted: dict[tuple[str, str], list[int]] = {}
        for place, question in enumerate(self.questions):
            pairs = query_pairs(asked(question))
            for pair in sorted(pairs, key=lambda pair: min(map(self.body.texts, pair)))[:MAX_PAIRS]:
                wanted.setdefault(pair, []).append(place)
        found: dict[tuple[str, str], dict[int, int]] = {}
        for at, passage in enumerate(self.passages):
            for pair in pairwise(analysed(passage.text)):
                if pair in wanted:
                    counts = found.setdefault(pair, {})
                    counts[at] = counts.get(at, 0) + 1
        scores = np.zeros((len(self.questions), len(self.passages)), np.float32)
        for pair, counts in found.items():
            places = np.fromiter(counts, np.int64)
            worth = self.body.saturated(places, np.fromiter(counts.values(), np.float32))
            scores[np.ix_(np.array(wanted[pair]), places)] += sum(map(self.body.idf, pair)) * worth
        return scores

    @cached_property
    def article(self) -> NDArray[np.int64]:
        """The place of each passage's article, shape (passages,)."""
        places = {article.article_id: place for place, article in enumerate(self.articles)}
        return np.array([places[passage.article_id] for passage in self.passages])

    @cached_property
    def lead(self) -> NDArray[np.int64]:
        """The place of the first passage of each passage's article, shape (passages,)."""
        first = {passage.article_id: place for place, passage in enumerate(self.passages) if passage.position == 0}
        return np.array([first[passage.article_id] for passage in self.passages])

    @cached_property
    def candidates(self) -> list[Candidate]:
        """The passages as the arms return them."""
        return [
            Candidate(p.passage_id, p.article_id, p.version, p.start, p.end, p.published, 0.0) for p in self.passages
        ]

    def relevant(self, place: int) -> Qrels:
        """The articles that hold evidence for the question."""
        return {one.article_id: 1 for group in self.questions[place].evidence for one in group}

    def evidence(self, place: int) -> list[set[str]]:
        """For each piece of evidence that the question needs, the passages that hold it."""
        return [
            {
                p.passage_id
                for one in group
                for p in self._passages.get(one.article_id, ())
                if one.start is None or one.end is None or (p.start < one.end and one.start < p.end)
            }
            for group in self.questions[place].evidence
        ]

    @cached_property
    def _passages(self) -> dict[str, list[Passage]]:
        by_article: dict[str, list[Passage]] = {}
        for passage in self.passages:
            by_article.setdefault(passage.article_id, []).append(passage)
        return by_article

    def ranking(self, scores: Scores) -> list[int]:
        """Passages' places, best first, without those that are out."""
        order = np.argsort(-scores, kind="stable")
        return [int(place) for place in order[: int((scores > OUT / 2).sum())]]

    def judged(self, place: int, scores: Scores) -> dict[str, Value]:
        """The measures of one question: over articles by the best passage of each, and over passages where the
        evidence is known to the sentence."""
        order = self.ranking(scores)
        articles = deduplicate(self.passages[at].article_id for at in order)
        found = ranking_scores(articles, self.relevant(place))
        found["MAP@10"] = average_precision(articles[:10], self.relevant(place))
        ids = [self.passages[at].passage_id for at in order[:10]]
        groups = self.evidence(place)
        return found | {f"Evidence@{k}": evidence_recall(ids, groups, k) for k in (1, 4, 10)}

    def shifted(self, days: int) -> "Collection":
        """The same, everything published that much later."""
        seconds = days * 86_400
        return replace(
            self,
            articles=[replace(a, published=a.published and a.published + timedelta(days=days)) for a in self.articles],
            passages=[replace(p, published=p.published and p.published + seconds) for p in self.passages],
        )

    def of(self, wanted: Callable[[Question], bool]) -> "Collection":
        """Some of the questions."""
        places = [place for place, question in enumerate(self.questions) if wanted(question)]
        return replace(self, questions=[self.questions[place] for place in places], queries=self.queries[places])

    def rephrased(self, embedder: CachedEmbedder, how: Callable[[Question], str]) -> "Collection":
        """The same questions in other words."""
        questions = [replace(question, standalone=how(question)) for question in self.questions]
        return replace(self, questions=questions, queries=embedder.embed([asked(question) for question in questions]))

    def among(self, others: "Collection") -> "Collection":
        """These questions, asked of the articles of both."""
        return replace(
            self,
            name=f"{self.name} among {others.name}",
            articles=[*self.articles, *others.articles],
            passages=[*self.passages, *others.passages],
            vectors=np.concatenate([self.vectors, others.vectors]),
        )


def asked(question: Question) -> str:
    """What is searched for."""
    return question.standalone or question.question


def collection(
    name: str,
    embedder: CachedEmbedder,
    data: Path | None = None,
    rules: PassageRules = DEFAULT_RULES,
    *,
    titled: bool = True,
    every: int = 1,
) -> Collection:
    """A data set's articles and its questions that have evidence; `titled` as passages are embedded.

    `every`: of the articles that hold no evidence, each so-manieth is kept, to embed fewer.
    """
    folder = data / name if data is not None and name != "golden" else None
    known = load(name, folder)
    questions = [question for question in known.questions if question.evidence]
    needed = {one.article_id for question in questions for group in question.evidence for one in group}
    articles = [a for place, a in enumerate(known.articles) if a.article_id in needed or place % every == 0]
    passages = [passage for article in articles for passage in passages_of(article, rules)]
    texts = [embedding_text(passage) if titled else passage.text for passage in passages]
    return Collection(
        name, articles, passages, embedder.embed(texts), questions, embedder.embed([asked(q) for q in questions])
    )
