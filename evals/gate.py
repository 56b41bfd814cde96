"""The gate of a build: is the new run not worse than the baseline, by more than a margin for each metric.

With Δ = new − old (turned round where less is better), its 95% interval [L, U] and the margin δ:
PASS if L > −δ; FAIL if U < 0 and L ≤ −δ; INCONCLUSIVE otherwise, with the number of questions that would settle it.
A run that has no answers cannot be told from the baseline by that rule, so what it did not answer counts as failed.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import stdev
from typing import Any, Literal

from evals.compare import Lost, MetricComparison, Pair, compare, pair
from evals.errors import MetricError, RecordError
from evals.figures import Figure, mean_figure
from evals.metrics.values import LeftOut
from evals.records import Record
from evals.statistics import design_effect, required_n

Outcome = Literal["PASS", "FAIL", "INCONCLUSIVE"]


def decide(low: float | None, high: float | None, margin: float) -> Outcome:
    """The rule, for an interval of a difference of which more is better; without an interval nothing is decided."""
    if not (math.isfinite(margin) and margin > 0):
        raise MetricError(f"the margin is {margin}; non-inferiority needs a finite margin of more than 0")
    if low is None or high is None:
        return "INCONCLUSIVE"
    if low > -margin:
        return "PASS"
    return "FAIL" if high < 0 else "INCONCLUSIVE"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricGate:
    """One metric's outcome. `needed` is the number of questions that would tell a difference of the margin from none
    with 80% power, given how much the differences spread here; `note` says in words what decided."""

    metric: str
    outcome: Outcome
    margin: float
    needed: int | None
    note: str
    comparison: MetricComparison

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary."""
        return {
            "metric": self.metric,
            "outcome": self.outcome,
            "margin": self.margin,
            "needed": self.needed,
            "note": self.note,
            "comparison": self.comparison.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Gate:
    """All gated metrics; the whole fails if one fails, and passes only if all pass."""

    metrics: tuple[MetricGate, ...]

    @property
    def outcome(self) -> Outcome:
        outcomes = {one.outcome for one in self.metrics}
        return "FAIL" if "FAIL" in outcomes else "INCONCLUSIVE" if "INCONCLUSIVE" in outcomes else "PASS"

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary."""
        return {"outcome": self.outcome, "metrics": [one.to_json() for one in self.metrics]}

    def __str__(self) -> str:
        return "\n".join([*(f"{one.outcome:<12} {one.metric}: {one.note}" for one in self.metrics), self.outcome])


def gate(old: Sequence[Record], new: Sequence[Record], margins: Mapping[str, float]) -> Gate:
    """Hold the new run against the baseline on every metric in `margins` (metric → δ, in the metric's unit).

    A question that had a number in the baseline and has lost it could hide a failure. So it fails where no number is
    left, and where the questions without an answer (an error, a missing row) would put it beyond the margin if each
    counted as the worst value. A missing verdict may be the judge's fault: a PASS must stand with it as the worst value
    too; else it is INCONCLUSIVE. Raises RecordError for a metric that no run measured, and for runs without a common
    question.
    """
    if not margins:
        raise RecordError("the gate has no metrics; give at least one with its margin")
    pairs = pair(old, new)
    return Gate(tuple(_gate(one, margins[one.metric], pairs) for one in compare(old, new, list(margins))))


def _gate(found: MetricComparison, margin: float, pairs: Sequence[Pair]) -> MetricGate:
    sign = -1.0 if found.lower_is_better else 1.0
    clusters = {one.place: one.one.cluster for one in pairs}
    gains, groups = [], []
    for one in pairs:
        before, after = one.values(found.metric)
        if not isinstance(before, LeftOut) and not isinstance(after, LeftOut):
            gains.append(sign * (after - before))
            groups.append(clusters[one.place])
    outcome = decide(*_turned(found.difference, sign), margin)
    needed = round(required_n(stdev(gains), margin) * design_effect(gains, groups)) if len(gains) > 1 else None
    note = f"{found.difference}, margin {margin:g}"
    if gains and not found.better and not found.worse:
        note += ", the same on every question"
    answered = {one.place for one in pairs if one.answered}
    due = [lost for lost in found.lost if lost.unjudged]
    failed = [lost for lost in due if (lost.dataset, lost.question_id) not in answered]

    def worst(lost: Sequence[Lost]) -> Figure | None:
        places = [clusters[one.dataset, one.question_id] for one in lost]
        return _at_worst(found, gains, lost, [*groups, *places])

    if found.lost and not gains:
        outcome = "FAIL"
        note += f"; all {len(found.lost)} lost their value ({found.lost[0].reason})"
    elif failed and _beyond(worst(failed), margin, most=len(failed) > len(gains)):
        outcome = "FAIL"
        note += f"; {len(failed)} have no answer ({failed[0].reason}), and as failures put it beyond the margin"
    elif outcome == "PASS" and due and _of(worst(due), margin) != "PASS":
        outcome = "INCONCLUSIVE"
        note += f"; {len(due)} lost their value ({due[0].reason}) and would not pass as failures"
    if outcome == "INCONCLUSIVE" and needed is not None:
        note += f"; about {needed} questions are needed" if needed > len(gains) else "; too close to the margin"
    return MetricGate(metric=found.metric, outcome=outcome, margin=margin, needed=needed, note=note, comparison=found)


def _at_worst(
    found: MetricComparison, gains: Sequence[float], lost: Sequence[Lost], clusters: Sequence[str]
) -> Figure | None:
    """The gain of a share if each lost value became its worst, 0, or 1 where less is better. What is no share (a time,
    a cost) has no worst value."""
    if found.difference.unit != "share":
        return None
    failures = [one.old - 1 if found.lower_is_better else -one.old for one in lost]
    return mean_figure("worst case", [*gains, *failures], clusters, bounds=(-1.0, 1.0))


def _of(worst: Figure | None, margin: float) -> Outcome:
    return "INCONCLUSIVE" if worst is None else decide(worst.low, worst.high, margin)


def _beyond(worst: Figure | None, margin: float, *, most: bool) -> bool:
    """Whether the worst case is a failure, if only by its mean: few questions have an interval that says nothing. Where
    there is no worst value, it is if most questions have no answer."""
    if worst is None or worst.value is None:
        return most
    return worst.value < -margin or _of(worst, margin) == "FAIL"


def _turned(difference: Figure, sign: float) -> tuple[float | None, float | None]:
    if difference.low is None or difference.high is None:
        return None, None
    low, high = sorted((sign * difference.low, sign * difference.high))
    return low, high


# What is held against a baseline where nothing else is said: no judge is needed for any of these but the last three.
DEFAULT_MARGINS: Mapping[str, float] = {
    "right": 0.03,
    "correct": 0.04,
    "abstained_rightly": 0.05,
    "over_refusal": 0.03,
    "evidence_cited": 0.04,
    "evidence_recall@10": 0.03,
    "nDCG@10": 0.03,
    "quotes_verbatim": 0.01,
    "faithfulness": 0.03,
    "citation_recall": 0.03,
    "citation_precision": 0.03,
}
