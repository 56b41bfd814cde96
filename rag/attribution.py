"""Where the support is: the sentences of the evidence that carry a sentence of the answer.

Two uses of one idea, coverage: how much of the sentence, its rarer words, numbers and names weighing
most, is found in a sentence of the evidence. `narrow` cuts a cited passage down to the sentences
that do the supporting; `attribute` finds the passage for a sentence that has no marker. Both return
nothing rather than something doubtful.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from index.sentences import Span, sentence_spans
from rag.words import words

NAME_WEIGHT = 2.0
NUMBER_WEIGHT = 3.0
# A cosine of sentence embeddings below the first says nothing, above the second everything.
COSINES = (0.3, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Candidate `index` supports the sentence with its `spans`; together they cover the share `support` of it."""

    index: int
    spans: tuple[Span, ...]
    support: float


def narrow(
    sentence: str,
    passage: str,
    *,
    language: str | None = None,
    least: float = 0.1,
    gain: float = 0.12,
    most: int = 3,
) -> list[Span]:
    """The parts of `passage` that carry the support for `sentence`: whole sentences, neighbours joined.

    The best sentence is taken if it covers at least the share `least` of the weighted content of
    `sentence`, then, up to `most`, each that covers at least `gain` more. The passage's own sentences tell which words
    are rare.
    """
    spans = sentence_spans(passage, language)
    texts = [passage[start:end] for start, end in spans]
    chosen = _Cover(sentence, texts).choose(least, gain, most)
    return _joined([spans[i] for i in sorted(chosen)], spans)


def attribute(
    sentence: str,
    candidates: Sequence[str],
    *,
    similarities: Sequence[Sequence[float]] | None = None,
    language: str | None = None,
    least: float = 0.5,
    gain: float = 0.15,
    most: int = 3,
) -> list[Attribution]:
    """Which `candidates` (passages) support `sentence`, the best first; none when they do not.

    The sentences chosen, at most `most` over all candidates, must cover at least the share `least`
    of the sentence's weighted content. Among equals the earlier candidate wins. `similarities` has a
    row for each candidate, a cosine for each of its sentences.
    """
    places = [(index, span) for index, text in enumerate(candidates) for span in sentence_spans(text, language)]
    texts = [candidates[index][span.start : span.end] for index, span in places]
    flat = None if similarities is None else [cosine for row in similarities for cosine in row]
    cover = _Cover(sentence, texts, flat)
    chosen = cover.choose(least / most, gain, most)
    if cover.support(chosen) < least:
        return []
    by_candidate: dict[int, list[int]] = {}
    for i in chosen:
        by_candidate.setdefault(places[i][0], []).append(i)
    return [
        Attribution(
            index=index,
            spans=tuple(_joined([places[i][1] for i in sorted(own)], [span for at, span in places if at == index])),
            support=cover.support(own),
        )
        for index, own in by_candidate.items()
    ]


class _Cover:
    """Greedy weighted cover of a sentence's content by sentences of the evidence."""

    def __init__(self, sentence: str, texts: Sequence[str], similarities: Sequence[float] | None = None) -> None:
        if similarities is not None and len(similarities) != len(texts):
            raise ValueError(f"{len(similarities)} similarities for {len(texts)} sentences of evidence")
        self.stems = [{word.stem for word in words(text) if word.content} for text in texts]
        self.weights: dict[str, float] = {}
        seen = Counter(stem for stems in self.stems for stem in stems)
        for word in words(sentence):
            if word.content:
                rare = math.log(1 + len(texts) / (0.5 + seen[word.stem]))
                weight = rare * (NUMBER_WEIGHT if word.number else NAME_WEIGHT if word.name else 1.0)
                self.weights[word.stem] = max(weight, self.weights.get(word.stem, 0.0))
        self.total = sum(self.weights.values())
        low, high = COSINES
        self.alike = [min(1.0, max(0.0, (cosine - low) / (high - low))) for cosine in similarities or ()]

    def support(self, chosen: Sequence[int]) -> float:
        """Share of the content, from 0 to 1, that the chosen sentences cover."""
        if not chosen or not self.total:
            return 0.0
        covered = set().union(*(self.stems[i] for i in chosen))
        share = sum(weight for stem, weight in self.weights.items() if stem in covered) / self.total
        # What the words leave open, a sentence of the same meaning fills in half.
        alike = max((self.alike[i] for i in chosen), default=0.0) if self.alike else 0.0
        return share + (1 - share) * alike / 2

    def choose(self, least: float, gain: float, most: int) -> list[int]:
        """Positions of the sentences that cover most, in the order of what each adds."""
        chosen: list[int] = []
        reached = 0.0
        while len(chosen) < most:
            rest = [(self.support([*chosen, i]), -i) for i in range(len(self.stems)) if i not in chosen]
            support, position = max(rest, default=(0.0, 0))
            if support - reached < (gain if chosen else least) or support <= 0.0:
                break
            chosen.append(-position)
            reached = support
        return chosen


def _joined(chosen: Sequence[Span], spans: Sequence[Span]) -> list[Span]:
    """Chosen sentences in order, those that follow one another as one span."""
    joined: list[Span] = []
    position = {span: i for i, span in enumerate(spans)}
    last = -2
    for span in chosen:
        if position[span] == last + 1:
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
        last = position[span]
    return joined
