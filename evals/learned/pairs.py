"""What the learned judge learns from: claims with the closest sentences of their evidence, borne out or not.

People's: the sentences of RAGTruth's answers, without those of the sources that are kept for calibration and tests
(`held_out`). Made from news: a headline or first sentence against the article below it, if the rules find nothing
against it; the same made wrong; a sentence against its article without it; and sentences made shorter, or wrong,
against the whole article.
"""

import hashlib
import random
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from evals.datasets import load
from evals.datasets.items import sentences_of
from evals.learned.corruptions import corrupted, shortened
from index.article import Article
from index.sentences import sentence_spans
from rag.verify.analysis import Case, Parsed, Source
from rag.verify.check import Evidence
from rag.verify.learned import evidence_of
from rag.verify.values import findings
from rag.verify.words import without_marks

_HELD_OUT = 4  # one source in so many
_READ = 7_000  # characters of an article
_A_SENTENCE = range(50, 320)  # characters
_FEWEST = 8  # sentences of an article
_TOLD = 0.45  # coverage from which an article may be said to tell what its headline says
_UNTOLD = 0.75  # and below which what a left-out sentence says is told nowhere else


class Pair(NamedTuple):
    """A claim, sentences that it is held against, and whether they bear it out."""

    claim: str
    evidence: str
    label: bool


def held_out(cluster: str) -> bool:
    """Whether a source is kept for calibration and tests."""
    return int(hashlib.sha256(cluster.encode()).hexdigest(), 16) % _HELD_OUT == 0


def human_pairs() -> Iterator[Pair]:
    """Sentences of RAGTruth's answers to questions, as people marked them."""
    source = lru_cache(maxsize=512)(Source)
    for response in load("ragtruth", split="train").judgements:
        if held_out(response.cluster):
            continue
        sources = [source(Evidence(text)) for text in response.evidence]
        for sentence in sentences_of(response):
            yield from _pair(sentence.claim, sources, sentence.label)


def news_pairs(articles: Sequence[Article], rng: random.Random) -> Iterator[Pair]:
    """Pairs made from `articles`, some three of each."""
    for number, article in enumerate(articles):
        text = article.text[:_READ]
        spans = sentence_spans(text)
        sentences = [text[start:end] for start, end in spans]
        good = [i for i, one in enumerate(sentences) if len(one) in _A_SENTENCE and one.rstrip()[-1:] in '.”"!?']
        if len(spans) < _FEWEST or len(good) < 5:
            continue
        other = articles[(number * 7 + 13) % len(articles)].text[:_READ]
        others = [other[start:end] for start, end in sentence_spans(other)]

        below = [Source(Evidence(text[spans[good[0]].end :]))]
        claim = rng.choice([sentences[good[0]], *([article.title] if len(article.title) > 35 else [])])
        case = _case(claim, below)
        if _coverage(case) > _TOLD and not any(finding.hard for finding in findings(case)):
            yield from _pair(claim, below, True)
            yield from _pair(corrupted(_line(claim), sentences, others, rng), below, False)

        left_out = rng.choice(good[1:])
        without = [Source(Evidence(text[: spans[left_out].start] + text[spans[left_out].end :]))]
        if _coverage(_case(sentences[left_out], without)) < _UNTOLD:
            yield from _pair(sentences[left_out], without, False)

        whole = [Source(Evidence(text))]
        claim = _line(sentences[rng.choice(good)])
        if shorter := shortened(claim, rng):
            yield from _pair(shorter, whole, True)
        yield from _pair(corrupted(shorter or claim, sentences, others, rng), whole, False)


def _line(text: str) -> str:
    return " ".join(without_marks(text).split())


def _case(claim: str, sources: Sequence[Source]) -> Case:
    return Case(Parsed(_line(claim)), sources)


def _coverage(case: Case) -> float:
    return case.coverage(frozenset().union(*(view.stems for view in case.closest(3))) | case.held)


def _pair(claim: str | None, sources: Sequence[Source], label: bool) -> Iterator[Pair]:
    if claim is None:
        return
    case = _case(claim, sources)
    if case.claim.stems and case.best is not None:
        yield Pair(case.claim.text, evidence_of(case), label)
