"""Runs with real systems over small questions: resuming, errors as rows, order, cost ceilings."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from evals import run
from evals.config import RunConfig, parse_config, read_config
from evals.errors import ConfigurationError, TooExpensive
from evals.runs import RECORDS, load_run, slim, write_records
from evals.summary import parts_of, table, to_json

ASKED: list[str] = []
BROKEN: set[str] = set()


def answer(request: dict[str, Any]) -> str | dict[str, Any]:
    """The system under test: knows its capitals, and breaks where the test says so."""
    ASKED.append(request["question"])
    if request["question"] in BROKEN:
        raise OSError("the line is down")
    known = {"Capital of France?": "The capital is Paris.", "Capital of Peru?": "The capital is Lima."}
    text = known.get(request["question"])
    return text or {"answer": "NOT FOUND", "abstained": True}


@pytest.fixture
def config(tmp_path: Path) -> RunConfig:
    ASKED.clear()
    BROKEN.clear()
    rows = [
        {"id": "q1", "question": "Capital of France?", "answer": "Paris"},
        {"id": "q2", "question": "Capital of Peru?", "answer": "Quito"},
        {"id": "q3", "question": "Capital of Atlantis?", "kind": "unanswerable"},
    ]
    questions = tmp_path / "capitals.jsonl"
    questions.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return parse_config(
        {
            "name": "capitals",
            "datasets": [{"name": str(questions)}],
            "systems": [{"type": "function", "name": "known", "function": f"{__name__}:answer"}],
        }
    )


def test_every_question_is_a_row_with_its_metrics(config: RunConfig, tmp_path: Path) -> None:
    done = run(config, tmp_path / "run", quiet=True)
    assert [record.question_id for record in done.records] == ["q1", "q2", "q3"]
    assert [record.metrics["right"] for record in done.records] == [1.0, 0.0, 1.0]
    assert all(record.timings["total_ms"] >= 0 for record in done.records)
    (part,) = parts_of(done)
    right = part.figure("right")
    assert right is not None
    assert (right.value, right.n) == (pytest.approx(2 / 3), 3)
    assert "right" in table(done)
    assert to_json(done)["parts"][0]["questions"] == 3


def test_the_same_run_is_the_same_bytes(config: RunConfig, tmp_path: Path) -> None:
    run(config, tmp_path / "a", quiet=True)
    run(config.model_copy(update={"parallel": 3}), tmp_path / "b", quiet=True)
    assert (tmp_path / "a" / RECORDS).read_bytes() == (tmp_path / "b" / RECORDS).read_bytes()


def test_what_is_there_is_not_asked_again(config: RunConfig, tmp_path: Path) -> None:
    run(config, tmp_path / "run", quiet=True)
    whole = (tmp_path / "run" / RECORDS).read_bytes()
    first = whole.index(b"\n") + 1
    # Killed in the middle of the second row.
    (tmp_path / "run" / RECORDS).write_bytes(whole[: first + 40])
    ASKED.clear()
    run(config, tmp_path / "run", quiet=True)
    assert ASKED == ["Capital of Peru?", "Capital of Atlantis?"]
    assert (tmp_path / "run" / RECORDS).read_bytes() == whole


def test_an_error_is_a_row_and_is_tried_again(config: RunConfig, tmp_path: Path) -> None:
    BROKEN.add("Capital of Peru?")
    done = run(config, tmp_path / "run", quiet=True)
    assert done.errors == 1
    assert done.records[1].error == "OSError: the line is down"
    right = parts_of(done)[0].figure("right")
    assert right is not None
    assert right.left_out == (("unjudged: error", 1),)
    BROKEN.clear()
    ASKED.clear()
    done = run(config, tmp_path / "run", quiet=True)
    assert ASKED == ["Capital of Peru?"]
    assert done.errors == 0
    assert [record.question_id for record in done.records] == ["q1", "q2", "q3"]


def test_other_settings_are_other_rows(config: RunConfig, tmp_path: Path) -> None:
    run(config, tmp_path / "run", quiet=True)
    smaller = config.model_copy(update={"limit": 2})
    done = run(smaller, tmp_path / "run", quiet=True)
    assert len(done.records) == 2
    assert len(ASKED) == 3  # the two were there


def test_a_slim_baseline_goes_through_a_packed_file(config: RunConfig, tmp_path: Path) -> None:
    done = run(config, tmp_path / "run", quiet=True)
    for name in ("baseline.jsonl", "baseline.jsonl.gz"):
        write_records(tmp_path / name, slim(done.records, ["right"]))
        back = load_run(tmp_path / name)
        assert [record.metrics for record in back.records] == [{"right": 1.0}, {"right": 0.0}, {"right": 1.0}]
        assert back.records[0].answer is None


def test_nothing_is_spent_without_a_price_and_a_ceiling(config: RunConfig, tmp_path: Path) -> None:
    paid = {"type": "endpoint", "name": "paid", "model": "big", "base_url": "https://models.example/v1"}
    raw = config.model_dump(mode="json", exclude_none=True)

    def with_system(system: dict[str, Any], **more: Any) -> RunConfig:
        return parse_config({**raw, "systems": [system], **more})

    with pytest.raises(TooExpensive, match="give its price"):
        run(with_system(paid), tmp_path / "run", quiet=True)
    priced = {**paid, "price": {"prompt": 1000, "completion": 1000}}
    with pytest.raises(TooExpensive, match="set max_cost"):
        run(with_system(priced), tmp_path / "run", quiet=True)
    with pytest.raises(TooExpensive, match="more than max_cost"):
        run(with_system(priced, max_cost=0.5), tmp_path / "run", quiet=True)
    assert not (tmp_path / "run" / RECORDS).exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sytems": []}, "sytems: Extra inputs"),
        ({"systems": [{"type": "function", "function": "x:y", "colour": 1}]}, "colour"),
        ({"systems": [{"type": "oracle"}]}, "oracle"),
        ({"datasets": []}, "datasets"),
        ({"systems": [{"type": "function", "function": "x:y"}] * 2}, "same name"),
    ],
)
def test_wrong_configurations_are_refused(config: RunConfig, change: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        parse_config({**config.model_dump(mode="json", exclude_none=True), **change})


def test_every_configuration_that_comes_along_is_one() -> None:
    folder = Path(read_config.__code__.co_filename).parent / "configs"
    names = [file.stem for file in sorted(folder.glob("*.yaml"))]
    assert "golden-extractive" in names
    assert [read_config(name).name for name in names] == names
    with pytest.raises(ConfigurationError, match="golden-extractive"):
        read_config("no-such-thing")


def test_paths_are_taken_from_beside_the_file(
    config: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "mine.yaml"
    place.write_text("datasets: [{name: capitals.jsonl}]\nsystems: [{type: function, function: 'a:b'}]\n")
    monkeypatch.chdir(os.sep)
    read = read_config(place)
    assert read.name == "mine"
    assert read.datasets[0].name == str(tmp_path / "capitals.jsonl")
