"""Ranks: the largest, the second largest, one of the largest."""

from collections.abc import Sequence
from dataclasses import dataclass

from rag.verify.units import ORDINALS
from rag.verify.words import Token

_SUPERLATIVES = {
    word: group.split()[0]
    for group in (
        "largest biggest greatest",
        "smallest tiniest",
        "highest tallest",
        "lowest",
        "longest",
        "shortest",
        "oldest eldest",
        "youngest",
        "richest wealthiest",
        "poorest",
        "deadliest worst",
        "best",
        "busiest",
        "fastest quickest",
        "hottest warmest",
        "coldest",
        "strongest",
        "heaviest",
        "costliest",
        "most",
    )
    for word in group.split()
}
_PLACES = {**ORDINALS, **{f"{n}{'th' if n > 3 else ('st', 'nd', 'rd')[n - 1]}": n for n in range(1, 21)}}
PLACES = frozenset(_PLACES)


@dataclass(frozen=True, slots=True)
class Rank:
    """`place` among what `order` names ("largest fire"): 1 for "the largest", 0 for "one of the largest"."""

    word: Token
    order: str
    place: int


def ranks(words: Sequence[Token]) -> list[Rank]:
    """The ranks that a sentence gives, in order."""
    found = []
    for position, word in enumerate(words):
        if word.norm not in _SUPERLATIVES:
            continue
        before = [w.norm for w in words[max(0, position - 4) : position]]
        place = _PLACES.get(before[-1], 1) if before else 1
        degree = _SUPERLATIVES[word.norm]
        if degree == "most":
            if position + 1 == len(words) or (place == 1 and before[-1:] != ["the"]):
                continue  # "most people"
            degree = f"most {words[position + 1].stem}"
        if before[-2:-1] == ["among"] or before[-3:-1] in (["one", "of"], ["some", "of"]):
            place = 0
        of = next((other.stem for other in words[position + 1 :] if other.content), "")
        found.append(Rank(word, f"{degree} {of}", place))
    return found
