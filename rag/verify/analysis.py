"""Texts taken apart once: the claim, and the evidence sentence by sentence."""

import bisect
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Generic, Protocol, TypeVar

from index.sentences import sentence_spans
from rag.verify.check import Evidence
from rag.verify.dates import Moment, moments
from rag.verify.names import KnownWords, Name, names
from rag.verify.numbers import Quantity, quantities
from rag.verify.quotes import Quote, quotes, speakers
from rag.verify.words import Token, content_stems, tokens


class Parsed:
    """What a text states, each with its offsets."""

    def __init__(self, text: str, published: date | None = None) -> None:
        self.text = text
        self.words: list[Token] = tokens(text)
        self.moments: list[Moment] = moments(text, published)
        self.quantities: list[Quantity] = quantities(text, self.words, [(m.start, m.end) for m in self.moments])
        self.names: list[Name] = names(text, self.words)
        self.quotes: list[Quote] = quotes(text)

    @cached_property
    def stems(self) -> frozenset[str]:
        return content_stems(self.words)

    @cached_property
    def folded(self) -> str:
        """The folded words joined by spaces, for looking up what stands verbatim."""
        return " ".join(word.norm for word in self.words)

    @cached_property
    def speakers(self) -> list[Name]:
        return speakers(self.words, self.names)


@dataclass(frozen=True)
class SentenceView:
    """One sentence of an evidence: ``evidence[index].text[start:end]``, and what it states."""

    index: int
    number: int
    start: int
    end: int
    words: tuple[Token, ...]
    stems: frozenset[str]
    quantities: tuple[Quantity, ...]
    moments: tuple[Moment, ...]
    names: tuple[Name, ...]

    @cached_property
    def speakers(self) -> list[Name]:
        return speakers(self.words, self.names)


class Source:
    """An evidence taken apart: its text, its title, and its sentences."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.body = Parsed(evidence.text, evidence.published)
        self.title = Parsed(evidence.title or "", evidence.published)
        self.spans = sentence_spans(evidence.text)

    def sentences(self, index: int) -> list[SentenceView]:
        """The sentences, marked as those of evidence number `index`."""
        body = self.body
        words, quantities_, moments_, names_ = (
            _Slices(body.words),
            _Slices(body.quantities),
            _Slices(body.moments),
            _Slices(body.names),
        )
        views = []
        for number, (start, end) in enumerate(self.spans):
            inside = words.between(start, end)
            views.append(
                SentenceView(
                    index,
                    number,
                    start,
                    end,
                    inside,
                    content_stems(inside),
                    quantities_.between(start, end),
                    moments_.between(start, end),
                    names_.between(start, end),
                )
            )
        return views

    @cached_property
    def moments(self) -> list[Moment]:
        """All dates of the text and the title, and the day of publication itself."""
        day = self.evidence.published
        own = [Moment(0, 0, day.year, day.month, day.day, first=day, last=day)] if day else []
        return [*self.body.moments, *self.title.moments, *own]


class _Placed(Protocol):
    @property
    def start(self) -> int: ...


_Item = TypeVar("_Item", bound=_Placed)


class _Slices(Generic[_Item]):
    """Items in order of their start, sliced by offsets."""

    def __init__(self, items: Sequence[_Item]) -> None:
        self._items = items
        self._starts = [item.start for item in items]

    def between(self, start: int, end: int) -> tuple[_Item, ...]:
        return tuple(self._items[bisect.bisect_left(self._starts, start) : bisect.bisect_left(self._starts, end)])


class Case:
    """A claim against its evidence: the sentences, their weights, and those that come closest."""

    def __init__(self, claim: Parsed, sources: Sequence[Source]) -> None:
        self.claim = claim
        self.sources = sources
        self.sentences = [view for index, source in enumerate(sources) for view in source.sentences(index)]
        spread = Counter(stem for view in self.sentences for stem in view.stems)
        total = len(self.sentences)
        self._weights = {stem: math.log(1 + (total + 0.5) / (spread[stem] + 0.5)) for stem in claim.stems}

    @cached_property
    def known(self) -> KnownWords:
        """Every word of the evidence, its titles included."""
        return KnownWords(word for s in self.sources for word in (*s.body.words, *s.title.words))

    def coverage(self, stems: frozenset[str], without: frozenset[str] = frozenset()) -> float:
        """Share of the claim's content words, by weight, that are among `stems`; 1 for a claim without any."""
        counted = self.claim.stems - without
        whole = sum(self._weights[stem] for stem in counted)
        return sum(self._weights[stem] for stem in counted & stems) / whole if whole else 1.0

    @cached_property
    def best(self) -> SentenceView | None:
        """The sentence that covers most of the claim; the shorter of equals."""
        return max(self.sentences, key=lambda view: (self.coverage(view.stems), -len(view.words)), default=None)

    def closest(self, count: int) -> list[SentenceView]:
        """Up to `count` sentences that cover the claim between them, in the order of the evidence.

        Greedy: each next sentence is the one that adds most; words covered before count for less.
        """
        left = dict(self._weights)
        pool = [view for view in self.sentences if view.words]
        chosen: list[SentenceView] = []
        while pool and len(chosen) < count:
            gains = [sum(left[s] for s in v.stems & left.keys()) / (1 + 0.02 * len(v.words)) for v in pool]
            position = max(range(len(pool)), key=lambda i: (gains[i], -i))
            view = pool.pop(position)
            chosen.append(view)
            for stem in view.stems & left.keys():
                left[stem] *= 0.3
        return sorted(chosen, key=lambda view: (view.index, view.number))
