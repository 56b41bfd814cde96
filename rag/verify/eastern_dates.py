"""Dates in Chinese, Japanese and Korean text: "2024年3月5日", "去年", "星期二", "3월 5일"."""

from dataclasses import dataclass
from typing import Literal

import regex

EASTERN = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]"
_NARROW = str.maketrans("０１２３４５６７８９", "0123456789")
_DATE = regex.compile(
    r"(?<!\d)(?=\d)(?:(?P<year>(?:1[0-9]|20|21)\d{2})\s?[年년](?![代대])\s?)?"
    r"(?:(?P<month>1[0-2]|0?[1-9])\s?[月월]\s?)?"
    r"(?:(?P<day>3[01]|[12]\d|0?[1-9])\s?[日号號일](?![間间간]))?"
)
_WEEKDAY = regex.compile(
    r"(?:星期|礼拜|周|週)(?P<chinese>[一二三四五六日天])(?![年岁])|(?P<japanese>[月火水木金土日])曜|(?P<korean>[월화수목금토일])요일"
)
_WEEKDAYS = ("一二三四五六日", "月火水木金土日", "월화수목금토일")
Span = Literal["year", "day"]
_RELATIVE: dict[str, tuple[Span, int]] = {
    **dict.fromkeys(("今年", "올해"), ("year", 0)),
    **dict.fromkeys(("去年", "昨年", "작년", "지난해"), ("year", -1)),
    **dict.fromkeys(("明年", "来年", "來年", "내년"), ("year", 1)),
    **dict.fromkeys(("今天", "今日", "오늘"), ("day", 0)),
    **dict.fromkeys(("昨天", "昨日", "어제"), ("day", -1)),
    **dict.fromkeys(("明天", "明日", "내일"), ("day", 1)),
}
_WORDS = regex.compile("|".join(_RELATIVE))


@dataclass(frozen=True, slots=True)
class EasternDate:
    """What ``text[start:end]`` gives of a date: its fields, or how many years or days from the day of speaking."""

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    span: Span | None = None
    step: int = 0


def eastern_dates(plain: str) -> list[EasternDate]:
    """The dates in such scripts, in no order."""
    if plain.isascii():
        return []
    found = []
    for match in _DATE.finditer(plain.translate(_NARROW)):
        if match.end() > match.start():
            year, month, day = (int(part) if part else None for part in match.group("year", "month", "day"))
            if year or month or day:
                end = match.start() + len(match.group().rstrip())
                found.append(EasternDate(match.start(), end, year, month, day))
    for match in _WEEKDAY.finditer(plain):
        character = (match["chinese"] or match["japanese"] or match["korean"]).replace("天", "日")
        weekday = next(days.index(character) for days in _WEEKDAYS if character in days)
        found.append(EasternDate(match.start(), match.end(), weekday=weekday))
    for match in _WORDS.finditer(plain):
        span, step = _RELATIVE[match.group()]
        found.append(EasternDate(match.start(), match.end(), span=span, step=step))
    return found
