"""RSS and Atom: what a feed lists, without the pages behind it."""

import io
import itertools
import re
import warnings
from calendar import timegm
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from index.addresses import canonical_address
from index.errors import UnreadableSource
from index.loaders.draft import Draft
from index.loaders.fragment import fragment_text

MOST_ENTRIES = 1_000
MAX_FEED = 10 * 2**20  # bytes, unpacked: parsing takes up to ten seconds a megabyte
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
