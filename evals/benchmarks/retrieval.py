"""Retrieval's own time and memory: ``python -m evals.benchmarks.retrieval``.

For each size an index is filled with that many passages, and a new process asks it the questions: the question is
embedded, both arms are searched, the passages come back with their texts. How many of the nearest passages are found is
counted against a comparison with all. Real articles are taken as far as they go
and their vectors as far as the cache of the studies knows them; what is beyond is synthetic, sentences of the real
articles mixed anew, and vectors near real ones. ``--write FILE`` puts the table between the file's markers.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.datasets import Question, load
from evals.metrics.latency import percentile
from evals.studies.embeddings import CachedEmbedder
from evals.studies.markdown import put, table
from index.article import Article
from index.facade import Index
from index.filters import Filters
from index.lexical import Lexical
from index.library import Library
from index.loaders import load_file
from index.passages import embedding_text, passages_of
from index.preference import Preference
from index.ranking import Weights
from index.sentences import sentence_spans
from index.store import Store
from index.vectors import Vectors
from rag.embedder import LocalEmbedder
from rag.settings import load as load_settings

SIZES = (1_000, 15_000, 100_000)
CACHE = load_settings().model_cache.parent / "studies" / "vectors.sqlite3"
_DAY = datetime(2022, 7, 15, tzinfo=UTC)
_NOISE = 0.6  # of a synthetic vector, beside a real one of length 1
_BASE = 1_000  # real vectors that synthetic ones are near
_NEAREST = 25  # passages whose finding is counted
_WARM = 8  # questions before the clock counts


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds of one kind of search over one size, and the searching process's memory in MB.

    `cpu` is the median of the processor's time, of all threads: it does not depend on what else runs. `found` is the
    share of the nearest passages, of those that pass the filters, that a search by the cosine alone returns.
    """

    passages: int
    kind: str
    median: float
    p95: float
    cpu: float
    questions: int
    memory: float
    disk: float
    found: float | None = None


class _Near:
    """Known vectors as they are, others near a known one; as fast as 300,000 passages need it."""

    def __init__(self, known: CachedEmbedder, base: NDArray[np.float32]) -> None:
        self.name, self.dimensions = known.name, known.dimensions
        self._known, self._base = known, base
        self._random = np.random.default_rng(0)

    def embed(self, texts: Sequence[str], progress: Callable[[int], object] | None = None) -> NDArray[np.float32]:
        """See `index.embedding.Embedder`."""
        noise = self._random.standard_normal((len(texts), self.dimensions)) * (_NOISE / np.sqrt(self.dimensions))
        vectors = (self._base[self._random.integers(len(self._base), size=len(texts))] + noise).astype(np.float32)
        for place, vector in self._known.known(texts).items():
            vectors[place] = vector
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def articles(data: Path | None) -> Iterator[Article]:
    """The real ones, then mixtures of their sentences without end."""
    real = list(load("realtimeqa", data and data / "realtimeqa").articles)
    yield from real
    for more in sorted((data or Path("../shared/data")).glob("scale/articles.jsonl*")):
        real += [one for one in load_file(more) if isinstance(one, Article)]
    rng = random.Random(0)
    for number in count():
        pieces = [
            article.text[span.start : span.end]
            for article in rng.sample(real, 3)
            for span in sentence_spans(article.text[:6_000])
        ]
        rng.shuffle(pieces)
        yield Article(
            text=" ".join(pieces),
            title=rng.choice(real).title,
            address=f"https://synthetic.example/{number}",
            published=_DAY - timedelta(days=rng.randrange(3_650)),
            language="en",
        )


def some_of(stream: Iterator[Article], passages: int) -> Iterator[Article]:
    """Articles until there are so many passages."""
    have = 0
    for article in stream:
        yield article
        have += len(passages_of(article))
        if have >= passages:
            return


def build(folder: Path, size: int, data: Path | None, cache: Path) -> None:
    """An index of about `size` passages in `folder`."""
    known = CachedEmbedder(LocalEmbedder(load_settings()), cache)
    sample = [embedding_text(p) for article in some_of(articles(data), _BASE) for p in passages_of(article)]
    near = _Near(known, known.embed(sample[:_BASE]))
    with Library.open(folder / "library.db") as library, Index.open(folder, near, library) as index:
        for _ in library.put_many(some_of(articles(data), size)):
            pass
        index.catch_up(lambda progress: print(f"\r{progress.passages} passages", end="", file=sys.stderr))
        print(file=sys.stderr)


def measure(folder: Path, data: Path | None) -> list[Timing]:
    """Ask the index in `folder`, three times each question: plainly, preferring recent articles, with a date filter."""
    items = load("realtimeqa", data and data / "realtimeqa").items
    questions = [item.question for item in items if isinstance(item, Question)]
    kinds = {
        "plain": (Filters(), None),
        "recent preferred": (Filters(), Preference.recent(_DAY.date(), 1.0)),
        "one month only": (Filters.of(after=_DAY.date() - timedelta(days=30), before=_DAY.date()), None),
    }
    timings = []
    disk = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**20
    embedder = LocalEmbedder(load_settings())
    with Library.open(folder / "library.db") as library, Index.open(folder, embedder, library) as index:
        for kind, (filters, preference) in kinds.items():
            for question in questions[:_WARM]:
                index.search(question, 10, filters, preference)
            taken, worked = [], []
            for question in questions:
                start, before = time.perf_counter(), time.process_time()
                index.search(question, 10, filters, preference)
                taken.append(1_000 * (time.perf_counter() - start))
                worked.append(1_000 * (time.process_time() - before))
            timings.append(
                Timing(
                    passages=index.status().passages,
                    kind=kind,
                    median=percentile(taken, 0.5),
                    p95=percentile(taken, 0.95),
                    cpu=percentile(worked, 0.5),
                    questions=len(taken),
                    memory=_memory(),
                    disk=disk,
                )
            )
    found = {kind: _found(folder, questions, filters) for kind, (filters, wanted) in kinds.items() if wanted is None}
    return [replace(timing, found=found.get(timing.kind)) for timing in timings]


def _found(folder: Path, questions: Sequence[str], filters: Filters) -> float | None:
    """The share of the passages nearest to each question, by comparing with all that pass, which a search finds.

    None where nothing passes.
    """
    generation = Store(folder / "index").current
    assert generation is not None
    passing = Lexical(generation / "lexical", create=False).passing(filters, sys.maxsize).passage_ids or []
    with closing(Vectors(generation / "vectors", "passages", create=False)) as vectors:
        known = dict(vectors.everything())
    ids = sorted(known.keys() & passing)
    if not ids:
        return None
    embedder = LocalEmbedder(load_settings())
    cosines = embedder.embed(questions) @ np.stack([known[at] for at in ids]).T
    shares = []
    with Library.open(folder / "library.db") as library, Index.open(folder, embedder, library) as index:
        for question, row in zip(questions, cosines, strict=True):
            nearest = {ids[at] for at in np.argsort(-row)[:_NEAREST]}
            hits = index.search(question, _NEAREST, filters, weights=Weights(dense=1.0, lead=0.0))
            shares.append(len(nearest & {hit.passage.passage_id for hit in hits}) / len(nearest))
    return float(np.mean(shares))


def _memory() -> float:
    """Resident memory of this process, MB."""
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    return int(fields["VmRSS"].split()[0]) / 1_024


def report(timings: Sequence[Timing]) -> str:
    """As a Markdown table."""
    head = ("search", "passages", "median", "p95", "processor time", "memory", "on disk", "nearest found")
    rows = [
        [t.kind, f"{t.passages:,}", f"{t.median:.0f} ms", f"{t.p95:.0f} ms", f"{t.cpu:.0f} ms", f"{t.memory:,.0f} MB",
         f"{t.disk:,.0f} MB", "–" if t.found is None else f"{t.found:.1%}"] for t in timings
    ]  # fmt: skip
    return table(head, rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evals.benchmarks.retrieval", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="passages")
    parser.add_argument("--data", type=Path, help="folder with realtimeqa/ and scale/; default: ../shared/data")
    parser.add_argument("--cache", type=Path, default=CACHE, help="vectors that the studies have kept")
    parser.add_argument("--folder", type=Path, help="where to build, and to keep what was built")
    parser.add_argument("--write", type=Path, help="a Markdown file that gets the table")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps([asdict(timing) for timing in measure(options.measure, options.data)]))
        return
    timings: list[Timing] = []
    for size in options.sizes:
        folder = (options.folder or Path(tempfile.mkdtemp(prefix="retrieval-"))) / str(size)
        if not folder.exists():
            folder.mkdir(parents=True)
            build(folder, size, options.data, options.cache)
        command = [sys.executable, "-m", "evals.benchmarks.retrieval", "--measure", str(folder)]
        if options.data:
            command += ["--data", str(options.data)]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        timings += [Timing(**row) for row in json.loads(said)]
        if not options.folder:
            shutil.rmtree(folder.parent)
    print(report(timings))
    if options.write:
        put(options.write, "retrieval", report(timings))


if __name__ == "__main__":
    main()
