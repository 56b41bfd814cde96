"""Questions that compare two things by a figure ("Which ship is longer, the Aurora or the Boreas?"): each with its own.

No sentence says it where two articles tell of the two, and a small model that is asked for the longer one names either.
The two figures, each quoted with what it is the figure of, answer in any case.
"""

from collections.abc import Sequence
from itertools import product

from rag.answer_types import FIGURES, figures, kind_of
from rag.concepts import concepts
from rag.evidence import EvidenceSentence
from rag.parts import parts
from rag.words import content_stems, told, words

LOOKED_AT = 40  # sentences
UNNAMED = 0.2  # what a sentence counts for that does not name its side, as a list's items often do not


def both_sides(question: str, ranked: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    """The sentence with the figure of the one and that of the other, or the one that has both; none where `question`
    does not compare by figures or one side has none."""
    kind = kind_of(question)
    asked = parts(question)
    if kind is None or kind not in FIGURES or not all(part.side for part in asked):
        return []
    stems = content_stems(question)
    one, other = (_own(part.side) for part in asked)
    one, other = one - other, other - one
    given = [(each, _telling(each), figures(kind, stems, each.text)) for each in ranked[:LOOKED_AT]]
    best: tuple[float, list[EvidenceSentence]] = (0.0, [])
    for (first, of_first, mine), (second, of_second, theirs) in product(given, repeat=2):
        if not {unit for _, unit in mine} & {unit for _, unit in theirs} or len(mine | theirs) == 1:
            continue
        named = bool(of_first & one), bool(of_second & other)
        if any(named) if first != second else all(named):
            likely = first.by_part[0] * second.by_part[1] * UNNAMED ** named.count(False)
            best = max(best, (likely, list(dict.fromkeys((first, second)))), key=lambda pair: pair[0])
    return best[1]


def _own(side: str) -> frozenset[str]:
    """What a side is told by; a name may be of common words: "the Ever Given"."""
    return concepts(content_stems(side) or [word.stem for word in words(side) if word.name])


def _telling(sentence: EvidenceSentence) -> frozenset[str]:
    year = [str(sentence.day.year)] if sentence.day else []
    return concepts(told([sentence.text, sentence.title, *year]))
