"""A logistic regression whose weights cannot turn against what their feature means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.calibrate.rows import Row
from rag.verify.calibration import Logistic

RIDGE = 0.02
"""Penalty on the squares of the standardised weights, against one averaged row."""

ENOUGH = 60

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A row as the fit sees it."""

    row: Row
    features: Mapping[str, float]


def fit(examples: Sequence[Example], signs: Mapping[str, int], fixed: Mapping[str, float] | None = None) -> Logistic:
    """Weights that minimise the log-loss, one data set counting as much as another.

    `signs` names the features and says whether more of each speaks for (1) or against (-1) support.
    ``min Σ_d mean_{i in d} log-loss_i / D + RIDGE · |w|²`` with w ≥ 0 for features that speak for
    support and w ≤ 0 for the others (L-BFGS-B); weights in `fixed` stay as they are. The threshold
    maximises the balanced accuracy. A data set of fewer than `ENOUGH` rows counts for less.
    """
    from scipy.optimize import minimize

    names = list(signs)
    x = np.array([[example.features[name] for name in names] for example in examples])
    y = np.array([example.row.label for example in examples], dtype=float)
    share = _equal_shares([example.row.dataset for example in examples])
    centre, spread = x.mean(axis=0), x.std(axis=0)
    spread[spread == 0] = 1.0
    standard = (x - centre) / spread

    def loss(parameters: Floats) -> tuple[float, Floats]:
        logits = standard @ parameters[1:] + parameters[0]
        errors = share * (1 / (1 + np.exp(-logits)) - y)
        value = float(share @ (np.logaddexp(0, logits) - y * logits) + RIDGE * parameters[1:] @ parameters[1:])
        return value, np.concatenate([[errors.sum()], errors @ standard + 2 * RIDGE * parameters[1:]])

    held = {name: weight * spread[names.index(name)] for name, weight in (fixed or {}).items()}
    bounds = [(held[n], held[n]) if n in held else (0, None) if signs[n] > 0 else (None, 0) for n in names]
    bounds.insert(0, (None, None))
    found = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", bounds=bounds)
    weights = found.x[1:] / spread
    intercept = float(found.x[0] - weights @ centre)
    kept = {name: float(weight) for name, weight in zip(names, weights, strict=True) if abs(weight) > 1e-6}
    model = Logistic(intercept, kept, 0.5)
    scores = np.array([model.probability(example.features) for example in examples])
    return Logistic(intercept, kept, _best_threshold(scores, y, share))


def _equal_shares(datasets: Sequence[str]) -> Floats:
    counts = {name: datasets.count(name) for name in set(datasets)}
    shares = np.array([min(counts[name], ENOUGH) / counts[name] for name in datasets])
    return np.asarray(shares / shares.sum())


def _best_threshold(scores: Floats, labels: Floats, share: Floats) -> float:
    """The cut, in steps of 0.01, with the highest balanced accuracy; the middle of equally good ones."""
    cuts = np.arange(0.05, 0.96, 0.01)
    positive, negative = share * labels, share * (1 - labels)
    above = scores[None, :] >= cuts[:, None]
    accuracy = (above @ positive / positive.sum() + ~above @ negative / negative.sum()) / 2
    best = cuts[accuracy >= accuracy.max() - 1e-9]
    return round(float(best[len(best) // 2]), 2)


def response_score(probabilities: Sequence[float]) -> float:
    """How far a response is supported: the mean of its two weakest sentences.

    The weakest alone is at the mercy of one mistake; a product condemns long responses for their length.
    """
    weakest = sorted(probabilities)[:2]
    return sum(weakest) / len(weakest)
