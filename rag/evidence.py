"""From passages found to the evidence shown: the sentences that bear on the question, few and exact.

On a CPU the prompt's length is the latency, so a local model is not given whole passages but the
sentences that rank highest, with the sentence before where they lean on it.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import regex

from index.sentences import Span, sentence_spans
from rag.words import words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.search import Hit

Embed = Callable[[Sequence[str]], "NDArray[np.float32]"]

# Of a sentence's score: its own nearness to the question in meaning and in words, and its passage's.
DENSE_WEIGHT = 0.5
LEXICAL_WEIGHT = 0.35
PASSAGE_WEIGHT = 0.15
# Sentences that are embedded for a question; the rest is dropped by words and passage alone.
EMBEDDED = 28
# A sentence that begins like this is not understood without the one before.
_LEANING = regex.compile(
    r"[\"“‘(]?(?:he|she|it|they|his|her|its|their|this|that|these|those|such|the latter|but|and|so|both|another"
    r"|er|sie|es|il|elle|ils|elles|él|ella)\b",
    regex.IGNORECASE,
)
_NAME_WEIGHT = 1.6
# Sentences under one number: a citation is narrowed within it, so it must stay short.
MOST_IN_A_RUN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSentence:
    """A sentence of an article, as a candidate for being cited: ``article.text[start:end] == text``.

    `score` ranks it for the question, from 0 to 1; `dense` is its cosine to the question (None where
    it was not embedded), `lexical` the share of the question's weighted content words in it.
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
    dense: float | None
    lexical: float
    position: int
    """Which sentence of its passages it is; neighbours differ by one."""

    @property
    def day(self) -> date | None:
        """The article's date, UTC."""
        return None if self.published is None else datetime.fromtimestamp(self.published, UTC).date()


def rank_sentences(question: str, hits: Sequence["Hit"], embed: Embed | None) -> list[EvidenceSentence]:
    """All sentences of the passages found, the most relevant first.

    `embed` maps texts to unit rows; without it words alone decide.
    """
    candidates = _sentences(hits)
    if not candidates:
        return []
    lexical = _lexical(question, [text for _, _, text in candidates], [hit.passage.title for hit, _, _ in candidates])
    best = max(hit.score for hit, _, _ in candidates)
    least = min(hit.score for hit, _, _ in candidates)
    prior = [(hit.score - least) / (best - least) if best > least else 1.0 for hit, _, _ in candidates]
    rough = [LEXICAL_WEIGHT * lexical[i] + PASSAGE_WEIGHT * prior[i] for i in range(len(candidates))]
    order = sorted(range(len(candidates)), key=lambda i: (-rough[i], i))
    cosines: dict[int, float] = {}
    if embed is not None:
        chosen = sorted(order[:EMBEDDED])
        vectors = embed([question, *(candidates[i][2] for i in chosen)])
        cosines = {i: float(vectors[0] @ vectors[row + 1]) for row, i in enumerate(chosen)}
    floor = min(cosines.values(), default=0.0)
    span = max(cosines.values(), default=1.0) - floor or 1.0
    ranked = [
        EvidenceSentence(
            article_id=hit.passage.article_id,
            title=hit.passage.title,
            source=hit.passage.source,
            url=hit.passage.url,
            published=hit.passage.published,
            language=hit.passage.language,
            start=place.start,
            end=place.end,
            text=text,
            score=rough[i] + DENSE_WEIGHT * ((cosines[i] - floor) / span if i in cosines else 0.0),
            dense=cosines.get(i),
            lexical=lexical[i],
            position=i,
        )
        for i, (hit, place, text) in enumerate(candidates)
    ]
    return sorted(ranked, key=lambda sentence: (-sentence.score, sentence.position))


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
        before = by_position.get(sentence.position - 1)
        if (
            before is not None
            and before.article_id == sentence.article_id
            and before.position not in taken
            and 0 <= sentence.start - before.end <= 2
            and _LEANING.match(sentence.text)
        ):
            group.insert(0, before)
        cost = sum(tokens(item.text) for item in group)
        if sentence.article_id not in articles:
            cost += tokens(heading(sentence))
        if spent + cost > budget and taken:
            if len(group) > 1 and spent + tokens(sentence.text) <= budget and sentence.article_id in articles:
                group, cost = [sentence], tokens(sentence.text)
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
        pieces = [self.sentences[0].text]
        for before, sentence in pairwise(self.sentences):
            pieces += " " if sentence.position == before.position + 1 else " … ", sentence.text
        return "".join(pieces)


def excerpts(packed: Sequence[EvidenceSentence], *, whole_articles: bool) -> list[Excerpt]:
    """The packed sentences by article or, if not `whole_articles`, by run of neighbouring sentences."""
    groups: list[list[EvidenceSentence]] = []
    for sentence in packed:
        last = groups[-1][-1] if groups else None
        if last is not None and last.article_id == sentence.article_id and (
            whole_articles or (sentence.position == last.position + 1 and len(groups[-1]) < MOST_IN_A_RUN)
        ):
            groups[-1].append(sentence)
        else:
            groups.append([sentence])
    return [Excerpt(tuple(group)) for group in groups]


def heading(sentence: EvidenceSentence) -> str:
    """What stands above an article's sentences in a prompt."""
    parts = [sentence.source, f"{sentence.day.day} {sentence.day:%B %Y}" if sentence.day else None]
    known = ", ".join(part for part in parts if part)
    return f"{sentence.title} ({known})" if known else sentence.title


def tokens(text: str) -> int:
    """About how many tokens a language model makes of `text`: 4.2 Latin characters, or 1.5 others, each."""
    latin = sum(char < "\u0250" for char in text)
    return math.ceil(latin / 4.2 + (len(text) - latin) / 1.5)


def coverage(question: str, evidence: Sequence[str]) -> float:
    """Share of the question's weighted content words, names counting more, that the evidence has; 1 for none."""
    wanted = {word.stem: _NAME_WEIGHT if word.name else 1.0 for word in words(question) if word.content}
    there = {word.stem for text in evidence for word in words(text)}
    total = sum(wanted.values())
    return sum(weight for stem, weight in wanted.items() if stem in there) / total if total else 1.0


def _sentences(hits: Sequence["Hit"]) -> "list[tuple[Hit, Span, str]]":
    found: list[tuple[Hit, Span, str]] = []
    seen: set[tuple[str, int]] = set()
    for hit in hits:
        passage = hit.passage
        for start, end in sentence_spans(passage.text, passage.language):
            place = Span(passage.start + start, passage.start + end)
            if (passage.article_id, place.start) not in seen:
                seen.add((passage.article_id, place.start))
                found.append((hit, place, passage.text[start:end]))
    return found


def _lexical(question: str, texts: Sequence[str], titles: Sequence[str]) -> list[float]:
    """Share, from 0 to 1, of the question's content in each text; a word in the title counts for half."""
    stems = [{word.stem for word in words(text)} for text in texts]
    title_stems = {title: {word.stem for word in words(title)} for title in set(titles)}
    frequency = Counter(stem for own in stems for stem in own)
    weights = {
        word.stem: math.log(1 + len(texts) / (0.5 + frequency[word.stem])) * (_NAME_WEIGHT if word.name else 1.0)
        for word in words(question)
        if word.content
    }
    total = sum(weights.values())
    if not total:
        return [0.0] * len(texts)
    return [
        sum(
            weight * (1.0 if stem in own else 0.5 if stem in title_stems[title] else 0.0)
            for stem, weight in weights.items()
        )
        / total
        for own, title in zip(stems, titles, strict=True)
    ]
