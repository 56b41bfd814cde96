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


_I = regex.IGNORECASE
# Signs that a question is about the news of its day, and how strong each is alone. The verbs are
# those of events and statements; a question with none of these signs is most likely timeless.
_PRESENT: tuple[tuple[float, "regex.Pattern[str]"], ...] = tuple(
    (strength, regex.compile(pattern, _I))
    for strength, pattern in (
        (
            1.0,
            r"\b(?:latest|most recent|breaking|right now|at the moment|up[ -]to[ -]date|in the news|just (?:now|been|\p{L}+ed))\b",
        ),
        (
            0.9,
            r"\b(?:now|currently|recent|recently|newly|lately|so far|as of (?:this|today|now)|these days|nowadays)\b",
        ),
        (
            0.8,
            r"\b(?:current|soon|upcoming|imminent|ongoing|earlier this|later this|next (?:week|month|year)|tomorrow|this (?:year|season|summer|winter|spring|fall|autumn))\b",
        ),
        (
            0.7,
            r"\b(?:has|have) (?:(?:now|also|been|not|already|just|so far|\p{Lu}\p{L}+) )*\p{L}+(?:ed|en|wn|ught|ade|old|et)\b",
        ),
        (
            0.6,
            r"\b(?:is|are) (?:being|set to|expected|accused|under|to (?:be|\p{L}+)|(?!going|doing)\p{L}+ing)\b|\bwill\b|\bplans? to\b|\byet\b|\bstill\b",
        ),
        (
            0.6,
            r"\b(?:announce|resign|arrest|sentence|charge|sue|recall|suspend|ban|approve|evacuat|indict|sanction|protest|strike|lay ?off|downgrade|reject|unveil|declare|accuse|warn|urge|vow|convict|launch|releas|fine|rule)(?:s|d|ed|ing|ment|ments|ion|ions)\b|\blayoffs?\b",
        ),
        (
            0.5,
            r"\b(?:new|newest|following|amid|record|said|says?|according to|told|claims?|claimed|statement|reports?|reported|reportedly|officials?|spokes\p{L}+|analysts?|poll|survey)\b",
        ),
        (
            0.5,
            r"\b(?:died|dead|killed|injured|wounded|attack|attacked|invasion|invaded|shooting|earthquake|wildfire|flood|flooding|hurricane|outbreak|crisis|election|vote|voted|prices|inflation|rates?|shares|stock|ceasefire|troops|war|minister|governor|senate|congress|court|police|company|companies)\b",
        ),
    )
)
_TIMELESS = regex.compile(
    r"\b(?:who (?:wrote|sings?|sang|plays?|played|invented|discovered|composed|directed|founded|is known)"
    r"|what (?:is|are) (?:the (?:meaning|definition|difference|capital|purpose|name|function|origin|chemical|formula|main|most)|an? )"
    r"|what (?:does|do) \p{L}+ mean|how (?:does|do|is|are|can|to) |where (?:is|are|does|do|was|did) |when (?:was|were|did|is) |define|originally|meaning of)\b",
    _I,
)
_PAST = regex.compile(
    r"\b(?:in the (?:early |mid |late )?(?:1[0-9]|20)\d0s|\d{1,2}(?:st|nd|rd|th) century|historically|decades? ago|back then|at the time|bc|ad)\b",
    _I,
)
_YEAR = regex.compile(r"\b(?:1[5-9]|20)\d\d\b")
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
    present = max(strengths, default=0.2) + 0.05 * max(0, len(strengths) - 1)
    if max(strengths, default=0.0) < 0.7 and _TIMELESS.search(question):
        present -= 0.3
    years = [int(year) for year in _YEAR.findall(question)]
    if _PAST.search(question) or (years and max(years) < as_of.year and present < 0.6):
        return TimeNeed("dated", 0.9 if _PAST.search(question) else 0.7)
    if as_of.year in years:
        present += 0.2
    present = round(min(1.0, max(0.0, present)), 2)
    return TimeNeed("present", present) if present >= 0.5 else TimeNeed("timeless", round(1.0 - present, 2))
