"""Numbers in words: "two hundred and five", "a dozen", "three quarters", "and a half"."""

import regex

from rag.verify.units import FRACTIONS, SCALES, SMALL_NUMBERS

_WORD_NUMBER = "|".join((*SMALL_NUMBERS, "hundred", "thousand", "million", "billion", "dozen"))
SPELLED = (
    rf"(?:(?:(?:half )?an?[ -](?=hundred|thousand|million|billion|dozen))?(?:{_WORD_NUMBER})"
    rf"(?:[ -]+(?:and )?(?:{_WORD_NUMBER}))*)s?"
)
FRACTION = (
    rf"(?:(?P<over>an?|one|two|three|four|five|seven|\d)[ -])?(?P<part>{'|'.join(FRACTIONS)})"
    r"\b(?= (?:of|the|a|its|their|all|in|on|more|less|while|since|to|from|last|this|after|as|than|and|or|when|by)\b"
    r"|[.,;:)]|$)(?! a (?:million|billion|dozen))"
)
# "twenty-three" is one number, "five-four" a score.
HYPHENED = (
    r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)-(?:one|two|three|four|five|six|seven|eight|nine)\b"
)
SMALL = rf"(?:\d+|{'|'.join(SMALL_NUMBERS)})"
_AND_A_HALF = regex.compile(
    r"[ -]and[ -]a[ -](half|quarter)\b(?: (thousand|million|billion|trillion)\b)?", regex.IGNORECASE
)


def small(word: str) -> float:
    """The value of one word, or of digits; 0 for any other word."""
    word = word.lower()
    if word.isdigit():
        return float(word)
    return {"a": 1.0, "an": 1.0, "hundred": 100.0}.get(word) or float(SMALL_NUMBERS.get(word, 0))


def number(text: str) -> float | None:
    """The value of several words; None for "thousands", which states none."""
    total, part, seen = 0.0, 0.0, False
    for position, word in enumerate(w for w in regex.split(r"[ -]+", text.lower()) if w != "and"):
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
    return total + part if seen else None


def and_a_half(plain: str, value: float, end: int) -> tuple[float, int]:
    """The value with the "and a half (million)" that follows position `end`, and the new end."""
    more = _AND_A_HALF.match(plain, pos=end)
    if not more:
        return value, end
    part = 0.5 if more[1].lower() == "half" else 0.25
    value += part * (value if value in (1e6, 1e9, 1e12) else 1.0)  # "a million and a half"
    return value * (SCALES[more[2].lower()] if more[2] else 1.0), more.end()
