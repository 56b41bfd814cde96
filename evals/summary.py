"""The figures of a run: for each system and data set all that its records say, with intervals; by kind too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from evals.aggregate import abstention_figures, run_figures
from evals.figures import Figure, f1_figure, quantile_figure
from evals.measure import confidence
from evals.metrics.abstention import RiskCoverage, aurc, optimal_aurc, risk_coverage
from evals.metrics.values import LeftOut, Value, unjudged
from evals.opinions import agreements, faithfulness_of, judges_of, opinions
from evals.records import Record
from evals.robustness import effects
from evals.runs import Run
from evals.tables import headline, one_line

# What a reader wants first; everything else follows in the order measured.
HEADLINE = (
    "right",
    "correct",
    "EM",
    "F1",
    "nuggets_vital",
    "choice",
    "attack_success",
    "abstention F1",
    "over-refusal",
    "faithfulness, micro",
    "faithfulness, micro, corrected for the judge's error",
    "citation recall",
    "citation precision",
    "evidence_cited",
    "nDCG@10",
    "evidence_recall@10",
    "total_ms p50",
    "total_ms p95",
)


@dataclass(frozen=True, slots=True)
class Part:
    """One system on one data set. `by_kind` has the figures of each kind of question; `curve` is the risk–coverage
    curve over its answerable questions, with its area and that of the best order."""

    system: str
    dataset: str
    figures: tuple[Figure, ...]
    by_kind: Mapping[str, tuple[Figure, ...]]
    curve: tuple[RiskCoverage, ...]
    aurc: float | None
    best_aurc: float | None
    records: int
    errors: int

    def figure(self, name: str) -> Figure | None:
        """By name, None if it was not measured."""
        return next((one for one in self.figures if one.name == name), None)


def parts_of(run: Run) -> list[Part]:
    """Every system on every data set of a run."""
    return [
        _part(system, dataset, records, run.about.get("judge") or {})
        for dataset in run.datasets
        for system in run.systems
        if (records := run.part(system, dataset))
    ]


def _part(system: str, dataset: str, records: Sequence[Record], judge: Mapping[str, Any]) -> Part:
    kinds = list(dict.fromkeys(record.kind for record in records))
    by_kind = (
        {
            kind: run_figures([r for r in records if r.kind == kind], ["right", "evidence_cited", "nDCG@10"])
            for kind in kinds
        }
        if len(kinds) > 1
        else {}
    )
    by_kind = {kind: tuple(f for f in figures if f.value is not None) for kind, figures in by_kind.items()}
    answered = [
        (confidence(record.answer), record.metrics["correct"] == 1.0)
        for record in records
        if record.answer is not None and isinstance(record.metrics.get("correct"), float)
    ]
    sure, right = [one for one, _ in answered], [one for _, one in answered]
    return Part(
        system=system,
        dataset=dataset,
        figures=figures_of(records, judge),
        by_kind=by_kind,
        curve=tuple(risk_coverage(sure, right)),
        aurc=aurc(sure, right) if answered else None,
        best_aurc=optimal_aurc(right) if answered else None,
        records=len(records),
        errors=sum(record.error is not None for record in records),
    )


def _answerable(record: Record) -> bool:
    return isinstance(record.metrics.get("over_refusal"), float)


def figures_of(records: Sequence[Record], judge: Mapping[str, Any] = MappingProxyType({})) -> tuple[Figure, ...]:
    """All figures of one system on one data set; headline first. `judge` is what ``run.json`` says of it: with its
    sensitivity and specificity the share of supported sentences is also given corrected for its errors."""
    figures = [
        *run_figures(records),
        *_abstention(records),
        *faithfulness_of(records, judge),
        *_citations(records),
        *_latency(records),
    ]
    # Means that a better figure replaces: the macro mean is among the faithfulness figures already.
    replaced = {"faithfulness", "faithfulness_strict", "contradicted", "not_found", "judged_coverage",
                "abstained_rightly", "over_refusal", "citation_recall", "citation_precision"}  # fmt: skip
    if any(_answerable(record) and not isinstance(record.metrics.get("right"), float) for record in records):
        replaced |= {"right"}  # it would count the silences alone
    kept = [figure for figure in figures if figure.name not in replaced and _applies(figure)]
    order = {name: place for place, name in enumerate(HEADLINE)}
    return tuple(sorted(kept, key=lambda figure: order.get(figure.name, len(order))))


def _applies(figure: Figure) -> bool:
    """Whether there is a number, or should be one."""
    return figure.value is not None or any(reason.startswith("unjudged") for reason, _ in figure.left_out)


def _abstention(records: Sequence[Record]) -> tuple[Figure, ...]:
    if all(record.answerable is None for record in records) or all(r.answer is None for r in records):
        return ()
    abstained = [None if r.answer is None else bool(r.answer["abstained"]) for r in records]
    return abstention_figures([r.answerable for r in records], abstained, [r.cluster for r in records])


def _citations(records: Sequence[Record]) -> tuple[Figure, ...]:
    if all("citation_recall" not in record.metrics for record in records):
        return ()
    clusters = [record.cluster for record in records]
    recall = [record.value("citation_recall") for record in records]
    precision = [record.value("citation_precision") for record in records]
    means = run_figures(records, ["citation_recall", "citation_precision"])
    named = [replace(figure, name=figure.name.replace("_", " ")) for figure in means]
    return (*named, f1_figure("citation F1", precision, recall, clusters))


def _latency(records: Sequence[Record]) -> list[Figure]:
    figures = []
    for name in ("total_ms", "first_token_ms", "retrieve_ms"):
        values: list[Value] = [
            r.timings[name] if name in r.timings else unjudged("error") if r.error else LeftOut("no time given")
            for r in records
        ]
        if any(not isinstance(value, LeftOut) for value in values):
            figures += [quantile_figure(f"{name} p{q:.0f}", values, q / 100, unit="ms") for q in (50, 95)]
    return figures


def table(run: Run, *, every: bool = False) -> str:
    """The run's figures as text for a terminal: the headline, or `every` one."""
    lines = []
    for part in parts_of(run):
        lines.append(f"{part.system} on {one_line(part.dataset)}: {part.records} questions" + (
            f", {part.errors} errors" if part.errors else ""))  # fmt: skip
        chosen = [f for f in part.figures if every or f.name in HEADLINE]
        width = max((len(f.name) for f in chosen), default=0)
        lines += [f"  {figure.name:<{width}}  {_short(figure)}" for figure in chosen]
        for kind, figures in part.by_kind.items():
            right = next((f for f in figures if f.name == "right"), None)
            if right is not None:
                lines.append(f"  {one_line('right, ' + kind):<{width}}  {_short(right)}")
        lines += _others(run, part)
        if part.aurc is not None and every:
            lines.append(f"  AURC {part.aurc:.3f} (best order {part.best_aurc:.3f})")
        lines.append("")
    for effect in effects(run):
        lines.append(f"{effect.system} on {effect.condition}, against {effect.clean}: {effect.questions} questions")
        lines += [f"  {headline(one)}" for one in effect.metrics if every or one.metric == "right"]
        lines.append("")
    judges = [one["name"] + (f" ({one['quality']})" if one.get("quality") else "") for one in judges_of(run.about)]
    if judges:
        also = f" Also judged by {', '.join(judges[1:])}." if judges[1:] else ""
        lines += [
            f"Judge of support: {judges[0]}.{also} Intervals are 95%.",
            "No judge is needed for right, correct, EM, F1, abstention, evidence, retrieval, quotes and times.",
        ]
    if run.missing:
        lines.append(f"{run.missing} answers are still missing: run it again to go on.")
    return "\n".join(lines)


def _others(run: Run, part: Part) -> list[str]:
    """What the judges beside the first make of it."""
    records = run.part(part.system, part.dataset)
    lines = [
        f"  {figure.name} by {one.judge}: {_short(figure)}"
        for one in opinions(records, run.about)[1:]
        for figure in one.figures
        if figure.name in ("faithfulness, micro", "judged coverage")
    ]
    return [*lines, *(f"  {one.share}; {one.beyond_rules}" for one in agreements(records, run.about))]


def _short(figure: Figure) -> str:
    return str(figure).removeprefix(f"{figure.name}: ")


def to_json(run: Run) -> dict[str, Any]:
    """All figures of a run as plain values."""
    return {
        "name": run.name,
        "judge": run.about.get("judge"),
        "also_judged": run.about.get("also_judged", []),
        "missing": run.missing,
        "parts": [
            {
                "system": part.system,
                "dataset": part.dataset,
                "questions": part.records,
                "errors": part.errors,
                "figures": [figure.to_json() for figure in part.figures],
                "by_kind": {kind: [f.to_json() for f in figures] for kind, figures in part.by_kind.items()},
                "aurc": part.aurc,
                "best_aurc": part.best_aurc,
                "opinions": [
                    {"judge": one.judge, "figures": [figure.to_json() for figure in one.figures]}
                    for one in opinions(run.part(part.system, part.dataset), run.about)
                ],
                "agreement": [
                    {"judges": [one.first, one.second], "share": one.share.to_json(),
                     "beyond_rules": one.beyond_rules.to_json(),
                     "kappa": None if isinstance(one.kappa, LeftOut) else one.kappa,
                     "only_supported_by": [one.only_first, one.only_second]}
                    for one in agreements(run.part(part.system, part.dataset), run.about)
                ],
            }
            for part in parts_of(run)
        ],
        "conditions": [effect.to_json() for effect in effects(run)],
    }  # fmt: skip
