"""Fit and report: ``python -m evals.calibrate [--judge local] [--write]``.

Reads the dev parts of RAGTruth (QA), QAGS (XSum), SummEdits (news) and WiCE, asks the local
language model for the sentences that the rules leave open (with ``--judge local``; its answers
are kept, so that a second run asks nothing), fits the two combinations, and reports each data set
with the weights fitted to the three others. ``--write`` replaces ``rag/verify/calibration.json``
by the fit to all four.
"""

import argparse
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path

from evals.calibrate.fit import Example, fit, response_score
from evals.calibrate.report import Scored, figures, reliability, table
from evals.calibrate.rows import DEV_PARTS, OUTSIDE, SEED, Answers, read_rows
from rag.verify import calibration
from rag.verify.calibration import Logistic
from rag.verify.features import JUDGED_SIGNS, SIGNS, judged_features
from rag.verify.judge import YesJudge

FILE = Path(calibration.__file__).with_name("calibration.json")


def main(arguments: Sequence[str] | None = None) -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m evals.calibrate", description=__doc__)
    parser.add_argument("--responses", type=int, default=240, help="RAGTruth responses, as many of each model")
    parser.add_argument("--judge", choices=("off", "local"), default="off", help="ask the local model what is not kept")
    parser.add_argument("--judged", type=int, default=100, help="sentences of each part that the model is asked about")
    parser.add_argument("--answers", type=Path, help="the judge's kept answers (default: in RAG_HOME)")
    parser.add_argument("--write", action="store_true", help="replace the package's calibration.json")
    options = parser.parse_args(arguments)

    rows = list(read_rows(options.responses))
    answers = _answers(options.judge, options.answers)
    answers.collect(rows, options.judged, sys.stderr)
    rules = [Example(row, row.features) for row in rows]
    copies = [row.label for row in rows if row.tier == "copy"]
    copy = (sum(copies) + 1) / (len(copies) + 2)

    outside = [Example(row, row.features) for row in read_rows(options.responses, OUTSIDE)]
    report = _report(rules, outside, answers, copy)
    print("\n".join(report.lines))
    if options.write:
        model = fit(rules, SIGNS)
        judged = fit(_judged(rules, model, answers), JUDGED_SIGNS, UNCHANGED)
        models = {"rules": _readable(model), "judged": _readable(judged)}
        content = {
            "made_by": "python -m evals.calibrate --judge local --write",
            "meaning": "P(supported) = 1 / (1 + exp(-(intercept + sum of weight * feature))); rag/verify/features.py",
            "copy": round(copy, 3),
            "models": models,
            "left_out_one_by_one": report.figures,
        }
        FILE.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _answers(judge: str, path: Path | None) -> Answers:
    from rag.llm.choose import choose
    from rag.settings import load

    settings = load(**({"llm": "local"} if judge == "local" else {}))
    path = path or settings.home / "calibration" / "answers.jsonl"
    model: YesJudge | None = None
    if judge == "local":
        choice = choose(settings)
        if choice.model is None:
            raise SystemExit(f"no local model to judge with: {choice.why}")
        model = choice.model
    return Answers("qwen2.5-coder-1.5b-instruct", path, model)


UNCHANGED = {"rules": 1.0}
"""The judge adds to the rules' odds, it does not replace them: only its own weight is fitted."""
FEWEST = 12
"""Of either label, for a part to be reported."""


class _Report:
    def __init__(self) -> None:
        self.left_out: list[str] = []
        self.lines: list[str] = []
        self.figures: dict[str, dict[str, dict[str, object]]] = {}

    def add(self, title: str, results: dict[str, list[Scored]]) -> None:
        """One table over the data sets, with the reliability of all sentences together below it."""
        self.figures[title] = {name: figures(scored) for name, scored in results.items()}
        sentences = [one for name, scored in results.items() if "responses" not in name for one in scored]
        self.lines += [f"## {title}", "", *table(self.figures[title]), "", *reliability(sentences), ""]


def _judged(examples: Sequence[Example], rules: Logistic, answers: Answers) -> list[Example]:
    """What is open and was judged, as the combination with the judge sees it."""
    return [
        Example(example.row, judged_features(rules.probability(example.features), yes))
        for example in examples
        if example.row.tier == "open" and (yes := answers.of(example.row)) is not None
    ]


def _report(examples: Sequence[Example], outside: Sequence[Example], answers: Answers, copy: float) -> _Report:
    report = _Report()
    without: dict[str, list[Scored]] = {}
    with_judge: dict[str, list[Scored]] = {}
    for dataset in DEV_PARTS:
        others = [example for example in examples if example.row.dataset != dataset]
        own = [example for example in examples if example.row.dataset == dataset]
        rules = fit(others, SIGNS)
        _add(without, dataset, [_score(example, rules, copy) for example in own], own)
        known = _fully_judged(own, answers)
        labels = [example.row.label for example in known]
        if min(labels.count(True), labels.count(False)) < FEWEST or not any(e.row.tier == "open" for e in known):
            report.left_out.append(f"{dataset}: the judge has {len(known)} answers, too few to say anything")
            continue
        judge = fit(_judged(others, rules, answers), JUDGED_SIGNS, UNCHANGED)
        judged = {id(one.row): one for one in _judged(known, rules, answers)}
        scored = [
            _score(judged[id(one.row)], judge, copy) if one.row.tier == "open" else _score(one, rules, copy)
            for one in known
        ]
        _add(with_judge, dataset, scored, known)
    everything = fit(examples, SIGNS)
    for name in OUTSIDE:
        without[f"{name} (never fitted)"] = [_score(e, everything, copy) for e in outside if e.row.dataset == name]
    report.add("Rules and features", without)
    if with_judge:
        report.add("With the local model as judge", with_judge)
    report.lines += report.left_out
    return report


def _fully_judged(examples: Sequence[Example], answers: Answers) -> list[Example]:
    """The examples of groups in which nothing open is without an answer.

    Where the judge was asked for a part of the groups only, those that need no judge are thinned
    out to the same part, so that the mixture stays that of the data set.
    """
    needing = {e.row.group for e in examples if e.row.tier == "open"}
    missing = {e.row.group for e in examples if e.row.tier == "open" and answers.of(e.row) is None}
    share = 1 - len(missing) / len(needing) if needing else 1.0
    decided = sorted({e.row.group for e in examples} - needing)
    kept = (needing - missing) | set(random.Random(SEED).sample(decided, round(share * len(decided))))
    return [example for example in examples if example.row.group in kept]


def _score(example: Example, model: Logistic, copy: float) -> Scored:
    """What the verifier would say."""
    row = example.row
    probability = copy if row.tier == "copy" else model.probability(example.features)
    if row.tier == "values":
        probability = min(probability, model.threshold - 0.01)
    return Scored(row.label, row.cluster, probability, model.threshold)


def _add(results: dict[str, list[Scored]], dataset: str, scored: list[Scored], examples: Sequence[Example]) -> None:
    results[dataset] = scored
    if dataset != "ragtruth":
        return
    groups: dict[str, list[Scored]] = {}
    for example, one in zip(examples, scored, strict=True):
        groups.setdefault(example.row.group, []).append(one)
    results["ragtruth responses"] = [
        Scored(
            all(one.label for one in own),
            own[0].cluster,
            response_score([one.probability for one in own]),
            own[0].threshold,
        )
        for own in groups.values()
    ]


def _readable(model: Logistic) -> dict[str, object]:
    weights = {name: round(weight, 3) for name, weight in model.weights.items()}
    return {"intercept": round(model.intercept, 3), "weights": weights, "threshold": model.threshold}


if __name__ == "__main__":
    main()
