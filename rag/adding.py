"""Reading sources into the library: what is new is kept, what fails is reported, nothing is lost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.library import Library
from index.loaders import Failure
from index.sources import Found, expand

_BATCH = 100


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one entry: its outcome (added, changed, unchanged, moved, duplicate or failed).

    `reason` says why it failed; `article_id` is None then.
    """

    address: str
    outcome: str
    article_id: str | None = None
    reason: str | None = None


def add(library: Library, sources: Sequence[str | Path]) -> Iterator[Added]:
    """Read every article of `sources` (files, folders, pages, feeds, sitemaps) into the library."""
    for source in sources:
        batch: list[Found] = []
        for result in expand(str(source)):
            if isinstance(result, Failure):
                yield Added(result.address, "failed", reason=result.reason)
            elif isinstance(result, Found):
                batch.append(result)
            if len(batch) == _BATCH:
                yield from _kept(library, batch)
                batch = []
        yield from _kept(library, batch)


def _kept(library: Library, batch: Sequence[Found]) -> Iterator[Added]:
    for put in library.put_many((found.article, found.seen) for found in batch):
        yield Added(put.address, str(put.outcome), put.article_id)
