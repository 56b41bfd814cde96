"""What is said of those who are counted: "212 people died" where 212 were aboard and 58 died."""

from collections.abc import Sequence

from rag.verify import numbers
from rag.verify.analysis import Case
from rag.verify.finding import shown_in
from rag.verify.numbers import Quantity
from rag.verify.words import Token, stem, word_set

# What happens to people, with the words that say it of the same people.
SAME = [frozenset(map(stem, word_set(line))) for line in ("die kill perish dead", "hurt injure wound")]
_NEAR = 3  # words between a number, what it counts and what is said of that


def counted_otherwise(case: Case, claimed: Quantity) -> str | None:
    """The number that the evidence has of those of whom the claim says what it does, where the claim's own number is of
    others."""
    said = _said(case.claim.words, claimed)
    if said is None:
        return None
    same = next((verbs for verbs in SAME if said in verbs), frozenset([said]))
    holders = [view for view in case.sentences if any(numbers.holds(q, claimed) for q in view.quantities)]
    if not holders or any(same & {word.stem for word in view.words} for view in holders):
        return None
    for view in case.sentences:
        for other in view.quantities:
            alike = bool(other.counted) and other.counted[0] == claimed.counted[0]
            if alike and numbers.same_unit(other, claimed) and _said(view.words, other) in same:
                return shown_in(case, view, other)
    return None


def _said(words: Sequence[Token], quantity: Quantity) -> str | None:
    """The stem of the word that says something of what is counted, right after it: "died" in "58 people died"."""
    after = [word for word in words if word.start >= quantity.end][: 2 * _NEAR]
    counted = quantity.counted[:1]
    at = next((at for at, word in enumerate(after[:_NEAR]) if word.stem in counted), None)
    if at is None:
        return None
    return next((word.stem for word in after[at + 1 : at + 1 + _NEAR] if word.content), None)
