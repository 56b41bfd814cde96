"""Other suites and ours on the same inputs, really run, as far as they are installed."""

import os
import sys
from pathlib import Path

import pytest

from evals.errors import ConfigurationError
from evals.sidebyside.cases import CASES, Case
from evals.sidebyside.endpoint import KEY, MODEL, ScriptedJudge
from evals.sidebyside.scripted import SideBySide, given, report, run
from evals.sidebyside.suites import PACKAGES, Suite, interpreters

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "evals.md"

FOLDER = os.environ.get("RAG_SUITES")  # read before the settings of the user's are taken away


@pytest.fixture(scope="module")
def done() -> SideBySide:
    """Ours and LlamaIndex's, which are always here."""
    return run(interpreters())


def cells(done: SideBySide, words: str) -> dict[str, str]:
    (found,) = [row for case, row in done.cells.items() if words in case.what]
    return dict(found)


def test_a_no_is_not_a_pass(done: SideBySide) -> None:
    # "yes" stands in "yesterday": LlamaIndex lets the unfaithful answer pass. Words are no verdict of ours.
    no = cells(done, "yesterday")
    assert no["llamaindex"] == "1.0"
    assert no["ours"].startswith("unjudged")


def test_a_quote_must_stand_in_the_passages_even_of_a_right_verdict(done: SideBySide) -> None:
    assert cells(done, "wrongly, with a quote")["ours"].startswith("unjudged")
    right = cells(done, "rightly, with a quote")
    assert right["llamaindex"] == "1.0"
    assert right["ours"].startswith("unjudged")


def test_what_the_judge_passes_over_is_counted(done: SideBySide) -> None:
    assert cells(done, "passes the second over")["ours"] == "1.0, judged coverage 0.5"


def test_numbers_beyond_the_scale_are_errors(done: SideBySide) -> None:
    grade = cells(done, "A grade of 45")
    assert grade["llamaindex"] == "45.0"
    assert grade["ours"].startswith("raises MetricError")


def test_nothing_found(done: SideBySide) -> None:
    nothing = cells(done, "nothing was found")
    assert nothing["llamaindex"].startswith("raises ValueError")
    assert nothing["ours"] == "AP 0.0"


def test_missing_suites_are_named(done: SideBySide) -> None:
    assert done.skipped == ["ragas", "deepeval", "trulens"]
    assert report(done).endswith("Not run, for want of an environment: ragas, deepeval, trulens.")


def test_the_documentation_shows_what_is_run(done: SideBySide) -> None:
    lines = [line.strip("| ").split(" | ") for line in DOCUMENTATION.read_text("utf-8").splitlines() if "|" in line]
    (head,) = [line for line in lines if line[:2] == ["input", "ours"]]
    ours, llamaindex = head.index("ours"), head.index(f"LlamaIndex {done.versions['llamaindex']}")
    shown = {line[0]: line for line in lines if len(line) == len(head)}
    for case, row in done.cells.items():
        assert (shown[case.what][ours], shown[case.what][llamaindex]) == (row["ours"], row["llamaindex"])


def test_a_suite_that_is_not_there_says_how_to_get_it() -> None:
    with (
        ScriptedJudge() as judge,
        pytest.raises(ConfigurationError, match=r"ragas does not run with .*No module named.*--install"),
        Suite("ragas", Path(sys.executable), judge.url, KEY, MODEL),
    ):
        pass


@pytest.mark.parametrize("name", PACKAGES)
def test_the_judge_speaks_the_language_of_each_suite(name: str) -> None:
    python = interpreters(Path(FOLDER)).get(name) if FOLDER else None
    if python is None:
        pytest.skip(f"{name} is not installed (RAG_SUITES, the folder of python -m evals.sidebyside --install)")
    with ScriptedJudge() as judge, Suite(name, python, judge.url, KEY, MODEL) as suite:

        def score(case: Case) -> float | None:
            judge.play(name, case)
            return suite.measure(given(case)).score

        supported, _, contradicted = CASES[:3]
        assert (score(supported), score(contradicted)) == (1.0, 0.0)
        assert not judge.problems
