"""The same questions under several conditions of one run, paired by their ids."""

import json
from pathlib import Path
from typing import Any

import pytest

from evals import run
from evals.conditions import Condition
from evals.config import parse_config
from evals.datasets import load
from evals.records import Record
from evals.report import markdown, page
from evals.robustness import effects
from evals.runs import Run
from evals.summary import table, to_json


def part(
    dataset: str, right: dict[str, float], *, system: str = "s", kind: str = "single", **more: float
) -> list[Record]:
    """The records of one data set: id → right."""
    return [
        Record(question_id=name, dataset=dataset, system=system, key=f"{dataset} {name} {system}", question="Who?",
               kind=kind, cluster=f"article {name}", metrics={"right": value, "F1": value / 2, **more},
               answer={"answer": "He.", "abstained": False, "sentences": [], "citations": [], "passages": []})
        for name, value in right.items()
    ]  # fmt: skip


EIGHT = dict.fromkeys("abcdefgh", 1.0)


@pytest.mark.parametrize(
    ("name", "condition"),
    [
        ("golden", Condition("golden")),
        ("golden, attacked", Condition("golden", attacked=True)),
        ("golden_robust, noise, 4 distractors", Condition("golden_robust", 4)),
        ("rgb, en, 0 distractors, attacked", Condition("rgb", 0, attacked=True)),
        ("golden_robust, altered", Condition("golden_robust")),
    ],
)
def test_a_condition_is_known_by_its_name(name: str, condition: Condition) -> None:
    assert Condition.of(name) == condition


def test_each_condition_is_held_against_the_clean_one_by_the_questions_of_both() -> None:
    half = {**EIGHT, "a": 0.0, "b": 0.0, "c": 0.0, "d": 0.0}
    records = [
        *part("r, noise, 4 distractors", half),
        *part("r, noise, 0 distractors", EIGHT),
        *part("r, altered", {"a": 0.0, "b": 0.0, "z": 0.0}, kind="counterfactual", followed_false=1.0),
        *part("other", EIGHT),
    ]
    noise, altered = effects(Run("r", tuple(records)))
    assert (noise.condition, noise.clean, noise.questions) == ("r, noise, 4 distractors", "r, noise, 0 distractors", 8)
    right = noise.metric("right")
    assert right is not None
    assert (right.old.value, right.new.value, right.difference.value, right.difference.n) == (1.0, 0.5, -0.5, 8)
    assert [change.question_id for change in right.worse] == ["a", "b", "c", "d"]
    assert right.p == right.p_mcnemar == pytest.approx(2 / 16)
    assert right.p_holm == pytest.approx(4 * 2 / 16)  # two figures under two conditions
    # z is not there without the altered article, c to h not with it
    assert (altered.clean, altered.questions) == ("r, noise, 0 distractors", 2)
    lost = altered.metric("right")
    assert lost is not None
    assert (lost.old.value, lost.difference.value, lost.difference.n) == (1.0, -1.0, 2)
    assert lost.difference.left_out == ()
    assert [(figure.name, figure.value, figure.n) for figure in altered.figures] == [("followed_false", 1.0, 3)]


def test_systems_are_apart_and_an_attack_is_told_beside_what_it_does_to_the_rest() -> None:
    records = [
        *part("golden, attacked", {**EIGHT, "a": 0.0}, attack_success=0.0),
        *part("golden", EIGHT),
        *part("golden, attacked", EIGHT, system="t", attack_success=1.0),
        *part("golden", EIGHT, system="t"),
    ]
    first, second = effects(Run("injection", tuple(records)))
    assert (first.system, first.clean, second.system) == ("s", "golden", "t")
    assert [str(figure).split(",")[0] for figure in first.figures] == ["attack_success: 0.000 [0.000"]
    assert first.figures[0].high == pytest.approx(3 / 8)
    unchanged = second.metric("right")
    assert unchanged is not None
    assert (unchanged.difference.value, unchanged.p, unchanged.p_holm) == (0.0, 1.0, 1.0)
    made = Run("injection", tuple(records))
    assert "The same questions under other conditions (injection)" in page([made])
    assert "## t on golden, attacked, against golden" in markdown([made])
    assert "| right | 1.000 | 0.875 | -0.125 |" in markdown([made])
    assert "s on golden, attacked, against golden: 8 questions\n  right: 1.000 → 0.875, -0.125" in table(made)
    (found, _) = to_json(made)["conditions"]
    assert found["metrics"][0]["difference"]["value"] == -0.125
    assert json.loads(json.dumps(found))["figures"][0]["name"] == "attack_success"


def test_sets_without_conditions_have_no_clean_one() -> None:
    plain = Run("plain", (*part("golden", EIGHT), *part("golden, single", EIGHT), *part("clapnq", EIGHT)))
    assert effects(plain) == []
    assert "other conditions" not in page([plain])


def test_an_altered_article_beside_the_same_golden_questions() -> None:
    clean = {question.id: question for question in load("golden_robust").questions}
    for split in ("rejection", "altered", "contradicted"):
        for question in load("golden_robust", split=split).questions:
            assert clean[question.id].question == question.question
            assert clean[question.id].cluster == question.cluster


def believing(request: dict[str, Any]) -> str:
    """The system under test: believes what it is given."""
    return str(request["articles"][0]["text"])


def test_rgbs_altered_passages_are_held_against_its_true_ones(tmp_path: Path) -> None:
    rows = [
        {"id": n, "query": f"Who won race {n}?", "answer": "Moss", "fakeanswer": "Reed", "negative": ["It rained."],
         "positive": [f"Moss won race {n}."], "positive_wrong": [f"Reed won race {n}."]}
        for n in range(6)
    ]  # fmt: skip
    (tmp_path / "en_fact.json").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (true, *_) = load("rgb", tmp_path, split="en_fact_true").questions
    assert (true.id, true.kind) == ("en_fact-0", "single")
    assert [article.text for article in true.articles] == ["Moss won race 0.", "It rained."]
    assert len(true.evidence) == 1
    sets = [{"name": "rgb", "path": str(tmp_path), "split": split, "distractors": 0}
            for split in ("en_fact", "en_fact_true")]  # fmt: skip
    function = {"type": "function", "name": "believing", "function": f"{__name__}:believing"}
    config = parse_config({"name": "rgb", "datasets": sets, "systems": [function]})
    (effect,) = effects(run(config, tmp_path / "run", quiet=True))
    assert (effect.condition, effect.clean) == ("rgb, en_fact, 0 distractors", "rgb, en_fact_true, 0 distractors")
    right = effect.metric("right")
    assert right is not None
    assert (right.old.value, right.new.value, right.p_mcnemar) == (1.0, 0.0, pytest.approx(2 / 2**6))
    own = {figure.name: figure.value for figure in effect.figures}
    assert own == {"error_detected": 0.0, "followed_false": 1.0}
