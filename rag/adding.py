"""Reading sources into the library: what is new is kept, what fails is reported, nothing is lost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.article import Article
from index.errors import InputError
from index.library import Library
from index.loaders import Failure, is_known, load_file


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one entry: its outcome (added, changed, unchanged, moved, duplicate or failed).

    `reason` says why it failed; `article_id` is None then.
    """

    address: str
    outcome: str
    article_id: str | None = None
    reason: str | None = None


def files(sources: Sequence[str | Path]) -> list[Path]:
    """The files that `sources` mean, in a stable order. Raises InputError for what is not there."""
    found: dict[Path, None] = {}
    for source in sources:
        path = Path(source)
        if not path.exists():
            raise InputError(f"there is no file or folder {str(source)!r}")
        found.update(dict.fromkeys(_below(path) if path.is_dir() else [path]))
    return list(found)


def add(library: Library, sources: Sequence[str | Path]) -> Iterator[Added]:
    """Read every article of `sources` into the library. Raises InputError before anything is read."""
    paths = files(sources)
    for path in paths:
        batch: list[Article] = []
        for entry in load_file(path):
            if isinstance(entry, Failure):
                yield Added(entry.address, "failed", reason=entry.reason)
            else:
                batch.append(entry)
            if len(batch) == 200:
                yield from _kept(library, batch)
                batch = []
        yield from _kept(library, batch)


def _kept(library: Library, batch: Sequence[Article]) -> Iterator[Added]:
    for put in library.put_many(batch):
        yield Added(put.address, str(put.outcome), put.article_id)


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and is_known(path) and path.is_file():
            yield path
