"""Several judges in one run: what each says is kept, compared and shown, and what one did not judge is no pass."""

import json
from pathlib import Path
from typing import Any

import pytest
from scripted import ScriptedEndpoint

from evals import run
from evals.config import parse_config
from evals.errors import ConfigurationError
from evals.metrics.values import LeftOut
from evals.opinions import agreements, alpha, opinions, verdicts_of
from evals.records import Record
from evals.report import markdown, page
from evals.runs import ANSWERS
from evals.summary import table, to_json

ABOUT = {
    "judge": {"name": "strict", "quality": "balanced accuracy 0.8"},
    "also_judged": [{"name": "lax", "sensitivity": [90, 100], "specificity": [80, 100]}],
}


def record(number: int, first: str, second: str | None) -> Record:
    """Verdicts by their initials: s(upported), c(ontradicted), n(ot judged); in capitals by the rules."""
    words = {"s": "supported", "c": "contradicted", "n": "not_judged"}

    def judged(said: str) -> list[dict[str, Any]]:
        return [{"sentence": i, "verdict": words[one.lower()], "tier": "values" if one.isupper() else "judge"}
                for i, one in enumerate(said)]  # fmt: skip

    answer: dict[str, Any] = {
        "abstained": False,
        "passages": [{}],
        "citations": [],
        "judged": judged(first),
    }
    if second is not None:
        answer["also_judged"] = {"lax": judged(second)}
    return Record(question_id=f"q{number}", dataset="d", system="s", key=f"k{number}", question="?", kind="k",
                  cluster=f"c{number}", answer=answer, metrics={"faithfulness": 1.0})  # fmt: skip


RECORDS = [record(1, "SS", "SS"), record(2, "cs", "ss"), record(3, "sn", "cs"), record(4, "c", "n")]


def test_figures_of_each_by_hand() -> None:
    strict, lax = opinions(RECORDS, ABOUT)
    assert (strict.judge, strict.quality, lax.quality) == ("strict", "balanced accuracy 0.8", None)
    first = {figure.name: figure.value for figure in strict.figures}
    second = {figure.name: figure.value for figure in lax.figures}
    assert first["faithfulness, micro"] == pytest.approx(4 / 6)
    assert second["faithfulness, micro"] == pytest.approx(5 / 6)
    assert (first["judged coverage"], second["judged coverage"]) == (pytest.approx(6 / 7), pytest.approx(6 / 7))
    assert second["faithfulness, micro, corrected for the judge's error"] == pytest.approx((5 / 6 - 0.2) / 0.7)


def test_agreement_by_hand() -> None:
    (found,) = agreements(RECORDS, ABOUT)
    # Judged by both: ss ss, cs ss, s c; they differ on two of five.
    assert found.share.value == pytest.approx(3 / 5)
    assert found.share.n == 5
    assert found.share.left_out == (("not judged by both", 2),)
    # The two of the first answer were decided by the rules for both.
    assert found.beyond_rules.value == pytest.approx(1 / 3)
    assert found.beyond_rules.n == 3
    assert (found.only_first, found.only_second) == (1, 1)
    # Expected by chance: .8 · .8 + .2 · .2 = .68.
    assert found.kappa == pytest.approx((0.6 - 0.68) / 0.32)
    assert isinstance(alpha(RECORDS, ABOUT), float)


def test_what_another_judge_left_out_is_not_judged() -> None:
    alone = record(1, "ss", None)
    assert verdicts_of(alone, "lax") == ["not_judged", "not_judged"]
    _, lax = opinions([alone], ABOUT)
    micro = next(figure for figure in lax.figures if figure.name == "faithfulness, micro")
    assert micro.value is None
    (found,) = agreements([alone], ABOUT)
    assert found.share.value is None
    assert isinstance(found.kappa, LeftOut)
    assert opinions(RECORDS, {"judge": ABOUT["judge"]}) == []


NUGGETS = ["The mayor was pleased with the night.", {"text": "The fire of 1931 destroyed 14 houses.", "vital": False}]


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """A system under test that quotes one passage rightly, and says of it what no rule can decide."""
    text = "The head of the town said that a better evening could hardly be wished for."
    passage = {"article_id": "a", "start": 0, "end": len(text), "text": text}
    return {"answer": f"{text} The mayor was pleased with how the night had gone.", "abstained": False,
            "passages": [passage]}  # fmt: skip


def test_a_run_keeps_and_shows_what_each_judge_said(endpoint: ScriptedEndpoint, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text(
        json.dumps({"id": "q1", "question": "Was the mayor pleased?", "answer": "yes", "nuggets": NUGGETS}) + "\n"
    )
    raw = {
        "name": "judged",
        "datasets": [{"name": str(questions)}],
        "systems": [{"type": "function", "function": f"{__name__}:answer"}],
        # The scripted endpoint gives this judge no usable verdict on what the rules leave open.
        "judge": [{"type": "rules"}, {"type": "endpoint", "model": "m", "base_url": endpoint.url}],
    }
    done = run(parse_config(raw), tmp_path / "run", quiet=True)
    kept = done.records[0].answer or {}
    assert kept["judged"][0]["verdict"] == "supported"
    assert kept["judged"][1]["verdict"] != "not_judged"
    assert [one["verdict"] for one in kept["also_judged"]["endpoint:m"]] == ["supported", "not_judged"]
    html, text, printed = page([done]), markdown([done]), table(done)
    assert "What each judge said of judged" in html
    assert "What each judge said: not judged by all." in html
    assert html.count("endpoint:m: <span") == 2  # one for each sentence
    assert "What each judge said:" in text
    assert "rules and endpoint:m agree" in printed
    (part,) = to_json(done)["parts"]
    assert [one["judge"] for one in part["opinions"]] == ["rules", "endpoint:m"]
    assert part["agreement"][0]["share"]["value"] == 1.0
    # One judge alone is a run of its own, from the same answers, and has no such section.
    alone = run(parse_config({**raw, "judge": {"type": "rules"}}), tmp_path / "run", quiet=True)
    assert "also_judged" not in (alone.records[0].answer or {})
    assert "What each judge said" not in page([alone])
    # What the answer was to state is judged by the first judge, and shown.
    assert [one["supported"] for one in kept["nuggets"]] == [True, False]
    assert done.records[0].metrics["nuggets_vital"] == 1.0
    assert done.records[0].metrics["nuggets_all"] == 0.5
    assert "Nuggets (1 of 2 stated)" in html
    with pytest.raises(ConfigurationError, match="there twice: rules, rules"):
        run(parse_config({**raw, "judge": [{"type": "rules"}] * 2}), tmp_path / "run", quiet=True)
    with pytest.raises(ConfigurationError, match="judge"):
        parse_config({**raw, "judge": []})


def test_a_run_is_a_file_of_recorded_answers(tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    asked = {"id": "q1", "question": "Was the mayor pleased?", "answer": "yes", "nuggets": NUGGETS}
    questions.write_text(json.dumps(asked) + "\n")
    raw = {"name": "first", "datasets": [{"name": str(questions)}], "judge": {"type": "rules"},
           "systems": [{"type": "function", "function": f"{__name__}:answer"}]}  # fmt: skip
    done = run(parse_config(raw), tmp_path / "first", quiet=True)
    for name, place in (("folder", tmp_path / "first"), ("answers", tmp_path / "first" / ANSWERS)):
        again = {**raw, "name": name, "systems": [{"type": "recorded", "path": str(place)}]}
        measured = run(parse_config(again), tmp_path / name, quiet=True)
        assert measured.records[0].metrics == done.records[0].metrics
        kept = (tmp_path / name / ANSWERS).read_text()
        assert not any(f'"{key}"' in kept for key in ("asked", "judged", "also_judged", "nuggets"))
