import math

import pytest

from evals.errors import MetricError
from evals.metrics import LeftOut
from evals.metrics.faithfulness import (
    JudgedClaim,
    Verdict,
    context_utilisation,
    factscore,
    faithfulness,
    hallucination,
    median_claims,
    self_knowledge,
    veriscore_f1,
)

Verdicts = list[Verdict | None]


def test_shares_are_of_the_judged_claims_and_coverage_stands_beside_them() -> None:
    # 5 claims, one unjudged: 2 of 4 supported, 1 of 4 contradicted, 1 of 4 not found, coverage 4/5.
    verdicts: Verdicts = ["supported", "supported", "contradicted", "not_found", None]
    result = faithfulness(verdicts, abstained=False, contexts=3)
    assert (result.score, result.contradicted, result.not_found) == (0.5, 0.25, 0.25)
    assert result.judged_coverage == 0.8
    assert result.strict == 0.0
    assert result.counts is not None
    assert (result.counts.supported, result.counts.judged, result.counts.claims) == (2, 4, 5)


def test_strict_is_all_claims() -> None:
    assert faithfulness(["supported"] * 3, abstained=False, contexts=1).strict == 1.0
    assert faithfulness(["supported", "not_found"], abstained=False, contexts=1).strict == 0.0


def test_an_unjudged_claim_is_never_a_pass() -> None:
    strict = faithfulness(["supported", "not_judged"], abstained=False, contexts=1).strict
    assert isinstance(strict, LeftOut)
    assert strict.unjudged
    nothing = faithfulness([None, "not_judged"], abstained=False, contexts=1)
    assert isinstance(nothing.score, LeftOut)
    assert nothing.score.unjudged
    assert nothing.judged_coverage == 0.0


def test_no_claims_without_abstaining_is_unjudged() -> None:
    result = faithfulness([], abstained=False, contexts=2)
    assert isinstance(result.score, LeftOut)
    assert result.score.unjudged
    assert result.strict == result.score


def test_an_abstention_does_not_count_as_supported() -> None:
    result = faithfulness(["supported"], abstained=True, contexts=0)
    assert result.score == LeftOut("abstained")
    assert result.counts is None


def test_no_context_is_an_error() -> None:
    with pytest.raises(MetricError, match="without any context"):
        faithfulness(["supported"], abstained=False, contexts=0)


def test_an_unknown_verdict_is_an_error() -> None:
    with pytest.raises(MetricError, match="unknown verdict 'yes'"):
        faithfulness(["yes"], abstained=False, contexts=1)  # type: ignore[list-item]


def test_factscore_penalises_short_answers() -> None:
    # 4 of 5 supported, γ = 10: 0.8 · exp(1 − 10/5) = 0.8 / e; at n = γ the factor is exp(0) = 1.
    assert factscore(4, 5) == pytest.approx(0.8 / math.e)
    assert factscore(9, 10) == pytest.approx(0.9)
    assert factscore(6, 12) == pytest.approx(0.5)
    assert isinstance(factscore(0, 0), LeftOut)
    with pytest.raises(MetricError, match="outside"):
        factscore(3, 2)


def test_veriscore() -> None:
    # S = 3 of 4 claims, K = 6: P = .75, R = .5, F1 = .6
    assert median_claims([4, 8]) == 6
    assert veriscore_f1(3, 4, 6) == pytest.approx(0.6)
    assert veriscore_f1(8, 8, 6) == 1.0  # R is capped at 1
    assert veriscore_f1(0, 4, 6) == 0.0
    assert isinstance(veriscore_f1(0, 0, 6), LeftOut)
    with pytest.raises(MetricError, match="K is 0"):
        veriscore_f1(1, 1, 0)
    with pytest.raises(MetricError, match="median"):
        median_claims([])


def test_ragchecker_generator_metrics() -> None:
    claims = [JudgedClaim(True, True), JudgedClaim(False, True), JudgedClaim(False, False), JudgedClaim(True, False)]
    assert hallucination(claims) == 0.25
    assert self_knowledge(claims) == 0.25
    assert isinstance(hallucination([]), LeftOut)
    assert isinstance(hallucination([JudgedClaim(None, True)]), LeftOut)
    # retrieved: 3 of 4 gold claims, 2 of those 3 in the answer
    gold = [(True, True), (True, False), (True, True), (False, True)]
    assert context_utilisation(gold) == pytest.approx(2 / 3)
    assert context_utilisation([(False, True)]) == LeftOut("no gold claim was retrieved")
    assert isinstance(context_utilisation([(None, True)]), LeftOut)
