"""What adding articles costs: ``python -m evals.benchmarks.indexing``.

For each size so many news articles are added in a new process, as ``rag add`` does it: read, put into the library, cut
into passages, embedded, written to Chroma and tantivy. Told are the time, the passages a second, the most memory that
the process took, and the size of the library and its indexes on disk. The process ends with a bare ONNX Runtime loop
over the first of the same passages (see `evals.benchmarks.embedding`), so that both met the same machine. A million
articles are extrapolated: time and disk grow with the number of passages. ``--write FILE`` puts the table there.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from evals.benchmarks.embedding import bare_loop
from evals.benchmarks.exported import export
from evals.benchmarks.retrieval import articles
from evals.studies.markdown import put, table
from index.article import Article
from index.minilm import MiniLM
from index.passages import embedding_text, passages_of
from index.weights import default_cache, ensure
from rag.bot import Bot
from rag.settings import load as load_settings

SIZES = (1_000, 5_000)
MANY = 1_000_000
COMPARED = 400  # passages that the bare loop embeds


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one size: seconds, passages, MB of memory at most and on disk, the bare loop's passages a second."""

    articles: int
    passages: int
    seconds: float
    memory: float
    disk: float
    bare: float

    @property
    def rate(self) -> float:
        """Passages a second."""
        return self.passages / self.seconds


def real(count: int, data: Path | None) -> Iterator[Article]:
    """The first `count` articles of the measuring data."""
    return islice(articles(data), count)


def measure(count: int, data: Path | None, embedding: str) -> Cost:
    """Add `count` articles in this process, then let the bare loop embed some of them."""
    with tempfile.TemporaryDirectory(prefix="indexing-") as folder:
        settings = load_settings(llm="extractive", embedding=embedding).model_copy(update={"home": Path(folder)})
        with Bot(settings) as bot:
            bot.embedder.embed(["Loaded before the clock runs."])
            begun = time.perf_counter()
            for _ in bot.library.put_many(real(count, data)):
                continue
            bot.index.catch_up(lambda progress: print(f"\r{progress.passages} passages", end="", file=sys.stderr))
            seconds = time.perf_counter() - begun
            passages = bot.index.status().passages
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
        disk = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file()) / 2**20
    return Cost(count, passages, seconds, memory, disk, bare_rate(data))


def bare_rate(data: Path | None) -> float:
    """Passages a second of a bare ONNX Runtime loop, 32 bits, over the first of the same passages."""
    directory = ensure("all-minilm-l6-v2", cache=default_cache())
    texts = list(islice((embedding_text(p) for one in real(SIZES[0], data) for p in passages_of(one)), COMPARED))
    loop = bare_loop(export(directory / "model.safetensors"), MiniLM(directory).tokenize(texts))
    loop()
    seconds, _ = loop()
    return len(texts) / seconds


def report(costs: Sequence[Cost]) -> str:
    """As a Markdown table, with the extrapolation from the largest size."""
    head = ("articles", "passages", "time", "passages/s", "ratio to the bare loop", "memory at most", "on disk")
    rows = [
        [f"{c.articles:,}", f"{c.passages:,}", _clock(c.seconds), f"{c.rate:.1f}", f"{c.rate / c.bare:.2f}",
         f"{c.memory:,.0f} MB", f"{c.disk:,.0f} MB"]
        for c in costs
    ]  # fmt: skip
    last, times = costs[-1], MANY / costs[-1].articles
    rows.append(
        [f"{MANY:,} (extrapolated)", f"{last.passages * times:,.0f}", _clock(last.seconds * times), f"{last.rate:.1f}",
         "", "", f"{last.disk * times / 1_024:,.0f} GB"]
    )  # fmt: skip
    return table(head, rows)


def _clock(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7_200 else f"{seconds / 3_600:,.0f} h"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evals.benchmarks.indexing", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="articles")
    parser.add_argument("--embedding", default="local", choices=("local", "local-fast"))
    parser.add_argument("--data", type=Path, help="folder with realtimeqa/ and scale/; default: ../shared/data")
    parser.add_argument("--write", type=Path, help="a Markdown file that gets the table")
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(asdict(measure(options.measure, options.data, options.embedding))))
        return
    costs = []
    for size in options.sizes:
        command = [sys.executable, "-m", "evals.benchmarks.indexing", "--measure", str(size)]
        command += ["--embedding", options.embedding, *(["--data", str(options.data)] if options.data else [])]
        costs.append(Cost(**json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)))
    print(report(costs))
    if options.write:
        put(options.write, f"indexing, {options.embedding}", report(costs))


if __name__ == "__main__":
    main()
