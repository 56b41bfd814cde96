"""Which name stands where: the same words around another name than in the evidence."""

from collections.abc import Sequence

from rag.verify.analysis import Case, SentenceView
from rag.verify.names import Name, named, same_name
from rag.verify.quotes import SAYING
from rag.verify.words import Token, plain_typography, stem


def other_in_place(case: Case, name: Name, stated: Sequence[Name]) -> tuple[SentenceView, Name] | None:
    """The name that stands in the evidence where the claim has `name`, the words on both sides being the same.

    `stated` are all names of the evidence. None if `name` stands there in such a place as well.
    """
    left, right = _sides(case.claim.words, name)
    if right[:1] and stem(right[0]) in SAYING:
        return None  # who said it is compared otherwise
    if not _surely(name, case.claim.text, stated):
        return None
    places = [(view, other, *_sides(view.words, other)) for view in case.sentences for other in view.names]
    if any(same_name(name, o) and (_agree(left, a) > 1 or _agree(right, b) > 1) for _, o, a, b in places):
        return None
    for view, other, before, after in places:
        if _agree(left, before) < 2 or _agree(right, after) < 2 or case.rest(view, name.start, name.end) < 0.85:
            continue
        rival = not named(other, case.claim.names) and not same_name(name, other)
        if rival and _surely(other, case.sources[view.index].body.text, stated):
            return view, other
    return None


def _surely(name: Name, text: str, stated: Sequence[Name]) -> bool:
    """Whether it is a name and no mere first word: within a sentence somewhere, or with a possessive."""
    if not name.initial or plain_typography(text[name.start : name.end]).endswith("'s"):
        return True
    return any(name.last == word.norm for other in stated if not other.initial for word in other.words)


def _sides(words: Sequence[Token], name: Name) -> tuple[list[str], list[str]]:
    """Up to three words before the name and after it, the nearest first."""
    before = [word.norm for word in words if word.end <= name.start][-3:]
    return before[::-1], [word.norm for word in words if word.start >= name.end][:3]


def _agree(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """How many words agree, from the nearest on; where both texts end, that is as good as two words."""
    count = 0
    for a, b in zip(ours, theirs, strict=False):
        if a != b:
            return count
        count += 1
    return count + 2 if len(ours) == len(theirs) < 3 else count
