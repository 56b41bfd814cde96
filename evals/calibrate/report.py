"""What the calibration is worth: figures with intervals, on data that the fit did not see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evals.metrics.judging import auroc, balanced_accuracy, brier, reliability_bins
from evals.statistics import cluster_bootstrap

RATES = (0.05, 0.1, 0.2)
"""Shares of unsupported sentences at which the precision of a mark is told: what real answers have."""

Statistic = Callable[[ArrayLike, ArrayLike, ArrayLike | None], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Scored:
    """One thing that people judged, with the probability given to it."""

    label: bool
    cluster: str
    probability: float
    threshold: float

    @property
    def marked(self) -> bool:
        """Whether it would be shown as not supported."""
        return self.probability < self.threshold


def figures(scored: Sequence[Scored]) -> dict[str, object]:
    """n, share supported, AUROC, balanced accuracy and Brier score with 95 % cluster-bootstrap intervals; and of a
    mark "not supported": recall, share of supported ones marked, and its precision at the `RATES`."""
    labels = [one.label for one in scored]
    scores = [one.probability for one in scored]
    verdicts = [not one.marked for one in scored]
    clusters = [one.cluster for one in scored]
    recall = _share(one.marked for one in scored if not one.label)
    false = _share(one.marked for one in scored if one.label)
    return {
        "n": len(scored),
        "supported": round(float(np.mean(labels)), 3),
        "auroc": _with_interval(auroc, labels, scores, clusters),
        "balanced_accuracy": _with_interval(balanced_accuracy, labels, verdicts, clusters),
        "brier": _with_interval(brier, labels, scores, clusters),
        "marks": {
            "recall": round(recall, 3),
            "supported_marked": round(false, 3),
            "precision_at": {str(rate): round(_precision(recall, false, rate), 3) for rate in RATES},
        },
    }


def _share(values: object) -> float:
    listed = list(values)  # type: ignore[call-overload]
    return float(np.mean(listed)) if listed else 0.0


def _precision(recall: float, false: float, rate: float) -> float:
    """Share of marked sentences that are unsupported, where `rate` of all are (Bayes)."""
    marked = recall * rate + false * (1 - rate)
    return recall * rate / marked if marked else 0.0


def _with_interval(
    statistic: Statistic, labels: Sequence[bool], scores: Sequence[float], clusters: Sequence[str]
) -> list[float]:
    """[value, low, high]."""
    interval = cluster_bootstrap(lambda weights: statistic(labels, scores, weights), clusters, count=2000)
    value = float(statistic(labels, scores, None))
    return [round(number, 3) for number in (value, interval.low or value, interval.high or value)]


def reliability(scored: Sequence[Scored], bins: int = 5) -> list[str]:
    """The reliability table as lines of Markdown: what was promised, what was so."""
    lines = ["| probability | n | mean probability | share supported |", "| --- | --- | --- | --- |"]
    found = reliability_bins([s.label for s in scored], [s.probability for s in scored], bins)
    lines += [f"| {one.low:.1f}–{one.high:.1f} | {one.n} | {one.confidence:.2f} | {one.share:.2f} |" for one in found]
    return lines


def table(results: Mapping[str, Mapping[str, object]]) -> list[str]:
    """`figures` of several parts as lines of Markdown."""
    lines = [
        "| part | n | supported | AUROC | balanced accuracy | Brier | marks: recall | supported marked | "
        "precision at 5 / 10 / 20 % unsupported |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, result in results.items():
        marks = result["marks"]
        assert isinstance(marks, dict)
        at = " / ".join(f"{value:.2f}" for value in marks["precision_at"].values())
        cells = [_interval(result[key]) for key in ("auroc", "balanced_accuracy", "brier")]
        lines.append(
            f"| {name} | {result['n']} | {result['supported']} | {' | '.join(cells)} | {marks['recall']:.2f} | "
            f"{marks['supported_marked']:.2f} | {at} |"
        )
    return lines


def _interval(figure: object) -> str:
    assert isinstance(figure, list)
    value, low, high = figure
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"
