import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.errors import MetricError
from evals.metrics import LeftOut
from evals.metrics.abstention import (
    accuracy_if_answered,
    aurc,
    count_abstentions,
    optimal_aurc,
    risk_coverage,
)


def test_counts() -> None:
    # 4 answerable, one refused; 3 unanswerable, two refused: P = 2/3, R = 2/3, F1 = 2/3, over-refusal 1/4
    counts = count_abstentions([True] * 4 + [False] * 3, [True, False, False, False, True, True, False])
    assert (counts.tp, counts.fp, counts.fn, counts.tn) == (2, 1, 1, 3)
    assert (counts.precision, counts.recall, counts.f1) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    assert counts.over_refusal == 0.25


def test_what_is_not_defined_is_left_out() -> None:
    never = count_abstentions([True, False], [False, False])
    assert never.precision == LeftOut("never abstained")
    assert (never.recall, never.f1) == (0.0, 0.0)
    assert count_abstentions([True], [False]).f1 == LeftOut("no unanswerable question")
    assert count_abstentions([False], [True]).over_refusal == LeftOut("no answerable question")


def test_accuracy_if_answered() -> None:
    assert accuracy_if_answered([True, False, False], [False, False, True]) == 0.5
    assert accuracy_if_answered([True], [True]) == LeftOut("never answered")


def test_risk_coverage_and_its_area() -> None:
    # in order of confidence: right, wrong, right, wrong → risks 0, 1/2, 1/3, 1/2 → area (0 + 1/2 + 1/3 + 1/2) / 4
    confidence, correct = [0.9, 0.8, 0.3, 0.1], [True, False, True, False]
    points = risk_coverage(confidence, correct)
    assert [(p.coverage, p.risk, p.threshold) for p in points] == [
        (0.25, 0.0, 0.9), (0.5, 0.5, 0.8), (0.75, pytest.approx(1 / 3), 0.3), (1.0, 0.5, 0.1),
    ]  # fmt: skip
    assert aurc(confidence, correct) == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)
    # perfect order: right, right, wrong, wrong → (0 + 0 + 1/3 + 1/2) / 4
    assert optimal_aurc(correct) == pytest.approx((1 / 3 + 1 / 2) / 4)


def test_equal_confidence_gives_the_error_rate_in_any_order() -> None:
    assert len(risk_coverage([0.5] * 4, [True, False, True, True])) == 1
    assert aurc([0.5] * 4, [True, False, True, True]) == pytest.approx(0.25)
    with pytest.raises(MetricError, match="no questions"):
        aurc([], [])


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.5, 0.9]), st.booleans()), min_size=1, max_size=20), st.randoms())
def test_the_order_of_the_questions_does_not_matter(pairs: list[tuple[float, bool]], random: object) -> None:
    shuffled = sorted(pairs, key=lambda _: random.random())  # type: ignore[attr-defined]
    area = aurc([c for c, _ in pairs], [r for _, r in pairs])
    assert aurc([c for c, _ in shuffled], [r for _, r in shuffled]) == pytest.approx(area)
    assert optimal_aurc([r for _, r in pairs]) <= area + 1e-12
