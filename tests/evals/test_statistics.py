import math

import numpy as np
import pytest

from evals.errors import MetricError
from evals.statistics import (
    bca,
    cluster_bootstrap,
    design_effect,
    holm,
    mcnemar,
    prediction_powered_mean,
    required_n,
    rogan_gladen,
    rule_of_three,
    sign_flip_test,
    weighted_f1,
    weighted_mean,
    weighted_ratio,
    wilson,
)


def test_wilson_by_hand() -> None:
    # 8 of 10, z² = 3.8415: centre (.8 + .19207) / 1.38415 = .71674, half 1.95996 · √(.016 + .0096036) / 1.38415
    # = .22657
    interval = wilson(8, 10)
    assert (interval.low, interval.high) == pytest.approx((0.49016, 0.94332), abs=1e-4)
    none = wilson(0, 10)
    assert none.low == 0.0
    assert none.high == pytest.approx(3.8415 / 13.8415, abs=1e-4)
    with pytest.raises(MetricError, match="not a proportion"):
        wilson(3, 2)


def test_the_cluster_bootstrap_is_wider_when_items_agree_within_clusters() -> None:
    rng = np.random.default_rng(1)
    article = rng.normal(size=40)
    values = np.repeat(article, 5) + 0.1 * rng.normal(size=200)
    clustered = cluster_bootstrap(weighted_mean(values), np.repeat(np.arange(40), 5).tolist())
    alone = cluster_bootstrap(weighted_mean(values), list(range(200)))
    assert clustered.low is not None
    assert clustered.high is not None
    assert alone.low is not None
    assert alone.high is not None
    # one value an article in effect: the standard error is √5 larger
    assert (clustered.high - clustered.low) / (alone.high - alone.low) == pytest.approx(math.sqrt(5), rel=0.1)
    # and close to the normal interval of the 40 article means
    means = values.reshape(40, 5).mean(axis=1)
    half = 1.96 * means.std(ddof=1) / math.sqrt(40)
    assert clustered.high - clustered.low == pytest.approx(2 * half, rel=0.06)


def test_the_same_seed_gives_the_same_interval() -> None:
    values, clusters = np.random.default_rng(0).normal(size=20), list(range(20))
    first = cluster_bootstrap(weighted_mean(values), clusters)
    assert cluster_bootstrap(weighted_mean(values), clusters) == first
    assert cluster_bootstrap(weighted_mean(values), clusters, seed=2) != first


def test_one_cluster_has_no_interval() -> None:
    interval = cluster_bootstrap(weighted_mean([0.0, 1.0]), ["a", "a"])
    assert interval.low is None
    assert "fewer than two clusters" in interval.method


def test_undefined_resamples_are_skipped() -> None:
    # The one denominator is drawn in some resamples only; in the others the ratio is 0 / 0.
    interval = cluster_bootstrap(weighted_ratio([1, 0], [2, 0]), ["a", "b"])
    assert (interval.low, interval.high) == (0.5, 0.5)
    never = cluster_bootstrap(weighted_ratio([0, 0], [0, 0]), ["a", "b"])
    assert never.low is None


def test_f1_of_means() -> None:
    statistic = weighted_f1(weighted_mean([1.0, 0.0]), weighted_mean([1.0, 1.0]))
    # p = ½, r = 1 → 2/3; weights (0, 1): p = 0, r = 1 → 0
    assert statistic(np.array([[1.0, 1.0], [0.0, 1.0]])) == pytest.approx([2 / 3, 0.0])


def test_bca_is_near_the_normal_interval_on_symmetric_data() -> None:
    values = np.random.default_rng(3).normal(size=400)
    interval = bca(values)
    half = 1.96 * values.std(ddof=1) / 20
    assert interval.low == pytest.approx(values.mean() - half, abs=0.01)
    assert interval.high == pytest.approx(values.mean() + half, abs=0.01)
    assert bca([0.3, 0.3]).high == 0.3
    assert bca([0.3]).low is None


def test_sign_flip_is_exact_for_few() -> None:
    # 5 differences, all +1: of 2⁵ signs only all plus and all minus are as extreme: 2/32
    assert sign_flip_test([1, 1, 1, 1, 1]) == pytest.approx(2 / 32)
    # zeros have no sign and change nothing
    assert sign_flip_test([1, 1, 1, 1, 1, 0, 0]) == pytest.approx(2 / 32)
    assert sign_flip_test([0, 0]) == 1.0
    with pytest.raises(MetricError, match="no pairs"):
        sign_flip_test([])


def test_sign_flip_flips_whole_clusters() -> None:
    # six questions on three articles: 2³ signs, two of them as extreme
    assert sign_flip_test([1] * 6, ["a", "a", "b", "b", "c", "c"]) == pytest.approx(2 / 8)
    assert sign_flip_test([1, 1], ["a", "a"]) == 1.0


def test_sign_flip_on_many_is_close_to_the_t_test() -> None:
    differences = np.random.default_rng(5).normal(0.12, 1.0, size=300)
    t = differences.mean() / (differences.std(ddof=1) / math.sqrt(300))
    normal = math.erfc(abs(t) / math.sqrt(2))
    assert sign_flip_test(differences) == pytest.approx(normal, abs=0.015)


def test_mcnemar() -> None:
    # 1 against 9: 2 · (1 + 10) / 2¹⁰
    assert mcnemar(1, 9) == mcnemar(9, 1) == pytest.approx(22 / 1024)
    assert mcnemar(0, 0) == mcnemar(5, 5) == 1.0
    assert mcnemar(0, 2_000) == 0.0


def test_holm() -> None:
    # sorted .01 .02 .04 · 3, 2, 1 = .03 .04 .04
    assert holm({"b": 0.02, "a": 0.01, "c": 0.04}) == pytest.approx({"b": 0.04, "a": 0.03, "c": 0.04})
    # never smaller than a smaller p's, never above 1
    assert holm({"a": 0.3, "b": 0.31, "c": 0.9}) == pytest.approx({"a": 0.9, "b": 0.9, "c": 0.9})
    assert holm({"a": 0.6, "b": 0.7}) == {"a": 1.0, "b": 1.0}


def test_prediction_powered_mean() -> None:
    # f = 1 1 0 0 (mean .5, var 1/3, N 4); y − f = 0 −1 0 −1 (mean −.5, var 1/3, n 4): θ = 0, se² = 1/12 + 1/12
    estimate = prediction_powered_mean([1, 1, 0, 0], [1, 0, 0, 0], [1, 1, 0, 1])
    assert estimate.value == pytest.approx(0.0)
    assert estimate.high == pytest.approx(1.959964 * math.sqrt(1 / 6))
    with pytest.raises(MetricError, match="too few"):
        prediction_powered_mean([1, 1], [1], [1])


def test_rogan_gladen() -> None:
    # q = .6, Se .9, Sp .8: (.6 + .8 − 1) / .7 = .5714
    estimate = rogan_gladen(60, 100, sensitivity=(90, 100), specificity=(80, 100))
    p = 0.4 / 0.7
    assert estimate.value == pytest.approx(p)
    # z² = 3.8415: q' = 61.92073 / 103.84146 = .59630, Se' = 91 / 102 = .89216, Sp' = 81 / 102 = .79412, p' = .56888;
    # the half width is 1.95996 √(.0023182 + .56888² · .00094321 + .43112² · .0016030) / .68627 = .1544, the shift
    # 2z² (.56888 · .00094321 − .43112 · .0016030) = −.0012.
    assert (estimate.low, estimate.high) == pytest.approx((0.4133, 0.7221), abs=3e-4)
    # All judged supported: no certainty follows from a judge that errs.
    certain = rogan_gladen(40, 40, sensitivity=(90, 100), specificity=(60, 100))
    assert certain.value == 1.0
    assert 0.75 < certain.low < 0.98
    assert rogan_gladen(5, 100, sensitivity=(90, 100), specificity=(80, 100)).value == 0.0
    with pytest.raises(MetricError, match="says nothing"):
        rogan_gladen(5, 10, sensitivity=(1, 2), specificity=(1, 2))


def test_small_rules() -> None:
    assert required_n(0.3, 0.05) == 282
    assert rule_of_three(100) == 0.03
    assert rule_of_three(2) == 1.0
    with pytest.raises(MetricError, match="margin"):
        required_n(0.3, 0)
    with pytest.raises(MetricError, match="no trials"):
        rule_of_three(0)


def test_design_effect() -> None:
    # perfectly equal within pairs: twice the variance (asymptotically); independent: about 1
    values = np.repeat(np.random.default_rng(7).normal(size=500), 2)
    assert design_effect(values, np.repeat(np.arange(500), 2).tolist()) == pytest.approx(2, rel=0.01)
    assert design_effect([1.0, 1.0, 1.0], ["a", "b", "b"]) == 1.0
    assert design_effect([1.0], ["a"]) == 1.0
