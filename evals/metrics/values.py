"""What a metric returns for one question: a number, or the reason why there is none."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evals.errors import MetricError


@dataclass(frozen=True, slots=True)
class LeftOut:
    """No number, and why.

    `unjudged` tells the two cases apart: False, the metric does not apply to this question (retrieval on an
    unanswerable one, faithfulness of an abstention); True, it does apply but a verdict is missing (the judge
    failed, no claims were found). Neither is ever a zero, and neither is ever a pass.
    """

    reason: str
    unjudged: bool = False

    @property
    def label(self) -> str:
        """The reason as figures list it."""
        return f"unjudged: {self.reason}" if self.unjudged else self.reason


Value = float | LeftOut


def unjudged(reason: str) -> LeftOut:
    """A value that should be there and is not."""
    return LeftOut(reason, unjudged=True)


def checked_share(value: float, what: str) -> float:
    """`value` if it is a finite number in [0, 1]; a score outside its range is an error, not a result."""
    if not math.isfinite(value) or not 0.0 <= value <= 1.0:
        raise MetricError(f"{what} is {value!r}, outside [0, 1]; the judge or the calibration that made it is broken")
    return float(value)


def share_of(verdicts: Sequence[bool | None], what: str) -> Value:
    """How many of the verdicts are yes. Unjudged without any, and when one is missing (None)."""
    if not verdicts:
        return unjudged(f"no {what}s")
    if any(verdict is None for verdict in verdicts):
        return unjudged(f"not every {what} was judged")
    return sum(bool(verdict) for verdict in verdicts) / len(verdicts)


def checked_cutoff(k: int) -> int:
    """`k` if it is a usable rank cut-off (at least 1)."""
    if k < 1:
        raise MetricError(f"the cut-off k is {k}; give 1 or more")
    return k


def harmonic_mean(a: float, b: float) -> float:
    """2ab / (a + b), and 0 if both are 0 (F1 of precision and recall)."""
    return 2 * a * b / (a + b) if a + b > 0 else 0.0


def mean(values: Iterable[float]) -> float:
    """The arithmetic mean; an error when there is nothing to average."""
    numbers = list(values)
    if not numbers:
        raise MetricError("the mean of no values is not defined")
    return math.fsum(numbers) / len(numbers)
