"""Time in questions and in articles: which days a question means, which day an article's "Tuesday" was.

`question_range` turns "last week" or "in March 2023" into days of publication; `resolve_relative` and
`annotate` date the "on Tuesday" of an article by the day on which it was published.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import regex

from rag.dates import Expression, Grain, expressions

# News of an event is published on its day and in the days after; about a longer stretch, for longer.
_AFTERMATH: dict[Grain, int] = {"day": 7, "week": 4, "span": 4, "month": 10, "quarter": 15, "year": 31}

_QUOTED = regex.compile(r"[“\"][^“”\"]*[”\"]|‘[^’]*’")
_SINCE = regex.compile(r"\b(?:since|starting|beginning)(?:\s(?:in|on|from|the))*\s$", regex.IGNORECASE)
_AFTER = regex.compile(r"\b(?:after|following|later than)(?:\s(?:in|on|the))*\s$", regex.IGNORECASE)
_BEFORE = regex.compile(r"\b(?:before|prior to|earlier than|ahead of)(?:\s(?:in|on|the))*\s$", regex.IGNORECASE)
_UNTIL = regex.compile(r"\b(?:until|till|up to|through|as of)(?:\s(?:in|on|the|end of))*\s$", regex.IGNORECASE)
# How far something had come by a day is told after it as well.
_BY = regex.compile(r"\bby(?:\s(?:on|the|the end of))*\s$", regex.IGNORECASE)
_TO = regex.compile(r"\s*(?:-|–|—|to|and|until|till|through)(?:\s(?:on|the))*\s*", regex.IGNORECASE)
_BETWEEN = regex.compile(r"\b(?:between|from)(?:\s(?:on|the))*\s$", regex.IGNORECASE)
# "higher than a year ago", "compared with last month": what is asked about is the present.
_COMPARED = regex.compile(r"\b(?:than|compared (?:to|with)|versus|vs\.?)(?:\s\p{Ll}+){0,4}\s$")
_STATE = regex.compile(
    r"^(?:who|what|which|where|how (?:many|much|old|big|large))\b[^?]*?\b(?:is|are|does|do|has|have)\b", regex.I
)
# "How cold is it in January?" asks of every January.
_HABIT = regex.compile(
    r"\b(?:is|are|do|does|can|should)\b(?!.*\b(?:was|were|did|has|have|had|been|now|this)\b)", regex.IGNORECASE
)
_NEWS = regex.compile(r"\b(?:news|happen|headline|announc|say|said|latest|going on)", regex.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRange:
    """The days of publication that a question asks for, both included; None leaves that side open.

    ``question[start:end] == phrase``. `kind`: a "recent" stretch counted from the day of asking, the
    date of an "event" (articles of much later may tell of it too), or a limit with an "open" side.
    """

    after: date | None
    before: date | None
    phrase: str
    start: int
    end: int
    kind: Literal["recent", "event", "open"]


def time_ranges(question: str, as_of: date) -> list[TimeRange]:
    """The time expressions of a question as days of publication; the future and quoted words give none."""
    quoted = [match.span() for match in _QUOTED.finditer(question)]
    found = [
        expression
        for expression in expressions(question, as_of)
        if not any(start <= expression.start < end for start, end in quoted)
    ]
    ranges: list[TimeRange] = []
    i = 0
    while i < len(found):
        first, head = found[i], question[: found[i].start]
        pair = i + 1 < len(found) and _TO.fullmatch(question, first.end, found[i + 1].start) and _BETWEEN.search(head)
        if pair:
            made = _stretch(question, head, first, found[i + 1], as_of)
            i += 2
        else:
            made = _single(question, head, first, as_of)
            i += 1
        if made:
            ranges.append(made)
    return ranges


def question_range(question: str, as_of: date) -> TimeRange | None:
    """The one range that a question asks for: what its expressions span together, within its limits."""
    ranges = time_ranges(question, as_of)
    if len(ranges) < 2:
        return ranges[0] if ranges else None
    closed = [r for r in ranges if r.after and r.before]
    after = min((r.after for r in closed if r.after), default=None)
    before = max((r.before for r in closed if r.before), default=None)
    opened = [r for r in ranges if r not in closed]
    after = max((day for day in (after, *(r.after for r in opened)) if day), default=None)
    before = min((day for day in (before, *(r.before for r in opened)) if day), default=None)
    if after and before and after > before:
        return None
    start, end = ranges[0].start, ranges[-1].end
    kind = ranges[0].kind if len({r.kind for r in ranges}) == 1 else "event"
    return TimeRange(after=after, before=before, phrase=question[start:end], start=start, end=end, kind=kind)


def _single(question: str, head: str, found: Expression, as_of: date) -> TimeRange | None:
    if found.first > as_of or _COMPARED.search(head):
        return None
    if found.grain == "month" and not found.year and _HABIT.search(question):
        return None
    phrase = question[found.start : found.end]
    after: date | None = found.first
    before: date | None = min(found.last + timedelta(days=_AFTERMATH[found.grain]), max(as_of, found.last))
    kind: Literal["recent", "event", "open"] = (
        "recent" if found.relative and (as_of - found.last).days < 45 else "event"
    )
    start = found.start
    for pattern, limits in (
        (_SINCE, (found.first, None)),
        (_AFTER, (found.last, None)),
        (_BEFORE, (None, found.first - timedelta(days=1))),
        (_UNTIL, (None, found.last)),
        (_BY, (None, found.last)),
    ):
        introduced = pattern.search(head)
        if introduced:
            after, before = limits
            kind, start = "event" if pattern is _BY else "open", introduced.start()
            break
    else:
        if (
            regex.fullmatch(r"today|tonight", phrase, regex.I)
            and _STATE.search(question)
            and not _NEWS.search(question)
        ):
            return None  # "Who is the president today?" asks for a state, which older articles tell as well
        if regex.search(r"\bthis (?:week|month)$", phrase, regex.I):
            after = min(found.first, as_of - timedelta(days=7))
        before = min(before or as_of, as_of) if kind == "recent" else before
    return TimeRange(
        after=after, before=before, phrase=question[start : found.end], start=start, end=found.end, kind=kind
    )


def _stretch(question: str, head: str, first: Expression, last: Expression, as_of: date) -> TimeRange | None:
    """Between or from one to another; the first takes its year from the second: "from March to May 2022"."""
    begin = first.first
    if not first.year and last.year:
        try:
            begin = begin.replace(year=last.first.year)
            if begin > last.last:
                begin = begin.replace(year=begin.year - 1)
        except ValueError:  # 29 February of a year that has none
            return None
    elif begin > last.last:
        return None
    if begin > as_of:
        return None
    introduced = _BETWEEN.search(head)
    start = introduced.start() if introduced else first.start
    before = last.last + timedelta(days=_AFTERMATH[last.grain])
    return TimeRange(
        after=begin,
        before=min(before, max(as_of, last.last)),
        phrase=question[start : last.end],
        start=start,
        end=last.end,
        kind="event",
    )


HALF_A_YEAR = timedelta(days=183)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A relative expression of an article's sentence, ``sentence[start:end]``, and the days that it means."""

    start: int
    end: int
    first: date
    last: date
    label: str


def resolve_relative(sentence: str, published: date) -> list[Dated]:
    """What "on Tuesday", "yesterday" or "last month" mean in an article published on that day.

    Only expressions that name a definite day, week, month or year; "recent weeks" stays open, and so does a day without
    a year that would be longer ago than half of one: of "the match on 12 February is sold out" the next is nearer.
    """
    return [
        Dated(start=e.start, end=e.end, first=e.first, last=e.last, label=_label(e))
        for e in expressions(sentence, published)
        if e.relative
        and e.grain in ("day", "week", "month", "year")
        and (e.grain == "day") == (e.first == e.last)
        and (e.year or e.grain != "day" or published - e.first <= HALF_A_YEAR)
    ]


def annotate(sentence: str, published: date) -> str:
    """The sentence with its relative dates resolved: "on Tuesday (7 March 2023)"."""
    pieces: list[str] = []
    done = 0
    for found in resolve_relative(sentence, published):
        missing = found.label.replace(sentence[found.start : found.end], "").strip()  # of "6 February" the year
        end = found.end + (2 if sentence.startswith(("'s", "’s"), found.end) else 0)
        pieces += sentence[done:end], f" ({missing})"
        done = end
    return "".join([*pieces, sentence[done:]])


def dated(quote: str, published: str | None) -> str:
    """The same of a quotation, for reading; `published` is an ISO date."""
    return annotate(quote, date.fromisoformat(published)) if published else quote


def _label(found: Expression) -> str:
    first, last = found.first, found.last
    if found.grain == "year":
        return str(first.year)
    if found.grain == "month":
        return f"{first:%B %Y}"
    if first == last:
        return f"{first.day} {first:%B %Y}"
    month = "" if first.month == last.month else f" {first:%B}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day}{month}{year}–{last.day} {last:%B %Y}"
