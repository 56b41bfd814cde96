"""Quantities in a text, in normalised form, and whether one holds another.

"1.5 million", "1,500,000" and "1500000" are one value; so are "a dozen" and "12",
"5-to-1" and "five to one", "half" and "50 %", "3 km" and "3,000 metres", "a year and a half" and
"18 months".
"""

import bisect
import math
from dataclasses import dataclass, replace
from typing import Literal

import regex

from rag.verify.changes import Part, part_of_change, per
from rag.verify.units import CURRENCIES, CURRENCY_SIGNS, FRACTIONS, ORDINALS, SCALES, SMALL_NUMBERS, UNITS
from rag.verify.words import Token, fold, plain_typography

Bound = Literal["exact", "about", "nearly", "over", "under"]
Kind = Literal["count", "ordinal", "ratio", "fraction"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a numeral: a value in a unit (``""``: a bare number), and the number as written."""

    value: float
    unit: str
    written: float


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that a text states, ``text[start:end]``.

    `readings` has more than one entry where the writing is ambiguous ("1.500", "5m").
    `slack` is half a unit of the last written digit where the writing is rounded, else 0.
    `second` is the other number of a ratio, a score or a range. `counted` are the stems of the
    words that follow, i.e. what is counted. `weak` marks what may be no number at all ("one"), `denied` what the text
    says is not so ("97, not 115"). `part` and `per` are as in `rag.verify.changes`.
    """

    start: int
    end: int
    readings: tuple[Reading, ...]
    kind: Kind = "count"
    bound: Bound = "exact"
    slack: float = 0.0
    second: float | None = None
    unit_word: str = ""
    counted: tuple[str, ...] = ()
    weak: bool = False
    denied: bool = False
    part: Part = ""
    per: str = ""

    @property
    def value(self) -> float:
        return self.readings[0].value

    @property
    def unit(self) -> str:
        return self.readings[0].unit


_NUMERAL = r"\d{1,3}(?:[,.' ]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?"
_VULGAR = {"½": 0.5, "¼": 0.25, "¾": 0.75, "1/2": 0.5, "1/4": 0.25, "3/4": 0.75}
_SIGN = "[" + regex.escape("".join(CURRENCY_SIGNS)) + "]"
_WORD_NUMBER = "|".join((*SMALL_NUMBERS, "hundred", "thousand", "million", "billion", "dozen"))
_SPELLED = (
    rf"(?:(?:(?:half )?an?[ -](?=hundred|thousand|million|billion|dozen))?(?:{_WORD_NUMBER})"
    rf"(?:[ -]+(?:and )?(?:{_WORD_NUMBER}))*)s?"
)
_FRACTION = (
    rf"(?:(?P<over>an?|one|two|three|four|five|seven|\d)[ -])?(?P<part>{'|'.join(FRACTIONS)})"
    r"\b(?= (?:of|the|a|its|their|all|in|on|more|less|while|since|to|from|last|this|after|as|than|and|or|when|by)\b"
    r"|[.,;:)]|$)(?! a (?:million|billion|dozen))"
)
_SMALL = rf"(?:\d+|{'|'.join(SMALL_NUMBERS)})"
_MENTION = regex.compile(
    rf"(?P<ratio>(?<![\d.,-])\b(?P<r1>{_SMALL})(?:-to-| to |:|-| in | out of )(?P<r2>{_SMALL}|hundred)"
    r"(?![\d\w:]|[.,]\d|-\d))"
    r"|(?P<halves>\b(?:an?|one) (?P<whole>minute|hour|day|week|month|year|decade|century) and a (?:half|quarter)\b)"
    r"|(?P<points>\b(?:an? |(?P<three>three)[ -])?(?P<share>half|quarter)s?[ -](?:of )?(?:an? )?"
    r"(?:percentage[ -])?point\b)"
    rf"|(?P<fraction>\b(?:{_FRACTION})\b)"
    rf"|(?P<ordinal>\b(?P<nth>\d+)(?:st|nd|rd|th)\b|\b(?P<nthword>{'|'.join(ORDINALS)})\b)"
    rf"|(?P<spelled>\b{_SPELLED}\b)"
    rf"|(?:(?:US|A|C|HK)?(?P<sign>{_SIGN}) ?)?(?<![\p{{L}}\d][-.,:/]?)(?P<minus>(?<=^|[\s(])-)?(?P<numeral>{_NUMERAL})"
    rf"(?P<vulgar>[½¼¾]|[ -](?:1/2|1/4|3/4)(?![\d/]))?(?:(?P<suffix>\p{{L}}+)\b)?(?P<after>%|°[CF]?| ?{_SIGN})?",
    regex.IGNORECASE,
)
_AND_A_HALF = regex.compile(
    r"[ -]and[ -]a[ -](half|quarter)\b(?: (thousand|million|billion|trillion)\b)?", regex.IGNORECASE
)
_HOURLY = regex.compile(r"/h\b| ?(?:per|an) hour\b", regex.IGNORECASE)
_TAIL = regex.compile(r"[ -]?(?:(%|°[CF]?|per ?cent(?:age points?)?|\p{L}+))", regex.IGNORECASE)

_BOUNDS: dict[Bound, str] = {
    "nearly": "nearly|almost|close to|just under|just below|not quite|fast",
    "over": r"more than|over|above|at least|exceed\w*|upwards of|no fewer than|no less than|in excess of|greater than"
    "|minimum of|mehr als|plus de|más de",
    "under": "less than|fewer than|under|below|up to|at most|no more than|as many as|as much as|maximum of"
    "|weniger als|moins de|menos de",
    "about": r"about|around|roughly|approximately|some|an estimated|estimated|circa|ca\.|~|rund|etwa|environ|unos",
}
_BEFORE = {
    bound: regex.compile(rf"\b(?:{words})\s*(?:the |an? )?$", regex.IGNORECASE) for bound, words in _BOUNDS.items()
}

_DENIED = regex.compile(r"(?<!\bif |\bor )\b(?:not|rather than|instead of) (?:the )?$", regex.IGNORECASE)


def quantities(text: str, words: list[Token], taken: list[tuple[int, int]] | None = None) -> list[Quantity]:
    """The quantities of `text`, in order; `words` are its tokens, `taken` the spans that dates occupy."""
    plain = plain_typography(text)
    found: list[Quantity] = []
    for match in _MENTION.finditer(plain):
        if found and match.start() < found[-1].end:
            continue
        if any(start < match.end() and match.start() < end for start, end in taken or ()):
            continue
        quantity = _read(plain, match)
        if quantity is not None:
            found.append(_with_context(plain, quantity, words))
    return _compounds(plain, found)


def _compounds(plain: str, found: list[Quantity]) -> list[Quantity]:
    """Join "5 feet 6 inches", "8 minutes and 20 seconds" into one quantity."""
    joined: list[Quantity] = []
    for quantity in found:
        last = joined[-1] if joined else None
        larger = UNITS.get(last.unit_word, ("", 0.0)) if last else ("", 0.0)
        smaller = UNITS.get(quantity.unit_word, ("", 0.0))
        unbroken = last is not None and plain[last.end : quantity.start] in (" ", " and ", ", ")
        if last and unbroken and larger[0] and larger[0] == smaller[0] and larger[1] > smaller[1]:
            whole = Reading(last.value + quantity.value, last.unit, math.nan)
            joined[-1] = replace(last, end=quantity.end, readings=(whole,), counted=quantity.counted)
            continue
        joined.append(quantity)
    return joined


def _read(plain: str, match: "regex.Match[str]") -> Quantity | None:
    start, end = match.span()
    if match["ratio"]:
        first, second = _small(match["r1"]), _small(match["r2"])
        if first > 10_000 or second > 10_000:
            return None
        unit, unit_word, end = _unit_after(plain, end)
        return Quantity(start, end, _in_units(first, unit, unit_word), "ratio", second=second, unit_word=unit_word)
    if match["ordinal"]:
        value = float(match["nth"]) if match["nth"] else float(ORDINALS[match["nthword"].lower()])
        return Quantity(start, end, (Reading(value, "th", value),), "ordinal", weak=match["nthword"] is not None)
    if match["halves"]:
        value = 1.25 if match["halves"].lower().endswith("quarter") else 1.5
        word = match["whole"].lower()
        return Quantity(start, end, _in_units(value, UNITS[word][0], word), unit_word=word)
    if match["points"]:  # of interest rates
        value = FRACTIONS[match["share"].lower()] * (3 if match["three"] else 1)
        return Quantity(start, end, _in_units(value, "pp"), unit_word="percent")
    if match["fraction"]:
        over = match["over"]
        share = FRACTIONS[match["part"].lower()] * (_small(over) if over else 1)
        return Quantity(start, end, (Reading(share * 100, "%", share * 100),), "fraction", slack=1.0, weak=True)
    if match["spelled"]:
        return _spelled(plain, start, end)
    return _digits(plain, match)


def _small(word: str) -> float:
    word = word.lower()
    if word.isdigit():
        return float(word)
    return {"a": 1.0, "an": 1.0, "hundred": 100.0}.get(word) or float(SMALL_NUMBERS.get(word, 0))


def _spelled(plain: str, start: int, end: int) -> Quantity | None:
    words = [w for w in regex.split(r"[ -]+", plain[start:end].lower()) if w != "and"]
    total, part, seen = 0.0, 0.0, False
    for position, word in enumerate(words):
        if word == "half" and position == 0:
            part, seen = 0.5, True
        elif word in ("a", "an"):
            part = part or 1.0
        elif word in SMALL_NUMBERS:
            part, seen = part + SMALL_NUMBERS[word], True
        elif word.rstrip("s") in SCALES:
            scale = SCALES[word.rstrip("s")]
            if word.endswith("s") and not part and not total:
                return None  # "thousands of people" states no value
            part = (part or 1.0) * scale
            if scale >= 1000:
                total, part = total + part, 0.0
            seen = True
    if not seen:
        return None
    value, end = _and_a_half(plain, total + part, end)
    unit, unit_word, end = _unit_after(plain, end)
    weak = value == 1 and not unit
    return Quantity(start, end, _in_units(value, unit, unit_word), unit_word=unit_word, weak=weak)


def _and_a_half(plain: str, value: float, end: int) -> tuple[float, int]:
    """The value with the "and a half (million)" that follows position `end`, and the new end."""
    more = _AND_A_HALF.match(plain, pos=end)
    if not more:
        return value, end
    part = 0.5 if more[1].lower() == "half" else 0.25
    value += part * (value if value in (1e6, 1e9, 1e12) else 1.0)  # "a million and a half"
    return value * (SCALES[more[2].lower()] if more[2] else 1.0), more.end()


def _digits(plain: str, match: "regex.Match[str]") -> Quantity | None:
    values = [
        value + _VULGAR.get((match["vulgar"] or "").strip(" -"), 0.0) for value in _numeral_values(match["numeral"])
    ]
    sign = -1.0 if match["minus"] else 1.0
    start, end = match.span()
    unit = CURRENCY_SIGNS.get(match["sign"] or "", "")
    suffix, after = fold(match["suffix"] or ""), (match["after"] or "").strip().upper()
    scale, unit_word = 1.0, ""
    alternative: Reading | None = None
    if after:
        unit = CURRENCY_SIGNS.get(after, after)
    elif suffix in ("m", "b"):
        metres = suffix == "m" and not unit
        alternative = Reading(values[0], "m", values[0]) if metres else None
        scale = 1e6 if suffix == "m" else 1e9
    elif suffix in SCALES:
        scale = SCALES[suffix]
    elif suffix in UNITS:
        unit, unit_word = UNITS[suffix][0], suffix
    elif suffix in ("s", "er"):
        return None  # a decade ("1990s")
    elif suffix:
        return None  # "737max", "5th" is an ordinal: a name rather than a number
    if scale == 1.0 and not unit_word:
        word = regex.match(r"[ -]?(\p{L}+)\b", plain, pos=end)
        if word and fold(word[1]) in SCALES and fold(word[1]) not in ("mil", "miles", "mille", "cent", "k"):
            scale, end = SCALES[fold(word[1])], word.end()
        elif word and word[1] in ("m", "M", "b") and unit:
            scale, end = (1e6 if word[1].lower() == "m" else 1e9), word.end()
    slack = _half_digit(match["numeral"]) * scale if scale >= 1000 and not unit_word else 0.0
    if not unit and not unit_word and scale == 1.0 and len(values) == 1:
        values[0], end = _and_a_half(plain, values[0], end)
    if unit_word:
        unit, unit_word, end = _hourly(plain, unit, unit_word, end)
    if not unit:
        unit, unit_word, end = _unit_after(plain, end)
    readings: list[Reading] = []
    for value in values:
        readings.extend(_in_units(sign * value * scale, unit, unit_word))
    if alternative:
        readings.append(alternative)
    return Quantity(start, end, tuple(readings), slack=slack, unit_word=unit_word)


def _numeral_values(numeral: str) -> list[float]:
    """The values that a numeral can have: separators differ from country to country."""
    groups = regex.split(r"[,.' ]", numeral)
    separators = regex.findall(r"[,.' ]", numeral)
    if not separators:
        return [float(numeral)]
    joined = float("".join(groups))
    if len(separators) > 1:
        if separators[-1] != separators[0]:
            return [float("".join(groups[:-1]) + "." + groups[-1])]
        return [joined]
    decimal = float(groups[0] + "." + groups[1])
    if len(groups[1]) == 3 and separators[0] in ",. '" and groups[0] != "0":
        return [joined, decimal] if separators[0] != "." else [decimal, joined]
    return [decimal]


def _half_digit(numeral: str) -> float:
    decimals = regex.search(r"[.,](\d{1,2})$", numeral)
    return 0.5 * 10.0 ** -len(decimals[1]) if decimals else 0.5


def _unit_after(plain: str, end: int) -> tuple[str, str, int]:
    """(unit, its word, new end) of the unit that follows position `end`, if one does."""
    tail = _TAIL.match(plain, pos=end)
    if not tail:
        return "", "", end
    word = fold(tail[1]).replace("per cent", "percent")
    if word.startswith(("percentage", "percent")):
        points = "point" in word or plain[tail.end() : tail.end() + 7].lower().startswith(" point")
        return ("pp" if points else "%"), "percent", tail.end()
    if word == "basis" and (points := regex.match(r" points?\b", plain, regex.IGNORECASE, pos=tail.end())):
        return "pp", "bps", points.end()
    if word in ("%", "°", "°c", "°f"):
        return word.upper(), word, tail.end()
    if word in ("us", "american", "canadian", "australian"):
        following = _TAIL.match(plain, pos=tail.end())
        if following and UNITS.get(fold(following[1]), ("",))[0] in CURRENCIES:
            return UNITS[fold(following[1])][0], fold(following[1]), following.end()
    if word in UNITS and (len(word) > 1 or word in "mgw") and word not in ("second", "an", "mi"):
        if word in ("degree", "degrees"):
            scale = regex.match(r" (celsius|fahrenheit|c|f)\b", plain, regex.IGNORECASE, pos=tail.end())
            if scale:
                return f"°{scale[1][0].upper()}", word, scale.end()
        return _hourly(plain, UNITS[word][0], word, tail.end())
    return "", "", end


def _hourly(plain: str, unit: str, unit_word: str, end: int) -> tuple[str, str, int]:
    """The same unit, or the speed that it is part of: "km/h", "miles an hour"."""
    hourly = _HOURLY.match(plain, pos=end) if UNITS[unit_word] in (UNITS["km"], UNITS["mile"]) else None
    if not hourly:
        return unit, unit_word, end
    speed = "kmh" if UNITS[unit_word] == UNITS["km"] else "mph"
    return UNITS[speed][0], speed, hourly.end()


def _in_units(number: float, unit: str, unit_word: str = "") -> tuple[Reading, ...]:
    """The readings of a number with its unit: in the form in which units are compared."""
    if unit == "°F":
        return Reading((number - 32) * 5 / 9, "°C", number), Reading(number, "°F", number)
    factor = UNITS[unit_word][1] if unit_word in UNITS else 1.0
    return (Reading(number * factor, unit, number),)


def _with_context(plain: str, quantity: Quantity, words: list[Token]) -> Quantity:
    bound: Bound = "exact"
    before = plain[max(0, quantity.start - 24) : quantity.start]
    for name, pattern in _BEFORE.items():
        if pattern.search(before):
            bound = name
            break
    after = plain[quantity.end : quantity.end + 12].lower()
    if after.startswith((" or more", "+", " or over")):
        bound = "over"
    elif after.startswith((" or less", " or fewer")):
        bound = "under"
    denied = _DENIED.search(before) is not None
    return replace(
        quantity,
        bound=bound,
        counted=_counted(plain, quantity.end, words),
        denied=denied,
        part=part_of_change(plain, quantity.start),
        per=per(plain, quantity.end),
    )


def _counted(plain: str, end: int, words: list[Token]) -> tuple[str, ...]:
    """Stems of up to three content words after position `end`, as far as the noun phrase seems to go."""
    stems: list[str] = []
    at = bisect.bisect_left(words, end, key=lambda word: word.start)
    for word in words[at : at + 6]:
        if regex.search(r"[,;:.!?()\"|\n]", plain[end : word.start]) or word.norm[0].isdigit():
            break
        if word.content:
            stems.append(word.stem)
        elif word.norm not in ("of", "the", "a", "an", "its", "their", "our", "these", "those", "more"):
            break
        end = word.end
    return tuple(stems[:3])


def holds(stated: Quantity, claimed: Quantity) -> bool:
    """Whether a text that states `stated` bears out `claimed`: value and unit, rounding and bounds allowed for.

    A bare number goes with any unit.
    """
    if claimed.second is not None or stated.second is not None:
        return _same_pair(stated, claimed) and same_unit(stated, claimed)
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


def _same_pair(stated: Quantity, claimed: Quantity) -> bool:
    """Ratios, scores and ranges: the same two numbers; or one of a stated pair."""
    if claimed.second is None:
        ends = [replace(stated, second=None), replace(stated, second=None, readings=_end_of(stated))]
        return any(same_numeral(end, claimed) for end in ends)
    if stated.second is None:
        return False
    ours, theirs = (stated.readings[0].written, stated.second), (claimed.readings[0].written, claimed.second)
    directed = stated.part == claimed.part == "from"
    return ours == theirs or (ours == theirs[::-1] and not directed)


def _end_of(pair: Quantity) -> tuple[Reading, ...]:
    return _in_units(pair.second or 0.0, pair.unit, pair.unit_word)


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
