"""Where a text writes a quantity, and how it reads."""

import math
from collections.abc import Iterable
from dataclasses import replace

import regex

from rag.verify.numbers import numerals, spelled
from rag.verify.numbers.context import with_context
from rag.verify.numbers.east import bound_of, eastern
from rag.verify.numbers.measures import hourly, in_units, unit_after
from rag.verify.numbers.quantity import Quantity, Reading
from rag.verify.units import CURRENCY_SIGNS, FRACTIONS, ORDINALS, SCALES, SHORT_SCALES, SIGN_SCALES, UNITS
from rag.verify.words import Token, fold, plain_typography

_VULGAR = {"½": 0.5, "¼": 0.25, "¾": 0.75, "1/2": 0.5, "1/4": 0.25, "3/4": 0.75}
_SIGN = "[" + regex.escape("".join(CURRENCY_SIGNS)) + "]"
_THOUSAND_MILLIONS = regex.compile(r" mil (?:millones|milh(?:o|õ)es)\b", regex.IGNORECASE)
_MENTION = regex.compile(
    r"(?P<timed>(?<![\d.,:-])\b(?P<hours>\d{1,2}):(?P<minutes>[0-5]\d):(?P<seconds>[0-5]\d)(?![\d:]))"
    # Not "from 12 to 15": a change of one number.
    rf"|(?P<ratio>(?<![\d.,:-])(?<!\bfrom )\b(?!{spelled.HYPHENED})(?P<r1>{spelled.SMALL})"
    rf"(?:-to-| (?:votes? )?to |:|-| in (?!(?:19|20)\d\d\b)| out of |(?<=\bbetween [\w-]+) and )"
    rf"(?P<r2>{spelled.SMALL}|hundred)"
    r"(?![\d\w:]|[.,]\d|-\d))"
    r"|(?P<halves>\b(?:an?|one) (?P<whole>minute|hour|day|week|month|year|decade|century) and a (?:half|quarter)\b)"
    r"|(?P<points>\b(?:an? |(?P<three>three)[ -])?(?P<share>half|quarter)s?[ -](?:of )?(?:an? )?"
    r"(?:percentage[ -])?point\b)"
    r"|(?P<percents>\b(?P<part_of_one>half|quarter) (?:of )?(?:an?|one) per ?cent\b)"
    rf"|(?P<fraction>\b(?:{spelled.FRACTION})\b)"
    rf"|(?P<ordinal>\b(?P<nth>\d+)(?:st|nd|rd|th)\b|(?<!\bat )\b(?P<nthword>{'|'.join(ORDINALS)})\b(?! of all\b))"
    rf"|(?P<spelled>\b{spelled.SPELLED}\b)"
    rf"|(?:(?:US|A|C|HK)?(?P<sign>{_SIGN}) ?)?(?<![\p{{L}}\d][-.,:/]?)"
    rf"(?P<minus>(?<=^|[\s(])(?:-|minus ))?"
    rf"(?P<numeral>{numerals.NUMERAL})(?P<vulgar>[½¼¾]|[ -](?:1/2|1/4|3/4)(?![\d/]))?"
    rf"(?:(?P<suffix>\p{{L}}+)\b)?(?P<after>%|°[CF]?| ?{_SIGN})?",
    regex.IGNORECASE,
)


def quantities(text: str, words: list[Token], taken: list[tuple[int, int]] | None = None) -> list[Quantity]:
    """The quantities of `text`, in order; `words` are its tokens, `taken` the spans that dates occupy."""
    plain = plain_typography(text)
    found: list[Quantity] = []
    taken = list(taken or ())
    for bare in eastern(plain):
        if not _overlap(taken, bare.start, bare.end):
            taken.append((bare.start, bare.end))
            quantity = with_context(plain, bare, words)
            found.append(replace(quantity, bound=bound_of(plain, quantity) or quantity.bound))
    last = 0
    for match in _MENTION.finditer(plain):
        if match.start() < last or _overlap(taken, *match.span()):
            continue
        if read := _read(plain, match):
            found.append(with_context(plain, read, words))
            last = read.end
    return _compounds(plain, sorted(found, key=lambda quantity: quantity.start))


def _overlap(taken: Iterable[tuple[int, int]], first: int, last: int) -> bool:
    return any(start < last and first < end for start, end in taken)


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
    if match["timed"]:  # a race in 2:05:58
        value = 3600.0 * int(match["hours"]) + 60 * int(match["minutes"]) + int(match["seconds"])
        return Quantity(start, end, (Reading(value, "s", math.nan),), unit_word="seconds")
    if match["ratio"]:
        first, second = spelled.small(match["r1"]), spelled.small(match["r2"])
        if first > 10_000 or second > 10_000:
            return None
        unit, unit_word, end = unit_after(plain, end)
        return Quantity(start, end, in_units(first, unit, unit_word), "ratio", second=second, unit_word=unit_word)
    if match["ordinal"]:
        value = float(match["nth"]) if match["nth"] else float(ORDINALS[match["nthword"].lower()])
        return Quantity(start, end, (Reading(value, "th", value),), "ordinal", weak=match["nthword"] is not None)
    if match["halves"]:
        value = 1.25 if match["halves"].lower().endswith("quarter") else 1.5
        word = match["whole"].lower()
        return Quantity(start, end, in_units(value, UNITS[word][0], word), unit_word=word)
    if match["points"]:  # of interest rates
        value = FRACTIONS[match["share"].lower()] * (3 if match["three"] else 1)
        return Quantity(start, end, in_units(value, "pp"), unit_word="percent")
    if match["percents"]:
        value = FRACTIONS[match["part_of_one"].lower()]
        return Quantity(start, end, in_units(value, "%"), unit_word="percent")
    if match["fraction"]:
        over = match["over"]
        share = FRACTIONS[match["part"].lower()] * (spelled.small(over) if over else 1)
        return Quantity(start, end, (Reading(share * 100, "%", share * 100),), "fraction", slack=1.0, weak=True)
    if match["spelled"]:
        return _in_words(plain, start, end)
    return _in_digits(plain, match)


def _in_words(plain: str, start: int, end: int) -> Quantity | None:
    value = spelled.number(plain[start:end])
    if value is None:
        return None
    value, end = spelled.and_a_half(plain, value, end)
    unit, unit_word, end = unit_after(plain, end)
    weak = value == 1 and not unit
    return Quantity(start, end, in_units(value, unit, unit_word), unit_word=unit_word, weak=weak)


def _in_digits(plain: str, match: "regex.Match[str]") -> Quantity | None:
    values = [
        value + _VULGAR.get((match["vulgar"] or "").strip(" -"), 0.0) for value in numerals.values(match["numeral"])
    ]
    sign = -1.0 if match["minus"] else 1.0
    start, end = match.span()
    unit = CURRENCY_SIGNS.get(match["sign"] or "", "")
    suffix, after = fold(match["suffix"] or ""), (match["after"] or "").strip().upper()
    scale, unit_word = 1.0, ""
    alternative: Reading | None = None
    if after in CURRENCY_SIGNS and (match["suffix"] or "") in SIGN_SCALES:
        unit, scale = CURRENCY_SIGNS[after], SIGN_SCALES[match["suffix"]]
    elif after:
        unit = CURRENCY_SIGNS.get(after, after)
    elif suffix in ("m", "b"):
        metres = suffix == "m" and not unit
        alternative = Reading(values[0], "m", values[0]) if metres else None
        scale = 1e6 if suffix == "m" else 1e9
    elif suffix in SCALES:
        scale = SCALES[suffix]
    elif suffix in UNITS:
        unit, unit_word = UNITS[suffix][0], suffix
    elif suffix:
        return None  # a decade ("1990s"), or a name rather than a number ("737max")
    if scale == 1.0 and not unit_word:
        scale, end = _scale_after(plain, end, unit)
    slack = numerals.half_digit(match["numeral"]) * scale if scale >= 1000 and not unit_word else 0.0
    if not unit and not unit_word and scale == 1.0 and len(values) == 1:
        values[0], end = spelled.and_a_half(plain, values[0], end)
    if unit_word:
        unit, unit_word, end = hourly(plain, unit, unit_word, end)
    if not unit:
        unit, unit_word, end = unit_after(plain, end)
    readings: list[Reading] = []
    for value in values:
        readings.extend(in_units(sign * value * scale, unit, unit_word))
    if alternative:
        readings.append(alternative)
    return Quantity(start, end, tuple(readings), slack=slack, unit_word=unit_word)


def _scale_after(plain: str, end: int, unit: str) -> tuple[float, int]:
    """The scale word that follows position `end`, "million" or after a unit "m", as a factor, and the new end."""
    if thousands := _THOUSAND_MILLIONS.match(plain, pos=end):
        return 1e9, thousands.end()
    word = regex.match(r"[ -]?(\p{L}+)\b", plain, pos=end)
    if word is None:
        return 1.0, end
    if word[1] in SHORT_SCALES:
        return SHORT_SCALES[word[1]], word.end() + (plain[word.end() : word.end() + 1] == ".")
    if word[1] in SIGN_SCALES and regex.match(rf" ?{_SIGN}(?!\d)", plain, pos=word.end()):
        return SIGN_SCALES[word[1]], word.end()
    if fold(word[1]) in SCALES and fold(word[1]) not in ("mil", "miles", "mille", "cent", "k"):
        return SCALES[fold(word[1])], word.end()
    if unit and word[1] in ("m", "M", "b"):
        return (1e6 if word[1].lower() == "m" else 1e9), word.end()
    return 1.0, end
