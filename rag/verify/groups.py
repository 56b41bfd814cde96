"""A sentence by the groups of which it tells: "two were dug out; one died", "3 in Ravenna and 14 in Bologna"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex

from rag.verify import numbers
from rag.verify.analysis import Case, SentenceView
from rag.verify.numbers import Quantity
from rag.verify.words import Token, content_stems

# Before a number: the sentence goes on to others.
_GOES_ON = regex.compile(
    r";[^;]*$|,?\s(?:and|but|while|whereas)\s(?:\p{L}+\s){0,2}$|,\s(?:after|up from|down from|compared with)\s$",
    regex.IGNORECASE,
)
# "… and Vessia seven, while": the verb and what is counted are left out.
_GAPPED = regex.compile(r"(?:and|but|while) \p{Lu}\p{L}+\s$")


@dataclass(frozen=True, slots=True)
class Group:
    """What a sentence says of some who are counted; `goes_on`: it has spoken of others before."""

    view: SentenceView
    start: int
    end: int
    words: Sequence[Token]
    quantities: Sequence[Quantity]
    goes_on: bool


def groups(case: Case, view: SentenceView) -> Iterator[Group]:
    """The sentence, cut where it goes on to others; in "34 and 41, died" it does not."""
    text = case.sources[view.index].text
    cuts = []
    for before, quantity in pairwise(view.quantities):
        on = _GOES_ON.search(text, before.end, quantity.start)
        ended = text[quantity.end : quantity.end + 1] in tuple(",.;")
        if on and (on.group().startswith(";") or not ended or _GAPPED.search(on.group())):
            cuts.append(on.start())
    for start, end in pairwise([view.start, *cuts, view.end]):
        words = [word for word in view.words if start <= word.start < end]
        quantities = [quantity for quantity in view.quantities if start <= quantity.start < end]
        yield Group(view, start, end, words, quantities, start in cuts)


def told_of(case: Case, claimed: Quantity) -> frozenset[str]:
    """What a sentence says, as the claim does, of those whom `claimed` counts and of no others that it counts; nothing
    where the claim also says what it says of others alone.

    The noun is the first group's, and what stands before its number is of all: "It killed 3 people in Ravenna and 14 in
    Bologna".
    """
    for view in case.sentences:
        each = list(groups(case, view))
        if len(each) < 2:
            continue
        noun = frozenset(each[0].quantities[0].counted[:1])
        said = [
            content_stems(word for word in group.words if word.start >= group.quantities[0].end) - noun
            for group in each
        ]
        for place, group in enumerate(each):
            if any(numbers.holds(one, claimed) and not _of_another(case, one, claimed) for one in group.quantities):
                others = frozenset().union(*(stems for at, stems in enumerate(said) if at != place))
                mine = case.claim.stems & (said[place] - others)
                if mine and not case.claim.stems & (others - said[place]):
                    return mine
    return frozenset()


def _of_another(case: Case, stated: Quantity, claimed: Quantity) -> bool:
    """Whether the claim counts with another number what the stated one counts."""
    return bool(stated.counted) and any(
        other is not claimed and other.counted[:1] == stated.counted[:1] for other in case.claim.quantities
    )
