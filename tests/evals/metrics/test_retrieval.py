"""Ranking metrics against ir-measures (trec_eval), and the judge-based ones by hand."""

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import AP, RR, P, R, Success, nDCG

from evals.errors import MetricError
from evals.metrics import LeftOut, retrieval

DOCUMENTS = [f"d{i}" for i in range(12)]


@st.composite
def ranked(draw: st.DrawFn) -> tuple[list[str], dict[str, int], int]:
    ranking = draw(st.lists(st.sampled_from(DOCUMENTS), min_size=1, unique=True))
    qrels = draw(st.dictionaries(st.sampled_from(DOCUMENTS), st.integers(0, 3), min_size=1))
    if not any(qrels.values()):
        qrels[draw(st.sampled_from(DOCUMENTS))] = 1
    return ranking, qrels, draw(st.integers(1, 12))


@given(ranked())
def test_every_ranking_metric_equals_ir_measures(case: tuple[list[str], dict[str, int], int]) -> None:
    ranking, qrels, k = case
    # score = -rank, so that the reference has no ties to break its own way
    run = {"q": {name: -float(rank) for rank, name in enumerate(ranking)}}
    measures = [Success @ k, R @ k, P @ k, RR @ k, nDCG @ k, AP]
    expected = ir_measures.calc_aggregate(measures, {"q": qrels}, run)
    ours = [
        retrieval.hits(ranking, qrels, k),
        retrieval.recall(ranking, qrels, k),
        retrieval.precision(ranking, qrels, k),
        retrieval.reciprocal_rank(ranking, qrels, k),
        retrieval.ndcg(ranking, qrels, k),
        retrieval.average_precision(ranking, qrels),
    ]
    assert ours == pytest.approx([expected[measure] for measure in measures])


def test_a_question_with_nothing_relevant_is_left_out_not_scored_zero() -> None:
    scores = retrieval.ranking_scores(["a", "b"], {"a": 0})
    assert set(scores.values()) == {LeftOut("no relevant document")}
    assert {"Hits@4", "Recall@10", "P@1", "MRR@10", "nDCG@10", "MAP"} < scores.keys()


def test_passages_become_articles_at_their_best_rank() -> None:
    assert retrieval.deduplicate(["a", "b", "a", "c", "b"]) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("ranking", "qrels", "k", "message"),
    [
        (["a", "a"], {"a": 1}, 2, "holds an id twice"),
        (["a"], {"a": -1}, 2, "negative"),
        (["a"], {"a": 1}, 0, "cut-off"),
    ],
)
def test_what_cannot_be_scored_is_an_error(ranking: list[str], qrels: dict[str, int], k: int, message: str) -> None:
    with pytest.raises(MetricError, match=message):
        retrieval.recall(ranking, qrels, k)


def test_evidence_recall_counts_needed_pieces_with_alternatives() -> None:
    # Two pieces needed; the first has two equally good places. Top 2 = a, c: piece one by a, piece two (b or d) not.
    assert retrieval.evidence_recall(["a", "c", "b"], [["a", "x"], ["b", "d"]], 2) == 0.5
    assert retrieval.evidence_recall(["a", "c", "b"], [["a", "x"], ["b", "d"]], 3) == 1.0
    assert isinstance(retrieval.evidence_recall(["a"], [], 3), LeftOut)


def test_ragas_context_precision_is_not_average_precision() -> None:
    # v = 1,0,1: (1/1 + 2/3) / 2 = 5/6, whatever else is relevant but was not retrieved.
    assert retrieval.ragas_context_precision([True, False, True]) == pytest.approx(5 / 6)
    assert retrieval.ragas_context_precision([False, False]) == 0.0
    missing = retrieval.ragas_context_precision([True, None])
    assert isinstance(missing, LeftOut)
    assert missing.unjudged
    with pytest.raises(MetricError, match="at least one"):
        retrieval.ragas_context_precision([])


def test_claim_recall_and_context_precision() -> None:
    assert retrieval.claim_recall([True, False, True, True]) == 0.75
    assert retrieval.context_precision([False, True]) == 0.5
    for verdicts in ([], [True, None]):
        value = retrieval.claim_recall(verdicts)
        assert isinstance(value, LeftOut)
        assert value.unjudged
