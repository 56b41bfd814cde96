"""Two runs, question by question: what got better, what got worse, and whether it could be chance.

Only questions with a number in both runs are paired; the others are counted with their reasons. A question is the same
if its data set, its id and its words are: an id under which something else is asked now pairs nothing. The tests flip
or resample whole clusters (articles), see `evals.statistics`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from evals.errors import RecordError
from evals.figures import Figure, count_left_out, mean_figure
from evals.metrics.values import LeftOut, Value, unjudged
from evals.records import Record
from evals.statistics import holm, mcnemar, sign_flip_test

# Metrics of which less is better, by name.
LOWER_IS_BETTER = ("*_ms", "latency*", "tokens*", "*_tokens", "cost*", "contradicted*", "not_found*", "over_refusal*",
                   "hallucination*", "noise_sensitivity*", "attack_success*", "followed*")  # fmt: skip
# What most comparisons are about.
MAIN_METRICS = ("right", "correct", "F1", "faithfulness", "citation_recall", "citation_precision", "evidence_cited",
                "nDCG@10")  # fmt: skip
# Units of metrics that are not shares, by name.
UNITS = (("*_ms", "ms"), ("latency*", "ms"), ("tokens*", "tokens"), ("*_tokens", "tokens"), ("cost*", "currency"))
# A difference no larger than this is rounding.
_SAME = 1e-12


def lower_is_better(metric: str) -> bool:
    """Whether less of this metric is better."""
    return any(fnmatchcase(metric, pattern) for pattern in LOWER_IS_BETTER)


def unit_of(metric: str) -> str:
    """What the metric counts, by its name: all are shares but those of `UNITS`."""
    return next((unit for pattern, unit in UNITS if fnmatchcase(metric, pattern)), "share")


def p_value(p: float | None) -> str:
    """A p-value to three digits; a dash where there is none."""
    return "–" if p is None else f"{p:.3f}" if p >= 0.0005 else "<0.001"


@dataclass(frozen=True, slots=True)
class Change:
    """One question whose value changed."""

    dataset: str
    question_id: str
    question: str
    old: float
    new: float


@dataclass(frozen=True, slots=True)
class Lost:
    """A question with a number before and none now: why, and whether one was due (an error, a missing verdict)."""

    dataset: str
    question_id: str
    old: float
    reason: str
    unjudged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricComparison:
    """One metric in both runs. `old` and `new` are its means over the pairs, `difference` is new − old; `p` the
    sign-flip test, `p_holm` corrected for all metrics compared, `p_mcnemar` only for zeros and ones. `better` and
    `worse` are largest change first."""

    metric: str
    lower_is_better: bool
    old: Figure
    new: Figure
    difference: Figure
    p: float | None
    p_holm: float | None
    p_mcnemar: float | None
    better: tuple[Change, ...]
    worse: tuple[Change, ...]
    same: int
    lost: tuple[Lost, ...]
    gained: int

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary."""
        figures = {name: getattr(self, name).to_json() for name in ("old", "new", "difference")}
        return {**asdict(self), **figures}


@dataclass(frozen=True, slots=True)
class Pair:
    """One question in both runs; None where a run does not have it."""

    place: tuple[str, str]
    old: Record | None
    new: Record | None

    @property
    def one(self) -> Record:
        """Whichever there is (the new one first), for the question and its cluster."""
        record = self.new or self.old
        assert record is not None
        return record

    @property
    def shared(self) -> bool:
        """Whether both runs asked it, in the same words."""
        return self.old is not None and self.new is not None and _words(self.old) == _words(self.new)

    @property
    def answered(self) -> bool:
        """Whether the new run has an answer to it, whatever was measured of that."""
        return self.new is not None and self.new.error is None and (self.old is None or self.shared)

    def values(self, metric: str) -> tuple[Value, Value]:
        missing = unjudged("not in this run")
        old = self.old.value(metric) if self.old else missing
        if self.old and self.new and not self.shared:
            return old, unjudged("another question has its id")
        return old, self.new.value(metric) if self.new else missing


def _words(record: Record) -> list[str]:
    return record.question.split()


def pair(old: Iterable[Record], new: Iterable[Record]) -> list[Pair]:
    """Both runs side by side, in the order of data set and question id."""
    before = {record.place: record for record in old}
    after = {record.place: record for record in new}
    return [Pair(place, before.get(place), after.get(place)) for place in sorted(before.keys() | after.keys())]


def metrics_of(records: Iterable[Record]) -> list[str]:
    """The names of all metrics measured, in order of first appearance."""
    return list(dict.fromkeys(name for record in records for name in record.metrics))


def compare(
    old: Sequence[Record], new: Sequence[Record], metrics: Sequence[str] | None = None
) -> tuple[MetricComparison, ...]:
    """Every metric that both runs measured (or those named), with Holm's correction over them.

    Raises RecordError if the runs share no question, or a named metric is in neither.
    """
    pairs = pair(old, new)
    if not any(one.shared for one in pairs):
        other = next((one for one in pairs if one.old and one.new), None)
        told = "" if other is None else f" ({other.place[1]!r} of {other.place[0]!r} is another question in each)"
        raise RecordError(f"the two runs share no question{told}; run both over the same data set")
    known_old, known_new = metrics_of(old), metrics_of(new)
    names = [name for name in known_old if name in known_new] if metrics is None else list(metrics)
    for name in names:
        if name not in known_old and name not in known_new:
            raise RecordError(f"no run measured {name!r}; they measured {', '.join(sorted({*known_old, *known_new}))}")
    found = [compare_metric(name, pairs) for name in names]
    corrected = holm({one.metric: one.p for one in found if one.p is not None})
    return tuple(replace(one, p_holm=corrected.get(one.metric)) for one in found)


def compare_metric(metric: str, pairs: Sequence[Pair]) -> MetricComparison:
    """One metric over the pairs, without correction for others."""
    values = [one.values(metric) for one in pairs]
    unit = unit_of(metric)
    share = unit == "share"
    bounds = (0.0, 1.0) if share else None

    both = [(one, o, n) for one, (o, n) in zip(pairs, values, strict=True) if _number(o) and _number(n)]
    paired = [one.one.cluster for one, _, _ in both]

    def figure(name: str, side: Sequence[Value]) -> Figure:
        return mean_figure(name, side, paired, unit=unit, bounds=bounds)

    changes = [
        Change(*one.place, one.one.question, float(o), float(n))  # type: ignore[arg-type]
        for one, o, n in both
    ]
    differences = [change.new - change.old for change in changes]
    binary = {change.old for change in changes} | {change.new for change in changes} <= {0.0, 1.0}
    less = lower_is_better(metric)
    by_size = sorted(changes, key=lambda change: (-abs(change.new - change.old), change.dataset, change.question_id))
    ups = tuple(change for change in by_size if change.new - change.old > _SAME)
    downs = tuple(change for change in by_size if change.new - change.old < -_SAME)
    return MetricComparison(
        metric=metric,
        lower_is_better=less,
        old=figure(f"{metric}, old", [change.old for change in changes]),
        new=figure(f"{metric}, new", [change.new for change in changes]),
        difference=replace(
            mean_figure(f"{metric}, new − old", differences, paired, unit=unit, bounds=(-1.0, 1.0) if share else None),
            left_out=count_left_out([n if isinstance(n, LeftOut) else o for o, n in values]),
        ),
        p=sign_flip_test(differences, paired) if differences else None,
        p_holm=None,
        p_mcnemar=mcnemar(len(downs), len(ups)) if binary and differences else None,
        better=downs if less else ups,
        worse=ups if less else downs,
        same=len(changes) - len(ups) - len(downs),
        lost=tuple(
            Lost(*one.place, float(o), n.label, n.unjudged)
            for one, (o, n) in zip(pairs, values, strict=True)
            if not isinstance(o, LeftOut) and isinstance(n, LeftOut)
        ),
        gained=sum(isinstance(o, LeftOut) and _number(n) for o, n in values),
    )


def _number(value: Value) -> bool:
    return not isinstance(value, LeftOut)
