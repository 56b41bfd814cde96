"""The parts of a question that need a sentence each: "How long … and how wide …", "… DART or Artemis I?"."""

from dataclasses import dataclass
from functools import lru_cache

import regex

_WORD = (
    r"(?:how|what|when|where|who|whom|whose|why|which|wie|was|wann|wo|wer|warum|welche\p{L}?|quand|qui|combien"
    r"|quel\p{L}*|quién|cuándo|cuánt\p{L}*|qué)\b"
)
# A second question word, after "and" or at the start of a sentence; a preposition may stand before it.
_AND = regex.compile(
    rf"(?:,? (?:and|und|et|y) |(?<=[?.;]) )(?=(?:(?:with|by|for|at|in|on|from|to|mit|de|a) )?{_WORD})",
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
    r"\b(?:change[ds]?|rise|rose|fall|fell|grow|grew|drop|dropped|increase|decrease|decline|by how much|how far)\b",
    regex.IGNORECASE,
)

LEAST = 8  # characters of a part


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a question: `apart` are the spans of it that belong to other parts only; `asks` says what it asks."""

    apart: tuple[tuple[int, int], ...]
    asks: str


@lru_cache(maxsize=256)
def parts(question: str) -> tuple[Part, ...]:
    """The parts of `question`; for most it is one, the whole."""
    cuts = [0]
    for match in _AND.finditer(question):
        if match.start() - cuts[-1] >= LEAST:
            cuts.append(match.end())
    if len(cuts) > 1:
        spans = list(zip(cuts, [*cuts[1:], len(question)], strict=True))
        return tuple(Part(tuple(span for span in spans if span != own), question[own[0] : own[1]]) for own in spans)
    for pattern, needed in ((_OR, _COMPARES), (_CHANGE, _CHANGES)):
        match = pattern.search(question)
        if match and needed.search(question):
            return tuple(Part((match.span(other),), question) for other in ("other", "one"))
    return (Part((), question),)
