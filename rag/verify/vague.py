"""Numbers that name an order of magnitude only: dozens, hundreds, tens of thousands."""

from collections.abc import Sequence

from rag.verify.words import Token

_LEAST = {"dozens": 24, "scores": 40, "hundreds": 200, "thousands": 2_000, "millions": 2_000_000, "billions": 2e9}
_TIMES = {"dozens": 12, "tens": 10, "hundreds": 100, "thousands": 1000}


def vague(words: Sequence[Token]) -> list[tuple[Token, float]]:
    """(its first word, the least that it can mean) of each such number: 20,000 for "tens of thousands"."""
    found: list[tuple[Token, float]] = []
    taken = -1
    for position, word in enumerate(words):
        if position <= taken:
            continue
        further = words[position + 1 : position + 3]
        if word.norm in _TIMES and [w.norm for w in further[:1]] == ["of"] and further[-1].norm in _LEAST:
            found.append((word, _TIMES[word.norm] * _LEAST[further[-1].norm]))
            taken = position + 2
        elif word.norm in _LEAST:
            found.append((word, _LEAST[word.norm]))
    return found
