"""Which articles a search may return."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Both arms apply these inside their engines. Sources match in any case.

    `after` (inclusive) and `before` (exclusive) are epoch seconds in UTC; an article without a
    date passes neither. ``article_ids=()`` lets nothing pass, None everything.
    """

    sources: tuple[str, ...] = ()
    after: int | None = None
    before: int | None = None
    article_ids: tuple[str, ...] | None = None

    @classmethod
    def of(
        cls,
        source: str | Iterable[str] | None = None,
        after: date | None = None,
        before: date | None = None,
        article_ids: Iterable[str] | None = None,
    ) -> Self:
        """From sources and days: `after` begins with that day, `before` ends as that day begins."""
        sources = (source,) if isinstance(source, str) else tuple(source or ())
        ids = None if article_ids is None else tuple(article_ids)
        return cls(sources=sources, after=_epoch(after), before=_epoch(before), article_ids=ids)


def _epoch(day: date | None) -> int | None:
    if day is None:
        return None
    moment = day if isinstance(day, datetime) else datetime.combine(day, time())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp())
