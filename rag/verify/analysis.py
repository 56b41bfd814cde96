"""Texts taken apart once: the claim, and the evidence sentence by sentence."""

import bisect
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import Generic, Protocol, TypeVar

import regex

from index.sentences import sentence_spans
from rag.verify import dates, numbers
from rag.verify.check import Evidence
from rag.verify.dates import Moment, moments
from rag.verify.names import KnownWords, Name, names
from rag.verify.numbers import Quantity, quantities
from rag.verify.quotes import Quote, quotes, speakers
from rag.verify.standing import Standing, unsaid
from rag.verify.withdrawn import without_withdrawn
from rag.verify.words import Token, content_stems, english_share, tokens, word_set


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

    @cached_property
    def mentioned(self) -> dict[int, Standing]:
        """The positions of the words that the sentence mentions only, and how."""
        return unsaid(self.words)


_CLAUSE_BREAKS = word_set("and but or while whereas although though because which who where when")


def _clauses(view: SentenceView, text: str) -> list[SentenceView]:
    """The sentence cut at commas and conjunctions, each part with at least two content words of its own."""
    cuts = [0]
    content = 0
    for position, word in enumerate(view.words):
        gap = text[view.words[position - 1].end : word.start] if position else ""
        around = view.words[max(0, position - 1) : position + 2]
        listed = len(around) == 3 and around[0].norm[0].isdigit() and around[2].norm[0].isdigit()  # "2010 and 2020"
        if content >= 2 and not listed and (word.norm in _CLAUSE_BREAKS or any(mark in gap for mark in ",;:()–—")):
            cuts.append(position)
            content = 0
        content += word.content
    if content < 2 and len(cuts) > 1:
        cuts.pop()
    if len(cuts) == 1:
        return [view]
    parts = []
    for first, last in zip(cuts, [*cuts[1:], len(view.words)], strict=True):
        words = view.words[first:last]
        start, end = words[0].start, words[-1].end
        parts.append(
            replace(
                view,
                start=start,
                end=end,
                words=words,
                stems=content_stems(words),
                quantities=tuple(q for q in view.quantities if start <= q.start < end),
                moments=tuple(m for m in view.moments if start <= m.start < end),
                names=tuple(n for n in view.names if start <= n.start < end),
            )
        )
    return parts


class Source:
    """An evidence taken apart: its text, its title with its source, and its sentences.

    What its corrections say was wrong is left out, unless `withdrawn` asks for it.
    """

    def __init__(self, evidence: Evidence, withdrawn: bool = False) -> None:
        self.evidence = evidence
        self.text = evidence.text if withdrawn else without_withdrawn(evidence.text)
        self.body = Parsed(self.text, evidence.published)
        self.title = Parsed(". ".join(filter(None, (evidence.title, evidence.source))), evidence.published)
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
        """All dates of the text and the title."""
        return [*self.body.moments, *self.title.moments]

    @cached_property
    def publication(self) -> list[Moment]:
        """The day of publication, if it is known: stated as well, but of the text rather than of what it tells."""
        day = self.evidence.published
        return [Moment(0, 0, day.year, day.month, day.day, first=day, last=day)] if day else []


class Spanned(Protocol):
    """A part of a text, from `start` to `end`."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


_Item = TypeVar("_Item", bound=Spanned)


class _Slices(Generic[_Item]):
    """Items in order of their start, sliced by offsets."""

    def __init__(self, items: Sequence[_Item]) -> None:
        self._items = items
        self._starts = [item.start for item in items]

    def between(self, start: int, end: int) -> tuple[_Item, ...]:
        return tuple(self._items[bisect.bisect_left(self._starts, start) : bisect.bisect_left(self._starts, end)])


SOME = r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|some|most|half|many|few)"
OF_THE = r" of (?:the|its|their|these|those) $"
_PART_OF = regex.compile(SOME + OF_THE, regex.IGNORECASE)
_NEAR = 24  # characters before a number
_FEW = 12  # words of evidence, of which their share of function words says little


class Case:
    """A claim against its evidence: the sentences, their weights, and those that come closest."""

    def __init__(self, claim: Parsed, sources: Sequence[Source]) -> None:
        self.claim = claim
        self.sources = sources
        self.sentences = [view for index, source in enumerate(sources) for view in source.sentences(index)]
        spread = Counter(stem for view in self.sentences for stem in view.stems)
        total = len(self.sentences)
        self._claimed: dict[Quantity, bool] = {}
        self._weights = {stem: math.log(1 + (total + 0.5) / (spread[stem] + 0.5)) for stem in claim.stems}

    def claims(self, stated: Quantity) -> bool:
        """Whether the claim has a number that the evidence's number `stated` bears out."""
        known = self._claimed.get(stated)
        if known is None:
            known = self._claimed[stated] = any(numbers.holds(stated, own) for own in self.claim.quantities)
        return known

    @cached_property
    def wholes(self) -> frozenset[Quantity]:
        """The evidence's numbers of which it speaks of a part: the five in "two of its five units"."""
        return frozenset(
            quantity
            for view in self.sentences
            for quantity in view.quantities
            if _PART_OF.search(self.sources[view.index].text, max(view.start, quantity.start - _NEAR), quantity.start)
        )

    @cached_property
    def known(self) -> KnownWords:
        """Every word of the evidence, its titles included."""
        return KnownWords(word for s in self.sources for word in (*s.body.words, *s.title.words))

    def coverage(self, stems: frozenset[str], without: frozenset[str] = frozenset()) -> float:
        """Share of the claim's content words, by weight, that are among `stems`; 1 for a claim without any."""
        counted = self.claim.stems - without
        whole = sum(self._weights[stem] for stem in counted)
        return sum(self._weights[stem] for stem in counted & stems) / whole if whole else 1.0

    def rest(self, view: SentenceView, start: int, end: int) -> float:
        """How much of the claim outside ``[start:end]`` a sentence covers."""
        words = self.claim.words
        first, last = (bisect.bisect_left(words, place, key=attrgetter("start")) for place in (start, end))
        own = content_stems(words[first:last])
        return self.coverage(view.stems, without=own)

    @cached_property
    def foreign(self) -> bool:
        """Whether the claim is in another language than the evidence, as far as English function words tell.

        Words can then not be compared; numbers and dates still can.
        """
        claim = english_share(self.claim.words)
        told = [word for source in self.sources for word in source.body.words]
        evidence = english_share(told)
        said = self.coverage(self.best.stems | self.held) if self.best else 0.0
        if evidence < 0.12:
            # A headline has few function words, too.
            return claim > 0.2 and said < (0.8 if len(told) >= _FEW else 0.5)
        unlike = said < 0.4
        return evidence > 0.25 and len(self.claim.words) >= 8 and claim < 0.05 and unlike

    @cached_property
    def held(self) -> frozenset[str]:
        """Stems of the claim's numbers, dates and names that the evidence states in another form."""
        stated = [q for source in self.sources for q in (*source.body.quantities, *source.title.quantities)]
        return self._held(stated, [source.moments for source in self.sources], self.known)

    @cached_property
    def held_near(self) -> frozenset[str]:
        """The same of the sentences `near` the claim alone."""
        stated = [quantity for view in self.near for quantity in view.quantities]
        moments_ = [moment for view in self.near for moment in view.moments]
        return self._held(stated, [moments_], KnownWords(word for view in self.near for word in view.words))

    def _held(
        self, stated: Sequence[Quantity], moments_: Sequence[Sequence[Moment]], known: KnownWords
    ) -> frozenset[str]:
        spans = [(c.start, c.end) for c in self.claim.quantities if any(numbers.holds(q, c) for q in stated)]
        spans += [(c.start, c.end) for c in self.claim.moments if any(dates.held_by_any(c, own) for own in moments_)]
        spans += [(name.start, name.end) for name in self.claim.names if known.knows(name)]
        return content_stems(w for w in self.claim.words if any(start <= w.start < end for start, end in spans))

    @cached_property
    def near(self) -> list[SentenceView]:
        """The closest sentence with those before and after it."""
        return self.beside(self.best) if self.best else []

    def beside(self, view: SentenceView) -> list[SentenceView]:
        """A sentence with those before and after it."""
        return [v for v in self.sentences if v.index == view.index and abs(v.number - view.number) <= 1]

    @cached_property
    def apart(self) -> list[Spanned]:
        """The claim's numbers, dates and names that the evidence states, but not `near` its closest sentence."""
        values: tuple[Spanned, ...] = (*self.claim.quantities, *self.claim.moments, *self.claim.names)
        far = self.held - self.held_near
        return [
            value
            for value in values
            if far & content_stems(word for word in self.claim.words if value.start <= word.start < value.end)
        ]

    @cached_property
    def best(self) -> SentenceView | None:
        """The sentence that covers most of the claim; the shorter of equals."""
        return max(self.sentences, key=lambda view: (self.coverage(view.stems), -len(view.words)), default=None)

    @cached_property
    def clauses(self) -> list[SentenceView]:
        """The clauses of the sentences that come close to the claim."""
        close = [view for view in self.sentences if view.stems & self.claim.stems]
        return [part for view in close for part in _clauses(view, self.sources[view.index].body.text)]

    def closest(self, count: int) -> list[SentenceView]:
        """Up to `count` sentences that cover the claim between them, what adds most first.

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
        return chosen
