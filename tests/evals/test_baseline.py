"""The baseline that CI gates on belongs to the golden set as it is."""

from dataclasses import replace
from pathlib import Path

from evals import golden
from evals.gate import DEFAULT_MARGINS, gate
from evals.records import of_system, read_records

BASELINE = Path(golden.__file__).parent / "baseline-extractive.jsonl"


def test_it_has_every_question_once_without_an_error() -> None:
    records = of_system(read_records(BASELINE))
    assert {record.question_id for record in records} == {question.id for question in golden.questions()}
    assert all(record.error is None and record.answer is None for record in records)
    by_id = {question.id: question for question in golden.questions()}
    assert all(record.question == by_id[record.question_id].question for record in records)


def test_it_passes_its_own_gate_and_fails_when_everything_is_wrong() -> None:
    records = of_system(read_records(BASELINE))
    assert gate(records, records, {"right": DEFAULT_MARGINS["right"]}).outcome == "PASS"
    worse = [replace(record, metrics={"right": 0.0}) for record in records]
    assert gate(records, worse, {"right": DEFAULT_MARGINS["right"]}).outcome == "FAIL"
