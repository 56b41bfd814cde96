"""Intervals and tests for evaluation figures.

Questions about one article are not independent, so intervals resample clusters (articles), not questions. Everything
random takes a seed and gives the same numbers again. scipy is imported only where it is needed.
"""

import math
import warnings
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import NormalDist
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evals.errors import MetricError

RESAMPLES = 10_000
SEED = 20_230_307
LEVEL = 0.95
# Weights of one batch of resamples: 4 million numbers, 32 MB.
_BATCH_ELEMENTS = 4_000_000

Floats = NDArray[np.float64]
# Item weights of shape (b, n), how often each item was drawn in each resample → the statistic of each, shape (b,).
Statistic = Callable[[Floats], Floats]
Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval and how it was made; no bounds where none can be given (a single cluster)."""

    low: float | None
    high: float | None
    method: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """A corrected value with its interval."""

    value: float
    low: float
    high: float
    method: str


def _z(level: float) -> float:
    return NormalDist().inv_cdf(0.5 + level / 2)


def cluster_codes(clusters: Sequence[Hashable]) -> NDArray[np.int64]:
    """Clusters as integers 0, 1, 2 … in order of first appearance, shape (n,)."""
    seen: dict[Hashable, int] = {}
    return np.array([seen.setdefault(cluster, len(seen)) for cluster in clusters], dtype=np.int64)


def resamples(codes: NDArray[np.int64], count: int, seed: int) -> Iterator[Floats]:
    """Bootstrap resamples of whole clusters as item weights, in batches of shape (b, n)."""
    rng = np.random.default_rng(seed)
    clusters = int(codes.max()) + 1
    batch = max(1, _BATCH_ELEMENTS // max(len(codes), clusters))
    for first in range(0, count, batch):
        b = min(batch, count - first)
        draws = rng.integers(0, clusters, size=(b, clusters)) + np.arange(b)[:, None] * clusters
        weights = np.bincount(draws.ravel(), minlength=b * clusters).reshape(b, clusters).astype(np.float64)
        yield weights[:, codes]


def cluster_bootstrap(
    statistic: Statistic,
    clusters: Sequence[Hashable],
    *,
    count: int = RESAMPLES,
    seed: int = SEED,
    level: float = LEVEL,
) -> Interval:
    """Percentile interval of `statistic` over resamples of whole clusters (Field & Welsh 2007).

    Resamples in which the statistic is not defined (NaN: no positive item drawn, say) are skipped. With fewer than
    two clusters there is nothing to resample and no interval.
    """
    codes = cluster_codes(clusters)
    if len(codes) == 0 or codes.max() == 0:
        return Interval(None, None, "none: fewer than two clusters")
    values = np.concatenate([statistic(weights) for weights in resamples(codes, count, seed)])
    values = values[np.isfinite(values)]
    if not len(values):
        return Interval(None, None, "none: not defined in any resample")
    tail = (1 - level) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return Interval(float(low), float(high), f"cluster bootstrap, {int(codes.max()) + 1} clusters")


def weighted_mean(values: ArrayLike) -> Statistic:
    """The mean of `values` as a statistic of weights."""
    return weighted_ratio(values, np.ones(len(np.asarray(values))))


def weighted_ratio(numerators: ArrayLike, denominators: ArrayLike) -> Statistic:
    """Σ numerators / Σ denominators as a statistic of weights (micro averages, precision, recall); NaN for 0 / 0."""
    top, bottom = np.asarray(numerators, dtype=float), np.asarray(denominators, dtype=float)

    def statistic(weights: Floats) -> Floats:
        below = weights @ bottom
        return np.asarray(np.divide(weights @ top, below, out=np.full(below.shape, np.nan), where=below != 0))

    return statistic


def weighted_f1(precision: Statistic, recall: Statistic) -> Statistic:
    """The harmonic mean of two statistics (ALCE's F1 of the data set's means); 0 where both are 0."""

    def statistic(weights: Floats) -> Floats:
        p, r = precision(weights), recall(weights)
        return np.asarray(np.divide(2 * p * r, p + r, out=np.zeros(p.shape), where=(p + r) != 0))

    return statistic


def bca(values: ArrayLike, *, count: int = RESAMPLES, seed: int = SEED, level: float = LEVEL) -> Interval:
    """Bias-corrected and accelerated bootstrap interval of the mean of independent values (Efron 1987), by
    scipy.stats.bootstrap. Values that are all the same have an interval without width."""
    data = np.asarray(values, dtype=float)
    if len(data) < 2:
        return Interval(None, None, "none: fewer than two values")
    if np.ptp(data) == 0:
        return Interval(float(data[0]), float(data[0]), "all values are the same")
    from scipy import stats

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        result = stats.bootstrap(
            (data,),
            np.mean,
            n_resamples=count,
            confidence_level=level,
            method="BCa",
            vectorized=True,
            batch=max(1, _BATCH_ELEMENTS // len(data)),
            rng=np.random.default_rng(seed),
        )
    low, high = result.confidence_interval
    if not (math.isfinite(low) and math.isfinite(high)):  # too skewed for the correction
        return cluster_bootstrap(weighted_mean(data), range(len(data)), count=count, seed=seed, level=level)
    return Interval(float(low), float(high), "BCa bootstrap")


def wilson(successes: float, n: float, level: float = LEVEL) -> Interval:
    """Wilson's score interval of a proportion (1927); never outside [0, 1], and of some width even for 0 or n of n."""
    if n <= 0 or not 0 <= successes <= n:
        raise MetricError(f"{successes} of {n} is not a proportion")
    z, p = _z(level), successes / n
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    # Exactly 0 and 1 at the ends, where rounding would leave a trace.
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return Interval(low, high, "Wilson")


def rule_of_three(n: int) -> float:
    """Upper 95% bound of a rate that was 0 in n independent trials: 3 / n (Hanley & Lippman-Hand 1983)."""
    if n < 1:
        raise MetricError("no trials, no bound")
    return min(1.0, 3 / n)


def sign_flip_test(
    differences: ArrayLike, clusters: Sequence[Hashable] | None = None, *, count: int = 9_999, seed: int = SEED
) -> float:
    """Two-sided p-value of the paired randomisation test (Smucker, Allan & Carterette 2007): how often random signs
    make the mean difference as large. Whole clusters are flipped together. By scipy.stats.permutation_test
    (permutation_type="samples"), exact when there are few enough clusters to try every sign."""
    data = np.asarray(differences, dtype=float)
    if len(data) == 0:
        raise MetricError("no pairs to test")
    codes = np.arange(len(data)) if clusters is None else cluster_codes(clusters)
    sums = np.bincount(codes, weights=data)
    sums = sums[sums != 0]  # a zero has no sign
    if len(sums) == 0:
        return 1.0
    if len(sums) == 1:
        return 1.0  # both signs are equally extreme
    from scipy import stats

    result = stats.permutation_test(
        (sums,),
        _total,
        permutation_type="samples",
        vectorized=True,
        n_resamples=count,
        batch=max(1, _BATCH_ELEMENTS // len(sums)),
        rng=np.random.default_rng(seed),
    )
    return float(result.pvalue)


def _total(values: Floats, axis: int = -1) -> Floats:
    return np.asarray(values.sum(axis=axis))


def mcnemar(only_first: int, only_second: int) -> float:
    """Exact two-sided McNemar test: the binomial test that the discordant pairs split evenly."""
    n = only_first + only_second
    if n == 0:
        return 1.0
    tail = sum(math.comb(n, i) for i in range(min(only_first, only_second) + 1))
    return min(1.0, float(Fraction(2 * tail, 2**n)))


def holm(p_values: Mapping[Name, float]) -> dict[Name, float]:
    """Holm's step-down adjusted p-values (1979), in the order given."""
    adjusted: dict[Name, float] = {}
    running = 0.0
    ranked = sorted(p_values.items(), key=lambda item: item[1])
    for i, (name, p) in enumerate(ranked):
        running = max(running, min(1.0, (len(ranked) - i) * p))
        adjusted[name] = running
    return {name: adjusted[name] for name in p_values}


def prediction_powered_mean(
    judged: ArrayLike, labels: ArrayLike, judged_labelled: ArrayLike, level: float = LEVEL
) -> Estimate:
    """Prediction-powered mean (Angelopoulos et al. 2023; ARES): θ = mean_N f + mean_n (y − f),
    se² = var(f)/N + var(y − f)/n, with `judged` = f on the N unlabelled items, `labels` = y and `judged_labelled` = f
    on the n labelled ones. Variances are the unbiased ones."""
    f = np.asarray(judged, dtype=float)
    errors = np.asarray(labels, dtype=float) - np.asarray(judged_labelled, dtype=float)
    if len(f) < 2 or len(errors) < 2:
        raise MetricError(f"{len(f)} judged and {len(errors)} labelled items are too few; 2 of each at least")
    value = float(f.mean() + errors.mean())
    half = _z(level) * math.sqrt(float(f.var(ddof=1)) / len(f) + float(errors.var(ddof=1)) / len(errors))
    return Estimate(value, value - half, value + half, "prediction-powered")


def rogan_gladen(
    positives: float, n: int, *, sensitivity: tuple[int, int], specificity: tuple[int, int], level: float = LEVEL
) -> Estimate:
    """The share that a judge of known error would have found with perfect eyes (Rogan & Gladen 1978):
    p = (q + Sp − 1) / (Se + Sp − 1), q = positives / n.

    `sensitivity` and `specificity` are (right, of) counts on labelled items. The interval is Lang & Reiczigel's (2014):
    it counts the judge's own uncertainty, and does not collapse at 0 and 1 as the delta method's does. Value and bounds
    are clipped to [0, 1]. Raises MetricError for a judge no better than chance.
    """
    if n < 1 or sensitivity[1] < 1 or specificity[1] < 1:
        raise MetricError("Rogan–Gladen needs judged items and labelled items of both kinds")
    q, se, sp = positives / n, sensitivity[0] / sensitivity[1], specificity[0] / specificity[1]
    if se + sp <= 1:
        raise MetricError(f"a judge with sensitivity {se:.2f} and specificity {sp:.2f} says nothing; use another")
    value = (q + sp - 1) / (se + sp - 1)
    # The same with z²/2 successes and failures added to the judged items, one of each to the labelled ones.
    z = _z(level)
    count, seen, unseen = n + z**2, sensitivity[1] + 2, specificity[1] + 2
    q = (positives + z**2 / 2) / count
    se, sp = (sensitivity[0] + 1) / seen, (specificity[0] + 1) / unseen
    youden = max(se + sp - 1, 1e-9)
    p = (q + sp - 1) / youden
    spread_se, spread_sp = se * (1 - se) / seen, sp * (1 - sp) / unseen
    shift = 2 * z**2 * (p * spread_se - (1 - p) * spread_sp)
    half = z * math.sqrt(q * (1 - q) / count + p**2 * spread_se + (1 - p) ** 2 * spread_sp) / youden
    bounds = (value, p + shift - half, p + shift + half)
    value, low, high = (min(1.0, max(0.0, bound)) for bound in bounds)
    return Estimate(value, min(low, value), max(high, value), "Rogan–Gladen, Lang–Reiczigel interval")


def required_n(sd: float, margin: float) -> int:
    """Questions needed to tell a difference of `margin` from none with 80% power at the 5% level: (2.8 · sd / margin)²
    with the standard deviation of the paired differences; 282 for sd .3 and margin .05."""
    if margin <= 0:
        raise MetricError(f"the margin is {margin}; it must be more than 0")
    return round((2.8 * sd / margin) ** 2)


def design_effect(values: ArrayLike, clusters: Sequence[Hashable]) -> float:
    """How many times larger the variance of the mean is than if items were independent (Kish), estimated from the
    cluster sums of residuals; at least 1, and 1 where it cannot be estimated."""
    data, codes = np.asarray(values, dtype=float), cluster_codes(clusters)
    if len(data) < 2 or (groups := int(codes.max()) + 1) < 2:
        return 1.0
    residuals = data - data.mean()
    independent = float((residuals**2).sum())
    if independent == 0:
        return 1.0
    clustered = float((np.bincount(codes, weights=residuals) ** 2).sum()) * groups / (groups - 1)
    return float(max(1.0, clustered * (len(data) - 1) / (independent * len(data))))
