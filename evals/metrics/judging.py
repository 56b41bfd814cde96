"""How good is a judge: its verdicts and probabilities against people's labels.

Labels are True for supported. Figures that get an interval take optional `weights`, of shape (n,) or, for a bootstrap,
(b, n): one row a resample, whole numbers saying how often each item was drawn. Results have shape () or (b,), NaN
where a resample lacks a class.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evals.errors import MetricError
from evals.metrics.values import Value, harmonic_mean, unjudged

Floats = NDArray[np.float64]


def _prepare(
    labels: ArrayLike, scores: ArrayLike, weights: ArrayLike | None
) -> tuple[NDArray[np.bool_], Floats, Floats]:
    truth = np.asarray(labels, dtype=bool)
    values = np.asarray(scores, dtype=float)
    if truth.shape != values.shape or truth.ndim != 1:
        raise MetricError(f"labels {truth.shape} and scores {values.shape} must be two lists of one length")
    if not np.isfinite(values).all():
        raise MetricError("a score is not a finite number; leave unjudged items out and report how many they were")
    weight = np.ones(truth.shape) if weights is None else np.asarray(weights, dtype=float)
    if weight.shape[-1:] != truth.shape:
        raise MetricError(f"weights {weight.shape} do not fit {truth.shape[0]} items")
    return truth, values, weight


def _ratio(numerator: ArrayLike, denominator: ArrayLike) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.divide(numerator, denominator), dtype=float)


def balanced_accuracy(labels: ArrayLike, verdicts: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """(sensitivity + specificity) / 2: ½ for any judge that always says the same. A verdict is True, or a score of ½ or
    more."""
    truth, said, w = _prepare(labels, verdicts, weights)
    agreed = (said >= 0.5) == truth
    sensitivity = _ratio((w * (agreed & truth)).sum(-1), (w * truth).sum(-1))
    specificity = _ratio((w * (agreed & ~truth)).sum(-1), (w * ~truth).sum(-1))
    return np.asarray((sensitivity + specificity) / 2)


def auroc(labels: ArrayLike, scores: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """P(score of a supported item > score of an unsupported one) + ½ P(equal): the Mann–Whitney statistic."""
    truth, values, w = _prepare(labels, scores, weights)
    _, group = np.unique(values, return_inverse=True)
    positive, negative = _by_group(w * truth, group), _by_group(w * ~truth, group)
    below = np.cumsum(negative, axis=-1) - negative
    wins = (positive * (below + negative / 2)).sum(-1)
    return _ratio(wins, positive.sum(-1) * negative.sum(-1))


def auprc(labels: ArrayLike, scores: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """Average precision, Σ (R_i − R_{i−1}) P_i over distinct thresholds from the highest down (no interpolation)."""
    truth, values, w = _prepare(labels, scores, weights)
    _, group = np.unique(-values, return_inverse=True)
    positive, everything = _by_group(w * truth, group), _by_group(w, group)
    found, taken = np.cumsum(positive, axis=-1), np.cumsum(everything, axis=-1)
    precision = np.where(taken > 0, found / np.maximum(taken, 1e-300), 0.0)
    return _ratio((positive * precision).sum(-1), positive.sum(-1))


def _by_group(weights: Floats, group: NDArray[Any]) -> Floats:
    """Column sums of `weights` over items of one group: (..., n) → (..., groups)."""
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(int(group.max(initial=-1)) + 1))
    return np.asarray(np.add.reduceat(weights[..., order], starts, axis=-1)) if len(starts) else weights


def brier(labels: ArrayLike, probabilities: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """Mean squared difference between the probability and what was so (Brier 1950); 0 is best."""
    truth, p, w = _prepare(labels, probabilities, weights)
    _check_probabilities(p)
    return _ratio((w * (p - truth) ** 2).sum(-1), w.sum(-1))


def _check_probabilities(p: Floats) -> None:
    if len(outside := p[(p < 0) | (p > 1)]):
        raise MetricError(f"a probability is {outside[0]}, outside [0, 1]; calibrate the judge")


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Items whose probability lies in [low, high): how many, what they promised, what was so."""

    low: float
    high: float
    n: int
    confidence: float
    share: float


def reliability_bins(labels: ArrayLike, probabilities: ArrayLike, bins: int = 10) -> list[ReliabilityBin]:
    """The reliability diagram: equal-width bins over [0, 1], the last one closed; empty bins are not listed."""
    truth, p, _ = _prepare(labels, probabilities, None)
    _check_probabilities(p)
    place = np.minimum((p * bins).astype(int), bins - 1)
    result = []
    for b in range(bins):
        inside = place == b
        if n := int(inside.sum()):
            result.append(
                ReliabilityBin(b / bins, (b + 1) / bins, n, float(p[inside].mean()), float(truth[inside].mean()))
            )
    return result


def ece(labels: ArrayLike, probabilities: ArrayLike, bins: int = 10, weights: ArrayLike | None = None) -> Floats:
    """Expected calibration error: Σ_b (n_b / n) |share_b − confidence_b| over the bins (Naeini et al. 2015)."""
    truth, p, w = _prepare(labels, probabilities, weights)
    _check_probabilities(p)
    place = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [np.abs((w * (place == b) * (truth - p)).sum(-1)) for b in np.unique(place)]
    return _ratio(np.sum(gaps, axis=0), w.sum(-1))


@dataclass(frozen=True, slots=True)
class Detection:
    """Precision, recall and F1 of finding the *unsupported* items (RAGTruth's direction)."""

    precision: float
    recall: float
    f1: float


def detection_f1(unsupported: Sequence[bool], flagged: Sequence[bool]) -> Detection:
    """F1 of flagging unsupported sentences or responses, one entry each: precision and recall 0 if their
    denominators are (nothing flagged, nothing to flag)."""
    pairs = list(zip(unsupported, flagged, strict=True))
    both = sum(u and f for u, f in pairs)
    return _detection(both, sum(f for _, f in pairs), sum(u for u, _ in pairs))


Spans = Sequence[tuple[int, int]]


def span_f1(gold: Sequence[Spans], predicted: Sequence[Spans]) -> Detection:
    """Character-level F1 of marked spans (start, end), pooled over responses (RAGTruth, Niu et al. 2024): precision =
    overlapping characters / predicted characters, recall = overlapping / gold. Overlapping spans count once."""
    overlap = said = true = 0
    for gold_spans, predicted_spans in zip(gold, predicted, strict=True):
        wanted = {i for start, end in gold_spans for i in range(start, end)}
        marked = {i for start, end in predicted_spans for i in range(start, end)}
        overlap += len(wanted & marked)
        said += len(marked)
        true += len(wanted)
    return _detection(overlap, said, true)


def _detection(both: int, said: int, true: int) -> Detection:
    precision, recall = both / said if said else 0.0, both / true if true else 0.0
    return Detection(precision, recall, harmonic_mean(precision, recall))


@dataclass(frozen=True, slots=True)
class MinimalPair:
    """A judge's scores of a supported sentence and of the same sentence with one thing changed so that it is not."""

    original: float | None
    corrupted: float | None


def pair_ranked(pair: MinimalPair) -> Value:
    """1 if the judge scores the original higher than its corruption, ½ if the same, else 0; chance is ½."""
    if pair.original is None or pair.corrupted is None:
        return unjudged("one of the pair was not judged")
    return 0.5 if pair.original == pair.corrupted else float(pair.original > pair.corrupted)


def pair_decided(pair: MinimalPair, threshold: float = 0.5) -> Value:
    """1 if the judge accepts the original (score ≥ threshold) and rejects its corruption, else 0; chance is ¼."""
    if pair.original is None or pair.corrupted is None:
        return unjudged("one of the pair was not judged")
    return float(pair.original >= threshold > pair.corrupted)


def cohen_kappa(first: Sequence[object], second: Sequence[object]) -> Value:
    """(p_o − p_e) / (1 − p_e): agreement of two judges beyond chance (Cohen 1960). Left unjudged when there are no
    items or when chance alone makes them agree always (both give one and the same verdict throughout)."""
    pairs = list(zip(first, second, strict=True))
    if not pairs:
        return unjudged("no item judged by both")
    n = len(pairs)
    observed = sum(a == b for a, b in pairs) / n
    values = {value for pair in pairs for value in pair}
    expected = sum(sum(a == v for a, _ in pairs) * sum(b == v for _, b in pairs) for v in values) / n**2
    return (observed - expected) / (1 - expected) if expected < 1 else unjudged("both judges always said the same")


def krippendorff_alpha(ratings: Sequence[Sequence[object | None]]) -> Value:
    """Nominal α = 1 − D_o / D_e (Krippendorff 2011), any number of judges, missing verdicts (None) allowed.

    `ratings[j][i]` is judge j's verdict on item i. From the coincidence matrix: an item with m ≥ 2 verdicts adds
    1/(m−1) for each ordered pair of them; D_o is the share of unequal pairs, D_e the share expected by chance.
    """
    coincidences: dict[tuple[object, object], float] = {}
    for verdicts in zip(*ratings, strict=True):
        given = [verdict for verdict in verdicts if verdict is not None]
        for i, a in enumerate(given):
            for j, b in enumerate(given):
                if i != j:
                    coincidences[a, b] = coincidences.get((a, b), 0.0) + 1 / (len(given) - 1)
    total = sum(coincidences.values())
    if total <= 1:
        return unjudged("no item judged by two")
    marginal: dict[object, float] = {}
    for (a, _), count in coincidences.items():
        marginal[a] = marginal.get(a, 0.0) + count
    observed = sum(count for (a, b), count in coincidences.items() if a != b)
    expected = (total**2 - sum(count**2 for count in marginal.values())) / (total - 1)
    return 1 - observed / expected if expected > 0 else unjudged("all verdicts are the same")
