"""A small grammar of English time expressions: where they stand in a text and which days they mean.

Conservative on purpose: a year inside a name ("the 2022 World Cup"), "in 2024 dollars", an amount of
time ("24 hours"), "Theresa May" and "Black Friday" are not expressions.
"""

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

import regex

from rag.words import STOPWORDS

Grain = Literal["day", "week", "month", "quarter", "year", "span"]
Tense = Literal["past", "future"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """``text[start:end]`` means the days from `first` to `last`, both included.

    `relative` says that the day of writing was needed to tell ("on Tuesday", "9 March"); `year` is
    False when the expression names a day or month and leaves the year open.
    """

    start: int
    end: int
    first: date
    last: date
    grain: Grain
    relative: bool
    year: bool = True


class _Days(NamedTuple):
    first: date
    last: date
    grain: Grain
    relative: bool = True
    year: bool = True


_FULL = [name.lower() for name in calendar.month_name][1:]
_MONTHS = {name: i for i, name in enumerate(_FULL, 1)} | {name[:3]: i for i, name in enumerate(_FULL, 1)} | {"sept": 9}
_WEEKDAYS = {name.lower(): i for i, name in enumerate(calendar.day_name)}
_NUMBERS: dict[str, float] = {
    word: i
    for i, word in enumerate("one two three four five six seven eight nine ten".split(), 1)  # noqa: SIM905
}
_NUMBERS |= {"a": 1, "an": 1, "couple of": 2, "a couple of": 2, "few": 3, "a few": 3, "several": 4}
_NUMBERS |= {"half": 0.5, "half a": 0.5, "half an": 0.5}
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": 0}
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_DAY_NAMES = {"ash", "black", "bloody", "cyber", "easter", "giving", "good", "palm", "super"}
_DAYS = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "fortnight": 14.0, "month": 30.5, "year": 365.25, "decade": 3652.5}

_MONTH = rf"(?P<month>{'|'.join(_FULL)}|(?:{'|'.join(name[:3] for name in _FULL)}|sept)\b\.?)"
_DAY = r"(?P<day>(?:[12]\d|3[01]|0?[1-9]))(?:st|nd|rd|th)?(?![\d:%]|[.,]\d)"
_DAY_2 = r"(?P<day2>(?:[12]\d|3[01]|0?[1-9]))(?:st|nd|rd|th)?(?![\d:%]|[.,]\d)"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?![\d–—-]?\d)"
_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_WEEKDAY = rf"(?P<weekday>{'|'.join(_WEEKDAYS)})"
_SEASON = rf"(?P<season>{'|'.join(_SEASONS)})"
_UNIT = r"(?P<unit>week|weekend|month|quarter|year)"
_AMOUNT = (
    rf"{_COUNT}(?P<half> and a half)? (?P<unit>hour|day|week|fortnight|month|year|decade)s?(?P<half2> and a half)?"
)
_PART = r"(?:(?P<part>early|mid|late|(?:the )?(?:beginning|start|middle|end) of)[ -](?:in )?)?"
_AT = (
    r"(?<=\b(?:in|on|since|before|after|until|till|by|of|from|between|and|to|during|throughout|through|around"
    r"|late|early|mid|end|beginning|start|middle|last|next|this)[ -])"
)


# What is still to come, up to where somebody says so or something else is told: "will reopen, he said on Tuesday".
_AHEAD = regex.compile(
    r"\b(?:will|would|shall|(?:is|are|was|were|be) (?:to|due|set|scheduled|expected|going|headed|heading)"
    r"|(?:scheduled|due|planned|set) (?:to|for|on|in|at|by|this|next)|plans? to|expected (?:to|this|next)"
    r"|expects? (?:\S+ ){1,6}?to"
    r"|upcoming|coming|starting|begins?"
    r"|later (?:today|tonight|this|in|on)|ahead of|takes? place)\b"
    r"(?:(?!\b(?:but|when|where|who|because|said|says|told|announced|warned|added|reported|confirmed|wrote)\b)"
    # what ends no sentence: "5 a.m. on", "2.5", "Mr. Lund"
    r"(?:[^.;]|\.(?=\S|\s+(?-i:\p{Ll}))|(?<=\b(?:Mr|Mrs|Ms|Dr|St|Gen|Gov|Sen|Lt|Col|Prof))\.))*+$",
    regex.IGNORECASE,
)
# The present tense of what is on the calendar: "the vote is on Tuesday", "polls open in the capital on Sunday".
# In the plural only after a plural, else "at the close on Friday" would be a verb; and what comes after "after",
# "of" or "from" is no longer the time of the verb.
_SCHEDULED = regex.compile(
    r"(?:\b(?:is|are)"
    r"|(?:\b(?:starts|opens|reopens|closes|ends|meets|resumes|convenes|goes|arrives|departs|concludes|finishes"
    r"|expires|kicks off)"
    r"|\b(?:they|we|people|(?!(?:is|was|has|does|its|his|this|as)\b)\p{L}+s)\s(?:start|open|reopen|close|end|meet|resume"
    r"|convene|go|arrive|depart|conclude|finish|expire|vote))"
    r"(?:\s(?!(?:after|before|since|from|following|over|about|of|than|on|back|that)\b)\p{L}+(?<!ed)){0,4}?)"
    r"(?:\s(?:on|in))?\s$",
    regex.IGNORECASE,
)


TOLD = 300  # characters before a time, in which the verb that it is told with stands


def tense_at(text: str, position: int) -> Tense:
    """Whether what stands at `position` is told as still to come: "will meet on Tuesday"."""
    text = text[max(0, position - TOLD) : position]
    return "future" if _AHEAD.search(text) or _SCHEDULED.search(text) else "past"


def expressions(text: str, anchor: date) -> list[Expression]:
    """The time expressions of `text`, in order, as someone writing on the day `anchor` means them.

    "on Tuesday" and "in March" are the last ones up to `anchor`, after words of the future the next.
    """
    found: list[Expression] = []
    taken: list[tuple[int, int]] = []
    for pattern, handler in _RULES:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < stop and begin < end for begin, stop in taken) or _titled(text, match):
                continue
            try:
                days = handler(match, anchor, tense_at(text, start))
            except (ValueError, OverflowError):  # no such day: 31 June, or before the calendar
                taken.append((start, end))
                continue
            if days:
                taken.append((start, end))
                found.append(Expression(start=start, end=end, **days._asdict()))
    return sorted(found, key=lambda expression: expression.start)


def _titled(text: str, match: "regex.Match[str]") -> bool:
    """Capitals as only a title has them: "the Today show", "Last Week Tonight"."""
    head = text[: match.start()].rstrip()
    parts = [word for word in regex.findall(r"\p{L}+", match.group()) if word.lower() not in _MONTHS | _WEEKDAYS]
    if not head or head[-1] in ".!?:“\"'‘(":
        parts = parts[1:]
    return any(word[0].isupper() for word in parts if len(word) > 1)


def _free(text: str, end: int, first: bool = False) -> bool:
    """Whether what ends at `end` stands for a time by itself, and does not describe the noun that follows."""
    follower = regex.compile(r"\s*(['’]s\b)?\s*([\p{L}\p{N}$€£]+)?").match(text, end)
    if follower is None or follower[2] is None:
        return True
    if follower[1]:
        return False
    word = follower[2]
    return word.lower() in STOPWORDS or word.endswith("ed") or (first and word[0].isupper())


def month_span(year: int, month: int) -> tuple[date, date]:
    """First and last day of a month."""
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _near(make: Callable[[int], date], anchor: date, tense: Tense) -> date:
    """The last `make(year)` up to the anchor, or the next one from it."""
    if tense == "past":
        return make(anchor.year) if make(anchor.year) <= anchor else make(anchor.year - 1)
    return make(anchor.year) if make(anchor.year) >= anchor else make(anchor.year + 1)


def _number(word: str) -> float:
    return int(word) if word.isdigit() else _NUMBERS[word.lower()]


def _count(match: "regex.Match[str]") -> float:
    """Of an _AMOUNT: two and a half years, a year and a half."""
    return _number(match["count"]) + (0.5 if match["half"] or match["half2"] else 0)


def _month_of(match: "regex.Match[str]") -> int | None:
    """Its number; None where the word is the verb "may" or the noun "march" rather than the month."""
    word = match["month"].rstrip(".")
    year = match.groupdict().get("year")
    if word in ("may", "march", "mar", "sat") and not year and not match.string.islower():
        return None
    return _MONTHS[word.lower()]


def _day(match: "regex.Match[str]", anchor: date, tense: Tense) -> _Days | None:
    month = _month_of(match)
    if month is None:
        return None
    first, last = int(match["day"]), int(match.groupdict().get("day2") or match["day"])
    grain: Grain = "day" if first == last else "span"
    if match["year"]:
        year = int(match["year"])
        return _Days(date(year, month, first), date(year, month, last), grain, relative=False)
    start = match.start()
    introduced = regex.search(
        r"\b(?:on|since|before|after|until|by|from|between|of|to|and)\s(?:the\s)?$", match.string[:start], regex.I
    )
    if not introduced and (
        not _free(match.string, match.end()) or regex.search(r"\bthe\s$", match.string[:start], regex.I)
    ):
        return None  # "the January 6 committee"
    near = _near(lambda year: date(year, month, first), anchor, tense)
    return _Days(near, near.replace(day=last), grain, year=False)


def _numeric(match: "regex.Match[str]", _anchor: date, _tense: Tense) -> _Days | None:
    day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    return _Days(day, day, "day", relative=False)


def _slashes(match: "regex.Match[str]", _anchor: date, _tense: Tense) -> _Days | None:
    one, two, year = int(match["one"]), int(match["two"]), int(match["year"])
    if one <= 12 and two <= 12 and one != two:
        return None  # the third of April or the fourth of March: not for us to guess
    day = date(year, two, one) if one > 12 or one == two else date(year, one, two)
    return _Days(day, day, "day", relative=False)


def _part_of(first: date, last: date, part: str | None) -> tuple[date, date]:
    """The early, middle or late third of a stretch."""
    if not part:
        return first, last
    third = timedelta(days=(last - first).days // 3)
    if regex.search(r"early|beginning|start", part, regex.I):
        return first, first + third
    return (first + third, last - third) if regex.search(r"mid", part, regex.I) else (last - third, last)


def _month(match: "regex.Match[str]", anchor: date, tense: Tense) -> _Days | None:
    groups = match.groupdict()
    month = _month_of(match)
    if month is None:
        return None
    if groups.get("year"):
        return _Days(*_part_of(*month_span(int(groups["year"]), month), groups["part"]), "month", relative=False)
    if not _free(match.string, match.end(), first=match.start() < 4):
        return None
    which = (groups.get("which") or "").lower()
    if which == "this":
        year = anchor.year
    else:
        near = _near(
            lambda year: month_span(year, month)[0 if tense == "past" else 1],
            anchor,
            "future" if which == "next" else tense,
        )
        year = near.year - (which == "last" and (near.year, near.month) == (anchor.year, anchor.month))
    return _Days(*_part_of(*month_span(year, month), groups["part"]), "month", year=False)


def _year(match: "regex.Match[str]", _anchor: date, _tense: Tense) -> _Days | None:
    if not _free(match.string, match.end(), first=match.start() < 4):
        return None
    year = int(match["year"])
    return _Days(*_part_of(date(year, 1, 1), date(year, 12, 31), match["part"]), "year", relative=False)


def _years(match: "regex.Match[str]", _anchor: date, _tense: Tense) -> _Days | None:
    first, last = int(match["year"]), int(match["year2"])
    return _Days(date(first, 1, 1), date(last, 12, 31), "span", relative=False) if first < last else None


def _quarter(match: "regex.Match[str]", _anchor: date, _tense: Tense) -> _Days | None:
    quarter = _ORDINALS[match["nth"].lower()] if match["nth"] else int(match["q"])
    year = int(match["year"])
    month = 3 * (quarter or 4) - 2
    return _Days(date(year, month, 1), month_span(year, month + 2)[1], "quarter", relative=False)


def _season(match: "regex.Match[str]", anchor: date, _tense: Tense) -> _Days | None:
    month = _SEASONS[match["season"].lower()]
    which = (match["which"] or "").lower()
    if match["year"]:
        first = date(int(match["year"]), month, 1)
    elif which == "next":
        first = _near(lambda year: date(year, month, 1), anchor, "future")
    else:
        first = _near(lambda year: date(year, month, 1), anchor, "past")
        if which == "last" and anchor < first + timedelta(days=91):
            first = first.replace(year=first.year - 1)
    last = month_span(first.year + (month == 12), (month + 1) % 12 + 1)[1]
    return _Days(first, last, "quarter", relative=not match["year"])


def _shifted_month(anchor: date, months: int) -> tuple[date, date]:
    index = anchor.year * 12 + anchor.month - 1 + months
    return month_span(index // 12, index % 12 + 1)


def _calendar(match: "regex.Match[str]", anchor: date, tense: Tense) -> _Days | None:
    """This, last or next week, weekend, month, quarter or year."""
    which, unit = match["which"].lower(), match["unit"].lower()
    if not _free(match.string, match.end(), first=True) and unit in ("quarter", "year") and which == "this":
        return None  # "this year's", "this year World Cup": close to a name, and seldom about publication
    if "past" in which or which == "the last":
        return _Days(anchor - timedelta(days=round(_DAYS.get(unit, 91))), anchor, "span")
    shift = {"this": 0, "last": -1, "previous": -1}.get(which.removeprefix("the "), 1)
    if unit == "week":
        monday = anchor - timedelta(days=anchor.weekday()) + timedelta(weeks=shift)
        return _Days(monday, monday + timedelta(days=6), "week")
    if unit == "weekend":
        saturday = anchor - timedelta(days=anchor.weekday() - 5) + timedelta(weeks=shift)
        if shift == 0 and tense == "past" and saturday > anchor:
            saturday -= timedelta(weeks=1)
        return _Days(saturday, saturday + timedelta(days=1), "span")
    if unit == "month":
        return _Days(*_shifted_month(anchor, shift), "month")
    if unit == "quarter":
        start, _ = _shifted_month(anchor, 3 * shift - (anchor.month - 1) % 3)
        return _Days(start, _shifted_month(start, 2)[1], "quarter")
    return _Days(date(anchor.year + shift, 1, 1), date(anchor.year + shift, 12, 31), "year")


def _back(match: "regex.Match[str]", anchor: date, _tense: Tense) -> _Days | None:
    """The last two weeks, the past fortnight, recent months."""
    unit = match["unit"].lower()
    if match.groupdict().get("count"):
        count = _count(match)
    else:
        count = {"day": 10, "week": 6, "month": 6}[unit] if match.group().lower().startswith("recent") else 1
    first = anchor - timedelta(days=round(count * _DAYS[unit] + 0.4))
    return _Days(first, anchor, "span")


def _ago(match: "regex.Match[str]", anchor: date, _tense: Tense) -> _Days | None:
    count, unit = _count(match), match["unit"].lower()
    middle = anchor - timedelta(days=round(count * _DAYS[unit]))
    months = count * {"month": 1, "year": 12, "decade": 120}.get(unit, 0)
    if unit in ("year", "decade") and months % 12 == 0:
        return _Days(date(middle.year, 1, 1), date(middle.year, 12, 31), "year")
    if months:
        return _Days(*_shifted_month(anchor, -round(months)), "month")
    weeks = unit in ("week", "fortnight")
    about = timedelta(days=3 if weeks else 1 if match["count"].lower() in ("few", "a few", "several") else 0)
    return _Days(middle - about, middle + about, "week" if weeks else "day")


def _weekday(match: "regex.Match[str]", anchor: date, tense: Tense) -> _Days | None:
    before, after = match.string[: match.start()], match.string[match.end() :]
    name = regex.search(r"(\p{L}+)\s$", before)
    capital = name and name[1][0].isupper() and name[1].lower() not in STOPWORDS
    if name and not match["which"] and (capital or name[1].lower() in _DAY_NAMES):
        return None  # "Black Friday", "Sheffield Wednesday"
    if (
        not match["which"]
        and regex.match(r"s\b|\s+\p{Lu}(?!\p{Lu})|\s+the\s+\d", after)
        and not regex.search(r"\bon\s$", before, regex.I)
    ):
        return None
    wanted = _WEEKDAYS[match["weekday"].lower()]
    which = (match["which"] or "").lower()
    back = timedelta(days=(anchor.weekday() - wanted) % 7)
    ahead = timedelta(days=(wanted - anchor.weekday()) % 7)
    if which == "last":
        day = anchor - (back or timedelta(days=7))
    elif which == "next" or (which == "this" and tense == "future"):
        day = anchor + (ahead or timedelta(days=7))
    else:
        day = anchor - back if tense == "past" else anchor + ahead
    return _Days(day, day, "day")


def _named(match: "regex.Match[str]", anchor: date, _tense: Tense) -> _Days | None:
    phrase = match.group().lower()
    shift = (
        -2 if "before" in phrase else 2 if "after" in phrase else -1 if regex.search("yesterday|last", phrase) else 0
    )
    day = anchor + timedelta(days=1 if phrase.startswith("tomorrow") else shift)
    return _Days(day, day, "day")


_Handler = Callable[["regex.Match[str]", date, Tense], _Days | None]


def _rule(pattern: str, handler: _Handler) -> tuple["regex.Pattern[str]", _Handler]:
    return regex.compile(rf"\b(?:{pattern})\b", regex.IGNORECASE), handler


# Longer forms first: what one rule has taken, the next ones leave alone.
_RULES = (
    _rule(r"(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)", _numeric),
    _rule(r"(?P<one>\d{1,2})[/.](?P<two>\d{1,2})[/.](?P<year>(?:19|20)\d\d)", _slashes),
    _rule(rf"{_DAY}(?:[ ]?[-–—][ ]?|\sand\s|\sto\s|\suntil\s){_DAY_2} (?:of )?{_MONTH}(?:,? {_YEAR})?", _day),
    _rule(rf"{_MONTH} {_DAY}(?:[ ]?[-–—][ ]?|\sand\s|\sto\s|\suntil\s){_DAY_2}(?:,? {_YEAR})?", _day),
    _rule(rf"{_DAY} (?:of )?{_MONTH}(?:,? {_YEAR})?", _day),
    _rule(rf"{_MONTH} {_DAY}(?:,? {_YEAR})?", _day),
    _rule(rf"(?:the )?(?P<nth>first|second|third|fourth|last) quarter (?:of )?{_YEAR}|q(?P<q>[1-4]) {_YEAR}", _quarter),
    _rule(rf"{_PART}{_MONTH}(?: of|,)? {_YEAR}", _month),
    _rule(rf"{_PART}(?:(?P<which>last|next|this) )?{_AT}(?P<month>{'|'.join(_FULL)})", _month),
    _rule(rf"(?:(?P<which>last|next|this) {_SEASON})(?P<year>(?!))?|{_SEASON} (?:of )?{_YEAR}", _season),
    _rule(rf"{_PART}{_AT}(?P<year>(?:19|20)\d\d)(?![\d–—-])", _year),
    _rule(r"(?P<year>(?:19|20)\d\d)[-–—](?P<year2>(?:19|20)\d\d)", _years),
    _rule(r"the day (?:before yesterday|after tomorrow)", _named),
    _rule(r"(?:yesterday|today|tomorrow|tonight)(?: (?:morning|afternoon|evening|night))?", _named),
    _rule(r"last night|this (?:morning|afternoon|evening)", _named),
    _rule(
        rf"(?:(?:earlier|later) )?(?P<which>this|(?:the )?(?:last|past|previous)|next|the coming) {_UNIT}",
        _calendar,
    ),
    _rule(rf"(?:the |these )?(?:last|past|previous) {_AMOUNT}", _back),
    _rule(r"(?:the )?(?:last|past|previous) (?P<unit>fortnight|decade)", _back),
    _rule(r"recent (?P<unit>day|week|month)s", _back),
    _rule(rf"{_AMOUNT} ago", _ago),
    _rule(rf"(?:(?P<which>this|last|next)(?: week['’]s)? )?{_WEEKDAY}(?=['’]s\b|(?!['’]))", _weekday),
)
