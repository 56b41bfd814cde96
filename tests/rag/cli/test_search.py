"""`rag search --explain`: what a score is the sum of; and a reranker among it, or one that cannot be had."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from command import Run

pytestmark = pytest.mark.model


@pytest.fixture
def run(run: Run, tmp_path: Path, minilm_folder: Path) -> Run:
    """The command over a library with one article."""
    (tmp_path / "flood.md").write_text("---\ntitle: The flood\n---\n\nThe river Alva rose to 6.4 metres on Monday.\n")
    assert run("add", "flood.md").status == 0
    return run


def test_a_score_is_the_sum_of_what_is_shown(run: Run) -> None:
    (passage,) = json.loads(run("search", "river", "--explain", "--json").out)["passages"]
    parts = passage["parts"]
    assert {"dense", "lexical", "lead dense", "lead lexical"} <= {part["name"] for part in parts}
    assert sum(part["weight"] * part["value"] for part in parts) == pytest.approx(passage["score"])
    shown = run("search", "river", "--explain").out
    assert " × 1.000  lead lexical (" in shown
    assert "rerank" not in shown
    assert "×" not in run("search", "river").out
    assert "parts" not in json.loads(run("search", "river", "--json").out)["passages"][0]


def test_what_a_reranker_says_is_a_part(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def scores(self: object, query: str, texts: Sequence[str]) -> list[float]:
        return [3.25 for _ in texts]

    monkeypatch.setenv("RAG_RERANK", "Xenova/ms-marco-MiniLM-L-6-v2")
    monkeypatch.setattr("index.cross_encoder.CrossEncoder.scores", scores)
    assert "0.700 = 0.700 × 1.000  rerank (3.25)" in run("search", "river", "--explain").out


def test_a_reranker_that_is_not_installed_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_RERANK", "Xenova/ms-marco-MiniLM-L-6-v2")
    monkeypatch.setitem(sys.modules, "fastembed", None)
    for arguments in (["search", "river"], ["ask", "How high did the river Alva rise?"]):
        ended = run(*arguments)
        assert ended.status == 1
        assert "fastembed is not installed; pip install 'article-rag[rerank]'" in ended.err
        assert "Traceback" not in ended.err
        assert not ended.out
    checked = run("doctor")
    assert checked.status == 1
    assert "FAIL reranker: RAG_RERANK is Xenova/ms-marco-MiniLM-L-6-v2, but fastembed is not installed" in checked.out
