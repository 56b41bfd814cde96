"""Sitemaps as sources: their pages, the newest first."""

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from index.addresses import canonical_address, same_site
from index.errors import SourceError, UnreadableSource
from index.library_values import Seen
from index.loaders import Failure
from index.loaders.bench import Bench
from index.loaders.dates import parse_date
from index.loaders.guard import parsing
from index.sources.feeds import unchanged
from index.sources.fetch import LISTS, Fetched, Fetcher
from index.sources.results import Completed, Known, NotModified, Result
from index.sources.web import failure, list_seen, read_page

MOST_PAGES = 5_000
MOST_SITEMAPS = 200
MOST_LISTED = 50_000  # in one sitemap (sitemaps.org); what goes on past them is not read
MOST_ELEMENTS = 20 * MOST_LISTED  # of any name, in one sitemap
_DEEPEST = 3
_MAX_UNPACKED = 64 * 2**20
_START = re.compile(rb"<(?:\w+:)?(urlset|sitemapindex)[\s>]")
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """A page or another sitemap that a sitemap lists, and when it last changed, if it says so."""

    url: str
    changed: datetime | None


def unpacked(data: bytes) -> bytes:
    """`data`, unpacked if it is gzip. Raises `UnreadableSource` past 64 MB, and for what is damaged."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    unpacker = zlib.decompressobj(31)
    try:
        content = unpacker.decompress(data, _MAX_UNPACKED + 1)
    except zlib.error as error:
        raise UnreadableSource(f"its compression is damaged ({error})") from error
    if len(content) > _MAX_UNPACKED:
        raise UnreadableSource(f"it unpacks to more than {_MAX_UNPACKED // 2**20} MB")
    return content


def is_sitemap(data: bytes) -> bool:
    """Whether `data` (unpacked) is a sitemap or an index of sitemaps."""
    return _START.search(data[:4096]) is not None


def parse_sitemap(data: bytes, address: str) -> tuple[list[Place], list[Place]]:
    """The pages and the further sitemaps that the sitemap in `data` lists, the newest first.

    Of one that lists more than `MOST_LISTED` the first, and one more.
    Only those on the sitemap's own site: it speaks for no other. Raises `UnreadableSource`.
    """
    from defusedxml.ElementTree import iterparse

    pages: list[Place] = []
    sitemaps: list[Place] = []
    listed = met = depth = 0
    root: Any = None
    with parsing("a sitemap"):
        for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
            if event == "start":
                root = element if root is None else root
                depth += 1
                met += 1
                if met > MOST_ELEMENTS:
                    break
                continue
            depth -= 1
            name = element.tag.rpartition("}")[2]
            if name not in {"url", "sitemap"}:
                if depth == 1:
                    root.clear()  # what is no address is not kept either
                continue
            fields = {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in element}
            url = canonical_address(fields.get("loc", ""))
            if url and same_site(url, address):
                published = element.findtext(".//{*}publication_date")
                place = Place(url, parse_date(fields.get("lastmod") or published))
                (pages if name == "url" else sitemaps).append(place)
            root.clear()
            listed += 1
            if listed > MOST_LISTED:
                break
    for places in (pages, sitemaps):
        places.sort(key=lambda place: place.changed or _NEVER, reverse=True)
    return pages, sitemaps


def read_sitemap(
    fetched: Fetched, fetcher: Fetcher, known: Known, bench: Bench | None = None, *, most: int = MOST_PAGES
) -> Iterator[Result]:
    """The articles of the pages in a fetched sitemap and those below it, fetching at most `most` pages.

    A page that is known, and not said to have changed since, is not fetched. It does not count
    either: so the older pages of a big sitemap have their turn when it is read again.
    """
    address = canonical_address(fetched.url) or fetched.url
    sitemaps = [address]
    met: set[str] = set()
    read = 0
    partial = False
    for place in _places(fetched, fetcher, sitemaps, 0):
        if isinstance(place, Failure):
            partial = True
            yield place
            continue
        if place.url in met:
            continue
        met.add(place.url)
        seen = known(place.url)
        if seen and unchanged(seen, place.changed):
            yield NotModified(address=place.url, seen=seen, origin=address)
            continue
        if read >= most:
            partial = True
            reason = f"the sitemap lists more than {most:,} new pages; the others were left out, sync reads on"
            yield Failure(address, reason)
            break
        read += 1
        result = read_page(place.url, fetcher, known, bench=bench, origin=address, changed=place.changed)
        partial = partial or isinstance(result, Failure)
        yield result
    # That an index of sitemaps is the same says nothing of those below it: it is read again always.
    seen = list_seen("sitemap", fetched) if len(sitemaps) == 1 else Seen(kind="sitemap")
    yield Completed(address=address, kind="sitemap", seen=seen, entries=len(met), partial=partial)


def _places(fetched: Fetched, fetcher: Fetcher, read: list[str], depth: int) -> Iterator[Place | Failure]:
    address = canonical_address(fetched.url) or fetched.url
    try:
        pages, sitemaps = parse_sitemap(unpacked(fetched.data), address)
    except UnreadableSource as error:
        yield failure(address, error)
        return
    yield from pages
    if len(pages) + len(sitemaps) > MOST_LISTED:
        yield Failure(address, f"the sitemap lists more than {MOST_LISTED:,} addresses; the others were left out")
    for place in sitemaps:
        if place.url in read:
            continue
        read.append(place.url)
        if depth + 1 >= _DEEPEST or len(read) > MOST_SITEMAPS:
            yield Failure(place.url, "this sitemap lies too deep, or is one too many; it was left out")
            return
        try:
            below = fetcher.fetch(place.url, LISTS | {"application/octet-stream", "text/plain"})
        except SourceError as error:
            yield failure(place.url, error)
            continue
        yield from _places(below, fetcher, read, depth + 1)
