"""A figure: a number that never goes without its interval, its n, and what was left out of it."""

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from evals.errors import MetricError
from evals.metrics.latency import percentile
from evals.metrics.values import LeftOut, Value
from evals.statistics import (
    LEVEL,
    Interval,
    Statistic,
    bca,
    cluster_bootstrap,
    cluster_codes,
    rule_of_three,
    weighted_f1,
    weighted_mean,
    weighted_ratio,
    wilson,
)

Bounds = tuple[float, float]
RULE_OF_THREE = "rule of three"


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` with its 95% interval [low, high] over `n` items; `left_out` says how many were not counted and why.

    `value` is None when nothing could be counted; `low` and `high` are None when no interval can be given (one item,
    say, of an unbounded quantity). `unit` is "share" for numbers in [0, 1], else what is counted ("ms", "tokens").
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    left_out: tuple[tuple[str, int], ...] = ()
    unit: str = "share"
    method: str = ""

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary; `from_json` takes it back."""
        return {**asdict(self), "left_out": [list(pair) for pair in self.left_out]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Figure":
        return cls(**{**data, "left_out": tuple((str(reason), int(n)) for reason, n in data["left_out"])})

    def __str__(self) -> str:
        out = "; ".join(f"{n} {reason}" for reason, n in self.left_out)
        tail = f", n = {self.n}" + (f" (left out: {out})" if out else "")
        if self.value is None:
            return f"{self.name}: none{tail}"
        digits = 3 if self.unit == "share" else 4
        number = f"{self.value:.{digits}g}" if self.unit != "share" else f"{self.value:.{digits}f}"
        if self.low is None or self.high is None:
            between = "no interval"
        elif self.unit == "share":
            between = f"{self.low:.3f}, {self.high:.3f}" + (f", {RULE_OF_THREE}" * (self.method == RULE_OF_THREE))
        else:
            between = f"{self.low:.4g}, {self.high:.4g}"
        return f"{self.name}: {number} [{between}]{'' if self.unit == 'share' else ' ' + self.unit}{tail}"


def count_left_out(values: Sequence[Value]) -> tuple[tuple[str, int], ...]:
    """(reason, how many), most frequent first, then by name."""
    counts = Counter(value.label for value in values if isinstance(value, LeftOut))
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def mean_figure(
    name: str,
    values: Sequence[Value],
    clusters: Sequence[Hashable] | None = None,
    *,
    unit: str = "share",
    bounds: Bounds | None = (0.0, 1.0),
) -> Figure:
    """The mean of the values that are numbers.

    The interval is Wilson's for zeros and ones, BCa for other independent values, and the cluster bootstrap when
    `clusters` (one an item) has several items in one cluster. Where all clusters agree on 0 or 1 the bootstrap would
    claim certainty; Wilson over clusters does not. A value outside `bounds` raises MetricError.
    """
    keys = list(range(len(values))) if clusters is None else list(clusters)
    kept = [(float(v), key) for v, key in zip(values, keys, strict=True) if not isinstance(v, LeftOut)]
    left_out = count_left_out(values)
    if not kept:
        return Figure(name, None, None, None, 0, left_out, unit, "nothing to count")
    numbers, groups = [number for number, _ in kept], [key for _, key in kept]
    _check(name, numbers, bounds)
    interval = _mean_interval(numbers, groups, bounds)
    return Figure(name, math.fsum(numbers) / len(numbers), interval.low, interval.high, len(kept), left_out, unit,
                  interval.method)  # fmt: skip


def _check(name: str, numbers: Sequence[float], bounds: Bounds | None) -> None:
    low, high = bounds or (-math.inf, math.inf)
    for number in numbers:
        if not math.isfinite(number) or not low <= number <= high:
            raise MetricError(f"{name}: {number!r} is outside [{low:g}, {high:g}]; the metric or the judge is broken")


def _mean_interval(numbers: Sequence[float], groups: Sequence[Hashable], bounds: Bounds | None) -> Interval:
    clusters = int(cluster_codes(groups).max()) + 1
    share = bounds == (0.0, 1.0) and set(numbers) <= {0.0, 1.0}
    if share and clusters == len(numbers):
        return wilson(sum(numbers), clusters)
    if share and len(set(numbers)) == 1:
        return _unanimous(numbers[0], groups)
    if clusters == 1:
        return Interval(*bounds, "the metric's range: one cluster") if bounds else Interval(None, None, "one cluster")
    if clusters == len(numbers):
        return bca(numbers)
    return cluster_bootstrap(weighted_mean(numbers), groups)


def _unanimous(value: float, clusters: Sequence[Hashable]) -> Interval:
    """The interval of a share of which all clusters say the same, 0 or 1."""
    groups = len(set(clusters))
    found = wilson(value * groups, groups)
    return Interval(found.low, found.high, "Wilson over clusters")


def attack_figure(name: str, values: Sequence[Value], clusters: Sequence[Hashable]) -> Figure:
    """The rate at which attacks succeed, `values` being zeros and ones. If none did, the upper bound is the rule of
    three's over the clusters, 3 / clusters: what matters then is how often they may succeed at most."""
    figure = mean_figure(name, values, clusters)
    if figure.value != 0.0:
        return figure
    counted = {key for value, key in zip(values, clusters, strict=True) if not isinstance(value, LeftOut)}
    return replace(figure, low=0.0, high=rule_of_three(len(counted)), method=RULE_OF_THREE)


def statistic_figure(
    name: str,
    statistic: Statistic,
    clusters: Sequence[Hashable],
    *,
    left_out: tuple[tuple[str, int], ...] = (),
    unit: str = "share",
) -> Figure:
    """Any statistic of weighted items (AUROC, F1 of means, a ratio of sums) with its cluster bootstrap interval.

    `clusters` has one entry an item; give each item its own for independent items. A share that is 0 or 1 in every
    resample gets Wilson's interval over clusters.
    """
    n = len(clusters)
    value = float(statistic(np.ones((1, n)))[0]) if n else math.nan
    if not math.isfinite(value):
        return Figure(name, None, None, None, n, left_out, unit, "not defined on these items")
    interval = cluster_bootstrap(statistic, clusters)
    if unit == "share" and value in (0.0, 1.0) and interval.low == interval.high:
        interval = _unanimous(value, clusters)
    return Figure(name, value, interval.low, interval.high, n, left_out, unit, interval.method)


def ratio_figure(
    name: str,
    numerators: Sequence[float],
    denominators: Sequence[float],
    clusters: Sequence[Hashable],
    *,
    left_out: tuple[tuple[str, int], ...] = (),
    unit: str = "share",
) -> Figure:
    """Σ numerators / Σ denominators over items (micro averages: supported claims over judged claims).

    `n` is the sum of the denominators when they count things. A ratio of exactly 0 or 1 gets Wilson's interval over
    the clusters that count.
    """
    figure = statistic_figure(name, weighted_ratio(numerators, denominators), clusters, left_out=left_out, unit=unit)
    total = sum(denominators)
    n = int(total) if float(total).is_integer() else len(clusters)
    counted = [key for key, below in zip(clusters, denominators, strict=True) if below]
    low, high, method = figure.low, figure.high, figure.method
    if figure.value in (0.0, 1.0) and unit == "share":
        found = _unanimous(figure.value, counted)
        low, high, method = found.low, found.high, found.method
    return Figure(name, figure.value, low, high, n, left_out, unit, method)


def f1_figure(
    name: str,
    precision: Sequence[Value],
    recall: Sequence[Value],
    clusters: Sequence[Hashable],
) -> Figure:
    """The harmonic mean of two means over the same items (ALCE: of the data set's citation precision and recall)."""
    kept = [
        (float(p), float(r), key)
        for p, r, key in zip(precision, recall, clusters, strict=True)
        if not isinstance(p, LeftOut) and not isinstance(r, LeftOut)
    ]
    missing = [p if isinstance(p, LeftOut) else r for p, r in zip(precision, recall, strict=True)]
    statistic = weighted_f1(weighted_mean([p for p, _, _ in kept]), weighted_mean([r for _, r, _ in kept]))
    return statistic_figure(name, statistic, [key for _, _, key in kept], left_out=count_left_out(missing))


def quantile_figure(name: str, values: Sequence[Value], q: float, *, unit: str = "ms", level: float = LEVEL) -> Figure:
    """The q-quantile of independent values with the distribution-free interval between order statistics.

    The ranks bound the quantile with at least `level` confidence because the number of values below it is binomial
    (David & Nagaraja 2003, 7.1); with too few values for that there is no upper or lower bound.
    """
    numbers = sorted(float(value) for value in values if not isinstance(value, LeftOut))
    left_out = count_left_out(values)
    if not numbers:
        return Figure(name, None, None, None, 0, left_out, unit, "nothing to count")
    from scipy import stats

    n, tail = len(numbers), (1 - level) / 2
    below, above = int(stats.binom.ppf(tail, n, q)), int(stats.binom.ppf(1 - tail, n, q))
    low = numbers[below - 1] if below >= 1 else None
    high = numbers[above] if above < n else None
    return Figure(name, percentile(numbers, q), low, high, n, left_out, unit, "order statistics")
