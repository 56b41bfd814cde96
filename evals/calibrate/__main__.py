"""Fit and report: ``python -m evals.calibrate [--judge local] [--write]``.

Reads the dev parts of RAGTruth (QA), QAGS (XSum), SummEdits (news) and WiCE, asks the learned
judge and the local language model for the sentences that the rules leave open (the latter with
``--judge local``; its answers are kept, so that a second run asks nothing), fits the three
combinations, and reports each data set with the weights fitted to the three others. ``--write``
replaces ``rag/verify/calibration.json`` by the fit to all four.
"""

import argparse
import json
import random
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.calibrate.fit import Example, fit, response_score
from evals.calibrate.report import Scored, figures, reliability, table
from evals.calibrate.rows import DEV_PARTS, OUTSIDE, SEED, Answers, Row, read_rows
from evals.studies import markdown
from evals.studies.markdown import put
from index.weights import default_cache, ensure
from rag.verify import calibration
from rag.verify.calibration import Calibration, Logistic
from rag.verify.features import JUDGED_SIGNS, SIGNS, judged_features, log_odds
from rag.verify.judge import YesJudge
from rag.verify.learned import LearnedJudge

FILE = Path(calibration.__file__).with_name("calibration.json")


def main(arguments: Sequence[str] | None = None) -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m evals.calibrate", description=__doc__)
    parser.add_argument("--responses", type=int, default=240, help="RAGTruth responses, as many of each model")
    parser.add_argument("--judge", choices=("off", "local"), default="off", help="ask the local model what is not kept")
    parser.add_argument("--judged", type=int, default=100, help="sentences of each part that the model is asked about")
    parser.add_argument("--answers", type=Path, help="the judge's kept answers (default: in RAG_HOME)")
    parser.add_argument("--docs", type=Path, help="put a table of the figures into this file")
    parser.add_argument("--write", action="store_true", help="replace the package's calibration.json")
    options = parser.parse_args(arguments)

    learned = LearnedJudge(lambda: ensure("all-minilm-l6-v2", cache=default_cache()))
    rows = list(read_rows(learned, options.responses))
    answers = _answers(options.judge, options.answers)
    answers.collect(rows, options.judged, sys.stderr)
    report = _report(rows, list(read_rows(learned, options.responses, OUTSIDE)), answers)
    print("\n".join(report.lines))
    if options.docs:
        put(options.docs, "calibration", _summary(report.figures))
    if options.write:
        models = _fitted(rows, answers)
        content = {
            "made_by": "python -m evals.calibrate --judge local --write",
            "meaning": "P(supported) = 1 / (1 + exp(-(intercept + sum of weight * feature))); rag/verify/features.py",
            "copy": round(models.copy, 3),
            "models": {name: _readable(getattr(models, name)) for name in ("rules", "learned", "judged")},
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


UNCHANGED = {"before": 1.0}
"""A judge adds to the odds, it does not replace them: only its own weight is fitted."""
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


def _fitted(rows: Sequence[Row], answers: Answers) -> Calibration:
    """Each combination fitted upon the one before."""
    rules = fit([Example(row.dataset, row.label, row.features) for row in rows], SIGNS)
    undecided = [row for row in rows if row.tier == "open"]
    learned = fit(
        [Example(row.dataset, row.label, _with_learned(row, rules)) for row in undecided], JUDGED_SIGNS, UNCHANGED
    )
    asked = [
        Example(row.dataset, row.label, judged_features(learned.probability(_with_learned(row, rules)), log_odds(yes)))
        for row in undecided
        if (yes := answers.of(row)) is not None
    ]
    copies = [row.label for row in rows if row.tier == "copy"]
    copy = (sum(copies) + 1) / (len(copies) + 2)
    return Calibration(rules, learned, fit(asked, JUDGED_SIGNS, UNCHANGED) if asked else learned, copy)


def _with_learned(row: Row, rules: Logistic) -> dict[str, float]:
    return judged_features(rules.probability(row.features), row.learned)


TIERS = {"features": "rules and features", "learned": "the learned judge", "judge": "the local model"}
NAMES = {
    "ragtruth": "RAGTruth, sentences",
    "ragtruth responses": "RAGTruth, responses",
    "qags": "QAGS, XSum",
    "summedits": "SummEdits, news",
    "wice": "WiCE",
    "attributionbench (never fitted)": "AttributionBench (never fitted)",
}
ASKED = ", where the local model was asked"


def _report(rows: Sequence[Row], outside: Sequence[Row], answers: Answers) -> _Report:
    report = _Report()
    found: dict[str, dict[str, list[Scored]]] = {tier: {} for tier in TIERS}
    for dataset in DEV_PARTS:
        models = _fitted([row for row in rows if row.dataset != dataset], answers)
        own = [row for row in rows if row.dataset == dataset]
        for tier in ("features", "learned"):
            _add(found[tier], dataset, [_score(row, models, answers, tier) for row in own], own)
        known = _fully_judged(own, answers)
        labels = [row.label for row in known]
        if min(labels.count(True), labels.count(False)) < FEWEST or not any(row.tier == "open" for row in known):
            report.left_out.append(f"{dataset}: the judge has {len(known)} answers, too few to say anything")
            continue
        for tier in ("learned", "judge"):
            _add(found[tier], f"{dataset}{ASKED}", [_score(row, models, answers, tier) for row in known], known)
    everything = _fitted(rows, answers)
    for name in OUTSIDE:
        own = [row for row in outside if row.dataset == name]
        for tier in ("features", "learned"):
            found[tier][f"{name} (never fitted)"] = [_score(row, everything, answers, tier) for row in own]
    for tier, title in TIERS.items():
        if found[tier]:
            report.add(title, found[tier])
    report.lines += report.left_out
    return report


def _fully_judged(rows: Sequence[Row], answers: Answers) -> list[Row]:
    """The rows of groups in which nothing open is without an answer.

    Where the judge was asked for a part of the groups only, those that need no judge are thinned
    out to the same part, so that the mixture stays that of the data set.
    """
    needing = {row.group for row in rows if row.tier == "open"}
    missing = {row.group for row in rows if row.tier == "open" and answers.of(row) is None}
    share = 1 - len(missing) / len(needing) if needing else 1.0
    decided = sorted({row.group for row in rows} - needing)
    kept = (needing - missing) | set(random.Random(SEED).sample(decided, round(share * len(decided))))
    return [row for row in rows if row.group in kept]


def _score(row: Row, models: Calibration, answers: Answers, tier: str) -> Scored:
    """What the verifier would say that goes as far as `tier`."""
    model, support = models.rules, models.rules.probability(row.features)
    if row.tier == "copy":
        support = models.copy
    elif row.tier == "values":
        support = min(support, model.threshold - 0.01)
    elif tier != "features":
        model, support = models.learned, models.learned.probability(_with_learned(row, models.rules))
        if tier == "judge" and (yes := answers.of(row)) is not None:
            model, support = models.judged, models.judged.probability(judged_features(support, log_odds(yes)))
    return Scored(row.label, row.cluster, support, model.threshold)


def _add(results: dict[str, list[Scored]], name: str, scored: list[Scored], rows: Sequence[Row]) -> None:
    results[name] = scored
    if not name.startswith("ragtruth"):
        return
    groups: dict[str, list[Scored]] = {}
    for row, one in zip(rows, scored, strict=True):
        groups.setdefault(row.group, []).append(one)
    results[name.replace("ragtruth", "ragtruth responses")] = [
        Scored(
            all(one.label for one in own),
            own[0].cluster,
            response_score([one.probability for one in own]),
            own[0].threshold,
        )
        for own in groups.values()
    ]


def _summary(figures_: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    """A row for each part and tier: n, AUROC and balanced accuracy with their intervals."""
    return markdown.table(
        ("part", "who speaks last", "n", "AUROC", "balanced accuracy"),
        [
            [
                NAMES[part.removesuffix(ASKED)] + ASKED * part.endswith(ASKED),
                title,
                f"{found['n']:,}",
                *map(_interval, (found["auroc"], found["balanced_accuracy"])),
            ]
            for part in dict.fromkeys(part for results in figures_.values() for part in results)
            for title, results in figures_.items()
            if (found := results.get(part)) is not None
        ],
    )


def _interval(values: Sequence[float]) -> str:
    value, low, high = map(markdown.short, values)
    return f"{value} [{low}, {high}]"


def _readable(model: Logistic) -> dict[str, object]:
    weights = {name: round(weight, 3) for name, weight in model.weights.items()}
    return {"intercept": round(model.intercept, 3), "weights": weights, "threshold": model.threshold}


if __name__ == "__main__":
    main()
