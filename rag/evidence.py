"""From passages found to the evidence shown: the sentences that bear on the question, few and exact.

On a CPU the prompt's length is the latency, so a local model is not given whole passages but the
sentences that rank highest, with the sentence before where they lean on it.
"""

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import regex

from rag.concepts import concept, concepts
from rag.relevance import Encoder, asks, candidates, relevance
from rag.timeline import TimeRange, annotate
from rag.tokens import tokens
from rag.words import told, words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.search import Hit

Embed = Callable[[Sequence[str]], "NDArray[np.float32]"]

# A sentence that begins like this is not understood without the one before.
_LEANING = regex.compile(
    r"[\"“‘(]?(?:he|she|it|they|his|her|its|their|this|that|these|those|such|the latter|but|and|so|both|another"
    r"|er|sie|es|il|elle|ils|elles|él|ella)\b",
    regex.IGNORECASE,
)
_NAME_WEIGHT = 1.6
# Sentences under one number: a citation is narrowed within it, so it must stay short.
MOST_IN_A_RUN = 4
TITLE = 80  # characters of a title in a prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSentence:
    """A sentence of an article, as a candidate for being cited: ``article.text[start:end] == text``.

    `score` is the probability, among the sentences of the passages found, that it is the one that
    answers, the mean of those of the question's parts, `by_part` (rag/relevance.py). `dense` is its
    cosine to the question (None where it was not embedded), `lexical` the share of the question's
    weighted content words in it and its title.
    """

    article_id: str
    title: str
    source: str | None
    url: str | None
    published: int | None
    language: str | None
    start: int
    end: int
    text: str
    score: float
    by_part: tuple[float, ...]
    dense: float | None
    lexical: float
    position: int
    """Which sentence of its passages it is; neighbours differ by one."""

    @property
    def day(self) -> date | None:
        """The article's date, UTC."""
        return None if self.published is None else datetime.fromtimestamp(self.published, UTC).date()


def rank_sentences(
    question: str, hits: Sequence["Hit"], encoder: Encoder | None, days: TimeRange | None = None
) -> list[EvidenceSentence]:
    """All sentences of the passages found, the most relevant first; without an encoder words alone decide.

    Articles of the `days` that the question is about need not name them.

    The parts of a question take turns: the best sentence for each, then the second best for each.
    """
    found = candidates(question, hits)
    sentences = [
        EvidenceSentence(
            article_id=one.hit.passage.article_id,
            title=one.hit.passage.title,
            source=one.hit.passage.source,
            url=one.hit.passage.url,
            published=one.hit.passage.published,
            language=one.hit.passage.language,
            start=one.place.start,
            end=one.place.end,
            text=one.text,
            score=relevant.score,
            by_part=relevant.by_part,
            dense=relevant.dense,
            lexical=relevant.lexical,
            position=one.position,
        )
        for one, relevant in zip(found, relevance(question, found, encoder, days), strict=True)
    ]
    turns: dict[int, int] = {}
    for part in range(len(sentences[0].by_part) if sentences else 0):
        order = sorted(sentences, key=lambda one: (-one.by_part[part], -one.lexical, one.position))
        for turn, sentence in enumerate(order):
            turns[sentence.position] = min(turn, turns.get(sentence.position, turn))
    return sorted(sentences, key=lambda one: (turns[one.position], -one.score, -one.lexical, one.position))


def leant_on(sentence: EvidenceSentence, by_position: Mapping[int, EvidenceSentence]) -> EvidenceSentence | None:
    """The sentence before, if this one is not understood without it ("He said …", "No.") and it is there."""
    before = by_position.get(sentence.position - 1)
    if before is None or before.article_id != sentence.article_id or not 0 <= sentence.start - before.end <= 2:
        return None
    return before if asks(before.text) or _LEANING.match(sentence.text) else None


def pack(ranked: Sequence[EvidenceSentence], budget: int) -> list[EvidenceSentence]:
    """The best sentences that fit `budget` tokens, articles by their best sentence, each in its own order.

    A sentence that leans on the one before ("He said …") brings it along.
    """
    by_position = {sentence.position: sentence for sentence in ranked}
    taken: dict[int, EvidenceSentence] = {}
    articles: dict[str, None] = {}
    spent = 0
    for sentence in ranked:
        if sentence.position in taken:
            continue
        group = [sentence]
        before = leant_on(sentence, by_position)
        if before is not None and before.position not in taken:
            group.insert(0, before)
        cost = sum(tokens(item.text, item.language) for item in group)
        if sentence.article_id not in articles:
            cost += tokens(heading(sentence), sentence.language)
        if spent + cost > budget and taken:
            cost = tokens(sentence.text, sentence.language)
            if len(group) > 1 and spent + cost <= budget and sentence.article_id in articles:
                group = [sentence]
            else:
                continue
        spent += cost
        articles.setdefault(sentence.article_id)
        taken.update((item.position, item) for item in group)
    order = {article: place for place, article in enumerate(articles)}
    return sorted(taken.values(), key=lambda sentence: (order[sentence.article_id], sentence.start))


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Sentences of one article that are shown together, in the article's order."""

    sentences: tuple[EvidenceSentence, ...]

    @property
    def heading(self) -> str:
        """Title, source and date."""
        return heading(self.sentences[0])

    @property
    def text(self) -> str:
        """The sentences; a gap between two is marked."""
        return self._joined(lambda sentence: sentence.text)

    @property
    def dated(self) -> str:
        """The same with relative dates resolved against the article's: "on Tuesday (7 March 2023)"."""
        return self._joined(lambda one: annotate(one.text, one.day) if one.day else one.text)

    def at(self, offset: int) -> EvidenceSentence:
        """The sentence that stands at `offset` of `text`, or the one before the gap there."""
        end = 0
        for sentence, length in zip(self.sentences, self._lengths(), strict=True):
            end += length
            if offset < end:
                return sentence
        return self.sentences[-1]

    def _lengths(self) -> Iterator[int]:
        """Characters of `text` that each sentence takes, with the gap after it."""
        gaps = [len(_gap(before, sentence)) for before, sentence in pairwise(self.sentences)]
        for sentence, gap in zip(self.sentences, [*gaps, 0], strict=True):
            yield len(sentence.text) + gap

    def _joined(self, told: Callable[[EvidenceSentence], str]) -> str:
        pieces = [told(self.sentences[0])]
        for before, sentence in pairwise(self.sentences):
            pieces += _gap(before, sentence), told(sentence)
        return "".join(pieces)


def _gap(before: EvidenceSentence, sentence: EvidenceSentence) -> str:
    return " " if sentence.position == before.position + 1 else " … "


def excerpts(packed: Sequence[EvidenceSentence], *, whole_articles: bool) -> list[Excerpt]:
    """The packed sentences by article or, if not `whole_articles`, by run of neighbouring sentences."""
    groups: list[list[EvidenceSentence]] = []
    for sentence in packed:
        last = groups[-1][-1] if groups else None
        if (
            last is not None
            and last.article_id == sentence.article_id
            and (whole_articles or (sentence.position == last.position + 1 and len(groups[-1]) < MOST_IN_A_RUN))
        ):
            groups[-1].append(sentence)
        else:
            groups.append([sentence])
    return [Excerpt(tuple(group)) for group in groups]


def heading(sentence: EvidenceSentence) -> str:
    """What stands above an article's sentences in a prompt: its title, long ones cut, its source and its day."""
    parts = [sentence.source, f"{sentence.day.day} {sentence.day:%B %Y}" if sentence.day else None]
    known = ", ".join(part for part in parts if part)
    title = textwrap.shorten(sentence.title, TITLE, placeholder=" …")
    return f"{title} ({known})" if known else title


def vocabulary(sentences: Sequence[EvidenceSentence]) -> frozenset[str]:
    """The stems of what is told by the sentences, by their titles, and by who published them when."""
    texts = {text for one in sentences for text in (one.text, one.title, one.source or "")}
    days = {f"{one.day.day} {one.day:%B %Y}" for one in sentences if one.day}
    return told(texts | days)


def coverage(question: str, there: AbstractSet[str]) -> float:
    """Share of the question's weighted content words, names counting more, that are among the stems, as they are or in
    another word for the same; 1 for none."""
    wanted = {word.stem: _NAME_WEIGHT if word.name else 1.0 for word in words(question) if word.content}
    meant = concepts(there)
    total = sum(wanted.values())
    return sum(weight for stem, weight in wanted.items() if concept(stem) in meant) / total if total else 1.0
