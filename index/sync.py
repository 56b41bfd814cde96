"""Reading sources into the library, and reading again what is known: nothing is lost, nothing lingers.

What a source holds goes into the library in batches, each a transaction; what is remembered of the
source itself (an export's hash, a feed's ETag) is written after its entries. So reading may be cut
off anywhere, and simply be done again.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from index.addresses import is_web_address
from index.duplicates import mark_copies
from index.errors import SourceError
from index.library import Library
from index.library_values import Address, Incoming, Outcome, Root, Seen
from index.loaders import Failure
from index.loaders.bench import Bench
from index.sources import (
    Completed,
    Fetcher,
    Found,
    NotModified,
    Result,
    expand,
    read_page,
    source_address,
)
from index.sources.files import walk

_BATCH = 100  # articles stored at once …
_BATCH_SECONDS = 1.0  # … or as many as came in this time
# So often in a row a page must be missing before its article goes, or a feed before it is given up:
# a site may be broken for a while.
_SIGHTINGS = {404: 3, 410: 2}
_MOST_STEPS = 5  # from an address that leads to another to the article's own


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one entry: added, changed, unchanged, moved, duplicate, removed, withdrawn or failed.

    `reason` says why it failed, or was removed. `origin` is the file, page, feed or sitemap it was
    read from. `article_id` is None for what failed, for a feed that has not changed, and for what
    was removed without an article: a feed that is gone, an address whose article has another one.
    """

    address: str
    outcome: str
    article_id: str | None = None
    reason: str | None = None
    origin: str | None = None


def add(library: Library, sources: Iterable[str | Path], fetcher: Callable[[], Fetcher] = Fetcher) -> Iterator[Entry]:
    """Read every article of `sources` (files, folders, pages, feeds, sitemaps), and remember these for `sync`.

    What has not changed since it was read is not read again; what was removed from the library and
    is in `sources` comes back. `fetcher` is called when a URL is met; who gives it closes it.
    """
    reader = _Reader(library, fetcher, again=True)
    for source in sources:
        yield from reader.read(str(source))
    mark_copies(library)


def sync(
    library: Library, fetcher: Callable[[], Fetcher] = Fetcher, only: Sequence[str] | None = None
) -> Iterator[Entry]:
    """Read again what was added (or, of that, `only` these addresses), and pages that are due.

    A file that is gone takes its article along, and so does an entry that a JSON Lines file no
    longer has, if all of that could be read; a page, when it was missing several times in a row.
    A feed or sitemap that was missing as often is given up. What it no longer lists stays, and so
    does what it listed when it goes. What was removed from the library stays away.
    """
    reader = _Reader(library, fetcher, again=False)
    roots = [root for root in library.roots() if "within" not in root.options]
    for root in roots:
        if only is None or root.address in only:
            yield from reader.read_again(root)
    if only is None:
        yield from reader.revisit({root.address for root in roots})
    mark_copies(library)


def count_files(source: str | Path) -> int | None:
    """How many files a file or folder holds; None for anything else."""
    try:
        kind, address = source_address(str(source))
    except SourceError:
        return None
    if kind == "folder":
        return sum(isinstance(item, Path) for item in walk(Path(address)))
    return 1 if kind == "file" else None


class _Reader:
    """One run over some sources."""

    def __init__(self, library: Library, fetcher: Callable[[], Fetcher], *, again: bool) -> None:
        self._library = library
        self._make_fetcher = fetcher
        self._again = again
        self._reading = time.time_ns()
        self._failed: set[str] = set()
        self._missed: set[str] = set()  # counted as missing in this run: once, however many ways lead there

    def read(self, source: str) -> Iterator[Entry]:
        """A source that somebody names."""
        try:
            kind, address = source_address(source)
        except SourceError as error:
            yield Entry(source[:500], "failed", reason=str(error), origin=source[:500])
            return
        yield from self._read(self._library.root(address) or Root(address=address, kind=kind))

    def read_again(self, root: Root) -> Iterator[Entry]:
        """A source that is known."""
        if not is_web_address(root.address) and root.kind != "folder" and _is_gone(root):
            yield from self._remove_file(root.address)
            return
        yield from self._read(root)

    def revisit(self, besides: set[str]) -> Iterator[Entry]:
        """Pages that feeds, sitemaps and exports led to, looked at again now and then."""
        due = [a for a in self._library.pages_due(time.time()) if a not in besides and a not in self._failed]
        with Bench() as bench:
            for address in due:
                result = read_page(address, self._make_fetcher(), self._known, bench=bench)
                yield from self._taken([result], Root(address=address, kind="page"), remember=False)

    def _read(self, root: Root) -> Iterator[Entry]:
        fetcher = self._make_fetcher() if is_web_address(root.address) else None
        yield from self._taken(expand(root.address, self._known, fetcher), root, remember=True)

    def _taken(self, results: Iterable[Result], root: Root, *, remember: bool) -> Iterator[Entry]:
        """Store what comes; the root is remembered as soon as there is anything to it."""
        batch: list[Found] = []
        since = time.monotonic()
        for result in results:
            if isinstance(result, Failure):
                yield from self._failure(result, root)
            elif remember:
                root, remember = self._remembered(root), False
            if isinstance(result, Found):
                batch.append(result)
            if batch and (
                len(batch) >= _BATCH or isinstance(result, Completed) or time.monotonic() - since > _BATCH_SECONDS
            ):
                yield from self._stored(batch)
                batch, since = [], time.monotonic()
            if isinstance(result, NotModified):
                yield from self._not_modified(result)
            elif isinstance(result, Completed):
                root = replace(root, kind=result.kind) if root.kind == "url" else root
                yield from self._completed(result, root)
        yield from self._stored(batch)
        if root.kind == "url" and not remember:
            self._library.put_root(replace(root, kind="page"))

    def _row(self, address: str) -> Address | None:
        """What is known of `address`, or of the one that it leads to."""
        row = self._library.address(address)
        for _ in range(_MOST_STEPS):
            if row is None or not row.seen.redirected_to:
                break
            row = self._library.address(row.seen.redirected_to)
        return row

    def _known(self, address: str) -> Seen | None:
        row = self._row(address)
        if row is not None:
            return row.seen
        # Somebody who names an export or a feed wants all of it, also what was removed since.
        return None if self._again else _seen_of(self._library.root(address))

    def _remembered(self, root: Root) -> Root:
        state = {name: value for name, value in root.state.items() if name != "missing"}
        if not is_web_address(root.address):
            state.setdefault("device", Path(root.address).stat().st_dev)
        # An export inside a folder that was added is a source of its own once it is named.
        options = {name: value for name, value in root.options.items() if name != "within"}
        root = replace(root, options=options, state=state)
        if root != self._library.root(root.address):
            self._library.put_root(root)
        return root

    def _stored(self, batch: Sequence[Found]) -> Iterator[Entry]:
        incoming = (
            Incoming(
                article=found.article,
                seen=found.seen,
                aliases=found.aliases,
                moved_from=found.moved_from,
                listed=None if found.origin == found.article.address else (found.origin, self._reading),
                again=self._again,
            )
            for found in batch
        )
        for put, found in zip(self._library.put_many(incoming, vanished=_has_vanished), batch, strict=True):
            article_id = None if put.outcome is Outcome.WITHDRAWN else put.article_id
            yield Entry(put.address, str(put.outcome), article_id, origin=found.origin)

    def _not_modified(self, result: NotModified) -> Iterator[Entry]:
        row = self._row(result.address)
        if row is not None:
            # A page's last visit is remembered, a file's only if there is something new to it.
            if row.seen != result.seen or row.missing_count or result.seen.kind == "page":
                self._library.mark_seen(row.address, result.seen)
            yield Entry(row.address, "unchanged", row.article_id, origin=result.origin)
            return
        root = self._library.root(result.address)
        if root is not None and _seen_of(root) != result.seen:
            self._library.put_root(replace(root, state={**root.state, "seen": asdict(result.seen)}))
        if result.seen.kind == "jsonl":
            for address, article_id in self._library.listed(result.address):
                yield Entry(address, "unchanged", article_id, origin=result.origin)
        else:
            yield Entry(result.address, "unchanged", origin=result.origin)

    def _failure(self, failure: Failure, root: Root) -> Iterator[Entry]:
        self._failed.add(failure.address)
        reason = failure.reason
        most = 0 if failure.status is None else _SIGHTINGS.get(failure.status, 0)
        if most and (times := self._times_missing(failure.address)):
            if times >= most:
                yield from self._gone(failure.address, reason, root.address)
                return
            reason = f"{reason} (missing {times} of {most} times before it is forgotten)"
        origin = failure.address.partition("#L")[0] if root.kind == "folder" else root.address
        yield Entry(failure.address, "failed", reason=reason, origin=origin)

    def _times_missing(self, address: str) -> int:
        """How often in a row the page, feed or sitemap at `address` was missing, now included; 0 if it is unknown."""
        row, root = self._row(address), self._library.root(address)
        own = address if row is None else row.address
        counted = own in self._missed
        self._missed.add(own)
        if row is not None:
            self._failed.add(own)
            return row.missing_count if counted else self._library.mark_missing(own)
        if root is None:
            return 0
        times = int(root.state.get("missing", 0)) + (not counted)
        self._library.put_root(replace(root, state={**root.state, "missing": times}))
        return times

    def _gone(self, address: str, reason: str, origin: str) -> Iterator[Entry]:
        """Forget what was missing too often, with the article there, if it is not known from elsewhere."""
        row, root = self._row(address), self._library.root(address)
        if row is not None and row.address != address:
            # It led to the article's page. Perhaps that is still there, and only the way to it is not.
            with Bench() as bench:
                page = read_page(row.address, self._make_fetcher(), self._known, bench=bench)
            if not isinstance(page, Failure) or page.status not in _SIGHTINGS:
                self._library.forget(address)
                if self._library.remove_root(address) and self._library.root(row.address) is None:
                    self._library.put_root(Root(address=row.address, kind="page"))
                reason = f"{reason}; its article stays, for {row.address} is not missing"
                yield Entry(address, "removed", None, reason, origin)
                yield from self._taken([page], Root(address=row.address, kind="page"), remember=False)
                return
        gone = self._library.forget(address)
        if row is not None and row.address != address:
            gone = self._library.forget(row.address)
            self._library.remove_root(row.address)
        self._library.remove_root(address)
        if row is not None and gone is None:
            reason = f"{reason}; its article stays, for it is known from elsewhere too"
        elif root is not None and root.kind in {"feed", "sitemap"}:
            reason = f"{reason}; the {root.kind} is no longer read, its articles stay"
        yield Entry(address, "removed", gone, reason, origin)

    def _completed(self, result: Completed, root: Root) -> Iterator[Entry]:
        state: dict[str, Any] = {"seen": asdict(result.seen)}
        if result.kind == "folder":
            yield from self._sweep_folder(result, root)
        elif result.kind == "jsonl":
            known = self._library.root(result.address) if root.kind == "folder" else root
            if known is None:
                known = Root(address=result.address, kind="jsonl", options={"within": root.address})
            if not result.partial:
                yield from self._sweep(result.address)
            if result.address in self._failed:  # not read to its end: read it again next time
                state = {"seen": None}
            self._library.put_root(replace(known, kind="jsonl", state={**known.state, **state}))
        else:
            if result.partial:  # all of it is read again, and what failed is tried again
                state = {"seen": None}
            self._library.put_root(replace(root, state={**root.state, **state}))

    def _sweep(self, origin: str) -> Iterator[Entry]:
        """Forget what `origin` held before, but not in this reading."""
        while swept := self._library.unlist(origin, self._reading):
            for address, gone in swept:
                if gone is not None:
                    yield Entry(address, "removed", gone, "it is no longer in the file", origin)

    def _sweep_folder(self, result: Completed, root: Root) -> Iterator[Entry]:
        """Forget files that are no longer in the folder, and what was in them."""
        folder = result.address
        device = Path(folder).stat().st_dev
        if root.state.get("device", device) != device:
            if result.entries == 0:
                reason = "it is empty, and on another disk than before; is that one mounted? Its articles are kept"
                yield Entry(folder, "failed", reason=reason, origin=folder)
                return
            self._library.put_root(replace(root, state={**root.state, "device": device}))
        below = folder.rstrip(os.sep) + os.sep
        for address in self._library.files_below(below):
            if _is_missing(address):
                yield from self._remove_file(address)
        for export in self._library.roots():
            if export.options.get("within") and export.address.startswith(below) and _is_missing(export.address):
                yield from self._remove_file(export.address)

    def _remove_file(self, address: str) -> Iterator[Entry]:
        gone = self._library.forget(address)
        if gone is not None:
            yield Entry(address, "removed", gone, "the file is gone", address)
        yield from self._sweep(address)
        self._library.remove_root(address)


def _seen_of(root: Root | None) -> Seen | None:
    known: dict[str, Any] | None = None if root is None else root.state.get("seen")
    return None if known is None else Seen(**known)


def _is_missing(path: str) -> bool:
    """Whether it is certain that there is no such file: not being allowed to look is something else."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _is_gone(root: Root) -> bool:
    """Whether the root's file was deleted; not so when the disk that it was on is not there."""
    if not _is_missing(root.address):
        return False
    there = next(parent for parent in Path(root.address).parents if parent.exists())
    device: int | None = root.state.get("device")
    return device is None or there.stat().st_dev == device


def _has_vanished(address: str) -> bool:
    """Whether `address` is that of a file, or of an entry in a file, that is no longer there."""
    if not Path(address).is_absolute():
        return False
    file, mark, _ = address.rpartition("#")
    return _is_missing(address) and (not mark or _is_missing(file))
