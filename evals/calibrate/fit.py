"""A logistic regression whose weights cannot turn against what their feature means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.verify.calibration import Logistic

RIDGE = 0.02
"""Penalty on the squares of the standardised weights, against one averaged row."""

ENOUGH = 60

EVEN = 0.5
"""What is likelier than not counts as supported. The cut with the highest balanced accuracy lies higher (0.6): there it
calls a fifth of what people call supported unsupported, where most of what is said is supported."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """What the fit sees of a row: `label` is True for supported."""

    dataset: str
    label: bool
    features: Mapping[str, float]


def fit(examples: Sequence[Example], signs: Mapping[str, int], fixed: Mapping[str, float] | None = None) -> Logistic:
    """Weights that minimise the log-loss, one data set counting as much as another.

    `signs` names the features and says whether more of each speaks for (1) or against (-1) support.
    ``min Σ_d mean_{i in d} log-loss_i / D + RIDGE · |w|²`` with w ≥ 0 for features that speak for
    support and w ≤ 0 for the others (L-BFGS-B); weights in `fixed` stay as they are. The threshold
    is `EVEN`. A data set of fewer than `ENOUGH` rows counts for less.
    """
    from scipy.optimize import minimize

    names = list(signs)
    x = np.array([[example.features[name] for name in names] for example in examples])
    y = np.array([example.label for example in examples], dtype=float)
    share = _equal_shares([example.dataset for example in examples])
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
    return Logistic(intercept, kept, EVEN)


def _equal_shares(datasets: Sequence[str]) -> Floats:
    counts = {name: datasets.count(name) for name in set(datasets)}
    shares = np.array([min(counts[name], ENOUGH) / counts[name] for name in datasets])
    return np.asarray(shares / shares.sum())


def response_score(probabilities: Sequence[float]) -> float:
    """How far a response is supported: the mean of its two weakest sentences.

    The weakest alone is at the mercy of one mistake; a product condemns long responses for their length.
    """
    weakest = sorted(probabilities)[:2]
    return sum(weakest) / len(weakest)
