import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from evals.errors import RecordError
from evals.lines import only_writer
from evals.metrics import LeftOut, unjudged
from evals.records import Record, append, of_system, read_records

RECORD = Record(
    question_id="q1",
    dataset="golden",
    system="extractive",
    key="k1",
    question="Où est-ce ?",
    kind="single",
    cluster="a1",
    answerable=True,
    expected="Là.",
    answer={"answer": "Là [1].", "abstained": False},
    metrics={"EM": 1.0, "faithfulness": unjudged("no claims"), "Hits@4": LeftOut("no relevant document")},
    timings={"total_ms": 21.5},
)


def test_a_record_goes_through_its_file(tmp_path: Path) -> None:
    path = tmp_path / "runs" / "run.jsonl"
    append(path, RECORD)
    append(path, replace(RECORD, question_id="q2", answer=None, metrics={}, error="the model did not answer"))
    first, second = read_records(path)
    assert first == RECORD
    assert second.error == "the model did not answer"
    assert path.read_text("utf-8").splitlines()[0] == RECORD.to_line().rstrip("\n")
    assert "Où" in RECORD.to_line()


def test_a_missing_number_is_null_with_its_reason() -> None:
    row = RECORD.to_json()
    assert row["metrics"] == {"EM": 1.0, "faithfulness": None, "Hits@4": None}
    assert row["left_out"]["faithfulness"] == {"reason": "no claims", "unjudged": True}
    row["left_out"] = {}
    assert Record.from_json(row).metrics["faithfulness"] == unjudged("no reason given")
    with pytest.raises(RecordError, match="never NaN"):
        replace(RECORD, metrics={"EM": float("nan")}).to_line()


def test_an_error_has_no_numbers() -> None:
    broken = replace(RECORD, error="timed out")
    assert broken.value("EM") == unjudged("error")
    assert RECORD.value("EM") == 1.0
    assert RECORD.value("F1") == unjudged("not measured")


def test_a_retried_error_is_replaced_by_its_last_line(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    append(path, replace(RECORD, error="timed out"))
    append(path, replace(RECORD, question_id="q2", key="k2"))
    append(path, RECORD)
    assert [(record.question_id, record.error) for record in read_records(path)] == [("q1", None), ("q2", None)]


def test_a_killed_run_leaves_an_open_line_that_nothing_trips_over(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    append(path, RECORD)
    whole = path.read_bytes()
    path.write_bytes(whole + RECORD.to_line().encode()[:40] + "é".encode()[:1])
    assert read_records(path) == [RECORD]
    append(path, replace(RECORD, question_id="q2"))
    assert path.read_bytes().startswith(whole)
    assert [record.question_id for record in read_records(path)] == ["q1", "q2"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", r"run\.jsonl:1: not JSON"),
        (json.dumps({**RECORD.to_json(), "version": 2}), r"run\.jsonl:1: the row has version 2"),
        (json.dumps({"version": 1}), r"run\.jsonl:1: the row has no 'left_out'"),
        ("null", r"run\.jsonl:1: a row must be a JSON object, this is NoneType"),
        (
            json.dumps({**RECORD.to_json(), "metrics": []}),
            r"run\.jsonl:1: metrics or left_out is not as a run writes it",
        ),
        (json.dumps({**RECORD.to_json(), "metrics": {"F1": math.nan}}), r"run\.jsonl:1: the metric F1 is nan"),
        ("[" * 100_000, r"run\.jsonl:1: not JSON"),
    ],
)
def test_a_damaged_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(RecordError, match=message):
        read_records(path)
    with pytest.raises(RecordError, match="cannot be read"):
        read_records(tmp_path / "none.jsonl")


def test_one_process_writes_at_a_time(tmp_path: Path) -> None:
    with (
        only_writer(tmp_path / "run" / "records.jsonl"),
        pytest.raises(RecordError, match=r"another process is writing to .*records\.jsonl"),
        only_writer(tmp_path / "run" / "records.jsonl"),
    ):
        pass
    with only_writer(tmp_path / "run" / "records.jsonl"):
        pass


def test_one_system_is_chosen() -> None:
    other = replace(RECORD, system="baseline")
    assert of_system([RECORD]) == [RECORD]
    assert of_system([RECORD, other], "baseline") == [other]
    with pytest.raises(RecordError, match="baseline, extractive; say which"):
        of_system([RECORD, other])
    with pytest.raises(RecordError, match="no system 'x'"):
        of_system([RECORD], "x")
    with pytest.raises(RecordError, match="mixes settings"):
        of_system([RECORD, replace(RECORD, key="k2")])
