"""Web pages as sources: one page, one article."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit

from index.addresses import canonical_address, same_site
from index.errors import FetchError, SourceError
from index.library_values import Seen
from index.loaders import Failure
from index.loaders.bench import Bench
from index.loaders.decode import decode
from index.loaders.draft import Draft, finished
from index.loaders.html import page_draft
from index.loaders.load import load_draft
from index.sources.fetch import DOCUMENTS, PAGES, Fetched, Fetcher
from index.sources.results import Found, Known, NotModified, nothing_known, storable

_EPOCH = datetime.fromtimestamp(0, UTC)
_SUFFIX_OF = {"application/pdf": ".pdf", "text/plain": ".txt", "text/markdown": ".md"}


class Conditions(TypedDict, total=False):
    """Those arguments of `Fetcher.fetch` that make it conditional."""

    etag: str | None
    last_modified: str | None
    same: Callable[[str], bool]


def read_page(
    url: str,
    fetcher: Fetcher,
    known: Known = nothing_known,
    *,
    bench: Bench | None = None,
    origin: str | None = None,
    hint: Draft | None = None,
    changed: datetime | None = None,
) -> Found | Failure | NotModified:
    """The article at `url`, or that it has not changed since `known`, or why there is none.

    `hint` fills in what the page does not say (title, date, authors); `changed` is when a feed or
    sitemap says that it last changed; `origin` is that feed or sitemap. With `bench` the page is
    parsed in its process.
    """
    address = canonical_address(url)
    if address is None:
        return Failure(url[:500], "it is not a usable http(s) URL (or holds a user name or password)")
    seen = known(address)
    try:
        fetched = fetcher.fetch(address, PAGES | DOCUMENTS, **conditions(seen, known))
        if fetched.not_modified and seen:
            return NotModified(address=address, seen=refreshed(seen, fetched, changed), origin=origin or address)
        return page_found(fetched, bench, origin=origin, hint=hint, changed=changed)
    except SourceError as error:
        return failure(address, error)


def conditions(seen: Seen | None, known: Known) -> Conditions:
    """The conditions under which what was `seen` need not be sent again, there or at a redirect that led there."""
    if seen is None:
        return {}

    def same(place: str) -> bool:
        address = canonical_address(place) or place
        return address == seen.redirected_to or known(address) == seen

    return {"etag": seen.etag, "last_modified": seen.last_modified, "same": same}


def failure(address: str, error: SourceError) -> Failure:
    """What `error` says of `address`."""
    if isinstance(error, FetchError):
        return Failure(address, str(error), status=error.status, transient=error.transient)
    return Failure(address, str(error))


def page_found(
    fetched: Fetched,
    bench: Bench | None = None,
    *,
    origin: str | None = None,
    hint: Draft | None = None,
    changed: datetime | None = None,
) -> Found:
    """The article of a page that was fetched. Raises `SourceError` when it holds none."""
    if fetched.media_type in DOCUMENTS:
        draft = _document(fetched, bench)
    else:
        html = decode(fetched.data, fetched.charset)
        draft = bench.page_draft(html, fetched.url) if bench else page_draft(html, fetched.url)
    if hint:
        draft = replace(
            draft,
            title=draft.title or hint.title,
            published=draft.published or hint.published,
            authors=draft.authors or hint.authors,
        )
    final = canonical_address(fetched.url) or fetched.url
    address = _identity(draft.url, final)
    article = finished(replace(draft, url=address), address)
    met = dict.fromkeys(filter(None, map(canonical_address, (fetched.asked, *fetched.hops, fetched.url))))
    seen = Seen(
        kind="page",
        content_hash=article.text_hash,
        etag=fetched.etag,
        last_modified=fetched.last_modified,
        mtime_ns=nanoseconds(changed),
        canonical=final if address not in met else None,
    )
    asked = canonical_address(fetched.asked)
    return Found(
        article=article,
        seen=seen,
        origin=origin or address,
        aliases=tuple(alias for alias in met if alias != address),
        moved_from=asked if fetched.permanent and asked != address else None,
    )


def refreshed(seen: Seen, fetched: Fetched, changed: datetime | None) -> Seen:
    """`seen` with what a 304 answer brought along."""
    return replace(
        seen,
        etag=fetched.etag or seen.etag,
        last_modified=fetched.last_modified or seen.last_modified,
        mtime_ns=seen.mtime_ns if changed is None else nanoseconds(changed),
    )


def list_seen(kind: str, fetched: Fetched) -> Seen:
    """What to remember of a feed or sitemap, known by the address asked for: where it was read, in what state."""
    final = canonical_address(fetched.url) or fetched.url
    return Seen(
        kind=kind,
        etag=fetched.etag,
        last_modified=fetched.last_modified,
        redirected_to=final if final != canonical_address(fetched.asked) else None,
    )


def nanoseconds(changed: datetime | None) -> int | None:
    """When a feed or sitemap says that a page changed, as it is remembered.

    Apart from the Last-Modified of the page's own server, which alone is sent back to that server:
    a date of the feed's that lies ahead would be answered with 304 for ever.
    """
    if changed is None:
        return None
    return storable((changed - _EPOCH) // timedelta(microseconds=1) * 1000)


def _identity(canonical: str | None, final: str) -> str:
    """The page's address: its canonical link, where that is believable, else where it was read.

    Not believed: a link to another site, and one to the front page from below it.
    """
    if not canonical or not same_site(canonical, final):
        return final
    front = urlsplit(canonical).path in {"", "/"} and not urlsplit(canonical).query
    return final if front and urlsplit(final).path not in {"", "/"} else canonical


def _document(fetched: Fetched, bench: Bench | None) -> Draft:
    with _temporary(fetched.data, _SUFFIX_OF[fetched.media_type]) as path:
        return bench.load_draft(path) if bench else load_draft(path)


@contextmanager
def _temporary(data: bytes, suffix: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="article-rag-") as folder:
        path = Path(folder) / f"page{suffix}"
        path.write_bytes(data)
        yield path
