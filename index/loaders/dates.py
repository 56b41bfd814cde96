"""Dates as newsrooms, feeds and exports write them."""

import math
import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

_DAY = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?Z?")
_NUMERIC_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b.*")
_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{13}|\d{16}|\d{19}")
# The usual ones, tried before the library that knows them all: it takes some 50 ms for each.
_ENGLISH = ("%B %d %Y", "%d %B %Y", "%b %d %Y", "%d %b %Y", "%A %B %d %Y", "%A %d %B %Y")
# Whose month names are known: loading all of the library's two hundred takes ten seconds.
_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "sv", "da", "tr", "cs", "ja", "zh", "ar")
EARLIEST, LATEST = 1500, 2200  # years of news
_MAX_LENGTH = 100


def parse_date(value: object) -> datetime | None:
    """The moment that `value` names, in UTC, or None if it names none.

    Understands ISO 8601, ``2022/01/02``, RFC 2822, epoch seconds (or milli-, micro-, nanoseconds)
    and dates in words ("7 March 2023"). A time without a zone is taken as UTC, a day as its
    midnight. A numeric date whose day and month cannot be told apart (``03/04/2023``) is None
    rather than a guess.
    """
    try:
        moment = _moment(value)
        moment = moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
        moment = moment.astimezone(UTC) if moment else None
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment and EARLIEST <= moment.year <= LATEST else None


def _moment(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # the caller sets the zone
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return _from_number(value)
    return _from_text(value.strip()) if isinstance(value, str) and len(value) <= _MAX_LENGTH else None


def _from_number(value: float) -> datetime | None:
    if len(str(int(value))) == 8 and float(value).is_integer():
        return datetime.strptime(str(int(value)), "%Y%m%d")
    return _from_epoch(float(value)) if value else None  # zero is an empty field, not 1970


def _from_epoch(value: float) -> datetime | None:
    """Seconds, or a finer unit when the number is too large to be seconds."""
    if not math.isfinite(value):
        return None
    for _unit in ("milliseconds", "microseconds", "nanoseconds"):
        if abs(value) >= 1e11:
            value /= 1000
    return datetime.fromtimestamp(value, UTC) if abs(value) < 1e11 else None


def _from_text(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass  # not ISO 8601: try the other notations
    if _EPOCH.fullmatch(text):
        return _from_epoch(float(text))
    if match := _DAY.fullmatch(text):
        return datetime(*(int(part) for part in match.groups(default="0")))  # type: ignore[arg-type]
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        pass  # not RFC 2822 either: words are left
    return _from_words(text)


def _from_words(text: str) -> datetime | None:
    if not any(character.isdigit() for character in text):
        return None
    plain = " ".join(text.replace(",", " ").replace(".", " ").split())
    for notation in _ENGLISH:
        try:
            return datetime.strptime(plain, notation)
        except ValueError:
            continue  # the next notation
    numeric = _NUMERIC_DAY.fullmatch(text)
    if numeric and int(numeric[1]) <= 12 and int(numeric[2]) <= 12 and numeric[1] != numeric[2]:
        return None
    import dateparser

    languages = list(_LANGUAGES)
    settings = {"STRICT_PARSING": True, "PARSERS": ["absolute-time"], "DATE_ORDER": "DMY", "TIMEZONE": "UTC"}
    found: datetime | None = dateparser.parse(text, languages=languages, settings=settings)
    if found is None and numeric:
        found = dateparser.parse(text, languages=languages, settings={**settings, "DATE_ORDER": "MDY"})
    return found
