"""Where something comes from and where it goes to: "exports to China" are not exports from China."""

from collections.abc import Sequence

from rag.verify.analysis import Case
from rag.verify.finding import Finding
from rag.verify.words import Token

_OTHER = {"to": "from", "from": "to"}
_SMALL = frozenset(("the", "a", "an"))
ENOUGH = 0.8  # of the claim's words that the sentence has


def other_way(case: Case) -> Finding | None:
    """A place to which the claim has something go, where the evidence has the same come from there, or the reverse."""
    claimed = _ways(case.claim.words)
    stated = [_ways(view.words) for view in case.sentences]
    for before, way, place in claimed:
        if any((b, w, p.stem) == (before, way, place.stem) for ways in stated for b, w, p in ways):
            continue
        turned = (before, _OTHER[way], place.stem)
        for view, ways in zip(case.sentences, stated, strict=True):
            same = any((b, w, p.stem) == turned for b, w, p in ways) or _exchanged(claimed, ways)
            if same and case.coverage(view.stems | case.held) >= ENOUGH:
                reason = f"“{way} {place.text}”: the evidence says {_OTHER[way]} {place.text}"
                return Finding("direction", "contradicted", True, reason)
    return None


def _exchanged(claimed: Sequence[tuple[str, str, Token]], stated: Sequence[tuple[str, str, Token]]) -> bool:
    """Whether the way leads from where it leads to in the other sentence, and to where it comes from there."""
    mine, theirs = ({(way, place.stem) for _, way, place in ways} for ways in (claimed, stated))
    ends = {way for way, _ in mine}
    return (
        ends == {"to", "from"} and len(mine) == len(theirs) and {(_OTHER[way], place) for way, place in mine} == theirs
    )


def _ways(words: Sequence[Token]) -> list[tuple[str, str, Token]]:
    """(stem of the word before, "to" or "from", the name after), for each way that a sentence tells of."""
    found = []
    for position, word in enumerate(words[:-1]):
        if word.norm in _OTHER and position:
            after = words[position + 1 : position + 3]
            place = after[1] if after[0].norm in _SMALL and len(after) > 1 else after[0]
            if place.text[0].isupper():
                found.append((words[position - 1].stem, word.norm, place))
    return found
