"""What goes into the library and what it tells: an article on its way in, addresses, changes, roots."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from index.article import Article


class Outcome(StrEnum):
    """What became of an article that was put into the library."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    MOVED = "moved"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is remembered about an address, to see later whether it still holds the same.

    `canonical`: where the page was read that names this address as its own; None where it was read here.
    """

    kind: str = "file"
    size: int | None = None
    mtime_ns: int | None = None
    content_hash: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    canonical: str | None = None
    redirected_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """An article to put, and what is known of where it was read.

    `aliases` are addresses that lead to the article's own (redirects). `moved_from` is where it was
    before: the article there keeps its id and comes along. `listed` is the export, feed or sitemap
    that holds it and the number of that reading. Without `again` an article is left out
    (`Outcome.WITHDRAWN`) that was removed from this address.
    """

    article: Article
    seen: Seen = Seen()
    aliases: tuple[str, ...] = ()
    moved_from: str | None = None
    listed: tuple[str, int] | None = None
    again: bool = True


Vanished = Callable[[str], bool]
"""Whether nothing is at an address any more, as far as can be seen without reading anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A known address, its article, and what was last seen there (`last_seen` in epoch seconds)."""

    address: str
    article_id: str
    seen: Seen
    last_seen: float
    missing_count: int


@dataclass(frozen=True, slots=True)
class Put:
    """What `put` did: the article now at `address`."""

    outcome: Outcome
    article_id: str
    address: str


@dataclass(frozen=True, slots=True)
class Change:
    """The last change to one article; `number` only grows over the library's life."""

    number: int
    article_id: str
    deleted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """Something that `sync` reads again: a folder, a file, a page, a feed, a sitemap."""

    address: str
    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)
