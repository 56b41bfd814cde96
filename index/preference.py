"""A preference for articles of the days that a question is about: it lifts, it never excludes."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil
from typing import Self

from index.filters import Filters, epoch

RECENT = 6  # days before the day of asking that with it are its week …
HALVED = 3  # … and for every so many days farther away what a day counts is halved …
LATELY = 30  # … down to nothing
DAY = 86_400  # seconds
DOUBT = 1.5  # weak signs are often mistaken: half the strength counts for a third


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """How much an article's day counts: all of `strength` from `first` to before `last`, the less the farther from
    them, nothing before `earliest` and from `latest` on; all in epoch seconds.

    What counts is added to a passage's score, and only days count that some article has: where all articles are
    of other days, their order is the same as without a preference.
    """

    first: int
    last: int
    earliest: int
    latest: int
    strength: float

    @classmethod
    def recent(cls, as_of: date, strength: float) -> Self:
        """The news of the day of asking; `strength` from 0 (a timeless question) to 1 (in so many words)."""
        return cls._of(as_of - timedelta(days=RECENT), as_of, LATELY, 0, strength)

    @classmethod
    def around(cls, first: date, last: date, strength: float) -> Self:
        """The days from `first` to `last`, both included, and the less the others the farther they are."""
        return cls._of(first, last, LATELY, LATELY, strength)

    @classmethod
    def _of(cls, first: date, last: date, before: int, after: int, strength: float) -> Self:
        start, end = epoch(first), epoch(last + timedelta(days=1))
        assert start is not None
        assert end is not None
        earliest, latest = start - before * DAY, end + after * DAY
        return cls(first=start, last=end, earliest=earliest, latest=latest, strength=strength)

    @property
    def share(self) -> float:
        """How much of what days can add they do add, in [0, 1] (docs/retrieval.md, Time)."""
        return float(max(0.0, self.strength) ** DOUBT)

    def value(self, published: int | None) -> float:
        """In [0, 1], of an article published then; 0 without a date."""
        if published is None or self.strength <= 0 or not self.earliest <= published < self.latest:
            return 0.0
        days = max(ceil((self.first - published) / DAY), (published - self.last) // DAY + 1, 0)
        return float(0.5 ** (days / HALVED))

    def within(self, filters: Filters) -> Filters:
        """`filters` narrowed to the days that count."""
        after = self.earliest if filters.after is None else max(self.earliest, filters.after)
        before = self.latest if filters.before is None else min(self.latest, filters.before)
        return replace(filters, after=after, before=before)
