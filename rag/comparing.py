"""Questions that compare two things by a figure ("Which ship is longer, the Aurora or the Boreas?"): each with its own.

No sentence says it where two articles tell of the two, and a small model that is asked for the longer one names either.
The two figures, each quoted with what it is the figure of, answer in any case; which is more is told where both plainly
belong to their sides.
"""

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import regex

from rag.answer_types import FIGURES, Figure, figures, kind_of
from rag.concepts import concepts
from rag.evidence import EvidenceSentence
from rag.parts import parts
from rag.words import content_stems, told, words

LOOKED_AT = 40  # sentences
UNNAMED = 0.2  # what a sentence counts for that does not name its side, as a list's items often do not
_ORDERS = regex.compile(
    r"\b(?:(?P<less>first|earlier|sooner|less|fewer|shorter|narrower|lower|lighter|slower|smaller|weaker|younger|colder"
    r"|cheaper|nearer|closer)|last|later|more|\p{L}{3,}er)\b",
    regex.IGNORECASE,
)


class _Side(NamedTuple):
    name: str
    own: frozenset[str]
    others: frozenset[str]


def both_sides(question: str, ranked: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    """The sentence with the figure of the one and that of the other, or the one that has both; none where `question`
    does not compare by figures or one side has none."""
    sides = _sides(question)
    if not sides:
        return []
    given = [(each, _telling(each), _figures(question, each)) for each in ranked[:LOOKED_AT]]
    best: tuple[float, list[EvidenceSentence]] = (0.0, [])
    for (first, of_first, mine), (second, of_second, theirs) in product(given, repeat=2):
        same = {figure.unit for figure in mine} & {figure.unit for figure in theirs}
        if not same or len({figure.text for figure in (*mine, *theirs)}) == 1:
            continue
        named = bool(of_first & sides[0].own), bool(of_second & sides[1].own)
        if any(named) if first != second else all(named):
            likely = first.by_part[0] * second.by_part[1] * UNNAMED ** named.count(False)
            best = max(best, (likely, list(dict.fromkeys((first, second)))), key=lambda pair: pair[0])
    return best[1]


def conclusion(question: str, quoted: Sequence[EvidenceSentence]) -> list[tuple[str, int]]:
    """Which of the two it is, by the figures quoted: pieces of a sentence, each with the one of `quoted` that it rests
    on. None where a sentence has several figures, or tells of both sides, or the two come to the same."""
    given = [_figures(question, one) for one in quoted]
    shared = set.intersection(*({figure.unit for figure in own} for own in given)) if given else set()
    found: list[tuple[float, str, str, int]] = []
    for side in _sides(question):
        of_it = [at for at, one in enumerate(quoted) if side.own & _telling(one) and not side.others & _telling(one)]
        own = [figure for at in of_it for figure in given[at] if figure.unit in shared]
        if len(of_it) == len(own) == 1 and own[0].value is not None:
            found.append((own[0].value, side.name, own[0].text, of_it[0]))
    if len(found) < 2 or len(shared) != 1 or found[0][0] == found[1][0]:
        return []
    # The last word that orders before the two is the one that asks: "Which of the later ships is shorter, A or B?"
    asks = list(_ORDERS.finditer(question, 0, question.index(found[0][1])))
    it, other = sorted(found, reverse=not (asks and asks[-1]["less"]))
    return [(f"By these figures it is {it[1]}: {it[2]}", it[3]), (f"; {other[1]}: {other[2]}", other[3])]


def _sides(question: str) -> list[_Side]:
    """The two things compared, if they are by figures."""
    asked = parts(question)
    if kind_of(question) not in FIGURES or not all(part.side for part in asked):
        return []
    one, other = (_own(part.side) for part in asked)
    return [_Side(asked[0].side, one - other, other - one), _Side(asked[1].side, other - one, one - other)]


def _own(side: str) -> frozenset[str]:
    """What a side is told by; a name may be of common words: "the Ever Given"."""
    return concepts(content_stems(side) or [word.stem for word in words(side) if word.text[0].isupper()])


def _telling(sentence: EvidenceSentence) -> frozenset[str]:
    year = [str(sentence.day.year)] if sentence.day else []
    return concepts(told([sentence.text, sentence.title, *year]))


def _figures(question: str, sentence: EvidenceSentence) -> list[Figure]:
    kind = kind_of(question)
    return [] if kind is None else figures(kind, content_stems(question), sentence.text)
