import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.errors import MetricError
from evals.metrics import LeftOut
from evals.metrics.judging import (
    MinimalPair,
    auprc,
    auroc,
    balanced_accuracy,
    brier,
    cohen_kappa,
    detection_f1,
    ece,
    krippendorff_alpha,
    pair_decided,
    pair_ranked,
    reliability_bins,
    span_f1,
)

LABELS = [True, True, False, True, False]
SCORES = [0.9, 0.7, 0.7, 0.4, 0.2]


def test_balanced_accuracy() -> None:
    # said true: .9 .7 .7; sensitivity 2/3, specificity 1/2
    assert float(balanced_accuracy(LABELS, SCORES)) == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert float(balanced_accuracy(LABELS, [1] * 5)) == 0.5


def test_auroc_counts_pairs_and_half_for_ties() -> None:
    # 3 · 2 pairs: .9 beats both (2), .7 ties .7 (½) and beats .2 (1), .4 beats .2 (1) → 4.5 / 6
    assert float(auroc(LABELS, SCORES)) == pytest.approx(4.5 / 6)


def test_auprc_steps_through_distinct_thresholds() -> None:
    # at .9: R 1/3, P 1; at .7: R 2/3, P 2/3; at .4: R 1, P 3/4 → (1 + 2/3 + 3/4) / 3
    assert float(auprc(LABELS, SCORES)) == pytest.approx((1 + 2 / 3 + 3 / 4) / 3)


def test_brier() -> None:
    # .01 + .09 + .49 + .36 + .04 = .99
    assert float(brier(LABELS, SCORES)) == pytest.approx(0.99 / 5)


def test_reliability_and_ece() -> None:
    # two bins: [0, .5): .4 .2 → confidence .3, share 1/2; [.5, 1]: .9 .7 .7 → .7667, share 2/3
    low, high = reliability_bins(LABELS, SCORES, bins=2)
    assert (low.n, low.confidence, low.share) == (2, pytest.approx(0.3), 0.5)
    assert (high.n, high.confidence, high.share) == (3, pytest.approx(2.3 / 3), pytest.approx(2 / 3))
    # 2/5 · .2 + 3/5 · .1 = .14
    assert float(ece(LABELS, SCORES, bins=2)) == pytest.approx(0.14)
    assert reliability_bins([True], [1.0])[0].high == 1.0  # the last bin is closed


ITEMS = st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 0.2, 0.5, 0.9]), st.integers(0, 3)), min_size=1)


@given(ITEMS)
def test_a_weight_of_two_is_the_item_twice(items: list[tuple[bool, float, int]]) -> None:
    labels, scores, weights = zip(*items, strict=True)
    repeated = [(label, score) for label, score, weight in items for _ in range(weight)]
    for metric in (balanced_accuracy, auroc, auprc, brier, ece):
        weighted = metric(labels, scores, weights=np.array([weights, weights]))  # type: ignore[operator]
        assert weighted.shape == (2,)
        if repeated:
            plain = metric([label for label, _ in repeated], [score for _, score in repeated])  # type: ignore[operator]
            assert weighted == pytest.approx([float(plain)] * 2, nan_ok=True)


def test_broken_scores_are_errors() -> None:
    with pytest.raises(MetricError, match="not a finite"):
        auroc([True, False], [0.1, float("nan")])
    with pytest.raises(MetricError, match=r"1\.2, outside"):
        brier([True], [1.2])
    with pytest.raises(MetricError, match="one length"):
        auroc([True], [0.1, 0.2])
    with pytest.raises(MetricError, match="do not fit"):
        auroc([True, False], [0.1, 0.2], weights=[1])


def test_finding_unsupported_sentences() -> None:
    # 2 unsupported; 3 flagged, 1 of them rightly: P 1/3, R 1/2, F1 .4
    found = detection_f1([True, True, False, False], [True, False, True, True])
    assert (found.precision, found.recall, found.f1) == pytest.approx((1 / 3, 1 / 2, 0.4))
    assert detection_f1([False], [False]).f1 == 0.0


def test_spans_are_compared_character_by_character() -> None:
    # first: gold 0–10, said 5–15 → 5 shared; second: gold 0–4 twice marked, nothing said. P 5/10, R 5/14
    found = span_f1([[(0, 10)], [(0, 4), (2, 4)]], [[(5, 15)], []])
    assert (found.precision, found.recall) == pytest.approx((5 / 10, 5 / 14))
    assert found.f1 == pytest.approx(2 * 5 / (10 + 14))


def test_minimal_pairs() -> None:
    assert [pair_ranked(MinimalPair(0.9, other)) for other in (0.8, 0.9, 0.95)] == [1.0, 0.5, 0.0]
    assert [pair_decided(MinimalPair(0.9, other)) for other in (0.8, 0.4)] == [0.0, 1.0]
    assert pair_decided(MinimalPair(0.3, 0.1)) == 0.0
    assert pair_decided(MinimalPair(0.8, 0.7), threshold=0.75) == 1.0
    for missing in (MinimalPair(None, 0.1), MinimalPair(0.9, None)):
        for value in (pair_ranked(missing), pair_decided(missing)):
            assert isinstance(value, LeftOut)
            assert value.unjudged


def test_kappa() -> None:
    # 50 items: both yes 20, first only 5, second only 10, both no 15: p_o = .7, p_e = .5·.6 + .5·.4 = .5 → .4
    first = [1] * 25 + [0] * 25
    second = [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15
    assert cohen_kappa(first, second) == pytest.approx(0.4)
    for same in ([], [1, 1]):
        value = cohen_kappa(same, same)
        assert isinstance(value, LeftOut)
        assert value.unjudged


def test_alpha_of_krippendorffs_own_example() -> None:
    # Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section C: nominal, four observers, missing data
    ratings = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    assert krippendorff_alpha(ratings) == pytest.approx(0.743, abs=5e-4)
    assert isinstance(krippendorff_alpha([[1, None], [None, 1]]), LeftOut)
    assert isinstance(krippendorff_alpha([[1, 1], [1, 1]]), LeftOut)
