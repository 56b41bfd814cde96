"""RSS and Atom feeds as sources: their entries, followed to their pages."""

import io
import itertools
import re
import warnings
from calendar import timegm
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from index.addresses import canonical_address
from index.errors import SourceError, UnreadableSource
from index.library_values import Seen
from index.loaders import Failure
from index.loaders.bench import Bench
from index.loaders.dates import parse_date
from index.loaders.draft import Draft, finished
from index.loaders.fragment import fragment_text
from index.sources.fetch import Fetched, Fetcher
from index.sources.results import Completed, Found, Known, NotModified, Result
from index.sources.web import failure, list_seen, nanoseconds, read_page

MOST_ENTRIES = 1_000
MAX_FEED = 10 * 2**20  # bytes, unpacked: parsing takes up to ten seconds a megabyte
FULL_TEXT = 600  # characters: an entry's content this long is the article, not a teaser
_FEED = re.compile(rb"<(?:rss|feed|rdf:RDF)[\s>]", re.IGNORECASE)
_ENTRY = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_COMMENTS = re.compile(rb"<\?.*?\?>|<!--.*?-->", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of a feed: where its page is, and what the feed itself holds of it."""

    link: str | None
    name: str
    draft: Draft
    changed: datetime | None


def is_feed(data: bytes) -> bool:
    """Whether `data` is an RSS or Atom feed, by its first element."""
    start = _COMMENTS.sub(b"", data[:8192]).lstrip(b"\xef\xbb\xbf \t\r\n")
    start = re.sub(rb"^<!DOCTYPE[^>\[]*>\s*", b"", start, flags=re.IGNORECASE)
    return _FEED.match(start) is not None


def read_feed(fetched: Fetched, fetcher: Fetcher, known: Known, bench: Bench | None = None) -> Iterator[Result]:
    """The articles of a fetched feed: each entry's page, or the entry itself where that cannot be read.

    An entry whose address is known, and which the feed does not call changed since, is not fetched.
    """
    address = canonical_address(fetched.url) or fetched.url
    try:
        entries = parse_feed(fetched.data, address)
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


def parse_feed(data: bytes, address: str) -> list[Entry]:
    """The entries of the feed in `data`, in its order, one more than are read if there are so many.

    Raises `UnreadableSource` when it is none.
    """
    if b"<!ENTITY" in data:
        raise UnreadableSource("refused: the feed's XML declares entities")
    if len(data) > MAX_FEED:
        raise UnreadableSource(f"the feed is larger than {MAX_FEED // 2**20} MB")
    import feedparser

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            feed = feedparser.parse(io.BytesIO(_newest(data)), response_headers={"content-location": address})
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise UnreadableSource(f"the feed cannot be read ({error})") from error
    if not feed.get("version") and not feed.entries:
        raise UnreadableSource(f"it is not a feed that can be read ({feed.get('bozo_exception', 'unknown kind')})")
    language = feed.feed.get("language")
    return [_entry(entry, address, language) for entry in feed.entries[: MOST_ENTRIES + 1]]


def _newest(data: bytes) -> bytes:
    """Of a feed with more entries than are read only these and one more: each costs kilobytes of memory."""
    starts = itertools.islice(_ENTRY.finditer(data), MOST_ENTRIES + 1, None)
    return data[: first.start()] if (first := next(starts, None)) else data


def unchanged(seen: Seen | None, changed: datetime | None) -> bool:
    """Whether what was `seen` is at least as new as what a feed or sitemap says of the page."""
    if seen is None:
        return False
    if changed is None or (seen.mtime_ns is not None and seen.mtime_ns >= (nanoseconds(changed) or 0)):
        return True
    stated = parse_date(seen.last_modified)
    return stated is not None and stated >= changed.replace(microsecond=0)


def _entry(entry: Any, address: str, language: str | None) -> Entry:
    # Past feedparser's own look-up, which gives one date for the other.
    updated = _moment(dict.get(entry, "updated_parsed"))
    published = _moment(dict.get(entry, "published_parsed")) or updated
    bodies = [fragment_text(str(content.get("value") or "")) for content in entry.get("content") or ()]
    bodies.append(fragment_text(str(entry.get("summary") or "")))
    link = canonical_address(str(entry.get("link") or ""), address)
    names = [str(author.get("name") or "") for author in entry.get("authors") or ()]
    draft = Draft(
        text=max(bodies, key=len),
        title=fragment_text(str(entry.get("title") or "")) or None,
        url=link,
        published=published,
        authors=tuple(filter(None, names)) or tuple(filter(None, [str(entry.get("author") or "")])),
        language=language,
    )
    name = str(entry.get("id") or link or draft.title or "entry")[:500]
    return Entry(link=link, name=name, draft=draft, changed=updated or published)


def _moment(parsed: Any) -> datetime | None:
    """feedparser's nine-tuple, which is in UTC."""
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None
    except (ValueError, TypeError, OverflowError, OSError):
        return None


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
