"""Which of two values belongs to which of two names: "3 died in Ravenna and 14 in Bologna"."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from rag.verify import numbers
from rag.verify.analysis import Case, Parsed, SentenceView
from rag.verify.finding import Finding, shown
from rag.verify.names import Name, same_name
from rag.verify.numbers import Quantity
from rag.verify.words import content_stems


def exchanged_values(case: Case) -> Iterator[Finding]:
    """Two values that the claim gives to two names the other way round than a sentence of the evidence.

    Only where value and name take turns in both, so that it is plain which go together.
    """
    mine = _pairs(case.claim.names, case.claim.quantities)
    if mine is None:
        return
    (name, value), (other_name, other_value) = mine
    for view in case.sentences:
        names = [one for one in view.names if same_name(one, name) or same_name(one, other_name)]
        values = [one for one in view.quantities if numbers.holds(one, value) or numbers.holds(one, other_value)]
        theirs = _pairs(names, values)
        if theirs is None:
            continue
        turned = [(same_name(a, other_name), numbers.holds(b, value)) for a, b in theirs]
        if sorted(turned) == [(False, False), (True, True)] and not numbers.holds(value, other_value):
            whose = shown(case.claim.text, other_name)
            reason = f"“{shown(case.claim.text, value)}”: the evidence says it of {whose}"
            yield Finding("number", "contradicted", True, reason)
            return


def exchanged_predicates(case: Case) -> Iterator[Finding]:
    """Two numbers of which the claim says the other way round what a sentence says of them: "61 were brought out and 23
    are missing"."""
    mine = {id(claimed): _said_after(case.claim, claimed) for claimed in case.claim.quantities}
    for view in case.sentences:
        held = [(c, [q for q in view.quantities if numbers.holds(q, c)]) for c in case.claim.quantities]
        once = [(claimed, _said_after(view, stated[0])) for claimed, stated in held if len(stated) == 1]
        for (one, its), (other, others) in combinations(once, 2):
            if one.unit != other.unit or numbers.holds(one, other):
                continue
            straight = (len(mine[id(one)] & its), len(mine[id(other)] & others))
            crossed = (len(mine[id(one)] & others), len(mine[id(other)] & its))
            if all(more > less for more, less in zip(crossed, straight, strict=True)):
                reason = f"“{shown(case.claim.text, one)}”: the evidence says that of {shown(case.claim.text, other)}"
                yield Finding("number", "contradicted", True, reason)
                return


def _said_after(parsed: Parsed | SentenceView, quantity: Quantity) -> frozenset[str]:
    """What stands between a number and the next one."""
    end = min((q.start for q in parsed.quantities if q.start > quantity.start), default=parsed.words[-1].end + 1)
    return content_stems(word for word in parsed.words if quantity.end <= word.start < end)


def _pairs(
    names: Sequence[Name], values: Sequence[Quantity]
) -> tuple[tuple[Name, Quantity], tuple[Name, Quantity]] | None:
    """The two names with their values, if there are two of each, of one unit, that take turns."""
    if len(names) != 2 or len(values) != 2 or values[0].unit != values[1].unit:
        return None
    turns = [kind for _, kind in sorted([(n.start, "name") for n in names] + [(v.start, "value") for v in values])]
    if turns[0] == turns[1] or turns[1] == turns[2] or turns[2] == turns[3]:
        return None
    return (names[0], values[0]), (names[1], values[1])
