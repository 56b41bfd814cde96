"""When to be silent: fit and report the decisions of rag/abstention.py: ``python -m evals.studies.silence``.

Questions of which people have said whether they can be answered (samples of the golden set and of CLAPnq) are put to
the engine, which is told never to be silent, and the signs of its answers are fitted to what people said. What
it answered is kept, so that a second run asks only what is new. With ``--llm local`` the decision about written
answers is fitted as well. Every figure is cross-validated over clusters. ``--write`` replaces ``rag/abstention.json``.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.calibrate.fit import Example, fit
from evals.config import EngineConfig
from evals.datasets import Question, load
from evals.studies.markdown import put, table
from evals.systems.engine import EngineSystem
from rag import abstention
from rag.abstention import EVIDENCE_SIGNS, REFUSED_SIGNS, WRITTEN_SIGNS
from rag.settings import load as load_settings
from rag.verify.calibration import Logistic

SETS: Mapping[str, int] = {"golden": 100, "clapnq": 30}
FILE = Path(abstention.__file__).with_name("abstention.json")
# Shares of the answerable questions that a decision may refuse. Before a model is asked only the hopeless are; where it
# was silent itself, either must be as likely.
BEFORE, QUOTED, WRITTEN = 0.005, 0.08, 0.06
EVEN = 0.5
FOLDS = 5


@dataclass(frozen=True)
class Said:
    """A question's signs, with what people said of it."""

    dataset: str
    id: str
    cluster: str
    answerable: bool
    signs: Mapping[str, float]


def collect(llm: str, sets: Mapping[str, int]) -> Iterator[Said]:
    """Ask what is not kept yet. Questions for which nothing at all is found need no decision."""
    kept = load_settings().model_cache.parent / "studies" / f"silence-{llm}.jsonl"
    kept.parent.mkdir(parents=True, exist_ok=True)
    rows = [json.loads(line) for line in kept.read_text("utf-8").splitlines()] if kept.exists() else []
    known = {(row["dataset"], row["id"]): row for row in rows}
    system = EngineSystem(EngineConfig(type="engine", settings={"llm": llm}, parallel=1))
    system.never_silent()
    with kept.open("a", encoding="utf-8") as file:
        for name, limit in sets.items():
            dataset = load(name, limit=limit)
            if dataset.articles:
                system.prepare(dataset.articles)
            for question in dataset.items:
                if not isinstance(question, Question) or question.answerable is None:
                    continue
                if (name, question.id) not in known:
                    document = system.ask(question).document
                    row = {"dataset": name, "id": question.id, "signs": document["signs"]}
                    known[name, question.id] = row
                    print(json.dumps(row), file=file, flush=True)
                    print(f"\r{name}: {question.id}", end="", file=sys.stderr)
                signs = known[name, question.id]["signs"]
                if signs and (llm == "extractive" or "refused" in signs):
                    yield Said(name, question.id, question.cluster, question.answerable, signs)
    system.close()


Decide = Callable[[Mapping[str, float]], bool]
"""Whether to answer, from a question's signs."""


def crossed(said: Sequence[Said], learn: Callable[[Sequence[Said]], Decide]) -> NDArray[np.bool_]:
    """Whether each question is answered, decided by what was learnt from the clusters of other folds."""
    clusters = sorted({one.cluster for one in said})
    np.random.default_rng(0).shuffle(clusters)
    fold = {cluster: place % FOLDS for place, cluster in enumerate(clusters)}
    answered = np.zeros(len(said), bool)
    for held in range(FOLDS):
        decide = learn([one for one in said if fold[one.cluster] != held])
        for place, one in enumerate(said):
            if fold[one.cluster] == held:
                answered[place] = decide(one.signs)
    return answered


def by_evidence(refused: float) -> Callable[[Sequence[Said]], Decide]:
    """Learns to decide on the evidence alone."""

    def learn(said: Sequence[Said]) -> Decide:
        model = fitted(said, EVIDENCE_SIGNS, refused)
        return lambda signs: model.probability(signs) >= model.threshold

    return learn


def by_answer(said: Sequence[Said]) -> Decide:
    """Learns to decide on what a model wrote, after the decision on the evidence."""
    before = fitted(said, EVIDENCE_SIGNS, BEFORE)
    written, refused = of_answers(said)

    def decide(signs: Mapping[str, float]) -> bool:
        after = refused if signs["refused"] else written
        return before.probability(signs) >= before.threshold and after.probability(signs) >= after.threshold

    return decide


def of_answers(said: Sequence[Said]) -> tuple[Logistic, Logistic]:
    """The decisions for answers that a model wrote, and for its silences."""
    silent = [one for one in said if one.signs["refused"]]
    spoken = [one for one in said if not one.signs["refused"]]
    return fitted(spoken, WRITTEN_SIGNS, WRITTEN), fitted(silent, REFUSED_SIGNS, None)


def fitted(said: Sequence[Said], signs: Mapping[str, int], refused: float | None) -> Logistic:
    """Weights by `evals.calibrate.fit`; the threshold refuses at most that share of the answerable, sets counting
    alike, or is `EVEN`."""
    model = fit([Example(one.dataset, one.answerable, one.signs) for one in said], signs)
    cut = EVEN if refused is None else threshold(model, said, refused)
    return Logistic(model.intercept, model.weights, cut)


def threshold(model: Logistic, said: Sequence[Said], refused: float) -> float:
    """The `refused` quantile of the answerable questions' probabilities, each set counting alike, two digits down."""
    answerable = [one for one in said if one.answerable]
    sizes = {name: sum(one.dataset == name for one in answerable) for name in {one.dataset for one in answerable}}
    scored = sorted((model.probability(one.signs), 1 / sizes[one.dataset] / len(sizes)) for one in answerable)
    total = 0.0
    for probability, share in scored:
        total += share
        if total > refused:
            return float(np.floor(100 * probability) / 100)
    return 0.0


def figures(said: Sequence[Said], answered: NDArray[np.bool_], name: str) -> list[str]:
    """A set's abstention precision and recall, over-refusal, and questions of either kind."""
    mine = [place for place, one in enumerate(said) if one.dataset == name]
    silent = sum(not answered[place] for place in mine)
    hopeless = [place for place in mine if not said[place].answerable]
    rightly = sum(not answered[place] for place in hopeless)
    answerable = len(mine) - len(hopeless)

    def share(part: int, whole: int) -> str:
        return f"{part / whole:.2f} ({part}/{whole})" if whole else "–"

    return [share(rightly, silent), share(rightly, len(hopeless)), share(silent - rightly, answerable)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evals.studies.silence", description=__doc__)
    parser.add_argument("--llm", default="extractive", choices=("extractive", "local"))
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=list(SETS))
    parser.add_argument("--write", action="store_true", help="replace the package's decisions")
    parser.add_argument("--into", type=Path, help="a Markdown file that gets the table")
    options = parser.parse_args()
    said = list(collect(options.llm, {name: SETS[name] for name in options.sets}))
    decisions: list[tuple[str, Callable[[Sequence[Said]], Decide]]] = [
        ("on the evidence, before a model is asked", by_evidence(BEFORE)),
        ("on the evidence, without a model", by_evidence(QUOTED)),
    ]
    if options.llm == "local":
        decisions.append(("on what the local model wrote", by_answer))
    rows = []
    for label, learn in decisions:
        answered = crossed(said, learn)
        rows += [[f"{label}; {name}", *figures(said, answered, name)] for name in options.sets]
    report = table(("decision and set", "silent rightly (precision)", "silent where it should be (recall)",
                    "over-refusal"), rows)  # fmt: skip
    print(report)
    if options.into:
        put(options.into, "silence", report)
    if options.write:
        write(said, with_answer=options.llm == "local")


def write(said: Sequence[Said], *, with_answer: bool) -> None:
    """Replace what is fitted in the package's file."""
    content = json.loads(FILE.read_text(encoding="utf-8"))
    before = fitted(said, EVIDENCE_SIGNS, BEFORE)
    content["evidence"] = {**_readable(before), "quoted": threshold(before, said, QUOTED)}
    if with_answer:
        written, refused = of_answers(said)
        content |= {"written": _readable(written), "refused": _readable(refused)}
    FILE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _readable(model: Logistic) -> dict[str, object]:
    weights = {name: round(weight, 3) for name, weight in model.weights.items()}
    return {"intercept": round(model.intercept, 3), "weights": weights, "threshold": model.threshold}


if __name__ == "__main__":
    main()
