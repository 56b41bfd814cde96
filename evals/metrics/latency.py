"""Time, tokens and money for one question, and their percentiles over many."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evals.errors import MetricError


@dataclass(frozen=True, slots=True)
class Price:
    """What an endpoint charges for a million tokens, in its currency."""

    prompt: float
    completion: float

    def cost(self, prompt_tokens: float, completion_tokens: float) -> float:
        """The price of so many tokens."""
        return (prompt_tokens * self.prompt + completion_tokens * self.completion) / 1_000_000


def percentile(values: Sequence[float], q: float) -> float:
    """The q-quantile, 0 ≤ q ≤ 1, interpolated linearly between the two nearest ranks (Hyndman & Fan 1996, type 7)."""
    if not values:
        raise MetricError("the percentile of no values is not defined")
    if not 0 <= q <= 1:
        raise MetricError(f"the quantile is {q}; give a number in [0, 1]")
    ranked = sorted(values)
    place = q * (len(ranked) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ranked) - 1)
    return ranked[below] + (ranked[above] - ranked[below]) * (place - below)


def tokens_per_second(tokens: int, milliseconds: float) -> float:
    """Generation speed; raises MetricError if no time passed."""
    if milliseconds <= 0:
        raise MetricError(f"{tokens} tokens in {milliseconds} ms; the clock is broken")
    return 1000 * tokens / milliseconds
