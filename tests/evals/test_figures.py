import numpy as np
import pytest

from evals.errors import MetricError
from evals.figures import Figure, f1_figure, mean_figure, quantile_figure, ratio_figure, statistic_figure
from evals.metrics import LeftOut, Value, unjudged
from evals.metrics.judging import auroc
from evals.statistics import wilson


def test_a_share_of_independent_items_has_wilsons_interval() -> None:
    figure = mean_figure("Hits@4", [1.0, 0.0, 1.0, 1.0])
    assert (figure.value, figure.n, figure.method) == (0.75, 4, "Wilson")
    assert (figure.low, figure.high) == (wilson(3, 4).low, wilson(3, 4).high)


def test_what_is_left_out_is_counted_by_reason() -> None:
    values: list[Value] = [1.0, LeftOut("abstained"), unjudged("no claims"), LeftOut("abstained"), 0.5, 0.0]
    figure = mean_figure("faithfulness", values)
    assert (figure.value, figure.n) == (0.5, 3)
    assert figure.left_out == (("abstained", 2), ("unjudged: no claims", 1))
    assert figure.method == "BCa bootstrap"
    assert "n = 3 (left out: 2 abstained; 1 unjudged: no claims)" in str(figure)


def test_questions_on_one_article_are_resampled_together() -> None:
    figure = mean_figure("EM", [1.0, 1.0, 0.0, 0.0], ["a", "a", "b", "c"])
    assert figure.method == "cluster bootstrap, 3 clusters"
    assert figure.low is not None
    assert figure.high is not None
    assert figure.low <= 0.5 <= figure.high


def test_all_right_is_not_certainty() -> None:
    figure = mean_figure("EM", [1.0] * 6, ["a", "a", "b", "b", "c", "c"])
    assert (figure.low, figure.high) == (wilson(3, 3).low, 1.0)
    assert figure.method == "Wilson over clusters"


def test_one_article_only_spans_the_metrics_range() -> None:
    figure = mean_figure("F1", [0.3, 0.5], ["a", "a"])
    assert (figure.value, figure.low, figure.high) == (0.4, 0.0, 1.0)
    unbounded = mean_figure("tokens", [300, 500], ["a", "a"], unit="tokens", bounds=None)
    assert (unbounded.value, unbounded.low) == (400, None)
    assert str(unbounded) == "tokens: 400 [no interval] tokens, n = 2"


def test_nothing_counted_has_no_value() -> None:
    figure = mean_figure("faithfulness", [LeftOut("abstained")])
    assert (figure.value, figure.low, figure.high, figure.n) == (None, None, None, 0)
    assert str(figure) == "faithfulness: none, n = 0 (left out: 1 abstained)"
    assert mean_figure("x", []).value is None


@pytest.mark.parametrize("broken", [1.5, -0.1, float("nan")])
def test_a_value_outside_its_range_is_an_error(broken: float) -> None:
    with pytest.raises(MetricError, match=r"F1: .* outside"):
        mean_figure("F1", [0.5, broken])


def test_micro_average() -> None:
    # claims: 3 of 4, 0 of 1, 0 of 0 → 3/5
    figure = ratio_figure("faithfulness, micro", [3, 0, 0], [4, 1, 0], ["a", "b", "c"])
    assert (figure.value, figure.n) == (0.6, 5)
    assert figure.low is not None
    perfect = ratio_figure("faithfulness, micro", [4, 1, 0], [4, 1, 0], ["a", "b", "c"])
    assert (perfect.value, perfect.high) == (1.0, 1.0)
    assert perfect.low == wilson(2, 2).low  # the third has no claims
    assert ratio_figure("x", [0], [0], ["a"]).value is None


def test_f1_is_of_the_data_sets_means() -> None:
    # precision 1, 0 → ½; recall 1, 1 → 1; F1 of the means 2/3 (not the mean of F1s, ½)
    figure = f1_figure("citation F1", [1.0, 0.0, LeftOut("abstained")], [1.0, 1.0, LeftOut("abstained")], [1, 2, 3])
    assert figure.value == pytest.approx(2 / 3)
    assert (figure.n, figure.left_out) == (2, (("abstained", 1),))
    perfect = f1_figure("citation F1", [1.0] * 4, [1.0] * 4, ["a", "a", "b", "c"])
    assert (perfect.value, perfect.low, perfect.high) == (1.0, wilson(3, 3).low, 1.0)


def test_any_weighted_statistic_gets_an_interval() -> None:
    rng = np.random.default_rng(0)
    labels = rng.random(200) < 0.5
    scores = labels + rng.normal(size=200)
    figure = statistic_figure("AUROC", lambda w: auroc(labels, scores, w), list(range(200)))
    assert figure.value == pytest.approx(float(auroc(labels, scores)))
    assert figure.low is not None
    assert figure.high is not None
    # Hanley & McNeil's standard error at .75 with 100 and 100 is .034
    assert figure.high - figure.low == pytest.approx(2 * 1.96 * 0.034, rel=0.15)
    assert statistic_figure("AUROC", lambda w: auroc([True], [0.5], w), ["a"]).value is None


def test_quantiles_lie_between_order_statistics() -> None:
    figure = quantile_figure("latency p50", [float(i) for i in range(1, 101)], 0.5)
    # binomial(100, ½): 2.5% quantile 40, 97.5% quantile 60 → the 40th and the 61st value
    assert (figure.value, figure.low, figure.high, figure.unit) == (50.5, 40.0, 61.0, "ms")
    few = quantile_figure("latency p95", [1.0, 2.0, unjudged("error")], 0.95)
    assert (few.high, few.n, few.left_out) == (None, 2, (("unjudged: error", 1),))
    assert quantile_figure("x", [], 0.5).value is None


def test_a_figure_goes_through_json() -> None:
    figure = mean_figure("EM", [1.0, 0.0, LeftOut("abstained")])
    assert Figure.from_json(figure.to_json()) == figure
