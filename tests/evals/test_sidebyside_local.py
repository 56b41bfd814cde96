"""Hand-labelled sentences to every suite with one local model: what is asked, and what is made of the rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from scripted import ScriptedEndpoint

from evals.sidebyside import local
from evals.sidebyside.local import PAIRS, Row, _keep, _read, judge_all, sample, table
from evals.sidebyside.suites import interpreters


def rows(judge: str, scores: list[tuple[bool, float | None]]) -> list[Row]:
    return [
        Row(f"{judge}{n}", judge, f"s{n}", supported, score, None, float(n))
        for n, (supported, score) in enumerate(scores)
    ]


def test_the_sample_is_pairs_and_stays_the_same() -> None:
    sentences = sample()
    assert len(sentences) == 2 * PAIRS
    for original, altered in zip(sentences[::2], sentences[1::2], strict=True):
        assert (original.label, altered.pair) == ("supported", original.id)
        assert altered.label != "supported"
    assert sentences == sample()


def test_a_sentence_without_a_verdict_was_not_judged_right() -> None:
    made = rows("one", [(True, 1.0), (True, 0.5), (True, None), (False, 0.0), (False, 0.5), (False, 1.0)])
    line = table(made).splitlines()[2]
    # All supported: the first and the two changed ones below 1. Half: the first two, and the one at 0. Wilson by hand.
    assert line == "| one | 6 | 0.50 (0.19 to 0.81) | 0.50 (0.19 to 0.81) | 1 of 3 | 2 of 3 | 1 | 2.5 |"


def test_rows_are_kept_and_a_torn_line_is_judged_again(tmp_path: Path) -> None:
    path = tmp_path / "runs" / "rows.jsonl"
    first, second = rows("one", [(True, 1.0), (False, None)])
    _keep(path, first)
    _keep(path, second)
    assert list(_read(path).values()) == [first, second]
    path.write_text(path.read_text("utf-8")[:-20], "utf-8")
    assert list(_read(path).values()) == [first]
    _keep(path, second)
    assert list(_read(path).values()) == [first, second]


def test_a_model_that_says_yes_to_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rows.jsonl"
    monkeypatch.setattr(local, "PAIRS", 3)
    with ScriptedEndpoint(sure=0.99) as endpoint:

        @contextmanager
        def serving() -> Iterator[tuple[str, str, str]]:
            yield endpoint.url, "key", "agreeable"

        monkeypatch.setattr(local, "_serving", serving)
        made = judge_all(interpreters(), path, minutes=10)
        asked = len(endpoint.requests)
        assert judge_all(interpreters(), path, minutes=0) == made  # all kept, and no time for more
        assert len(endpoint.requests) == asked
    of = {name: [row for row in made if row.judge.startswith(name)] for name in ("LlamaIndex", "ours: the model's")}
    assert [len(rows) for rows in of.values()] == [6, 6]
    # It reads "yes" as support, which is right for half of them; a yes is no structured verdict.
    assert {row.score for row in of["LlamaIndex"]} == {1.0}
    assert {row.score for row in of["ours: the model's"]} == {None}
    (line,) = [line for line in table(made).splitlines() if "LlamaIndex" in line]
    assert "| 3 of 3 | 0 of 3 | 0 |" in line
