"""Numbers that the evidence does not have, but that can be worked out from those that it has."""

import itertools
from collections.abc import Sequence

import regex

from rag.verify.analysis import Case
from rag.verify.numbers import Quantity


def derived(claimed: Quantity, case: Case) -> bool:
    """Whether the number is what lies between two numbers of the claim, or two dates of the evidence."""
    value = round(claimed.readings[0].written, 6)
    others = {round(q.readings[0].written, 6) for q in case.claim.quantities if q is not claimed}
    if value and any(round(other + value, 6) in others for other in others):
        return True
    if any(_worked_out(claimed, view.quantities) for view in case.near):
        return True
    if _reckons(case.claim.text, claimed) and any(_reckoned(claimed, view.quantities) for view in case.near):
        return True
    if claimed.unit_word.rstrip("s") not in ("year", "day") or value > 1000:
        return False
    days = {m.first for s in case.sources for m in (*s.moments, *s.publication) if m.first and m.first == m.last}
    if claimed.unit_word.startswith("day"):
        numbered = {day.toordinal() for day in days}
    else:
        numbered = {m.year for s in case.sources for m in (*s.moments, *s.publication) if m.year}
    return any(number + value in numbered for number in numbered)


def _worked_out(claimed: Quantity, stated: Sequence[Quantity]) -> bool:
    """Whether it is the step between the two values of a change, or so large a part of a number as the sentence says:
    "a third of the 240 pupils" are 80."""
    first, last = ([one for one in stated if one.part == part] for part in ("from", "to"))
    for before, after in itertools.product(first, last):
        if before.unit != after.unit:
            continue
        unit = "pp" if after.unit == "%" else after.unit
        if claimed.unit == unit and round(abs(after.value - before.value), 6) == round(claimed.value, 6):
            return True
    parts = [one.value / 100 for one in stated if one.unit == "%"]
    wholes = [one for one in stated if one.unit == claimed.unit and one.unit not in ("%", "pp")]
    return any(abs(part * whole.value - claimed.value) <= 0.01 * claimed.value for part in parts for whole in wholes)


# With one of these a claim gives a sum or a difference: "all 226 on board", "a majority of 30".
_RECKONS = regex.compile(
    r"\b(?:total|all|altogether|combined|together|overall|majority|margin|rest|remaining|others?|keep|kept|more|fewer|less"
    r"|difference|not|above|below|beyond|ahead|short)\b",
    regex.IGNORECASE,
)
_BY = regex.compile(r"\bby\s(?:(?:about|some|nearly|almost|over)\s)?\Z", regex.IGNORECASE)
_ADDED = 3  # numbers of a sentence, at most
_MANY = 12  # numbers of a sentence: of more, nearly any number is some sum


def _reckons(text: str, claimed: Quantity) -> bool:
    return _RECKONS.search(text) is not None or _BY.search(text, 0, claimed.start) is not None


def _reckoned(claimed: Quantity, stated: Sequence[Quantity]) -> bool:
    """Whether it is the sum of numbers of a sentence in the same unit, or what lies between two of them."""
    ratios = [one for one in stated if one.kind == "ratio" and one.second]
    if any(claimed.value in (abs(one.value - (one.second or 0)), one.value + (one.second or 0)) for one in ratios):
        return True
    values = [one.value for one in stated if one.unit == claimed.unit and one.kind == "count" and one.value]
    if len(values) > _MANY:
        return False
    sums = {round(sum(some), 6) for count in range(2, _ADDED + 1) for some in itertools.combinations(values, count)}
    bare = [one.value for one in stated if claimed.unit and not one.unit and one.kind == "count" and one.value]
    pairs = [*itertools.combinations(values, 2), *itertools.product(values, bare)]  # "69 km/h where 60 was the limit"
    gaps = {round(abs(one - other), 6) for one, other in pairs}
    return round(claimed.value, 6) in sums | gaps
