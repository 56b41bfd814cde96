import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.errors import MetricError
from evals.metrics.latency import Price, percentile, tokens_per_second


def test_cost_is_per_million_tokens() -> None:
    # 1,500 · 2 / 10⁶ + 200 · 10 / 10⁶ = 0.003 + 0.002
    assert Price(prompt=2, completion=10).cost(1_500, 200) == pytest.approx(0.005)


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0, 1))
def test_percentile_equals_numpy(values: list[float], q: float) -> None:
    assert percentile(values, q) == pytest.approx(float(np.quantile(values, q)))


def test_what_cannot_be_measured_is_an_error() -> None:
    with pytest.raises(MetricError, match="no values"):
        percentile([], 0.5)
    with pytest.raises(MetricError, match="quantile"):
        percentile([1], 95)
    with pytest.raises(MetricError, match="clock"):
        tokens_per_second(5, 0)
    assert tokens_per_second(48, 2_000) == 24
