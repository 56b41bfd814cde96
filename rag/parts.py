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
# "Did more people die in Türkiye or in Syria?"
_OR_IN = regex.compile(
    r"^\W*(?:did|do|does|is|are|was|were|has|have|had|will|where|when)\b.* (?P<at>in|at|on|for|from|by|under|during)"
    r" (?P<one>[^,?]{2,60}?) or (?:(?P=at) )?(?P<other>[^,?]{2,60})\?*$",
    regex.IGNORECASE,
)
_COMPARES = regex.compile(
    r"\b(?:which|who|what|where|when|was|is|are|do|does|did|were|has|have|had|will)\b.*\b(?:first|last|earlier|later"
    r"|\p{L}{3,}er(?<!\b(?:other|after|under|over|ever|never|number|member|officer|minister|leader|whether))"
    r"|(?:more|less|fewer)(?! than)|most|better|older)\b",
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
    Titan, and how many died?". `side` is the one thing of two compared that the part is about.
    """

    apart: tuple[tuple[int, int], ...]
    asks: str
    about: tuple[str, ...] = ()
    side: str = ""


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
    match = _OR.search(question) or _OR_IN.search(question)
    if match and _COMPARES.search(question):
        pairs = (("one", "other"), ("other", "one"))
        return tuple(Part((match.span(other),), question, side=match[side]) for side, other in pairs)
    match = _CHANGE.search(question)
    if match and _CHANGES.search(question):
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
