"""What counts as failed, and as failed beyond doubt."""

import pytest

from rag.answer import Sentence, Verdict
from rag.policy import hopeless, refuted


def sentence(verdict: Verdict, support: float | None, tier: str) -> Sentence:
    return Sentence(text="x", start=0, end=1, citations=(), verdict=verdict, support=support, tier=tier)


@pytest.mark.parametrize(
    ("sentences", "failed", "surely"),
    [
        ([sentence("not_found", 0.45, "judge")], True, False),
        ([sentence("not_found", 0.2, "judge")], True, True),
        ([sentence("contradicted", 0.49, "values")], True, True),
        ([sentence("not_found", 0.2, "judge"), sentence("not_found", 0.45, "judge")], True, False),
        ([sentence("not_found", 0.2, "judge"), sentence("supported", 0.9, "copy")], False, False),
        ([sentence("contradicted", 0.1, "values"), sentence("supported", 1.0, "engine")], True, True),
        ([sentence("not_judged", None, "none")], False, False),
        ([], False, False),
    ],
)
def test_a_doubt_is_no_refutation(sentences: list[Sentence], failed: bool, surely: bool) -> None:
    assert hopeless(sentences) is failed
    assert refuted(sentences) is surely
