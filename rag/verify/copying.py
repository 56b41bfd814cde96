"""How much of a claim is copied from the evidence.

Extractive fragments as in Grusky, Naaman and Artzi, "Newsroom" (NAACL 2018), section 4:
the claim is covered greedily, from left to right, with the longest shared sequences of words.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Copied:
    """`coverage`: share of the claim's words in shared sequences of at least three words;
    `density`: mean length of the sequence that a word lies in, divided by the claim's length
    (1 for a verbatim copy); `outside`: the positions of the words that lie in none."""

    coverage: float
    density: float
    outside: tuple[int, ...] = ()


def copied(claim: Sequence[str], texts: Sequence[Sequence[str]], shortest: int = 3) -> Copied:
    """Compare folded words; a sequence never runs over the end of one of `texts`."""
    if not claim:
        return Copied(0.0, 0.0)
    starts: dict[str, list[tuple[int, int]]] = {}
    wanted = set(claim)
    for number, text in enumerate(texts):
        for position, word in enumerate(text):
            if word in wanted:
                starts.setdefault(word, []).append((number, position))
    covered, squares, at = 0, 0, 0
    outside: list[int] = []
    while at < len(claim):
        longest = 0
        for number, position in starts.get(claim[at], ()):
            text, length = texts[number], 1
            if longest and (
                at + longest >= len(claim)
                or position + longest >= len(text)
                or text[position + longest] != claim[at + longest]
            ):
                continue  # cannot be longer than the best so far
            while (
                at + length < len(claim)
                and position + length < len(text)
                and text[position + length] == claim[at + length]
            ):
                length += 1
            longest = max(longest, length)
        if longest >= min(shortest, len(claim)):
            covered += longest
            squares += longest * longest
        else:
            outside += range(at, at + max(longest, 1))
        at += max(longest, 1)
    return Copied(covered / len(claim), squares / len(claim) ** 2, tuple(outside))
