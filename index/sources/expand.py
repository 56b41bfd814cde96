"""What a SOURCE argument means: a file, a folder, a page, a feed or a sitemap."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from index.addresses import canonical_address, is_web_address
from index.errors import SourceError
from index.library_values import Seen
from index.loaders import Failure
from index.loaders.bench import Bench
from index.loaders.feed import is_feed
from index.sources.fetch import DOCUMENTS, LISTS, PAGES, Fetcher
from index.sources.files import read_file, read_folder
from index.sources.results import Known, NotModified, Result, nothing_known


def source_address(source: str) -> tuple[str, str]:
    """The kind (``file``, ``folder`` or ``url``) and the address under which `source` is remembered.

    Whether a URL is a page, a feed or a sitemap shows when it is read. Raises `SourceError` for
    what is neither a URL nor there.
    """
    if not source.strip():
        raise SourceError("no source is named here; the current folder is .")
    if is_web_address(source):
        address = canonical_address(source)
        if address is None:
            raise SourceError("it is not a usable http(s) URL (or holds a user name or password)")
        return "url", address
    try:
        path = Path(source).expanduser()
        if path.exists():
            address = str(path.resolve())
            address.encode()
            return ("folder" if path.is_dir() else "file"), address
    except UnicodeEncodeError as error:
        raise SourceError("its name is not valid text (not UTF-8); rename it") from error
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: ~nobody-of-that-name
        said = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise SourceError(f"it cannot be read: {said}") from error
    if "://" in source:
        raise SourceError("only http and https are fetched")
    is_host = "." in source.partition("/")[0] and "/" in source
    hint = "; if it is a page, give its https:// URL" if is_host else ""
    raise SourceError(f"there is no such file or folder{hint}")


def expand(source: str, known: Known = nothing_known, fetcher: Fetcher | None = None) -> Iterator[Result]:
    """Everything that `source` holds, one result an entry, read as it is asked for.

    `known` says what was seen at an address before, so that what has not changed is not read
    again. Nothing that is wrong with a source is raised: it is a `Failure`. Without `fetcher` one
    with the default guards is made for a URL. Documents and pages are parsed in a process of their
    own (see `index.loaders.bench`).
    """
    try:
        kind, address = source_address(source)
    except SourceError as error:
        yield Failure(source[:500], str(error))
        return
    with Bench() as bench, ExitStack() as stack:
        if kind == "folder":
            yield from read_folder(Path(address), known, bench)
        elif kind == "file":
            yield from read_file(Path(address), known, bench)
        else:
            fetcher = fetcher or stack.enter_context(Fetcher())
            yield from read_url(address, fetcher, known, bench)


def read_url(url: str, fetcher: Fetcher, known: Known = nothing_known, bench: Bench | None = None) -> Iterator[Result]:
    """The articles at `url`: its page's, or those of the feed or the sitemap that it turns out to be."""
    from index.sources import feeds, sitemap, web

    address = canonical_address(url) or url
    seen: Seen | None = known(address)
    try:
        fetched = fetcher.fetch(
            address, PAGES | LISTS | DOCUMENTS | {"application/octet-stream"}, **web.conditions(seen, known)
        )
        if fetched.not_modified and seen:
            yield NotModified(address=address, seen=web.refreshed(seen, fetched, None), origin=address)
            return
        fetched = replace(fetched, data=sitemap.unpacked(fetched.data))
        if sitemap.is_sitemap(fetched.data):
            yield from sitemap.read_sitemap(fetched, fetcher, known, bench)
        elif is_feed(fetched.data):
            yield from feeds.read_feed(fetched, fetcher, known, bench)
        else:
            yield web.page_found(fetched, bench)
    except SourceError as error:
        yield web.failure(address, error)
