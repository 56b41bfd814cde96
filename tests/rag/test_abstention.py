"""The signs by which silence is decided, and the weights that come with the package."""

from dataclasses import replace

import pytest

from rag.abstention import EVIDENCE_SIGNS, STATED_SIGNS, evidence_signs, fitted
from rag.evidence import EvidenceSentence


def evidence(text: str, dense: float | None) -> EvidenceSentence:
    return EvidenceSentence(
        article_id="a", title="Flood in Orrby", source=None, url=None, published=None, language="en", start=0,
        end=len(text), text=text, score=0.5, by_part=(0.5,), dense=dense, lexical=0.0, position=0,
    )  # fmt: skip


def test_evidence_that_has_the_questions_words_and_names() -> None:
    ranked = [evidence("The river Alva rose by 3 metres.", 0.7), evidence("Nobody was hurt.", None)]
    assert evidence_signs("How much did the Alva rise in Orrby?", ranked) == {
        "dense": 0.7,
        "covered": pytest.approx(0.762, abs=0.001),
        "named": 1.0,
    }
    signs = evidence_signs("How much did the river Danube rise?", ranked)
    assert signs["named"] == 0.0
    assert 0 < signs["covered"] < 1


def test_no_evidence_and_a_question_without_names() -> None:
    assert evidence_signs("How much did it rise?", []) == {"dense": 0.0, "covered": 0.0, "named": 1.0}


def test_the_fitted_weights_mean_what_their_signs_say() -> None:
    decision = fitted()
    for model, signs in ((decision.evidence, EVIDENCE_SIGNS), (decision.stated, STATED_SIGNS)):
        assert set(model.weights) <= set(signs)
        assert all(weight * signs[name] > 0 for name, weight in model.weights.items())
    assert 0 <= decision.evidence.threshold < decision.weak < decision.quoted < 1
    assert decision.stated.weights["stated"] > 0
    assert 0 < decision.stated.threshold < 1


def test_who_published_it_and_when_is_evidence_too() -> None:
    ranked = [replace(evidence("It rose.", 0.7), source="The Ledger", published=1_680_000_000)]
    question = "What rose by the Ledger's report of 28 March 2023?"
    assert evidence_signs(question, ranked)["named"] == 1.0
    assert evidence_signs(question, [evidence("It rose.", 0.7)])["named"] < 0.5
