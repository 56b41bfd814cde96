"""The unit that a number has, and the number in the form in which units are compared."""

import regex

from rag.verify.numbers.quantity import Reading
from rag.verify.units import CURRENCIES, CURRENCY_SIGNS, UNITS
from rag.verify.words import fold

_HOURLY = regex.compile(r"/h\b| ?(?:per|an) hour\b", regex.IGNORECASE)
_SIGN = "[" + regex.escape("".join(CURRENCY_SIGNS)) + "]"
# The word in the middle is that of "millones de euros", "milliards d'euros".
_TAIL = regex.compile(
    rf"[ -]?(?:(?:de |di |d'))?(%|°[CF]?|{_SIGN}(?! ?\d)|per ?cent(?:age points?)?|\p{{L}}+)", regex.IGNORECASE
)


def unit_after(plain: str, end: int) -> tuple[str, str, int]:
    """(unit, its word, new end) of the unit that follows position `end`, if one does."""
    tail = _TAIL.match(plain, pos=end)
    if not tail:
        return "", "", end
    word = fold(tail[1]).replace("per cent", "percent")
    if word.startswith(("percentage", "percent")):
        points = "point" in word or plain[tail.end() : tail.end() + 7].lower().startswith(" point")
        return ("pp" if points else "%"), "percent", tail.end()
    if word in ("square", "sq") and (length := _TAIL.match(plain, pos=tail.end())):
        area = f"square {fold(length[1])}"
        return (UNITS[area][0], area, length.end()) if area in UNITS else ("", "", end)
    if word == "basis" and (points := regex.match(r" points?\b", plain, regex.IGNORECASE, pos=tail.end())):
        return "pp", "bps", points.end()
    if word in CURRENCY_SIGNS:
        return CURRENCY_SIGNS[word], "", tail.end()
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
        return hourly(plain, UNITS[word][0], word, tail.end())
    return "", "", end


def hourly(plain: str, unit: str, unit_word: str, end: int) -> tuple[str, str, int]:
    """The same unit, or the speed that it is part of: "km/h", "miles an hour"."""
    hourly = _HOURLY.match(plain, pos=end) if UNITS[unit_word] in (UNITS["km"], UNITS["mile"]) else None
    if not hourly:
        return unit, unit_word, end
    speed = "kmh" if UNITS[unit_word] == UNITS["km"] else "mph"
    return UNITS[speed][0], speed, hourly.end()


def in_units(number: float, unit: str, unit_word: str = "") -> tuple[Reading, ...]:
    """The readings of a number with its unit: in the form in which units are compared."""
    if unit == "°F":
        return Reading((number - 32) * 5 / 9, "°C", number), Reading(number, "°F", number)
    factor = UNITS[unit_word][1] if unit_word in UNITS else 1.0
    return (Reading(number * factor, unit, number),)
