import pytest

from evals.errors import MetricError
from evals.metrics import LeftOut
from evals.metrics.citations import (
    CitedSentence,
    alce,
    best_passage_agreement,
    cited_share,
    evidence_agreement,
    id_validity,
    trec_support,
    verbatim_quotes,
)

PASSAGES = ["red", "blue", "green"]


def holds_the_words(premise: str, claim: str) -> bool | None:
    """A judge by words: every word of the claim stands in the premise; "?" in a claim is beyond it."""
    if "?" in claim:
        return None
    return set(claim.split()) <= set(premise.split())


def score(*sentences: tuple[str, tuple[int, ...]]) -> tuple[object, object]:
    result = alce([CitedSentence(*s) for s in sentences], PASSAGES, holds_the_words, abstained=False)
    return result.recall, result.precision


def test_one_sentence_one_citation() -> None:
    assert score(("red [1]", (1,))) == (1.0, 1.0)
    assert score(("red [2]", (2,))) == (0.0, 0.0)


def test_two_citations_needed_together_both_count() -> None:
    # neither alone, and without either the other does not support: both are needed
    assert score(("red blue [1][2]", (1, 2))) == (1.0, 1.0)


def test_an_irrelevant_extra_citation_costs_precision() -> None:
    # d1 alone supports; d3 alone does not, and D without d3 = d1 does: irrelevant. Recall 1, precision 1/2.
    assert score(("red [1][3]", (1, 3))) == (1.0, 0.5)


def test_several_sentences() -> None:
    # rec: 1, 0 (uncited), 0 (unsupported, 2 citations count 0) → 1/3; precision: 1 of 3 citations
    assert score(("red", (1,)), ("blue", ()), ("green", (1, 2))) == (pytest.approx(1 / 3), pytest.approx(1 / 3))


def test_a_number_out_of_range_spoils_its_sentence() -> None:
    assert score(("red", (1, 7))) == (0.0, 0.0)
    assert score(("red", (0,))) == (0.0, 0.0)


def test_no_citation_at_all_is_zero() -> None:
    assert score(("red", ())) == (0.0, 0.0)


def test_a_number_cited_twice_counts_once() -> None:
    assert score(("red", (1, 1))) == (1.0, 1.0)


def test_a_sentence_without_a_verdict_is_left_out_and_shows() -> None:
    sentences = [CitedSentence("red", (1,)), CitedSentence("red?", (1,))]
    result = alce(sentences, PASSAGES, holds_the_words, abstained=False)
    assert (result.recall, result.precision, result.judged) == (1.0, 1.0, 0.5)
    result = alce(sentences[1:], PASSAGES, holds_the_words, abstained=False)
    assert isinstance(result.recall, LeftOut)
    assert result.recall.unjudged
    assert result.judged == 0.0


def test_abstained_and_empty_answers() -> None:
    assert alce([], PASSAGES, holds_the_words, abstained=True).recall == LeftOut("abstained")
    empty = alce([], PASSAGES, holds_the_words, abstained=False).recall
    assert isinstance(empty, LeftOut)
    assert empty.unjudged


def test_trec_support() -> None:
    # 4 sentences, 3 cited: FS + PS + NS = 1.5; precision 1.5/3, recall 1.5/4
    scores = trec_support(["FS", "PS", "NS"], sentences=4)
    assert (scores.weighted_precision, scores.weighted_recall) == (0.5, 0.375)
    assert trec_support([], sentences=2).weighted_precision == LeftOut("no citations")
    assert trec_support([], sentences=2).weighted_recall == 0.0
    assert isinstance(trec_support([None], sentences=1).weighted_recall, LeftOut)
    assert isinstance(trec_support([], sentences=0).weighted_recall, LeftOut)
    with pytest.raises(MetricError, match="out of 1"):
        trec_support(["FS", "FS"], sentences=1)
    with pytest.raises(MetricError, match="unknown support verdict"):
        trec_support(["full"], sentences=1)


def test_checks_without_a_judge() -> None:
    sentences = [CitedSentence("a", (1, 9)), CitedSentence("b", ()), CitedSentence("c", (2,))]
    assert id_validity(sentences, 3) == pytest.approx(2 / 3)
    assert cited_share(sentences) == pytest.approx(2 / 3)
    assert id_validity([], 3) == LeftOut("no citations")
    text = "It rained. It stopped."
    quotes = [("It rained.", text, 0, 10), ("It rained", text, 0, 10), ("", text, 4, 4), ("It stopped.", text, 11, 22)]
    assert verbatim_quotes(quotes) == 0.5


def test_best_passage_agreement() -> None:
    passages = ["The mayor opened the bridge", "Rain fell on the town"]
    right = CitedSentence("The mayor opened a bridge [1].", (1,))
    wrong = CitedSentence("Rain fell [1].", (1,))
    unrelated = CitedSentence("Zebras! [1]", (1,))
    uncited = CitedSentence("Rain fell.", ())
    assert best_passage_agreement([right, wrong, unrelated, uncited], passages) == pytest.approx(1 / 3)
    assert best_passage_agreement([uncited], passages) == LeftOut("no citations")


def test_evidence_agreement_is_overlap_in_the_same_article() -> None:
    gold = [[("a", 10, 20), ("b", 0, 5)], [("c", 0, 9)]]
    assert evidence_agreement([("b", 4, 8)], gold) == 0.5
    assert evidence_agreement([("b", 5, 8), ("d", 10, 20)], gold) == 0.0  # touching is not overlapping
    assert evidence_agreement([("a", 0, 50), ("c", 8, 12)], gold) == 1.0
    assert evidence_agreement([], []) == LeftOut("no evidence marked")
