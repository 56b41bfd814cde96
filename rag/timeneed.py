"""How much a question is about the present: the strength of the preference for recent articles."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import regex

from rag.timeline import question_range


@dataclass(frozen=True, slots=True)
class TimeNeed:
    """What time a question is about, and how plainly it says so, from 0 (no sign of it) to 1 (in so many words)."""

    kind: Literal["present", "dated", "timeless"]
    strength: float


def _any(*patterns: str) -> "regex.Pattern[str]":
    return regex.compile(rf"\b(?:{'|'.join(patterns)})\b", regex.IGNORECASE)


# Signs that a question is about the news of its day, and how strong each is alone.
_PRESENT = (
    (
        1.0,
        _any(r"latest|most recent|breaking|right now|at the moment|up[ -]to[ -]date|in the news|just (?:now|\p{L}+ed)"),
    ),
    (0.9, _any(r"now|currently|recent|recently|newly|lately|so far|as of (?:this|today|now)|these days|nowadays")),
    (
        0.8,
        _any(
            r"current|soon|upcoming|imminent|ongoing|tomorrow|next (?:week|month|year)",
            r"(?:earlier |later )?this (?:year|season|summer|winter|spring|fall|autumn)",
        ),
    ),
    (
        0.7,  # the present perfect
        _any(
            r"(?:has|have) (?:(?:now|also|been|not|already|just|so far|\p{Lu}\p{L}+) )*"
            r"\p{L}+(?:ed|en|wn|ught|ade|old|et)"
        ),
    ),
    (
        0.6,  # what goes on or is to come
        _any(
            r"(?:is|are) (?:being|set to|expected|accused|under|to (?:be|\p{L}+)|(?!going|doing)\p{L}+ing)",
            r"will|plans? to|yet|still",
        ),
    ),
    (
        0.6,  # what news reports people to do
        _any(
            r"(?:announce|resign|arrest|sentence|charge|sue|recall|suspend|ban|approve|evacuat|indict|sanction|protest"
            r"|strike|lay ?off|downgrade|reject|unveil|declare|accuse|warn|urge|vow|convict|launch|releas|fine|rule)"
            r"(?:s|d|ed|ing|ment|ments|ion|ions)",
            r"layoffs?",
        ),
    ),
    (
        0.5,  # statements and their sources
        _any(
            r"new|newest|following|amid|record|said|says?|according to|told|claims?|claimed|statement|reports?",
            r"reported|reportedly|officials?|spokes\p{L}+|analysts?|poll|survey",
        ),
    ),
    (
        0.5,  # what news is about
        _any(
            r"died|dead|killed|injured|wounded|attack|attacked|invasion|invaded|shooting|earthquake|wildfire|flood",
            r"flooding|hurricane|outbreak|crisis|election|vote|voted|prices|inflation|rates?|shares|stock|ceasefire",
            r"troops|war|minister|governor|senate|congress|court|police|company|companies",
        ),
    ),
)
_TIMELESS = regex.compile(
    r"\b(?:who (?:wrote|sings?|sang|plays?|played|invented|discovered|composed|directed|founded|is known)\b"
    r"|what (?:is|are) (?:an? |the (?:meaning|definition|difference|capital|purpose|name|function|origin|main|most)\b)"
    r"|what (?:does|do) \p{L}+ mean\b|how (?:does|do|is|are|can|to)\b|where (?:is|are|does|do|was|did)\b"
    r"|when (?:was|were|did|is)\b|define\b|originally\b|meaning of\b)",
    regex.IGNORECASE,
)
_PAST = _any(
    r"in the (?:early |mid |late )?(?:1[0-9]|20)\d0s|\d{1,2}(?:st|nd|rd|th) century|historically|decades? ago",
    r"back then|at the time|bc|ad",
)
_YEAR = regex.compile(r"\b(?:1[5-9]|20)\d\d\b")
NO_SIGN = 0.35  # a question with none of the signs may still be about the news (docs/retrieval.md, Time)
LONG_AGO = 45  # days; what was longer ago is no longer the news of the day


def time_need(question: str, as_of: date) -> TimeNeed:
    """Whether a question is about the present, about a dated past, or about no time, and how plainly.

    A date or range near `as_of` makes it present, one of more than LONG_AGO days before makes it
    dated; a year inside a name ("the 2022 finals") does so less. Without any, the strength is graded
    by the signs of news (a new event, a statement, the present perfect), and `timeless` has what
    these leave.
    """
    wanted = question_range(question, as_of)
    if wanted and wanted.kind != "open":
        old = wanted.before is not None and (as_of - wanted.before).days > LONG_AGO
        return TimeNeed("dated" if old else "present", 1.0)
    if (
        wanted
        and (limit := wanted.after or wanted.before)
        and (wanted.after is None or (as_of - limit).days <= LONG_AGO)
    ):
        return TimeNeed("dated" if (as_of - limit).days > LONG_AGO else "present", 1.0)
    strengths = [strength for strength, pattern in _PRESENT if pattern.search(question)]
    present = max(strengths, default=NO_SIGN) + 0.05 * max(0, len(strengths) - 1)
    if max(strengths, default=0.0) < 0.7 and _TIMELESS.search(question):
        present -= 0.3
    years = [int(year) for year in _YEAR.findall(question)]
    if _PAST.search(question) or (years and max(years) < as_of.year and present < 0.6):
        return TimeNeed("dated", 0.9 if _PAST.search(question) else 0.7)
    if as_of.year in years:
        present += 0.2
    present = round(min(1.0, max(0.0, present)), 2)
    return TimeNeed("present", present) if present >= 0.5 else TimeNeed("timeless", round(1.0 - present, 2))
