"""The question's names where a sentence has them in short: as a surname, or as the "he" of the sentence before."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import regex
from numpy.typing import NDArray

from rag.words import Word, words

if TYPE_CHECKING:
    from rag.relevance import Candidate

_REFERS = regex.compile(r"\b(?:s?he|his|hers?|him)\b", regex.IGNORECASE)
_OPENING = '"“'
# From which cosine on a surname of the question is that of the sentence, and what a pronoun has of the name before it.
SAME_NAME = 0.7
CARRIED = 0.95
# Of a BERT vocabulary, whose words follow by falling frequency: what comes before is a common word, if not a name too.
_RARE = 5000


def names_of(question: str, starts: Sequence[int]) -> list[list[list[int]]]:
    """The names in the question: for each its words, and for each of these its tokens."""
    names: list[list[Word]] = []
    for word in words(question):
        if word.name and names and question[names[-1][-1].end : word.start] == " ":
            names[-1].append(word)
        elif word.name:
            names.append([word])
    return [[[k for k, at in enumerate(starts) if word.start <= at < word.end] for word in name] for name in names]


def names_in_short(
    own: NDArray[np.float32],
    ids: NDArray[np.int32],
    names: Sequence[Sequence[Sequence[int]]],
    found: "Sequence[Candidate]",
) -> None:
    """Let a sentence be about a name that it has as a surname alone, or that the sentence before it has where it says
    "he", or is what was said. Else a sentence that repeats the name beats the one that tells of its bearer."""
    for name in names:
        if len(name) > 1 and name[-1] and ids[name[-1]].max() >= _RARE:  # not the line of "the Green Line"
            last = own[:, name[-1]].mean(axis=1)
            whole = np.ix_(np.flatnonzero(last >= SAME_NAME), np.concatenate(name).astype(int))
            own[whole] = np.maximum(own[whole], last[last >= SAME_NAME, None])
    tokens = [token for name in names for word in name for token in word]
    for at, (before, one) in enumerate(pairwise(found), start=1):
        follows = before.hit is one.hit and one.position == before.position + 1
        if tokens and follows and (one.text[:1] in _OPENING or _REFERS.search(one.text)):
            own[at, tokens] = np.maximum(own[at, tokens], CARRIED * own[at - 1, tokens])
