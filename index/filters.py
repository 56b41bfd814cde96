"""Which articles a search may return."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Both arms apply these inside their engines. Sources match in any case.

    `after` (inclusive), `before` and `known_by` (both exclusive) are epoch seconds in UTC; an article
    without a date passes neither of the former two, and always the third, which says what had been
    published at some time. ``article_ids=()`` lets nothing pass, None everything.
    """

    sources: tuple[str, ...] = ()
    after: int | None = None
    before: int | None = None
    article_ids: tuple[str, ...] | None = None
    known_by: int | None = None

    @classmethod
    def of(
        cls,
        source: str | Iterable[str] | None = None,
        after: date | None = None,
        before: date | None = None,
        article_ids: Iterable[str] | None = None,
        known_by: date | None = None,
    ) -> Self:
        """From sources and days: `after` from its beginning, `before` without that day, `known_by` with it."""
        sources = (source,) if isinstance(source, str) else tuple(source or ())
        ids = None if article_ids is None else tuple(article_ids)
        end = None if known_by is None else known_by + timedelta(days=1)
        return cls(sources=sources, after=epoch(after), before=epoch(before), article_ids=ids, known_by=epoch(end))


@dataclass(frozen=True, slots=True)
class Passing:
    """How many passages pass some filters, of how many in all, and their ids, unless they are too many."""

    count: int
    total: int
    passage_ids: list[str] | None


def epoch(day: date | None) -> int | None:
    """The second at which `day` begins in UTC."""
    if day is None:
        return None
    moment = day if isinstance(day, datetime) else datetime.combine(day, time())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp())
