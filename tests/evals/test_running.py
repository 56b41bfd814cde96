"""Runs with real systems over small questions: resuming, measuring anew, errors as rows, order, cost ceilings."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from scripted import ScriptedEndpoint

from evals import fingerprint, planning, run
from evals.config import RunConfig, parse_config, read_config
from evals.errors import ConfigurationError, TooExpensive
from evals.runs import ANSWERS, RECORDS, load_run, slim, write_records
from evals.summary import parts_of, table, to_json

ASKED: list[str] = []
BROKEN: set[str] = set()
UNDATED: set[str] = set()


def answer(request: dict[str, Any]) -> str | dict[str, Any]:
    """The system under test: knows its capitals, and breaks where the test says so."""
    ASKED.append(request["question"])
    if request["question"] in BROKEN:
        raise OSError("the line is down")
    known = {"Capital of France?": "The capital is Paris.", "Capital of Peru?": "The capital is Lima."}
    text = known.get(request["question"])
    if request["question"] in UNDATED:
        passage = {"article_id": "a", "start": 0, "end": 4, "text": "Lima", "published": "soon"}
        return {"answer": text, "abstained": False, "passages": [passage]}
    return text or {"answer": "NOT FOUND", "abstained": True}


@pytest.fixture
def config(tmp_path: Path) -> RunConfig:
    ASKED.clear()
    BROKEN.clear()
    UNDATED.clear()
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


def files(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in (ANSWERS, RECORDS)]


def test_the_same_run_is_the_same_bytes(config: RunConfig, tmp_path: Path) -> None:
    run(config, tmp_path / "a", quiet=True)
    run(config.model_copy(update={"parallel": 3}), tmp_path / "b", quiet=True)
    assert files(tmp_path / "a") == files(tmp_path / "b")


@pytest.mark.model
def test_the_engine_without_a_language_model_gives_the_same_bytes_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, minilm_folder: Path
) -> None:
    texts = {"fire": "A fire broke out in Lindholm on Monday. It destroyed 14 houses, the mayor said.",
             "flood": "The river Orla rose by two metres in one night. Nobody was hurt."}  # fmt: skip
    asked = ["How many houses did the fire destroy?", "How far did the Orla rise?", "Who won the election?"]
    articles, questions = tmp_path / "articles", tmp_path / "questions.jsonl"
    articles.mkdir()
    for name, text in texts.items():
        (articles / f"{name}.md").write_text(text)
    questions.write_text("".join(json.dumps({"question": one}) + "\n" for one in asked))
    config = parse_config(
        {
            "name": "same",
            "datasets": [{"name": str(questions), "articles": str(articles)}],
            "systems": [{"type": "engine", "settings": {"llm": "extractive", "judge": "off"}}],
        }
    )
    for name in ("a", "b"):  # each with an index of its own
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / f"cache-{name}"))
        done = run(config, tmp_path / name, quiet=True)
        assert "14 houses" in (done.records[0].answer or {})["answer"]
    assert files(tmp_path / "a") == files(tmp_path / "b")
    (tmp_path / "b" / RECORDS).unlink()
    run(config, tmp_path / "b", quiet=True)  # measured from the answers that were kept
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_what_is_there_is_not_asked_again(config: RunConfig, tmp_path: Path) -> None:
    run(config, tmp_path / "run", quiet=True)
    whole = files(tmp_path / "run")
    for name, data in zip((ANSWERS, RECORDS), whole, strict=True):
        # Killed in the middle of the second row.
        (tmp_path / "run" / name).write_bytes(data[: data.index(b"\n") + 41])
    ASKED.clear()
    run(config, tmp_path / "run", quiet=True)
    assert ASKED == ["Capital of Peru?", "Capital of Atlantis?"]
    assert files(tmp_path / "run") == whole


def test_killed_between_an_answer_and_its_measurement(config: RunConfig, tmp_path: Path) -> None:
    run(config, tmp_path / "run", quiet=True)
    whole = files(tmp_path / "run")
    records = tmp_path / "run" / RECORDS
    records.write_bytes(whole[1][: whole[1].index(b"\n") + 1])
    ASKED.clear()
    done = run(config, tmp_path / "run", quiet=True)
    assert ASKED == []
    assert files(tmp_path / "run") == whole
    assert all("total_ms" in record.timings for record in done.records)


def test_another_right_answer_is_measured_and_not_asked(config: RunConfig, tmp_path: Path) -> None:
    before = run(config, tmp_path / "run", quiet=True)
    answers = (tmp_path / "run" / ANSWERS).read_bytes()
    questions = Path(config.datasets[0].name)
    questions.write_text(questions.read_text().replace("Quito", "Lima"))
    ASKED.clear()
    after = run(config, tmp_path / "run", quiet=True)
    assert ASKED == []
    assert (tmp_path / "run" / ANSWERS).read_bytes() == answers
    assert [record.metrics["right"] for record in after.records] == [1.0, 1.0, 1.0]
    assert [one.key == other.key for one, other in zip(before.records, after.records, strict=True)] == [
        True, False, True,
    ]  # fmt: skip
    assert after.records[1].timings == before.records[1].timings
    questions.write_text(questions.read_text().replace("Capital of Peru?", "Capital of Peru, please?"))
    run(config, tmp_path / "run", quiet=True)
    assert ASKED == ["Capital of Peru, please?"]


def test_another_judge_measures_the_same_answers(config: RunConfig, tmp_path: Path, endpoint: ScriptedEndpoint) -> None:
    run(config, tmp_path / "run", quiet=True)
    answers = (tmp_path / "run" / ANSWERS).read_bytes()
    ASKED.clear()
    other = {"type": "endpoint", "model": "j", "base_url": endpoint.url}
    raw = config.model_dump(mode="json", exclude_none=True)
    done = run(parse_config({**raw, "judge": other}), tmp_path / "run", quiet=True)
    assert ASKED == []
    assert done.about["judge"]["name"] == "endpoint:j"
    assert (tmp_path / "run" / ANSWERS).read_bytes() == answers
    assert len((tmp_path / "run" / RECORDS).read_text().splitlines()) == 6  # the rules' rows stay
    assert len(done.records) == 3


def test_an_edit_of_what_measures_asks_nothing_and_one_of_what_answers_asks_all(
    config: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "edited_module.py"
    monkeypatch.syspath_prepend(str(tmp_path))
    source.write_text("first = 1\n")

    def asked_after(text: str) -> int:
        source.write_text(text)
        fingerprint.code_version.cache_clear()
        ASKED.clear()
        run(config, tmp_path / "run", quiet=True)
        return len(ASKED)

    for name, on_edit in (("MEASURING", 0), ("ANSWERING", 3)):
        with monkeypatch.context() as patch:
            patch.setattr(planning, name, (*getattr(fingerprint, name), source.stem))
            asked_after(f"{name} = 1\n")
            rows = len((tmp_path / "run" / RECORDS).read_text().splitlines())
            assert asked_after(f"{name} = 1\n") == 0
            assert len((tmp_path / "run" / RECORDS).read_text().splitlines()) == rows
            assert asked_after(f"{name} = 2\n") == on_edit
            assert len((tmp_path / "run" / RECORDS).read_text().splitlines()) == rows + 3


def test_what_systems_are_made_of_holds_no_metric() -> None:
    """Else an edit of a metric could change an answer without changing its key."""
    import ast

    import evals

    folder = Path(evals.__file__).parent
    files = [*sorted((folder / "systems").glob("*.py")), folder / "prose.py"]
    modules = {
        node.module
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("evals.")
    }
    others = {name for name in modules if not name.startswith(("evals.systems", "evals.prose"))}
    # Data sets are hashed as what they give; the rest are settings, names and errors.
    assert others == {"evals.config", "evals.datasets", "evals.datasets.files", "evals.datasets.items", "evals.errors",
                      "evals.fingerprint", "evals.runs"}  # fmt: skip


def test_an_answer_that_cannot_be_measured_is_an_error_and_is_kept(config: RunConfig, tmp_path: Path) -> None:
    UNDATED.add("Capital of Peru?")
    done = run(config, tmp_path / "run", quiet=True)
    assert done.records[1].error is not None
    assert "ValueError" in done.records[1].error
    ASKED.clear()
    again = run(config, tmp_path / "run", quiet=True)
    assert ASKED == []
    assert again.records[1].error == done.records[1].error


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
        ({"name": ".."}, "name: String should match"),
    ],
)
def test_wrong_configurations_are_refused(config: RunConfig, change: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        parse_config({**config.model_dump(mode="json", exclude_none=True), **change})


def test_two_data_sets_of_one_name_are_refused(config: RunConfig, tmp_path: Path) -> None:
    twice = config.model_copy(update={"datasets": config.datasets * 2})
    with pytest.raises(ConfigurationError, match="2 data sets would be called 'own'"):
        run(twice, tmp_path / "run", quiet=True)


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
