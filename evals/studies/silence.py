"""When to be silent: fit and report the decisions of rag/abstention.py: ``python -m evals.studies.silence``.

Questions of which people have said whether they can be answered are searched, and the signs of the evidence are fitted
to what people said. With ``--llm local`` samples of them are put to the engine too, which is told never to be silent,
and the decisions about what a model has written are fitted; what it answered is kept, so that a second run asks only
what is new. Every figure is cross-validated over clusters. ``--write`` replaces ``rag/abstention.json``.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.calibrate.fit import Example, fit
from evals.config import EngineConfig
from evals.datasets import Question, load
from evals.studies.markdown import put, table
from evals.systems.engine import EngineSystem
from rag import abstention
from rag.abstention import EVIDENCE_SIGNS, REFUSED_SIGNS, WRITTEN_SIGNS, evidence_signs
from rag.answer_types import yes_or_no
from rag.settings import load as load_settings
from rag.verify.calibration import Logistic

# How many questions of each set the local model is asked.
SETS: Mapping[str, int] = {"golden": 300, "clapnq": 40, "multihoprag": 40, "mtrag_un": 30}
SEED = 7
FILE = Path(abstention.__file__).with_name("abstention.json")
# Shares of the answerable questions that a decision may refuse. Before a model is asked only the hopeless are; where it
# was silent itself, either must be as likely.
BEFORE, QUOTED, WRITTEN = 0.005, 0.08, 0.06
EVEN = 0.5
FOLDS = 5


@dataclass(frozen=True)
class Said:
    """A question's signs, with what people said of it. A yes or a no is decided on the evidence alone after silence."""

    dataset: str
    id: str
    cluster: str
    answerable: bool
    signs: Mapping[str, float]
    yes_or_no: bool = False


def searched(sets: Sequence[str]) -> Iterator[Said]:
    """All questions of the sets, by their evidence alone. Those for which nothing is found need no decision."""
    system = EngineSystem(EngineConfig(type="engine", settings={"llm": "extractive", "judge": "off"}, parallel=1))
    for name in sets:
        dataset = load(name)
        if dataset.articles:
            system.prepare(dataset.articles)
        for question in dataset.items:
            if isinstance(question, Question) and question.answerable is not None:
                query = system.find(question)
                if query.ranked:
                    asked, signs = query.query_str, evidence_signs(query.query_str, query.ranked)
                    yield Said(
                        name, question.id, question.cluster, question.answerable, signs, yes_or_no=yes_or_no(asked)
                    )
    system.close()


def asked(said: Sequence[Said]) -> Iterator[Said]:
    """Samples of the questions with the signs of the local model's answers, asked for what is not kept yet."""
    kept = load_settings().model_cache.parent / "studies" / "silence-local.jsonl"
    kept.parent.mkdir(parents=True, exist_ok=True)
    rows = [json.loads(line) for line in kept.read_text("utf-8").splitlines()] if kept.exists() else []
    known: dict[tuple[str, str], dict[str, float]] = {(row["dataset"], row["id"]): row["signs"] for row in rows}
    by_id = {(one.dataset, one.id): one for one in said}
    system = EngineSystem(EngineConfig(type="engine", settings={"llm": "local"}, parallel=1))
    system.never_silent()
    with kept.open("a", encoding="utf-8") as file:
        for name in dict.fromkeys(one.dataset for one in said):
            dataset = load(name, limit=SETS[name], seed=SEED)
            for question in dataset.items:
                place = name, question.id
                if not isinstance(question, Question) or place not in by_id:
                    continue
                if place not in known:
                    if dataset.articles:
                        system.prepare(dataset.articles)
                    known[place] = system.ask(question).document["signs"]
                    print(
                        json.dumps({"dataset": name, "id": question.id, "signs": known[place]}), file=file, flush=True
                    )
                    print(f"\r{name}: {question.id}", end="", file=sys.stderr)
                if "refused" in known[place]:
                    yield replace(by_id[place], signs={**known[place], **by_id[place].signs})
    system.close()


Decide = Callable[[Said], bool]
"""Whether to answer a question."""


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
                answered[place] = decide(one)
    return answered


def by_evidence(refused: float) -> Callable[[Sequence[Said]], Decide]:
    """Learns to decide on the evidence alone."""

    def learn(said: Sequence[Said]) -> Decide:
        model = fitted(said, EVIDENCE_SIGNS, refused)
        return lambda one: model.probability(one.signs) >= model.threshold

    return learn


def by_answer(said: Sequence[Said]) -> Decide:
    """Learns to decide on what a model wrote, after the decision on the evidence."""
    before = fitted(said, EVIDENCE_SIGNS, BEFORE)
    quoted = replace(before, threshold=threshold(before, said, QUOTED))
    written, refused = of_answers(said)

    def decide(one: Said) -> bool:
        after = written if not one.signs["refused"] else quoted if one.yes_or_no else refused
        return before.probability(one.signs) >= before.threshold and after.probability(one.signs) >= after.threshold

    return decide


def of_answers(said: Sequence[Said]) -> tuple[Logistic, Logistic]:
    """The decisions for answers that a model wrote, and for its silences on other questions than for a yes or a no."""
    silent = [one for one in said if one.signs["refused"] and not one.yes_or_no]
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
    said = list(searched(options.sets))
    rows = []
    for label, refused in (("before a model is asked", BEFORE), ("without a model", QUOTED)):
        answered = crossed(said, by_evidence(refused))
        rows += [[f"on the evidence, {label}; {name}", *figures(said, answered, name)] for name in options.sets]
    heard = list(asked(said)) if options.llm == "local" else []
    if heard:
        answered = crossed(heard, by_answer)
        rows += [[f"on what the local model wrote; {name}", *figures(heard, answered, name)] for name in options.sets]
    report = table(("decision and set", "silent rightly (precision)", "silent where it should be (recall)",
                    "over-refusal"), rows)  # fmt: skip
    print(report)
    if options.into:
        put(options.into, "silence", report)
    if options.write:
        write(said, heard)


def write(said: Sequence[Said], heard: Sequence[Said]) -> None:
    """Replace what is fitted in the package's file."""
    content = json.loads(FILE.read_text(encoding="utf-8"))
    before = fitted(said, EVIDENCE_SIGNS, BEFORE)
    content["evidence"] = {**_readable(before), "quoted": threshold(before, said, QUOTED)}
    if heard:
        written, refused = of_answers(heard)
        content |= {"written": _readable(written), "refused": _readable(refused)}
    FILE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _readable(model: Logistic) -> dict[str, object]:
    weights = {name: round(weight, 3) for name, weight in model.weights.items()}
    return {"intercept": round(model.intercept, 3), "weights": weights, "threshold": model.threshold}


if __name__ == "__main__":
    main()
