"""RSS and Atom feeds as sources: their entries, followed to their pages."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from index.addresses import canonical_address
from index.errors import SourceError, UnreadableSource
from index.library_values import Seen
from index.loaders import Failure
from index.loaders.bench import Bench
from index.loaders.dates import parse_date
from index.loaders.draft import finished
from index.loaders.feed import MOST_ENTRIES, Entry, parse_feed
from index.sources.fetch import Fetched, Fetcher
from index.sources.results import Completed, Found, Known, NotModified, Result
from index.sources.web import failure, list_seen, nanoseconds, read_page

FULL_TEXT = 600  # characters: an entry's content this long is the article, not a teaser


def read_feed(fetched: Fetched, fetcher: Fetcher, known: Known, bench: Bench | None = None) -> Iterator[Result]:
    """The articles of a fetched feed: each entry's page, or the entry itself where that cannot be read.

    An entry whose address is known, and which the feed does not call changed since, is not fetched.
    """
    address = canonical_address(fetched.url) or fetched.url
    try:
        entries = (bench.feed_entries if bench else parse_feed)(fetched.data, address)
    except UnreadableSource as error:
        yield failure(address, error)
        return
    partial = len(entries) > MOST_ENTRIES
    met: set[str] = set()
    for entry in entries[:MOST_ENTRIES]:
        if entry.link in met:
            continue
        met.update(filter(None, [entry.link]))
        result = _read_entry(entry, address, fetcher, known, bench)
        partial = partial or isinstance(result, Failure)
        yield result
    if len(entries) > MOST_ENTRIES:
        yield Failure(address, f"the feed lists more than {MOST_ENTRIES:,} entries; the others were left out")
    seen, count = list_seen("feed", fetched), len(entries[:MOST_ENTRIES])
    yield Completed(address=address, kind="feed", seen=seen, entries=count, partial=partial)


def unchanged(seen: Seen | None, changed: datetime | None) -> bool:
    """Whether what was `seen` is at least as new as what a feed or sitemap says of the page."""
    if seen is None:
        return False
    if changed is None or (seen.mtime_ns is not None and seen.mtime_ns >= (nanoseconds(changed) or 0)):
        return True
    stated = parse_date(seen.last_modified)
    return stated is not None and stated >= changed.replace(microsecond=0)


def _read_entry(
    entry: Entry, feed: str, fetcher: Fetcher, known: Known, bench: Bench | None
) -> Found | Failure | NotModified:
    if entry.link is None:
        return _from_entry(entry, feed, Failure(f"{feed}#{entry.name}", "the entry has no link"))
    seen = known(entry.link)
    if seen and unchanged(seen, entry.changed):
        return NotModified(address=entry.link, seen=seen, origin=feed)
    page = read_page(entry.link, fetcher, known, bench=bench, origin=feed, hint=entry.draft, changed=entry.changed)
    return _from_entry(entry, feed, page) if isinstance(page, Failure) else page


def _from_entry(entry: Entry, feed: str, page: Failure) -> Found | Failure:
    """The article in the entry itself, if it is whole; else why its `page` could not be read."""
    if len(entry.draft.text) < FULL_TEXT:
        return page
    try:
        article = finished(replace(entry.draft, url=entry.link or feed), entry.link or f"{feed}#{entry.name}")
    except SourceError:
        return page
    seen = Seen(kind="entry", content_hash=article.text_hash, mtime_ns=nanoseconds(entry.changed))
    return Found(article=article, seen=seen, origin=feed)
