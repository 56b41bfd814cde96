"""Nobody and somebody: "no one was hurt" where one person was, and the other way round."""

import itertools
from collections.abc import Sequence

from rag.verify.analysis import Case, Parsed, SentenceView
from rag.verify.finding import Finding
from rag.verify.predicates import SAME
from rag.verify.units import SMALL_NUMBERS
from rag.verify.words import NEGATIONS, Token, stem, word_set

_PERSON = frozenset(
    map(stem, word_set("person man woman child boy girl worker officer soldier passenger resident pupil student"))
)
_DETERMINERS = word_set("a an another the some several many")
_FURTHER = word_set("else other others further more")
_SMALL = frozenset(SMALL_NUMBERS)
_REACH = 6


def nobody_and_somebody(case: Case) -> Finding | None:
    """What the claim says of nobody and the evidence of somebody, or the other way round.

    Nothing is found where the evidence says both, as of two accidents.
    """
    if claimed := _of_nobody(case.claim.words):
        verbs = _alike(claimed)
        if any((other := _of_nobody(view.words, to=True)) and other.stem in verbs for view in case.sentences):
            return None
        if any(_of_somebody(view, verbs) and _all_else(case, view, verbs) for view in case.sentences):
            return _found(claimed, "somebody")
        return None
    if none := _none(case.claim.words):
        if any((other := _none(view.words)) and other.stem == none.stem for view in case.sentences):
            return None
        if any(_counts(view, none) and _all_else(case, view, frozenset()) for view in case.sentences):
            return Finding("negation", "contradicted", True, f"“no {none.text}”: the evidence counts some")
        return None
    for view in case.sentences:
        stated = _of_nobody(view.words)
        if stated is None or (claimed := _of_somebody(case.claim, _alike(stated))) is None:
            continue
        verbs = _alike(stated)
        if _all_else(case, view, verbs) and not any(_of_somebody(other, verbs) for other in case.sentences):
            return _found(claimed, "nobody")
    return None


def _found(claimed: Token, who: str) -> Finding:
    return Finding("negation", "contradicted", True, f"“{claimed.text}”: the evidence says it of {who}")


def _alike(verb: Token) -> frozenset[str]:
    return next((verbs for verbs in SAME if verb.stem in verbs), frozenset([verb.stem]))


def _all_else(case: Case, view: SentenceView, verbs: frozenset[str]) -> bool:
    """Whether the sentence has the rest of the claim, but for who it was."""
    counted = [(q.start, q.end) for q in case.claim.quantities]
    who = {w.stem for w in case.claim.words if any(start <= w.start < end for start, end in counted)}
    return case.coverage(view.stems | case.held, without=verbs | who | _PERSON) >= 0.85


def _of_nobody(words: Sequence[Token], to: bool = False) -> Token | None:
    """The verb of "nobody" or "no one", but not of "nobody else"; `to`: also what is done to no one."""
    for position, word in enumerate(words):
        two = word.norm == "no" and position + 1 < len(words) and words[position + 1].norm in ("one", "body")
        if two or word.norm in ("nobody", "none"):
            rest = words[position + 1 + two : position + 1 + two + _REACH]
            if not rest or rest[0].start - words[position + two].end > 1:  # "they arrested no one, police said"
                return words[position - 1] if to and position and words[position - 1].content else None
            if rest[0].norm in _FURTHER:
                return None
            said = [
                other for other in rest if other.content and not other.norm[0].isdigit() and other.norm not in _SMALL
            ]
            # Of "none of the twelve passengers survived" what comes after the passengers.
            return next(iter(said[word.norm == "none" and rest[0].norm == "of" :]), None)
    return None


def _none(words: Sequence[Token]) -> Token | None:
    """What a sentence says there is none of: "survivors" in "no survivors"."""
    pairs = itertools.pairwise(words)
    return next((b for a, b in pairs if a.norm == "no" and b.content and b.norm not in ("one", "body")), None)


def _counts(view: SentenceView, none: Token) -> bool:
    """Whether the sentence counts one or more of what there is none of by the claim."""
    return not any(word.norm == "none" for word in view.words) and any(
        q.kind == "count" and q.value >= 1 and q.counted[:1] == (none.stem,) for q in view.quantities
    )


def _of_somebody(text: Parsed | SentenceView, verbs: frozenset[str]) -> Token | None:
    """One of the verbs after a number of people, "a man" or a name, where nothing denies it."""
    words = text.words
    none = {word.end + 1 for word in words if word.norm == "no"}  # where "one" of "no one" begins
    counted = [q for q in text.quantities if q.kind == "count" and not q.unit and q.value >= 1 and not q.denied]
    ends = [quantity.end for quantity in counted if quantity.start not in none]
    ends += [w.end for i, w in enumerate(words) if w.stem in _PERSON and i and words[i - 1].norm in _DETERMINERS]
    ends += [name.end for name in text.names if not name.initial or len(name.words) > 1]
    nobody = [word.end for word in words if word.norm == "none"]  # "none of the twelve passengers"
    for end in sorted(end for end in ends if not any(before < end for before in nobody)):
        rest = [word for word in words if word.start >= end][:_REACH]
        at = next((i for i, word in enumerate(rest) if word.stem in verbs), None)
        if at is None or any(
            word.norm in NEGATIONS or word.norm in _FURTHER or word.norm == "but" for word in rest[:at]
        ):
            continue
        return rest[at]
    return None
