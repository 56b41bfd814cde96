"""What a value is in a change: from what, to what, by how much; and in how much time it is so.

Texts come with plain typography.
"""

from typing import Literal

import regex

Part = Literal["from", "to", "by", ""]

_PARTS: dict[str, Part] = {"from": "from", "to": "to", "by": "by"}
_MOVES = (
    r"r(?:ose|ises?|ising|isen)|f(?:ell|alls?|alling|allen)|grew|gr[eo]wn?s?|climb\w*|jump\w*|drop\w*|declin\w*|slid\w*"
    r"|increas\w*|decreas\w*|surg\w*|soar\w*|plung\w*|slump\w*|rais\w*|cut(?:s|ting)?|lower\w*|slow\w*|shr[aiu]nk\w*"
    r"|eas\w*|edg\w*|tumbl\w*|up(?! to\b)|down"
)
_BARE = r"r(?:ose|ises?|ising|isen)|f(?:ell|alls?|alling|allen)|grew|grow\w*|jumped|dropped|climbed|surged|gained|lost"
_ROUGHLY = r"(?: (?:about|around|nearly|almost|over|just|some|more than|less than))*\s*$"
# The preposition right before the value, with a word of movement before it in the same clause; or that word alone.
_PART = regex.compile(
    rf"\b(?:{_MOVES})\b(?:[^,;:.!?]|[.,](?=\d)){{0,40}}?\b(?P<part>from|to|by){_ROUGHLY}"
    rf"|\b(?:{_BARE}|increase of|rise of|fall of|drop of){_ROUGHLY}",
    regex.IGNORECASE,
)
# "61%, down from 66%", "61%, compared with 66%": what it is now, and what it was.
_NOW = regex.compile(
    rf"(?:\s+\p{{L}}+){{0,4}}?,? (?:(?:{_MOVES}|compared) (?:\p{{L}}+ )?(?:from|with|to)|against|versus)"
    r" (?:about |around |nearly |just |the )?[$€£]?\d",
    regex.IGNORECASE,
)
_FROM_BEFORE = regex.compile(rf"\bcompared (?:with|to){_ROUGHLY}", regex.IGNORECASE)
_FROM_TO = regex.compile(r"[^,;:.!?]{0,12}? to [$€£]?\d", regex.IGNORECASE)
_FROM = regex.compile(r"\bfrom $", regex.IGNORECASE)
_TO_AFTER_FROM = regex.compile(r"\bfrom\s[^,;:!?]{1,24}\bto\s*$", regex.IGNORECASE)
_PER = regex.compile(
    r"(?:\s+\p{L}+){0,2}?\s+(?:a|an|per|each|every)\s+(second|minute|hour|day|night|week|month|quarter|year)\b"
    r"(?! (?:ago|after|before|later|earlier|since|and a half|from|on))",
    regex.IGNORECASE,
)


def part_of_change(plain: str, start: int, end: int) -> Part:
    """Which part of a change the value ``plain[start:end]`` is; "" if it is none that can be told."""
    before = plain[max(0, start - 80) : start]
    if _TO_AFTER_FROM.search(before):
        return "to"
    if _FROM_BEFORE.search(before) or (_FROM.search(before) and _FROM_TO.match(plain[end : end + 24])):
        return "from"
    match = _PART.search(before)
    if match is None:
        return "to" if _NOW.match(plain[end : end + 60]) else ""
    return _PARTS[(match["part"] or "by").lower()]


def per(plain: str, end: int) -> str:
    """The time that the value ending at position `end` goes by ("$5,000 a month"), or ""."""
    match = _PER.match(plain[end : end + 60])
    return match[1].lower() if match else ""
