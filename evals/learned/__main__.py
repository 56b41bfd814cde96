"""Train the learned judge: ``pip install torch``, then ``python -m evals.learned [--write]``.

Reads RAGTruth's training part, RealTimeQA's articles and more of the same beside them, makes pairs, and goes through
them twice, some forty minutes on two cores. ``--write`` replaces ``rag/verify/learned.safetensors``; the combination
with the rules is fitted after that (``python -m evals.calibrate``).
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from evals.datasets import load
from evals.learned.pairs import Pair, human_pairs, news_pairs
from index.article import Article
from index.loaders import load_file
from index.minilm import MiniLM
from index.weights import default_cache, ensure
from rag.verify import learned

SEED = 5
BATCH = 32
_SORTED = 32  # batches whose pairs are sorted by length together
_SMOOTHED = 0.02  # of a label


class Pass(NamedTuple):
    """How many pairs of people's and in all one pass sees, and its highest learning rate."""

    human: int
    all: int
    rate: float


PASSES = (Pass(7_500, 19_000, 6e-4), Pass(8_000, 22_000, 4e-4))


def news_articles() -> list[Article]:
    """RealTimeQA's and more of the same beside them."""
    articles: list[Article] = list(load("realtimeqa").articles)
    for more in sorted(Path("../shared/data").glob("scale/articles.jsonl*")):
        articles += [one for one in load_file(more) if isinstance(one, Article)]
    return articles


def sample(human: Sequence[Pair], news: Sequence[Pair], one: Pass, rng: random.Random) -> list[Pair]:
    """The pairs of a pass: all that people called unsupported with some of the others, and the rest from news."""
    wrong = [pair for pair in human if not pair.label]
    right = [pair for pair in human if pair.label]
    chosen = [*wrong, *rng.sample(right, max(0, min(len(right), one.human - len(wrong))))]
    return [*chosen, *rng.sample(news, max(0, min(len(news), one.all - len(chosen))))]


def batches(lengths: Sequence[int], rng: random.Random) -> Iterator[list[int]]:
    """Positions of pairs of like length, in random order."""
    order = rng.sample(range(len(lengths)), len(lengths))
    for first in range(0, len(order), BATCH * _SORTED):
        some = sorted(order[first : first + BATCH * _SORTED], key=lambda i: lengths[i])
        groups = [some[start : start + BATCH] for start in range(0, len(some), BATCH)]
        yield from rng.sample(groups, len(groups))


def main(arguments: Sequence[str] | None = None) -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m evals.learned", description=__doc__)
    parser.add_argument("--write", action="store_true", help="replace the package's learned.safetensors")
    parser.add_argument("-o", "--out", type=Path, default=Path("learned.safetensors"))
    options = parser.parse_args(arguments)

    import torch
    from safetensors.torch import save_file

    from evals.learned.network import Network, train

    torch.manual_seed(SEED)
    rng = random.Random(SEED)
    human = list(human_pairs())
    articles = news_articles()
    rng.shuffle(articles)
    news = list(news_pairs(articles, rng))
    folder = ensure("all-minilm-l6-v2", cache=default_cache())
    tokenizer = MiniLM(folder)
    network = Network(folder / "model.safetensors")
    for one in PASSES:
        pairs = sample(human, news, one, rng)
        tokens = tokenizer.tokenize([(pair.claim, pair.evidence) for pair in pairs])
        order = list(batches([len(ids) for ids in tokens], rng))
        labels = [_SMOOTHED + (1 - 2 * _SMOOTHED) * pair.label for pair in pairs]
        train(network, [ids.tolist() for ids in tokens], labels, order, one.rate)
    save_file(network.changes(), learned.FILE if options.write else options.out)


if __name__ == "__main__":
    main()
