"""Which share of a group a sentence speaks of: all passengers, most of them, some, few."""

from collections.abc import Sequence
from dataclasses import dataclass

from rag.verify.analysis import Case
from rag.verify.finding import Finding
from rag.verify.units import SMALL_NUMBERS
from rag.verify.words import Token, word_set

# From all to few; who speaks of more than the evidence does overstates it.
_SHARES = {
    **dict.fromkeys(("all", "every", "each", "everyone", "everybody"), 5),
    "most": 3,
    **dict.fromkeys(("half", "many"), 2),
    **dict.fromkeys(("some", "several"), 1),
    "few": 0,
}
_NEARLY = word_set("nearly almost virtually practically not")
_PERSONS = word_set("everyone everybody")
_LINKING = word_set("of the these those its their his her our")
_MUCH, _FEW = 3, 0


@dataclass(frozen=True, slots=True)
class Share:
    """The share `degree` of what `group` (a stem) names, said by `word`."""

    word: Token
    degree: int
    group: str


def shares(words: Sequence[Token]) -> list[Share]:
    """The shares that a sentence speaks of, in order."""
    found = []
    for position, word in enumerate(words):
        if counted := _part(words[position : position + 8]):
            found.append(Share(word, 2, counted.stem))
            continue
        degree = _SHARES.get(word.norm)
        before = words[position - 1].norm if position else ""
        if degree is None or before in ("at", "after", "above", "the"):  # "at all", "the most", "the few"
            continue
        following = words[position + 1 : position + 8]
        if word.norm in _PERSONS:
            following = [word]
        if following and following[0].norm in ("but", "except"):
            degree, following = 4, following[2:]  # "all but three"
        elif degree == 5 and before in _NEARLY:
            degree = 4
        group = _group(following)
        if group is not None:
            found.append(Share(word, degree, "person" if group is word else group.stem))
    return found


def _part(words: Sequence[Token]) -> Token | None:
    """The word for the group of which so many are a part: "drones" in "61 of the 78 drones"."""
    numbers = [_number(word) for word in words]
    place = next((i for i in range(2, min(5, len(words))) if numbers[i] is not None), None)
    if place is None or numbers[0] is None or words[1].norm != "of" or numbers[0] >= (numbers[place] or 0):
        return None
    return _group(words[place + 1 :])


def _number(word: Token) -> float | None:
    digits = word.norm.replace(",", "")
    return float(digits) if digits.isdecimal() else SMALL_NUMBERS.get(word.norm)


def _group(following: Sequence[Token]) -> Token | None:
    """The word for the group: "passengers" in "of the 50 passengers", "voters" in "voters"."""
    for word in following:
        if word.norm in _LINKING or word.norm[0].isdigit():
            continue
        return word if word.content else None
    return None


def overstated(case: Case) -> Finding | None:
    """ "All" for "most", "most" for "some", "few" for "many", of the same group and with all else the same."""
    claimed = [share for share in shares(case.claim.words) if share.degree >= _MUCH or share.degree == _FEW]
    if not claimed:
        return None
    stated = [(view, share) for view in case.sentences for share in shares(view.words)]
    for mine in claimed:
        same = [(view, share) for view, share in stated if share.group == mine.group]
        if any(_holds(share, mine) for _, share in same):
            continue
        for view, share in same:
            if case.coverage(view.stems | case.held, without=frozenset([mine.word.stem])) >= 0.85:
                reason = f"“{mine.word.text}”: the evidence says {share.word.text}"
                return Finding("number", "contradicted", True, reason)
    return None


def _holds(stated: Share, claimed: Share) -> bool:
    return stated.degree <= 1 if claimed.degree == _FEW else stated.degree >= claimed.degree
