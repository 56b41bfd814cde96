"""Comparisons: "longer than Y" is borne out by a comparison or by both measures, "the worst ever" by as much."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import regex

from rag.verify.analysis import Case, SentenceView
from rag.verify.finding import Finding
from rag.verify.numbers import Quantity
from rag.verify.words import Token, content_stems

_LESS = r"shorter|narrower|lighter|slower|younger|smaller|cheaper|fewer|less"
_MORE = r"longer|wider|taller|deeper|heavier|faster|older|larger|bigger|dearer|costlier|more"
# "no longer", "the larger of the towns", "once more", "more than 100" and "older people" compare no two things.
_COMPARES = regex.compile(
    rf"\b(?:is|are|was|were|be|been|being|has|have|had|gives?|gave|pays?|paid|lasted|took|takes|got|gets|costs?|won)\s"
    rf"(?:\p{{L}}+\s){{0,3}}?(?<!\b(?:no|any|once|much)\s)(?:(?P<less>{_LESS})|(?P<more>{_MORE}))\b"
    rf"(?!\s(?:than\s)?(?:\d|one\b|two\b|half\b|a\b|or\b|and\b|likely\b|of\b))"
    rf"(?=\s(?:expensive|costly|than|people|inhabitants|residents|money|votes|seats|members|jobs|days|for|in)\b|[.,;]|$)",
    regex.IGNORECASE,
)
# What tells of a comparison, in whatever words.
_TOLD = regex.compile(
    r"\b(?:than|compar\w+|versus|against|most|least|best|worst|better|worse|twice|double\w*|triple\w*|half|times|above"
    r"|below|over|under|up|down|beyond|ahead|behind|exceed\w*|outnumber\w*|surpass\w*|outstrip\w*|overtak\w*|topp\w+|tops"
    r"|beat\w*|rank\w*|rival\w*|rais\w*|rise\w*|rose|f[ae]ll\w*|gr[eo]w\w*|increas\w*|decreas\w*|drop\w*|declin\w*"
    r"|gain\w*|lost|chang\w*|extend\w*|cut|record|major\w*|minor\w*|more|less|fewe(?:r|st)|(?:long|short|tall|wid|high|low"
    r"|larg|small|bigg|great|old|young|heavi|light|fast|slow|strong|weak|deep|rich|poor|cheap|dear|costli|hott|cold|warm"
    r"|cool|clos|near|new|broad|narrow|thick|thin|quick|hard|soft|saf|dead|deadli|busi|wealthi)e(?:r|st))\b",
    regex.IGNORECASE,
)

_WIDEST = regex.compile(r"\b(?:ever|in the world|in history|of all time|on record|worldwide)\b", regex.IGNORECASE)
_SUPERLATIVE = regex.compile(r"\b(?:\p{L}+est|worst|best|most|first)\b", regex.IGNORECASE)


def uncompared(case: Case) -> Iterator[Finding]:
    """A comparison for which the evidence has neither a word nor two measures in one unit, or whose measures say the
    contrary."""
    match = _COMPARES.search(case.claim.text)
    if match is None:
        return
    said = match["less"] or match["more"]
    measures = [(view, q) for view in case.sentences for q in view.quantities if q.kind != "ordinal" and not q.weak]
    values = {(q.value, q.unit) for _, q in measures}
    if not any(_alike(*pair) for pair in combinations(values, 2)):
        if not any(_TOLD.search(source.text) for source in case.sources):
            yield Finding("comparison", "not_found", True, f"“{said}”: the evidence compares nothing")
        return
    sides = _sides(case.claim.words, match.end())
    one, other = (_measure(measures, side, sides[1 - at]) for at, side in enumerate(sides))
    if one is None or other is None or one.unit != other.unit or one.value == other.value:
        return
    if (one.value > other.value) == bool(match["less"]):
        yield Finding("comparison", "contradicted", True, f"“{said}”: the figures in the evidence say the contrary")


def widened(case: Case) -> Iterator[Finding]:
    """A superlative of all times or places, where the evidence has it of some: "the worst in 40 years"."""
    said = _WIDEST.search(case.claim.text)
    texts = (text for source in case.sources for text in (source.text, source.title.text))
    if said and _SUPERLATIVE.search(case.claim.text) and not any(map(_WIDEST.search, texts)):
        yield Finding("comparison", "not_found", True, f"“{said[0]}” is not in the evidence")


def _alike(one: tuple[float, str], other: tuple[float, str]) -> bool:
    return one[1] == other[1] or not one[1] or not other[1]


def _sides(words: Sequence[Token], end: int) -> tuple[frozenset[str], frozenset[str]]:
    """The content words before what compares, and those after the "than" that follows it."""
    than = next((word.start for word in words if word.start >= end and word.norm == "than"), None)
    if than is None:
        return frozenset(), frozenset()
    before, after = (content_stems(w for w in words if (w.start < end) == first and (first or w.start > than))
                     for first in (True, False))  # fmt: skip
    return before - after, after - before


def _measure(
    measures: Sequence[tuple[SentenceView, Quantity]], own: frozenset[str], others: frozenset[str]
) -> Quantity | None:
    """The one measure in sentences that tell of this side and not of the other."""
    of_it = [q for view, q in measures if own & view.stems and not others & view.stems]
    return of_it[0] if len(of_it) == 1 else None
