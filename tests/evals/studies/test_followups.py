"""The measurement of follow-ups."""

import json
from pathlib import Path

import pytest

from evals.studies.followups import developed_on, figures, gain, load, rewritten

ROWS = [
    {
        "QuAC_dialog_id": f"dialogue-{i}",
        "History": ["Per Lund", "Career", "Who is he?", "The head of Norden Bank."],
        "Question": "When was he appointed?",
        "Rewrite": "When was Per Lund appointed?",
    }
    for i in range(8)
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "canard.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in ROWS), encoding="utf-8")
    return file


def test_rows_are_read(path: Path) -> None:
    item = load(path)[0]
    assert item.subject == "Per Lund"
    assert item.exchanges == (("Who is he?", "The head of Norden Bank."),)


def test_figures_compare_with_the_reference(path: Path) -> None:
    items = load(path)
    f1, terms = figures(items, "human", lambda item: item.reference)
    assert (f1.value, terms.value) == (1.0, 1.0)
    f1, terms = figures(items, "as asked", lambda item: item.question)
    assert f1.value == pytest.approx(2 * 3 / (4 + 5))
    assert terms.value == 0.0
    assert gain(items).value == pytest.approx(1 - 2 * 3 / (4 + 5))


def test_the_halves_do_not_overlap(path: Path) -> None:
    halves = [developed_on(item) for item in load(path)]
    assert True in halves
    assert False in halves


def test_the_table_of_rewritings(path: Path) -> None:
    head, _, asked, _, alone, _ = rewritten(load(path)).splitlines()
    assert head.startswith("| CANARD, 8 questions |")
    assert asked.startswith("| as asked | .667 [.667, .667] | .000")
    assert alone.startswith("| by rules, the subject not known |")


@pytest.mark.shared
def test_rules_beat_the_raw_question_on_both_halves() -> None:
    file = Path(__file__).parents[4] / "shared" / "data" / "canard" / "dev.jsonl"
    if not file.exists():
        pytest.skip("needs ../shared/data/canard/dev.jsonl")
    for half in (True, False):
        low = gain([item for item in load(file) if developed_on(item) == half]).low
        assert low is not None
        assert low > 0.05
