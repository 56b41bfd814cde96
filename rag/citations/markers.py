"""Markers as models write them, and the sources that one names."""

from dataclasses import dataclass

import regex

MAX_MARKER = 120  # characters of a marker; longer brackets are text

_WORD = (
    r"(?:(?:sources?|passages?|excerpts?|documents?|docs?|articles?|references?|refs?|citations?)[ \u00a0]?[:#.]?|[#^])"
)
_TO = r"(?:[ ]?[-–—‑][ ]?|[ ](?:to|through)[ ])"
_NUMBER = rf"\d{{1,4}}(?:{_TO}\d{{1,4}})?"
_ITEM = rf"(?:{_WORD}[ \u00a0]?)?{_NUMBER}"
_LIST = rf"{_ITEM}(?:(?:[ ]?[,;&][ ]?(?:and[ ])?|[ ](?:and|or)[ ]|[ ]){_ITEM})*+"
_LEAD = r"(?:(?:see(?:[ ]also)?|cf\.?|from|per|via)[ ])?"
# What models add after the number: "1†source", "4:0†L10-L12", "Source 1: CNN", "1, CNN", "1, p. 4".
_TAIL = r"(?::\d{1,3})?(?:†[^\[\]【】\n]{0,60})?"
_SAID = r"(?::[ ][^\[\]【】\n]{0,60}|[,;](?:[ ]?(?:(?-i:\p{Lu})|pp?\.|para|line|sentence)[^\[\]【】\n]{0,60})?)?"
MARKER = regex.compile(
    rf"\[[ ]?{_LEAD}{_LIST}{_TAIL}{_SAID}[ ]?\]"
    rf"|\[\[{_LIST}\]\]"
    rf"|【[ ]?{_LIST}{_TAIL}[ ]?】"
    rf"|\((?:sources?|passages?)[ :#]{{1,2}}{_LIST}\)",
    regex.IGNORECASE,
)
LINK_TARGET = regex.compile(r"\((?:https?:|www\.|#|/)", regex.IGNORECASE)
_NUMBERS = regex.compile(
    rf"(?P<word>{_WORD}[ \u00a0]?)?(?P<first>\d{{1,4}})(?:{_TO}(?P<last>\d{{1,4}}))?", regex.IGNORECASE
)
_BODY = regex.compile(rf"[\[【(]\[?[ ]?{_LEAD}(?P<list>{_LIST})", regex.IGNORECASE)
_CUT_NUMBER = regex.compile(rf"(?:{_TO})?(?<!\d)\d{{1,3}}$", regex.IGNORECASE)
# What may stand around markers and means nothing without them; a number in square brackets is one more marker.
WRAP = regex.compile(
    rf"(?:[(\[【][ ]?)*+(?:(?<=\([ ]?){_LEAD}(?:{_WORD}[ ]?)?[ ,;&]*(?:(?:and|or)[ ]?)?"
    rf"|(?<=[\[【][ ]?){_LEAD}(?:{_WORD}[ ]?)?[\d ,;&–-]*(?:(?:and|or)[ ]?)?)",
    regex.IGNORECASE,
)
_THOUSANDS = regex.compile(r"[\[ ]\d{1,3}(?:,\d{3})+[\] ]")
OPENERS = "[【("
SPACES = " \t\u00a0\u202f"


@dataclass(frozen=True, slots=True)
class Named:
    """What a marker names: sources (from 0), and how many numbers that no source has."""

    sources: list[int]
    unknown: int


def named(marker: str, sources: int) -> Named | None:
    """What a marker names out of so many sources; None when the brackets hold something else."""
    body = _BODY.match(marker)
    if body is None:
        return None
    found: list[int] = []
    unknown = 0
    for item in _NUMBERS.finditer(body["list"]):
        first, last = int(item["first"]), int(item["last"] or item["first"])
        plain = not item["word"] and marker[0] != "("
        padded = item["first"].startswith("0") and len(item["first"]) > 1
        if last < first or padded or (plain and last > max(sources, 999)):
            return None  # a score, a padded figure, a year
        known = range(max(first, 1), min(last, sources) + 1)
        found.extend(n - 1 for n in known)
        unknown += len(known) < last - first + 1
    return None if unknown and _THOUSANDS.search(marker) else Named(found, unknown)


def named_until_cut(marker: str, sources: int, *, whole: bool) -> Named | None:
    """What a marker without its closing bracket names. If not `whole`, its last number might have gone on: it names
    nothing."""
    if _THOUSANDS.search(f"{marker}]"):
        return None
    start = marker if whole else _CUT_NUMBER.sub("", marker)
    if _BODY.match(start):
        return named(start, sources)
    return Named([], 0) if _BODY.match(marker) else None
