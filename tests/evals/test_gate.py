import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from evals.cli import command
from evals.errors import MetricError, RecordError
from evals.gate import decide, gate
from evals.metrics import LeftOut, Value, unjudged
from evals.records import Record
from evals.runs import Run, write_records
from evals.subset import to_be_asked

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


@pytest.mark.parametrize("margin", [0, -0.1, float("nan"), float("inf")])
def test_a_margin_is_finite_and_more_than_zero(margin: float) -> None:
    with pytest.raises(MetricError, match="margin"):
        decide(0, 0, margin)


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
    found = gate(old, run(lambda i: unjudged("no verdict") if i % 5 == 0 else 1.0), {"EM": 0.05})
    assert found.outcome == "INCONCLUSIVE"
    assert "24 lost their value" in str(found)


def test_questions_without_an_answer_are_failures() -> None:
    old = run(lambda _: 1.0)
    found = gate(old, run(lambda i: None if i % 5 == 0 else 1.0), {"EM": 0.05})
    assert found.outcome == "FAIL"
    assert "24 have no answer (unjudged: error), and as failures put it beyond the margin" in str(found)
    assert gate(old, run(lambda _: 1.0, n=60), {"EM": 0.05}).outcome == "FAIL"
    # Four questions, one left: the interval says nothing, the mean does.
    few = gate(run(lambda i: float(i != 2), n=4), run(lambda _: 1.0, n=1), {"EM": 0.05})
    assert few.outcome == "FAIL"
    assert "3 unjudged: not in this run" in str(few)
    # What the baseline failed as well is no loss.
    assert gate(run(lambda i: float(i < 60)), run(lambda _: 1.0, n=60), {"EM": 0.05}).outcome == "PASS"
    # An answer to another question is none to this.
    other = [replace(one, question="Who?") if int(one.key) % 5 == 0 else one for one in old]
    assert gate(old, other, {"EM": 0.05}).outcome == "FAIL"


@pytest.mark.parametrize("left", [None, unjudged("no verdict"), LeftOut("abstained")])
@pytest.mark.parametrize("metric", ["EM", "total_ms"])
def test_a_metric_without_any_value_left_fails(left: Value | None, metric: str) -> None:
    found = gate(run(lambda _: 1.0, metric), run(lambda _: left, metric), {metric: 0.05})
    assert found.outcome == "FAIL"
    assert "all 120 lost their value" in str(found)
    # Without a value in the baseline nothing is lost.
    assert gate(run(lambda _: LeftOut("abstained")), run(lambda _: left), {"EM": 0.05}).outcome == "INCONCLUSIVE"


def test_a_lost_time_has_no_worst_value() -> None:
    old = run(lambda _: 100.0, "total_ms")
    found = gate(old, run(lambda i: None if i == 5 else 100.0, "total_ms"), {"total_ms": 50})
    assert found.outcome == "INCONCLUSIVE"
    most = gate(old, run(lambda i: None if i % 3 else 100.0, "total_ms"), {"total_ms": 50})
    assert most.outcome == "FAIL"


def sampled(asked: Sequence[Record], **config: object) -> Run:
    about = {"config": {"datasets": [{"name": "golden"}], **config}, "datasets": {"golden": {"questions": 40}}}
    return Run("new", tuple(asked), about)


def test_a_sample_answers_for_what_it_was_to_ask() -> None:
    old = run(lambda _: 1.0)
    assert to_be_asked(old, sampled(old[:40], limit=40)) == old[:40]
    assert to_be_asked(old, sampled(old[:40], datasets=[{"name": "golden", "limit": 40}])) == old[:40]
    # Not without a limit, not unfinished, not where it is a sample of other questions.
    assert to_be_asked(old, sampled(old[:40])) == old
    assert to_be_asked(old, sampled(old[:39], limit=40)) == old
    assert to_be_asked(old[:80], sampled(old[60:100], limit=40)) == old[:80]
    assert to_be_asked(old, Run("records", tuple(old[:40]))) == old


def test_one_data_set_s_limit_makes_no_sample_of_another() -> None:
    old = [*run(lambda _: 1.0), *(replace(one, dataset="other") for one in run(lambda _: 1.0))]
    asked = [*old[:5], *old[120:125]]
    about = {
        "config": {"datasets": [{"name": "golden", "limit": 5}, {"name": "other"}]},
        "datasets": {"golden": {"questions": 5}, "other": {"questions": 120}},
    }
    assert to_be_asked(old, Run("new", tuple(asked), about)) == [*old[:5], *old[120:]]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    write_records(tmp_path / "old.jsonl", run(lambda _: 1.0, "right"))
    return tmp_path


def gated(*arguments: object) -> Result:
    return CliRunner().invoke(command, ["gate", *map(str, arguments)])


def test_the_exit_status_of_a_run_that_failed(kept: Path) -> None:
    write_records(kept / "new.jsonl", run(lambda _: None, "right"))
    found = gated(kept / "old.jsonl", kept / "new.jsonl")
    assert found.exit_code == 1
    assert "FAIL" in found.output
    assert gated(kept / "old.jsonl", kept / "old.jsonl").exit_code == 0


def test_a_sample_is_gated_as_one(kept: Path) -> None:
    (kept / "new").mkdir()
    write_records(kept / "new" / "records.jsonl", run(lambda _: 1.0, "right", n=40))
    assert gated(kept / "old.jsonl", kept / "new").exit_code == 1
    about = {"config": {"datasets": [{"name": "golden", "limit": 40}]}, "datasets": {"golden": {"questions": 40}}}
    (kept / "new" / "run.json").write_text(json.dumps(about))
    found = gated(kept / "old.jsonl", kept / "new")
    assert found.exit_code == 0
    assert "is a sample by its limit: 40 of the baseline's 120" in found.stderr


@pytest.mark.parametrize("margin", ["right=nan", "right=inf", "right=-0.1", "right=0", "right=much", "=0.1", "0.1"])
def test_a_margin_that_is_none_is_wrong_usage(kept: Path, margin: str) -> None:
    found = gated(kept / "old.jsonl", kept / "old.jsonl", "--margin", margin)
    assert found.exit_code == 2
    assert f"--margin {margin}: write METRIC=0.05" in found.stderr


def test_what_cannot_be_gated() -> None:
    with pytest.raises(RecordError, match="no metrics"):
        gate(run(lambda _: 1.0), run(lambda _: 1.0), {})
    with pytest.raises(RecordError, match="no run measured 'F1'"):
        gate(run(lambda _: 1.0), run(lambda _: 1.0), {"F1": 0.1})
    one = run(lambda _: 1.0, n=1)
    assert gate(one, one, {"EM": 0.05}).outcome == "INCONCLUSIVE"
