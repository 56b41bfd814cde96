import json
from collections.abc import Callable

import pytest

from evals.errors import MetricError, RecordError
from evals.gate import decide, gate
from evals.metrics import Value, unjudged
from evals.records import Record

N = 120


def run(value: Callable[[int], Value | None], metric: str = "EM", n: int = N) -> list[Record]:
    """`n` questions, each on its own article; None is an error row."""
    return [
        Record(
            question_id=f"q{i:03}",
            dataset="golden",
            system="extractive",
            key=str(i),
            question="?",
            kind="single",
            cluster=str(i),
            metrics={} if (v := value(i)) is None else {metric: v},
            error="timed out" if v is None else None,
        )
        for i in range(n)
    ]


@pytest.mark.parametrize(
    ("low", "high", "outcome"),
    [
        (-0.04, 0.01, "PASS"),  # L > −δ
        (-0.04, -0.01, "PASS"),  # worse for sure, but not by the margin
        (0.01, 0.03, "PASS"),
        (-0.05, 0.01, "INCONCLUSIVE"),  # L = −δ does not pass
        (-0.09, 0.02, "INCONCLUSIVE"),
        (-0.09, 0.0, "INCONCLUSIVE"),  # U < 0 is needed to fail
        (-0.09, -0.001, "FAIL"),
        (None, None, "INCONCLUSIVE"),
    ],
)
def test_the_rule(low: float | None, high: float | None, outcome: str) -> None:
    assert decide(low, high, 0.05) == outcome


def test_a_margin_is_more_than_zero() -> None:
    with pytest.raises(MetricError, match="margin"):
        decide(0, 0, 0)


def test_the_same_run_passes() -> None:
    found = gate(run(lambda i: float(i % 2)), run(lambda i: float(i % 2)), {"EM": 0.05})
    assert found.outcome == "PASS"
    assert "the same on every question" in str(found)
    assert json.loads(json.dumps(found.to_json()))["metrics"][0]["outcome"] == "PASS"


def test_a_clear_loss_fails_and_the_whole_with_it() -> None:
    found = gate(run(lambda _: 1.0), run(lambda i: float(i % 3 > 0)), {"EM": 0.05})
    assert found.outcome == "FAIL"
    assert [one.outcome for one in found.metrics] == ["FAIL"]


def test_too_few_questions_are_inconclusive_and_the_number_needed_is_said() -> None:
    # 12 questions, two lost and two won: no difference, but [L, U] is far wider than the margin
    old, new = run(lambda i: float(i not in (0, 1)), n=12), run(lambda i: float(i not in (2, 3)), n=12)
    (one,) = gate(old, new, {"EM": 0.05}).metrics
    assert one.outcome == "INCONCLUSIVE"
    # sd of (1, 1, −1, −1, 0 × 8) = √(4/11) = .603; (2.8 · .603 / .05)² = 1140
    assert one.needed == 1140
    assert "about 1140 questions are needed" in one.note


def test_less_is_better_turns_the_rule_round() -> None:
    slower = run(lambda i: 300.0 + i % 7, "total_ms")
    faster = run(lambda i: 100.0 + i % 7, "total_ms")
    assert gate(slower, faster, {"total_ms": 50}).outcome == "PASS"
    assert gate(faster, slower, {"total_ms": 50}).outcome == "FAIL"


def test_questions_that_lost_their_verdict_cannot_make_a_pass() -> None:
    old = run(lambda _: 1.0)
    assert gate(old, run(lambda i: None if i == 5 else 1.0), {"EM": 0.05}).outcome == "PASS"  # one error is within δ
    for missing in (None, unjudged("no verdict")):
        found = gate(old, run(lambda i, missing=missing: missing if i % 5 == 0 else 1.0), {"EM": 0.05})  # type: ignore[misc]
        assert found.outcome == "INCONCLUSIVE"
        assert "24 lost their value" in str(found)
    fewer = gate(old, run(lambda _: 1.0, n=60), {"EM": 0.05})
    assert fewer.outcome == "INCONCLUSIVE"


def test_a_lost_time_has_no_worst_value() -> None:
    old = run(lambda _: 100.0, "total_ms")
    found = gate(old, run(lambda i: None if i == 5 else 100.0, "total_ms"), {"total_ms": 50})
    assert found.outcome == "INCONCLUSIVE"


def test_what_cannot_be_gated() -> None:
    with pytest.raises(RecordError, match="no metrics"):
        gate(run(lambda _: 1.0), run(lambda _: 1.0), {})
    with pytest.raises(RecordError, match="no run measured 'F1'"):
        gate(run(lambda _: 1.0), run(lambda _: 1.0), {"F1": 0.1})
    one = run(lambda _: 1.0, n=1)
    assert gate(one, one, {"EM": 0.05}).outcome == "INCONCLUSIVE"
