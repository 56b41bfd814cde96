"""The calibration: signs that hold, answers that are kept, figures worked by hand."""

import math
from pathlib import Path

import pytest

from evals.calibrate.fit import Example, fit, response_score
from evals.calibrate.report import Scored, figures, reliability, table
from evals.calibrate.rows import DEV_PARTS, Answers, Row, read_rows
from evals.kept import Kept
from rag.verify.learned import LearnedJudge


def row(name: str, label: bool, dataset: str = "a", tier: str = "open") -> Row:
    return Row(dataset, name, name, name, label, tier, {}, 0.0, [{"role": "user", "content": name}])


def examples(*values: tuple[bool, dict[str, float]]) -> list[Example]:
    return [Example("a", label, features) for label, features in values]


class Judge:
    def __init__(self) -> None:
        self.asked = 0

    def probability(self, messages: list[dict[str, str]]) -> float:
        self.asked += 1
        return 0.25


def test_more_of_what_speaks_for_support_gives_more() -> None:
    data = examples(*[(n > 4, {"coverage": n / 10, "name": 0.0}) for n in range(10)])
    model = fit(data, {"coverage": 1, "name": -1})
    assert model.probability({"coverage": 0.9, "name": 0}) > 0.5 > model.probability({"coverage": 0.1, "name": 0})
    assert 0.4 < model.threshold < 0.6


def test_no_weight_turns_against_its_meaning() -> None:
    # here coverage speaks against support, by chance
    model = fit(examples(*[(n < 5, {"coverage": n / 10}) for n in range(10)]), {"coverage": 1})
    assert "coverage" not in model.weights


def test_every_data_set_counts_the_same() -> None:
    many = [Example("many", True, {"coverage": 0.5})] * 120
    few = [Example("few", False, {"coverage": 0.5})] * 60
    assert fit([*many, *few], {"coverage": 1}).probability({"coverage": 0.5}) == pytest.approx(0.5, abs=0.01)


def test_a_response_is_as_good_as_its_two_weakest_sentences() -> None:
    assert response_score([0.9, 0.1, 0.5, 0.8]) == pytest.approx(0.3)
    assert response_score([0.7]) == 0.7


def test_answers_are_kept_and_only_open_rows_are_asked(tmp_path: Path) -> None:
    rows, judge = [row("one", True), row("two", False), row("copied", True, tier="copy")], Judge()
    answers = Answers("model", tmp_path / "kept" / "answers.jsonl", judge)
    answers.collect(rows, 1)
    assert judge.asked == 1
    answers.collect(rows, 5)
    assert judge.asked == 2
    again = Answers("model", tmp_path / "kept" / "answers.jsonl", judge)
    again.collect(rows, 5)
    assert judge.asked == 2
    assert [again.of(one) for one in rows] == [0.25, 0.25, None]
    assert Answers("another model", tmp_path / "kept" / "answers.jsonl", None).of(rows[0]) is None


def test_figures_worked_by_hand() -> None:
    probabilities = [(True, 0.9), (True, 0.8), (True, 0.3), (False, 0.6), (False, 0.2)]
    scored = [Scored(label, str(n), p, 0.5) for n, (label, p) in enumerate(probabilities)]
    result = figures(scored)
    assert result["auroc"][0] == pytest.approx(5 / 6, abs=1e-3)  # type: ignore[index]
    assert result["balanced_accuracy"][0] == pytest.approx((2 / 3 + 1 / 2) / 2, abs=1e-3)  # type: ignore[index]
    assert result["brier"][0] == pytest.approx((0.01 + 0.04 + 0.49 + 0.36 + 0.04) / 5, abs=1e-3)  # type: ignore[index]
    marks = result["marks"]
    assert isinstance(marks, dict)
    assert (marks["recall"], marks["supported_marked"]) == (0.5, 0.333)
    # at 10 % unsupported: 0.5 · 0.1 / (0.5 · 0.1 + 1/3 · 0.9)
    assert marks["precision_at"]["0.1"] == pytest.approx(0.05 / 0.35, abs=1e-3)
    assert len(table({"part": result})) == 3
    assert reliability(scored, bins=2)[-1] == "| 0.5–1.0 | 3 | 0.77 | 0.67 |"


@pytest.mark.shared
@pytest.mark.model
def test_the_dev_parts_are_read(shared_data: Path, minilm_folder: Path) -> None:
    seen = {}
    for one in read_rows(LearnedJudge(lambda: minilm_folder), responses=4):
        seen.setdefault(one.dataset, one)
        if len(seen) == 3:  # the last part is long
            break
    assert set(seen) == set(DEV_PARTS) - {"wice"}
    for one in seen.values():
        assert all(math.isfinite(value) for value in (*one.features.values(), one.learned))
        assert "Does the text support the claim?" in one.messages[-1]["content"]


def test_a_line_that_a_killed_run_left_open_is_asked_again(tmp_path: Path) -> None:
    path, messages = tmp_path / "kept.jsonl", [{"role": "user", "content": "Is it so?"}]
    Kept("model", path).put(messages, 0.75)
    path.write_text(path.read_text("utf-8") + '{"key": "abc', encoding="utf-8")
    kept = Kept("model", path)
    assert kept.get(messages) == 0.75
    kept.put([{"role": "user", "content": "And this?"}], 0.5)
    assert len(path.read_text("utf-8").splitlines()) == 2
    assert Kept("model", path).get(messages) == 0.75


def test_a_judge_is_asked_only_what_it_was_not_asked_before(tmp_path: Path) -> None:
    asked = []

    def judge(messages: list[dict[str, str]]) -> float:
        asked.append(messages)
        return 0.75

    messages = [{"role": "user", "content": "Is it so?"}]
    for _ in range(2):
        assert Kept("model", tmp_path / "kept.jsonl").asking(judge)(messages) == 0.75
    assert asked == [messages]
