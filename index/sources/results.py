"""What reading a source yields, entry by entry."""

from collections.abc import Callable
from dataclasses import dataclass

from index.article import Article
from index.library_values import Seen
from index.loaders import Failure

_MOST = 2**63 - 1  # that a database holds: in nanoseconds the years 1677 to 2262

Known = Callable[[str], Seen | None]
"""What was seen at an address the last time, or None for an address not read before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An article that was read.

    `seen` is what to remember of its address, for reading it again. `origin` is the file, page,
    feed or sitemap that led to it (the article's own address for a single file or page).
    `aliases` are other addresses at which the same article was met: what was asked for, where it
    was redirected from. `moved_from` is set when all those redirects were permanent.
    """

    article: Article
    seen: Seen
    origin: str
    aliases: tuple[str, ...] = ()
    moved_from: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """An address that holds what it held the last time; `seen` may be fresher than what was known."""

    address: str
    seen: Seen
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """A source of many articles (`kind`: folder, jsonl, feed, sitemap) was read to its end.

    Comes after all its entries; `seen` is to be remembered once those are stored, not before.
    A feed holds only the newest: an entry that it no longer lists is not gone. A JSON Lines file
    or a folder holds all that it has, unless `partial` (an entry or a part could not be read).
    """

    address: str
    kind: str
    seen: Seen
    entries: int
    partial: bool = False


Result = Found | Failure | NotModified | Completed


def nothing_known(_: str) -> None:
    """The `Known` of a library that has read nothing yet."""


def storable(nanoseconds: int) -> int:
    """A time as it is remembered: the nearest that a database holds."""
    return max(-_MOST, min(nanoseconds, _MOST))
