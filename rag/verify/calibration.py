"""From features to a probability: the fitted weights in ``calibration.json``."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Logistic:
    """P(supported) = 1 / (1 + exp(-(intercept + Σ weight · feature))); supported from `threshold` on."""

    intercept: float
    weights: Mapping[str, float]
    threshold: float

    def probability(self, features: Mapping[str, float]) -> float:
        """In 0..1. Raises KeyError if a feature with a weight is missing."""
        logit = self.intercept + sum(weight * features[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-40.0, min(40.0, logit))))


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns findings into probabilities.

    `rules` weighs the features; `learned` weighs what comes out of that with the learned judge's
    logit, `judged` what is known then with a language model's judgement; `copy` is the share of
    near-copies that are supported.
    """

    rules: Logistic
    learned: Logistic
    judged: Logistic
    copy: float


def load() -> Calibration:
    """The calibration that comes with the package."""
    text = resources.files(__name__.rpartition(".")[0]).joinpath("calibration.json").read_text(encoding="utf-8")
    content = json.loads(text)
    models = content["models"]
    rules, learned, judged = (_logistic(models[name]) for name in ("rules", "learned", "judged"))
    return Calibration(rules, learned, judged, float(content["copy"]))


def _logistic(model: Mapping[str, object]) -> Logistic:
    weights, intercept, threshold = model["weights"], model["intercept"], model["threshold"]
    assert isinstance(weights, dict)
    assert isinstance(intercept, (int, float))
    assert isinstance(threshold, (int, float))
    return Logistic(float(intercept), MappingProxyType({k: float(v) for k, v in weights.items()}), float(threshold))
