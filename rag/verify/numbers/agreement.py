"""Whether one quantity bears out another: value and unit, rounding and bounds allowed for."""

import math
from dataclasses import replace

from rag.verify.numbers.measures import in_units
from rag.verify.numbers.quantity import Quantity


def holds(stated: Quantity, claimed: Quantity) -> bool:
    """Whether a text that states `stated` bears out `claimed`: value and unit, rounding and bounds allowed for.

    A bare number goes with any unit.
    """
    if claimed.second is not None or stated.second is not None:
        return _same_share(stated, claimed) or (_same_pair(stated, claimed) and same_unit(stated, claimed))
    inexact = 0.0 if stated.unit_word == claimed.unit_word else 0.02  # conversions are rounded
    for ours in stated.readings:
        for theirs in claimed.readings:
            if ours.unit and theirs.unit:
                tolerance = inexact if ours.unit == theirs.unit else 0.0
                agree = _value_agrees(ours.value, stated, theirs.value, claimed, tolerance)
                if agree and _units_agree(ours.unit, theirs.unit):
                    return True
            elif _value_agrees(ours.written, stated, theirs.written, claimed, 0.0):
                return True
    return False


def same_unit(stated: Quantity, claimed: Quantity) -> bool:
    """Whether the units can be the same; a bare number goes with any unit."""
    return any(_units_agree(s.unit, c.unit) for s in stated.readings for c in claimed.readings)


def same_numeral(stated: Quantity, claimed: Quantity) -> bool:
    """Whether the numbers agree as written, whatever their units."""
    if claimed.second is not None or stated.second is not None:
        return _same_pair(stated, claimed)
    return any(
        _value_agrees(ours.written, stated, theirs.written, claimed, 0.0)
        for ours in stated.readings
        for theirs in claimed.readings
    )


def _same_share(stated: Quantity, claimed: Quantity) -> bool:
    """Whether one is a ratio and the other the same in percent: one in five is 20%."""
    ratio, share = (stated, claimed) if claimed.second is None else (claimed, stated)
    if ratio.kind != "ratio" or ratio.second is None or share.second is not None or share.unit != "%":
        return False
    first = ratio.readings[0].written
    return 0 < first < ratio.second <= 100 and abs(100 * first / ratio.second - share.value) <= 0.5


def _same_pair(stated: Quantity, claimed: Quantity) -> bool:
    """Ratios, scores and ranges: the same two numbers; or one of a stated pair."""
    if claimed.second is None:
        first = replace(stated, second=None)
        second = replace(first, readings=in_units(stated.second or 0.0, stated.unit, stated.unit_word))
        return same_numeral(first, claimed) or same_numeral(second, claimed)
    if stated.second is None:
        return False
    ours, theirs = (stated.readings[0].written, stated.second), (claimed.readings[0].written, claimed.second)
    directed = stated.part == claimed.part == "from"
    inexact = 0.0
    if stated.unit and stated.unit == claimed.unit and stated.unit_word != claimed.unit_word:
        ours, theirs = _in_base(stated), _in_base(claimed)  # 14 to 18 weeks are no 14 to 18 months
        inexact = 0.02
    return _close(ours, theirs, inexact) or (_close(ours, theirs[::-1], inexact) and not directed)


def _in_base(pair: Quantity) -> tuple[float, float]:
    first = pair.readings[0]
    return first.value, in_units(pair.second or 0.0, first.unit, pair.unit_word)[0].value


def _close(ours: tuple[float, float], theirs: tuple[float, float], inexact: float) -> bool:
    return all(math.isclose(one, other, rel_tol=max(inexact, 1e-9)) for one, other in zip(ours, theirs, strict=True))


def _units_agree(stated: str, claimed: str) -> bool:
    if stated == claimed or not stated or not claimed:
        return True
    return {stated, claimed} in ({"°", "°C"}, {"°", "°F"})


def _value_agrees(value: float, stated: Quantity, wanted: float, claimed: Quantity, tolerance: float) -> bool:
    if math.isclose(value, wanted, rel_tol=max(tolerance, 1e-9), abs_tol=1e-12):
        opposed = {("over", "under"), ("under", "over"), ("nearly", "over"), ("over", "nearly")}
        return (stated.bound, claimed.bound) not in opposed
    if claimed.slack and abs(value - wanted) <= claimed.slack * 1.0001:
        return True
    if stated.bound == claimed.bound in ("over", "under"):
        return False  # "up to 150" passengers are not "up to 180": the limit itself is what is stated
    low, high = sorted((0.93 * wanted, 1.07 * wanted))
    match claimed.bound:
        case "about":
            return low <= value <= high
        case "nearly":
            return 0.9 * abs(wanted) <= abs(value) <= abs(wanted)
        case "over":
            return abs(wanted) <= abs(value) <= 1.5 * abs(wanted) and stated.bound not in ("under", "nearly")
        case "under":
            return abs(wanted) / 1.5 <= abs(value) <= abs(wanted) and stated.bound != "over"
        case _:
            fractions = [quantity.slack for quantity in (stated, claimed) if quantity.kind == "fraction"]
            return abs(value - wanted) <= max(fractions, default=0.0)
