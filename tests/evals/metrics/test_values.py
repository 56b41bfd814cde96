import pytest

from evals.errors import MetricError
from evals.metrics.values import LeftOut, checked_share, harmonic_mean, mean, unjudged


def test_reasons_say_whether_a_verdict_is_missing() -> None:
    assert LeftOut("abstained").label == "abstained"
    assert unjudged("no claims").label == "unjudged: no claims"


@pytest.mark.parametrize("value", [-0.01, 1.01, float("nan"), float("inf")])
def test_a_score_outside_its_range_is_an_error(value: float) -> None:
    with pytest.raises(MetricError, match="outside"):
        checked_share(value, "the judge's score")


def test_means() -> None:
    assert checked_share(0.5, "x") == 0.5
    assert harmonic_mean(0.5, 1) == pytest.approx(2 / 3)
    assert harmonic_mean(0, 0) == 0
    assert mean([1, 2]) == 1.5
    with pytest.raises(MetricError, match="no values"):
        mean([])
