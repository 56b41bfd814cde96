"""What is said of those who are counted: "212 people died" where 212 were aboard and 58 died."""

from collections.abc import Sequence

from rag.verify import numbers
from rag.verify.analysis import Case
from rag.verify.finding import shown_in
from rag.verify.groups import groups
from rag.verify.numbers import Quantity
from rag.verify.words import Token, stem, word_set

# What happens to people, with the words that say it of the same people.
SAME = [
    frozenset(map(stem, word_set(line)))
    for line in ("die kill perish dead drown murder fatal life lives", "hurt injure wound")
]
_OF_SOME = word_set("whom which who that")  # what follows is of some of them, or of one thing more
_NEAR = 3  # words between a number, what it counts and what is said of that


def counted_otherwise(case: Case, claimed: Quantity) -> str | None:
    """The number that the evidence has of those of whom the claim says what it does, where the claim's own number is of
    others."""
    said = _said(case.claim.words, claimed) if claimed.kind == "count" else None
    if said is None:
        return None
    same = next((verbs for verbs in SAME if said in verbs), frozenset([said]))
    told = [group for view in case.sentences for group in groups(case, view)]
    holders = [group for group in told if any(numbers.holds(q, claimed) for q in group.quantities)]
    # "It killed 3 people in Ravenna and 14 in Bologna": what was said before holds for those who follow too.
    if not holders or any(word.stem in same for one in holders for word in one.view.words if word.start < one.end):
        return None
    for group in told:
        if not same & {word.stem for word in group.words}:
            continue
        for other in group.quantities:
            alike = bool(other.counted) and other.counted[0] == claimed.counted[0]
            of_them = group.goes_on and other is group.quantities[0]
            if numbers.same_unit(other, claimed) and (of_them or (alike and _said(group.view.words, other) in same)):
                return shown_in(case, group.view, other)
    return None


def _said(words: Sequence[Token], quantity: Quantity) -> str | None:
    """The stem of the word that says something of what is counted, right after it: "died" in "58 people died"."""
    after = [word for word in words if word.start >= quantity.end][: 2 * _NEAR]
    counted = quantity.counted[:1]
    at = next((at for at, word in enumerate(after[:_NEAR]) if word.stem in counted), None)
    if at is None:
        return None
    found = next((word for word in after[at + 1 : at + 1 + _NEAR] if word.content or word.norm in _OF_SOME), None)
    return None if found is None or found.norm in _OF_SOME or found.norm[0].isdigit() else found.stem
