"""How fast passages are embedded: ``python -m evals.benchmarks.embedding``.

Beside our own, a bare ONNX Runtime loop and Chroma's embedding function do the same passages with the same 32-bit
weights, and our eight-bit model does them too. They take turns in every round, so that whatever else the machine does
hits all of them alike. Ours is timed whole, tokenising included. The bare loop is given its tokens sorted by length
and padded, 32 passages a batch, and is timed over ``session.run`` alone, on a graph of standard operators with ONNX
Runtime's own threads and optimisations.
"""

import argparse
import gzip
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.benchmarks.exported import export
from index.article import Article, canonical_text
from index.minilm import MiniLM, available_cores
from index.passages import embedding_text, passages_of
from index.quantisation import overflows
from index.weights import default_cache, ensure, progress_bar

OURS, EIGHT_BIT = "MiniLM.embed", "MiniLM.embed, eight-bit"
BARE, CHROMA = "bare ONNX Runtime loop", "Chroma's ONNXMiniLM_L6_V2"
Vectors = NDArray[np.float32]
Contestant = Callable[[], tuple[float, Vectors]]
"""Embeds the passages once; returns the seconds that count, and the vectors."""


@dataclass(frozen=True, slots=True)
class Speed:
    """One contestant: medians over the rounds, and the lowest cosine between its vectors and ours."""

    name: str
    passages_per_second: float
    tokens_per_second: float
    ratio_to_bare: float
    ratio_range: tuple[float, float]
    cosine: float


def passages(articles: Path | None, count: int) -> list[str]:
    """The first passages of a JSON Lines file of articles; of made-up articles where there is none."""

    def records() -> Iterator[dict[str, str]]:
        if articles:
            with gzip.open(articles, "rt", encoding="utf-8") as lines:
                yield from map(json.loads, lines)
        chance = np.random.default_rng(1)
        words = ("council", "vote", "bridge", "harbour", "minister", "budget", "storm", "rescue", "court", "ruling")
        while True:
            sentences = (" ".join(chance.choice(words, chance.integers(5, 25))) for _ in range(60))
            yield {"title": "Made up", "text": " ".join(f"{sentence.capitalize()}." for sentence in sentences)}

    articles_read = (
        Article(text=canonical_text(record["text"]), title=record.get("title") or "", address=str(n))
        for n, record in enumerate(records())
    )
    cut = (embedding_text(passage) for article in articles_read for passage in passages_of(article))
    return list(islice(cut, count))


def bare_loop(model: bytes, tokens: list[NDArray[np.int32]]) -> Contestant:
    """ONNX Runtime over batches of 32, sorted by length and padded beforehand; averaging is not on the clock."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = available_cores()
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    order = sorted(range(len(tokens)), key=lambda n: len(tokens[n]))
    feeds = []
    for start in range(0, len(order), 32):
        rows = [tokens[n] for n in order[start : start + 32]]
        ids = np.zeros((len(rows), len(rows[-1])), np.int64)
        for target, row in zip(ids, rows, strict=True):
            target[: len(row)] = row
        mask = (np.arange(ids.shape[1]) < np.array([[len(row)] for row in rows])).astype(np.int64)
        feeds.append({"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)})

    def run() -> tuple[float, Vectors]:
        begun = time.perf_counter()
        states = [session.run(None, feed)[0] for feed in feeds]
        seconds = time.perf_counter() - begun
        sums = [(s * f["attention_mask"][..., None]).sum(axis=1) for s, f in zip(states, feeds, strict=True)]
        vectors = np.empty((len(tokens), 384), np.float32)
        vectors[order] = np.concatenate(sums)
        return seconds, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    return run


def chroma(model: bytes, tokenizer: Path, texts: list[str], folder: Path) -> Contestant:
    """Chroma's default embedding function as it is, but given our weights, as its own must be downloaded."""
    from chromadb.utils.embedding_functions.onnx_mini_lm_l6_v2 import ONNXMiniLM_L6_V2

    files = folder / ONNXMiniLM_L6_V2.EXTRACTED_FOLDER_NAME
    files.mkdir()
    for name in ("config.json", "special_tokens_map.json", "tokenizer_config.json", "vocab.txt"):
        (files / name).touch()  # only looked for
    (files / "model.onnx").write_bytes(model)
    (files / "tokenizer.json").write_bytes(tokenizer.read_bytes())
    function = ONNXMiniLM_L6_V2(preferred_providers=["CPUExecutionProvider"])
    function.DOWNLOAD_PATH = folder
    function(["warm up"])

    def run() -> tuple[float, Vectors]:
        begun = time.perf_counter()
        vectors = function(texts)
        return time.perf_counter() - begun, np.array(vectors, np.float32)

    return run


def measure(texts: list[str], rounds: int, directory: Path) -> list[Speed]:
    """Let all embed `texts` in turn, `rounds` times."""
    minilm = MiniLM(directory)
    tokens = minilm.tokenize(texts)
    model = export(directory / "model.safetensors")

    def ours(embedder: MiniLM) -> Contestant:
        def run() -> tuple[float, Vectors]:
            begun = time.perf_counter()
            vectors = embedder.embed(texts)
            return time.perf_counter() - begun, vectors

        return run

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        contestants: dict[str, Contestant] = {
            OURS: ours(minilm),
            BARE: bare_loop(model, tokens),
            CHROMA: chroma(model, directory / "tokenizer.json", texts, folder),
        }
        if not overflows():
            contestants[EIGHT_BIT] = ours(MiniLM(directory, eight_bit=True))
        seconds: dict[str, list[float]] = {name: [] for name in contestants}
        vectors: dict[str, Vectors] = {}
        for n in range(rounds):
            for name, embed in contestants.items():
                taken, vectors[name] = embed()
                seconds[name].append(taken)
                print(f"round {n + 1} of {rounds}: {name} {taken:.1f} s", file=sys.stderr)

    def speed(name: str) -> Speed:
        ratios = [bare / taken for bare, taken in zip(seconds[BARE], seconds[name], strict=True)]
        median = statistics.median(seconds[name])
        return Speed(
            name=name,
            passages_per_second=len(texts) / median,
            tokens_per_second=sum(map(len, tokens)) / median,
            ratio_to_bare=statistics.median(ratios),
            ratio_range=(min(ratios), max(ratios)),
            cosine=float((vectors[OURS] * vectors[name]).sum(axis=1).min()),
        )

    return [speed(name) for name in contestants]


def main(arguments: list[str] | None = None) -> None:
    """Measure, and print a table or JSON."""
    sample = Path(os.environ.get("RAG_SHARED_DATA", "../shared/data")) / "scale" / "articles.jsonl.gz"
    parser = argparse.ArgumentParser(prog="python -m evals.benchmarks.embedding", description=__doc__)
    parser.add_argument("--passages", type=int, default=200, help="how many (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each does them (default: %(default)s)")
    parser.add_argument("--articles", type=Path, default=sample if sample.is_file() else None, help=".jsonl.gz file")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args(arguments)
    with progress_bar() as progress:
        directory = ensure("all-minilm-l6-v2", cache=default_cache(), progress=progress)
    texts = passages(options.articles, options.passages)
    speeds = measure(texts, options.rounds, directory)
    if options.json:
        facts: dict[str, Any] = {"cores": available_cores(), "passages": len(texts), "rounds": options.rounds}
        print(json.dumps({**facts, "speeds": [asdict(speed) for speed in speeds]}, indent=2))
        return
    source = options.articles or "made-up articles"
    print(f"{len(texts)} passages of {source}, {options.rounds} rounds, {available_cores()} cores, medians\n")
    print("| | passages/s | tokens/s | ratio to the bare loop (range) | lowest cosine to ours |")
    print("|---|---:|---:|---:|---:|")
    for s in speeds:
        low, high = s.ratio_range
        ratio = f"{s.ratio_to_bare:.2f} ({low:.2f}–{high:.2f})"
        print(f"| {s.name} | {s.passages_per_second:.1f} | {s.tokens_per_second:,.0f} | {ratio} | {s.cosine:.6f} |")


if __name__ == "__main__":
    main()
