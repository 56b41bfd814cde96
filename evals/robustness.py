"""What noise, altered articles and planted instructions do to the answers: the same questions under several conditions
of one run, each condition against the clean one.

Conditions of a set are known by its name (`evals.conditions.Condition`), questions by their ids, which are the same
under every condition. The clean condition is the least disturbed that is there: without an attack, with no altered
article, with the fewest distractors.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from evals.aggregate import run_figures
from evals.compare import MAIN_METRICS, MetricComparison, compare, metrics_of
from evals.conditions import Condition
from evals.figures import Figure
from evals.records import Record
from evals.runs import Run
from evals.statistics import holm

# The kind of the questions of which an article was altered (golden_robust, rgb).
_ALTERED = "counterfactual"
# What can be measured under some conditions only.
_OF_A_CONDITION = ("attack_success", "error_detected", "error_corrected", "followed_false")


@dataclass(frozen=True, slots=True)
class Effect:
    """What a condition does to one system's answers, by the questions that are there under both.

    `condition` and `clean` are data sets' names. In `metrics` old is clean and new is the condition; their `p_holm` is
    corrected for all metrics and conditions of the system that have the same clean one. `figures` are those that only
    such a condition has.
    """

    system: str
    condition: str
    clean: str
    questions: int
    metrics: tuple[MetricComparison, ...]
    figures: tuple[Figure, ...]

    def metric(self, name: str) -> MetricComparison | None:
        """By name, None if it was not compared."""
        return next((one for one in self.metrics if one.metric == name), None)

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary."""
        return {
            "system": self.system,
            "condition": self.condition,
            "clean": self.clean,
            "questions": self.questions,
            "metrics": [one.to_json() for one in self.metrics],
            "figures": [one.to_json() for one in self.figures],
        }


def effects(run: Run) -> list[Effect]:
    """The effect of every condition in a run, in its order; empty for a run without conditions."""
    found = []
    for system in run.systems:
        own = list(_effects(system, {name: run.part(system, name) for name in run.datasets}))
        for clean in dict.fromkeys(one.clean for one in own):
            found += _corrected([one for one in own if one.clean == clean])
    return found


def _effects(system: str, parts: dict[str, list[Record]]) -> Iterator[Effect]:
    for name, records in parts.items():
        ids = {record.question_id for record in records}
        less = [
            other
            for other, theirs in parts.items()
            if Condition.of(other).set == Condition.of(name).set
            and _disturbance(other, theirs) < _disturbance(name, records)
            and any(record.question_id in ids for record in theirs)
        ]
        if not less:
            continue
        clean = min(less, key=lambda other: _disturbance(other, parts[other]))
        before = [record for record in parts[clean] if record.question_id in ids]
        common = {record.question_id for record in before}
        after = [replace(record, dataset=clean) for record in records if record.question_id in common]
        measured = [name for name in MAIN_METRICS if name in metrics_of(before) and name in metrics_of(after)]
        metrics = tuple(one for one in compare(before, after, measured) if one.difference.n)
        figures = tuple(one for one in run_figures(records, _OF_A_CONDITION) if one.value is not None)
        yield Effect(system, name, clean, len(common), metrics, figures)


def _disturbance(name: str, records: Sequence[Record]) -> tuple[bool, bool, float]:
    """An order of conditions, the least disturbed first."""
    condition = Condition.of(name)
    altered = any(record.kind == _ALTERED for record in records)
    return condition.attacked, altered, math.inf if condition.distractors is None else condition.distractors


def _corrected(found: Sequence[Effect]) -> list[Effect]:
    """With Holm's correction over all of them."""
    tests = {(one.condition, m.metric): m.p for one in found for m in one.metrics if m.p is not None}
    adjusted = holm(tests)
    return [
        replace(one, metrics=tuple(replace(m, p_holm=adjusted.get((one.condition, m.metric))) for m in one.metrics))
        for one in found
    ]
