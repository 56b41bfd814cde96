"""Files and folders as sources."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from index.article import Article
from index.library_values import Seen
from index.loaders import SUFFIXES, Failure, is_jsonl, is_known, load_file
from index.loaders.bench import Bench
from index.loaders.guard import MAX_DOCUMENT
from index.sources.results import Completed, Found, Known, NotModified, Result, nothing_known, storable

_CHUNK = 2**20


def read_file(path: Path, known: Known = nothing_known, bench: Bench | None = None) -> Iterator[Result]:
    """The articles of the file at `path`, or that it has not changed.

    Unchanged is a file of the same size and time, or of the same content (`known` is asked for its
    absolute path). The time is taken before reading: a file changed meanwhile differs next time.
    """
    address = str(path.absolute())
    try:
        path = path.resolve(strict=True)
        address = str(path)
        seen = known(address)
        state = path.stat()
        modified = storable(state.st_mtime_ns)
        if seen and (seen.size, seen.mtime_ns) == (state.st_size, modified):
            yield NotModified(address=address, seen=seen, origin=address)
            return
        readable = path.is_file() and (is_jsonl(path) or state.st_size <= MAX_DOCUMENT)
        digest = _hash(path) if readable else None
    except OSError:
        yield from _loaded(path)  # says what is wrong, and nothing else
        return
    now = Seen(
        kind="jsonl" if is_jsonl(path) else "file",
        size=state.st_size,
        mtime_ns=modified,
        content_hash=digest,
    )
    if seen and digest and seen.content_hash == digest:
        yield NotModified(address=address, seen=now, origin=address)
        return
    entries, partial = 0, False
    for result in load_file(path, bench):
        if isinstance(result, Failure):
            partial = True
            yield result
        else:
            entries += 1
            many = now.kind == "jsonl"
            yield Found(article=result, seen=_entry(result) if many else now, origin=address)
    if now.kind == "jsonl":
        yield Completed(address=address, kind="jsonl", seen=now, entries=entries, partial=partial)


def read_folder(folder: Path, known: Known = nothing_known, bench: Bench | None = None) -> Iterator[Result]:
    """The articles of every file of a known kind below `folder`, in sorted order.

    Hidden files and folders are left out, and so are symbolic links: what they point to inside
    the folder is read anyway, and what lies outside was not asked for.
    """
    folder = folder.resolve()
    files, partial = 0, False
    for item in walk(folder):
        if isinstance(item, Failure):
            partial = True
            yield item
            continue
        files += 1
        for result in read_file(item, known, bench):
            partial = partial or isinstance(result, Failure)
            yield result
    if not files:
        yield Failure(
            str(folder), f"it holds no file of a known kind ({', '.join(SUFFIXES)}); symbolic links are not followed"
        )
    yield Completed(address=str(folder), kind="folder", seen=Seen(kind="folder"), entries=files, partial=partial)


def walk(folder: Path) -> Iterator[Path | Failure]:
    """Files of a known kind below `folder`, depth first, sorted by name."""
    below: list[os.DirEntry[str] | Path] = [folder]
    while below:
        entry = below.pop()
        if isinstance(entry, os.DirEntry) and not entry.is_dir(follow_symlinks=False):
            yield Path(entry.path)
            continue
        try:
            with os.scandir(entry) as listing:
                entries = sorted(listing, key=lambda entry: entry.name, reverse=True)
        except OSError as error:
            yield Failure(str(Path(entry)), f"the folder cannot be read: {error.strerror or error}", transient=True)
            continue
        below += (each for each in entries if _is_wanted(each))


def _is_wanted(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith(".") or entry.is_symlink():
        return False
    return entry.is_dir(follow_symlinks=False) or (entry.is_file(follow_symlinks=False) and is_known(Path(entry.name)))


def _loaded(path: Path) -> Iterator[Result]:
    for result in load_file(path):
        yield result if isinstance(result, Failure) else Found(article=result, seen=Seen(), origin=result.address)


def _entry(article: Article) -> Seen:
    return Seen(kind="entry", content_hash=article.text_hash)


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
