"""LlamaIndex's evaluators and ours on the same inputs, really run."""

from pathlib import Path

from evals.sidebyside import cases, table


def test_a_no_is_not_a_pass() -> None:
    by_input = {one.what: one for one in cases()}
    no = next(one for what, one in by_input.items() if "yesterday" in what)
    # "yes" stands in "yesterday": LlamaIndex lets the unfaithful answer pass. Words are no verdict of ours.
    assert no.llamaindex == "passing True, score 1.0"
    assert no.ours.startswith("not_judged; faithfulness unjudged")
    invented = next(one for what, one in by_input.items() if "in no passage" in what)
    assert invented.llamaindex.startswith("passing True")
    assert "1.0" not in invented.ours
    out_of_range = next(one for what, one in by_input.items() if "45" in what)
    assert out_of_range.llamaindex == "passing True, score 45.0"
    assert out_of_range.ours.startswith("raises MetricError")
    nothing = next(one for what, one in by_input.items() if what.startswith("Nothing was retrieved"))
    assert nothing.llamaindex.startswith("raises ValueError")
    assert nothing.ours == "0.0"


def test_the_documentation_shows_what_is_run() -> None:
    text = (Path(__file__).parents[2] / "docs" / "evals.md").read_text("utf-8")
    assert table() in text
