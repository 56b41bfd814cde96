"""What counts as failed."""

import pytest

from rag.answer import Sentence, Verdict
from rag.policy import hopeless


def sentence(verdict: Verdict, support: float | None, tier: str) -> Sentence:
    return Sentence(text="x", start=0, end=1, citations=(), verdict=verdict, support=support, tier=tier)


@pytest.mark.parametrize(
    ("sentences", "failed"),
    [
        ([sentence("not_found", 0.45, "judge")], True),
        ([sentence("contradicted", 0.49, "values"), sentence("not_found", 0.45, "judge")], True),
        ([sentence("not_found", 0.2, "judge"), sentence("supported", 0.9, "copy")], False),
        ([sentence("contradicted", 0.1, "values"), sentence("supported", 1.0, "engine")], True),
        ([sentence("not_judged", None, "none")], False),
        ([], False),
    ],
)
def test_an_answer_is_hopeless_where_all_that_was_written_failed(sentences: list[Sentence], failed: bool) -> None:
    assert hopeless(sentences) is failed
