"""What stands where: the same words around another name, number or date than in the evidence."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TypeVar

from rag.verify.analysis import Case, SentenceView, Spanned
from rag.verify.names import Name, same_name
from rag.verify.quotes import SAYING
from rag.verify.words import Token, plain_typography, stem, word_set

WIDE = 4  # words compared on each side of a value
GOVERNED = 3  # words before it in which one stands that says what it is of
_JOINS = word_set("and but or while whereas to")


_start, _end = attrgetter("start"), attrgetter("end")
Value = TypeVar("Value", bound=Spanned)


def instead(
    case: Case,
    claimed: Value,
    values: Callable[[SentenceView], Sequence[Value]],
    holds: Callable[[Value], bool],
    rivals: Callable[[Value], bool],
) -> tuple[SentenceView, Value] | None:
    """The value that the evidence has between the words between which the claim has `claimed`, and its sentence.

    `values` are those of a sentence, `holds` says of one that it bears `claimed` out, `rivals` that it could be meant
    in its stead. None where the same sentence has `claimed` between such words, too, or another one has it that says
    half of the rest of the claim.
    """
    left, right = _sides(case.claim.words, claimed)
    places = []
    for view in case.sentences:
        for value in values(view):
            before, after = _sides(view.words, value)
            # A claim may stop earlier than its sentence, but not begin later: the subject may be further to the left.
            ours = _agree(left, before) if left else 2 * (not before)
            places.append((view, value, ours, _agree(right, after)))
    rest = {id(view): case.rest(view, claimed.start, claimed.end) for view in case.sentences}
    candidates = [
        (ours + theirs, view, value)
        for view, value, ours, theirs in places
        if min(ours, theirs) >= 1
        and ours + theirs >= 5
        and rest[id(view)] >= 0.6
        and not holds(value)
        and rivals(value)
    ]
    if not candidates:
        return None
    agreed, best, rival = max(candidates, key=lambda candidate: candidate[0])
    for view, value, ours, theirs in places:
        as_near = ours + theirs >= agreed - 1 if view is best else rest[id(view)] >= 0.5
        if as_near and holds(value):
            return None
    return best, rival


def governed(
    case: Case,
    claimed: Value,
    values: Callable[[SentenceView], Sequence[Value]],
    holds: Callable[[Value], bool],
    rivals: Callable[[Value], bool],
) -> tuple[SentenceView, Value] | None:
    """The value that a sentence has after a word after which the claim has `claimed`, where it has that after another:
    "arrested on Friday and resigned on Sunday" for "resigned on Friday". The functions are as of `instead`."""
    word = _governor(case.claim.words, claimed)
    places = [(view, value, _governor(view.words, value)) for view in case.sentences for value in values(view)]
    holders = [(view, before) for view, value, before in places if holds(value)]
    if word is None or any(before is None or before == word for _, before in holders):
        return None
    for view, value, before in places:
        if before == word and rivals(value) and not holds(value) and any(view is holder for holder, _ in holders):
            return view, value
    return None


def _governor(words: Sequence[Token], item: Spanned) -> str | None:
    """The stem of the nearest word with content before a value, within the same clause."""
    at = bisect_right(words, item.start, key=_end)
    before = words[max(0, at - GOVERNED) : at]
    found = next((word for word in reversed(before) if word.content or word.norm in _JOINS), None)
    return None if found is None or found.norm in _JOINS or found.norm[0].isdigit() else found.stem


def clauses_without(case: Case, claimed: Spanned, holds: Callable[[SentenceView], bool]) -> list[SentenceView]:
    """Clauses that say the rest of the claim without `claimed`, when none that holds it says half of the rest."""
    rests = [(view, case.rest(view, claimed.start, claimed.end)) for view in case.clauses]
    if any(rest > 0.5 and holds(view) for view, rest in rests):
        return []
    return [view for view, rest in rests if rest >= 0.85 and not holds(view)]


def other_name(case: Case, name: Name, stated: Sequence[Name]) -> tuple[SentenceView, Name] | None:
    """`instead` for a name; `stated` are all names of the evidence."""
    _, right = _sides(case.claim.words, name)
    if right[:1] and stem(right[0]) in SAYING:
        return None  # who said it is compared otherwise
    if not _surely(name, case.claim.text, stated):
        return None
    claimed = [frozenset(word.norm for word in other.words) for other in case.claim.names]
    place = instead(
        case,
        name,
        lambda view: view.names,
        lambda other: same_name(name, other),
        lambda other: not any(frozenset(word.norm for word in other.words) <= words for words in claimed),
    )
    if place is None or not _surely(place[1], case.sources[place[0].index].body.text, stated):
        return None
    return place


def _surely(name: Name, text: str, stated: Sequence[Name]) -> bool:
    """Whether it is a name and no mere first word: within a sentence somewhere, or with a possessive."""
    if not name.initial or plain_typography(text[name.start : name.end]).endswith("'s"):
        return True
    return any(name.last == word.norm for other in stated if not other.initial for word in other.words)


def _sides(words: Sequence[Token], item: Spanned) -> tuple[list[str], list[str]]:
    """Up to `WIDE` words before the item and after it, the nearest first."""
    at, after = bisect_right(words, item.start, key=_end), bisect_left(words, item.end, key=_start)
    return [word.norm for word in reversed(words[max(0, at - WIDE) : at])], [
        word.norm for word in words[after : after + WIDE]
    ]


def _agree(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """How many words agree, from the nearest on; where either text ends with them, that is as good as two words."""
    count = 0
    for a, b in zip(ours, theirs, strict=False):
        if a != b:
            return count
        count += 1
    return count + 2 if count < WIDE else count
