"""The parts of a question that need a sentence each: "How long … and how wide …", "… DART or Artemis I?"."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex

from rag.words import words

_BEFORE = r"(?:(?:with|by|for|at|in|on|from|to|mit|de|a) )?"
# By language: "was" asks in German only.
_WORDS = {
    "and": r"(?:how|what|when|where|who|whom|whose|why|which)\b",
    "und": r"(?:wie|was|wann|wo|wer|warum|welche\p{L}?)\b",
    "et": r"(?:quand|qui|combien|quel\p{L}*)\b",
    "y": r"(?:quién|cuándo|cuánt\p{L}*|qué)\b",
}
# A second question word, after "and" or at the start of a sentence; a preposition may stand before it.
_AND = regex.compile(
    rf"(?<!\bif)(?:{'|'.join(f',? {word} (?={_BEFORE}{asking})' for word, asking in _WORDS.items())})"
    rf"|(?<=[?.;]) (?={_BEFORE}(?:{'|'.join(_WORDS.values())}))",
    regex.IGNORECASE,
)
# "people who rent and who own homes"; not "From which pad … and which ship …"
_RELATIVE = regex.compile(
    r"\p{L}(?<!^\W*(?:from|in|at|by|on|to|for|with|of)) (?P<word>who|whom|whose|which|where)\b.* and (?=(?P=word)\b)",
    regex.IGNORECASE,
)
_OR = regex.compile(r"(?:, |: )(?P<one>[^,?]{2,60}?) (?:or|oder|ou|o) (?P<other>[^,?]{2,60})\?*$")
_COMPARES = regex.compile(
    r"\b(?:which|who|what|was|is|did|were)\b.*\b(?:first|last|earlier|later|\p{L}{3,}er|more|less|most|fewer|better|older)\b",
    regex.IGNORECASE,
)
_CHANGE = regex.compile(
    r"\b(?:from|between) (?P<one>[^,?]{2,60}?) (?:to|and|until) (?P<other>[^,?]{2,60})\?*$", regex.IGNORECASE
)
_CHANGES = regex.compile(
    r"\b(?:change[ds]?|rise|rose|fall|fell|grow|grew|drop|dropped|increase|decrease|decline|by how much"
    r"|how far (?:did|has|have|had))\b",
    regex.IGNORECASE,
)

_Span = tuple[int, int]
LEAST = 8  # characters of a part


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a question: `apart` are the spans of it that belong to other parts only; `asks` says what it asks.

    `about` are the names of the other parts that a part without any of its own is about: "How many were aboard the
    Titan, and how many died?".
    """

    apart: tuple[tuple[int, int], ...]
    asks: str
    about: tuple[str, ...] = ()


@lru_cache(maxsize=256)
def parts(question: str) -> tuple[Part, ...]:
    """The parts of `question`; for most it is one, the whole."""
    cuts = [0]
    for match in _AND.finditer(question):
        relative = _RELATIVE.search(question, cuts[-1])
        if match.start() - cuts[-1] >= LEAST and (relative is None or relative.end() != match.end()):
            cuts.append(match.end())
    if len(cuts) > 1:
        spans = list(zip(cuts, [*cuts[1:], len(question)], strict=True))
        names = [(word.start, word.end) for word in words(question) if word.name]
        return tuple(_part(question, own, [span for span in spans if span != own], names) for own in spans)
    for pattern, needed in ((_OR, _COMPARES), (_CHANGE, _CHANGES)):
        match = pattern.search(question)
        if match and needed.search(question):
            return tuple(Part((match.span(other),), question) for other in ("other", "one"))
    return (Part((), question),)


def _part(question: str, own: _Span, others: Sequence[_Span], names: Sequence[_Span]) -> Part:
    asks = question[own[0] : own[1]]
    if any(own[0] <= start < own[1] for start, _ in names):
        return Part(tuple(others), asks)
    apart: list[_Span] = []
    for start, end in others:
        inside = [name for name in names if start <= name[0] < end]
        bounds = [start, *(bound for name in inside for bound in name), end]
        apart += zip(bounds[::2], bounds[1::2], strict=True)
    return Part(tuple(apart), asks, tuple(question[start:end] for start, end in names))
