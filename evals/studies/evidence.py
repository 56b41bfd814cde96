"""Which sentences answer: fit and report the weights of rag/relevance.py: ``python -m evals.studies.evidence``.

Questions whose supporting sentences people have marked (the golden set, CLAPnq) are searched as users' questions are;
the weights make the marked sentences as likely as they can be among those found. Each set is reported with the weights
fitted to the others. ``--write`` replaces ``rag/evidence_weights.json`` by the fit to all.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.config import EngineConfig
from evals.datasets import Evidence, Question, load
from evals.studies.markdown import mean_with_interval, put, table
from evals.systems.engine import EngineSystem
from index.search import Hit
from rag import relevance
from rag.evidence import pack, rank_sentences
from rag.llm.choose import LOCAL_CONTEXT
from rag.relevance import Candidate, Encoder, candidates, features, softmax
from rag.tokens import tokens

SETS = ("golden", "clapnq")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "tokens": ("own", "lift", "passage", "words", "offers", "named"),
    "cosine": ("dense", "passage", "words", "offers", "named"),
    "words": ("passage", "words", "offers", "named"),
}
FILE = Path(relevance.__file__).with_name("evidence_weights.json")
RIDGE = 0.001
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A question with what was found for it.

    `parts` has, for each part of the question, an array (sentences looked at, columns); `gold` the rows of each needed
    piece of evidence, without those that the search missed.
    """

    question: Question
    asked: str
    hits: Sequence[Hit]
    parts: tuple[Array, ...]
    gold: tuple[tuple[int, ...], ...]


class CosinesOnly:
    """An embedding model that tells no token states, as one at an endpoint."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def __call__(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        return self._encoder(texts)

    def encode(self, texts: Sequence[str], /) -> None:
        """None: it has none."""


def examples(name: str, system: EngineSystem, model: str) -> Iterator[Example]:
    """The set's questions with marked evidence; `model` names the columns."""
    dataset = load(name)
    if dataset.articles:
        system.prepare(dataset.articles)
    for question in dataset.items:
        if isinstance(question, Question) and question.evidence:
            query = system.find(question)
            encoder = {"tokens": system.encoder, "cosine": CosinesOnly(system.encoder), "words": None}[model]
            found = candidates(query.query_str, query.hits)
            seen = features(query.query_str, found, encoder, query.days)
            looked_at = [found[row] for row in seen.rows]
            groups = [
                tuple(at for at, one in enumerate(looked_at) if any(covers(one, gold) for gold in group))
                for group in question.evidence
            ]
            parts = tuple(np.stack([part[n] for n in COLUMNS[model]], axis=1).astype(float) for part in seen.columns)
            yield Example(question, query.query_str, query.hits, parts, tuple(group for group in groups if group))


def covers(one: Candidate, gold: Evidence) -> bool:
    """Whether the sentence overlaps what was marked."""
    if gold.start is None or gold.end is None:
        return False
    return one.hit.passage.article_id == gold.article_id and gold.start < one.place.end and one.place.start < gold.end


def fit(found: Sequence[Example]) -> Array:
    """Weights ≥ 0, one for each column, that minimise ``-mean log P(marked sentence) + RIDGE · |w|²``.

    Of a question of several parts a marked sentence counts for the part that makes it likeliest.
    """
    from scipy.optimize import minimize

    def loss(w: Array) -> tuple[float, Array]:
        value, slope = RIDGE * float(w @ w), 2 * RIDGE * w
        for one in found:
            share = 1 / (len(found) * max(1, len(one.gold)))
            odds = [softmax((part @ w).astype(np.float32)).astype(float) for part in one.parts]
            for group in one.gold:
                rows = list(group)
                at = max(range(len(odds)), key=lambda part: float(odds[part][rows].sum()))
                p, x = odds[at], one.parts[at]
                marked = np.zeros_like(p)
                marked[rows] = p[rows] / max(1e-9, float(p[rows].sum()))
                value -= share * float(np.log(max(1e-9, p[rows].sum())))
                slope = slope - share * (x.T @ (marked - p))
        return value, slope

    width = found[0].parts[0].shape[1]
    best = minimize(loss, np.zeros(width), jac=True, method="L-BFGS-B", bounds=[(0, None)] * width)
    return np.asarray(best.x)


def first_two(one: Example, weights: Array) -> float:
    """Share of the marked pieces that are among the two likeliest sentences."""
    odds = np.mean([softmax((part @ weights).astype(np.float32)) for part in one.parts], axis=0)
    best = set(np.argsort(-odds)[:2].tolist())
    return sum(bool(best & set(group)) for group in one.gold) / max(1, len(one.question.evidence))


def shown(one: Example, encoder: Encoder | None, budget: int) -> tuple[float, float]:
    """Shares of the marked pieces in what `budget` tokens hold beside the question, and in the whole passages found."""
    ranked = rank_sentences(one.asked, one.hits, encoder)
    packed = [(s.article_id, s.start, s.end) for s in pack(ranked, budget - tokens(one.asked))]
    whole = [(hit.passage.article_id, hit.passage.start, hit.passage.end) for hit in one.hits]
    return share_held(one.question, packed), share_held(one.question, whole)


def share_held(question: Question, spans: Sequence[tuple[str, int, int]]) -> float:
    """Share of the marked pieces of `question` that are within the spans (article, start, end)."""
    groups = question.evidence
    return sum(any(_within(gold, spans) for gold in group) for group in groups) / len(groups)


def _within(gold: Evidence, spans: Sequence[tuple[str, int, int]]) -> bool:
    assert gold.start is not None
    assert gold.end is not None
    return any(article == gold.article_id and gold.start < end and start < gold.end for article, start, end in spans)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evals.studies.evidence", description=__doc__)
    parser.add_argument("--write", action="store_true", help="replace the package's weights")
    parser.add_argument("--into", type=Path, help="a Markdown file that gets the table")
    options = parser.parse_args()
    system = EngineSystem(EngineConfig(type="engine", settings={"llm": "extractive", "judge": "off"}, parallel=1))
    models: dict[str, dict[str, float]] = {}
    rows: list[list[str]] = []
    for model, columns in COLUMNS.items():
        found = {name: list(examples(name, system, model)) for name in SETS}
        for name in SETS:
            others = [one for other in SETS if other != name for one in found[other]]
            weights, clusters = fit(others), [one.question.cluster for one in found[name]]
            firsts = mean_with_interval([first_two(one, weights) for one in found[name]], clusters)
            row = [f"{name}, {model}", str(len(found[name])), firsts]
            if model == "tokens":
                both = [shown(one, system.encoder, LOCAL_CONTEXT) for one in found[name]]
                row += [mean_with_interval([b[i] for b in both], clusters) for i in (0, 1)]
            rows.append(row + [""] * (5 - len(row)))
        together = fit([one for name in SETS for one in found[name]])
        models[model] = {n: round(float(w), 2) for n, w in zip(columns, together, strict=True) if w > 0}
    system.close()
    report = table(
        ("set, what is compared", "questions", "in the first two (weights of the other set)",
         f"in {LOCAL_CONTEXT} tokens with the question, as shipped", "in the passages found"), rows)  # fmt: skip
    print(report, json.dumps(models, indent=1), sep="\n\n")
    if options.into:
        put(options.into, "evidence", report)
    if options.write:
        content = json.loads(FILE.read_text(encoding="utf-8")) | {"models": models}
        FILE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
