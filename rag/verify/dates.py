"""Dates and times of day in a text, resolved against the day it was published, and compared.

A `Moment` keeps the fields that the writing gives (year, month, day, weekday, minute) and the
days it can cover, so that "3 March 2023" is borne out by "on Friday" in a text of 4 March 2023,
and "in March" by "on 3 March", but not the other way round.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import regex

from rag.verify.eastern_dates import EASTERN, eastern_dates
from rag.verify.units import SMALL_NUMBERS
from rag.verify.words import fold, plain_typography, word_set


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or a time of day that a text names, ``text[start:end]``.

    `first` and `last` are the days it covers where that can be told; `relative` marks what
    only means a day together with the day of speaking ("yesterday", "on Monday").
    """

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    minutes: tuple[int, ...] = ()
    decade: bool = False
    first: date | None = None
    last: date | None = None
    relative: bool = False
    ahead: date | None = None


_MONTH_WORDS = (
    "january jan januar janvier enero gennaio janeiro|february feb februar fevrier febrero febbraio fevereiro|"
    "march mar marz mars marzo marco|april apr avril abril aprile|may mai mayo maggio maio|"
    "june jun juni juin junio giugno|july jul juli juillet julio luglio|august aug aout agosto|"
    "september sept sep septembre septiembre settembre setembro|"
    "october oct oktober okt octobre octubre ottobre outubro|november nov novembre noviembre novembro|"
    "december dec dezember dez decembre diciembre dicembre dezembro"
)
MONTHS = {word: n for n, words in enumerate(_MONTH_WORDS.split("|"), 1) for word in words.split()}
_WEEKDAY_WORDS = (
    "monday montag lundi lunes|tuesday dienstag mardi martes|wednesday mittwoch mercredi miercoles|"
    "thursday donnerstag jeudi jueves|friday freitag vendredi viernes|saturday samstag samedi sabado|"
    "sunday sonntag dimanche domingo"
)
WEEKDAYS = {word: n for n, words in enumerate(_WEEKDAY_WORDS.split("|")) for word in words.split()}

_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

# Words that are months only beside a day or a year ("may", "march", "mar", "sep").
_AMBIGUOUS_MONTHS = word_set("may march mar jan jun sep dec mars mai marco")

_NAME = r"(?P<month>\p{L}{3,10})\.?"
_YEAR = r"(?P<year>(?:1[0-9]|20|21)\d{2})"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th|er|\.)?"
# "1134 euros" is a sum and no year, "2000 millones" a number.
_MONEY = (
    "millones|millions?|millionen|milliarde?n?s?|milioni|euros?|dollars?|pounds|francs|yen|yuan|roubles|rubles|rupees|pesos"
    "|reais|kronor|kroner|zloty|metros?|km|kilos?"
)
_NO_SUM = rf"(?![\d%:/]|[.,]\d|-?(?:year|day|strong|seat|m\b|km)| (?:{_MONEY})\b| ?{EASTERN})"
_BARE_MONTH = rf"\b{_NAME}\b"
_DATES = tuple(
    regex.compile(pattern, regex.IGNORECASE)
    for pattern in (
        r"(?<!\d)(?P<year>(?:19|20|21)\d{2})-(?P<monthno>[01]?\d)-(?P<day>[0-3]?\d)(?!\d)",
        r"(?<![\d.])(?P<day>[0-3]?\d)(?P<sep>[./])(?P<monthno>[0-3]?\d)(?P=sep)(?P<year>(?:19|20|21)?\d{2})(?!\d)",
        rf"(?<!\d)\b{_DAY}(?:-(?P<dayto>[0-3]?\d))? (?:of |de |d')?{_NAME}(?:,? (?:de |del )?{_YEAR})?(?!\d)",
        rf"\b{_NAME} {_DAY}(?!\d|[.,:]\d)(?:-(?P<dayto>[0-3]?\d)(?!\d))?(?:(?:st|nd|rd|th)?,? {_YEAR})?(?!\d)",
        rf"\b{_NAME},? (?:of |de |del )?{_YEAR}(?!\d)",
        r"(?P<lead>\b(?:in|since|by|until|till|during|last|this|next|of|early|late|mid|from|to|im|en|seit))"
        rf"[ -]{_NAME}\b",
        # After May somebody else may be prime minister: a month only where nothing follows.
        rf"(?P<lead>\b(?:before|after|vor|nach|avant|antes de))[ -]{_NAME}\b(?=\s*(?:[.,;:!?)]|$))",
        _BARE_MONTH,
        r"(?<![\d.,:/$€£-])(?P<decade>(?:1[0-9]|20)\d0)s\b",
        rf"(?<![\d.,:/$€£])(?<!\p{{L}}-?){_YEAR}{_NO_SUM}(?:-(?P<yearto>\d{{4}}|\d{{2}})(?![\d-]))?",
    )
)
_WEEKDAY = regex.compile(
    rf"\b(?:(?P<which>last|next|this|on|every|am|le|el) )?(?P<weekday>{'|'.join(WEEKDAYS)})\b", regex.IGNORECASE
)
_COUNT = rf"(?P<count>\d+|an?|{'|'.join(list(SMALL_NUMBERS)[1:13])})"
_RELATIVE = regex.compile(
    r"\b(?P<today>today|tonight|this (?:morning|afternoon|evening)|heute|aujourd'hui|hoy)\b"
    r"|\b(?P<yesterday>(?<!day before )yesterday|last night|gestern|hier soir|ayer)\b"
    r"|\b(?P<tomorrow>tomorrow|morgen|demain)\b"
    r"|\b(?P<which>last|this|next|previous) (?P<span>week|weekend|month|year)\b"
    rf"|\b{_COUNT} (?P<unit>day|week|month|year)s? (?P<side>ago|earlier|later)\b",
    regex.IGNORECASE,
)
_BESIDE = regex.compile(r"(?:,? |,? the | \(|, \(?)")
_CLOCK = regex.compile(
    r"(?<![\d.,:])(?P<hour>[0-2]?\d)(?:[:.](?P<minute>[0-5]\d))?(?: ?(?P<half>[ap])\.?m\b\.?)"
    r"|(?<![\d.,:])(?P<hour24>[0-2]?\d):(?P<minute24>[0-5]\d)(?![\d:])"
    r"|\b(?P<word>noon|midday|midnight)\b",
    regex.IGNORECASE,
)


def moments(text: str, published: date | None = None) -> list[Moment]:
    """The dates and times that `text` names, in order, resolved as far as `published` allows."""
    plain = plain_typography(text)
    found: list[Moment] = []
    relative = _relative_dates(plain, published)
    for moment in (*_clock_times(plain), *_eastern(plain, published), *_calendar_dates(plain), *relative):
        if not any(moment.start < other.end and other.start < moment.end for other in found):
            found.append(_resolved(moment, published))
    return _with_weekdays(sorted(found, key=lambda moment: moment.start), plain)


def _with_weekdays(found: Sequence[Moment], plain: str) -> list[Moment]:
    """ "Monday, January 15" and "Tuesday (June 7)" are one date each."""
    joined: list[Moment] = []
    for moment in found:
        before = joined[-1] if joined else None
        if before is not None and _BESIDE.fullmatch(plain, before.end, moment.start):
            named, day = (before, moment) if before.weekday is not None else (moment, before)
            if named.weekday is not None and named.day is None and day.day is not None and day.weekday is None:
                joined[-1] = replace(day, start=before.start, end=moment.end, weekday=named.weekday)
                continue
        joined.append(moment)
    return joined


def _clock_times(plain: str) -> list[Moment]:
    found = []
    for match in _CLOCK.finditer(plain):
        if match["word"]:
            minutes: tuple[int, ...] = (0,) if match["word"].lower() == "midnight" else (720,)
        elif match["half"]:
            hour = int(match["hour"]) % 12 + (12 if match["half"].lower() == "p" else 0)
            minutes = (hour * 60 + int(match["minute"] or 0),)
        else:
            minute = int(match["hour24"]) * 60 + int(match["minute24"])
            if minute >= 24 * 60:
                continue
            minutes = (minute, minute + 720) if minute < 720 else (minute,)
        found.append(Moment(match.start(), match.end(), minutes=minutes))
    return found


def _calendar_dates(plain: str) -> list[Moment]:
    found: list[Moment] = []
    for pattern in _DATES:
        for match in pattern.finditer(plain):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            found.extend(_dates_of(match, bare=pattern.pattern == _BARE_MONTH))
    return found


def _dates_of(match: "regex.Match[str]", bare: bool) -> list[Moment]:
    parts = match.groupdict()
    start, end = match.span()
    month: int | None = None
    if parts.get("month"):
        word = fold(parts["month"])
        month = MONTHS.get(word)
        if month is None or (bare and (word in _AMBIGUOUS_MONTHS or not parts["month"][0].isupper())):
            return []
        if word in _AMBIGUOUS_MONTHS and not parts["month"][0].isupper():
            return []
        start = start if parts.get("lead") is None else match.start("month")
    elif parts.get("monthno"):
        month = int(parts["monthno"])
    if parts.get("decade"):
        return [Moment(start, end, year=int(parts["decade"]), decade=True)]
    year = int(parts["year"]) if parts.get("year") else None
    if year is not None and year < 100:
        year += 2000 if year < 70 else 1900
    day = int(parts["day"]) if parts.get("day") else None
    if month is not None and day is not None and month > 12 >= day:
        month, day = day, month
    if (month is not None and not 1 <= month <= 12) or (day is not None and not 1 <= day <= 31):
        return []
    if month and day and year is None and day > _LONGEST[month - 1]:
        return []  # "by September 31 people had gone"
    moment = Moment(start, end, year=year, month=month, day=day)
    if parts.get("dayto") and 1 <= int(parts["dayto"]) <= 31:
        second = match.start("dayto")
        return [replace(moment, end=second - 1), replace(moment, start=second, day=int(parts["dayto"]))]
    if parts.get("yearto"):
        to, second = parts["yearto"], match.start("yearto")
        last = int(to if len(to) == 4 else str(year)[:2] + to)
        return [replace(moment, end=second - 1), replace(moment, start=second, year=last)]
    return [moment]


def _relative_dates(plain: str, published: date | None) -> list[Moment]:
    found = []
    for match in _WEEKDAY.finditer(plain):
        weekday = WEEKDAYS[fold(match["weekday"])]
        moment = Moment(match.start(), match.end(), weekday=weekday, relative=True)
        if published is not None and (match["which"] or "").lower() != "every":
            back = (published.weekday() - weekday) % 7
            which = (match["which"] or "").lower()
            if which == "last":
                back = back or 7
            recent, following = published - timedelta(back), published + timedelta(7 - back)
            day = following if which == "next" else recent
            moment = replace(moment, first=day, last=day, ahead=None if which in ("next", "last") else following)
        found.append(moment)
    for match in _RELATIVE.finditer(plain):
        first, last = _relative_days(match, published)
        found.append(Moment(match.start(), match.end(), first=first, last=last, relative=True))
    return found


def _eastern(plain: str, published: date | None) -> list[Moment]:
    found = []
    for named in eastern_dates(plain):
        moment = Moment(named.start, named.end, named.year, named.month, named.day, named.weekday)
        if named.weekday is not None:
            moment = replace(moment, relative=True)
        elif named.span:
            first: date | None = None
            last: date | None = None
            if published is not None and named.span == "year":
                first, last = _span(published.year + named.step, None, None)
            elif published is not None:
                first = last = published + timedelta(named.step)
            moment = replace(moment, first=first, last=last, relative=True)
        found.append(moment)
    return found


def _relative_days(match: "regex.Match[str]", published: date | None) -> tuple[date | None, date | None]:
    if published is None:
        return None, None
    if match["today"] or match["yesterday"] or match["tomorrow"]:
        day = published + timedelta(0 if match["today"] else -1 if match["yesterday"] else 1)
        return day, day
    if match["span"]:
        step = {"last": -1, "previous": -1, "this": 0, "next": 1}[match["which"].lower()]
        match match["span"].lower():
            case "year":
                return _span(published.year + step, None, None)
            case "month":
                months = published.year * 12 + published.month - 1 + step
                return _span(months // 12, months % 12 + 1, None)
            case _:
                monday = published - timedelta(published.weekday()) + timedelta(7 * step)
                return monday, monday + timedelta(6)
    if match["side"].lower() != "ago":
        return None, None  # counts from a day named elsewhere
    word = match["count"].lower()
    count = int(word) if word.isdigit() else SMALL_NUMBERS.get(word, 1)
    match match["unit"].lower():
        case "year":
            return _span(published.year - count, None, None)
        case "month":
            months = published.year * 12 + published.month - 1 - count
            return _span(months // 12, months % 12 + 1, None)
        case unit:
            near = 0 if unit == "day" else 3
            if count > 100_000:
                return None, None
            day = published - timedelta(count * (1 if unit == "day" else 7))
            return day - timedelta(near), day + timedelta(near)


def _span(year: int, month: int | None, day: int | None) -> tuple[date | None, date | None]:
    """First and last day of a year, month or day; (None, None) for what no calendar has."""
    try:
        if month is None:
            return date(year, 1, 1), date(year, 12, 31)
        if day is not None:
            return date(year, month, day), date(year, month, day)
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(1)
    except ValueError:
        return None, None
    return date(year, month, 1), last


def _resolved(moment: Moment, published: date | None) -> Moment:
    """With `first` and `last` filled in; a date without a year is the one nearest to publication."""
    if moment.first is not None or moment.minutes or (moment.year is None and moment.month is None):
        return moment
    year = moment.year
    if year is None:
        if published is None:
            return moment
        spans = [_span(published.year + step, moment.month, moment.day)[0] for step in (-1, 0, 1)]
        nearest = min((s for s in spans if s), key=lambda s: abs((s - published).days), default=None)
        if nearest is None:
            return moment
        year = nearest.year
    if moment.decade:
        return replace(moment, first=_span(year, None, None)[0], last=_span(year + 9, None, None)[1])
    first, last = _span(year, moment.month, moment.day)
    return replace(moment, first=first, last=last)


def holds(stated: Moment, claimed: Moment) -> bool:
    """Whether a text that names `stated` bears out `claimed`: the same or within it, never coarser."""
    if claimed.minutes or stated.minutes:
        return bool(set(claimed.minutes) & set(stated.minutes))
    if claimed.weekday is not None and claimed.day is not None:
        # A day of the month with its name: the name may be wrong, and is no day of its own.
        return stated.weekday in (None, claimed.weekday) and holds(stated, replace(claimed, weekday=None))
    if stated.ahead is not None:
        following = replace(stated, first=stated.ahead, last=stated.ahead, ahead=None)
        return holds(replace(stated, ahead=None), claimed) or holds(following, claimed)
    if claimed.first and claimed.last and stated.first and stated.last:
        if claimed.weekday is not None and stated.weekday is not None:
            # The claim's own day of speaking is not known: the name of the day is what it states.
            return claimed.weekday == stated.weekday
        return claimed.first <= stated.first and stated.last <= claimed.last
    if claimed.weekday is not None:
        day = stated.first if stated.first == stated.last else None
        return claimed.weekday == (day.weekday() if day else stated.weekday)
    if claimed.relative:
        return True
    year, month, day_of_month = _fields(stated)
    pairs = ((claimed.year, year), (claimed.month, month), (claimed.day, day_of_month))
    known = [(c, s) for c, s in pairs if c is not None and s is not None]
    missing = [c for c, s in pairs[1:] if c is not None and s is None]
    return bool(known) and not missing and all(c == s for c, s in known)


def _fields(moment: Moment) -> tuple[int | None, int | None, int | None]:
    """Year, month and day as far as the writing or the days that it covers give them."""
    first, last = moment.first, moment.last
    if not first or not last:
        return moment.year, moment.month, moment.day
    same_month = (first.year, first.month) == (last.year, last.month)
    year = first.year if first.year == last.year else None
    return year, first.month if same_month else None, first.day if first == last else None


def held_by_any(claimed: Moment, stated: Sequence[Moment]) -> bool:
    """Whether one of the moments bears out `claimed`, or several do between them (a day here, its year there)."""
    if any(holds(moment, claimed) for moment in stated):
        return True
    if claimed.year is not None and claimed.month is not None and claimed.day is None and not claimed.minutes:
        return False
    if claimed.year is None or claimed.month is None:
        return False
    without_year = replace(claimed, year=None, first=None, last=None)
    undated = [replace(m, first=None, last=None) for m in stated if m.year is None and m.first is None]
    return any(holds(m, without_year) for m in undated) and any(m.year == claimed.year for m in stated)
