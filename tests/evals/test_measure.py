"""How sure an answer may be taken to be."""

from typing import Any

from evals.measure import confidence


def document(**given: Any) -> dict[str, Any]:
    return {"abstained": False, "sentences": [], "passages": []} | given


def test_what_the_system_says_comes_first() -> None:
    sentences = [{"support": 0.9}]
    assert confidence(document(confidence=0.3, sentences=sentences)) == 0.3


def test_else_the_weakest_sentence_times_the_nearest_passage() -> None:
    passages = [{"used": True, "dense": 0.5}, {"used": True, "dense": 0.8}, {"used": False, "dense": 0.9}]
    given = document(confidence=None, sentences=[{"support": 0.5}, {"support": None}], passages=passages)
    assert confidence(given) == 0.5 * 0.8


def test_an_abstention_is_below_everything() -> None:
    assert confidence(document(abstained=True, confidence=0.9)) < confidence(document())
